"""One turn at a time for a conversation, in this process and among processes."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from redis.asyncio import Redis
from redis.exceptions import RedisError

_LIFETIME_MS = 30_000
_POLL_S = 0.02

#: deletes the lock only if it is still ours
_RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


def lock_key(conversation_id: str) -> str:
    """Redis string, the holder's token; written by the process that runs the turn; expires after 30 s."""
    return f"fl:turn:{conversation_id}"


class TurnLocks:
    """Locks by conversation. The turn's transaction is fenced by itself; these only avoid work in vain."""

    def __init__(self, redis: Redis, shared: bool) -> None:
        self._redis = redis
        self._shared = shared
        self._locks: dict[str, asyncio.Lock] = {}
        self._waiting: dict[str, int] = {}

    def busy(self, conversation_id: str) -> bool:
        """Whether a turn of this process runs or waits."""
        return conversation_id in self._locks

    @asynccontextmanager
    async def hold(self, conversation_id: str) -> AsyncIterator[bool]:
        """Wait for the conversation and hold it; yields whether another task of this process had it before."""
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        waited = lock.locked()
        self._waiting[conversation_id] = self._waiting.get(conversation_id, 0) + 1
        try:
            async with lock:
                if not self._shared:
                    yield waited
                    return
                token = await self._acquire(conversation_id)
                try:
                    yield waited
                finally:
                    await self._release(conversation_id, token)
        finally:
            self._waiting[conversation_id] -= 1
            if not self._waiting[conversation_id]:
                del self._waiting[conversation_id], self._locks[conversation_id]

    async def _acquire(self, conversation_id: str) -> str:
        token = secrets.token_hex(8)
        with suppress(RedisError, OSError):  # the fence in the transaction still holds
            while not await self._redis.set(lock_key(conversation_id), token, nx=True, px=_LIFETIME_MS):
                await asyncio.sleep(_POLL_S)
        return token

    async def _release(self, conversation_id: str, token: str) -> None:
        with suppress(RedisError, OSError):  # it expires by itself
            await self._redis.eval(_RELEASE, 1, lock_key(conversation_id), token)
