"""Buttons: what a pressed one says, and which one is meant by somebody who types its words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from rasa.shared.core.events import BotUttered, Event, UserUttered

#: values without an intent: they answer the open question
_INFORM = "inform"
_SIGNS = re.compile(r"[\W_]+")


def from_payload(payload: str, text: str) -> dict[str, Any]:
    """Parse data of a pressed button: `/intent{"slot": value}` is trusted, since it never left the server."""
    name, brace, rest = payload.lstrip("/").partition("{")
    values: dict[str, Any] = json.loads(brace + rest) if brace else {}
    intent: dict[str, Any] = {"name": name.strip() or _INFORM, "confidence": 1.0}
    entities = [{"entity": key, "value": value, "start": 0, "end": 0} for key, value in values.items()]
    return {"text": text, "intent": intent, "entities": entities, "intent_ranking": [intent]}


def typed_button(text: str, events: Iterable[Event]) -> str | None:
    """The payload of the button whose words these are, of those under the bot's last answer; None when it is none.

    Args:
        events: of the conversation, the last one last.
    """
    wanted, found = _plain(text), set()
    for event in reversed(list(events)):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, BotUttered):
            for button in event.data.get("buttons") or ():
                if wanted and _plain(str(button["title"])) == wanted:
                    found.add(str(button["payload"]))
    return found.pop() if len(found) == 1 else None


def _plain(text: str) -> str:
    return _SIGNS.sub("", text.casefold())
