"""The trainers' API on a small installation, with real accounts, and people who call it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from argon2 import PasswordHasher
from redis.asyncio import Redis
from yarl import URL

from bot.channels.desk.session import DeskSessions
from bot.channels.errors import errors_middleware
from bot.channels.training import add_training_routes
from bot.database import Database
from bot.handoff.people.accounts import DeskAccounts
from bot.training.jobs.order import Limits
from bot.training.workbench import Workbench, build_workbench
from tests.integration.floor import Floor
from tests.integration.training_repository import LEI, XUE

#: training in tests has the machine to itself
LIMITS = Limits(memory_mb=6_144, nice=0)
PASSWORD = "a long enough password"


def now() -> datetime:
    return datetime.now(timezone.utc)


def workbench_in(
    folder: Path, database: Database, clock: Callable[[], datetime] = now, limits: Limits = LIMITS
) -> Workbench:
    """The workbench of the checkout `installation` in a folder; its data and models lie beside that."""
    installation, models = folder / "installation", folder / "models"
    return build_workbench(installation, folder / "var", models, database, clock, limits)


@dataclass
class Trainer:
    """Somebody with the trainers' pages open."""

    http: aiohttp.ClientSession
    base: str
    csrf: str
    cookie: str

    async def call(self, method: str, path: str, **kwargs: Any) -> tuple[int, dict[str, Any]]:
        """Status and body of a call."""
        headers = {"X-CSRF-Token": self.csrf, "Cookie": f"frontline_desk={self.cookie}"}
        url = URL(f"{self.base}/api/v1/training{path}", encoded=True)
        async with self.http.request(method, url, headers=headers, **kwargs) as answer:
            return answer.status, await answer.json()

    async def get(self, path: str) -> dict[str, Any]:
        status, body = await self.call("GET", path)
        assert status == 200, body
        return body

    async def post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        status, answer = await self.call("POST", path, json=body or {})
        assert status in (200, 201, 202), answer
        return answer


@dataclass
class Pages:
    """A served workbench; `xue` and `lei` are trainers, `agent` is none."""

    xue: Trainer
    lei: Trainer
    agent: Trainer


@asynccontextmanager
async def served(workbench: Workbench, database: Database, redis: Redis) -> AsyncIterator[Pages]:
    """Serve a workbench on a free port."""
    floor = Floor(database, redis)
    hasher = PasswordHasher(time_cost=1, memory_cost=1024)
    agent = XUE.__class__("u-ann", "ann", {"en": "Ann", "zh": "Ann"}, frozenset({"agent"}), ("en",), 1)
    for user in (XUE, LEI, agent):
        await floor.people.add_user(user, hasher.hash(PASSWORD))
    accounts = DeskAccounts(floor.people, redis, now)
    app = web.Application(middlewares=[errors_middleware])
    add_training_routes(app.router, DeskSessions(accounts, floor.duty), workbench)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with aiohttp.ClientSession() as http:
            sessions = [await accounts.log_in(user.username, PASSWORD) for user in (XUE, LEI, agent)]
            yield Pages(*(Trainer(http, base, item.csrf_token, item.token) for item in sessions))
    finally:
        await runner.cleanup()
        await workbench.stop()
