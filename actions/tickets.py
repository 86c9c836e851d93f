"""Tickets: how they stand, and pressing for one."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ServiceAction
from actions.own_words import Wanted, end_wanted, ordinal
from actions.packet_facts import misses, promised
from bot.appointments.model import Appointment
from bot.tickets.explain import subject
from bot.tickets.model import ENDED, Ticket, TicketStatus, ticket_json

Events = list[dict[str, Any]]

_MOST_ASKED = 5
_MOST_READ = 50
_UNDERWAY = frozenset({TicketStatus.acknowledged, TicketStatus.in_progress, TicketStatus.held})


class _OwnTickets(ServiceAction):
    async def open_ones(self, tracker: Tracker) -> tuple[Ticket, ...]:
        """The customer's tickets that are not over, newest first; those that wait for their yes too."""
        found = await self.services.tickets.for_customer(str(tracker.get_slot("customer_id")), limit=_MOST_READ)
        return tuple(ticket for ticket in found if ticket.status not in ENDED)[:_MOST_ASKED]

    async def own(self, tracker: Tracker) -> Ticket | None:
        """The ticket of the slot ticket_id if it belongs to this customer or was opened in this conversation."""
        wanted = tracker.get_slot("ticket_id")
        ticket = await self.services.tickets.get(str(wanted)) if wanted else None
        if ticket is None:
            return None
        mine = ticket.customer_id is not None and ticket.customer_id == tracker.get_slot("customer_id")
        return ticket if mine or ticket.conversation_id == tracker.sender_id else None

    async def visit(self, ticket: Ticket) -> Appointment | None:
        """The visit that is booked for a ticket."""
        if ticket.customer_id is None:
            return None
        visits = await self.services.appointments.for_customer(ticket.customer_id)
        return next((item for item in visits if item.ticket_id == ticket.id), None)

    def what(self, ticket: Ticket, language: str) -> str:
        """What a ticket is about, in two or three words."""
        return subject(ticket, self.wording, language)

    def overdue(self, ticket: Ticket, tracker: Tracker) -> bool:
        return ticket.status.open and ticket.due_at is not None and ticket.due_at < self.now(tracker)

    async def next_step(self, ticket: Ticket, tracker: Tracker) -> str:
        """What happens next and by when, in one or two sentences."""
        language = self.language(tracker)
        due = self.wording.deadline(ticket.due_at, language)
        visit = await self.visit(ticket) if ticket.status in _UNDERWAY else None
        window = self.wording.window(visit.start, visit.end, language) if visit else ""
        if self.overdue(ticket, tracker):
            if visit is not None:
                return self.wording.text("utter_tickets_part_overdue_visit", language, due=due, window=window)
            return self.wording.text("utter_tickets_part_overdue", language, due=due)
        if ticket.outage_id is not None and ticket.status.open:
            return self.wording.text("utter_tickets_part_outage", language)
        if visit is not None:
            # a customer may choose a visit after the deadline; then both in one sentence would contradict each other
            late = ticket.due_at is None or visit.end > ticket.due_at
            name = "utter_tickets_part_visit_chosen" if late else "utter_tickets_part_visit"
            return self.wording.text(name, language, window=window, due=due)
        if ticket.status is TicketStatus.acknowledged and ticket.respond_by and ticket.respond_by > self.now(tracker):
            respond_by = self.wording.deadline(ticket.respond_by, language)
            return self.wording.text("utter_tickets_part_answer_due", language, respond_by=respond_by, due=due)
        if ticket.status in _UNDERWAY and not due:
            return self.wording.text("utter_tickets_part_no_deadline", language)
        return self.wording.text(f"utter_tickets_part_{ticket.status.value}", language, due=due)


class ActionFindTicket(_OwnTickets):
    """Find the ticket that is meant.

    A number that does not exist and one of another customer get the same words. Reads customer_id, ticket_id. Sets
    ticket_found (one, several, none), ticket_id. Utters utter_tickets_unknown or utter_tickets_none.
    """

    def name(self) -> str:
        return "action_find_ticket"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        wanted = tracker.get_slot("ticket_id")
        if wanted:
            if await self.own(tracker) is not None:
                return [SlotSet("ticket_found", "one")]
            dispatcher.utter_message(response="utter_tickets_unknown", ticket=wanted)
        tickets = await self.open_ones(tracker)
        if not tickets:
            if not wanted:
                dispatcher.utter_message(response="utter_tickets_none")
            return [SlotSet("ticket_found", "none"), SlotSet("ticket_id", None)]
        product = self.entities(tracker).get("product")
        fitting = [ticket for ticket in tickets if ticket.product == product]
        if (len(tickets) == 1 and not wanted) or len(fitting) == 1:
            return [SlotSet("ticket_found", "one"), SlotSet("ticket_id", (fitting or tickets)[0].id)]
        return [SlotSet("ticket_found", "several"), SlotSet("ticket_id", None)]


