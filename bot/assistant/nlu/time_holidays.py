"""Holidays that customers date things by. Lunar dates are astronomical facts, listed for the years they are needed."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
from dateutil.easter import easter

from bot.assistant.nlu.time_days import NOTHING, SATURDAY, one_day
from bot.assistant.nlu.time_model import DAYS_PER_WEEK, Days, Reference

FIXED = {
    "new_year": (1, 1),
    "valentine": (2, 14),
    "women": (3, 8),
    "labour": (5, 1),
    "children": (6, 1),
    "national": (10, 1),
    "halloween": (10, 31),
    "singles": (11, 11),
    "double_twelve": (12, 12),
    "christmas_eve": (12, 24),
    "christmas": (12, 25),
    "boxing": (12, 26),
    "new_year_eve": (12, 31),
}
LUNAR: dict[str, dict[int, tuple[int, int]]] = {
    "spring": {
        2025: (1, 29), 2026: (2, 17), 2027: (2, 6), 2028: (1, 26), 2029: (2, 13), 2030: (2, 3), 2031: (1, 23),
        2032: (2, 11), 2033: (1, 31), 2034: (2, 19), 2035: (2, 8),
    },
    "dragon_boat": {
        2025: (5, 31), 2026: (6, 19), 2027: (6, 9), 2028: (5, 28), 2029: (6, 16), 2030: (6, 5), 2031: (6, 24),
        2032: (6, 12), 2033: (6, 1), 2034: (6, 20), 2035: (6, 10),
    },
    "mid_autumn": {
        2025: (10, 6), 2026: (9, 25), 2027: (9, 15), 2028: (10, 3), 2029: (9, 22), 2030: (9, 12), 2031: (10, 1),
        2032: (9, 19), 2033: (9, 8), 2034: (9, 27), 2035: (9, 16),
    },
    "qingming": {
        2025: (4, 4), 2026: (4, 5), 2027: (4, 5), 2028: (4, 4), 2029: (4, 4), 2030: (4, 5), 2031: (4, 5),
        2032: (4, 4), 2033: (4, 4), 2034: (4, 5), 2035: (4, 5),
    },
    "qixi": {
        2025: (8, 29), 2026: (8, 19), 2027: (8, 8), 2028: (8, 26), 2029: (8, 16), 2030: (8, 5), 2031: (8, 24),
        2032: (8, 12), 2033: (8, 1), 2034: (8, 20), 2035: (8, 10),
    },
    "double_ninth": {
        2025: (10, 29), 2026: (10, 18), 2027: (10, 8), 2028: (10, 26), 2029: (10, 16), 2030: (10, 5), 2031: (10, 24),
        2032: (10, 12), 2033: (10, 1), 2034: (10, 20), 2035: (10, 9),
    },
    "winter_solstice": {
        2025: (12, 21), 2026: (12, 22), 2027: (12, 22), 2028: (12, 21), 2029: (12, 21), 2030: (12, 22),
        2031: (12, 22), 2032: (12, 21), 2033: (12, 21), 2034: (12, 22), 2035: (12, 22),
    },
}  # fmt: skip
FROM_SPRING_DAYS = {"spring_eve": -1, "lantern": 14}
LAST_LUNAR_MONTH_DAYS = 29
LONGER_LAST_MONTH = frozenset({2030, 2033, 2034, 2035})
"""Years whose Spring Festival comes after a twelfth lunar month of thirty days; the others have 29 (2025 to 2035)."""
IN_LAST_MONTH = {"laba": 8, "little_new_year": 23}
"""Days of the twelfth lunar month with names; the little new year is the north's."""
FROM_EASTER_DAYS = {"good_friday": -2, "easter": 0, "easter_monday": 1}
USUAL_DAYS_OFF = {"spring": 7, "national": 7, "labour": 5}
"""Length of a holiday, from its first day, where the official calendar of the year is not out yet."""
CALENDAR_NAMES = {
    "new_year": "New Year's Day",
    "spring": "Spring Festival",
    "qingming": "Tomb-sweeping Day",
    "labour": "Labour Day",
    "dragon_boat": "Dragon Boat Festival",
    "national": "National Day",
    "mid_autumn": "Mid-autumn Festival",
}


