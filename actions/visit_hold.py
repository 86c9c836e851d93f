"""Holding the chosen window, reading it back and confirming it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.own_words import any_will_do, end_wanted, refuses_all, wants_nothing
from actions.packet_facts import misses, promised
from actions.visit_subject import VisitAction, VisitSubject, new_visit
from actions.visit_windows import FreeWindow
from bot.appointments.model import Appointment, VisitChanged, VisitNotFound, WindowNotFound, appointment_json

Events = list[dict[str, Any]]

#: value of `visit_state`
_LOST = "lost"
#: value of visit_declined: the visit that was to be moved stays where it is
_KEPT = "kept"


class ActionDeclineVisit(VisitAction):
    """No visit after all, or not at another time: let the hold go.

    Reads hold_id, visit_for. Sets visit_declined (kept when the visit that was to be moved stays where it is). Utters
    utter_appointments_declined unless a visit was to be moved.
    """

    def name(self) -> str:
        return "action_decline_visit"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        if hold_id := tracker.get_slot("hold_id"):
            await self.services.appointments.release(hold_id)
        wanted = tracker.get_slot("visit_for") or {}
        if not wanted.get("replaces"):
            dispatcher.utter_message(response="utter_appointments_declined", ticket=wanted.get("ticket_id") or "")
        return [
            SlotSet("visit_declined", _KEPT if self.stays(tracker) else True),
            SlotSet("hold_id", None),
            SlotSet("time", None),
        ]


class ActionHoldVisit(VisitAction):
    """Keep the chosen window for ten minutes.

    Reads window_id, visit_for. Sets hold_id, visit_offer (what is held), time. When the window is full: visit_state
    `lost`; when the visit to move is gone: visit_state `gone`, and utters utter_appointments_changed_meanwhile.
    """

    def name(self) -> str:
        return "action_hold_visit"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        subject = await self.subject(tracker)
        window_id = str(tracker.get_slot("window_id"))
        try:
            held = await self._hold(subject, tracker, window_id) if subject else None
        except WindowNotFound:
            held = None
        except (VisitNotFound, VisitChanged):
            dispatcher.utter_message(response="utter_appointments_changed_meanwhile")
            return [SlotSet("visit_state", "gone"), SlotSet("window_id", None)]
        if held is None:
            return [
                SlotSet("hold_id", None),
                SlotSet("window_id", None),
                SlotSet("time", None),
                SlotSet("visit_state", _LOST),
            ]
        window = FreeWindow(held.window_id, held.start, held.end)
        offer = dict(tracker.get_slot("visit_offer") or {})
        offer["held"] = window.span_json()
        offer["shown"] = sorted({*(offer.get("shown") or ()), window.id})
        return [
            SlotSet("hold_id", held.id),
            SlotSet("visit_offer", offer),
            SlotSet("time", offer["held"]),
            SlotSet("visit_state", None),
        ]

    async def _hold(self, subject: VisitSubject, tracker: Tracker, window_id: str) -> Appointment | None:
        return await self.services.appointments.hold(
            new_visit(subject, tracker, window_id), key=f"{self.key(tracker)}:visit"
        )


class ActionAskVisitConfirmed(VisitAction):
    """Read back weekday, date and window of the hold and ask for a yes.

    Reads hold_id, visit_for. Utters utter_appointments_read_back, utter_appointments_read_back_move or, after a miss,
    utter_appointments_read_back_again; with the card of the hold.
    """

    def name(self) -> str:
        return "action_ask_visit_confirmed"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        language = self.language(tracker)
        subject = await self.subject(tracker)
        span = (tracker.get_slot("visit_offer") or {}).get("held") or {}
        window = self.wording.window(
            datetime.fromisoformat(span["start"]), datetime.fromisoformat(span["end"]), language
        )
        facts: dict[str, Any] = {"window": window}
        name = "utter_appointments_read_back"
        if subject is not None and subject.moved is not None:
            name = "utter_appointments_read_back_move"
            facts["old"] = self.wording.window(subject.moved.start, subject.moved.end, language)
        if subject is not None:
            facts["address"] = subject.customer.address.in_language(language)
        if misses(tracker):
            dispatcher.utter_message(response="utter_appointments_read_back_again", window=window)
            return []
        held = await self.services.appointments.get(str(tracker.get_slot("hold_id")))
        dispatcher.utter_message(response=name, json_message=appointment_json(held) if held else None, **facts)
        return []


class ActionConfirmVisit(VisitAction):
    """Make the hold a visit, or move the visit to it.

    Reads hold_id, window_id, visit_for. Sets appointment_id, promises; visit_state `lost` when the window went to
    somebody else. Utters utter_appointments_booked or utter_appointments_moved, with the card.
    """

    def name(self) -> str:
        return "action_confirm_visit"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        language = self.language(tracker)
        service, key = self.services.appointments, f"{self.key(tracker)}:confirm"
        subject = await self.subject(tracker)
        if subject is None:
            return [SlotSet("visit_state", "full")]
        visit = await service.confirm(str(tracker.get_slot("hold_id")), key=key)
        if visit is None:
            visit = await self._once_more(subject, tracker, key)
        if visit is None:
            return [
                SlotSet("visit_state", _LOST),
                *(SlotSet(name, None) for name in ("hold_id", "window_id", "visit_confirmed", "time")),
            ]
        window = self.wording.window(visit.start, visit.end, language)
        technician = self.wording.name(visit.technician.get("name") or {}, language)
        who = (
            self.wording.text("utter_appointments_part_technician", language, technician=technician)
            if technician
            else ""
        )
        facts = {"window": window, "who": who, "visit": visit.id}
        name = "utter_appointments_booked"
        if subject.moved is not None:
            name = "utter_appointments_moved"
            facts["old"] = self.wording.window(subject.moved.start, subject.moved.end, language)
        dispatcher.utter_message(response=name, json_message=appointment_json(visit), **facts)
        promise = self.wording.text("utter_appointments_promise_visit", language, window=window, visit=visit.id)
        return [
            SlotSet("appointment_id", visit.id),
            SlotSet("hold_id", None),
            SlotSet("visit_state", "booked"),
            SlotSet("time", None),
            promised(tracker, promise, visit.end, visit.ticket_id),
        ]

    async def _once_more(self, subject: VisitSubject, tracker: Tracker, key: str) -> Appointment | None:
        """The hold ran out while the customer thought; the yes still counts if the window is free."""
        if subject.moved is not None and (tracker.get_slot("visit_for") or {}).get("version") != subject.moved.version:
            return None
        try:
            new = new_visit(subject, tracker, str(tracker.get_slot("window_id")))
            return await self.services.appointments.book(new, key=key)
        except (WindowNotFound, VisitNotFound, VisitChanged):
            return None


class ActionReadVisitAnswer(VisitAction):
    """Read an answer to the read-back that is neither yes nor no: "no visit at all", "a later one".

    Sets visit_declined or visit_state, and visit_confirmed.
    """

    def name(self) -> str:
        return "action_read_visit_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        words = self.customer_text(tracker)
        if wants_nothing(words) or self.stays(tracker):
            return [SlotSet("visit_declined", True), SlotSet("visit_confirmed", False)]
        if refuses_all(words) or (end_wanted(words) is not None and not any_will_do(words)):
            # "a later one": other windows are offered
            return [SlotSet("visit_confirmed", False), SlotSet("visit_state", "other")]
        return []
