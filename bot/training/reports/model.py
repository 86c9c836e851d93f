"""What a cross-validation says about language data, as trainers read it. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import NotFound
from bot.training.held_out import Case

BINS = 15
OUTSIDE = "out_of_scope"
_THRESHOLDS = tuple(step / 20 for step in range(20))
#: an intent is taken for so many others at most in its row
_TAKEN_FOR = 5


class ReportNotFound(NotFound):
    """No report has this id. See GET /reports."""

    code = "report_not_found"


@dataclass(frozen=True)
class Guessed:
    """A sentence of the data, and what a model that had not seen it made of it."""

    text: str
    language: str
    intent: str
    got: str
    #: 0 to 1
    confidence: float
    #: whether it was turned away as outside of what the model knows
    refused: bool
    path: str
    line: int

    @property
    def is_right(self) -> bool:
        return self.intent == self.got

    @property
    def is_outside(self) -> bool:
        return self.intent == OUTSIDE


def report_of(guesses: Sequence[Guessed]) -> dict[str, Any]:
    """Everything of a report but its head; shares are 0 to 1, rounded to four places."""
    wrong = sorted((item for item in guesses if not item.is_right), key=lambda item: -item.confidence)
    matrix = Counter((item.intent, item.got) for item in guesses)
    return {
        "sentences": len(guesses),
        "languages": {name: _language(own) for name, own in _by_language(guesses).items()},
        "intents": _intents(guesses),
        "calibration": _calibration(guesses),
        "thresholds": [_at_threshold(guesses, threshold) for threshold in _THRESHOLDS],
        "failing": [_failing(item) for item in wrong],
        "confusions": [
            {"intent": intent, "got": got, "count": count} for (intent, got), count in sorted(matrix.items())
        ],
    }


def fixed_sets(cases: Iterable[Case]) -> list[dict[str, Any]]:
    """How a model does on the test sentences, which no training has seen, by set and language."""
    sets: dict[str, list[Case]] = {}
    for case in cases:
        sets.setdefault(case.group, []).append(case)
    rows = []
    for group, own in sets.items():
        name, _, language = group.rpartition(".")
        inside = [case for case in own if case.wanted != OUTSIDE]
        right = sum(case.right or (case.wanted == OUTSIDE and case.outside) for case in own)
        rows.append(
            {
                "set": name,
                "language": language,
                "sentences": len(own),
                "accuracy": _share(right, len(own)),
                "refused": _share(sum(case.outside for case in inside), len(inside)),
            }
        )
    return rows


def summary_of(report: Mapping[str, Any]) -> dict[str, Any]:
    """A report's row in the list."""
    head = {name: report[name] for name in ("id", "at", "by", "commit", "sentences")}
    return {**head, "accuracy": {name: side["accuracy"] for name, side in report["languages"].items()}}


def _by_language(guesses: Sequence[Guessed]) -> dict[str, list[Guessed]]:
    found: dict[str, list[Guessed]] = {}
    for item in guesses:
        found.setdefault(item.language, []).append(item)
    return dict(sorted(found.items(), reverse=True))  # zh, en as everywhere


def _language(own: Sequence[Guessed]) -> dict[str, Any]:
    inside = [item for item in own if not item.is_outside]
    outside = [item for item in own if item.is_outside]
    return {
        "sentences": len(own),
        "accuracy": _share(sum(item.is_right for item in inside), len(inside)),
        "answered": _share(sum(_is_answered(item) for item in inside), len(inside)),
        "refused": _share(sum(item.refused for item in inside), len(inside)),
        "outside_caught": _share(sum(not _is_answered(item) for item in outside), len(outside)),
        "calibration_error": round(sum(_gap(bin_) * len(bin_) for bin_ in _bins(own)) / len(own), 4) if own else 0.0,
    }


def _intents(guesses: Sequence[Guessed]) -> list[dict[str, Any]]:
    rows = []
    for language, own in _by_language(guesses).items():
        support = Counter(item.intent for item in own)
        given = Counter(item.got for item in own)
        right = Counter(item.intent for item in own if item.is_right)
        taken: dict[str, Counter[str]] = defaultdict(Counter)
        for item in own:
            if not item.is_right:
                taken[item.intent][item.got] += 1
        for intent in support:
            precision, recall = _share(right[intent], given[intent]), _share(right[intent], support[intent])
            both = precision + recall
            rows.append(
                {
                    "intent": intent,
                    "language": language,
                    "support": support[intent],
                    "precision": precision,
                    "recall": recall,
                    "f1": round(2 * precision * recall / both, 4) if both else 0.0,
                    "confused_with": [
                        {"intent": other, "count": count} for other, count in taken[intent].most_common(_TAKEN_FOR)
                    ],
                }
            )
    return sorted(rows, key=lambda row: (row["intent"], row["language"] != "zh"))


def _bins(guesses: Sequence[Guessed]) -> list[list[Guessed]]:
    found: list[list[Guessed]] = [[] for _ in range(BINS)]
    for item in guesses:
        found[min(int(item.confidence * BINS), BINS - 1)].append(item)
    return [bin_ for bin_ in found if bin_]


def _gap(bin_: Sequence[Guessed]) -> float:
    return abs(sum(item.confidence - item.is_right for item in bin_)) / len(bin_)


def _calibration(guesses: Sequence[Guessed]) -> list[dict[str, Any]]:
    return [
        {
            "confidence": round(sum(item.confidence for item in bin_) / len(bin_), 4),
            "accuracy": _share(sum(item.is_right for item in bin_), len(bin_)),
            "count": len(bin_),
        }
        for bin_ in _bins(guesses)
    ]


def _is_answered(item: Guessed, threshold: float = 0.0) -> bool:
    """Whether a customer would get an answer, right or wrong."""
    return not item.refused and item.got != OUTSIDE and item.confidence >= threshold


def _at_threshold(guesses: Sequence[Guessed], threshold: float) -> dict[str, float]:
    inside = [item for item in guesses if not item.is_outside]
    outside = [item for item in guesses if item.is_outside]
    answered = [item for item in inside if _is_answered(item, threshold)]
    return {
        "threshold": threshold,
        "answered": _share(len(answered), len(inside)),
        "wrong": _share(sum(not item.is_right for item in answered), len(inside)),
        "outside_caught": _share(sum(not _is_answered(item, threshold) for item in outside), len(outside)),
    }


def _failing(item: Guessed) -> dict[str, Any]:
    body = {name: getattr(item, name) for name in ("text", "language", "intent", "got", "confidence", "path", "line")}
    return {**body, "confidence": round(item.confidence, 4)}


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
