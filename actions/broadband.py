"""Broadband orders: putting it in, and moving it to another address."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.choices import choose
from actions.customer_action import CustomerAction, Events
from actions.plans import PlanAction
from bot.assistant.nlu.words.addresses import PLACE, UNDECIDED
from bot.operator.ports import Line
from bot.tickets.model import Ticket, ticket_json

INSTALL, RELOCATE = "install", "relocate"
LATER = "later"
_PLANS_OFFERED = 5
_TRIES = 2
_SHORTEST_ADDRESS = 4
_FIXED = ("broadband", "tv", "landline")
_CHINA = "+86"


def fixed_product(tracker: Tracker) -> str:
    """What is to be put in: broadband unless TV or a telephone was named. A mobile is only mentioned, not put in."""
    wanted = tracker.get_slot("install_product")
    return str(wanted) if wanted in _FIXED else _FIXED[0]


class ActionTakeAddress(CustomerAction):
    """Take an address from words that do not have the shape of one, as far as they name a place. Sets address."""

    def name(self) -> str:
        return "action_take_address"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        said = self.customer_text(tracker).strip()
        known = await self.services.operator.network.area_of(said) is not None
        fits = len(said) >= _SHORTEST_ADDRESS and (known or PLACE.search(said) is not None)
        return [SlotSet("address", said if fits else None)]


class ActionCheckCoverage(CustomerAction):
    """Whether the fibre reaches the address. Reads address, coverage_tries. Sets coverage (yes, no, unknown), checks.

    An address that we do not know is asked for once more, then left to a person to look up. Utters
    utter_broadband_covered, utter_broadband_not_covered, utter_broadband_address_unknown or
    utter_broadband_looked_up_later.
    """

    def name(self) -> str:
        return "action_check_coverage"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        address = str(tracker.get_slot("address"))
        covered = await self.services.operator.network.covered(address)
        result = {True: "yes", False: "no", None: "unknown"}[covered]
        tries = int(tracker.get_slot("coverage_tries") or 0) + 1
        events: Events = [SlotSet("coverage", result), SlotSet("coverage_tries", tries)]
        if covered is None and tries < _TRIES:
            dispatcher.utter_message(response="utter_broadband_address_unknown", address=address)
            return [*events, SlotSet("coverage", "ask"), SlotSet("address", None)]
        name = {"yes": "utter_broadband_covered", "no": "utter_broadband_not_covered"}.get(
            result, "utter_broadband_looked_up_later"
        )
        buttons = []
        if covered is False:
            again = "relocate_service" if tracker.get_slot("move_line") else "order_broadband"
            buttons = [
                {
                    "title": self.words(tracker, "utter_broadband_button_mobile"),
                    "payload": '/ask_plans{"offer_product": "mobile"}',
                },
                {"title": self.words(tracker, "utter_broadband_button_other_address"), "payload": f"/{again}"},
            ]
        dispatcher.utter_message(response=name, address=address, buttons=buttons)
        return [*events, *self.checked(tracker, "coverage", f"{result}: {address}")]


class ActionAskInstallPlan(PlanAction):
    """Offer the plans for it, or to choose later. Reads install_product. Utters utter_ask_install_plan(_again)."""

    def name(self) -> str:
        return "action_ask_install_plan"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        product = fixed_product(tracker)
        plans = await self.services.operator.catalogue.plans(product)
        buttons = [
            {"title": self.plan_title(tracker, plan), "payload": f'/inform{{"install_plan": "{plan.id}"}}'}
            for plan in plans[:_PLANS_OFFERED]
        ]
        title = self.words(tracker, "utter_broadband_button_later")
        buttons.append({"title": title, "payload": f'/inform{{"install_plan": "{LATER}"}}'})
        name = "utter_ask_install_plan_again" if self.asked_again(tracker) else "utter_ask_install_plan"
        dispatcher.utter_message(response=name, buttons=buttons)
        return []


class ActionChooseInstallPlan(PlanAction):
    """Read the plan from free words. Sets install_plan; "later" for those who leave it open."""

    def name(self) -> str:
        return "action_choose_install_plan"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        said = self.customer_text(tracker)
        product = fixed_product(tracker)
        plans = await self.services.operator.catalogue.plans(product)
        found = choose(said, [self.option(plan) for plan in plans[:_PLANS_OFFERED]])
        denied = (tracker.latest_message.get("intent") or {}).get("name") == "deny"
        if found is None and (denied or UNDECIDED.search(said.lower())):
            found = LATER
        return [SlotSet("install_plan", found)]


class ActionKnowContact(CustomerAction):
    """A customer whom we know is called on the number of the account, unless another was given. Sets phone_number."""

    def name(self) -> str:
        return "action_know_contact"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        if tracker.get_slot("phone_number") or not tracker.get_slot("verified"):
            return []
        customer = await self.services.operator.customers.by_id(self.customer_id(tracker))
        return [SlotSet("phone_number", customer.phone)] if customer else []


class OrderAction(PlanAction):
    """An action that reads back or places an order."""

    def contact(self, tracker: Tracker) -> str:
        return str(tracker.get_slot("phone_number") or "").removeprefix(_CHINA)

    async def wish(self, tracker: Tracker) -> str:
        """The product, with the plan when one was chosen."""
        chosen = tracker.get_slot("install_plan")
        plan = await self.services.operator.catalogue.plan(str(chosen)) if chosen and chosen != LATER else None
        if plan is not None:
            return self.plan_name(tracker, plan)
        return self.wording.product(fixed_product(tracker), self.language(tracker))

    def answer_by(self, ticket: Ticket, tracker: Tracker) -> tuple[datetime | None, str]:
        """When the customer hears from us: the promise is a call, since no rule in force binds the day of the work."""
        moment = ticket.respond_by or ticket.due_at
        return moment, self.wording.deadline(moment, self.language(tracker))

    def rule(self, tracker: Tracker, rule_id: str) -> str:
        """A rule's sentence; empty while it is switched off."""
        return self.services.policies.text(rule_id, self.language(tracker))

    async def order_facts(self, tracker: Tracker) -> dict[str, Any]:
        """What whoever comes must know: where, whom to call, whether the fibre reaches it."""
        place = str(tracker.get_slot("address"))
        area = await self.services.operator.network.area_of(place)
        return {
            "address": place,
            "area_kind": area.kind if area else None,
            "phone": self.contact(tracker),
            "coverage": tracker.get_slot("coverage"),
        }


