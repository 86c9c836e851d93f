"""What an extractor finds: a piece of the message and what it stands for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rasa.shared.nlu.training_data.message import Message

ENTITIES = "entities"
"""Rasa's message property for entities."""


@dataclass(frozen=True)
class Mention:
    """One entity in a text.

    Attributes:
        entity: its kind, as the domain names it.
        start: where it begins in the text as typed.
        end: where it ends, exclusive.
        value: its canonical value.
        confidence: how sure it is, 0 to 1; None for what stands there word for word.
    """

    entity: str
    start: int
    end: int
    value: Any
    confidence: float | None = None

    def overlaps(self, start: int, end: int) -> bool:
        """Return whether it shares a character with `start` to `end`."""
        return self.start < end and start < self.end


def add_mentions(message: Message, mentions: Iterable[Mention], extractor: str) -> None:
    """Append `mentions` to the message's entities in Rasa's form, in the order they stand in the text."""
    text = str(message.get("text") or "")
    found = [
        {
            "entity": mention.entity,
            "start": mention.start,
            "end": mention.end,
            "value": mention.value,
            "text": text[mention.start : mention.end],
            "extractor": extractor,
            **({"confidence_entity": mention.confidence} if mention.confidence is not None else {}),
        }
        for mention in mentions
    ]
    known = list(message.get(ENTITIES) or [])
    message.set(
        ENTITIES,
        sorted(known + found, key=lambda entity: (int(entity["start"]), int(entity["end"]))),
        add_to_output=True,
    )
