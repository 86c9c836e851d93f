"""Service hours: which parts of a day count, adding service time to a moment, and how much lies between two. No I/O."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from bot.calendars.days import DayKind, Days
from bot.errors import SettingsError

_DAY = timedelta(days=1)
_NOTHING = timedelta(0)
#: a calendar that opens on no day of this many in a row is a mistake in its data
_LONGEST_CLOSED_DAYS = 60


@dataclass(frozen=True)
class Opening:
    """A part of a day on which the service works; `end` None means midnight."""

    start: time
    end: time | None

    def on(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Its two moments on a date, in UTC: a day on which the clocks change is shorter or longer."""
        start = datetime.combine(day, self.start, zone)
        end = datetime.combine(day, self.end, zone) if self.end else datetime.combine(day + _DAY, time(0), zone)
        return start.astimezone(timezone.utc), end.astimezone(timezone.utc)

    @property
    def length(self) -> timedelta:
        end = timedelta(hours=self.end.hour, minutes=self.end.minute) if self.end else _DAY
        return end - timedelta(hours=self.start.hour, minutes=self.start.minute)


class ServiceCalendar:
    """When a group works. Service time passes only then."""

    def __init__(
        self,
        calendar_id: str,
        name: Mapping[str, str],
        zone: ZoneInfo,
        days: Days,
        hours: Mapping[DayKind, Sequence[Opening]],
    ) -> None:
        """Args:
            name: by language, as the explanation of a deadline says it.
            hours: openings of each kind of day, in order and apart; a kind that is missing is closed.

        Raises:
            SettingsError: a calendar that never opens on a working day.
        """
        self.id = calendar_id
        self.name = name
        self.days = days
        self._zone = zone
        self._hours = hours
        #: one service day: what a working day has
        self.day_length = sum((opening.length for opening in hours.get(DayKind.workday, ())), _NOTHING)
        if not self.day_length:
            raise SettingsError(f"Calendar {calendar_id} has no hours on working days. Give it some.")
        self.always = all([o.length for o in hours.get(kind, ())] == [_DAY] for kind in DayKind)
        self._spans: dict[date, tuple[tuple[datetime, datetime], ...]] = {}

    def add(self, start: datetime, length: timedelta) -> datetime:
        """The moment at which `length` of service time has passed since `start`, in UTC.

        Nothing to add gives the next moment of service, `start` itself when the service is open.
        """
        start = start.astimezone(timezone.utc)
        if self.always:
            return start + length
        left, day, closed = length, self._local_day(start), 0
        while closed <= _LONGEST_CLOSED_DAYS:
            spans = self._on(day)
            for begin, end in spans:
                begin = max(begin, start)
                if begin < end and left <= end - begin:
                    return begin + left
                if begin < end:
                    left -= end - begin
            closed = 0 if spans else closed + 1
            day += _DAY
        raise SettingsError(f"Calendar {self.id} is closed for more than {_LONGEST_CLOSED_DAYS} days from {day}.")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much service time lies between two moments; none when `end` is not after `start`."""
        start, end = start.astimezone(timezone.utc), end.astimezone(timezone.utc)
        if end <= start:
            return _NOTHING
        if self.always:
            return end - start
        total, day, last = _NOTHING, self._local_day(start), self._local_day(end)
        while day <= last:
            for begin, until in self._on(day):
                total += max(_NOTHING, min(until, end) - max(begin, start))
            day += _DAY
        return total

    def open_at(self, moment: datetime) -> bool:
        moment = moment.astimezone(timezone.utc)
        spans = self._on(self._local_day(moment))
        place = bisect_right([begin for begin, _ in spans], moment) - 1
        return place >= 0 and moment < spans[place][1]

    def closes_at(self, moment: datetime) -> datetime | None:
        """When the opening that runs at `moment` ends, in UTC; None when none runs, or the service never closes."""
        moment = moment.astimezone(timezone.utc)
        if self.always:
            return None
        return next((end for begin, end in self._on(self._local_day(moment)) if begin <= moment < end), None)

    def _local_day(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()

    def _on(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        spans = self._spans.get(day)
        if spans is None:
            openings = self._hours.get(self.days.kind(day), ())
            spans = self._spans[day] = tuple(opening.on(day, self._zone) for opening in openings)
        return spans
