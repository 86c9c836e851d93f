"""What the bridge reads and writes, gathered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.conversations.fanout import Fanout
from bot.conversations.store import ConversationStore
from bot.desk.notes.store import NoteStore
from bot.handoff.desks.chatwoot.store import ChatwootStore
from bot.handoff.people.store import PeopleStore
from bot.handoff.store import HandoffStore
from bot.handoff.supervision.store import SupervisionStore
from bot.wording import Wording


@dataclass(frozen=True)
class Books:
    threads: ChatwootStore
    handoffs: HandoffStore
    people: PeopleStore
    guests: SupervisionStore
    notes: NoteStore
    conversations: ConversationStore
    fanout: Fanout
    wording: Wording
    clock: Callable[[], datetime]
