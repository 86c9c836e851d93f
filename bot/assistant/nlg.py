"""Responses in the conversation's language, not said twice in a row where there is another way to say it."""

from __future__ import annotations

from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker

_LOOK_BACK = 8


class BilingualResponses(TemplatedNaturalLanguageGenerator):
    """Picks the variation of the slot `language` (see data/responses); the ones without a condition are Chinese."""

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """A filled copy of one variation, or None when there is no such response."""
        variations = self.responses.get(utter_action)
        if not variations:
            return None
        slots = tracker.current_slot_values()
        fitting = [item for item in variations if item.get("condition") and _fits(item, slots)]
        fitting = fitting or [item for item in variations if not item.get("condition")]
        if not fitting:
            return None
        chosen = fitting[0]
        if len(fitting) > 1:
            said = _said_before(tracker)
            # one that was not said lately, else the one that was said longest ago
            chosen = max(fitting, key=lambda item: said.index(item["id"]) if item.get("id") in said else len(said))
        copied = {key: _copy(value) for key, value in chosen.items() if key not in ("condition",)}
        return self._fill_response(copied, slots, **kwargs)


def _fits(variation: dict[str, Any], slots: dict[str, Any]) -> bool:
    return all(slots.get(item["name"]) == item["value"] for item in variation["condition"])


def _said_before(tracker: DialogueStateTracker) -> list[Any]:
    """Ids of what was said lately, the last one first."""
    uttered = [event for event in reversed(tracker.events) if isinstance(event, BotUttered)][:_LOOK_BACK]
    return [event.data.get("id") or event.metadata.get("id") for event in uttered]


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value
