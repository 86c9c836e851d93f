"""After a ticket was resolved: the customer says whether it is, and if not, what is left."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ServiceAction
from actions.packet_facts import promised
from bot.tickets.model import Ticket, TicketNotFound, TicketStatus, TicketType, ticket_json

Events = list[dict[str, Any]]

_NOTHING = "none"
_MOBILE = "mobile"


class _LoopAction(ServiceAction):
    async def ticket(self, tracker: Tracker) -> Ticket:
        """The ticket that the question is about; raises `TicketNotFound`."""
        found = await self.services.tickets.get(str(tracker.get_slot("solved_ticket") or ""))
        if found is None:
            raise TicketNotFound()
        mine = found.customer_id is not None and found.customer_id == tracker.get_slot("customer_id")
        if not mine and found.conversation_id != tracker.sender_id:
            raise TicketNotFound()
        return found


class ActionSettleTicket(_LoopAction):
    """Close a resolved ticket, or take it up again with priority.

    Reads ticket_solved, solved_ticket. Sets ticket_solved to nothing when there is nothing to settle any more, and
    promises. Utters utter_tickets_solved_closed with the survey, utter_tickets_solved_reopened,
    utter_tickets_solved_called (a complaint, which a person closes) or utter_tickets_solved_before.
    """

    def name(self) -> str:
        return "action_settle_ticket"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        language, solved = self.language(tracker), bool(tracker.get_slot("ticket_solved"))
        ticket = await self.ticket(tracker)
        if ticket.status is not TicketStatus.resolved:
            status = self.wording.status(ticket.status.value, language)
            dispatcher.utter_message(response="utter_tickets_solved_before", ticket=ticket.id, status=status)
            return [SlotSet("ticket_solved", None)]
        ticket = await self.services.tickets.confirm(ticket.id, solved=solved, author="customer")
        card = ticket_json(ticket)
        if solved:
            called = ticket.ticket_type is TicketType.complaint
            name = "utter_tickets_solved_called" if called else "utter_tickets_solved_closed"
            dispatcher.utter_message(response=name, ticket=ticket.id, json_message=card)
            if not called:
                dispatcher.utter_message(response="utter_survey_ask")
            return []
        due = self.wording.deadline(ticket.due_at, language)
        name = "utter_tickets_solved_reopened" if due else "utter_tickets_solved_reopened_undated"
        dispatcher.utter_message(response=name, ticket=ticket.id, due=due, json_message=card)
        if ticket.due_at is None:
            return []
        promise = self.wording.text("utter_tickets_promise_reopened", language, ticket=ticket.id, due=due)
        return [promised(tracker, promise, ticket.due_at, ticket.id)]


class ActionNoteUnsolved(_LoopAction):
    """Write what is left to do into the reopened ticket, and offer a visit where one helps.

    Reads unsolved_words, solved_ticket. Utters utter_tickets_solved_noted, with a button for a visit.
    """

    def name(self) -> str:
        return "action_note_unsolved"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        language, ticket = self.language(tracker), await self.ticket(tracker)
        words = str(tracker.get_slot("unsolved_words") or "").strip()
        if words and words != _NOTHING:
            await self.services.tickets.note(ticket.id, author="customer", text=words)
        buttons = []
        if ticket.ticket_type is TicketType.fault and ticket.product != _MOBILE and ticket.status.open:
            label = self.wording.text("utter_outages_label_visit", language)
            buttons = [{"title": label, "payload": f'/book_appointment{{"ticket_id": "{ticket.id}"}}'}]
        dispatcher.utter_message(response="utter_tickets_solved_noted", ticket=ticket.id, buttons=buttons)
        return []
