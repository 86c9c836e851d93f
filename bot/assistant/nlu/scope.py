"""Is this message about anything the front line does? Measured by sureness and by distance to known examples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

NEIGHBOURS = 3
"""How many nearest examples are averaged for nearness: one alone may be a stray."""

VOTERS = 24
"""How many nearest examples vote on the intent; the weight of those further away is nil."""

_VOTE_WIDTH = 0.03
"""An example that is this much further off in cosine weighs 1/e as much."""

_ROWS_AT_ONCE = 256
"""Their cosines with all examples fit the processor's cache or nearly so."""

_GROUP = 32

_NEARNESS_WEIGHT = 0.5
_LEAST_SPREAD = 1e-6

PROJECTED_SIZE = 128
"""Directions kept of the sentence vectors; nearly all of their spread, at a quarter of the cost."""


@dataclass(frozen=True)
class ExampleSpace:
    """The training examples, projected, for finding the nearest ones.

    Attributes:
        mean: centre of the examples' sentence vectors, (512,).
        directions: principal directions, (512, size).
        examples: projected unit vectors of all examples, (examples, size).
        intents: number of each example's intent, (examples,).
    """

    mean: Matrix
    directions: Matrix
    examples: Matrix
    intents: NDArray[np.int32]

    @classmethod
    def fit(cls, vectors: Matrix, intents: NDArray[np.intp]) -> ExampleSpace:
        """Return the space of `vectors`, one unit vector an example, with their intents' numbers."""
        mean = vectors.mean(axis=0)
        centred = (vectors - mean).astype(np.float64)
        size = min(PROJECTED_SIZE, len(vectors))
        _, axes = np.linalg.eigh(centred.T @ centred)
        directions = _fixed_signs(axes[:, ::-1][:, :size]).astype(np.float32)
        space = cls(mean, directions, np.empty((0, size), dtype=np.float32), np.empty(0, dtype=np.int32))
        return cls(mean, directions, space.project(vectors), intents.astype(np.int32))

    def project(self, vectors: Matrix) -> Matrix:
        """Return unit vectors in the space, one row each."""
        projected = (vectors - self.mean) @ self.directions
        norms = np.linalg.norm(projected, axis=1, keepdims=True)
        result: Matrix = projected / np.maximum(norms, 1e-9)
        return result

    def ask_neighbours(self, vectors: Matrix, classes: int) -> tuple[Matrix, Matrix]:
        """Return for each row its nearness and what share of the nearest examples' votes each intent gets.

        Args:
            vectors: sentence vectors, one row each.
            classes: how many intents there are.

        Returns:
            Mean cosine to the nearest examples (rows,), -1 to 1, and the votes (rows, classes), each row summing to 1.
        """
        return _weigh(self.project(vectors) @ self.examples.T, self.intents, classes)

    def ask_other_folds(self, folds: NDArray[np.intp], classes: int) -> tuple[Matrix, Matrix]:
        """Return the same for each example, from the examples of the other folds only."""
        nearness = np.empty(len(self.examples), dtype=np.float32)
        votes = np.empty((len(self.examples), classes), dtype=np.float32)

        for fold in np.unique(folds):
            others = np.flatnonzero(folds != fold)
            own = np.flatnonzero(folds == fold)
            known = self.examples[others].T
            for first in range(0, len(own), _ROWS_AT_ONCE):
                rows = own[first : first + _ROWS_AT_ONCE]
                nearness[rows], votes[rows] = _weigh(self.examples[rows] @ known, self.intents[others], classes)
        return nearness, votes

    def nearest(self, vector: Matrix, count: int) -> list[tuple[int, float]]:
        """Return numbers and cosines of the examples nearest to one sentence vector, best first."""
        cosines = (self.project(vector[np.newaxis, :]) @ self.examples.T)[0]
        best = np.argsort(-cosines, kind="stable")[:count]
        return [(int(index), float(cosines[index])) for index in best]


