"""What was checked and promised, kept in the slots `checks` and `promises` for the person who may take over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet


def checked(tracker: Tracker, name: str, result: str, at: datetime) -> dict[str, Any]:
    """The event that adds a check.

    Args:
        name: such as `outage`, `line_test`, `restart`.
        at: aware.
    """
    known = list(tracker.get_slot("checks") or [])
    event: dict[str, Any] = SlotSet("checks", [*known, {"name": name, "result": result, "at": at.isoformat()}])
    return event


def promised(tracker: Tracker, text: str, due_at: datetime | None, ticket_id: str | None = None) -> dict[str, Any]:
    """The event that adds a promise made to the customer, in the customer's words."""
    promise: dict[str, Any] = {"text": text, "due_at": due_at.isoformat() if due_at else None, "by": "bot"}
    if ticket_id:
        promise["ticket_id"] = ticket_id
    known = list(tracker.get_slot("promises") or [])
    event: dict[str, Any] = SlotSet("promises", [*known, promise])
    return event


def misses(tracker: Tracker) -> int:
    """How often in a row the open question was not answered; 1 when something else was talked about meanwhile."""
    stack = tracker.get_slot("flow_stack") or []
    return int(stack[-1].get("misses") or stack[-1].get("repeat") or 0) if stack else 0
