"""Which days the words for days mean: weekdays, dates, weeks, months and weekends, soonest first."""

from __future__ import annotations

from datetime import date, timedelta

from bot.assistant.nlu.time_model import DAYS_PER_WEEK, DayRange, Days, Reference

MONTHS_PER_YEAR = 12
WEEKS_AHEAD = 9
SATURDAY = 5
NOTHING = Days(())


def one_day(day: date) -> DayRange:
    return day, day + timedelta(days=1)


def relative_day(reference: Reference, days: int) -> Days:
    """Return today (0), tomorrow (1) and so on; a negative number gives past days, which are none."""
    if days < 0:
        return NOTHING
    return Days(((one_day(reference.today + timedelta(days=days)),),), explicit=days > 0, today=days == 0)


def coming_weekday(reference: Reference, weekday: int, weeks_later: int = 0) -> Days:
    """Return a weekday named alone. Said on that weekday itself it may mean today or a week from now: two readings."""
    ahead = (weekday - reference.today.weekday()) % DAYS_PER_WEEK
    first = reference.today + timedelta(days=ahead + DAYS_PER_WEEK * weeks_later)
    series = tuple(one_day(first + timedelta(days=DAYS_PER_WEEK * week)) for week in range(WEEKS_AHEAD))
    if ahead == 0 and weeks_later == 0:
        return Days((series, series[1:]))
    return Days((series,), explicit=weeks_later > 0)


def weekday_of_week(reference: Reference, weekday: int, weeks: int) -> Days:
    """Return a weekday of this week (0), rolled on when it is over, or of a later week."""
    if weeks < 0:
        return NOTHING
    day = reference.monday(weeks) + timedelta(days=weekday)
    series = tuple(one_day(day + timedelta(days=DAYS_PER_WEEK * week)) for week in range(WEEKS_AHEAD))
    return Days((tuple(item for item in series if item[1] > reference.today),), explicit=weeks > 0)


def english_next_weekday(reference: Reference, weekday: int) -> Days:
    """Return "next Friday": next week's, and this week's too while that is still to come (people mean either)."""
    later = one_day(reference.monday(1) + timedelta(days=weekday))
    sooner = one_day(reference.monday() + timedelta(days=weekday))
    weekend = reference.today.weekday() >= SATURDAY
    if sooner[0] > reference.today and not weekend:
        return Days(((later,), (sooner,)), explicit=True)
    return Days(((later,),), explicit=True)


def week(reference: Reference, weeks: int, first: int = 0, last: int = 6) -> Days:
    """Return a week, this one (0) or a later one, or the part of it between two weekdays."""
    monday = reference.monday(weeks)
    span = (monday + timedelta(days=first), monday + timedelta(days=last + 1))
    if weeks < 0 or span[1] <= reference.today:
        return NOTHING
    return Days(((span,),), explicit=weeks > 0)


def weekend(reference: Reference, weeks: int) -> Days:
    if weeks:
        return week(reference, weeks, first=SATURDAY)
    series = (week(reference, ahead, first=SATURDAY).alternatives[0][0] for ahead in range(WEEKS_AHEAD))
    return Days((tuple(series),))


def nth_of_month(reference: Reference, nth: int, weekday: int | None, months: Days) -> Days:
    """Return the nth (1 the first, -1 the last) weekday, or day when None, of a month."""
    found = []
    for series in months.alternatives:
        for start, end in series:
            inside = [start + timedelta(days=ahead) for ahead in range((end - start).days)]
            fitting = [day for day in inside if weekday is None or day.weekday() == weekday]
            found.append(fitting[nth - 1 if nth > 0 else nth])
    ahead_of_now = tuple(one_day(day) for day in found if day >= reference.today)
    return Days((ahead_of_now,), explicit=months.explicit) if ahead_of_now else NOTHING


