"""The supervisors' dashboard: the queue now, and today and the last seven days in figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from statistics import fmean, median, quantiles
from typing import Any
from zoneinfo import ZoneInfo

from bot.handoff.duty import DutyService
from bot.handoff.eta import past_error
from bot.handoff.figures.lasting import BACK_WITHIN, lasting
from bot.handoff.figures.store import FiguresStore, Served
from bot.handoff.model import HandoffStatus, Outcome
from bot.handoff.watch.service import DeskWatch

_WEEK = timedelta(days=7)
#: chats of two weeks are counted anew so often
_LASTING_KEPT = timedelta(minutes=10)
#: chats that a person has brought to an end
_SERVED = (HandoffStatus.closed, HandoffStatus.returned)


class Dashboard:
    """Figures of the desk."""

    def __init__(
        self,
        store: FiguresStore,
        duty: DutyService,
        watch: DeskWatch,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._duty = duty
        self._watch = watch
        self._zone = zone
        self._clock = clock
        #: what lasts, and when it was counted
        self._lasted: tuple[datetime, Mapping[str, Any]] | None = None

    async def show(self) -> dict[str, Any]:
        """The queue and people now, the invariants, today's figures, and under `week` those of the last seven days.

        `lasting` is about chats that ended seven to fourteen days ago: only of these can be told who came back.
        """
        now = self._clock()
        midnight = datetime.combine(now.astimezone(self._zone).date(), time(0), self._zone)
        groups = await self._duty.group_states()
        colleagues = await self._duty.colleagues()
        by_status: dict[str, int] = {}
        for colleague in colleagues:
            by_status[colleague["status"]] = by_status.get(colleague["status"], 0) + 1
        return {
            "queue": {
                "waiting": sum(group["waiting"] for group in groups),
                "oldest_s": max((group["oldest_wait_s"] for group in groups), default=0),
                "by_group": groups,
            },
            "agents": {"by_status": by_status, "load": sum(item["load"] for item in colleagues)},
            "invariants": await self._watch.state(),
            **await self._period(midnight),
            "week": await self._period(now - _WEEK),
            "lasting": await self._lasting(now),
        }

    async def _period(self, since: datetime) -> dict[str, Any]:
        served, offers = await self._store.served(since), await self._store.offers(since)
        taken_ms = [took for outcome, took in offers if outcome == Outcome.accepted.value]
        counted = {outcome.value: sum(name == outcome.value for name, _ in offers) for outcome in Outcome}
        ratings = await self._store.ratings(since)
        return {
            "offers": {"made": len(offers), **counted, "p50_ms": _p50(taken_ms), "p95_ms": _p95(taken_ms)},
            "eta": _eta(served),
            "answered": _answered(served),
            "asked": len(served),
            "abandoned": sum(item.status is HandoffStatus.left for item in served),
            "called_back": sum(item.status is HandoffStatus.callback for item in served),
            "tickets_left": sum(item.status is HandoffStatus.ticket for item in served),
            "wait": _times([(item.requested_at, item.accepted_at) for item in served]),
            "handling": _times([(item.accepted_at, item.ended_at) for item in served if item.status in _SERVED]),
            "by_reason": dict(Counter(item.reason_code for item in served).most_common()),
            "ratings": {
                name: {"count": count, "mean": mean, "content": content}
                for name, (count, mean, content) in ratings.items()
            },
        }

    async def _lasting(self, now: datetime) -> Mapping[str, Any]:
        at, found = self._lasted or (now - _LASTING_KEPT, {})
        if now - at >= _LASTING_KEPT:
            until = now - BACK_WITHIN
            contacts = await self._store.contacts(until - _WEEK, until)
            found = lasting(contacts, await self._store.opened(until - _WEEK))
            self._lasted = (now, found)
        return found


def _times(spans: Sequence[tuple[datetime | None, datetime | None]]) -> dict[str, Any]:
    """How many spans are over, and how long they took in seconds: mean, median, ninety-fifth percentile."""
    took_s = [(end - begin).total_seconds() for begin, end in spans if begin is not None and end is not None]
    mean = round(fmean(took_s), 1) if took_s else None
    return {"count": len(took_s), "mean_s": mean, "p50_s": _p50(took_s), "p95_s": _p95(took_s)}


def _eta(served: Sequence[Served]) -> dict[str, Any]:
    """How far the promised waits were off."""
    promises = [
        (float(item.eta_s[0]), float(item.eta_s[1]), (item.accepted_at - item.requested_at).total_seconds())
        for item in served
        if item.eta_s is not None and item.accepted_at is not None
    ]
    error, inside, count = past_error(promises)
    return {"error_p50_s": error, "inside_share": inside, "samples": count}


def _answered(served: Sequence[Served]) -> dict[str, Any]:
    """Seconds from the acceptance to a person's first words, and how many came within the group's promise."""
    done = [
        (item.accepted_at, item.first_response_at, item.first_response_due_at)
        for item in served
        if item.accepted_at is not None and item.first_response_at is not None
    ]
    waits = [(answered - accepted).total_seconds() for accepted, answered, _ in done]
    within = [answered for _, answered, due in done if due is None or answered <= due]
    return {
        "count": len(done),
        "first_response_p50_s": _p50(waits),
        "p95_s": _p95(waits),
        "within_promise": round(len(within) / len(done), 3) if done else None,
    }


def _p50(values: Sequence[float]) -> float | None:
    return round(median(values), 1) if values else None


def _p95(values: Sequence[float]) -> float | None:
    return round(quantiles(values, n=20)[-1], 1) if len(values) > 1 else _p50(values)