class ActionAskTicket(_OwnTickets):
    """Ask which ticket is meant, one button each. Utters utter_tickets_ask(_again)."""

    def name(self) -> str:
        return "action_ask_ticket"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        language = self.language(tracker)
        tickets = await self.open_ones(tracker)
        dispatcher.utter_message(
            response="utter_tickets_ask_again" if misses(tracker) else "utter_tickets_ask",
            example=tickets[0].id if tickets else "",
            buttons=[
                {
                    "title": self.wording.text(
                        "utter_tickets_part_label",
                        language,
                        what=self.what(ticket, language),
                        day=self.wording.day(ticket.created_at, language),
                        ticket=ticket.id,
                    ),
                    "payload": f'/inform{{"ticket_id": "{ticket.id}"}}',
                }
                for ticket in tickets
            ],
        )
        return []


class ActionChooseTicket(_OwnTickets):
    """Read which ticket is meant, by its place, its age or what it is about. Sets ticket_id when it is clear."""

    def name(self) -> str:
        return "action_choose_ticket"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        tickets, words = await self.open_ones(tracker), self.customer_text(tracker)
        place = ordinal(words, len(tickets))
        product = self.entities(tracker).get("product")
        found = [tickets[place]] if place is not None else [item for item in tickets if item.product == product]
        if not found and end_wanted(words) is Wanted.last:
            found = [tickets[0]]
        return [SlotSet("ticket_id", found[0].id)] if len(found) == 1 else []


class ActionTellTicket(_OwnTickets):
    """Say how a ticket stands, what happens next and by when.

    Reads ticket_id. Utters utter_tickets_status or utter_tickets_status_overdue, with the card.
    """

    def name(self) -> str:
        return "action_tell_ticket"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        language, ticket = self.language(tracker), await self.own(tracker)
        if ticket is None:
            dispatcher.utter_message(response="utter_tickets_none")
            return []
        name = "utter_tickets_status"
        if self.overdue(ticket, tracker):
            name = "utter_tickets_status_overdue"
        elif not ticket.status.open:
            name = "utter_tickets_status_ended"
        dispatcher.utter_message(
            response=name,
            json_message=ticket_json(ticket),
            buttons=self._solved(ticket, language),
            ticket=ticket.id,
            what=self.what(ticket, language),
            day=self.wording.day(ticket.created_at, language),
            status=self.wording.status(ticket.status.value, language),
            next=await self.next_step(ticket, tracker),
        )
        return []

    def _solved(self, ticket: Ticket, language: str) -> list[dict[str, str]]:
        """Yes and no, while a ticket waits for the customer's word."""
        if ticket.status is not TicketStatus.resolved:
            return []
        return [
            {
                "title": self.wording.text(f"utter_tickets_label_{word}", language),
                "payload": f'/ticket_solved{{"ticket_solved": {solved}, "solved_ticket": "{ticket.id}"}}',
            }
            for word, solved in (("solved", "true"), ("unsolved", "false"))
        ]


class ActionUrgeTicket(_OwnTickets):
    """Press for a ticket: the first time raises its priority, every time is recorded.

    Reads ticket_id. Sets promises. Utters utter_tickets_urged, utter_tickets_urged_before, utter_tickets_urged_overdue
    or utter_tickets_urge_ended, with the card.
    """

    def name(self) -> str:
        return "action_urge_ticket"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        language, ticket = self.language(tracker), await self.own(tracker)
        if ticket is None:
            dispatcher.utter_message(response="utter_tickets_none")
            return []
        facts = {"ticket": ticket.id, "what": self.what(ticket, language)}
        if not ticket.status.open:
            dispatcher.utter_message(
                response="utter_tickets_urge_ended",
                json_message=ticket_json(ticket),
                status=self.wording.status(ticket.status.value, language),
                **facts,
            )
            return []
        ticket, raised = await self.services.tickets.urge(ticket.id, author="customer", key=f"{self.key(tracker)}:urge")
        name = "utter_tickets_urged" if raised else "utter_tickets_urged_before"
        if self.overdue(ticket, tracker):
            name = "utter_tickets_urged_overdue"
        dispatcher.utter_message(
            response=name, json_message=ticket_json(ticket), next=await self.next_step(ticket, tracker), **facts
        )
        if not raised or ticket.due_at is None or self.overdue(ticket, tracker):
            return []
        due = self.wording.deadline(ticket.due_at, language)
        promise = self.wording.text("utter_tickets_promise_urged", language, ticket=ticket.id, due=due)
        return [promised(tracker, promise, ticket.due_at, ticket.id)]
