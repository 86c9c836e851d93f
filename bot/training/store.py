"""Labelled examples in SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import and_, select

from bot.database import Database
from bot.schema import labelled_examples


@dataclass(frozen=True)
class LabelledExample:
    """One row of `labelled_examples`."""

    conversation_id: str
    seq: int
    at: datetime
    language: str
    text: str
    #: None: the customer meant neither candidate
    intent: str | None
    candidates: tuple[dict[str, Any], ...]
    model: str


class LabelledExampleStore:
    """The table `labelled_examples`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(self, example: LabelledExample) -> None:
        """Write a row, unless the message has one; at the end of the ambient unit."""
        await self._db.write_last(partial(self._add, example))

    async def _add(self, example: LabelledExample) -> None:
        table = labelled_examples
        same = and_(table.c.conversation_id == example.conversation_id, table.c.seq == example.seq)
        async with self._db.write() as connection:
            if (await connection.execute(select(table.c.seq).where(same))).first() is None:
                row = {**example.__dict__, "candidates": list(example.candidates)}
                await connection.execute(table.insert().values(**row))

    async def newest(self, limit: int) -> tuple[LabelledExample, ...]:
        """At most `limit` rows, newest first."""
        table = labelled_examples
        async with self._db.read() as connection:
            rows = await connection.execute(select(table).order_by(table.c.at.desc()).limit(limit))
            return tuple(LabelledExample(**{**row, "candidates": tuple(row["candidates"])}) for row in rows.mappings())
