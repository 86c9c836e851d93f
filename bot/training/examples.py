"""Examples that customers label themselves: what they meant where the model could not tell two wishes apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.conversations.masking import mask
from bot.training.store import LabelledExample, LabelledExampleStore

#: who somebody is, and which of their things they speak of; it teaches a model nothing
_PERSONAL = frozenset(
    {"phone_number", "account_number", "ticket_id", "appointment_id", "otp_code", "address", "person_name"}
)
_MASK = "*"


@dataclass(frozen=True)
class UnclearMessage:
    """A message that two wishes fit.

    Attributes:
        conversation_id: where it was written.
        seq: its place there.
        text: as kept in the conversation.
        language: "zh" or "en".
        entities: `{entity, start, end}` of what was found in it.
        candidates: `{intent, confidence}` of the two, best first.
        model: the archive that understood it so.
    """

    conversation_id: str
    seq: int
    text: str
    language: str
    entities: Sequence[Mapping[str, Any]]
    candidates: Sequence[Mapping[str, Any]]
    model: str


class LabelledExamples:
    """Keeps what customers choose, for the trainers."""

    def __init__(self, store: LabelledExampleStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    async def keep(self, message: UnclearMessage, chosen: str | None) -> None:
        """Keep what a customer meant, inside the ambient unit of work; the same message again changes nothing.

        Args:
            chosen: full intent, or None when it was neither.
        """
        await self._store.add(
            LabelledExample(
                conversation_id=message.conversation_id,
                seq=message.seq,
                at=self._clock(),
                language=message.language,
                text=without_persons(message.text, message.entities),
                intent=chosen,
                candidates=tuple(dict(item) for item in message.candidates),
                model=message.model,
            )
        )

    async def newest(self, limit: int = 100) -> tuple[LabelledExample, ...]:
        """The examples kept last, newest first."""
        return await self._store.newest(limit)


def without_persons(text: str, entities: Sequence[Mapping[str, Any]]) -> str:
    """Return the text with who and whose replaced by asterisks of the same length."""
    hidden = list(text)
    for item in entities:
        if item["entity"] in _PERSONAL:
            hidden[item["start"] : item["end"]] = _MASK * (item["end"] - item["start"])
    return mask("".join(hidden))
