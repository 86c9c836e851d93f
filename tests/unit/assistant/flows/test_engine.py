"""The stack of flows: what each kind of message does to it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.assistant.flows.engine import HANDOFF, LISTEN, Engine
from bot.assistant.flows.frames import Frame, Heard, Move
from bot.assistant.flows.model import parse_flows
from bot.assistant.flows.patterns import FlowError

PATTERNS = """
patterns:
  cancel:
    {intents: [cancel_flow], say: utter_cancelled, say_when_idle: utter_nothing, unless: 'rather|\\d', all: 'all of it'}
  waiting: {slot: waiting, now: now, note: action_note, next: action_next, unless: handoff_reason}
  close_calls: {flow: which, margin: 0.3, below: 0.6, talk: [affirm, deny], outside: [chitchat, out_of_scope]}
  resume: {say: utter_resumed}
  confirm: {affirm: [affirm], deny: [deny], before: 'yes|please|[ ,]', after: 'it|please|[ .]'}
  unclear: {intents: [nlu_fallback, chitchat, affirm, deny], misses_before_person: 3, handoff: misunderstood}
  never_text: [request_human, cancel_flow]
  counters:
    misses: {intents: [nlu_fallback], say: [utter_once, utter_twice], handoff: misunderstood}
    anger: {intents: [express_anger], say: [utter_sorry], handoff: anger}
  interrupt_confidence: 0.5
  control_confidence: 0.4
  idle_confidence: 0.9
  mood_confidence: 0.6
  short_answer: {confidence: 0.95, characters: 4, words: 2}
  last_flow: last_flow
  deny_confidence: 0.7
  yes_confidence: 0.8
  small_talk: [chitchat]
  aside: {intents: [check_balance], words: '[?]$'}
  asked_in_full_after: [action_change_language]
  identify: identify
  failure: {slot: action_failed, handoff: {back_office: backend_failure, other: bot_error}}
"""

FLOWS = """
flows:
  identify:
    slots: [otp_code]
    entities: {phone_number: phone_number, otp_code: otp_code}
    steps:
    - ask: phone_number
    - ask: otp_code
    - action: action_check_code
  which:
    slots: [chosen]
    steps:
    - ask: chosen
      question: action_ask_which
      again: action_ask_which
      resolve: action_read_which
    - action: action_keep
  balance:
    intents: [check_balance]
    needs: verified
    steps:
    - action: action_balance
  bill:
    intents: [check_bill]
    needs: verified
    steps:
    - action: action_bill
  human:
    control: true
    intents: [request_human]
    steps:
    - handoff: customer_request
  outage:
    intents: [check_outage]
    again_with: [area]
    slots: [area]
    entities: {area: area}
    steps:
    - ask: area
    - action: action_outage
  move:
    intents: {change_appointment: {product: broadband}}
    group: visit
    slots: [visit_time, window_id, confirmed]
    entities: {time: visit_time}
    corrections:
      visit_time: {go: offer, clears: [window_id, confirmed]}
    jumps: {cancel_appointment: stop}
    steps:
    - ask: visit_time
    - id: offer
      action: action_offer
    - ask: window_id
      resolve: action_choose
      on_deny: offer
    - ask: confirmed
      accept: confirm
      'yes': 'move|do'
      'no': 'keep'
      neither: 'done'
      then:
      - {if: {confirmed: false}, go: offer}
    - action: action_move
      then: end
    - id: stop
      say: utter_stopped
  check:
    intents: [check_appointment]
    follows: {cancel_flow: change_appointment}
    group: visit
    steps:
    - say: utter_check
  complain:
    intents: [file_complaint]
    slots: [words]
    steps:
    - ask: words
      accept: text
    - action: action_complain
