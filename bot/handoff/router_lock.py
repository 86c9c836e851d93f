"""One router at a time among processes that share a Redis."""

from __future__ import annotations

import secrets

from redis.asyncio import Redis
from redis.exceptions import RedisError

_LIFETIME_MS = 4_000

#: takes or prolongs the lock; 1 when it is ours
_HOLD = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
_RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


def router_key() -> str:
    """Redis string, the token of the process that routes; prolonged every second; expires after 4 s."""
    return "fl:desk:router"


class RouterLock:
    """Held by the process that makes the offers.

    Should two believe it, the scripts of `OfferStore` keep offers single.
    """

    def __init__(self, redis: Redis, shared: bool) -> None:
        """Args:
        shared: whether other processes route too; alone, the lock is always held.
        """
        self._redis = redis
        self._shared = shared
        self._token = secrets.token_hex(8)

    async def hold(self) -> bool:
        """Take the lock or keep it; False when another process has it, or Redis is away."""
        if not self._shared:
            return True
        try:
            return bool(await self._redis.eval(_HOLD, 1, router_key(), self._token, _LIFETIME_MS))
        except (RedisError, OSError):
            return False

    async def release(self) -> None:
        """Let another process take over at once."""
        if not self._shared:
            return
        try:
            await self._redis.eval(_RELEASE, 1, router_key(), self._token)
        except (RedisError, OSError):
            return  # it expires by itself
