"""The customers' WebSocket while the database fails: told in a frame, closed with a code, whole again afterwards."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import ClientWebSocketResponse, WSCloseCode, WSMsgType, web
from redis.asyncio import Redis
from sqlalchemy import text

from bot.channels.socket import SocketChannel
from bot.database import Database
from bot.desk.viewers.store import ViewerStore
from tests.integration.chatwoot_desk import Side
from tests.integration.shapes import assert_error_frame

_WAIT_S = 15.0
#: what a window is told and how it is closed: SQLite is taken to be gone, PostgreSQL to have been asked something wrong
_TOLD = {
    True: (503, "unavailable", WSCloseCode.TRY_AGAIN_LATER),
    False: (500, "internal_error", WSCloseCode.INTERNAL_ERROR),
}


@pytest.fixture
async def address(side: Side) -> AsyncIterator[str]:
    """Where customers' windows connect to."""
    app = web.Application()
    SocketChannel(side.customers, frozenset(), set()).add_routes(app.router)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/v1/ws"
    await runner.cleanup()


@asynccontextmanager
async def _failing(database: Database) -> AsyncIterator[None]:
    """The messages are not to be found while the block runs."""
    async with database.own_write() as connection:
        await connection.execute(text("ALTER TABLE messages RENAME TO messages_away"))
    try:
        yield
    finally:
        async with database.own_write() as connection:
            await connection.execute(text("ALTER TABLE messages_away RENAME TO messages"))


async def _next(socket: ClientWebSocketResponse[Any], kind: str) -> dict[str, Any]:
    """The next frame of a kind; the socket stays open until it has come."""
    while True:
        got = await asyncio.wait_for(socket.receive(), _WAIT_S)
        assert got.type is WSMsgType.TEXT, (got.type, socket.close_code)
        frame: dict[str, Any] = json.loads(got.data)
        if frame["type"] == kind:
            return frame


async def _assert_told(socket: ClientWebSocketResponse[Any], database: Database) -> dict[str, Any]:
    frame = await _next(socket, "error")
    assert_error_frame(frame)
    assert (frame["error"]["status"], frame["error"]["code"]) == _TOLD[database.is_sqlite][:2]
    return frame


async def _assert_ends(socket: ClientWebSocketResponse[Any], database: Database) -> None:
    """It is told, then closed cleanly with a code that lets the window come again."""
    await _assert_told(socket, database)
    assert (await asyncio.wait_for(socket.receive(), _WAIT_S)).type is WSMsgType.CLOSE
    assert socket.close_code == _TOLD[database.is_sqlite][2]


async def test_a_window_hears_of_a_failing_database_and_comes_again(side: Side, address: str) -> None:
    conversation_id = await side.opened("宽带断了")
    hello = {"type": "hello", "token": side.customers.token(conversation_id, side.clock()), "after": 0}
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(address) as socket, _failing(side.database):
            await socket.send_json(hello)
            await _assert_ends(socket, side.database)
        async with session.ws_connect(address) as socket:
            await socket.send_json(hello)
            assert (await _next(socket, "state"))["state"]["owner"] == "bot"
            async with _failing(side.database):
                await socket.send_json({"type": "message", "client_msg_id": "said-once", "text": "在吗"})
                assert (await _assert_told(socket, side.database))["client_msg_id"] == "said-once"
            # the window is open still, and the same words go through
            await socket.send_json({"type": "message", "client_msg_id": "said-once", "text": "在吗"})
            seq = (await _next(socket, "ack"))["message"]["seq"]
            async with _failing(side.database):
                # a gap in what is heard: the window has to be told the rest from the ledger
                message = {"seq": seq + 5, "id": "x", "at": "", "author": {"kind": "bot"}, "text": ""}
                await side.fanout.publish(conversation_id, {"type": "message", "message": message})
                await _assert_ends(socket, side.database)
        async with session.ws_connect(address) as socket:
            await socket.send_json({**hello, "after": seq - 1})
            assert (await _next(socket, "message"))["message"]["text"] == "在吗"
    assert (await side.lines(conversation_id)).count("在吗") == 1


async def test_without_redis_nobody_is_seen_to_look_and_nothing_else_fails(side: Side) -> None:
    nowhere = Redis.from_url("redis://127.0.0.1:1", decode_responses=True)
    viewers = ViewerStore(nowhere, side.clock)
    await viewers.look("c1", "w1", "u1", drafting=True)
    assert await viewers.all() == {}
    await viewers.look_away(["c1"], "w1")
    await nowhere.aclose()
