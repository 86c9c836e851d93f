"""Choosing a visit's time: offer real free windows, understand free words, hold one, read it back, confirm it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ServiceAction
from actions.own_words import Refusal, end_wanted, refusal, refuses_all, wants_nothing
from actions.packet_facts import misses, promised
from actions.visit_windows import (
    OFFERED,
    FreeWindow,
    Wish,
    by_time_of_day,
    chosen_by_words,
    matching,
    nearest,
    read_wish,
    spread,
    windows_from,
)
from bot.appointments.model import (
    Appointment,
    NewVisit,
    VisitChanged,
    VisitNotFound,
    WindowNotFound,
    appointment_json,
)
from bot.operator.ports import Customer

Events = list[dict[str, Any]]

_NEAREST = 3
_MOST_WINDOWS = 200
#: values of `visit_state` and, for what is no time, of `time`
_OTHER, _NARROWED, _DECLINED, _LOST = "other", "narrowed", "declined", "lost"


@dataclass(frozen=True)
class _Subject:
    """What the visit is about."""

    customer: Customer
    area: str
    address: str
    product: str
    line_id: str | None
    ticket_id: str | None
    #: the visit that moves
    moved: Appointment | None


class _VisitAction(ServiceAction):
    async def subject(self, tracker: Tracker) -> _Subject | None:
        """Who gets a visit for what, from the slots customer_id and visit_for."""
        wanted = tracker.get_slot("visit_for") or {}
        customer = await self.services.operator.customers.by_id(str(tracker.get_slot("customer_id")))
        if customer is None:
            return None
        moved = await self.services.appointments.get(wanted["replaces"]) if wanted.get("replaces") else None
        if moved is not None:
            return _Subject(
                customer, moved.area, moved.address, moved.product, moved.line_id, moved.ticket_id, moved
            )
        return _Subject(
            customer=customer,
            area=customer.area,
            address=customer.address.in_language(self.language(tracker)),
            product=str(wanted.get("product") or "broadband"),
            line_id=wanted.get("line_id"),
            ticket_id=wanted.get("ticket_id"),
            moved=None,
        )

    async def free(self, subject: _Subject, now: datetime) -> tuple[FreeWindow, ...]:
        """Every window from tomorrow on that has room, soonest first; not the one that the visit has now."""
        tomorrow = datetime.combine(
            now.astimezone(self.services.zone).date() + timedelta(days=1), time(0), self.services.zone
        )
        windows = await self.services.appointments.windows(subject.area, not_before=tomorrow, limit=_MOST_WINDOWS)
        own = subject.moved.window_id if subject.moved else None
        return tuple(FreeWindow(item.id, item.start, item.end) for item in windows if item.id != own)

    def wish_words(self, tracker: Tracker) -> str:
        """The piece of the message that names the time."""
        found = [item for item in tracker.latest_message.get("entities") or [] if item["entity"] == "time"]
        return str(found[-1].get("text") or "") if found else ""


class ActionFindWindows(_VisitAction):
    """Turn what the customer said into one window, or into windows to choose from.

    Reads visit_for, time, visit_offer, hold_id, visit_state. Sets window_id and time when one window is meant; else
    visit_offer {mode, windows, shown, wish}. Mode is first, matches, none, other or lost. Lets an earlier hold go. Utters
    utter_appointments_no_windows and sets visit_state to `full` when the area has no room at all.
    """

    def name(self) -> str:
        return "action_find_windows"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        subject = await self.subject(tracker)
        if subject is None:
            return [SlotSet("visit_state", "full")]
        state, offer = tracker.get_slot("visit_state"), tracker.get_slot("visit_offer") or {}
        if hold_id := tracker.get_slot("hold_id"):
            await self.services.appointments.release(hold_id)
        windows = await self.free(subject, self.now(tracker))
        if not windows:
            dispatcher.utter_message(response="utter_appointments_no_windows")
            return [SlotSet("visit_state", "full"), SlotSet("hold_id", None)]
        cleared: Events = [SlotSet("hold_id", None), SlotSet("visit_confirmed", None), SlotSet("visit_state", None)]
        value = tracker.get_slot("time")
        held = offer.get("held")
        wish = read_wish(value, self.wish_words(tracker)) if value and value != held else None
        words = self.customer_text(tracker)
        if wish is not None and not wish.names_day and not offer and end_wanted(wish.words):
            wish = None  # "as soon as possible" is what is offered anyway
        if state == _NARROWED:
            return [*cleared, SlotSet("visit_offer", {**offer, "mode": "matches"}), SlotSet("time", None)]
        if wish is None:
            if held and state != _LOST and (meant := self._by_words(words, offer, windows)):
                return [*cleared, *_chosen(meant)]
            mode = state if state in (_LOST, _OTHER) else (_OTHER if held else "first")
            return [*cleared, *self._offer(mode, windows, offer)]
        found = self._meant(wish, words, offer, windows)
        if len(found) == 1:
            return [*cleared, *_chosen(found[0])]
        if found:
            return [*cleared, *_offered("matches", spread(found, self.services.zone), offer, wish.words)]
        return [*cleared, *_offered("none", nearest(windows, wish, _NEAREST), offer, wish.words)]

    def _by_words(self, words: str, offer: dict[str, Any], windows: tuple[FreeWindow, ...]) -> FreeWindow | None:
        """After a no to the window on hold: another of those that were offered ("the second one then")."""
        free = {window.id for window in windows}
        offered = [item for item in windows_from(offer.get("windows") or ()) if item.id in free]
        found = chosen_by_words(offered, words, self.services.zone)
        return found[0] if len(found) == 1 and found[0].span_json() != offer.get("held") else None

    def _meant(
        self, wish: Wish, words: str, offer: dict[str, Any], windows: tuple[FreeWindow, ...]
    ) -> tuple[FreeWindow, ...]:
        if not wish.names_day:
            # "the afternoon one", "2 o'clock": the days on offer are meant
            free = {window.id for window in windows}
            offered = [item for item in windows_from(offer.get("windows") or ()) if item.id in free]
            found = chosen_by_words(offered, words, self.services.zone) or by_time_of_day(
                offered, wish, self.services.zone
            )
            return found or by_time_of_day(windows, wish, self.services.zone) or matching(windows, wish)
        return matching(windows, wish)

    def _offer(self, mode: str, windows: tuple[FreeWindow, ...], offer: dict[str, Any]) -> Events:
        shown = set(offer.get("shown") or ())
        fresh = tuple(window for window in windows if window.id not in shown) if mode == _OTHER else windows
        return _offered(mode, spread(fresh or windows, self.services.zone), offer, "")


class ActionAskVisitTime(_VisitAction):
    """Offer windows as buttons and say that free words do as well.

    Reads visit_offer. Utters utter_appointments_offer_<mode> or, after a miss, utter_appointments_offer_again.
    """

    def name(self) -> str:
        return "action_ask_visit_time"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        language = self.language(tracker)
        offer = tracker.get_slot("visit_offer") or {}
        mode = "again" if misses(tracker) else str(offer.get("mode") or "first")
        windows = windows_from(offer.get("windows") or ())
        buttons = [
            {
                "title": self.wording.window(window.start, window.end, language),
                "payload": f'/inform{{"window_id": "{window.id}"}}',
            }
            for window in windows
        ]
        buttons.append(
            {
                "title": self.wording.text("utter_appointments_label_other_time", language),
                "payload": f'/inform{{"window_id": "{_OTHER}"}}',
            }
        )
        if not (tracker.get_slot("visit_for") or {}).get("replaces"):
            label = self.wording.text("utter_appointments_label_no_visit", language)
            buttons.append({"title": label, "payload": "/deny"})
        example = self.wording.day(windows[-1].start, language) if windows else ""
        dispatcher.utter_message(
            response=f"utter_appointments_offer_{mode}", buttons=buttons, wish=offer.get("wish") or "", example=example
        )
        return []


class ActionChooseWindow(_VisitAction):
    """Read which of the offered windows is meant by "the second one", 下午那个, "a later one", 都行.

    Reads the message, visit_offer. Sets window_id and time; visit_offer and visit_state when several fit or others are
    wanted; visit_declined when no visit is. In all these cases time is not empty, so that no miss is counted.
    """

    def name(self) -> str:
        return "action_choose_window"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        words = self.customer_text(tracker)
        offer = tracker.get_slot("visit_offer") or {}
        offered = windows_from(offer.get("windows") or ())
        found = chosen_by_words(offered, words, self.services.zone)
        if len(found) == 1:
            return _chosen(found[0])
        if found:
            body = {**offer, "windows": [item.as_json() for item in found]}
            return [SlotSet("visit_offer", body), SlotSet("visit_state", _NARROWED), SlotSet("time", _NARROWED)]
        if wants_nothing(words):
            return [SlotSet("visit_declined", True), SlotSet("time", _DECLINED)]
        if refuses_all(words):
            return [SlotSet("visit_state", _OTHER), SlotSet("time", _OTHER)]
        return []


class ActionReadDenial(_VisitAction):
    """After a no to the windows: is another time wanted, or no visit at all?

    Reads the message. Sets visit_declined, visit_state.
    """

    def name(self) -> str:
        return "action_read_denial"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        if refusal(self.customer_text(tracker)) is Refusal.nothing:
            return [SlotSet("visit_declined", True)]
        return [SlotSet("visit_declined", None), SlotSet("visit_state", _OTHER), SlotSet("time", None)]


class ActionOtherWindows(_VisitAction):
    """The customer wants to see other times. Sets visit_state, empties window_id and time."""

    def name(self) -> str:
        return "action_other_windows"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        return [SlotSet("visit_state", _OTHER), SlotSet("window_id", None), SlotSet("time", None)]


class ActionDeclineVisit(_VisitAction):
    """No visit after all: let the hold go.

    Reads hold_id, visit_for. Sets visit_declined. Utters utter_appointments_declined unless a visit was to be moved.
    """

    def name(self) -> str:
        return "action_decline_visit"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        if hold_id := tracker.get_slot("hold_id"):
            await self.services.appointments.release(hold_id)
        wanted = tracker.get_slot("visit_for") or {}
        if not wanted.get("replaces"):
            dispatcher.utter_message(response="utter_appointments_declined", ticket=wanted.get("ticket_id") or "")
        return [SlotSet("visit_declined", True), SlotSet("hold_id", None), SlotSet("time", None)]


class ActionHoldVisit(_VisitAction):
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

    async def _hold(self, subject: _Subject, tracker: Tracker, window_id: str) -> Appointment | None:
        return await self.services.appointments.hold(
            new_visit(subject, tracker, window_id), key=f"{self.key(tracker)}:visit"
        )


def new_visit(subject: _Subject, tracker: Tracker, window_id: str) -> NewVisit:
    """The visit to book in that window."""
    return NewVisit(
        customer_id=subject.customer.id,
        area=subject.area,
        address=subject.address,
        product=subject.product,
        window_id=window_id,
        line_id=subject.line_id,
        ticket_id=subject.ticket_id,
        conversation_id=tracker.sender_id,
        replaces=subject.moved.id if subject.moved else None,
    )


class ActionAskVisitConfirmed(_VisitAction):
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


class ActionConfirmVisit(_VisitAction):
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
        who = self.wording.text("utter_appointments_part_technician", language, technician=technician) if technician else ""
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

    async def _once_more(self, subject: _Subject, tracker: Tracker, key: str) -> Appointment | None:
        """The hold ran out while the customer thought; the yes still counts if the window is free."""
        if subject.moved is not None and (tracker.get_slot("visit_for") or {}).get("version") != subject.moved.version:
            return None
        try:
            new = new_visit(subject, tracker, str(tracker.get_slot("window_id")))
            return await self.services.appointments.book(new, key=key)
        except (WindowNotFound, VisitNotFound, VisitChanged):
            return None


def _chosen(window: FreeWindow) -> Events:
    return [SlotSet("window_id", window.id), SlotSet("time", window.span_json())]


def _offered(mode: str, windows: tuple[FreeWindow, ...], offer: dict[str, Any], wish: str) -> Events:
    shown = sorted({*(offer.get("shown") or ()), *(window.id for window in windows)})
    body = {"mode": mode, "windows": [item.as_json() for item in windows[:OFFERED]], "shown": shown, "wish": wish}
    return [SlotSet("visit_offer", body), SlotSet("window_id", None), SlotSet("time", None)]

