"""Tickets and their history in SQL. The only place that queries these tables."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, bindparam, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database import Database, Unit, insert_unless_there
from bot.errors import BadRequest, Unavailable
from bot.filters import compare, split_sign
from bot.schema import ticket_archive, ticket_history, ticket_links, tickets
from bot.tickets.archive.record import entry_of, link_of, ticket_of
from bot.tickets.model import (
    OPEN,
    EntryKind,
    HistoryEntry,
    Link,
    LinkKind,
    NewLink,
    Priority,
    Severity,
    Ticket,
    TicketArchived,
    TicketNotFound,
    TicketStatus,
    TicketType,
)

_DIGITS = 8
_NUMBER_TRIES = 8
#: totals up to here are counted each time
_COUNTED = 10_000
_TOTAL_KEPT_S = 60.0
_TOTALS_KEPT = 1_000
_TIMES = tuple(column.name for column in tickets.c if column.name.endswith(("_at", "_by")))

#: filters that take several values, parted by commas
_SEVERAL = ("id", "status", "severity", "priority", "ticket_type", "conversation_id", "outage_id", "group_id")
_EXACT = frozenset(
    "customer_id line_id product category description channel external_id name assignee_id root_cause escalated_to"
    " sla_id".split()
)
#: filters on a ticket's newest change of state
_MOVED = {"status_at": ticket_history.c.at, "status_reason": ticket_history.c.text}
#: filters on what only TM Forum clients say
_EXTRAS = ("@baseType", "@schemaLocation")
#: filters on what belongs to a ticket, by the kind of link; and our own columns that are such things
_LINKED: Mapping[str, tuple[LinkKind, tuple[str, ...]]] = {
    "party_id": (LinkKind.party, ()),
    "entity_id": (LinkKind.entity, ()),
    "related_ticket_id": (LinkKind.relationship, ()),
    "attachment_id": (LinkKind.attachment, ()),
    "related_party_id": (LinkKind.party, ("customer_id",)),
    "related_entity_id": (LinkKind.entity, ("conversation_id", "outage_id", "line_id")),
}


#: told of every change in the transaction that makes it: (connection, before or None, after or None); what is
#: destroyed has no after
OnTicketChange = Callable[[AsyncConnection, Ticket | None, Ticket | None], Awaitable[None]]

_NEW_ROW = insert_unless_there(tickets)
_FIRST_ENTRY = ticket_history.insert()
_IN_ARCHIVE = select([ticket_archive.c.ticket_id]).where(ticket_archive.c.ticket_id == bindparam("ticket"))


def new_ticket_id() -> str:
    return f"TT{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"


@dataclass(frozen=True)
class TicketEdit:
    """A ticket that nobody else can change until the block ends."""

    ticket: Ticket
    _store: TicketStore
    _connection: AsyncConnection

    async def apply(
        self,
        at: datetime,
        kind: EntryKind,
        author: str,
        text: str | None = None,
        data: Mapping[str, Any] | None = None,
        **values: Any,
    ) -> Ticket:
        """Change columns, raise the version by one and add a line to the history, together."""
        status = values.get("status")
        await self._connection.execute(
            tickets.update()
            .where(tickets.c.id == self.ticket.id)
            .values(**plain_values(values), updated_at=at, version=tickets.c.version + 1)
        )
        await _add_entry(self._connection, self.ticket.id, at, kind, author, status, text, data)
        changed = await self._store.read(self._connection, self.ticket.id)
        await self._store.tell(self._connection, self.ticket, changed)
        return changed

    async def set(self, **values: Any) -> Ticket:
        """Change columns that nobody outside sees: no new version, no line."""
        query = tickets.update().where(tickets.c.id == self.ticket.id).values(**plain_values(values))
        await self._connection.execute(query)
        return await self._store.read(self._connection, self.ticket.id)

    async def history(self, *kinds: EntryKind) -> tuple[HistoryEntry, ...]:
        """Lines of these kinds (none named: all), oldest first."""
        found = await self._store.history_with(self._connection, [self.ticket.id], kinds)
        return found.get(self.ticket.id, ())


class TicketStore:
    """Reads and writes of tickets; writes join the ambient unit of work. Times come back in the operator's zone."""

    def __init__(self, database: Database, zone: ZoneInfo, on_change: OnTicketChange | None = None) -> None:
        self.database = self._db = database
        self.zone = self._zone = zone
        self._on_change = on_change
        #: filters → total, and until when it is good
        self._totals: dict[tuple[tuple[str, str], ...], tuple[int, float]] = {}

    def unit(self) -> AbstractAsyncContextManager[Unit]:
        """Make several writes one transaction."""
        return self._db.unit()

    async def insert(self, ticket: Ticket, author: str, links: Sequence[NewLink] = ()) -> tuple[Ticket, bool]:
        """Store a new ticket with what belongs to it, under its own number if that is free, else under a free one.

        Returns:
            The ticket as stored, and whether it is new: False when its idempotency key was there already.

        Raises:
            Unavailable: no free number in eight tries.
        """
        async with self._db.write() as connection:
            for tried in range(_NUMBER_TRIES):
                fresh = ticket if ticket.id and not tried else replace(ticket, id=new_ticket_id())
                if await self._archived(connection, fresh.id):
                    continue
                if await self._insert_row(connection, fresh):
                    await _add_first_entry(connection, fresh, author)
                    if links:
                        await _add_links(connection, fresh, links)
                    stored = self._in_zone(fresh)
                    await self.tell(connection, None, stored)
                    return stored, True
                known = await self._by_key(connection, ticket.idempotency_key)
                if known is not None:
                    return known, False
        raise Unavailable("No free ticket number was found. Try again.")

    async def _insert_row(self, connection: AsyncConnection, ticket: Ticket) -> bool:
        """False: the number or the key is there already."""
        values = {item.name: getattr(ticket, item.name) for item in fields(Ticket)}
        done = await connection.execute(_NEW_ROW, plain_values(values))
        return bool(done.rowcount)

    async def _archived(self, connection: AsyncConnection, ticket_id: str) -> bool:
        return (await connection.execute(_IN_ARCHIVE, {"ticket": ticket_id})).first() is not None

    @asynccontextmanager
    async def edit(self, ticket_id: str) -> AsyncIterator[TicketEdit]:
        """Lock one ticket for a change.

        Raises:
            TicketNotFound: no such number.
        """
        async with self._db.unit(), self._db.write() as connection:
            yield TicketEdit(await self.read(connection, ticket_id, lock=True), self, connection)

    async def get(self, ticket_id: str) -> Ticket | None:
        async with self._db.read() as connection:
            row = (await connection.execute(tickets.select().where(tickets.c.id == ticket_id))).first()
        if row is not None:
            return self._ticket(row)
        archived = await self.from_archive(ticket_id)
        return archived[0] if archived else None

    async def is_live(self, ticket_id: str) -> bool:
        async with self._db.read() as connection:
            return (
                await connection.execute(select([tickets.c.id]).where(tickets.c.id == ticket_id))
            ).first() is not None

    async def from_archive(self, ticket_id: str) -> tuple[Ticket, tuple[HistoryEntry, ...], tuple[Link, ...]] | None:
        """A ticket of the archive with its history and what belongs to it; None also when it was withdrawn."""
        query = select([ticket_archive.c.body]).where(
            ticket_archive.c.ticket_id == ticket_id, ticket_archive.c.withdrawn_by.is_(None)
        )
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return None
        body = json.loads(row.body)
        lines = tuple(entry_of(record, self._zone) for record in body["history"])
        links = tuple(link_of(record, self._zone) for record in body.get("links", ()))
        return ticket_of(body["ticket"], self._zone), lines, links

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
        """One page, newest first, and how many fit in all (above 10,000: as of the last minute).

        Raises:
            BadRequest: a filter that is not known here, or a time that does not parse.
        """
        condition = and_(True, *conditions_of(filters))
        query = tickets.select().where(condition).order_by(tickets.c.created_at.desc(), tickets.c.id.desc())
        async with self._db.read() as connection:
            rows = (await connection.execute(query.offset(offset).limit(limit))).all()
            total = offset + len(rows)
            if len(rows) == limit or not rows:
                total = await self.total(connection, tuple(sorted(filters.items())), condition)
        return tuple(self._ticket(row) for row in rows), total

    async def total(self, connection: AsyncConnection, filters: tuple[tuple[str, str], ...], condition: Any) -> int:
        """How many fit: exactly up to `_COUNTED`, beyond that as of the last minute, since counting reads them all."""
        now = time.monotonic()
        total, until = self._totals.get(filters, (0, 0.0))
        if now < until:
            return total
        some = select([literal(1)]).where(condition).select_from(tickets).limit(_COUNTED + 1).subquery()
        few = int((await connection.execute(select([func.count()]).select_from(some))).scalar_one())
        if few <= _COUNTED:
            return few
        query = select([func.count()]).select_from(tickets).where(condition)
        total = int((await connection.execute(query)).scalar_one())
        if len(self._totals) >= _TOTALS_KEPT:
            self._totals.clear()
        self._totals[filters] = total, now + _TOTAL_KEPT_S
        return total

    async def histories(self, ticket_ids: Iterable[str]) -> Mapping[str, tuple[HistoryEntry, ...]]:
        """The history of each ticket, oldest line first."""
        async with self._db.read() as connection:
            return await self.history_with(connection, list(ticket_ids))

    # -- with a connection, for `TicketEdit` -------------------------------------------------------------------------

    async def read(self, connection: AsyncConnection, ticket_id: str, *, lock: bool = False) -> Ticket:
        query = tickets.select().where(tickets.c.id == ticket_id)
        row = (await connection.execute(query.with_for_update() if lock else query)).first()
        if row is None:
            raise TicketArchived() if await self._archived(connection, ticket_id) else TicketNotFound()
        return self._ticket(row)

    async def tell(self, connection: AsyncConnection, before: Ticket | None, after: Ticket | None) -> None:
        """Tell listeners of a change, in its own transaction."""
        if self._on_change is not None:
            await self._on_change(connection, before, after)

    async def history_with(
        self, connection: AsyncConnection, ticket_ids: Sequence[str], kinds: Sequence[EntryKind] = ()
    ) -> Mapping[str, tuple[HistoryEntry, ...]]:
        query = (
            ticket_history.select()
            .where(ticket_history.c.ticket_id.in_(ticket_ids))
            .order_by(ticket_history.c.ticket_id, ticket_history.c.n)
        )
        if kinds:
            query = query.where(ticket_history.c.kind.in_([kind.value for kind in kinds]))
        return read_histories((await connection.execute(query)).all(), self._zone)

    async def _by_key(self, connection: AsyncConnection, key: str | None) -> Ticket | None:
        if key is None:
            return None
        row = (await connection.execute(tickets.select().where(tickets.c.idempotency_key == key))).first()
        return None if row is None else self._ticket(row)

    def _in_zone(self, ticket: Ticket) -> Ticket:
        times = {name: getattr(ticket, name) for name in _TIMES}
        return replace(
            ticket, **{name: moment.astimezone(self._zone) for name, moment in times.items() if moment is not None}
        )

    def _ticket(self, row: Any) -> Ticket:
        return read_ticket(row, self._zone)


