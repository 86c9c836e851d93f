"""Sentence vectors: Chinese and English in one space, numpy only."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.assistant.nlu.kept_meanings import KeptMeanings
from bot.assistant.nlu.layers import GATHERED_SIZE, token_layers
from bot.assistant.nlu.layers import VECTOR_SIZE as VECTOR_SIZE
from bot.assistant.nlu.normalise import lower_keeping_length
from bot.assistant.nlu.unknown_signs import IN_KNOWN_WORDS

log = logging.getLogger(__name__)

Vectors = NDArray[np.float32]

ENCODED = "sentences encoded: %d of %d"
"""What the log says as training goes on; who listens to the log knows by it how far it is."""

MEANING_SIZE = VECTOR_SIZE + GATHERED_SIZE
"""A text's vector, and behind it what the encoder's last layers made it from."""

ENCODER_VERSION = "usem3-3"
"""Raised whenever the same text would get another vector; what is kept of vectors carries it."""

MAX_CHARS = 400
"""Longer messages keep their first and last part: the wish stands at one of the two ends, the story in between."""

KNOWN_TEXTS = 1_024
"""Texts that came alone and are remembered with what was made of them."""

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
        #: a third of what customers write is "hello", "yes", "a person please" in the same words as somebody before
        self._known = lru_cache(KNOWN_TEXTS)(self._meaning_of)
        self._kept: KeptMeanings | None = None

    def keep_in(self, file: Path) -> None:
        """Let later processes have what this one encodes in large numbers."""
        self._kept = KeptMeanings(file, ENCODER_VERSION, MEANING_SIZE)

    def meaning_of(self, text: str) -> Vectors:
        """Return the row (MEANING_SIZE,) of one text, read only; zeros for an empty one."""
        return self._known(text)

    def forget(self) -> None:
        """Encode every text afresh from here on, as is wanted when the time it takes is measured."""
        self._known.cache_clear()

    def _meaning_of(self, text: str) -> Vectors:
        row = self.meanings([text])[0]
        row.setflags(write=False)
        return row

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector of 512 numbers for each text, in order; an empty text gives zeros."""
        return self.meanings(texts)[:, :VECTOR_SIZE]

    def meanings(self, texts: Sequence[str]) -> Vectors:
        """Return a row of MEANING_SIZE numbers for each text, in order; an empty text gives zeros."""
        if self._kept is not None and len(texts) > _TEXTS_AT_ONCE:
            return self._kept.complete(texts, lambda places: self._made([texts[place] for place in places]))
        return self._made(texts)

    def _made(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), MEANING_SIZE), dtype=np.float32)
        # batches are as slow as their longest text, so texts of a length go together
        filled = sorted(
            (index for index, text in enumerate(texts) if text.strip()), key=lambda index: len(texts[index])
        )
        parts = [filled[first : first + _TEXTS_AT_ONCE] for first in range(0, len(filled), _TEXTS_AT_ONCE)]
        layers = token_layers()

        def encode_part(part: list[int]) -> int:
            gathered = layers.gather([texts[index].translate(IN_KNOWN_WORDS) for index in part])
            rows[part] = np.concatenate([layers.last_layers.through(gathered).vectors, gathered], axis=1)
            return len(part)

        if len(parts) == 1:
            encode_part(parts[0])
        else:
            with ThreadPoolExecutor(THREADS) as pool:
                done = 0
                for count in pool.map(encode_part, parts):
                    done += count
                    log.info(ENCODED, done, len(filled))
        return rows


@lru_cache(maxsize=1)
def shared_encoder() -> SentenceEncoder:
    """Return the process's one encoder, so that components share what it has encoded."""
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
