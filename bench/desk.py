"""The desk under load: request to offer, a customer's line to the screen, and a shift that opens.

One worker of the real service, a process of its own, on SQLite and a real Redis. Everything goes the way that it goes
in life: the customer's HTTP call or socket, the service, and the frame on the console's socket. 200 people have their
consoles open and 2,000 customers their windows; all of these are in this process, which parses what comes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import structlog
import uvloop
from redis.asyncio import Redis

from bench.desk_people import Chat, seeded, waiting
from bot.background import end_task
from bot.channels.desk.session import COOKIE
from bot.handoff.model import User
from bot.handoff.people.accounts import session_key
from bot.ids import new_id
from bot.redis_server import EmbeddedRedis
from tests.service import Service

_OUT = Path(".cache/bench/desk.json")
_AGENTS, _OPEN, _WAITING = 200, 2_000, 5_000
_OFFERS, _LINES = 200, 500
_MS = 1000.0
#: for one offer or line; what takes longer is lost
_LONGEST_S = 30.0
#: for everything
_WHOLE_S = 900.0
#: connections that are opened at once
_AT_ONCE = 20
#: lines of the service's log that a failure shows
_LOG_LINES = 10


class Heard:
    """What all screens have shown, with the time at which it was there."""

    def __init__(self) -> None:
        self._wanted: dict[tuple[str, str], asyncio.Future[float]] = {}
        self.offered: set[str] = set()

    def next(self, kind: str, key: str) -> asyncio.Future[float]:
        """When the next frame of a kind about this will be on a screen."""
        self._wanted[kind, key] = asyncio.get_running_loop().create_future()
        return self._wanted[kind, key]

    def frame(self, frame: dict[str, Any]) -> None:
        kind = frame["type"]
        if kind == "offer":
            self.offered.add(frame["conversation_id"])
        found = self._wanted.pop((kind, str(frame.get("conversation_id", frame.get("n")))), None)
        if found is not None and not found.done():
            found.set_result(time.perf_counter())


class Floor:
    """Everybody's screens, connected to one service."""

    def __init__(self, service: Service, http: aiohttp.ClientSession) -> None:
        assert service.process is not None
        self._stat = Path(f"/proc/{service.process.pid}/stat")
        self.http = http
        self.base = service.base
        self.heard = Heard()
        self.consoles: dict[str, aiohttp.ClientWebSocketResponse[bool]] = {}
        self.windows: dict[str, aiohttp.ClientWebSocketResponse[bool]] = {}
        self._sessions: dict[str, dict[str, str]] = {}
        self._reading: list[asyncio.Task[None]] = []
        #: lines to consoles that ended, which means that a process was too busy to answer pings
        self.lost = 0

    def cpu_s(self) -> float:
        """Processor time that the service has used."""
        parts = self._stat.read_text().rsplit(") ", 1)[1].split()
        return (int(parts[11]) + int(parts[12])) / float(os.sysconf("SC_CLK_TCK"))

    async def log_in(self, people: Sequence[User], redis: Redis) -> None:
        """Sessions as a log-in leaves them, without its tenth of a second of arithmetic each."""
        for user in people:
            token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(16)
            await redis.set(session_key(token), json.dumps({"user_id": user.id, "csrf": csrf}))
            self._sessions[user.id] = {"Cookie": f"{COOKIE}={token}", "X-CSRF-Token": csrf}

    async def connect(self, people: Sequence[User], chats: Sequence[Chat]) -> None:
        """Open everybody's console and every customer's window."""
        room = asyncio.Semaphore(_AT_ONCE)

        async def console(user: User) -> None:
            async with room:
                line = await self._console(user)
            self._reading.append(asyncio.create_task(self._read(user, line)))

        async def window(chat: Chat) -> None:
            async with room:
                line = await self.http.ws_connect(self.base + "/api/v1/ws")
                await line.send_json({"type": "hello", "token": chat.token, "after": 0})
                while json.loads(await line.receive_str())["type"] != "state":
                    pass  # what was said before
            self.windows[chat.id] = line
            self._reading.append(asyncio.create_task(self._look(line)))

        await asyncio.gather(*map(console, people))
        await asyncio.gather(*map(window, chats))

    async def close(self) -> None:
        """End everything, also after a failure."""
        await asyncio.gather(*map(end_task, self._reading))
        await asyncio.gather(*(line.close() for line in (*self.consoles.values(), *self.windows.values())))

    async def call(self, method: str, path: str, headers: dict[str, str], **more: Any) -> Any:
        async with self.http.request(method, self.base + path, headers=headers, **more) as answer:
            body = await answer.json()
            assert answer.status < 300, body
            return body

    async def presence(self, people: Sequence[User], status: str) -> None:
        """Everybody sets it, some at a time."""
        room, body = asyncio.Semaphore(_AT_ONCE), {"status": status}

        async def one(user: User) -> None:
            async with room:
                await self.call("PUT", "/api/v1/desk/presence", self._sessions[user.id], json=body)

        await asyncio.gather(*map(one, people))

    async def settled(self, user_id: str) -> None:
        """Until the service has dealt with everything that this console has sent."""
        n = str(new_id())
        pong = self.heard.next("pong", n)
        await self.consoles[user_id].send_json({"type": "ping", "n": n})
        await asyncio.wait_for(pong, _LONGEST_S)

    async def _console(self, user: User) -> aiohttp.ClientWebSocketResponse[bool]:
        line = await self.http.ws_connect(self.base + "/api/v1/desk/ws", headers=self._sessions[user.id])
        self.consoles[user.id] = line
        return line

    async def _read(self, user: User, line: aiohttp.ClientWebSocketResponse[bool]) -> None:
        """What a screen shows; a line that is lost is opened again, as consoles do."""
        while True:
            async for received in line:
                self.heard.frame(json.loads(received.data))
            self.lost += 1
            line = await self._console(user)

    async def _look(self, line: aiohttp.ClientWebSocketResponse[bool]) -> None:
        async for received in line:
            json.loads(received.data)


