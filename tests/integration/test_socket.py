"""The customers' WebSocket: replay, live, acknowledged; what is out of order is told and harms nothing."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType

from tests.integration.shapes import assert_error_frame, assert_message, assert_state, assert_thread
from tests.service import Customer, Desk, Service

_WAIT_S = 15.0
Frame = dict[str, Any]


class Window:
    """One open chat window."""

    def __init__(self, socket: ClientWebSocketResponse[Any]) -> None:
        self.socket = socket
        self.frames: list[Frame] = []

    async def send(self, frame: object) -> None:
        await self.socket.send_str(json.dumps(frame))

    async def say(self, text: str, client_msg_id: str | None = None) -> str:
        sent = client_msg_id or uuid.uuid4().hex
        await self.send({"type": "message", "client_msg_id": sent, "text": text})
        return sent

    async def next(self) -> Frame:
        """The next frame; raises ConnectionError with the code when the server has closed."""
        got = await asyncio.wait_for(self.socket.receive(), _WAIT_S)
        if got.type is not WSMsgType.TEXT:
            raise ConnectionError(self.socket.close_code)
        frame: Frame = json.loads(got.data)
        self.frames.append(frame)
        return frame

    async def until(self, fits: Callable[[Frame], bool]) -> Frame:
        while True:
            frame = await self.next()
            if fits(frame):
                return frame

    async def until_kind(self, kind: str) -> Frame:
        return await self.until(lambda frame: frame["type"] == kind)

    async def until_answered(self) -> list[Frame]:
        """Read until the bot has said something; returns its messages so far, in order."""
        frame = await self.until(lambda item: item["type"] == "message" and item["message"]["author"]["kind"] == "bot")
        assert_message(frame["message"])
        return self.messages()

    def messages(self) -> list[Frame]:
        return [frame["message"] for frame in self.frames if frame["type"] == "message"]

    def seqs(self) -> list[int]:
        return [message["seq"] for message in self.messages()]


@asynccontextmanager
async def _bare(service: Service, **kwargs: Any) -> AsyncIterator[Window]:
    async with aiohttp.ClientSession() as session, session.ws_connect(service.base + "/api/v1/ws", **kwargs) as socket:
        yield Window(socket)


@asynccontextmanager
async def _window(service: Service, customer: Customer, after: int = 0) -> AsyncIterator[Window]:
    """A window that has said hello and read the replay up to the first state."""
    async with _bare(service) as window:
        await window.send({"type": "hello", "token": customer.token, "after": after})
        assert_state((await window.until_kind("state"))["state"])
        yield window


def _customer(service: Service) -> Customer:
    return Customer(service, "zh").open()


async def test_hello_replays_what_came_after_and_tells_the_state(service: Service) -> None:
    customer = _customer(service)
    customer.say("你好")
    thread = customer.thread()
    for after in (0, 1, len(thread), len(thread) + 5):
        async with _window(service, customer, after) as window:
            assert window.messages() == thread[after:]
            assert window.frames[-1]["state"]["owner"] == "bot"


async def test_a_message_is_acknowledged_echoed_and_answered_in_order(service: Service) -> None:
    customer = _customer(service)
    async with _window(service, customer) as window:
        sent = await window.say("你好")
        ack = await window.until_kind("ack")
        assert ack["client_msg_id"] == sent == ack["message"]["client_msg_id"]
        await window.until_answered()
        assert window.messages() == customer.thread()[: len(window.messages())]
        assert window.seqs() == list(range(1, len(window.seqs()) + 1))


async def test_the_same_message_again_is_acknowledged_and_not_doubled(service: Service) -> None:
    customer = _customer(service)
    async with _window(service, customer) as window:
        for _ in range(5):
            await window.say("你好", "the-same")
        acks = [await window.until_kind("ack") for _ in range(5)]
        assert len({ack["message"]["seq"] for ack in acks}) == 1
    assert sum(item["author"]["kind"] == "customer" for item in customer.thread()) == 1


async def test_buttons_work_as_over_http(service: Service) -> None:
    customer = _customer(service)
    button = next(item for item in customer.messages if item.get("buttons"))["buttons"][0]
    async with _window(service, customer) as window:
        await window.send({"type": "message", "client_msg_id": "b", "button_id": button["id"]})
        assert (await window.until_kind("ack"))["message"]["text"] == button["label"]
        await window.send({"type": "message", "client_msg_id": "c", "button_id": "nope"})
        error = await window.until_kind("error")
        assert error["client_msg_id"] == "c" and error["error"]["code"] == "not_found"


async def test_two_windows_of_one_customer_see_the_same_thread(service: Service) -> None:
    customer = _customer(service)
    async with _window(service, customer) as one, _window(service, customer) as two:
        await one.say("你好")
        await asyncio.gather(one.until_answered(), two.until_answered())
        await two.say("再见")
        last = (await two.until_kind("ack"))["message"]["seq"]
        for window in (one, two):
            while window.messages()[-1]["seq"] <= last:
                await window.next()
        assert one.messages() == two.messages() == customer.thread()


async def test_what_comes_over_http_shows_in_an_open_window(service: Service) -> None:
    customer = _customer(service)
    async with _window(service, customer) as window:
        await asyncio.to_thread(customer.say, "你好")
        await window.until_answered()
        while len(window.seqs()) < len(customer.thread()):
            await window.next()
        assert window.messages() == customer.thread()


async def test_a_window_that_comes_back_catches_up_without_gaps_or_doubles(service: Service) -> None:
    customer = _customer(service)
    seen: list[Frame] = []
    for number in range(4):
        after = seen[-1]["seq"] if seen else 0
        async with _window(service, customer, after) as window:
            await window.say(f"你好 {number}")
            await window.until_kind("ack")
            if number % 2:
                await window.until_answered()  # otherwise it goes while the bot is still thinking
            seen += window.messages()
        await asyncio.to_thread(customer.say, "在吗")
    async with _window(service, customer, seen[-1]["seq"]) as window:
        seen += window.messages()
    assert seen == customer.thread()
    assert_thread(seen)


async def test_others_hear_nothing(service: Service) -> None:
    mine, other = _customer(service), _customer(service)
    async with _window(service, mine) as window, _window(service, other) as stranger:
        await window.say("你好")
        await window.until_answered()
        await stranger.send({"type": "ping"})
        assert (await stranger.next())["type"] == "pong", "the next thing it hears is its own"


# -- out of order ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "first",
    [
        {"type": "message", "client_msg_id": "a", "text": "hi"},
        {"type": "typing"},
        {"type": "ping"},
        {},
        {"type": "hello"},
        {"type": "hello", "token": 5},
        {"type": "hello", "token": ["x"]},
        [1],
        "x",
        5,
        None,
    ],
)
async def test_without_a_proper_hello_first_the_connection_ends(service: Service, first: object) -> None:
    async with _bare(service) as window:
        await window.send(first)
        error = await window.next()
        assert error["type"] == "error"
        assert_error_frame(error)
        with pytest.raises(ConnectionError, match="4408"):
            await window.next()


@pytest.mark.parametrize("after", [-1, "x", True, 1e400, 2**40, {"a": 1}])
async def test_a_wrong_after_is_an_error(service: Service, after: object) -> None:
    async with _bare(service) as window:
        token = _customer(service).token
        shown = "1e400" if after == 1e400 else json.dumps(after)
        await window.socket.send_str(f'{{"type": "hello", "token": "{token}", "after": {shown}}}')
        assert (await window.next())["error"]["code"] == "bad_request"


async def test_a_wrong_forged_or_expired_token_is_unauthorized(service: Service) -> None:
    customer = _customer(service)
    secret = (service.data_dir / "tokens.secret").read_text().strip()
    past = datetime.now(timezone.utc) - timedelta(seconds=1)
    later = datetime.now(timezone.utc) + timedelta(days=1)
    for token in (
        "x",
        "",
        jwt.encode({"cid": customer.id, "exp": past}, secret, algorithm="HS256"),
        jwt.encode({"cid": customer.id, "exp": later}, "another secret of thirty-two bytes", algorithm="HS256"),
        "\u4f60\u597d",
    ):
        async with _bare(service) as window:
            await window.send({"type": "hello", "token": token, "after": 0})
            error = await window.next()
            assert_error_frame(error)
            assert error["error"]["code"] == "unauthorized"
            with pytest.raises(ConnectionError, match="4401"):
                await window.next()


@pytest.mark.parametrize(
    "frame",
    [
        "{",
        "[]",
        '"x"',
        "null",
        "5",
        '{"type": "nonsense"}',
        '{"type": "hello"}',
        '{"text": "hi"}',
        "[" * 60_000,
        '{"type": "message"}',
        '{"type": "message", "client_msg_id": "a"}',
        '{"type": "message", "client_msg_id": "a", "text": " "}',
        '{"type": "message", "client_msg_id": 5, "text": "hi"}',
        '{"type": "message", "client_msg_id": "a", "text": "\\ud800"}',
        '{"type": "message", "client_msg_id": "a", "text": ["hi"]}',
        '{"type": ["message"]}',
        '{"type": "message", "client_msg_id": "a", "text": "' + "x" * 4_001 + '"}',
    ],
    ids=lambda frame: frame[:40],
)
async def test_a_broken_frame_is_told_and_the_window_stays_open(service: Service, frame: str) -> None:
    customer = _customer(service)
    async with _window(service, customer) as window:
        await window.socket.send_str(frame)
        error = await window.until_kind("error")
        assert_error_frame(error)
        assert error["error"]["code"] in ("bad_request", "invalid_text")
        await window.say("你好")
        await window.until_answered()
    assert sum(item["author"]["kind"] == "customer" for item in customer.thread()) == 1


async def test_binary_frames_are_refused(service: Service) -> None:
    customer = _customer(service)
    async with _window(service, customer) as window:
        await window.socket.send_bytes(b"\x00\x01")
        assert (await window.until_kind("error"))["error"]["code"] == "bad_request"
        await window.say("你好")
        await window.until_answered()


async def test_an_oversized_frame_ends_the_connection_and_nothing_else(service: Service) -> None:
    customer = _customer(service)
    async with _window(service, customer) as window:
        await window.say("x" * 200_000)
        with pytest.raises(ConnectionError):
            while True:
                await window.next()
    assert len(customer.thread()) == 1
    assert customer.say("你好")


async def test_a_flood_of_frames_ends_the_connection_and_keeps_what_was_taken(service: Service) -> None:
    customer = _customer(service)
    async with _window(service, customer) as window:
        for number in range(500):
            try:
                await window.say("你好", f"m{number}")
            except (ConnectionError, aiohttp.ClientConnectionError):
                break
        with pytest.raises(ConnectionError):
            while True:
                await window.next()
    acked = {frame["client_msg_id"] for frame in window.frames if frame["type"] == "ack"}
    refused = {frame["error"]["code"] for frame in window.frames if frame["type"] == "error"}
    assert refused <= {"too_many_requests"}
    stored = [item["client_msg_id"] for item in customer.thread() if item["author"]["kind"] == "customer"]
    assert len(stored) == len(set(stored)) and acked <= set(stored)
    assert_thread(customer.thread())


async def test_too_fast_messages_say_when_to_come_back(service: Service) -> None:
    customer = _customer(service)
    async with _window(service, customer) as window:
        for number in range(40):
            await window.say("你好", f"m{number}")
        error = await window.until_kind("error")
        assert error["error"]["code"] == "too_many_requests" and error["error"]["retry_after_s"] >= 1
        assert error["client_msg_id"].startswith("m")


# -- typing and people -------------------------------------------------------------------------------------------------


async def test_a_persons_typing_and_words_arrive_live_and_ones_own_typing_does_not_come_back(service: Service) -> None:
    customer, desk = _customer(service), Desk(service, "agent2")
    async with _window(service, customer) as window:
        await window.send({"type": "typing"})
        await asyncio.to_thread(customer.call, "POST", "/handoff")
        queued = await window.until(lambda frame: frame["type"] == "state" and frame["state"]["owner"] == "queued")
        assert_state(queued["state"])
        taken = await asyncio.to_thread(desk.call, "POST", f"/conversations/{customer.id}/take")
        assert taken.status_code == 200
        state = await window.until(lambda frame: frame["type"] == "state" and frame["state"]["owner"] == "agent")
        assert state["state"]["agent"]["name"] == "陈浩"
        cookies = {name: value or "" for name, value in desk.http.cookies.get_dict().items()}
        async with aiohttp.ClientSession(cookies=cookies) as session:
            async with session.ws_connect(service.base + "/api/v1/desk/ws") as console:
                await console.send_json({"type": "watch", "conversation_id": customer.id})
                await console.send_json({"type": "typing", "conversation_id": customer.id})
                typing = await window.until_kind("typing")
                assert typing["author"]["kind"] == "agent"
                await window.send({"type": "typing"})
                while (heard := await asyncio.wait_for(console.receive_json(), _WAIT_S))["type"] != "typing" or (
                    heard["author"]["kind"] != "customer"
                ):
                    pass
                assert heard["conversation_id"] == customer.id
        said = await asyncio.to_thread(
            desk.call, "POST", f"/conversations/{customer.id}/messages", json={"text": "您好"}
        )
        assert said.status_code == 201
        word = await window.until(
            lambda frame: frame["type"] == "message" and frame["message"]["author"]["kind"] == "agent"
        )
        assert word["message"]["text"] == "您好" and word["message"]["author"]["name"] == "陈浩"
        closing = {"disposition": {"solved": True, "intent": "other", "reason": "test"}}
        assert (
            await asyncio.to_thread(desk.call, "POST", f"/conversations/{customer.id}/close", json=closing)
        ).status_code == 200
        await window.until(lambda frame: frame["type"] == "state" and frame["state"]["owner"] == "closed")
        await window.say("还有一件事", "late")
        error = await window.until_kind("error")
        assert error["error"]["code"] == "conversation_closed" and error["client_msg_id"] == "late"
    assert not [frame for frame in window.frames if frame["type"] == "typing" and frame["author"]["kind"] == "customer"]
