"""Choosing a visit's time: offer real free windows and understand free words. Holding one is in visit_hold.py."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.own_words import Refusal, Wanted, any_will_do, end_wanted, refusal, refuses_all, wants_nothing
from actions.packet_facts import misses
from actions.visit_subject import VisitAction
from actions.visit_windows import (
    OFFERED,
    FreeWindow,
    Wish,
    beside,
    by_time_of_day,
    chosen_by_words,
    matching,
    nearest,
    read_wish,
    spread,
    windows_from,
)

Events = list[dict[str, Any]]

_NEAREST = 3
_AFFIRM = "affirm"
#: values of `visit_state` and, for what is no time, of `time`
_OTHER, _NARROWED, _DECLINED, _LOST, _NOTED = "other", "narrowed", "declined", "lost", "noted"
#: what a technician wants to know beforehand
_FACTS = frozenset({"device_light", "symptom"})
_FAULT = "report_"


class ActionFindWindows(VisitAction):
    """Turn what the customer said into one window, or into windows to choose from.

    Reads visit_for, time, visit_offer, hold_id, visit_state. Sets window_id and time when one window is meant; else
    visit_offer {mode, windows, shown, wish}. Mode is first, matches, none, soonest, other, noted or
    lost. Lets an earlier hold go. Utters utter_appointments_no_windows and sets visit_state to `full` when the area has
    no room at all.
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
        if state in (_NARROWED, _NOTED):
            mode = "matches" if state == _NARROWED else _NOTED
            return [*cleared, SlotSet("visit_offer", {**offer, "mode": mode}), SlotSet("time", None)]
        if (
            wish is None
            and subject.moved is not None
            and not offer
            and not any_will_do(words)
            and (end := end_wanted(words))
        ):
            found = beside(windows, subject.moved.start, end)
            mode = "first" if end is Wanted.last else "matches" if found else "soonest"
            return [*cleared, *self._offer(mode, found or windows, offer)]
        if wish is None:
            if held and state != _LOST and (meant := self._by_words(words, offer, windows)):
                return [*cleared, *_chosen(meant)]
            mode = state if state in (_LOST, _OTHER) else (_OTHER if offer else "first")
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
        return matching(windows, wish) or matching(windows, wish.next_week(windows[0].start))

    def _offer(self, mode: str, windows: tuple[FreeWindow, ...], offer: dict[str, Any]) -> Events:
        shown = set(offer.get("shown") or ())
        fresh = tuple(window for window in windows if window.id not in shown) if mode == _OTHER else windows
        return _offered(mode, spread(fresh or windows, self.services.zone), offer, "")


class ActionAskVisitTime(VisitAction):
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


class ActionChooseWindow(VisitAction):
    """Read which of the offered windows is meant by "the second one", "a later one", "any will do".

    Reads the message, visit_offer, visit_for. Sets window_id and time; visit_offer and visit_state when several fit or
    others are wanted; visit_declined when no visit is. What says more of the fault goes into its ticket. In all these
    cases time is not empty, so that no miss is counted.
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
        if wants_nothing(words) or self.stays(tracker):
            return [SlotSet("visit_declined", True), SlotSet("time", _DECLINED)]
        if refuses_all(words):
            return [SlotSet("visit_state", _OTHER), SlotSet("time", _OTHER)]
        if offered and (tracker.latest_message.get("intent") or {}).get("name") == _AFFIRM:
            # a plain yes to a list takes the soonest; it is read back before anything is booked
            return _chosen(offered[0])
        ticket_id = (tracker.get_slot("visit_for") or {}).get("ticket_id")
        if ticket_id and offered and self._tells_of_the_fault(tracker):
            await self.services.tickets.note(str(ticket_id), author="customer", text=words)
            return [SlotSet("visit_state", _NOTED), SlotSet("time", _NOTED)]
        return []

    def _tells_of_the_fault(self, tracker: Tracker) -> bool:
        intent = str((tracker.latest_message.get("intent") or {}).get("name"))
        return intent.startswith(_FAULT) or bool(_FACTS & self.entities(tracker).keys())


class ActionReadDenial(VisitAction):
    """After a no to the windows: is another time wanted, or no visit at all?

    Reads the message. Sets visit_declined, visit_state.
    """

    def name(self) -> str:
        return "action_read_denial"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        if self.stays(tracker) or refusal(self.customer_text(tracker)) is Refusal.nothing:
            return [SlotSet("visit_declined", True)]
        return [SlotSet("visit_declined", None), SlotSet("visit_state", _OTHER), SlotSet("time", None)]


class ActionOtherWindows(VisitAction):
    """The customer wants to see other times. Sets visit_state, empties window_id and time."""

    def name(self) -> str:
        return "action_other_windows"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        return [SlotSet("visit_state", _OTHER), SlotSet("window_id", None), SlotSet("time", None)]


def _chosen(window: FreeWindow) -> Events:
    return [SlotSet("window_id", window.id), SlotSet("time", window.span_json())]


def _offered(mode: str, windows: tuple[FreeWindow, ...], offer: dict[str, Any], wish: str) -> Events:
    shown = sorted({*(offer.get("shown") or ()), *(window.id for window in windows)})
    body = {"mode": mode, "windows": [item.as_json() for item in windows[:OFFERED]], "shown": shown, "wish": wish}
    return [SlotSet("visit_offer", body), SlotSet("window_id", None), SlotSet("time", None)]
