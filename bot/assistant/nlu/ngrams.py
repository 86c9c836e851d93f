"""Character and word n-grams with TF-IDF weights, fitted once and stored as plain arrays."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.assistant.nlu.tokens import token_spans

CHAR_SIZES = (1, 2, 3, 4)
WORD_SIZES = (1, 2)
_LEAST_EXAMPLES = {1: 1, 2: 2, 3: 3, 4: 4}
"""In how many examples a character n-gram must occur, by its length: rare ones only name one example."""

_LEAST_EXAMPLES_OF_WORDS = {1: 1, 2: 3}
"""The same for words, by their number."""

_CHAR, _WORD = "c", "w"


@dataclass(frozen=True)
class NgramTable:
    """What turns a text into a sparse row.

    Attributes:
        grams: n-grams in column order, each with a leading letter for its view ("c" characters, "w" words).
        weights: inverse document frequency of each column.
        columns: column of each n-gram; the inverse of `grams`.
    """

    grams: tuple[str, ...]
    weights: NDArray[np.float32]
    columns: dict[str, int]

    @classmethod
    def fit(cls, texts: Sequence[str]) -> tuple[NgramTable, sparse.csr_matrix]:
        """Return the table of all n-grams that `texts` hold, and what `matrix` gives for these texts.

        The table is sorted, so the same texts give the same one.
        """
        numbers: dict[str, int] = {}
        found, counts, ends = array("q"), array("q"), array("q", [0])
        for text in texts:
            for view in (_char_grams(text), _word_grams(text)):
                times = Counter(view)
                found.extend([numbers.setdefault(gram, len(numbers)) for gram in times])
                counts.extend(times.values())
                ends.append(len(found))
        seen = np.bincount(found, minlength=len(numbers))  # an n-gram belongs to one view, so these are texts
        kept = sorted(gram for gram, number in numbers.items() if seen[number] >= _least_examples(gram))
        order = np.array([numbers[gram] for gram in kept], dtype=np.intp)
        weights = (np.log((1 + len(texts)) / (1 + seen[order].astype(np.float64))) + 1).astype(np.float32)
        places = np.full(len(numbers), -1, dtype=np.intp)
        places[order] = np.arange(len(kept))
        columns = places[np.asarray(found, dtype=np.intp)]
        views = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
        here = columns >= 0
        columns, views = columns[here], views[here]
        values = (1 + np.log(np.asarray(counts, dtype=np.float32)[here])) * weights[columns]
        lengths = np.sqrt(np.bincount(views, weights=values * values, minlength=len(ends) - 1)).astype(np.float32)
        values /= lengths[views]
        starts = np.concatenate([[0], np.cumsum(np.bincount(views // 2, minlength=len(texts)))])
        rows = sparse.csr_matrix((values, columns, starts), shape=(len(texts), len(kept)), dtype=np.float32)
        return cls.from_parts(kept, weights), rows

    @classmethod
    def from_parts(cls, grams: Iterable[str], weights: NDArray[np.float32]) -> NgramTable:
        """Return the table stored as `grams` and `weights`, in the same order."""
        ordered = tuple(grams)
        return cls(ordered, weights, {gram: column for column, gram in enumerate(ordered)})

    def row(self, text: str) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Return columns and values of one text; each view has length 1, so neither drowns the other."""
        columns: list[int] = []
        values: list[NDArray[np.float32]] = []
        for view in (_char_grams(text), _word_grams(text)):
            counts = Counter(view)
            found = [(self.columns[gram], count) for gram, count in counts.items() if gram in self.columns]
            if not found:
                continue
            places = [column for column, _ in found]
            value = (1 + np.log(np.array([count for _, count in found], dtype=np.float32))) * self.weights[places]
            value /= np.linalg.norm(value)
            columns.extend(places)
            values.append(value.astype(np.float32))
        if not values:
            return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.float32)
        return np.array(columns, dtype=np.intp), np.concatenate(values)

    def matrix(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Return one row for each text, in order."""
        rows = [self.row(text) for text in texts]
        indptr = np.cumsum([0, *(len(columns) for columns, _ in rows)])
        indices = np.concatenate([columns for columns, _ in rows]) if rows else np.empty(0, dtype=np.intp)
        data = np.concatenate([values for _, values in rows]) if rows else np.empty(0, dtype=np.float32)
        return sparse.csr_matrix((data, indices, indptr), shape=(len(texts), len(self.grams)), dtype=np.float32)


def words_of(text: str) -> list[str]:
    """Return the tokens of a text that are words, digits or Chinese characters; signs are left out except ? and !."""
    return [text[start:end] for start, end in token_spans(text) if text[start].isalnum() or text[start] in "?!"]


def _least_examples(gram: str) -> int:
    if gram[0] == _WORD:
        return _LEAST_EXAMPLES_OF_WORDS[gram.count(" ") + 1]
    return _LEAST_EXAMPLES[len(gram) - len(_CHAR)]


def _char_grams(text: str) -> list[str]:
    padded = f" {text} "
    return [_CHAR + padded[at : at + size] for size in CHAR_SIZES for at in range(len(padded) - size + 1)]


def _word_grams(text: str) -> list[str]:
    words = words_of(text)
    return [_WORD + " ".join(words[at : at + size]) for size in WORD_SIZES for at in range(len(words) - size + 1)]
