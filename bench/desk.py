"""The desk under load, in one process: request to offer, a customer's line to the screen, and a shift that opens.

The service's own store, router and fan-out on real SQLite (in the process, as one worker has it) and real Redis; a
screen is a subscription to what the console's socket sends. HTTP and the socket's frame are left out.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import structlog
import uvloop
from redis.asyncio import Redis

from bot.background import end_task
from bot.contracts import Author, AuthorKind, Draft, Owner, ReasonCode
from bot.conversations.fanout import desk_of
from bot.database import Database
from bot.handoff.groups import Case
from bot.handoff.model import Handoff, HandoffStatus, Presence, User
from bot.handoff.packet import build_packet, summary
from bot.handoff.wanted import Wanted
from bot.ids import new_id
from bot.migrations import upgrade
from bot.redis_server import EmbeddedRedis
from tests.integration.floor import Floor

_OUT = Path(".cache/bench/desk.json")
_AGENTS, _OPEN, _WAITING = 200, 2_000, 5_000
_MS = 1000.0
#: for one offer or line; what takes longer is lost
_LONGEST_S = 20.0
#: for everything
_WHOLE_S = 900.0


def _now() -> datetime:
    return datetime.now(timezone.utc)


class Side(Floor):
    """One worker with its people."""

    async def staff(self, capacity: int, wish: Presence | None) -> list[User]:
        """The desk's people, spread over languages and groups."""
        groups = list(self.rules.groups)
        return [
            await self.person(
                f"p{n}",
                capacity=capacity,
                groups=(groups[n % len(groups)], "general"),
                languages=("zh", "en") if n % 2 else ("zh",),
                wish=wish,
            )
            for n in range(_AGENTS)
        ]

    async def fill(self, count: int, people: list[User]) -> list[str]:
        """Many chats, written in a few transactions: with these people in turn, or waiting when there are none."""
        wanted, made = Wanted(ReasonCode.customer_request, {}, None), []
        for start in range(0, count, 250):
            async with self.database.unit():
                for n in range(start, min(count, start + 250)):
                    chat = await self.customer("zh" if n % 3 else "en")
                    agent = people[n % len(people)] if people else None
                    case, now = Case(wanted.reason.value, chat.language), self.clock()
                    rank = self.rules.rank(case, now)
                    changed = await self.conversations.change_owner(
                        chat.id,
                        epoch=1,
                        owner=Owner.agent if agent else Owner.queued,
                        agent_id=agent.id if agent else None,
                        actor="bench",
                        reason="bench",
                        drafts=(),
                        at=now,
                    )
                    assert changed is not None and rank.at is not None
                    packet = build_packet(changed[0], wanted.reason, {}, (), None, None)
                    packet["summary"] = summary(packet, "zh", self.wording)
                    await self.store.add(
                        Handoff(
                            id=new_id(),
                            conversation_id=chat.id,
                            status=HandoffStatus.accepted if agent else HandoffStatus.waiting,
                            reason_code=wanted.reason,
                            language=chat.language,
                            priority=rank.priority,
                            requested_at=now,
                            packet=packet,
                            accepted_at=now if agent else None,
                            agent_id=agent.id if agent else None,
                            group_id=self.rules.group_of(case).id,
                            rank_at=rank.at,
                        )
                    )
                    made.append(chat.id)
        return made


async def offers(side: Side, people: list[User], count: int) -> list[float]:
    """Milliseconds from a request to its offer on somebody's screen, with all screens open."""
    took: list[float] = []
    seen: dict[str, asyncio.Future[float]] = {}

    async def screen(user: User) -> None:
        with side.fanout.subscribe(desk_of(user.id)) as events, side.fanout.subscribe("desk"):
            while True:
                event = await events.get()
                json.dumps(event)
                found = seen.get(event["conversation_id"]) if event["type"] == "offer" else None
                if found is not None and not found.done():
                    found.set_result(time.perf_counter())

    async def pings() -> None:
        while True:
            for user in people:
                await side.liveness.heard_of(user.id)
            await asyncio.sleep(10)

    screens = [asyncio.create_task(pings()), *(asyncio.create_task(screen(user)) for user in people)]
    loop = asyncio.get_running_loop()
    try:
        for n in range(count):
            chat = await side.customer("zh" if n % 3 else "en")
            seen[chat.id] = loop.create_future()
            began = time.perf_counter()
            async with side.database.unit():
                done = await side.handoffs.request(chat.id, Wanted(ReasonCode.customer_request, {}, None), actor="bot")
            assert done is not None
            await side.handoffs.announce(done)
            took.append((await asyncio.wait_for(seen[chat.id], _LONGEST_S) - began) * _MS)
            await side.handoffs.leave(chat.id)
    finally:
        await asyncio.gather(*map(end_task, screens))
    return took


