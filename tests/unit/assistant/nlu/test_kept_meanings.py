"""Rows of sentences are found again, and never those of something else."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bot.assistant.nlu.kept_meanings import KeptMeanings

SIZE = 4


def rows(*values: float) -> np.ndarray:  # type: ignore[type-arg]
    return np.array([[value] * SIZE for value in values], dtype=np.float32)


def test_what_was_kept_is_found_by_its_text_in_the_next_process(tmp_path: Path) -> None:
    file = tmp_path / "cache" / "meanings.npy"
    assert KeptMeanings(file, "one", SIZE).known(["a"]) == {}
    KeptMeanings(file, "one", SIZE).keep(["a", "b", "a"], rows(1, 2, 1))
    found = KeptMeanings(file, "one", SIZE).known(["b", "new", "a"])
    assert sorted(found) == [0, 2]
    assert (found[0] == 2).all() and (found[2] == 1).all()


def test_the_file_holds_no_more_than_the_newest_data(tmp_path: Path) -> None:
    file = tmp_path / "meanings.npy"
    KeptMeanings(file, "one", SIZE).keep(["a", "b"], rows(1, 2))
    KeptMeanings(file, "one", SIZE).keep(["b", "c"], rows(2, 3))
    assert sorted(KeptMeanings(file, "one", SIZE).known(["a", "b", "c"])) == [1, 2]


def test_rows_of_another_encoder_or_of_another_size_are_not_found(tmp_path: Path) -> None:
    file = tmp_path / "meanings.npy"
    KeptMeanings(file, "one", SIZE).keep(["a"], rows(1))
    assert KeptMeanings(file, "two", SIZE).known(["a"]) == {}
    assert KeptMeanings(file, "one", SIZE + 1).known(["a"]) == {}


def test_a_file_that_was_cut_short_is_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "meanings.npy"
    KeptMeanings(file, "one", SIZE).keep(["a"], rows(1))
    file.write_bytes(file.read_bytes()[:-3])
    assert KeptMeanings(file, "one", SIZE).known(["a"]) == {}
    KeptMeanings(file, "one", SIZE).keep(["a"], rows(5))
    assert (KeptMeanings(file, "one", SIZE).known(["a"])[0] == 5).all()
