"""What only this channel reads and writes: conversations as interactions, records, tails of histories."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import String, and_, func, literal, or_, select, true, type_coerce, union_all
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.appointments.model import Appointment
from bot.appointments.reading import AppointmentReading
from bot.channels.tmf.interaction_resources import DEFAULT_CHANNEL
from bot.contracts import Conversation, Message, Owner
from bot.conversations.store import ConversationStore
from bot.database import Database
from bot.filters import compare, holds, split_sign
from bot.outages.model import OutageRecord, OutageUpdate
from bot.outages.store import OutageStore
from bot.schema import conversations, ticket_history, tickets, tmf_records
from bot.schema.base import UtcTime
from bot.tickets.model import HistoryEntry, Ticket
from bot.tickets.store import TicketStore, read_histories

#: lines of a ticket's history that lists and events carry; one ticket alone carries all
TAIL = 20
#: tickets and visits that hang on one page of records
RELATED_MOST = 2_000
#: resource of the records that are interactions of other systems
INTERACTION = "partyInteraction"


@dataclass(frozen=True)
class Record:
    """A resource that another system posted."""

    id: str
    resource: str
    status: str
    customer_id: str | None
    key_id: str
    idempotency_key: str | None
    created_at: datetime
    updated_at: datetime
    version: int
    body: Mapping[str, Any]


class InteractionStore:
    """Conversations, to read."""

    def __init__(self, database: Database, ledger: ConversationStore) -> None:
        self._db = database
        self._ledger = ledger

    async def page(
        self,
        owners: Collection[Owner],
        filters: Mapping[str, str],
        record_filters: Mapping[str, str],
        offset: int,
        limit: int,
    ) -> tuple[tuple[tuple[str, bool], ...], int]:
        """One page of conversations and records together, most recently changed first, and how many fit in all.

        Args:
            owners: whose conversations; none: no conversation fits.
            filters: of conversations: `id`, `customer_id`, `party_id`, `created_at`, `status_at` and `channel` with an
                operator.
            record_filters: as of `RecordStore.page`.

        Returns:
            Ids, each with whether it is a conversation's.
        """
        wanted = [_talk_condition(name, value) for name, value in filters.items()]
        if set(owners) != set(Owner):
            wanted.append(conversations.c.owner.in_(sorted(owner.value for owner in owners)))
        talks = select([conversations.c.id, conversations.c.updated_at, literal(1).label("talk")]).where(
            *wanted or [true()]
        )
        posted = select([tmf_records.c.id, tmf_records.c.updated_at, literal(0).label("talk")])
        posted = posted.where(_record_condition(INTERACTION, record_filters, is_sqlite=self._db.is_sqlite))
        both = (union_all(talks, posted) if owners else posted).subquery()
        query = select([both.c.id, both.c.talk]).order_by(both.c.updated_at.desc(), both.c.id)
        async with self._db.read() as connection:
            total = int((await connection.execute(select([func.count()]).select_from(both))).scalar_one())
            rows = (await connection.execute(query.offset(offset).limit(limit))).all()
        return tuple((row.id, bool(row.talk)) for row in rows), total

    async def heads(self, ids: Sequence[str]) -> Mapping[str, Conversation]:
        """Conversations by id."""
        return {head.id: head for head in await self._ledger.heads(ids=list(ids), limit=len(ids))} if ids else {}

    async def head(self, conversation_id: str) -> Conversation:
        """One conversation; raises `ConversationNotFound`."""
        return await self._ledger.head(conversation_id)

    async def messages(self, conversation_id: str) -> tuple[Message, ...]:
        """Its messages, oldest first."""
        return await self._ledger.messages(conversation_id)


class RecordStore:
    """What other systems posted, as they posted it. Writes join the ambient unit of work."""

    def __init__(self, database: Database, zone: ZoneInfo) -> None:
        self._db = database
        self._zone = zone

    def _record(self, row: Any) -> Record:
        return self._in_zone(Record(**row._mapping))

    def _in_zone(self, record: Record) -> Record:
        times = {name: getattr(record, name).astimezone(self._zone) for name in ("created_at", "updated_at")}
        return replace(record, **times)

    async def add(self, record: Record) -> tuple[Record, bool]:
        """Store a record; the same idempotency key again gives back the first.

        Returns:
            The record, and whether it is new.
        """
        async with self._db.write() as connection:
            try:
                async with connection.begin_nested():
                    values = {**record.__dict__, "body": dict(record.body)}
                    await connection.execute(tmf_records.insert().values(**values))
            except IntegrityError:
                known = tmf_records.c.idempotency_key == record.idempotency_key
                row = (await connection.execute(tmf_records.select().where(known))).first()
                if row is None:
                    raise
                return self._record(row), False
        return self._in_zone(record), True

    async def get(self, resource: str, record_id: str) -> Record | None:
        query = tmf_records.select().where(and_(tmf_records.c.id == record_id, tmf_records.c.resource == resource))
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else self._record(row)

    async def page(
        self, resource: str, filters: Mapping[str, str], offset: int, limit: int
    ) -> tuple[tuple[Record, ...], int]:
        """One page, newest change first, and how many fit in all.

        Args:
            filters: `id`, `status`, `status_at`, `customer_id`, `created_at` with operators; anything else is a text of
                the body.
        """
        condition = _record_condition(resource, filters, is_sqlite=self._db.is_sqlite)
        count = select([func.count()]).select_from(tmf_records).where(condition)
        query = (
            tmf_records.select()
            .where(condition)
            .order_by(tmf_records.c.updated_at.desc(), tmf_records.c.id)
            .offset(offset)
            .limit(limit)
        )
        async with self._db.read() as connection:
            total = int((await connection.execute(count)).scalar_one())
            rows = (await connection.execute(query)).all()
        return tuple(self._record(row) for row in rows), total

    async def change(self, record: Record, **values: Any) -> Record | None:
        """Write new values if the record is still at its version; None when it is not."""
        async with self._db.write() as connection:
            done = await connection.execute(
                tmf_records.update()
                .where(and_(tmf_records.c.id == record.id, tmf_records.c.version == record.version))
                .values(**values, version=record.version + 1)
            )
        changed = replace(record, **values, version=record.version + 1)
        return self._in_zone(changed) if done.rowcount == 1 else None

    async def remove(self, record: Record) -> bool:
        async with self._db.write() as connection:
            gone = await connection.execute(tmf_records.delete().where(tmf_records.c.id == record.id))
        return bool(gone.rowcount == 1)

    async def several(self, ids: Sequence[str]) -> Mapping[str, Record]:
        """Records by id."""
        query = tmf_records.select().where(tmf_records.c.id.in_(list(ids)))
        async with self._db.read() as connection:
            return {row.id: self._record(row) for row in (await connection.execute(query)).all()}

    async def prune(self, resource: str, before: datetime) -> int:
        """Forget records of a resource that nobody has changed since."""
        old = and_(tmf_records.c.resource == resource, tmf_records.c.updated_at < before)
        async with self._db.write() as connection:
            return int((await connection.execute(tmf_records.delete().where(old))).rowcount)


def _talk_condition(name: str, value: str) -> Any:
    plain, sign = split_sign(name)
    if plain != "party_id":
        return compare(_talk_column(plain), name, value)
    either = [func.coalesce(compare(conversations.c[who], plain, value), False) for who in ("customer_id", "agent_id")]
    return ~or_(*either) if sign == "!=" else or_(*either)


def _talk_column(name: str) -> Any:
    if name == "status_at":
        return type_coerce(func.coalesce(conversations.c.closed_at, conversations.c.created_at), UtcTime)
    if name != "channel":
        return conversations.c[name]
    return func.coalesce(conversations.c.metadata[("client", "channel")].as_string(), DEFAULT_CHANNEL)


def _record_column(name: str) -> Any:
    if name in tmf_records.c:
        return tmf_records.c[name]
    if name != "status_at":
        return tmf_records.c.body[name].as_string()
    moved = tmf_records.c.body["statusChangeDate"].as_string()
    return type_coerce(func.coalesce(moved, type_coerce(tmf_records.c.created_at, String)), UtcTime)


#: filters on what stands in a list of the body: the list, and which attribute
_IN_LISTS = {"channel": ("channel", "id"), "channel_href": ("channel", "href"), "party_id": ("relatedParty", "id")}


def _record_condition(resource: str, filters: Mapping[str, str], *, is_sqlite: bool) -> Any:
    wanted = []
    for name, value in filters.items():
        plain = split_sign(name)[0]
        if plain in _IN_LISTS:
            items, of = _IN_LISTS[plain]
            wanted.append(holds(tmf_records.c.body[items], name, value, of=of, is_sqlite=is_sqlite))
        else:
            wanted.append(compare(_record_column(plain), name, value))
    return and_(tmf_records.c.resource == resource, *wanted)


class HistoryTails:
    """The newest lines of tickets' histories, at the same cost however long they are."""

    def __init__(self, database: Database, zone: ZoneInfo) -> None:
        self._db = database
        self.zone = self._zone = zone

    async def of(self, ticket_ids: Sequence[str]) -> Mapping[str, tuple[HistoryEntry, ...]]:
        """At most `TAIL` lines of each ticket, oldest first."""
        async with self._db.read() as connection:
            return await self.of_with(connection, ticket_ids)

    async def of_with(
        self, connection: AsyncConnection, ticket_ids: Sequence[str]
    ) -> Mapping[str, tuple[HistoryEntry, ...]]:
        lines = ticket_history.alias("lines")
        newest = select([func.max(lines.c.n)]).where(lines.c.ticket_id == tickets.c.id).scalar_subquery()
        query = (
            select([ticket_history])
            .select_from(
                tickets.join(
                    ticket_history,
                    and_(ticket_history.c.ticket_id == tickets.c.id, ticket_history.c.n > newest - TAIL),
                )
            )
            .where(tickets.c.id.in_(list(ticket_ids)))
            .order_by(ticket_history.c.ticket_id, ticket_history.c.n)
        )
        return read_histories((await connection.execute(query)).all(), self._zone)


