"""The stack of flows: what each kind of message does to it."""

from __future__ import annotations

import pytest

from bot.assistant.flows.engine import HANDOFF
from bot.assistant.flows.model import parse_flows
from bot.assistant.flows.patterns import FlowError
from tests.unit.assistant.flows.talk import FLOWS, PATTERNS, Talk


def test_a_flow_asks_runs_and_ends() -> None:
    talk = Talk()
    assert talk.say("check_outage") == ["utter_ask_area"]
    assert talk.say("nlu_fallback", area="xihu") == ["action_outage"]
    assert talk.stack == ()
    assert talk.slots["area"] is None, "slots of a flow are emptied at its end"


def test_what_the_first_message_says_is_not_asked_again() -> None:
    assert Talk().say("check_outage", area="xihu") == ["action_outage"]


def test_a_flow_that_needs_a_known_customer_identifies_first() -> None:
    talk = Talk(slots={"verified": None})
    assert talk.say("check_balance") == ["utter_ask_phone_number"]
    assert talk.say("nlu_fallback", phone_number="+8613800000000") == ["utter_ask_otp_code"]
    assert talk.say("nlu_fallback", otp_code="123456") == ["action_check_code", "action_balance"]


def test_a_person_comes_at_once_from_any_question() -> None:
    talk = Talk()
    talk.say("change_appointment")
    assert talk.say("request_human") == [HANDOFF]
    assert talk.slots["handoff_reason"] == "customer_request"
    assert talk.stack == ()


def test_a_control_flow_guessed_at_low_confidence_does_not_start() -> None:
    talk = Talk()
    talk.say("check_outage")
    assert talk.say("request_human", confidence=0.3) == ["utter_ask_area_again"]
    assert talk.stack[-1].flow == "outage"


def test_what_was_collected_stays_for_the_person() -> None:
    talk = Talk()
    talk.say("change_appointment", time="friday")
    talk.say("request_human")
    assert talk.slots["visit_time"] == "friday"


def test_a_digression_is_taken_up_again() -> None:
    talk = Talk()
    talk.say("change_appointment")
    assert talk.say("check_balance") == ["action_balance", "utter_resumed", "utter_ask_visit_time_again"]


def test_a_rule_answers_in_between_and_the_question_comes_again() -> None:
    talk = Talk()
    talk.say("change_appointment")
    assert talk.say("faq") == ["rule", "utter_ask_visit_time_again"]


def test_a_correction_goes_back_and_forgets_what_followed() -> None:
    talk = Talk()
    talk.say("change_appointment", time="friday")
    talk.say("inform", window_id="w1")
    assert talk.slots["window_id"] == "w1"
    assert talk.say("deny", time="thursday") == ["action_offer", "utter_ask_window_id"]
    assert talk.slots["visit_time"] == "thursday"
    assert talk.slots["window_id"] is None


def test_yes_and_no_answer_a_confirmation() -> None:
    talk = Talk()
    talk.say("change_appointment", time="friday")
    talk.say("inform", window_id="w1")
    assert talk.say("affirm") == ["action_move"]
    talk.say("change_appointment", time="friday")
    talk.say("inform", window_id="w1")
    talk.slots["window_id"] = None
    assert talk.say("deny") == ["action_offer", "utter_ask_window_id"]


def test_free_words_are_read_by_an_action() -> None:
    talk = Talk(acts={"action_choose": {"window_id": "w2"}})
    talk.say("change_appointment", time="friday")
    assert talk.say("nlu_fallback", text="the second one") == ["action_choose", "utter_ask_confirmed"]


def test_a_no_that_names_one_of_the_offered_is_read_first() -> None:
    talk = Talk(acts={"action_choose": {"window_id": "w2"}})
    talk.say("change_appointment", time="friday")
    assert talk.say("deny", text="no, the second one") == ["action_choose", "utter_ask_confirmed"]


def test_a_rule_answers_even_where_words_are_read() -> None:
    talk = Talk()
    talk.say("change_appointment", time="friday")
    assert talk.say("faq") == ["rule", "utter_ask_window_id_again"]


def test_a_guessed_cancel_does_not_cancel() -> None:
    talk = Talk()
    talk.say("change_appointment")
    assert talk.say("cancel_flow", confidence=0.2) == ["utter_ask_visit_time_again"]