def read_ticket(row: Any, zone: ZoneInfo) -> Ticket:
    """A ticket from its row, its times in `zone`."""
    values = dict(row._mapping)
    for name in _TIMES:
        if values[name] is not None:
            values[name] = values[name].astimezone(zone)
    values["ticket_type"] = TicketType(values["ticket_type"])
    values["status"] = TicketStatus(values["status"])
    values["severity"] = Severity(values["severity"])
    values["priority"] = Priority(values["priority"])
    return Ticket(**values)


def plain_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """A ticket's values as its columns take them."""
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
    data: Mapping[str, Any] | None = None,
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
            data=dict(data) if data else None,
        )
    )


async def _add_first_entry(connection: AsyncConnection, ticket: Ticket, author: str) -> None:
    row = {"ticket_id": ticket.id, "n": 1, "at": ticket.created_at, "kind": EntryKind.status.value, "author": author}
    await connection.execute(_FIRST_ENTRY, {**row, "status": ticket.status.value})


async def _add_links(connection: AsyncConnection, ticket: Ticket, links: Sequence[NewLink]) -> None:
    rows = [
        {
            "ticket_id": ticket.id,
            "n": n,
            "kind": link.kind.value,
            "ref_id": link.ref_id,
            "role": link.role,
            "body": dict(link.body),
            "at": ticket.created_at,
        }
        for n, link in enumerate(links, start=1)
    ]
    await connection.execute(ticket_links.insert(), rows)


