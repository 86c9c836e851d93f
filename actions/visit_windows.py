"""Which of the free visit windows a customer's wish means, and which to offer when it means none. Pure; no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from actions.own_words import Wanted, end_wanted, ordinal, refuses_all
from bot.assistant.nlu.words.visits import DAY_PARTS, DAY_WORDS, NEW_TIME, OPEN_END, WEEKLY

#: buttons of one question
OFFERED = 4
_PER_DAY = 2

Span = tuple[datetime | None, datetime | None]


@dataclass(frozen=True)
class FreeWindow:
    """A window as it is offered; times are aware."""

    id: str
    start: datetime
    end: datetime

    def as_json(self) -> dict[str, str]:
        return {"id": self.id, "start": self.start.isoformat(), "end": self.end.isoformat()}

    def span_json(self) -> dict[str, str]:
        """Its times in the form of a `time` entity."""
        return {"start": self.start.isoformat(), "end": self.end.isoformat()}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> FreeWindow:
        return cls(str(body["id"]), datetime.fromisoformat(body["start"]), datetime.fromisoformat(body["end"]))


@dataclass(frozen=True)
class Wish:
    """When a customer wants the visit.

    Attributes:
        spans: what the words may mean, likeliest first; a side that is None is open.
        words: the piece of the message that says it.
    """

    spans: tuple[Span, ...]
    words: str

    @property
    def is_open(self) -> bool:
        """Whether a start without an end means all that comes after it, not that moment."""
        return bool(OPEN_END.search(self.words))

    def next_week(self, first: datetime) -> Wish:
        """The same a week later where it is over before the first window: "at the weekend", said on a Sunday."""
        over = all(end is not None and end <= first for _, end in self.spans)
        if not over or not WEEKLY.search(self.words):
            return Wish((), self.words)
        week = timedelta(days=7)
        return Wish(
            tuple((start + week if start else None, end + week if end else None) for start, end in self.spans),
            self.words,
        )

    @property
    def names_day(self) -> bool:
        """False when only a time of day was said, which then counts for the days on offer."""
        return bool(DAY_WORDS.search(self.words))


def read_wish(value: Any, words: str) -> Wish | None:
    """Read the value of a `time` entity: `{"start", "end"}` or a list of such candidates."""
    candidates = value if isinstance(value, list) else [value]
    spans = []
    for item in candidates:
        if isinstance(item, Mapping) and (item.get("start") or item.get("end")):
            spans.append((_moment(item.get("start")), _moment(item.get("end"))))
    return Wish(tuple(spans), words) if spans else None


def matching(windows: Sequence[FreeWindow], wish: Wish) -> tuple[FreeWindow, ...]:
    """Windows that the wish means, soonest first.

    A window belongs to a range when it starts in it; where none does, those that overlap it count ("from 3 to 4" means
    the window from 2 to 4). An instant means the window that it lies in; the end of "any day but Monday" and "after the
    4th" is open.
    """
    for test in (_starts_after if wish.is_open else _starts_within, _overlaps):
        found = {window.id: window for span in wish.spans for window in windows if test(window, span)}
        if found:
            return tuple(sorted(found.values(), key=lambda window: window.start))
    return ()


def nearest(windows: Sequence[FreeWindow], wish: Wish, limit: int) -> tuple[FreeWindow, ...]:
    """The windows closest to the wish, soonest first."""
    anchors = [start or end for start, end in wish.spans]
    known = [anchor for anchor in anchors if anchor is not None]
    if not known:
        return spread(windows, ZoneInfo("UTC"), limit)
    closest = sorted(windows, key=lambda window: min(abs(window.start - anchor) for anchor in known))[:limit]
    return tuple(sorted(closest, key=lambda window: window.start))


def spread(windows: Sequence[FreeWindow], zone: ZoneInfo, limit: int = OFFERED) -> tuple[FreeWindow, ...]:
    """The soonest windows, but not all of one half-day, so that there is something to choose from; soonest first."""
    if len(windows) <= limit:
        return tuple(windows)
    chosen: list[FreeWindow] = []
    halves: set[tuple[Any, bool]] = set()
    days: dict[Any, int] = {}
    for window in windows:
        local = window.start.astimezone(zone)
        half = (local.date(), local.hour < 12)
        if half in halves or days.get(local.date(), 0) >= _PER_DAY:
            continue
        halves.add(half)
        days[local.date()] = days.get(local.date(), 0) + 1
        chosen.append(window)
        if len(chosen) == limit:
            break
    rest = (window for window in windows if window not in chosen)
    chosen += [window for window, _ in zip(rest, range(limit - len(chosen)), strict=False)]
    return tuple(sorted(chosen, key=lambda window: window.start))


def beside(windows: Sequence[FreeWindow], start: datetime, end: Wanted) -> tuple[FreeWindow, ...]:
    """Windows before the time that a visit has, for who wants it earlier, or after it; soonest first."""
    return tuple(item for item in windows if (item.start < start if end is Wanted.first else item.start > start))


def chosen_by_words(offered: Sequence[FreeWindow], words: str, zone: ZoneInfo) -> tuple[FreeWindow, ...]:
    """Those of the offered windows that "the second", "the afternoon one" or "a later one" mean; maybe several."""
    if not offered:
        return ()
    place = ordinal(words, len(offered))
    if place is not None:
        return (offered[place],)
    text = words.lower()
    pool = list(offered)
    narrowed = False
    for pattern, first_hour, last_hour in DAY_PARTS:
        if pattern.search(text):
            pool = [item for item in pool if first_hour <= item.start.astimezone(zone).hour < last_hour]
            narrowed = True
            break
    if refuses_all(words):
        return ()
    wanted = end_wanted(words)
    if wanted is not None and pool:
        return (pool[0] if wanted is Wanted.first else pool[-1],)
    return tuple(pool) if narrowed else ()


def by_time_of_day(offered: Sequence[FreeWindow], wish: Wish, zone: ZoneInfo) -> tuple[FreeWindow, ...]:
    """Those of the offered windows whose time of day fits a wish that names no day."""
    found = []
    for window in offered:
        for start, end in wish.spans:
            if start is None:
                continue
            shift = _days_between(start, window.start, zone)
            moved = (start + shift, end + shift if end is not None else None)
            if end is None and wish.is_open:
                moved = (moved[0], _midnight_after(moved[0], zone))
            if _starts_within(window, moved):
                found.append(window)
                break
    return tuple(found)


def names_visit(value: Any, message: str, start: datetime, end: datetime) -> bool:
    """Whether a time tells which visit is meant ("my Friday visit") and not when it should be.

    Args:
        value: of the `time` entity.
        message: the customer's whole message.
        start: of the visit.
        end: of the visit.
    """
    wish = read_wish(value, message)
    if wish is None or NEW_TIME.search(message.lower()):
        return False
    return any(_starts_within(FreeWindow("", start, end), span) for span in wish.spans)


def in_any(value: Any, moment: datetime) -> bool:
    """Whether a `time` value covers a moment."""
    wish = read_wish(value, "")
    return wish is not None and any(_covers(span, moment) for span in wish.spans)


def windows_from(items: Iterable[Mapping[str, Any]]) -> tuple[FreeWindow, ...]:
    """Read windows back from a slot."""
    return tuple(FreeWindow.from_json(item) for item in items)


def _starts_within(window: FreeWindow, span: Span) -> bool:
    start, end = span
    if start is not None and end is None:
        return window.start <= start < window.end
    return _covers(span, window.start)


def _starts_after(window: FreeWindow, span: Span) -> bool:
    return _covers(span, window.start)


def _overlaps(window: FreeWindow, span: Span) -> bool:
    start, end = span
    if start is None or end is None:
        return False
    return window.start < end and window.end > start


def _covers(span: Span, moment: datetime) -> bool:
    start, end = span
    if start is not None and end is None:
        return start <= moment
    return (start is None or moment >= start) and (end is None or moment < end)


def _midnight_after(moment: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(moment.astimezone(zone).date() + timedelta(days=1), time(0), zone)


def _days_between(start: datetime, other: datetime, zone: ZoneInfo) -> timedelta:
    return timedelta(days=(other.astimezone(zone).date() - start.astimezone(zone).date()).days)


def _moment(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
