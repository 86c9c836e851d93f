"""What a report says of guesses whose figures are counted by hand."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.training.data.model import Example
from bot.training.findings.model import Finding, Kind, cover, odd, still_there
from bot.training.findings.store import FindingFiles
from bot.training.held_out import Case
from bot.training.reports.model import Guessed, ReportNotFound, fixed_sets, report_of, summary_of
from bot.training.reports.store import ReportFiles


def guess(
    intent: str,
    got: str,
    confidence: float,
    language: str = "en",
    refused: bool = False,
    text: str = "x",
    line: int = 1,
) -> Guessed:
    return Guessed(text, language, intent, got, confidence, refused, f"data/nlu/a.{language}.yml", line)


GUESSES = [
    guess("bill", "bill", 0.9, line=1),
    guess("bill", "bill", 0.7, line=2),
    guess("bill", "balance", 0.8, line=3),
    guess("balance", "balance", 0.6, refused=True, line=4),
    guess("out_of_scope", "out_of_scope", 0.5, line=5),
    guess("out_of_scope", "bill", 0.4, line=6),
    guess("bill", "out_of_scope", 0.95, "zh", line=7),
]


def test_each_language_is_counted_by_itself() -> None:
    languages = report_of(GUESSES)["languages"]
    assert list(languages) == ["zh", "en"]
    english = languages["en"]
    assert english["sentences"] == 6
    assert english["accuracy"] == 0.75  # of four inside
    assert english["answered"] == 0.75 and english["refused"] == 0.25
    assert english["outside_caught"] == 0.5
    assert (languages["zh"]["accuracy"], languages["zh"]["answered"]) == (0.0, 0.0)


def test_each_intent_says_what_it_is_taken_for() -> None:
    rows = {(row["intent"], row["language"]): row for row in report_of(GUESSES)["intents"]}
    bill = rows["bill", "en"]
    assert (bill["support"], bill["precision"], bill["recall"], bill["f1"]) == (3, 0.6667, 0.6667, 0.6667)
    assert bill["confused_with"] == [{"intent": "balance", "count": 1}]
    assert (rows["balance", "en"]["precision"], rows["balance", "en"]["recall"]) == (0.5, 1.0)
    assert rows["bill", "zh"]["f1"] == 0.0


def test_a_threshold_costs_answers_and_saves_wrong_ones() -> None:
    curve = {row["threshold"]: row for row in report_of(GUESSES)["thresholds"]}
    assert curve[0.0] == {"threshold": 0.0, "answered": 0.6, "wrong": 0.2, "outside_caught": 0.5}
    assert curve[0.75] == {"threshold": 0.75, "answered": 0.4, "wrong": 0.2, "outside_caught": 1.0}
    assert curve[0.85] == {"threshold": 0.85, "answered": 0.2, "wrong": 0.0, "outside_caught": 1.0}


def test_failing_sentences_come_surest_first_and_the_matrix_has_no_zeros() -> None:
    report = report_of(GUESSES)
    assert [(item["line"], item["confidence"]) for item in report["failing"]] == [(7, 0.95), (3, 0.8), (6, 0.4)]
    assert sum(item["count"] for item in report["confusions"]) == len(GUESSES)
    assert {"intent": "bill", "got": "balance", "count": 1} in report["confusions"]


def test_calibration_compares_how_sure_with_how_right() -> None:
    sure = [guess("bill", "bill", 0.99), guess("bill", "balance", 0.99)]
    [row] = report_of(sure)["calibration"]
    assert row == {"confidence": 0.99, "accuracy": 0.5, "count": 2}
    assert report_of(sure)["languages"]["en"]["calibration_error"] == 0.49


def test_a_report_of_nothing_has_no_figures() -> None:
    report = report_of([])
    assert report["languages"] == {} and report["failing"] == [] and report["sentences"] == 0


def test_of_the_fixed_sets_a_refusal_is_right_for_what_lies_outside() -> None:
    cases = [
        Case("first.en", "a", "bill", "bill", True),
        Case("first.en", "b", "bill", "balance", False, outside=True),
        Case("first.en", "c", "out_of_scope", "bill", False, outside=True),
        Case("validated.zh", "d", "bill", "bill", True),
    ]
    assert fixed_sets(cases) == [
        {"set": "first", "language": "en", "sentences": 3, "accuracy": 0.6667, "refused": 0.5},
        {"set": "validated", "language": "zh", "sentences": 1, "accuracy": 1.0, "refused": 0.0},
    ]


def test_reports_are_kept_newest_first_with_their_guesses(tmp_path: Path) -> None:
    files = ReportFiles(tmp_path / "reports")
    assert files.all() == [] and files.newest_guesses() == []
    for number, guesses in enumerate((GUESSES[:1], GUESSES), start=1):
        head = {"id": f"r{number}", "at": f"2027-03-0{number}T00:00:00+00:00", "by": "xue", "commit": "abc"}
        files.keep({**head, **report_of(guesses)}, guesses)
    assert [item["id"] for item in files.all()] == ["r2", "r1"]
    assert files.all()[0] == summary_of(files.one("r2"))
    assert files.newest_guesses() == GUESSES
    assert not (tmp_path / "reports" / "r1.guesses.json").exists()
    for name in ("r3", "../reports/r1", "r1.summary", ""):
        with pytest.raises(ReportNotFound):
            files.one(name)


def example(intent: str, text: str, line: int) -> Example:
    return Example(intent, "data/nlu/a.en.yml", line, text)


def test_odd_examples_are_those_of_the_copy_that_an_unseeing_model_surely_took_for_others() -> None:
    examples = [
        example("bill", "[my](owner) bill", 5),
        example("balance", "what is left", 9),
        example("bill", "the thing", 7),
        example("bill", "how much", 8),
    ]
    guesses = [
        guess("bill", "balance", 0.87, text="my bill"),
        guess("bill", "balance", 0.9, text="gone since"),
        guess("balance", "balance", 0.8, text="what is left"),
        guess("bill", "balance", 0.79, text="the thing"),  # it was not sure
        guess("bill", "balance", 0.9, text="how much", refused=True),  # a customer would be asked
    ]
    [found] = odd(examples, guesses)
    shown = found.as_json()
    assert (shown["kind"], shown["line"], shown["intent"], shown["other_intent"]) == ("odd", 5, "bill", "balance")
    assert shown["likeness"] == 0.87 and shown["other"] is None
    assert cover(guesses, examples) and not cover(guesses[:1], examples) and not cover(guesses, [])


def test_findings_that_were_kept_follow_their_examples(tmp_path: Path) -> None:
    one, other, third = example("bill", "my bill", 5), example("balance", "my balance", 9), example("bill", "due", 6)
    files = FindingFiles(tmp_path / "findings")
    assert files.kept("xue") == (None, [])
    made = [
        Finding(Kind.near_duplicate, "bill", "Decide.", one, other, likeness=0.95),
        Finding(Kind.odd, "bill", "Move it.", third, likeness=0.6, taken_for="balance"),
    ]
    files.keep("xue", datetime(2027, 3, 1, tzinfo=timezone.utc), made)
    as_of, kept = files.kept("xue")
    assert as_of == "2027-03-01T00:00:00+00:00" and kept == made

    moved = example("bill", "my bill", 7)
    assert [item.example for item in still_there(kept, [moved, other, third])] == [moved, third]
    assert [item.kind for item in still_there(kept, [moved, third])] == [Kind.odd]
    assert still_there(kept, []) == []
