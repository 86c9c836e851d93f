"""Words that look misspelt: hardly anybody writes them so, and one that everybody writes differs by a slip. Pure.

A slip is one letter left out, put in, doubled or taken for its like, or two that changed places, in a word of Latin
letters; in a Chinese word a character that sounds like the right one, which is what input methods offer. The examples
themselves say which words are usual here; a word that is one anywhere is none of these, however seldom it stands here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bot.training.data.model import Example, read_marks
from bot.training.findings.model import Finding, Kind

IsWord = Callable[[str], bool]

#: a part of a hyphenated word, or what an apostrophe cuts off, is no word of its own
_LATIN = re.compile(r"(?<![^\W_])(?<![-'’])[a-z]{4,}(?![^\W_])(?![-'’])")
_CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")
#: a word in more examples is no slip; the one that it should be stands in at least so many, and so many times as often
_SELDOM, _USUAL, _TIMES = 2, 8, 10
#: what stands in so many examples is a word here, whoever has heard of it
_COMMON = 200
#: letters that are taken for one another; in short words others are too
_LIKE = ("aeiouy", "csz", "ck")
_LONG_ENOUGH = 5
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
#: what any word may end with, so that a pair with it is none
_PARTICLE = "\u7684"
_ENDINGS = ("s", "es", "d", "ed", "r", "er", "n", "t", "y", "ly", "ing")
#: characters of GB 2312's first part stand in the order of their sound; so far apart they may sound alike
_FIRST_BY_SOUND, _LAST_BY_SOUND, _ROW, _NEIGHBOURS = 0xB0A1, 0xD7F9, 94, 8


@dataclass(frozen=True)
class _Slip:
    """Where a word is not as it should be."""

    start: int
    word: str
    right: str


def misspelt(examples: Sequence[Example], is_word: IsWord) -> list[Finding]:
    """Examples with a word that looks misspelt, in their order.

    Args:
        is_word: whether a text in small letters is a word, whoever writes it.
    """
    plain = [read_marks(item.text)[0].casefold() for item in examples]
    usage = _Usage(plain, is_word)
    found = []
    for item, text in zip(examples, plain, strict=True):
        slips = sorted([*usage.latin_slips(text), *usage.chinese_slips(text)], key=lambda slip: slip.start)
        if slips:
            word, right = slips[0].word, slips[0].right
            advice = f"Write “{right}” in place of “{word}”, unless customers really write it so."
            found.append(Finding(Kind.misspelt, item.intent, advice, item, word=word, right=right))
    return found


class _Usage:
    """What is written, and how often."""

    def __init__(self, texts: Sequence[str], is_word: IsWord) -> None:
        self._is_word = is_word
        self._latin = Counter(word for text in texts for word in set(_LATIN.findall(text)))
        # pairs, and with one more sign at either end
        self._chinese = Counter(part for text in texts for size in (2, 3) for part in set(_runs(text, size)))
        self._by_sign: dict[str, list[str]] = {}
        for part, count in self._chinese.items():
            if len(part) == 2 and count >= _USUAL and _PARTICLE not in part and (is_word(part) or count >= _COMMON):
                self._by_sign.setdefault(f"{part[0]}?", []).append(part)
                self._by_sign.setdefault(f"?{part[1]}", []).append(part)

    def latin_slips(self, text: str) -> Iterator[_Slip]:
        for found in _LATIN.finditer(text):
            word = found.group()
            count = self._latin[word]
            if count > _SELDOM or self._is_form(word):
                continue
            near = [other for other in _one_slip_away(word) if self._latin[other] >= max(_USUAL, _TIMES * count)]
            best = max(near, key=lambda other: self._latin[other], default=None)
            if best is not None and (self._is_word(best) or self._latin[best] >= _COMMON):
                yield _Slip(found.start(), word, best)

    def _is_form(self, word: str) -> bool:
        """Whether it is a word, or one with an ending."""
        stems = [word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending)]
        return any(self._is_word(stem) or self._is_word(f"{stem}e") for stem in (word, *stems))

    def chinese_slips(self, text: str) -> Iterator[_Slip]:
        for run in _CHINESE.finditer(text):
            signs = run.group()
            for at in range(len(signs) - 1):
                pair, before, after = signs[at : at + 2], signs[at - 1 : at], signs[at + 2 : at + 3]
                if self._chinese[pair] > _SELDOM or self._is_word(pair):
                    continue
                if (before and self._is_word(before + pair[0])) or (after and self._is_word(pair[1] + after)):
                    continue  # the end of one word, or the beginning of another
                near = {*self._by_sign.get(f"{pair[0]}?", ()), *self._by_sign.get(f"?{pair[1]}", ())}
                fitting = [
                    other
                    for other in near
                    if _sounds_alike(pair, other)
                    and self._chinese[other] >= _TIMES * self._chinese[pair]
                    and (self._is_usual(before + other, before) or self._is_usual(other + after, after))
                ]
                best = max(fitting, key=lambda other: self._chinese[other], default=None)
                if best is not None:
                    yield _Slip(run.start() + at, pair, best)

    def _is_usual(self, part: str, more: str) -> bool:
        return bool(more) and self._chinese[part] > _SELDOM


def _runs(text: str, size: int) -> Iterator[str]:
    for run in _CHINESE.findall(text):
        yield from (run[at : at + size] for at in range(len(run) - size + 1))


def _one_slip_away(word: str) -> set[str]:
    """Every text that a slip makes this word of; its first letter is never wrong, nor its ending alone."""
    cuts = [(word[:at], word[at:]) for at in range(1, len(word) + 1)]
    found = {left + right[1:] for left, right in cuts if right}
    found |= {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    found |= {left + one + right for left, right in cuts for one in _LETTERS}
    if len(word) >= _LONG_ENOUGH:
        found |= {
            left + one + right[1:]
            for left, right in cuts
            for like in _LIKE
            if right and right[0] in like
            for one in like
        }
    return {other for other in found if other != word and not _are_forms(word, other)}


def _are_forms(word: str, other: str) -> bool:
    longer, shorter = (word, other) if len(word) > len(other) else (other, word)
    return longer.startswith(shorter) and longer[len(shorter) :] in _ENDINGS


def _sounds_alike(pair: str, other: str) -> bool:
    """Whether the one character in which two words differ sounds like the other's."""
    places = [(_place(one), _place(two)) for one, two in zip(pair, other, strict=True) if one != two]
    return len(places) == 1 and all(
        one is not None and two is not None and abs(one - two) <= _NEIGHBOURS for one, two in places
    )


def _place(sign: str) -> int | None:
    """Where a character stands in GB 2312's order of sounds; None for a rare one, which that order leaves out."""
    try:
        high, low = sign.encode("gb2312")
    except UnicodeEncodeError:
        return None
    if not _FIRST_BY_SOUND <= high << 8 | low <= _LAST_BY_SOUND:
        return None
    return high * _ROW + low
