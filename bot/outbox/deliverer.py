"""Brings events to their listeners: at least once, signed, in order as far as the listener answers.

An event is first routed (one delivery a listener that wants it, in one transaction), then delivered. A delivery is
claimed before it is sent; if this process dies, it is due again when the claim runs out, under the same id.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import aiohttp
import structlog
from prometheus_client import Counter, Gauge
from yarl import URL

from bot.background import end_task
from bot.errors import BadRequest
from bot.outbox.model import Delivery, Event, Hub, HubQuery, NotTaken, Patience, Receiver, hub_secret, sign
from bot.outbox.store import OutboxStore
from bot.outbox.targets import CheckedResolver, TargetNotAllowed, Targets

log = structlog.get_logger(__name__)

_POLL_S = 0.5
_ROUTED_AT_ONCE = 200
#: how much longer than an attempt its claim holds
_CLAIM_SPARE_S = 5.0
_TIMEOUT_S = 10.0
_KEPT = timedelta(days=7)
_DEAD_KEPT = timedelta(days=30)
_PRUNE_EVERY = timedelta(hours=1)
_GONE = 410

SENT = Counter("frontline_deliveries", "Events sent to listeners, by outcome", ["outcome"])
LAG = Gauge("frontline_outbox_lag_seconds", "Age of the oldest event that is due at a listener")
DEAD = Gauge("frontline_dead_letters", "Events that a listener never took")

ID_HEADER, TIME_HEADER, SIGNATURE_HEADER = "X-Frontline-Delivery", "X-Frontline-Timestamp", "X-Frontline-Signature"

#: how a stored query is read again: (api, query) → parsed
Parse = Callable[[str, str], HubQuery]


class Deliverer:
    """Runs beside the requests, in every process; what one has claimed the others leave alone."""

    def __init__(
        self,
        store: OutboxStore,
        targets: Targets,
        secret: bytes,
        parse: Parse,
        clock: Callable[[], datetime],
        patience: Patience | None = None,
        timeout_s: float = _TIMEOUT_S,
        receivers: Mapping[str, Receiver] | None = None,
    ) -> None:
        """Args:
        secret: of this installation; each listener's is made from it.
        parse: reads the query of a subscription.
        receivers: by API, listeners in this process; they hear every event of it.
        """
        self._store = store
        self._targets = targets
        self._secret = secret
        self._parse = parse
        self._clock = clock
        self._patience = patience or Patience()
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        self._receivers = dict(receivers or {})
        self._task: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        #: (listener, lane) → what sends to it
        self._sending: dict[tuple[str, int], asyncio.Task[None]] = {}
        self._pruned_at: datetime | None = None

    def start(self) -> None:
        """Begin; what a killed process left is taken up as its claims run out."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        await end_task(self._task)
        for task in tuple(self._sending.values()):
            await end_task(task)
        for session in self._sessions.values():
            await session.close()

    def receive(self, api: str, receiver: Receiver) -> None:
        """Have a listener in this process hear an API's events; before `start`."""
        self._receivers[api] = receiver

    def wake(self) -> None:
        """Something was written just now: do not wait for the next look."""
        self._woken.set()

    async def round(self) -> None:
        """Route what is new and start sending what is due; returns when all that is due now has been tried."""
        await self._route()
        hubs = {hub.id: hub for hub in await self._store.hubs()}
        for hub_id, due in (await self._store.due_hubs(self._clock())).items():
            hub = hubs.get(hub_id)
            receiver = self._receivers.get(hub.api) if hub else None
            if receiver is not None and not receiver.ready():
                continue
            for lane in range(min(due, receiver.lanes) if receiver else 1):
                key = (hub_id, lane)
                if key not in self._sending:
                    task = asyncio.create_task(self._send_all(hub_id, hub, receiver))
                    self._sending[key] = task
                    task.add_done_callback(lambda _done, key=key: self._sending.pop(key, None))  # type: ignore[misc]

    async def settled(self) -> None:
        """Wait until everything that was started has been tried (for tests and the command line)."""
        while self._sending:
            await asyncio.gather(*self._sending.values(), return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                await self.round()
                await self._tidy()
            except Exception as exc:  # edge of a background loop
                log.error("outbox.round_failed", cause=type(exc).__name__)
            await self._rest()

    async def _rest(self) -> None:
        """Until something is known to be new, or it is time to look."""
        timer = asyncio.get_running_loop().call_later(_POLL_S, self._woken.set)
        try:
            await self._woken.wait()
        finally:
            timer.cancel()
        self._woken.clear()

    async def _tidy(self) -> None:
        now = self._clock()
        since, dead = await self._store.waiting()
        LAG.set(max(0.0, (now - since).total_seconds()) if since else 0.0)
        DEAD.set(dead)
        if self._pruned_at is None or now - self._pruned_at > _PRUNE_EVERY:
            self._pruned_at = now
            await self._store.prune(now - _KEPT, now - _DEAD_KEPT)

    async def _route(self) -> None:
        events = await self._store.unrouted(_ROUTED_AT_ONCE)
        if not events:
            return
        listeners = [(hub, self._query(hub)) for hub in await self._store.hubs()]
        for event in events:
            wanted = [
                hub.id
                for hub, query in listeners
                if hub.api == event.api and (hub.api in self._receivers or (query is not None and query.fits(event)))
            ]
            await self._store.route(event, wanted, self._clock())

    async def _send_all(self, hub_id: str, hub: Hub | None, receiver: Receiver | None) -> None:
        """Send what is due at one listener, oldest first, until one fails."""
        going = True
        while going:
            now = self._clock()
            claim_s = (receiver.attempt_s if receiver else _TIMEOUT_S) + _CLAIM_SPARE_S
            delivery = await self._store.claim(hub_id, now, now + timedelta(seconds=claim_s))
            if delivery is None:
                return
            event = await self._store.event(delivery.event_id)
            if hub is None or event is None:
                await self._store.drop(delivery.id)
                continue
            final = False
            if receiver is not None:
                error, final = await self._hand_over(delivery, event, receiver)
            else:
                error = await self._send(delivery, event, hub)
                final = error == f"status {_GONE}"
            going = error is None or final
            await self._settle(delivery, error, receiver.patience if receiver else self._patience, final)

    async def _hand_over(self, delivery: Delivery, event: Event, receiver: Receiver) -> tuple[str | None, bool]:
        """One attempt at a listener in this process: why it failed, and whether for good."""
        try:
            await asyncio.wait_for(receiver.take(event, delivery.attempts), receiver.attempt_s)
        except NotTaken as exc:
            return exc.reason, exc.final
        except asyncio.TimeoutError:
            return "timeout", False
        except Exception as exc:  # edge of a background task
            log.error("outbox.receiver_failed", delivery_id=delivery.id, cause=type(exc).__name__, exc_info=True)
            return type(exc).__name__, False
        return None, False

    async def _send(self, delivery: Delivery, event: Event, hub: Hub) -> str | None:
        """Make one attempt; None when the listener took it, else a short reason."""
        query = self._query(hub)
        body = json.dumps(query.selected(event) if query else event.body, ensure_ascii=False).encode()
        timestamp = int(self._clock().timestamp())
        headers = {
            "Content-Type": "application/json",
            ID_HEADER: delivery.id,
            TIME_HEADER: str(timestamp),
            SIGNATURE_HEADER: sign(hub_secret(self._secret, hub.id), timestamp, body),
        }
        try:
            self._targets.check_url(hub.callback)
            url = URL(hub.callback)
            call = self._session(url.scheme == "https").post(url, data=body, headers=headers, allow_redirects=False)
            async with call as answer:
                if 200 <= answer.status < 300:
                    return None
                return f"status {answer.status}"
        except TargetNotAllowed as exc:
            return exc.code
        except (aiohttp.ClientError, OSError, ValueError) as exc:
            return type(exc).__name__
        except asyncio.TimeoutError:
            return "timeout"

    def _query(self, hub: Hub) -> HubQuery | None:
        if hub.api in self._receivers:
            return None
        try:
            return self._parse(hub.api, hub.query)
        except (BadRequest, KeyError):  # written by a release that knew other names
            log.error("hub.query_unreadable", hub_id=hub.id)
            return None

    async def _settle(self, delivery: Delivery, error: str | None, patience: Patience, final: bool) -> None:
        now = self._clock()
        values: Mapping[str, object]
        if error is None:
            values, outcome = {"delivered_at": now, "due_at": None, "error": None}, "delivered"
        else:
            wait = patience.next_try(delivery.attempts, random.random())
            if wait is None or final:
                values, outcome = {"dead_at": now, "due_at": None, "error": error}, "dead"
                log.error("outbox.given_up", delivery_id=delivery.id, hub_id=delivery.hub_id, reason=error)
            else:
                values, outcome = {"due_at": now + wait, "error": error}, "failed"
                log.warning("outbox.not_taken", delivery_id=delivery.id, hub_id=delivery.hub_id, reason=error)
        SENT.labels(outcome).inc()
        await self._store.settle(delivery.id, **values)

    def _session(self, tls: bool) -> aiohttp.ClientSession:
        """Clients of their own for each kind of target: no proxies, no cookies, only checked addresses."""
        if tls not in self._sessions:
            connector = aiohttp.TCPConnector(resolver=CheckedResolver(self._targets, tls=tls), use_dns_cache=False)
            self._sessions[tls] = aiohttp.ClientSession(
                connector=connector, timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
            )
        return self._sessions[tls]
