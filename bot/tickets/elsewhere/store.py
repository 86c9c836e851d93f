"""Which of our tickets stand in the operator's own system, under which number, and what was last exchanged; in SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database import Database
from bot.schema import operator_tickets


@dataclass(frozen=True)
class OperatorTicket:
    """One row.

    Attributes:
        remote_id: its number there; None: it could not be sent yet.
        request_key: the key of the request that opens it there, so that a second one opens nothing.
        due_at: when it is looked at next; None: it is over there.
        seen_status: its state there when it was last looked at.
        sent_n: the last line of our history that was looked at for what to send.
    """

    ticket_id: str
    remote_id: str | None
    request_key: str
    due_at: datetime | None
    attempts: int
    seen_status: str | None
    sent_n: int


class OperatorTicketStore:
    """Writes join the ambient unit of work."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(self, item: OperatorTicket) -> None:
        """Keep a new one; one of that ticket that is there stays."""
        insert = sqlite.insert if self._db.is_sqlite else postgresql.insert
        async with self._db.write() as connection:
            await connection.execute(insert(operator_tickets).values(**item.__dict__).on_conflict_do_nothing())

    async def get(self, ticket_id: str) -> OperatorTicket | None:
        query = operator_tickets.select().where(operator_tickets.c.ticket_id == ticket_id)
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        return OperatorTicket(**row._mapping) if row is not None else None

    async def touch(self, connection: AsyncConnection, ticket_id: str, at: datetime) -> None:
        """Our side has changed: look at it now."""
        mine = and_(
            operator_tickets.c.ticket_id == ticket_id,
            or_(operator_tickets.c.due_at.is_(None), operator_tickets.c.due_at > at),
        )
        await connection.execute(operator_tickets.update().where(mine).values(due_at=at))

    async def due(self, now: datetime, limit: int) -> tuple[OperatorTicket, ...]:
        """Those to look at now, longest due first."""
        query = operator_tickets.select().where(operator_tickets.c.due_at <= now)
        async with self._db.read() as connection:
            rows = (await connection.execute(query.order_by(operator_tickets.c.due_at).limit(limit))).all()
        return tuple(OperatorTicket(**row._mapping) for row in rows)

    async def claim(self, item: OperatorTicket, until: datetime) -> bool:
        """Whether this process is the one that looks at it now."""
        mine = and_(operator_tickets.c.ticket_id == item.ticket_id, operator_tickets.c.due_at == item.due_at)
        async with self._db.own_write() as connection:
            return bool((await connection.execute(operator_tickets.update().where(mine).values(due_at=until))).rowcount)

    async def settle(self, ticket_id: str, claimed: datetime, **values: Any) -> None:
        """Write what came of it; what has changed on our side meanwhile stays due."""
        mine = operator_tickets.c.ticket_id == ticket_id
        due_at = values.pop("due_at", None)
        async with self._db.own_write() as connection:
            if values:
                await connection.execute(operator_tickets.update().where(mine).values(**values))
            unchanged = and_(mine, operator_tickets.c.due_at == claimed)
            await connection.execute(operator_tickets.update().where(unchanged).values(due_at=due_at))

    async def number_there(self, ticket_id: str) -> str | None:
        query = select([operator_tickets.c.remote_id]).where(operator_tickets.c.ticket_id == ticket_id)
        async with self._db.read() as connection:
            found = (await connection.execute(query)).scalar()
        return str(found) if found is not None else None
