"""Asking Redis: for much at once, and for what nothing fails without."""

from __future__ import annotations

import json
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

_AS_JSON = "return cjson.encode(redis.call(ARGV[1], KEYS[1], unpack(ARGV, 2)))"


async def read_at_once(redis: Redis, command: str, key: str, *arguments: str | float) -> list[str]:
    """The values that a command answers with, in their order; of pairs, such as a hash, one after the other.

    They come as one string: the client takes an answer apart in Python, value by value.

    Raises:
        RedisError, OSError: Redis is away.
    """
    return list(json.loads(await redis.eval(_AS_JSON, 1, key, command, *arguments)))


async def unless_away(redis: Redis, command: str, *arguments: Any, **options: Any) -> Any:
    """What the client's method `command` answers; None while Redis is away."""
    try:
        return await getattr(redis, command)(*arguments, **options)
    except (RedisError, OSError):
        return None
