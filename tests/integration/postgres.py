"""One PostgreSQL database for all tests of a process: emptied before each, and filled again from a copy."""

from __future__ import annotations

import asyncio
import os
from functools import lru_cache
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

import bot.migrations
from bot.database import Database
from bot.migrations import upgrade
from bot.schema import metadata

_TABLES = [table.name for table in metadata.sorted_tables]
_GIVEN = os.environ.get("DATABASE_URL_TEST", "")
#: which of several processes that run tests this is
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")


def _own() -> str:
    if not _GIVEN or not _WORKER:
        return _GIVEN
    given = make_url(_GIVEN)
    return given.set(database=f"{given.database}_{_WORKER}").render_as_string(hide_password=False)


POSTGRES = _own()
"""The database that DATABASE_URL_TEST names, or beside other processes one more on its server; empty without."""


async def make_own_database() -> None:
    """Make the database of this process anew, where it is not the given one."""
    if POSTGRES == _GIVEN:
        return
    name = make_url(POSTGRES).database
    engine = create_async_engine(_GIVEN, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            await connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0'))
    finally:
        await engine.dispose()


async def empty_postgres(database: Database) -> None:
    """Have every table, with nothing in it. Emptying a table costs a file, so only those that hold something are."""
    async with database.read() as connection:
        found = (await connection.execute(text("SELECT to_regclass('alembic_version') IS NOT NULL"))).scalar()
        revision = (
            (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar() if found else None
        )
    if revision != _newest():
        await asyncio.to_thread(upgrade, database.url)  # Alembic runs a loop of its own
    filled = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in _TABLES)
    async with database.write() as connection:
        names = [f'"{row[0]}"' for row in await connection.execute(text(filled))]
        if names:
            await connection.execute(text(f"TRUNCATE {', '.join(names)} CASCADE"))


async def keep_rows(database: Database, schema: str) -> None:
    """Copy every table into a schema of that name, which is made anew."""
    async with database.write() as connection:
        await connection.execute(text(f"DROP SCHEMA IF EXISTS {schema} CASCADE"))
        await connection.execute(text(f"CREATE SCHEMA {schema}"))
        for name in _TABLES:
            await connection.execute(text(f'CREATE TABLE {schema}."{name}" AS TABLE public."{name}"'))


async def put_back_rows(database: Database, schema: str) -> None:
    """Fill the empty tables with what `keep_rows` has copied."""
    async with database.write() as connection:
        for name in _TABLES:
            await connection.execute(text(f'INSERT INTO "{name}" SELECT * FROM {schema}."{name}"'))


@lru_cache(maxsize=1)
def _newest() -> str | None:
    config = Config()
    config.set_main_option("script_location", str(Path(bot.migrations.__file__).parent))
    return ScriptDirectory.from_config(config).get_current_head()
