"""Who the customer is: send a one-time code, check it, and what happens when it fails. See data/flows/identity.yml."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ServiceAction
from actions.packet_facts import checked, misses
from bot.assistant.flows.waiting import NEEDS_IDENTITY
from bot.assistant.nlu.words.codes import NO_PHONE, NOT_RECEIVED, OTHER_NUMBER
from bot.contracts import Assurance
from bot.errors import TooManyRequests

Events = list[dict[str, Any]]

#: what a code is good for; a code for one purpose opens nothing else
PURPOSE = "identify"
_CHECK = "identity"
#: wrong codes in one identification, over all codes sent
_WRONG_CODES_ALLOWED = 3
_SHOWN_DIGITS = 4


class CodeStatus:
    """Values of the slot `code_status`."""

    sent = "sent"
    #: sent, and the customer has been asked for it
    asked = "asked"
    limited = "limited"
    wrong = "wrong"
    expired = "expired"
    failed = "failed"
    no_account = "no_account"
    #: the phone that it would go to is not there
    no_phone = "no_phone"
    ok = "ok"


def shown_number(phone: str) -> str:
    """An E.164 number as its owner recognises it, with only the last four digits."""
    return f"*{phone[-_SHOWN_DIGITS:]}"


class IdentityAction(ServiceAction):
    """What the actions of this topic share."""

    async def send(self, tracker: Tracker) -> Events:
        """Send a code to the number of the slot; a number that is no customer's gets one too, so that nobody can find
        out here whose numbers have an account.
        """
        try:
            await self.services.identity.send_code(str(tracker.get_slot("phone_number")), PURPOSE, tracker.sender_id)
        except TooManyRequests as exc:
            until = self.now(tracker) + timedelta(seconds=exc.retry_after_s or 0)
            return [
                SlotSet("otp_code", None),
                SlotSet("code_status", CodeStatus.limited),
                SlotSet("code_again_at", until.isoformat()),
            ]
        return [SlotSet("otp_code", None), SlotSet("code_status", CodeStatus.sent)]


class ActionSendCode(IdentityAction):
    """Send a one-time code. Reads phone_number. Sets code_status (sent, limited), code_again_at; empties otp_code."""

    def name(self) -> str:
        return "action_send_code"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        return await self.send(tracker)


class ActionAskOtpCode(IdentityAction):
    """Ask for the code. Reads code_status, phone_number, tries_left. Sets code_status.

    Said in other words after a wrong code, after a digression, and when the answer was no code. Someone who writes that
    no message has come gets a new one.
    """

    def name(self) -> str:
        return "action_ask_otp_code"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        status = tracker.get_slot("code_status")
        number = shown_number(str(tracker.get_slot("phone_number") or ""))
        if status == CodeStatus.sent:
            dispatcher.utter_message(response="utter_ask_otp_code", number=number)
        elif status == CodeStatus.wrong:
            dispatcher.utter_message(response="utter_identity_code_wrong", tries_left=tracker.get_slot("tries_left"))
        elif not misses(tracker):
            dispatcher.utter_message(response="utter_ask_otp_code_waiting")
        elif NOT_RECEIVED.search(self.customer_text(tracker)):
            return await self._once_more(dispatcher, tracker, number)
        else:
            dispatcher.utter_message(response="utter_ask_otp_code_again")
        return [SlotSet("code_status", CodeStatus.asked)]

    async def _once_more(self, dispatcher: CollectingDispatcher, tracker: Tracker, number: str) -> Events:
        events = await self.send(tracker)
        if any(event.get("value") == CodeStatus.limited for event in events):
            again_at = next(event["value"] for event in events if event.get("name") == "code_again_at")
            dispatcher.utter_message(response="utter_identity_limited", time=again_time(self, tracker, again_at))
        else:
            dispatcher.utter_message(response="utter_ask_otp_code", number=number)
        return [SlotSet("code_status", CodeStatus.asked)]


class ActionHearNoCode(IdentityAction):
    """A no instead of a number or a code. Sets otp_code, or code_status and no phone_number.

    Has none come, is it another number, is the phone not there, or would the customer rather not?
    """

    def name(self) -> str:
        return "action_hear_no_code"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        words = self.customer_text(tracker)
        if OTHER_NUMBER.search(words):
            return [SlotSet("otp_code", "other_number")]
        if NO_PHONE.search(words):
            return [
                SlotSet("otp_code", None),
                SlotSet("code_status", CodeStatus.no_phone),
                SlotSet("phone_number", None),
            ]
        waits = tracker.get_slot("phone_number") and NOT_RECEIVED.search(words)
        return [SlotSet("otp_code", "resend" if waits else None)]


class ActionCheckCode(IdentityAction):
    """Check the code. Reads phone_number, otp_code, wrong_codes.

    Sets code_status; when it is right and the number is a customer's also verified, assurance and customer_id. Adds a
    check. Utters utter_identity_confirmed or utter_identity_no_account; the other outcomes are said by what follows.
    """

    def name(self) -> str:
        return "action_check_code"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        phone, code = str(tracker.get_slot("phone_number")), str(tracker.get_slot("otp_code"))
        found = await self.services.identity.check_code(phone, PURPOSE, tracker.sender_id, code)
        outcome = found.outcome.value
        used: Events = [SlotSet("otp_code", None)]
        if outcome == "ok":
            return used + await self._passed(dispatcher, tracker, phone)
        if outcome == "expired":
            return [*used, SlotSet("code_status", CodeStatus.expired)]
        wrong = int(tracker.get_slot("wrong_codes") or 0) + 1
        left = min(found.tries_left, _WRONG_CODES_ALLOWED - wrong)
        if outcome == "exhausted" or left <= 0:
            return [
                *used,
                SlotSet("code_status", CodeStatus.failed),
                checked(tracker, _CHECK, "failed", self.now(tracker)),
            ]
        return [
            *used,
            SlotSet("code_status", CodeStatus.wrong),
            SlotSet("wrong_codes", wrong),
            SlotSet("tries_left", left),
        ]

    async def _passed(self, dispatcher: CollectingDispatcher, tracker: Tracker, phone: str) -> Events:
        customer = await self.services.operator.customers.by_phone(phone)
        if customer is None:
            dispatcher.utter_message(response="utter_identity_no_account")
            return [SlotSet("code_status", CodeStatus.no_account), SlotSet("phone_number", None)]
        dispatcher.utter_message(response="utter_identity_confirmed")
        return [
            SlotSet("code_status", CodeStatus.ok),
            SlotSet("verified", True),
            SlotSet("assurance", Assurance.otp.value),
            SlotSet("customer_id", customer.id),
            checked(tracker, _CHECK, "passed", self.now(tracker)),
        ]


class ActionAskIdentityRetry(IdentityAction):
    """Ask whether to go on with a new code. Reads code_status and the misses of the question."""

    def name(self) -> str:
        return "action_ask_identity_retry"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        if misses(tracker):
            dispatcher.utter_message(response="utter_identity_retry_again")
        elif tracker.get_slot("code_status") == CodeStatus.expired:
            dispatcher.utter_message(response="utter_identity_code_expired")
        elif tracker.get_slot("code_status") == CodeStatus.no_phone:
            dispatcher.utter_message(response="utter_identity_no_phone")
        else:
            dispatcher.utter_message(response="utter_identity_declined")
        return []


class ActionForgetCode(IdentityAction):
    """Make room for a new code. Empties otp_code, code_status and identity_retry."""

    def name(self) -> str:
        return "action_forget_code"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        return [SlotSet(name, None) for name in ("otp_code", "code_status", "identity_retry")]


class ActionForgetNumber(IdentityAction):
    """The customer wants another number. Empties phone_number too."""

    def name(self) -> str:
        return "action_forget_number"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        return [SlotSet(name, None) for name in ("phone_number", "otp_code", "code_status", "identity_retry")]


class ActionLeaveIdentification(IdentityAction):
    """End an identification that did not succeed, and with it the flow that wanted it; what waited below goes on.

    Wishes that wait and need a known customer are dropped too: it would only be asked again.
    Reads flow_stack, code_status, waiting_wishes. Sets flow_stack, waiting_wishes. Utters utter_identity_limited or
    utter_identity_left.
    """

    def name(self) -> str:
        return "action_leave_identification"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        if tracker.get_slot("code_status") == CodeStatus.limited:
            until = str(tracker.get_slot("code_again_at"))
            dispatcher.utter_message(response="utter_identity_limited", time=again_time(self, tracker, until))
        else:
            dispatcher.utter_message(response="utter_identity_left")
        waiting = [wish for wish in tracker.get_slot("waiting_wishes") or () if not wish.get(NEEDS_IDENTITY)]
        return [
            SlotSet("flow_stack", without_caller(tracker.get_slot("flow_stack") or [])),
            SlotSet("waiting_wishes", waiting or None),
        ]


def without_caller(stack: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The stack without its top flow and those that called it: a frame that waits for an answer is nobody's caller."""
    rest = stack[:-1]
    while rest and not rest[-1].get("waiting"):
        rest = rest[:-1]
    return rest


def again_time(action: ServiceAction, tracker: Tracker, until: str) -> str:
    """The clock time from which a code may be sent again, rounded up to the minute."""
    moment = datetime.fromisoformat(until)
    if moment.second or moment.microsecond:
        moment = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return action.wording.clock(moment, action.language(tracker))
