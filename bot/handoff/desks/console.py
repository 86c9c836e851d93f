"""Our own console as the desk: the router offers waiting chats to people on duty, and they read the ledger itself."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.contracts import Conversation, Message, Owner
from bot.desk.notes.model import Note
from bot.handoff.desks.port import API, CHATWOOT_HUB, HUB_KEY, DeskState
from bot.handoff.routing import Router
from bot.handoff.supervision.model import Whisper
from bot.outbox.store import OutboxStore


class ConsoleDesk:
    """An `AgentDesk`. It has nothing to be told: consoles hear the same events as customers' windows."""

    def __init__(self, router: Router, outbox: OutboxStore) -> None:
        self._router = router
        self._outbox = outbox

    async def start(self) -> None:
        # what still waits for a desk that was used before is not sent there any more
        await self._outbox.remove_hub(API, CHATWOOT_HUB, HUB_KEY)
        self._router.start()

    async def stop(self) -> None:
        await self._router.stop()

    async def owner_changed(self, connection: AsyncConnection, head: Conversation, *, opened: bool) -> None:
        return None

    async def message_added(self, connection: AsyncConnection, message: Message, owner: Owner) -> None:
        return None

    async def whispered(self, connection: AsyncConnection, whisper: Whisper) -> None:
        return None

    async def noted(self, connection: AsyncConnection, note: Note) -> None:
        return None

    def state(self) -> DeskState:
        return DeskState("console", True)