"""


class Talk:
    """Plays messages against the engine as the policy would, with actions that set what the test says."""

    def __init__(self, acts: dict[str, dict[str, Any]] | None = None, slots: dict[str, Any] | None = None) -> None:
        self.engine = Engine(parse_flows({"patterns.yml": PATTERNS, "flows.yml": FLOWS}))
        self.stack: tuple[Frame, ...] = ()
        self.slots: dict[str, Any] = {"verified": True, **(slots or {})}
        self.acts = acts or {}

    def say(
        self, intent: str, text: str = "some words of a customer", confidence: float = 0.9, **entities: Any
    ) -> list[str]:
        """Say something; returns the actions of the turn without the last listen. A rule answers as `rule`."""
        heard = Heard(text, intent, confidence, entities)
        move = self._keep(self.engine.hear(self.stack, self.slots, heard))
        done: list[str] = []
        own = True
        for _ in range(20):
            name = move.action
            if name == LISTEN:
                return done
            if name is None:
                if not own:
                    return done
                name, own = "rule", False
            else:
                own = True
            done.append(name)
            self.slots.update(self.acts.get(name, {}))
            move = self._keep(self.engine.proceed(self.stack, self.slots, name, own, heard))
        raise AssertionError(f"the turn does not end: {done}")

    def _keep(self, move: Move) -> Move:
        self.stack = move.stack
        self.slots.update(move.sets)
        return move


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


def test_words_of_the_step_mean_yes_and_no_whatever_they_sound_like() -> None:
    def at_the_end() -> Talk:
        talk = Talk(acts={"action_offer": {"window_id": None, "confirmed": None}})
        talk.say("change_appointment", time="friday")
        assert talk.say("inform", window_id="w1") == ["utter_ask_confirmed"]
        return talk

    assert at_the_end().say("cancel_flow", "yes, move it please.") == ["action_move"]
    assert at_the_end().say("cancel_flow", "keep it")[0] == "action_offer"
    assert at_the_end().say("affirm", "done") == ["utter_ask_confirmed_again"]
    assert at_the_end().say("cancel_flow", "keep it as a surprise for the dog") == ["utter_cancelled"]


def test_a_long_sentence_that_is_only_guessed_to_be_a_yes_agrees_to_nothing() -> None:
    def at_the_end() -> Talk:
        talk = Talk(acts={"action_offer": {"window_id": None}})
        talk.say("change_appointment", time="friday")
        talk.say("inform", window_id="w1")
        return talk

    assert at_the_end().say("affirm", "restarted it and nothing changed", confidence=0.6) == [
        "utter_ask_confirmed_again"
    ]
    assert at_the_end().say("affirm", "that is what I want", confidence=0.9) == ["action_move"]
    assert at_the_end().say("affirm", "right you are", confidence=0.79) == ["utter_ask_confirmed_again"]
    assert at_the_end().say("affirm", "righto", confidence=0.6) == ["action_move"]


def test_a_short_wish_is_first_read_as_an_answer() -> None:
    talk = Talk(acts={"action_choose": {"window_id": "w1"}})
    talk.say("change_appointment", time="friday")
    assert talk.say("check_outage", "the net") == ["action_choose", "utter_ask_confirmed"]


def test_a_short_wish_that_is_no_answer_is_a_wish() -> None:
    talk = Talk(acts={"action_choose": {}})
    talk.say("change_appointment", time="friday")
    assert talk.say("check_outage", "any outage") == ["action_choose", "utter_ask_area"]


def test_giving_up_that_names_something_else_is_read_as_an_answer_first() -> None:
    talk = Talk(acts={"action_choose": {"window_id": "w1"}})
    talk.say("change_appointment", time="friday")
    assert talk.say("cancel_flow", "forget it, rather the later one") == ["action_choose", "utter_ask_confirmed"]
    talk = Talk(acts={"action_choose": {}})
    talk.say("change_appointment", time="friday")
    assert talk.say("cancel_flow", "I would rather not") == ["action_choose", "utter_cancelled"]


def test_giving_up_with_a_new_value_is_a_correction() -> None:
    talk = Talk()
    talk.say("change_appointment", time="friday")
    assert talk.say("cancel_flow", "forget it, thursday", time="thursday") == ["action_offer", "utter_ask_window_id"]


def test_what_follows_on_an_ended_flow() -> None:
    talk = Talk()
    talk.say("check_appointment")
    assert talk.say("cancel_flow") == ["utter_ask_visit_time"]
    talk = Talk()
    talk.say("check_outage", area="north")
    assert talk.say("nlu_fallback", area="south") == ["action_outage"]
    assert talk.say("nlu_fallback") == ["utter_once"]
    assert talk.say("nlu_fallback", area="south") == ["utter_twice"]


def test_an_unasked_long_yes_and_a_bare_number_are_unclear() -> None:
    assert Talk().say("affirm", "yes I told all of you before", confidence=0.6) == ["utter_once"]
    assert Talk().say("affirm", "yes", confidence=0.6) == ["rule"]
    assert Talk().say("affirm", "100", confidence=0.8) == ["utter_once"]


def test_a_question_of_its_own_is_no_free_text_answer() -> None:
    talk = Talk()
    talk.say("file_complaint")
    assert talk.say("check_balance", "what is my balance?") == [
        "action_balance",
        "utter_resumed",
        "utter_ask_words_again",
    ]
    assert talk.say("check_balance", "my balance was eaten up") == ["action_complain"]


def test_small_talk_names_nothing() -> None:
    talk = Talk()
    talk.say("change_appointment")
    assert talk.say("chitchat", "nice weather today, is it not", confidence=0.95, time="today") == [
        "utter_ask_visit_time_again"
    ]


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


def test_words_that_are_hardly_small_talk_are_not_understood() -> None:
    talk = Talk()
    assert talk.say("chitchat", confidence=0.5) == ["utter_once"]
    assert talk.say("express_anger", confidence=0.5) == ["utter_twice"]
    assert talk.say("chitchat", confidence=0.9) == ["rule"]


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
