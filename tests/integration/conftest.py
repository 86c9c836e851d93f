"""A migrated database for tests with real SQL: SQLite, and PostgreSQL when `DATABASE_URL_TEST` names one to empty."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from bot.database import Database
from bot.migrations import upgrade
from bot.operator.demo.needs import DemoNeeds
from bot.operator.demo.seed import seed
from bot.redis_server import EmbeddedRedis
from tests.integration.care import care, kept_on_postgres, seeded, seeded_file
from tests.integration.chatwoot_desk import chatwoot, served, side
from tests.integration.postgres import POSTGRES, empty_postgres, make_own_database

__all__ = ["care", "chatwoot", "kept_on_postgres", "seeded", "seeded_file", "served", "side"]


@pytest.fixture(scope="session", autouse=True)
def _own_database() -> None:
    asyncio.run(make_own_database())


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table and nothing in them, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "empty.sqlite3"
    upgrade(f"sqlite+aiosqlite:///{path}")
    return path


@pytest_asyncio.fixture(params=["sqlite", *(["postgresql"] if POSTGRES else [])])
async def database(request: pytest.FixtureRequest, tmp_path: Path, empty_file: Path) -> AsyncIterator[Database]:
    """An empty database with every table."""
    if request.param == "sqlite":
        path = tmp_path / "test.sqlite3"
        shutil.copy(empty_file, path)
        database = Database(f"sqlite+aiosqlite:///{path}")
    else:
        database = Database(POSTGRES)
        await empty_postgres(database)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Redis of our own for the whole session."""
    server = EmbeddedRedis(tmp_path_factory.mktemp("redis"))
    asyncio.run(server.start())
    yield server.url
    asyncio.run(server.stop())


@pytest_asyncio.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of an empty Redis."""
    client = Redis.from_url(redis_url, decode_responses=True)
    await client.flushdb()
    yield client
    await client.aclose()


#: what the demo operator is seeded for: a Wednesday before noon
DEMO_ZONE = ZoneInfo("Asia/Shanghai")
DEMO_NOW = datetime(2026, 11, 25, 10, 20, tzinfo=DEMO_ZONE)


@pytest.fixture(scope="session")
def seeded_demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DemoNeeds]:
    """A SQLite file with the demo operator as of `DEMO_NOW`, to be copied, and its needs."""
    path = tmp_path_factory.mktemp("demo") / "seeded.sqlite3"
    url = f"sqlite+aiosqlite:///{path}"
    upgrade(url)

    async def fill() -> DemoNeeds:
        database = Database(url)
        try:
            return await seed(database, today=DEMO_NOW.date(), zone=DEMO_ZONE, now=DEMO_NOW)
        finally:
            await database.close()  # the last connection moves the write-ahead log into the file

    return path, asyncio.run(fill())


@pytest_asyncio.fixture
async def demo_database(seeded_demo: tuple[Path, DemoNeeds], tmp_path: Path) -> AsyncIterator[Database]:
    """A database of this test's own with the demo operator as of `DEMO_NOW`."""
    path = tmp_path / "demo.sqlite3"
    shutil.copy(seeded_demo[0], path)
    database = Database(f"sqlite+aiosqlite:///{path}")
    yield database
    await database.close()


@pytest.fixture(scope="session")
def demo_now() -> datetime:
    """The moment of which `demo_database` is; its `tzinfo` is the operator's zone."""
    return DEMO_NOW
