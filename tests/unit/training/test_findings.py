"""What is to be mended in language data, and what is fine."""

from __future__ import annotations

import numpy as np

from bot.training.data.model import Example
from bot.training.findings.model import FEWEST, Kind, near_duplicates, same_sentences, uneven


def example(intent: str, text: str, line: int, language: str = "en") -> Example:
    return Example(intent, f"data/nlu/a.{language}.yml", line, text)


def test_a_sentence_twice_is_a_duplicate_in_one_intent_and_a_contradiction_in_two() -> None:
    found = same_sentences(
        [
            example("check_bill", "my bill", 5),
            example("check_bill", "My  bill!", 6),
            example("check_balance", "[my](owner) bill", 9),
            example("check_balance", "balance", 10),
        ]
    )
    assert [(item.kind, item.intent) for item in found] == [
        (Kind.duplicate, "check_bill"),
        (Kind.contradiction, "check_balance"),
    ]
    assert "line 6" in found[0].advice and "line 5" in found[0].advice
    shown = found[1].as_json()
    assert (shown["line"], shown["other"]["line"], shown["other_intent"]) == (9, 5, "check_bill")


def test_near_sentences_of_two_intents_are_told_nearest_first() -> None:
    examples = [example(name, f"text {n}", n) for n, name in enumerate(("a", "b", "a", "b"))]
    rows = np.array([[1, 0, 0], [1, 0.3, 0], [1, 0.05, 0], [0, 0, 1]], dtype=np.float32)
    found = near_duplicates(examples, rows / np.linalg.norm(rows, axis=1, keepdims=True))
    assert [(item.example.line, item.other.line) for item in found if item.example and item.other] == [(1, 2), (0, 1)]


def test_few_examples_and_lopsided_languages_are_told_once() -> None:
    few = [example("a", f"s{n}", n) for n in range(FEWEST)] + [example("a", "一", 1, "zh")]
    lopsided = [example("b", f"t{n}", n) for n in range(3 * FEWEST)]
    lopsided += [example("b", f"句{n}", n, "zh") for n in range(FEWEST)]
    even = [example("c", f"u{n}", n, language) for n in range(FEWEST) for language in ("zh", "en")]
    found = uneven([*few, *lopsided, *even])
    assert [(item.kind, item.intent, item.language) for item in found] == [
        (Kind.too_few, "a", "zh"),
        (Kind.unbalanced, "b", "zh"),
    ]
    assert f"Add {FEWEST - 1} or more in zh" in found[0].advice
