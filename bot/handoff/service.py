"""Who speaks: to the queue, a person, back to the bot, closed. Every change is one transaction fenced by the epoch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog

from bot.contracts import Author, AuthorKind, Conversation, Draft, Json, Message, Owner, QueuePlace, ReasonCode
from bot.conversations.crash_points import crash_point
from bot.conversations.fanout import DESK, Fanout
from bot.conversations.store import ConversationStore
from bot.database import Database
from bot.desk.notes.store import NoteStore
from bot.errors import Conflict, ConversationClosed, Forbidden, InvalidText, NotFound
from bot.handoff.model import (
    WAITING_WISHES,
    Announcement,
    Handoff,
    HandoffStatus,
    Presence,
    User,
    build_packet,
    priority_of,
    wait_range_s,
)
from bot.handoff.store import HandoffStore
from bot.ids import new_id
from bot.operator.patience import PATIENCE_S, answer_or_none
from bot.operator.ports import OperatorPorts
from bot.wording import Wording

log = structlog.get_logger(__name__)

_SYSTEM = Author(AuthorKind.system)
_BOT = Author(AuthorKind.bot)
_TEXT_LIMIT = 4_000
_SHORT_PATIENCE_S = 0.5
#: dialogue slots that a return to the bot empties
_ENDED_BY_RETURN = ("flow_stack", "misses", "anger", "handoff_reason", "action_failed", WAITING_WISHES)


class HandoffAlreadyClaimed(Conflict):
    """Another agent has this conversation, or it is over. The list shows who; nothing to retry."""

    code = "handoff_already_claimed"


class NotYours(Forbidden):
    """You do not own this conversation. Take it first."""

    code = "not_your_conversation"


class HandoffService:
    """Moves conversations between the bot, the queue and people."""

    def __init__(
        self,
        database: Database,
        store: HandoffStore,
        conversations: ConversationStore,
        operator: OperatorPorts,
        fanout: Fanout,
        wording: Wording,
        clock: Callable[[], datetime],
        forget: Callable[[str], None],
    ) -> None:
        self._db = database
        self._store = store
        self._conversations = conversations
        self._notes = NoteStore(database)
        self._operator = operator
        self._fanout = fanout
        self._wording = wording
        self._clock = clock
        #: drops the assistant's cached memory of a conversation
        self._forget = forget

    # -- towards a person ----------------------------------------------------------------------------------------

    async def ask(self, conversation_id: str, actor: str) -> None:
        """A person is asked for outside the dialogue (the widget's menu). Nothing happens if one is there or coming."""
        head = await self._conversations.head(conversation_id)
        if head.owner is Owner.closed:
            raise ConversationClosed()
        if head.owner is not Owner.bot:
            return
        slots, _turns, _events = await self._conversations.memory(conversation_id, 0)
        # short: until the owner changes, an answer of the bot may still come
        customer = await self.customer_facts(head.customer_id, _SHORT_PATIENCE_S)
        async with self._db.unit():
            text = self._wording.text("utter_handoff_customer_request", head.language)
            done = await self.request(
                conversation_id,
                ReasonCode.customer_request,
                slots,
                actor=actor,
                customer=customer,
                drafts=(Draft(_BOT, text),),
            )
        if done is not None:
            await self.announce(done)

    async def request(
        self,
        conversation_id: str,
        reason: ReasonCode,
        slots: Mapping[str, Any],
        *,
        actor: str,
        customer: Mapping[str, Any] | None,
        drafts: Sequence[Draft] = (),
        reopens: bool = False,
    ) -> Announcement | None:
        """Put the conversation in the queue with its packet, inside the ambient unit of work.

        Args:
            customer: `customer_facts`, asked for before anything was written: nobody writes while the operator is slow.
            reopens: also a conversation that was closed; only the desk may wish that.

        Returns:
            What to announce after the commit; None when the bot does not own it any more.
        """
        now = self._clock()
        head = await self._conversations.head(conversation_id)
        if head.owner is not Owner.bot and not (reopens and head.owner is Owner.closed):
            return None
        handoff_id = new_id()
        duty = await self._store.on_duty()
        changed = await self._conversations.change_owner(
            conversation_id,
            epoch=head.epoch,
            owner=Owner.queued,
            agent_id=None,
            actor=actor,
            reason=reason.value,
            drafts=(*drafts, Draft(_SYSTEM, await self._queue_notice(head, reason, len(duty)))),
            at=now,
        )
        if changed is None:
            return None
        conversation, written = changed
        crash_point("handoff_before_commit")
        transcript = await self._conversations.messages(conversation_id)
        await self._store.add(
            Handoff(
                id=handoff_id,
                conversation_id=conversation_id,
                status=HandoffStatus.waiting,
                reason_code=reason,
                language=conversation.language,
                priority=priority_of(reason),
                requested_at=now,
                packet=build_packet(
                    conversation,
                    reason,
                    slots,
                    transcript,
                    _sources(slots, transcript),
                    customer,
                    self._summary(conversation, reason, slots, transcript),
                ),
            )
        )
        log.info("handoff.requested", conversation_id=conversation_id, reason=reason.value)
        return Announcement(conversation, written)

    async def announce(self, change: Announcement) -> None:
        """Tell every window about a committed change of owner."""
        conversation = change.conversation
        crash_point("owner_committed")
        self._forget(conversation.id)
        for message in change.messages:
            await self._fanout.publish(conversation.id, {"type": "message", "message": message.as_json()})
        await self._fanout.publish(conversation.id, {"type": "owner", "owner": conversation.owner.value})
        await self._fanout.publish(DESK, {"type": "queue"})

    async def place(self, conversation: Conversation) -> QueuePlace | None:
        """The customer's place in the queue with an honest range for the wait."""
        handoff = await self._store.newest(conversation.id)
        if handoff is None or handoff.status is not HandoffStatus.waiting:
            return None
        position = 1 + await self._store.ahead_of(handoff)
        duty = await self._store.on_duty()
        return QueuePlace(position, wait_range_s(position, len(duty), await self._store.handling_times_s()), bool(duty))

    async def leave(self, conversation_id: str) -> bool:
        """The customer gives up waiting; the bot goes on. False when they were not waiting."""
        head = await self._conversations.head(conversation_id)
        handoff = await self._store.newest(conversation_id)
        if head.owner is not Owner.queued or handoff is None:
            return False
        return await self._to_bot(head, handoff, HandoffStatus.left, "customer", "utter_handoff_left_queue", None)

    # -- the person's side ---------------------------------------------------------------------------------------

    async def accept(self, handoff: Handoff, user: User) -> Conversation:
        """Give the conversation to `user`.

        Raises:
            HandoffAlreadyClaimed: somebody else was first, or the customer left.
        """
        now = self._clock()
        async with self._db.unit():
            head = await self._conversations.head(handoff.conversation_id)
            moved = await self._store.set_status(
                handoff.id, HandoffStatus.waiting, HandoffStatus.accepted, accepted_at=now, agent_id=user.id
            )
            if not moved or head.owner is not Owner.queued:
                raise HandoffAlreadyClaimed()
            text = self._wording.text("utter_handoff_agent_joined", head.language, agent=user.shown_name(head.language))
            changed = await self._conversations.change_owner(
                head.id,
                epoch=head.epoch,
                owner=Owner.agent,
                agent_id=user.id,
                actor=user.username,
                reason="accepted",
                drafts=(Draft(_SYSTEM, text),),
                at=now,
            )
            if changed is None:
                raise HandoffAlreadyClaimed()
        await self.announce(Announcement(*changed))
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
        """A person writes to the customer.

        Args:
            attachments: files that were uploaded to this conversation; with one the text may be blank.

        Raises:
            NotYours: the conversation is not this person's.
            InvalidText: blank or too long.
        """
        if not isinstance(text, str) or len(text.strip()) > _TEXT_LIMIT or not (text.strip() or attachments):
            raise InvalidText()
        head = await self._owned(conversation_id, user)
        author = Author(AuthorKind.agent, user.shown_name(head.language))
        draft = Draft(author, text.strip(), client_msg_id=client_msg_id, attachments=tuple(attachments))
        message, new = await self._conversations.append(conversation_id, draft, self._clock(), epoch=head.epoch)
        if new:
            await self._fanout.publish(conversation_id, {"type": "message", "message": message.as_json()})
            await self._fanout.publish(DESK, {"type": "conversation", "conversation_id": conversation_id})
        return message

    async def speaks(self, conversation_id: str, user: User) -> bool:
        """Whether this person serves the customer now, so that the customer may see them type and read."""
        head = await self._conversations.head(conversation_id)
        return head.owner is Owner.agent and head.agent_id == user.id

    async def return_to_bot(self, conversation_id: str, user: User, summary: str | None) -> Conversation:
        """Give the conversation back to the bot with a summary of what was done."""
        head = await self._owned(conversation_id, user)
        handoff = await self._accepted(conversation_id)
        name = "utter_handoff_agent_returned_summary" if summary else "utter_handoff_agent_returned"
        if not await self._to_bot(head, handoff, HandoffStatus.returned, user.username, name, summary):
            raise HandoffAlreadyClaimed()
        return await self._conversations.head(conversation_id)

    async def close(self, conversation_id: str, user: User, disposition: Mapping[str, Any]) -> Conversation:
        """End the conversation.

        Args:
            disposition: `{solved, intent, reason, note?}`, checked by the channel.
        """
        head = await self._owned(conversation_id, user)
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
        await self.announce(Announcement(*changed))
        return changed[0]

    async def transfer(self, conversation_id: str, user: User, note: str | None) -> Conversation:
        """Put the conversation back into the queue, ahead of those who came later."""
        head = await self._owned(conversation_id, user)
        handoff = await self._accepted(conversation_id)
        now = self._clock()
        async with self._db.unit():
            await self._store.set_status(handoff.id, HandoffStatus.accepted, HandoffStatus.waiting, agent_id=None)
            changed = await self._conversations.change_owner(
                head.id,
                epoch=head.epoch,
                owner=Owner.queued,
                agent_id=None,
                actor=user.username,
                reason="transferred",
                drafts=(Draft(_SYSTEM, self._wording.text("utter_handoff_transferred", head.language)),),
                at=now,
            )
            if changed is None:
                raise HandoffAlreadyClaimed()
            if note:
                await self._notes.add(conversation_id, user.id, note, now)
        await self._store.decline(handoff.id, user.id)
        await self.announce(Announcement(*changed))
        return changed[0]

    async def set_presence(self, user: User, presence: Presence) -> None:
        """What the agent wishes. Their console's signs of life are kept apart."""
        await self._store.set_presence(user.id, presence)
        await self._store.heard_of(user.id)
        await self._fanout.publish(DESK, {"type": "presence", "user_id": user.id, "status": presence.value})

    async def presence(self, user: User) -> Presence:
        return await self._store.presence(user.id)

    async def heard_of(self, user: User) -> None:
        """The agent's console has shown a sign of life."""
        await self._store.heard_of(user.id)

    async def on_duty(self) -> tuple[str, ...]:
        """Ids of the agents who are available and there."""
        return await self._store.on_duty()

    async def waiting(self) -> tuple[Handoff, ...]:
        """Who waits, in the order in which they will be offered."""
        return await self._store.waiting()

    async def newest(self, conversation_id: str) -> Handoff | None:
        """The conversation's latest hand-over."""
        return await self._store.newest(conversation_id)

    async def agent_name(self, agent_id: str | None, language: str) -> str | None:
        user = await self._store.user(agent_id) if agent_id else None
        return user.shown_name(language) if user else None

    async def last_agent(self, conversation_id: str) -> str | None:
        """Who served this conversation last, for the rating."""
        handoff = await self._store.newest(conversation_id)
        return handoff.agent_id if handoff else None

    # -- inside --------------------------------------------------------------------------------------------------

    async def _to_bot(
        self,
        head: Conversation,
        handoff: Handoff,
        status: HandoffStatus,
        actor: str,
        text_name: str,
        summary: str | None,
    ) -> bool:
        now = self._clock()
        slots, _turns, _events = await self._conversations.memory(head.id, 0)
        slots = {name: value for name, value in slots.items() if name not in _ENDED_BY_RETURN}
        values: dict[str, Any] = {}
        if summary:
            slots["desk_summary"] = summary
            values = {"summary": summary}
        async with self._db.unit():
            from_status = HandoffStatus.waiting if status is HandoffStatus.left else HandoffStatus.accepted
            if not await self._store.set_status(handoff.id, from_status, status, ended_at=now):
                return False
            changed = await self._conversations.change_owner(
                head.id,
                epoch=head.epoch,
                owner=Owner.bot,
                agent_id=None,
                actor=actor,
                reason=status.value,
                drafts=(Draft(_BOT, self._wording.text(text_name, head.language, **values)),),
                at=now,
                slots=slots,
            )
            if changed is None:
                raise HandoffAlreadyClaimed()
        await self.announce(Announcement(*changed))
        return True

    async def _owned(self, conversation_id: str, user: User) -> Conversation:
        head = await self._conversations.head(conversation_id)
        if head.owner is Owner.closed:
            raise ConversationClosed()
        if head.owner is not Owner.agent or head.agent_id != user.id:
            raise NotYours()
        return head

    async def _accepted(self, conversation_id: str) -> Handoff:
        handoff = await self._store.newest(conversation_id)
        if handoff is None or handoff.status is not HandoffStatus.accepted:
            raise NotFound("This conversation has no open hand-over.")
        return handoff

    async def _queue_notice(self, head: Conversation, reason: ReasonCode, on_duty: int) -> str:
        if not on_duty:
            return self._wording.text("utter_handoff_nobody_on_duty", head.language)
        waiting = await self._store.waiting()
        position = 1 + sum(1 for other in waiting if other.priority <= priority_of(reason))
        low_s, high_s = wait_range_s(position, on_duty, await self._store.handling_times_s())
        return self._wording.text(
            "utter_handoff_queued",
            head.language,
            position=position,
            eta_low=max(1, low_s // 60),
            eta_high=max(2, -(-high_s // 60)),
        )

    async def customer_facts(self, customer_id: str | None, patience_s: float = PATIENCE_S) -> dict[str, Any] | None:
        """What the packet says about the customer; only the id when the operator's system does not answer soon."""
        if customer_id is None:
            return None
        customer = await answer_or_none(self._operator.customers.by_id(customer_id), patience_s)
        if customer is None:
            return {"id": customer_id}
        return {
            "id": customer.id,
            "name": {"zh": customer.name.zh, "en": customer.name.en},
            "phone": customer.phone,
            "account_number": customer.account_number,
            "area": customer.area,
        }

    def _summary(
        self, conversation: Conversation, reason: ReasonCode, slots: Mapping[str, Any], transcript: Sequence[Message]
    ) -> str:
        """Made from what was recorded: why, the customer's newest own words, what was found."""
        language = conversation.language
        said = [
            message.text for message in transcript if message.author.kind is AuthorKind.customer and not message.payload
        ]
        lines = [self._wording.term("handoff_reasons", reason.value, language)]
        if said:
            lines.append(self._wording.text("summary_said", language, words=said[0][:160]))
        done = [str(check.get("name")) for check in slots.get("checks") or ()]
        if done:
            shown = ", ".join(self._wording.term("checks", name, language) for name in done)
            lines.append(self._wording.text("summary_checked", language, checks=shown))
        return "\n".join(lines)


def _sources(slots: Mapping[str, Any], transcript: Sequence[Message]) -> dict[str, tuple[int, float]]:
    """Where a slot's value was last said in so many words: certain; else it came from a button or was worked out."""
    found: dict[str, tuple[int, float]] = {}
    for message in transcript:
        if message.author.kind is not AuthorKind.customer:
            continue
        for name, value in slots.items():
            if not isinstance(value, str) or not value:
                continue
            if value in (message.payload or "") or (len(value) > 2 and value in message.text):
                found[name] = (message.seq, 1.0)
    return found
