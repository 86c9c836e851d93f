"""The windows that technicians visit in, and their capacity, in SQL.

`taken` counts confirmed visits and holds. Windows are locked in the order of their ids, so that two transactions never
wait for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.appointments.model import AppointmentStatus, VisitWindow
from bot.database import Database
from bot.schema import appointments, visit_windows
from bot.technicians.model import Technician, choose
from bot.technicians.store import TechnicianStore, at_once

#: windows that are looked at in one go when technicians are planned
_LOOKED_AT = 24


class WindowStore:
    """Reads and opens windows; what a visit takes of one is written by `AppointmentStore`."""

    def __init__(self, database: Database, zone: ZoneInfo, technicians: TechnicianStore) -> None:
        self._db = database
        self._zone = zone
        self._technicians = technicians

    async def free(
        self,
        area: str,
        *,
        now: datetime,
        not_before: datetime,
        start: datetime | None = None,
        end: datetime | None = None,
        exactly: bool = False,
        limit: int = 6,
        product: str | None = None,
        minutes: int = 0,
    ) -> tuple[VisitWindow, ...]:
        """Windows with room, soonest first.

        Args:
            exactly: the window is `start` to `end`, else it starts within `[start, end)`.
            product: what a technician must know, where technicians are planned; None: anything.
            minutes: how long the work takes.
        """
        found: list[VisitWindow] = []
        async with self._db.read() as connection:
            team = await self._technicians.team(connection, area)
            query = _with_room(area, now, not_before, start, end, exactly)
            offset, page = 0, limit if not team else max(limit, _LOOKED_AT)
            while len(found) < limit:
                rows = (await connection.execute(query.offset(offset).limit(page))).all()
                windows = [window_of(row, row.really_taken, self._zone) for row in rows]
                found += await self._staffed(connection, team, windows, product, minutes, now) if team else windows
                offset += page
                if len(rows) < page:
                    break
        return tuple(found[:limit])

    async def _staffed(
        self,
        connection: AsyncConnection,
        team: Sequence[Technician],
        windows: Sequence[VisitWindow],
        product: str | None,
        minutes: int,
        now: datetime,
    ) -> list[VisitWindow]:
        """Those windows in which a technician has the time."""
        if not windows:
            return []
        first, last = min(item.start for item in windows), max(item.end for item in windows)
        booked = await self._technicians.booked(connection, [person.id for person in team], first, last, now)
        return [
            item
            for item in windows
            if choose(
                team,
                at_once(booked, item.start, item.end),
                product=product,
                minutes=minutes,
                start=item.start,
                end=item.end,
            )
        ]

    async def get(self, window_id: str) -> VisitWindow | None:
        async with self._db.read() as connection:
            row = (await connection.execute(visit_windows.select().where(visit_windows.c.id == window_id))).first()
        return None if row is None else window_of(row, row.taken, self._zone)

    async def offer(self, area: str, start: datetime, end: datetime, offered: Sequence[VisitWindow]) -> None:
        """Make the windows of an area in a time those that somebody else offers: each has room for one more visit."""
        insert = sqlite.insert if self._db.is_sqlite else postgresql.insert
        ids = [window.id for window in offered]
        others = and_(
            visit_windows.c.area == area,
            visit_windows.c.start >= start,
            visit_windows.c.start < end,
            visit_windows.c.id.notin_(ids),
            visit_windows.c.capacity > visit_windows.c.taken,
        )
        async with self._db.write() as connection:
            for window in offered:
                await connection.execute(insert(visit_windows).values(**window.__dict__).on_conflict_do_nothing())
            full = and_(visit_windows.c.id.in_(ids), visit_windows.c.capacity <= visit_windows.c.taken)
            await connection.execute(visit_windows.update().where(full).values(capacity=visit_windows.c.taken + 1))
            await connection.execute(visit_windows.update().where(others).values(capacity=visit_windows.c.taken))

    async def add(self, windows: Sequence[VisitWindow]) -> None:
        """Open windows, for a planner or a seed."""
        if not windows:
            return
        async with self._db.write() as connection:
            await connection.execute(visit_windows.insert(), [window.__dict__ for window in windows])


def window_of(row: Any, taken: int, zone: ZoneInfo) -> VisitWindow:
    """A window, from a row of its table and how many places of it are taken."""
    return VisitWindow(
        id=row.id,
        area=row.area,
        start=row.start.astimezone(zone),
        end=row.end.astimezone(zone),
        capacity=row.capacity,
        taken=taken,
    )


async def lock(connection: AsyncConnection, window_ids: Sequence[str]) -> None:
    """Lock windows in the order of their ids until the transaction ends."""
    ids = sorted(set(window_ids))
    query = select([visit_windows.c.id]).where(visit_windows.c.id.in_(ids)).order_by(visit_windows.c.id)
    await connection.execute(query.with_for_update())


async def give_back(connection: AsyncConnection, window_id: str) -> None:
    """One place of a window is free again."""
    await connection.execute(
        visit_windows.update()
        .where(and_(visit_windows.c.id == window_id, visit_windows.c.taken > 0))
        .values(taken=visit_windows.c.taken - 1)
    )


def _with_room(
    area: str, now: datetime, not_before: datetime, start: datetime | None, end: datetime | None, exactly: bool
) -> Any:
    """Windows whose places are not all taken, with `really_taken`, which leaves out holds that have run out."""
    run_out = (
        select([func.count()])
        .select_from(appointments)
        .where(
            and_(
                appointments.c.window_id == visit_windows.c.id,
                appointments.c.status == AppointmentStatus.held.value,
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
    return select([visit_windows, taken]).where(and_(*conditions)).order_by(visit_windows.c.start, visit_windows.c.id)
