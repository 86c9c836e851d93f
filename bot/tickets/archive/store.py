"""The archive and the log of keeping and destroying, in SQL. The only place that queries these tables."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import and_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.schema import (
    appointments,
    complaints,
    messages,
    retention_log,
    ticket_archive,
    ticket_history,
    tickets,
)
from bot.tickets.archive.model import ArchivedTicket, LogLine, RetentionAction, Search
from bot.tickets.archive.record import row_record, ticket_of
from bot.tickets.model import Ticket
from bot.tickets.store import TicketStore, read_ticket

_log = structlog.get_logger(__name__)

_SUMMARY = tuple(name for name in ArchivedTicket.__dataclass_fields__)
_SUMMARY_TIMES = ("created_at", "ended_at", "archived_at", "destroy_at")
_VISIT = ("id", "status", "start", "end", "area", "address", "product", "technician", "created_at")
_MESSAGE = ("seq", "at", "author_kind", "author_name", "text")
_COMPLAINT = ("demand", "regulator", "cause", "acknowledged_at", "callback_by", "callback_at", "callback_result")
_PAGE = 500


class ArchiveStore:
    """Reads and writes; writes join the ambient unit of work. Times come back in the operator's zone."""

    def __init__(self, tickets: TicketStore) -> None:
        self._tickets = tickets
        self._db = tickets.database
        self.zone = tickets.zone

    async def ended(self, before: datetime, after: tuple[datetime, str] | None, limit: int) -> tuple[Ticket, ...]:
        """Tickets that ended by a moment, the longest over first, from `after` (end and number) on."""
        query = tickets.select().where(tickets.c.ended_at <= before).order_by(tickets.c.ended_at, tickets.c.id)
        if after is not None:
            query = query.where(tuple_(tickets.c.ended_at, tickets.c.id) > tuple_(*after))
        async with self._db.read() as connection:
            rows = (await connection.execute(query.limit(limit))).all()
        return tuple(read_ticket(row, self.zone) for row in rows)

    async def belongings(self, ticket: Ticket) -> dict[str, Any]:
        """What belongs to a ticket in other tables: the complaint, visits, and the conversation that it came from."""
        async with self._db.read() as connection:
            complaint = await _rows(connection, complaints.select().where(complaints.c.ticket_id == ticket.id))
            visits = await _rows(connection, appointments.select().where(appointments.c.ticket_id == ticket.id))
            talk = messages.select().where(messages.c.conversation_id == ticket.conversation_id)
            said = await _rows(connection, talk.order_by(messages.c.seq)) if ticket.conversation_id else []
        return {
            "complaint": row_record(complaint[0], _COMPLAINT) if complaint else None,
            "visits": [row_record(row, _VISIT) for row in visits],
            "conversation": [row_record(row, _MESSAGE) for row in said],
        }

    async def put(self, values: Mapping[str, Any]) -> None:
        """Write a record in place of one of the same number, and take the ticket out of the live tables."""
        ticket_id = values["ticket_id"]
        async with self._db.write() as connection:
            await connection.execute(ticket_archive.delete().where(ticket_archive.c.ticket_id == ticket_id))
            await connection.execute(ticket_archive.insert().values(**values))
            await connection.execute(ticket_history.delete().where(ticket_history.c.ticket_id == ticket_id))
            await connection.execute(tickets.delete().where(tickets.c.id == ticket_id))

    async def get(self, ticket_id: str) -> tuple[ArchivedTicket, str] | None:
        """A record's summary, and its body as written."""
        query = ticket_archive.select().where(ticket_archive.c.ticket_id == ticket_id)
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else (self._summary(row), row.body)

    async def find(self, search: Search, offset: int, limit: int) -> tuple[ArchivedTicket, ...]:
        """Records that fit, newest first."""
        columns = [ticket_archive.c[name] for name in _SUMMARY]
        query = select(columns).where(_fits(ticket_archive, search))
        query = query.order_by(ticket_archive.c.created_at.desc(), ticket_archive.c.ticket_id)
        async with self._db.read() as connection:
            rows = (await connection.execute(query.offset(offset).limit(limit))).all()
        return tuple(self._summary(row) for row in rows)

    async def bodies(self, search: Search) -> AsyncIterator[tuple[str, str, str]]:
        """Number, digest and body of every record that fits, oldest first, a page at a time."""
        last: tuple[datetime, str] | None = None
        keys = (ticket_archive.c.created_at, ticket_archive.c.ticket_id)
        while True:
            query = ticket_archive.select().where(_fits(ticket_archive, search)).order_by(*keys).limit(_PAGE)
            if last is not None:
                query = query.where(tuple_(*keys) > tuple_(*last))
            async with self._db.read() as connection:
                rows = (await connection.execute(query)).all()
            for row in rows:
                yield row.ticket_id, row.sha256, row.body
            if len(rows) < _PAGE:
                return
            last = rows[-1].created_at, rows[-1].ticket_id

    async def live(self, search: Search) -> AsyncIterator[Ticket]:
        """Tickets that fit and are not archived, oldest first, a page at a time."""
        last: tuple[datetime, str] | None = None
        keys = (tickets.c.created_at, tickets.c.id)
        while True:
            query = tickets.select().where(_fits(tickets, search)).order_by(*keys).limit(_PAGE)
            if last is not None:
                query = query.where(tuple_(*keys) > tuple_(*last))
            async with self._db.read() as connection:
                rows = (await connection.execute(query)).all()
            for row in rows:
                yield read_ticket(row, self.zone)
            if len(rows) < _PAGE:
                return
            last = rows[-1].created_at, rows[-1].id

    async def to_destroy(self, now: datetime, limit: int) -> tuple[ArchivedTicket, ...]:
        """Records whose time is over and that nobody holds."""
        columns = [ticket_archive.c[name] for name in _SUMMARY]
        query = select(columns).where(ticket_archive.c.destroy_at <= now, ticket_archive.c.hold.is_(None))
        async with self._db.read() as connection:
            rows = (await connection.execute(query.order_by(ticket_archive.c.destroy_at).limit(limit))).all()
        return tuple(self._summary(row) for row in rows)

    async def remove(self, ticket_id: str) -> bool:
        """Whether it was there, without a hold; it is gone now."""
        mine = and_(ticket_archive.c.ticket_id == ticket_id, ticket_archive.c.hold.is_(None))
        async with self._db.write() as connection:
            columns = [ticket_archive.c.body, ticket_archive.c.withdrawn_by]
            row = (await connection.execute(select(columns).where(mine).with_for_update())).first()
            if row is None:
                return False
            await connection.execute(ticket_archive.delete().where(mine))
            if row.withdrawn_by is not None:  # listeners have heard that it is gone
                return True
            try:
                ticket = ticket_of(json.loads(row.body)["ticket"], self.zone)
            except (ValueError, KeyError, TypeError):  # somebody changed it; it is destroyed all the same
                _log.error("archive.destroyed_unreadable", ticket_id=ticket_id)
            else:
                await self._tickets.tell(connection, ticket, None)
        return True

    async def withdraw(self, ticket: Ticket, by: str) -> None:
        """Note who took a record out of sight, and tell listeners that the ticket is gone; once."""
        mine = and_(ticket_archive.c.ticket_id == ticket.id, ticket_archive.c.withdrawn_by.is_(None))
        async with self._db.write() as connection:
            done = await connection.execute(ticket_archive.update().where(mine).values(withdrawn_by=by[:80]))
            if done.rowcount:
                await self._tickets.tell(connection, ticket, None)

    async def set_hold(self, ticket_id: str, hold: str | None) -> bool:
        """Whether there is such a record."""
        query = ticket_archive.update().where(ticket_archive.c.ticket_id == ticket_id).values(hold=hold)
        async with self._db.write() as connection:
            return bool((await connection.execute(query)).rowcount)

    async def log(self, lines: Sequence[LogLine]) -> None:
        rows = [
            {"id": f"{time.time_ns():016x}{secrets.token_hex(6)}", **asdict(line), "action": line.action.value}
            for line in lines
        ]
        async with self._db.write() as connection:
            await connection.execute(retention_log.insert(), rows)

    async def log_lines(self, ticket_id: str | None, offset: int, limit: int) -> tuple[LogLine, ...]:
        """What was done, newest first."""
        query = retention_log.select().order_by(retention_log.c.at.desc(), retention_log.c.id.desc())
        if ticket_id is not None:
            query = query.where(retention_log.c.ticket_id == ticket_id)
        async with self._db.read() as connection:
            rows = (await connection.execute(query.offset(offset).limit(limit))).all()
        names = [name for name in LogLine.__dataclass_fields__ if name not in ("at", "action")]
        return tuple(
            LogLine(
                at=row.at.astimezone(self.zone),
                action=RetentionAction(row.action),
                **{name: getattr(row, name) for name in names},
            )
            for row in rows
        )

    def _summary(self, row: Any) -> ArchivedTicket:
        values = {name: getattr(row, name) for name in _SUMMARY}
        return ArchivedTicket(**values | {name: values[name].astimezone(self.zone) for name in _SUMMARY_TIMES})


async def _rows(connection: AsyncConnection, query: Any) -> list[Mapping[str, Any]]:
    found: Iterable[Any] = (await connection.execute(query)).all()
    return [row._mapping for row in found]


def _fits(table: Any, search: Search) -> Any:
    exact = ("customer_id", "ticket_type", "product", "category", "root_cause", "conversation_id")
    wanted = [table.c[name] == getattr(search, name) for name in exact if getattr(search, name) is not None]
    if search.created_from is not None:
        wanted.append(table.c.created_at >= search.created_from)
    if search.created_before is not None:
        wanted.append(table.c.created_at < search.created_before)
    return and_(True, *wanted)
