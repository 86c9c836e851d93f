"""Calls back in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import and_, update

from bot.database import Database
from bot.handoff.callbacks.model import Callback, CallState
from bot.schema import callbacks


class CallbackStore:
    """Who wants to be called."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(self, callback: Callback) -> None:
        async with self._db.write() as connection:
            await connection.execute(callbacks.insert().values({**callback.__dict__, "state": callback.state.value}))

    async def get(self, callback_id: str) -> Callback | None:
        return await self._first(callbacks.c.id == callback_id)

    async def list(self, states: Iterable[CallState], limit: int) -> tuple[Callback, ...]:
        """Calls in these states, those wanted or asked for first at the head."""
        query = (
            callbacks.select()
            .where(callbacks.c.state.in_([state.value for state in states]))
            .order_by(callbacks.c.requested_at)
            .limit(limit)
        )
        async with self._db.read() as connection:
            return tuple(_callback(row) for row in (await connection.execute(query)).all())

    async def move(
        self, callback_id: str, from_state: CallState, agent_id: str | None, values: Mapping[str, Any]
    ) -> bool:
        """Change a call that is in a state, with this agent if one is given; False when it is not."""
        where = [callbacks.c.id == callback_id, callbacks.c.state == from_state.value]
        if agent_id is not None:
            where.append(callbacks.c.agent_id == agent_id)
        async with self._db.write() as connection:
            done = await connection.execute(update(callbacks).where(and_(*where)).values(**values))
        return bool(done.rowcount == 1)

    async def _first(self, where: Any) -> Callback | None:
        async with self._db.read() as connection:
            row = (await connection.execute(callbacks.select().where(where))).first()
        return _callback(row) if row is not None else None


def _callback(row: Any) -> Callback:
    return Callback(
        id=row.id,
        conversation_id=row.conversation_id,
        handoff_id=row.handoff_id,
        customer_id=row.customer_id,
        phone=row.phone,
        language=row.language,
        group_id=row.group_id,
        requested_at=row.requested_at,
        wanted_at=row.wanted_at,
        state=CallState(row.state),
        agent_id=row.agent_id,
        tries=row.tries,
        note=row.note,
        ended_at=row.ended_at,
    )
