"""Rows of a table in a file are those of the table in memory."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import numpy as np

from bot.assistant.nlu.file_table import FileTable

TABLE = np.arange(60, dtype=np.float32).reshape(20, 3)
NUMBERS = np.array([[7, 0, 19], [7, 7, 1]])


def test_rows_are_found_by_their_numbers_in_any_order() -> None:
    table = FileTable.of(TABLE.T.copy().T)
    assert np.array_equal(table.rows(NUMBERS), TABLE[NUMBERS])
    assert table.rows(NUMBERS).dtype == np.float32
    assert table.rows(np.empty(0, dtype=np.int64)).shape == (0, 3)


def test_rows_may_begin_anywhere_in_a_file_that_is_closed_again(tmp_path: Path) -> None:
    file = tmp_path / "table"
    file.write_bytes(b"head" + TABLE.astype(np.uint8).tobytes())
    with file.open("rb") as stored:
        table = FileTable(stored, 4, 3, np.uint8)
    assert np.array_equal(table.rows(NUMBERS), TABLE[NUMBERS])


def test_the_file_is_let_go_with_the_table() -> None:
    gc.collect()
    before = len(os.listdir("/proc/self/fd"))
    table = FileTable.of(TABLE)
    assert len(os.listdir("/proc/self/fd")) == before + 1
    del table
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) == before
