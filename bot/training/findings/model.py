"""What is wrong with language data, found in the examples themselves. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.errors import BadRequest
from bot.training.data.model import LANGUAGES, OTHER, Example, read_marks, same_words
from bot.training.reports.model import Guessed

Vectors = NDArray[np.float32]

#: least cosine between sentences that mean the same
NEAR = 0.93
#: fewer examples of an intent in one language are too few to learn from
FEWEST = 20
#: one language may have so many times the examples of the other
_MOST_TIMES = 2.0
#: how sure a model is at least of another intent than an odd example's
_SURE = 0.8
_ROWS_AT_ONCE = 1_024
#: least share of the data that a cross-validation has seen, for its guesses to stand for the data
_COVERED = 0.9


class Kind(str, Enum):
    """Worst first."""

    contradiction = "contradiction"
    odd = "odd"
    near_duplicate = "near_duplicate"
    duplicate = "duplicate"
    too_few = "too_few"
    unbalanced = "unbalanced"
    misspelt = "misspelt"


@dataclass(frozen=True)
class Finding:
    """Something to mend: which examples or intent it is about, and what to do."""

    kind: Kind
    intent: str
    advice: str
    example: Example | None = None
    other: Example | None = None
    language: str | None = None
    #: cosine of near-duplicates; of odd ones, how sure the model was of the other intent
    likeness: float | None = None
    #: what a model took an odd one for
    taken_for: str | None = None
    #: of misspelt ones: what stands there in small letters, and what is usual
    word: str | None = None
    right: str | None = None

    @property
    def other_intent(self) -> str | None:
        return self.other.intent if self.other else self.taken_for

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "intent": self.intent,
            "other_intent": self.other_intent,
            "language": self.language or (self.example.language if self.example else None),
            **_place(self.example),
            "other": _place(self.other) if self.other else None,
            "likeness": None if self.likeness is None else round(self.likeness, 3),
            "word": self.word,
            "right": self.right,
            "advice": self.advice,
        }


def same_sentences(examples: Sequence[Example]) -> list[Finding]:
    """Sentences that stand twice, in one intent or in two."""
    first: dict[str, Example] = {}
    found: list[Finding] = []
    for item in examples:
        other = first.setdefault(same_words(item.text), item)
        if other is item:
            continue
        if other.intent == item.intent:
            advice = f"Delete one of the two: {item.path}, line {item.line}, or {other.path}, line {other.line}."
            found.append(Finding(Kind.duplicate, item.intent, advice, item, other))
        else:
            advice = f"Decide whether customers mean {item.intent} or {other.intent} by it, and delete the other."
            found.append(Finding(Kind.contradiction, item.intent, advice, item, other))
    return found


def near_duplicates(examples: Sequence[Example], vectors: Vectors) -> list[Finding]:
    """Sentences of two intents that mean nearly the same, the nearest first.

    Args:
        vectors: unit vectors of the examples, one row each.
    """
    names = {name: number for number, name in enumerate(sorted({item.intent for item in examples}))}
    intents = np.array([names[item.intent] for item in examples], dtype=np.intp)
    found: list[Finding] = []
    for start in range(0, len(examples), _ROWS_AT_ONCE):
        likeness = vectors[start : start + _ROWS_AT_ONCE] @ vectors[start:].T
        rows, columns = np.nonzero(likeness >= NEAR)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            one, other = start + row, start + column
            if column <= row or intents[one] == intents[other]:
                continue
            a, b = examples[one], examples[other]
            if same_words(a.text) == same_words(b.text):
                continue  # a contradiction, found by its words
            advice = f"Say what tells {a.intent} from {b.intent} in one of the two, or delete one."
            found.append(Finding(Kind.near_duplicate, a.intent, advice, a, b, likeness=float(likeness[row, column])))
    return sorted(found, key=lambda item: -(item.likeness or 0.0))


def odd(examples: Sequence[Example], guesses: Iterable[Guessed]) -> list[Finding]:
    """Examples that a model which had not seen them surely took for another intent, the surest first.

    Args:
        guesses: what models made of sentences; those that are no examples any more are left out.
    """
    by_words = {(item.intent, read_marks(item.text)[0]): item for item in examples}
    found = []
    for guess in guesses:
        item = by_words.get((guess.intent, guess.text))
        if item is None or guess.is_right or guess.refused or guess.confidence < _SURE:
            continue
        advice = f"Move it to {guess.got} if customers mean that by it; else add examples like it to {item.intent}."
        sure = guess.confidence
        found.append(Finding(Kind.odd, item.intent, advice, item, likeness=sure, taken_for=guess.got))
    return sorted(found, key=lambda item: -(item.likeness or 0.0))


def cover(guesses: Iterable[Guessed], examples: Sequence[Example]) -> bool:
    """Whether nearly all of the examples were guessed at."""
    known = {(item.intent, item.text) for item in guesses}
    seen = sum((item.intent, read_marks(item.text)[0]) in known for item in examples)
    return bool(examples) and seen >= _COVERED * len(examples)


def still_there(findings: Iterable[Finding], examples: Sequence[Example]) -> list[Finding]:
    """Findings made earlier, at the lines where their examples stand now; without those whose examples are gone."""
    now = {(item.path, item.intent, item.text): item for item in examples}
    found = []
    for finding in findings:
        item, other = (
            now.get((one.path, one.intent, one.text)) if one else None for one in (finding.example, finding.other)
        )
        if item is not None and (other is not None) == (finding.other is not None):
            found.append(replace(finding, example=item, other=other))
    return found


def uneven(examples: Iterable[Example]) -> list[Finding]:
    """Intents with too few examples, or far more in one language than in the other."""
    counted = Counter((item.intent, item.language) for item in examples)
    found: list[Finding] = []
    for intent in sorted({intent for intent, _ in counted}):
        numbers = {language: counted[intent, language] for language in LANGUAGES}
        poor = min(LANGUAGES, key=lambda language: numbers[language])
        few = [language for language in LANGUAGES if numbers[language] < FEWEST]
        for language in few:
            missing = FEWEST - numbers[language]
            advice = f"Add {missing} or more in {language}: {numbers[language]} of {FEWEST} are there."
            found.append(Finding(Kind.too_few, intent, advice, language=language))
        if numbers[OTHER[poor]] > _MOST_TIMES * numbers[poor] and poor not in few:
            advice = f"Add examples in {poor}: {numbers[poor]} stand beside {numbers[OTHER[poor]]} in {OTHER[poor]}."
            found.append(Finding(Kind.unbalanced, intent, advice, language=poor))
    return found


def checked_kind(value: str | None) -> Kind | None:
    """Raises BadRequest unless it is one, or nothing."""
    if not value:
        return None
    try:
        return Kind(value)
    except ValueError as exc:
        raise BadRequest(f"kind is one of {', '.join(kind.value for kind in Kind)}.") from exc


def _place(example: Example | None) -> dict[str, Any]:
    if example is None:
        return {"path": None, "line": None, "text": None}
    return {"path": example.path, "line": example.line, "text": example.text}
