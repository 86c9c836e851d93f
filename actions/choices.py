"""Reads which of a few offered things a customer means: by its name, its price, its place in the list. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from actions.own_words import ordinal
from bot.assistant.nlu.words.plans import CHEAPEST, DATA_SIZE, DEAREST

_SHORTEST_WORD = 2
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
#: the network's generation is no amount of data
_GENERATION = re.compile(r"(?<!\d)[345]g(?!b)", re.IGNORECASE)
_TIME = re.compile(r"last (?:month|bill|time|week|year)")
_WORD = re.compile(r"[a-z]{3,}")
_CHINESE = re.compile(r"[\u3400-\u9fff]+")


@dataclass(frozen=True)
class Option:
    """Something offered; `names` are its names in any language, `numbers` what singles it out (price, speed)."""

    id: str
    names: tuple[str, ...]
    numbers: tuple[float, ...] = ()
    price_cents: int = 0


def choose(text: str, options: Sequence[Option], *, by_place: bool = True) -> str | None:
    """The id of the one option that the words mean; None when they mean none, or several alike.

    Args:
        by_place: whether the customer has seen the list, so that "the first" and "the last" mean its places.
    """
    said = text.lower().replace(" ", "")
    spaced = text.lower()
    if not options or not said:
        return None
    place = ordinal(_TIME.sub(" ", spaced), len(options)) if by_place else None
    if place is not None:
        return options[place].id
    by_price = sorted(options, key=lambda option: option.price_cents)
    if any(word in spaced for word in CHEAPEST):
        return by_price[0].id
    if any(word in spaced for word in DEAREST):
        return by_price[-1].id
    named = [option for option in options if any(_bare(name) and _bare(name) in said for name in option.names)]
    if len(named) == 1:
        return named[0].id
    sized = _sizes((text,))
    if sized and any(_sizes(option.names) for option in options):
        # "5 GB" is no price of 5
        fitting = [option for option in options if sized & _sizes(option.names)]
        return fitting[0].id if len(fitting) == 1 else None
    numbers = {float(number) for number in _NUMBER.findall(_GENERATION.sub(" ", text))}
    counted = [option for option in options if numbers & set(option.numbers)]
    if len(counted) == 1:
        return counted[0].id
    part = [option for option in options if any(said in _bare(name) for name in option.names)]
    if len(part) == 1 and len(said) >= _SHORTEST_WORD:
        return part[0].id
    tokens = {option.id: set().union(*(_tokens(name) for name in option.names)) for option in options}
    heard = _tokens(text)
    telling = [
        option.id
        for option in options
        if heard & tokens[option.id] - set().union(*(tokens[other.id] for other in options if other is not option))
    ]
    return telling[0] if len(telling) == 1 else None


def _sizes(texts: Sequence[str]) -> set[str]:
    """Amounts of data that are named; "5G" is none."""
    return {_bare(size) for text in texts for size in DATA_SIZE.findall(_GENERATION.sub(" ", text))}


def _bare(name: str) -> str:
    return name.lower().replace(" ", "")


def _tokens(text: str) -> set[str]:
    """Pairs of Chinese characters, and words of other scripts."""
    found = set(_WORD.findall(text.lower()))
    for run in _CHINESE.findall(text):
        found.update(run[start : start + 2] for start in range(len(run) - 1))
    return found
