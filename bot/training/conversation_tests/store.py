"""What a conversation left in the database of the service that it was played on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from bot.database import Database
from bot.schema import conversations, demo_customers, handoffs, metadata


class PlayedStore:
    """Reads only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def slots(self, conversation_id: str) -> Mapping[str, Any]:
        """The conversation's slots."""
        query = select(conversations.c.slots).where(conversations.c.id == conversation_id)
        async with self._database.read() as connection:
            return dict((await connection.execute(query)).scalar_one())

    async def rows(self, table: str, conversation_id: str) -> Sequence[Mapping[str, Any]]:
        """The rows of a table that belong to the conversation."""
        found = metadata.tables[table]
        query = select(found).where(found.c.conversation_id == conversation_id)
        async with self._database.read() as connection:
            return [dict(row) for row in (await connection.execute(query)).mappings()]

    async def packet(self, conversation_id: str) -> Mapping[str, Any]:
        """What the newest hand-over told the person; empty when there was none."""
        query = select(handoffs.c.packet).where(handoffs.c.conversation_id == conversation_id)
        async with self._database.read() as connection:
            packets = (await connection.execute(query.order_by(handoffs.c.requested_at))).scalars().all()
        return dict(packets[-1]) if packets else {}

    async def demo_customer(self, customer_id: str) -> Mapping[str, Any] | None:
        """A customer of the demo operator; None for anybody else's."""
        query = select(demo_customers).where(demo_customers.c.id == customer_id)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().first()
        return dict(row) if row is not None else None
