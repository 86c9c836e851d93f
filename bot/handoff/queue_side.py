"""The way from the bot to the queue and back. Every change is one transaction fenced by the epoch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog

from bot.contracts import Author, AuthorKind, Conversation, Draft, Owner, QueuePlace, ReasonCode
from bot.conversations.crash_points import crash_point
from bot.conversations.fanout import ROUTING
from bot.errors import ConversationClosed, Unavailable
from bot.handoff.duty import Outlook
from bot.handoff.model import Announcement, Handoff, HandoffStatus, Offer, Outcome
from bot.handoff.outcomes import ended_offer, tell_offer_over
from bot.handoff.packet import WAITING_WISHES, build_packet, summary
from bot.handoff.reading import SHORT_PATIENCE_S, HandoffAlreadyClaimed, HandoffReading
from bot.handoff.wanted import Wanted, case_of, service_class
from bot.ids import new_id

log = structlog.get_logger(__name__)

_SYSTEM = Author(AuthorKind.system)
_BOT = Author(AuthorKind.bot)
_PRODUCTS = frozenset({"mobile", "broadband", "tv", "landline"})
#: dialogue slots that a return to the bot empties
_ENDED_BY_RETURN = ("flow_stack", "misses", "anger", "handoff_reason", "action_failed", WAITING_WISHES)


class QueueSide(HandoffReading):
    """Moves conversations between the bot and the queue."""

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
        customer = await self.customer_facts(head.customer_id, SHORT_PATIENCE_S)
        stack = slots.get("flow_stack") or []
        topic = stack[-1]["flow"] if stack else slots.get("last_flow")
        async with self._db.unit():
            text = self._wording.text("utter_handoff_customer_request", head.language)
            done = await self.request(
                conversation_id,
                Wanted(ReasonCode.customer_request, slots, customer, topic),
                actor=actor,
                drafts=(Draft(_BOT, text),),
            )
        if done is not None:
            await self.announce(done)

    async def request(
        self,
        conversation_id: str,
        wanted: Wanted,
        *,
        actor: str,
        drafts: Sequence[Draft] = (),
        reopens: bool = False,
    ) -> Announcement | None:
        """Put the conversation in the queue with its packet, inside the ambient unit of work.

        Args:
            reopens: also a conversation that was closed; only the desk may wish that.

        Returns:
            What to announce after the commit; None when the bot does not own it any more.
        """
        now = self._clock()
        head = await self._conversations.head(conversation_id)
        if head.owner is not Owner.bot and not (reopens and head.owner is Owner.closed):
            return None
        handoff = await self._new(head, wanted, now)
        outlook = await self._outlook(handoff)
        notices = [Draft(_SYSTEM, self._notice(handoff, outlook))]
        known = [name for name, value in wanted.slots.items() if value is not None]
        question = None
        if not outlook.free:
            question = self._collecting.following(case_of(handoff, wanted.topic), known)
        if question is not None:
            notices.append(question.draft(self._wording.text(question.response, handoff.language)))
        changed = await self._conversations.change_owner(
            conversation_id,
            epoch=head.epoch,
            owner=Owner.queued,
            agent_id=None,
            actor=actor,
            reason=wanted.reason.value,
            drafts=(*drafts, *notices),
            at=now,
        )
        if changed is None:
            return None
        conversation, written = changed
        crash_point("handoff_before_commit")
        await self._store.add(
            replace(
                handoff,
                packet=await self._packet(conversation, wanted),
                eta_s=outlook.eta_s if outlook.on_duty else None,
                asking=question.name if question else None,
            )
        )
        jumps = self.rules.rank(case_of(handoff, wanted.topic), now).jumps
        if jumps:
            detail = {"reason": wanted.reason.value}
            await self._audit.record(actor, "queue_jumped", now, conversation_id, detail)
        log.info(
            "handoff.requested", conversation_id=conversation_id, reason=wanted.reason.value, group=handoff.group_id
        )
        return Announcement(conversation, written, handoff.id)

    async def announce(self, change: Announcement) -> None:
        """Tell every window about a committed change of owner."""
        conversation = change.conversation
        crash_point("owner_committed")
        self._forget(conversation.id)
        for message in change.messages:
            await self._fanout.publish(conversation.id, {"type": "message", "message": message.as_json()})
        await self._fanout.publish(conversation.id, {"type": "owner", "owner": conversation.owner.value})
        await self._fanout.publish(
            ROUTING,
            {"type": "owner", "handoff_id": change.handoff_id, "waiting": conversation.owner is Owner.queued},
        )

    async def place(self, conversation: Conversation) -> QueuePlace | None:
        """The customer's place in the queue with an honest range for the wait."""
        handoff = await self._store.newest(conversation.id)
        if handoff is None or handoff.status is not HandoffStatus.waiting or handoff.rank_at is None:
            return None
        group = self.rules.group(handoff.group_id)
        position = 1 + await self._store.ahead_of(handoff.group_id, handoff.rank_at, handoff.id)
        outlook = await self.duty.outlook(group, position, position - 1)
        return QueuePlace(
            position,
            outlook.eta_s,
            on_duty=bool(outlook.on_duty),
            group=group.id,
            open=outlook.open,
            opens_at=outlook.opens_at,
        )

    async def leave(self, conversation_id: str) -> bool:
        """The customer gives up waiting; the bot goes on. False when they were not waiting."""

        async def say(head: Conversation, _handoff: Handoff) -> Draft:
            return Draft(_BOT, self._wording.text("utter_handoff_left_queue", head.language))

        return await self.end_waiting(conversation_id, HandoffStatus.left, say)

    async def end_waiting(
        self,
        conversation_id: str,
        status: HandoffStatus,
        say: Callable[[Conversation, Handoff], Awaitable[Draft]],
    ) -> bool:
        """Take the conversation out of the queue, back to the bot. False when it was not waiting.

        Args:
            say: what the bot says then; runs in the same transaction, so that it may write what it speaks of.
        """
        head = await self._conversations.head(conversation_id)
        handoff = await self._store.newest(conversation_id)
        if head.owner is not Owner.queued or handoff is None:
            return False
        async with self._db.unit():
            done = await self._to_bot(head, handoff, status, "customer", await say(head, handoff), None)
            if done is None:
                raise HandoffAlreadyClaimed()
        await self.announce(done)
        with suppress(Unavailable):
            offer = await self._offers.withdraw(handoff.id)
            if offer is not None:
                await self.offer_over(offer, Outcome.withdrawn)
        return True

    async def rescue(self, conversation_id: str, actor: str) -> bool:
        """The bot does not answer: say so and get a person. False when it does not have the conversation any more."""
        head = await self._conversations.head(conversation_id)
        slots, _turns, _events = await self._conversations.memory(head.id, 0)
        customer = await self.customer_facts(head.customer_id)
        wanted = Wanted(ReasonCode.bot_error, slots, customer, slots.get("last_flow"))
        async with self._db.unit():
            text = self._wording.text("utter_handoff_bot_error", head.language)
            done = await self.request(head.id, wanted, actor=actor, drafts=(Draft(_BOT, text),))
        if done is not None:
            await self.announce(done)
        return done is not None

    async def mend(self, conversation_id: str) -> bool:
        """Give a conversation that people own, and that stands in no list, a place in the queue again.

        Returns:
            False when it has an owner and a place after all.
        """
        now = self._clock()
        head = await self._conversations.head(conversation_id)
        newest = await self._store.newest(conversation_id)
        status = newest.status if newest else None
        fits = {Owner.queued: HandoffStatus.waiting, Owner.agent: HandoffStatus.accepted}
        if head.owner not in fits or (status is fits[head.owner] and (head.agent_id or head.owner is Owner.queued)):
            return False
        slots, _turns, _events = await self._conversations.memory(conversation_id, 0)
        wanted = Wanted(ReasonCode.bot_error, slots, None, slots.get("last_flow"))
        async with self._db.unit():
            handoff = await self._new(head, wanted, now)
            changed = await self._conversations.change_owner(
                head.id,
                epoch=head.epoch,
                owner=Owner.queued,
                agent_id=None,
                actor="desk",
                reason="ownerless",
                drafts=(Draft(_SYSTEM, self._notice(handoff, await self._outlook(handoff))),),
                at=now,
            )
            if changed is None:
                return False
            if newest is not None and status in (HandoffStatus.waiting, HandoffStatus.accepted):
                await self._store.set_status(newest.id, newest.status, HandoffStatus.left, ended_at=now)
            await self._store.add(replace(handoff, packet=await self._packet(changed[0], wanted)))
        await self.announce(Announcement(*changed, handoff.id))
        return True

    async def offer_over(self, offer: Offer, outcome: Outcome, reason: str | None = None) -> None:
        """Keep how an offer ended, and tell the person and the router."""
        if outcome is not Outcome.accepted:
            await self._store.offers_ended([ended_offer(offer, outcome, self._clock(), reason)])
        await tell_offer_over(self._fanout, offer, outcome)

    # -- inside --------------------------------------------------------------------------------------------------

    async def _new(self, head: Conversation, wanted: Wanted, now: datetime) -> Handoff:
        """A hand-over that is not stored yet, without its packet."""
        slots, customer = wanted.slots, wanted.customer or {}
        product = slots.get("fault_product") or slots.get("product")
        handoff = Handoff(
            id=new_id(),
            conversation_id=head.id,
            status=HandoffStatus.waiting,
            reason_code=wanted.reason,
            language=head.language,
            priority=0,
            requested_at=now,
            packet={},
            product=product if product in _PRODUCTS else None,
            customer_class=service_class(customer),
            last_agent_id=await self._store.last_agent(head.id, head.customer_id),
        )
        case = case_of(handoff, wanted.topic)
        rank = self.rules.rank(case, now)
        return replace(handoff, group_id=self.rules.group_of(case).id, priority=rank.priority, rank_at=rank.at)

    async def _packet(self, conversation: Conversation, wanted: Wanted) -> dict[str, Any]:
        transcript = await self._conversations.messages(conversation.id)
        packet = build_packet(conversation, wanted.reason, wanted.slots, transcript, wanted.customer, wanted.topic)
        return {**packet, "summary": summary(packet, conversation.language, self._wording)}

    async def _outlook(self, handoff: Handoff) -> Outlook:
        assert handoff.rank_at is not None
        group = self.rules.group(handoff.group_id)
        ahead = await self._store.ahead_of(group.id, handoff.rank_at, handoff.id)
        waits = await self._store.waits_by_group()
        waiting, _since = waits.get(group.id, (0, handoff.requested_at))
        return await self.duty.outlook(group, ahead + 1, waiting)

    def _notice(self, handoff: Handoff, outlook: Outlook) -> str:
        """What happens now, and what the customer may do instead."""
        language = handoff.language
        if not outlook.on_duty and outlook.opens_at is not None:
            opens = self._wording.moment(outlook.opens_at, language)
            return self._wording.text("utter_handoff_closed_hours", language, opens=opens)
        if not outlook.on_duty:
            return self._wording.text("utter_handoff_nobody_on_duty", language)
        values = {
            "position": outlook.position,
            "eta_low": max(1, outlook.eta_s[0] // 60),
            "eta_high": max(2, -(-outlook.eta_s[1] // 60)),
        }
        return self._wording.text(
            "utter_handoff_queue_full" if outlook.full else "utter_handoff_queued", language, **values
        )

    async def _freed(self, user_id: str) -> None:
        """Somebody has a chat less."""
        with suppress(Unavailable):
            await self._offers.count(user_id, -1)
        await self._fanout.publish(ROUTING, {"type": "slots"})

    async def _to_bot(
        self,
        head: Conversation,
        handoff: Handoff,
        status: HandoffStatus,
        actor: str,
        said: Draft,
        summary_text: str | None,
    ) -> Announcement | None:
        """Give it back to the bot inside the ambient unit of work; what to announce after it, None when it was late."""
        now = self._clock()
        slots, _turns, _events = await self._conversations.memory(head.id, 0)
        slots = {name: value for name, value in slots.items() if name not in _ENDED_BY_RETURN}
        if summary_text:
            slots["desk_summary"] = summary_text
        from_person = status is HandoffStatus.returned
        async with self._db.unit():
            from_status = HandoffStatus.accepted if from_person else HandoffStatus.waiting
            if not await self._store.set_status(handoff.id, from_status, status, ended_at=now, asking=None):
                return None
            changed = await self._conversations.change_owner(
                head.id,
                epoch=head.epoch,
                owner=Owner.bot,
                agent_id=None,
                actor=actor,
                reason=status.value,
                drafts=(said,),
                at=now,
                slots=slots,
            )
            if changed is None:
                raise HandoffAlreadyClaimed()
            if from_person and head.agent_id:
                await self._people.served(head.agent_id, now)
            await self._guests.clear(head.id)
        return Announcement(*changed, handoff.id)
