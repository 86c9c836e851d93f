"""Cards of customers who have written: names and numbers, for lists and the search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select

from bot.contracts import AuthorKind
from bot.database import Database
from bot.desk.customers.model import Card, Past
from bot.handoff.store import NEWEST_HANDOFF
from bot.schema import conversations, customer_cards, handoffs, messages


class CardStore:
    """What the operator's directory said last."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def put(self, cards: Sequence[Card], at: datetime) -> None:
        """Keep cards; newer ones replace older ones."""
        if not cards:
            return
        async with self._db.write() as connection:
            ids = [card.customer_id for card in cards]
            await connection.execute(customer_cards.delete().where(customer_cards.c.customer_id.in_(ids)))
            await connection.execute(customer_cards.insert(), [{**card.__dict__, "fetched_at": at} for card in cards])

    async def get(self, customer_ids: Iterable[str]) -> dict[str, Card]:
        """Cards by customer id; unknown ones are left out."""
        query = customer_cards.select().where(customer_cards.c.customer_id.in_(list(customer_ids)))
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return {
            row.customer_id: Card(
                row.customer_id, row.name_zh, row.name_en, row.phone, row.account_number, row.customer_class
            )
            for row in rows
        }

    async def stale(self, before: datetime, limit: int) -> tuple[str, ...]:
        """Customers with a conversation whose card is missing or older than `before`."""
        query = (
            select([conversations.c.customer_id])
            .select_from(
                conversations.outerjoin(customer_cards, customer_cards.c.customer_id == conversations.c.customer_id)
            )
            .where(
                and_(
                    conversations.c.customer_id.isnot(None),
                    or_(customer_cards.c.customer_id.is_(None), customer_cards.c.fetched_at < before),
                )
            )
            .distinct()
            .limit(limit)
        )
        async with self._db.read() as connection:
            return tuple(row[0] for row in (await connection.execute(query)).all())


_FIRST_WORDS = (
    select([messages.c.text])
    .where(
        and_(
            messages.c.conversation_id == conversations.c.id,
            messages.c.author_kind == AuthorKind.customer.value,
            messages.c.text != "",
        )
    )
    .order_by(messages.c.seq)
    .limit(1)
    .correlate(conversations)
    .scalar_subquery()
)


class ProfileStore:
    """What we keep of a customer's past."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def past(self, customer_id: str, limit: int, without: str | None = None) -> tuple[Past, ...]:
        """Conversations in which the customer wrote something, last active first, in one statement."""
        query = (
            select(
                [
                    conversations.c.id,
                    conversations.c.updated_at,
                    conversations.c.owner,
                    handoffs.c.reason_code,
                    handoffs.c.packet,
                    handoffs.c.disposition,
                    _FIRST_WORDS.label("first_words"),
                ]
            )
            .select_from(conversations.outerjoin(handoffs, handoffs.c.id == NEWEST_HANDOFF))
            .where(and_(conversations.c.customer_id == customer_id, conversations.c.id != (without or "")))
            .where(conversations.c.customer_seq > 0)
            .order_by(conversations.c.updated_at.desc())
            .limit(limit)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return tuple(
            Past(
                row.id,
                row.updated_at,
                row.owner,
                row.reason_code,
                (row.packet or {}).get("summary"),
                (row.disposition or {}).get("solved"),
                row.first_words,
            )
            for row in rows
        )