class Surroundings:
    """What stands around a record when an event of it is written, read in the transaction of the change."""

    def __init__(self, database: Database, zone: ZoneInfo) -> None:
        self._outages = OutageStore(database, zone)
        self._tickets = TicketStore(database, zone)
        self._visits = AppointmentReading(database, zone)

    async def of_talk(self, conversation_id: str) -> tuple[tuple[Ticket, ...], tuple[Appointment, ...]]:
        """Tickets and visits of a conversation."""
        visits, _ = await self._visits.page({"conversation_id": conversation_id}, 0, RELATED_MOST)
        return await self._tickets.find(conversation_id=conversation_id), visits

    async def of_outage(
        self, outage_id: str
    ) -> tuple[tuple[OutageRecord, ...], tuple[Ticket, ...], tuple[OutageUpdate, ...]]:
        """Parts of an outage, the tickets that it and they hit, and what became of it."""
        parts = await self._outages.parts([outage_id])
        hit = ",".join([outage_id, *(part.id for part in parts)])
        tickets, _ = await self._tickets.page({"outage_id": hit}, 0, RELATED_MOST)
        return parts, tickets, (await self._outages.updates([outage_id])).get(outage_id, ())


def new_record_id(prefix: str) -> str:
    return f"{prefix}{secrets.token_hex(8)}"
