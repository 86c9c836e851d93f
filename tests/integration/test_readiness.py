"""`/readyz` over HTTP: parts that answer, and warnings that change no status."""

from __future__ import annotations

from collections.abc import Sequence

import aiohttp
import pytest
from aiohttp import web
from redis.asyncio import Redis

from bot.channels.operations import OperationsChannel
from bot.database import Database
from bot.handoff.desks.port import DeskState
from tests.integration.tickets_setup import Desk


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def _ready(channel: OperationsChannel) -> tuple[int, dict[str, object]]:
    app = web.Application()
    channel.add_routes(app.router)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        async with aiohttp.ClientSession() as session, session.get(f"http://{host}:{port}/readyz") as response:
            return response.status, await response.json()
    finally:
        await runner.cleanup()


async def test_holidays_that_are_not_known_are_a_warning_and_the_service_is_ready(
    desk: Desk, database: Database, redis: Redis
) -> None:
    assert await _ready(OperationsChannel(database, redis, lambda: "model", desk.tickets.warnings)) == (
        200,
        {
            "status": "ready",
            "model": "model",
            "database": "up",
            "redis": "up",
            "desk": "console",
            "warnings": list(desk.tickets.warnings()),
        },
    )
    assert len(desk.tickets.warnings()) == 1
    desk.clock.pass_by(days=-60)
    assert desk.tickets.warnings() == ()


async def test_a_database_that_does_not_answer_is_named(database: Database, redis: Redis) -> None:
    def none() -> Sequence[str]:
        return ()

    broken = Database("sqlite+aiosqlite:////nowhere/at/all.sqlite3")
    status, body = await _ready(OperationsChannel(broken, redis, lambda: "model", none))
    assert (status, body["status"], body["database"], body["warnings"]) == (503, "not_ready", "down", [])
    await broken.close()


async def test_a_desk_that_is_away_is_a_warning_and_customers_are_still_served(
    database: Database, redis: Redis
) -> None:
    channel = OperationsChannel(
        database, redis, lambda: "model", tuple, lambda: DeskState("chatwoot", False, "timeout")
    )
    status, body = await _ready(channel)
    assert (status, body["status"], body["desk"]) == (200, "ready", "chatwoot (away)")
    assert body["warnings"] == ["The desk chatwoot is away (timeout). See docs/desks.md."]
