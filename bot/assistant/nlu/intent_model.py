"""The intent model itself, without anything of Rasa."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.assistant.nlu.calibration import calibrate, in_doubt, voted
from bot.assistant.nlu.choices import TrainingChoices
from bot.assistant.nlu.english_encoder import ENGLISH_VERSION, english_encoder, is_latin
from bot.assistant.nlu.folds import lasting_places
from bot.assistant.nlu.layers import VECTOR_SIZE
from bot.assistant.nlu.meaning import ENCODER_VERSION, THREADS
from bot.assistant.nlu.ngrams import NgramTable
from bot.assistant.nlu.scope import ExampleSpace, ScopeLimits
from bot.assistant.nlu.second_opinion import EncodeEnglish, SecondOpinion, SecondView, beginning_with
from bot.assistant.nlu.softmax import Features, SoftmaxWeights, fit_softmax, probabilities
from bot.assistant.nlu.tuned import TunedLayers
from bot.errors import BotError

Matrix = NDArray[np.float32]

FORMAT = 7
"""Raised whenever a stored model no longer fits this code."""

_ARRAYS, _TABLES = "arrays.npz", "tables.json"
_TUNED, _SECOND = "tuned_", "second_"

_ENCODERS = f"{ENCODER_VERSION} {ENGLISH_VERSION}"

EXAMPLES = "examples.json"
"""File beside the model: the texts of its examples as trainers wrote them, in order; only explaining reads it."""


class ModelDoesNotFit(BotError):
    """The stored language model was trained by another version of this program. Train again: python -m bot train."""

    status, code = 503, "model_does_not_fit"


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


class _First(NamedTuple):
    """What the first encoder says of messages.

    The regression's scores, these joined with the layers', votes and probabilities (rows, classes), the rest (rows,).
    """

    scores: Matrix
    joined: Matrix
    votes: Matrix
    chances: Matrix
    nearness: Matrix
    familiar: Matrix


@dataclass(frozen=True)
class IntentModel:
    """A trained intent model.

    Attributes:
        second: who is asked where an English message leaves doubt; nobody where too few examples are English.
    """

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
    second: SecondOpinion | None
    fingerprint: str

    @classmethod
    def train(
        cls,
        texts: Sequence[str],
        meanings: Matrix,
        names: Sequence[str],
        choices: TrainingChoices,
        encode_english: EncodeEnglish,
    ) -> IntentModel:
        """Return the model of the given examples.

        Args:
            texts: normalised texts of the examples.
            meanings: what the encoder made of them, one row of `SentenceEncoder.meanings` each.
            names: their intents, full names.
            choices: how to train.
            encode_english: gives the English encoder's vectors.
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
            view = SecondView.of(texts, wanted, len(labels), choices, encode_english)
            start, calibrated = calibrate(features, space, view, wanted, places, labels, choices, pool)
            weights = fit_softmax(features, wanted, len(labels), choices.strength, choices.iterations, start)
            measured = calibrated.result()
            lift, temperature, limits = measured[:3]
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
            second=view.opinion(measured.second_lift, measured.second_limits, choices) if view is not None else None,
            fingerprint=training_fingerprint(texts, names, choices),
        )

    def understand(self, texts: Sequence[str], meanings: Matrix, length: int) -> list[Understood]:
        """Return the `length` likeliest intents of each message; many together cost half of what they cost alone.

        Args:
            texts: normalised texts; some hundred at most, since their cosines with all examples are held at once.
            meanings: their rows of `SentenceEncoder.meanings`.
            length: most entries of a ranking.
        """
        first = self._first(texts, meanings)
        chances = first.chances
        refused = self.limits.refuses(first.familiar)
        doubtful = self._asked(texts, first)
        if self.second is not None and len(doubtful):
            heard = self.second.of(english_encoder().encode([texts[row] for row in doubtful]))
            joined = self.second.joined(first.joined[doubtful], heard)
            votes = (first.votes[doubtful] + heard.votes) / 2
            chances[doubtful] = voted(probabilities(joined, 1.0), votes, self.neighbour_share)
            refused[doubtful] = self.second.refuses(first.familiar[doubtful], first.scores[doubtful], heard)
        best = np.argsort(-chances, axis=1, kind="stable")[:, :length]
        return [
            Understood(
                tuple((self.labels[label], float(chance[label])) for label in ranking), float(near), bool(outside)
            )
            for ranking, chance, near, outside in zip(best, chances, first.nearness, refused, strict=True)
        ]

    def _first(self, texts: Sequence[str], meanings: Matrix) -> _First:
        vectors, gathered = meanings[:, :VECTOR_SIZE], meanings[:, VECTOR_SIZE:]
        scores = (vectors * np.float32(self.dense_scale)) @ self.weights.dense + self.weights.bias
        for row, text in zip(scores, texts, strict=True):
            columns, values = self.table.row(text)
            row += values @ self.weights.grams[columns]
        nearness, votes = self.space.ask_neighbours(vectors, len(self.labels))
        joined = self._regression_scale * scores + self._tuned_part(gathered)
        chances = voted(probabilities(joined, 1.0), votes, self.neighbour_share)
        familiar = self.limits.familiarity(scores.max(axis=1), nearness)
        return _First(scores / np.float32(self.temperature), joined, votes, chances, nearness, familiar)

    def _asked(self, texts: Sequence[str], first: _First) -> NDArray[np.intp]:
        """About which of the messages the second encoder is asked."""
        if self.second is None:
            return np.empty(0, dtype=np.intp)
        doubtful = in_doubt(first.chances, first.familiar, self.limits, self.second.below)
        return np.array([row for row in np.flatnonzero(doubtful) if is_latin(texts[row])], dtype=np.intp)

    def parts(self, texts: Sequence[str], meanings: Matrix) -> tuple[Matrix, Matrix]:
        """Return what meaning and what the n-grams add to the scores, each (texts, intents); the votes stay out.

        Args:
            texts: normalised texts; where the first leaves doubt, the second encoder is heard about all of them.
            meanings: their rows of `SentenceEncoder.meanings`.
        """
        vectors, gathered = meanings[:, :VECTOR_SIZE], meanings[:, VECTOR_SIZE:]
        dense = (vectors * np.float32(self.dense_scale)) @ self.weights.dense + self.weights.bias
        grams = self.table.matrix(texts) @ self.weights.grams.astype(np.float32)
        meaning = self._regression_scale * dense + self._tuned_part(gathered)
        if self.second is not None and len(self._asked(texts[:1], self._first(texts[:1], meanings[:1]))):
            meaning = self.second.joined(meaning, self.second.of(english_encoder().encode(texts)))
        return meaning, self._regression_scale * grams

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
            **({f"{_SECOND}{name}": array for name, array in self.second.arrays().items()} if self.second else {}),
        )
        tables = {
            "format": FORMAT,
            "encoder": _ENCODERS,
            "fingerprint": self.fingerprint,
            "labels": self.labels,
            "grams": self.table.grams,
            "temperature": self.temperature,
            "limits": asdict(self.limits),
            "dense_scale": self.dense_scale,
            "neighbour_share": self.neighbour_share,
            "tuned_share": self.tuned_share,
            "second": self.second.figures() if self.second else None,
        }
        (folder / _TABLES).write_text(json.dumps(tables, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Return the model that `save` wrote.

        Raises:
            ModelDoesNotFit: it was written by another version.
        """
        tables = json.loads((folder / _TABLES).read_text(encoding="utf-8"))
        if (tables.get("format"), tables.get("encoder")) != (FORMAT, _ENCODERS):
            raise ModelDoesNotFit
        second = tables["second"]
        if second:
            english_encoder()  # so that no customer waits while its weights are read
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            return cls(
                labels=tuple(tables["labels"]),
                table=NgramTable.from_parts(tables["grams"], arrays["gram_weights"]),
                weights=SoftmaxWeights(arrays["dense"], arrays["grams"], arrays["bias"]),
                space=ExampleSpace(
                    arrays["space_mean"], arrays["space_directions"], arrays["space_examples"], arrays["space_intents"]
                ),
                tuned=TunedLayers.from_arrays(beginning_with(_TUNED, arrays)),
                lift=arrays["lift"],
                temperature=float(tables["temperature"]),
                limits=ScopeLimits(**tables["limits"]),
                dense_scale=float(tables["dense_scale"]),
                neighbour_share=float(tables["neighbour_share"]),
                tuned_share=float(tables["tuned_share"]),
                second=SecondOpinion.from_parts(beginning_with(_SECOND, arrays), second) if second else None,
                fingerprint=str(tables["fingerprint"]),
            )


def training_fingerprint(texts: Sequence[str], names: Sequence[str], choices: TrainingChoices) -> str:
    """Return a digest of what a model is made from: the form of the code, the encoder, the choices and the examples."""
    made_from = [FORMAT, _ENCODERS, asdict(choices), list(texts), list(names)]
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
