"""A person takes over: one sentence about what happens now. The queue's place is told by the service after the turn."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ServiceAction
from bot.contracts import ReasonCode


class ActionHandoff(ServiceAction):
    """Say that a person takes over. Reads handoff_reason, sets nothing; it calls no system, so that it cannot fail."""

    def name(self) -> str:
        return "action_handoff"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        given = tracker.get_slot("handoff_reason")
        reason = given if given in {code.value for code in ReasonCode} else ReasonCode.customer_request.value
        dispatcher.utter_message(response=f"utter_handoff_{reason}")
        return []
