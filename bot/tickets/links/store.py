"""What belongs to a ticket beside its history, in SQL. The only place that queries this table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from bot.database import Database
from bot.schema import ticket_links
from bot.tickets.model import Link, LinkKind


class LinkStore:
    """Reads and writes; writes join the ambient unit of work. Times come back in the operator's zone."""

    def __init__(self, database: Database, zone: ZoneInfo) -> None:
        self._db = database
        self._zone = zone

    async def of(self, ticket_ids: Iterable[str]) -> Mapping[str, tuple[Link, ...]]:
        """What belongs to each ticket, in order of their numbers."""
        query = (
            ticket_links.select()
            .where(ticket_links.c.ticket_id.in_(list(ticket_ids)))
            .order_by(ticket_links.c.ticket_id, ticket_links.c.n)
        )
        found: dict[str, list[Link]] = {}
        async with self._db.read() as connection:
            for row in (await connection.execute(query)).all():
                link = Link(row.n, LinkKind(row.kind), row.ref_id, row.role, row.body, row.at.astimezone(self._zone))
                found.setdefault(row.ticket_id, []).append(link)
        return {ticket_id: tuple(items) for ticket_id, items in found.items()}

    async def add(
        self, ticket_id: str, at: datetime, kind: LinkKind, ref_id: str, role: str, body: Mapping[str, Any]
    ) -> Link:
        """Add one thing; it gets the ticket's next number. Call it with the ticket locked."""
        newest = select([func.coalesce(func.max(ticket_links.c.n), 0)]).where(ticket_links.c.ticket_id == ticket_id)
        async with self._db.write() as connection:
            n = int((await connection.execute(newest)).scalar_one()) + 1
            row = {"ticket_id": ticket_id, "n": n, "kind": kind.value, "ref_id": ref_id, "role": role}
            await connection.execute(ticket_links.insert().values(**row, body=dict(body), at=at))
        return Link(n, kind, ref_id, role, dict(body), at)

    async def remove(self, ticket_id: str, n: int) -> bool:
        """Whether there was one of this number."""
        query = ticket_links.delete().where(ticket_links.c.ticket_id == ticket_id, ticket_links.c.n == n)
        async with self._db.write() as connection:
            return bool((await connection.execute(query)).rowcount)
