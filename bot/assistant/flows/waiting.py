"""Wishes that wait: of several in one message, all but the first.

They are kept in a slot as parse data, in order, and each is heard again as a message of its own when nothing else is
going on (`bot/assistant/several_wishes.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.assistant.flows.frames import Heard

NOTED = "noted"
"""Key of a waiting wish: the customer has been told that it comes next."""

NEEDS_IDENTITY = "needs_identity"
"""Key of a waiting wish: it is nothing for a customer who would rather not say who they are."""


@dataclass(frozen=True)
class Waiting:
    """Slots and actions of waiting wishes, from `patterns.yml`.

    Attributes:
        slot: holds what waits.
        now: holds the wish that is to be heard next in this turn.
        note: action that says what comes afterwards, before the first question is asked.
        next: action that turns to the next wish.
        unless: slot that a hand-over sets; what waits then is for the person.
    """

    slot: str
    now: str
    note: str
    next: str
    unless: str

    def next_action(self, slots: Mapping[str, Any], last_action: str = "") -> str | None:
        """The action with which a turn goes on when nothing is under way any more; None when nothing waits."""
        if not slots.get(self.slot) or slots.get(self.now) or slots.get(self.unless):
            return None
        return None if last_action == self.next else self.next

    def note_action(self, slots: Mapping[str, Any]) -> str | None:
        """The action that comes before a question; None when there is nothing new to tell."""
        return self.note if any(not wish.get(NOTED) for wish in slots.get(self.slot) or ()) else None

    def taken_up(self, slots: Mapping[str, Any], heard: Heard) -> tuple[Heard, dict[str, Any]]:
        """What is heard when a wish that waits is uttered again: it waits no more, and what it named counts too.

        Returns:
            The message, and the slots to set.
        """
        wishes = list(slots.get(self.slot) or ())
        same = [wish for wish in wishes if wish["intent"]["name"] == heard.intent]
        if not same:
            return heard, {}
        named = {item["entity"]: item["value"] for item in same[0]["entities"]}
        left = [wish for wish in wishes if wish not in same]
        return replace(heard, entities={**named, **heard.entities}), {self.slot: left or None}
