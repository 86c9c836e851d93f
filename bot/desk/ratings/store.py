"""Ratings of conversations and of packets in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.exc import IntegrityError

from bot.database import Database
from bot.desk.ratings.model import LOW_SCORE, Rating, Subject
from bot.schema import packet_ratings, ratings


class RatingStore:
    """One row a conversation and subject."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(self, rating: Rating) -> bool:
        """Keep a rating; False when there is one already."""
        values = {
            "conversation_id": rating.conversation_id,
            "subject": rating.subject.value,
            "score": rating.score,
            "solved": rating.solved,
            "comment": rating.comment,
            "agent_id": rating.agent_id,
            "created_at": rating.at,
        }
        try:
            async with self._db.write() as connection:
                await connection.execute(ratings.insert().values(**values))
        except IntegrityError:
            return False
        return True

    async def of(self, conversation_ids: Sequence[str]) -> dict[str, dict[Subject, Rating]]:
        """Ratings by conversation and subject; conversations without any are left out."""
        query = ratings.select().where(ratings.c.conversation_id.in_(list(conversation_ids)))
        found: dict[str, dict[Subject, Rating]] = {}
        async with self._db.read() as connection:
            for row in (await connection.execute(query)).all():
                rating = _rating(row)
                found.setdefault(rating.conversation_id, {})[rating.subject] = rating
        return found

    async def conversations(
        self, *, low: bool, reviewed: bool | None, before: datetime | None, limit: int
    ) -> tuple[tuple[str, datetime], ...]:
        """Conversations with a rating that fits, newest rating first: id and time of that rating."""
        newest: dict[str, datetime] = {}
        query = select([ratings.c.conversation_id, ratings.c.created_at]).order_by(ratings.c.created_at.desc())
        if low:
            query = query.where(ratings.c.score <= LOW_SCORE)
        if reviewed is not None:
            query = query.where(ratings.c.reviewed_at.isnot(None) if reviewed else ratings.c.reviewed_at.is_(None))
        if before is not None:
            query = query.where(ratings.c.created_at < before)
        async with self._db.read() as connection:
            # two ratings a conversation at most
            for row in (await connection.execute(query.limit(limit * 2))).all():
                newest.setdefault(row.conversation_id, row.created_at)
        return tuple(newest.items())[:limit]

    async def review(self, conversation_id: str, reviewer: str, words: str, at: datetime) -> int:
        """Mark a conversation's ratings as looked at; how many there were."""
        async with self._db.write() as connection:
            done = await connection.execute(
                update(ratings)
                .where(ratings.c.conversation_id == conversation_id)
                .values(reviewed_at=at, reviewed_by=reviewer, review=words)
            )
        return int(done.rowcount)

    async def rate_packet(
        self, handoff_id: str, conversation_id: str, user_id: str, useful: bool, missing: str | None, at: datetime
    ) -> None:
        """Keep whether a packet helped; the newest word counts."""
        async with self._db.write() as connection:
            await connection.execute(packet_ratings.delete().where(packet_ratings.c.handoff_id == handoff_id))
            await connection.execute(
                packet_ratings.insert().values(
                    handoff_id=handoff_id,
                    conversation_id=conversation_id,
                    user_id=user_id,
                    useful=useful,
                    missing=missing,
                    at=at,
                )
            )

    async def packet_rating(self, handoff_id: str) -> dict[str, Any] | None:
        query = packet_ratings.select().where(packet_ratings.c.handoff_id == handoff_id)
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return None
        return {"useful": row.useful, "missing": row.missing, "user_id": row.user_id, "at": row.at.isoformat()}

    async def unrated(self, conversation_id: str, subjects: Sequence[Subject]) -> tuple[Subject, ...]:
        """Those of `subjects` that the customer has not rated, in their order."""
        query = select([ratings.c.subject]).where(
            and_(ratings.c.conversation_id == conversation_id, ratings.c.subject.in_([item.value for item in subjects]))
        )
        async with self._db.read() as connection:
            rated = {row.subject for row in (await connection.execute(query)).all()}
        return tuple(subject for subject in subjects if subject.value not in rated)


def _rating(row: Any) -> Rating:
    return Rating(
        row.conversation_id,
        Subject(row.subject),
        row.score,
        row.solved,
        row.comment,
        row.agent_id,
        row.created_at,
        row.reviewed_at,
        row.reviewed_by,
        row.review,
    )
