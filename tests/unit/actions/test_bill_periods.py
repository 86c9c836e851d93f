"""Months as customers name them, counted back from a Saturday in November."""

from __future__ import annotations

from datetime import date

import pytest

from actions.bill_periods import back, read_periods

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("words", "months"),
    [
        ("上个月账单", ("2026-10",)),
        ("查账单", ()),
        ("这个月为啥比上个月多了20块", ()),
        ("why is my bill higher than last month", ()),
        ("帮我查一下6月份用了多少钱", ("2026-06",)),
        ("十二月的账单", ("2025-12",)),
        ("去年12月", ("2025-12",)),
        ("帮我拉一下三月到五月的账单", ("2026-05", "2026-04", "2026-03")),
        ("近3个月", ("2026-10", "2026-09", "2026-08")),
        ("今個月", ("2026-11",)),
        ("上上个月", ("2026-09",)),
        ("2026年9月的账单", ("2026-09",)),
        ("my october bill", ("2026-10",)),
        ("the december one", ("2025-12",)),
        ("from june to august", ("2026-08", "2026-07", "2026-06")),
        ("past 3 months", ("2026-10", "2026-09", "2026-08")),
        ("may I see my bill", ()),
        ("my may bill", ("2026-05",)),
    ],
)
def test_a_month_is_the_latest_that_has_begun(words: str, months: tuple[str, ...]) -> None:
    assert read_periods(words, TODAY) == months


def test_counting_back_crosses_the_year() -> None:
    assert back(date(2026, 1, 31), 1) == "2025-12"
    assert back(date(2026, 1, 31), 13) == "2024-12"
