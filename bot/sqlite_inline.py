"""SQLite for one process: statements run on the event loop's own thread.

A statement on a local file takes some 40 µs; handing it to another thread and back costs ten times as much.
SQLAlchemy's asyncio layer asks only that the dialect says it is asynchronous and awaits something. With several
processes on one file a writer may have to wait for another, which would hold up the loop: then `aiosqlite` is used (see
`bot/database.py`).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util import await_only

#: the driver's name in a URL: `sqlite+inline:///path`
DRIVER = "inline"


class InlineSQLite(SQLiteDialect_pysqlite):
    """The standard driver, called directly."""

    driver = DRIVER
    is_async = True
    supports_statement_cache = True

    @classmethod
    def get_pool_class(cls, url: Any) -> type[AsyncAdaptedQueuePool]:
        return AsyncAdaptedQueuePool

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        await_only(_nothing())
        cursor.execute(statement, parameters)

    def do_executemany(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        await_only(_nothing())
        cursor.executemany(statement, parameters)


async def _nothing() -> None:
    """What SQLAlchemy wants to see awaited."""


registry.register(f"sqlite.{DRIVER}", __name__, InlineSQLite.__name__)
