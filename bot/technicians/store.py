"""Technicians in SQL, and what they are booked for. A booking locks the rows of those who could come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database import Database
from bot.operator.ports import Words
from bot.schema import appointments, technician_areas, technicians
from bot.technicians.model import Technician, shift_from, shift_json

#: (start, end, technician) → minutes
Booked = Mapping[tuple[datetime, datetime, str], int]


class TechnicianStore:
    """Reads and writes on the caller's connection, so that they belong to its transaction."""

    async def replace_all(self, connection: AsyncConnection, team: Sequence[Technician]) -> None:
        """Let these be the operator's technicians, for a planner or a seed."""
        await connection.execute(technician_areas.delete())
        await connection.execute(technicians.delete())
        if not team:
            return
        await connection.execute(
            technicians.insert(),
            [
                {
                    "id": person.id,
                    "name": {"zh": person.name.zh, "en": person.name.en},
                    "skills": sorted(person.skills),
                    "shifts": [shift_json(shift) for shift in person.shifts],
                }
                for person in team
            ],
        )
        places = [{"area": area, "technician_id": person.id} for person in team for area in sorted(person.areas)]
        await connection.execute(technician_areas.insert(), places)

    async def team(self, connection: AsyncConnection, area: str, *, lock: bool = False) -> tuple[Technician, ...]:
        """Those who serve an area, by id.

        Args:
            lock: let nobody else book any of them before this transaction ends.
        """
        here = select([technician_areas.c.technician_id]).where(technician_areas.c.area == area)
        query = technicians.select().where(technicians.c.id.in_(here)).order_by(technicians.c.id)
        rows = (await connection.execute(query.with_for_update() if lock else query)).all()
        return tuple(
            Technician(
                id=row.id,
                name=Words(zh=row.name["zh"], en=row.name["en"]),
                skills=frozenset(row.skills),
                areas=frozenset({area}),
                shifts=tuple(shift_from(item) for item in row.shifts),
            )
            for row in rows
        )

    async def booked(
        self,
        connection: AsyncConnection,
        ids: Sequence[str],
        start: datetime,
        end: datetime,
        now: datetime,
        without: str | None = None,
    ) -> Booked:
        """Minutes of work that lie in a stretch of time; holds that have run out do not count.

        Args:
            without: a visit that does not count, since it is about to move.
        """
        alive = or_(
            appointments.c.status == "confirmed",
            and_(appointments.c.status == "held", appointments.c.held_until > now),
        )
        query = select(
            [appointments.c.technician_id, appointments.c.start, appointments.c.end, appointments.c.minutes]
        ).where(
            and_(
                appointments.c.technician_id.in_(list(ids)),
                appointments.c.start < end,
                appointments.c.end > start,
                appointments.c.id != (without or ""),
                alive,
            )
        )
        minutes: dict[tuple[datetime, datetime, str], int] = defaultdict(int)
        for row in (await connection.execute(query)).all():
            minutes[(row.start, row.end, row.technician_id)] += row.minutes
        return minutes


def at_once(booked: Booked, start: datetime, end: datetime) -> dict[str, int]:
    """Technician → minutes of the work that overlaps a window."""
    found: dict[str, int] = defaultdict(int)
    for (begins, ends, person), minutes in booked.items():
        if begins < end and ends > start:
            found[person] += minutes
    return found


async def save_team(database: Database, team: Sequence[Technician]) -> None:
    """Replace all technicians in a transaction of its own."""
    async with database.write() as connection:
        await TechnicianStore().replace_all(connection, team)
