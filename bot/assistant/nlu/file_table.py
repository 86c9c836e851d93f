"""A large table in a file, of which only the rows that are asked for come into memory."""

from __future__ import annotations

import os
import tempfile
import weakref
from typing import IO, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class FileTable:
    """Rows of numbers in a file.

    They are read, not mapped: around each row of a mapped file the kernel brings in sixteen pages more, so after a hundred
    messages most of the table would be in memory.
    """

    def __init__(self, file: IO[bytes], offset: int, columns: int, kind: DTypeLike) -> None:
        """Take a file, which may be closed afterwards; the rows begin at `offset` bytes and have `columns` numbers."""
        self._descriptor = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._descriptor)
        self._offset = offset
        self._columns = columns
        self._kind = np.dtype(kind)

    @classmethod
    def of(cls, table: NDArray[Any]) -> FileTable:
        """Return a table with the same rows, in a file without a name that goes with the process."""
        with tempfile.TemporaryFile() as file:
            file.write(np.ascontiguousarray(table).data)
            file.flush()
            return cls(file, 0, table.shape[1], table.dtype)

    def rows(self, numbers: NDArray[np.int64]) -> NDArray[Any]:
        """Return the rows of these numbers, (*numbers.shape, columns); from several threads at once, if wanted."""
        wanted, places = np.unique(numbers, return_inverse=True)
        size = self._columns * self._kind.itemsize
        read = b"".join(os.pread(self._descriptor, size, self._offset + number * size) for number in wanted.tolist())
        found = np.frombuffer(read, dtype=self._kind).reshape(-1, self._columns)
        return found[places].reshape(*numbers.shape, self._columns)
