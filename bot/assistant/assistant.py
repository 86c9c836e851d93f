"""One turn of the assistant: a customer's message in, drafts and what was learned out. It sends and stores nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.assistant.buttons import from_payload, typed_button
from bot.assistant.channel import CollectingChannel
from bot.assistant.flow_policy import STACK_SLOT
from bot.assistant.flows.follow_ups import times_to_come
from bot.assistant.flows.model import FlowBook
from bot.assistant.nlu.wishes import ParseData
from bot.assistant.nlu.words.leaning import STATED, asked, has_lines
from bot.assistant.several_wishes import take_apart
from bot.assistant.tracker_store import SqlTrackerStore, TurnMemory, remembering
from bot.assistant.understanding import Understanding
from bot.assistant.welcome import RESPONSE as WELCOME
from bot.contracts import Assurance, Conversation, Draft, Message, ReasonCode
from bot.conversations.crash_points import crash_point
from bot.conversations.store import TurnRecord
from bot.handoff.packet import INTERNAL, SOURCES

#: messages running in the other language before the conversation follows
_LANGUAGE_RUN = 2
_RANKING_KEPT = 5
_EMERGENCY = "emergency"
#: as sure as the flow of an emergency must be to begin (data/flows/patterns.yml)
_DANGER_CONFIDENCE = 0.4


@dataclass(frozen=True)
class Reply:
    """What a turn wants to say and keep."""

    drafts: tuple[Draft, ...]
    memory: TurnMemory
    slots: Mapping[str, Any]
    events: tuple[Mapping[str, Any], ...]
    language: str
    assurance: Assurance
    customer_id: str | None
    #: set when this turn asks for a person
    handoff: ReasonCode | None
    #: the flow that was open before this turn, or the wish that it heard
    topic: str | None = None


class Assistant:
    """The embedded Rasa agent of one model behind one call."""

    def __init__(
        self, name: str, agent: Agent, store: SqlTrackerStore, understanding: Understanding, book: FlowBook
    ) -> None:
        """`name` is the model's archive."""
        self.name = name
        self._agent = agent
        self._store = store
        self._understanding = understanding
        self._book = book

    async def respond(self, conversation: Conversation, message: Message, now: datetime) -> Reply:
        """Answer one message.

        Args:
            now: the moment that relative times ("tomorrow") count from, aware.

        Raises:
            Exception: whatever went wrong inside; the caller hands the conversation to a person.
        """
        metadata = {"seq": message.seq, "now": now.isoformat(), "model": self.name}
        memory = TurnMemory(conversation)
        with remembering(memory):
            tracker = await self._store.retrieve(conversation.id)
            assert tracker is not None
            self._leave_unknown_flows(tracker)
            crash_point("before_parse")
            parsed = await self._parse(message, tracker, now, metadata)
            crash_point("after_parse")
            before = tracker.current_slot_values()
            profile = self._profile(conversation, message, parsed, before)
            for name, value in profile.items():
                if tracker.get_slot(name) != value:
                    tracker.update(SlotSet(name, value), self._store.domain)
            channel = CollectingChannel()
            await self._hear_all(parsed, tracker, message, metadata, channel, now)
            self._note_sources(tracker, before, message.seq, parsed)
        slots, events = self._store.learned(memory)
        reason = slots.pop("handoff_reason", None)
        return Reply(
            drafts=self._with_expectation(channel.drafts, slots),
            memory=memory,
            slots=slots,
            events=tuple(events),
            language=str(slots.get("language") or conversation.language),
            assurance=Assurance(slots.get("assurance") or conversation.assurance.value),
            customer_id=slots.get("customer_id") or conversation.customer_id,
            handoff=ReasonCode(reason) if reason else None,
            topic=self._topic(before, parsed),
        )

    def record(self, conversation: Conversation, message: Message, reply: Reply) -> TurnRecord:
        """What the ledger has to write for this turn."""
        return TurnRecord(
            conversation_id=conversation.id,
            epoch=conversation.epoch,
            answered_from=conversation.answered_seq,
            answered_to=message.seq,
            drafts=reply.drafts,
            language=reply.language,
            assurance=reply.assurance,
            customer_id=reply.customer_id,
            slots=reply.slots,
            turn=reply.memory.turns + 1,
            events=reply.events,
        )

    def committed(self, reply: Reply) -> None:
        """Remember the turn for the next one, now that it is stored."""
        self._store.keep(reply.memory, reply.slots)

    @property
    def responses(self) -> Mapping[str, Any]:
        """What this model can say, as Rasa's domain has it."""
        return dict(self._agent.domain.responses)

    async def warm_up(self, now: datetime) -> None:
        """Load lazily loaded parts before the first customer waits for them."""
        for variation in self._agent.domain.responses[WELCOME]:
            await self._understanding.parse(variation["text"], now, {})

    async def hears_danger(self, message: Message, now: datetime) -> bool:
        """Whether a message tells of danger to life. Nothing is said, kept or learned."""
        if message.payload or not message.text:
            return False
        parsed = await self._understanding.parse(message.text, now, {})
        intent = parsed["intent"]
        return intent["name"] == _EMERGENCY and float(intent["confidence"]) >= _DANGER_CONFIDENCE

    def _leave_unknown_flows(self, tracker: DialogueStateTracker) -> None:
        """Leave flows that another model began and this one does not have; the customer is asked anew."""
        stack = tracker.get_slot(STACK_SLOT) or ()
        if not all(self._book.has_step(frame["flow"], frame["step"]) for frame in stack):
            tracker.update(SlotSet(STACK_SLOT, None), self._store.domain)

    async def _parse(
        self, message: Message, tracker: DialogueStateTracker, now: datetime, metadata: Mapping[str, Any]
    ) -> dict[str, Any]:
        payload = message.payload or typed_button(message.text, tracker.events)
        if payload:
            return from_payload(payload, message.text)
        parsed = await self._understanding.parse(message.text, now, dict(metadata))
        parsed = self._in_context(parsed, tracker, now)
        # all of it is stored with the turn and copied to every action: keep what somebody reads
        return {**parsed, "intent_ranking": parsed.get("intent_ranking", [])[:_RANKING_KEPT]}

    def _in_context(self, parsed: ParseData, tracker: DialogueStateTracker, now: datetime) -> ParseData:
        """The message as it is meant after what was spoken of before."""
        follow_ups, stack = self._book.patterns.follow_ups, tracker.get_slot(STACK_SLOT)
        subject = tracker.get_slot(follow_ups.slot) if follow_ups.leads else None
        if not subject or (kind := asked(str(parsed["text"]), times_to_come(parsed["entities"], now))) is None:
            return parsed
        if stack and kind in STATED:
            return parsed
        told = has_lines(kind)
        if not stack:
            return follow_ups.resolved(parsed, kind, subject, now, told=told)
        flow = self._book.flows[stack[-1]["flow"]]
        asking = flow.step(stack[-1]["step"]).name
        return follow_ups.resolved(parsed, kind, subject, now, told=told, asking=asking, jumps=flow.jumps)

    def _note_subject(self, tracker: DialogueStateTracker, parsed: ParseData, now: datetime) -> None:
        """Keep what later questions may lean on: a wish that was uttered while nothing was under way."""
        patterns = self._book.patterns
        follow_ups, heard = patterns.follow_ups, str(parsed["intent"]["name"])
        if not follow_ups.leads:
            return
        stack = tracker.get_slot(STACK_SLOT) or ()
        started = self._book.by_intent(heard)
        digresses = (
            started is not None
            and started.id not in {frame["flow"] for frame in stack}
            and float(parsed["intent"]["confidence"]) >= patterns.words_confidence
        )
        goes_on = (bool(stack) and not digresses) or patterns.is_talk(heard)
        before = tracker.get_slot(follow_ups.slot) if goes_on else None
        if goes_on and before is None:
            return
        flow = self._book.by_intent(str(before["intent"]) if before else heard)
        subject = follow_ups.subject(parsed, now, before, flow.again_with if flow else ())
        if subject != before:
            tracker.update(SlotSet(follow_ups.slot, subject), self._store.domain)

    async def _hear_all(
        self,
        parsed: ParseData,
        tracker: DialogueStateTracker,
        message: Message,
        metadata: Mapping[str, Any],
        channel: CollectingChannel,
        now: datetime,
    ) -> None:
        """Hear a message, then, while nothing is under way, what waits: each wish as a message of its own."""
        waiting = self._book.patterns.waiting
        wishes = take_apart(parsed, tracker.current_slot_values(), STACK_SLOT, self._book)
        if len(wishes) > 1:
            queue = [*(tracker.get_slot(waiting.slot) or ()), *wishes[1:]]
            tracker.update(SlotSet(waiting.slot, queue), self._store.domain)
        wish: ParseData | None = {**wishes[0], "text": message.text} if len(wishes) == 1 else wishes[0]
        heard, current = 0, tracker
        while wish is not None:
            self._note_subject(current, wish, now)
            await self._agent.handle_message(
                UserMessage(
                    text=wish["text"],
                    output_channel=channel,
                    sender_id=tracker.sender_id,
                    parse_data=wish,
                    input_channel=channel.name(),
                    message_id=message.id,
                    metadata={**metadata, "wish": heard} if heard else dict(metadata),
                )
            )
            heard += 1
            stored = await self._store.retrieve(tracker.sender_id)
            assert stored is not None
            current = stored
            wish = current.get_slot(waiting.now)
            if wish is not None:
                current.update(SlotSet(waiting.now, None), self._store.domain)

    def _note_sources(
        self, tracker: DialogueStateTracker, before: Mapping[str, Any], seq: int, parsed: ParseData
    ) -> None:
        """Keep which message set a slot's value, and how sure we were, for the person who may take over.

        A value that stands in the message is as sure as its entity; one that was worked out, as the wish was
        understood.
        """
        known: Mapping[str, Any] = before.get(SOURCES) or {}
        sources = dict(known)
        sure = {str(item["value"]): _sureness(item) for item in parsed.get("entities") or ()}
        wish = round(float(parsed["intent"].get("confidence") or 0.0), 4)
        for name, value in tracker.current_slot_values().items():
            if name in INTERNAL or value == before.get(name):
                continue
            if value is None:
                sources.pop(name, None)
            else:
                sources[name] = [seq, sure.get(str(value), wish)]
        if sources != known:
            tracker.update(SlotSet(SOURCES, sources), self._store.domain)

    def _topic(self, before: Mapping[str, Any], parsed: ParseData) -> str | None:
        """What the conversation is about: the open flow, else the wish that was heard, else the flow before."""
        open_flows = [str(frame["flow"]) for frame in before.get(STACK_SLOT) or ()]
        heard = self._book.by_intent(str(parsed["intent"]["name"]))
        if open_flows:
            return open_flows[0]
        if heard is not None and not heard.control:
            return heard.id
        last = before.get(self._book.patterns.last_flow_slot)
        return str(last) if last else None

    def _profile(
        self, conversation: Conversation, message: Message, parsed: Mapping[str, Any], slots: Mapping[str, Any]
    ) -> dict[str, Any]:
        profile: dict[str, Any] = {"handoff_reason": None}
        current = slots.get("language") or conversation.language
        heard = None if message.payload else parsed.get("language")
        run = int(slots.get("other_language_run") or 0)
        if heard in ("zh", "en"):
            run = run + 1 if heard != current else 0
        first = conversation.turns == 0 and not conversation.metadata.get("language_given")
        if heard in ("zh", "en") and heard != current and (first or run >= _LANGUAGE_RUN):
            current, run = heard, 0
        profile |= {"language": current, "other_language_run": run}
        if conversation.assurance.verified:
            profile |= {
                "assurance": conversation.assurance.value,
                "verified": True,
                "customer_id": conversation.customer_id,
            }
        return profile

    def _with_expectation(self, drafts: list[Draft], slots: Mapping[str, Any]) -> tuple[Draft, ...]:
        """Name on the last draft the slot that the open question asks for."""
        stack = slots.get(STACK_SLOT) or []
        if not drafts or not stack or not stack[-1].get("waiting"):
            return tuple(drafts)
        step = self._book.flows[stack[-1]["flow"]].step(stack[-1]["step"])
        last = drafts[-1]
        return (*drafts[:-1], Draft(**{**last.__dict__, "expects": step.name}))


def _sureness(entity: Mapping[str, Any]) -> float:
    """How sure an entity is, 0 to 1; one found word for word in our lists is certain."""
    return round(float(entity.get("confidence_entity") or 1.0), 4)
