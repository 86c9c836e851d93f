"""How the desk does, in SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, select

from bot.contracts import Owner
from bot.database import Database
from bot.handoff.figures.lasting import Contact
from bot.handoff.model import HandoffStatus
from bot.handoff.store import NEWEST_HANDOFF
from bot.schema import conversations, desk_offers, handoffs, ratings

_NEWEST = 5_000
#: a score of at least this is a content customer's
_CONTENT = 4
#: all of them: the index on when a conversation last moved begins with its owner
_OWNERS = [owner.value for owner in Owner]


@dataclass(frozen=True)
class Served:
    """One hand-over's times."""

    status: HandoffStatus
    reason_code: str
    requested_at: datetime
    #: by whoever had it first
    accepted_at: datetime | None
    ended_at: datetime | None
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
                    c.reason_code,
                    c.requested_at,
                    c.first_accepted_at,
                    c.ended_at,
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
                HandoffStatus(row[0]),
                row[1],
                row[2],
                row[3],
                row[4],
                row[5],
                row[6],
                (row[7], row[8]) if row[8] is not None else None,
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

    async def ratings(self, since: datetime) -> dict[str, tuple[int, float, float]]:
        """Subject (bot, agent) → how many ratings, their mean, and the share of those who are content (4 or 5)."""
        content = func.sum(case((ratings.c.score >= _CONTENT, 1), else_=0))
        query = (
            select([ratings.c.subject, func.count(), func.avg(ratings.c.score), content])
            .where(and_(ratings.c.created_at >= since))
            .group_by(ratings.c.subject)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return {row[0]: (int(row[1]), round(float(row[2]), 2), round(int(row[3]) / int(row[1]), 3)) for row in rows}

    async def contacts(self, since: datetime, before: datetime) -> tuple[Contact, ...]:
        """Conversations in which the customer wrote, that ended or fell silent in this time."""
        c = conversations.c
        counted = (
            select([func.count()]).where(handoffs.c.conversation_id == c.id).correlate(conversations).scalar_subquery()
        )
        query = (
            select([c.id, c.customer_id, c.updated_at, counted, handoffs.c.disposition])
            .select_from(conversations.outerjoin(handoffs, handoffs.c.id == NEWEST_HANDOFF))
            .where(and_(c.owner.in_(_OWNERS), c.updated_at >= since, c.updated_at < before, c.customer_seq > 0))
            .limit(_NEWEST)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return tuple(Contact(row[0], row[1], row[2], row[3], (row[4] or {}).get("solved")) for row in rows)

    async def opened(self, since: datetime) -> tuple[tuple[str, str, datetime], ...]:
        """(customer, conversation, when) of conversations that known customers opened since then and wrote in."""
        c = conversations.c
        query = (
            select([c.customer_id, c.id, c.created_at])
            .where(and_(c.owner.in_(_OWNERS), c.updated_at >= since, c.created_at >= since))
            .where(and_(c.customer_id.isnot(None), c.customer_seq > 0))
            .limit(_NEWEST * 4)
        )
        async with self._db.read() as connection:
            return tuple((row[0], row[1], row[2]) for row in (await connection.execute(query)).all())
