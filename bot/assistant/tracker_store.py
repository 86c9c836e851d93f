"""Rasa's tracker store over our ledger: append-only, bounded to the newest turns plus the slots.

Inside a turn of the service (`remembering`) nothing is written here: what is new is left in the `TurnMemory`, and the
turn's own transaction stores it. `rasa run` and `rasa shell`, which have no such turn, write it at once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

import rasa.shared.core.events as rasa_events
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

from bot.contracts import Assurance, Conversation, Owner
from bot.conversations.store import ConversationStore, TurnRecord

#: earlier turns that a tracker is built from: flows and rules need the last one at most; of those before it only what
#: was said is kept, so that nothing is said twice in the same words
KEPT_TURNS = 4
_CACHED_CONVERSATIONS = 5_000


@dataclass
class TurnMemory:
    """What one turn remembers and learns."""

    conversation: Conversation
    tracker: DialogueStateTracker | None = None
    #: events in the tracker before the message came
    known: int = 0
    turns: int = 0

    @property
    def new_events(self) -> list[Event]:
        return list(self.tracker.events)[self.known :] if self.tracker else []


_TURN: ContextVar[TurnMemory | None] = ContextVar("frontline_turn_memory", default=None)


@contextmanager
def remembering(memory: TurnMemory) -> Iterator[TurnMemory]:
    """Make `memory` the turn that the tracker store serves in this task."""
    token = _TURN.set(memory)
    try:
        yield memory
    finally:
        _TURN.reset(token)


@dataclass(frozen=True)
class _Cached:
    turns: int
    slots: Mapping[str, Any]
    #: events of the newest turns, one tuple a turn
    events: tuple[tuple[Event, ...], ...] = field(default=())


class OwnSlots(dict[str, Slot]):
    """The slots of one tracker: the domain's until one is asked for by name, from then on a copy.

    There are over a hundred, and a turn touches few.
    """

    def __init__(self, shared: Mapping[str, Slot]) -> None:
        super().__init__(shared)
        self._own: set[str] = set()

    def __getitem__(self, name: str) -> Slot:
        slot = super().__getitem__(name)
        if name not in self._own:
            self._own.add(name)
            slot = copy(slot)
            super().__setitem__(name, slot)
        return slot


class Tracker(DialogueStateTracker):
    """Rasa's tracker without a copy of every slot."""

    def __init__(self, sender_id: str, slots: Mapping[str, Slot]) -> None:
        super().__init__(sender_id, ())
        self.slots = OwnSlots(slots)


