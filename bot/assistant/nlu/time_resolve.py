"""From points and spans to ranges: the first occurrence that is still ahead, never one that is over."""

from __future__ import annotations

from datetime import date, timedelta

from bot.assistant.nlu.time_days import one_day
from bot.assistant.nlu.time_model import (
    MINUTES_PER_DAY,
    MINUTES_PER_HOUR,
    Clock,
    DayRange,
    Days,
    Part,
    Range,
    Reference,
    Relation,
)
from bot.assistant.nlu.time_points import Item, Point, Span

NOON_MIN = 12 * MINUTES_PER_HOUR
MORE_RANGES = 7
"""Most ranges that one item may spread over (a week's mornings)."""
_UP_TO = (Relation.BEFORE, Relation.BY)
_FROM_ON = (Relation.AFTER, Relation.SINCE)


def resolve(item: Item, reference: Reference) -> list[Range]:
    """Return the ranges an item may mean, the likeliest first; empty when it lies in the past."""
    found = _resolve_span(item, reference) if isinstance(item, Span) else _resolve_point(item, reference)
    return list(dict.fromkeys(found))


def clipped(span: Range, reference: Reference, *, instant: bool = False) -> Range | None:
    """Return what is left of a range from now on, None when nothing is; an instant is left whole or not at all."""
    start, end = span
    if end is not None and end <= reference.now:
        return None
    if start is not None and start < reference.now:
        return None if instant else (reference.now, end)
    return start, end


def clock_minutes(clock: Clock, part: Part | None) -> list[int]:
    """Return the minutes after midnight that a clock time may mean in working life; 7 without more is two times."""
    hour, half = clock.hour, clock.half or (part.half if part else "")
    if clock.hour == 0 and half in ("evening", "night"):
        hour = 24
    if clock.fixed:
        return [hour * MINUTES_PER_HOUR + clock.minute]
    if clock.half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif half == "am":
        hour = 0 if hour == 12 and part is not None and part.start_min == 0 else hour
    elif half == "pm":
        hour = hour % 12 + 12
    elif half == "noon":
        hour = hour if hour >= 10 else hour + 12
    elif half in ("evening", "night"):
        hour = hour + 24 if hour < 5 else 24 if hour == 12 else hour % 12 + 12
    elif hour == 7:
        return [h * MINUTES_PER_HOUR + clock.minute for h in (7, 19)]
    elif 1 <= hour <= 6:
        hour += 12
    return [hour * MINUTES_PER_HOUR + clock.minute]


def _resolve_point(point: Point, reference: Reference) -> list[Range]:
    if point.ready:
        return _bounded_ready(point)
    found: list[Range] = []
    for series in _alternatives(point.day, reference):
        for occurrence in series:
            ranges = [kept for kept in _on(point, occurrence, reference) if kept is not None]
            if ranges:
                found.extend(ranges)
                break
    return found or _later_today(point, reference)


def _bounded_ready(point: Point) -> list[Range]:
    if point.day_relation in _UP_TO:
        return [(None, start) for start, _ in point.ready]
    return list(point.ready)


def _alternatives(days: Days | None, reference: Reference) -> tuple[tuple[DayRange, ...], ...]:
    if days is not None:
        return days.alternatives
    return (tuple(one_day(reference.today + timedelta(days=ahead)) for ahead in range(3)),)


def _days_in(occurrence: DayRange) -> list[date]:
    first, end = occurrence
    return [first + timedelta(days=ahead) for ahead in range(min((end - first).days, MORE_RANGES))]


def _on(point: Point, occurrence: DayRange, reference: Reference) -> list[Range | None]:
    """Return the ranges of a point on one occurrence of its days; None for each that is over."""
    if not point.timed:
        return [_whole_days(point, occurrence, reference)]
    found: list[Range | None] = []
    for day in _days_in(occurrence):
        if point.clock is not None:
            for minutes in clock_minutes(point.clock, point.part):
                found.append(_timed(point, reference, day, (minutes, None), minutes, minutes))
        elif point.part is not None:
            part = point.part
            late = part.bound_min if part.bound_min is not None else part.end_min
            after = late if part.half in ("am", "noon") else part.start_min
            if point.time_relation is Relation.SINCE:
                after = part.bound_min if part.bound_min is not None else part.start_min
            before = late if point.time_relation is Relation.BY else part.start_min
            before = part.bound_min if part.bound_min is not None else before
            found.append(_timed(point, reference, day, (part.start_min, part.end_min), after, before))
    return found


def _timed(
    point: Point, reference: Reference, day: date, inside: tuple[int, int | None], after: int, before: int
) -> Range | None:
    start_min, end_min = inside
    midnight = reference.at(day, MINUTES_PER_DAY)
    if point.time_relation in _FROM_ON:
        start = reference.at(day, after)
        bounded = point.day is not None and not point.open_ended and start < midnight
        return clipped((start, midnight if bounded else None), reference, instant=not bounded)
    if point.time_relation in _UP_TO:
        return clipped((reference.at(day) if point.day is not None else None, reference.at(day, before)), reference)
    start = reference.at(day, start_min)
    if end_min is None:
        return clipped((start, None), reference, instant=True)
    return clipped((start, reference.at(day, end_min)), reference)


def _whole_days(point: Point, occurrence: DayRange, reference: Reference) -> Range | None:
    start, end = reference.at(occurrence[0]), reference.at(occurrence[1])
    if point.day_relation is Relation.AFTER:
        return clipped((end, None), reference)
    if point.day_relation is Relation.SINCE:
        return clipped((start, None), reference)
    if point.day_relation is Relation.BY:
        return clipped((None, end), reference)
    if point.day_relation is Relation.BEFORE:
        at_end = point.day is not None and point.day.deadline_at_end
        return clipped((None, end if at_end else start), reference)
    if point.day_relation is Relation.WITHIN:
        return clipped((min(reference.now, start), end), reference)
    return clipped((start, end), reference)


