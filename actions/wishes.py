"""Several wishes in one message, and messages that two wishes fit. The rules are in data/flows/patterns.yml."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ServiceAction
from actions.own_words import ordinal, refuses_all
from bot.assistant.flows.waiting import NOTED
from bot.knowledge.model import INTENT_PREFIX, ArticleNotFound
from bot.training.examples import UnclearMessage
from bot.wording import LANGUAGES

Events = list[dict[str, Any]]

#: value of the slot `chosen_wish`: neither of those offered
OTHER = "other"
#: the answer is a wish of its own
ANOTHER = "another"
_NOTHING_HERE = frozenset({"out_of_scope", "chitchat"})
_DANGER = "emergency"
#: answers that wish for nothing, or give up
_NO_WISH = _NOTHING_HERE | {
    "nlu_fallback",
    "affirm",
    "deny",
    "inform",
    "greet",
    "thank",
    "goodbye",
    "express_anger",
    "cancel_flow",
}
_SURE = 0.5
_KEPT = ("text", "intent", "full_intent", "entities", "intent_ranking", "scope", "language")
#: one of the offered wishes counts as named when a typed answer is this much nearer to it than to the other
_LEAD = 0.2
_SIGNS = " .,!?\u3002\uff0c\uff01\uff1f"
#: characters of a piece of a label
_SHORTEST = 2


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


class CloseCallAction(WishAction):
    """An action about the question which of two wishes is meant. The slot `close_call` holds the unclear message."""

    def offered(self, call: Mapping[str, Any]) -> list[str]:
        """Full intents that can be chosen, the likeliest first."""
        return [item["intent"] for item in call["candidates"] if item["intent"] not in _NOTHING_HERE]


class ActionAskWhichWish(CloseCallAction):
    """Ask which of the two nearest wishes is meant, with buttons. Reads the ranking of intents. Sets close_call.

    Utters utter_general_which_wish (two), …_one_wish (one; the other is nothing we do), …_emergency (one is a danger),
    and utter_general_which_wish_again when the answer was not understood.
    """

    def name(self) -> str:
        return "action_ask_which_wish"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        known = tracker.get_slot("close_call")
        call = known or _unclear(tracker, self.language(tracker))
        offered = self.offered(call)
        language = self.language(tracker)
        buttons = [{"title": self.label(name, language), "payload": _choice(name)} for name in offered]
        other = {"title": self.wording.text("utter_general_something_else", language), "payload": _choice(OTHER)}
        dispatcher.utter_message(response=_question(offered, bool(known)), buttons=[*buttons, other])
        return [] if known else [SlotSet("close_call", call)]


class ActionReadWhichWish(CloseCallAction):
    """Read which wish a typed answer means: its place, its name, or words that are nearer to it.

    Sets chosen_wish; when the answer is another wish, `another`, and wish_now so that it is heard.
    """

    def name(self) -> str:
        return "action_read_which_wish"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        offered = self.offered(tracker.get_slot("close_call"))
        heard = tracker.latest_message
        intent = heard.get("intent") or {}
        full = intent.get("full_intent") or intent.get("name")
        sure = full not in (*_NO_WISH, *offered) and float(intent.get("confidence") or 0) >= _SURE
        meant = self._meant(tracker, offered)
        if meant in (None, OTHER) and sure:
            return [
                SlotSet("chosen_wish", ANOTHER),
                SlotSet("wish_now", {key: heard[key] for key in _KEPT if key in heard}),
            ]
        return [SlotSet("chosen_wish", meant)]

    def _meant(self, tracker: Tracker, offered: Sequence[str]) -> str | None:
        words = self.customer_text(tracker)
        place = ordinal(words, len(offered))
        if place is not None:
            return offered[place]
        named = [name for name in offered if any(_names(self.label(name, each), words) for each in LANGUAGES)]
        if len(named) == 1:
            return named[0]
        heard = tracker.latest_message
        intent = str((heard.get("intent") or {}).get("name"))
        if intent == "deny" or refuses_all(words):
            return OTHER
        if intent == "affirm":
            return offered[0] if len(offered) == 1 else None
        scores = {item.get("full_intent") or item["name"]: item["confidence"] for item in heard["intent_ranking"]}
        best = sorted(offered, key=lambda name: -scores.get(name, 0.0))
        others = [score for name, score in scores.items() if name != best[0]]
        return best[0] if scores.get(best[0], 0.0) - max(others, default=0.0) >= _LEAD else None


class ActionKeepChoice(CloseCallAction):
    """Keep what was meant as an example for the trainers, and have it heard. Reads close_call, chosen_wish.

    Sets wish_now. Utters utter_general_tell_otherwise when it was neither.
    """

    def name(self) -> str:
        return "action_keep_choice"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        call, chosen = tracker.get_slot("close_call"), tracker.get_slot("chosen_wish")
        message = UnclearMessage(
            conversation_id=tracker.sender_id,
            seq=call["seq"],
            text=call["text"],
            language=call["language"],
            entities=call["entities"],
            candidates=call["candidates"],
            model=call.get("model", ""),
        )
        await self.services.examples.keep(message, None if chosen == OTHER else chosen)
        if chosen == OTHER:
            dispatcher.utter_message(response="utter_general_tell_otherwise")
            return []
        intent: dict[str, Any] = {"name": chosen.partition("/")[0], "confidence": 1.0, "full_intent": chosen}
        if chosen.startswith(INTENT_PREFIX):
            intent["full_retrieval_intent_name"] = chosen
        wish = {"text": call["text"], "intent": intent, "full_intent": chosen, "entities": call["entities"]}
        return [SlotSet("wish_now", {**wish, "intent_ranking": [intent]})]


def _unclear(tracker: Tracker, language: str) -> dict[str, Any]:
    heard = tracker.latest_message
    ranking, about = heard["intent_ranking"][:2], heard.get("metadata") or {}
    return {
        "seq": about.get("seq", 0),
        "model": about.get("model", ""),
        "text": str(heard.get("text") or ""),
        "language": language,
        "entities": list(heard.get("entities") or ()),
        "candidates": [
            {"intent": item.get("full_intent") or item["name"], "confidence": round(item["confidence"], 4)}
            for item in ranking
        ],
    }


def _names(label: str, words: str) -> bool:
    """Whether the words hold a label, or are a piece of it."""
    shown, said = label.casefold(), words.strip(_SIGNS).casefold()
    return shown in said or (len(said) >= _SHORTEST and said in shown)


def _choice(name: str) -> str:
    return "/inform" + json.dumps({"chosen_wish": name})


def _question(offered: Sequence[str], again: bool) -> str:
    if _DANGER in offered:
        return "utter_general_which_wish_emergency"
    if again:
        return "utter_general_which_wish_again"
    return "utter_general_which_wish" if len(offered) > 1 else "utter_general_which_one_wish"
