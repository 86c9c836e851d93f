"""The change from one plan to another: which line, which plan, what it means, an explicit yes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.choices import choose
from actions.customer_action import Events
from actions.plans import PRODUCTS, PlanAction, first_of_next_month
from bot.assistant.nlu.words.plans import OLD_PLAN
from bot.operator.ports import Line, Plan

_PLANS_OFFERED = 6
_CHANGED = "changed"


class ActionFindPlanLine(PlanAction):
    """Find the line whose plan changes. Reads plan_product, plan_wanted. Sets plan_line, plan_product, plan_wanted.

    Neither is set when the customer has to say which; plan_line is "none" after utter_plans_no_such_line. Who would
    rather keep the old plan, and has a change booked, wants that one dropped: plan_wanted is the present plan then.
    """

    def name(self) -> str:
        return "action_find_plan_line"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        lines = await self.lines(tracker)
        wanted = tracker.get_slot("plan_wanted")
        gives_up = (tracker.latest_message.get("intent") or {}).get("name") == "cancel_flow"
        if wanted is None and (gives_up or OLD_PLAN.search(self.customer_text(tracker))):
            kept = await self._with_an_order(lines, tracker.get_slot("plan_product"))
            if kept is not None:
                return [
                    SlotSet("plan_line", kept.id),
                    SlotSet("plan_product", kept.product),
                    SlotSet("plan_wanted", kept.plan_id),
                ]
        if wanted is None and gives_up:
            dispatcher.utter_message(response="utter_general_nothing_to_cancel")
            return [SlotSet("plan_line", "none")]
        plan = await self.services.operator.catalogue.plan(str(wanted)) if wanted else None
        product = plan.product if plan else tracker.get_slot("plan_product")
        if product is None and len({line.product for line in lines}) == 1:
            product = lines[0].product
        if product is None and lines:
            return [SlotSet("plan_line", None)]
        line = next((line for line in lines if line.product == product), None)
        if line is None:
            name = "utter_plans_no_such_line" if product in PRODUCTS else "utter_plans_no_line"
            shown = self.wording.product(str(product), self.language(tracker))
            dispatcher.utter_message(response=name, product=shown)
            return [SlotSet("plan_line", "none")]
        return [SlotSet("plan_line", line.id), SlotSet("plan_product", line.product)]

    async def _with_an_order(self, lines: Sequence[Line], product: str | None) -> Line | None:
        for line in lines:
            if product in (None, line.product) and await self.services.operator.catalogue.ordered_plan(line.id):
                return line
        return None


class ActionReadPlanProduct(PlanAction):
    """Read a plan in place of a product ("the 59 one"). Sets plan_wanted and plan_product when one plan is meant."""

    def name(self) -> str:
        return "action_read_plan_product"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        own = {line.product for line in await self.lines(tracker)}
        plans = [plan for product in sorted(own) for plan in await self.services.operator.catalogue.plans(product)]
        found = choose(self.customer_text(tracker), [self.option(plan) for plan in plans], by_place=False)
        plan = next((plan for plan in plans if plan.id == found), None)
        if plan is None:
            return []
        return [SlotSet("plan_wanted", plan.id), SlotSet("plan_product", plan.product)]


class ActionAskPlanProduct(PlanAction):
    """Ask which of the customer's lines it is about. Utters utter_ask_plan_product(_again)."""

    def name(self) -> str:
        return "action_ask_plan_product"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        own = {line.product for line in await self.lines(tracker)}
        products = tuple(product for product in PRODUCTS if product in own)
        name = "utter_ask_plan_product_again" if self.asked_again(tracker) else "utter_ask_plan_product"
        dispatcher.utter_message(response=name, buttons=self.product_buttons(tracker, "plan_product", products))
        return []


class _ChangeAction(PlanAction):
    async def line(self, tracker: Tracker) -> Line:
        wanted = tracker.get_slot("plan_line")
        return next(line for line in await self.lines(tracker) if line.id == wanted)

    async def offers(self, tracker: Tracker) -> list[Plan]:
        """Plans on sale for the line, without the present one, cheapest first."""
        line = await self.line(tracker)
        plans = await self.services.operator.catalogue.plans(line.product)
        return [plan for plan in plans if plan.id != line.plan_id]


