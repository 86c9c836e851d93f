"""Who speaks: to the queue, a person, back to the bot, closed. Every change is one transaction fenced by the epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.contracts import Author, AuthorKind, Conversation, Draft, Json, Message, Owner, ReasonCode
from bot.conversations.crash_points import crash_point
from bot.conversations.fanout import DESK, ROUTING
from bot.errors import ConversationClosed, InvalidText, NotFound, Unavailable
from bot.handoff.matching import SPARED_S
from bot.handoff.model import Announcement, Handoff, HandoffStatus, Offer, Outcome, User
from bot.handoff.outcomes import ended_offer
from bot.handoff.queue_side import QueueSide
from bot.handoff.reading import SHORT_PATIENCE_S, HandoffAlreadyClaimed, NotYours
from bot.handoff.wanted import Wanted

_SYSTEM = Author(AuthorKind.system)
_BOT = Author(AuthorKind.bot)
_TEXT_LIMIT = 4_000
_CHATS_LIMIT = 1_000


class HandoffService(QueueSide):
    """Moves conversations between the bot, the queue and people: what people of the desk do."""

    # -- the person's side ---------------------------------------------------------------------------------------

    async def accept(self, handoff: Handoff, user: User, offer: Offer | None = None) -> Conversation:
        """Give the waiting conversation to `user`.

        Args:
            offer: that they took up; None when they took it out of turn.

        Raises:
            HandoffAlreadyClaimed: somebody else was first, or the customer left.
        """
        now = self._clock()
        due = now + timedelta(seconds=self.rules.group(handoff.group_id).answer_within_s)
        async with self._db.unit():
            head = await self._conversations.head(handoff.conversation_id)
            moved = await self._store.taken(handoff.id, user.id, now, due)
            if not moved or head.owner is not Owner.queued:
                raise await self.claimed(head.id)
            changed = await self._joined(head, user, "accepted", now)
            await self._people.served(user.id, now)
            if offer is not None:
                await self._store.offers_ended([ended_offer(offer, Outcome.accepted, now)])
            crash_point("accept_before_commit")
        await self.announce(Announcement(*changed, handoff.id))
        return changed[0]

    async def take(self, conversation_id: str, user: User) -> Conversation:
        """Take a chat out of turn: one that waits, or one that the bot has.

        Raises:
            HandoffAlreadyClaimed: somebody has it; the message names them.
            NotFound: it is over.
        """
        handoff = await self._store.newest(conversation_id)
        if handoff is None or handoff.status is not HandoffStatus.waiting:
            head = await self._conversations.head(conversation_id)
            if head.owner is Owner.bot:
                return await self._take_from_bot(conversation_id, user)
            if head.owner is Owner.agent:
                raise await self.claimed(conversation_id)
            raise NotFound("This conversation is not waiting for a person.")
        with suppress(Unavailable):  # without Redis nothing rings, and SQL decides
            offer = await self._offers.withdraw(handoff.id)
            if offer is not None:
                await self.offer_over(offer, Outcome.withdrawn)
        head = await self.accept(handoff, user)
        with suppress(Unavailable):
            await self._offers.count(user.id, 1)
        return head

    async def _take_from_bot(self, conversation_id: str, user: User) -> Conversation:
        """Somebody of the desk takes part by themselves in a chat that the bot has."""
        now = self._clock()
        head = await self._conversations.head(conversation_id)
        slots, _turns, _events = await self._conversations.memory(conversation_id, 0)
        customer = await self.customer_facts(head.customer_id, SHORT_PATIENCE_S)
        wanted = Wanted(ReasonCode.desk_initiative, slots, customer, slots.get("last_flow"))
        async with self._db.unit():
            handoff = await self._new(head, wanted, now)
            if head.owner is not Owner.bot:
                raise await self.claimed(head.id)
            changed = await self._joined(head, user, "taken", now)
            await self._store.add(
                replace(
                    handoff,
                    status=HandoffStatus.accepted,
                    accepted_at=now,
                    agent_id=user.id,
                    packet=await self._packet(changed[0], wanted),
                )
            )
        with suppress(Unavailable):
            await self._offers.count(user.id, 1)
        await self.announce(Announcement(*changed, handoff.id))
        return changed[0]

    async def say(
        self,
        conversation_id: str,
        user: User,
        client_msg_id: str | None,
        text: object,
        *,
        attachments: Sequence[Json] = (),
    ) -> Message:
        """A person writes to the customer, as the owner of the chat or as somebody who joined it.

        A chat that no person has becomes theirs by their first words.

        Args:
            attachments: files that were uploaded to this conversation; with one the text may be blank.

        Raises:
            NotYours: the conversation is somebody else's.
            InvalidText: blank or too long.
        """
        if not isinstance(text, str) or len(text.strip()) > _TEXT_LIMIT or not (text.strip() or attachments):
            raise InvalidText()
        head = await self._conversations.head(conversation_id)
        if head.owner is Owner.closed:
            raise ConversationClosed()
        if head.owner is not Owner.agent:
            head = await self.take(conversation_id, user)
        if head.owner is not Owner.agent or (
            head.agent_id != user.id and not await self._guests.joined(conversation_id, user.id)
        ):
            raise NotYours()
        author = Author(AuthorKind.agent, user.shown_name(head.language))
        draft = Draft(author, text.strip(), client_msg_id=client_msg_id, attachments=tuple(attachments))
        now = self._clock()
        async with self._db.unit():
            message, new = await self._conversations.append(conversation_id, draft, now, epoch=head.epoch)
            if new:
                await self._store.responded(conversation_id, now)
        if new:
            await self._fanout.publish(conversation_id, {"type": "message", "message": message.as_json()})
            await self._fanout.publish(DESK, {"type": "conversation", "conversation_id": conversation_id})
        return message

    async def speaks(self, conversation_id: str, user: User) -> bool:
        """Whether this person serves the customer now, so that the customer may see them type and read."""
        head = await self._conversations.head(conversation_id)
        if head.owner is not Owner.agent:
            return False
        return head.agent_id == user.id or await self._guests.joined(conversation_id, user.id)

    async def return_to_bot(self, conversation_id: str, user: User, summary_text: str | None) -> Conversation:
        """Give the conversation back to the bot with a summary of what was done."""
        head = await self.owned(conversation_id, user)
        handoff = await self._accepted(conversation_id)
        name = "utter_handoff_agent_returned_summary" if summary_text else "utter_handoff_agent_returned"
        values = {"summary": summary_text} if summary_text else {}
        text = self._wording.text(name, head.language, **values)
        async with self._db.unit():
            said = Draft(_BOT, text)
            done = await self._to_bot(head, handoff, HandoffStatus.returned, user.username, said, summary_text)
            if done is None:
                raise HandoffAlreadyClaimed()
        await self.announce(done)
        await self._freed(user.id)
        return await self._conversations.head(conversation_id)

    async def close(self, conversation_id: str, user: User, disposition: Mapping[str, Any]) -> Conversation:
        """End the conversation.

        Args:
            disposition: `{solved, intent, reason, note?}`, checked by the channel.
        """
        head = await self.owned(conversation_id, user)
        handoff = await self._accepted(conversation_id)
        now = self._clock()
        async with self._db.unit():
            await self._store.set_status(
                handoff.id, HandoffStatus.accepted, HandoffStatus.closed, ended_at=now, disposition=dict(disposition)
            )
            changed = await self._conversations.change_owner(
                head.id,
                epoch=head.epoch,
                owner=Owner.closed,
                agent_id=user.id,
                actor=user.username,
                reason="closed",
                drafts=(
                    Draft(_SYSTEM, self._wording.text("utter_handoff_closed", head.language)),
                    Draft(_BOT, self._wording.text("utter_survey_ask", head.language), data={"type": "survey"}),
                ),
                at=now,
            )
            if changed is None:
                raise HandoffAlreadyClaimed()
            await self._people.served(user.id, now)
            await self._guests.clear(conversation_id)
        await self.announce(Announcement(*changed, handoff.id))
        await self._freed(user.id)
        return changed[0]

    async def transfer(
        self, conversation_id: str, user: User, note: str | None, *, to: User | None = None, group_id: str | None = None
    ) -> Conversation:
        """Put the conversation back into the queue, in front: for anybody, for one group, or for one person.

        Args:
            to: somebody on duty, to whom alone it is offered first.
        """
        head = await self.owned(conversation_id, user)
        handoff = await self._accepted(conversation_id)
        values: dict[str, Any] = {"group_id": group_id} if group_id else {}
        if to is not None:
            values |= {"direct_to": to.id, "group_id": handoff.group_id}
            if handoff.group_id not in to.groups and to.groups:
                values["group_id"] = to.groups[0]
        changed = await self._back(
            head,
            handoff,
            actor=user.username,
            reason="transferred",
            text_name="utter_handoff_transferred",
            note=(user.id, note) if note else None,
            values=values,
            spare=user.id,
        )
        if changed is None:
            raise HandoffAlreadyClaimed()
        return changed

    async def undirect(self, handoff_id: str) -> None:
        """The one person whom a chat was meant for does not take it: it waits in its group, in front."""
        await self._store.change(handoff_id, HandoffStatus.waiting, direct_to=None)
        await self._fanout.publish(ROUTING, {"type": "owner", "handoff_id": handoff_id, "waiting": True})

    async def undirect_if(self, handoff_id: str, user_id: str) -> None:
        """As `undirect`, if it was meant for this person."""
        handoff = await self._store.get(handoff_id)
        if handoff is not None and handoff.direct_to == user_id:
            await self.undirect(handoff_id)

    async def take_over(self, conversation_id: str, user: User) -> Conversation:
        """A supervisor becomes the owner of a chat that somebody else has.

        Raises:
            HandoffAlreadyClaimed: it has changed hands meanwhile.
        """
        head = await self._conversations.head(conversation_id)
        if head.owner is not Owner.agent:
            raise NotFound("Nobody has this conversation. Take it from the queue instead.")
        if head.agent_id == user.id:
            return head
        handoff = await self._accepted(conversation_id)
        now = self._clock()
        async with self._db.unit():
            changed = await self._joined(head, user, "taken_over", now)
            await self._store.change(handoff.id, HandoffStatus.accepted, agent_id=user.id)
            await self._people.served(user.id, now)
        with suppress(Unavailable):
            await self._offers.count(user.id, 1)
        await self.announce(Announcement(*changed, handoff.id))
        await self._freed(head.agent_id or "")
        return changed[0]

    async def requeue(self, conversation_id: str, reason: str, actor: str = "desk") -> bool:
        """Put a person's conversation back into the queue, in front, and say so. False when no person has it."""
        head = await self._conversations.head(conversation_id)
        handoff = await self._store.newest(conversation_id)
        if head.owner is not Owner.agent or handoff is None or handoff.status is not HandoffStatus.accepted:
            return False
        return (
            await self._back(head, handoff, actor=actor, reason=reason, text_name="utter_handoff_agent_lost")
            is not None
        )

    async def owned(self, conversation_id: str, user: User) -> Conversation:
        """The head of a conversation that is this person's.

        Raises:
            ConversationClosed: it is over.
            NotYours: somebody else has it.
        """
        head = await self._conversations.head(conversation_id)
        if head.owner is Owner.closed:
            raise ConversationClosed()
        if head.owner is not Owner.agent or head.agent_id != user.id:
            raise NotYours()
        return head

    async def head(self, conversation_id: str) -> Conversation:
        return await self._conversations.head(conversation_id)

    async def chats_of(self, user_id: str) -> tuple[str, ...]:
        """Conversations that a person has."""
        heads = await self._conversations.heads((Owner.agent,), agent_id=user_id, limit=_CHATS_LIMIT)
        return tuple(head.id for head in heads)

    # -- inside --------------------------------------------------------------------------------------------------

    async def _joined(
        self, head: Conversation, user: User, reason: str, now: datetime
    ) -> tuple[Conversation, tuple[Message, ...]]:
        text = self._wording.text("utter_handoff_agent_joined", head.language, agent=user.shown_name(head.language))
        changed = await self._conversations.change_owner(
            head.id,
            epoch=head.epoch,
            owner=Owner.agent,
            agent_id=user.id,
            actor=user.username,
            reason=reason,
            drafts=(Draft(_SYSTEM, text),),
            at=now,
        )
        if changed is None:
            raise await self.claimed(head.id)
        return changed

    async def _back(
        self,
        head: Conversation,
        handoff: Handoff,
        *,
        actor: str,
        reason: str,
        text_name: str,
        note: tuple[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        spare: str | None = None,
    ) -> Conversation | None:
        now = self._clock()
        assert handoff.rank_at is not None
        async with self._db.unit():
            moved = await self._store.set_status(
                handoff.id,
                HandoffStatus.accepted,
                HandoffStatus.waiting,
                agent_id=None,
                accepted_at=None,
                rank_at=self.rules.in_front(handoff.rank_at, handoff.requested_at),
                last_agent_id=None if spare else handoff.agent_id,
                spared_id=spare,
                spared_until=now + timedelta(seconds=SPARED_S) if spare else None,
                **(values or {}),
            )
            if not moved:
                return None
            changed = await self._conversations.change_owner(
                head.id,
                epoch=head.epoch,
                owner=Owner.queued,
                agent_id=None,
                actor=actor,
                reason=reason,
                drafts=(Draft(_SYSTEM, self._wording.text(text_name, head.language)),),
                at=now,
            )
            if changed is None:
                raise HandoffAlreadyClaimed()
            if note:
                await self._notes.add(head.id, note[0], note[1], now)
        await self.announce(Announcement(*changed, handoff.id))
        await self._freed(head.agent_id or "")
        return changed[0]

    async def _accepted(self, conversation_id: str) -> Handoff:
        handoff = await self._store.newest(conversation_id)
        if handoff is None or handoff.status is not HandoffStatus.accepted:
            raise NotFound("This conversation has no open hand-over.")
        return handoff
