"""Visits read from SQL, with their times in the operator's zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.appointments.filters import condition_of
from bot.appointments.model import Appointment, AppointmentStatus
from bot.database import Database
from bot.schema import appointments

_TIMES = ("start", "end", "held_until", "created_at", "updated_at", "reminded_day_at", "reminded_soon_at")
#: a hold carries what it will replace in the JSON of its technician, where a confirmed visit has nothing but the name
REPLACES = "replaces"
_CONFIRMED = AppointmentStatus.confirmed.value


class AppointmentReading:
    """Reads of visits; inside a unit that has written, of what it wrote."""

    def __init__(self, database: Database, zone: ZoneInfo) -> None:
        self._db = database
        self._zone = zone

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
        sqlite = self._db.is_sqlite
        condition = and_(True, *(condition_of(name, value, is_sqlite=sqlite) for name, value in filters.items()))
        query = appointments.select().where(condition).order_by(appointments.c.created_at.desc(), appointments.c.id)
        count = select([func.count()]).select_from(appointments).where(condition)
        async with self._db.read() as connection:
            total = (await connection.execute(count)).scalar_one()
            rows = (await connection.execute(query.offset(offset).limit(limit))).all()
        return tuple(self._appointment(row) for row in rows), int(total)

    async def starting(self, after: datetime, before: datetime, reminder: str) -> tuple[Appointment, ...]:
        """Confirmed visits that start within a time and whose `reminder` (a column) was not sent."""
        wanted = and_(
            appointments.c.status == _CONFIRMED,
            appointments.c.start > after,
            appointments.c.start <= before,
            appointments.c[reminder].is_(None),
        )
        async with self._db.read() as connection:
            return tuple(await self._some(connection, wanted))

    async def unreported(self, ended_before: datetime) -> tuple[Appointment, ...]:
        """Confirmed visits whose window ended before a moment, and of which nobody has said that they took place."""
        late = and_(appointments.c.status == _CONFIRMED, appointments.c.start < ended_before)
        async with self._db.read() as connection:
            return tuple(await self._some(connection, and_(late, appointments.c.end <= ended_before)))

    # -- rows --------------------------------------------------------------------------------------------------

    async def _one(self, connection: AsyncConnection, condition: Any) -> Appointment | None:
        row = (await connection.execute(appointments.select().where(condition))).first()
        return None if row is None else self._appointment(row)

    async def _some(self, connection: AsyncConnection, condition: Any) -> list[Appointment]:
        query = appointments.select().where(condition).order_by(appointments.c.window_id, appointments.c.id)
        return [self._appointment(row) for row in (await connection.execute(query)).all()]

    def _appointment(self, row: Any) -> Appointment:
        values = dict(row._mapping)
        for name in _TIMES:
            if values[name] is not None:
                values[name] = values[name].astimezone(self._zone)
        technician = dict(values["technician"] or {})
        replaces = technician.pop(REPLACES, None) or {}
        values.update(
            status=AppointmentStatus(values["status"]),
            technician=technician,
            replaces=replaces.get("id"),
            replaces_version=replaces.get("version"),
        )
        return Appointment(**values)
