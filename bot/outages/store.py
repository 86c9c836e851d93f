"""Outages, their updates, and who has been told, in SQL."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import String, and_, case, cast, func, null, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database import Database
from bot.errors import BadRequest, Unavailable
from bot.filters import compare, split_sign
from bot.operator.ports import Words
from bot.outages.model import (
    PLANNED_WORKS,
    OutageChanged,
    OutageNotFound,
    OutageRecord,
    OutageStatus,
    OutageUpdate,
    UpdateKind,
)
from bot.schema import outage_notices, outage_updates, outages, tickets

_DIGITS = 6
_NUMBER_TRIES = 8
_TIMES = ("started_at", "restore_at", "restored_at", "updated_at")
_FILTERED = ("id", "area", "product", "parent_id", *_TIMES)
#: filters on what a TM Forum client stored with the outage
_EXTRAS = (
    *("category", "priority", "name", "originatingSystem", "description", "reason", "status"),
    *("impactImportanceFactor", "problemEscalation", "affectedNumberOfServices", "@baseType", "@schemaLocation"),
)

#: filters on an outage's newest change of state
_MOVED = {"status_at": outage_updates.c.at, "status_reason": outage_updates.c.text}
#: words of the standard for our states, where a client chose no finer one
_WORDS = {"planned": "acknowledged", "running": "inProgress", "restored": "resolved"}
_OVER = sorted(status.value for status in OutageStatus if status.over)
#: not taken out of sight
_SEEN = outages.c.removed_at.is_(None)

#: told of every change in the transaction that makes it: (connection, before or None, after)
OnOutageChange = Callable[[AsyncConnection, OutageRecord | None, OutageRecord], Awaitable[None]]


class OutageStore:
    """Reads and writes; writes join the ambient unit of work. Times come back in the operator's zone."""

    def __init__(self, database: Database, zone: ZoneInfo, on_change: OnOutageChange | None = None) -> None:
        self.database = self._db = database
        self._zone = zone
        self._on_change = on_change

    async def insert(self, outage: OutageRecord, author: str, reason: str | None = None) -> OutageRecord:
        """Store a new outage under a free number; `outage.id` is not used. `announce` it once all of it is there."""
        async with self._db.write() as connection:
            for _ in range(_NUMBER_TRIES):
                number = f"OU{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
                values = {**_plain(outage.__dict__), "id": number}
                insert = sqlite.insert if self._db.is_sqlite else postgresql.insert
                done = await connection.execute(insert(outages).values(**values).on_conflict_do_nothing())
                if not done.rowcount:
                    continue
                said = (author, outage.status.value, reason)
                await self._add(connection, number, outage.started_at, UpdateKind.status, *said)
                return self._in_zone(replace(outage, id=number))
        raise Unavailable("No free problem number was found. Try again.")

    async def announce(self, *new: OutageRecord) -> None:
        """Tell of new outages, in the transaction that inserted them with their parts."""
        async with self._db.write() as connection:
            for outage in new:
                await self._tell(connection, None, outage)

    async def change(
        self,
        outage: OutageRecord,
        at: datetime,
        author: str,
        updates: Sequence[tuple[UpdateKind, str | None, str | None]],
        **values: Any,
    ) -> OutageRecord:
        """Write columns and lines if the outage is still at its version.

        Args:
            updates: kind, status and text of each line.

        Raises:
            OutageChanged: it is at another version.
        """
        async with self._db.write() as connection:
            mine = and_(outages.c.id == outage.id, outages.c.version == outage.version)
            done = await connection.execute(
                outages.update().where(mine).values(**_plain(values), updated_at=at, version=outage.version + 1)
            )
            if done.rowcount != 1:
                raise OutageChanged()
            for kind, status, text in updates:
                await self._add(connection, outage.id, at, kind, author, status, text)
            after = self._in_zone(replace(outage, **values, updated_at=at, version=outage.version + 1))
            await self._tell(connection, outage, after)
        return after

    async def get(self, outage_id: str) -> OutageRecord | None:
        async with self._db.read() as connection:
            row = (await connection.execute(outages.select().where(outages.c.id == outage_id, _SEEN))).first()
        return None if row is None else self._record(row)

    async def found(self, outage_id: str) -> OutageRecord:
        """One outage; raises `OutageNotFound`."""
        outage = await self.get(outage_id)
        if outage is None:
            raise OutageNotFound()
        return outage

    async def parts(self, parent_ids: Sequence[str]) -> tuple[OutageRecord, ...]:
        """The outages that are parts of these."""
        mine = outages.c.parent_id.in_(list(parent_ids))
        query = outages.select().where(mine, _SEEN).order_by(outages.c.id)
        async with self._db.read() as connection:
            return tuple(self._record(row) for row in (await connection.execute(query)).all())

    async def page(self, filters: Mapping[str, str], offset: int, limit: int) -> tuple[tuple[OutageRecord, ...], int]:
        """One page, newest first, and how many fit in all.

        Raises:
            BadRequest: a filter that is not known here, or a time that does not parse.
        """
        condition = and_(_SEEN, *(_condition(name, value) for name, value in filters.items()))
        query = outages.select().where(condition).order_by(outages.c.started_at.desc(), outages.c.id)
        count = select([func.count()]).select_from(outages).where(condition)
        async with self._db.read() as connection:
            total = (await connection.execute(count)).scalar_one()
            rows = (await connection.execute(query.offset(offset).limit(limit))).all()
        return tuple(self._record(row) for row in rows), int(total)

    async def unsettled(self, since: datetime, soon: datetime) -> tuple[OutageRecord, ...]:
        """Planned works that begin before `soon`, running outages, and those that ended after `since`."""
        wanted = or_(
            and_(outages.c.status == OutageStatus.planned.value, outages.c.started_at <= soon),
            and_(outages.c.status.in_(_OVER), outages.c.restored_at > since),
            outages.c.status == OutageStatus.running.value,
        )
        query = outages.select().where(wanted, _SEEN).order_by(outages.c.started_at.desc()).limit(200)
        async with self._db.read() as connection:
            return tuple(self._record(row) for row in (await connection.execute(query)).all())

    async def updates(self, outage_ids: Sequence[str]) -> Mapping[str, tuple[OutageUpdate, ...]]:
        """What became of each outage, oldest line first."""
        query = (
            outage_updates.select()
            .where(outage_updates.c.outage_id.in_(list(outage_ids)))
            .order_by(outage_updates.c.outage_id, outage_updates.c.n)
        )
        found: dict[str, list[OutageUpdate]] = {}
        async with self._db.read() as connection:
            for row in (await connection.execute(query)).all():
                found.setdefault(row.outage_id, []).append(self._update(row))
        return {outage_id: tuple(lines) for outage_id, lines in found.items()}

    async def event_page(
        self, filters: Mapping[str, str], offset: int, limit: int
    ) -> tuple[tuple[tuple[str, OutageUpdate], ...], int]:
        """One page of lines, newest first, each with its outage's number, and how many fit in all.

        Args:
            filters: `id` (number of the outage, a hyphen, number of the line), `outage_id`, `kind` and `told_at`.

        Raises:
            BadRequest: a time that does not parse.
        """
        lines = outage_updates.c
        columns = {"id": lines.outage_id + "-" + cast(lines.n, String), "outage_id": lines.outage_id}
        columns |= {"kind": lines.kind, "told_at": lines.at}
        wanted = [compare(columns[split_sign(name)[0]], name, value) for name, value in filters.items()]
        told = outage_updates.join(outages, outages.c.id == lines.outage_id)
        query = select([outage_updates]).select_from(told).where(_SEEN, *wanted)
        count = select([func.count()]).select_from(told).where(_SEEN, *wanted)
        ordered = query.order_by(lines.at.desc(), lines.outage_id, lines.n.desc()).offset(offset).limit(limit)
        async with self._db.read() as connection:
            total = (await connection.execute(count)).scalar_one()
            rows = (await connection.execute(ordered)).all()
        return tuple((row.outage_id, self._update(row)) for row in rows), int(total)

    async def hide(self, outage_id: str, at: datetime) -> None:
        """Take an outage and its parts out of sight."""
        mine = or_(outages.c.id == outage_id, outages.c.parent_id == outage_id)
        async with self._db.write() as connection:
            await connection.execute(outages.update().where(mine).values(removed_at=at))

    async def mark_told(
        self, outage_id: str, member: str, kind: str, at: datetime, conversation_id: str | None
    ) -> bool:
        """Note that somebody is told; False when they were before."""
        row = {"outage_id": outage_id, "member": member, "kind": kind, "at": at, "conversation_id": conversation_id}
        insert = sqlite.insert if self._db.is_sqlite else postgresql.insert
        async with self._db.write() as connection:
            done = await connection.execute(insert(outage_notices).values(**row).on_conflict_do_nothing())
        return bool(done.rowcount)

    async def told(self, outage_id: str, kind: str) -> frozenset[str]:
        """Who has been told."""
        mine = and_(outage_notices.c.outage_id == outage_id, outage_notices.c.kind == kind)
        async with self._db.read() as connection:
            rows = await connection.execute(select([outage_notices.c.member]).where(mine))
            return frozenset(row.member for row in rows)

    async def _add(
        self,
        connection: AsyncConnection,
        outage_id: str,
        at: datetime,
        kind: UpdateKind,
        author: str,
        status: str | None,
        text: str | None = None,
    ) -> None:
        newest = select([func.coalesce(func.max(outage_updates.c.n), 0)]).where(outage_updates.c.outage_id == outage_id)
        n = (await connection.execute(newest)).scalar_one() + 1
        row = {"outage_id": outage_id, "n": n, "at": at, "kind": kind.value, "author": author}
        await connection.execute(outage_updates.insert().values(**row, status=status, text=text))

    async def _tell(self, connection: AsyncConnection, before: OutageRecord | None, after: OutageRecord) -> None:
        if self._on_change is not None:
            await self._on_change(connection, before, after)

    def _in_zone(self, outage: OutageRecord) -> OutageRecord:
        times = {name: getattr(outage, name) for name in _TIMES}
        return replace(
            outage, **{name: moment.astimezone(self._zone) for name, moment in times.items() if moment is not None}
        )

    def _update(self, row: Any) -> OutageUpdate:
        at = row.at.astimezone(self._zone)
        return OutageUpdate(row.n, at, UpdateKind(row.kind), row.author, row.status, row.text)

    def _record(self, row: Any) -> OutageRecord:
        values = dict(row._mapping)
        del values["removed_at"]
        for name in _TIMES:
            if values[name] is not None:
                values[name] = values[name].astimezone(self._zone)
        values.update(
            status=OutageStatus(values["status"]),
            cause=Words(zh=values["cause"]["zh"], en=values["cause"]["en"]),
            extras=values["extras"] or {},
        )
        return OutageRecord(**values)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    plain = dict(values)
    if "status" in plain:
        plain["status"] = plain["status"].value
    if "cause" in plain:
        plain["cause"] = {"zh": plain["cause"].zh, "en": plain["cause"].en}
    if "extras" in plain:
        plain["extras"] = dict(plain["extras"])
    return plain


