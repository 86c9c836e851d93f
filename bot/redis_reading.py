"""Reads what Redis holds many of as one string: the client takes an answer apart in Python, value by value."""

from __future__ import annotations

import json

from redis.asyncio import Redis

_AS_JSON = "return cjson.encode(redis.call(ARGV[1], KEYS[1], unpack(ARGV, 2)))"


async def read_at_once(redis: Redis, command: str, key: str, *arguments: str | float) -> list[str]:
    """The values that a command answers with, in their order; of pairs, such as a hash, one after the other.

    Raises:
        RedisError, OSError: Redis is away.
    """
    return list(json.loads(await redis.eval(_AS_JSON, 1, key, command, *arguments)))
