"""How the desk does, in SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select

from bot.database import Database
from bot.handoff.model import HandoffStatus
from bot.schema import desk_offers, handoffs, ratings

_NEWEST = 5_000


@dataclass(frozen=True)
class Served:
    """One hand-over's times."""

    status: HandoffStatus
    requested_at: datetime
    accepted_at: datetime | None
    first_response_at: datetime | None
    first_response_due_at: datetime | None
    eta_s: tuple[int, int] | None


class FiguresStore:
    """Reads for the dashboard; at most the newest 5,000 rows of each kind."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def served(self, since: datetime) -> tuple[Served, ...]:
        """Hand-overs that were asked for since then."""
        c = handoffs.c
        query = (
            select(
                [
                    c.status,
                    c.requested_at,
                    c.accepted_at,
                    c.first_response_at,
                    c.first_response_due_at,
                    c.eta_low_s,
                    c.eta_high_s,
                ]
            )
            .where(c.requested_at >= since)
            .order_by(c.requested_at.desc())
            .limit(_NEWEST)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return tuple(
            Served(
                HandoffStatus(row[0]), row[1], row[2], row[3], row[4], (row[5], row[6]) if row[6] is not None else None
            )
            for row in rows
        )

    async def offers(self, since: datetime) -> tuple[tuple[str, float], ...]:
        """(outcome, milliseconds until then) of offers that have ended since then."""
        query = (
            select([desk_offers.c.outcome, desk_offers.c.offered_at, desk_offers.c.ended_at])
            .where(desk_offers.c.ended_at >= since)
            .order_by(desk_offers.c.ended_at.desc())
            .limit(_NEWEST)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return tuple((row[0], (row[2] - row[1]).total_seconds() * 1000) for row in rows)

    async def ratings(self, since: datetime) -> dict[str, tuple[int, float]]:
        """Subject (bot, agent) → how many ratings, and their mean."""
        query = (
            select([ratings.c.subject, func.count(), func.avg(ratings.c.score)])
            .where(and_(ratings.c.created_at >= since))
            .group_by(ratings.c.subject)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return {row[0]: (int(row[1]), round(float(row[2]), 2)) for row in rows}
