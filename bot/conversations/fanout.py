"""Live events to every open window of a conversation, in this process at once and in the others through Redis."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.background import end_task

log = structlog.get_logger(__name__)

#: topic of what every open console hears
DESK = "desk"
#: topic of what the router of offers hears
ROUTING = "routing"
_QUEUE_SIZE = 500
_RETRY_S = 1.0


class Subscription:
    """Events of one topic for one window. A window too slow to follow is told to catch up; nothing grows endlessly."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue(_QUEUE_SIZE)
        self.overrun = False

    def put(self, event: Mapping[str, Any]) -> None:
        try:
            self._queue.put_nowait(event)
        except asyncio.QueueFull:
            self.overrun = True

    async def get(self) -> Mapping[str, Any]:
        return await self._queue.get()

    def waiting(self) -> Mapping[str, Any] | None:
        """The next event if it is here already, else None."""
        try:
            return self._queue.get_nowait()
        except asyncio.QueueEmpty:
            return None


def desk_of(user_id: str) -> str:
    """Topic of what one person's consoles hear."""
    return f"{DESK}:{user_id}"


def channel_of(topic: str) -> str:
    """Redis pub/sub channel `fl:fan:<topic>`; written by every process, nothing is kept."""
    return f"fl:fan:{topic}"


class Fanout:
    """Publishes events by topic: a conversation's id, or `DESK`."""

    def __init__(self, redis: Redis, shared: bool) -> None:
        """Args:
        shared: whether other processes serve the same conversations.
        """
        self._redis = redis
        self._shared = shared
        self._here: dict[str, set[Subscription]] = {}
        self._taps: list[Callable[[str, Mapping[str, Any]], None]] = []
        self._origin = secrets.token_hex(8)
        self._listener: asyncio.Task[None] | None = None

    @contextmanager
    def subscribe(self, topic: str) -> Iterator[Subscription]:
        """Hear a topic while the block runs."""
        subscription = Subscription()
        self._here.setdefault(topic, set()).add(subscription)
        try:
            yield subscription
        finally:
            listeners = self._here[topic]
            listeners.discard(subscription)
            if not listeners:
                del self._here[topic]

    def tap(self, listener: Callable[[str, Mapping[str, Any]], None]) -> None:
        """Have a part of this process hear every event that this process publishes, with its topic."""
        self._taps.append(listener)

    async def publish(self, topic: str, event: Mapping[str, Any]) -> None:
        """Tell everybody. Nothing is lost when Redis is away: windows catch up by `seq`."""
        self._deliver(topic, event)
        for listener in self._taps:
            listener(topic, event)
        if not self._shared:
            return
        try:
            await self._redis.publish(channel_of(topic), json.dumps({"from": self._origin, "event": event}))
        except (RedisError, OSError) as exc:
            log.warning("fanout.redis_away", cause=type(exc).__name__)

    def start(self) -> None:
        if not self._shared:
            return
        self._listener = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        await end_task(self._listener)

    def _deliver(self, topic: str, event: Mapping[str, Any]) -> None:
        for subscription in tuple(self._here.get(topic, ())):
            subscription.put(event)

    async def _listen(self) -> None:
        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    await pubsub.psubscribe(channel_of("*"))
                    async for message in pubsub.listen():
                        if message["type"] == "pmessage":
                            self._hear(message["channel"], message["data"])
            except (RedisError, OSError) as exc:
                log.warning("fanout.redis_away", cause=type(exc).__name__)
                await asyncio.sleep(_RETRY_S)

    def _hear(self, channel: str, data: str) -> None:
        body = json.loads(data)
        if body["from"] != self._origin:
            self._deliver(channel[len(channel_of("")) :], body["event"])
