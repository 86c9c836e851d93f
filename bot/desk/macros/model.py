"""Texts that people of the desk keep for use again, with variables. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from bot.errors import BadRequest
from bot.handoff.model import User

#: what a macro may name; each is filled from the conversation
VARIABLES = (
    "customer_name",
    "agent_name",
    "ticket_id",
    "ticket_due",
    "visit_window",
    "line",
    "plan",
    "amount_due",
)
LANGUAGES = ("zh", "en")
_TITLE_LIMIT, _TEXT_LIMIT = 80, 4_000
_VARIABLE = re.compile(r"\{([^{}]*)\}")
_SHORTCUT = re.compile(r"[\w\-]{1,40}")


class Visibility(str, Enum):
    mine = "mine"
    #: people of one group
    group = "group"
    all = "all"


@dataclass(frozen=True)
class Macro:
    id: str
    #: by language
    title: Mapping[str, str]
    #: by language
    text: Mapping[str, str]
    #: what to type after a slash
    shortcut: str | None
    visibility: Visibility
    group_id: str | None
    #: None: came with the product
    author_id: str | None

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": dict(self.title),
            "text": dict(self.text),
            "shortcut": self.shortcut,
            "visibility": self.visibility.value,
            "group": self.group_id,
            "author": self.author_id,
        }

    def is_for(self, user: User, groups: tuple[str, ...]) -> bool:
        """Whether somebody in these groups may use it."""
        if self.visibility is Visibility.mine:
            return self.author_id == user.id
        return self.visibility is Visibility.all or self.group_id in groups

    def may_be_changed_by(self, user: User) -> bool:
        """One's own, or a shared one by a supervisor."""
        if self.visibility is Visibility.mine:
            return self.author_id == user.id
        return user.may("supervisor")


def macro_of(id_: str, body: Mapping[str, Any], author_id: str | None) -> Macro:
    """A macro from what was sent: `{title, text: {zh, en}, shortcut?, visibility?, group?}`.

    One language suffices; the other then uses it too.

    Raises:
        BadRequest: something is missing, too long, or a variable that nobody can fill; the message says which.
    """
    visibility = body.get("visibility", Visibility.mine.value)
    if visibility not in (item.value for item in Visibility):
        raise BadRequest("visibility is mine, group or all.")
    group = body.get("group")
    if (visibility == Visibility.group.value) != isinstance(group, str):
        raise BadRequest("group names the group of a macro that is visible to a group, and of no other.")
    shortcut = body.get("shortcut")
    if shortcut is not None and (not isinstance(shortcut, str) or not _SHORTCUT.fullmatch(shortcut)):
        raise BadRequest("shortcut is one word of at most 40 letters or digits.")
    text = _both(body.get("text"), "text", _TEXT_LIMIT)
    unknown = {name for words in text.values() for name in _VARIABLE.findall(words)} - set(VARIABLES)
    if unknown:
        raise BadRequest(f"No variable is called {', '.join(sorted(unknown))}. There are {', '.join(VARIABLES)}.")
    title = _both(body.get("title"), "title", _TITLE_LIMIT)
    return Macro(id_, title, text, shortcut, Visibility(visibility), group, author_id)


def rendered(text: str, values: Mapping[str, str | None]) -> tuple[str, list[str]]:
    """The text with its variables filled; those without a value stay visible and are named, in order, each once."""
    missing: dict[str, None] = {}

    def fill(found: "re.Match[str]") -> str:
        value = values.get(found[1])
        if value is None:
            missing[found[1]] = None
            return found[0]
        return value

    return _VARIABLE.sub(fill, text), list(missing)


def _both(value: object, name: str, limit: int) -> dict[str, str]:
    given = dict.fromkeys(LANGUAGES, value) if isinstance(value, str) else value
    if not isinstance(given, dict) or set(given) - set(LANGUAGES):
        raise BadRequest(f"{name} is a text, or one for each of zh and en.")
    words = {key: item.strip() for key, item in given.items() if isinstance(item, str) and item.strip()}
    if not words or any(len(item) > limit for item in words.values()):
        raise BadRequest(f"{name} has 1 to {limit:,} characters.")
    return {language: words.get(language) or next(iter(words.values())) for language in LANGUAGES}
