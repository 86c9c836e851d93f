"""How fast a customer may write."""

from __future__ import annotations

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.errors import TooManyRequests

#: a customer may send a burst, then this many messages a second for long
_BURST = 20
_PER_SECOND = 2.0

#: token bucket: returns 0 when allowed, else milliseconds to wait
_BUCKET = """
local t = redis.call('TIME'); local now = t[1] + t[2] / 1000000
local b = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(b[1]) or tonumber(ARGV[1])
tokens = math.min(tonumber(ARGV[1]), tokens + (now - (tonumber(b[2]) or now)) * tonumber(ARGV[2]))
local wait = 0
if tokens < 1 then wait = math.ceil((1 - tokens) / tonumber(ARGV[2]) * 1000) else tokens = tokens - 1 end
redis.call('HSET', KEYS[1], 'tokens', tokens, 'at', now); redis.call('EXPIRE', KEYS[1], 60)
return wait
"""


def rate_key(conversation_id: str) -> str:
    """Redis hash {tokens, at}; written at each customer message; expires after 60 s."""
    return f"fl:rate:{conversation_id}"


async def slow_down(redis: Redis, conversation_id: str) -> None:
    """Take note of one message more.

    Raises:
        TooManyRequests: too many at once; it says how long to wait.
    """
    try:
        wait_ms = int(await redis.eval(_BUCKET, 1, rate_key(conversation_id), _BURST, _PER_SECOND))
    except (RedisError, OSError):
        return  # without Redis nobody is turned away
    if wait_ms:
        raise TooManyRequests(retry_after_s=-(-wait_ms // 1000))
