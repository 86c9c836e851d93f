"""What the encoder made of sentences, kept in a file: from one training to the next hardly any sentence changes."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]


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
