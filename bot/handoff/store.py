"""Hand-overs and desk accounts in SQL; presence and offers in Redis. The only place that touches either."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from redis.asyncio import Redis
from sqlalchemy import and_, func, select, update

from bot.contracts import Owner, ReasonCode
from bot.database import Database
from bot.handoff.model import Handoff, HandoffStatus, Offer, Presence, User
from bot.schema import conversations, handoffs, users

#: an agent whose console has not been heard of for this long is not there
ALIVE_S = 45
_DECLINED_S = 120


def presence_key() -> str:
    """Redis hash user id → what the agent wishes; written by the desk; never expires."""
    return "fl:desk:presence"


def alive_key(user_id: str) -> str:
    """Redis string; written by each call and ping of the agent's console; expires after 45 s."""
    return f"fl:desk:alive:{user_id}"


def offers_key() -> str:
    """Redis hash offer id → JSON; written by the router; an entry goes when accepted, declined or past its time."""
    return "fl:desk:offers"


def declined_key(handoff_id: str) -> str:
    """Redis set of user ids who declined or let it ring; written by the desk and router; expires after 120 s."""
    return f"fl:desk:declined:{handoff_id}"


class HandoffStore:
    """Queue, accounts, presence, offers."""

    def __init__(self, database: Database, redis: Redis) -> None:
        self._db = database
        self._redis = redis

    # -- hand-overs ----------------------------------------------------------------------------------------------

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
                    packet=dict(handoff.packet),
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

    async def get(self, handoff_id: str) -> Handoff | None:
        return await self._first(handoffs.select().where(handoffs.c.id == handoff_id))

    async def newest(self, conversation_id: str) -> Handoff | None:
        """The conversation's latest hand-over."""
        return await self._first(
            handoffs.select()
            .where(handoffs.c.conversation_id == conversation_id)
            .order_by(handoffs.c.requested_at.desc())
            .limit(1)
        )

    async def waiting(self, limit: int = 500) -> tuple[Handoff, ...]:
        """Hand-overs that nobody has taken, in the order in which they will be offered."""
        query = (
            handoffs.select()
            .where(handoffs.c.status == HandoffStatus.waiting.value)
            .order_by(handoffs.c.priority, handoffs.c.requested_at)
            .limit(limit)
        )
        async with self._db.read() as connection:
            return tuple(_handoff(row) for row in (await connection.execute(query)).all())

    async def ahead_of(self, handoff: Handoff) -> int:
        """How many waiting hand-overs come first."""
        query = (
            select([func.count()])
            .select_from(handoffs)
            .where(
                and_(
                    handoffs.c.status == HandoffStatus.waiting.value,
                    (handoffs.c.priority < handoff.priority)
                    | and_(handoffs.c.priority == handoff.priority, handoffs.c.requested_at < handoff.requested_at),
                )
            )
        )
        async with self._db.read() as connection:
            return int((await connection.execute(query)).scalar() or 0)

    async def handling_times_s(self, limit: int = 50) -> list[float]:
        """Seconds from acceptance to the end of the newest finished hand-overs."""
        query = (
            select([handoffs.c.accepted_at, handoffs.c.ended_at])
            .where(and_(handoffs.c.accepted_at.isnot(None), handoffs.c.ended_at.isnot(None)))
            .order_by(handoffs.c.ended_at.desc())
            .limit(limit)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return [(row.ended_at - row.accepted_at).total_seconds() for row in rows]

    async def load(self) -> dict[str, int]:
        """Chats that each agent has open."""
        query = (
            select([conversations.c.agent_id, func.count()])
            .where(conversations.c.owner == Owner.agent.value)
            .group_by(conversations.c.agent_id)
        )
        async with self._db.read() as connection:
            return {row[0]: row[1] for row in (await connection.execute(query)).all()}

    # -- accounts ------------------------------------------------------------------------------------------------

    async def add_user(self, user: User, password_hash: str) -> None:
        async with self._db.write() as connection:
            await connection.execute(
                users.insert().values(
                    id=user.id,
                    username=user.username,
                    name=dict(user.name),
                    password_hash=password_hash,
                    roles=sorted(user.roles),
                    languages=list(user.languages),
                    capacity=user.capacity,
                )
            )

    async def set_password(self, user_id: str, password_hash: str) -> None:
        async with self._db.write() as connection:
            await connection.execute(update(users).where(users.c.id == user_id).values(password_hash=password_hash))

    async def rename(self, user_id: str, name: Mapping[str, str]) -> None:
        async with self._db.write() as connection:
            await connection.execute(update(users).where(users.c.id == user_id).values(name=dict(name)))

    async def user(self, user_id: str) -> User | None:
        async with self._db.read() as connection:
            row = (await connection.execute(users.select().where(users.c.id == user_id))).first()
        return None if row is None else _user(row)

    async def credentials(self, username: str) -> tuple[User, str] | None:
        """The account and its password hash."""
        async with self._db.read() as connection:
            row = (await connection.execute(users.select().where(users.c.username == username))).first()
        return None if row is None else (_user(row), row.password_hash)

    async def set_presence(self, user_id: str, presence: Presence) -> None:
        await self._redis.hset(presence_key(), user_id, presence.value)

    async def presence(self, user_id: str) -> Presence:
        found = await self._redis.hget(presence_key(), user_id)
        return Presence(found) if found else Presence.offline

    async def heard_of(self, user_id: str) -> None:
        """The agent's console has shown a sign of life."""
        await self._redis.set(alive_key(user_id), 1, ex=ALIVE_S)

    async def on_duty(self) -> tuple[str, ...]:
        """Ids of agents who wish to work and whose console is alive."""
        wishes = await self._redis.hgetall(presence_key())
        wanted = [str(user_id) for user_id, wish in wishes.items() if wish == Presence.available.value]
        if not wanted:
            return ()
        alive = await self._redis.mget([alive_key(user_id) for user_id in wanted])
        return tuple(user_id for user_id, sign in zip(wanted, alive, strict=True) if sign)

    # -- offers --------------------------------------------------------------------------------------------------

    async def put_offer(self, offer: Offer) -> None:
        body = {**offer.__dict__, "expires_at": offer.expires_at.isoformat()}
        await self._redis.hset(offers_key(), offer.id, json.dumps(body))

    async def offers(self) -> tuple[Offer, ...]:
        return tuple(_offer(json.loads(body)) for body in (await self._redis.hgetall(offers_key())).values())

    async def offer(self, offer_id: str) -> Offer | None:
        body = await self._redis.hget(offers_key(), offer_id)
        return _offer(json.loads(body)) if body else None

    async def take_offer(self, offer_id: str) -> bool:
        """Remove an offer; True for the one caller who did."""
        return bool(await self._redis.hdel(offers_key(), offer_id))

    async def decline(self, handoff_id: str, user_id: str) -> None:
        await self._redis.sadd(declined_key(handoff_id), user_id)
        await self._redis.expire(declined_key(handoff_id), _DECLINED_S)

    async def declined(self, handoff_id: str) -> frozenset[str]:
        return frozenset(str(item) for item in await self._redis.smembers(declined_key(handoff_id)))

    async def _first(self, query: Any) -> Handoff | None:
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else _handoff(row)


def _offer(body: Mapping[str, Any]) -> Offer:
    return Offer(**{**body, "expires_at": datetime.fromisoformat(body["expires_at"])})


def _user(row: Any) -> User:
    return User(row.id, row.username, row.name, frozenset(row.roles), tuple(row.languages), row.capacity)


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
    )
