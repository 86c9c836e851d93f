"""Offers waiting chats to people. One process routes at a time; every process takes acceptances.

The router keeps the queue in memory (`matching.Board`), hears of every change (topic `ROUTING`), and compares itself
with SQL and Redis now and then, so that what it did not hear of is put right. Offers and slots change in Redis, one
script a step; who has a chat is decided in SQL by the status of the hand-over and the conversation's epoch.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import structlog
from prometheus_client import Counter, Gauge, Histogram

from bot.background import end_task
from bot.contracts import Conversation
from bot.conversations.crash_points import crash_point
from bot.conversations.fanout import DESK, ROUTING, Fanout, desk_of
from bot.errors import Unavailable
from bot.handoff.duty import DutyService
from bot.handoff.groups import DeskRules
from bot.handoff.matching import Board, Duty, Match
from bot.handoff.model import HandoffStatus, Offer, Outcome, Presence, PresenceReason, User, Wish
from bot.handoff.offers import OfferStore
from bot.handoff.outcomes import ended_offer, tell_offer_over
from bot.handoff.people.store import PeopleStore
from bot.handoff.presence import Liveness
from bot.handoff.reading import DeskParts, HandoffAlreadyClaimed
from bot.handoff.router_lock import RouterLock
from bot.handoff.service import HandoffService
from bot.handoff.store import HandoffStore

log = structlog.get_logger(__name__)

_TICK_S = 1.0
#: least time between two frames that say that the queue has moved
_QUEUE_EVERY_S = 0.25
#: how often the router compares itself with SQL and Redis
_COMPARE_S = 5.0
#: offers made in one go
_BATCH = 200
WAITING = Gauge("frontline_queue_waiting", "Chats that wait for a person")
OLDEST_WAIT = Gauge("frontline_queue_oldest_seconds", "How long the longest waiting chat waits")
OFFERS = Counter("frontline_offers", "Offers by how they ended", ["outcome"])
MADE = Counter("frontline_offers_made", "Offers made")
ROUTED = Histogram(
    "frontline_routing_seconds", "One pass of the router", buckets=(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5)
)
DRIFT = Counter("frontline_slots_corrected", "People whose slots in Redis had to be put right")


class OfferGone(HandoffAlreadyClaimed):
    """This offer has ended or is not yours. Look at the queue."""

    code = "offer_gone"


class Router:
    """Matches the queue with people on duty; runs on every change and once a second."""

    def __init__(
        self,
        parts: DeskParts,
        liveness: Liveness,
        handoffs: HandoffService,
        lock: RouterLock,
        fanout: Fanout,
        clock: Callable[[], datetime],
    ) -> None:
        self._store: HandoffStore = parts.store
        self._people: PeopleStore = parts.people
        self._offers: OfferStore = parts.offers
        self._duty: DutyService = parts.duty
        self._rules: DeskRules = parts.duty.rules
        self._liveness = liveness
        self._handoffs = handoffs
        self._lock = lock
        self._fanout = fanout
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self._routing = asyncio.Lock()
        self._board = Board(self._rules)
        #: hand-over → its offer, of those that ring
        self._ringing: dict[str, Offer] = {}
        self._wishes: dict[str, Wish] = {}
        self._heard: dict[str, float] = {}
        #: slots that were wrong at the last comparison: user id → (as read, as it is)
        self._doubted: dict[str, tuple[int, int]] = {}
        self._compare_at: datetime | None = None
        #: hand-overs whose rows are to be read again
        self._news: set[str] = set()
        self._presence_news = True
        self._leads = False
        #: whether the queue has moved since the desk was told, and when that was, the loop's time
        self._moved = False
        self._told_at = 0.0

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        await end_task(self._task)
        if self._leads:
            await self._lock.release()

    @property
    def leads(self) -> bool:
        """Whether this process makes the offers."""
        return self._leads

    # -- for everybody -------------------------------------------------------------------------------------------

    async def offers_to(self, user: User) -> tuple[Offer, ...]:
        """Open offers to one person, the oldest first."""
        now = self._clock()
        found = [offer for offer in await self._offers.of(user.id) if offer.expires_at > now]
        return tuple(sorted(found, key=lambda offer: offer.offered_at))

    async def ringing(self) -> Mapping[str, str]:
        """Hand-over → the person whom it rings at; empty while that cannot be told."""
        try:
            return await self._offers.ringing()
        except Unavailable:
            return {}

    async def accept(self, offer_id: str, user: User) -> Conversation:
        """Take the offered chat.

        Raises:
            OfferGone: it has expired, was taken, or is somebody else's.
        """
        offer = await self._offers.get(user.id, offer_id)
        now = self._clock()
        if offer is None or offer.expires_at <= now or not await self._offers.claim(offer, now):
            raise OfferGone()
        crash_point("offer_claimed")
        head: Conversation | None = None
        try:
            handoff = await self._store.get(offer.handoff_id)
            if handoff is None or handoff.status is not HandoffStatus.waiting:
                raise OfferGone()
            head = await self._handoffs.accept(handoff, user, offer)
        finally:
            with suppress(Unavailable):  # the router puts the slots right
                await self._offers.settle(offer.handoff_id, user.id, head is not None)
            outcome = Outcome.withdrawn if head is None else Outcome.accepted
            OFFERS.labels(outcome.value).inc()
            await tell_offer_over(self._fanout, offer, outcome)
        return head

    async def decline(self, offer_id: str, user: User, reason: str | None = None) -> None:
        """Let somebody else take it.

        Raises:
            OfferGone: it is over already.
        """
        offer = await self._offers.get(user.id, offer_id)
        if offer is None or not await self._offers.end(offer):
            raise OfferGone()
        OFFERS.labels(Outcome.declined.value).inc()
        await self._handoffs.offer_over(offer, Outcome.declined, reason)
        await self._handoffs.undirect_if(offer.handoff_id, user.id)

    # -- routing -------------------------------------------------------------------------------------------------

    async def route(self) -> int:
        """Make the offers that can be made now, if this process routes; returns how many."""
        async with self._routing:
            if not self._leads:
                return 0
            with ROUTED.time():
                return await self._pass()

    def doubt(self) -> None:
        """Compare with SQL and Redis at the next pass, as if much had happened unheard."""
        self._compare_at = None

    async def lead(self) -> bool:
        """Try to be the one that routes; whoever begins to compares itself with SQL first."""
        leads = await self._lock.hold()
        if leads and not self._leads:
            self.doubt()
            log.info("router.leads")
        self._leads = leads
        return leads

    async def _pass(self) -> int:
        now = self._clock()
        if self._compare_at is None or now >= self._compare_at:
            await self._compare(now)
        elif self._news:
            await self._read_news()
        await self._see_who_is_there(now)
        changed = await self._end_offers(now)
        made = 0
        while found := self._board.match(now, _BATCH):
            count = await self._make(found, now)
            made += count
            if count < len(found):
                break  # Redis knows better about somebody's slots; read them again first
        waiting = len(self._board.waiting)
        WAITING.set(waiting)
        oldest = min((entry.requested_at for entry in self._board.waiting.values()), default=now)
        OLDEST_WAIT.set((now - oldest).total_seconds())
        self._moved |= made > 0 or changed
        return made

    async def _compare(self, now: datetime) -> None:
        """Take queue, offers and slots as SQL and Redis have them, and put right what has no cause."""
        self._news.clear()
        offers = {offer.handoff_id: offer for offer in await self._offers.all()}
        claims = await self._offers.claims(now)
        self._board.replace(await self._store.who_waits())
        waiting = self._board.waiting
        for handoff_id in [key for key in offers if key not in waiting and key not in claims]:
            offer = offers.pop(handoff_id)
            if await self._offers.end(offer):
                await self._handoffs.offer_over(offer, Outcome.withdrawn)
        self._ringing = offers
        self._board.held = {key for key in (*offers, *claims) if key in waiting}
        self._presence_news = True
        await self._correct_slots(claims)
        await self._liveness.tidy()
        self._compare_at = now + timedelta(seconds=_COMPARE_S)

    async def _correct_slots(self, claims: Mapping[str, str]) -> None:
        """A person's slots are their open chats, offers and acceptances. What differs twice, unchanged, is wrong."""
        read, right = await self._offers.slots(), await self._store.load()
        for user_id in (*(offer.user_id for offer in self._ringing.values()), *claims.values()):
            right[user_id] = right.get(user_id, 0) + 1
        doubted = {
            user_id: (read.get(user_id, 0), right.get(user_id, 0))
            for user_id in {*read, *right}
            if read.get(user_id, 0) != right.get(user_id, 0)
        }
        # nothing there at all: Redis has lost it, and there is nothing to wait for
        sure = {key: pair for key, pair in doubted.items() if not read or self._doubted.get(key) == pair}
        if sure:
            await self._offers.correct((key, pair[0], pair[1]) for key, pair in sure.items())
            if read:
                DRIFT.inc(len(sure))
                log.warning("router.slots_corrected", users=len(sure))
        self._doubted = {key: pair for key, pair in doubted.items() if key not in sure}

    async def _read_news(self) -> None:
        """Read again what was heard of."""
        news, self._news = self._news, set()
        found = {entry.handoff_id: entry for entry in await self._store.who_waits(news)}
        for handoff_id in news:
            if handoff_id in found:
                self._board.put(found[handoff_id])
            else:
                self._board.drop(handoff_id)
                self._board.held.discard(handoff_id)

    async def _see_who_is_there(self, now: datetime) -> None:
        """Who may get chats now; whose console has been gone for the grace time loses theirs."""
        if self._presence_news:
            self._wishes, self._presence_news = await self._people.wishes(), False
        alive = await self._liveness.alive()
        moment = now.timestamp()
        for user_id, at in (alive or {}).items():
            self._heard[user_id] = max(at, self._heard.get(user_id, 0.0))
        people, slots = await self._duty.people(self._wishes), await self._offers.slots()
        duty: dict[str, Duty] = {}
        gone: list[str] = []
        for user_id, wish in self._wishes.items():
            if wish.status is Presence.offline:
                continue
            # a router that has just begun, or a Redis that has lost it, knows nothing yet: they have the grace time
            heard = self._heard.setdefault(user_id, moment)
            user = people.get(user_id)
            if alive is not None and moment - heard > self._rules.grace_s:
                gone.append(user_id)
            elif user is not None and wish.status is Presence.available and user.may("agent", "supervisor"):
                since = wish.served_at or wish.since
                duty[user_id] = Duty(user, slots.get(user_id, 0), since.timestamp() if since else 0.0)
        self._board.duty = duty
        if gone:
            await self._lose(gone)

    async def _lose(self, user_ids: list[str]) -> None:
        """People whose consoles are gone: off duty, their chats back in front, their customers told."""
        await self._duty.set_away(dict.fromkeys(user_ids, PresenceReason.connection_lost), Presence.offline)
        for user_id in user_ids:
            self._heard.pop(user_id, None)
            for conversation_id in await self._handoffs.chats_of(user_id):
                await self._handoffs.requeue(conversation_id, "connection_lost")
            log.warning("router.connection_lost", user_id=user_id)
        self._presence_news = True

    async def _end_offers(self, now: datetime) -> bool:
        """End offers that have rung long enough, and those of people who are not there for them any more."""
        over: list[tuple[Offer, Outcome]] = []
        for offer in list(self._ringing.values()):
            expired = offer.expires_at <= now
            if not expired and offer.user_id in self._board.duty:
                continue
            self._ringing.pop(offer.handoff_id, None)
            if await self._offers.end(offer):
                self._board.held.discard(offer.handoff_id)
                if expired:
                    self._board.spare(offer.handoff_id, offer.user_id, now)
                over.append((offer, Outcome.no_answer if expired else Outcome.withdrawn))
        if not over:
            return False
        await self._store.offers_ended([ended_offer(offer, outcome, now) for offer, outcome in over])
        silent = {offer.user_id for offer, outcome in over if outcome is Outcome.no_answer}
        silent = {key for key in silent if key in self._board.duty}
        await self._duty.set_away(dict.fromkeys(silent, PresenceReason.no_answer), Presence.away)
        for user_id in silent:
            self._board.duty.pop(user_id, None)
            self._presence_news = True
        for offer, outcome in over:
            OFFERS.labels(outcome.value).inc()
            await tell_offer_over(self._fanout, offer, outcome)
            entry = self._board.waiting.get(offer.handoff_id)
            if entry is not None and entry.direct_to == offer.user_id:
                await self._handoffs.undirect(offer.handoff_id)
        return True

    async def _make(self, found: list[Match], now: datetime) -> int:
        """Make offers of matches; what Redis refuses is matched again later."""
        packets = await self._store.packets([match.waiting.handoff_id for match in found])
        wanted = [
            (self._offer(match, packets.get(match.waiting.handoff_id) or {}, now), _capacity(match)) for match in found
        ]
        made = await self._offers.make(wanted, now)
        for match, (offer, _), done in zip(found, wanted, made, strict=True):
            if done:
                self._ringing[offer.handoff_id] = offer
                frame = {"type": "offer", "user_id": offer.user_id, **offer.as_json()}
                await self._fanout.publish(desk_of(offer.user_id), frame)
            else:
                self._board.held.discard(match.waiting.handoff_id)
        MADE.inc(sum(made))
        return sum(made)

    def _offer(self, match: Match, packet: Mapping[str, Any], now: datetime) -> Offer:
        entry = match.waiting
        rings_s = self._rules.direct_s if entry.direct_to else self._rules.offer_s
        return Offer(
            id=secrets.token_urlsafe(12),
            handoff_id=entry.handoff_id,
            conversation_id=entry.conversation_id,
            user_id=match.duty.user.id,
            group_id=entry.group_id,
            offered_at=now,
            expires_at=now + timedelta(seconds=rings_s),
            reason_code=entry.reason_code,
            priority=entry.priority,
            language=entry.language,
            requested_at=entry.requested_at,
            last_agent=match.last_agent,
            summary=str(packet.get("summary") or ""),
            summaries={language: self._handoffs.summary(packet, language) for language in ("zh", "en")},
            customer=packet.get("customer"),
        )

    # -- the loop ------------------------------------------------------------------------------------------------

    def hear(self, event: Mapping[str, Any]) -> None:
        """Take in what has happened; the next pass acts on it."""
        kind = event["type"]
        if kind == "owner" and event.get("handoff_id"):
            self._news.add(event["handoff_id"])
        elif kind == "presence":
            self._presence_news = True
        elif kind == "offer_over":
            self._ringing.pop(event["handoff_id"], None)
            self._board.held.discard(event["handoff_id"])
            self._news.add(event["handoff_id"])
            if event["outcome"] == Outcome.declined.value:
                self._board.spare(event["handoff_id"], event["user_id"], self._clock())

    async def _run(self) -> None:
        with self._fanout.subscribe(ROUTING) as events:
            while True:
                try:
                    if await self.lead():
                        await self.route()
                except Unavailable:
                    log.warning("router.redis_away")
                    self.doubt()
                except Exception as exc:  # edge of a background loop
                    log.error("router.failed", cause=type(exc).__name__, exc_info=True)
                    self.doubt()
                await self._tell_desk()
                with suppress(asyncio.TimeoutError):
                    self.hear(await asyncio.wait_for(events.get(), _QUEUE_EVERY_S if self._moved else _TICK_S))
                    self._moved = True
                while (event := events.waiting()) is not None:
                    self.hear(event)
                if events.overrun:
                    events.overrun = False
                    self.doubt()

    async def _tell_desk(self) -> None:
        """Say that the queue has moved; every console hears it, so not more often than people can read."""
        now = asyncio.get_running_loop().time()
        if self._moved and self._leads and now - self._told_at >= _QUEUE_EVERY_S:
            self._moved, self._told_at = False, now
            await self._fanout.publish(DESK, {"type": "queue"})


def _capacity(match: Match) -> int:
    """Of the person; a transfer to somebody by name may be one more than that."""
    return -1 if match.waiting.direct_to is not None else match.duty.user.capacity
