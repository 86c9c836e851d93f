"""Packs and services on top of a plan: buy and stop."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.choices import Option, choose
from actions.customer_action import CustomerAction, Events
from actions.plans import PRODUCTS, first_of_next_month
from bot.assistant.nlu.words.plans import DATA_SIZE, DATA_WORDS
from bot.operator.ports import Addon, Line

_CENTS = 100
_ADDONS_OFFERED = 6
_MOBILE_KINDS = frozenset({"data", "service", "roaming"})


class AddonAction(CustomerAction):
    """An action about packs."""

    def addon_name(self, tracker: Tracker, addon: Addon) -> str:
        return self.wording.name(addon.name, self.language(tracker))

    def price(self, tracker: Tracker, addon: Addon) -> str:
        """Its price with how often it is charged."""
        amount = self.money(tracker, addon.price_cents)
        return self.words(tracker, f"utter_plans_addon_price_{addon.period}", amount=amount)

    def addon_title(self, tracker: Tracker, addon: Addon) -> str:
        """A pack as a button shows it: name and price."""
        name, price = self.addon_name(tracker, addon), self.price(tracker, addon)
        return self.words(tracker, "utter_plans_button_addon", addon=name, price=price)

    async def addon(self, tracker: Tracker, slot: str) -> Addon | None:
        wanted = tracker.get_slot(slot)
        return await self.services.operator.catalogue.addon(str(wanted)) if wanted else None

    def option(self, addon: Addon) -> Option:
        numbers = tuple(float(part) for part in addon.id.replace("gb", "").split("_") if part.isdigit())
        return Option(
            addon.id, (addon.name.zh, addon.name.en), (*numbers, addon.price_cents / _CENTS), addon.price_cents
        )

    async def offers(self, tracker: Tracker) -> list[Addon]:
        """What can be bought, packs of data first when the customer spoke of data."""
        addons = list(await self.services.operator.catalogue.addons())
        said = self.opening_words(tracker, {"buy_addon"}).lower()
        wants_data = any(word in said for word in DATA_WORDS)
        addons.sort(key=lambda addon: (addon.kind != "data" if wants_data else False, addon.kind == "roaming"))
        return addons[:_ADDONS_OFFERED]

    async def owned(self, tracker: Tracker) -> list[tuple[Line, Addon]]:
        """The customer's packs with their lines."""
        catalogue = self.services.operator.catalogue
        found = []
        for line in await self.lines(tracker):
            for addon_id in line.addon_ids:
                addon = await catalogue.addon(addon_id)
                if addon is not None:
                    found.append((line, addon))
        return found


class ActionAskAddonWanted(AddonAction):
    """Ask which pack, some as buttons. Utters utter_ask_addon_wanted(_again)."""

    def name(self) -> str:
        return "action_ask_addon_wanted"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        offers = await self.offers(tracker)
        buttons = [
            {"title": self.addon_title(tracker, addon), "payload": f'/inform{{"addon_wanted": "{addon.id}"}}'}
            for addon in offers
        ]
        name = "utter_ask_addon_wanted_again" if self.asked_again(tracker) else "utter_ask_addon_wanted"
        dispatcher.utter_message(
            response=name, buttons=buttons, example=self.addon_name(tracker, offers[0]) if offers else ""
        )
        return []


class ActionReadAddonSize(AddonAction):
    """Take the pack of data whose size came with the wish ("add 10 GB"). Sets addon_wanted."""

    def name(self) -> str:
        return "action_read_addon_size"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        said = self.opening_words(tracker, {"buy_addon"})
        if not DATA_SIZE.search(f"{said} "):
            return []
        packs = [
            self.option(addon) for addon in await self.services.operator.catalogue.addons() if addon.kind == "data"
        ]
        return [SlotSet("addon_wanted", choose(said, packs, by_place=False))]


class ActionChooseAddon(AddonAction):
    """Read the pack from free words. Sets addon_wanted."""

    def name(self) -> str:
        return "action_choose_addon"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        options = [self.option(addon) for addon in await self.offers(tracker)]
        return [SlotSet("addon_wanted", choose(self.customer_text(tracker), options))]


class ActionCheckAddon(AddonAction):
    """Whether the pack can be added here. Reads addon_wanted. Sets addon_verdict: ok, again or end.

    Utters utter_plans_addon_owned, utter_plans_line_stopped or utter_plans_addon_unknown.
    """

    def name(self) -> str:
        return "action_check_addon"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        addon = await self.addon(tracker, "addon_wanted")
        if addon is None:
            dispatcher.utter_message(response="utter_plans_addon_unknown")
            return [SlotSet("addon_verdict", "again"), SlotSet("addon_wanted", None)]
        owned = [mine for _, mine in await self.owned(tracker)]
        if addon.period == "month" and addon.id in {mine.id for mine in owned}:
            dispatcher.utter_message(response="utter_plans_addon_owned", addon=self.addon_name(tracker, addon))
            return [SlotSet("addon_verdict", "end")]
        lines = await self.lines(tracker)
        # packs of data, calls and roaming belong to the mobile line
        needed = [line for line in lines if line.product == "mobile"] if addon.kind in _MOBILE_KINDS else lines
        if not any(line.status == "active" for line in needed or lines):
            title = self.words(tracker, "utter_plans_button_resume")
            dispatcher.utter_message(
                response="utter_plans_line_stopped", buttons=[{"title": title, "payload": "/resume_service"}]
            )
            return [SlotSet("addon_verdict", "end")]
        return [SlotSet("addon_verdict", "ok")]


