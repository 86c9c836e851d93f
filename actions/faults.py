"""Faults: whose line, what the line test says, the guided steps, and the ticket."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ServiceAction
from actions.fault_steps import GuidedStep, judge, next_step
from actions.own_words import Progress, cannot_tell, corrects, denies_red, ordinal, progress
from actions.packet_facts import checked, misses, promised
from bot.operator.ports import Line, LineTestResult
from bot.tickets.model import NewTicket, Severity, Ticket, TicketType, ticket_json

Events = list[dict[str, Any]]

_MOBILE = "mobile"
_REPORT_INTENT = "report_"
_MINOR_SYMPTOMS = frozenset({"slow", "intermittent", "wifi_weak", "noise", "frozen_picture"})
_BLOCKED = "blocked"
_DIGITS_OF_A_NUMBER = 4
_UNKNOWN_LIGHT = "unknown"
#: what a report finds out anew when it turns out to be about another product
_FOUND = ("fault_line", "line_choices", "outage_id", "test_result", "guide_step", "guide_tried", "light_verdict", "problem_solved")


class _FaultAction(ServiceAction):
    async def lines_of(self, tracker: Tracker, product: str | None) -> list[Line]:
        lines = await self.services.operator.customers.lines(str(tracker.get_slot("customer_id")))
        return [line for line in lines if product is None or line.product == product]

    async def line(self, tracker: Tracker) -> Line | None:
        wanted = tracker.get_slot("fault_line")
        return next((line for line in await self.lines_of(tracker, None) if line.id == wanted), None)


class ActionCorrectProduct(_FaultAction):
    """Another product than before was named: start over with it if the customer puts us right ("no, the TV").

    Otherwise the words are read as the answer to the open step. Reads product_said, fault_product. Sets fault_product
    and empties what was found for the old one, or sets problem_solved.
    """

    def name(self) -> str:
        return "action_correct_product"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        said, words = tracker.get_slot("product_said"), self.customer_text(tracker)
        if said and said != tracker.get_slot("fault_product") and corrects(words):
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
            dispatcher.utter_message(
                response="utter_faults_no_line", product=self.wording.product(product, language)
            )
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
                {"title": f"{product} {line.number}", "payload": f'/inform{{"fault_line": "{line.id}"}}'} for line in lines
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


class ActionTestLine(_FaultAction):
    """Test the line and say what came out.

    Reads fault_line, fault_product. Sets test_result (ok, device_restart, fault_outside, not_testable, blocked), checks.
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


class ActionChooseStep(_FaultAction):
    """Decide on the next guided step, and restart the device from the network when that is it.

    Reads fault_product, fault_line, symptom, test_result, device_light, light_verdict, guide_tried. Sets guide_step (a
    `GuidedStep`, `judge` when a light was named unasked, or None), guide_tried, problem_solved, checks.
    """

    def name(self) -> str:
        return "action_choose_step"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        product, verdict = str(tracker.get_slot("fault_product")), tracker.get_slot("light_verdict")
        if product == "broadband" and tracker.get_slot("device_light") and verdict is None:
            return [SlotSet("guide_step", "judge")]
        tried = list(tracker.get_slot("guide_tried") or [])
        step = next_step(
            product=product,
            symptom=tracker.get_slot("symptom"),
            test_result=tracker.get_slot("test_result"),
            verdict=verdict,
            tried=tried,
            limit=int(self.services.policies.get("visit_guided_steps_before", "operator").number),
        )
        events: Events = [SlotSet("problem_solved", None), SlotSet("guide_wait", None)]
        if step is GuidedStep.restarted:
            answered = await self.services.operator.network.restart_device(str(tracker.get_slot("fault_line")))
            events.append(checked(tracker, "restart", "answered" if answered else "no answer", self.now(tracker)))
            if not answered:
                tried.append(GuidedStep.restarted.value)
                step = GuidedStep.unplug if GuidedStep.unplug.value not in tried else None
        if step is not None:
            tried.append(step.value)
        value = step.value if step is not None else None
        return [*events, SlotSet("guide_step", value), SlotSet("guide_tried", tried)]


class ActionReadLight(_FaultAction):
    """Take "I can't tell" for an answer to the question about the lights.

    Reads the message. Sets device_light to `unknown`, or to `all_normal` when there is no red one.
    """

    def name(self) -> str:
        return "action_read_light"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        words = self.customer_text(tracker)
        if denies_red(words):
            return [SlotSet("device_light", "all_normal")]
        return [SlotSet("device_light", _UNKNOWN_LIGHT)] if cannot_tell(words) else []


class ActionJudgeLight(_FaultAction):
    """Say what the light means.

    Reads device_light. Sets light_verdict (outside, power, inside), checks. Utters utter_faults_light_outside.
    """

    def name(self) -> str:
        return "action_judge_light"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        light = tracker.get_slot("device_light")
        verdict = judge(light, denies_red(self.customer_text(tracker))).value
        if verdict == "outside":
            dispatcher.utter_message(response="utter_faults_light_outside")
        return [SlotSet("light_verdict", verdict), checked(tracker, "lights", str(light), self.now(tracker))]


