"""The encoder's last layers trained on with the operator's own examples, and intents read off them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.assistant.nlu.layers import LastLayers, Matrix, token_layers
from bot.assistant.nlu.softmax import probabilities

log = logging.getLogger(__name__)

TUNED = "layers trained: %d of %d steps"
"""What the log says as training goes on; who listens to the log knows by it how far it is."""

_SHARPNESS = np.float32(10.0)
"""Factor on the scores: a unit vector alone would leave all intents nearly alike."""

_MODESTY = np.float32(0.7)
"""Smoothed and stopped early, the layers are less sure than they are right; divided by this, their scores are not."""

_ROWS_A_STEP = 128
_RATE = 1e-3
_WARM_UP = 0.1
_SMOOTHING = np.float32(0.05)
"""This share of each example's certainty goes to all intents alike, so that the layers do not grow over-sure."""

_GOLDEN, _ALL_BITS = 0x9E3779B97F4A7C15, (1 << 64) - 1

_MOMENTUM, _SQUARES = np.float32(0.9), np.float32(0.999)
_PIECE = 65_536
"""Weights that are moved together: 256 KB of each of the arrays that belong to them."""

_TRAINED = ("cnn_W", "d0", "d1", "p1", "d2", "p3", "d3")

Weights = dict[str, Matrix]


