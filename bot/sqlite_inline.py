"""SQLite for one process: statements run on the event loop's own thread.

A statement on a local file takes some 10 µs; handing it to another thread and back costs many times as much, and a
greenlet that waits for nothing as much again. With several processes on one file a writer may have to wait for
another, which would hold up the loop: then `aiosqlite` is used (see `bot/database.py`).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.pool import AsyncAdaptedQueuePool

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


class InlineConnection(AsyncConnection):
    """A connection whose statements are over when they have been called; `await` gives nobody else a turn."""

    async def execute(self, statement: Any, parameters: Any = None, execution_options: Any = None) -> Any:
        """Run one statement, or the same for a list of parameters."""
        return self._sync_connection().execute(statement, parameters, execution_options)

    async def exec_driver_sql(self, statement: str, parameters: Any = None, execution_options: Any = None) -> Any:
        """Run one statement in the driver's own words."""
        return self._sync_connection().exec_driver_sql(statement, parameters, execution_options)


class InlineEngine(AsyncEngine):
    """An engine that makes such connections."""

    _connection_cls = InlineConnection


registry.register(f"sqlite.{DRIVER}", __name__, InlineSQLite.__name__)
