"""The desk when things fail: killed while somebody accepts, Redis restarted while it rings, an agent gone deaf.

One service with a short grace time and a Redis beside it goes through all of it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import redis
import yaml
from aiohttp import WSMsgType

from bot.conversations.crash_points import VARIABLE
from bot.handoff.offers import slots_key
from bot.redis_server import EmbeddedRedis
from bot.resources import DATA
from tests.chaos.crashing import crash_at
from tests.integration.shapes import assert_error
from tests.service import Customer, Desk, Service, wait_until
from tests.waiting import empty_queue

_GRACE_S = 9.0
_WAIT_S = 40
_CLOSING = {"disposition": {"solved": True, "intent": "other", "reason": "test"}}


class Beside:
    """A Redis of the operator's own, which can be ended and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = EmbeddedRedis(folder)
        asyncio.run(self._server.start())
        self.url = self._server.url

    def crash(self) -> None:
        os.kill(int(self._server.pid_file.read_text()), signal.SIGKILL)

    def start_again(self) -> None:
        again = EmbeddedRedis(self._folder)
        asyncio.run(again.start())
        asyncio.run(self._server.stop())  # one user less; the new server stays
        self._server = again

    def slots(self, user_id: str) -> int:
        """Chats and offers that somebody has."""
        with redis.Redis.from_url(self.url, decode_responses=True) as client:
            return int(client.hget(slots_key(), user_id) or 0)

    def stop(self) -> None:
        asyncio.run(self._server.stop())


@dataclass
class World:
    service: Service
    redis: Beside
    trigger: Path

    def queued(self) -> Customer:
        customer = Customer(self.service, "zh").open()
        customer.say("我家宽带断了")
        assert customer.call("POST", "/handoff").json()["state"]["owner"] == "queued"
        return customer

    def on_duty(self, username: str) -> Desk:
        desk = Desk(self.service, username, own_session=True)
        desk.go("available")
        return desk

    def statuses(self, customer: Customer) -> list[str]:
        """Of the customer's hand-overs."""
        query = "SELECT status FROM handoffs WHERE conversation_id = ? ORDER BY requested_at"
        return [row["status"] for row in self.service.sql(query, customer.id)]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("desk-faults")
    groups = yaml.safe_load((DATA / "desk" / "groups.yml").read_text("utf-8"))
    (folder / "groups.yml").write_text(yaml.safe_dump({**groups, "grace_s": _GRACE_S}, allow_unicode=True), "utf-8")
    beside = Beside(folder / "redis-beside")
    trigger = folder / "crash-at"
    env = {VARIABLE: str(trigger), "FRONTLINE_DESK_GROUPS": str(folder / "groups.yml"), "REDIS_URL": beside.url}
    service = Service(folder, env)
    service.seed()
    service.start()
    try:
        yield World(service, beside, trigger)
    finally:
        service.stop()
        beside.stop()


@pytest.fixture(autouse=True)
def _nobody_on_duty(world: World) -> Iterator[None]:
    """Each test begins with nobody waiting and leaves an empty desk."""
    empty_queue(world.service)
    yield
    for username in ("agent1", "agent2"):
        desk = Desk(world.service, username, own_session=True)
        for row in desk.call("GET", "/conversations?scope=mine").json()["conversations"]:
            desk.call("POST", f"/conversations/{row['conversation_id']}/close", json=_CLOSING)
        desk.go("offline")


def _state(customer: Customer) -> dict[str, Any]:
    return dict(customer.call("GET", "/messages?after=0").json()["state"])


def _take(desk: Desk, customer: Customer) -> None:
    """Accept what rings for this customer; an offer may end and ring again meanwhile."""

    def accepted() -> bool:
        for offer in desk.call("GET", "/offers").json():
            if offer["conversation_id"] == customer.id:
                return desk.call("POST", f"/offers/{offer['offer_id']}/accept").status_code == 200
        return False

    assert wait_until(accepted, _WAIT_S), "it rings again and can be taken"


def _assert_served_once(world: World, desk: Desk, other: Desk, customer: Customer) -> None:
    """The customer has this person and no other, is told so once, and is heard by them."""
    state = _state(customer)
    assert state["owner"] == "agent" and state["agent"]["name"] == "李敏"
    assert world.statuses(customer).count("accepted") == 1 and "waiting" not in world.statuses(customer)
    joined = [item["text"] for item in customer.thread() if "已加入对话" in item["text"]]
    assert len(joined) == 1 and joined[0].startswith("李敏"), joined
    assert not [offer for offer in other.call("GET", "/offers").json() if offer["conversation_id"] == customer.id]
    assert_error(other.call("POST", f"/conversations/{customer.id}/messages", json={"text": "hi"}), 403)

    def one_slot() -> bool:
        # a call is a sign of life: without one the chat would go back to the queue
        return desk.call("GET", "/me").status_code == 200 and world.redis.slots("agent1") == 1

    assert wait_until(one_slot, _WAIT_S), "one slot is used"
    customer.say("您好，在吗")
    assert customer.replies == [], "the bot is silent"
    shown = desk.call("GET", f"/conversations/{customer.id}").json()["messages"]
    assert [item["text"] for item in shown].count("您好，在吗") == 1


