"""How typical a vector is of any intent, and not only of the language: relative Mahalanobis distance.

Ren et al., A Simple Fix to Mahalanobis Distance for Improving Near-OOD Detection, 2021.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

_EVENED = 0.3
"""Share of the spread that counts as the same in every direction: there are fewer examples than a covariance wants."""

_LEAST_SPREAD = 1e-12


@dataclass(frozen=True)
class Typicality:
    """What distances are measured by.

    Attributes:
        within: makes the spread of examples around their intent's middle the same in all directions, (size, size).
        middles: of each intent that has examples, after `within`, (intents, size).
        over_all: the same for the spread around the middle of all, (size, size).
        middle: of all examples, after `over_all`, (size,).
    """

    within: Matrix
    middles: Matrix
    over_all: Matrix
    middle: Matrix

    @classmethod
    def fit(cls, vectors: Matrix, intents: NDArray[np.intp]) -> Typicality:
        """Return what examples tell, one vector (size,) and the number of an intent each."""
        present, own = np.unique(intents, return_inverse=True)
        sums = np.zeros((len(present), vectors.shape[1]))
        np.add.at(sums, own, vectors)
        middles = sums / np.bincount(own)[:, np.newaxis]
        middle = vectors.mean(axis=0, dtype=np.float64)
        within, over_all = _evening(vectors - middles[own]), _evening(vectors - middle)
        parts = within, middles @ within, over_all, middle @ over_all
        return cls(*(part.astype(np.float32) for part in parts))

    def of(self, vectors: Matrix) -> Matrix:
        """Return how much nearer each row lies to an intent than to what all have in common, (rows,); larger is nearer."""
        evened = vectors @ self.within
        # |a - b|² without the rows' own squares, which are the same for all intents
        apart = (self.middles**2).sum(axis=1) - 2 * evened @ self.middles.T
        nearest = apart.min(axis=1) + (evened**2).sum(axis=1)
        result: Matrix = (((vectors @ self.over_all - self.middle) ** 2).sum(axis=1) - nearest) / 2
        return result


def _evening(apart: NDArray[np.float64]) -> NDArray[np.float64]:
    """The matrix that makes the spread of rows the same in all directions."""
    spread = apart.T @ apart / len(apart)
    size = len(spread)
    even = max(float(np.trace(spread)) / size, _LEAST_SPREAD)
    spread = (1 - _EVENED) * spread + _EVENED * even * np.eye(size)
    result: NDArray[np.float64] = np.linalg.inv(np.linalg.cholesky(spread)).T
    return result
