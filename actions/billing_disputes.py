"""A charge that the customer contests: explained from the bill, then recorded as a complaint with its legal clock."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.billing import BillAction, changed_items
from actions.choices import Option, choose
from actions.customer_action import Events
from bot.assistant.nlu.words.billing import CHARGE_NAMED, DISCOUNT, NOT_ARRIVED, NOT_SETTLED, SETTLED
from bot.assistant.nlu.words.plans import PRODUCT_WORDS
from bot.operator.ports import Bill, BillItem
from bot.tickets.model import TicketType, ticket_json

_INTENTS = frozenset({"dispute_charge"})
#: a yes, or "I want it back", under a bill with one new charge
_MEANS_THE_NEW_ONE = frozenset({"affirm", "dispute_charge"})
_OTHER = "other"
#: messages of the bot that count as just said
_JUST = 2
#: messages that make the description
_TOLD = 3
_CATEGORY = "billing"
_CHARGES_OFFERED = 5
_CENTS = 100
_SHORTEST_DESCRIPTION = 4


class DisputeAction(BillAction):
    """An action about one charge of the newest bill."""

    async def newest(self, tracker: Tracker) -> tuple[Bill | None, Bill | None]:
        """The newest bill and the one before."""
        bills = [*await self.bills(tracker), None, None]
        return bills[0], bills[1]

    def find(self, text: str, bill: Bill, *, by_place: bool = True) -> BillItem | None:
        """The item that the words mean, by name, amount or, once the items were shown, by place; else by its product.

        Nobody contests a discount, unless it is named as one.
        """
        items = [item for item in bill.items if item.amount_cents > 0 or DISCOUNT.search(text)]
        options = [
            Option(str(index), (item.name.zh, item.name.en), (item.amount_cents / _CENTS,), item.amount_cents)
            for index, item in enumerate(items)
        ]
        found = choose(text, options, by_place=by_place)
        if found is not None:
            return items[int(found)]
        said = next((words for _, words in PRODUCT_WORDS if words.search(text.lower())), None)
        of_it = [item for item in items if said is not None and said.search(item.name.zh.lower())]
        return of_it[0] if len(of_it) == 1 else None

    def risen(self, bill: Bill, before: Bill | None) -> BillItem | None:
        """The one charge that is new or higher than before; None when there are none or several."""
        changes = changed_items(bill, before, "zh") if before else []
        risen = {name for name, old, new in changes if (new or 0) > (old or 0)}
        found = [item for item in bill.items if item.name.zh in risen and item.amount_cents > 0]
        return found[0] if len(found) == 1 else None


class ActionExplainRise(DisputeAction):
    """Show the newest bill and what changed; take the charge if it was named already.

    Sets charge_item: "none" without any bill, "payment" when it is about a payment that has not arrived. Utters
    utter_billing_dispute_bill (card `bill`) or utter_billing_no_bill.
    """

    def name(self) -> str:
        return "action_explain_rise"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        told = self.opening_words(tracker, _INTENTS)
        if NOT_ARRIVED.search(told.lower()):
            return [SlotSet("charge_item", "payment")]
        bill, before = await self.newest(tracker)
        if bill is None:
            dispatcher.utter_message(response="utter_billing_no_bill")
            return [SlotSet("charge_item", "none")]
        item = self.find(told, bill, by_place=False)
        if item is None and _bill_just_shown(tracker):
            # "I never agreed to that", under a bill that told of one new charge
            item = self.risen(bill, before)
        if item is not None and _bill_just_shown(tracker):
            return [SlotSet("charge_item", item.name.zh)]
        language = self.language(tracker)
        dispatcher.utter_message(
            response="utter_billing_dispute_bill",
            month=self.month(tracker, bill.period),
            total=self.money(tracker, bill.total_cents),
            change=self.change(tracker, bill, before),
            json_message=self.bill_card(bill, before, language),
        )
        return [SlotSet("charge_item", item.name.zh if item else None)]


class ActionAskChargeItem(DisputeAction):
    """Ask which charge it is, new ones first. Utters utter_ask_charge_item(_again)."""

    def name(self) -> str:
        return "action_ask_charge_item"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        bill, before = await self.newest(tracker)
        buttons = []
        if bill is not None:
            language = self.language(tracker)
            new = [name for name, _, _ in changed_items(bill, before, "zh")] if before else []
            charges = [item for item in bill.items if item.amount_cents > 0]
            charges.sort(key=lambda item: item.name.zh not in new)
            for item in charges[:_CHARGES_OFFERED]:
                name, amount = self.wording.name(item.name, language), self.money(tracker, item.amount_cents)
                title = self.words(tracker, "utter_billing_button_charge", item=name, amount=amount)
                buttons.append({"title": title, "payload": f'/inform{{"charge_item": "{item.name.zh}"}}'})
        title = self.words(tracker, "utter_billing_button_other_charge")
        buttons.append({"title": title, "payload": f'/inform{{"charge_item": "{_OTHER}"}}'})
        name = "utter_ask_charge_item_again" if self.asked_again(tracker) else "utter_ask_charge_item"
        dispatcher.utter_message(response=name, buttons=buttons)
        return []


class ActionMatchCharge(DisputeAction):
    """Read which charge free words mean. Sets charge_item; "other" for one that the bill does not name."""

    def name(self) -> str:
        return "action_match_charge"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        bill, before = await self.newest(tracker)
        said = self.customer_text(tracker)
        item = self.find(said, bill) if bill is not None else None
        if item is None and bill is not None and _intent(tracker) in _MEANS_THE_NEW_ONE:
            item = self.risen(bill, before)
        if item is not None:
            return [SlotSet("charge_item", item.name.zh)]
        if SETTLED.search(said.lower()) and not NOT_SETTLED.search(said.lower()):
            return [SlotSet("charge_item", "settled")]
        names_one = CHARGE_NAMED.search(said) is not None
        described = len(said.strip()) >= _SHORTEST_DESCRIPTION and (names_one or self.asked_again(tracker))
        return [SlotSet("charge_item", _OTHER if described else None)]


class ActionExplainCharge(DisputeAction):
    """Say what the charge is for. Reads charge_item. Sets charge_explained, checks. Utters utter_billing_charge_*."""

    def name(self) -> str:
        return "action_explain_charge"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        bill, _ = await self.newest(tracker)
        item = (
            next((item for item in bill.items if item.name.zh == tracker.get_slot("charge_item")), None)
            if bill
            else None
        )
        if bill is None or item is None:
            dispatcher.utter_message(response="utter_billing_charge_other")
            return [SlotSet("charge_explained", True)]
        language = self.language(tracker)
        values = {
            "item": self.wording.name(item.name, language),
            "amount": self.money(tracker, item.amount_cents),
            "month": self.month(tracker, bill.period),
        }
        kind = await self._kind(tracker, item)
        dispatcher.utter_message(response=f"utter_billing_charge_{kind}", **values)
        facts = self.checked(tracker, "charge", f"{item.name.zh} {item.amount_cents / _CENTS:.2f} {bill.currency}")
        return [SlotSet("charge_explained", True), *facts]

    async def _kind(self, tracker: Tracker, item: BillItem) -> str:
        """plan, addon, discount, roaming or use: what the operator's books say this item stands for."""
        catalogue = self.services.operator.catalogue
        if item.amount_cents < 0:
            return "discount"
        for line in await self.lines(tracker):
            plan = await catalogue.plan(line.plan_id)
            if plan is not None and plan.name.zh in item.name.zh:
                return "plan"
        if any(addon.name.zh == item.name.zh for addon in await catalogue.addons()):
            return "addon"
        return "roaming" if "roaming" in item.name.en.lower() else "use"