def conditions_of(filters: Mapping[str, str]) -> Iterator[Any]:
    """SQL conditions of the filters that lists of tickets take.

    Raises:
        BadRequest: one that is not known here, or a time that does not parse.
    """
    return (_condition(name, value) for name, value in filters.items())


def _condition(name: str, value: str) -> Any:
    plain, sign = split_sign(name)
    if plain in _SEVERAL or plain in _EXACT or plain in _TIMES:
        return compare(tickets.c[plain], name, value)
    if plain in _MOVED:
        return compare(_last_move(_MOVED[plain]), name, value)
    if plain in _EXTRAS:
        return compare(tickets.c.facts[("tmf", plain)].as_string(), name, value)
    if plain not in _LINKED:
        raise BadRequest(f"Tickets cannot be filtered by {name!r}.")
    kind, columns = _LINKED[plain]
    values = value.split(",")
    wanted = select([ticket_links.c.ticket_id]).where(
        and_(ticket_links.c.kind == kind.value, ticket_links.c.ref_id.in_(values))
    )
    # one set of numbers, each part from its own index; `or` would read every ticket
    found = wanted.union(*(select([tickets.c.id]).where(tickets.c[column].in_(values)) for column in columns))
    return tickets.c.id.notin_(found) if sign == "!=" else tickets.c.id.in_(found)


def _last_move(column: Any) -> Any:
    """Of a ticket's newest change of state; read ticket by ticket."""
    moves = and_(ticket_history.c.ticket_id == tickets.c.id, ticket_history.c.kind == EntryKind.status.value)
    newest = select([column]).where(moves).order_by(ticket_history.c.n.desc()).limit(1)
    return newest.correlate(tickets).scalar_subquery()


def read_histories(rows: Iterable[Any], zone: ZoneInfo) -> Mapping[str, tuple[HistoryEntry, ...]]:
    """Lines of the history by their ticket's number, from rows in the order of number and line."""
    found: dict[str, list[HistoryEntry]] = {}
    for row in rows:
        entry = HistoryEntry(
            n=row.n,
            at=row.at.astimezone(zone),
            kind=EntryKind(row.kind),
            author=row.author,
            status=TicketStatus(row.status) if row.status else None,
            text=row.text,
            data=row.data,
        )
        found.setdefault(row.ticket_id, []).append(entry)
    return {ticket_id: tuple(entries) for ticket_id, entries in found.items()}
