"""What the invariants are checked against, in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, select

from bot.contracts import Owner
from bot.conversations.statements import LEFT_TO_BOT
from bot.database import Database
from bot.handoff.model import HandoffStatus
from bot.schema import audit, conversations, handoffs

_LIMIT = 200


class WatchStore:
    """Chats that nobody sees, and customers whom nobody answers."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def ownerless(self) -> tuple[str, ...]:
        """Open conversations that wait for a person or have one, and stand in no list of the desk."""
        waiting = exists().where(_handoff(HandoffStatus.waiting))
        accepted = exists().where(_handoff(HandoffStatus.accepted))
        with_nobody = conversations.c.agent_id.is_(None)
        query = (
            select([conversations.c.id])
            .where(
                and_(conversations.c.owner == Owner.queued.value, ~waiting)
                | and_(conversations.c.owner == Owner.agent.value, with_nobody | ~accepted)
            )
            .limit(_LIMIT)
        )
        async with self._db.read() as connection:
            return tuple(row.id for row in (await connection.execute(query)).all())

    async def stray(self) -> tuple[str, ...]:
        """Hand-overs that wait although their conversation does not."""
        query = (
            select([handoffs.c.id])
            .select_from(handoffs.join(conversations, conversations.c.id == handoffs.c.conversation_id))
            .where(and_(handoffs.c.status == HandoffStatus.waiting.value, conversations.c.owner != Owner.queued.value))
            .limit(_LIMIT)
        )
        async with self._db.read() as connection:
            return tuple(row.id for row in (await connection.execute(query)).all())

    async def unanswered(self, before: datetime) -> tuple[tuple[str, str, datetime], ...]:
        """(conversation, person, since when) of customers whom their person has not answered since `before`."""
        query = (
            select([conversations.c.id, conversations.c.agent_id, conversations.c.waiting_since])
            .where(
                and_(
                    conversations.c.owner == Owner.agent.value,
                    conversations.c.agent_id.isnot(None),
                    conversations.c.waiting_since < before,
                )
            )
            .order_by(conversations.c.waiting_since)
            .limit(_LIMIT)
        )
        async with self._db.read() as connection:
            return tuple((row[0], row[1], row[2]) for row in (await connection.execute(query)).all())

    async def kept_waiting(self, before: datetime, now: datetime) -> tuple[tuple[str, datetime], ...]:
        """(conversation, since when) of those in the queue since `before` whose promised wait is over, longest first.

        Who asked when nobody was on duty was promised no wait, and told when there will be.
        """
        columns = [conversations.c.id, conversations.c.waiting_since, handoffs.c.requested_at, handoffs.c.eta_high_s]
        query = (
            select(columns)
            .select_from(handoffs.join(conversations, conversations.c.id == handoffs.c.conversation_id))
            .where(
                and_(
                    handoffs.c.status == HandoffStatus.waiting.value,
                    handoffs.c.eta_high_s.isnot(None),
                    handoffs.c.requested_at < before,
                    conversations.c.owner == Owner.queued.value,
                    conversations.c.waiting_since < before,
                )
            )
            .order_by(conversations.c.waiting_since)
            .limit(_LIMIT)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return tuple((row[0], row[1]) for row in rows if row[2] + timedelta(seconds=row[3]) < now)

    async def left_by_bot(self, before: datetime) -> tuple[str, ...]:
        """Conversations whose customer has waited for the bot's answer since `before`."""
        query = (
            select([conversations.c.id]).where(and_(LEFT_TO_BOT, conversations.c.waiting_since < before)).limit(_LIMIT)
        )
        async with self._db.read() as connection:
            return tuple(row.id for row in (await connection.execute(query)).all())

    async def acts(self, actions: Sequence[str], limit: int) -> tuple[Mapping[str, Any], ...]:
        """What was done about it, newest first: {at, what, conversation_id}."""
        query = audit.select().where(audit.c.action.in_(list(actions))).order_by(audit.c.at.desc()).limit(limit)
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return tuple({"at": row.at, "what": row.action, "conversation_id": row.conversation_id} for row in rows)


def _handoff(status: HandoffStatus) -> Any:
    return and_(handoffs.c.conversation_id == conversations.c.id, handoffs.c.status == status.value)
