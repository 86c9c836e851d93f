"""Times in a message, counted from the instant it was written."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from bot.assistant.nlu.language import LANGUAGE
from bot.assistant.nlu.mentions import ENTITIES, Mention, add_mentions
from bot.assistant.nlu.normalise import Normaliser
from bot.assistant.nlu.time_parser import TimeMention, parse_times
from bot.assistant.nlu.tokenizer import normalised_text

Range = dict[str, str | None]

_STANDARD_LANGUAGE = "zh"
_NOT_TIMES = frozenset(
    {"phone_number", "ticket_id", "appointment_id", "account_number", "amount", "address", "otp_code"}
)
"""Digits of these kinds are no dates, whatever they look like; they are looked for first."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class TimeExtractor(GraphComponent):
    """Finds instants and ranges; comes after the extractors of numbers and addresses.

    The value is `{"start": ISO or null, "end": ISO or null}` in the operator's time zone, or a list of such candidates
    where the words leave more than one reading. "Tomorrow" counts from the metadata's `now` (ISO 8601), else from the
    clock.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`timezone`: the operator's, by its IANA name."""
        return {"timezone": "Asia/Shanghai"}

    def __init__(self, config: dict[str, Any]) -> None:
        self._timezone = ZoneInfo(str(config["timezone"]))
        self._normalise = Normaliser()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TimeExtractor:
        """Return the extractor; it stores nothing."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the times of each message."""
        for message in messages:
            text = normalised_text(message, self._normalise)
            language = str(message.get(LANGUAGE) or _STANDARD_LANGUAGE)
            taken = [e for e in message.get(ENTITIES) or [] if e["entity"] in _NOT_TIMES]
            times = [
                Mention("time", *mention.span, time_value(mention))
                for mention in parse_times(text, self._now(message), self._timezone, language)
            ]
            free = [time for time in times if not any(time.overlaps(e["start"], e["end"]) for e in taken)]
            add_mentions(message, free, type(self).__name__)
        return messages

    def _now(self, message: Message) -> datetime:
        written = (message.get("metadata") or {}).get("now")
        if not written:
            return datetime.now(self._timezone)
        now = datetime.fromisoformat(str(written).replace("Z", "+00:00"))
        return now.replace(tzinfo=self._timezone) if now.tzinfo is None else now.astimezone(self._timezone)


def time_value(mention: TimeMention) -> Range | list[Range]:
    """Return the entity value of a parsed time: one range, or the candidates when there are several."""
    if len(mention.candidates) > 1:
        return [_range(start, end) for start, end in mention.candidates]
    return _range(mention.start, mention.end)


def _range(start: datetime | None, end: datetime | None) -> Range:
    return {"start": None if start is None else start.isoformat(), "end": None if end is None else end.isoformat()}
