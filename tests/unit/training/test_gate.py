"""Which model may serve: what was mended and broken, and each refusal with its reason."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.training.gate.measuring import times_ms
from bot.training.gate.model import Measured, compared, refusals
from bot.training.held_out import OUTSIDE, Case


def cases(intent: str, right: int, total: int, taken_for: str = "check_bill") -> list[Case]:
    """`total` sentences of an intent, the first `right` of which are understood."""
    return [
        Case("first.en", f"{intent} {n}", intent, intent if n < right else taken_for, n < right) for n in range(total)
    ]


def measured(*parts: list[Case], size: int = 100, ms: float = 2.0) -> Measured:
    return Measured([case for part in parts for case in part], size, ms)


def test_sentences_are_compared_one_by_one() -> None:
    before = cases("check_balance", 3, 5)
    after = [*cases("check_balance", 2, 4), Case("first.en", "check_balance 4", "check_balance", "check_balance", True)]
    result = compared(before, after)
    assert [new.text for _, new in result.broken] == ["check_balance 2"]
    assert [new.text for _, new in result.mended] == ["check_balance 4"]
    assert (result.both_wrong, result.accuracy_before, result.accuracy_after) == (1, 0.6, 0.6)


def test_a_refusal_of_what_lies_outside_counts_as_right() -> None:
    refused = [Case("first.en", "weather", OUTSIDE, "check_bill", False, outside=True)]
    assert compared(refused, refused).accuracy_after == 1


def test_a_model_that_is_as_good_may_serve() -> None:
    same = measured(cases("emergency", 9, 10), cases("check_balance", 4, 10))
    assert refusals(same, same) == []


def test_one_emergency_fewer_is_one_too_many() -> None:
    before, after = measured(cases("emergency", 10, 10)), measured(cases("emergency", 9, 10))
    [refusal] = refusals(before, after)
    assert refusal.rule == "protected"
    assert "9 of 10" in refusal.why and "10 with the serving model" in refusal.why and "emergency" in refusal.todo


def test_an_intent_that_falls_below_the_floor_is_refused_and_a_small_one_is_not() -> None:
    before = measured(cases("check_balance", 8, 10), cases("rare", 2, 3))
    after = measured(cases("check_balance", 5, 10), cases("rare", 1, 3))
    assert [(item.rule, item.why.split(":")[0]) for item in refusals(before, after)] == [
        ("intent_floor", "check_balance")
    ]


def test_a_model_must_not_grow_or_slow_beyond_bounds() -> None:
    same = cases("check_balance", 9, 10)
    found = refusals(measured(same), measured(same, size=130, ms=3.5))
    assert [item.rule for item in found] == ["size", "speed"]


@pytest.mark.parametrize("sentences", [["my bill"], ["my bill", "my bill", "bye"], [f"bill {n}" for n in range(500)]])
def test_no_message_is_timed_twice_and_there_are_enough_of_a_small_test_set_too(
    tmp_path: Path, sentences: list[str]
) -> None:
    (tmp_path / "first.en.tsv").write_text("".join(f"check_bill\t{text}\n" for text in sentences), "utf-8")
    heard: dict[str, list[str]] = {"before": [], "after": []}

    def parse(which: str, text: str, _now: object) -> dict[str, Any]:
        heard[which].append(text)
        return {}

    times = times_ms(tmp_path, [partial(parse, "before"), partial(parse, "after")])
    assert len(times) == 2 and min(times) >= 0
    assert heard["before"] == heard["after"] and len(heard["after"]) == 81
    assert len(set(heard["after"])) == 81, "a model remembers what it made of a message"
    assert heard["after"][0] == sentences[0] and {"my bill", "bye", "bill 480"} & set(heard["after"])


def test_no_sentences_take_no_time(tmp_path: Path) -> None:
    assert times_ms(tmp_path, [lambda text, now: {}]) == [0.0]
