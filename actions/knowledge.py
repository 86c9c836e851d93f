"""Answers from the articles, and where the shops are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ServiceAction
from bot.assistant.flows.follow_ups import ASKED
from bot.assistant.nlu.words.leaning import tells
from bot.assistant.nlu.words.places import HOTLINE, SHOP
from bot.knowledge.model import INTENT_PREFIX, Article, ArticleNotFound, Hit
from bot.operator.ports import Store

Events = list[dict[str, Any]]

#: below this the intent is a guess, and the customer chooses
_SURE = 0.33
#: a search without an intent answers from here on, offers a choice above the lower one (see bot/knowledge/service.py)
_FOUND = 0.55
_NEAR = 0.30
_CHOICES = 3
#: lines of an article that answer a question about it, at most
_LINES = 2
_STORES = 4


class ActionAnswerArticle(ServiceAction):
    """Answer from an article. Reads the intent `faq/<id>`, or the entity `article` of a button; else searches.

    Utters utter_knowledge_article with the card and with buttons for what it leads to, utter_knowledge_choose with the
    nearest titles when it is not clear which is meant, or utter_knowledge_none. Of an article that was just shown, the
    entity `asked` wants one thing: utter_knowledge_lines, or utter_knowledge_not_said.
    """

    def name(self) -> str:
        return "action_answer_article"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        language = self.language(tracker)
        chosen, confidence = self._chosen(tracker)
        if chosen is not None and confidence >= _SURE:
            asked = self.entities(tracker).get(ASKED)
            if not (asked and self._answer_from(dispatcher, tracker, chosen, str(asked))):
                self._answer(dispatcher, chosen, language)
            return []
        hits = self.services.knowledge.search(self.customer_text(tracker), language, _CHOICES)
        if chosen is None and hits and hits[0].score >= _FOUND:
            self._answer(dispatcher, hits[0].article, language)
        elif hits and (chosen is not None or hits[0].score >= _NEAR):
            self._offer(dispatcher, hits, language)
        else:
            dispatcher.utter_message(response="utter_knowledge_none")
        return []

    def _chosen(self, tracker: Tracker) -> tuple[Article | None, float]:
        intent = tracker.latest_message.get("intent") or {}
        asked = self.entities(tracker).get("article")
        name = str(asked or intent.get("full_retrieval_intent_name") or intent.get("full_intent") or "")
        try:
            article = self.services.knowledge.article(name.removeprefix(INTENT_PREFIX))
        except ArticleNotFound:
            return None, 0.0
        return article, 1.0 if asked else float(intent.get("confidence") or 0.0)

    def _answer(self, dispatcher: CollectingDispatcher, article: Article, language: str) -> None:
        heading = article.title[language]
        dispatcher.utter_message(
            response="utter_knowledge_article",
            heading=heading,
            answer=article.answer[language].strip(),
            buttons=[
                {"title": self.wording.term("intents", intent, language), "payload": f"/{intent}"}
                for intent in article.leads_to
            ],
            json_message={"type": "article", "id": article.id, "title": heading},
        )

    def _answer_from(self, dispatcher: CollectingDispatcher, tracker: Tracker, article: Article, asked: str) -> bool:
        """What the article says of one thing; that it does not, to who has just read it. False when neither fits."""
        language = self.language(tracker)
        values = {"heading": article.title[language], "buttons": [self._person(language)]}
        lines = [line for line in article.answer[language].strip().splitlines() if tells(line, asked)]
        if lines:
            dispatcher.utter_message(response="utter_knowledge_lines", lines="\n".join(lines[:_LINES]), **values)
        elif self._shown(tracker) == article.id:
            what = self.wording.term("asked", asked, language)
            dispatcher.utter_message(response="utter_knowledge_not_said", what=what, **values)
        else:
            return False
        return True

    @staticmethod
    def _shown(tracker: Tracker) -> str | None:
        """The article that was shown last."""
        for event in reversed(tracker.events):
            card = (event.get("data") or {}).get("custom") or {}
            if event["event"] == "bot" and card.get("type") == "article":
                return str(card["id"])
        return None

    def _offer(self, dispatcher: CollectingDispatcher, hits: Sequence[Hit], language: str) -> None:
        buttons = [
            {"title": hit.article.title[language], "payload": "/faq" + json.dumps({"article": hit.article.id})}
            for hit in hits
        ]
        dispatcher.utter_message(response="utter_knowledge_choose", buttons=[*buttons, self._person(language)])

    def _person(self, language: str) -> dict[str, str]:
        return {"title": self.wording.term("intents", "request_human", language), "payload": "/request_human"}


class ActionFindStore(ServiceAction):
    """Shops with hours and telephone, and the hotline. Reads the area of the message, the slot or the customer."""

    def name(self) -> str:
        return "action_find_store"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        language = self.language(tracker)
        hotline = self.wording.term("operator", "hotline", language)
        words = self.customer_text(tracker)
        if HOTLINE.search(words) and not SHOP.search(words) and not self.entities(tracker).get("area"):
            dispatcher.utter_message(response="utter_knowledge_hotline", hotline=hotline)
            return []
        network = self.services.operator.network
        names = {area.id: self.wording.name(area.name, language) for area in await network.areas()}
        area = await self._area(tracker)
        if area not in names:
            dispatcher.utter_message(
                response="utter_knowledge_which_area", hotline=hotline, buttons=await self._areas(names)
            )
            return []
        stores = await network.stores(area)
        if not stores:
            dispatcher.utter_message(
                response="utter_knowledge_no_store",
                place=names[area],
                hotline=hotline,
                buttons=await self._areas(names),
            )
            return []
        shown = "\n".join(self._line(store, language) for store in stores[:_STORES])
        dispatcher.utter_message(response="utter_knowledge_stores", place=names[area], stores=shown, hotline=hotline)
        return []

    async def _area(self, tracker: Tracker) -> str | None:
        named = self.entities(tracker)
        if named.get("area"):
            return str(named["area"])
        address = named.get("address") or self.customer_text(tracker)
        found = await self.services.operator.network.area_of(str(address))
        if found is not None:
            return found.id
        if tracker.get_slot("area"):
            return str(tracker.get_slot("area"))
        if not tracker.get_slot("customer_id"):
            return None
        customer = await self.services.operator.customers.by_id(str(tracker.get_slot("customer_id")))
        return customer.area if customer else None

    async def _areas(self, names: dict[str, str]) -> list[dict[str, str]]:
        with_store = dict.fromkeys(store.area for store in await self.services.operator.network.stores())
        return [
            {"title": names[area], "payload": "/find_store" + json.dumps({"area": area})}
            for area in with_store
            if area in names
        ]

    def _line(self, store: Store, language: str) -> str:
        return self.wording.text(
            "utter_knowledge_store_line",
            language,
            shop=self.wording.name(store.name, language),
            address=self.wording.name(store.address, language),
            hours=self.wording.name(store.hours, language),
            phone=store.phone,
        )