def month_start(day: date, months: int = 0) -> date:
    index = day.year * MONTHS_PER_YEAR + day.month - 1 + months
    return date(index // MONTHS_PER_YEAR, index % MONTHS_PER_YEAR + 1, 1)


def month(reference: Reference, months: int) -> Days:
    if months < 0:
        return NOTHING
    first = month_start(reference.today, months)
    return Days((((first, month_start(first, 1)),),), explicit=months > 0, month_only=True)


def day_of_month(reference: Reference, day: int) -> Days:
    """Return "the 25th": of this month, else of the next months that have such a day."""
    found = []
    for months in range(MONTHS_PER_YEAR + 1):
        first = month_start(reference.today, months)
        last = month_start(first, 1) - timedelta(days=1)
        if 1 <= day <= last.day and first.replace(day=day) >= reference.today:
            found.append(one_day(first.replace(day=day)))
    return Days((tuple(found),)) if found else NOTHING


def date_in_year(reference: Reference, month_number: int, day: int, year: int | None = None) -> Days:
    """Return a calendar date, this year's or next year's unless the year is said. An impossible date is no days."""
    years = [year] if year is not None else [reference.today.year + ahead for ahead in range(9)]
    found = []
    for candidate in years:
        try:
            exact = date(candidate, month_number, day)
        except ValueError:
            continue
        if exact >= reference.today:
            found.append(one_day(exact))
    return Days((tuple(found[:2]),), explicit=year is not None) if found else NOTHING


def named_month(reference: Reference, month_number: int, year: int | None = None) -> Days:
    """Return a month by its name: the one running or the next to come."""
    if not 1 <= month_number <= MONTHS_PER_YEAR:
        return NOTHING
    for candidate in [year] if year is not None else [reference.today.year, reference.today.year + 1]:
        first = date(candidate, month_number, 1)
        if month_start(first, 1) > reference.today:
            return Days((((first, month_start(first, 1)),),), explicit=year is not None, month_only=True)
    return NOTHING


def part_of_month(reference: Reference, months: int | None, first: int, last: int | None) -> Days:
    """Return the days `first` to `last` of a month (None: its last day; negative first: counted from its end).

    Args:
        months: 0 this month, 1 the next; None takes this month and rolls on when that part is over.
    """
    for ahead in [months] if months is not None else [0, 1]:
        start = month_start(reference.today, ahead)
        next_start = month_start(start, 1)
        begin = start + timedelta(days=first - 1) if first > 0 else next_start + timedelta(days=first)
        end = next_start if last is None else start + timedelta(days=last)
        if end > reference.today:
            return Days((((begin, end),),), explicit=ahead > 0, deadline_at_end=last is None)
    return NOTHING


def part_of_days(days: Days, first: int, last: int | None) -> Days:
    """Return the part of a month `days` as `part_of_month` does."""
    if days.past:
        return NOTHING
    start, next_start = days.alternatives[0][0]
    begin = start + timedelta(days=first - 1) if first > 0 else next_start + timedelta(days=first)
    end = next_start if last is None else start + timedelta(days=last)
    return Days((((begin, end),),), explicit=days.explicit, deadline_at_end=last is None)


def numeric_date(reference: Reference, first: int, second: int) -> Days:
    """Return 3/12: by the reader's habit, in both readings when neither habit is known and both are possible."""
    month_first = date_in_year(reference, first, second)
    day_first = date_in_year(reference, second, first)
    if reference.day_first is True:
        return month_first if day_first.past else day_first
    if reference.day_first is False:
        return day_first if month_first.past else month_first
    return Days(tuple(dict.fromkeys(day_first.alternatives + month_first.alternatives)))


def intersect(left: Days, right: Days) -> Days | None:
    """Return the days that both name ("Wednesday the 25th", "下个月" with "3号"); None when they never agree."""
    alternatives = []
    for series in left.alternatives:
        for other in right.alternatives:
            joint = [
                max(a, b) if a[0] == b[0] and a[1] == b[1] else (max(a[0], b[0]), min(a[1], b[1]))
                for a in series
                for b in other
                if max(a[0], b[0]) < min(a[1], b[1]) and (_contains(a, b) or _contains(b, a))
            ]
            if joint:
                alternatives.append(tuple(sorted(set(joint))))
    for far, near in ((left, right), (right, left)):
        if not alternatives and far.around is not None:
            return intersect(Days(((far.around,),), explicit=True), near)
    if not alternatives:
        return None
    return Days(
        tuple(dict.fromkeys(alternatives)),
        explicit=left.explicit or right.explicit,
        today=left.today or right.today,
    )


def beside(days: Days, step: int) -> Days:
    """Return the day before (-1) or the day after (1) each of the days."""
    day = timedelta(days=1)
    moved = (
        tuple((start - day, start) if step < 0 else (end, end + day) for start, end in series)
        for series in days.alternatives
    )
    return Days(tuple(moved), explicit=days.explicit)


def _contains(outer: DayRange, inner: DayRange) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]