class SqlTrackerStore(TrackerStore):
    """Builds a tracker from the slots and the newest turns; turn 400 costs what turn 4 costs."""

    def __init__(
        self,
        domain: Domain | None,
        event_broker: EventBroker | None = None,
        store: ConversationStore | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        self._conversations = store
        self._cache: OrderedDict[str, _Cached] = OrderedDict()
        self._slots_of: list[Slot] | None = None
        self._slots: dict[str, Slot] = {}

    def beside(self) -> SqlTrackerStore:
        """A store for another model, with a domain of its own; what is remembered of conversations is shared."""
        other = SqlTrackerStore(None, store=self._conversations)
        other._cache = self._cache
        return other

    @property
    def conversations(self) -> ConversationStore:
        if self._conversations is None:
            from bot.resources import standalone_database

            self._conversations = ConversationStore(standalone_database())
        return self._conversations

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker of a conversation; in a turn always one, so that no session start has to run."""
        memory = _TURN.get()
        if memory is not None and memory.tracker is not None:
            return memory.tracker
        cached = await self._remember(sender_id, memory.conversation.turns if memory else None)
        if memory is None and cached.turns == 0:
            return None
        tracker = self._build(sender_id, cached)
        if memory is not None:
            memory.tracker, memory.turns, memory.known = tracker, cached.turns, len(tracker.events)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """In a turn: leave it to the turn. Else: append the new events."""
        memory = _TURN.get()
        if memory is not None:
            memory.tracker = tracker
            return
        await self.stream_events(tracker)
        await self._save_alone(tracker)

    def learned(self, memory: TurnMemory) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Slots and new events of a finished turn, as JSON; call `keep` once they are stored."""
        if memory.tracker is None:
            return {}, []
        return filled_slots(memory.tracker), [event.as_dict() for event in memory.new_events]

    def keep(self, memory: TurnMemory, slots: Mapping[str, Any]) -> None:
        """Cache what has been committed, so that the next turn of this process reads nothing."""
        if memory.tracker is None:
            return
        before = self._cache.get(memory.conversation.id)
        older = before.events if before is not None and before.turns == memory.turns else ()
        events = (*older, tuple(memory.new_events))[-KEPT_TURNS:]
        self._put(memory.conversation.id, _Cached(memory.turns + 1, slots, events))

    def forget(self, conversation_id: str) -> None:
        """Drop the cached tracker, after somebody else changed the conversation's slots."""
        self._cache.pop(conversation_id, None)

    def init_tracker(self, sender_id: str) -> DialogueStateTracker:
        """An empty tracker."""
        slots = self.domain.slots
        if self._slots_of is not slots:
            self._slots_of, self._slots = slots, {slot.name: copy(slot) for slot in slots}
        return Tracker(sender_id, self._slots)

    async def keys(self) -> Iterable[str]:
        """Ids of the newest conversations (Rasa's exporter asks for them)."""
        return [head.id for head in await self.conversations.heads(limit=10_000)]

    async def _remember(self, conversation_id: str, turns: int | None) -> _Cached:
        cached = self._cache.get(conversation_id)
        if cached is not None and cached.turns == turns:
            return cached
        if turns == 0:
            return _Cached(0, {})
        slots, stored_turns, events = await self.conversations.memory(conversation_id, KEPT_TURNS)
        parsed = tuple(tuple(rasa_events.deserialise_events(list(turn))) for turn in events)
        return _Cached(stored_turns, slots, parsed)

    def _put(self, conversation_id: str, cached: _Cached) -> None:
        self._cache[conversation_id] = cached
        self._cache.move_to_end(conversation_id)
        if len(self._cache) > _CACHED_CONVERSATIONS:
            self._cache.popitem(last=False)

    def _build(self, sender_id: str, cached: _Cached) -> DialogueStateTracker:
        tracker = self.init_tracker(sender_id)
        domain = self.domain
        start: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
        # older values first: the kept turns set theirs again, and what they emptied is emptied; a slot of another
        # model that this one does not have is left out
        start += [
            SlotSet(name, value) for name, value in cached.slots.items() if value is not None and name in tracker.slots
        ]
        start.append(ActionExecuted(ACTION_LISTEN_NAME))
        for event in start:
            tracker.update(event, domain)
        for turn in cached.events[:-1]:
            for event in turn:
                if isinstance(event, BotUttered):
                    tracker.update(event, domain)
        for event in cached.events[-1] if cached.events else ():
            tracker.update(event, domain)
        for name, slot in list(tracker.slots.items()):
            wanted = cached.slots.get(name)
            if cached.events and slot.value != wanted and (wanted is not None or slot.value is not None):
                tracker.update(SlotSet(name, wanted), domain)
        return tracker

    async def _save_alone(self, tracker: DialogueStateTracker) -> None:
        now = datetime.now(timezone.utc)
        _, turns, stored = await self.conversations.memory(tracker.sender_id, KEPT_TURNS)
        if turns == 0:
            conversation = Conversation(
                tracker.sender_id, "zh", Owner.bot, 1, 0, 0, Assurance.anonymous, None, None, now, now
            )
            await self.conversations.create(conversation, (), now)
        newest = stored[-1][-1]["timestamp"] if stored and stored[-1] else 0.0
        events = [event.as_dict() for event in tracker.events if event.timestamp > newest]
        head = await self.conversations.head(tracker.sender_id)
        await self.conversations.commit_turn(
            TurnRecord(
                conversation_id=head.id,
                epoch=head.epoch,
                answered_from=head.answered_seq,
                answered_to=head.answered_seq,
                drafts=(),
                language=head.language,
                assurance=head.assurance,
                customer_id=head.customer_id,
                slots=filled_slots(tracker),
                turn=turns + 1,
                events=events,
            ),
            now,
        )


def filled_slots(tracker: DialogueStateTracker) -> dict[str, Any]:
    """Slots that have a value."""
    return {name: slot.value for name, slot in tracker.slots.items() if slot.value is not None}
