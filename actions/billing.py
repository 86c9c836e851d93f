"""Balance, bill and usage: a verified customer's own figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.bill_periods import back, read_periods
from actions.customer_action import CustomerAction, Events
from bot.assistant.flows.follow_ups import ASKED, about
from bot.operator.ports import Bill, UsageItem

_BILL_INTENTS = frozenset({"check_bill"})
_DISPUTE = "dispute_charge"
_CENTS = 100
_UNITS = {"min": "utter_billing_unit_minutes", "SMS": "utter_billing_unit_texts"}
_CHANGES_TOLD = 2
_LEAST_ITEMS, _ITEMS_TOLD = 2, 3
_BILLS_ASKED_FOR = 12
#: entity: the month of the bill that was shown before this question, YYYY-MM
_SHOWN = "bill_shown"
#: wishes that show a bill
_BILL_SUBJECTS = frozenset({"check_bill", "show_balance_and_bill"})
#: questions about a bill that was shown, of which only the difference is told
_ABOUT_A_CHANGE = frozenset({"which", "reason"})


class BillAction(CustomerAction):
    """An action that shows or explains bills."""

    async def bills(self, tracker: Tracker) -> tuple[Bill, ...]:
        """Newest first."""
        return await self.services.operator.billing.bills(self.customer_id(tracker), limit=_BILLS_ASKED_FOR)

    def bill_card(self, bill: Bill, before: Bill | None, language: str) -> dict[str, Any]:
        """The card that apps get in `message.data`; amounts in the currency's main unit."""
        card: dict[str, Any] = {
            "type": "bill",
            "total": bill.total_cents / _CENTS,
            "currency": bill.currency,
            "period": bill.period,
            "items": [
                {"name": self.wording.name(item.name, language), "amount": item.amount_cents / _CENTS}
                for item in bill.items
            ],
        }
        if before is not None:
            card["previous_total"] = before.total_cents / _CENTS
        return card

    def change(self, tracker: Tracker, bill: Bill, before: Bill | None) -> str:
        """One or two sentences on what made this bill differ from the one before; empty when there is none before."""
        if before is None:
            return ""
        language = self.language(tracker)
        month = self.month(tracker, before.period)
        difference = bill.total_cents - before.total_cents
        reasons = [self._reason(tracker, *change) for change in changed_items(bill, before, language)[:_CHANGES_TOLD]]
        if not reasons:
            return self.words(tracker, "utter_billing_change_none", month=month)
        why = reasons[0]
        if len(reasons) > 1:
            why = self.words(tracker, "utter_billing_change_both", first=reasons[0], second=reasons[1])
        if difference == 0:
            return self.words(tracker, "utter_billing_change_same_total", month=month, why=why)
        name = "utter_billing_change_up" if difference > 0 else "utter_billing_change_down"
        return self.words(tracker, name, month=month, amount=self.money(tracker, abs(difference)), why=why)

    def _reason(self, tracker: Tracker, name: str, old_cents: int | None, new_cents: int | None) -> str:
        if old_cents is None:
            amount = self.money(tracker, new_cents or 0)
            return self.words(tracker, "utter_billing_change_item_new", item=name, amount=amount)
        if new_cents is None:
            amount = self.money(tracker, old_cents)
            return self.words(tracker, "utter_billing_change_item_gone", item=name, amount=amount)
        old, new = self.money(tracker, old_cents), self.money(tracker, new_cents)
        return self.words(tracker, "utter_billing_change_item_moved", item=name, old=old, new=new)

    def settled(self, tracker: Tracker, bill: Bill) -> str:
        """Whether it is paid, or by when it should be."""
        if bill.paid:
            return self.words(tracker, "utter_billing_paid")
        due = self.wording.date(bill.due_on, self.language(tracker))
        name = "utter_billing_due" if bill.due_on >= self.today(tracker) else "utter_billing_overdue"
        return self.words(tracker, name, due=due)


