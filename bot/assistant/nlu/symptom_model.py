"""Which symptom a fault is told with when no pattern says so: a small regression over meaning and words, without Rasa."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.assistant.nlu.folds import deal_folds, lasting_places
from bot.assistant.nlu.intent_model import ModelDoesNotFit
from bot.assistant.nlu.layers import VECTOR_SIZE
from bot.assistant.nlu.meaning import ENCODER_VERSION, meaning_text
from bot.assistant.nlu.ngrams import NgramTable
from bot.assistant.nlu.softmax import Features, SoftmaxWeights, fit_softmax, probabilities

Matrix = NDArray[np.float32]
Span = tuple[int, int]

FORMAT = 1
"""Raised whenever a stored model no longer fits this code."""

NONE = ""
"""The label of a sentence that tells no symptom; it sorts before all others."""

LEAST_EXAMPLES = 40
"""With fewer sentences that tell a symptom nothing can be measured, so nothing is found."""

_ARRAYS, _TABLES = "symptoms.npz", "symptoms.json"
_PARTS = re.compile(r"[^,;.!?~\n]+")


@dataclass(frozen=True)
class SymptomChoices:
    """How the model is trained.

    Attributes:
        dense_scale: factor on the sentence vectors beside the n-grams.
        strength: C of the regression.
        iterations: most optimiser steps of each fit.
        folds: parts of the cross-validation that measures the limit.
        precision: share of what is found in unseen examples that must be right, 0 to 1.
        seed: for dealing examples to folds.
    """

    dense_scale: float = 2.0
    strength: float = 10.0
    iterations: int = 25
    folds: int = 3
    precision: float = 0.95
    seed: int = 7


class Told(NamedTuple):
    """A training sentence: its text as `meaning_text` gives it, its intent, and its symptom or `NONE`."""

    text: str
    intent: str
    label: str


class Guess(NamedTuple):
    """A symptom, and how probable it is, 0 to 1."""

    label: str
    probability: float


@dataclass(frozen=True)
class SymptomModel:
    """A trained model.

    Attributes:
        labels: symptoms in the order of the weights' columns; the first is `NONE`.
        intents: the reports that symptoms are looked for in; which of them a message is counts beside its words.
        table: n-grams of the examples.
        weights: `dense` is (512 + intents, labels), `grams` (n-grams, labels).
        dense_scale: factor on the sentence vectors.
        limit: probability from which a symptom counts; above 1 nothing does.
    """

    labels: tuple[str, ...]
    intents: tuple[str, ...]
    table: NgramTable
    weights: SoftmaxWeights
    dense_scale: float
    limit: float

    @classmethod
    def train(
        cls, examples: Sequence[Told], vectors: Matrix, intents: Sequence[str], choices: SymptomChoices
    ) -> SymptomModel | None:
        """Return the model of `examples`; None when too few of them tell a symptom.

        Args:
            examples: reports of faults, and some sentences of other intents; only reports count when the limit is measured.
            vectors: their sentence vectors, (examples, 512).
            intents: the reports that symptoms are looked for in.
        """
        labels = (NONE, *sorted({example.label for example in examples} - {NONE}))
        if sum(example.label != NONE for example in examples) < LEAST_EXAMPLES:
            return None
        texts = [example.text for example in examples]
        wanted = np.array([labels.index(example.label) for example in examples], dtype=np.intp)
        table, grams = NgramTable.fit(texts)
        dense = _dense(vectors, [example.intent for example in examples], intents, choices.dense_scale)
        features = Features(dense, grams)
        reports = np.array([example.intent in intents for example in examples])
        places = lasting_places(texts, [example.label for example in examples], choices.seed)
        limit = _limit(features, wanted, reports, places, len(labels), choices)
        weights = fit_softmax(features, wanted, len(labels), choices.strength, choices.iterations)
        halved = SoftmaxWeights(weights.dense, weights.grams.astype(np.float16), weights.bias)
        return cls(labels, tuple(intents), table, halved, choices.dense_scale, limit)

    def guess(self, text: str, vector: Matrix, intent: str) -> Guess:
        """Return the likeliest symptom of one message.

        Args:
            text: as `meaning_text` gives it.
            vector: its sentence vector, (512,).
            intent: what the message is understood as.
        """
        columns, values = self.table.row(text)
        dense = _dense(vector[np.newaxis, :VECTOR_SIZE], [intent], self.intents, self.dense_scale)
        scores = (dense @ self.weights.dense)[0] + self.weights.bias
        scores = scores + values @ self.weights.grams[columns].astype(np.float32)
        chances = probabilities(scores, 1.0)
        best = 1 + int(chances[1:].argmax())
        return Guess(self.labels[best], float(chances[best]))

    def place(self, text: str, label: str) -> Span:
        """Return start and end of the part between signs without whose words least speaks for a symptom.

        Args:
            text: normalised text of the message.
        """
        own = self.labels.index(label)
        least, found = np.inf, (0, len(text))
        parts = [part for part in _PARTS.finditer(text) if part.group().strip()]
        for part in parts if len(parts) > 1 else ():
            columns, values = self.table.row(meaning_text(text[: part.start()] + text[part.end() :]))
            rows = self.weights.grams[columns].astype(np.float32)
            left = float(values @ (rows[:, own] - rows[:, 0]))
            if left < least:
                words = part.group()
                start = part.start() + len(words) - len(words.lstrip())
                least, found = left, (start, start + len(words.strip()))
        return found

    def save(self, folder: Path) -> None:
        """Write the model into `folder`, which exists: one npz of arrays and one JSON, the same bytes each time."""
        np.savez(
            folder / _ARRAYS,
            gram_weights=self.table.weights,
            dense=self.weights.dense,
            grams=self.weights.grams,
            bias=self.weights.bias,
        )
        tables = {
            "format": FORMAT,
            "encoder": ENCODER_VERSION,
            "labels": self.labels,
            "intents": self.intents,
            "grams": self.table.grams,
            "dense_scale": self.dense_scale,
            "limit": self.limit,
        }
        (folder / _TABLES).write_text(json.dumps(tables, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> SymptomModel | None:
        """Return the model that `save` wrote; None when training found too little to make one.

        Raises:
            ModelDoesNotFit: it was written by another version.
        """
        if not (folder / _TABLES).is_file():
            return None
        tables = json.loads((folder / _TABLES).read_text(encoding="utf-8"))
        if (tables.get("format"), tables.get("encoder")) != (FORMAT, ENCODER_VERSION):
            raise ModelDoesNotFit
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            return cls(
                labels=tuple(tables["labels"]),
                intents=tuple(tables["intents"]),
                table=NgramTable.from_parts(tables["grams"], arrays["gram_weights"]),
                weights=SoftmaxWeights(arrays["dense"], arrays["grams"], arrays["bias"]),
                dense_scale=float(tables["dense_scale"]),
                limit=float(tables["limit"]),
            )


def _dense(vectors: Matrix, own: Sequence[str], intents: Sequence[str], scale: float) -> Matrix:
    """The sentence vectors, and behind them a 1 for the intent if it is one of `intents`; (rows, 512 + intents)."""
    which = np.array([[intent == name for name in intents] for intent in own], dtype=np.float32)
    return np.concatenate([vectors * np.float32(scale), which.reshape(len(own), len(intents))], axis=1)


def _limit(
    features: Features,
    wanted: NDArray[np.intp],
    reports: NDArray[np.bool_],
    places: NDArray[np.uint64],
    classes: int,
    choices: SymptomChoices,
) -> float:
    """The lowest probability from which enough of what is found in unseen reports is right; 2 when there is none."""
    folds = deal_folds(wanted, choices.folds, places)
    found = np.empty(len(wanted), dtype=np.intp)
    sure = np.empty(len(wanted), dtype=np.float32)
    for fold in range(choices.folds):
        inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        weights = fit_softmax(features.take(inside), wanted[inside], classes, choices.strength, choices.iterations)
        chances = probabilities(weights.scores(features.take(outside)), 1.0)
        found[outside] = 1 + chances[:, 1:].argmax(axis=1)
        sure[outside] = chances[:, 1:].max(axis=1)
    order = np.flatnonzero(reports)
    order = order[np.argsort(-sure[order], kind="stable")]
    right = np.cumsum(found[order] == wanted[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(right >= choices.precision)
    return round(float(sure[order][enough[-1]]), 4) if len(enough) else 2.0