class ActionAskPlanWanted(_ChangeAction):
    """Ask for the new plan, those on sale as buttons. Utters utter_ask_plan_wanted(_again)."""

    def name(self) -> str:
        return "action_ask_plan_wanted"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        line, offers = await self.line(tracker), await self.offers(tracker)
        present = await self.services.operator.catalogue.plan(line.plan_id)
        buttons = [
            {"title": self.plan_title(tracker, plan), "payload": f'/inform{{"plan_wanted": "{plan.id}"}}'}
            for plan in offers[:_PLANS_OFFERED]
        ]
        name = "utter_ask_plan_wanted_again" if self.asked_again(tracker) else "utter_ask_plan_wanted"
        dispatcher.utter_message(
            response=name,
            plan=self.plan_name(tracker, present) if present else "",
            price=self.money(tracker, present.price_cents) if present else "",
            example=self.plan_name(tracker, offers[0]) if offers else "",
            buttons=buttons,
        )
        return []


class ActionChoosePlan(_ChangeAction):
    """Read the plan from free words: name, price, speed, place in the list. Sets plan_wanted."""

    def name(self) -> str:
        return "action_choose_plan"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        options = [self.option(plan) for plan in (await self.offers(tracker))[:_PLANS_OFFERED]]
        return [SlotSet("plan_wanted", choose(self.customer_text(tracker), options))]


class ActionCheckPlanChange(_ChangeAction):
    """Whether the change may be made here. Reads plan_line, plan_wanted. Sets plan_verdict, checks.

    ok · other_line: the plan is for another of the customer's products · again: it is the present plan, or no longer
    sold, and another has to be named · locked: the contract runs and the new plan costs less, so that a person has to
    work it out · stopped: the line is not in use.
    """

    def name(self) -> str:
        return "action_check_plan_change"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        line = await self.line(tracker)
        catalogue = self.services.operator.catalogue
        new, present = await catalogue.plan(str(tracker.get_slot("plan_wanted"))), await catalogue.plan(line.plan_id)
        if new is not None and new.sold and new.product != line.product:
            return [SlotSet("plan_verdict", "other_line"), SlotSet("plan_line", None)]
        if new is None or not new.sold:
            name = self.plan_name(tracker, new) if new else ""
            dispatcher.utter_message(response="utter_plans_not_sold", plan=name)
            return self._again()
        if new.id == line.plan_id and await catalogue.ordered_plan(line.id) is not None:
            return [SlotSet("plan_verdict", "ok")]
        if new.id == line.plan_id:
            dispatcher.utter_message(response="utter_plans_same", plan=self.plan_name(tracker, new))
            return self._again()
        if line.status != "active":
            dispatcher.utter_message(response="utter_plans_line_stopped", buttons=self._resume(tracker))
            return [SlotSet("plan_verdict", "stopped")]
        bound = line.contract_until is not None and line.contract_until >= self.today(tracker)
        if bound and present is not None and new.price_cents < present.price_cents:
            day = self.wording.date(line.contract_until, self.language(tracker))
            dispatcher.utter_message(
                response="utter_plans_locked",
                plan=self.plan_name(tracker, present),
                day=day,
                new=self.plan_name(tracker, new),
            )
            facts = self.checked(tracker, "contract", f"{line.plan_id} until {line.contract_until}, wants {new.id}")
            return [SlotSet("plan_verdict", "locked"), *facts]
        return [SlotSet("plan_verdict", "ok")]

    def _again(self) -> Events:
        return [SlotSet("plan_verdict", "again"), SlotSet("plan_wanted", None)]

    def _resume(self, tracker: Tracker) -> list[dict[str, str]]:
        return [{"title": self.words(tracker, "utter_plans_button_resume"), "payload": "/resume_service"}]


