"""One SQL database and its units of work.

`Database.unit()` makes a unit of work ambient: every `write()` below it joins one transaction, which begins at the
first write and is committed when the unit ends. Without a unit, `write()` is a transaction of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

import orjson
from sqlalchemy import Table, bindparam, event, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.sql.elements import TextClause

from bot.compact_json import to_json
from bot.sqlite_inline import DRIVER, InlineEngine

_BUSY_TIMEOUT_MS = 10_000


class Unit:
    """One transaction that begins when something is first written."""

    def __init__(self, database: "Database") -> None:
        self._database = database
        self._writer: Any = None
        self.connection: AsyncConnection | None = None
        self._last: list[Callable[[], Awaitable[object]]] = []

    def last(self, write: Callable[[], Awaitable[object]]) -> None:
        """Have something written when all else is done."""
        self._last.append(write)

    async def write_last(self) -> None:
        """Write what was left for the end, in its order."""
        for write in self._last:
            await write()

    async def begin(self) -> AsyncConnection:
        if self.connection is None:
            self._writer = self._database.own_write()
            self.connection = await self._writer.__aenter__()
        return self.connection

    async def end(self, exc: BaseException | None) -> None:
        """Commit, or roll back when `exc` is given. Nothing happens if nothing was written."""
        writer, self._writer, self.connection = self._writer, None, None
        if writer is not None:
            await writer.__aexit__(type(exc) if exc else None, exc, exc.__traceback__ if exc else None)


_UNIT: ContextVar[Unit | None] = ContextVar("frontline_unit_of_work", default=None)


class Database:
    """SQLite in WAL mode (one writer at a time in a process) or PostgreSQL."""

    def __init__(self, url: str, *, shared: bool = True) -> None:
        """Args:
        shared: whether other processes write to the same SQLite file all the time; if not, statements run inline.
        """
        self._named, self.is_sqlite = url, url.startswith("sqlite")
        if self.is_sqlite and not shared:
            url = url.replace("sqlite+aiosqlite", f"sqlite+{DRIVER}", 1)
        self.url = url
        options: dict[str, Any] = {
            "poolclass": AsyncAdaptedQueuePool,
            "pool_size": 5,
            "max_overflow": 10,
            "json_serializer": to_json,
            "json_deserializer": orjson.loads,
            # what went wrong is logged, what customers wrote is not
            "hide_parameters": True,
        }
        if self.is_sqlite:
            options["connect_args"] = {"timeout": _BUSY_TIMEOUT_MS / 1000, "check_same_thread": False}
        self.engine: AsyncEngine = create_async_engine(url, **options)
        self._is_inline = self.is_sqlite and not shared
        if self._is_inline:
            self.engine = InlineEngine(self.engine.sync_engine)
        # made on first use: they belong to the running loop
        self._writing: asyncio.Lock | None = None
        self._reader: AsyncConnection | None = None
        self._writer: AsyncConnection | None = None
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self.engine.sync_engine, "begin", _begin_sqlite)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection to read from; inside a unit that has written, that unit's own."""
        unit = _UNIT.get()
        if unit is not None and unit.connection is not None:
            yield unit.connection
            return
        if self._is_inline:
            yield await self._shared_reader()
            return
        async with self.engine.connect() as connection:
            yield connection

    async def _shared_reader(self) -> AsyncConnection:
        """One connection for all reads: inline, a statement is over before another task runs, so none overlap."""
        if self._reader is None:
            self._reader = await (await self.engine.connect()).execution_options(isolation_level="AUTOCOMMIT")
        return self._reader

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A connection inside a transaction: the ambient unit's, else one that commits at the end of the block."""
        unit = _UNIT.get()
        if unit is not None:
            yield await unit.begin()
            return
        async with self.own_write() as connection:
            yield connection

    async def write_last(self, write: Callable[[], Awaitable[object]]) -> None:
        """Write at the end of the ambient unit what nothing in it reads, so that it takes the writer no sooner.

        Without a unit it is written at once.
        """
        unit = _UNIT.get()
        if unit is None:
            await write()
        else:
            unit.last(write)

    def holds_others_up(self) -> bool:
        """Whether the ambient unit has the one writer, so that everybody else's writing waits for it to end."""
        unit = _UNIT.get()
        return self.is_sqlite and unit is not None and unit.connection is not None

    @asynccontextmanager
    async def own_write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction of its own, whatever is ambient.

        Never wait for one inside a unit that has written: SQLite has one writer.
        """
        if not self.is_sqlite:
            async with self.engine.begin() as connection:
                yield connection
            return
        if self._writing is None:
            self._writing = asyncio.Lock()
        async with self._writing:
            if self._is_inline:
                async with self._shared_writer() as connection:
                    yield connection
                return
            async with self.engine.connect() as connection:
                connection = await connection.execution_options(frontline_write=True)
                async with connection.begin():
                    yield connection

    @asynccontextmanager
    async def _shared_writer(self) -> AsyncIterator[AsyncConnection]:
        """A transaction on the one connection for all writes, which a failure replaces."""
        writer, self._writer = self._writer, None
        if writer is None:
            writer = await (await self.engine.connect()).execution_options(frontline_write=True)
        try:
            with writer.sync_connection.begin():
                yield writer
        except BaseException:
            await writer.close()
            raise
        self._writer = writer

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[Unit]:
        """Make a unit of work ambient for this task and those that it starts; roll back if the block raises.

        Inside another unit it is part of that one, which commits or rolls back for both.
        """
        ambient = _UNIT.get()
        if ambient is not None:
            yield ambient
            return
        unit = Unit(self)
        token = _UNIT.set(unit)
        try:
            yield unit
            await unit.write_last()
        except BaseException as exc:
            await _finish(unit, exc)
            raise
        else:
            await unit.end(None)
        finally:
            _UNIT.reset(token)

    def beside(self) -> "Database":
        """Another door to the same database, for long reads: they run in a thread, and nobody waits. Close it too."""
        return Database(self._named)

    async def close(self) -> None:
        for kept in (self._reader, self._writer):
            if kept is not None:
                await kept.close()
        self._reader = self._writer = None
        await self.engine.dispose()


def insert_unless_there(table: Table) -> TextClause:
    """Insert one row, all columns given by name, unless its key is there.

    As text, since SQLAlchemy keeps no compiled form of an insert with ON CONFLICT; compiling costs more than the rest.
    """
    names = [column.name for column in table.c]
    columns, values = ", ".join(f'"{name}"' for name in names), ", ".join(f":{name}" for name in names)
    statement = text(f"INSERT INTO {table.name} ({columns}) VALUES ({values}) ON CONFLICT DO NOTHING")
    return statement.bindparams(*(bindparam(column.name, type_=column.type) for column in table.c))


def does_not_answer(exc: BaseException) -> bool:
    """Whether an error tells that the database is gone, locked or full, and not that we asked it something wrong."""
    if isinstance(exc, DBAPIError) and exc.connection_invalidated:
        return True
    return isinstance(exc, (OperationalError, InterfaceError, PoolTimeoutError))


async def _finish(unit: Unit, exc: BaseException) -> None:
    try:
        await unit.end(exc)
    except BaseException as again:  # the transaction's context manager raises what it was given
        if again is not exc:
            raise


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={_BUSY_TIMEOUT_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    if connection.get_execution_options().get("frontline_write"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
