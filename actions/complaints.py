"""A complaint: hear it, record it in the customer's own words with its legal clock, tell the way on. No arguing."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ServiceAction
from actions.packet_facts import promised
from bot.assistant.nlu.words.complaints import ANOTHER, BARE_COMPLAINT, CATEGORIES, DEMANDS, REGULATOR, WITHDRAWS
from bot.tickets.model import NewTicket, Severity, Ticket, TicketType, ticket_json

Events = list[dict[str, Any]]

#: rules that say where a customer can go next, in the order of telling
_WAY_ON = ("appeal_after_no_answer", "appeal_channel")
#: intents that ask something rather than answer
_QUESTIONS = frozenset({"faq", "find_store"})
_BESIDE = frozenset({"fault_repair", "promise_not_kept"})
_NO_DEMAND = "none"
_OTHER = "other"


class ComplaintState:
    """Values of the slot `complaint_state`."""

    #: the first message told what happened
    heard = "heard"
    thin = "thin"
    enough = "enough"
    #: it adds to what was recorded a moment ago
    more = "more"
    #: the customer would rather not, before anything was recorded
    withdrawn = "withdrawn"


_SHORT_CHARACTERS = 50
#: so long what is said of the matter adds to it
_MOMENT = timedelta(minutes=30)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_WORD = re.compile(r"[A-Za-z][A-Za-z']*|\d+")
#: as much as an English word says, in Chinese characters
_CHARACTERS_A_WORD = 1.6
#: words that make a story, when it is clear what about, and when it is not
_STORY_WITH_CATEGORY = 3.0
_STORY = 9.0
_THIN = 3.0
#: a first message that says more than this is part of the record
_SAYS_SOMETHING = 1.5
_INTENT = "file_complaint"


def category_of(words: str) -> str | None:
    """What a complaint is about; None when it fits none or several."""
    found = [category for category, pattern in CATEGORIES.items() if pattern.search(words)]
    if len(found) > 1:
        # what was to be repaired, or what it cost, is told beside many other matters
        found = [category for category in found if category not in _BESIDE]
    return found[0] if len(found) == 1 else None


def names_regulator(words: str) -> bool:
    return bool(REGULATOR.search(words))


def weight(words: str) -> float:
    """How much is told beyond the wish to complain, in English words or their like in Chinese."""
    rest = REGULATOR.sub(" ", BARE_COMPLAINT.sub(" ", words))
    return len(_CHINESE.findall(rest)) / _CHARACTERS_A_WORD + len(_WORD.findall(_CHINESE.sub(" ", rest)))


def tells_story(words: str) -> bool:
    """Whether a first message says what happened, so that nobody need ask."""
    about = any(pattern.search(words) for pattern in CATEGORIES.values())
    return weight(words) >= (_STORY_WITH_CATEGORY if about else _STORY)


def withdraws(words: str) -> bool:
    """Whether somebody takes back, in a short sentence, what is not recorded yet."""
    return len(words) <= _SHORT_CHARACTERS and WITHDRAWS.search(words) is not None


class ActionHearComplaint(ServiceAction):
    """Take the first message as the complaint when it tells what happened.

    Reads complaint_recorded. Sets complaint_words and complaint_state (heard, or more when it goes on about what was
    recorded a moment ago), complaint_category when it is plain, complaint_regulator.
    """

    def name(self) -> str:
        return "action_hear_complaint"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        words = self.customer_text(tracker)
        regulator = names_regulator(words)
        events: Events = [SlotSet("complaint_regulator", True)] if regulator else []
        if not regulator and self._goes_on(tracker, words):
            return [SlotSet("complaint_words", words), SlotSet("complaint_state", ComplaintState.more)]
        # who names a regulator talks to a person next, and is asked nothing first
        if not regulator and not tells_story(words):
            return events
        return [
            *events,
            SlotSet("complaint_words", words),
            SlotSet("complaint_state", ComplaintState.heard),
            SlotSet("complaint_category", category_of(words)),
        ]

    def _goes_on(self, tracker: Tracker, words: str) -> bool:
        """Whether this adds to the complaint of a moment ago rather than being another."""
        recorded = tracker.get_slot("complaint_recorded")
        if not recorded or weight(words) < _SAYS_SOMETHING or ANOTHER.search(words):
            return False
        fresh = self.now(tracker) - datetime.fromisoformat(recorded["at"]) < _MOMENT
        same = category_of(words) in (None, recorded["category"]) or DEMANDS.search(words) is not None
        return fresh and same


class ActionAddToComplaint(ServiceAction):
    """Write more words into the complaint of a moment ago. Reads complaint_words, complaint_recorded.

    Utters utter_complaints_added.
    """

    def name(self) -> str:
        return "action_add_to_complaint"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        ticket_id = str(tracker.get_slot("complaint_recorded")["ticket_id"])
        await self.services.tickets.note(ticket_id, author="customer", text=str(tracker.get_slot("complaint_words")))
        dispatcher.utter_message(response="utter_complaints_added", ticket_id=ticket_id)
        return []


class ActionWeighComplaint(ServiceAction):
    """Look at what was told. Reads complaint_words, complaint_state.

    Sets complaint_state (thin: ask once more; else enough), complaint_category, complaint_regulator.
    """

    def name(self) -> str:
        return "action_weigh_complaint"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        words = str(tracker.get_slot("complaint_words") or "").strip()
        asked_before = tracker.get_slot("complaint_state") == ComplaintState.thin
        events: Events = [SlotSet("complaint_regulator", True)] if names_regulator(words) else []
        if withdraws(words):
            return [SlotSet("complaint_state", ComplaintState.withdrawn)]
        vague = weight(words) < _THIN and category_of(words) is None
        if not words or (vague and not asked_before):
            return [*events, SlotSet("complaint_words", None), SlotSet("complaint_state", ComplaintState.thin)]
        return [
            *events,
            SlotSet("complaint_state", ComplaintState.enough),
            SlotSet("complaint_category", category_of(words)),
        ]


class ActionChooseComplaintCategory(ServiceAction):
    """Read free words as a category; what fits none is `other`.

    Sets complaint_category, and complaint_demand when the words say what is wanted.
    """

    def name(self) -> str:
        return "action_choose_complaint_category"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        words = self.customer_text(tracker)
        category = category_of(words)
        if category is None and DEMANDS.search(words):
            return [SlotSet("complaint_category", _OTHER), SlotSet("complaint_demand", words)]
        asks = (tracker.latest_message.get("intent") or {}).get("name") in _QUESTIONS
        if category is None and asks:
            return []
        return [SlotSet("complaint_category", category or _OTHER)]


class ActionHearComplaintDemand(ServiceAction):
    """Notice an answer that takes the complaint back. Reads complaint_demand. Sets complaint_state."""

    def name(self) -> str:
        return "action_hear_complaint_demand"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        if withdraws(str(tracker.get_slot("complaint_demand"))):
            return [SlotSet("complaint_state", ComplaintState.withdrawn)]
        return []


class ActionOpenComplaint(ServiceAction):
    """Record the complaint.

    Reads complaint_words, complaint_category, complaint_demand, phone_number, customer_id. Sets ticket_id,
    complaint_recorded, complaint_regulator and a promise. Utters utter_complaints_recorded with the card, and
    utter_complaints_next_step with the rules in force about where to go when unhappy.
    """

    def name(self) -> str:
        return "action_open_complaint"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        words, demand = str(tracker.get_slot("complaint_words")), tracker.get_slot("complaint_demand")
        regulator = bool(tracker.get_slot("complaint_regulator")) or names_regulator(f"{words} {demand or ''}")
        complaint = await self._complaint(tracker, words, demand, regulator)
        ticket = await self.services.tickets.open(complaint, key=f"{self.key(tracker)}:complaint")
        language = self.language(tracker)
        self._tell(dispatcher, ticket, language)
        if not regulator and (rules := self._way_on(language)):
            dispatcher.utter_message(response="utter_complaints_next_step", rules=rules)
        promise = self.wording.term("promises", "complaint_answer", language)
        return [
            SlotSet("ticket_id", ticket.id),
            SlotSet(
                "complaint_recorded",
                {"ticket_id": ticket.id, "at": self.now(tracker).isoformat(), "category": complaint.category},
            ),
            SlotSet("complaint_regulator", True if regulator else None),
            promised(tracker, promise, ticket.legal_due_at or ticket.due_at, ticket.id),
        ]

    async def _complaint(self, tracker: Tracker, words: str, demand: str | None, regulator: bool) -> NewTicket:
        customer_id = tracker.get_slot("customer_id")
        customer = await self.services.operator.customers.by_id(str(customer_id)) if customer_id else None
        contact = customer.phone if customer else tracker.get_slot("phone_number")
        facts: dict[str, Any] = {"contact_phone": contact, "regulator_named": regulator}
        if demand and demand != _NO_DEMAND:
            facts["demand"] = demand
        return NewTicket(
            ticket_type=TicketType.complaint,
            description=_with_opening(tracker, words),
            severity=Severity.major,
            customer_id=customer.id if customer else None,
            category=tracker.get_slot("complaint_category") or category_of(words) or _OTHER,
            facts={name: value for name, value in facts.items() if value},
            conversation_id=tracker.sender_id,
        )

    def _tell(self, dispatcher: CollectingDispatcher, ticket: Ticket, language: str) -> None:
        values: dict[str, Any] = {"ticket_id": ticket.id, "json_message": ticket_json(ticket)}
        if ticket.respond_by is None or ticket.legal_due_at is None:
            dispatcher.utter_message(response="utter_complaints_recorded_undated", **values)
            return
        due_at = ticket.due_at or ticket.legal_due_at
        sooner = due_at < ticket.legal_due_at
        dispatcher.utter_message(
            response="utter_complaints_recorded" if sooner else "utter_complaints_recorded_legal",
            respond_by=self.wording.deadline(ticket.respond_by, language),
            due_at=self.wording.deadline(due_at, language),
            legal_due_at=self.wording.deadline(ticket.legal_due_at, language),
            **values,
        )

    def _way_on(self, language: str) -> str:
        told = [self.services.policies.text(rule_id, language) for rule_id in _WAY_ON]
        return (" " if language == "en" else "").join(text for text in told if text)


def _with_opening(tracker: Tracker, words: str) -> str:
    """The complaint with what the customer said when starting it, when that says something."""
    if tracker.get_slot("complaint_state") == ComplaintState.heard:
        return words
    for event in reversed(tracker.events):
        heard = event.get("parse_data") or {}
        if event.get("event") == "user" and (heard.get("intent") or {}).get("name") == _INTENT:
            opening = str(event.get("text") or "").strip()
            return words if opening in words or weight(opening) < _SAYS_SOMETHING else f"{opening}\n{words}"
    return words
