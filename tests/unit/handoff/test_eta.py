"""Promised waits."""

from __future__ import annotations

import random
from statistics import fmean

import pytest

from bot.handoff.eta import Measured, correction, past_error, wait_range_s

TEN_MINUTES = Measured(handling_s=[600.0] * 20)


def test_with_a_free_slot_only_the_ringing_takes_time() -> None:
    assert wait_range_s(1, 4, 2, TEN_MINUTES) == (0, 60)
    low, high = wait_range_s(3, 4, 2, TEN_MINUTES)
    assert high > 60 and low >= 0


def test_the_range_grows_with_the_place_and_shrinks_with_the_slots() -> None:
    ranges = [wait_range_s(position, 8, 0, TEN_MINUTES) for position in (1, 5, 20)]
    assert ranges == sorted(ranges) and all(low < high for low, high in ranges)
    assert wait_range_s(5, 16, 0, TEN_MINUTES)[1] < wait_range_s(5, 8, 0, TEN_MINUTES)[1]


@pytest.mark.parametrize(("position", "slots"), [(1, 4), (6, 8), (25, 12)])
def test_four_of_five_waits_end_within_the_range(position: int, slots: int) -> None:
    dice = random.Random(position)
    mean_s = 600.0
    low, high = wait_range_s(position, slots, 0, Measured(handling_s=[mean_s] * 50, answer_s=[0.0] * 10))
    waits = [sum(dice.expovariate(slots / mean_s) for _ in range(position)) for _ in range(4_000)]
    inside = fmean(low <= wait <= max(high, low + 60) for wait in waits)
    assert 0.76 <= inside <= 0.9, inside


def test_past_errors_correct_the_next_promise_within_bounds() -> None:
    late = [(100.0, 300.0, 300.0)] * 10
    assert correction(late) == 1.5
    assert correction(late[:4]) == 1.0, "too few to say"
    assert correction([(100.0, 300.0, 9_000.0)] * 10) == 2.0
    corrected = wait_range_s(5, 4, 0, Measured(TEN_MINUTES.handling_s, promises=late))
    assert corrected[0] > wait_range_s(5, 4, 0, TEN_MINUTES)[0]


def test_its_own_error_is_reported() -> None:
    assert past_error([]) == (None, None, 0)
    assert past_error([(0, 60, 30), (0, 60, 90), (60, 120, 100)]) == (10.0, 0.667, 3)


def test_before_anything_is_measured_the_range_is_wide() -> None:
    low, high = wait_range_s(4, 4, 0, Measured())
    assert high > 4 * low
