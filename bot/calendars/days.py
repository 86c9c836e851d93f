"""What kind of day a date is: the country's holidays with their make-up days, corrected by the operator's own table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import Enum
from functools import cache
from importlib.metadata import version
from typing import Any, Protocol

import chinese_calendar
import holidays

_SATURDAY = 5
_YEARS_AHEAD = 30


class DayKind(str, Enum):
    #: people are at work, a make-up Saturday or Sunday included
    workday = "workday"
    weekend = "weekend"
    #: a public holiday and the days off around it
    holiday = "holiday"


class Country(Protocol):
    """A country's public holidays."""

    #: where the data are from, with its version; part of what deadlines were computed with
    name: str
    #: the last day that the data speak of
    last_day: date

    def kind(self, day: date) -> DayKind | None:
        """None: the data do not reach so far."""


class China:
    """Holidays and make-up days as the State Council announced them, from `chinesecalendar`."""

    def __init__(self) -> None:
        known = (*chinese_calendar.constants.holidays, *chinese_calendar.constants.workdays)
        self.name = f"chinesecalendar {max(known).year}"
        self.first_day = date(min(known).year, 1, 1)
        self.last_day = date(max(known).year, 12, 31)

    def kind(self, day: date) -> DayKind | None:
        if not self.first_day <= day <= self.last_day:
            return None
        off, name = chinese_calendar.get_holiday_detail(day)
        if not off:
            return DayKind.workday
        return DayKind.holiday if name else DayKind.weekend


class Elsewhere:
    """Public holidays of any other country, from `holidays`; rules there, so no make-up days and no end of the data."""

    def __init__(self, country: str, part: str | None = None) -> None:
        """Args:
            country: ISO 3166 code, such as GB.
            part: the country's own code of a region, such as ENG.

        Raises:
            KeyError, NotImplementedError: the library does not know them.
        """
        self._days: Any = holidays.country_holidays(country, subdiv=part)
        self.name = f"holidays {version('holidays')} {country}{f'-{part}' if part else ''}"
        self.last_day = date.max

    def kind(self, day: date) -> DayKind | None:
        if day in self._days:
            return DayKind.holiday
        return by_weekday(day)


def by_weekday(day: date) -> DayKind:
    """Monday to Friday are working days."""
    return DayKind.weekend if day.weekday() >= _SATURDAY else DayKind.workday


@cache
def country(code: str, part: str | None = None) -> Country:
    """The data of a country, read once a process."""
    return China() if code == "CN" else Elsewhere(code, part)


class Days:
    """A country's days with the operator's corrections. Outside the data: Monday to Friday, and a warning."""

    def __init__(self, country: Country, own: Mapping[date, DayKind]) -> None:
        self._country = country
        self._own = dict(own)

    @property
    def name(self) -> str:
        return self._country.name

    @property
    def last_day(self) -> date:
        """The last day known: from the country, or further when the operator's own table goes on."""
        if self._country.last_day == date.max or not self._own:
            return self._country.last_day
        return max(self._country.last_day, max(self._own))

    def kind(self, day: date) -> DayKind:
        own = self._own.get(day)
        if own is not None:
            return own
        return self._country.kind(day) or by_weekday(day)

    def ends_within(self, today: date, ahead: timedelta) -> bool:
        """Whether dates that far ahead of `today` are no longer in the data."""
        return self.last_day < date.max - timedelta(days=365 * _YEARS_AHEAD) and today + ahead > self.last_day
