"""Our side with Chatwoot as its desk: real services, a real database and Redis, webhooks over HTTP."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from redis.asyncio import Redis
from sqlalchemy import text

from bot.channels.chatwoot import PATH, ChatwootChannel
from bot.channels.errors import errors_middleware
from bot.channels.exchange import build_exchange
from bot.contracts import Author, AuthorKind, Conversation, Draft, Owner
from bot.conversations.attachments.service import AttachmentService
from bot.conversations.attachments.store import AttachmentStore
from bot.conversations.locks import TurnLocks
from bot.conversations.service import ConversationService
from bot.conversations.store import Appended
from bot.conversations.turns import TurnRunner
from bot.customers.service import IdentityService
from bot.database import Database
from bot.desk.identity.service import IdentityChecks
from bot.desk.identity.store import IdentityCheckStore
from bot.desk.marks.service import MarkService
from bot.desk.marks.store import MarkStore
from bot.desk.ratings.service import RatingService
from bot.desk.ratings.store import RatingStore
from bot.handoff.desks.build import build_desk
from bot.handoff.desks.chatwoot.desk import ChatwootDesk
from bot.handoff.desks.chatwoot.model import Thread
from bot.handoff.model import User
from bot.operator.demo.operator import demo_operator
from bot.settings import Settings
from tests.chatwoot import ACCOUNT, INBOX, SECRET, TOKEN, Chatwoot, Talk, running_chatwoot
from tests.integration.floor import Floor

ZONE = ZoneInfo("Asia/Shanghai")
_WAIT_S = 15.0
_WELCOME = {language: {"text": text, "buttons": []} for language, text in (("zh", "欢迎"), ("en", "Welcome"))}
#: people of the fake desk
WANG, TOM = 11, 12
CONSOLE_USER = User("li", "li", {"zh": "李工", "en": "Ms Li"}, frozenset(["agent"]), ("zh", "en"), 4)


_LEFT = text(
    "SELECT COUNT(*) FROM outbox o LEFT JOIN deliveries d ON d.event_id = o.id"
    " WHERE o.subject_id = :id AND (o.routed_at IS NULL OR d.due_at IS NOT NULL)"
)


class Clock:
    """The time, moved on by the test where it would have to wait."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(timezone.utc) + self.ahead


