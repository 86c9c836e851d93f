"""Signs of life of the desk's consoles, in Redis.

What people wish stands in SQL, so that a lost Redis sends nobody home.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.redis_reading import read_at_once, unless_away


def alive_key() -> str:
    """Redis sorted set user id → Unix seconds of the last sign of life; written by each call and ping of a console."""
    return "fl:desk:heard"


def consoles_key() -> str:
    """Redis sorted set `user id SPACE console id` → Unix seconds of its last ping; written by each open console."""
    return "fl:desk:consoles"


def windows_key() -> str:
    """Redis sorted set conversation id → Unix seconds when a customer's window last showed itself."""
    return "fl:desk:windows"


#: entries older than this are cleared away, seconds
_FORGOTTEN_S = 3600


class Liveness:
    """Who is there. Without Redis nobody can be told to be gone, and nobody is."""

    def __init__(self, redis: Redis, clock: Callable[[], datetime], grace_s: float) -> None:
        self._redis = redis
        self._clock = clock
        self.grace_s = grace_s

    async def heard_of(self, user_id: str) -> None:
        """Somebody's console has shown a sign of life."""
        await self._touch(alive_key(), user_id)

    async def console(self, user_id: str, console_id: str) -> None:
        """One of somebody's open consoles has."""
        await self._touch(consoles_key(), f"{user_id} {console_id}")
        await self.heard_of(user_id)

    async def console_closed(self, user_id: str, console_id: str) -> None:
        """It was closed, as far as one can tell."""
        await unless_away(self._redis, "zrem", consoles_key(), f"{user_id} {console_id}")

    async def consoles(self, user_id: str) -> int:
        """How many consoles somebody has open."""
        rows = await self._recent(consoles_key()) or ()
        return sum(row.partition(" ")[0] == user_id for row in rows)

    async def alive(self) -> dict[str, float] | None:
        """User id → Unix time of the last sign of life, for all who were heard of within the grace time.

        None when it cannot be told.
        """
        rows = await self._recent(alive_key(), "WITHSCORES")
        return None if rows is None else dict(zip(rows[::2], map(float, rows[1::2]), strict=True))

    async def window(self, conversation_id: str) -> None:
        """A customer's window has shown itself."""
        await self._touch(windows_key(), conversation_id)

    async def windows(self) -> set[str]:
        """Conversations whose customers have a window open."""
        return set(await self._recent(windows_key()) or ())

    async def tidy(self) -> None:
        """Clear away what is long gone."""
        for key in (alive_key(), consoles_key(), windows_key()):
            await unless_away(self._redis, "zremrangebyscore", key, "-inf", self._since(_FORGOTTEN_S))

    def _since(self, seconds: float) -> float:
        return self._clock().timestamp() - seconds

    async def _recent(self, key: str, *options: str) -> list[str] | None:
        """Who has shown themselves within the grace time; None when it cannot be told."""
        try:
            return await read_at_once(self._redis, "ZRANGEBYSCORE", key, self._since(self.grace_s), "+inf", *options)
        except (RedisError, OSError):
            return None

    async def _touch(self, key: str, member: str) -> None:
        await unless_away(self._redis, "zadd", key, {member: self._clock().timestamp()})
