"""One process of the desk for tests: it routes if it is its turn, and its people take and end what rings at them."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from datetime import datetime, timezone

import structlog
from redis.asyncio import Redis

from bot.background import end_task
from bot.conversations.fanout import desk_of
from bot.database import Database
from bot.errors import BotError
from bot.handoff.model import Presence, User
from tests.integration.floor import Floor

#: how long a window waits for something to ring before it looks by itself
_LOOKS_S = 1.0
_DISPOSITION = {"solved": True, "intent": "faq", "reason": "other"}


async def serve(url: str, redis_url: str, wanted: int) -> None:
    """Serve until `wanted` hand-overs are closed. Everybody has a window here, whatever they have at other processes.

    People take all that rings, and close a chat only when they can have no more, or nobody waits any more.
    """
    floor = Floor(
        Database(url), Redis.from_url(redis_url, decode_responses=True), lambda: datetime.now(timezone.utc), True
    )
    people = await floor.people.people()
    floor.fanout.start()
    floor.router.start()

    async def sit(user: User) -> None:
        taken: list[str] = []
        with floor.fanout.subscribe(desk_of(user.id)) as rings:
            while True:
                await floor.liveness.heard_of(user.id)
                if (await floor.people.wish(user.id)).status is not Presence.available:
                    await floor.duty.set_presence(user, Presence.available)  # who was too slow is back
                for offer in await floor.router.offers_to(user):
                    with suppress(BotError):  # their other window was quicker
                        taken.append((await floor.router.accept(offer.id, user)).id)
                full = len(await floor.handoffs.chats_of(user.id)) >= user.capacity
                if taken and (full or not await floor.store.waits_by_group()):
                    await floor.handoffs.close(taken.pop(0), user, _DISPOSITION)
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(rings.get(), _LOOKS_S)

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
    asyncio.run(serve(sys.argv[1], sys.argv[2], int(sys.argv[3])))
