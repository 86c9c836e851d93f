"""Plans: what a customer has, and what is on sale."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.choices import Option
from actions.customer_action import CustomerAction, Events
from bot.assistant.flows.follow_ups import ASKED, about
from bot.assistant.nlu.words.plans import PRODUCT_WORDS
from bot.operator.ports import Line, Plan

PRODUCTS = ("mobile", "broadband", "tv", "landline")
_CENTS = 100
_MB_PER_GB = 1024
_DECEMBER = 12


def _most_first(plan: Plan) -> tuple[float, int]:
    return -max(plan.allowances.get("data_mb", 0), plan.allowances.get("down_mbps", 0)), plan.price_cents


#: what is asked about plans on sale that one of them answers: the first in this order
_BEST: Mapping[str, Callable[[Plan], Any]] = {"cheapest": lambda plan: plan.price_cents, "biggest": _most_first}


class PlanAction(CustomerAction):
    """An action that reads the catalogue."""

    def plan_name(self, tracker: Tracker, plan: Plan) -> str:
        return self.wording.name(plan.name, self.language(tracker))

    def plan_title(self, tracker: Tracker, plan: Plan) -> str:
        """A plan as a button shows it: name, price, contents."""
        return self.words(
            tracker,
            "utter_plans_button_plan",
            plan=self.plan_name(tracker, plan),
            price=self.money(tracker, plan.price_cents),
            contents=self.contents(tracker, plan),
        )

    def contents(self, tracker: Tracker, plan: Plan) -> str:
        """What a plan holds: "30 GB, 300 min, 100 texts" or "300 Mbps"."""
        parts = []
        for allowance, amount in plan.allowances.items():
            if amount:
                value = f"{amount / _MB_PER_GB:g}" if allowance == "data_mb" else f"{amount:g}"
                parts.append(self.words(tracker, f"utter_plans_allowance_{allowance}", value=value))
        if not parts:
            return self.words(tracker, "utter_plans_allowance_flat")
        return self.words(tracker, "utter_plans_list_comma").join(parts)

    def term(self, tracker: Tracker, plan: Plan) -> str:
        """How long the contract is, or that there is none."""
        if plan.contract_months:
            return self.words(tracker, "utter_plans_term", months=plan.contract_months)
        return self.words(tracker, "utter_plans_no_term")

    def option(self, plan: Plan) -> Option:
        speed = plan.allowances.get("down_mbps", 0)
        data = plan.allowances.get("data_mb", 0) / _MB_PER_GB
        numbers = tuple(float(number) for number in (plan.price_cents / _CENTS, speed, data) if number)
        return Option(plan.id, (plan.name.zh, plan.name.en), numbers, plan.price_cents)

    def product_buttons(
        self, tracker: Tracker, slot: str, products: tuple[str, ...] = PRODUCTS
    ) -> list[dict[str, str]]:
        language = self.language(tracker)
        return [
            {"title": self.wording.product(product, language), "payload": f'/inform{{"{slot}": "{product}"}}'}
            for product in products
        ]


class ActionTellPlans(PlanAction):
    """Say what each line has: plan, price, contents, contract, add-ons. Reads plan_product. Utters utter_plans_own."""

    def name(self) -> str:
        return "action_tell_plans"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        if self.of_another(dispatcher, tracker):
            return []
        lines = await self.lines(tracker)
        wanted = [line for line in lines if line.product == tracker.get_slot("plan_product")] or list(lines)
        if not wanted:
            dispatcher.utter_message(response="utter_plans_no_line")
            return []
        rows = [await self._row(tracker, line) for line in wanted]
        dispatcher.utter_message(
            response="utter_plans_own",
            rows="\n".join(rows),
            buttons=[
                {"title": self.words(tracker, "utter_plans_button_change"), "payload": "/change_plan"},
                {"title": self.words(tracker, "utter_plans_button_addons"), "payload": "/buy_addon"},
            ],
        )
        return []

    async def _row(self, tracker: Tracker, line: Line) -> str:
        language = self.language(tracker)
        catalogue = self.services.operator.catalogue
        plan = await catalogue.plan(line.plan_id)
        product = self.wording.product(line.product, language)
        if plan is None:
            return self.words(tracker, "utter_plans_own_unknown", product=product, number=line.number)
        addons = [addon for addon_id in line.addon_ids if (addon := await catalogue.addon(addon_id)) is not None]
        names = [self.wording.name(addon.name, language) for addon in addons]
        extras = self.words(tracker, "utter_plans_list_comma").join(names)
        return self.words(
            tracker,
            "utter_plans_own_row",
            product=product,
            number=line.number,
            plan=self.plan_name(tracker, plan),
            price=self.money(tracker, plan.price_cents),
            contents=self.contents(tracker, plan),
            contract=self._contract(tracker, line),
            addons=self.words(tracker, "utter_plans_own_addons", addons=extras) if extras else "",
            ordered=await self._ordered(tracker, line),
            status="" if line.status == "active" else self.words(tracker, "utter_plans_own_stopped"),
        )

    async def _ordered(self, tracker: Tracker, line: Line) -> str:
        catalogue = self.services.operator.catalogue
        booked = await catalogue.ordered_plan(line.id)
        plan = await catalogue.plan(booked.plan_id) if booked else None
        if booked is None or plan is None:
            return ""
        start = self.wording.date(booked.starts_on, self.language(tracker))
        return self.words(tracker, "utter_plans_own_ordered", plan=self.plan_name(tracker, plan), start=start)

    def _contract(self, tracker: Tracker, line: Line) -> str:
        if line.contract_until is None or line.contract_until < self.today(tracker):
            return self.words(tracker, "utter_plans_own_free")
        day = self.wording.date(line.contract_until, self.language(tracker))
        return self.words(tracker, "utter_plans_own_until", day=day)


class ActionAskOfferProduct(PlanAction):
    """Ask what the plan is for. Utters utter_ask_offer_product(_again)."""

    def name(self) -> str:
        return "action_ask_offer_product"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        name = "utter_ask_offer_product_again" if self.asked_again(tracker) else "utter_ask_offer_product"
        dispatcher.utter_message(response=name, buttons=self.product_buttons(tracker, "offer_product"))
        return []


class ActionReadOfferProduct(PlanAction):
    """Read what the plan is for from a plan's name or from other words for the thing. Sets offer_product."""

    def name(self) -> str:
        return "action_read_offer_product"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        asked = tracker.get_slot("offer_plan")
        plan = await self.services.operator.catalogue.plan(str(asked)) if asked else None
        if plan is not None:
            return [SlotSet("offer_product", plan.product)]
        said = self.customer_text(tracker).lower()
        return [
            SlotSet("offer_product", next((product for product, words in PRODUCT_WORDS if words.search(said)), None))
        ]


