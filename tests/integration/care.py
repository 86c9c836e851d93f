"""The TM Forum side as another system sees it: a real application on a free port, the seeded demo, scoped keys."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from aiohttp import web
from redis.asyncio import Redis

from bot.appointments.care import VisitCare
from bot.appointments.model import technicians_from
from bot.appointments.service import AppointmentService
from bot.appointments.store import AppointmentStore
from bot.channels.errors import errors_middleware
from bot.channels.exchange import DeliveryChannel, Exchange, build_exchange
from bot.channels.tmf.keys import demo_api_key
from bot.channels.tmf.routes import add_tmf_routes
from bot.conversations.fanout import Fanout
from bot.conversations.locks import TurnLocks
from bot.conversations.store import ConversationStore
from bot.database import Database
from bot.migrations import upgrade
from bot.notices.service import NoticeService
from bot.operator.demo.operator import demo_operator
from bot.operator.demo.seed import seed
from bot.outages.service import OutageService
from bot.outages.store import OutageStore
from bot.settings import Settings
from bot.tickets.about import CustomerFacts
from bot.tickets.archive.service import ArchiveService
from bot.tickets.archive.store import ArchiveStore
from bot.tickets.links.service import TicketLinks
from bot.tickets.loop.service import TicketLoop
from bot.tickets.service import TicketService
from bot.tickets.store import TicketStore
from tests.integration.postgres import keep_rows, put_back_rows
from tests.shipped import policies, wording

ZONE = ZoneInfo("Asia/Shanghai")
#: a Saturday morning
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=ZONE)

TICKET = "/tmf-api/troubleTicket/v4/troubleTicket"
VISIT = "/tmf-api/appointment/v4/appointment"
SEARCH = "/tmf-api/appointment/v4/searchTimeSlot"
INTERACTION = "/tmf-api/partyInteraction/v4/partyInteraction"
PROBLEM = "/tmf-api/serviceProblemManagement/v4/serviceProblem"
BODY = {"description": "no light on the modem", "severity": "Major", "ticketType": "fault"}
CUSTOMER = {"id": "c-tmf", "role": "customer", "@referredType": "Customer"}
ENTITY = {"id": "talk-1", "role": "conversation", "@referredType": "Conversation"}
AREA = "wangjiang"
_KEPT = "kept_care"


class Clock:
    """A clock that the test moves; it tells UTC, as the service's does."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now.astimezone(timezone.utc)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Any
    body: Any


@dataclass(frozen=True)
class Care:
    """The service from outside, and the services behind it."""

    base: str
    key: str
    data_dir: Path
    database: Database
    tickets: TicketService
    visits: AppointmentService
    ledger: ConversationStore
    exchange: Exchange
    clock: Clock
    session: aiohttp.ClientSession
    outages: OutageService
    notices: NoticeService
    visit_care: VisitCare
    loop: TicketLoop

    async def call(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        sent = {"Authorization": f"Bearer {self.key}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        data = body if isinstance(body, str) or body is None else json.dumps(body)
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        async with self.session.request(method, self.base + path, data=data, headers=sent) as response:
            text = await response.text()
            is_json = response.content_type == "application/json"
            return Answer(response.status, response.headers, json.loads(text) if is_json and text else text or None)

    async def opened(self, **more: object) -> dict[str, Any]:
        answer = await self.call("POST", TICKET, {**BODY, **more})
        assert answer.status == 201, answer.body
        body: dict[str, Any] = answer.body
        return body


def is_error(answer: Answer, status: int, code: str | None = None) -> bool:
    """Whether an answer is TM Forum's Error with this status."""
    body = answer.body
    assert answer.status == status, body
    assert set(body) == {"code", "reason", "message", "status", "referenceError", "@type", "error"}
    assert body["error"]["code"] == body["code"]
    assert body["status"] == str(status)
    assert body["reason"] and body["message"].startswith(body["reason"].rstrip("."))
    return code is None or body["code"] == code


@pytest.fixture(scope="session")
def seeded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the demo operator as of `NOW`, to be copied."""
    path = tmp_path_factory.mktemp("care") / "seeded.sqlite3"
    upgrade(f"sqlite+aiosqlite:///{path}")

    async def fill() -> None:
        database = Database(f"sqlite+aiosqlite:///{path}")
        try:
            await seed(database, today=NOW.date(), zone=ZONE, now=NOW)
        finally:
            await database.close()

    asyncio.run(fill())
    return path


@pytest.fixture(scope="session")
def kept_on_postgres() -> set[str]:
    """Names of the schemas that hold copies of this session."""
    return set()


@pytest.fixture
async def seeded(database: Database, seeded_file: Path, kept_on_postgres: set[str]) -> Database:
    """The demo operator as of `NOW`, on either database."""
    if database.is_sqlite:
        shutil.copy(seeded_file, database.url.split("///")[1])
        await database.close()
    elif _KEPT in kept_on_postgres:
        await put_back_rows(database, _KEPT)
    else:
        await seed(database, today=NOW.date(), zone=ZONE, now=NOW)
        await keep_rows(database, _KEPT)
        kept_on_postgres.add(_KEPT)
    return database


@pytest.fixture
async def care(seeded: Database, tmp_path: Path, redis: Redis) -> AsyncIterator[Care]:
    """The TM Forum APIs over the seeded demo."""
    clock = Clock()
    operator = demo_operator(seeded, redis, clock=clock, zone=ZONE)
    exchange = build_exchange(Settings(data_dir=tmp_path, hook_targets="127.0.0.1, crm.example"), seeded, clock)
    events = exchange.events
    store = TicketStore(seeded, ZONE, events.ticket)
    tickets = TicketService(store, policies(), clock=clock, about=CustomerFacts(operator))
    team = technicians_from([{"zh": "周师傅", "en": "Mr Zhou"}])
    visits = AppointmentService(AppointmentStore(seeded, ZONE, events.appointment), technicians=team, clock=clock)
    ledger = ConversationStore(seeded, events.conversation)
    fanout, locks = Fanout(redis, False), TurnLocks(redis, False)
    notices = NoticeService(seeded, ledger, fanout, locks, operator, wording(ZONE), clock, lambda _id: None)
    outages = OutageService(OutageStore(seeded, ZONE, events.outage), tickets, operator, wording(ZONE), clock)
    visit_care = VisitCare(visits, tickets, notices, wording(ZONE), ZONE, clock)
    loop = TicketLoop(tickets, notices, wording(ZONE), clock)
    app = web.Application(middlewares=[errors_middleware])
    add_tmf_routes(
        app,
        tickets=tickets,
        belongings=TicketLinks(store, clock),
        archive=ArchiveService(tickets, ArchiveStore(store), clock),
        loop=loop,
        appointments=visits,
        care=visit_care,
        outages=outages,
        notices=notices,
        conversations=ledger,
        database=seeded,
        operator=operator,
        api_keys=exchange.api_keys,
        hubs=exchange.hubs,
        events=events,
        tails=exchange.tails,
        clock=clock,
    )
    DeliveryChannel(exchange.hubs, exchange.api_keys).add_routes(app.router)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession() as session:
        key = demo_api_key(tmp_path)
        yield Care(
            base,
            key,
            tmp_path,
            seeded,
            tickets,
            visits,
            ledger,
            exchange,
            clock,
            session,
            outages,
            notices,
            visit_care,
            loop,
        )
    await exchange.deliverer.stop()
    await runner.cleanup()