@dataclass(frozen=True)
class ScopeLimits:
    """How familiar a message is, and below what it is refused. All of it is measured on examples unseen by the model.

    Two things are added, each in its own standard deviations: the highest score before it becomes a probability, and
    nearness. A probability only says which intent is likelier than the others; a score also says whether there is
    evidence for any.

    Attributes:
        score_mean, score_spread: of the highest score of unseen in-scope examples.
        near_mean, near_spread: of their nearness.
        least: familiarity below which a message is refused.
    """

    score_mean: float
    score_spread: float
    near_mean: float
    near_spread: float
    least: float

    @classmethod
    def from_unseen(cls, scores: Matrix, nearness: Matrix, refused_share: float) -> ScopeLimits:
        """Return the limits that refuse `refused_share` of unseen in-scope examples.

        Args:
            scores: the highest score of each unseen in-scope example, (examples,).
            nearness: the nearness of the same examples.
            refused_share: 0 to 1; how many wrongly refused customers are accepted.
        """
        parts = (float(scores.mean()), _spread(scores), float(nearness.mean()), _spread(nearness))
        familiar = cls(*parts, least=0.0).familiarity(scores, nearness)
        return cls(*parts, least=float(np.quantile(familiar, refused_share)))

    def familiarity(self, scores: Matrix, nearness: Matrix) -> Matrix:
        """Return how familiar messages with these figures are; 0 is the middle of what lies inside."""
        result: Matrix = (scores - self.score_mean) / self.score_spread
        return result + _NEARNESS_WEIGHT * (nearness - self.near_mean) / self.near_spread

    def refuses(self, familiar: Matrix) -> NDArray[np.bool_]:
        """Return which messages of this familiarity lie outside."""
        result: NDArray[np.bool_] = familiar < self.least
        return result


NO_LIMITS = ScopeLimits(0.0, 1.0, 0.0, 1.0, float("-1e9"))
"""For models of too few examples to measure anything: nothing is refused."""


def _spread(values: Matrix) -> float:
    return max(float(values.std()), _LEAST_SPREAD)


def _fixed_signs(axes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Point each axis so that its largest entry is positive; libraries differ in the sign they return."""
    largest = np.abs(axes).argmax(axis=0)
    signs = np.sign(axes[largest, np.arange(axes.shape[1])])
    result: NDArray[np.float64] = axes * np.where(signs == 0, 1.0, signs)
    return result


def _largest(values: Matrix, count: int) -> NDArray[np.intp]:
    """Columns of the `count` largest values of each row, in no order.

    A row is cut into groups. Each of the largest values lies in one of the `count` groups whose maxima are largest, so
    only these are looked through.
    """
    groups = values.shape[1] // _GROUP
    if groups <= count:
        return np.argpartition(values, -count, axis=1)[:, -count:]
    grouped = groups * _GROUP
    # group g has the columns g, g + groups, g + 2 * groups …, so the maxima of many are taken at once
    tops = values[:, :grouped].reshape(len(values), _GROUP, groups).max(axis=1)
    best = np.argpartition(tops, -count, axis=1)[:, -count:]
    columns = (best[:, np.newaxis, :] + groups * np.arange(_GROUP)[np.newaxis, :, np.newaxis]).reshape(len(values), -1)
    rest = np.broadcast_to(np.arange(grouped, values.shape[1]), (len(values), values.shape[1] - grouped))
    columns = np.concatenate([columns, rest], axis=1)
    picked = np.argpartition(np.take_along_axis(values, columns, axis=1), -count, axis=1)[:, -count:]
    result: NDArray[np.intp] = np.take_along_axis(columns, picked, axis=1)
    return result


def _weigh(cosines: Matrix, intents: NDArray[np.int32], classes: int) -> tuple[Matrix, Matrix]:
    voters = _largest(cosines, min(VOTERS, cosines.shape[1]))
    near = np.take_along_axis(cosines, voters, axis=1)
    nearness = np.sort(near, axis=1)[:, -NEIGHBOURS:].mean(axis=1)
    weights = np.exp((near - near.max(axis=1, keepdims=True)) / np.float32(_VOTE_WIDTH))
    weights /= weights.sum(axis=1, keepdims=True)
    votes = np.zeros((len(cosines), classes), dtype=np.float32)
    np.add.at(votes, (np.arange(len(cosines))[:, np.newaxis], intents[voters]), weights)
    return nearness, votes
