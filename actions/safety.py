"""Danger to life, and fraud: what to do now, in words that fit what happened."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ServiceAction
from actions.packet_facts import promised
from bot.assistant.nlu.words.safety import DANGERS, FRAUDS, HARMED, NO_RECORD, RECORD, UNHARMED
from bot.tickets.model import NewTicket, Severity, TicketType, ticket_json

Events = list[dict[str, Any]]


_GENERAL = "general"
#: value of scam_record: the answer tells of harm that is being done
_HARMED = "harmed"
#: value of scam_record: the answer tells that nothing was given away
_UNHARMED = "unharmed"
_ADDRESS = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
_SHORT_NUMBER = re.compile(r"(?<!\d)(?:\+?00?\d{6,14}|1\d{10}|\d{5,12})(?!\d)")


def danger_of(words: str) -> str:
    """`self_harm`, `alarm_line`, `hazard`, or `emergency` for every other."""
    return next((name for name, pattern in DANGERS.items() if pattern.search(words)), "emergency")


def fraud_of(words: str) -> str:
    """What kind of fraud or nuisance is told of; `general` when none in particular."""
    return next((name for name, pattern in FRAUDS.items() if pattern.search(words)), _GENERAL)


class ActionGiveEmergencyHelp(ServiceAction):
    """Say what to dial. Calls no system, so that nothing stands between a customer in danger and this answer."""

    def name(self) -> str:
        return "action_give_emergency_help"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        dispatcher.utter_message(response=f"utter_safety_{danger_of(self.customer_text(tracker))}")
        return []


class ActionAdviseOnScam(ServiceAction):
    """Say what to do now.

    Sets scam_kind, and scam_details when the message names the caller or the link; empties scam_record.
    """

    def name(self) -> str:
        return "action_advise_on_scam"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        words, language = self.customer_text(tracker), self.language(tracker)
        kind = fraud_of(words)
        dispatcher.utter_message(
            response=f"utter_safety_scam_{kind}", hotline=self.wording.term("operator", "hotline", language)
        )
        named = bool(_ADDRESS.search(words) or _SHORT_NUMBER.search(words))
        details = words if named else tracker.get_slot("scam_details")
        return [SlotSet("scam_kind", kind), SlotSet("scam_details", details), SlotSet("scam_record", None)]


class ActionReadScamRecord(ServiceAction):
    """Read free words as a wish to have it recorded, or not, or as harm that was done. Sets scam_record."""

    def name(self) -> str:
        return "action_read_scam_record"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        words = self.customer_text(tracker)
        if fraud_of(words) in HARMED and tracker.get_slot("scam_kind") != fraud_of(words):
            return [SlotSet("scam_record", _HARMED)]
        if UNHARMED.search(words) and not NO_RECORD.search(UNHARMED.sub(" ", words)):
            return [SlotSet("scam_record", _UNHARMED)]
        if NO_RECORD.search(words):
            return [SlotSet("scam_record", False)]
        if RECORD.search(words) or _ADDRESS.search(words) or _SHORT_NUMBER.search(words):
            named = bool(_ADDRESS.search(words) or _SHORT_NUMBER.search(words))
            return [SlotSet("scam_record", True), *([SlotSet("scam_details", words)] if named else [])]
        return []


class ActionTellUnharmed(ServiceAction):
    """Say that nothing is lost where nothing was given away. Empties scam_record. Utters utter_safety_scam_unharmed."""

    def name(self) -> str:
        return "action_tell_unharmed"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        dispatcher.utter_message(response="utter_safety_scam_unharmed")
        return [SlotSet("scam_record", None)]


class ActionRecordScam(ServiceAction):
    """Open a request of category scam_report. Reads scam_details, scam_kind. Sets ticket_id and a promise."""

    def name(self) -> str:
        return "action_record_scam"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        language = self.language(tracker)
        new = NewTicket(
            ticket_type=TicketType.request,
            description=str(tracker.get_slot("scam_details") or "").strip() or self.customer_text(tracker),
            severity=Severity.minor,
            customer_id=tracker.get_slot("customer_id"),
            category="scam_report",
            facts={"kind": tracker.get_slot("scam_kind")},
            conversation_id=tracker.sender_id,
        )
        ticket = await self.services.tickets.open(new, key=f"{self.key(tracker)}:scam")
        due = ticket.due_at or ticket.respond_by or ticket.created_at
        dispatcher.utter_message(
            response="utter_safety_scam_recorded",
            ticket_id=ticket.id,
            due_at=self.wording.deadline(due, language),
            json_message=ticket_json(ticket),
        )
        promise = self.wording.term("promises", "scam_check", language)
        return [SlotSet("ticket_id", ticket.id), promised(tracker, promise, due, ticket.id)]
