"""Faults: whose line, what the line test says, and the ticket. The guided steps are in fault_guide.py."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ServiceAction
from actions.own_words import Progress, corrects, is_only, last_digits, ordinal, progress
from actions.packet_facts import checked, misses, promised
from bot.operator.ports import Line, LineTestResult
from bot.tickets.model import NewTicket, Severity, Ticket, TicketType, ticket_json

Events = list[dict[str, Any]]

_MOBILE = "mobile"
_MINOR_SYMPTOMS = frozenset({"slow", "intermittent", "wifi_weak", "noise", "frozen_picture"})
_BLOCKED = "blocked"
_KNOWN = "known"
_DIGITS_OF_A_NUMBER = 4
#: what a report finds out anew when it turns out to be about another product
_FOUND = (
    "fault_line",
    "line_choices",
    "outage_id",
    "test_result",
    "guide_step",
    "guide_tried",
    "light_verdict",
    "problem_solved",
)


class _FaultAction(ServiceAction):
    async def lines_of(self, tracker: Tracker, product: str | None) -> list[Line]:
        lines = await self.services.operator.customers.lines(str(tracker.get_slot("customer_id")))
        return [line for line in lines if product is None or line.product == product]

    async def line(self, tracker: Tracker) -> Line | None:
        wanted = tracker.get_slot("fault_line")
        return next((line for line in await self.lines_of(tracker, None) if line.id == wanted), None)

    async def known(self, customer_id: str, line_id: str | None, product: str) -> Ticket | None:
        open_ones = await self.services.tickets.for_customer(customer_id, open_only=True, limit=20)
        for ticket in open_ones:
            same = ticket.line_id == line_id if ticket.line_id and line_id else ticket.product == product
            if same and ticket.ticket_type is TicketType.fault and ticket.outage_id is None:
                return ticket
        return None


class ActionNoteReport(ServiceAction):
    """Keep the words of the report. Reads the message. Sets fault_words unless a button was pressed."""

    def name(self) -> str:
        return "action_note_report"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        ranking = tracker.latest_message.get("intent_ranking") or []
        words = self.customer_text(tracker)
        return [SlotSet("fault_words", words)] if words and len(ranking) > 1 else []


class ActionCorrectProduct(_FaultAction):
    """Another product than before was named: start over with it if the customer puts us right ("no, the TV").

    Otherwise the words are read as the answer to the open step. Reads product_said, fault_product. Sets fault_product
    and empties what was found for the old one, or sets problem_solved.
    """

    def name(self) -> str:
        return "action_correct_product"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        said, words = tracker.get_slot("product_said"), self.customer_text(tracker)
        marks = tracker.latest_message.get("entities") or []
        names = [str(item["text"]) for item in marks if item["entity"] == "product"]
        another = corrects(words) or any(is_only(words, name) for name in names)
        if said and said != tracker.get_slot("fault_product") and another:
            return [SlotSet("fault_product", said), SlotSet("product", said), *(SlotSet(name, None) for name in _FOUND)]
        result = progress(words)
        if tracker.get_slot("guide_step") and result in (Progress.solved, Progress.unsolved):
            return [SlotSet("problem_solved", result is Progress.solved)]
        return []


class ActionFindLine(_FaultAction):
    """Find the line that is meant.

    Reads customer_id, fault_product. Sets line_state (one, several, none), fault_line, line_choices.
    Utters utter_faults_no_line when the customer has none of the product.
    """

    def name(self) -> str:
        return "action_find_line"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        product = str(tracker.get_slot("fault_product"))
        lines = await self.lines_of(tracker, product)
        named = _named(lines, self.customer_text(tracker))
        if not lines:
            language = self.language(tracker)
            dispatcher.utter_message(response="utter_faults_no_line", product=self.wording.product(product, language))
            return [SlotSet("line_state", "none")]
        if len(lines) == 1 or named is not None:
            return [SlotSet("line_state", "one"), SlotSet("fault_line", (named or lines[0]).id)]
        return [SlotSet("line_state", "several"), SlotSet("line_choices", [line.id for line in lines])]


class ActionAskLine(_FaultAction):
    """Ask which line is meant, one button each.

    Reads line_choices. Utters utter_faults_ask_line or, after a miss, utter_faults_ask_line_again.
    """

    def name(self) -> str:
        return "action_ask_line"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        language = self.language(tracker)
        product = self.wording.product(str(tracker.get_slot("fault_product")), language)
        lines = await self.lines_of(tracker, str(tracker.get_slot("fault_product")))
        response = "utter_faults_ask_line_again" if misses(tracker) else "utter_faults_ask_line"
        dispatcher.utter_message(
            response=response,
            product=product,
            example=lines[0].number[-_DIGITS_OF_A_NUMBER:] if lines else "",
            buttons=[
                {"title": f"{product} {line.number}", "payload": f'/inform{{"fault_line": "{line.id}"}}'}
                for line in lines
            ],
        )
        return []


class ActionChooseLine(_FaultAction):
    """Read which line is meant: its last digits, or its place in the list.

    Reads the message, line_choices. Sets fault_line when it is clear.
    """

    def name(self) -> str:
        return "action_choose_line"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        lines = await self.lines_of(tracker, str(tracker.get_slot("fault_product")))
        words = self.customer_text(tracker)
        named = _named(lines, words)
        if named is None and (place := ordinal(words, len(lines))) is not None:
            named = lines[place]
        return [SlotSet("fault_line", named.id)] if named else []


class ActionCorrectLine(_FaultAction):
    """Another line than before was named ("no, the one ending 22"): start over with it, or ask again.

    Reads the message, fault_product. Sets fault_line and empties what was found for the old one.
    """

    def name(self) -> str:
        return "action_correct_line"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        lines = await self.lines_of(tracker, str(tracker.get_slot("fault_product")))
        named = _named(lines, self.customer_text(tracker))
        if named is None or named.id == tracker.get_slot("fault_line"):
            return [SlotSet("problem_solved", None)]
        return [*(SlotSet(name, None) for name in _FOUND), SlotSet("fault_line", named.id)]


class ActionTestLine(_FaultAction):
    """Test the line and say what came out.

    Reads fault_line, fault_product. Sets checks, test_result (ok, device_restart, fault_outside, not_testable,
    blocked; known when this conversation has spoken of a ticket for the line).
    Utters utter_faults_test_<result>, utter_faults_mobile_line_ok or utter_faults_line_stopped.
    """

    def name(self) -> str:
        return "action_test_line"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        language, now = self.language(tracker), self.now(tracker)
        line = await self.line(tracker)
        if line is None:
            return [SlotSet("test_result", LineTestResult.not_testable.value)]
        product = self.wording.product(line.product, language)
        known = await self.known(str(tracker.get_slot("customer_id")), line.id, line.product)
        if known is not None and (known.conversation_id == tracker.sender_id or _spoken_of(tracker, known)):
            # reported or told a moment ago: nothing is tested twice
            return [SlotSet("test_result", _KNOWN)]
        if line.status != "active":
            dispatcher.utter_message(response="utter_faults_line_stopped", product=product)
            return [SlotSet("test_result", _BLOCKED), checked(tracker, "line_status", line.status, now)]
        test = await self.services.operator.network.test_line(line.id)
        result = test.result.value
        if line.product == _MOBILE and test.result in (LineTestResult.ok, LineTestResult.not_testable):
            dispatcher.utter_message(response="utter_faults_mobile_line_ok")
        else:
            dispatcher.utter_message(response=f"utter_faults_test_{result}", product=product)
        return [SlotSet("test_result", result), checked(tracker, "line_test", result, now)]


class ActionOpenFaultTicket(_FaultAction):
    """Open the fault ticket, or add to the one that is open for this line already.

    Reads customer_id, fault_line, fault_product, symptom, device_light, test_result, guide_tried. Sets ticket_id,
    visit_for, promises, and appointment_id when a visit is booked already.
    Utters utter_faults_ticket_opened, utter_faults_ticket_opened_mobile, utter_faults_ticket_known or
    utter_faults_ticket_known_with_visit.
    """

    def name(self) -> str:
        return "action_open_fault_ticket"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        language = self.language(tracker)
        customer_id, product = str(tracker.get_slot("customer_id")), str(tracker.get_slot("fault_product"))
        line_id = tracker.get_slot("fault_line")
        known = await self.known(customer_id, line_id, product)
        if known is not None:
            return await self._add_to(known, dispatcher, tracker)
        symptom = tracker.get_slot("symptom")
        customer = await self.services.operator.customers.by_id(customer_id)
        areas = {area.id: area for area in await self.services.operator.network.areas()}
        area = areas.get(customer.area) if customer else None
        facts = {
            "symptom": symptom,
            "device_light": tracker.get_slot("device_light"),
            "line_test": tracker.get_slot("test_result"),
            "steps_tried": tracker.get_slot("guide_tried") or [],
            "area_kind": area.kind if area else None,
        }
        ticket = await self.services.tickets.open(
            NewTicket(
                ticket_type=TicketType.fault,
                description=self._description(tracker, product, language),
                severity=Severity.minor if symptom in _MINOR_SYMPTOMS else Severity.major,
                customer_id=customer_id,
                line_id=line_id,
                product=product,
                category=symptom,
                facts={name: value for name, value in facts.items() if value},
                conversation_id=tracker.sender_id,
            ),
            key=f"{self.key(tracker)}:fault",
        )
        due = self.wording.deadline(ticket.due_at, language)
        name = "utter_faults_ticket_opened_mobile" if product == _MOBILE else "utter_faults_ticket_opened"
        dispatcher.utter_message(response=name, json_message=ticket_json(ticket), ticket=ticket.id, due=due)
        promise = self.wording.text("utter_faults_promise_repaired", language, ticket=ticket.id, due=due)
        return [
            SlotSet("ticket_id", ticket.id),
            SlotSet("visit_for", _visit_for(ticket)),
            promised(tracker, promise, ticket.due_at, ticket.id),
        ]

    async def _add_to(self, ticket: Ticket, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        language = self.language(tracker)
        words = self._description(tracker, str(tracker.get_slot("fault_product")), language)
        await self.services.tickets.note(ticket.id, author="customer", text=words)
        visits = await self.services.appointments.for_customer(str(tracker.get_slot("customer_id")))
        visit = next((item for item in visits if item.ticket_id == ticket.id), None)
        events: Events = [SlotSet("ticket_id", ticket.id), SlotSet("visit_for", _visit_for(ticket))]
        facts = {"ticket": ticket.id, "due": self.wording.deadline(ticket.due_at, language)}
        if visit is None:
            dispatcher.utter_message(response="utter_faults_ticket_known", json_message=ticket_json(ticket), **facts)
            return events
        facts["window"] = self.wording.window(visit.start, visit.end, language)
        dispatcher.utter_message(
            response="utter_faults_ticket_known_with_visit", json_message=ticket_json(ticket), **facts
        )
        return [*events, SlotSet("appointment_id", visit.id)]

    def _description(self, tracker: Tracker, product: str, language: str) -> str:
        """The customer's own words of the report; the product and the symptom when a button began it."""
        if words := tracker.get_slot("fault_words"):
            return str(words)
        symptom = tracker.get_slot("symptom")
        return self.wording.text(
            "utter_faults_description",
            language,
            product=self.wording.product(product, language),
            symptom=self.wording.term("symptoms", str(symptom), language) if symptom else "",
        ).strip()


def _spoken_of(tracker: Tracker, ticket: Ticket) -> bool:
    """Whether the bot has named the ticket in this conversation."""
    return any(event.get("event") == "bot" and ticket.id in str(event.get("text")) for event in tracker.events)


def _visit_for(ticket: Ticket) -> dict[str, Any]:
    """What a visit for this ticket is about."""
    return {"ticket_id": ticket.id, "line_id": ticket.line_id, "product": ticket.product}


def _named(lines: list[Line], words: str) -> Line | None:
    """The line whose number, or whose last digits, the words hold."""
    found = [line for line in lines if line.number in words or line.number[-_DIGITS_OF_A_NUMBER:] in words]
    if not found and (digits := last_digits(words)):
        found = [line for line in lines if line.number.endswith(digits)]
    return found[0] if len(found) == 1 else None
