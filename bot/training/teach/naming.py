"""Names for groups of sentences, from the words that set each apart from the others and from what is said anyway. Pure.

A term's score is how often it stands in the group, times the logarithm of how rare it is over all (class-based TF-IDF,
Grootendorst 2022, arXiv:2203.05794). Chinese has no blanks between words: there a term is a run of two to four
characters.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from bot.assistant.nlu.words.function import FUNCTION_CHARACTERS

_CHINESE_RUN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[^\W\d_\u3400-\u9fff]{3,}")
_SHORTEST, _LONGEST = 2, 4
_TERMS_NAMED = {"zh": 2, "en": 3}
_BETWEEN = {"zh": "、", "en": " "}


def proposed_names(groups: Sequence[Sequence[str]], languages: Sequence[str], said_anyway: Iterable[str]) -> list[str]:
    """A name for each group, in its language.

    Args:
        groups: sentences of each group.
        languages: `zh` or `en` of each group; other sentences in it do not count.
        said_anyway: sentences of other matters, which tell what words are common.

    Returns:
        In the order of `groups`; a group without a word of its own is named by its shortest sentence.
    """
    counted = [_count(sentences, language) for sentences, language in zip(groups, languages, strict=True)]
    everywhere: Counter[str] = Counter()
    for counts in counted:
        everywhere.update(counts)
    for sentence in said_anyway:
        everywhere.update({*_terms(sentence, "zh"), *_terms(sentence, "en")})
    average = sum(sum(counts.values()) for counts in counted) / max(1, len(counted))
    names = []
    for sentences, language, counts in zip(groups, languages, counted, strict=True):
        scores = {term: count * math.log(1 + average / everywhere[term]) for term, count in counts.items()}
        chosen = _best(scores, counts, _TERMS_NAMED[language])
        names.append(_BETWEEN[language].join(chosen) if chosen else min(sentences, key=len))
    return names


def _best(scores: dict[str, float], counts: Counter[str], wanted: int) -> list[str]:
    """The best terms that are not part of each other, in the order of their scores; the longer of two as frequent."""
    order = sorted(scores, key=lambda term: (-scores[term] * math.sqrt(len(term)), term))
    chosen: list[str] = []
    most = max(counts.values(), default=0)
    least = max(min(2, most), most / 3)
    for term in order:
        if len(chosen) == wanted:
            break
        # a word of one sentence is no name for fifty
        if counts[term] >= least and not any(_overlap(term, other) for other in chosen):
            chosen.append(term)
    return chosen


def _overlap(one: str, other: str) -> bool:
    if one in other or other in one:
        return True
    return any(
        one[-size:] == other[:size] or other[-size:] == one[:size] for size in range(1, min(len(one), len(other)))
    )


def _count(sentences: Iterable[str], language: str) -> Counter[str]:
    """In how many sentences each term stands."""
    counts: Counter[str] = Counter()
    for sentence in sentences:
        counts.update(set(_terms(sentence, language)))
    return counts


def _terms(sentence: str, language: str) -> list[str]:
    if language == "en":
        words = (word.lower() for word in _WORD.findall(sentence))
        return [word for word in words if word not in ENGLISH_STOP_WORDS]
    return [
        run[start : start + size]
        for run in _CHINESE_RUN.findall(sentence)
        for size in range(_SHORTEST, _LONGEST + 1)
        for start in range(len(run) - size + 1)
        if not FUNCTION_CHARACTERS & {run[start], run[start + size - 1]}
    ]