async def offers(floor: Floor, count: int) -> list[float]:
    """Milliseconds from a customer's call for a person to the offer on somebody's screen."""
    took: list[float] = []
    for n in range(count):
        body = {"language": "zh" if n % 3 else "en"}
        opened = await floor.call("POST", "/api/v1/conversations", {}, json=body)
        bearer = {"Authorization": f"Bearer {opened['token']}"}
        path = f"/api/v1/conversations/{opened['conversation_id']}/handoff"
        shown = floor.heard.next("offer", opened["conversation_id"])
        began = time.perf_counter()
        asked = asyncio.create_task(floor.call("POST", path, bearer))
        took.append((await asyncio.wait_for(shown, _LONGEST_S) - began) * _MS)
        await asked
        await floor.call("DELETE", path, bearer)
    return took


async def lines(floor: Floor, chats: Sequence[Chat], count: int) -> list[float]:
    """Milliseconds from a customer's line, sent by their window, to the screen of whoever has that chat open."""
    took: list[float] = []
    for n in range(count):
        chat = chats[n % len(chats)]
        console = floor.consoles[chat.agent_id]
        await console.send_json({"type": "watch", "conversation_id": chat.id})
        await floor.settled(chat.agent_id)
        shown = floor.heard.next("message", chat.id)
        began = time.perf_counter()
        frame = {"type": "message", "client_msg_id": new_id(), "text": "are you still there?"}
        await floor.windows[chat.id].send_json(frame)
        took.append((await asyncio.wait_for(shown, _LONGEST_S) - began) * _MS)
        await console.send_json({"type": "unwatch", "conversation_id": chat.id})
    return took


