"""Which sentences are worth a look, and how they come together."""

from __future__ import annotations

import numpy as np
import pytest

from bot.training.inbox.grouping import ALIKE, Groups
from bot.training.inbox.model import Reason, doubts, gave_up, heard_in
from tests.integration.inbox_setup import user_event


@pytest.mark.parametrize(
    ("event", "reasons"),
    [
        (user_event(1, "话费", ("check_bill", 0.93), ("check_balance", 0.04)), ()),
        (user_event(1, "话费", ("check_bill", 0.50), ("check_balance", 0.31)), (Reason.near_tie,)),
        (user_event(1, "话费", ("check_bill", 0.40), ("check_balance", 0.05)), (Reason.low_confidence,)),
        (user_event(1, "话费", ("check_bill", 0.55), ("check_balance", 0.05)), ()),
        (user_event(1, "天气", ("check_bill", 0.50), ("check_balance", 0.31), refused=True), (Reason.refused,)),
        (user_event(1, "13800138000", ("check_bill", 0.3), bare=True), ()),
    ],
)
def test_a_sentence_is_worth_a_look_when_the_model_was_in_doubt(event: dict, reasons: tuple[Reason, ...]) -> None:  # type: ignore[type-arg]
    heard = heard_in([{"event": "slot"}, event])
    assert heard is not None
    assert doubts(heard) == reasons


def test_a_pressed_button_is_no_sentence() -> None:
    pressed = {"event": "user", "text": "好的", "metadata": {"seq": 1}}
    pressed["parse_data"] = {"intent": {"name": "affirm"}, "intent_ranking": [{"name": "affirm", "confidence": 1.0}]}
    assert heard_in([pressed]) is None


def test_giving_up_counts_against_a_matter_and_not_against_an_answer() -> None:
    dropped = heard_in([user_event(3, "算了", ("cancel_flow", 0.9))])
    matter = heard_in([user_event(1, "停机", ("suspend_service", 0.9))])
    answer = heard_in([user_event(1, "不用", ("deny", 0.9))])
    assert gave_up(dropped, matter)
    assert not gave_up(dropped, answer)
    assert not gave_up(matter, dropped)


def unit(*numbers: float) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    vector = np.zeros(8, dtype=np.float32)
    vector[: len(numbers)] = numbers
    return vector / np.linalg.norm(vector)


def test_sentences_join_the_nearest_group_or_begin_one() -> None:
    groups = Groups(np.stack([unit(1)]), [3])
    numbers = groups.add(np.stack([unit(1, 0.2), unit(0, 1), unit(0.1, 1), unit(0, 0, 1)]))
    assert numbers == [0, 1, 1, 2]
    assert np.allclose(np.linalg.norm(groups.centres, axis=1), 1, atol=1e-5)


def test_grouping_later_sees_what_was_grouped_before() -> None:
    rng = np.random.default_rng(7)
    middles = rng.normal(size=(300, 64)).astype(np.float32)
    rows = np.repeat(middles, 8, axis=0) + rng.normal(scale=0.25, size=(2_400, 64)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    order = rng.permutation(len(rows))
    at_once = Groups(np.zeros((0, 64), dtype=np.float32), []).add(rows[order])
    first = Groups(np.zeros((0, 64), dtype=np.float32), [])
    half = first.add(rows[order[:1_200]])
    sizes = np.bincount(half).tolist()
    rest = Groups(first.centres, sizes).add(rows[order[1_200:]])
    for numbers in (at_once, half + rest):
        whole = {tuple(sorted(np.asarray(numbers)[(order // 8) == middle])) for middle in range(300)}
        assert len(whole) == 300 and all(len(set(group)) == 1 for group in whole)
    assert ALIKE < 1
