"""Visits and the capacity of their windows in SQL. With `reading.py` the only place that queries these tables.

`visit_windows.taken` counts confirmed visits and holds. It is raised only while below `capacity`, in the transaction
that writes the visit. Windows are locked in the order of their ids, so that two transactions never wait for each other.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import fields
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select
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
from bot.appointments.reading import REPLACES, AppointmentReading
from bot.appointments.windows import WindowStore, give_back, lock, window_of
from bot.database import Database, Unit
from bot.errors import Unavailable
from bot.schema import appointments, visit_windows
from bot.technicians.model import Technician, choose
from bot.technicians.store import TechnicianStore, at_once

_DIGITS = 8
_NUMBER_TRIES = 8

_HELD = AppointmentStatus.held.value
_CONFIRMED = AppointmentStatus.confirmed.value


#: told of every change in the transaction that makes it: (connection, before or None, after or None)
OnVisitChange = Callable[[AsyncConnection, Appointment | None, Appointment | None], Awaitable[None]]


class _WindowFull(Exception):
    """Nobody is free in this window; undoes the savepoint."""


def new_appointment_id() -> str:
    return f"AP{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"


def moved_key(hold_id: str) -> str:
    """The key that a visit gets when a hold has moved it, so that the same hold again finds it."""
    return f"moved:{hold_id}"


class AppointmentStore(AppointmentReading):
    """Writes of visits beside the reads; they join the ambient unit of work."""

    def __init__(self, database: Database, zone: ZoneInfo, on_change: OnVisitChange | None = None) -> None:
        super().__init__(database, zone)
        self._on_change = on_change
        self._technicians = TechnicianStore()
        self.windows = WindowStore(database, zone, self._technicians)

    def unit(self) -> AbstractAsyncContextManager[Unit]:
        """Make several writes one transaction."""
        return self._db.unit()

    # -- writing -----------------------------------------------------------------------------------------------

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
        moved = await self._one(connection, appointments.c.id == wanted.replaces) if wanted.replaces else None
        # all windows at once, then technicians: two transactions never wait for each other
        touched = [wanted.window_id, *(row.window_id for row in earlier), *([moved.window_id] if moved else [])]
        await lock(connection, touched)
        for row in {row.id: row for row in earlier}.values():
            await self._drop_hold(connection, row)
        found = await connection.execute(visit_windows.select().where(visit_windows.c.id == wanted.window_id))
        window = found.first()
        if window is None or window.area != wanted.area:
            raise WindowNotFound()
        person = await self._technician(connection, wanted, window_of(window, window.taken, self._zone), moved, now)
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
        if person is not None:
            technician = {"name": {"zh": person.name.zh, "en": person.name.en}}
        if replaces is not None:
            technician[REPLACES] = {"id": replaces, "version": version}
        values.update(
            id=new_appointment_id(),
            status=wanted.status.value,
            start=window.start,
            end=window.end,
            technician=technician,
            technician_id=person.id if person else None,
            extras=dict(wanted.extras) if wanted.extras else None,
        )
        await connection.execute(appointments.insert().values(**values))
        held = await self._one(connection, appointments.c.id == values["id"])
        assert held is not None
        await self._tell(connection, None, held)
        return held

    async def _technician(
        self,
        connection: AsyncConnection,
        wanted: Appointment,
        window: VisitWindow,
        moved: Appointment | None,
        now: datetime,
    ) -> Technician | None:
        """Who comes, with everybody who could locked; None where nobody is planned."""
        team = await self._technicians.team(connection, window.area, lock=True)
        if not team:
            return None
        ids = [person.id for person in team]
        booked = await self._technicians.booked(
            connection, ids, window.start, window.end, now, without=moved.id if moved else None
        )
        person = choose(
            team,
            at_once(booked, window.start, window.end),
            product=wanted.product,
            minutes=wanted.minutes,
            start=window.start,
            end=window.end,
            favoured=moved.technician_id if moved else None,
        )
        if person is None:
            raise _WindowFull()
        return person

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
                await self._drop_hold(connection, hold)
                return None
            if hold.replaces is not None:
                return await self._move(connection, hold, now)
            return await self._set(connection, hold, now, status=_CONFIRMED, held_until=None)

    async def _move(self, connection: AsyncConnection, hold: Appointment, now: datetime) -> Appointment | None:
        visit = await self._one(connection, appointments.c.id == hold.replaces)
        unchanged = (
            visit is not None and visit.status is AppointmentStatus.confirmed and visit.version == hold.replaces_version
        )
        if visit is None or not unchanged:
            await self._drop_hold(connection, hold)
            return None
        await connection.execute(appointments.delete().where(appointments.c.id == hold.id))
        await self._tell(connection, hold, None)
        await give_back(connection, visit.window_id)
        return await self._set(
            connection,
            visit,
            now,
            window_id=hold.window_id,
            start=hold.start,
            end=hold.end,
            area=hold.area,
            technician=dict(hold.technician),
            technician_id=hold.technician_id,
            minutes=hold.minutes,
            conversation_id=visit.conversation_id or hold.conversation_id,
            idempotency_key=moved_key(hold.id),
            # another time: the customer is reminded of that one
            reminded_day_at=None,
            reminded_soon_at=None,
        )

    async def _set(self, connection: AsyncConnection, before: Appointment, now: datetime, **values: Any) -> Appointment:
        """Write columns of a locked visit, raise its version and tell of it."""
        await connection.execute(
            appointments.update()
            .where(appointments.c.id == before.id)
            .values(**values, updated_at=now, version=appointments.c.version + 1)
        )
        after = await self._one(connection, appointments.c.id == before.id)
        assert after is not None
        await self._tell(connection, before, after)
        return after

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
                live |= {AppointmentStatus.held, AppointmentStatus.requested}
            if visit.version != version or visit.status not in live:
                raise VisitChanged()
            if status is AppointmentStatus.cancelled:
                await give_back(connection, visit.window_id)
            return await self._set(connection, visit, now, status=status.value, held_until=None)

    async def add_request(self, wanted: Appointment) -> Appointment:
        """Store a visit that takes no place yet; the same idempotency key again gives back the first."""
        async with self._db.write() as connection:
            for _ in range(_NUMBER_TRIES):
                known = await self._one(connection, appointments.c.idempotency_key == wanted.idempotency_key)
                if known is not None:
                    return known
                values = {item.name: getattr(wanted, item.name) for item in fields(Appointment)}
                for name in ("replaces", "replaces_version"):
                    values.pop(name)
                values.update(id=new_appointment_id(), status=wanted.status.value, technician={})
                values["extras"] = dict(wanted.extras) if wanted.extras else None
                try:
                    async with connection.begin_nested():
                        await connection.execute(appointments.insert().values(**values))
                except IntegrityError:
                    continue
                stored = await self._one(connection, appointments.c.id == values["id"])
                assert stored is not None
                await self._tell(connection, None, stored)
                return stored
        raise Unavailable("No free visit number was found. Try again.")

    async def amend(self, appointment_id: str, version: int, now: datetime, **values: Any) -> Appointment:
        """Write columns of a visit that is still at `version`.

        Raises:
            VisitNotFound: no such number.
            VisitChanged: it is at another version.
        """
        async with self._db.write() as connection:
            visit = await self._locked(connection, appointment_id)
            if visit is None:
                raise VisitNotFound()
            if visit.version != version:
                raise VisitChanged()
            return await self._set(connection, visit, now, **values)

    async def reschedule(
        self, appointment_id: str, version: int, start: datetime, end: datetime, now: datetime
    ) -> Appointment:
        """Another time for a visit whose windows are planned elsewhere; the customer is reminded of that one.

        Raises:
            VisitNotFound: no such number.
            VisitChanged: it is at another version.
        """
        values = {"start": start, "end": end, "reminded_day_at": None, "reminded_soon_at": None}
        return await self.amend(appointment_id, version, now, **values)

    async def remove(self, appointment_id: str) -> bool:
        """Take a visit that is over, or never took a place, out of the books."""
        async with self._db.write() as connection:
            visit = await self._locked(connection, appointment_id)
            if visit is None or visit.status in (AppointmentStatus.held, AppointmentStatus.confirmed):
                return False
            await connection.execute(appointments.delete().where(appointments.c.id == appointment_id))
            await self._tell(connection, visit, None)
            return True

    async def take_over(self, request_id: str, hold: Appointment, now: datetime) -> Appointment:
        """Let a request become the visit that was booked for it: the request's number, the booking's place."""
        async with self._db.write() as connection:
            request = await self._one(connection, appointments.c.id == request_id)
            assert request is not None
            await connection.execute(appointments.delete().where(appointments.c.id == hold.id))
            await self._tell(connection, hold, None)
            kept = ("id", "status", "idempotency_key", "created_at", "updated_at", "version", "extras")
            values = {item.name: getattr(hold, item.name) for item in fields(Appointment) if item.name not in kept}
            for name in ("replaces", "replaces_version"):
                values.pop(name)
            values["technician"] = dict(hold.technician)
            return await self._set(connection, request, now, **values, status=_CONFIRMED)

    # -- what is due -------------------------------------------------------------------------------------------

    async def mark_reminded(self, appointment_id: str, version: int, reminder: str, now: datetime) -> bool:
        """Note that a reminder goes out; False when another process was first or the visit has changed."""
        mine = and_(
            appointments.c.id == appointment_id,
            appointments.c.version == version,
            appointments.c[reminder].is_(None),
        )
        async with self._db.write() as connection:
            done = await connection.execute(appointments.update().where(mine).values({reminder: now}))
        return bool(done.rowcount == 1)

    async def release(self, hold_id: str) -> bool:
        """Let a hold go; True when there was one."""
        async with self._db.write() as connection:
            hold = await self._locked(connection, hold_id)
            return hold is not None and await self._drop_hold(connection, hold)

    async def release_expired(self, now: datetime) -> int:
        """Let every hold go that has run out; how many there were."""
        run_out = and_(appointments.c.status == _HELD, appointments.c.held_until <= now)
        async with self._db.read() as connection:
            if not await self._some(connection, run_out):
                return 0
        async with self._db.write() as connection:
            holds = await self._some(connection, run_out)
            await lock(connection, [hold.window_id for hold in holds])
            return sum([await self._drop_hold(connection, hold) for hold in holds])

    async def _drop_hold(self, connection: AsyncConnection, hold: Appointment) -> bool:
        gone = await connection.execute(
            appointments.delete().where(and_(appointments.c.id == hold.id, appointments.c.status == _HELD))
        )
        if gone.rowcount != 1:
            return False
        await give_back(connection, hold.window_id)
        await self._tell(connection, hold, None)
        return True

    async def _tell(self, connection: AsyncConnection, before: Appointment | None, after: Appointment | None) -> None:
        if self._on_change is not None:
            await self._on_change(connection, before, after)

    # -- rows --------------------------------------------------------------------------------------------------

    async def _locked(self, connection: AsyncConnection, appointment_id: str) -> Appointment | None:
        """Lock the windows that a visit touches, then the visit and the one that it replaces; its newest state."""
        seen = await self._one(connection, appointments.c.id == appointment_id)
        if seen is None:
            return None
        ids = [seen.id] if seen.replaces is None else [seen.id, seen.replaces]
        touched = await self._some(connection, appointments.c.id.in_(ids))
        await lock(connection, [row.window_id for row in touched])
        query = select([appointments.c.id]).where(appointments.c.id.in_(ids)).order_by(appointments.c.id)
        await connection.execute(query.with_for_update())
        return await self._one(connection, appointments.c.id == appointment_id)
