"""What a new visit is for: a report without one, a fault that is tested first, or something else."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.appointments import OwnVisits
from actions.own_words import Progress, ordinal, progress
from actions.packet_facts import misses, promised
from bot.appointments.model import appointment_json
from bot.assistant.nlu.words.visits import SOMETHING_WRONG
from bot.tickets.model import NewTicket, Severity, Ticket, TicketType, ticket_json

Events = list[dict[str, Any]]

_FIXED = ("broadband", "tv", "landline")


class _TicketsWithoutVisit(OwnVisits):
    async def tickets(self, tracker: Tracker) -> tuple[Ticket, ...]:
        """Open tickets for a fixed line that nobody is coming for yet, newest first."""
        customer_id = str(tracker.get_slot("customer_id"))
        booked = {visit.ticket_id for visit in await self.visits(tracker)}
        open_ones = await self.services.tickets.for_customer(customer_id, open_only=True, limit=20)
        return tuple(
            ticket
            for ticket in open_ones
            if ticket.product in _FIXED
            and ticket.id not in booked
            # of an outage only those for whom it was not over when it was
            and (ticket.outage_id is None or ticket.reopened_at is not None)
            and ticket.ticket_type is not TicketType.complaint
        )


class ActionFindTicketForVisit(_TicketsWithoutVisit):
    """Find what the visit is for.

    Reads customer_id, ticket_id, product. Sets visit_found (one, several, none, booked), ticket_id, visit_for.
    Utters utter_appointments_for_ticket, utter_appointments_booked_before or utter_tickets_unknown.
    """

    def name(self) -> str:
        return "action_find_ticket_for_visit"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        language = self.language(tracker)
        tickets, wanted = await self.tickets(tracker), tracker.get_slot("ticket_id")
        product = tracker.get_slot("product")
        visits = await self.visits(tracker)
        had = next((visit for visit in visits if wanted and visit.ticket_id == wanted), None)
        if wanted and had is None:
            named = tuple(ticket for ticket in tickets if ticket.id == wanted)
            if not named:
                dispatcher.utter_message(response="utter_tickets_unknown", ticket=wanted)
            tickets = named or tickets
        elif product in _FIXED:
            tickets = tuple(ticket for ticket in tickets if ticket.product == product)
        if had is None and not tickets:
            had = next((visit for visit in visits if product is None or visit.product == product), None)
        if had is not None:
            dispatcher.utter_message(
                response="utter_appointments_booked_before",
                json_message=appointment_json(had),
                window=self.window(had, language),
                product=self.wording.product(had.product, language),
            )
            return [SlotSet("visit_found", "booked")]
        if not tickets:
            return [SlotSet("visit_found", "none"), SlotSet("ticket_id", None)]
        if len(tickets) > 1:
            return [SlotSet("visit_found", "several"), SlotSet("ticket_id", None)]
        ticket = tickets[0]
        dispatcher.utter_message(
            response="utter_appointments_for_ticket",
            ticket=ticket.id,
            product=self.wording.product(str(ticket.product), language),
        )
        return [
            SlotSet("visit_found", "one"),
            SlotSet("ticket_id", ticket.id),
            SlotSet("visit_for", _visit_for(ticket)),
        ]


class ActionAskVisitTicket(_TicketsWithoutVisit):
    """Ask which report the visit is for, one button each. Utters utter_appointments_ask_ticket(_again)."""

    def name(self) -> str:
        return "action_ask_visit_ticket"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        language = self.language(tracker)
        tickets = await self.tickets(tracker)
        response = "utter_appointments_ask_ticket_again" if misses(tracker) else "utter_appointments_ask_ticket"
        dispatcher.utter_message(
            response=response,
            example=tickets[0].id if tickets else "",
            buttons=[
                {
                    "title": f"{self.wording.product(str(ticket.product), language)} {ticket.id}",
                    "payload": f'/inform{{"ticket_id": "{ticket.id}"}}',
                }
                for ticket in tickets
            ],
        )
        return []


class ActionChooseVisitTicket(_TicketsWithoutVisit):
    """Read which report is meant, by its place or product. Sets ticket_id when it is clear."""

    def name(self) -> str:
        return "action_choose_visit_ticket"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        tickets = await self.tickets(tracker)
        place = ordinal(self.customer_text(tracker), len(tickets))
        product = self.entities(tracker).get("product")
        found = [tickets[place]] if place is not None else [item for item in tickets if item.product == product]
        return [SlotSet("ticket_id", found[0].id)] if len(found) == 1 else []


class ActionReadVisitReason(OwnVisits):
    """Read what the technician is to do: put a fault right, or something else.

    Reads the message. Sets visit_reason to `fault` or `other`.
    """

    def name(self) -> str:
        return "action_read_visit_reason"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        words = self.customer_text(tracker)
        wrong = SOMETHING_WRONG.search(words.lower()) or progress(words) is Progress.unsolved
        return [SlotSet("visit_reason", "fault" if wrong else "other")] if words else []


class ActionOpenVisitRequest(OwnVisits):
    """Open a request ticket for a visit that is not about a fault.

    Reads customer_id, product, the message. Sets ticket_id, visit_for, promises.
    Utters utter_appointments_request_opened, or utter_faults_no_line when the customer has no such line.
    """

    def name(self) -> str:
        return "action_open_visit_request"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        language = self.language(tracker)
        customer_id, product = str(tracker.get_slot("customer_id")), str(tracker.get_slot("product"))
        lines = [line for line in await self.services.operator.customers.lines(customer_id) if line.product == product]
        if not lines:
            dispatcher.utter_message(response="utter_faults_no_line", product=self.wording.product(product, language))
            return [SlotSet("visit_for", None)]
        ticket = await self.services.tickets.open(
            NewTicket(
                ticket_type=TicketType.request,
                description=self.wording.text(
                    "utter_appointments_description",
                    language,
                    product=self.wording.product(product, language),
                    words=self.customer_text(tracker),
                ),
                severity=Severity.minor,
                customer_id=customer_id,
                line_id=lines[0].id,
                product=product,
                category="visit",
                conversation_id=tracker.sender_id,
            ),
            key=f"{self.key(tracker)}:visit_request",
        )
        due = self.wording.deadline(ticket.due_at, language)
        dispatcher.utter_message(
            response="utter_appointments_request_opened", json_message=ticket_json(ticket), ticket=ticket.id
        )
        promise = self.wording.text("utter_faults_promise_repaired", language, ticket=ticket.id, due=due)
        return [
            SlotSet("ticket_id", ticket.id),
            SlotSet("visit_for", _visit_for(ticket)),
            promised(tracker, promise, ticket.due_at, ticket.id),
        ]


class ActionLeadIntoFault(OwnVisits):
    """Hand the product on to the fault flow, which tests the line first. Reads product. Sets fault_product."""

    def name(self) -> str:
        return "action_lead_into_fault"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        dispatcher.utter_message(response="utter_appointments_test_first")
        return [SlotSet("fault_product", tracker.get_slot("product"))]


def _visit_for(ticket: Ticket) -> dict[str, Any]:
    return {"ticket_id": ticket.id, "line_id": ticket.line_id, "product": ticket.product}
