"""Is this message about anything the front line does? Measured by sureness and by distance to known examples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

NEIGHBOURS = 3
"""How many nearest examples are averaged: one alone may be a stray."""

PROJECTED_SIZE = 128
"""Directions kept of the sentence vectors; nearly all of their spread, at a quarter of the cost."""


@dataclass(frozen=True)
class ExampleSpace:
    """The training examples, projected, for finding the nearest ones.

    Attributes:
        mean: centre of the examples' sentence vectors, (512,).
        directions: principal directions, (512, size).
        examples: projected unit vectors of all examples, (examples, size).
    """

    mean: Matrix
    directions: Matrix
    examples: Matrix

    @classmethod
    def fit(cls, vectors: Matrix) -> ExampleSpace:
        """Return the space of `vectors`, one unit vector an example."""
        mean = vectors.mean(axis=0)
        centred = (vectors - mean).astype(np.float64)
        size = min(PROJECTED_SIZE, len(vectors))
        _, axes = np.linalg.eigh(centred.T @ centred)
        directions = _fixed_signs(axes[:, ::-1][:, :size]).astype(np.float32)
        space = cls(mean, directions, np.empty((0, size), dtype=np.float32))
        return cls(mean, directions, space.project(vectors))

    def project(self, vectors: Matrix) -> Matrix:
        """Return unit vectors in the space, one row each."""
        projected = (vectors - self.mean) @ self.directions
        norms = np.linalg.norm(projected, axis=1, keepdims=True)
        result: Matrix = projected / np.maximum(norms, 1e-9)
        return result

    def nearness(self, vectors: Matrix) -> Matrix:
        """Return for each row its mean cosine to the nearest examples, -1 to 1."""
        return _mean_of_best(self.project(vectors) @ self.examples.T)

    def nearness_without_own_fold(self, folds: NDArray[np.intp]) -> Matrix:
        """Return for each example its nearness to the examples of the other folds."""
        result = np.empty(len(self.examples), dtype=np.float32)
        for fold in np.unique(folds):
            own = folds == fold
            result[own] = _mean_of_best(self.examples[own] @ self.examples[~own].T)
        return result

    def nearest(self, vector: Matrix, count: int) -> list[tuple[int, float]]:
        """Return numbers and cosines of the examples nearest to one sentence vector, best first."""
        cosines = (self.project(vector[np.newaxis, :]) @ self.examples.T)[0]
        best = np.argsort(-cosines, kind="stable")[:count]
        return [(int(index), float(cosines[index])) for index in best]


@dataclass(frozen=True)
class ScopeLimits:
    """Below either limit a message is refused. Both are measured on examples the model had not seen."""

    confidence: float
    nearness: float

    @classmethod
    def from_unseen(cls, confidence: Matrix, nearness: Matrix, refused_share: float) -> ScopeLimits:
        """Return the limits that refuse `refused_share` of unseen in-scope examples, half for each reason.

        Args:
            confidence: calibrated confidence in the best intent of each unseen in-scope example.
            nearness: the nearness of the same examples.
            refused_share: 0 to 1; how many wrongly refused customers are accepted.
        """
        share = refused_share / 2
        return cls(float(np.quantile(confidence, share)), float(np.quantile(nearness, share)))

    def refuses(self, confidence: float, nearness: float) -> bool:
        """Return whether a message with these figures lies outside."""
        return confidence < self.confidence or nearness < self.nearness


def _fixed_signs(axes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Point each axis so that its largest entry is positive; libraries differ in the sign they return."""
    largest = np.abs(axes).argmax(axis=0)
    signs = np.sign(axes[largest, np.arange(axes.shape[1])])
    result: NDArray[np.float64] = axes * np.where(signs == 0, 1.0, signs)
    return result


def _mean_of_best(cosines: Matrix) -> Matrix:
    count = min(NEIGHBOURS, cosines.shape[1])
    best = np.partition(cosines, -count, axis=1)[:, -count:]
    result: Matrix = best.mean(axis=1)
    return result
