"""What actions of billing, plans, account and broadband share: whose case it is, what was said, what was promised."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ServiceAction
from actions.packet_facts import checked, misses, promised
from bot.assistant.nlu.words.whose import OF_ANOTHER
from bot.errors import Unauthorized
from bot.operator.ports import Line
from bot.tickets.model import NewTicket, Severity, Ticket, TicketType, ticket_json

Events = list[dict[str, Any]]
Button = dict[str, str]


class CustomerUnknown(Unauthorized):
    """This needs a customer who has proved who they are. Let the flow `identify` run first."""

    code = "customer_unknown"


class CustomerAction(ServiceAction):
    """A service action about one customer's own contract."""

    def customer_id(self, tracker: Tracker) -> str:
        """Whose figures may be told.

        Raises:
            CustomerUnknown: nobody has proved anything yet.
        """
        customer_id = tracker.get_slot("customer_id")
        if not tracker.get_slot("verified") or not customer_id:
            raise CustomerUnknown
        return str(customer_id)

    async def lines(self, tracker: Tracker) -> tuple[Line, ...]:
        return await self.services.operator.customers.lines(self.customer_id(tracker))

    def of_another(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
        """Whether another person's figures are asked for; it says then that only they can see them.

        Nobody is shown their own in their place. Utters utter_billing_of_another.
        """
        if not OF_ANOTHER.search(self.customer_text(tracker)):
            return False
        own = {
            "title": self.words(tracker, "utter_billing_button_own"),
            "payload": f"/{tracker.latest_message['intent']['name']}",
        }
        dispatcher.utter_message(response="utter_billing_of_another", buttons=[own])
        return True

    def today(self, tracker: Tracker) -> date:
        """The day at the operator's when the message came."""
        return self.now(tracker).astimezone(self.services.zone).date()

    def words(self, tracker: Tracker, name: str, **values: Any) -> str:
        """A response as text, to put into another one or onto a button."""
        return self.wording.text(name, self.language(tracker), **values)

    def money(self, tracker: Tracker, amount_cents: int) -> str:
        return self.wording.money(amount_cents, self.language(tracker))

    def month(self, tracker: Tracker, period: str) -> str:
        """YYYY-MM as a month; with its year when that is not this one."""
        return self.wording.month(period, self.language(tracker), this_year=self.today(tracker).year)

    def asked_again(self, tracker: Tracker) -> bool:
        """Whether the open question was asked before and not answered."""
        return misses(tracker) > 0

    def opening(self, tracker: Tracker, intents: Collection[str]) -> tuple[str, dict[str, Any]]:
        """Words and entities of the customer's latest message with one of these intents.

        A one-time code may have come after it. Without such a message: those of the current one.
        """
        for event in reversed(tracker.events):
            if event.get("event") == "user":
                heard = event.get("parse_data") or {}
                if (heard.get("intent") or {}).get("name") in intents:
                    found = {item["entity"]: item["value"] for item in heard.get("entities") or []}
                    return str(event.get("text") or ""), found
        return self.customer_text(tracker), self.entities(tracker)

    def opening_words(self, tracker: Tracker, intents: Collection[str]) -> str:
        """As `opening`, the words alone."""
        return self.opening(tracker, intents)[0]

    def yes_no(self, tracker: Tracker) -> list[Button]:
        return [
            {"title": self.words(tracker, "utter_billing_button_yes"), "payload": "/affirm"},
            {"title": self.words(tracker, "utter_billing_button_no"), "payload": "/deny"},
        ]

    async def open_ticket(
        self,
        tracker: Tracker,
        category: str,
        description: str,
        *,
        ticket_type: TicketType = TicketType.request,
        line: Line | None = None,
        product: str | None = None,
        facts: dict[str, Any] | None = None,
    ) -> Ticket:
        """Open a ticket of this category; a second try of the same turn gives back the same one."""
        new = NewTicket(
            ticket_type=ticket_type,
            description=description,
            severity=Severity.minor,
            customer_id=tracker.get_slot("customer_id"),
            line_id=line.id if line else None,
            product=product or (line.product if line else None),
            category=category,
            facts=facts or {},
            conversation_id=tracker.sender_id,
        )
        return await self.services.tickets.open(new, key=f"{self.key(tracker)}:{category}")

    async def open_one(self, tracker: Tracker, category: str) -> Ticket | None:
        """The customer's newest ticket of this category that somebody still works on."""
        tickets = await self.services.tickets.for_customer(self.customer_id(tracker), open_only=True)
        return next((ticket for ticket in tickets if ticket.category == category), None)

    def tell_known(self, dispatcher: CollectingDispatcher, tracker: Tracker, response: str, ticket: Ticket) -> None:
        """Say that this is under way already, with the ticket's card and when it is due."""
        due = self.wording.deadline(ticket.due_at, self.language(tracker))
        dispatcher.utter_message(response=response, ticket=ticket.id, due=due, json_message=ticket_json(ticket))

    def promised(self, tracker: Tracker, text: str, due_at: datetime | None, ticket_id: str | None = None) -> Events:
        """Keep a promise for the person who may take over."""
        return [promised(tracker, text, due_at, ticket_id)]

    def checked(self, tracker: Tracker, name: str, result: str) -> Events:
        """Keep what a check found for the person who may take over."""
        return [checked(tracker, name, result, self.now(tracker))]
