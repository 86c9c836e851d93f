"""One process of the desk for tests: it routes if it is its turn, and its people take and end what rings at them."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime, timezone

import structlog
from redis.asyncio import Redis

from bot.background import end_task
from bot.database import Database
from bot.errors import BotError
from bot.handoff.model import User
from tests.integration.floor import Floor

_DISPOSITION = {"solved": True, "intent": "faq", "reason": "other"}


async def serve(url: str, redis_url: str, half: int, wanted: int) -> None:
    """Serve until `wanted` hand-overs are closed.

    Args:
        half: 0 or 1: which people sit at this process.
    """
    floor = Floor(
        Database(url), Redis.from_url(redis_url, decode_responses=True), lambda: datetime.now(timezone.utc), True
    )
    people = [user for n, user in enumerate(await floor.store.people()) if n % 2 == half]
    floor.fanout.start()
    floor.router.start()

    async def sit(user: User) -> None:
        while True:
            await floor.liveness.heard_of(user.id)
            for offer in await floor.router.offers_to(user):
                try:
                    head = await floor.router.accept(offer.id, user)
                except BotError:
                    continue
                mine = await floor.handoffs.chats_of(user.id)
                assert len(mine) <= user.capacity, f"{user.id} has {len(mine)} chats"
                await floor.handoffs.close(head.id, user, _DISPOSITION)
            await asyncio.sleep(0.05)

    tasks = [asyncio.create_task(sit(user)) for user in people]
    while True:
        done = [task for task in tasks if task.done()]
        for task in done:
            task.result()
        if await floor.closed_count() >= wanted:
            break
        await asyncio.sleep(0.2)
    await asyncio.gather(*(end_task(task) for task in tasks))
    await floor.router.stop()
    await floor.fanout.stop()
    await floor.database.close()


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    asyncio.run(serve(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
