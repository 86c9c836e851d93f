"""No chat that nobody sees, no customer whom nobody answers: what the watch finds and does."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from redis.asyncio import Redis

from bot.contracts import ReasonCode
from bot.database import Database
from bot.handoff.model import HandoffStatus, Presence
from tests.integration.waiting_floor import Waiting

_DISPOSITION = {"solved": True, "intent": "faq", "reason": "other"}


@pytest_asyncio.fixture
async def floor(database: Database, redis: Redis) -> AsyncIterator[Waiting]:
    yield Waiting(database, redis)


async def test_all_is_well_and_the_watch_does_nothing(floor: Waiting) -> None:
    agent = await floor.person("a")
    chat, _waiting, _bot = await floor.queued(), await floor.queued(), await floor.customer()
    await floor.handoffs.take(chat.id, agent)
    assert await floor.watch.check() == (0, 0)
    state = await floor.watch.state()
    assert state["acts"] == [] and state["last_check_at"]


async def test_one_process_watches_and_another_goes_on_even_where_nobody_routes(
    database: Database, redis: Redis
) -> None:
    first, second = Waiting(database, redis, shared=True), Waiting(database, redis, shared=True)
    chat = await first.queued()
    await first.broken("conversations", chat.id, owner="bot")
    assert await first.watch.turn() and not await second.watch.turn()
    assert not first.router.leads and [item.status for item in await first.handoffs.history(chat.id)] == [
        HandoffStatus.left
    ]
    await first.lock.release()
    assert await second.watch.turn()


async def test_chats_without_an_owner_or_place_get_one(floor: Waiting) -> None:
    agent = await floor.person("a", wish=None)
    lost, forgotten, stray = await floor.queued(), await floor.queued(), await floor.queued()
    await floor.handoffs.take(forgotten.id, agent)
    await floor.broken("handoffs", lost.id, status="left")
    await floor.broken("conversations", forgotten.id, agent_id=None)
    await floor.broken("conversations", stray.id, owner="bot")
    assert (await floor.watch.check())[0] == 2
    for chat in (lost, forgotten):
        assert await floor.owner(chat) == ("queued", None)
        assert (await floor.handoffs.history(chat.id))[0].status is HandoffStatus.waiting
    assert [item.status for item in await floor.handoffs.history(stray.id)] == [HandoffStatus.left]
    assert await floor.watch.check() == (0, 0)
    acts = {act["what"] for act in (await floor.watch.state())["acts"]}
    assert acts == {"ownerless_mended", "stray_ended"}


async def test_a_customer_whom_a_person_leaves_unanswered_raises_one_alarm(floor: Waiting) -> None:
    agent = await floor.person("a")
    chat = await floor.queued()
    await floor.handoffs.take(chat.id, agent)
    await floor.handoffs.say(chat.id, agent, None, "您好")
    await floor.writes(chat.id, "在吗")
    floor.clock.on(floor.rules.alarm_after_s - 1)
    await floor.liveness.heard_of("a")
    assert await floor.watch.check() == (0, 0)
    floor.clock.on(2)
    with floor.fanout.subscribe("desk") as heard:
        assert await floor.watch.check() == (0, 1)
        frame = await heard.get()
        assert frame["type"] == "alarm" and frame["conversation_id"] == chat.id and frame["agent_id"] == "a"
        await floor.watch.check()
        assert heard.waiting() is None, "told once"
    await floor.handoffs.say(chat.id, agent, None, "在的")
    assert await floor.watch.check() == (0, 0)
    assert await floor.owner(chat) == ("agent", "a")


async def test_customers_kept_waiting_longer_than_promised_raise_one_alarm_together(floor: Waiting) -> None:
    night = await floor.queued()  # nobody is on duty: no wait was promised
    agent = await floor.person("a", capacity=3)
    first, second = await floor.queued(), await floor.queued()
    await floor.route()  # all of the agent's slots ring: whoever comes now waits for a chat to end
    third = await floor.queued()
    promised = await floor.handoffs.newest(third.id)
    assert promised is not None and promised.eta_s is not None and promised.eta_s[1] > floor.rules.alarm_after_s + 1
    floor.clock.on(floor.rules.alarm_after_s)
    assert await floor.watch.check() == (0, 0)
    floor.clock.on(1)
    with floor.fanout.subscribe("desk") as heard:
        assert await floor.watch.check() == (0, 2), "the third's promise still holds"
        frame = await heard.get()
        assert (frame["type"], frame["what"], frame["count"]) == ("alarm", "waiting", 2)
        assert frame["conversation_id"] in (first.id, second.id)
        assert await floor.watch.check() == (0, 2)
        assert heard.waiting() is None, "told once"
        floor.clock.on(promised.eta_s[1])
        assert await floor.watch.check() == (0, 3)
        assert (await heard.get())["conversation_id"] == third.id
    acts = [act["conversation_id"] for act in (await floor.watch.state())["acts"] if act["what"] == "queue_alarm"]
    assert sorted(str(act) for act in acts) == sorted([first.id, second.id, third.id])
    for chat in (first, second, third, night):
        await floor.handoffs.take(chat.id, agent)
        await floor.handoffs.say(chat.id, agent, None, "您好")
    assert await floor.watch.check() == (0, 0)


async def test_a_customer_whom_the_bot_leaves_unanswered_gets_a_person(floor: Waiting) -> None:
    chat, other = await floor.customer(), await floor.customer()
    await floor.writes(chat.id, "在吗")
    floor.clock.on(floor.rules.alarm_after_s - 1)
    await floor.writes(other.id, "你好")
    floor.clock.on(2)
    assert await floor.watch.check() == (0, 1)
    assert await floor.owner(chat) == ("queued", None) and await floor.owner(other) == ("bot", None)
    (handoff,) = await floor.handoffs.history(chat.id)
    assert handoff.reason_code is ReasonCode.bot_error and len(await floor.texts(chat)) > 2, "and is told so"
    assert [act["what"] for act in (await floor.watch.state())["acts"]] == ["bot_silent_requeued"]
    assert await floor.watch.check() == (0, 0)


async def test_a_customer_of_somebody_who_went_home_goes_back_to_the_queue(floor: Waiting) -> None:
    agent = await floor.person("a")
    chat = await floor.queued()
    await floor.handoffs.take(chat.id, agent)
    await floor.handoffs.say(chat.id, agent, None, "您好")
    await floor.duty.set_presence(agent, Presence.offline)
    floor.clock.on(3_600)
    assert await floor.watch.check() == (0, 0), "they have not written: nobody waits"
    await floor.writes(chat.id, "在吗")
    floor.clock.on(floor.rules.alarm_after_s + 1)
    await floor.watch.check()
    assert await floor.owner(chat) == ("queued", None)