def holiday_date(name: str, year: int) -> date | None:
    """Return the day of a holiday in a year, None where its table ends."""
    if name in FIXED:
        return date(year, *FIXED[name])
    if name in FROM_EASTER_DAYS:
        sunday: date = easter(year)
        return sunday + timedelta(days=FROM_EASTER_DAYS[name])
    if name in FROM_SPRING_DAYS:
        spring = LUNAR["spring"].get(year)
        return date(year, *spring) + timedelta(days=FROM_SPRING_DAYS[name]) if spring else None
    if name in IN_LAST_MONTH:
        return _in_last_month(year, IN_LAST_MONTH[name])
    if name == "thanksgiving":  # the fourth Thursday of November
        first = date(year, 11, 1)
        return first + timedelta(days=(3 - first.weekday()) % 7 + 21)
    known = LUNAR[name].get(year)
    return date(year, *known) if known else None


def is_day_off(day: date) -> bool:
    """Tell whether offices rest; by the official calendar where it is out, else weekends."""
    try:
        return bool(chinese_calendar.is_holiday(day))
    except NotImplementedError:
        return day.weekday() > 4


def last_day_off(name: str, first: date) -> date:
    """Return the last day off of the holiday that `first` is the day of."""
    official = CALENDAR_NAMES.get(name)
    if official is None:
        return first
    try:
        last = first
        while (detail := chinese_calendar.get_holiday_detail(last + timedelta(days=1))) and detail[0]:
            last += timedelta(days=1)
        return last
    except NotImplementedError:
        last = first + timedelta(days=USUAL_DAYS_OFF.get(name, 1) - 1)
        while name not in USUAL_DAYS_OFF and (last + timedelta(days=1)).weekday() > 4:
            last += timedelta(days=1)
        return last


def holiday(reference: Reference, name: str, year: int | None = None) -> Days:
    """Return the next day of the holiday, or that of `year`."""
    return _next(reference, [(day, day) for day in _dates(reference, name, year)])


def holiday_period(reference: Reference, name: str) -> Days:
    """Return all days off of the next such holiday, or of the one that is running."""
    return _next(reference, [(day, last_day_off(name, day)) for day in _dates(reference, name, None)])


def day_after_holiday(reference: Reference, name: str, *, working: bool) -> Days:
    """Return the first day (or first working day) after the next such holiday."""
    found = []
    for day in _dates(reference, name, None):
        after = last_day_off(name, day) + timedelta(days=1)
        while working and is_day_off(after):
            after += timedelta(days=1)
        found.append((after, after))
    return _next(reference, found)


def weekday_after_holiday(reference: Reference, name: str, weekday: int | None) -> Days:
    """Return the first such weekday (0 is Monday; None: the weekend) after the days off of the next such holiday."""
    wanted = SATURDAY if weekday is None else weekday
    found = []
    for day in _dates(reference, name, None):
        after = last_day_off(name, day) + timedelta(days=1)
        first = after + timedelta(days=(wanted - after.weekday()) % DAYS_PER_WEEK)
        found.append((first, first + timedelta(days=1 if weekday is None else 0)))
    return _next(reference, found)


def last_lunar_month(reference: Reference, day: int) -> Days:
    """Return a day (1 to 30) of the twelfth lunar month; its last day when the month is shorter."""
    years = range(reference.today.year, reference.today.year + 3)
    found = [date_ for year in years if (date_ := _in_last_month(year, day)) is not None]
    return _next(reference, [(date_, date_) for date_ in found])


def _in_last_month(year: int, day: int) -> date | None:
    spring = LUNAR["spring"].get(year)
    if spring is None or not 1 <= day <= LAST_LUNAR_MONTH_DAYS + 1:
        return None
    length = LAST_LUNAR_MONTH_DAYS + (year in LONGER_LAST_MONTH)
    return date(year, *spring) - timedelta(days=length + 1 - min(day, length))


def next_working_days(reference: Reference, count: int, *, tomorrow: bool = False) -> Days:
    """Return the next `count` working days, neighbours joined into one range, as alternatives."""
    ranges: list[tuple[date, date]] = []
    day = reference.today + timedelta(days=1 if tomorrow else 0)
    while count:
        if not is_day_off(day):
            if ranges and ranges[-1][1] == day:
                ranges[-1] = (ranges[-1][0], day + timedelta(days=1))
            else:
                ranges.append(one_day(day))
            count -= 1
        day += timedelta(days=1)
    return Days(tuple((item,) for item in ranges))


def _dates(reference: Reference, name: str, year: int | None) -> list[date]:
    first = reference.today.year - 1
    years = [year] if year is not None else range(first, first + 4)
    return [day for candidate in years if (day := holiday_date(name, candidate)) is not None]


def _next(reference: Reference, spans: list[tuple[date, date]]) -> Days:
    ahead = tuple((first, last + timedelta(days=1)) for first, last in spans if last >= reference.today)
    return Days((ahead[:2],)) if ahead else NOTHING