def _said(name: str) -> Any:
    """What a client said in an attribute, else what the outage is without: as `problem_resource` tells it."""
    words = outages.c.cause["zh"].as_string()
    if name == "description":
        return words
    planned, running = (outages.c.status == item.value for item in (OutageStatus.planned, OutageStatus.running))
    parts = outages.alias("parts")
    hit = select([parts.c.id]).where(or_(parts.c.id == outages.c.id, parts.c.parent_id == outages.c.id))
    waiting = select([func.count()]).select_from(tickets).where(tickets.c.outage_id.in_(hit.correlate(outages)))
    without: Mapping[str, Any] = {
        "status": case([(outages.c.status == ours, word) for ours, word in _WORDS.items()], else_=outages.c.status),
        "affectedNumberOfServices": cast(waiting.correlate(outages).scalar_subquery(), String),
        "category": case([(planned, PLANNED_WORKS)], else_="outage"),
        "priority": case([(planned, "3"), (running, "1")], else_="4"),
        "name": func.trim(outages.c.product + " " + outages.c.area),
        "reason": words,
    }
    return func.coalesce(cast(outages.c.extras[name].as_string(), String), without.get(name, null()))


def _last_move(column: Any) -> Any:
    """Of an outage's newest change of state."""
    moves = and_(outage_updates.c.outage_id == outages.c.id, outage_updates.c.kind == UpdateKind.status.value)
    newest = select([column]).where(moves).order_by(outage_updates.c.n.desc()).limit(1)
    return newest.correlate(outages).scalar_subquery()


def _condition(name: str, value: str) -> Any:
    plain, _sign = split_sign(name)
    if plain in _EXTRAS:
        return compare(_said(plain), name, value)
    if plain in _MOVED:
        return compare(_last_move(_MOVED[plain]), name, value)
    if plain in _FILTERED:
        return compare(outages.c[plain], name, value)
    raise BadRequest(f"Service problems cannot be filtered by {name!r}.")
