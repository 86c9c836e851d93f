"""Words that sound like one thing and mean another where they are said."""

from __future__ import annotations

from tests.unit.assistant.flows.talk import Talk


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


def test_where_own_words_are_an_answer_only_a_clear_wish_goes_first() -> None:
    def asked() -> Talk:
        talk = Talk(acts={"action_read_reason": {"reason": "other"}})
        talk.say("book_appointment")
        return talk

    assert asked().say("check_bill", "tidy up the cables of the hall", confidence=0.6) == [
        "action_read_reason",
        "action_request",
    ]
    assert asked().say("check_bill", "what did last month come to", confidence=0.8)[0] == "action_bill"
    assert asked().say("request_human", "somebody has to talk to me", confidence=0.6)[0] == "action_handoff"


def test_small_talk_names_nothing() -> None:
    talk = Talk()
    talk.say("change_appointment")
    assert talk.say("chitchat", "nice weather today, is it not", confidence=0.95, time="today") == [
        "utter_ask_visit_time_again"
    ]


def test_words_that_are_hardly_small_talk_are_not_understood() -> None:
    talk = Talk()
    assert talk.say("chitchat", confidence=0.5) == ["utter_once"]
    assert talk.say("express_anger", confidence=0.5) == ["utter_twice"]
    assert talk.say("chitchat", confidence=0.9) == ["rule"]


def test_a_goodbye_that_is_hardly_one_ends_nothing() -> None:
    assert Talk().say("goodbye", confidence=0.35) == ["utter_once"]
    assert Talk().say("goodbye", "see you then", confidence=0.45) == ["rule"]
    assert Talk().say("goodbye", "I waited all night for you", confidence=0.8) == ["utter_once"]
