"""Where the first encoder leaves doubt about an English message, the English encoder is asked as well.

It has a regression of its own over its vectors, and its own nearest examples vote. Both are only heard where the model is
unsure or would refuse, so most messages cost what they cost without it. Figures: docs/understanding.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.assistant.nlu.choices import TrainingChoices
from bot.assistant.nlu.english_encoder import is_latin
from bot.assistant.nlu.scope import NO_LIMITS, ExampleSpace
from bot.assistant.nlu.softmax import Features, SoftmaxWeights, fit_softmax
from bot.assistant.nlu.typicality import Typicality

Matrix = NDArray[np.float32]

EncodeEnglish = Callable[[Sequence[str]], Matrix]
"""Gives a unit vector of `english_encoder.ENGLISH_SIZE` numbers for each text."""

_SCALE = np.float32(4.0)
"""Factor on the vectors, which stand alone here; beside n-grams they would need less."""

_SPACE, _TYPICALITY = "space_", "typicality_"

_STRENGTH, _STEPS = 10.0, 25
"""C of the regression, and most steps of its fit."""

_FAMILIAR = np.array([1.0, 0.5, 0.75], dtype=np.float32)
"""How much the highest score of both, its nearness and typicality count beside the first familiarity."""

_LEAST_SPREAD = 1e-6

_MOST_REFUSED = 0.5
"""However few messages leave doubt, no more than this share of them is refused."""


class Heard(NamedTuple):
    """What the second encoder says of messages.

    Attributes:
        scores: (rows, classes).
        nearness: to the nearest examples, (rows,).
        votes: of these, (rows, classes).
        typical: of any intent, (rows,).
    """

    scores: Matrix
    nearness: Matrix
    votes: Matrix
    typical: Matrix


@dataclass(frozen=True)
class SecondLimits:
    """How familiar a message is to both encoders, and below what it is refused; measured on unseen in-scope examples.

    Attributes:
        means: of the highest score of both encoders, of nearness and of typicality.
        spreads: their standard deviations.
        least: familiarity below which a message is refused.
    """

    means: Sequence[float]
    spreads: Sequence[float]
    least: float

    @classmethod
    def from_unseen(
        cls,
        first: Matrix,
        highest: Matrix,
        heard: Heard,
        doubtful: NDArray[np.bool_],
        served: NDArray[np.bool_],
        refused_share: float,
    ) -> SecondLimits:
        """Return the limits that refuse `refused_share` of unseen in-scope English examples, all of them doubtful ones.

        Args:
            first: how familiar unseen examples are to the first encoder.
            highest: their highest score when those of both encoders' regressions are added.
            heard: what the second encoder says of them.
            doubtful: about which of them the second one is asked.
            served: which lie in scope.
            refused_share: 0 to 1.
        """
        asked = float(doubtful[served].mean()) if served.any() else 0.0
        if asked == 0:
            return NO_SECOND_LIMITS
        measures = _measures(highest, heard)
        spreads = np.maximum(measures[served].std(axis=0), _LEAST_SPREAD)
        limits = cls(measures[served].mean(axis=0).tolist(), spreads.tolist(), 0.0)
        share = min(refused_share / asked, _MOST_REFUSED)
        least = float(np.quantile(limits.familiarity(first, highest, heard)[served & doubtful], share))
        return cls(limits.means, limits.spreads, least)

    def familiarity(self, first: Matrix, highest: Matrix, heard: Heard) -> Matrix:
        """Return how familiar messages are to both, (rows,).

        Args:
            first: how familiar they are to the first encoder, `ScopeLimits.familiarity`.
            highest: their highest score when those of both encoders' regressions are added.
            heard: what the second says of them.
        """
        means, spreads = (np.array(values, dtype=np.float32) for values in (self.means, self.spreads))
        result: Matrix = first + (_measures(highest, heard) - means) / spreads @ _FAMILIAR
        return result

    def refuses(self, first: Matrix, highest: Matrix, heard: Heard) -> NDArray[np.bool_]:
        """Return which messages lie outside, (rows,); the arguments are those of `familiarity`."""
        result: NDArray[np.bool_] = self.familiarity(first, highest, heard) < self.least
        return result


def _measures(highest: Matrix, heard: Heard) -> Matrix:
    return np.stack([highest, heard.nearness, heard.typical], axis=1)


NO_SECOND_LIMITS = SecondLimits((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), NO_LIMITS.least)
"""Where nothing could be measured: nothing is refused."""


@dataclass(frozen=True)
class SecondOpinion:
    """A trained second opinion.

    Attributes:
        dense: weights of the regression, (384, classes).
        bias: (classes,).
        lift: what raises the outside intents where it is asked, (classes,).
        space: the English examples it learned from.
        typicality: of these.
        limits: of what is familiar to both encoders.
        share: how much its scores count beside the joined ones.
        below: the confidence under which it is asked.
    """

    dense: Matrix
    bias: Matrix
    lift: Matrix
    space: ExampleSpace
    typicality: Typicality
    limits: SecondLimits
    share: float
    below: float

    def of(self, vectors: Matrix) -> Heard:
        """Return what it says of messages, given their vectors (rows, 384)."""
        scores = (vectors * _SCALE) @ self.dense + self.bias
        return Heard(scores, *self.space.ask_neighbours(vectors, len(self.bias)), self.typicality.of(vectors))

    def joined(self, first: Matrix, heard: Heard) -> Matrix:
        """Return the scores with those of the first encoder (rows, classes) and what raises the outside intents."""
        return added(first, heard, self.share) + self.lift

    def refuses(self, first: Matrix, scores: Matrix, heard: Heard) -> NDArray[np.bool_]:
        """Return which messages lie outside, (rows,).

        Args:
            first: how familiar they are to the first encoder, `ScopeLimits.familiarity`.
            scores: of its regression, (rows, classes).
            heard: what the second says of them.
        """
        return self.limits.refuses(first, added(scores, heard, self.share).max(axis=1), heard)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the weights by name, for storing."""
        parts = {"dense": self.dense, "bias": self.bias, "lift": self.lift}
        parts |= {f"{_SPACE}{name}": array for name, array in vars(self.space).items()}
        return parts | {f"{_TYPICALITY}{name}": array for name, array in vars(self.typicality).items()}

    def figures(self) -> dict[str, Any]:
        """Return the numbers that are stored beside the arrays."""
        return {"share": self.share, "below": self.below, "limits": asdict(self.limits)}

    @classmethod
    def from_parts(cls, arrays: Mapping[str, NDArray[Any]], figures: Mapping[str, Any]) -> SecondOpinion:
        """Return what was stored as `arrays` and `figures`."""
        return cls(
            dense=arrays["dense"],
            bias=arrays["bias"],
            lift=arrays["lift"],
            space=ExampleSpace(**beginning_with(_SPACE, arrays)),
            typicality=Typicality(**beginning_with(_TYPICALITY, arrays)),
            limits=SecondLimits(**figures["limits"]),
            share=figures["share"],
            below=figures["below"],
        )


