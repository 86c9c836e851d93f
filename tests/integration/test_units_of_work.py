"""What is written at the end of a unit of work: in its transaction, and with nothing of it before."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.database import Database
from bot.schema import demo_facts


async def _write(database: Database, name: str) -> None:
    async with database.write() as connection:
        await connection.execute(demo_facts.insert().values(name=name, value={}))


async def _names(database: Database) -> set[str]:
    async with database.read() as connection:
        return {row[0] for row in (await connection.execute(select([demo_facts.c.name]))).all()}


async def test_what_is_left_for_the_end_takes_no_writer_before_and_is_committed_with_the_rest(
    database: Database,
) -> None:
    async with database.unit() as unit:
        await database.write_last(lambda: _write(database, "last"))
        assert unit.connection is None and await _names(database) == set()
        async with database.own_write() as connection:  # somebody else's, who need not wait
            await connection.execute(demo_facts.insert().values(name="other", value={}))
        await _write(database, "first")
    assert await _names(database) == {"first", "last", "other"}


async def test_it_is_rolled_back_with_the_rest_and_the_rest_with_it(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.unit():
            await database.write_last(lambda: _write(database, "last"))
            raise RuntimeError
    assert await _names(database) == set()

    async def fails() -> None:
        raise ValueError

    with pytest.raises(ValueError):
        async with database.unit():
            await database.write_last(fails)
            await _write(database, "first")
    assert await _names(database) == set()


async def test_without_a_unit_it_is_written_at_once(database: Database) -> None:
    await database.write_last(lambda: _write(database, "now"))
    assert await _names(database) == {"now"}