async def shift(floor: Floor, people: Sequence[User], count: int) -> dict[str, float]:
    """Everybody goes on duty at once; until all who wait have been offered to somebody."""
    floor.heard.offered.clear()
    began, used = time.perf_counter(), floor.cpu_s()
    opening = asyncio.create_task(floor.presence(people, "available"))
    ends = began + _LONGEST_S
    while len(floor.heard.offered) < count and time.perf_counter() < ends:
        await asyncio.sleep(0.005)
    took, cpu = time.perf_counter() - began, floor.cpu_s() - used
    await opening
    return {"offers": len(floor.heard.offered), "s": took, "cpu_s": cpu}


async def measure(service: Service, url: str, redis: Redis) -> dict[str, Any]:
    """All figures."""
    people, chats = await seeded(url, redis, service.data_dir, _AGENTS, _OPEN)
    await asyncio.to_thread(service.start)
    limits = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=limits) as http, AsyncExitStack() as closing:
        floor = Floor(service, http)
        closing.push_async_callback(floor.close)
        await floor.log_in(people, redis)
        await floor.connect(people, chats)
        await floor.presence(people, "available")
        print(f"{len(floor.consoles)} consoles and {len(floor.windows)} customers' windows are open", flush=True)
        result: dict[str, Any] = {}
        for name, measured, count in (
            ("offer", offers(floor, _OFFERS), _OFFERS),
            ("line", lines(floor, chats, _LINES), _LINES),
        ):
            used = floor.cpu_s()
            result[f"{name}_ms"] = _percentiles(await measured)
            result[f"{name}_cpu_ms"] = (floor.cpu_s() - used) / count * _MS
            print({key: value for key, value in result.items() if key.startswith(name)}, flush=True)
        await floor.presence(people, "offline")
        await waiting(url, redis, _WAITING)
        await _seen(floor, _WAITING)
        print(f"{_WAITING} wait", flush=True)
        result["shift"] = await shift(floor, people, _WAITING)
        result["lines_lost"] = floor.lost
    return result


async def _seen(floor: Floor, count: int) -> None:
    """Until the router has all of them in its queue: it compares itself with SQL every few seconds."""
    ends = time.monotonic() + _LONGEST_S
    while time.monotonic() < ends:
        async with floor.http.get(floor.base + "/metrics") as answer:
            found = [line for line in (await answer.text()).splitlines() if line.startswith("frontline_queue_waiting ")]
        if found and float(found[0].split()[1]) >= count:
            return
        await asyncio.sleep(0.5)
    raise AssertionError("the router does not know of everybody who waits")


def _percentiles(times: list[float]) -> dict[str, float]:
    return {"p50": statistics.median(times), "p95": statistics.quantiles(times, n=20)[-1], "max": max(times)}


async def _run(folder: Path) -> dict[str, Any]:
    server = EmbeddedRedis(folder / "redis")
    await server.start()
    redis = Redis.from_url(server.url, decode_responses=True)
    service = Service(folder, {"REDIS_URL": server.url, "FRONTLINE_LOG_LEVEL": "warning"})
    try:
        await asyncio.to_thread(service.seed)
        return await measure(service, f"sqlite+aiosqlite:///{folder / 'frontline.sqlite3'}", redis)
    except (AssertionError, asyncio.TimeoutError):
        told = [line for line in service.log.read_text("utf-8", "replace").splitlines() if '"event"' in line]
        print("\n".join(told[:_LOG_LINES]), flush=True)
        raise
    finally:
        await asyncio.to_thread(service.stop)
        await redis.aclose()
        await server.stop()


def main() -> None:
    argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0]).parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    uvloop.install()  # as the service does
    with tempfile.TemporaryDirectory() as folder:
        result = asyncio.run(asyncio.wait_for(_run(Path(folder)), _WHOLE_S))
    result["load"] = os.getloadavg()[0]
    _OUT.parent.mkdir(parents=True, exist_ok=True)
    _OUT.write_text(json.dumps(result, indent=2))
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