class ActionAskPlanConfirmed(_ChangeAction):
    """Read back plan, price, start and contract, and ask for a yes. Utters utter_ask_plan_confirmed(_again)."""

    def name(self) -> str:
        return "action_ask_plan_confirmed"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        line = await self.line(tracker)
        catalogue = self.services.operator.catalogue
        new, present = await catalogue.plan(str(tracker.get_slot("plan_wanted"))), await catalogue.plan(line.plan_id)
        if new is None:
            return []
        booked = await catalogue.ordered_plan(line.id) if new.id == line.plan_id else None
        if booked is not None:
            other = await catalogue.plan(booked.plan_id)
            dispatcher.utter_message(
                response="utter_ask_plan_kept",
                plan=self.plan_name(tracker, new),
                other=self.plan_name(tracker, other) if other else "",
                start=self.wording.date(booked.starts_on, self.language(tracker)),
                buttons=self.yes_no(tracker),
            )
            return []
        difference = new.price_cents - (present.price_cents if present else 0)
        kind = "more" if difference > 0 else "less" if difference < 0 else "equal"
        name = "utter_ask_plan_confirmed_again" if self.asked_again(tracker) else "utter_ask_plan_confirmed"
        dispatcher.utter_message(
            response=name,
            plan=self.plan_name(tracker, new),
            price=self.money(tracker, new.price_cents),
            difference=self.words(tracker, f"utter_plans_price_{kind}", amount=self.money(tracker, abs(difference))),
            contents=self.contents(tracker, new),
            start=self.wording.date(first_of_next_month(self.today(tracker)), self.language(tracker)),
            term=self.term(tracker, new),
            buttons=self.yes_no(tracker),
        )
        return []


class ActionRevisePlan(_ChangeAction):
    """A no, or another plan, in place of a yes. Reads plan_verdict, plan_confirmed, plan_handover.

    Before the answer: sets the asked slot to "changed" when the words name another plan. After it: sets plan_wanted to
    that plan and empties the rest, or leaves all as it is when no plan was named.
    """

    def name(self) -> str:
        return "action_revise_plan"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        asked = "plan_handover" if tracker.get_slot("plan_verdict") == "locked" else "plan_confirmed"
        options = [self.option(plan) for plan in await self.offers(tracker)]
        found = choose(self.customer_text(tracker), options)
        if found is None or found == tracker.get_slot("plan_wanted"):
            return []
        if tracker.get_slot(asked) is None:
            return [SlotSet(asked, _CHANGED)]
        emptied = [SlotSet(name, None) for name in ("plan_verdict", "plan_confirmed", "plan_handover", "plan_line")]
        return [SlotSet("plan_wanted", found), *emptied]


class ActionOrderPlan(_ChangeAction):
    """Order the change, or drop the one that is booked. Reads plan_line, plan_wanted. Sets promises.

    Utters utter_plans_ordered; utter_plans_kept when the present plan stays.
    """

    def name(self) -> str:
        return "action_order_plan"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        catalogue = self.services.operator.catalogue
        plan_id = str(tracker.get_slot("plan_wanted"))
        line = await self.line(tracker)
        if plan_id == line.plan_id:
            await catalogue.drop_plan_order(line.id, key=f"{self.key(tracker)}:plan")
            present = await catalogue.plan(plan_id)
            dispatcher.utter_message(
                response="utter_plans_kept", plan=self.plan_name(tracker, present) if present else plan_id
            )
            return []
        starts_on = await catalogue.order_plan(
            str(tracker.get_slot("plan_line")), plan_id, key=f"{self.key(tracker)}:plan"
        )
        plan = await catalogue.plan(plan_id)
        name = self.plan_name(tracker, plan) if plan else plan_id
        start = self.wording.date(starts_on, self.language(tracker))
        keep = {
            "title": self.words(tracker, "utter_plans_button_keep"),
            "payload": f'/change_plan{{"plan_wanted": "{line.plan_id}"}}',
        }
        dispatcher.utter_message(response="utter_plans_ordered", plan=name, start=start, buttons=[keep])
        return self.promised(tracker, self.words(tracker, "utter_plans_promise", plan=name, start=start), None)
