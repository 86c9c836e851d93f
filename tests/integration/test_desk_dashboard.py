"""Waits, promises and what lasted, as the dashboard shows them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from redis.asyncio import Redis

from bot.database import Database
from tests.integration.waiting_floor import Waiting

_DISPOSITION = {"solved": True, "intent": "faq", "reason": "other"}


@pytest_asyncio.fixture
async def floor(database: Database, redis: Redis) -> AsyncIterator[Waiting]:
    yield Waiting(database, redis)


async def test_a_promised_wait_is_kept_and_its_error_is_on_the_dashboard(floor: Waiting) -> None:
    agent = await floor.person("a", capacity=1)
    waits = (20, 400)
    for wait_s in waits:
        await floor.liveness.heard_of("a")
        chat = await floor.wanted()
        handoff = await floor.handoffs.newest(chat.id)
        assert handoff is not None and handoff.eta_s is not None and handoff.eta_s[0] < handoff.eta_s[1]
        floor.clock.on(wait_s)
        await floor.handoffs.take(chat.id, agent)
        floor.clock.on(30)
        await floor.handoffs.say(chat.id, agent, None, "您好")
        floor.clock.on(300)
        await floor.handoffs.close(chat.id, agent, _DISPOSITION)
    shown = await floor.dashboard.show()
    assert shown["eta"]["samples"] == 2 and shown["eta"]["inside_share"] == 0.5, "20 s is within 0 to 60, 400 is not"
    assert shown["answered"]["first_response_p50_s"] == 30.0 and shown["answered"]["within_promise"] == 1.0
    assert shown["queue"]["waiting"] == 0 and shown["week"]["asked"] == 2
    measured = await floor.store.measured("general")
    assert [round(value) for value in measured.handling_s] == [330, 330]


async def test_waits_and_promises_end_with_the_first_person_whoever_takes_the_chat_later(floor: Waiting) -> None:
    first = await floor.person("a")
    chat = await floor.queued()
    floor.clock.on(30)
    await floor.handoffs.take(chat.id, first)
    floor.clock.on(10)
    await floor.handoffs.say(chat.id, first, None, "您好")
    floor.clock.on(1_800)
    second = await floor.person("b")
    await floor.handoffs.transfer(chat.id, first, None)
    floor.clock.on(60)
    await floor.handoffs.take(chat.id, second)
    await floor.handoffs.close(chat.id, second, {"solved": True, "intent": "faq", "reason": "other"})
    today = await floor.dashboard.show()
    assert today["wait"] == {"count": 1, "mean_s": 30.0, "p50_s": 30.0, "p95_s": 30.0}
    assert today["handling"]["mean_s"] == 1_870.0 and today["by_reason"] == {"customer_request": 1}
    assert today["answered"]["first_response_p50_s"] == 10.0 and today["answered"]["within_promise"] == 1.0
    assert today["eta"]["samples"] == 1 and today["eta"]["error_p50_s"] <= 60
    measured = await floor.store.measured("general")
    assert [actual for _low, _high, actual in measured.promises] == [30.0]


async def test_the_dashboard_tells_what_lasted_of_the_week_before_the_last(floor: Waiting) -> None:
    agent = await floor.person("a")
    alone, served = await floor.customer(), await floor.queued()
    for chat in (alone, served):
        await floor.writes(chat.id, "多少钱")
        await floor.broken("conversations", chat.id, customer_id=f"customer of {chat.id}")
    await floor.handoffs.take(served.id, agent)
    await floor.handoffs.close(served.id, agent, {"solved": True, "intent": "faq", "reason": "other"})
    assert (await floor.dashboard.show())["lasting"]["chats"] == 0, "nobody can tell yet"
    floor.clock.on(10 * 86_400)
    found = (await floor.dashboard.show())["lasting"]
    assert found["chats"] == 2 and found["alone_share"] == 0.5
    assert (found["alone_lasting"], found["first_contact"]) == (1.0, 1.0)
