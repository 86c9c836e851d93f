"""Wishes that wait for their turn, and two that fit alike."""

from __future__ import annotations

from typing import Any

from bot.assistant.flows.engine import HANDOFF
from bot.assistant.flows.frames import Heard
from tests.unit.assistant.flows.talk import Talk

_BILL_WISH = {"text": "check my bill", "intent": {"name": "check_bill"}, "full_intent": "check_bill", "entities": []}


def test_what_waits_is_told_before_the_first_question_and_taken_up_at_the_end() -> None:
    noted = {"waiting": [{**_BILL_WISH, "noted": True}]}
    talk = Talk(acts={"action_note": noted, "action_next": {"waiting": None, "now": _BILL_WISH}})
    talk.slots["waiting"] = [_BILL_WISH]
    assert talk.say("check_outage") == ["action_note", "utter_ask_area"]
    assert talk.say("inform", area="xihu") == ["action_outage", "action_next"]
    assert talk.slots["now"] == _BILL_WISH


def test_what_waits_is_taken_up_after_a_cancel_and_after_a_rule() -> None:
    for intent, did in (("cancel_flow", "utter_nothing"), ("faq", "rule")):
        talk = Talk(acts={"action_next": {"waiting": None, "now": _BILL_WISH}}, slots={"waiting": [_BILL_WISH]})
        assert talk.say(intent) == [did, "action_next"]


def test_everything_given_up_leaves_nothing_waiting() -> None:
    talk = Talk(acts={"action_note": {"waiting": [{**_BILL_WISH, "noted": True}]}}, slots={"waiting": [_BILL_WISH]})
    talk.say("check_outage")
    assert talk.say("cancel_flow", "forget all of it") == ["utter_cancelled"]
    assert talk.slots["waiting"] is None


def test_a_wish_uttered_again_waits_no_more_and_keeps_what_it_named() -> None:
    moved = {"entity": "time", "value": "friday"}
    wish = {"text": "move it to friday", "intent": {"name": "change_appointment"}, "entities": [moved], "noted": True}
    talk = Talk(slots={"waiting": [wish]})
    talk.say("check_outage")
    assert talk.say("change_appointment") == ["action_offer", "utter_ask_window_id"]
    assert talk.slots["visit_time"] == "friday"
    assert talk.slots["waiting"] is None


def test_what_waits_stays_for_the_person() -> None:
    talk = Talk(slots={"waiting": [_BILL_WISH]})
    assert talk.say("request_human") == [HANDOFF]
    assert talk.slots["waiting"] == [_BILL_WISH]


def _near(talk: Talk, first: str, second: str, **entities: Any) -> list[str]:
    heard = Heard("some words", first, 0.45, entities, ((first, 0.45), (second, 0.35)))
    move = talk._keep(talk.engine.hear(talk.stack, talk.slots, heard))
    return [move.action or "rule"]


def test_two_wishes_that_fit_alike_are_asked_about() -> None:
    talk = Talk(acts={"action_read_which": {"chosen": "check_bill"}})
    assert _near(talk, "check_balance", "check_bill") == ["action_ask_which"]
    assert talk.stack[-1].flow == "which"


def test_nobody_is_asked_about_moods_or_two_things_outside() -> None:
    assert _near(Talk(), "affirm", "check_bill") == ["rule"]
    assert _near(Talk(), "out_of_scope", "chitchat") == ["rule"]
    assert _near(Talk(), "chitchat", "check_bill") == ["action_ask_which"]


def test_nobody_is_asked_twice_in_a_row_or_in_the_middle_of_a_question() -> None:
    talk = Talk(slots={"last_flow": "which"})
    assert _near(talk, "check_balance", "check_bill") == ["action_balance"]
    talk = Talk()
    talk.say("check_outage")
    assert _near(talk, "check_balance", "check_bill") != ["action_ask_which"]


def test_a_typed_answer_is_read_first_and_giving_up_ends_the_question() -> None:
    talk = Talk(acts={"action_read_which": {"chosen": None}})
    _near(talk, "check_balance", "check_bill")
    assert talk.say("cancel_flow", "oh, forget it then please") == ["action_read_which", "utter_cancelled"]
    assert talk.stack == ()
    talk = Talk(acts={"action_read_which": {"chosen": "check_bill"}})
    _near(talk, "check_balance", "check_bill")
    assert talk.say("check_bill", "the bill") == ["action_read_which", "action_keep"]
