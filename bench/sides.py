"""The two sides of `bench.turn`: this service and stock Rasa, each behind the same three calls."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import jwt

from bench.processes import DidNotStart, ServerProcess, deadline, free_port

ROOT = Path(__file__).resolve().parent.parent
_START_S = 300.0
_LOOK_EVERY_S = 0.1
#: characters of a log that an error shows
_LOG_END = 2_000
_TOKEN_TTL = timedelta(hours=2)


@dataclass(frozen=True)
class Talk:
    """One conversation on one side."""

    id: str
    token: str = ""


class Side(Protocol):
    """What the benchmark asks of a side."""

    name: str

    async def start(self, http: aiohttp.ClientSession) -> float:
        """Start everything; returns the seconds until it answered its first message."""

    async def fresh_customers(self) -> None:
        """Put the customers back to how they were, outside of what is timed."""

    async def open(self, http: aiohttp.ClientSession, language: str, need: str | None) -> Talk: ...

    async def say(self, http: aiohttp.ClientSession, talk: Talk, text: str) -> list[str]:
        """Say something; returns the texts of the replies."""

    async def before_turn(self, talk: Talk) -> None:
        """What has to happen between two turns of a very long conversation; not timed."""

    def memory_mb(self) -> float: ...

    def cpu_s(self) -> float: ...

    async def stop(self) -> None: ...


@dataclass
class Customers:
    """Deals out the demo's people by need, each once before any of them twice."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    dealt: dict[str, int] = field(default_factory=dict)

    def take(self, need: str) -> Mapping[str, Any]:
        people = self.facts["needs"][need]
        index = self.dealt.get(need, 0)
        self.dealt[need] = index + 1
        return dict(people[index % len(people)])


