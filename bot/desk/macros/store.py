"""Macros in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from bot.database import Database
from bot.desk.macros.model import Macro, Visibility
from bot.schema import macros


class MacroStore:
    """All macros; who may see one is not decided here."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def all(self) -> tuple[Macro, ...]:
        """Every macro in the order of their ids."""
        async with self._db.read() as connection:
            return tuple(_macro(row) for row in (await connection.execute(macros.select().order_by(macros.c.id))).all())

    async def get(self, macro_id: str) -> Macro | None:
        async with self._db.read() as connection:
            row = (await connection.execute(macros.select().where(macros.c.id == macro_id))).first()
        return None if row is None else _macro(row)

    async def add(self, macro: Macro, at: datetime) -> None:
        async with self._db.write() as connection:
            await connection.execute(macros.insert().values(**_values(macro), updated_at=at))

    async def change(self, macro: Macro, at: datetime) -> None:
        async with self._db.write() as connection:
            await connection.execute(
                update(macros).where(macros.c.id == macro.id).values(**_values(macro), updated_at=at)
            )

    async def remove(self, macro_id: str) -> None:
        async with self._db.write() as connection:
            await connection.execute(macros.delete().where(macros.c.id == macro_id))

    async def put_first(self, given: Sequence[Macro], at: datetime) -> int:
        """Put these in when there is none at all; how many."""
        async with self._db.write() as connection:
            if (await connection.execute(select([func.count()]).select_from(macros))).scalar() or not given:
                return 0
            await connection.execute(macros.insert(), [{**_values(macro), "updated_at": at} for macro in given])
        return len(given)


def _values(macro: Macro) -> dict[str, Any]:
    return {
        **macro.__dict__,
        "title": dict(macro.title),
        "text": dict(macro.text),
        "visibility": macro.visibility.value,
    }


def _macro(row: Any) -> Macro:
    return Macro(row.id, row.title, row.text, row.shortcut, Visibility(row.visibility), row.group_id, row.author_id)
