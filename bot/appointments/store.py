"""Visits and the capacity of their windows in SQL. The only place that queries these tables.

`visit_windows.taken` counts confirmed visits and holds. It is raised only while below `capacity`, in the transaction
that writes the visit. Windows are locked in the order of their ids, so that two transactions never wait for each other.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import fields
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.appointments.model import (
    Appointment,
    AppointmentStatus,
    VisitChanged,
    VisitNotFound,
    VisitWindow,
    WindowNotFound,
)
from bot.database import Database, Unit
from bot.errors import BadRequest, Unavailable
from bot.schema import appointments, visit_windows

_DIGITS = 8
_NUMBER_TRIES = 8
_TIMES = ("start", "end", "held_until", "created_at", "updated_at", "reminded_day_at", "reminded_soon_at")
#: filters that take several values, parted by commas
_SEVERAL = ("id", "status", "ticket_id", "conversation_id")
_EXACT = ("customer_id", "line_id", "area", "product", "window_id")
#: a hold carries what it will replace in the JSON of its technician, where a confirmed visit has nothing but the name
_REPLACES = "replaces"

_HELD = AppointmentStatus.held.value
_CONFIRMED = AppointmentStatus.confirmed.value


class _WindowFull(Exception):
    """Nobody is free in this window; undoes the savepoint."""


def new_appointment_id() -> str:
    return f"AP{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"


def moved_key(hold_id: str) -> str:
    """The key that a visit gets when a hold has moved it, so that the same hold again finds it."""
    return f"moved:{hold_id}"


class AppointmentStore:
    """Reads and writes of visits; writes join the ambient unit of work. Times come back in the operator's zone."""

    def __init__(self, database: Database, zone: ZoneInfo) -> None:
        self._db = database
        self._zone = zone

    def unit(self) -> AbstractAsyncContextManager[Unit]:
        """Make several writes one transaction."""
        return self._db.unit()

    # -- reading -----------------------------------------------------------------------------------------------

    async def get(self, appointment_id: str) -> Appointment | None:
        async with self._db.read() as connection:
            return await self._one(connection, appointments.c.id == appointment_id)

    async def by_key(self, key: str) -> Appointment | None:
        async with self._db.read() as connection:
            return await self._one(connection, appointments.c.idempotency_key == key)

    async def upcoming(self, customer_id: str, after: datetime | None) -> tuple[Appointment, ...]:
        """A customer's confirmed visits that end after `after` (None: all), soonest first."""
        query = (
            appointments.select()
            .where(and_(appointments.c.customer_id == customer_id, appointments.c.status == _CONFIRMED))
            .order_by(appointments.c.start, appointments.c.id)
        )
        if after is not None:
            query = query.where(appointments.c.end > after)
        async with self._db.read() as connection:
            return tuple(self._appointment(row) for row in (await connection.execute(query)).all())

    async def page(self, filters: Mapping[str, str], offset: int, limit: int) -> tuple[tuple[Appointment, ...], int]:
        """One page, newest first, and how many fit in all.

        Raises:
            BadRequest: a filter that is not known here, or a time that does not parse.
        """
        condition = and_(True, *(_condition(name, value) for name, value in filters.items()))
        query = appointments.select().where(condition).order_by(appointments.c.created_at.desc(), appointments.c.id)
        count = select([func.count()]).select_from(appointments).where(condition)
        async with self._db.read() as connection:
            total = (await connection.execute(count)).scalar_one()
            rows = (await connection.execute(query.offset(offset).limit(limit))).all()
        return tuple(self._appointment(row) for row in rows), int(total)

    async def windows(
        self,
        area: str,
        *,
        now: datetime,
        not_before: datetime,
        start: datetime | None = None,
        end: datetime | None = None,
        exactly: bool = False,
        limit: int = 6,
    ) -> tuple[VisitWindow, ...]:
        """Windows with room, soonest first.

        Args:
            exactly: the window is `start` to `end`, else it starts within `[start, end)`.
        """
        run_out = (
            select([func.count()])
            .select_from(appointments)
            .where(
                and_(
                    appointments.c.window_id == visit_windows.c.id,
                    appointments.c.status == _HELD,
                    appointments.c.held_until <= now,
                )
            )
            .scalar_subquery()
        )
        taken = (visit_windows.c.taken - run_out).label("really_taken")
        conditions = [
            visit_windows.c.area == area,
            visit_windows.c.start >= not_before,
            visit_windows.c.taken - run_out < visit_windows.c.capacity,
        ]
        if exactly:
            conditions += [visit_windows.c.start == start, visit_windows.c.end == end]
        else:
            if start is not None:
                conditions.append(visit_windows.c.start >= start)
            if end is not None:
                conditions.append(visit_windows.c.start < end)
        query = (
            select([visit_windows, taken])
            .where(and_(*conditions))
            .order_by(visit_windows.c.start, visit_windows.c.id)
            .limit(limit)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return tuple(self._window(row, row.really_taken) for row in rows)

    async def window(self, window_id: str) -> VisitWindow | None:
        async with self._db.read() as connection:
            row = (await connection.execute(visit_windows.select().where(visit_windows.c.id == window_id))).first()
        return None if row is None else self._window(row, row.taken)

    # -- writing -----------------------------------------------------------------------------------------------

    async def add_windows(self, windows: Sequence[VisitWindow]) -> None:
        """Open windows, for a planner or a seed."""
        if not windows:
            return
        async with self._db.write() as connection:
            await connection.execute(visit_windows.insert(), [window.__dict__ for window in windows])

    async def hold(self, wanted: Appointment) -> Appointment | None:
        """Take a place in the window and store the hold; `id`, `start` and `end` of `wanted` are not used.

        Holds of this window that have run out are cleared first. An earlier hold of the same conversation is let go,
        since one conversation looks at one window at a time. The same idempotency key again gives the first answer.

        Returns:
            The hold; None when the window is full or has begun: then nothing is written.

        Raises:
            WindowNotFound: no such window in that area.
            Unavailable: no free number in eight tries.
        """
        now = wanted.created_at
        async with self._db.write() as connection:
            for _ in range(_NUMBER_TRIES):
                known = await self._one(connection, appointments.c.idempotency_key == wanted.idempotency_key)
                if known is not None:
                    return known
                try:
                    async with connection.begin_nested():
                        return await self._hold(connection, wanted, now)
                except IntegrityError:
                    continue  # the number is taken, or the same key came in meanwhile: look again
                except _WindowFull:
                    return None
        raise Unavailable("No free visit number was found. Try again.")

    async def _hold(self, connection: AsyncConnection, wanted: Appointment, now: datetime) -> Appointment:
        stale = appointments.c.window_id == wanted.window_id
        stale = and_(appointments.c.status == _HELD, appointments.c.held_until <= now, stale)
        earlier = await self._some(connection, stale)
        if wanted.conversation_id is not None:
            own = and_(appointments.c.conversation_id == wanted.conversation_id, appointments.c.status == _HELD)
            earlier += await self._some(connection, own)
        await _lock(connection, [wanted.window_id, *(row.window_id for row in earlier)])
        for row in {row.id: row for row in earlier}.values():
            await _drop_hold(connection, row)
        found = await connection.execute(visit_windows.select().where(visit_windows.c.id == wanted.window_id))
        window = found.first()
        if window is None or window.area != wanted.area:
            raise WindowNotFound()
        taken = await connection.execute(
            visit_windows.update()
            .where(
                and_(
                    visit_windows.c.id == wanted.window_id,
                    visit_windows.c.taken < visit_windows.c.capacity,
                    visit_windows.c.start > now,
                )
            )
            .values(taken=visit_windows.c.taken + 1)
        )
        if taken.rowcount != 1:
            raise _WindowFull()
        values = {item.name: getattr(wanted, item.name) for item in fields(Appointment)}
        replaces, version = values.pop("replaces"), values.pop("replaces_version")
        technician = dict(wanted.technician)
        if replaces is not None:
            technician[_REPLACES] = {"id": replaces, "version": version}
        values.update(
            id=new_appointment_id(),
            status=wanted.status.value,
            start=window.start,
            end=window.end,
            technician=technician,
        )
        await connection.execute(appointments.insert().values(**values))
        held = await self._one(connection, appointments.c.id == values["id"])
        assert held is not None
        return held

    async def confirm(self, hold_id: str, now: datetime) -> Appointment | None:
        """Turn a hold into a visit, or move the visit that it replaces.

        Returns:
            The confirmed visit; the same hold again gives it back. None when the hold has run out or is gone, or the
            visit that was to move has changed since the hold was made: then the held place is free again.
        """
        async with self._db.write() as connection:
            hold = await self._locked(connection, hold_id)
            if hold is None:
                moved = await self._one(connection, appointments.c.idempotency_key == moved_key(hold_id))
                return moved if moved is not None and moved.status is AppointmentStatus.confirmed else None
            if hold.status is not AppointmentStatus.held:
                return hold if hold.status is AppointmentStatus.confirmed else None
            if hold.held_until is None or hold.held_until <= now:
                await _drop_hold(connection, hold)
                return None
            if hold.replaces is not None:
                return await self._move(connection, hold, now)
            await connection.execute(
                appointments.update()
                .where(appointments.c.id == hold_id)
                .values(status=_CONFIRMED, held_until=None, updated_at=now, version=appointments.c.version + 1)
            )
            return await self._one(connection, appointments.c.id == hold_id)

    async def _move(self, connection: AsyncConnection, hold: Appointment, now: datetime) -> Appointment | None:
        visit = await self._one(connection, appointments.c.id == hold.replaces)
        unchanged = (
            visit is not None and visit.status is AppointmentStatus.confirmed and visit.version == hold.replaces_version
        )
        if visit is None or not unchanged:
            await _drop_hold(connection, hold)
            return None
        await connection.execute(appointments.delete().where(appointments.c.id == hold.id))
        await _give_back(connection, visit.window_id)
        await connection.execute(
            appointments.update()
            .where(and_(appointments.c.id == visit.id, appointments.c.version == visit.version))
            .values(
                window_id=hold.window_id,
                start=hold.start,
                end=hold.end,
                area=hold.area,
                technician=dict(hold.technician),
                conversation_id=visit.conversation_id or hold.conversation_id,
                idempotency_key=moved_key(hold.id),
                updated_at=now,
                version=appointments.c.version + 1,
            )
        )
        return await self._one(connection, appointments.c.id == visit.id)

    async def end(self, appointment_id: str, status: AppointmentStatus, version: int, now: datetime) -> Appointment:
        """Cancel or complete a visit that is still at `version`; a cancelled one gives its place back.

        Raises:
            VisitNotFound: no such number.
            VisitChanged: it is at another version, or over in another way.
        """
        async with self._db.write() as connection:
            visit = await self._locked(connection, appointment_id)
            if visit is None:
                raise VisitNotFound()
            if visit.status is status:
                return visit
            live = {AppointmentStatus.confirmed}
            if status is AppointmentStatus.cancelled:
                live.add(AppointmentStatus.held)
            if visit.version != version or visit.status not in live:
                raise VisitChanged()
            await connection.execute(
                appointments.update()
                .where(appointments.c.id == appointment_id)
                .values(status=status.value, held_until=None, updated_at=now, version=appointments.c.version + 1)
            )
            if status is AppointmentStatus.cancelled:
                await _give_back(connection, visit.window_id)
            ended = await self._one(connection, appointments.c.id == appointment_id)
            assert ended is not None
            return ended

    async def release(self, hold_id: str) -> bool:
        """Let a hold go; True when there was one."""
        async with self._db.write() as connection:
            hold = await self._locked(connection, hold_id)
            return hold is not None and await _drop_hold(connection, hold)

    async def release_expired(self, now: datetime) -> int:
        """Let every hold go that has run out; how many there were."""
        run_out = and_(appointments.c.status == _HELD, appointments.c.held_until <= now)
        async with self._db.read() as connection:
            if not await self._some(connection, run_out):
                return 0
        async with self._db.write() as connection:
            holds = await self._some(connection, run_out)
            await _lock(connection, [hold.window_id for hold in holds])
            return sum([await _drop_hold(connection, hold) for hold in holds])

    # -- rows --------------------------------------------------------------------------------------------------

    async def _one(self, connection: AsyncConnection, condition: Any) -> Appointment | None:
        row = (await connection.execute(appointments.select().where(condition))).first()
        return None if row is None else self._appointment(row)

    async def _locked(self, connection: AsyncConnection, appointment_id: str) -> Appointment | None:
        """Lock the windows that a visit touches, then the visit and the one that it replaces; its newest state."""
        seen = await self._one(connection, appointments.c.id == appointment_id)
        if seen is None:
            return None
        ids = [seen.id] if seen.replaces is None else [seen.id, seen.replaces]
        touched = await self._some(connection, appointments.c.id.in_(ids))
        await _lock(connection, [row.window_id for row in touched])
        query = select([appointments.c.id]).where(appointments.c.id.in_(ids)).order_by(appointments.c.id)
        await connection.execute(query.with_for_update())
        return await self._one(connection, appointments.c.id == appointment_id)

    async def _some(self, connection: AsyncConnection, condition: Any) -> list[Appointment]:
        query = appointments.select().where(condition).order_by(appointments.c.window_id, appointments.c.id)
        return [self._appointment(row) for row in (await connection.execute(query)).all()]

    def _appointment(self, row: Any) -> Appointment:
        values = dict(row._mapping)
        for name in _TIMES:
            if values[name] is not None:
                values[name] = values[name].astimezone(self._zone)
        technician = dict(values["technician"] or {})
        replaces = technician.pop(_REPLACES, None) or {}
        values.update(
            status=AppointmentStatus(values["status"]),
            technician=technician,
            replaces=replaces.get("id"),
            replaces_version=replaces.get("version"),
        )
        return Appointment(**values)

    def _window(self, row: Any, taken: int) -> VisitWindow:
        return VisitWindow(
            id=row.id,
            area=row.area,
            start=row.start.astimezone(self._zone),
            end=row.end.astimezone(self._zone),
            capacity=row.capacity,
            taken=taken,
        )


async def _lock(connection: AsyncConnection, window_ids: Sequence[str]) -> None:
    ids = sorted(set(window_ids))
    query = select([visit_windows.c.id]).where(visit_windows.c.id.in_(ids)).order_by(visit_windows.c.id)
    await connection.execute(query.with_for_update())


async def _drop_hold(connection: AsyncConnection, hold: Appointment) -> bool:
    gone = await connection.execute(
        appointments.delete().where(and_(appointments.c.id == hold.id, appointments.c.status == _HELD))
    )
    if gone.rowcount != 1:
        return False
    await _give_back(connection, hold.window_id)
    return True


async def _give_back(connection: AsyncConnection, window_id: str) -> None:
    await connection.execute(
        visit_windows.update()
        .where(and_(visit_windows.c.id == window_id, visit_windows.c.taken > 0))
        .values(taken=visit_windows.c.taken - 1)
    )


def _condition(name: str, value: str) -> Any:
    if name in _SEVERAL:
        return appointments.c[name].in_(value.split(","))
    if name in _EXACT:
        return appointments.c[name] == value
    if name in _TIMES:
        try:
            moment = datetime.fromisoformat(value.replace("Z", "+00:00").replace(" ", "+"))
            if moment.tzinfo is not None:
                return appointments.c[name] == moment
        except ValueError:
            pass
        raise BadRequest(f"{value!r} is not a time with an offset. Write it like 2026-11-21T09:00:00+08:00.")
    raise BadRequest(f"Visits cannot be filtered by {name!r}.")
