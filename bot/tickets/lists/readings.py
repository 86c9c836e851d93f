"""What the clocks of a ticket show at a moment. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from bot.calendars.model import ServiceCalendar
from bot.tickets.clocks import Clock, Stop
from bot.tickets.deadlines import Planner, service_length
from bot.tickets.matching import facts_of
from bot.tickets.model import HistoryEntry, Ticket, TicketStatus
from bot.tickets.replanning import stops_of

_OPERATOR = "operator"
_SOLVED = frozenset({TicketStatus.resolved, TicketStatus.closed})


class ClockState(str, Enum):
    running = "running"
    #: we wait for the customer
    standing = "standing"
    #: done in time
    met = "met"
    #: done after its time
    late = "late"
    #: past its time and not done
    broken = "broken"
    #: no matter any more
    over = "over"


@dataclass(frozen=True)
class Reading:
    """One clock; `used_percent` is above 100 once it is broken, None without a rule."""

    clock: Clock
    state: ClockState
    started_at: datetime
    due_at: datetime
    met_at: datetime | None
    used_percent: int | None


def readings(ticket: Ticket, history: Sequence[HistoryEntry], planner: Planner, now: datetime) -> tuple[Reading, ...]:
    """The clocks that a ticket has: first answer, solution, legal limit.

    Args:
        history: at least its lines of kind status, oldest first.
    """
    facts = facts_of(ticket)
    target = planner.tables.target(facts)
    begun = ticket.reopened_at or ticket.created_at
    solved_at = ticket.resolved_at if ticket.status in _SOLVED else None
    solve = planner.rule(target.reopened if ticket.reopened_at else target.solve, _OPERATOR)
    answer, law = planner.rule(target.answer, _OPERATOR), planner.legal_rule(facts)
    found = []
    if ticket.respond_by is not None:
        length = service_length(answer, target.calendar) if answer else None
        used = _used(target.calendar, ticket.created_at, ticket.responded_at or now, ())
        done = ticket.responded_at
        found.append(_reading(Clock.answer, ticket, ticket.created_at, ticket.respond_by, done, now, used, length))
    if ticket.solve_by is not None:
        length = service_length(solve, target.calendar) if solve else None
        used = _used(target.calendar, begun, solved_at or ticket.ended_at or now, stops_of(history))
        found.append(_reading(Clock.solve, ticket, begun, ticket.solve_by, solved_at, now, used, length))
    if ticket.legal_due_at is not None:
        used = (solved_at or ticket.ended_at or now) - ticket.created_at
        length = law.duration() if law else None
        found.append(
            _reading(Clock.legal, ticket, ticket.created_at, ticket.legal_due_at, solved_at, now, used, length)
        )
    return tuple(found)


def broken(ticket: Ticket, now: datetime) -> tuple[Clock, ...]:
    """The clocks of an open ticket that are past their time."""
    if not ticket.status.open:
        return ()
    found = []
    if ticket.responded_at is None and ticket.respond_by is not None and ticket.respond_by < now:
        found.append(Clock.answer)
    if ticket.status is not TicketStatus.pending and ticket.solve_by is not None and ticket.solve_by < now:
        found.append(Clock.solve)
    if ticket.legal_due_at is not None and ticket.legal_due_at < now:
        found.append(Clock.legal)
    return tuple(found)


def _reading(
    clock: Clock,
    ticket: Ticket,
    started_at: datetime,
    due_at: datetime,
    met_at: datetime | None,
    now: datetime,
    used: timedelta,
    length: timedelta | None,
) -> Reading:
    if met_at is not None:
        state = ClockState.met if met_at <= due_at else ClockState.late
    elif not ticket.status.open:
        state = ClockState.over
    elif clock is Clock.solve and ticket.status is TicketStatus.pending:
        state = ClockState.standing
    else:
        state = ClockState.broken if due_at < now else ClockState.running
    return Reading(clock, state, started_at, due_at, met_at, round(100 * (used / length)) if length else None)


def _used(calendar: ServiceCalendar, start: datetime, end: datetime, stops: Sequence[Stop]) -> timedelta:
    """Service time between two moments, without the stretches in which the clock stood."""
    used = calendar.between(start, end)
    for begin, until in stops:
        used -= calendar.between(max(begin, start), min(until or end, end))
    return max(timedelta(0), used)