class ActionAskInstallConfirmed(OrderAction):
    """Read the order back. Utters utter_ask_install_confirmed(_again)."""

    def name(self) -> str:
        return "action_ask_install_confirmed"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        name = "utter_ask_install_confirmed_again" if self.asked_again(tracker) else "utter_ask_install_confirmed"
        dispatcher.utter_message(
            response=name,
            wish=await self.wish(tracker),
            place=tracker.get_slot("address"),
            phone=self.contact(tracker),
            buttons=self.yes_no(tracker),
        )
        return []


class ActionOrderInstall(OrderAction):
    """Place the order. Reads address, install_plan, phone_number. Sets promises. Utters utter_broadband_ordered."""

    def name(self) -> str:
        return "action_order_install"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        wish, place = await self.wish(tracker), str(tracker.get_slot("address"))
        ticket = await self.open_ticket(
            tracker,
            INSTALL,
            self.words(tracker, "utter_broadband_install_description", wish=wish, place=place),
            product=fixed_product(tracker),
            facts={**await self.order_facts(tracker), "plan": tracker.get_slot("install_plan")},
        )
        moment, due = self.answer_by(ticket, tracker)
        dispatcher.utter_message(
            response="utter_broadband_ordered",
            ticket=ticket.id,
            due=due,
            phone=self.contact(tracker),
            rule=self.rule(tracker, "real_name_documents"),
            json_message=ticket_json(ticket),
        )
        return self.promised(tracker, self.words(tracker, "utter_broadband_promise"), moment, ticket.id)


class ActionFindMoveLine(OrderAction):
    """Find what is to be moved. Reads move_product. Sets move_line ("none" without any), move_ticket.

    Utters utter_broadband_nothing_to_move, or utter_broadband_move_known when a move is under way.
    """

    def name(self) -> str:
        return "action_find_move_line"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        known = await self.open_one(tracker, RELOCATE)
        if known is not None:
            _, due = self.answer_by(known, tracker)
            dispatcher.utter_message(
                response="utter_broadband_move_known", ticket=known.id, due=due, json_message=ticket_json(known)
            )
            return [SlotSet("move_line", "none")]
        fixed = [line for line in await self.lines(tracker) if line.product in _FIXED]
        line = next(
            (line for line in fixed if line.product == tracker.get_slot("move_product")), fixed[0] if fixed else None
        )
        if line is None:
            title = self.words(tracker, "utter_plans_button_install")
            dispatcher.utter_message(
                response="utter_broadband_nothing_to_move", buttons=[{"title": title, "payload": "/order_broadband"}]
            )
            return [SlotSet("move_line", "none")]
        return [SlotSet("move_line", line.id)]


class _MoveAction(OrderAction):
    async def line(self, tracker: Tracker) -> Line:
        wanted = tracker.get_slot("move_line")
        return next(line for line in await self.lines(tracker) if line.id == wanted)


class ActionAskMoveConfirmed(_MoveAction):
    """Read the move back, with the rule on valid ID. Utters utter_ask_move_confirmed(_again)."""

    def name(self) -> str:
        return "action_ask_move_confirmed"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        line = await self.line(tracker)
        name = "utter_ask_move_confirmed_again" if self.asked_again(tracker) else "utter_ask_move_confirmed"
        dispatcher.utter_message(
            response=name,
            product=self.wording.product(line.product, self.language(tracker)),
            number=line.number,
            place=tracker.get_slot("address"),
            phone=self.contact(tracker),
            buttons=self.yes_no(tracker),
        )
        return []


class ActionOrderMove(_MoveAction):
    """Place the order to move. Reads move_line, address, phone_number. Utters utter_broadband_move_ordered."""

    def name(self) -> str:
        return "action_order_move"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        line, place = await self.line(tracker), str(tracker.get_slot("address"))
        product = self.wording.product(line.product, self.language(tracker))
        ticket = await self.open_ticket(
            tracker,
            RELOCATE,
            self.words(tracker, "utter_broadband_move_description", product=product, number=line.number, place=place),
            line=line,
            facts=await self.order_facts(tracker),
        )
        moment, due = self.answer_by(ticket, tracker)
        dispatcher.utter_message(
            response="utter_broadband_move_ordered",
            ticket=ticket.id,
            due=due,
            phone=self.contact(tracker),
            rule=self.rule(tracker, "real_name_relocation"),
            json_message=ticket_json(ticket),
        )
        return self.promised(tracker, self.words(tracker, "utter_broadband_move_promise"), moment, ticket.id)
