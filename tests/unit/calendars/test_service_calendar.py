"""Service time: openings, holidays, make-up days, the end of the data, changing clocks."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.calendars.days import DayKind, Days, country
from bot.calendars.load import Calendars, load_calendars
from bot.errors import SettingsError

_SHIPPED = Path(__file__).parents[3] / "data" / "policies" / "service" / "calendars.yml"
_ZONE = ZoneInfo("Asia/Shanghai")
_CALENDARS = load_calendars(_SHIPPED, _ZONE)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=_ZONE)


def _file(tmp_path: Path, text: str) -> Calendars:
    path = tmp_path / "calendars.yml"
    path.write_text(text, encoding="utf-8")
    return load_calendars(path, _ZONE)


_PLAIN = """
calendars:
  desk:
    country: {country}
    name: {{zh: "a", en: "a"}}
    hours: {{workday: ["09:00-17:00"]}}
days: {days}
"""


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2026-11-23", DayKind.workday),
        ("2026-11-22", DayKind.weekend),
        ("2026-10-01", DayKind.holiday),
        ("2026-09-20", DayKind.workday),  # a Sunday worked for National Day
        ("2026-10-10", DayKind.workday),
        ("2027-01-04", DayKind.workday),  # outside the data: a Monday
        ("2027-10-02", DayKind.weekend),
        ("1999-12-31", DayKind.workday),
    ],
)
def test_days_are_what_the_country_says_and_outside_its_data_what_the_weekday_says(day: str, kind: DayKind) -> None:
    assert Days(country("CN"), {}).kind(date.fromisoformat(day)) is kind


def test_the_operators_own_table_counts_before_the_country_and_after_its_data_end() -> None:
    own = {date(2026, 11, 23): DayKind.holiday, date(2027, 2, 6): DayKind.holiday, date(2027, 2, 14): DayKind.workday}
    days = Days(country("CN"), own)
    assert [days.kind(day) for day in own] == list(own.values())


def test_other_countries_have_their_own_holidays() -> None:
    assert Days(country("GB", "ENG"), {}).kind(date(2026, 12, 25)) is DayKind.holiday
    assert Days(country("GB", "SCT"), {}).kind(date(2026, 11, 30)) is DayKind.holiday
    assert Days(country("GB", "ENG"), {}).kind(date(2026, 11, 30)) is DayKind.workday
    assert Days(country("US"), {}).kind(date(2031, 7, 4)) is DayKind.holiday


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-23T09:00", 2, "2026-11-23T11:00"),
        ("2026-11-23T11:00", 2, "2026-11-23T14:30"),  # lunch
        ("2026-11-20T17:00", 1, "2026-11-23T09:00"),  # over a weekend
        ("2026-11-21T03:00", 0.5, "2026-11-23T09:00"),  # reported while closed
        ("2026-09-30T16:00", 7.5, "2026-10-08T16:00"),  # National Day, 1 to 7 October
        ("2026-10-09T16:30", 1.5, "2026-10-10T09:00"),  # a Saturday worked instead
        ("2026-12-31T16:30", 1.5, "2027-01-01T09:00"),  # the data end: a Friday, not yet known to be a holiday
        ("2026-11-23T08:00", 0, "2026-11-23T08:30"),
    ],
)
def test_office_hours_skip_lunch_weekends_and_holidays_and_know_make_up_days(
    start: str, hours: float, end: str
) -> None:
    office = _CALENDARS.get("office")
    assert office.add(_at(start), timedelta(hours=hours)) == _at(end)


def test_the_whole_year_is_counted_right() -> None:
    """248 working days of 7.5 hours in 2026: the State Council's notice leaves 365 days less 104 and 13."""
    office = _CALENDARS.get("office")
    worked = office.between(_at("2026-01-01T00:00"), _at("2027-01-01T00:00"))
    assert worked / timedelta(hours=7.5) == 248


def test_round_the_clock_is_plain_time() -> None:
    always = _CALENDARS.get("always")
    start = _at("2026-09-30T16:00")
    assert always.add(start, timedelta(hours=48)) == start + timedelta(hours=48)
    assert always.between(start, start + timedelta(days=9)) == timedelta(days=9)
    assert always.day_length == timedelta(days=1)


def test_whether_somebody_is_there() -> None:
    office = _CALENDARS.get("office")
    assert office.open_at(_at("2026-11-23T08:30"))
    assert not office.open_at(_at("2026-11-23T12:00"))
    assert not office.open_at(_at("2026-11-22T10:00"))
    assert _CALENDARS.get("always").open_at(_at("2026-11-22T03:00"))


