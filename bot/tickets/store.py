"""Tickets and their history in SQL. The only place that queries these tables."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database import Database, Unit
from bot.errors import BadRequest, Unavailable
from bot.schema import ticket_history, tickets
from bot.tickets.model import (
    OPEN,
    EntryKind,
    HistoryEntry,
    Priority,
    Severity,
    Ticket,
    TicketNotFound,
    TicketStatus,
    TicketType,
)

_DIGITS = 8
_NUMBER_TRIES = 8
_TIMES = tuple(column.name for column in tickets.c if column.name.endswith(("_at", "_by")))

#: filters that take several values, parted by commas
_SEVERAL = ("id", "status", "severity", "priority", "ticket_type", "conversation_id", "outage_id")
_EXACT = ("customer_id", "line_id", "product", "category", "description", "channel")
#: filters on what a TM Forum client stored with the ticket
_STORED = {"external_id": "externalId", "name": "name"}


#: told of every change in the transaction that makes it: (connection, before or None, after, kind)
OnTicketChange = Callable[[AsyncConnection, Ticket | None, Ticket, EntryKind], Awaitable[None]]


def new_ticket_id() -> str:
    return f"TT{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"


@dataclass(frozen=True)
class TicketEdit:
    """A ticket that nobody else can change until the block ends."""

    ticket: Ticket
    _store: TicketStore
    _connection: AsyncConnection

    async def apply(self, at: datetime, kind: EntryKind, author: str, text: str | None = None, **values: Any) -> Ticket:
        """Change columns, raise the version by one and add a line to the history, together."""
        status = values.get("status")
        await self._connection.execute(
            tickets.update()
            .where(tickets.c.id == self.ticket.id)
            .values(**_plain(values), updated_at=at, version=tickets.c.version + 1)
        )
        await _add_entry(self._connection, self.ticket.id, at, kind, author, status, text)
        changed = await self._store.read(self._connection, self.ticket.id)
        await self._store.tell(self._connection, self.ticket, changed, kind)
        return changed

    async def history(self) -> tuple[HistoryEntry, ...]:
        found = await self._store.history_with(self._connection, [self.ticket.id])
        return found.get(self.ticket.id, ())


class TicketStore:
    """Reads and writes of tickets; writes join the ambient unit of work. Times come back in the operator's zone."""

    def __init__(self, database: Database, zone: ZoneInfo, on_change: OnTicketChange | None = None) -> None:
        self._db = database
        self._zone = zone
        self._on_change = on_change

    def unit(self) -> AbstractAsyncContextManager[Unit]:
        """Make several writes one transaction."""
        return self._db.unit()

    async def insert(self, ticket: Ticket, author: str) -> tuple[Ticket, bool]:
        """Store a new ticket under a free number; `ticket.id` is not used.

        Returns:
            The ticket as stored, and whether it is new: False when its idempotency key was there already.

        Raises:
            Unavailable: no free number in eight tries.
        """
        values = {item.name: getattr(ticket, item.name) for item in fields(Ticket)}
        async with self._db.write() as connection:
            for _ in range(_NUMBER_TRIES):
                known = await self._by_key(connection, ticket.idempotency_key)
                if known is not None:
                    return known, False
                values["id"] = new_ticket_id()
                try:
                    async with connection.begin_nested():
                        await connection.execute(tickets.insert().values(**_plain(values)))
                except IntegrityError:
                    continue  # the number is taken, or the same key came in meanwhile: look again
                await _add_entry(
                    connection, values["id"], ticket.created_at, EntryKind.status, author, ticket.status, None
                )
                stored = await self.read(connection, values["id"])
                await self.tell(connection, None, stored, EntryKind.status)
                return stored, True
        raise Unavailable("No free ticket number was found. Try again.")

    @asynccontextmanager
    async def edit(self, ticket_id: str) -> AsyncIterator[TicketEdit]:
        """Lock one ticket for a change.

        Raises:
            TicketNotFound: no such number.
        """
        async with self._db.write() as connection:
            yield TicketEdit(await self.read(connection, ticket_id, lock=True), self, connection)

    async def get(self, ticket_id: str) -> Ticket | None:
        async with self._db.read() as connection:
            row = (await connection.execute(tickets.select().where(tickets.c.id == ticket_id))).first()
        return None if row is None else self._ticket(row)

    async def by_key(self, key: str) -> Ticket | None:
        async with self._db.read() as connection:
            return await self._by_key(connection, key)

    async def find(
        self,
        *,
        customer_id: str | None = None,
        conversation_id: str | None = None,
        open_only: bool = False,
        limit: int = 100,
    ) -> tuple[Ticket, ...]:
        """Tickets that fit every filter given, newest first."""
        query = tickets.select().order_by(tickets.c.created_at.desc(), tickets.c.id).limit(limit)
        if customer_id is not None:
            query = query.where(tickets.c.customer_id == customer_id)
        if conversation_id is not None:
            query = query.where(tickets.c.conversation_id == conversation_id)
        if open_only:
            query = query.where(tickets.c.status.in_(sorted(status.value for status in OPEN)))
        async with self._db.read() as connection:
            return tuple(self._ticket(row) for row in (await connection.execute(query)).all())

    async def page(self, filters: Mapping[str, str], offset: int, limit: int) -> tuple[tuple[Ticket, ...], int]:
        """One page, newest first, and how many fit in all.

        Raises:
            BadRequest: a filter that is not known here, or a time that does not parse.
        """
        condition = and_(True, *(_condition(name, value) for name, value in filters.items()))
        query = tickets.select().where(condition).order_by(tickets.c.created_at.desc(), tickets.c.id)
        async with self._db.read() as connection:
            total = (
                await connection.execute(select([func.count()]).select_from(tickets).where(condition))
            ).scalar_one()
            rows = (await connection.execute(query.offset(offset).limit(limit))).all()
        return tuple(self._ticket(row) for row in rows), int(total)

    async def histories(self, ticket_ids: Iterable[str]) -> Mapping[str, tuple[HistoryEntry, ...]]:
        """The history of each ticket, oldest line first."""
        async with self._db.read() as connection:
            return await self.history_with(connection, list(ticket_ids))

    # -- with a connection, for `TicketEdit` -------------------------------------------------------------------------

    async def read(self, connection: AsyncConnection, ticket_id: str, *, lock: bool = False) -> Ticket:
        query = tickets.select().where(tickets.c.id == ticket_id)
        row = (await connection.execute(query.with_for_update() if lock else query)).first()
        if row is None:
            raise TicketNotFound()
        return self._ticket(row)

    async def tell(self, connection: AsyncConnection, before: Ticket | None, after: Ticket, kind: EntryKind) -> None:
        """Tell listeners of a change, in its own transaction."""
        if self._on_change is not None:
            await self._on_change(connection, before, after, kind)

    async def history_with(
        self, connection: AsyncConnection, ticket_ids: Sequence[str]
    ) -> Mapping[str, tuple[HistoryEntry, ...]]:
        query = (
            ticket_history.select()
            .where(ticket_history.c.ticket_id.in_(ticket_ids))
            .order_by(ticket_history.c.ticket_id, ticket_history.c.n)
        )
        found: dict[str, list[HistoryEntry]] = {}
        for row in (await connection.execute(query)).all():
            entry = HistoryEntry(
                n=row.n,
                at=row.at.astimezone(self._zone),
                kind=EntryKind(row.kind),
                author=row.author,
                status=TicketStatus(row.status) if row.status else None,
                text=row.text,
            )
            found.setdefault(row.ticket_id, []).append(entry)
        return {ticket_id: tuple(entries) for ticket_id, entries in found.items()}

    async def _by_key(self, connection: AsyncConnection, key: str | None) -> Ticket | None:
        if key is None:
            return None
        row = (await connection.execute(tickets.select().where(tickets.c.idempotency_key == key))).first()
        return None if row is None else self._ticket(row)

    def _ticket(self, row: Any) -> Ticket:
        values = dict(row._mapping)
        for name in _TIMES:
            if values[name] is not None:
                values[name] = values[name].astimezone(self._zone)
        values["ticket_type"] = TicketType(values["ticket_type"])
        values["status"] = TicketStatus(values["status"])
        values["severity"] = Severity(values["severity"])
        values["priority"] = Priority(values["priority"])
        return Ticket(**values)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    enums = (TicketType, TicketStatus, Severity, Priority)
    plain = {name: value.value if isinstance(value, enums) else value for name, value in values.items()}
    if "facts" in plain:
        plain["facts"] = dict(plain["facts"])
    return plain


