"""Warns before a deadline, escalates when it is broken, and closes what nobody objected to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from prometheus_client import Counter, Gauge, Histogram

from bot.tickets.clocks import Clock, MilestoneKind
from bot.tickets.model import ENDED, EntryKind, Ticket, TicketStatus
from bot.tickets.service import TicketService
from bot.tickets.sweep.store import SweepStore

_log = structlog.get_logger(__name__)

_BATCH = 200
_REPLANNED_AT_ONCE = 500
_SYSTEM = "system"
_STATISTICS_EVERY = timedelta(hours=1)
#: a breach of these makes the ticket more urgent
_RAISING = frozenset({Clock.solve, Clock.legal})

DEADLINES = Counter("frontline_ticket_deadlines", "Warnings and breaches of ticket deadlines", ["clock", "kind"])
SWEEP = Histogram("frontline_ticket_sweep_seconds", "How long a sweep over due tickets took")
OVERDUE = Gauge("frontline_tickets_overdue", "Open tickets past what the customer was told")


@dataclass(frozen=True)
class _Passed:
    """What one ticket's passed moments come to."""

    before: Ticket
    after: Ticket
    #: [at, name, clock, kind, to, step] of each moment, `to` resolved
    items: tuple[tuple[Any, ...], ...]
    closes: bool


class DeadlineSweep:
    """Runs in housekeeping; several processes share the work, each ticket is done once."""

    def __init__(self, tickets: TicketService, store: SweepStore, clock: Callable[[], datetime]) -> None:
        self._tickets = tickets
        self._store = store
        self._clock = clock
        self._statistics_at: datetime | None = None

    async def run(self) -> int:
        """Do everything that is due; how many tickets that were."""
        total = 0
        with SWEEP.time():
            while True:
                done = await self._batch(self._clock())
                total += done
                if done < _BATCH:
                    break
                await asyncio.sleep(0)  # requests get their turn
        now = self._clock()
        OVERDUE.set(await self._store.overdue(now))
        if self._statistics_at is None or now - self._statistics_at > _STATISTICS_EVERY:
            self._statistics_at = now
            await self._store.refresh_statistics()
        if total:
            _log.info("tickets_swept", count=total)
        return total

    async def replan(self) -> int:
        """Compute afresh the clocks of tickets that other tables, rules or calendars set; how many there were."""
        ids = await self._store.out_of_date(self._tickets.tables.digest, _REPLANNED_AT_ONCE)
        for ticket_id in ids:
            await self._tickets.replan(ticket_id)
            await asyncio.sleep(0)
        if ids:
            _log.info("tickets_replanned", count=len(ids))
        return len(ids)

    async def _batch(self, now: datetime) -> int:
        async with self._store.write() as connection:
            passed = [self._passed(ticket, now) for ticket in await self._store.due(connection, now, _BATCH)]
            if passed:
                await self._store.change(connection, [_columns(item.after) for item in passed])
                entries = [entry for item in passed for entry in _entries(item, now)]
                if entries:
                    await self._store.add_entries(connection, entries)
                for item in passed:
                    await self._store.tell(connection, item.before, item.after)
        for item in passed:
            for moment in item.items:
                DEADLINES.labels(moment[2], moment[3]).inc()
            if item.closes:
                await self._close(item.after.id)
        return len(passed)

    def _passed(self, ticket: Ticket, now: datetime) -> _Passed:
        ahead = [] if ticket.status in ENDED else list(ticket.agenda or ())  # ended past this service: nothing to do
        due = [item for item in ahead if datetime.fromisoformat(item[0]) <= now]
        rest = ahead[len(due) :]
        tables, priority, level, told = (
            self._tickets.tables,
            ticket.priority,
            ticket.escalation_level,
            ticket.escalated_to,
        )
        items = []
        for at, name, clock, kind, to, step in due:
            addressee = tables.addressee(to, ticket.group_id)
            items.append((at, name, clock, kind, addressee, step))
            if kind in (MilestoneKind.breach.value, MilestoneKind.escalation.value):
                level, told = max(level, step + 1), addressee
                if kind == MilestoneKind.breach.value and Clock(clock) in _RAISING:
                    priority = priority.raised()
        after = replace(
            ticket,
            priority=priority,
            escalation_level=level,
            escalated_to=told,
            agenda=rest,
            done=[*(ticket.done or ()), *(item[1] for item in due)],
            next_check_at=datetime.fromisoformat(rest[0][0]) if rest else None,
            updated_at=now,
            version=ticket.version + 1,
        )
        closes = any(item[3] == MilestoneKind.close.value for item in due)
        return _Passed(ticket, after, tuple(items), closes)

    async def _close(self, ticket_id: str) -> None:
        ticket = await self._tickets.get(ticket_id)
        if ticket is not None and ticket.status is TicketStatus.resolved:
            await self._tickets.move(ticket_id, TicketStatus.closed, author=_SYSTEM, reason="no_objection")


def _columns(ticket: Ticket) -> dict[str, Any]:
    return {
        "id": ticket.id,
        "priority": ticket.priority.value,
        "escalated_to": ticket.escalated_to,
        "escalation_level": ticket.escalation_level,
        "agenda": list(ticket.agenda or ()),
        "done": list(ticket.done or ()),
        "next_check_at": ticket.next_check_at,
        "updated_at": ticket.updated_at,
    }


def _entries(item: _Passed, now: datetime) -> list[dict[str, Any]]:
    """Lines of the history; a silence that closes has its own with the state."""
    return [
        {
            "ticket_id": item.after.id,
            "at": now,
            "kind": EntryKind.deadline.value,
            "author": _SYSTEM,
            "data": {"clock": clock, "kind": kind, "to": to, "step": step, "at": at},
        }
        for at, _name, clock, kind, to, step in item.items
        if kind != MilestoneKind.close.value
    ]
