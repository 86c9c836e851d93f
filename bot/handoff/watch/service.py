"""The desk's invariants: no open chat without an owner or a place, no customer unanswered for long.

Whatever breaks them is mended or told, and leaves a row in the audit.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from prometheus_client import Counter, Gauge
from redis.asyncio import Redis

from bot.background import end_task
from bot.conversations.fanout import DESK, Fanout
from bot.handoff.model import HandoffStatus, Presence
from bot.handoff.presence import Liveness
from bot.handoff.reading import DeskParts
from bot.handoff.router_lock import RouterLock
from bot.handoff.service import HandoffService
from bot.handoff.watch.store import WatchStore
from bot.redis_reading import unless_away

log = structlog.get_logger(__name__)

_EVERY_S = 5.0
_ACTS_SHOWN = 20
_KEPT_S = 3600
MENDED, STRAY, UNANSWERED, AGENT_GONE = "ownerless_mended", "stray_ended", "unanswered_alarm", "agent_gone_requeued"
KEPT_WAITING, RESCUED = "queue_alarm", "bot_silent_requeued"
_WHATS = (MENDED, STRAY, UNANSWERED, AGENT_GONE, KEPT_WAITING, RESCUED)
OWNERLESS = Gauge("frontline_desk_ownerless", "Open chats without an owner or a place at the last check")
LATE = Gauge(
    "frontline_desk_unanswered",
    "Customers unanswered too long, by their person, the queue or the bot, at the last check",
)
ACTS = Counter("frontline_desk_watch_acts", "What the desk's watch had to do", ["what"])
CHECKED = Gauge("frontline_desk_checked_timestamp_seconds", "When the desk's invariants were last checked, Unix time")


def watched_key() -> str:
    """Redis string JSON {at, ownerless, unanswered} of the last check; written by the watch; expires after 1 h."""
    return "fl:desk:watched"


class DeskWatch:
    """Checks every few seconds, in the process that routes; where another desk does that, in one that could."""

    def __init__(
        self,
        store: WatchStore,
        parts: DeskParts,
        handoffs: HandoffService,
        lock: RouterLock,
        liveness: Liveness,
        redis: Redis,
        fanout: Fanout,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._handoff_store, self._people = parts.store, parts.people
        self._audit = parts.audit
        self._handoffs = handoffs
        self._lock = lock
        self._liveness = liveness
        self._redis = redis
        self._fanout = fanout
        self._clock = clock
        #: conversation → since when it was alarmed about
        self._told: dict[str, datetime] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        await end_task(self._task)

    async def check(self) -> tuple[int, int]:
        """Look once; returns how many chats had no owner, and how many customers wait for an answer too long."""
        now = self._clock()
        ownerless = await self._store.ownerless()
        for conversation_id in ownerless:
            if await self._handoffs.mend(conversation_id):
                await self._act(MENDED, conversation_id)
        for handoff_id in await self._store.stray():
            if await self._handoff_store.set_status(
                handoff_id, HandoffStatus.waiting, HandoffStatus.left, ended_at=now
            ):
                handoff = await self._handoff_store.get(handoff_id)
                await self._act(STRAY, handoff.conversation_id if handoff else None)
        late = await self._look_for_unanswered(now)
        OWNERLESS.set(len(ownerless))
        LATE.set(late)
        CHECKED.set(now.timestamp())
        await self._keep({"at": now.isoformat(), "ownerless": len(ownerless), "unanswered": late})
        return len(ownerless), late

    async def turn(self) -> bool:
        """Look once if no other process does; returns whether this one did."""
        if not await self._lock.hold():
            return False
        await self.check()
        return True

    async def state(self) -> dict[str, Any]:
        """How the last check went and what was done lately, for the dashboard."""
        kept = await unless_away(self._redis, "get", watched_key())
        last = json.loads(kept) if kept else {}
        acts = await self._store.acts(_WHATS, _ACTS_SHOWN)
        return {
            "ownerless": last.get("ownerless", 0),
            "unanswered": last.get("unanswered", 0),
            "last_check_at": last.get("at"),
            "acts": [{**act, "at": act["at"].isoformat()} for act in acts],
        }

    async def _look_for_unanswered(self, now: datetime) -> int:
        """Customers whom nobody answers for too long: their person, the queue, the bot; returns how many."""
        before = now - timedelta(seconds=self._handoffs.rules.alarm_after_s)
        late = await self._store.unanswered(before)
        for conversation_id, agent_id, since in late:
            await self._answer_wanted(conversation_id, agent_id, since)
        kept = await self._store.kept_waiting(before, now)
        await self._person_wanted(kept, now)
        silent = await self._store.left_by_bot(before)
        for conversation_id in silent:
            if await self._handoffs.rescue(conversation_id, "desk"):
                await self._act(RESCUED, conversation_id)
        still = {*(row[0] for row in late), *(row[0] for row in kept)}
        self._told = {key: since for key, since in self._told.items() if key in still}
        return len(late) + len(kept) + len(silent)

    async def _person_wanted(self, kept: Sequence[tuple[str, datetime]], now: datetime) -> None:
        """Some wait for a person longer than they were promised: one alarm for all that are new, longest first."""
        new = [(conversation_id, since) for conversation_id, since in kept if self._told.get(conversation_id) != since]
        if not new:
            return
        self._told.update(new)
        for conversation_id, _since in new:
            await self._act(KEPT_WAITING, conversation_id)
        conversation_id, since = new[0]
        frame = {"type": "alarm", "what": "waiting", "conversation_id": conversation_id, "count": len(new)}
        waited_s = int((now - since).total_seconds())
        await self._fanout.publish(DESK, {**frame, "since": since.isoformat(), "waited_s": waited_s})

    async def _answer_wanted(self, conversation_id: str, agent_id: str, since: datetime) -> None:
        """Somebody waits for an answer: back to the queue when their person is gone, else an alarm, once."""
        alive = await self._liveness.alive()
        wish = await self._people.wish(agent_id)
        if alive is not None and agent_id not in alive and wish.status is Presence.offline:
            if await self._handoffs.requeue(conversation_id, "agent_gone"):
                await self._act(AGENT_GONE, conversation_id)
            return
        if self._told.get(conversation_id) == since:
            return
        self._told[conversation_id] = since
        waited_s = int((self._clock() - since).total_seconds())
        frame = {"type": "alarm", "what": "unanswered", "conversation_id": conversation_id, "agent_id": agent_id}
        await self._fanout.publish(DESK, {**frame, "since": since.isoformat(), "waited_s": waited_s})
        await self._act(UNANSWERED, conversation_id)

    async def _act(self, what: str, conversation_id: str | None) -> None:
        ACTS.labels(what).inc()
        log.warning("watch.acted", what=what, conversation_id=conversation_id)
        await self._audit.record("desk", what, self._clock(), conversation_id, {})

    async def _keep(self, found: Mapping[str, Any]) -> None:
        await unless_away(self._redis, "set", watched_key(), json.dumps(found), ex=_KEPT_S)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_EVERY_S)
            try:
                await self.turn()
            except Exception as exc:  # edge of a background loop
                log.error("watch.failed", cause=type(exc).__name__)
