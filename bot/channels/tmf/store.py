"""Conversations as interactions: a page of heads with how many there are in all, and the messages."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from bot.contracts import Conversation, Message, Owner
from bot.conversations.store import ConversationStore
from bot.database import Database
from bot.schema import conversations


class InteractionStore:
    """Reads only."""

    def __init__(self, database: Database, ledger: ConversationStore) -> None:
        self._db = database
        self._ledger = ledger

    async def page(
        self, owners: Sequence[Owner], customer_id: str | None, offset: int, limit: int
    ) -> tuple[tuple[Conversation, ...], int]:
        """One page, most recently active first, and how many fit in all."""
        query = select([func.count()]).select_from(conversations)
        if owners:
            query = query.where(conversations.c.owner.in_([owner.value for owner in owners]))
        if customer_id is not None:
            query = query.where(conversations.c.customer_id == customer_id)
        async with self._db.read() as connection:
            total = int((await connection.execute(query)).scalar_one())
        if not limit:
            return (), total
        heads = await self._ledger.heads(owners=owners, customer_id=customer_id, limit=limit, offset=offset)
        return heads, total

    async def head(self, conversation_id: str) -> Conversation:
        """One conversation; raises `ConversationNotFound`."""
        return await self._ledger.head(conversation_id)

    async def messages(self, conversation_id: str) -> tuple[Message, ...]:
        """Its messages, oldest first."""
        return await self._ledger.messages(conversation_id)
