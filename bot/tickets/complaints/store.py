"""What complaints have beyond tickets, in SQL. The only place that queries this table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from bot.schema import complaints, tickets
from bot.tickets.complaints.model import CallbackResult, Complaint, RepeatedCause
from bot.tickets.model import Ticket, TicketStatus, TicketType
from bot.tickets.store import TicketStore

_CUSTOMER_TOLD = frozenset({"chat"})


class ComplaintStore:
    """Reads and writes; writes join the ambient unit of work."""

    def __init__(self, tickets: TicketStore) -> None:
        self._db = tickets.database
        self._zone = tickets.zone

    async def add(self, ticket: Ticket, *, reclassified: bool = False) -> None:
        """Begin a complaint. One made in a conversation is acknowledged there, with its number and its deadlines.

        Args:
            reclassified: it was something else until now, so its customer does not know yet.
        """
        if reclassified and await self.get(ticket.id) is not None:
            return
        told = ticket.channel in _CUSTOMER_TOLD and not reclassified
        values = {
            "demand": ticket.facts.get("demand"),
            "regulator": bool(ticket.facts.get("regulator_named")),
            "acknowledged_at": ticket.created_at if told else None,
        }
        async with self._db.write() as connection:
            await connection.execute(complaints.insert().values(ticket_id=ticket.id, **values))

    async def moved(self, ticket: Ticket, call_back_after: timedelta) -> None:
        """Set by when the customer is called back, once it is resolved; a reopened one starts over."""
        values: dict[str, Any] | None = None
        if ticket.status is TicketStatus.resolved and ticket.resolved_at is not None:
            values = {"callback_by": ticket.resolved_at + call_back_after}
        elif ticket.status is TicketStatus.in_progress and ticket.reopens:
            values = {"callback_by": None, "callback_at": None, "callback_result": None, "callback_tries": 0}
        if values is not None:
            await self.update(ticket.id, **values)

    async def update(self, ticket_id: str, **values: Any) -> None:
        async with self._db.write() as connection:
            await connection.execute(complaints.update().where(complaints.c.ticket_id == ticket_id).values(**values))

    async def get(self, ticket_id: str) -> Complaint | None:
        return (await self.of([ticket_id])).get(ticket_id)

    async def of(self, ticket_ids: Sequence[str]) -> Mapping[str, Complaint]:
        """What several complaints have, by ticket."""
        query = complaints.select().where(complaints.c.ticket_id.in_(list(ticket_ids)))
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return {row.ticket_id: self._complaint(row) for row in rows}

    def _complaint(self, row: Any) -> Complaint:
        values = dict(row._mapping)
        for name in ("acknowledged_at", "callback_by", "callback_at"):
            if values[name] is not None:
                values[name] = values[name].astimezone(self._zone)
        if values["callback_result"] is not None:
            values["callback_result"] = CallbackResult(values["callback_result"])
        return Complaint(**values)

    async def repeated(self, since: datetime, least: int, limit: int) -> tuple[RepeatedCause, ...]:
        """Causes of complaints since then, most frequent first, that came up at least so often."""
        keys = (tickets.c.product, tickets.c.category, tickets.c.root_cause)
        count = func.count().label("count")
        query = (
            select([*keys, count, func.max(tickets.c.created_at).label("last_at")])
            .where(tickets.c.ticket_type == TicketType.complaint.value, tickets.c.created_at >= since)
            .group_by(*keys)
            .having(count >= least)
            .order_by(count.desc(), *keys)
            .limit(limit)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return tuple(
            RepeatedCause(row.product, row.category, row.root_cause, row.count, row.last_at.astimezone(self._zone))
            for row in rows
        )
