"""A floor with what waiting customers may do, the watch over them, and the dashboard."""

from __future__ import annotations

from sqlalchemy import update

from bot.contracts import Author, AuthorKind, Conversation, Draft, Message, ReasonCode
from bot.handoff.figures.service import Dashboard
from bot.handoff.figures.store import FiguresStore
from bot.handoff.wanted import Wanted
from bot.handoff.watch.service import DeskWatch
from bot.handoff.watch.store import WatchStore
from bot.ids import new_id
from bot.schema import conversations, handoffs
from tests.integration.floor import ZONE, Floor


class Waiting(Floor):
    """A floor with what waiting customers may do, and the watch."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.watch = DeskWatch(
            WatchStore(self.database),
            self.parts,
            self.handoffs,
            self.lock,
            self.liveness,
            self.redis,
            self.fanout,
            self.clock,
        )
        self.dashboard = Dashboard(FiguresStore(self.database), self.duty, self.watch, ZONE, self.clock)

    async def wanted(self, language: str = "zh", topic: str | None = None, **slots: object) -> Conversation:
        """Somebody whom the bot has handed over."""
        chat = await self.customer(language)
        async with self.database.unit():
            wanted = Wanted(ReasonCode.customer_request, slots, None, topic)
            done = await self.handoffs.request(chat.id, wanted, actor="bot")
        assert done is not None
        await self.handoffs.announce(done)
        return await self.conversations.head(chat.id)

    async def hears(self, chat: Conversation, text: str, *, danger: bool = False, photo: str | None = None) -> Message:
        """The customer writes while they wait."""
        files = ({"id": "f", "name": photo},) if photo else ()
        draft = Draft(Author(AuthorKind.customer), text, client_msg_id=new_id(), attachments=files)
        message, _new = await self.conversations.append(chat.id, draft, self.clock())
        await self.waiting.heard(message, danger=danger)
        return message

    async def packet_slots(self, chat: Conversation) -> dict[str, object]:
        handoff = await self.handoffs.newest(chat.id)
        assert handoff is not None
        return {slot["name"]: slot["value"] for slot in handoff.packet["slots"]}

    async def broken(self, table: str, where: str, **values: object) -> None:
        """Put a row into a state that only a fault brings."""
        chosen = {"conversations": conversations, "handoffs": handoffs}[table]
        async with self.database.write() as connection:
            column = chosen.c.id if table == "conversations" else chosen.c.conversation_id
            await connection.execute(update(chosen).where(column == where).values(**values))
