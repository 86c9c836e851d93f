"""Acts on the account that the rules keep for a person or a shop: explained, prepared, and handed over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.customer_action import CustomerAction, Events
from bot.assistant.nlu.words.account import ALONE, APP_LOGIN, BEREAVED, ESIM, LOST_SIM, NAME, PASS_ON, PAUSE, PUK
from bot.assistant.nlu.words.leaning import asked
from bot.tickets.model import ticket_json

_RESUME = "resume"
_OPERATOR = "operator"


@dataclass(frozen=True)
class AccountAct:
    """What belongs to an act beside its texts `utter_account_explain_<act>` and `utter_account_self_<act>`.

    Attributes:
        rules: rows of data/policies that are told with it, as (id, region); those switched off are left out.
        asks_detail: one more fact is collected before the hand-over, asked by `utter_account_detail_<act>`.
    """

    rules: tuple[tuple[str, str], ...] = ()
    asks_detail: bool = False


def _national(*rules: str) -> tuple[tuple[str, str], ...]:
    return tuple((rule, "CN") for rule in rules)


ACTS: Mapping[str, AccountAct] = MappingProxyType(
    {
        "pause": AccountAct(asks_detail=True),
        "replace_sim": AccountAct(asks_detail=True),
        "esim": AccountAct(),
        "puk": AccountAct(),
        "port": AccountAct(
            _national(
                "porting_min_days_in_network",
                "porting_same_local_network",
                "porting_real_name",
                "porting_normal_state",
                "porting_fees_paid",
                "porting_no_term",
                "porting_check_sms",
                "porting_code_sms",
                "porting_code_valid",
                "porting_takes_effect",
            )
        ),
        "close": AccountAct(asks_detail=True),
        "transfer": AccountAct(_national("real_name_documents", "real_name_agent_documents"), asks_detail=True),
        "verify": AccountAct(_national("real_name_reverification", "real_name_agent_documents")),
        "update_contact": AccountAct(asks_detail=True),
        "change_name": AccountAct(_national("real_name_documents")),
        "service_password": AccountAct(_national("service_password_digits", "service_password_attempts")),
        "app_login": AccountAct(),
    }
)
_ANYTHING = re.compile(r".")

#: whatever is to become of the number: nobody explains early-exit terms to somebody in mourning
_BEREAVED = ("bereaved", BEREAVED)
#: act as the intent gives it → words that make it another one, in this order
_READINGS: Mapping[str, tuple[tuple[str, re.Pattern[str]], ...]] = MappingProxyType(
    {
        "suspend": (_BEREAVED, ("lost_sim", LOST_SIM), ("pause", PAUSE)),
        "close": (_BEREAVED,),
        "transfer": (_BEREAVED,),
        "replace_sim": (("puk", PUK), ("esim", ESIM)),
        "update_contact": (_BEREAVED, ("change_name", NAME)),
        "reset_password": (("app_login", APP_LOGIN), ("service_password", _ANYTHING)),
    }
)


class ActionReadAccountAct(CustomerAction):
    """Make the act exact from the words: a lost SIM or a pause, a PUK or a new card. Reads and sets account_act.

    Stays "suspend" when the words do not tell which.
    """

    def name(self) -> str:
        return "action_read_account_act"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        act = str(tracker.get_slot("account_act"))
        said = self.customer_text(tracker).lower()
        for reading, pattern in _READINGS.get(act, ()):
            if pattern.search(said):
                return [SlotSet("account_act", reading)]
        return []


class ActionReadSuspendReason(CustomerAction):
    """Read the answer to why the line should stop. Sets suspend_reason: lost_sim or pause."""

    def name(self) -> str:
        return "action_read_suspend_reason"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        said = self.customer_text(tracker).lower()
        found = next((reading for reading, pattern in _READINGS["suspend"] if pattern.search(said)), None)
        return [SlotSet("suspend_reason", found)]


class ActionTellLostSim(CustomerAction):
    """A lost SIM goes to a person at once; the hotline does it too, at any hour. Utters utter_account_lost_sim."""

    def name(self) -> str:
        return "action_tell_lost_sim"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        hotline = self.wording.term(_OPERATOR, "hotline", self.language(tracker))
        dispatcher.utter_message(response="utter_account_lost_sim", hotline=hotline)
        return [SlotSet("account_act", "lost_sim")]


class ActionExplainAccountAct(CustomerAction):
    """Say what the rules are and what to bring. Reads account_act. Utters utter_account_explain_<act>."""

    def name(self) -> str:
        return "action_explain_account_act"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        act = str(tracker.get_slot("suspend_reason") or tracker.get_slot("account_act"))
        dispatcher.utter_message(response=f"utter_account_explain_{act}", rules=self._rules(tracker, act))
        asks = act in ACTS and ACTS[act].asks_detail
        return [SlotSet("account_act", act), SlotSet("account_asks_detail", asks)]

    def _rules(self, tracker: Tracker, act: str) -> str:
        rows = []
        for rule_id, region in ACTS[act].rules if act in ACTS else ():
            text = self.services.policies.text(rule_id, self.language(tracker), region)
            if text:
                rows.append(self.words(tracker, "utter_account_rule", text=text))
        return "\n".join(rows)


class ActionJudgePassOn(CustomerAction):
    """Read from free words whether a colleague shall do it. Sets account_pass_on, account_detail when it is told.

    Utters utter_account_colleague_tells when the words ask what only the colleague knows.
    """

    def name(self) -> str:
        return "action_judge_pass_on"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        said = self.customer_text(tracker).lower()
        if ALONE.search(said):
            return [SlotSet("account_pass_on", False)]
        if tracker.get_slot("account_asks_detail") and "time" in self.entities(tracker):
            # "from 1 December": the answer to what would be asked next
            return [SlotSet("account_pass_on", True), SlotSet("account_detail", self.customer_text(tracker))]
        if asked(said) is not None:
            dispatcher.utter_message(response="utter_account_colleague_tells")
            return []
        return [SlotSet("account_pass_on", True if PASS_ON.search(said) else None)]


class ActionAskAccountDetail(CustomerAction):
    """Ask the one fact that spares the customer a question later. Utters utter_account_detail_<act>(_again)."""

    def name(self) -> str:
        return "action_ask_account_detail"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        act = str(tracker.get_slot("account_act"))
        name = f"utter_account_detail_{act}" + ("_again" if self.asked_again(tracker) else "")
        skip = {"title": self.words(tracker, "utter_account_button_skip"), "payload": '/inform{"account_detail": "-"}'}
        dispatcher.utter_message(response=name, buttons=[skip])
        return []


class ActionTellSelfHelp(CustomerAction):
    """Say how to do it without a person here. Reads account_act. Utters utter_account_self_<act>."""

    def name(self) -> str:
        return "action_tell_self_help"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        hotline = self.wording.term(_OPERATOR, "hotline", self.language(tracker))
        title = self.words(tracker, "utter_account_button_store")
        dispatcher.utter_message(
            response=f"utter_account_self_{tracker.get_slot('account_act')}",
            hotline=hotline,
            buttons=[{"title": title, "payload": "/find_store"}],
        )
        return []


class ActionExplainStop(CustomerAction):
    """Say why a line is stopped and what brings it back. Sets resume_verdict (active, known, owed, stopped), checks.

    Utters utter_account_stop_none, utter_account_stop_known, utter_account_stop_owed or utter_account_stop_wanted.
    """

    def name(self) -> str:
        return "action_explain_stop"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        language = self.language(tracker)
        stopped = [line for line in await self.lines(tracker) if line.status != "active"]
        if not stopped:
            title = self.words(tracker, "utter_account_button_fault")
            dispatcher.utter_message(
                response="utter_account_stop_none", buttons=[{"title": title, "payload": "/report_mobile_fault"}]
            )
            return [SlotSet("resume_verdict", "active"), *self.checked(tracker, "line_status", "active")]
        known = await self.open_one(tracker, _RESUME)
        if known is not None:
            self.tell_known(dispatcher, tracker, "utter_account_stop_known", known)
            return [SlotSet("resume_verdict", "known")]
        line = stopped[0]
        balance = await self.services.operator.billing.balance(self.customer_id(tracker))
        owed = balance.amount_cents < 0
        dispatcher.utter_message(
            response="utter_account_stop_owed" if owed else "utter_account_stop_wanted",
            product=self.wording.product(line.product, language),
            number=line.number,
            amount=self.money(tracker, abs(balance.amount_cents)),
        )
        verdict = "owed" if owed else "stopped"
        return [
            SlotSet("resume_verdict", verdict),
            *self.checked(tracker, "line_status", f"{line.number} {line.status}"),
        ]


class ActionRequestResume(CustomerAction):
    """Ask for the line back. Reads resume_verdict. Sets promises. Utters utter_account_resume_requested with a card."""

    def name(self) -> str:
        return "action_request_resume"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        line = next(line for line in await self.lines(tracker) if line.status != "active")
        language = self.language(tracker)
        product = self.wording.product(line.product, language)
        ticket = await self.open_ticket(
            tracker,
            _RESUME,
            self.words(tracker, "utter_account_resume_description", product=product, number=line.number),
            line=line,
            facts={"line_status": line.status, "verdict": tracker.get_slot("resume_verdict")},
        )
        due = self.wording.deadline(ticket.respond_by, language)
        dispatcher.utter_message(
            response="utter_account_resume_requested", ticket=ticket.id, due=due, json_message=ticket_json(ticket)
        )
        text = self.words(tracker, "utter_account_resume_promise", number=line.number)
        return self.promised(tracker, text, ticket.respond_by, ticket.id)