def changed_items(bill: Bill, before: Bill, language: str) -> list[tuple[str, int | None, int | None]]:
    """Items that differ as (name, fen before, fen now), the biggest difference first; None where there was none."""
    old, new = _by_name(bill=before, language=language), _by_name(bill=bill, language=language)
    names = [name for name in dict.fromkeys([*new, *old]) if old.get(name) != new.get(name)]
    names.sort(key=lambda name: -abs(new.get(name, 0) - old.get(name, 0)))
    return [(name, old.get(name), new.get(name)) for name in names]


def _by_name(bill: Bill, language: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for item in bill.items:
        name = item.name.in_language(language)
        found[name] = found.get(name, 0) + item.amount_cents
    return found


class ActionTellBalance(CustomerAction):
    """Say how much credit is left, or what is owed and by when.

    Utters utter_billing_balance_credit, …_zero, …_owed, …_owed_by or …_overdue; utter_billing_of_another.
    """

    def name(self) -> str:
        return "action_tell_balance"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        if self.of_another(dispatcher, tracker):
            return []
        balance = await self.services.operator.billing.balance(self.customer_id(tracker))
        amount = self.money(tracker, abs(balance.amount_cents))
        if balance.amount_cents > 0:
            dispatcher.utter_message(response="utter_billing_balance_credit", amount=amount)
        elif balance.amount_cents == 0:
            dispatcher.utter_message(response="utter_billing_balance_zero", amount=amount)
        elif balance.due_on is not None:
            due = self.wording.date(balance.due_on, self.language(tracker))
            late = balance.due_on < self.today(tracker)
            name = "utter_billing_balance_overdue" if late else "utter_billing_balance_owed_by"
            dispatcher.utter_message(response=name, amount=amount, due=due)
        else:
            dispatcher.utter_message(response="utter_billing_balance_owed", amount=amount)
        return []


class ActionShowBill(BillAction):
    """Show the bill of the month that was asked for, else the newest, with what changed against the month before.

    Reads the words that asked for it. Sets subject. Utters utter_billing_bill (card `bill`; the biggest items in words
    too), utter_billing_bill_of_this_month, utter_billing_bill_change (asked what it is that made it so),
    utter_billing_bills (several months), utter_billing_no_such_bill or utter_billing_no_bill.
    """

    def name(self) -> str:
        return "action_show_bill"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        if self.of_another(dispatcher, tracker):
            return []
        bills = await self.bills(tracker)
        if not bills:
            dispatcher.utter_message(response="utter_billing_no_bill")
            return []
        today = self.today(tracker)
        wanted = read_periods(self.opening_words(tracker, _BILL_INTENTS), today)
        if len(wanted) > 1:
            self._several(dispatcher, tracker, bills, wanted)
            return []
        asked = self.entities(tracker)
        shown = asked.get(_SHOWN) if asked.get(ASKED) in _ABOUT_A_CHANGE else None
        if shown:
            wanted = (str(shown),)
        if wanted == (back(today, 0),) and bills[0].period != wanted[0]:
            month = self.month(tracker, wanted[0])
            dispatcher.utter_message(response="utter_billing_bill_of_this_month", month=month)
            wanted = ()
        found = [index for index, bill in enumerate(bills) if not wanted or bill.period == wanted[0]]
        if not found:
            self._none(dispatcher, tracker, bills, wanted[0])
            return []
        bill, before = [*bills, None][found[0] : found[0] + 2]
        assert bill is not None
        if shown and before is not None:
            self._change_alone(dispatcher, tracker, bill, before)
        else:
            self._one(dispatcher, tracker, bill, before)
        # later questions are about this bill
        return [SlotSet("subject", about(tracker.get_slot("subject"), _BILL_SUBJECTS, **{_SHOWN: bill.period}))]

    def _one(self, dispatcher: CollectingDispatcher, tracker: Tracker, bill: Bill, before: Bill | None) -> None:
        language = self.language(tracker)
        dispatcher.utter_message(
            response="utter_billing_bill",
            month=self.month(tracker, bill.period),
            total=self.money(tracker, bill.total_cents),
            items=self._items(tracker, bill),
            settled=self.settled(tracker, bill),
            change=self.change(tracker, bill, before),
            json_message=self.bill_card(bill, before, language),
        )

    def _change_alone(self, dispatcher: CollectingDispatcher, tracker: Tracker, bill: Bill, before: Bill) -> None:
        """What the shown bill has that the one before had not, and the way to have it checked."""
        dispatcher.utter_message(
            response="utter_billing_bill_change",
            month=self.month(tracker, bill.period),
            change=self.change(tracker, bill, before),
            buttons=[
                {"title": self.wording.term("intents", _DISPUTE, self.language(tracker)), "payload": f"/{_DISPUTE}"}
            ],
        )

    def _items(self, tracker: Tracker, bill: Bill) -> str:
        """The biggest items in words; nothing where one item is the whole bill."""
        language = self.language(tracker)
        sums = sorted(_by_name(bill, language).items(), key=lambda item: -abs(item[1]))
        if len(sums) < _LEAST_ITEMS:
            return ""
        told = [
            self.words(tracker, "utter_billing_bill_item", item=name, amount=self.money(tracker, amount_cents))
            for name, amount_cents in sums[:_ITEMS_TOLD]
        ]
        joined = self.wording.term("formats", "list", language).join(told)
        name = "utter_billing_bill_items" if len(sums) <= _ITEMS_TOLD else "utter_billing_bill_items_mostly"
        return self.words(tracker, name, items=joined)

    def _several(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, bills: Sequence[Bill], wanted: Sequence[str]
    ) -> None:
        shown = [bill for bill in bills if bill.period in wanted]
        if not shown:
            self._none(dispatcher, tracker, bills, wanted[0])
            return
        rows = "\n".join(
            self.words(
                tracker,
                "utter_billing_bills_row",
                month=self.month(tracker, bill.period),
                total=self.money(tracker, bill.total_cents),
            )
            for bill in shown
        )
        total = self.money(tracker, sum(bill.total_cents for bill in shown))
        dispatcher.utter_message(response="utter_billing_bills", rows=rows, total=total)

    def _none(self, dispatcher: CollectingDispatcher, tracker: Tracker, bills: Sequence[Bill], period: str) -> None:
        dispatcher.utter_message(
            response="utter_billing_no_such_bill",
            month=self.month(tracker, period),
            first=self.month(tracker, bills[-1].period),
            last=self.month(tracker, bills[0].period),
        )


class ActionTellUsage(CustomerAction):
    """Say what is used and left of each allowance this month.

    Utters utter_billing_usage (card `usage`) or utter_billing_usage_none.
    """

    def name(self) -> str:
        return "action_tell_usage"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        if self.of_another(dispatcher, tracker):
            return []
        items = await self.services.operator.billing.usage(self.customer_id(tracker))
        if not items:
            dispatcher.utter_message(response="utter_billing_usage_none")
            return []
        language = self.language(tracker)
        dispatcher.utter_message(
            response="utter_billing_usage",
            rows="\n".join(self._row(tracker, item) for item in items),
            json_message={
                "type": "usage",
                "items": [
                    {
                        "name": self.wording.name(item.name, language),
                        "used": item.used,
                        "total": item.total,
                        "unit": item.unit,
                    }
                    for item in items
                ],
            },
        )
        return []

    def _row(self, tracker: Tracker, item: UsageItem) -> str:
        language = self.language(tracker)
        unit = self.words(tracker, _UNITS[item.unit]) if item.unit in _UNITS else item.unit
        values = {"item": self.wording.name(item.name, language), "used": f"{item.used:g}", "unit": unit}
        if item.total is None:
            return self.words(tracker, "utter_billing_usage_unlimited", **values)
        left = round(item.total - item.used, 2)
        if left <= 0:
            return self.words(tracker, "utter_billing_usage_gone", total=f"{item.total:g}", **values)
        return self.words(tracker, "utter_billing_usage_row", total=f"{item.total:g}", left=f"{left:g}", **values)
