"""Offers waiting chats to agents: one agent at a time, by priority, within capacity, the least busy first."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from prometheus_client import Gauge

from bot.background import end_task
from bot.contracts import Conversation
from bot.conversations.fanout import DESK, Fanout
from bot.errors import NotFound
from bot.handoff.model import Handoff, HandoffStatus, Offer, User
from bot.handoff.service import HandoffAlreadyClaimed, HandoffService
from bot.handoff.store import HandoffStore

log = structlog.get_logger(__name__)

OFFER_S = 30
_TICK_S = 1.0
WAITING = Gauge("frontline_queue_waiting", "Chats that wait for a person")
OLDEST_WAIT = Gauge("frontline_queue_oldest_seconds", "How long the longest waiting chat waits")


class OfferGone(HandoffAlreadyClaimed):
    """This offer has ended or is not yours. Look at the queue."""

    code = "offer_gone"


class Router:
    """Matches the queue with agents on duty; runs on every change and once a second."""

    def __init__(
        self, store: HandoffStore, handoffs: HandoffService, fanout: Fanout, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._handoffs = handoffs
        self._fanout = fanout
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self._routing = asyncio.Lock()

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        await end_task(self._task)

    async def route(self) -> int:
        """Make the offers that can be made now; returns how many."""
        async with self._routing:
            return await self._route()

    async def _route(self) -> int:
        now = self._clock()
        offers = await self._store.offers()
        for offer in offers:
            if offer.expires_at <= now and await self._store.take_offer(offer.id):
                await self._store.decline(offer.handoff_id, offer.user_id)
                await self._fanout.publish(
                    DESK, {"type": "offer_ended", "offer_id": offer.id, "user_id": offer.user_id}
                )
        open_offers = list(await self._store.offers())
        offered = {offer.handoff_id for offer in open_offers}
        waiting = [handoff for handoff in await self._store.waiting() if handoff.id not in offered]
        WAITING.set(len(waiting) + len(offered))
        OLDEST_WAIT.set(max(((now - handoff.requested_at).total_seconds() for handoff in waiting), default=0.0))
        if not waiting:
            return 0
        load = await self._store.load()
        for offer in open_offers:
            load[offer.user_id] = load.get(offer.user_id, 0) + 1
        duty = [
            user for user_id in await self._store.on_duty() if (user := await self._store.user(user_id)) is not None
        ]
        made = 0
        for handoff in waiting:
            user = await self._choose(handoff, duty, load)
            if user is not None:
                await self._offer(handoff, user, now)
                load[user.id] = load.get(user.id, 0) + 1
                made += 1
        return made

    async def _choose(self, handoff: Handoff, duty: list[User], load: dict[str, int]) -> User | None:
        declined = await self._store.declined(handoff.id)
        free = [
            user
            for user in duty
            if load.get(user.id, 0) < user.capacity and user.id not in declined and user.may("agent", "supervisor")
        ]
        # those who speak the language first, then the least busy
        return min(
            free, key=lambda user: (handoff.language not in user.languages, load.get(user.id, 0), user.id), default=None
        )

    async def _offer(self, handoff: Handoff, user: User, now: datetime) -> None:
        offer = Offer(
            id=secrets.token_urlsafe(12),
            handoff_id=handoff.id,
            conversation_id=handoff.conversation_id,
            user_id=user.id,
            expires_at=now + timedelta(seconds=OFFER_S),
            reason_code=handoff.reason_code.value,
            language=handoff.language,
            summary=str(handoff.packet.get("summary") or ""),
        )
        await self._store.put_offer(offer)
        await self._fanout.publish(DESK, {"type": "offer", "user_id": user.id, **offer.as_json()})

    async def offers_to(self, user: User) -> tuple[Offer, ...]:
        """Open offers to one agent."""
        now = self._clock()
        return tuple(
            offer for offer in await self._store.offers() if offer.user_id == user.id and offer.expires_at > now
        )

    async def accept(self, offer_id: str, user: User) -> Conversation:
        """Take the offered chat.

        Raises:
            OfferGone: it has expired, was taken, or is somebody else's.
        """
        offer = await self._store.offer(offer_id)
        if offer is None or offer.user_id != user.id or not await self._store.take_offer(offer_id):
            raise OfferGone()
        handoff = await self._store.get(offer.handoff_id)
        if handoff is None or handoff.status is not HandoffStatus.waiting:
            raise OfferGone()
        return await self._handoffs.accept(handoff, user)

    async def decline(self, offer_id: str, user: User) -> None:
        """Let somebody else take it.

        Raises:
            OfferGone: it is over already.
        """
        offer = await self._store.offer(offer_id)
        if offer is None or offer.user_id != user.id or not await self._store.take_offer(offer_id):
            raise OfferGone()
        await self._store.decline(offer.handoff_id, user.id)
        await self.route()

    async def take(self, conversation_id: str, user: User) -> Conversation:
        """Take a waiting chat out of turn, from the queue's list.

        Raises:
            NotFound: nothing waits there.
        """
        handoff = await self._store.newest(conversation_id)
        if handoff is None or handoff.status is not HandoffStatus.waiting:
            raise NotFound("This conversation is not waiting for a person.")
        for offer in await self._store.offers():
            if offer.handoff_id == handoff.id:
                await self._store.take_offer(offer.id)
        return await self._handoffs.accept(handoff, user)

    async def _run(self) -> None:
        with self._fanout.subscribe(DESK) as events:
            while True:
                try:
                    await self.route()
                except Exception as exc:  # edge of a background loop
                    log.error("router.failed", cause=type(exc).__name__)
                try:
                    await asyncio.wait_for(events.get(), _TICK_S)
                except asyncio.TimeoutError:
                    continue
