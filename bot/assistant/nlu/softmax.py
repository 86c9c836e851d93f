"""Multinomial logistic regression over dense and sparse features, in numpy, on one thread.

Written out here, and not taken from scikit-learn, for three reasons: 32-bit floats halve the time, the sparse half is
never made dense, and the optimiser's steps are the same on every run, so the same data gives the same weights.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Matrix = NDArray[np.float32]

_HISTORY = 4
_ARMIJO = 1e-4
_MAX_HALVINGS = 12


@dataclass(frozen=True)
class Features:
    """The two views of the same texts, one row each.

    Attributes:
        dense: sentence vectors, already scaled.
        grams: n-gram weights.
    """

    dense: Matrix
    grams: sparse.csr_matrix

    def take(self, rows: NDArray[np.intp]) -> Features:
        """Return the given rows, in that order."""
        return Features(self.dense[rows], self.grams[rows])


@dataclass(frozen=True)
class SoftmaxWeights:
    """Weights of the classifier: `dense` and `grams` are (features, classes), `bias` is (classes,)."""

    dense: Matrix
    grams: NDArray[np.floating[Any]]
    bias: Matrix

    def scores(self, features: Features) -> Matrix:
        """Return unnormalised scores (rows, classes)."""
        result: Matrix = (
            features.dense @ self.dense + features.grams @ self.grams.astype(np.float32, copy=False) + self.bias
        )
        return result


def fit_softmax(
    features: Features,
    labels: NDArray[np.intp],
    classes: int,
    strength: float,
    max_iterations: int,
    start: SoftmaxWeights | None = None,
) -> SoftmaxWeights:
    """Return the weights that minimise mean cross-entropy × rows + |W|² / (2 · strength).

    Classes weigh alike up to the square root of their size: a topic that somebody wrote many examples for must not
    swallow its neighbours.

    Args:
        features: rows to learn from.
        labels: class number of each row, 0 to `classes` - 1.
        classes: how many classes there are.
        strength: the C of scikit-learn; larger fits the rows more closely.
        max_iterations: most steps of the optimiser (L-BFGS); it stops earlier when nothing improves.
        start: weights to begin from, of the same shape; zeros without.
    """
    rows, dense_size = features.dense.shape
    gram_size = features.grams.shape[1]
    shape = (dense_size + gram_size + 1, classes)
    counts = np.maximum(np.bincount(labels, minlength=classes), 1)
    class_weight = np.sqrt(counts.mean() / counts)
    row_weight = (class_weight[labels] / class_weight[labels].mean()).astype(np.float32)
    transposed = features.grams.T.tocsr()
    here = np.arange(rows)

    def loss_and_gradient(flat: Matrix) -> tuple[float, Matrix]:
        weights = flat.reshape(shape)
        scores = features.dense @ weights[:dense_size]
        scores += features.grams @ weights[dense_size:-1]
        scores += weights[-1]
        scores -= scores.max(axis=1, keepdims=True)
        own = scores[here, labels].copy()
        np.exp(scores, out=scores)
        total = scores.sum(axis=1)
        loss = float(np.dot(row_weight, np.log(total) - own)) * strength
        scores /= total[:, None]
        scores[here, labels] -= 1
        scores *= (row_weight * strength)[:, None]
        gradient = np.empty(shape, dtype=np.float32)
        gradient[:dense_size] = features.dense.T @ scores
        gradient[dense_size:-1] = transposed @ scores
        gradient[-1] = scores.sum(axis=0)
        gradient[:-1] += weights[:-1]
        penalty = 0.5 * float(np.vdot(weights[:-1], weights[:-1]))
        return loss + penalty, gradient.ravel()

    if start is None:
        first = np.zeros(shape[0] * shape[1], dtype=np.float32)
    else:
        first = np.concatenate([start.dense, start.grams, start.bias[np.newaxis, :]]).ravel()
    stiffness = 1 + strength / classes * np.concatenate([_squares(features.dense), _squares(features.grams), [rows]])
    best = _minimise(loss_and_gradient, first, np.repeat(1 / stiffness, classes).astype(np.float32), max_iterations)
    weights = best.reshape(shape)
    return SoftmaxWeights(weights[:dense_size].copy(), weights[dense_size:-1].copy(), weights[-1].copy())


def _squares(view: Matrix | sparse.csr_matrix) -> Matrix:
    """The sum of squares of each column."""
    squared = view.multiply(view) if isinstance(view, sparse.csr_matrix) else view * view
    return np.asarray(squared.sum(axis=0), dtype=np.float32).ravel()


def mean_weights(several: Sequence[SoftmaxWeights]) -> SoftmaxWeights:
    """Return the mean of weights of the same shape."""
    parts = [(sum(getattr(weights, name) for weights in several) / len(several)) for name in ("dense", "grams", "bias")]
    dense, grams, bias = (np.asarray(part, dtype=np.float32) for part in parts)
    return SoftmaxWeights(dense, grams, bias)


def probabilities(scores: Matrix, temperature: float) -> Matrix:
    """Return softmax of `scores / temperature` along the last axis."""
    scaled = scores / np.float32(temperature)
    scaled = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    result: Matrix = scaled / scaled.sum(axis=-1, keepdims=True)
    return result


def best_temperature(scores: Matrix, labels: NDArray[np.intp], votes: Matrix, share: float) -> float:
    """Return the temperature under which the confidence in unseen rows says most truly how sure it is (least log loss).

    Args:
        scores: of rows that the scoring model had not seen, (rows, classes).
        labels: their classes.
        votes: what else speaks for each class, (rows, classes), each row summing to 1.
        share: how much of the confidence the votes make up, 0 to 1.
    """
    here = np.arange(len(labels))
    own_votes = share * votes[here, labels]
    candidates = np.geomspace(0.1, 3.0, 60)
    losses = [
        -np.log((1 - share) * probabilities(scores, float(t))[here, labels] + own_votes + 1e-9).mean()
        for t in candidates
    ]
    return round(float(candidates[int(np.argmin(losses))]), 4)


def _minimise(
    loss_and_gradient: Callable[[Matrix], tuple[float, Matrix]], start: Matrix, scale: Matrix, max_iterations: int
) -> Matrix:
    """L-BFGS with a halving line search, all in 32 bits (Nocedal & Wright, algorithm 7.4).

    Args:
        scale: roughly the inverse of how much the loss bends along each weight. Sentence vectors bend it a hundred
            times as much as rare n-grams do; without this, the latter have hardly moved when the steps are used up.
    """
    point = start
    loss, gradient = loss_and_gradient(point)
    steps: list[tuple[Matrix, Matrix, float]] = []
    for iteration in range(max_iterations):
        direction = _two_loops(gradient, steps, scale)
        slope = float(np.vdot(direction, gradient))
        if slope >= 0:
            break
        length = 1.0 if iteration else min(1.0, 1.0 / (-slope) ** 0.5)
        for _ in range(_MAX_HALVINGS):
            candidate = point + np.float32(length) * direction
            new_loss, new_gradient = loss_and_gradient(candidate)
            if new_loss <= loss + _ARMIJO * length * slope:
                break
            length /= 2
        else:
            break
        moved, turned = candidate - point, new_gradient - gradient
        curvature = float(np.vdot(moved, turned))
        if curvature > 0:
            steps = [*steps[1 - _HISTORY :], (moved, turned, curvature)]
        improved = loss - new_loss
        point, loss, gradient = candidate, new_loss, new_gradient
        if improved < 1e-5 * abs(loss):
            break
    return point


def _two_loops(gradient: Matrix, steps: list[tuple[Matrix, Matrix, float]], scale: Matrix) -> Matrix:
    direction = -gradient
    factors: list[float] = []
    for moved, turned, curvature in reversed(steps):
        factor = float(np.vdot(moved, direction)) / curvature
        factors.append(factor)
        direction -= np.float32(factor) * turned
    direction *= scale
    if steps:
        _, turned, curvature = steps[-1]
        direction *= np.float32(curvature / float(np.vdot(turned, turned * scale)))
    for (moved, turned, curvature), factor in zip(steps, reversed(factors), strict=True):
        direction += np.float32(factor - float(np.vdot(turned, direction)) / curvature) * moved
    return direction
