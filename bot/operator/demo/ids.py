"""Numbers of seeded tickets, visits and outages: the same every day, never one that a conversation has made. Pure."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from random import Random


class Ids:
    """Gives out numbers such as TT04127735."""

    def __init__(self, seed: int, foreign: AbstractSet[str]) -> None:
        """Start the row of numbers.

        Args:
            foreign: ids that are in use and not the demo's own.
        """
        self._rng = Random(seed)
        self._used = set(foreign)
        self.made: list[str] = []

    def take(self, prefix: str, digits: int) -> str:
        while True:
            number = f"{prefix}{self._rng.randrange(10 ** (digits - 1), 10**digits)}"
            if number not in self._used:
                self._used.add(number)
                self.made.append(number)
                return number