@dataclass(frozen=True)
class TunedLayers:
    """Last layers trained on, and a row of weights for each intent.

    Attributes:
        layers: as the encoder has them, moved towards the examples.
        intents: (512, classes).
        bias: (classes,).
    """

    layers: LastLayers
    intents: Matrix
    bias: Matrix

    @classmethod
    def train(
        cls,
        gathered: Matrix,
        vectors: Matrix,
        wanted: NDArray[np.intp],
        classes: int,
        steps: int,
        epochs: int,
        places: NDArray[np.uint64],
    ) -> TunedLayers:
        """Return layers trained on examples (Adam; the rate rises for a tenth of the steps, then falls to nothing).

        Args:
            gathered: rows of `TokenLayers.gather`.
            vectors: what the encoder's own last layers make of them.
            wanted: class number of each row.
            classes: how many classes there are.
            steps: about how many steps of 128 examples are made.
            epochs: how often each example is seen at most; few examples take fewer steps.
            places: for the order of the examples, which is another one in each round (`lasting_places`).
        """
        last = encoder_layers()
        weights: Weights = {name: getattr(last, name).copy() for name in _TRAINED}
        weights["intents"] = _centres(vectors, wanted, classes)
        weights["bias"] = np.zeros(classes, dtype=np.float32)
        means = {name: np.zeros_like(weight) for name, weight in weights.items()}
        squares = {name: np.zeros_like(weight) for name, weight in weights.items()}
        in_epoch = -(-len(wanted) // _ROWS_A_STEP)
        total = in_epoch * max(1, min(epochs, steps // in_epoch))
        for step in range(1, total + 1):
            place = (step - 1) % in_epoch
            if place == 0:
                dealt = np.argsort(_mixed(places, step // in_epoch), kind="stable")
                log.info(TUNED, step - 1, total)
            rows = dealt[place * _ROWS_A_STEP : (place + 1) * _ROWS_A_STEP]
            rate = _RATE * min(1.0, step / (_WARM_UP * total)) * (1 - step / (total + 1))
            first, second = 1 - float(_MOMENTUM) ** step, 1 - float(_SQUARES) ** step
            for name, gradient in _gradients(_assembled(weights, last), gathered[rows], wanted[rows]).items():
                corrected = np.float32(rate / first), np.float32(second)
                _move(weights[name], gradient, means[name], squares[name], *corrected)
        log.info(TUNED, total, total)
        return _assembled(weights, last)

    def scores(self, gathered: Matrix) -> Matrix:
        """Return each intent's score, (rows, classes); as they are, their softmax is as sure as it should be.

        Args:
            gathered: rows of `TokenLayers.gather`.
        """
        result: Matrix = (self.layers.through(gathered).vectors @ self.intents + self.bias) * (_SHARPNESS / _MODESTY)
        return result

    def arrays(self) -> Weights:
        """Return the weights by name, for storing."""
        return {**{f.name: getattr(self.layers, f.name) for f in fields(LastLayers)}} | {
            "intents": self.intents,
            "bias": self.bias,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Matrix]) -> TunedLayers:
        """Return what was stored as `arrays`."""
        return cls(
            LastLayers(**{f.name: arrays[f.name] for f in fields(LastLayers)}), arrays["intents"], arrays["bias"]
        )


@lru_cache(maxsize=1)
def encoder_layers() -> LastLayers:
    """Return the last layers as the encoder has them."""
    return token_layers().last_layers


def _mixed(places: NDArray[np.uint64], salt: int) -> NDArray[np.uint64]:
    """Other numbers in their stead, which follow from them and the salt alone (the finish of SplitMix64)."""
    mixed = places + np.uint64(salt * _GOLDEN & _ALL_BITS)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    result: NDArray[np.uint64] = mixed ^ (mixed >> np.uint64(31))
    return result


def _assembled(weights: Weights, last: LastLayers) -> TunedLayers:
    layers = LastLayers(cnn_b=last.cnn_b, **{name: weights[name] for name in _TRAINED})
    return TunedLayers(layers, weights["intents"], weights["bias"])


def _move(
    weights: Matrix, gradient: Matrix, mean: Matrix, square: Matrix, rate: np.float32, second: np.float32
) -> None:
    """One step of Adam, in place and piece by piece, so that all that belongs to a piece stays in the cache.

    Args:
        weights: like the means, in C order; of others a copy would be changed.
        mean, square: the running means of the gradient and of its square.
        rate: the step, corrected for how young `mean` is.
        second: the same correction for `square`.
    """
    weights, gradient, mean, square = (array.reshape(-1) for array in (weights, gradient, mean, square))
    for first in range(0, len(weights), _PIECE):
        piece = slice(first, first + _PIECE)
        slope, run, spread = gradient[piece], mean[piece], square[piece]
        change = slope - run
        change *= 1 - _MOMENTUM
        run += change
        np.multiply(slope, slope, out=change)
        change -= spread
        change *= 1 - _SQUARES
        spread += change
        np.divide(spread, second, out=change)
        np.sqrt(change, out=change)
        change += np.float32(1e-8)
        weights[piece] -= rate * run / change


def _centres(vectors: Matrix, wanted: NDArray[np.intp], classes: int) -> Matrix:
    """The middle of each class's vectors, seen from the middle of all; (512, classes)."""
    belongs = sparse.csr_matrix(
        (np.ones_like(wanted, np.float32), (wanted, np.arange(len(wanted)))), (classes, len(wanted))
    )
    sums = belongs @ (vectors - vectors.mean(axis=0))
    means = sums / np.maximum(np.bincount(wanted, minlength=classes), 1)[:, None]
    return np.ascontiguousarray(means.T, dtype=np.float32)


def _gradients(tuned: TunedLayers, gathered: Matrix, wanted: NDArray[np.intp]) -> Weights:
    """How the mean cross-entropy of some rows changes with each weight, by the chain rule from the last layer back."""
    layers, passed = tuned.layers, tuned.layers.through(gathered)
    off = probabilities((passed.vectors @ tuned.intents + tuned.bias) * _SHARPNESS, 1.0)
    off[np.arange(len(wanted)), wanted] -= 1 - _SMOOTHING
    off -= _SMOOTHING / off.shape[1]
    off *= _SHARPNESS / len(wanted)
    vectors = off @ tuned.intents.T
    along = np.einsum("ij,ij->i", vectors, passed.vectors)[:, None]
    bent = (vectors - passed.vectors * along) / passed.length * (1 - passed.bent * passed.bent)
    third = (bent @ layers.d3.T) * (passed.third > 0)
    second = (bent @ layers.p3.T + third @ layers.d2.T) * (passed.second > 0)
    first = (second @ layers.d1.T) * (passed.first > 0)
    joined = second @ layers.p1.T + first @ layers.d0.T
    return {
        "intents": passed.vectors.T @ off,
        "bias": off.sum(axis=0),
        "d3": passed.third.T @ bent,
        "p3": passed.second.T @ bent,
        "d2": passed.second.T @ third,
        "d1": passed.first.T @ second,
        "p1": passed.joined.T @ second,
        "d0": passed.joined.T @ first,
        "cnn_W": gathered[:, :-1].T @ joined,
    }