class Side:
    """What one process of ours is made of."""

    def __init__(self, database: Database, redis: Redis, chatwoot: Chatwoot, folder: Path, **more: Any) -> None:
        given: dict[str, Any] = {
            "desk": "chatwoot",
            "chatwoot_url": chatwoot.url,
            "chatwoot_account_id": ACCOUNT,
            "chatwoot_inbox_identifier": INBOX,
            "chatwoot_api_token": TOKEN,
            "chatwoot_webhook_secret": SECRET,
            "data_dir": folder,
        }
        self.settings = Settings(**{**given, **more})
        self.chatwoot = chatwoot
        self.clock = Clock()
        self.database = database
        self.redis = redis
        self.floor = floor = Floor(database, redis, self.clock, collects=False)
        self.fanout, self.wording = floor.fanout, floor.wording
        self.exchange = build_exchange(self.settings, database, self.clock)
        self.store = floor.conversations
        operator = demo_operator(database, redis, clock=self.clock, zone=ZONE)
        self.people = floor.people
        locks = TurnLocks(redis, False)
        self.handoffs = floor.handoffs
        self.files = AttachmentService(AttachmentStore(database), folder / "uploads", self.clock)
        self.ratings = RatingService(RatingStore(database), self.store, self.handoffs, self.clock)
        turns = TurnRunner(
            database,
            self.store,
            None,  # type: ignore[arg-type]  # the bot has nothing to say here
            self.handoffs,
            floor.waiting,
            self.fanout,
            locks,
            self.clock,
        )
        codes = IdentityService(redis, operator, "s", "i", "a", self.clock)
        checks = IdentityChecks(
            database,
            IdentityCheckStore(redis, database),
            self.store,
            self.handoffs,
            codes,
            operator,
            floor.parts.audit,
            self.fanout,
            self.wording,
            self.clock,
            lambda _id: None,
        )
        self.customers = ConversationService(
            self.store,
            turns,
            self.handoffs,
            codes,
            operator,
            self.fanout,
            redis,
            self.wording,
            self.clock,
            b"a secret that is used in these tests only",
            3600,
            self.files,
            MarkService(MarkStore(database), self.store, self.fanout, self.clock),
            self.ratings,
            checks,
            locks,
            lambda _id: None,
        )
        self.router = floor.router
        desk = build_desk(
            self.settings,
            database=database,
            router=self.router,
            handoff_store=floor.store,
            people=self.people,
            handoffs=self.handoffs,
            supervision=floor.supervision,
            notes=floor.parts.notes,
            store=self.store,
            files=self.files,
            fanout=self.fanout,
            wording=self.wording,
            outbox=self.exchange.outbox,
            deliverer=self.exchange.deliverer,
            clock=self.clock,
        )
        assert isinstance(desk, ChatwootDesk)
        self.desk = desk
        self.app = web.Application(middlewares=[errors_middleware])
        ChatwootChannel(desk, self.settings.chatwoot_webhook_secret, locks, self.clock).add_routes(self.app.router)

    # -- the customer ------------------------------------------------------------------------------------------

    async def opened(self, *lines: str, language: str = "zh") -> str:
        """A conversation with the bot in which the customer has said this."""
        opened = await self.customers.open(language, None, {}, _WELCOME)
        for line in lines:
            draft = Draft(Author(AuthorKind.customer), line, client_msg_id=str(uuid.uuid4()))
            await self.store.append(opened.conversation.id, draft, self.clock())
        return opened.conversation.id

    async def asked(self, *lines: str, language: str = "zh") -> tuple[str, Talk]:
        """A conversation that has been handed over, and what became of it there."""
        conversation_id = await self.opened(*(lines or ("宽带断了",)), language=language)
        await self.handoffs.ask(conversation_id, "customer")
        return conversation_id, await self.talk(conversation_id)

    async def says(self, conversation_id: str, words: str) -> Appended:
        return await self.customers.say(conversation_id, str(uuid.uuid4()), words)

    async def talk(self, conversation_id: str) -> Talk:
        """The conversation there, once people can see it."""
        found: list[Talk] = []

        def is_there() -> bool:
            found[:] = [item for item in self.chatwoot.talks.values() if conversation_id in item.source_id]
            return bool(found) and any(item["private"] for item in found[0].messages)

        await self.chatwoot.until(is_there, _WAIT_S)
        await self.told(conversation_id)
        return found[0]

    async def told(self, conversation_id: str) -> None:
        """Wait until nothing of this conversation is on its way any more."""

        async def look() -> None:
            while await self._left(conversation_id):
                await self.exchange.deliverer.round()
                await self.exchange.deliverer.settled()

        await asyncio.wait_for(look(), _WAIT_S)

    async def _left(self, conversation_id: str) -> int:
        """Events of a conversation that are not told yet, nor given up."""
        async with self.database.read() as connection:
            return int((await connection.execute(_LEFT, {"id": conversation_id})).scalar_one())

    async def head(self, conversation_id: str) -> Conversation:
        return await self.store.head(conversation_id)

    async def thread(self, conversation_id: str) -> Thread:
        found = await self.desk.threads.thread(conversation_id)
        assert found is not None
        return found

    async def lines(self, conversation_id: str, kind: AuthorKind | None = None) -> list[str]:
        return [
            message.text
            for message in await self.store.messages(conversation_id)
            if kind is None or message.author.kind is kind
        ]

    async def until(self, conversation_id: str, done: Callable[[], Awaitable[bool]]) -> None:
        """Wait until something is so; every event of the conversation has it looked at again."""

        async def look() -> None:
            with self.fanout.subscribe(conversation_id) as events:
                while not await done():
                    await events.get()

        await asyncio.wait_for(look(), _WAIT_S)

    async def until_owner(self, conversation_id: str, owner: Owner) -> Conversation:
        async def is_so() -> bool:
            return (await self.head(conversation_id)).owner is owner

        await self.until(conversation_id, is_so)
        return await self.head(conversation_id)

    async def until_said(self, conversation_id: str, words: str) -> None:
        async def is_so() -> bool:
            return words in await self.lines(conversation_id)

        await self.until(conversation_id, is_so)


@asynccontextmanager
async def running_side(
    database: Database, redis: Redis, chatwoot: Chatwoot, folder: Path, **more: Any
) -> AsyncIterator[Side]:
    """A process of ours beside a Chatwoot that sends its webhooks to it."""
    side = Side(database, redis, chatwoot, folder, **more)
    runner = web.AppRunner(side.app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    chatwoot.webhook_url = f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}"
    await side.desk.start()
    side.exchange.deliverer.start()
    try:
        yield side
    finally:
        await chatwoot.settled()
        await side.exchange.deliverer.stop()
        await side.desk.stop()
        await runner.cleanup()


def later(side: Side, seconds: float) -> None:
    side.clock.ahead += timedelta(seconds=seconds)


@pytest.fixture
async def chatwoot() -> AsyncIterator[Chatwoot]:
    async with running_chatwoot() as server:
        yield server


@pytest.fixture
async def side(database: Database, redis: Redis, chatwoot: Chatwoot, tmp_path: Path) -> AsyncIterator[Side]:
    async with running_side(database, redis, chatwoot, tmp_path) as running:
        yield running


@dataclass(frozen=True)
class Served:
    """A conversation that an agent there has."""

    id: str
    talk: Talk


@pytest.fixture
async def served(side: Side) -> Served:
    conversation_id, talk = await side.asked()
    side.chatwoot.assigns(talk, WANG)
    await side.until_owner(conversation_id, Owner.agent)
    return Served(conversation_id, talk)
