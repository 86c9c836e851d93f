"""Fifty people at two real processes serve five hundred chats: none twice, none over capacity, none left."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import datetime, timezone

from redis.asyncio import Redis
from sqlalchemy import select

from bot.database import Database
from bot.handoff.model import Presence
from bot.schema import audit, handoffs
from tests.integration.floor import Floor
from tests.service import ROOT

_PEOPLE, _CHATS, _ENDS_S = 50, 500, 400


async def test_five_hundred_chats_are_each_served_once(database: Database, redis: Redis, redis_url: str) -> None:
    floor = Floor(database, redis, lambda: datetime.now(timezone.utc), shared=True)
    async with database.unit():
        for n in range(_PEOPLE):
            user = await floor.person(f"p{n:02}", capacity=3, wish=None)
            await floor.store.set_wish(user.id, Presence.available, None, floor.clock())
    for _ in range(_CHATS // 50):
        async with database.unit():
            for _ in range(50):
                await floor.queued()
    command = [sys.executable, "-W", "ignore", "-m", "tests.integration.routing_process", database.url, redis_url]
    workers = [
        await asyncio.to_thread(subprocess.Popen, [*command, str(half), str(_CHATS)], cwd=ROOT) for half in (0, 1)
    ]
    try:
        codes = [await asyncio.to_thread(worker.wait, _ENDS_S) for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
    assert codes == [0, 0], "nobody ever had more chats than they can have"
    async with database.read() as connection:
        served = (await connection.execute(select([handoffs.c.conversation_id, handoffs.c.status]))).all()
        taken = (await connection.execute(audit.select().where(audit.c.action == "owner_changed"))).all()
    assert len(served) == _CHATS and {row.status for row in served} == {"closed"}, "none is left"
    accepted = [row.conversation_id for row in taken if row.detail["reason"] == "accepted"]
    assert len(accepted) == len(set(accepted)) == _CHATS, "none was given twice"
    assert len({row.subject_id for row in taken if row.detail["reason"] == "accepted"}) > _PEOPLE // 2
