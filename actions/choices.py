"""Reads which of a few offered things a customer means: by its name, its price, its place in the list. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from actions.own_words import ordinal

_CHEAPEST = ("最便宜", "最低", "便宜的", "cheapest", "lowest", "least expensive")
_DEAREST = ("最贵", "最高", "most expensive", "biggest", "largest", "流量最多", "most data", "最快", "fastest")
_ENOUGH = 0.5
_SHORTEST_WORD = 2
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Option:
    """Something offered; `names` are its names in any language, `numbers` what singles it out (price, speed)."""

    id: str
    names: tuple[str, ...]
    numbers: tuple[float, ...] = ()
    price_cents: int = 0


def choose(text: str, options: Sequence[Option]) -> str | None:
    """The id of the one option that the words mean; None when they mean none, or several alike."""
    said = text.lower().replace(" ", "")
    spaced = text.lower()
    if not options or not said:
        return None
    place = ordinal(text, len(options))
    if place is not None:
        return options[place].id
    by_price = sorted(options, key=lambda option: option.price_cents)
    if any(word in spaced for word in _CHEAPEST):
        return by_price[0].id
    if any(word in spaced for word in _DEAREST):
        return by_price[-1].id
    named = [option for option in options if any(_bare(name) and _bare(name) in said for name in option.names)]
    if len(named) == 1:
        return named[0].id
    numbers = {float(number) for number in _NUMBER.findall(text)}
    counted = [option for option in options if numbers & set(option.numbers)]
    if len(counted) == 1:
        return counted[0].id
    part = [option for option in options if any(said in _bare(name) for name in option.names)]
    if len(part) == 1 and len(said) >= _SHORTEST_WORD:
        return part[0].id
    likest = sorted(((_shared(said, option), option.id) for option in options), reverse=True)
    best, second = likest[0], likest[1] if len(likest) > 1 else (0.0, "")
    return best[1] if best[0] >= _ENOUGH and best[0] > second[0] else None


def _bare(name: str) -> str:
    return name.lower().replace(" ", "")


def _shared(said: str, option: Option) -> float:
    """The share of a name's letter pairs that were said, of the name that fits best."""
    shares = []
    for name in option.names:
        bare = _bare(name)
        pairs = {bare[i : i + 2] for i in range(len(bare) - 1)}
        if pairs:
            shares.append(sum(pair in said for pair in pairs) / len(pairs))
    return max(shares, default=0.0)
