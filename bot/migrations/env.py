"""Alembic's entry point; runs the migrations on an async engine, in one transaction that keeps other processes waiting.

Whoever comes second finds the tables made, and a process that is killed half-way leaves nothing behind.
"""

from __future__ import annotations

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.schema import metadata

#: names our lock among those of the whole PostgreSQL database; any number that nobody else uses
_LOCK = 7_130_621
#: how long SQLite waits for the process that migrates
_WAITS_S = 120


def _migrate(connection: Any) -> None:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver would commit each table by itself


def _begin_sqlite(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


async def _run() -> None:
    url = context.config.get_main_option("sqlalchemy.url") or ""
    is_sqlite = url.startswith("sqlite")
    engine = create_async_engine(url, connect_args={"timeout": _WAITS_S} if is_sqlite else {})
    if is_sqlite:
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    async with engine.begin() as connection:
        if not is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        await connection.run_sync(_migrate)
    await engine.dispose()


asyncio.run(_run())