def test_a_day_on_which_the_clocks_change_has_the_hours_that_it_has(tmp_path: Path) -> None:
    """London, 29 March 2026: the night between two and one o'clock is an hour short."""
    text = """
calendars:
  night:
    country: GB-ENG
    zone: Europe/London
    name: {zh: "a", en: "a"}
    hours: {workday: ["00:00-24:00"], weekend: ["00:00-06:00"]}
"""
    night = _file(tmp_path, text).get("night")
    london = ZoneInfo("Europe/London")
    start, end = datetime(2026, 3, 29, 0, 0, tzinfo=london), datetime(2026, 3, 29, 6, 0, tzinfo=london)
    assert night.between(start, end) == timedelta(hours=5)
    assert night.add(start, timedelta(hours=5)) == end


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["always", "care", "office"]),
    st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31)),
    st.integers(0, 200 * 60),
)
def test_what_was_added_lies_between(name: str, start: datetime, minutes: int) -> None:
    calendar, begin, length = _CALENDARS.get(name), start.replace(tzinfo=timezone.utc), timedelta(minutes=minutes)
    end = calendar.add(begin, length)
    assert end >= begin
    assert calendar.between(begin, end) == length


@settings(max_examples=100, deadline=None)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 30)),
    st.integers(0, 20_000),
    st.integers(0, 20_000),
)
def test_service_time_adds_up(start: datetime, first: int, second: int) -> None:
    office, begin = _CALENDARS.get("office"), start.replace(tzinfo=timezone.utc)
    middle = begin + timedelta(minutes=first)
    end = middle + timedelta(minutes=second)
    assert office.between(begin, end) == office.between(begin, middle) + office.between(middle, end)


def test_the_end_of_the_holiday_data_is_a_warning_and_never_an_error() -> None:
    assert _CALENDARS.warnings(date(2026, 11, 1)) == ()
    (warning,) = _CALENDARS.warnings(date(2026, 11, 22))
    assert "2026-12-31" in warning and "chinesecalendar" in warning and "care, office" in warning
    assert _CALENDARS.warnings(date(2040, 1, 1))
    assert _CALENDARS.get("office").add(_at("2040-01-02T09:00"), timedelta(hours=1)) == _at("2040-01-02T10:00")


def test_own_days_after_the_data_put_the_warning_off(tmp_path: Path) -> None:
    days = "{holiday: [2027-02-06, 2027-12-31]}"
    calendars = _file(tmp_path, _PLAIN.format(country="CN", days=days))
    assert calendars.warnings(date(2026, 12, 20)) == ()
    assert _file(tmp_path, _PLAIN.format(country="GB-ENG", days="{}")).warnings(date(2040, 1, 1)) == ()


def test_the_digest_follows_what_the_file_says(tmp_path: Path) -> None:
    first = _file(tmp_path, _PLAIN.format(country="CN", days="{}")).digest
    assert _file(tmp_path, _PLAIN.format(country="CN", days="{}")).digest == first
    assert _file(tmp_path, _PLAIN.format(country="CN", days="{holiday: [2026-11-24]}")).digest != first


@pytest.mark.parametrize(
    "text",
    [
        "calendars: [1]",
        "calendars: {}\ndays: {holiday: [soon]}",
        'calendars: {a: {name: {zh: a, en: a}, hours: {workday: ["17:00-09:00"]}}}',
        'calendars: {a: {name: {zh: a, en: a}, hours: {workday: ["09:00-12:00", "11:00-13:00"]}}}',
        'calendars: {a: {name: {zh: a, en: a}, hours: {weekend: ["09:00-12:00"]}}}',
        'calendars: {a: {name: {zh: a, en: a}, hours: {sunday: ["09:00-12:00"]}}}',
        'calendars: {a: {name: {zh: a}, hours: {workday: ["09:00-12:00"]}}}',
        'calendars: {a: {country: ZZ, name: {zh: a, en: a}, hours: {workday: ["09:00-12:00"]}}}',
        'calendars: {a: {zone: Mars/Base, name: {zh: a, en: a}, hours: {workday: ["09:00-12:00"]}}}',
        "calendars: {a: ",
    ],
)
def test_a_broken_file_is_refused_at_start(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError):
        _file(tmp_path, text)


def test_an_unknown_calendar_is_named() -> None:
    with pytest.raises(SettingsError, match="moonlight"):
        _CALENDARS.get("moonlight")
