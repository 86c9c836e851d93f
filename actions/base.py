"""What every custom action stands on: the services, and what the current message says about itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any

from rasa_sdk import Action, Tracker

from bot.services import Services
from bot.wording import Wording


class ServiceAction(Action, ABC):
    """An action that calls services. The wiring hands them in, or they open on first use (`rasa run actions`)."""

    def __init__(self, services: Services | None = None) -> None:
        self._services = services

    @abstractmethod
    def name(self) -> str:
        """As `domain.yml` has it. `rasa run actions` leaves classes without one alone."""

    @property
    def services(self) -> Services:
        if self._services is None:
            from bot.resources import standalone_services

            self._services = standalone_services()
        return self._services

    @property
    def wording(self) -> Wording:
        return self.services.wording

    def language(self, tracker: Tracker) -> str:
        """`zh` or `en`."""
        return "en" if tracker.get_slot("language") == "en" else "zh"

    def now(self, tracker: Tracker) -> datetime:
        """When the message came, aware."""
        given = (tracker.latest_message.get("metadata") or {}).get("now")
        return datetime.fromisoformat(given) if given else self.services.clock()

    def key(self, tracker: Tracker) -> str:
        """Names this turn to every system, so that a second try of it changes nothing: `conversation_id:seq`.

        A further wish of the same message adds its number, so that both may open a ticket.
        """
        metadata = tracker.latest_message.get("metadata") or {}
        wish = f":{metadata['wish']}" if metadata.get("wish") else ""
        return f"{tracker.sender_id}:{metadata.get('seq', 0)}{wish}"

    def customer_text(self, tracker: Tracker) -> str:
        return str(tracker.latest_message.get("text") or "")

    def entities(self, tracker: Tracker) -> dict[str, Any]:
        """Entity → value of the current message; the last mention wins."""
        return {item["entity"]: item["value"] for item in tracker.latest_message.get("entities") or []}
