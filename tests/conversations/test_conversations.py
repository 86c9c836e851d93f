"""Every conversation of `test_<topic>.yml`, on the real model with its actions and the demo operator."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import aiohttp
import pytest

from bot.database import Database
from bot.settings import ROOT
from bot.training.conversation_tests.files import read_cases, response_patterns
from bot.training.conversation_tests.model import Case, Facts
from bot.training.conversation_tests.runner import Stage
from bot.training.conversation_tests.store import PlayedStore
from tests.conftest import Pool
from tests.service import Service

_seen: set[str] = set()


class _PoolsPeople:
    """The session's pool, whose people are given out to other tests too."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def fresh(self) -> None:
        self._pool.fresh()

    async def take(self, need: str) -> Facts:
        return self._pool.take(need)

    def token(self, sub: str) -> str:
        return self._pool.token(sub)


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    running = asyncio.new_event_loop()
    yield running
    running.close()


@pytest.fixture(scope="module")
def stage(service: Service, pool: Pool, loop: asyncio.AbstractEventLoop) -> Iterator[Stage]:
    database = Database(f"sqlite+aiosqlite:///{service.data_dir / 'frontline.sqlite3'}")

    async def open_http() -> aiohttp.ClientSession:
        return aiohttp.ClientSession()

    async def wait(_conversation_id: str, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def close() -> None:
        await http.close()
        await database.close()

    http = loop.run_until_complete(open_http())
    yield Stage(http, service.base, PlayedStore(database), _PoolsPeople(pool), response_patterns(ROOT), wait)
    loop.run_until_complete(close())


@pytest.mark.parametrize("case", read_cases(ROOT), ids=str)
def test_the_conversation_goes_as_written(case: Case, stage: Stage, loop: asyncio.AbstractEventLoop) -> None:
    if case.topic not in _seen:
        _seen.add(case.topic)
        loop.run_until_complete(stage.people.fresh())  # each file starts with everybody as the demo describes them
    failure = loop.run_until_complete(stage.play(case))
    assert failure is None, failure