class ActionAskProblemSolved(_FaultAction):
    """Describe the guided step and ask whether it helped.

    Reads guide_step, guide_wait. Sets guide_wait. Utters utter_faults_try_<step>, utter_faults_take_your_time or
    utter_ask_problem_solved_again.
    """

    def name(self) -> str:
        return "action_ask_problem_solved"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        if misses(tracker):
            dispatcher.utter_message(response="utter_ask_problem_solved_again")
        elif tracker.get_slot("guide_wait"):
            dispatcher.utter_message(response="utter_faults_take_your_time")
        else:
            dispatcher.utter_message(response=f"utter_faults_try_{tracker.get_slot('guide_step')}")
        return [SlotSet("guide_wait", None)]


class ActionReadSolved(_FaultAction):
    """Read whether the guided step helped: "works now", "still dead", "wait, I'm trying".

    Reads the message. Sets problem_solved to true, false or `busy`.
    """

    def name(self) -> str:
        return "action_read_solved"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        result = progress(self.customer_text(tracker))
        intent = str((tracker.latest_message.get("intent") or {}).get("name") or "")
        if result is None and intent.startswith(_REPORT_INTENT):
            result = Progress.unsolved
        if result is None:
            return []
        return [SlotSet("problem_solved", "busy" if result is Progress.busy else result is Progress.solved)]


class ActionGiveTime(_FaultAction):
    """Let the customer finish the step. Sets guide_wait, empties problem_solved."""

    def name(self) -> str:
        return "action_give_time"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        return [SlotSet("guide_wait", True), SlotSet("problem_solved", None)]


class ActionCloseFault(_FaultAction):
    """The fault is gone: end the report as solved by the bot. Reads guide_step. Sets checks. Utters utter_faults_solved."""

    def name(self) -> str:
        return "action_close_fault"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        dispatcher.utter_message(response="utter_faults_solved")
        return [checked(tracker, "solved_by_bot", str(tracker.get_slot("guide_step")), self.now(tracker))]


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
        known = await self._known(customer_id, line_id, product)
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
        due = self.wording.deadline(ticket.due_at, language) if ticket.due_at else ""
        name = "utter_faults_ticket_opened_mobile" if product == _MOBILE else "utter_faults_ticket_opened"
        dispatcher.utter_message(response=name, json_message=ticket_json(ticket), ticket=ticket.id, due=due)
        promise = self.wording.text("utter_faults_promise_repaired", language, ticket=ticket.id, due=due)
        return [
            SlotSet("ticket_id", ticket.id),
            SlotSet("visit_for", _visit_for(ticket)),
            promised(tracker, promise, ticket.due_at, ticket.id),
        ]

    async def _known(self, customer_id: str, line_id: str | None, product: str) -> Ticket | None:
        open_ones = await self.services.tickets.for_customer(customer_id, open_only=True, limit=20)
        for ticket in open_ones:
            same = ticket.line_id == line_id if ticket.line_id and line_id else ticket.product == product
            if same and ticket.ticket_type is TicketType.fault and ticket.outage_id is None:
                return ticket
        return None

    async def _add_to(self, ticket: Ticket, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        language = self.language(tracker)
        words = self._description(tracker, str(tracker.get_slot("fault_product")), language)
        await self.services.tickets.note(ticket.id, author="customer", text=words)
        visits = await self.services.appointments.for_customer(str(tracker.get_slot("customer_id")))
        visit = next((item for item in visits if item.ticket_id == ticket.id), None)
        events: Events = [SlotSet("ticket_id", ticket.id), SlotSet("visit_for", _visit_for(ticket))]
        facts = {"ticket": ticket.id, "due": self.wording.deadline(ticket.due_at, language) if ticket.due_at else ""}
        if visit is None:
            dispatcher.utter_message(response="utter_faults_ticket_known", json_message=ticket_json(ticket), **facts)
            return events
        facts["window"] = self.wording.window(visit.start, visit.end, language)
        dispatcher.utter_message(response="utter_faults_ticket_known_with_visit", json_message=ticket_json(ticket), **facts)
        return [*events, SlotSet("appointment_id", visit.id)]

    def _description(self, tracker: Tracker, product: str, language: str) -> str:
        """The customer's own words of the report; the product and the symptom when a button began it."""
        for event in reversed(tracker.events):
            if event.get("event") != "user":
                continue
            parsed = event.get("parse_data") or {}
            intent = str((parsed.get("intent") or {}).get("name") or "")
            pressed = not (parsed.get("intent_ranking") or [])[1:]
            if intent.startswith(_REPORT_INTENT) and not pressed and event.get("text"):
                return str(event["text"])
        symptom = tracker.get_slot("symptom")
        return self.wording.text(
            "utter_faults_description",
            language,
            product=self.wording.product(product, language),
            symptom=self.wording.term("symptoms", str(symptom), language) if symptom else "",
        ).strip()


def _visit_for(ticket: Ticket) -> dict[str, Any]:
    """What a visit for this ticket is about."""
    return {"ticket_id": ticket.id, "line_id": ticket.line_id, "product": ticket.product}


def _named(lines: list[Line], words: str) -> Line | None:
    """The line whose number, or whose last four digits, the words hold."""
    found = [line for line in lines if line.number in words or line.number[-_DIGITS_OF_A_NUMBER:] in words]
    return found[0] if len(found) == 1 else None