class Frontline:
    """`python -m bot serve` with a data directory of its own, over its public API."""

    name = "Frontline"

    def __init__(self, folder: Path, cores: set[int]) -> None:
        self._folder, self._cores = folder, cores
        self._port = free_port()
        self._base = f"http://127.0.0.1:{self._port}/api/v1/conversations"
        self._customers = Customers()
        self._process: ServerProcess | None = None
        self._redis: Any = None

    async def start(self, http: aiohttp.ClientSession) -> float:
        """Seeding comes first and is not counted."""
        await self.fresh_customers()
        began = time.monotonic()
        command = [sys.executable, "-m", "bot", "serve", "--port", str(self._port), "--data-dir", str(self._folder)]
        self._process = ServerProcess(
            command, ROOT, self._folder / "service.log", self._cores, {"FRONTLINE_LOG_LEVEL": "WARNING"}
        )
        await _until_up(http, f"http://127.0.0.1:{self._port}/readyz", self._process)
        talk = await self.open(http, "en", None)
        if not await self.say(http, talk, "hello"):
            raise DidNotStart("the service is up and does not answer")
        return time.monotonic() - began

    async def fresh_customers(self) -> None:
        needs = self._folder / "needs.json"
        command = [sys.executable, "-m", "bot", "seed-demo", "--data-dir", str(self._folder), "--needs", str(needs)]
        await asyncio.to_thread(subprocess.run, command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        self._customers = Customers(json.loads(needs.read_text("utf-8")))

    async def open(self, http: aiohttp.ClientSession, language: str, need: str | None) -> Talk:
        body: dict[str, Any] = {"language": language}
        if need is not None:
            body["identity_token"] = self._token(self._customers.take(need)["sub"])
        async with http.post(self._base, json=body) as answer:
            answer.raise_for_status()
            opened = await answer.json()
        return Talk(opened["conversation_id"], opened["token"])

    async def say(self, http: aiohttp.ClientSession, talk: Talk, text: str) -> list[str]:
        body = {"client_msg_id": str(uuid.uuid4()), "text": text}
        headers = {"Authorization": f"Bearer {talk.token}"}
        async with http.post(f"{self._base}/{talk.id}/messages?wait=reply", json=body, headers=headers) as answer:
            answer.raise_for_status()
            return [reply["text"] for reply in (await answer.json()).get("replies") or ()]

    async def before_turn(self, talk: Talk) -> None:
        """Forget how much this customer has written: past a burst of twenty, one customer is slowed down on purpose."""
        if self._redis is None:
            from redis.asyncio import Redis

            from bot.redis_server import EmbeddedRedis

            self._redis = Redis.from_url(EmbeddedRedis(self._folder).url)
        await self._redis.delete(f"fl:rate:{talk.id}")

    def memory_mb(self) -> float:
        assert self._process is not None
        return self._process.memory_mb()

    def cpu_s(self) -> float:
        assert self._process is not None
        return self._process.cpu_s()

    async def stop(self) -> None:
        if self._redis is not None:
            await self._redis.aclose()
        if self._process is not None:
            await asyncio.to_thread(self._process.stop)

    def _token(self, sub: str) -> str:
        identity = self._customers.facts["identity"]
        claims = {
            "sub": sub,
            "exp": datetime.now(timezone.utc) + _TOKEN_TTL,
            "iss": identity["iss"],
            "aud": identity["aud"],
        }
        return jwt.encode(claims, identity["secret"], algorithm=identity["alg"])


class StockRasa:
    """`rasa run` with the REST channel and `rasa run actions`, as a newcomer would run them."""

    name = "stock Rasa"

    def __init__(self, python: Path, project: Path, model: Path, logs: Path, cores: set[int]) -> None:
        self._python, self._project, self._model, self._logs, self._cores = python, project, model, logs, cores
        self._port, self._actions_port = free_port(), free_port()
        self._url = f"http://127.0.0.1:{self._port}/webhooks/rest/webhook"
        self._processes: list[ServerProcess] = []

    async def start(self, http: aiohttp.ClientSession) -> float:
        began = time.monotonic()
        rasa = [str(self._python), "-m", "rasa"]
        actions_env = {"SANIC_HOST": "127.0.0.1"}
        (self._project / "endpoints.yml").write_text(
            f'action_endpoint:\n  url: "http://127.0.0.1:{self._actions_port}/webhook"\n', "utf-8"
        )
        self._processes = [
            ServerProcess(
                [*rasa, "run", "actions", "--actions", "stock_actions", "--port", str(self._actions_port)],
                self._project,
                self._logs / "stock_actions.log",
                self._cores,
                actions_env,
            ),
            ServerProcess(
                [*rasa, "run", "--model", str(self._model), "--interface", "127.0.0.1", "--port", str(self._port)],
                self._project,
                self._logs / "stock_rasa.log",
                self._cores,
            ),
        ]
        await _until_up(http, f"http://127.0.0.1:{self._actions_port}/health", *self._processes)
        await _until_up(http, f"http://127.0.0.1:{self._port}/webhooks/rest/", *self._processes)
        ends = deadline(_START_S)
        while not await self.say(http, Talk("first"), "hello"):
            if time.monotonic() > ends:
                raise DidNotStart("stock Rasa is up and does not answer")
            await asyncio.sleep(_LOOK_EVERY_S)
        return time.monotonic() - began

    async def fresh_customers(self) -> None:
        """Stock conversations live in memory and change nobody."""

    async def open(self, http: aiohttp.ClientSession, language: str, need: str | None) -> Talk:
        return Talk(uuid.uuid4().hex)

    async def say(self, http: aiohttp.ClientSession, talk: Talk, text: str) -> list[str]:
        async with http.post(self._url, json={"sender": talk.id, "message": text}) as answer:
            answer.raise_for_status()
            return [str(reply.get("text")) for reply in await answer.json()]

    async def before_turn(self, talk: Talk) -> None:
        """Nothing slows a sender down here."""

    def memory_mb(self) -> float:
        return sum(process.memory_mb() for process in self._processes)

    def cpu_s(self) -> float:
        return sum(process.cpu_s() for process in self._processes)

    async def stop(self) -> None:
        for process in reversed(self._processes):
            await asyncio.to_thread(process.stop)


async def _until_up(http: aiohttp.ClientSession, url: str, *processes: ServerProcess) -> None:
    ends = deadline(_START_S)
    while time.monotonic() < ends:
        for process in processes:
            process.check()
        try:
            async with http.get(url) as answer:
                if answer.status == 200:
                    return
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(_LOOK_EVERY_S)
    logs = "\n".join(process.log.read_text("utf-8", "replace")[-_LOG_END:] for process in processes)
    raise DidNotStart(f"{url} did not answer within {_START_S:.0f} s\n{logs}")
