"""The language of the conversation, and what to offer someone who was not understood."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ServiceAction
from bot.assistant.nlu.words.languages import CHINESE, ENGLISH, OTHER_LANGUAGE
from bot.wording import LANGUAGES

Events = list[dict[str, Any]]


#: wishes offered to someone who was not understood
_SUGGESTED = 3
_NOT_OFFERED = frozenset(
    {
        "nlu_fallback",
        "out_of_scope",
        "chitchat",
        "greet",
        "goodbye",
        "thank",
        "affirm",
        "deny",
        "inform",
        "express_anger",
        "cancel_flow",
        "bot_challenge",
        "faq",
        "request_human",
        "emergency",
        "ask_help",
        "change_language",
    }
)


class ActionChangeLanguage(ServiceAction):
    """Go on in the language that was named, or in the other one. Sets language, other_language_run.

    Utters utter_general_language_changed or _same in the language that counts from now on, or _unknown.
    """

    def name(self) -> str:
        return "action_change_language"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        current = self.language(tracker)
        wanted = self.entities(tracker).get("wanted_language") or wanted_language(self.customer_text(tracker), current)
        if wanted not in LANGUAGES:
            dispatcher.utter_message(response="utter_general_language_unknown")
            return []
        name = "utter_general_language_same" if wanted == current else "utter_general_language_changed"
        # the slot changes after this message is made, so the text is rendered here
        dispatcher.utter_message(text=self.wording.text(name, wanted))
        return [SlotSet("language", wanted), SlotSet("other_language_run", 0)]


def wanted_language(words: str, current: str) -> str | None:
    """`zh` or `en`; None when a language is named that we do not speak."""
    # "not in English, use Chinese" names both: the last one counts
    named = [(match.start(), "en") for match in ENGLISH.finditer(words)]
    named += [(match.start(), "zh") for match in CHINESE.finditer(words)]
    if named:
        return max(named)[1]
    if OTHER_LANGUAGE.search(words):
        return None
    return "zh" if current == "en" else "en"


class ActionSuggest(ServiceAction):
    """Offer what the message came nearest to, as buttons. Reads the ranking of intents.

    Utters utter_general_did_you_mean, or utter_general_suggest when nothing comes near.
    """

    def name(self) -> str:
        return "action_suggest"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        ranking = tracker.latest_message.get("intent_ranking") or []
        names = [str(item.get("name")) for item in ranking if item.get("name") not in _NOT_OFFERED]
        if not names:
            dispatcher.utter_message(response="utter_general_suggest")
            return []
        offered = [*dict.fromkeys(names[:_SUGGESTED]), "request_human"]
        language = self.language(tracker)
        buttons = [{"title": self.wording.term("intents", name, language), "payload": f"/{name}"} for name in offered]
        dispatcher.utter_message(response="utter_general_did_you_mean", buttons=buttons)
        return []
