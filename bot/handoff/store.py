"""Hand-overs, the queue and offers that ended, in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, literal, select, update

from bot.contracts import Owner, ReasonCode
from bot.database import Database
from bot.handoff.eta import Measured
from bot.handoff.model import Handoff, HandoffStatus, Outcome, Waiting
from bot.schema import conversations, desk_offers, handoffs
from bot.schema.base import UtcTime

_WAITING = (
    handoffs.c.id,
    handoffs.c.conversation_id,
    handoffs.c.reason_code,
    handoffs.c.group_id,
    handoffs.c.language,
    handoffs.c.product,
    handoffs.c.customer_class,
    handoffs.c.priority,
    handoffs.c.requested_at,
    handoffs.c.rank_at,
    handoffs.c.direct_to,
    handoffs.c.last_agent_id,
    handoffs.c.spared_id,
    handoffs.c.spared_until,
)
#: how many newest chats, offers and promises of a group say what is usual
_MEASURED = 100

#: the id of a conversation's latest hand-over, in a statement about conversations
NEWEST_HANDOFF = (
    select([handoffs.c.id])
    .where(handoffs.c.conversation_id == conversations.c.id)
    .order_by(handoffs.c.requested_at.desc())
    .limit(1)
    .correlate(conversations)
    .scalar_subquery()
)


class HandoffStore:
    """The queue, who has which chat, and what is usual."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(self, handoff: Handoff) -> None:
        async with self._db.write() as connection:
            await connection.execute(
                handoffs.insert().values(
                    id=handoff.id,
                    conversation_id=handoff.conversation_id,
                    status=handoff.status.value,
                    reason_code=handoff.reason_code.value,
                    language=handoff.language,
                    priority=handoff.priority,
                    requested_at=handoff.requested_at,
                    accepted_at=handoff.accepted_at,
                    first_accepted_at=handoff.accepted_at,
                    agent_id=handoff.agent_id,
                    packet=dict(handoff.packet),
                    group_id=handoff.group_id,
                    product=handoff.product,
                    customer_class=handoff.customer_class,
                    rank_at=handoff.rank_at,
                    last_agent_id=handoff.last_agent_id,
                    eta_low_s=handoff.eta_s[0] if handoff.eta_s else None,
                    eta_high_s=handoff.eta_s[1] if handoff.eta_s else None,
                    asking=handoff.asking,
                )
            )

    async def set_status(
        self, handoff_id: str, from_status: HandoffStatus, status: HandoffStatus, **values: Any
    ) -> bool:
        """Move a hand-over on; False when it was not in `from_status` any more."""
        async with self._db.write() as connection:
            done = await connection.execute(
                update(handoffs)
                .where(and_(handoffs.c.id == handoff_id, handoffs.c.status == from_status.value))
                .values(status=status.value, **values)
            )
        return bool(done.rowcount == 1)

    async def taken(self, handoff_id: str, agent_id: str, at: datetime, answer_by: datetime) -> bool:
        """Somebody takes a waiting hand-over; False when it does not wait any more.

        Args:
            answer_by: until when the first words of a person are due; those of whoever took it first stay.
        """
        return await self.set_status(
            handoff_id,
            HandoffStatus.waiting,
            HandoffStatus.accepted,
            accepted_at=at,
            first_accepted_at=func.coalesce(handoffs.c.first_accepted_at, literal(at, UtcTime())),
            first_response_due_at=func.coalesce(handoffs.c.first_response_due_at, literal(answer_by, UtcTime())),
            agent_id=agent_id,
            direct_to=None,
            asking=None,
        )

    async def change(self, handoff_id: str, status: HandoffStatus, **values: Any) -> bool:
        """Change what is kept of a hand-over while it is in `status`; False when it is not."""
        return await self.set_status(handoff_id, status, status, **values)

    async def responded(self, conversation_id: str, at: datetime) -> None:
        """A person has answered; the first time counts."""
        async with self._db.write() as connection:
            await connection.execute(
                update(handoffs)
                .where(
                    and_(
                        handoffs.c.conversation_id == conversation_id,
                        handoffs.c.status == HandoffStatus.accepted.value,
                        handoffs.c.first_response_at.is_(None),
                    )
                )
                .values(first_response_at=at)
            )

    async def collected(
        self, handoff_id: str, asked: str | None, packet: Mapping[str, Any], asking: str | None
    ) -> bool:
        """Put a collected fact into the packet, if the chat still waits and this fact was asked for."""
        async with self._db.write() as connection:
            done = await connection.execute(
                update(handoffs)
                .where(
                    and_(
                        handoffs.c.id == handoff_id,
                        handoffs.c.status == HandoffStatus.waiting.value,
                        handoffs.c.asking == asked if asked is not None else handoffs.c.asking.is_(None),
                    )
                )
                .values(packet=dict(packet), asking=asking)
            )
        return bool(done.rowcount == 1)

    async def get(self, handoff_id: str) -> Handoff | None:
        return await self._first(handoffs.select().where(handoffs.c.id == handoff_id))

    async def newest(self, conversation_id: str) -> Handoff | None:
        """The conversation's latest hand-over."""
        return await self._first(_newest_first(conversation_id).limit(1))

    async def of_conversation(self, conversation_id: str) -> tuple[Handoff, ...]:
        """All of a conversation's hand-overs, newest first."""
        async with self._db.read() as connection:
            rows = (await connection.execute(_newest_first(conversation_id))).all()
        return tuple(_handoff(row) for row in rows)

    async def newest_of(self, conversation_ids: Sequence[str]) -> dict[str, Handoff]:
        """Conversation → its latest hand-over, for those that have any."""
        query = (
            handoffs.select()
            .where(handoffs.c.conversation_id.in_(list(conversation_ids)))
            .order_by(handoffs.c.requested_at)
        )
        async with self._db.read() as connection:
            return {row.conversation_id: _handoff(row) for row in (await connection.execute(query)).all()}

    async def packets(self, handoff_ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """Hand-over → its packet."""
        query = select([handoffs.c.id, handoffs.c.packet]).where(handoffs.c.id.in_(list(handoff_ids)))
        async with self._db.read() as connection:
            return {row.id: row.packet for row in (await connection.execute(query)).all()}

    async def waiting(self, group_id: str | None = None, limit: int = 500) -> tuple[Handoff, ...]:
        """Hand-overs that nobody has taken, in the order in which they will be offered."""
        query = handoffs.select().where(handoffs.c.status == HandoffStatus.waiting.value)
        if group_id is not None:
            query = query.where(handoffs.c.group_id == group_id)
        async with self._db.read() as connection:
            rows = (await connection.execute(query.order_by(handoffs.c.rank_at, handoffs.c.id).limit(limit))).all()
        return tuple(_handoff(row) for row in rows)

    async def who_waits(self, handoff_ids: Iterable[str] | None = None) -> tuple[Waiting, ...]:
        """Everybody who waits, or those of these ids who do, without their packets."""
        query = select(list(_WAITING)).where(handoffs.c.status == HandoffStatus.waiting.value)
        if handoff_ids is not None:
            query = query.where(handoffs.c.id.in_(list(handoff_ids)))
        async with self._db.read() as connection:
            return tuple(Waiting(*row) for row in (await connection.execute(query)).all())

    async def waits_by_group(self) -> dict[str, tuple[int, datetime]]:
        """Group → how many wait, and since when the first of them does."""
        query = (
            select([handoffs.c.group_id, func.count(), func.min(handoffs.c.requested_at)])
            .where(handoffs.c.status == HandoffStatus.waiting.value)
            .group_by(handoffs.c.group_id)
        )
        async with self._db.read() as connection:
            return {row[0]: (row[1], row[2]) for row in (await connection.execute(query)).all()}

    async def ahead_of(self, group_id: str, rank_at: datetime, handoff_id: str) -> int:
        """How many of the group who wait come first."""
        query = (
            select([func.count()])
            .select_from(handoffs)
            .where(
                and_(
                    handoffs.c.status == HandoffStatus.waiting.value,
                    handoffs.c.group_id == group_id,
                    (handoffs.c.rank_at < rank_at) | and_(handoffs.c.rank_at == rank_at, handoffs.c.id < handoff_id),
                )
            )
        )
        async with self._db.read() as connection:
            return int((await connection.execute(query)).scalar() or 0)

    async def measured(self, group_id: str) -> Measured:
        """What the group's newest chats, offers and promises say about waiting."""
        ended = (
            select([handoffs.c.first_accepted_at, handoffs.c.ended_at])
            .where(
                and_(
                    handoffs.c.group_id == group_id,
                    handoffs.c.status.in_(_SERVED),
                    handoffs.c.first_accepted_at.isnot(None),
                )
            )
            .order_by(handoffs.c.ended_at.desc())
            .limit(_MEASURED)
        )
        promised = (
            select([handoffs.c.eta_low_s, handoffs.c.eta_high_s, handoffs.c.requested_at, handoffs.c.first_accepted_at])
            .where(
                and_(
                    handoffs.c.group_id == group_id,
                    handoffs.c.first_accepted_at.isnot(None),
                    handoffs.c.eta_high_s.isnot(None),
                )
            )
            .order_by(handoffs.c.requested_at.desc())
            .limit(_MEASURED)
        )
        answered = (
            select([desk_offers.c.offered_at, desk_offers.c.ended_at])
            .where(and_(desk_offers.c.group_id == group_id, desk_offers.c.outcome == Outcome.accepted.value))
            .order_by(desk_offers.c.ended_at.desc())
            .limit(_MEASURED)
        )
        async with self._db.read() as connection:
            handling = (await connection.execute(ended)).all()
            promises = (await connection.execute(promised)).all()
            answers = (await connection.execute(answered)).all()
        return Measured(
            handling_s=[(row[1] - row[0]).total_seconds() for row in handling if row[1]],
            answer_s=[(row[1] - row[0]).total_seconds() for row in answers],
            promises=[(row[0], row[1], (row[3] - row[2]).total_seconds()) for row in promises],
        )

    async def load(self) -> dict[str, int]:
        """Chats that each person has open."""
        query = (
            select([conversations.c.agent_id, func.count()])
            .where(conversations.c.owner == Owner.agent.value)
            .group_by(conversations.c.agent_id)
        )
        async with self._db.read() as connection:
            return {row[0]: row[1] for row in (await connection.execute(query)).all()}

    async def last_agent(self, conversation_id: str, customer_id: str | None) -> str | None:
        """Who served this conversation last, or else this customer in another one."""
        by = handoffs.c.conversation_id == conversation_id
        if customer_id is not None:
            mine = select([conversations.c.id]).where(conversations.c.customer_id == customer_id)
            by = handoffs.c.conversation_id.in_(mine)
        query = (
            select([handoffs.c.agent_id])
            .where(and_(by, handoffs.c.agent_id.isnot(None)))
            .order_by((handoffs.c.conversation_id == conversation_id).desc(), handoffs.c.requested_at.desc())
            .limit(1)
        )
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        return row.agent_id if row else None

    async def offers_ended(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Keep how offers ended: columns of `desk_offers`."""
        if rows:
            async with self._db.write() as connection:
                await connection.execute(desk_offers.insert(), [dict(row) for row in rows])

    async def _first(self, query: Any) -> Handoff | None:
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else _handoff(row)


#: chats that a person has brought to an end
_SERVED = (HandoffStatus.closed.value, HandoffStatus.returned.value)


def _newest_first(conversation_id: str) -> Any:
    return (
        handoffs.select().where(handoffs.c.conversation_id == conversation_id).order_by(handoffs.c.requested_at.desc())
    )


def _handoff(row: Any) -> Handoff:
    return Handoff(
        id=row.id,
        conversation_id=row.conversation_id,
        status=HandoffStatus(row.status),
        reason_code=ReasonCode(row.reason_code),
        language=row.language,
        priority=row.priority,
        requested_at=row.requested_at,
        packet=row.packet,
        accepted_at=row.accepted_at,
        ended_at=row.ended_at,
        agent_id=row.agent_id,
        disposition=row.disposition,
        group_id=row.group_id,
        product=row.product,
        customer_class=row.customer_class,
        rank_at=row.rank_at,
        direct_to=row.direct_to,
        last_agent_id=row.last_agent_id,
        eta_s=(row.eta_low_s, row.eta_high_s) if row.eta_high_s is not None else None,
        first_response_at=row.first_response_at,
        first_response_due_at=row.first_response_due_at,
        asking=row.asking,
    )