class ActionListPlans(PlanAction):
    """List what is on sale for a product, or describe one plan. Reads offer_product, offer_plan.

    Asked for the cheapest or biggest after a list, that one alone; "can I switch to that" then means it.
    Utters utter_plans_on_sale, utter_plans_cheapest, utter_plans_biggest, utter_plans_one or
    utter_plans_one_not_sold. Sets subject.
    """

    def name(self) -> str:
        return "action_list_plans"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        catalogue = self.services.operator.catalogue
        asked, wanted = tracker.get_slot("offer_plan"), self.entities(tracker).get(ASKED, "")
        plan = await catalogue.plan(str(asked)) if asked else None
        if plan is not None and wanted not in _BEST:
            name = "utter_plans_one" if plan.sold else "utter_plans_one_not_sold"
            dispatcher.utter_message(
                response=name,
                row=self._row(tracker, plan),
                buttons=self._buttons(tracker, plan.product, plan if plan.sold else None),
            )
            return []
        product = plan.product if plan is not None else str(tracker.get_slot("offer_product"))
        plans = await catalogue.plans(product)
        if plans and wanted in _BEST:
            best = min(plans, key=_BEST[wanted])
            row, buttons = self._row(tracker, best), self._buttons(tracker, product, best)
            dispatcher.utter_message(response=f"utter_plans_{wanted}", row=row, buttons=buttons)
            return [
                SlotSet("subject", about(tracker.get_slot("subject"), {"ask_plans"}, product=product, plan=best.id))
            ]
        dispatcher.utter_message(
            response="utter_plans_on_sale",
            product=self.wording.product(product, self.language(tracker)),
            rows="\n".join(self._row(tracker, plan) for plan in plans),
            buttons=self._buttons(tracker, product, None),
        )
        return []

    def _row(self, tracker: Tracker, plan: Plan) -> str:
        return self.words(
            tracker,
            "utter_plans_row",
            plan=self.plan_name(tracker, plan),
            price=self.money(tracker, plan.price_cents),
            contents=self.contents(tracker, plan),
            term=self.term(tracker, plan),
        )

    def _buttons(self, tracker: Tracker, product: str, plan: Plan | None) -> list[dict[str, str]]:
        value = f'"plan_wanted": "{plan.id}"' if plan else f'"plan_product": "{product}"'
        buttons = [{"title": self.words(tracker, "utter_plans_button_change"), "payload": f"/change_plan{{{value}}}"}]
        if product == "broadband":
            install = f'{{"install_plan": "{plan.id}"}}' if plan else ""
            title = self.words(tracker, "utter_plans_button_install")
            buttons.append({"title": title, "payload": f"/order_broadband{install}"})
        return buttons


def first_of_next_month(today: date) -> date:
    """The day on which a change of plan starts."""
    if today.month == _DECEMBER:
        return date(today.year + 1, 1, 1)
    return date(today.year, today.month + 1, 1)
