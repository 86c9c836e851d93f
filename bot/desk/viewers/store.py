"""Who has a conversation on their screen, and who writes: in Redis, one entry a window, gone by itself.

Only hints: while Redis is away nobody is seen to look, and nothing else fails for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime

from redis.asyncio import Redis

from bot.desk.inbox.model import Viewer
from bot.redis_reading import unless_away

#: a window that has not been heard of for this long looks at nothing
VIEWER_S = 30


def viewers_key() -> str:
    """Redis hash `conversation_id window` → JSON [user id, drafting, ends at, s since 1970]; written by consoles'
    sockets, expires 30 s after the last one has."""
    return "fl:desk:viewers"


class ViewerStore:
    """One entry a window and conversation, so that two tabs of one agent are one viewer until both have gone."""

    def __init__(self, redis: Redis, clock: Callable[[], datetime]) -> None:
        self._redis = redis
        self._clock = clock

    async def look(self, conversation_id: str, window: str, user_id: str, drafting: bool) -> None:
        """A window shows a conversation, for `VIEWER_S` from now."""
        ends = self._clock().timestamp() + VIEWER_S
        entry = json.dumps([user_id, drafting, ends])
        await unless_away(self._redis, "hset", viewers_key(), f"{conversation_id} {window}", entry)
        await unless_away(self._redis, "expire", viewers_key(), VIEWER_S)

    async def look_away(self, conversation_ids: Iterable[str], window: str) -> None:
        """A window shows them no more."""
        names = [f"{conversation_id} {window}" for conversation_id in conversation_ids]
        if names:
            await unless_away(self._redis, "hdel", viewers_key(), *names)

    async def all(self) -> dict[str, tuple[Viewer, ...]]:
        """Who looks at what, by conversation, each person once; whoever writes in one window writes."""
        now = self._clock().timestamp()
        found: dict[str, dict[str, bool]] = {}
        gone = []
        for name, entry in (await unless_away(self._redis, "hgetall", viewers_key()) or {}).items():
            conversation_id = str(name).split(" ", 1)[0]
            user_id, drafting, ends = json.loads(entry)
            if ends <= now:
                gone.append(name)
                continue
            people = found.setdefault(conversation_id, {})
            people[user_id] = people.get(user_id, False) or drafting
        if gone:
            await unless_away(self._redis, "hdel", viewers_key(), *gone)
        return {
            conversation_id: tuple(Viewer(user_id, people[user_id]) for user_id in sorted(people))
            for conversation_id, people in found.items()
        }