class ActionAskAddonConfirmed(AddonAction):
    """Read back pack, price and start, and ask for a yes. Utters utter_ask_addon_confirmed(_again)."""

    def name(self) -> str:
        return "action_ask_addon_confirmed"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        addon = await self.addon(tracker, "addon_wanted")
        if addon is None:
            return []
        name = "utter_ask_addon_confirmed_again" if self.asked_again(tracker) else "utter_ask_addon_confirmed"
        dispatcher.utter_message(
            response=name,
            addon=self.addon_name(tracker, addon),
            price=self.price(tracker, addon),
            renews=self.words(tracker, f"utter_plans_addon_renews_{addon.period}"),
            buttons=self.yes_no(tracker),
        )
        return []


class ActionAddAddon(AddonAction):
    """Add the pack to the line that takes it. Reads addon_wanted. Utters utter_plans_addon_added or …_no_line."""

    def name(self) -> str:
        return "action_add_addon"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        addon = await self.addon(tracker, "addon_wanted")
        if addon is None:
            return []
        language = self.language(tracker)
        lines = [line for line in await self.lines(tracker) if line.status == "active"]
        for line in sorted(lines, key=lambda line: PRODUCTS.index(line.product)):
            key = f"{self.key(tracker)}:addon:{line.id}"
            if await self.services.operator.catalogue.add_addon(line.id, addon.id, key=key):
                product = self.wording.product(line.product, language)
                name = self.addon_name(tracker, addon)
                dispatcher.utter_message(
                    response="utter_plans_addon_added",
                    addon=name,
                    product=product,
                    number=line.number,
                    price=self.price(tracker, addon),
                )
                return self.checked(tracker, "addon_added", f"{addon.id} {line.number}")
        dispatcher.utter_message(response="utter_plans_addon_no_line", addon=self.addon_name(tracker, addon))
        return []


class ActionFindOwnAddons(AddonAction):
    """See which packs the customer has. Reads addon_drop. Sets addon_drop, drop_verdict: ok, ask or end.

    Utters utter_plans_addon_none, or utter_plans_addon_not_owned when they named another.
    """

    def name(self) -> str:
        return "action_find_own_addons"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        owned = await self.owned(tracker)
        named = await self.addon(tracker, "addon_drop")
        if not owned:
            dispatcher.utter_message(
                response="utter_plans_addon_none",
                buttons=[{"title": self.words(tracker, "utter_plans_button_bill"), "payload": "/check_bill"}],
            )
            return [SlotSet("drop_verdict", "end")]
        if named is not None and named.id not in {addon.id for _, addon in owned}:
            dispatcher.utter_message(response="utter_plans_addon_not_owned", addon=self.addon_name(tracker, named))
            return [SlotSet("drop_verdict", "ask"), SlotSet("addon_drop", None)]
        if named is None and len(owned) == 1:
            return [SlotSet("drop_verdict", "ok"), SlotSet("addon_drop", owned[0][1].id)]
        return [SlotSet("drop_verdict", "ok" if named else "ask")]


class ActionAskAddonDrop(AddonAction):
    """Ask which of their packs to stop. Utters utter_ask_addon_drop(_again)."""

    def name(self) -> str:
        return "action_ask_addon_drop"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        owned = await self.owned(tracker)
        buttons = [
            {"title": self.addon_title(tracker, addon), "payload": f'/inform{{"addon_drop": "{addon.id}"}}'}
            for _, addon in owned[:_ADDONS_OFFERED]
        ]
        name = "utter_ask_addon_drop_again" if self.asked_again(tracker) else "utter_ask_addon_drop"
        dispatcher.utter_message(
            response=name, buttons=buttons, example=self.addon_name(tracker, owned[0][1]) if owned else ""
        )
        return []


class ActionChooseOwnAddon(AddonAction):
    """Read which of their packs free words mean. Sets addon_drop."""

    def name(self) -> str:
        return "action_choose_own_addon"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        options = [self.option(addon) for _, addon in await self.owned(tracker)]
        return [SlotSet("addon_drop", choose(self.customer_text(tracker), options))]


class ActionAskDropConfirmed(AddonAction):
    """Say what stopping means and ask for a yes. Utters utter_ask_drop_confirmed(_again)."""

    def name(self) -> str:
        return "action_ask_drop_confirmed"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        addon = await self.addon(tracker, "addon_drop")
        if addon is None:
            return []
        first = first_of_next_month(self.today(tracker))
        language = self.language(tracker)
        effect = self.words(
            tracker,
            f"utter_plans_drop_effect_{addon.period}",
            last=self.wording.date(first - timedelta(days=1), language),
            first=self.wording.date(first, language),
        )
        name = "utter_ask_drop_confirmed_again" if self.asked_again(tracker) else "utter_ask_drop_confirmed"
        dispatcher.utter_message(
            response=name,
            addon=self.addon_name(tracker, addon),
            price=self.price(tracker, addon),
            effect=effect,
            buttons=self.yes_no(tracker),
        )
        return []


class ActionRemoveAddon(AddonAction):
    """Stop the pack. Reads addon_drop. Sets checks. Utters utter_plans_addon_removed or utter_plans_addon_gone."""

    def name(self) -> str:
        return "action_remove_addon"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        addon = await self.addon(tracker, "addon_drop")
        if addon is None:
            return []
        name = self.addon_name(tracker, addon)
        for line in await self.lines(tracker):
            key = f"{self.key(tracker)}:drop:{line.id}"
            if await self.services.operator.catalogue.remove_addon(line.id, addon.id, key=key):
                first = self.wording.date(first_of_next_month(self.today(tracker)), self.language(tracker))
                response = "utter_plans_addon_removed" if addon.period == "month" else "utter_plans_addon_removed_once"
                dispatcher.utter_message(response=response, addon=name, first=first)
                return self.checked(tracker, "addon_removed", f"{addon.id} {line.number}")
        dispatcher.utter_message(response="utter_plans_addon_gone", addon=name)
        return []
