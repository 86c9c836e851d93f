"""After an outage: the customer says whether it works again."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ServiceAction
from bot.tickets.model import TicketNotFound, TicketStatus, ticket_json


class ActionSettleOutage(ServiceAction):
    """Close the customer's report of an outage, or take it up again with priority.

    Reads outage_back, outage_ticket. Utters utter_outages_closed, utter_outages_reopened with the offer of a visit, or
    utter_outages_over_before when it is neither open nor waiting for this answer.
    """

    def name(self) -> str:
        return "action_settle_outage"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        language, back = self.language(tracker), bool(tracker.get_slot("outage_back"))
        ticket_id = str(tracker.get_slot("outage_ticket") or "")
        ticket = await self.services.tickets.get(ticket_id)
        if ticket is None:
            raise TicketNotFound()
        if ticket.status is not TicketStatus.resolved:
            dispatcher.utter_message(response="utter_outages_over_before", ticket_id=ticket.id)
            return []
        ticket = await self.services.tickets.confirm(ticket.id, solved=back, author="customer")
        if back:
            dispatcher.utter_message(
                response="utter_outages_closed", ticket_id=ticket.id, json_message=ticket_json(ticket)
            )
            return []
        label = self.wording.text("utter_outages_label_visit", language)
        dispatcher.utter_message(
            response="utter_outages_reopened",
            ticket_id=ticket.id,
            buttons=[{"title": label, "payload": f'/book_appointment{{"ticket_id": "{ticket.id}"}}'}],
            json_message=ticket_json(ticket),
        )
        return []
