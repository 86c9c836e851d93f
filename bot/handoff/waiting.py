"""Useful waiting: what the bot does with the words of a customer who waits for a person. It never closes anything."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from bot.contracts import Author, AuthorKind, Conversation, Draft, Message, Owner
from bot.conversations.fanout import ROUTING, Fanout
from bot.conversations.store import ConversationStore
from bot.database import Database
from bot.errors import BadRequest, ConversationClosed, Refused
from bot.handoff.callbacks.service import ChoiceService
from bot.handoff.model import Handoff, HandoffStatus
from bot.handoff.packet import packet_slot
from bot.handoff.reading import DeskParts
from bot.handoff.service import HandoffService
from bot.handoff.wanted import case_of
from bot.wording import Wording

log = structlog.get_logger(__name__)

_BOT = Author(AuthorKind.bot)
#: who writes several lines is answered once
_QUIET = timedelta(minutes=1)
_RECENT = 20


class WaitingService:
    """Hears customers while they wait: their choices, danger, and answers to what the bot asks for."""

    def __init__(
        self,
        database: Database,
        parts: DeskParts,
        handoffs: HandoffService,
        choices: ChoiceService,
        conversations: ConversationStore,
        fanout: Fanout,
        wording: Wording,
        clock: Callable[[], datetime],
    ) -> None:
        self._db = database
        self._store = parts.store
        self._audit = parts.audit
        self._collecting = parts.collecting
        self._handoffs = handoffs
        self._choices = choices
        self._conversations = conversations
        self._fanout = fanout
        self._wording = wording
        self._clock = clock

    async def waits(self, conversation_id: str) -> bool:
        """Whether the conversation is in the queue."""
        return (await self._conversations.head(conversation_id)).owner is Owner.queued

    async def heard(self, message: Message, *, danger: bool) -> bool:
        """Act on what a waiting customer wrote. A person who takes the chat meanwhile stops it: nothing is said then.

        Returns:
            Whether they have left the queue with a wish, which the bot is to see to.

        Args:
            danger: whether the words tell of danger to life.
        """
        head = await self._conversations.head(message.conversation_id)
        handoff = await self._store.newest(message.conversation_id)
        if head.owner is not Owner.queued or handoff is None or handoff.status is not HandoffStatus.waiting:
            return False
        with suppress(ConversationClosed):  # the epoch has moved on: a person is there
            if danger:
                await self._jump(head, handoff)
                return False
            wish = self._collecting.wish(message.text)
            if wish == "instead":
                return await self._handoffs.leave(head.id)
            if not await self._choose(head, wish):
                await self._collect(head, handoff, message)
        return False

    async def _choose(self, head: Conversation, wish: str | None) -> bool:
        """Do what was typed instead of pressed; False when it was no choice."""
        if wish == "leave":
            await self._handoffs.leave(head.id)
        elif wish == "ticket":
            await self._choices.leave_ticket(head.id)
        elif wish == "callback":
            try:
                await self._choices.call_back(head.id, None, None)
            except Refused:
                await self._say(head, Draft(_BOT, self._wording.text("utter_handoff_call_number", head.language)))
                return True
        else:
            return False
        return True

    async def _jump(self, head: Conversation, handoff: Handoff) -> None:
        """Danger to life: fixed words, and ahead of everybody."""
        now = self._clock()
        if handoff.priority == 0:
            return
        case = case_of(handoff, None)
        rank = self._handoffs.rules.rank(case.with_reason("emergency"), handoff.requested_at)
        words = self._wording.text("utter_safety_emergency", head.language)
        first = self._wording.text("utter_handoff_jumped", head.language)
        async with self._db.unit():
            changed = {"priority": rank.priority, "rank_at": rank.at, "asking": None}
            if not await self._store.change(handoff.id, HandoffStatus.waiting, **changed):
                return
            await self._audit.record("bot", "queue_jumped", now, head.id, {"reason": "emergency"})
            message, _new = await self._conversations.append(
                head.id, Draft(_BOT, f"{words}\n{first}"), now, epoch=head.epoch
            )
        await self._fanout.publish(head.id, {"type": "message", "message": message.as_json()})
        await self._fanout.publish(ROUTING, {"type": "owner", "handoff_id": handoff.id, "waiting": True})
        log.info("waiting.jumped", conversation_id=head.id)

    async def _collect(self, head: Conversation, handoff: Handoff, message: Message) -> None:
        """Put the answer into the packet and ask for the next fact that lacks."""
        if handoff.asking is None:
            if not await self._take_number(head, message):
                await self._acknowledge(head, message)
            return
        packet = dict(handoff.packet)
        slots = [slot for slot in packet.get("slots") or () if slot["name"] != handoff.asking]
        value = self._collecting.answer(handoff.asking, message)
        if value is not None:
            slots.append({**packet_slot(handoff.asking, value, message.seq, 1.0), "collected": True})
        packet["slots"] = slots
        packet["summary"] = self._handoffs.summary(packet, head.language)
        names = [str(slot["name"]) for slot in slots]
        following = self._collecting.following(case_of(handoff, packet.get("topic")), names, handoff.asking)
        name = following.response if following else "utter_handoff_collected"
        text = self._wording.text(name, head.language)
        draft = following.draft(text) if following else Draft(_BOT, text)
        async with self._db.unit():
            asking = following.name if following else None
            if not await self._store.collected(handoff.id, handoff.asking, packet, asking):
                return  # a person has it, or another message was the answer
            said, _new = await self._conversations.append(head.id, draft, self._clock(), epoch=head.epoch)
        await self._fanout.publish(head.id, {"type": "message", "message": said.as_json()})

    async def _take_number(self, head: Conversation, message: Message) -> bool:
        """A number after the question which one to call; False when it is none."""
        before = await self._conversations.messages(head.id, max(0, message.seq - 2), 1)
        if before and before[0].expects == _PHONE:
            with suppress(BadRequest):
                await self._choices.call_back(head.id, message.text, None)
                return True
        return False

    async def _acknowledge(self, head: Conversation, message: Message) -> None:
        """Say that it was taken in, unless something was said to them a moment ago."""
        recent = await self._conversations.messages(head.id, max(0, message.seq - 1 - _RECENT), _RECENT)
        heard = [item.at for item in recent if item.author.kind is not AuthorKind.customer]
        if heard and message.at - max(heard) < _QUIET:
            return
        text = self._wording.text("utter_handoff_noted", head.language)
        async with self._db.unit():
            said, _new = await self._conversations.append(head.id, Draft(_BOT, text), self._clock(), epoch=head.epoch)
        await self._fanout.publish(head.id, {"type": "message", "message": said.as_json()})

    async def _say(self, head: Conversation, draft: Draft) -> None:
        async with self._db.unit():
            handoff = await self._store.newest(head.id)
            if handoff is not None:
                await self._store.change(handoff.id, HandoffStatus.waiting, asking=None)
            asked = Draft(draft.author, draft.text, expects=_PHONE)
            said, _new = await self._conversations.append(head.id, asked, self._clock(), epoch=head.epoch)
        await self._fanout.publish(head.id, {"type": "message", "message": said.as_json()})


#: what the question for the number to call expects
_PHONE = "phone_number"
