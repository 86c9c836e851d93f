"""Messages that two wishes fit about as well: then the customer is asked."""

from __future__ import annotations

from dataclasses import dataclass

from bot.assistant.flows.frames import Heard


@dataclass(frozen=True)
class CloseCalls:
    """When to ask, from `patterns.yml`. The limits are measured: see docs/understanding.md.

    Attributes:
        flow: the flow that asks.
        margin: the two best are at most this far apart, 0 to 1.
        below: the best has less than this, 0 to 1.
        talk: intents that nobody chooses from a list.
        outside: intents that mean that nothing here fits; a wish beside one is asked about, two of them are not.
    """

    flow: str
    margin: float
    below: float
    talk: frozenset[str]
    outside: frozenset[str]

    def asks(self, heard: Heard) -> bool:
        """Whether the two best intents of a message are too near to take one of them."""
        if len(heard.ranking) < 2:
            return False
        (first, most), (second, less) = heard.ranking[:2]
        names = {first.partition("/")[0], second.partition("/")[0]}
        if heard.intent not in names or names & self.talk or names <= self.outside:
            return False
        return most < self.below and most - less < self.margin
