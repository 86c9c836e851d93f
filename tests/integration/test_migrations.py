"""The migrations make exactly what `bot/schema` says, on both databases."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Column, MetaData
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine

import bot.migrations
from bot.migrations import upgrade
from bot.schema import metadata
from tests.integration.postgres import POSTGRES
from tests.service import ROOT

_FOLDER = Path(bot.migrations.__file__).parent
_KILLED_AT_THE_THIRTIETH_TABLE = """
import itertools, os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from bot.migrations import upgrade

made = itertools.count(1)

@event.listens_for(Engine, "after_cursor_execute")
def executed(connection, cursor, statement, *rest):
    if statement.strip().startswith("CREATE TABLE") and next(made) == 30:
        os.kill(os.getpid(), signal.SIGKILL)

upgrade(sys.argv[1])
"""


def _on_connection(url: str, work: Any) -> Any:
    """What `work(connection)` gives, on a connection of its own that commits."""

    async def run() -> Any:
        engine = create_async_engine(url)
        try:
            async with engine.begin() as connection:
                return await connection.run_sync(work)
        finally:
            await engine.dispose()

    return asyncio.run(run())


def _drop_everything(connection: Connection) -> None:
    found = MetaData()
    found.reflect(connection)
    found.drop_all(connection)


@pytest.fixture(params=["sqlite", *(["postgresql"] if POSTGRES else [])])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    _on_connection(POSTGRES, _drop_everything)
    yield POSTGRES
    _on_connection(POSTGRES, _drop_everything)


def _is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether `bot/schema` knows it; each database has a search index of its own kind."""
    return not (kind in ("table", "index") and str(name).startswith("search_"))


def _default_differs(
    _context: Any, _found: Any, column: Column[Any], found: str | None, _wanted: Any, wanted: str | None
) -> bool | None:
    """PostgreSQL cannot compare two values of JSON, so their texts are; None leaves it to Alembic."""
    if not isinstance(column.type, JSON):
        return None
    return (found or "").partition("::")[0].strip("'") != (wanted or "").strip("'")


def _differences(connection: Connection) -> list[Any]:
    options = {"compare_type": True, "compare_server_default": _default_differs, "include_name": _is_ours}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, metadata))


def test_upgrading_an_empty_database_makes_the_schema_and_nothing_else(empty_url: str) -> None:
    upgrade(empty_url)
    assert _on_connection(empty_url, _differences) == []


def test_upgrading_twice_changes_nothing(empty_url: str) -> None:
    upgrade(empty_url)
    upgrade(empty_url)
    assert _on_connection(empty_url, _differences) == []


def _processes(script: str, url: str, count: int) -> list[subprocess.Popen[bytes]]:
    return [subprocess.Popen([sys.executable, "-W", "ignore", "-c", script, url], cwd=ROOT) for _ in range(count)]


def test_processes_that_start_at_once_make_the_schema_once(empty_url: str) -> None:
    """`rasa run` and `rasa run actions`, or two machines of a cluster, find a new database together."""
    migrating = _processes("import sys; from bot.migrations import upgrade; upgrade(sys.argv[1])", empty_url, 3)
    assert [process.wait(120) for process in migrating] == [0, 0, 0]
    assert _on_connection(empty_url, _differences) == []


def test_a_first_start_that_was_killed_half_way_is_begun_anew(empty_url: str) -> None:
    [killed] = _processes(_KILLED_AT_THE_THIRTIETH_TABLE, empty_url, 1)
    assert killed.wait(120) == -signal.SIGKILL
    upgrade(empty_url)
    assert _on_connection(empty_url, _differences) == []


def test_the_comparison_sees_a_missing_table_column_and_index(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'worn.sqlite3'}"
    upgrade(url)

    def wear(connection: Connection) -> None:
        connection.exec_driver_sql("DROP TABLE ratings")
        connection.exec_driver_sql("ALTER TABLE users DROP COLUMN capacity")
        connection.exec_driver_sql("DROP INDEX ix_tickets_customer")

    _on_connection(url, wear)
    assert {change[0] for change in _on_connection(url, _differences)} == {"add_table", "add_column", "add_index"}


def test_the_revisions_are_one_line_with_one_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    script = ScriptDirectory.from_config(config)
    assert len(script.get_heads()) == 1
    assert script.get_base() == "0001"
    assert not [revision.revision for revision in script.walk_revisions() if revision.is_branch_point]


def test_no_revision_reads_the_schema_of_today() -> None:
    """A revision that imports `bot.schema` changes with it, and old databases are left behind."""
    for path in (_FOLDER / "versions").glob("*.py"):
        assert "bot.schema" not in path.read_text("utf-8"), path.name
