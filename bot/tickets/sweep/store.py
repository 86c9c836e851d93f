"""Tickets at which a deadline has come, in SQL: found by the index on the next one, changed in bulk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.schema import ticket_history, tickets
from bot.tickets.model import OPEN, Ticket
from bot.tickets.store import TicketStore, read_ticket

#: what the sweep writes to a ticket
_COLUMNS = ("priority", "escalated_to", "escalation_level", "agenda", "done", "next_check_at", "updated_at")


class SweepStore:
    """Bulk reads and writes for `bot/tickets/sweep/service.py`."""

    def __init__(self, tickets: TicketStore) -> None:
        self._tickets = tickets
        self._db = tickets.database

    def write(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """One transaction; what it finds due, other processes leave alone."""
        return self._db.own_write()

    async def due(self, connection: AsyncConnection, now: datetime, limit: int) -> tuple[Ticket, ...]:
        """Tickets whose next moment has come, earliest first, locked."""
        query = (
            tickets.select()
            .where(tickets.c.next_check_at <= now)
            .order_by(tickets.c.next_check_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        rows = (await connection.execute(query)).all()
        return tuple(read_ticket(row, self._tickets.zone) for row in rows)

    async def change(self, connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write `_COLUMNS` of the tickets that `ticket` names, and raise their versions."""
        query = (
            tickets.update()
            .where(tickets.c.id == bindparam("ticket"))
            .values(version=tickets.c.version + 1, **{name: bindparam(f"new_{name}") for name in _COLUMNS})
        )
        given = [{"ticket": row["id"], **{f"new_{name}": row[name] for name in _COLUMNS}} for row in rows]
        await connection.execute(query, given)

    async def tell(self, connection: AsyncConnection, before: Ticket, after: Ticket) -> None:
        await self._tickets.tell(connection, before, after)

    async def add_entries(self, connection: AsyncConnection, entries: Sequence[Mapping[str, Any]]) -> None:
        """Add lines to histories; each gets its ticket's next number, in order."""
        ids = list({entry["ticket_id"] for entry in entries})
        newest = (
            select([ticket_history.c.ticket_id, func.max(ticket_history.c.n)])
            .where(ticket_history.c.ticket_id.in_(ids))
            .group_by(ticket_history.c.ticket_id)
        )
        last = dict.fromkeys(ids, 0) | {row[0]: row[1] for row in (await connection.execute(newest)).all()}
        rows = []
        for entry in entries:
            last[entry["ticket_id"]] += 1
            rows.append({**entry, "n": last[entry["ticket_id"]]})
        await connection.execute(ticket_history.insert(), rows)

    async def out_of_date(self, digest: str, limit: int) -> tuple[str, ...]:
        """Open tickets whose clocks were computed by other tables than those of this digest."""
        column = tickets.c.rules_digest
        never = and_(column.is_(None), tickets.c.status.in_(sorted(status.value for status in OPEN)))
        query = select([tickets.c.id]).where(or_(never, and_(column > "", column < digest), column > digest))
        async with self._db.read() as connection:
            return tuple((await connection.execute(query.limit(limit))).scalars().all())

    async def refresh_statistics(self) -> None:
        """Let SQLite look at how its indexes are filled, which PostgreSQL does by itself; a few milliseconds."""
        if self._db.is_sqlite:
            async with self._db.own_write() as connection:
                for statement in ("PRAGMA analysis_limit=1000", "ANALYZE"):
                    await connection.exec_driver_sql(statement)

    async def overdue(self, now: datetime) -> int:
        """Open tickets past what the customer was told."""
        query = select([func.count()]).where(
            tickets.c.status.in_(sorted(status.value for status in OPEN)), tickets.c.due_at < now
        )
        async with self._db.read() as connection:
            return int((await connection.execute(query)).scalar_one())
