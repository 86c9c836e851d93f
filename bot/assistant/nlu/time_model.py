"""What the time component speaks about: mentions, atoms and the moment they are measured from.

An *atom* is the smallest piece of a time expression ("周三", "afternoon", "after", "4 pm"); a *mention* is a whole
expression with the ranges it may mean. Everything here is plain data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from enum import Enum

MINUTES_PER_HOUR = 60
MINUTES_PER_DAY = 24 * MINUTES_PER_HOUR
DAYS_PER_WEEK = 7

Range = tuple[datetime | None, datetime | None]
"""Start (inclusive) and end (exclusive), both aware; None where that side is open."""

DayRange = tuple[date, date]
"""First day and the day after the last one."""


@dataclass(frozen=True)
class TimeMention:
    """A time expression that a visit could be arranged by.

    `start` and `end` are those of the first candidate. An instant ("9 点") has no end; a deadline without a day
    ("before Friday") has no start. `span` are offsets into the text given to `parse_times`.
    """

    start: datetime | None
    end: datetime | None
    span: tuple[int, int]
    candidates: tuple[Range, ...]


class Kind(str, Enum):
    """What an atom contributes to its mention."""

    DAY = "day"  # payload Days
    PART = "part"  # payload Part
    CLOCK = "clock"  # payload Clock
    READY = "ready"  # payload tuple[Range, ...]: counted from now, needs nothing else
    PREFIX = "prefix"  # payload Relation, stands before what it bounds
    SUFFIX = "suffix"  # payload Relation, stands behind what it bounds
    BLOCK = "block"  # not a time, though it looks like one


class Relation(str, Enum):
    """How a bound relates to the time it stands with."""

    AFTER = "after"  # from its end on
    NEXT_DAY = "next_day"  # the day after
    PREVIOUS_DAY = "previous_day"  # the day before
    SINCE = "from"  # from its start on
    BEFORE = "before"  # up to its start
    BY = "by"  # up to its end
    BETWEEN = "between"
    WITHIN = "within"  # what is left of it
    EXCEPT = "except"


@dataclass(frozen=True)
class Days:
    """Days that an expression may name, soonest first.

    Each alternative is one reading; its day ranges are the successive occurrences of that reading. The first
    occurrence whose time of day is still ahead is taken. No alternatives at all: the days are past.
    """

    alternatives: tuple[tuple[DayRange, ...], ...]
    explicit: bool = False
    """The words themselves place it in the future (明天, next week): no context makes it a past one."""
    today: bool = False
    month_only: bool = False
    deadline_at_end: bool = False
    """"Before" them means before their end (月底前)."""

    around: DayRange | None = None
    """The week that "in two weeks" falls in, for the weekday named beside it."""

    @property
    def past(self) -> bool:
        return not any(self.alternatives)


@dataclass(frozen=True)
class Part:
    """A part of the day in minutes from its midnight; `half` tells which half of the day a clock beside it means."""

    start_min: int
    end_min: int
    half: str = ""  # "am", "pm", "noon", "evening", "night" or "" when it tells nothing
    bound_min: int | None = None
    """The instant that stands for it in "before …" and "after …" (noon: 12:00)."""


@dataclass(frozen=True)
class Clock:
    """A time of day as said. `half` is "am", "pm" or ""; `fixed` when the hour is meant on the 24-hour clock."""

    hour: int
    minute: int = 0
    half: str = ""
    fixed: bool = False
    weak: bool = False
    """A bare number: counts only beside a day, a day part or a bound."""


@dataclass(frozen=True)
class Atom:
    """A piece of a time expression at `start` to `end` in the text."""

    kind: Kind
    start: int
    end: int
    payload: Days | Part | Clock | Relation | tuple[Range, ...] | None = None


@dataclass(frozen=True)
class Reference:
    """The moment that expressions are measured from.

    Args:
        now: aware, in the operator's time zone.
        day_first: whether 3/12 is the third of December; None when either may be meant.
    """

    now: datetime
    day_first: bool | None

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def zone(self) -> tzinfo | None:
        return self.now.tzinfo

    def at(self, day: date, minutes: int = 0) -> datetime:
        """Return the wall-clock time `minutes` after the midnight that starts `day` (may pass the next midnight)."""
        extra_days, rest = divmod(minutes, MINUTES_PER_DAY)
        clock = time(rest // MINUTES_PER_HOUR, rest % MINUTES_PER_HOUR)
        return datetime.combine(day + timedelta(days=extra_days), clock, tzinfo=self.zone)

    def after(self, delta: timedelta) -> datetime:
        """Return the instant `delta` of elapsed time after now."""
        return (self.now.astimezone(timezone.utc) + delta).astimezone(self.zone)

    def monday(self, weeks: int = 0) -> date:
        """Return the Monday of this week (weeks run Monday to Sunday), or of one `weeks` later."""
        return self.today + timedelta(days=DAYS_PER_WEEK * weeks - self.today.weekday())