async def _add_entry(
    connection: AsyncConnection,
    ticket_id: str,
    at: datetime,
    kind: EntryKind,
    author: str,
    status: TicketStatus | None,
    text: str | None,
) -> None:
    newest = select([func.coalesce(func.max(ticket_history.c.n), 0)]).where(ticket_history.c.ticket_id == ticket_id)
    n = (await connection.execute(newest)).scalar_one() + 1
    await connection.execute(
        ticket_history.insert().values(
            ticket_id=ticket_id,
            n=n,
            at=at,
            kind=kind.value,
            author=author,
            status=status.value if status else None,
            text=text,
        )
    )


def _condition(name: str, value: str) -> Any:
    if name in _SEVERAL:
        return tickets.c[name].in_(value.split(","))
    if name in _EXACT:
        return tickets.c[name] == value
    if name in _STORED:
        return tickets.c.facts["tmf"][_STORED[name]].as_string() == value
    if name in _TIMES:
        try:
            moment = datetime.fromisoformat(value.replace("Z", "+00:00").replace(" ", "+"))
            if moment.tzinfo is not None:
                return tickets.c[name] == moment
        except ValueError:
            pass
        raise BadRequest(f"{value!r} is not a time with an offset. Write it like 2026-11-21T09:00:00+08:00.")
    raise BadRequest(f"Tickets cannot be filtered by {name!r}.")
