"""Free words for a time meet the windows that are free."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from actions.own_words import Wanted
from actions.visit_windows import (
    FreeWindow,
    beside,
    by_time_of_day,
    chosen_by_words,
    in_any,
    matching,
    names_visit,
    nearest,
    read_wish,
    spread,
)

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, tzinfo=ZONE)


def window(day: int, hour: int) -> FreeWindow:
    start = MONDAY + timedelta(days=day, hours=hour)
    return FreeWindow(f"{day}-{hour}", start, start + timedelta(hours=2))


#: Monday to Friday, four windows a day
WINDOWS = tuple(window(day, hour) for day in range(5) for hour in (8, 10, 14, 16))


def span(day: int, start_hour: int | None, end_hour: int | None) -> dict[str, str | None]:
    def at(hour: int | None) -> str | None:
        return (MONDAY + timedelta(days=day, hours=hour)).isoformat() if hour is not None else None

    return {"start": at(start_hour), "end": at(end_hour)}


def test_all_days_but_one_and_all_after_one_are_open_at_the_end() -> None:
    but_monday = [{"start": None, "end": MONDAY.isoformat()}, {"start": span(1, 0, None)["start"], "end": None}]
    wish = read_wish(but_monday, "any day but monday")
    assert wish is not None
    assert [item.id for item in matching(WINDOWS, wish)] == [
        item.id for item in WINDOWS if not item.id.startswith("0-")
    ]
    after = read_wish(span(3, 12, None), "thursday noon 以后")
    assert after is not None
    assert [item.id for item in matching(WINDOWS, after)] == ["3-14", "3-16", "4-8", "4-10", "4-14", "4-16"]


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        (span(2, 13, 18), ["2-14", "2-16"]),
        (span(4, 16, 24), ["4-16"]),
        (span(1, 0, 24), ["1-8", "1-10", "1-14", "1-16"]),
        (span(2, 15, 16), ["2-14"]),
        (span(2, 9, None), ["2-8"]),
        (span(2, 10, None), ["2-10"]),
        (span(2, 18, 22), []),
        (span(6, 0, 24), []),
        ({"start": None, "end": span(1, 0, None)["start"]}, ["0-8", "0-10", "0-14", "0-16"]),
        ([span(1, 8, 10), span(3, 8, 10)], ["1-8", "3-8"]),
    ],
)
def test_a_wish_is_intersected_with_the_free_windows(value: object, ids: list[str]) -> None:
    wish = read_wish(value, "x")
    assert wish is not None
    assert [item.id for item in matching(WINDOWS, wish)] == ids


def test_what_is_no_time_is_no_wish() -> None:
    values: tuple[object, ...] = (None, "other", {}, {"start": None, "end": None}, [])
    for value in values:
        assert read_wish(value, "x") is None


def test_the_nearest_windows_come_soonest_first() -> None:
    wish = read_wish(span(2, 18, 22), "周三晚上")
    assert wish is not None
    assert [item.id for item in nearest(WINDOWS, wish, 3)] == ["2-10", "2-14", "2-16"]


def test_the_first_offer_is_spread_over_half_days() -> None:
    assert [item.id for item in spread(WINDOWS, ZONE, 4)] == ["0-8", "0-14", "1-8", "1-14"]


def test_a_small_choice_is_offered_whole() -> None:
    assert spread(WINDOWS[:3], ZONE, 4) == WINDOWS[:3]


def test_a_visit_comes_earlier_or_later_than_it_would() -> None:
    at = window(1, 10).start
    assert [item.id for item in beside(WINDOWS, at, Wanted.first)] == ["0-8", "0-10", "0-14", "0-16", "1-8"]
    assert [item.id for item in beside(WINDOWS, at, Wanted.last)][:2] == ["1-14", "1-16"]
    assert beside(WINDOWS, WINDOWS[0].start, Wanted.first) == ()


def test_a_single_day_fills_the_offer() -> None:
    one_day = tuple(window(0, hour) for hour in (8, 10, 12, 14, 16))
    assert [item.id for item in spread(one_day, ZONE, 4)] == ["0-8", "0-10", "0-12", "0-14"]


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("第二个", ["0-14"]),
        ("the last one", ["1-14"]),
        ("早一点的", ["0-8"]),
        ("the later one", ["1-14"]),
        ("上午的", ["0-8", "1-8"]),
        ("早一点的上午", ["0-8"]),
        ("the latest afternoon one", ["1-14"]),
        ("都不行", []),
        ("多少钱", []),
    ],
)
def test_words_choose_among_what_is_offered(words: str, ids: list[str]) -> None:
    offered = (window(0, 8), window(0, 14), window(1, 8), window(1, 14))
    assert [item.id for item in chosen_by_words(offered, words, ZONE)] == ids


def test_a_time_without_a_day_counts_for_the_days_on_offer() -> None:
    wish = read_wish(span(0, 14, None), "2点")
    assert wish is not None
    assert not wish.names_day
    assert [item.id for item in by_time_of_day((window(3, 8), window(3, 14)), wish, ZONE)] == ["3-14"]


@pytest.mark.parametrize("words", ["周三", "明天下午", "25号", "next week", "Friday after 4", "tomorrow"])
def test_words_that_name_a_day_are_told(words: str) -> None:
    wish = read_wish(span(0, 0, 24), words)
    assert wish is not None
    assert wish.names_day


@pytest.mark.parametrize("words", ["下午", "4点以后", "2 pm", "after 4", "in the morning"])
def test_words_that_name_no_day_are_told(words: str) -> None:
    wish = read_wish(span(0, 0, 24), words)
    assert wish is not None
    assert not wish.names_day


def test_a_time_may_name_the_visit_or_its_new_time() -> None:
    start, end = window(4, 8).start, window(4, 8).end
    assert names_visit(span(4, 0, 24), "周五的上门我想改一下", start, end)
    assert not names_visit(span(4, 0, 24), "改到周五", start, end)
    assert not names_visit(span(3, 0, 24), "周四行吗", start, end)


def test_a_range_covers_its_start_and_not_its_end() -> None:
    value = span(1, 8, 10)
    assert in_any(value, window(1, 8).start)
    assert not in_any(value, window(1, 10).start)
