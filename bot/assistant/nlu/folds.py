"""Dealing examples to the parts of a cross-validation, each to the same one whatever other examples there are."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def lasting_places(texts: Sequence[str], names: Sequence[str], seed: int) -> NDArray[np.uint64]:
    """Return a number for each example by which it is shuffled: its own, whatever other examples there are.

    One example more would else deal all of them anew, and sentences at the border between two intents would fall to the
    other side for no reason that a trainer could see.
    """
    digests = (
        hashlib.blake2b(f"{seed}\0{name}\0{text}".encode(), digest_size=8)
        for text, name in zip(texts, names, strict=True)
    )
    return np.array([int.from_bytes(digest.digest(), "little") for digest in digests], dtype=np.uint64)


def deal_folds(wanted: NDArray[np.intp], folds: int, places: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Return a fold number for each example, each intent dealt out evenly in the order of `places`."""
    dealt = np.empty(len(wanted), dtype=np.intp)
    given: dict[int, int] = {}
    for index in np.argsort(places, kind="stable"):
        label = int(wanted[index])
        dealt[index] = given.get(label, label) % folds
        given[label] = given.get(label, label) + 1
    return dealt
