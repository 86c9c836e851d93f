"""The first message of a conversation, in both languages, from the domain's responses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

RESPONSE = "utter_general_welcome"


def welcome_of(responses: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """`{zh: {text, buttons}, en: {text, buttons}}` of the response `utter_general_welcome`."""
    found: dict[str, dict[str, Any]] = {}
    for variation in responses[RESPONSE]:
        language = "en" if variation.get("condition") else "zh"
        found.setdefault(language, {"text": variation["text"], "buttons": variation.get("buttons") or []})
    return found
