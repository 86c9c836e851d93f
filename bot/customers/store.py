"""One-time codes in Redis: the code that counts, tries, and how often codes were sent."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from redis.asyncio import Redis

from bot.customers.model import (
    CODE_LIFE_S,
    CODE_TRIES,
    CONVERSATION_SPAN_S,
    NUMBER_SPAN_S,
    SENDS_PER_CONVERSATION,
    SENDS_PER_NUMBER,
    CodeScope,
)

#: KEYS: sends of the number, sends of the conversation. ARGV: now in ms, id of the send, then span (ms), limit of each.
#: Returns 0 and counts the send, or the milliseconds until one is allowed and counts nothing.
_ALLOW_SEND = """
local now, wait = tonumber(ARGV[1]), 0
for i = 1, 2 do
  local span, limit = tonumber(ARGV[1 + 2 * i]), tonumber(ARGV[2 + 2 * i])
  redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now - span)
  if redis.call('ZCARD', KEYS[i]) >= limit then
    local blocking = redis.call('ZRANGE', KEYS[i], -limit, -limit, 'WITHSCORES')
    wait = math.max(wait, tonumber(blocking[2]) + span - now)
  end
end
if wait > 0 then return wait end
for i = 1, 2 do
  redis.call('ZADD', KEYS[i], now, ARGV[2])
  redis.call('PEXPIRE', KEYS[i], ARGV[1 + 2 * i])
end
return 0
"""

#: KEYS: the code. ARGV: now in ms, tries allowed. Counts a try; returns {state, digest, tries left after this one}.
_TAKE_TRY = """
local digest, expires = unpack(redis.call('HMGET', KEYS[1], 'digest', 'expires'))
if not digest then return {'expired', '', 0} end
if tonumber(ARGV[1]) >= tonumber(expires) then
  redis.call('DEL', KEYS[1])
  return {'expired', '', 0}
end
local tries = redis.call('HINCRBY', KEYS[1], 'tries', 1)
if tries > tonumber(ARGV[2]) then return {'exhausted', '', 0} end
return {'open', digest, tonumber(ARGV[2]) - tries}
"""

#: KEYS: the code. ARGV: its digest. Takes the code away if it is still that one; returns whether it was.
_USE = """
if redis.call('HGET', KEYS[1], 'digest') == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


def code_key(scope: CodeScope) -> str:
    """Hash digest, expires (ms since 1970), tries; written by `CodeStore.put`; expires after 300 s."""
    return f"fl:otp:code:{scope.conversation_id}:{scope.purpose}:{_veil(scope.phone)}"


def number_key(phone: str) -> str:
    """Sorted set of sends to a number by time in ms, written by `CodeStore.allow_send`; expires after 600 s."""
    return f"fl:otp:number:{_veil(phone)}"


def conversation_key(conversation_id: str) -> str:
    """Sorted set of sends in a conversation by time in ms, written by `CodeStore.allow_send`; expires after 1800 s."""
    return f"fl:otp:conversation:{conversation_id}"


@dataclass(frozen=True)
class Try:
    """A try that has been counted: `open` has the digest to compare with, `expired` and `exhausted` have none."""

    state: str
    digest: str
    tries_left: int


class CodeStore:
    """Every call is one atomic step in Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def allow_send(self, scope: CodeScope, now: datetime) -> int:
        """Count one more code to be sent.

        Returns:
            0, or the milliseconds to wait when that would be one too many (nothing is counted then).
        """
        wait_ms = await self._redis.eval(
            _ALLOW_SEND,
            2,
            number_key(scope.phone),
            conversation_key(scope.conversation_id),
            _ms(now),
            secrets.token_hex(8),
            NUMBER_SPAN_S * 1000,
            SENDS_PER_NUMBER,
            CONVERSATION_SPAN_S * 1000,
            SENDS_PER_CONVERSATION,
        )
        return int(wait_ms)

    async def put(self, scope: CodeScope, digest: str, now: datetime) -> None:
        """Make this the code that counts; an earlier one of the same scope is void."""
        key = code_key(scope)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(key)
            pipe.hset(key, mapping={"digest": digest, "expires": _ms(now) + CODE_LIFE_S * 1000, "tries": 0})
            pipe.expire(key, CODE_LIFE_S)
            await pipe.execute()

    async def drop(self, scope: CodeScope) -> None:
        await self._redis.delete(code_key(scope))

    async def take_try(self, scope: CodeScope, now: datetime) -> Try:
        """Count a try, and give what it is to be compared with."""
        state, digest, left = await self._redis.eval(_TAKE_TRY, 1, code_key(scope), _ms(now), CODE_TRIES)
        return Try(_text(state), _text(digest), int(left))

    async def use(self, scope: CodeScope, digest: str) -> bool:
        """Use the code up; False when another call was quicker or a new code has been sent."""
        return bool(await self._redis.eval(_USE, 1, code_key(scope), digest))


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _veil(phone: str) -> str:
    """No phone number stands in a key."""
    return hashlib.sha256(phone.encode()).hexdigest()[:24]
