"""Visits: which one is meant, when it is, and cancelling it. The rest is in visit_*.py."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ServiceAction
from actions.own_words import ordinal
from actions.packet_facts import misses
from actions.visit_windows import in_any, names_visit
from bot.appointments.model import Appointment, AppointmentStatus, VisitChanged, appointment_json
from bot.assistant.nlu.words.visits import NO_SHOW

Events = list[dict[str, Any]]

#: a visit whose window ended so long ago is still asked about
_JUST_OVER = timedelta(hours=24)
_COMPLAIN = "file_complaint"


class OwnVisits(ServiceAction):
    async def visits(self, tracker: Tracker) -> tuple[Appointment, ...]:
        """The customer's confirmed visits that are not over, soonest first."""
        return await self.services.appointments.for_customer(str(tracker.get_slot("customer_id")))

    def window(self, visit: Appointment, language: str) -> str:
        return self.wording.window(visit.start, visit.end, language)

    def label(self, visit: Appointment, language: str) -> str:
        return self.wording.text(
            "utter_appointments_part_label",
            language,
            window=self.window(visit, language),
            product=self.wording.product(visit.product, language),
        )

    def who(self, visit: Appointment, language: str) -> str:
        """A sentence that names the technician; empty when nobody is named."""
        technician = self.wording.name(visit.technician.get("name") or {}, language)
        return (
            self.wording.text("utter_appointments_part_technician", language, technician=technician)
            if technician
            else ""
        )


class ActionTellVisits(OwnVisits):
    """Say when the visits are and who comes; during the window also what can and cannot be known.

    Reads customer_id, appointment_id. Utters utter_appointments_visit, utter_appointments_visit_now,
    utter_appointments_visit_over, utter_appointments_list or utter_appointments_none, each visit with its card;
    utter_appointments_no_show before them to somebody who waited in vain.
    """

    def name(self) -> str:
        return "action_tell_visits"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        language, now = self.language(tracker), self.now(tracker)
        visits = await self.visits(tracker)
        wanted = tracker.get_slot("appointment_id")
        if wanted and (named := [visit for visit in visits if visit.id == wanted]):
            visits = tuple(named)
        elif wanted:
            dispatcher.utter_message(response="utter_appointments_unknown", visit=wanted)
        if not visits:
            await self._nothing_ahead(dispatcher, tracker, now, language)
            return []
        if NO_SHOW.search(self.customer_text(tracker)):
            title = self.wording.term("intents", _COMPLAIN, language)
            dispatcher.utter_message(
                response="utter_appointments_no_show", buttons=[{"title": title, "payload": f"/{_COMPLAIN}"}]
            )
        if len(visits) > 1:
            dispatcher.utter_message(response="utter_appointments_list", count=len(visits))
        for visit in visits:
            running = visit.start <= now < visit.end
            dispatcher.utter_message(
                response="utter_appointments_visit_now" if running else "utter_appointments_visit",
                json_message=appointment_json(visit),
                window=self.window(visit, language),
                end=self.wording.clock(visit.end.astimezone(self.services.zone), language),
                product=self.wording.product(visit.product, language),
                who=self.who(visit, language),
                visit=visit.id,
            )
        return []

    async def _nothing_ahead(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, now: datetime, language: str
    ) -> None:
        past = await self.services.appointments.for_customer(str(tracker.get_slot("customer_id")), upcoming=False)
        missed = next((visit for visit in reversed(past) if now - _JUST_OVER < visit.end <= now), None)
        if missed is None:
            dispatcher.utter_message(response="utter_appointments_none")
            return
        dispatcher.utter_message(
            response="utter_appointments_visit_over",
            json_message=appointment_json(missed),
            window=self.window(missed, language),
        )


class ActionFindVisit(OwnVisits):
    """Find the visit that is to be moved or cancelled.

    Reads customer_id, appointment_id, time, the message. Sets visit_found (none, one, several), appointment_id.
    Utters utter_appointments_none or utter_appointments_unknown.
    """

    def name(self) -> str:
        return "action_find_visit"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        visits, wanted = await self.visits(tracker), tracker.get_slot("appointment_id")
        if wanted and any(visit.id == wanted for visit in visits):
            return [SlotSet("visit_found", "one")]
        if wanted:
            # the same words whether it is somebody else's, over, or does not exist
            dispatcher.utter_message(response="utter_appointments_unknown", visit=wanted)
        if not visits:
            dispatcher.utter_message(response="utter_appointments_none")
            return [SlotSet("visit_found", "none"), SlotSet("appointment_id", None)]
        if len(visits) > 1:
            visits = _narrowed(visits, self.customer_text(tracker), self.times(tracker), self.entities(tracker))
        if len(visits) == 1:
            return [SlotSet("visit_found", "one"), SlotSet("appointment_id", visits[0].id)]
        return [SlotSet("visit_found", "several"), SlotSet("appointment_id", None)]

    def times(self, tracker: Tracker) -> list[Any]:
        """The values of the message's times, in order."""
        return [item["value"] for item in tracker.latest_message.get("entities") or [] if item["entity"] == "time"]


