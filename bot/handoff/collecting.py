"""Useful waiting: which facts the bot asks for meanwhile, and what an answer is.

Read from `data/desk/waiting.yml`; no I/O after that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.contracts import Author, AuthorKind, Draft, Message
from bot.errors import SettingsError
from bot.handoff.groups import Case, When, fits, read_when
from bot.yaml_files import yaml_mapping

_BOT = Author(AuthorKind.bot)
_KINDS = frozenset({"words", "photo"})
_WORDS = ("callback", "ticket", "leave", "instead", "skip")
_LONGEST_ANSWER = 500
#: politeness and marks around what is typed
_AROUND = re.compile(r"^[\s,，。.!！~～?？]+|[\s,，。.!！~～?？]+$")


@dataclass(frozen=True)
class Question:
    #: of the fact; the packet's slot
    name: str
    kind: str
    #: slots that make it needless
    known_as: frozenset[str]

    @property
    def response(self) -> str:
        return f"utter_handoff_collect_{self.name}"

    def draft(self, text: str) -> Draft:
        """The question as a message that names the fact it asks for."""
        return Draft(_BOT, text, expects=self.name)


class Collecting:
    """The table of what to ask for."""

    def __init__(
        self,
        questions: Mapping[str, Question],
        topics: Sequence[tuple[When, tuple[str, ...]]],
        words: Mapping[str, re.Pattern[str]],
    ) -> None:
        self._questions = questions
        self._topics = topics
        self._words = words

    def following(self, case: Case, known: Sequence[str], after: str | None = None) -> Question | None:
        """The next question that is worth asking.

        Args:
            known: names of the packet's slots.
            after: the fact that was asked for last; those before it are not asked for again.
        """
        names = next(names for when, names in self._topics if fits(when, case))
        start = names.index(after) + 1 if after in names else 0
        have = set(known)
        return next(
            (self._questions[name] for name in names[start:] if not self._questions[name].known_as & have), None
        )

    def answer(self, asked: str, message: Message) -> str | None:
        """What a message says to the question; None when it says nothing to it."""
        question = self._questions.get(asked)
        if question is None or self.wish(message.text) == "skip":
            return None
        if question.kind == "photo":
            return ", ".join(str(item.get("name")) for item in message.attachments) or None
        return message.text[:_LONGEST_ANSWER] or None

    def wish(self, text: str) -> str | None:
        """`callback`, `ticket`, `leave` or `skip`, when that is all that was typed; `instead` with a wish behind it."""
        bare = _AROUND.sub("", text)
        return next((name for name in _WORDS if self._words[name].fullmatch(bare)), None)


def load_collecting(path: Path) -> Collecting:
    """Read the file.

    Raises:
        SettingsError: it cannot be used; the message says what to put right.
    """
    try:
        body = yaml_mapping(path)
        questions = {name: _question(name, row or {}) for name, row in body["questions"].items()}
        topics = [(read_when(row), tuple(str(name) for name in row["ask"])) for row in body["topics"]]
        words = {name: re.compile(str(body["words"][name]), re.IGNORECASE) for name in _WORDS}
    except SettingsError:
        raise
    except (re.error, AttributeError, KeyError, TypeError, ValueError) as exc:
        raise SettingsError(
            f"{path.name} cannot be used: {type(exc).__name__} {exc}. Compare it with its head."
        ) from exc
    unknown = {name for _, names in topics for name in names} - set(questions)
    if unknown or not topics or topics[-1][0]:
        raise SettingsError(
            f"{path.name}: name every question, and let the last topic fit everything {sorted(unknown)}."
        )
    return Collecting(questions, topics, words)


def _question(name: str, row: Mapping[str, Any]) -> Question:
    kind = str(row.get("kind", "words"))
    if kind not in _KINDS:
        raise SettingsError(f"Question {name}: kind is one of {', '.join(sorted(_KINDS))}.")
    return Question(str(name), kind, frozenset(str(item) for item in row.get("known_as") or ()))
