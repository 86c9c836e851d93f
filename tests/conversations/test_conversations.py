"""Every conversation of `test_<topic>.yml`, on the real model with its actions and the demo operator."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import aiohttp
import pytest

from bot.database import Database
from bot.settings import ROOT
from bot.training.conversation_tests.files import read_cases, response_patterns
from bot.training.conversation_tests.model import Case
from bot.training.conversation_tests.runner import Stage
from bot.training.conversation_tests.store import PlayedStore
from tests.conftest import Pool, PoolsPeople
from tests.service import Service

_seen: set[str] = set()


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
    yield Stage(http, service.base, PlayedStore(database), PoolsPeople(pool), response_patterns(ROOT), wait)
    loop.run_until_complete(close())


@pytest.mark.parametrize("case", read_cases(ROOT), ids=str)
def test_the_conversation_goes_as_written(case: Case, stage: Stage, loop: asyncio.AbstractEventLoop) -> None:
    if case.topic not in _seen:
        _seen.add(case.topic)
        loop.run_until_complete(stage.people.fresh())  # each file starts with everybody as the demo describes them
    failure = loop.run_until_complete(stage.play(case))
    assert failure is None, failure