class ActionAskVisit(OwnVisits):
    """Ask which visit is meant, one button each. Utters utter_appointments_ask_visit(_again)."""

    def name(self) -> str:
        return "action_ask_visit"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        language = self.language(tracker)
        response = "utter_appointments_ask_visit_again" if misses(tracker) else "utter_appointments_ask_visit"
        dispatcher.utter_message(
            response=response,
            buttons=[
                {"title": self.label(visit, language), "payload": f'/inform{{"appointment_id": "{visit.id}"}}'}
                for visit in await self.visits(tracker)
            ],
        )
        return []


class ActionChooseVisit(OwnVisits):
    """Read which visit is meant: by its place, its day or its product.

    Reads the message. Sets appointment_id when it is clear, and empties time, which named the visit.
    """

    def name(self) -> str:
        return "action_choose_visit"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        visits, words = await self.visits(tracker), self.customer_text(tracker)
        place = ordinal(words, len(visits))
        if place is not None:
            return [SlotSet("appointment_id", visits[place].id)]
        entities = self.entities(tracker)
        times = [entities["time"]] if "time" in entities else []
        found = _narrowed(visits, "", times, entities)
        if len(found) != 1:
            return []
        return [SlotSet("appointment_id", found[0].id), SlotSet("time", None)]


class ActionStartMove(OwnVisits):
    """Get ready to choose another window for the visit.

    Reads appointment_id, time, the message. Sets visit_for {replaces, version}; empties time when it only named the
    visit ("my Friday visit"). Utters utter_appointments_to_move.
    """

    def name(self) -> str:
        return "action_start_move"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        visit = await self.services.appointments.get(str(tracker.get_slot("appointment_id")))
        if visit is None:
            return []
        events: Events = [SlotSet("visit_for", {"replaces": visit.id, "version": visit.version})]
        value = tracker.get_slot("time")
        if value and names_visit(value, self.customer_text(tracker), visit.start, visit.end):
            events.append(SlotSet("time", None))
        dispatcher.utter_message(
            response="utter_appointments_to_move", window=self.window(visit, self.language(tracker)), visit=visit.id
        )
        return events


class ActionAskCancelConfirmed(OwnVisits):
    """Read back the visit that would be cancelled.

    Reads appointment_id. Sets visit_version. Utters utter_ask_cancel_confirmed(_again).
    """

    def name(self) -> str:
        return "action_ask_cancel_confirmed"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        language = self.language(tracker)
        visit = await self.services.appointments.get(str(tracker.get_slot("appointment_id")))
        if visit is None:
            return []
        response = "utter_ask_cancel_confirmed_again" if misses(tracker) else "utter_ask_cancel_confirmed"
        dispatcher.utter_message(
            response=response,
            window=self.window(visit, language),
            product=self.wording.product(visit.product, language),
        )
        return [SlotSet("visit_version", visit.version)]


class ActionCancelVisit(OwnVisits):
    """Call the visit off.

    Reads appointment_id, visit_version. Utters utter_appointments_cancelled(_ticket_stays) with the card; when the
    visit was changed meanwhile utter_appointments_changed_meanwhile, and empties cancel_confirmed.
    """

    def name(self) -> str:
        return "action_cancel_visit"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        language = self.language(tracker)
        try:
            visit = await self.services.appointments.cancel(
                str(tracker.get_slot("appointment_id")),
                version=int(tracker.get_slot("visit_version") or 0),
                key=f"{self.key(tracker)}:cancel",
            )
        except VisitChanged:
            dispatcher.utter_message(response="utter_appointments_changed_meanwhile")
            current = await self.services.appointments.get(str(tracker.get_slot("appointment_id")))
            still = current is not None and current.status is AppointmentStatus.confirmed
            return [SlotSet("cancel_confirmed", None if still else False)]
        ticket = await self.services.tickets.get(visit.ticket_id) if visit.ticket_id else None
        stays = ticket is not None and ticket.status.open
        dispatcher.utter_message(
            response="utter_appointments_cancelled_ticket_stays" if stays else "utter_appointments_cancelled",
            json_message=appointment_json(visit),
            window=self.window(visit, language),
            ticket=ticket.id if ticket else "",
        )
        return []


def _narrowed(
    visits: tuple[Appointment, ...], words: str, times: list[Any], entities: dict[str, Any]
) -> tuple[Appointment, ...]:
    """Those visits that a time or a product of the message means; all of them when it means none."""
    for value in times:
        found = tuple(visit for visit in visits if in_any(value, visit.start))
        if len(found) == 1 and (len(times) > 1 or not words or names_visit(value, words, found[0].start, found[0].end)):
            return found
    found = tuple(visit for visit in visits if visit.product == entities.get("product"))
    return found if len(found) == 1 else visits
