"""What is measured of one trained pipeline on one split, and how it is summed up over seeds."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, fields

from bench.nlu_data import OUTSIDE, Rows

_BINS = 15
_PERCENT = 100.0


@dataclass(frozen=True)
class Answer:
    """What a pipeline made of one sentence: the likeliest intent, refused or not, and whether it was refused."""

    intent: str
    confidence: float
    refused: bool


@dataclass(frozen=True)
class Score:
    """One run. Shares are percentages; `outside_caught` is None for sets without rows outside.

    Attributes:
        accuracy: in-scope rows whose likeliest intent is right.
        answered: in-scope rows that are right and not refused.
        refused: in-scope rows that are refused.
        outside_caught: out-of-scope rows that are refused.
        calibration_error: gap between confidence and accuracy on in-scope rows, 15 bins of equal width, 0 to 1.
        train_s: seconds of training, sentence vectors included.
        message_ms: milliseconds for one message, median, one thread.
        memory_mb: peak of the process so far.
    """

    accuracy: float
    answered: float
    refused: float
    outside_caught: float | None
    calibration_error: float
    train_s: float
    message_ms: float
    memory_mb: float


def score(test: Rows, answers: Sequence[Answer], train_s: float, message_ms: float, memory_mb: float) -> Score:
    """Return the figures of `answers` to the rows of `test`, in the same order."""
    inside = [(label, answer) for label, answer in zip(test.labels, answers, strict=True) if label != OUTSIDE]
    outside = [answer for label, answer in zip(test.labels, answers, strict=True) if label == OUTSIDE]
    right = [answer.intent == label for label, answer in inside]
    return Score(
        accuracy=_percent(sum(right), len(inside)),
        answered=_percent(sum(r and not a.refused for r, (_, a) in zip(right, inside, strict=True)), len(inside)),
        refused=_percent(sum(answer.refused for _, answer in inside), len(inside)),
        outside_caught=_percent(sum(answer.refused for answer in outside), len(outside)) if outside else None,
        calibration_error=_calibration_error([answer.confidence for _, answer in inside], right),
        train_s=train_s,
        message_ms=message_ms,
        memory_mb=memory_mb,
    )


def summary(runs: Sequence[Score]) -> str:
    """Return one line: the mean of each figure, with the standard deviation over runs where there are several."""
    parts = []
    for field in fields(Score):
        values = [value for run in runs if (value := getattr(run, field.name)) is not None]
        if not values:
            continue
        spread = f" ± {statistics.stdev(values):.2f}" if len(values) > 1 and field.name in _SPREAD else ""
        parts.append(f"{_TITLES[field.name].format(statistics.mean(values))}{spread}")
    return ", ".join(parts)


_SPREAD = ("accuracy", "answered", "refused", "outside_caught")
_TITLES = {
    "accuracy": "accuracy {:.2f}",
    "answered": "with threshold {:.2f}",
    "refused": "refused {:.2f}",
    "outside_caught": "out of scope caught {:.2f}",
    "calibration_error": "calibration error {:.3f}",
    "train_s": "training {:.1f} s",
    "message_ms": "{:.2f} ms a message (p50)",
    "memory_mb": "peak {:.0f} MB",
}


def _percent(part: int, whole: int) -> float:
    return _PERCENT * part / whole if whole else 0.0


def _calibration_error(confidence: Sequence[float], right: Sequence[bool]) -> float:
    bins: dict[int, list[tuple[float, bool]]] = {}
    for sure, hit in zip(confidence, right, strict=True):
        bins.setdefault(min(int(sure * _BINS), _BINS - 1), []).append((sure, hit))
    gaps = (abs(sum(sure - hit for sure, hit in pairs)) for pairs in bins.values())
    return sum(gaps) / len(confidence) if confidence else 0.0