def _later_today(point: Point, reference: Reference) -> list[Range]:
    """Return what "today" leaves when its plain reading is over: the evening's hour, or the rest of the night."""
    if point.day is None or not point.day.today or point.day.past or point.time_relation is not None:
        return []
    midnight = reference.at(reference.today, MINUTES_PER_DAY)
    if point.clock is not None and not point.clock.half and not point.clock.fixed and point.part is None:
        start = reference.at(reference.today, (point.clock.hour % 12 + 12) * MINUTES_PER_HOUR + point.clock.minute)
        return [(start, None)] if start >= reference.now else []
    if point.clock is None and point.part is not None and point.part.half == "evening":
        return [(reference.now, midnight)]
    return []


def _resolve_span(span: Span, reference: Reference) -> list[Range]:
    if span.daily is not None:
        return _daily(span, reference)
    first, last = span.first, span.last
    if first.day_only and last.day_only:
        found = (
            clipped((reference.at(a[0]), reference.at(b[1])), reference) for a, b in _day_pairs(first, last, reference)
        )
        return [kept for kept in found if kept is not None]
    if first.timed and last.timed:
        return _hours(first, last, reference)
    # "now … until Friday 5 pm" and the like: from the start of the one to the end of the other
    pairs = [(a, b) for a in _resolve_point(first, reference) for b in _resolve_point(last, reference)]
    joined: list[Range] = [(a[0], b[1] or b[0]) for a, b in pairs if a[0] and (b[1] or b[0] or a[0]) > a[0]]
    return joined[:1]


def _day_pairs(first: Point, last: Point, reference: Reference) -> list[tuple[DayRange, DayRange]]:
    """Return the day ranges that begin and end a span: the soonest that is not over."""
    found = []
    for series in _alternatives(first.day, reference):
        pairs = [
            (a, b)
            for a in series
            for others in _alternatives(last.day, reference)
            for b in others
            if a[0] < b[1] and b[0] >= a[0]
        ]
        if pairs:
            found.append(min(pairs, key=lambda pair: (pair[0][0], pair[1][1])))
    return list(dict.fromkeys(found))


def _daily(span: Span, reference: Reference) -> list[Range]:
    found: list[Range] = []
    for a, b in _day_pairs(span.first, span.last, reference)[:1]:
        for day in _days_in((a[0], b[1])):
            on_day = Days(((one_day(day),),))
            hours = span.daily
            if isinstance(hours, Span):
                found.extend(_hours(_with_day(hours.first, on_day), hours.last, reference))
            elif hours is not None:
                found.extend(_resolve_point(_with_day(hours, on_day), reference))
    return found


def _with_day(point: Point, days: Days) -> Point:
    return Point(point.start, point.end, days, point.part, point.clock, time_relation=point.time_relation)


def _hours(first: Point, last: Point, reference: Reference) -> list[Range]:
    """Return the ranges between two times of day, on one day or on two."""
    found: list[Range] = []
    days = first.day or last.day
    own_day = last.day is not None and first.day is not None
    for begin, end in _hour_pairs(first, last, same_day=not own_day):
        for series in _alternatives(days, reference):
            for occurrence in series:
                ranges = []
                for day in _days_in(occurrence):
                    last_day = _own_day(last, day, reference) if own_day else day
                    start, finish = reference.at(day, begin), reference.at(last_day, end)
                    kept = clipped((start, finish), reference) if start < finish else None
                    if kept is not None:
                        ranges.append(kept)
                if ranges:
                    found.extend(ranges)
                    break
    return found


def _own_day(point: Point, after: date, reference: Reference) -> date:
    options = [item[0] for series in _alternatives(point.day, reference) for item in series if item[0] >= after]
    return min(options, default=after)


def _hour_pairs(first: Point, last: Point, *, same_day: bool) -> list[tuple[int, int]]:
    """Return start and end in minutes after midnight; each clock helps the other to its half of the day."""
    starts = _edges(first, last.part if first.part is None and last.clock is None else None, at_end=False)
    if not same_day:
        return [(starts[0], _edges(last, None, at_end=True)[0])]
    said_first = _told(first)
    said_last = _told(last)
    if first.clock is not None and not said_first and said_last:
        end = _edges(last, None, at_end=True)[0]
        plain = first.clock.hour * MINUTES_PER_HOUR + first.clock.minute
        options = [minutes for minutes in (plain, plain + NOON_MIN) if minutes < end]
        return [(max(options), end)] if options else [(plain, end + MINUTES_PER_DAY)]
    pairs = []
    for begin in starts:
        if last.clock is None or said_last:
            end = _edges(last, None, at_end=True)[0]
            pairs.append((begin, end if end > begin else end + MINUTES_PER_DAY))
            continue
        plain = last.clock.hour * MINUTES_PER_HOUR + last.clock.minute
        pairs.append((begin, next(end for end in range(plain, plain + 4 * MINUTES_PER_DAY, NOON_MIN) if end > begin)))
    return pairs


def _told(point: Point) -> bool:
    """Whether the words tell which half of the day the point's clock time is in."""
    return point.clock is None or bool(point.clock.half) or point.clock.fixed or bool(point.part and point.part.half)


def _edges(point: Point, part: Part | None, *, at_end: bool) -> list[int]:
    if point.clock is not None:
        return clock_minutes(point.clock, point.part or part)
    assert point.part is not None
    if point.part.bound_min is not None:
        return [point.part.bound_min]
    return [point.part.end_min if at_end else point.part.start_min]
