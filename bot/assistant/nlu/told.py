"""What is told with other words between the telling ones ("the bank's codes, not a single one came"). Pure.

Trainers' patterns name an entity in words that stand side by side; these name it by what must come in which order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from bot.assistant.nlu.mentions import Mention

EN_WORDS = r"(?: [a-z0-9'’\-]+){0,%d}"
"""Up to so many English words."""

_STOPS = re.compile(r"[.!?。！？;；]")


def gap(most: int) -> str:
    """Up to so many characters of Chinese, none of which ends the clause or turns it round."""
    return rf"[^,.!?;，。！？；不没别]{{0,{most}}}?"


@dataclass(frozen=True)
class Telling:
    """The ways in which values of one entity are told.

    Attributes:
        entity: its name.
        patterns: value and how it is told.
        hint: without it none of the patterns can match.
        weaker: value → values that it takes the place of when patterns find them in the same sentence, since they are what its words
            mean without the rest ("4G is on but nothing loads").
        kinds: value → kind; what is told stands beside what the patterns found of another kind somewhere else in the text.
        part: values that any other takes the place of when they are found inside its words.
    """

    entity: str
    patterns: Sequence[tuple[str, re.Pattern[str]]]
    hint: re.Pattern[str]
    weaker: Mapping[str, Set[str]]
    part: Set[str]
    kinds: Mapping[str, str] = field(default_factory=dict)

    def add(self, text: str, found: Sequence[Mention]) -> list[Mention]:
        """Return what the patterns found, and what is told: where they found none, or only what is weaker.

        Args:
            text: normalised.
            found: by the trainers' patterns.
        """
        if not self.hint.search(text):
            return list(found)
        told = max(
            (
                Mention(self.entity, match.start(), _end(text, match.end()), value)
                for value, pattern in self.patterns
                for match in pattern.finditer(text)
            ),
            key=lambda mention: (mention.end - mention.start, -mention.start),
            default=None,
        )
        if told is None:
            return list(found)
        left = [mention for mention in found if not self._gives_way(mention, told, text)]
        if any(self._stands_against(mention, told) for mention in left):
            return list(found)
        return [*left, told]

    def _stands_against(self, mention: Mention, told: Mention) -> bool:
        if mention.entity != self.entity:
            return False
        kinds = self.kinds.get(mention.value), self.kinds.get(told.value)
        return None in kinds or kinds[0] == kinds[1] or mention.overlaps(told.start, told.end)

    def _gives_way(self, mention: Mention, told: Mention, text: str) -> bool:
        if mention.entity != self.entity:
            return False
        if mention.value in self.part and told.start <= mention.start and mention.end <= told.end:
            return True
        between = text[min(mention.end, told.end) : max(mention.start, told.start)]
        return mention.value in self.weaker.get(told.value, ()) and not _STOPS.search(between)


def _end(text: str, end: int) -> int:
    return end + 1 if text[end : end + 1] in ("了", "着") else end
