"""The intent model itself: features, weights, calibration and limits, without anything of Rasa."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.assistant.nlu.layers import VECTOR_SIZE
from bot.assistant.nlu.meaning import ENCODER_VERSION, THREADS
from bot.assistant.nlu.ngrams import NgramTable
from bot.assistant.nlu.scope import NO_LIMITS, ExampleSpace, ScopeLimits
from bot.assistant.nlu.softmax import (
    Features,
    SoftmaxWeights,
    best_temperature,
    fit_softmax,
    mean_weights,
    probabilities,
)
from bot.assistant.nlu.tuned import TunedLayers
from bot.errors import BotError

log = logging.getLogger(__name__)

Matrix = NDArray[np.float32]

CALIBRATED = "parts fitted for calibration: %d of %d"
"""What the log says as training goes on; who listens to the log knows by it how far it is."""

FORMAT = 5
"""Raised whenever a stored model no longer fits this code."""

_LEAST_LEAD = 1e-3
_ARRAYS, _TABLES = "arrays.npz", "tables.json"
_TUNED = "tuned_"

EXAMPLES = "examples.json"
"""File beside the model: the texts of its examples as trainers wrote them, in order; only explaining reads it."""


class ModelDoesNotFit(BotError):
    """The stored language model was trained by another version of this program. Train again: python -m bot train."""

    status, code = 503, "model_does_not_fit"


@dataclass(frozen=True)
class TrainingChoices:
    """What a trainer may turn.

    Attributes:
        dense_scale: factor on the sentence vectors beside the n-grams.
        strength: C of the regression.
        neighbour_share: how much the vote of the nearest examples counts beside the regression, 0 to 1.
        iterations: most optimiser steps of the final fit.
        folds: parts of the cross-validation that calibrates; below 2 there is none.
        fold_iterations: most optimiser steps of each of its fits.
        tuned_share: how much the encoder's last layers, trained on, count beside the regression, 0 to 1.
        tuning_steps: about how many steps of 128 examples they are trained.
        tuning_epochs: how often they see each example at most.
        refused_share: share of in-scope messages that may be turned away, refused or taken for an outside intent, 0 to 1.
        given_up_share: share of rightly understood in-scope messages that may be given up to the outside intents so
            that more of what lies outside is caught, 0 to 1.
        outside: intents that count as out of scope when the limits are measured.
        seed: for dealing examples to folds.
    """

    dense_scale: float = 2.0
    strength: float = 10.0
    neighbour_share: float = 0.2
    iterations: int = 8
    folds: int = 3
    fold_iterations: int = 12
    tuned_share: float = 0.5
    tuning_steps: int = 600
    tuning_epochs: int = 16
    refused_share: float = 0.02
    given_up_share: float = 0.0125
    outside: tuple[str, ...] = ("out_of_scope",)
    seed: int = 7


@dataclass(frozen=True)
class Understood:
    """What the model makes of one message.

    Attributes:
        ranking: intents (full names) with their calibrated confidence, best first.
        nearness: mean cosine to the nearest training examples.
        refused: whether the message lies outside what the model knows.
    """

    ranking: tuple[tuple[str, float], ...]
    nearness: float
    refused: bool


class Calibration(NamedTuple):
    """What becomes of the regression's scores, measured on examples that the scoring model had not seen.

    Attributes:
        lift: what is added to each label's score, (classes,).
        temperature: what they are divided by.
        limits: below which a message is refused.
    """

    lift: Matrix
    temperature: float
    limits: ScopeLimits

    @classmethod
    def from_unseen(
        cls,
        unseen: Matrix,
        nearness: Matrix,
        votes: Matrix,
        wanted: NDArray[np.intp],
        labels: tuple[str, ...],
        choices: TrainingChoices,
    ) -> Calibration:
        """Return what follows from the scores, the nearness and the votes of unseen examples."""
        outside_labels = np.array([label in choices.outside for label in labels])
        lift = _outside_lift(unseen, wanted, outside_labels, choices.given_up_share)
        lifted = unseen + lift
        temperature = best_temperature(lifted, wanted, votes, choices.neighbour_share)
        served = ~outside_labels[wanted]
        # an outside intent turns customers away already; only the rest of what is accepted is left for refusing
        turned_away = float(outside_labels[lifted.argmax(axis=1)[served]].mean())
        left = max(0.0, choices.refused_share - turned_away)
        return cls(lift, temperature, ScopeLimits.from_unseen(lifted.max(axis=1)[served], nearness[served], left))


@dataclass(frozen=True)
class IntentModel:
    """A trained intent model."""

    labels: tuple[str, ...]
    table: NgramTable
    weights: SoftmaxWeights
    space: ExampleSpace
    tuned: TunedLayers
    lift: Matrix
    temperature: float
    limits: ScopeLimits
    dense_scale: float
    neighbour_share: float
    tuned_share: float
    fingerprint: str

    @classmethod
    def train(
        cls, texts: Sequence[str], meanings: Matrix, names: Sequence[str], choices: TrainingChoices
    ) -> IntentModel:
        """Return the model of the given examples.

        Args:
            texts: normalised texts of the examples.
            meanings: what the encoder made of them, one row of `SentenceEncoder.meanings` each.
            names: their intents, full names.
            choices: how to train.
        """
        labels = tuple(sorted(set(names)))
        numbers = {label: number for number, label in enumerate(labels)}
        wanted = np.array([numbers[name] for name in names], dtype=np.intp)
        places = lasting_places(texts, names, choices.seed)
        vectors, gathered = meanings[:, :VECTOR_SIZE], meanings[:, VECTOR_SIZE:]
        with ThreadPoolExecutor(THREADS) as pool:
            tuned = pool.submit(
                TunedLayers.train,
                gathered,
                vectors,
                wanted,
                len(labels),
                choices.tuning_steps,
                choices.tuning_epochs,
                places,
            )
            table, grams = NgramTable.fit(texts)
            features = Features(vectors * np.float32(choices.dense_scale), grams)
            space = ExampleSpace.fit(vectors, wanted)
            start, calibrated = _calibrate(features, space, wanted, places, labels, choices, pool)
            weights = fit_softmax(features, wanted, len(labels), choices.strength, choices.iterations, start)
            lift, temperature, limits = calibrated.result()
        return cls(
            labels=labels,
            table=table,
            # most of the model; half the digits change no answer
            weights=SoftmaxWeights(weights.dense, weights.grams.astype(np.float16), weights.bias + lift),
            space=space,
            tuned=tuned.result(),
            lift=lift,
            temperature=temperature,
            limits=limits,
            dense_scale=choices.dense_scale,
            neighbour_share=choices.neighbour_share,
            tuned_share=choices.tuned_share,
            fingerprint=training_fingerprint(texts, names, choices),
        )

    def understand(self, texts: Sequence[str], meanings: Matrix, length: int) -> list[Understood]:
        """Return the `length` likeliest intents of each message; many together cost half of what they cost alone.

        Args:
            texts: normalised texts; some hundred at most, since their cosines with all examples are held at once.
            meanings: their rows of `SentenceEncoder.meanings`.
            length: most entries of a ranking.
        """
        vectors, gathered = meanings[:, :VECTOR_SIZE], meanings[:, VECTOR_SIZE:]
        scores = (vectors * np.float32(self.dense_scale)) @ self.weights.dense + self.weights.bias
        for row, text in zip(scores, texts, strict=True):
            columns, values = self.table.row(text)
            row += values @ self.weights.grams[columns]
        nearness, votes = self.space.ask_neighbours(vectors, len(self.labels))
        joined = self._regression_scale * scores + self._tuned_part(gathered)
        voted = np.float32(self.neighbour_share)
        chances = (1 - voted) * probabilities(joined, 1.0) + voted * votes
        best = np.argsort(-chances, axis=1, kind="stable")[:, :length]
        return [
            Understood(
                tuple((self.labels[label], float(chance[label])) for label in ranking),
                float(near),
                self.limits.refuses(float(score.max()), float(near)),
            )
            for ranking, chance, near, score in zip(best, chances, nearness, scores, strict=True)
        ]

    def parts(self, texts: Sequence[str], meanings: Matrix) -> tuple[Matrix, Matrix]:
        """Return what meaning and what the n-grams add to the scores, each (texts, intents); the votes stay out.

        Args:
            texts: normalised texts.
            meanings: their rows of `SentenceEncoder.meanings`.
        """
        vectors, gathered = meanings[:, :VECTOR_SIZE], meanings[:, VECTOR_SIZE:]
        dense = (vectors * np.float32(self.dense_scale)) @ self.weights.dense + self.weights.bias
        grams = self.table.matrix(texts) @ self.weights.grams.astype(np.float32)
        return self._regression_scale * dense + self._tuned_part(gathered), self._regression_scale * grams

    @property
    def _regression_scale(self) -> np.float32:
        """What the regression's scores are multiplied by before those of the trained layers are added."""
        return np.float32((1 - self.tuned_share) / self.temperature)

    def _tuned_part(self, gathered: Matrix) -> Matrix:
        # what raises the outside intents was measured on the regression; it changes the odds of the layers as much
        lift = self.lift / np.float32(self.temperature)
        result: Matrix = np.float32(self.tuned_share) * (self.tuned.scores(gathered) + lift)
        return result

    def intent_of(self, example: int) -> str:
        """Return the intent (full name) of an example by its number in training."""
        return self.labels[int(self.space.intents[example])]

    def save(self, folder: Path) -> None:
        """Write the model into `folder`, which exists: one npz of arrays and one JSON, the same bytes each time."""
        np.savez(
            folder / _ARRAYS,
            gram_weights=self.table.weights,
            dense=self.weights.dense,
            grams=self.weights.grams,
            bias=self.weights.bias,
            space_mean=self.space.mean,
            space_directions=self.space.directions,
            space_examples=self.space.examples,
            space_intents=self.space.intents,
            lift=self.lift,
            **{f"{_TUNED}{name}": array for name, array in self.tuned.arrays().items()},
        )
        tables = {
            "format": FORMAT,
            "encoder": ENCODER_VERSION,
            "fingerprint": self.fingerprint,
            "labels": self.labels,
            "grams": self.table.grams,
            "temperature": self.temperature,
            "limits": asdict(self.limits),
            "dense_scale": self.dense_scale,
            "neighbour_share": self.neighbour_share,
            "tuned_share": self.tuned_share,
        }
        (folder / _TABLES).write_text(json.dumps(tables, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Return the model that `save` wrote.

        Raises:
            ModelDoesNotFit: it was written by another version.
        """
        tables = json.loads((folder / _TABLES).read_text(encoding="utf-8"))
        if (tables.get("format"), tables.get("encoder")) != (FORMAT, ENCODER_VERSION):
            raise ModelDoesNotFit
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            return cls(
                labels=tuple(tables["labels"]),
                table=NgramTable.from_parts(tables["grams"], arrays["gram_weights"]),
                weights=SoftmaxWeights(arrays["dense"], arrays["grams"], arrays["bias"]),
                space=ExampleSpace(
                    arrays["space_mean"], arrays["space_directions"], arrays["space_examples"], arrays["space_intents"]
                ),
                tuned=TunedLayers.from_arrays(
                    {name.removeprefix(_TUNED): arrays[name] for name in arrays.files if name.startswith(_TUNED)}
                ),
                lift=arrays["lift"],
                temperature=float(tables["temperature"]),
                limits=ScopeLimits(**tables["limits"]),
                dense_scale=float(tables["dense_scale"]),
                neighbour_share=float(tables["neighbour_share"]),
                tuned_share=float(tables["tuned_share"]),
                fingerprint=str(tables["fingerprint"]),
            )


def training_fingerprint(texts: Sequence[str], names: Sequence[str], choices: TrainingChoices) -> str:
    """Return a digest of what a model is made from: the form of the code, the encoder, the choices and the examples."""
    made_from = [FORMAT, ENCODER_VERSION, asdict(choices), list(texts), list(names)]
    return hashlib.sha256(json.dumps(made_from, ensure_ascii=False).encode()).hexdigest()


def with_label_names(
    texts: Sequence[str], meanings: Matrix, names: Sequence[str], encode: Callable[[Sequence[str]], Matrix]
) -> tuple[list[str], Matrix, list[str]]:
    """Return the examples and behind them one more of each intent: its name in words, since names are well chosen.

    Args:
        texts: normalised texts of the examples.
        meanings: what the encoder made of them, one row each.
        names: their intents, full names such as `faq/wifi_password`.
        encode: gives such rows.
    """
    labels = sorted(set(names))
    told = [label.rpartition("/")[2].replace("_", " ") for label in labels]
    return [*texts, *told], np.concatenate([meanings, encode(told)]), [*names, *labels]


def save_examples(folder: Path, texts: Sequence[str]) -> None:
    """Write the texts of the examples, as trainers wrote them, beside the model; in the order of training."""
    (folder / EXAMPLES).write_text(json.dumps(list(texts), ensure_ascii=False), encoding="utf-8")


def read_examples(folder: Path) -> tuple[str, ...]:
    """Return what `save_examples` wrote."""
    return tuple(json.loads((folder / EXAMPLES).read_text(encoding="utf-8")))


def lasting_places(texts: Sequence[str], names: Sequence[str], seed: int) -> NDArray[np.uint64]:
    """Return a number for each example by which it is shuffled: its own, whatever other examples there are.

    One example more would else deal all of them anew, and sentences at the border between two intents would fall to the
    other side for no reason that a trainer could see.
    """
    digests = (
        hashlib.blake2b(f"{seed}\0{name}\0{text}".encode(), digest_size=8)
        for text, name in zip(texts, names, strict=True)
    )
    return np.array([int.from_bytes(digest.digest(), "little") for digest in digests], dtype=np.uint64)


def deal_folds(wanted: NDArray[np.intp], folds: int, places: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Return a fold number for each example, each intent dealt out evenly in the order of `places`."""
    dealt = np.empty(len(wanted), dtype=np.intp)
    given: dict[int, int] = {}
    for index in np.argsort(places, kind="stable"):
        label = int(wanted[index])
        dealt[index] = given.get(label, label) % folds
        given[label] = given.get(label, label) + 1
    return dealt


def _calibrate(
    features: Features,
    space: ExampleSpace,
    wanted: NDArray[np.intp],
    places: NDArray[np.uint64],
    labels: tuple[str, ...],
    choices: TrainingChoices,
    pool: ThreadPoolExecutor,
) -> tuple[SoftmaxWeights | None, Future[Calibration]]:
    """Return weights to begin the final fit from, and what becomes of the scores, which is worked out meanwhile."""
    if choices.folds < 2 or len(wanted) < 2 * choices.folds:
        return None, pool.submit(lambda: Calibration(np.zeros(len(labels), dtype=np.float32), 1.0, NO_LIMITS))
    folds = deal_folds(wanted, choices.folds, places)
    unseen = np.empty((len(wanted), len(labels)), dtype=np.float32)

    def fit_without(fold: int) -> SoftmaxWeights:
        inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        weights = fit_softmax(
            features.take(inside), wanted[inside], len(labels), choices.strength, choices.fold_iterations
        )
        unseen[outside] = weights.scores(features.take(outside))
        return weights

    fitting = [pool.submit(fit_without, fold) for fold in range(choices.folds)]
    asked = pool.submit(space.ask_other_folds, folds, len(labels))
    fitted = []
    for part in fitting:
        fitted.append(part.result())
        log.info(CALIBRATED, len(fitted), choices.folds)

    def measure() -> Calibration:
        return Calibration.from_unseen(unseen, *asked.result(), wanted, labels, choices)

    return mean_weights(fitted), pool.submit(measure)


def _outside_lift(
    unseen: Matrix, wanted: NDArray[np.intp], outside: NDArray[np.bool_], given_up_share: float
) -> Matrix:
    """Return what to add to the scores of the outside labels, as much as `given_up_share` allows.

    What lies outside is far more varied than its examples, so its scores come out too low.
    """
    none = np.zeros(len(outside), dtype=np.float32)
    served = ~outside[wanted]
    if not outside.any() or not served.any():
        return none
    right = served & (unseen.argmax(axis=1) == wanted)
    lead = unseen[:, ~outside].max(axis=1) - unseen[:, outside].max(axis=1)
    allowed = int(given_up_share * served.sum())
    leads = np.sort(lead[right])
    if len(leads) <= allowed:
        return none
    lift = max(0.0, float(leads[allowed]) - _LEAST_LEAD)
    return np.where(outside, np.float32(lift), np.float32(0)).astype(np.float32)
