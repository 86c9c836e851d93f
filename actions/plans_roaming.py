"""Going abroad: whether it is roaming at all, the pack for it, and how to prepare."""

from __future__ import annotations

from typing import Any

from babel import Locale
from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.customer_action import Events
from actions.plans_addons import AddonAction
from bot.assistant.flows.follow_ups import about

_HOME = "CN"
_LOCALES = {"zh": "zh_Hans_CN", "en": "en_GB"}


class ActionTellRoaming(AddonAction):
    """Say how roaming works for a country, with the pack.

    Reads roaming_country. Sets subject. Utters utter_plans_roaming(_home).
    """

    def name(self) -> str:
        return "action_tell_roaming"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        country = str(tracker.get_slot("roaming_country") or "")
        if country == _HOME:
            dispatcher.utter_message(response="utter_plans_roaming_home")
            return []
        language = self.language(tracker)
        # the entity's value is an ISO code
        place = Locale.parse(_LOCALES[language]).territories.get(country) or self.words(tracker, "utter_plans_abroad")
        packs = [addon for addon in await self.services.operator.catalogue.addons() if addon.kind == "roaming"]
        buttons = [
            {"title": self.addon_title(tracker, pack), "payload": f'/buy_addon{{"addon_wanted": "{pack.id}"}}'}
            for pack in packs
        ]
        title = self.words(tracker, "utter_plans_button_prepare_trip")
        buttons.append({"title": title, "payload": '/faq{"article": "roaming_prepare"}'})
        offer = self.words(tracker, "utter_plans_list_comma").join(
            self.words(
                tracker,
                "utter_plans_roaming_pack",
                addon=self.addon_name(tracker, pack),
                price=self.price(tracker, pack),
            )
            for pack in packs
        )
        dispatcher.utter_message(response="utter_plans_roaming", place=place, offer=offer, buttons=buttons)
        if len(packs) != 1:
            return []
        # "how do I turn it on" then means the pack
        return [SlotSet("subject", about(tracker.get_slot("subject"), {"ask_roaming"}, addon_wanted=packs[0].id))]


class ActionNoteCountry(AddonAction):
    """Take the name of a place that is not among the patterns. Sets roaming_country."""

    def name(self) -> str:
        return "action_note_country"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        said = self.customer_text(tracker).strip(" 。.!！?？")
        territories = {
            name.lower(): code
            for locale in _LOCALES.values()
            for code, name in Locale.parse(locale).territories.items()
        }
        return [SlotSet("roaming_country", territories.get(said.lower()))]