def test_a_second_wish_during_identification_does_not_identify_twice() -> None:
    talk = Talk(slots={"verified": None}, acts={"action_check_code": {"verified": True}})
    talk.say("check_balance")
    assert talk.say("check_bill") == ["utter_ask_phone_number_again"]
    talk.say("inform", phone_number="+8613800000000")
    assert talk.say("inform", otp_code="123456") == ["action_check_code", "action_bill", "action_balance"]


def test_none_of_the_offered_asks_again_differently() -> None:
    talk = Talk()
    talk.say("change_appointment", time="friday")
    assert talk.say("deny") == ["action_choose", "action_offer", "utter_ask_window_id"]


def test_the_third_miss_goes_to_a_person() -> None:
    talk = Talk()
    talk.say("check_outage")
    assert talk.say("nlu_fallback") == ["utter_ask_area_again"]
    assert talk.say("affirm") == ["utter_ask_area_again"]
    assert talk.say("nlu_fallback") == [HANDOFF]
    assert talk.slots["handoff_reason"] == "misunderstood"


def test_misses_outside_a_flow_count_too_and_understanding_forgives() -> None:
    talk = Talk()
    assert talk.say("nlu_fallback") == ["utter_once"]
    assert talk.say("nlu_fallback") == ["utter_twice"]
    talk.say("check_balance")
    assert talk.say("nlu_fallback") == ["utter_once"]
    talk.say("nlu_fallback")
    assert talk.say("nlu_fallback") == [HANDOFF]


def test_anger_twice_goes_to_a_person() -> None:
    talk = Talk()
    assert talk.say("express_anger") == ["utter_sorry"]
    assert talk.say("express_anger") == [HANDOFF]
    assert talk.slots["handoff_reason"] == "anger"


def test_cancelling_drops_the_flow_and_its_callers_question() -> None:
    talk = Talk()
    talk.say("change_appointment")
    assert talk.say("cancel_flow") == ["utter_cancelled"]
    assert talk.stack == ()
    assert talk.say("cancel_flow") == ["utter_nothing"]


def test_cancelling_identification_does_not_go_on_as_if_verified() -> None:
    talk = Talk(slots={"verified": None})
    talk.say("check_balance")
    assert talk.say("cancel_flow") == ["utter_cancelled"]
    assert talk.stack == ()


def test_cancelling_a_digression_comes_back_to_what_waited() -> None:
    talk = Talk()
    talk.say("change_appointment")
    talk.say("check_outage")
    assert talk.say("cancel_flow") == ["utter_cancelled", "utter_ask_visit_time_again"]


def test_flows_of_a_group_replace_each_other() -> None:
    talk = Talk()
    talk.say("change_appointment")
    assert talk.say("check_appointment") == ["utter_check"]
    assert talk.stack == ()


def test_a_jump_leads_to_its_step() -> None:
    talk = Talk()
    talk.say("change_appointment")
    assert talk.say("cancel_appointment") == ["utter_stopped"]


def test_free_text_takes_anything_but_controls() -> None:
    talk = Talk()
    talk.say("file_complaint")
    assert talk.say("check_balance", text="they charged me twice") == ["action_complain"]
    talk.say("file_complaint")
    assert talk.say("request_human") == [HANDOFF]


def test_an_unsure_intent_starts_nothing_while_a_question_is_open() -> None:
    talk = Talk()
    talk.say("change_appointment")
    assert talk.say("check_balance", confidence=0.2) != ["action_balance"]
    assert talk.stack[-1].flow == "move"


def test_a_failing_action_becomes_a_hand_over() -> None:
    talk = Talk(acts={"action_outage": {"action_failed": "back_office"}})
    assert talk.say("check_outage", area="xihu") == ["action_outage", HANDOFF]
    assert talk.slots["handoff_reason"] == "backend_failure"
    assert talk.slots["action_failed"] is None


@pytest.mark.parametrize(
    ("flows", "said"),
    [
        ("flows: {a: {steps: [{go: nowhere}]}}", "nowhere"),
        ("flows: {a: {steps: [{ask: x, say: y}]}}", "exactly one"),
        ("flows: {a: {steps: [{flow: b}]}}", "does not exist"),
        ("flows: {a: {stepz: []}}", "unknown keys"),
        ("flows: {a: {intents: [i], steps: [{end: true}]}, b: {intents: [i], steps: [{end: true}]}}", "starts both"),
        ("flows: [", "not YAML"),
    ],
)
def test_a_wrong_file_is_refused_with_its_reason(flows: str, said: str) -> None:
    with pytest.raises(FlowError, match=said):
        parse_flows({"patterns.yml": PATTERNS, "identify.yml": FLOWS, "wrong.yml": flows})
