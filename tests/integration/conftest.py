"""A migrated database for tests with real SQL: SQLite always, PostgreSQL when `DATABASE_URL_TEST` names one that may be emptied."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text

from bot.database import Database
from bot.migrations import upgrade
from bot.schema import metadata

_POSTGRES = os.environ.get("DATABASE_URL_TEST", "")


@pytest_asyncio.fixture(params=["sqlite", *(["postgresql"] if _POSTGRES else [])])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database with every table."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite3'}" if request.param == "sqlite" else _POSTGRES
    await asyncio.to_thread(upgrade, url)  # Alembic runs a loop of its own
    database = Database(url)
    if request.param == "postgresql":
        async with database.write() as connection:
            names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
            await connection.execute(text(f"TRUNCATE {names} CASCADE"))
    yield database
    await database.close()
