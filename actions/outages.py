"""Outages: in an area that somebody names, and at the customer's own line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ServiceAction
from actions.packet_facts import checked, promised
from bot.operator.ports import Outage
from bot.tickets.model import NewTicket, Severity, TicketType

_RUNNING, _PLANNED = "running", "planned"
#: category of a ticket that hangs on an outage: nobody is sent out for it, its customer is told when the outage ends
OUTAGE_MEMBER = "outage_member"
_MOST_TOLD = 3


class _OutageAction(ServiceAction):
    """What actions about outages share: their cards and the name of an area."""

    def card(self, outage: Outage, area: str) -> dict[str, Any]:
        body: dict[str, Any] = {"type": "outage", "id": outage.id, "area": area}
        if outage.restore_at is not None:
            body["restore_at"] = outage.restore_at.astimezone(self.services.zone).isoformat()
        return body

    async def area_name(self, area_id: str, language: str) -> str:
        for area in await self.services.operator.network.areas():
            if area.id == area_id:
                return area.name.in_language(language)
        return area_id

    async def say(self, dispatcher: CollectingDispatcher, outage: Outage, language: str, now: datetime) -> None:
        """Tell one outage, with its card."""
        area = await self.area_name(outage.area, language)
        facts = {
            "area": area,
            "product": self.wording.product(outage.product, language),
            "cause": outage.cause.in_language(language),
            "start": self.wording.moment(outage.started_at, language),
        }
        if outage.status == _PLANNED:
            name = "utter_faults_outage_planned"
            facts["end"] = self.wording.moment(outage.restore_at or outage.started_at, language)
        elif outage.restore_at is not None and outage.restore_at > now:
            name = "utter_faults_outage_running"
            facts["restore"] = self.wording.moment(outage.restore_at, language)
        else:
            name = "utter_faults_outage_without_estimate"
        dispatcher.utter_message(response=name, json_message=self.card(outage, area), **facts)


class ActionOwnArea(_OutageAction):
    """Take the area of a known customer when no other was named.

    Reads area, verified, customer_id. Sets area.
    """

    def name(self) -> str:
        return "action_own_area"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        customer_id = tracker.get_slot("customer_id")
        if tracker.get_slot("area") or not tracker.get_slot("verified") or not customer_id:
            return []
        customer = await self.services.operator.customers.by_id(customer_id)
        return [SlotSet("area", customer.area)] if customer else []


class ActionReadArea(_OutageAction):
    """Find the area that an address in free words lies in.

    Reads the message. Sets area when there is one.
    """

    def name(self) -> str:
        return "action_read_area"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        words = str(self.entities(tracker).get("address") or self.customer_text(tracker))
        area = await self.services.operator.network.area_of(words)
        return [SlotSet("area", area.id)] if area else []


class ActionTellOutages(_OutageAction):
    """Say what is known of an area: running outages, planned works, or that there is nothing.

    Reads area, outage_product. Sets checks. Utters utter_faults_outage_* or utter_faults_outage_none.
    """

    def name(self) -> str:
        return "action_tell_outages"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        language, now = self.language(tracker), self.now(tracker)
        area = str(tracker.get_slot("area"))
        product = tracker.get_slot("outage_product")
        found = [
            item for item in await self.services.operator.network.outages(area) if item.status in (_RUNNING, _PLANNED)
        ]
        told = sorted(
            found, key=lambda item: (item.status != _RUNNING, product is not None and item.product != product)
        )
        told = told[:_MOST_TOLD]
        running = [outage for outage in told if outage.status == _RUNNING]
        if not running:
            dispatcher.utter_message(response="utter_faults_outage_none", area=await self.area_name(area, language))
        for outage in told:
            await self.say(dispatcher, outage, language, now)
        if running:
            label = self.wording.text("utter_faults_label_notify", language)
            button = {"title": label, "payload": f"/report_{running[0].product}_fault"}
            dispatcher.utter_message(response="utter_faults_outage_follow", buttons=[button])
        return [checked(tracker, "outage", f"{area}: {running[0].id if running else 'none'}", now)]


class ActionCheckOutageInArea(_OutageAction):
    """Before anyone is asked who they are: is there an outage in the area that they named?

    Reads area, fault_product. Sets outage_id, checks. Utters utter_faults_outage_running when there is one.
    """

    def name(self) -> str:
        return "action_check_outage_in_area"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        now, area = self.now(tracker), str(tracker.get_slot("area"))
        outages = await self.services.operator.network.outages(area, tracker.get_slot("fault_product"))
        running = next((outage for outage in outages if outage.status == _RUNNING), None)
        events = [checked(tracker, "outage", f"{area}: {running.id if running else 'none'}", now)]
        if running is not None:
            await self.say(dispatcher, running, self.language(tracker), now)
            events.append(SlotSet("outage_id", running.id))
        return events


class ActionCheckOutageAtLine(_OutageAction):
    """Look for a running outage where the customer's line is, and link the customer to it.

    Linking means a ticket that carries the outage's id, so that the promise of a message is on record; no technician is
    sent for it. Reads customer_id, fault_line, fault_product, outage_notify. Sets outage_id, checks, promises.
    Utters utter_faults_outage_running and utter_faults_outage_linked; nothing when there is no outage.
    """

    def name(self) -> str:
        return "action_check_outage_at_line"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        language, now = self.language(tracker), self.now(tracker)
        customer_id = str(tracker.get_slot("customer_id"))
        customer = await self.services.operator.customers.by_id(customer_id)
        if customer is None:
            return [SlotSet("outage_id", None)]
        product = str(tracker.get_slot("fault_product"))
        outages = await self.services.operator.network.outages(customer.area, product)
        running = next((outage for outage in outages if outage.status == _RUNNING), None)
        if running is None:
            return [checked(tracker, "outage", "none", now), SlotSet("outage_id", None)]
        if not tracker.get_slot("outage_notify"):
            await self.say(dispatcher, running, language, now)
        known = await self.services.tickets.for_customer(customer_id, open_only=True, limit=20)
        if any(ticket.outage_id == running.id for ticket in known):
            dispatcher.utter_message(response="utter_faults_outage_linked_before")
        else:
            area = await self.area_name(running.area, language)
            await self.services.tickets.open(
                NewTicket(
                    ticket_type=TicketType.fault,
                    description=self.wording.text(
                        "utter_faults_description_outage",
                        language,
                        product=self.wording.product(product, language),
                        area=area,
                        outage_id=running.id,
                    ),
                    severity=Severity.minor,
                    customer_id=customer_id,
                    line_id=tracker.get_slot("fault_line"),
                    product=product,
                    category=OUTAGE_MEMBER,
                    facts={"notify_when_restored": True},
                    outage_id=running.id,
                    conversation_id=tracker.sender_id,
                ),
                key=f"{tracker.sender_id}:outage:{running.id}",
            )
            dispatcher.utter_message(response="utter_faults_outage_linked")
        promise = self.wording.text("utter_faults_promise_restored", language, outage_id=running.id)
        return [
            checked(tracker, "outage", running.id, now),
            promised(tracker, promise, running.restore_at),
            SlotSet("outage_id", running.id),
        ]
