"""The language of the conversation, and what to offer someone who was not understood."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ServiceAction
from bot.wording import LANGUAGES

Events = list[dict[str, Any]]

_ENGLISH = re.compile(r"英[文语語]|英国话|\beng(?:lish|lsh|ish|lis)?\b|\binglis+h?\b|\benglish", re.IGNORECASE)
_CHINESE = re.compile(
    r"中[文国國]|国语|國語|汉[语字]|漢語|普通话|普通話|华语|華語|chinese|chinease|mandarin|putonghua",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"[日韩法德俄泰越][语文語]|西班牙|葡萄牙|阿拉伯|意大利|马来|印尼|粤[语語]|广东话|廣東話|白话|上海话|四川话"
    r"|闽南|客家|方言|维吾尔|藏语|蒙古?[语文]"
    r"|french|german|japanese|korean|spanish|russian|portuguese|arabic|italian|thai|vietnamese|hindi|malay"
    r"|tagalog|cantonese|polish|urdu|dialect",
    re.IGNORECASE,
)

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
    # "不要英文，用中文" names both: the last one counts
    named = [(match.start(), "en") for match in _ENGLISH.finditer(words)]
    named += [(match.start(), "zh") for match in _CHINESE.finditer(words)]
    if named:
        return max(named)[1]
    if _OTHER.search(words):
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
