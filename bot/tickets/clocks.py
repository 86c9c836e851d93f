"""The two clocks of a ticket: what they have to reach, when they warn, when they are broken. No I/O.

The legal clock runs in calendar time and never stands. The internal clocks (first answer, solution) run in the service
hours of a calendar; that of the solution stands while the ticket waits for the customer or for a confirmation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from bot.calendars.model import ServiceCalendar

#: a stretch of time in which a clock stands; without an end it stands now
Stop = tuple[datetime, datetime | None]


class Clock(str, Enum):
    #: until the customer hears from a person
    answer = "answer"
    #: until it is solved; service hours
    solve = "solve"
    #: until it is solved; the law's calendar hours
    legal = "legal"
    #: until a customer who has been told that it is solved confirms it
    confirm = "confirm"


class MilestoneKind(str, Enum):
    warning = "warning"
    breach = "breach"
    #: later steps up the ladder
    escalation = "escalation"
    #: silence counts as consent
    close = "close"


@dataclass(frozen=True)
class Milestone:
    """A moment at which the sweep has to do something.

    Attributes:
        name: unique within the ticket, kept once done: `solve:warn`, `legal:0`, `confirm`.
        to: who is told: group, lead, or a role.
    """

    at: datetime
    name: str
    clock: Clock
    kind: MilestoneKind
    to: str
    step: int = 0


@dataclass(frozen=True)
class Step:
    after: timedelta
    to: str


@dataclass(frozen=True)
class ClockLadder:
    """Who hears of one clock, from the warning up."""

    #: 0 to 100; part of the clock's time that is used up when it warns
    warn_at_percent: int
    warn: str
    steps: tuple[Step, ...]


def run_out(calendar: ServiceCalendar, start: datetime, length: timedelta, stops: Sequence[Stop]) -> datetime | None:
    """When a clock of service time is used up.

    Args:
        stops: stretches in which it stands, in order and apart; those before `start` do not count.

    Returns:
        The moment in UTC, or None while the clock stands and still has time left.
    """
    left, since = length, start
    for begin, end in stops:
        if end is not None and end <= since:
            continue
        used = calendar.between(since, begin)
        if used >= left:
            break
        left -= used
        if end is None:
            return None
        since = end
    return calendar.add(since, left)


def milestones(
    clock: Clock, ladder: ClockLadder, warn_at: datetime | None, due_at: datetime | None
) -> tuple[Milestone, ...]:
    """The warning of a clock and the steps after it, in order; none without a deadline."""
    if due_at is None:
        return ()
    found = []
    if warn_at is not None and warn_at < due_at:
        found.append(Milestone(warn_at, f"{clock.value}:warn", clock, MilestoneKind.warning, ladder.warn))
    for number, step in enumerate(ladder.steps):
        kind = MilestoneKind.escalation if number else MilestoneKind.breach
        found.append(Milestone(due_at + step.after, f"{clock.value}:{number}", clock, kind, step.to, number))
    return tuple(found)
