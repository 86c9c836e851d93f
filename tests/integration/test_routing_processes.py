"""Fifty people serve five hundred chats, each with a window at both of two real processes.

None is given twice, nobody has more than their capacity at any time, none is left.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter
from datetime import datetime, timezone

from redis.asyncio import Redis
from sqlalchemy import select

from bot.database import Database
from bot.handoff.model import Presence
from bot.schema import audit, handoffs
from tests.integration.floor import Floor
from tests.service import ROOT

_PEOPLE, _CAPACITY, _CHATS, _ENDS_S = 50, 3, 500, 400


async def test_five_hundred_chats_are_each_served_once(database: Database, redis: Redis, redis_url: str) -> None:
    floor = Floor(database, redis, lambda: datetime.now(timezone.utc), shared=True)
    async with database.unit():
        for n in range(_PEOPLE):
            user = await floor.person(f"p{n:02}", capacity=_CAPACITY, wish=None)
            await floor.people.set_wish(user.id, Presence.available, None, floor.clock())
    for _ in range(_CHATS // 50):
        async with database.unit():
            for _ in range(50):
                await floor.queued()
    command = [sys.executable, "-W", "ignore", "-m", "tests.integration.routing_process", database.url, redis_url]
    workers = [await asyncio.to_thread(subprocess.Popen, [*command, str(_CHATS)], cwd=ROOT) for _ in range(2)]
    try:
        codes = [await asyncio.to_thread(worker.wait, _ENDS_S) for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
    assert codes == [0, 0]
    async with database.read() as connection:
        served = (await connection.execute(select([handoffs.c.conversation_id, handoffs.c.status]))).all()
        changed = audit.select().where(audit.c.action == "owner_changed").order_by(audit.c.at)
        taken = (await connection.execute(changed)).all()
    assert len(served) == _CHATS and {row.status for row in served} == {"closed"}, "none is left"
    accepted = [row.conversation_id for row in taken if row.detail["reason"] == "accepted"]
    assert len(accepted) == len(set(accepted)) == _CHATS, "none was given twice"
    most, load = Counter[str](), Counter[str]()
    for row in taken:
        if row.detail["reason"] in ("accepted", "closed"):
            load[row.subject_id] += 1 if row.detail["reason"] == "accepted" else -1
            most[row.subject_id] = max(most[row.subject_id], load[row.subject_id])
    assert set(load.values()) == {0} and max(most.values()) == _CAPACITY, "nobody ever had more than they can have"
    assert sum(count == _CAPACITY for count in most.values()) > _PEOPLE // 2, "and most were full"
