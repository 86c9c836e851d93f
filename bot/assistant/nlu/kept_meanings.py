"""What the encoder made of sentences, kept in a file: from one training to the next hardly any sentence changes."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

log = logging.getLogger(__name__)

Rows = NDArray[np.float32]

_KEPT_FROM = 0.01
"""Rows are written anew when more than this share of them is: a few cost less to make again than all to write."""


class KeptMeanings:
    """A file of rows, found by what they were made from. One process at a time writes it."""

    def __init__(self, file: Path, version: str, size: int) -> None:
        """Args:
        version: of the encoder; rows of another one are not found.
        size: numbers in a row.
        """
        self._file = file
        self._version = version
        self._kind = np.dtype([("key", "S32"), ("row", np.float32, (size,))])
        self._kept = self._read()
        self._places = {bytes(key): place for place, key in enumerate(self._kept["key"])}

    def complete(self, texts: Sequence[str], make: Callable[[list[int]], Rows]) -> Rows:
        """Return a row for each text: those that are there, and what `make` makes of the places of the others.

        All are kept for later processes when more than a hundredth of them was made.
        """
        known = self.known(texts)
        missing = [number for number in range(len(texts)) if number not in known]
        rows = np.empty((len(texts), *self._kind["row"].shape), dtype=np.float32)
        for number, row in known.items():
            rows[number] = row
        if missing:
            rows[missing] = make(missing)
        if len(missing) > _KEPT_FROM * len(texts):
            try:
                self.keep(texts, rows)
            except OSError as exc:  # a training is worth more than the next one's seconds
                log.warning("sentence vectors could not be kept (%s); the next training makes them anew", exc)
        return rows

    def known(self, texts: Sequence[str]) -> dict[int, Rows]:
        """The rows that are there, by the place of their text."""
        places = {number: self._places.get(self._key(text)) for number, text in enumerate(texts)}
        return {number: self._kept["row"][place] for number, place in places.items() if place is not None}

    def keep(self, texts: Sequence[str], rows: Rows) -> None:
        """Keep these rows in place of all others, so that the file grows no larger than the data."""
        fresh = dict.fromkeys(map(self._key, texts))
        places = {key: number for number, key in enumerate(map(self._key, texts))}
        kept = np.empty(len(fresh), dtype=self._kind)
        kept["key"] = list(fresh)
        kept["row"] = rows[[places[key] for key in fresh]]
        self._file.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=self._file.parent, prefix=self._file.name)
        with os.fdopen(handle, "wb") as stream:
            np.save(stream, kept)
        os.replace(temporary, self._file)

    def _key(self, text: str) -> bytes:
        return hashlib.md5(f"{self._version}\0{text}".encode(), usedforsecurity=False).hexdigest().encode()

    def _read(self) -> NDArray[np.void]:
        try:
            found: NDArray[np.void] = np.load(self._file, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError):  # not there, or cut short: then it is made anew
            return np.empty(0, dtype=self._kind)
        return found if found.dtype == self._kind else np.empty(0, dtype=self._kind)
