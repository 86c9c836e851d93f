"""Where the first encoder leaves doubt about an English message, the English encoder is asked as well.

It has a regression of its own over its vectors, and its own nearest examples vote. Both are only heard where the model is
unsure or would refuse, so most messages cost what they cost without it. Figures: docs/understanding.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.assistant.nlu.choices import TrainingChoices
from bot.assistant.nlu.english_encoder import is_latin
from bot.assistant.nlu.scope import NO_LIMITS, ExampleSpace, ScopeLimits
from bot.assistant.nlu.softmax import Features, SoftmaxWeights, fit_softmax

Matrix = NDArray[np.float32]

EncodeEnglish = Callable[[Sequence[str]], Matrix]
"""Gives a unit vector of `english_encoder.ENGLISH_SIZE` numbers for each text."""

_SCALE = np.float32(4.0)
"""Factor on the vectors, which stand alone here; beside n-grams they would need less."""

_STRENGTH, _STEPS = 10.0, 25
"""C of the regression, and most steps of its fit."""

FAMILIARITY_WEIGHT = 0.5
"""How much the second familiarity counts beside the first."""

_MOST_REFUSED = 0.5
"""However few messages leave doubt, no more than this share of them is refused."""


class Heard(NamedTuple):
    """What the second encoder says: scores (rows, classes), nearness (rows,), votes (rows, classes)."""

    scores: Matrix
    nearness: Matrix
    votes: Matrix


@dataclass(frozen=True)
class SecondOpinion:
    """A trained second opinion.

    Attributes:
        dense: weights of the regression, (384, classes).
        bias: (classes,).
        lift: what raises the outside intents where it is asked, (classes,).
        space: the English examples it learned from.
        limits: of what its familiarity means, and below which the sum of both familiarities is refused.
        share: how much its scores count beside the joined ones.
        below: the confidence under which it is asked.
    """

    dense: Matrix
    bias: Matrix
    lift: Matrix
    space: ExampleSpace
    limits: ScopeLimits
    share: float
    below: float

    def of(self, vectors: Matrix) -> Heard:
        """Return what it says of messages, given their vectors (rows, 384)."""
        scores = (vectors * _SCALE) @ self.dense + self.bias
        return Heard(scores, *self.space.ask_neighbours(vectors, len(self.bias)))

    def joined(self, first: Matrix, heard: Heard) -> Matrix:
        """Return the scores with those of the first encoder (rows, classes) and what raises the outside intents."""
        result: Matrix = first + np.float32(self.share) * heard.scores + self.lift
        return result

    def refuses(self, first: Matrix, heard: Heard) -> NDArray[np.bool_]:
        """Return which messages lie outside, (rows,).

        Args:
            first: how familiar they are to the first encoder, `ScopeLimits.familiarity`.
            heard: what the second says of them.
        """
        second = self.limits.familiarity(heard.scores.max(axis=1), heard.nearness)
        return self.limits.refuses(first + FAMILIARITY_WEIGHT * second)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the weights by name, for storing."""
        return {"dense": self.dense, "bias": self.bias, "lift": self.lift} | {
            f"space_{name}": array for name, array in vars(self.space).items()
        }

    def figures(self) -> dict[str, float]:
        """Return the numbers that are stored beside the arrays."""
        return {"share": self.share, "below": self.below, **asdict(self.limits)}

    @classmethod
    def from_parts(cls, arrays: Mapping[str, NDArray[Any]], figures: Mapping[str, float]) -> SecondOpinion:
        """Return what was stored as `arrays` and `figures`."""
        space = ExampleSpace(*(arrays[f"space_{name}"] for name in ("mean", "directions", "examples", "intents")))
        limits = ScopeLimits(**{field.name: figures[field.name] for field in fields(ScopeLimits)})
        dense, bias, lift = (arrays[name] for name in ("dense", "bias", "lift"))
        return cls(dense, bias, lift, space, limits, figures["share"], figures["below"])


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
        for fold in np.unique(own):
            weights = self.fit(np.flatnonzero(own != fold))
            held = np.flatnonzero(own == fold)
            scores[held] = self.vectors[held] * _SCALE @ weights.dense + weights.bias
        return Heard(scores, *ExampleSpace.fit(self.vectors, self.wanted).ask_other_folds(own, self.classes))

    def opinion(self, lift: Matrix, limits: ScopeLimits, choices: TrainingChoices) -> SecondOpinion:
        """Return the opinion learned from all rows."""
        weights, space = self.fit(), ExampleSpace.fit(self.vectors, self.wanted)
        shares = choices.second_share, choices.second_below
        return SecondOpinion(weights.dense, weights.bias, lift, space, limits, *shares)


def second_limits(
    heard: Heard, first: Matrix, doubtful: NDArray[np.bool_], served: NDArray[np.bool_], refused_share: float
) -> ScopeLimits:
    """Return the limits that refuse `refused_share` of unseen in-scope English examples, all of them doubtful ones.

    Args:
        heard: what the second encoder says of unseen examples.
        first: how familiar they are to the first encoder.
        doubtful: about which of them the second one is asked.
        served: which lie in scope.
        refused_share: 0 to 1.
    """
    asked = float(doubtful[served].mean()) if served.any() else 0.0
    if asked == 0:
        return NO_LIMITS
    scores, nearness = heard.scores.max(axis=1)[served], heard.nearness[served]
    limits = ScopeLimits.from_unseen(scores, nearness, 0.0)
    both = first[served] + FAMILIARITY_WEIGHT * limits.familiarity(scores, nearness)
    share = min(refused_share / asked, _MOST_REFUSED)
    return ScopeLimits(**asdict(limits) | {"least": float(np.quantile(both[doubtful[served]], share))})
