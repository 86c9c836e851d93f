"""The desk that people work at: our own console, or one that an operator has already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.contracts import Conversation, Message, Owner
from bot.desk.notes.model import Note
from bot.handoff.supervision.model import Whisper

#: of a desk's events in the outbox, and the listener that takes them to Chatwoot
API = "desk"
CHATWOOT_HUB = "chatwoot"
HUB_KEY = "settings"


@dataclass(frozen=True)
class DeskState:
    """How the desk does. A desk that is away makes nobody wait unseen: chats stay in our queue and in our console."""

    name: str
    is_up: bool
    #: why not, in a few words for whoever runs the service
    reason: str | None = None


class AgentDesk(Protocol):
    """What the service tells a desk. What the desk tells us goes through `HandoffService`, fenced by the epoch."""

    async def start(self) -> None:
        """Begin, after the database and Redis are there."""

    async def stop(self) -> None: ...

    async def owner_changed(self, connection: AsyncConnection, head: Conversation, *, opened: bool) -> None:
        """A conversation was opened, handed on or closed: called in that transaction, so it only writes there."""

    async def message_added(self, connection: AsyncConnection, message: Message, owner: Owner) -> None:
        """Somebody said something outside a turn: called in that transaction, so it only writes there."""

    async def whispered(self, connection: AsyncConnection, whisper: Whisper) -> None:
        """Somebody said something to colleagues only: called in that transaction, so it only writes there."""

    async def noted(self, connection: AsyncConnection, note: Note) -> None:
        """Somebody left a note for colleagues: called in that transaction, so it only writes there."""

    def state(self) -> DeskState:
        """As last seen; asks nobody."""