class ActionJudgeSettled(DisputeAction):
    """Read from free words whether the explanation settles it. Sets dispute_settled."""

    def name(self) -> str:
        return "action_judge_settled"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        said = self.customer_text(tracker).lower()
        if NOT_SETTLED.search(said):
            return [SlotSet("dispute_settled", False)]
        return [SlotSet("dispute_settled", True if SETTLED.search(said) else None)]


class ActionRereadDispute(DisputeAction):
    """Words that sound like another wish: take from them which charge is meant, or that the explanation does not do.

    Reads charge_explained. Sets charge_item or dispute_settled, or neither; then the open question comes again.
    """

    def name(self) -> str:
        return "action_reread_dispute"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        said = self.customer_text(tracker)
        if tracker.get_slot("charge_explained"):
            return [SlotSet("dispute_settled", False if NOT_SETTLED.search(said.lower()) else None)]
        bill, _ = await self.newest(tracker)
        item = self.find(said, bill) if bill is not None else None
        return [SlotSet("charge_item", item.name.zh if item else None)]


class ActionOpenChargeComplaint(DisputeAction):
    """Record the contested charge as a complaint, in the customer's words, with its deadline and the next step.

    Reads charge_item. Sets promises. Utters utter_billing_dispute_recorded (card `ticket`).
    """

    def name(self) -> str:
        return "action_open_charge_complaint"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        bill, _ = await self.newest(tracker)
        charge = str(tracker.get_slot("charge_item") or _OTHER)
        item = next((item for item in bill.items if item.name.zh == charge), None) if bill else None
        language = self.language(tracker)
        told = _told(tracker) or self.opening_words(tracker, _INTENTS)
        if item is not None:
            named = self.wording.name(item.name, language)
            told = self.words(tracker, "utter_billing_dispute_description", words=told, charge=named)
        ticket = await self.open_ticket(
            tracker,
            _CATEGORY,
            told,
            ticket_type=TicketType.complaint,
            product="mobile",
            facts={
                "period": bill.period if bill else None,
                "charge": charge,
                "amount_cents": item.amount_cents if item else None,
            },
        )
        legal_due_at = ticket.legal_due_at or ticket.due_at
        due_at = ticket.due_at or legal_due_at
        dispatcher.utter_message(
            response="utter_billing_dispute_recorded",
            ticket=ticket.id,
            due=self.wording.deadline(due_at, language) if due_at else "",
            legal_due=self.wording.deadline(legal_due_at, language) if legal_due_at else "",
            appeal=self.services.policies.text("appeal_after_no_answer", language),
            json_message=ticket_json(ticket),
        )
        return self.promised(tracker, self.words(tracker, "utter_billing_dispute_promise"), due_at, ticket.id)


def _intent(tracker: Tracker) -> str:
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def _told(tracker: Tracker) -> str:
    """What the customer said against the charge, oldest first."""
    said = []
    for event in tracker.events:
        heard = event.get("parse_data") or {}
        if event.get("event") == "user" and (heard.get("intent") or {}).get("name") in _INTENTS:
            said.append(str(event.get("text") or "").strip())
    return "\n".join(dict.fromkeys(said[-_TOLD:]))


def _bill_just_shown(tracker: Tracker) -> bool:
    said = [event for event in reversed(tracker.events) if event.get("event") == "bot"][:_JUST]
    cards = [(event.get("data") or {}).get("custom") or {} for event in said]
    return any(card.get("type") == "bill" for card in cards)
