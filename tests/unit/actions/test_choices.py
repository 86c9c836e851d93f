"""Which of several offered plans the customer means."""

from __future__ import annotations

import pytest

from actions.choices import Option, choose

PLANS = (
    Option("light", ("轻享19元套餐", "Light 19"), (19.0, 5.0), 1900),
    Option("smart", ("5G畅享59元套餐", "5G Smart 59"), (59.0, 30.0), 5900),
    Option("plus", ("5G优享89元套餐", "5G Plus 89"), (89.0, 60.0), 8900),
)


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ("换成59的", "smart"),
        ("the 89 one", "plus"),
        ("60G那个", "plus"),
        ("最便宜的", "light"),
        ("the cheapest please", "light"),
        ("第二个", "smart"),
        ("the last one", "plus"),
        ("轻享", "light"),
        ("5g smart", "smart"),
        ("优享套餐吧", "plus"),
        ("蓝色的", None),
        ("no", None),
        ("不用", None),
        ("", None),
        ("5G", None),
    ],
)
def test_a_plan_is_known_by_name_price_data_or_place(words: str, chosen: str | None) -> None:
    assert choose(words, PLANS) == chosen


def test_two_that_fit_alike_are_no_choice() -> None:
    twins = (Option("a", ("10GB流量包",), (10.0,), 1500), Option("b", ("30GB流量包",), (30.0,), 3000))
    assert choose("流量包", twins) is None
    assert choose("30的", twins) == "b"
