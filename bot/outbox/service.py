"""Subscribing to events, and what to do with those that nobody took."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from bot.errors import Conflict
from bot.outbox.model import DeliveryNotFound, Hub, HubNotFound, HubQuery, hub_secret, parse_query
from bot.outbox.store import OutboxStore
from bot.outbox.targets import TargetNotAllowed, Targets, look_up

log = structlog.get_logger(__name__)

_HUBS_MOST = 50


@dataclass(frozen=True)
class EventBook:
    """The events of one API, and the first-level attributes of its resources."""

    event_types: Collection[str]
    resources: Mapping[str, Collection[str]]


class HubService:
    """Listeners come and go; only to allowed addresses."""

    def __init__(
        self,
        store: OutboxStore,
        targets: Targets,
        secret: bytes,
        books: Mapping[str, EventBook],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._targets = targets
        self._secret = secret
        self._books = books
        self._clock = clock

    def parse(self, api: str, query: str) -> HubQuery:
        """Read a subscription's query; raises `BadRequest`."""
        book = self._books[api]
        return parse_query(query, book.event_types, book.resources)

    async def subscribe(self, api: str, callback: str, query: str, key_id: str) -> tuple[Hub, str]:
        """Let a system hear the events of an API; the same subscription again gives back the first.

        Returns:
            The subscription and the secret that its deliveries are signed with.

        Raises:
            BadRequest: the query or the callback cannot be used.
            TargetNotAllowed: events may not be sent there.
            Conflict: this caller has as many as it may.
        """
        self.parse(api, query)
        host, tls = self._targets.check_url(callback), callback.lower().startswith("https:")
        try:
            self._targets.allowed(host, await look_up(host), tls=tls)
        except OSError as exc:
            # a name that nobody knows yet may be known later; it is checked again at each delivery
            if not tls or not self._targets.named(host):
                raise TargetNotAllowed() from exc
        if await self._store.hub_count(key_id) >= _HUBS_MOST:
            raise Conflict(f"An API key may have {_HUBS_MOST} subscriptions. Remove one.")
        hub = Hub(secrets.token_urlsafe(16), api, callback, query, key_id, self._clock())
        hub = await self._store.add_hub(hub)
        log.info("hub.subscribed", hub_id=hub.id, api=api, key_id=key_id)
        return hub, hub_secret(self._secret, hub.id)

    async def unsubscribe(self, api: str, hub_id: str, key_id: str) -> None:
        """End a subscription.

        Raises:
            HubNotFound: this caller has no such one.
        """
        if not await self._store.remove_hub(api, hub_id, key_id):
            raise HubNotFound()
        log.info("hub.unsubscribed", hub_id=hub_id, api=api)

    async def dead_letters(self, offset: int, limit: int) -> tuple[tuple[Mapping[str, Any], ...], int]:
        """Events that a listener never took, newest first, and how many there are."""
        return await self._store.dead(offset, limit)

    async def replay(self, delivery_id: str | None) -> int:
        """Send a dead letter again (None: all of them); how many there were.

        Raises:
            DeliveryNotFound: there is no such dead letter.
        """
        count = await self._store.replay(delivery_id, self._clock())
        if delivery_id is not None and not count:
            raise DeliveryNotFound()
        log.info("outbox.replayed", count=count)
        return count
