"""How to pay, payments that have not arrived, and invoices."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.bill_periods import read_periods
from actions.billing import BillAction
from actions.customer_action import CustomerAction, Events
from bot.assistant.nlu.numbers import chinese_number
from bot.assistant.nlu.words.billing import CHINESE_NUMBER, COMPANY_NAME, NOT_ARRIVED, OTHER_NAME, PAYMENT_TIME
from bot.operator.ports import Bill
from bot.tickets.model import ticket_json

MISSING = "payment_missing"
_INTENTS = frozenset({"top_up", "dispute_charge"})
INVOICE = "invoice"
_CHANGED = "changed"
_PERIODS_OFFERED = 3
#: whose name an invoice bears, when it is not the account's
_COMPANY = "company"
#: value of invoice_period while only the name is known
_NAMED = "named"
_TITLE_LIMIT = 200

_DIGITS = re.compile(r"(?<![\d.])(\d{1,5}(?:\.\d{1,2})?)(?![\d.]*\d)")
_MOST_YUAN = 50_000
_CENTS = 100


class ActionReadPaymentWish(CustomerAction):
    """Find out whether a payment has not arrived, how much and when it was, from the words that started this.

    Sets payment_missing, amount, payment_time.
    """

    def name(self) -> str:
        return "action_read_payment_wish"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        told, entities = self.opening(tracker, _INTENTS)
        said = told.lower()
        if not (tracker.get_slot(MISSING) or NOT_ARRIVED.search(said)):
            return [SlotSet(MISSING, False)]
        when = PAYMENT_TIME.search(said)
        return [
            SlotSet(MISSING, True),
            SlotSet("amount", entities.get("amount")),
            SlotSet("payment_time", when.group().strip(" ,") if when else None),
        ]


class ActionTellHowToPay(CustomerAction):
    """Say how to pay, and what is owed when we know the customer. Utters utter_billing_how_to_pay(_owed)."""

    def name(self) -> str:
        return "action_tell_how_to_pay"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        if tracker.get_slot("verified"):
            balance = await self.services.operator.billing.balance(self.customer_id(tracker))
            if balance.amount_cents < 0:
                owed = self.money(tracker, -balance.amount_cents)
                dispatcher.utter_message(response="utter_billing_how_to_pay_owed", amount=owed)
                return []
        dispatcher.utter_message(response="utter_billing_how_to_pay")
        return []


class ActionFindMissingPayment(CustomerAction):
    """Look at the balance, and whether we are looking for this payment already.

    Sets payment_ticket when we are, checks. Utters utter_billing_payment_balance_* or utter_billing_payment_known.
    """

    def name(self) -> str:
        return "action_find_missing_payment"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        known = await self.open_one(tracker, MISSING)
        if known is not None:
            self.tell_known(dispatcher, tracker, "utter_billing_payment_known", known)
            return [SlotSet("payment_ticket", known.id)]
        balance = await self.services.operator.billing.balance(self.customer_id(tracker))
        amount = self.money(tracker, abs(balance.amount_cents))
        name = (
            "utter_billing_payment_balance_owed" if balance.amount_cents < 0 else "utter_billing_payment_balance_credit"
        )
        dispatcher.utter_message(response=name, amount=amount)
        return self.checked(tracker, "balance", f"{balance.amount_cents / _CENTS:.2f} {balance.currency}")


class ActionTakePaymentAmount(CustomerAction):
    """Read an amount that was typed as a bare number. Sets amount in yuan with two decimals."""

    def name(self) -> str:
        return "action_take_payment_amount"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        said = self.customer_text(tracker)
        found = _DIGITS.search(said)
        value = float(found[1]) if found else None
        if value is None:
            written = CHINESE_NUMBER.search(said)
            value = float(chinese_number(written.group()) or 0) if written else None
        return [SlotSet("amount", f"{value:.2f}" if value and value <= _MOST_YUAN else None)]


class ActionReportMissingPayment(CustomerAction):
    """Open the search for a payment. Reads amount, payment_time, utters utter_billing_payment_reported."""

    def name(self) -> str:
        return "action_report_missing_payment"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        amount = self.money(tracker, round(float(tracker.get_slot("amount")) * _CENTS))
        when = str(tracker.get_slot("payment_time"))
        ticket = await self.open_ticket(
            tracker,
            MISSING,
            self.words(tracker, "utter_billing_payment_description", amount=amount, when=when),
            product="mobile",
            facts={"amount_yuan": tracker.get_slot("amount"), "paid_when": when},
        )
        due = self.wording.deadline(ticket.due_at, self.language(tracker))
        dispatcher.utter_message(
            response="utter_billing_payment_reported",
            amount=amount,
            ticket=ticket.id,
            due=due,
            json_message=ticket_json(ticket),
        )
        text = self.words(tracker, "utter_billing_payment_promise", amount=amount)
        return self.promised(tracker, text, ticket.due_at, ticket.id)


class InvoiceAction(BillAction):
    """An action about the bills that an invoice is wanted for."""

    def chosen(self, bills: tuple[Bill, ...], wanted: str) -> tuple[Bill, ...]:
        """The bills of `wanted`, months parted by commas."""
        periods = wanted.split(",")
        return tuple(bill for bill in bills if bill.period in periods)

    def months(self, tracker: Tracker, bills: tuple[Bill, ...]) -> str:
        if len(bills) == 1:
            return self.month(tracker, bills[0].period)
        first, last = (self.month(tracker, bill.period) for bill in (bills[-1], bills[0]))
        return self.words(tracker, "utter_billing_invoice_months", first=first, last=last, count=len(bills))

    def read(self, text: str, tracker: Tracker, bills: tuple[Bill, ...]) -> str | None:
        """The months that the words name and we have bills of."""
        wanted = read_periods(text, self.today(tracker))
        found = [bill.period for bill in bills if bill.period in wanted]
        return ",".join(found) or None

    def title(self, tracker: Tracker) -> str:
        """The name that the invoice bears, in words."""
        given = str(tracker.get_slot("invoice_title") or "").strip()[:_TITLE_LIMIT]
        return given or self.words(tracker, "utter_billing_invoice_holder")


class ActionReadInvoicePeriod(InvoiceAction):
    """Take the months that were named when the invoice was asked for, and whether it is for a company.

    Sets invoice_period and invoice_for, or invoice_ticket.

    Utters utter_billing_invoice_known when an invoice is under way already, utter_billing_no_bill without any bill.
    """

    def name(self) -> str:
        return "action_read_invoice_period"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        known = await self.open_one(tracker, INVOICE)
        if known is not None:
            self.tell_known(dispatcher, tracker, "utter_billing_invoice_known", known)
            return [SlotSet("invoice_ticket", known.id)]
        bills = await self.bills(tracker)
        if not bills:
            dispatcher.utter_message(response="utter_billing_no_bill")
            return [SlotSet("invoice_ticket", "none")]
        said = self.opening_words(tracker, {"request_invoice"})
        for_company = _COMPANY if OTHER_NAME.search(said.lower()) else None
        return [SlotSet("invoice_period", self.read(said, tracker, bills)), SlotSet("invoice_for", for_company)]


class ActionAskInvoicePeriod(InvoiceAction):
    """Ask for which month, with the newest months as buttons. Utters utter_ask_invoice_period(_again)."""

    def name(self) -> str:
        return "action_ask_invoice_period"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        bills = await self.bills(tracker)
        buttons = [
            {
                "title": self.month(tracker, bill.period),
                "payload": f'/inform{{"invoice_period": "{bill.period}"}}',
            }
            for bill in bills[:_PERIODS_OFFERED]
        ]
        everything = ",".join(bill.period for bill in bills)
        title = self.words(tracker, "utter_billing_button_all_bills", count=len(bills))
        buttons.append({"title": title, "payload": f'/inform{{"invoice_period": "{everything}"}}'})
        name = "utter_ask_invoice_period_again" if self.asked_again(tracker) else "utter_ask_invoice_period"
        example = self.month(tracker, bills[-1].period)
        dispatcher.utter_message(response=name, buttons=buttons, example=example)
        return []


class ActionChooseInvoicePeriod(InvoiceAction):
    """Read the months from free words, and the company that it is for.

    Sets invoice_period, or leaves it when they name no bill of ours; invoice_for and invoice_title.
    """

    def name(self) -> str:
        return "action_choose_invoice_period"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        words = self.customer_text(tracker)
        period = self.read(words, tracker, await self.bills(tracker))
        named = COMPANY_NAME.search(words) is not None
        if not named and not OTHER_NAME.search(words.lower()):
            return [SlotSet("invoice_period", period)]
        title = words if named else tracker.get_slot("invoice_title")
        return [
            SlotSet("invoice_period", period or _NAMED),
            SlotSet("invoice_for", _COMPANY),
            SlotSet("invoice_title", title),
        ]


class ActionNoteInvoiceName(InvoiceAction):
    """Say that the name is taken, before the month is asked for. Empties invoice_period."""

    def name(self) -> str:
        return "action_note_invoice_name"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        dispatcher.utter_message(response="utter_billing_invoice_name_noted")
        return [SlotSet("invoice_period", None)]


class ActionAskInvoiceConfirmed(InvoiceAction):
    """Read the wish back: months, sum, name, where it goes. Utters utter_ask_invoice_confirmed(_again)."""

    def name(self) -> str:
        return "action_ask_invoice_confirmed"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        bills = self.chosen(await self.bills(tracker), str(tracker.get_slot("invoice_period")))
        name = "utter_ask_invoice_confirmed_again" if self.asked_again(tracker) else "utter_ask_invoice_confirmed"
        total = self.money(tracker, sum(bill.total_cents for bill in bills))
        months = self.months(tracker, bills)
        title, buttons = self.title(tracker), self.yes_no(tracker)
        dispatcher.utter_message(response=name, months=months, total=total, title=title, buttons=buttons)
        return []


class ActionReviseInvoice(InvoiceAction):
    """The customer said no, or named another month or name: take it, else ask again.

    Sets invoice_period, invoice_for, invoice_title, invoice_confirmed.
    """

    def name(self) -> str:
        return "action_revise_invoice"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        words = self.customer_text(tracker)
        period = self.read(words, tracker, await self.bills(tracker))
        renamed = OTHER_NAME.search(words.lower()) is not None
        if tracker.get_slot("invoice_confirmed") is None:
            changed = period is not None or renamed
            return [SlotSet("invoice_confirmed", _CHANGED)] if changed else []  # neither yes nor no nor another wish
        events: Events = [SlotSet("invoice_confirmed", None)]
        if renamed:
            events += [SlotSet("invoice_for", _COMPANY), SlotSet("invoice_title", None)]
        if period is not None or not renamed:
            events.append(SlotSet("invoice_period", period))
        return events


class ActionRequestInvoice(InvoiceAction):
    """Ask for the invoice. Reads invoice_period, invoice_title. Sets promises.

    Utters utter_billing_invoice_requested.
    """

    def name(self) -> str:
        return "action_request_invoice"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        bills = self.chosen(await self.bills(tracker), str(tracker.get_slot("invoice_period")))
        months = self.months(tracker, bills)
        total = self.money(tracker, sum(bill.total_cents for bill in bills))
        ticket = await self.open_ticket(
            tracker,
            INVOICE,
            self.words(
                tracker, "utter_billing_invoice_description", months=months, total=total, title=self.title(tracker)
            ),
            product="mobile",
            facts={"periods": [bill.period for bill in bills], "total_cents": sum(bill.total_cents for bill in bills)},
        )
        due = self.wording.deadline(ticket.due_at, self.language(tracker))
        dispatcher.utter_message(
            response="utter_billing_invoice_requested",
            months=months,
            ticket=ticket.id,
            due=due,
            json_message=ticket_json(ticket),
        )
        text = self.words(tracker, "utter_billing_invoice_promise", months=months)
        return self.promised(tracker, text, ticket.due_at, ticket.id)