async def lines(side: Side, chats: list[str], count: int) -> list[float]:
    """Milliseconds from a customer's line to the screen of whoever watches that chat."""
    took: list[float] = []
    for n in range(count):
        conversation_id = chats[n % len(chats)]
        with side.fanout.subscribe(conversation_id) as events:
            began = time.perf_counter()
            draft = Draft(Author(AuthorKind.customer), "are you still there?", client_msg_id=new_id())
            message, _new = await side.conversations.append(conversation_id, draft, side.clock())
            await side.fanout.publish(conversation_id, {"type": "message", "message": message.as_json()})
            json.dumps(await asyncio.wait_for(events.get(), _LONGEST_S))
            took.append((time.perf_counter() - began) * _MS)
    return took


async def measure(folder: Path, redis_url: str) -> dict[str, Any]:
    """All figures."""
    redis = Redis.from_url(redis_url, decode_responses=True)
    await redis.flushdb()
    url = f"sqlite+aiosqlite:///{folder / 'bench.sqlite3'}"
    side = Side(Database(url, shared=False), redis, _now)
    people = await side.staff(30, Presence.available)
    chats = await side.fill(_OPEN, people)
    print(f"{_AGENTS} people with {_OPEN} open chats", flush=True)
    side.router.start()
    try:
        used = time.process_time()
        took = await offers(side, people, 200)
        result: dict[str, Any] = {"offer_ms": _percentiles(took)}
        result["offer_cpu_ms"] = (time.process_time() - used) / 200 * _MS
        used = time.process_time()
        took = await lines(side, chats, 500)
        result |= {"line_ms": _percentiles(took), "line_cpu_ms": (time.process_time() - used) / 500 * _MS}
    finally:
        await side.router.stop()
    print(result, flush=True)
    for user in people:
        await side.store.set_wish(user.id, Presence.offline, None, side.clock())
    await redis.flushdb()
    await side.fill(_WAITING, [])
    print(f"{_WAITING} wait", flush=True)
    await side.router.lead()
    side.router.doubt()
    await side.router.route()
    for user in people:
        await side.store.set_wish(user.id, Presence.available, None, side.clock())
        await side.liveness.heard_of(user.id)
    roomy = [replace(user, capacity=60, languages=("zh", "en")) for user in people]
    for user in roomy:
        await side.store.set_facts(user)
    side.duty._people = (0.0, {})
    side.router.doubt()
    began, used = time.perf_counter(), time.process_time()
    made = 0
    while made < _WAITING:
        more = await side.router.route()
        if not more:
            break
        made += more
    result["shift"] = {"offers": made, "s": time.perf_counter() - began, "cpu_s": time.process_time() - used}
    await side.database.close()
    await redis.aclose()
    return result


def _percentiles(times: list[float]) -> dict[str, float]:
    return {"p50": statistics.median(times), "p95": statistics.quantiles(times, n=20)[-1], "max": max(times)}


async def _run(folder: Path) -> dict[str, Any]:
    server = EmbeddedRedis(folder)
    await server.start()
    try:
        return await measure(folder, server.url)
    finally:
        await server.stop()


def main() -> None:
    argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0]).parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    uvloop.install()  # as the service does
    with tempfile.TemporaryDirectory() as folder:
        upgrade(f"sqlite+aiosqlite:///{folder}/bench.sqlite3")
        result = asyncio.run(asyncio.wait_for(_run(Path(folder)), _WHOLE_S))
    result["load"] = os.getloadavg()[0]
    _OUT.parent.mkdir(parents=True, exist_ok=True)
    _OUT.write_text(json.dumps(result, indent=2))
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
