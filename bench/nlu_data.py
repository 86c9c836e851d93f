"""Public intent sets as the bench reads them: `train.csv`, `test.csv` and perhaps `valid.csv`, columns `text,label`."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

OUTSIDE = "oos"
"""The label of rows that lie outside of every intent. They are for scoring, never for training."""


class BadDataFolder(Exception):
    """The folder is not in the form that the bench reads; the message says what is missing."""


@dataclass(frozen=True)
class Rows:
    """Labelled sentences, in the file's order."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, places: Sequence[int]) -> Rows:
        """Return the rows at `places`, in that order."""
        return Rows(tuple(self.texts[p] for p in places), tuple(self.labels[p] for p in places))


@dataclass(frozen=True)
class IntentSet:
    """One set with its official split."""

    name: str
    train: Rows
    test: Rows


def read_sets(folder: Path) -> list[IntentSet]:
    """Return the set in `folder`, or those in its sub-folders.

    Raises:
        BadDataFolder: there is none, or a file lacks a column.
    """
    found = [folder] if (folder / "train.csv").is_file() else sorted(p.parent for p in folder.glob("*/train.csv"))
    if not found:
        raise BadDataFolder(f"{folder} holds no train.csv, nor does a folder in it. Columns: text,label.")
    return [_read_set(place) for place in found]


def draw_shots(rows: Rows, shots: int, seed: int) -> Rows:
    """Return `shots` rows of each label, or all where there are fewer; the same ones for the same seed."""
    chance = random.Random(seed)
    places: list[int] = []
    for label in sorted(set(rows.labels)):
        own = [place for place, given in enumerate(rows.labels) if given == label]
        places += sorted(chance.sample(own, min(shots, len(own))))
    return rows.take(places)


def _read_set(folder: Path) -> IntentSet:
    train, test = _read_rows(folder / "train.csv"), _read_rows(folder / "test.csv")
    inside = [place for place, label in enumerate(train.labels) if label != OUTSIDE]
    return IntentSet(folder.name, train.take(inside), test)


def _read_rows(file: Path) -> Rows:
    if not file.is_file():
        raise BadDataFolder(f"{file} is missing.")
    with file.open(encoding="utf-8", newline="") as stream:
        try:
            pairs = [(row["text"], row["label"]) for row in csv.DictReader(stream)]
        except KeyError as exc:
            raise BadDataFolder(f"{file} has no column {exc}. Columns: text,label.") from exc
    return Rows(tuple(text for text, _ in pairs), tuple(label for _, label in pairs))