@pytest.mark.parametrize("point", ["offer_claimed", "accept_before_commit", "owner_committed"])
def test_a_kill_while_an_accept_is_under_way_loses_and_doubles_nothing(world: World, point: str) -> None:
    customer = world.queued()
    desk = world.on_duty("agent1")
    offer = desk.offer(customer.id)
    crash_at(world.service, world.trigger, point, lambda: desk.call("POST", f"/offers/{offer['offer_id']}/accept"))
    desk.go("available")
    other = Desk(world.service, "agent2", own_session=True)
    if point == "owner_committed":
        assert _state(customer)["owner"] == "agent", "what was committed holds"
    else:
        state = _state(customer)
        assert state["owner"] == "queued" and state["queue"]["position"] == 1, "the place is kept"
        assert world.statuses(customer) == ["waiting"]
        _take(desk, customer)
    assert_error(desk.call("POST", f"/offers/{offer['offer_id']}/accept"), 409, "offer_gone")
    _assert_served_once(world, desk, other, customer)


def test_redis_restarted_in_the_middle_of_an_offer_loses_nobody(world: World) -> None:
    customer = world.queued()
    desk = world.on_duty("agent1")
    offer = desk.offer(customer.id)
    world.redis.crash()
    answer = desk.call("POST", f"/offers/{offer['offer_id']}/accept")
    assert answer.status_code == 503, answer.text
    assert _state(customer)["owner"] == "queued", "customers are served meanwhile"
    assert customer.say("还在吗") == []
    world.redis.start_again()
    assert wait_until(lambda: desk.call("GET", "/me").status_code in (200, 401), _WAIT_S)
    if desk.call("GET", "/me").status_code == 401:  # the last second of Redis may be gone, and a log-in with it
        desk = world.on_duty("agent1")
    _take(desk, customer)
    _assert_served_once(world, desk, Desk(world.service, "agent2", own_session=True), customer)


async def test_an_agent_who_hears_nothing_is_noticed_and_the_chat_goes_back_in_front(world: World) -> None:
    """Sends pass, receives do not: the console goes on talking and answers none of our pings. Another one answers."""
    customer, theirs = await asyncio.to_thread(world.queued), await asyncio.to_thread(world.queued)
    desk, other = await asyncio.to_thread(world.on_duty, "agent1"), await asyncio.to_thread(world.on_duty, "agent2")
    for at_desk, served in ((desk, customer), (other, theirs)):
        answer = await asyncio.to_thread(at_desk.call, "POST", f"/conversations/{served.id}/take")
        assert answer.status_code == 200, answer.text
    url = world.service.base + "/api/v1/desk/ws"
    async with _session(other) as session, session.ws_connect(url) as there:
        hearing = asyncio.create_task(_hear(there))
        async with _session(desk) as deaf_session, deaf_session.ws_connect(url, autoping=False) as deaf:
            began = time.monotonic()
            talking = asyncio.create_task(_talk(deaf))
            while (await asyncio.wait_for(deaf.receive(), _WAIT_S)).type in (WSMsgType.TEXT, WSMsgType.PING):
                pass
            assert time.monotonic() - began < _GRACE_S, "noticed within the heartbeat"
            talking.cancel()
        # nobody takes it by themselves while we look
        await asyncio.to_thread(other.go, "away")
        assert await asyncio.to_thread(wait_until, lambda: _state(customer)["owner"] == "queued", _WAIT_S)
        assert not hearing.done() and (await asyncio.to_thread(_state, theirs))["owner"] == "agent", "who answers stays"
        later = await asyncio.to_thread(world.queued)
        places = [(await asyncio.to_thread(_state, one))["queue"]["position"] for one in (customer, later)]
        assert places == [1, 2], "in front"
        said = (await asyncio.to_thread(customer.thread))[-1]
        assert said["author"]["kind"] == "system" and said["text"]
        await asyncio.to_thread(other.go, "available")
        await asyncio.to_thread(_take, other, customer)
        assert (await asyncio.to_thread(_state, customer))["agent"]["name"] == "陈浩"
        hearing.cancel()


async def test_a_console_that_moves_between_chats_keeps_its_line(world: World) -> None:
    """What it watches changes while the service counts what it shows."""
    chats = [await asyncio.to_thread(Customer(world.service, "zh").open) for _ in range(40)]
    desk = await asyncio.to_thread(world.on_duty, "agent2")
    url = world.service.base + "/api/v1/desk/ws"
    async with _session(desk) as session, session.ws_connect(url, autoping=False) as console:
        for chat in chats:
            await console.send_json({"type": "watch", "conversation_id": chat.id})
        moving = asyncio.create_task(_move(console, chats[0].id))
        pings = 0
        while pings < 3:
            received = await asyncio.wait_for(console.receive(), _WAIT_S)
            assert received.type in (WSMsgType.TEXT, WSMsgType.PING), "it is not thrown out"
            if received.type is WSMsgType.PING:
                pings += 1
                await console.pong(received.data)
        moving.cancel()


def _session(desk: Desk) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(cookies={name: str(value) for name, value in desk.http.cookies.get_dict().items()})


async def _hear(console: aiohttp.ClientWebSocketResponse[bool]) -> None:
    """Answer pings until the line ends."""
    async for _frame in console:
        pass


async def _move(console: aiohttp.ClientWebSocketResponse[bool], conversation_id: str) -> None:
    """Look away from a chat and back, all the time."""
    with suppress(ConnectionError):
        while True:
            for kind in ("unwatch", "watch"):
                await console.send_json({"type": kind, "conversation_id": conversation_id})
            await asyncio.sleep(0.03)


async def _talk(console: aiohttp.ClientWebSocketResponse[bool]) -> None:
    with suppress(ConnectionError):
        while True:
            await console.send_json({"type": "ping"})
            await asyncio.sleep(0.5)
