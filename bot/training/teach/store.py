"""What customers' messages were about, in SQL, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import and_, case, distinct, exists, func, or_, select

from bot.database import Database, insert_unless_there
from bot.schema import (
    conversations,
    handoffs,
    inbox_groups,
    inbox_sentences,
    matters,
    ratings,
)
from bot.training.inbox.model import OUTSIDE
from bot.training.teach.model import ArticleUse, CameBack, HandedOver, Matter

_COLUMNS = list(matters.c)
_ADD = insert_unless_there(matters)
_LOW_SCORE = 2
#: most rows of one list; the newest are kept
_MOST = 20_000
_OF_A_GROUP = 40


@dataclass(frozen=True)
class StrangeGroup:
    """Sentences of the inbox alike in meaning that fit no intent."""

    id: str
    size: int
    languages: Mapping[str, int]
    texts: Sequence[str]


class MatterStore:
    """Written a turn, read by trainers."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(self, matter: Matter) -> None:
        """Keep what a message was about; the same message again changes nothing."""
        async with self._db.write() as connection:
            await connection.execute(_ADD, matter.__dict__)

    async def drop(self, before: datetime) -> int:
        """Delete what is older; how many."""
        old = exists().where(matters.c.at < before)
        async with self._db.read() as connection:
            if not (await connection.execute(select([old]))).scalar():
                return 0
        async with self._db.write() as connection:
            return int((await connection.execute(matters.delete().where(matters.c.at < before))).rowcount)

    async def handed_over(self, since: datetime, to: datetime) -> list[HandedOver]:
        """Hand-overs that were asked for in that time, with the matters before each."""
        h, m = handoffs.c, matters.c
        query = (
            select([h.id.label("handoff_id"), h.reason_code, h.disposition, *_COLUMNS])
            .select_from(
                handoffs.outerjoin(matters, and_(m.conversation_id == h.conversation_id, m.at <= h.requested_at))
            )
            .where(and_(h.requested_at >= since, h.requested_at < to))
            .order_by(h.requested_at.desc(), h.id, m.seq)
            .limit(_MOST)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        found = []
        for _, group in groupby(rows, key=lambda row: row.handoff_id):
            own = list(group)
            named = (own[0].disposition or {}).get("intent")
            before = [_matter(row) for row in own if row.seq is not None]
            found.append(HandedOver(str(own[0].handoff_id), own[0].reason_code, str(named) if named else None, before))
        return found

    async def came_back(self, since: datetime, to: datetime, within: timedelta) -> list[CameBack]:
        """Customers who came in that time about what the bot had ended `within` before, newest first."""
        again, first = matters.alias("again"), matters.alias("first")
        now, before = conversations.alias("now"), conversations.alias("before")
        to_a_person = exists().where(handoffs.c.conversation_id == before.c.id)
        not_solved = exists().where(
            and_(ratings.c.conversation_id == before.c.id, ratings.c.subject == "bot", ratings.c.solved.is_(False))
        )
        joined = (
            again.join(now, now.c.id == again.c.conversation_id)
            .join(before, and_(before.c.customer_id == now.c.customer_id, before.c.id != now.c.id))
            .join(first, and_(first.c.conversation_id == before.c.id, first.c.intent == again.c.intent))
        )
        query = (
            select(
                [now.c.customer_id]
                + [column.label(f"again_{column.name}") for column in again.c]
                + [column.label(f"first_{column.name}") for column in first.c]
            )
            .select_from(joined)
            .where(
                and_(
                    again.c.at >= since,
                    again.c.at < to,
                    first.c.at >= since - within,
                    first.c.at < again.c.at,
                    before.c.updated_at >= since - within,
                    before.c.updated_at < again.c.at,
                    ~to_a_person,
                    ~not_solved,
                )
            )
            .order_by(again.c.at.desc())
            .limit(_MOST)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        found = [CameBack(row.customer_id, _matter(row, "first_"), _matter(row, "again_")) for row in rows]
        return [one for one in found if one.again.at - one.first.at <= within]

    async def articles(self, since: datetime, to: datetime) -> list[ArticleUse]:
        """How each article did that was shown in that time."""
        m = matters.c
        low = exists().where(
            and_(
                ratings.c.conversation_id == m.conversation_id,
                ratings.c.subject == "bot",
                or_(ratings.c.solved.is_(False), ratings.c.score <= _LOW_SCORE),
            )
        )
        person = exists().where(and_(handoffs.c.conversation_id == m.conversation_id, handoffs.c.requested_at >= m.at))
        counted = m.conversation_id
        query = (
            select(
                [
                    m.article,
                    func.count(distinct(counted)),
                    func.count(distinct(case((low, counted)))),
                    func.count(distinct(case((person, counted)))),
                ]
            )
            .where(and_(m.at >= since, m.at < to, m.article.isnot(None)))
            .group_by(m.article)
        )
        async with self._db.read() as connection:
            return [ArticleUse(*row) for row in (await connection.execute(query)).all()]

    async def strange_groups(self, since: datetime, least: int, limit: int) -> list[StrangeGroup]:
        """Open groups that fit no intent and grew since then, the largest first."""
        g = inbox_groups.c
        fits = [g.status == "open", g.size >= least, g.last_at >= since, g.suggested.is_(None)]
        fits += [or_(g.intent.is_(None), g.intent == OUTSIDE, g.tags.contains("|refused|"))]
        query = select([g.id, g.size, g.languages, g.reasons]).where(and_(*fits)).order_by(g.size.desc(), g.id)
        async with self._db.read() as connection:
            rows = (await connection.execute(query.limit(limit * 2))).all()
            # mostly refused; the others were understood as something, however unsurely
            chosen = [row for row in rows if 2 * int((row.reasons or {}).get("refused", 0)) >= row.size][:limit]
            texts = {row.id: await self._texts(connection, row.id) for row in chosen}
        return [StrangeGroup(row.id, row.size, dict(row.languages), texts[row.id]) for row in chosen if texts[row.id]]

    async def said_anyway(self, since: datetime, limit: int) -> list[str]:
        """What was understood of late, newest first."""
        query = (
            select([matters.c.text])
            .where(and_(matters.c.at >= since, matters.c.intent.isnot(None)))
            .order_by(matters.c.at.desc())
            .limit(limit)
        )
        async with self._db.read() as connection:
            return [str(row.text) for row in (await connection.execute(query)).all()]

    @staticmethod
    async def _texts(connection: Any, group_id: str) -> list[str]:
        s = inbox_sentences.c
        query = select([s.text]).where(and_(s.group_id == group_id, s.decision_id.is_(None))).order_by(s.at.desc())
        return [str(row.text) for row in (await connection.execute(query.limit(_OF_A_GROUP))).all()]


def _matter(row: Any, prefix: str = "") -> Matter:
    return Matter(**{column.name: getattr(row, prefix + column.name) for column in _COLUMNS})
