"""Who can come, and that the demo's technicians cover every window of every area."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.operator.demo.files import load_files
from bot.operator.demo.visits import ROOM, WINDOW_HOURS
from bot.operator.ports import Words
from bot.technicians.model import Shift, Technician, choose

_ZONE = ZoneInfo("Asia/Shanghai")
_MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=_ZONE)
_SHIFT = Shift(frozenset({0, 1}), time(8), time(18))


def _technician(name: str, *skills: str) -> Technician:
    return Technician(name, Words(zh=name, en=name), frozenset(skills), frozenset({"nanpu"}), (_SHIFT,))


@pytest.mark.parametrize(
    ("days", "hours", "length", "on_duty"),
    [(0, 0, 2, True), (0, 8, 2, True), (0, 9, 2, False), (0, -1, 2, False), (2, 0, 2, False), (1, 0, 10, True)],
)
def test_a_shift_covers_whole_windows_on_its_days(days: int, hours: int, length: int, on_duty: bool) -> None:
    start = _MONDAY + timedelta(days=days, hours=hours)
    assert _SHIFT.covers(start, start + timedelta(hours=length)) is on_duty


def test_the_one_with_the_skill_and_the_least_work_comes() -> None:
    team = [_technician("a", "broadband"), _technician("b", "broadband", "tv"), _technician("c", "tv")]
    end = _MONDAY + timedelta(hours=2)

    def who(booked: dict[str, int], product: str | None = "broadband", minutes: int = 40, **more: str) -> str | None:
        person = choose(team, booked, product=product, minutes=minutes, start=_MONDAY, end=end, **more)
        return person.id if person else None

    assert who({}) == "a"
    assert who({"a": 40}) == "b"
    assert who({"a": 40}, favoured="a") == "a"
    assert who({"a": 100, "b": 81}) is None
    assert who({"a": 100, "b": 80}) == "b"
    assert who({}, product="mobile") is None
    assert who({}, product=None, minutes=121) is None
    assert choose([], {}, product=None, minutes=1, start=_MONDAY, end=end) is None


def test_the_demos_technicians_have_time_for_all_that_its_windows_have_room_for() -> None:
    files = load_files()
    areas = [home.area.id for home in files.areas]
    minutes = ROOM * max(files.technicians.minutes.values())
    for ahead in range(7):
        day = date(2026, 11, 23) + timedelta(days=ahead)
        for first, last in WINDOW_HOURS:
            start, end = (datetime.combine(day, time(hour), _ZONE) for hour in (first, last))
            able = [person for person in files.team if person.can_come("broadband", start, end)]
            for area in areas:
                assert [person for person in able if area in person.areas and person.can_come("broadband", start, end)]
            assert len(able) * int((end - start).total_seconds()) // 60 >= minutes * len(areas)
    assert all(person.areas <= set(areas) for person in files.team)