def added(first: Matrix, heard: Heard, share: float) -> Matrix:
    """Return scores of the first encoder (rows, classes) with those of the second added, which count as `share`."""
    result: Matrix = first + np.float32(share) * heard.scores
    return result


def beginning_with(prefix: str, arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return the arrays whose names begin so, named without it."""
    return {name.removeprefix(prefix): arrays[name] for name in arrays if name.startswith(prefix)}


@dataclass(frozen=True)
class SecondView:
    """The examples as the second encoder sees them, while training.

    Attributes:
        rows: which of all examples it learns from, ascending.
        vectors: theirs, (rows, 384).
        wanted: the class number of each.
        classes: how many classes there are in all.
    """

    rows: NDArray[np.intp]
    vectors: Matrix
    wanted: NDArray[np.intp]
    classes: int

    @classmethod
    def of(
        cls,
        texts: Sequence[str],
        wanted: NDArray[np.intp],
        classes: int,
        choices: TrainingChoices,
        encode: EncodeEnglish,
    ) -> SecondView | None:
        """Return what is seen of the English among the examples; nothing where two intents have none.

        Args:
            texts: normalised texts of all examples.
            wanted: their class numbers.
            classes: how many classes there are.
            choices: how to train.
            encode: the English encoder.
        """
        rows = np.array([row for row, text in enumerate(texts) if is_latin(text)], dtype=np.intp)
        if choices.second_share <= 0 or len(np.unique(wanted[rows])) < 2:
            return None
        return cls(rows, encode([texts[row] for row in rows]), wanted[rows], classes)

    def fit(self, inside: NDArray[np.intp] | slice = slice(None)) -> SoftmaxWeights:
        """Return a regression over some of the rows."""
        vectors = self.vectors[inside] * _SCALE
        features = Features(vectors, sparse.csr_matrix((len(vectors), 0), dtype=np.float32))
        return fit_softmax(features, self.wanted[inside], self.classes, _STRENGTH, _STEPS)

    def unseen(self, folds: NDArray[np.intp]) -> Heard:
        """Return what regressions and examples of the other folds say of each row.

        Args:
            folds: fold number of each of all examples.
        """
        own = folds[self.rows]
        scores = np.empty((len(self.rows), self.classes), dtype=np.float32)
        typical = np.empty(len(self.rows), dtype=np.float32)
        for fold in np.unique(own):
            others, held = np.flatnonzero(own != fold), np.flatnonzero(own == fold)
            weights = self.fit(others)
            scores[held] = self.vectors[held] * _SCALE @ weights.dense + weights.bias
            typical[held] = Typicality.fit(self.vectors[others], self.wanted[others]).of(self.vectors[held])
        near = ExampleSpace.fit(self.vectors, self.wanted).ask_other_folds(own, self.classes)
        return Heard(scores, *near, typical)

    def opinion(self, lift: Matrix, limits: SecondLimits, choices: TrainingChoices) -> SecondOpinion:
        """Return the opinion learned from all rows."""
        weights = self.fit()
        space, typicality = ExampleSpace.fit(self.vectors, self.wanted), Typicality.fit(self.vectors, self.wanted)
        shares = choices.second_share, choices.second_below
        return SecondOpinion(weights.dense, weights.bias, lift, space, typicality, limits, *shares)
