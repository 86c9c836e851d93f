"""Several wishes in one message: what comes next is said, and taken up. Rules: data/flows/patterns.yml."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ServiceAction
from bot.assistant.flows.waiting import NOTED
from bot.knowledge.model import INTENT_PREFIX, ArticleNotFound

Events = list[dict[str, Any]]


class WishAction(ServiceAction):
    """An action that names wishes in the customer's words."""

    def topic(self, full_intent: str, language: str) -> str:
        """A wish in a sentence: "moving your visit"; an article by its title."""
        return self._article(full_intent, language) or self.wording.term("wishes", full_intent, language)

    def label(self, full_intent: str, language: str) -> str:
        """A wish on a button: "Move a visit"; an article by its title."""
        return self._article(full_intent, language) or self.wording.term("intents", full_intent, language)

    def _article(self, full_intent: str, language: str) -> str | None:
        if not full_intent.startswith(INTENT_PREFIX):
            return None
        try:
            title = self.services.knowledge.article(full_intent.removeprefix(INTENT_PREFIX)).title[language]
        except ArticleNotFound:
            return None
        return self.wording.text("utter_general_article_title", language, title=title)


class ActionNoteWishes(WishAction):
    """Say, before the first question is asked, what comes after it. Reads and sets waiting_wishes.

    Utters utter_general_wish_noted.
    """

    def name(self) -> str:
        return "action_note_wishes"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        language = self.language(tracker)
        waiting = list(tracker.get_slot("waiting_wishes") or ())
        topics = [self.topic(wish["full_intent"], language) for wish in waiting if not wish.get(NOTED)]
        joined = self.wording.term("formats", "and", language).join(topics)
        dispatcher.utter_message(response="utter_general_wish_noted", wish=joined)
        return [SlotSet("waiting_wishes", [{**wish, NOTED: True} for wish in waiting])]


class ActionNextWish(WishAction):
    """Turn to the wish that has waited longest. Reads waiting_wishes. Sets wish_now, waiting_wishes.

    Utters utter_general_next_wish.
    """

    def name(self) -> str:
        return "action_next_wish"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        first, *rest = tracker.get_slot("waiting_wishes")
        topic = self.topic(first["full_intent"], self.language(tracker))
        dispatcher.utter_message(response="utter_general_next_wish", wish=topic)
        return [SlotSet("wish_now", first), SlotSet("waiting_wishes", rest or None)]
