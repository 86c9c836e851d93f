"""Checks that wait for the customer's code, in Redis; what a passed one changes, in SQL."""

from __future__ import annotations

from datetime import datetime

from redis.asyncio import Redis
from sqlalchemy import select, update

from bot.contracts import Assurance
from bot.customers.model import CODE_LIFE_S
from bot.database import Database
from bot.desk.identity.model import Check
from bot.errors import ConversationNotFound
from bot.redis_reading import unless_away
from bot.schema import conversations


def check_key(conversation_id: str) -> str:
    """Redis string JSON of a `Check`; written when an agent asks for one; expires after 300 s, as the code does."""
    return f"fl:desk:identity:{conversation_id}"


class IdentityCheckStore:
    """One check a conversation."""

    def __init__(self, redis: Redis, database: Database) -> None:
        self._redis = redis
        self._db = database

    async def put(self, conversation_id: str, check: Check) -> None:
        # a little longer than the code lives, so that a late one is told that it is late
        await self._redis.set(check_key(conversation_id), check.as_text(), ex=CODE_LIFE_S * 2)

    async def get(self, conversation_id: str) -> Check | None:
        """The check that is awaited; None when Redis is away: what was typed is an ordinary message then."""
        found = await unless_away(self._redis, "get", check_key(conversation_id))
        return Check.of_text(str(found)) if found else None

    async def drop(self, conversation_id: str) -> None:
        await self._redis.delete(check_key(conversation_id))

    async def raise_level(self, conversation_id: str, customer_id: str, at: datetime) -> None:
        """The customer has proved who they are; the level rises and never falls by it."""
        async with self._db.write() as connection:
            query = select([conversations.c.slots, conversations.c.assurance])
            query = query.where(conversations.c.id == conversation_id).with_for_update()
            row = (await connection.execute(query)).first()
            if row is None:
                raise ConversationNotFound()
            known = Assurance(row.assurance)
            level = known if known.verified else Assurance.otp
            slots = {"verified": True, "assurance": level.value, "customer_id": customer_id}
            await connection.execute(
                update(conversations)
                .where(conversations.c.id == conversation_id)
                .values(
                    assurance=level.value,
                    customer_id=customer_id,
                    slots={**(row.slots or {}), **slots},
                    # other processes notice by the count that what they cached is old
                    turns=conversations.c.turns + 1,
                    updated_at=at,
                )
            )
