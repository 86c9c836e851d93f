"""A real conversation becomes a test that tells nobody's name, and stays true when words and numbers change."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from bot.contracts import Author, AuthorKind, Button, Message
from bot.training.conversation_tests.drafts import Heard, RealConversation, TestWrong, drafted, heard_of

_AT = datetime(2026, 5, 6, 9, tzinfo=timezone.utc)
_RESPONSES = {
    "utter_balance": [re.compile(r"Your\ balance\ is\ (?s:.*)\ in\ credit\.")],
    "utter_anything": [re.compile("(?s:.*)")],
    "utter_ask_phone": [re.compile(r"Which\ mobile\ number\ is\ it\?")],
}


def _message(seq: int, kind: str, text: str, **more: Any) -> Message:
    author = Author(AuthorKind(kind))
    return Message("c-1", seq, f"m-{seq}", _AT + timedelta(seconds=seq), author, text, **more)


def _entity(text: str, words: str, kind: str) -> dict[str, Any]:
    return {"entity": kind, "value": words, "start": text.index(words), "end": text.index(words) + len(words)}


def _real(messages: list[Message], **more: Any) -> RealConversation:
    given = {"heard": {}, "handed_over": frozenset(), "assurance": "anonymous", "need": None, "facts": {}, **more}
    return RealConversation(messages, **given)


def test_answers_are_told_by_their_response_or_by_lasting_words() -> None:
    messages = [
        _message(1, "bot", "Hello."),
        _message(2, "customer", "what is my balance"),
        _message(3, "bot", "Your balance is ¥12.50 in credit."),
        _message(4, "bot", "On Mon 4 May the bonus of ¥5.00 came, it is kept for you"),
        _message(5, "customer", "bye"),
        _message(6, "bot", "ok"),
    ]
    heard = {2: Heard("check_balance", (), {"product": "mobile", "flow_stack": [], "amount": "7"})}
    draft = drafted(_real(messages, heard=heard, assurance="signed_in", need="customer_with_visit"), _RESPONSES)
    assert draft.body == {
        "language": "en",
        "customer": "customer_with_visit",
        "turns": [
            {
                "customer": "what is my balance",
                "replies": [{"response": "utter_balance", "contains": []}, {"contains": ["it is kept for you"]}],
                "slots": {"product": "mobile"},
            },
            {"customer": "bye", "replies": []},
        ],
    }
    assert (draft.name, draft.intent, draft.masked, draft.cut) == ("what is my balance", "check_balance", (), None)


def test_a_code_is_the_demos_and_a_number_is_the_demo_customers() -> None:
    wrong, right, number = "it is 482913", "482914", "13911112222"
    messages = [
        _message(1, "customer", "my bill"),
        _message(2, "bot", "Which mobile number is it?", expects="phone_number"),
        _message(3, "customer", number),
        _message(4, "bot", "A code was sent.", expects="otp_code"),
        _message(5, "customer", wrong),
        _message(6, "bot", "That is not it.", expects="otp_code"),
        _message(7, "customer", right),
        _message(8, "bot", "Thank you."),
    ]
    heard = {
        3: Heard(None, [_entity(number, number, "phone_number")]),
        5: Heard(None, [_entity(wrong, "482913", "otp_code")]),
        7: Heard(None, [_entity(right, right, "otp_code")]),
    }
    draft = drafted(_real(messages, heard=heard, assurance="otp"), _RESPONSES)
    assert draft.body["facts_of"] == "customer_otp"
    assert [turn["customer"] for turn in draft.body["turns"]] == ["my bill", "{phone}", "it is 000001", "{otp}"]
    assert [turn.get("expects") for turn in draft.body["turns"]] == ["phone_number", "otp_code", "otp_code", None]


def test_whose_it_is_does_not_get_into_a_test() -> None:
    said = "I am Mary Poppins, 13911112222, card 4111 1111 1111 1111, ticket TT202605060001"
    kinds = {"Mary Poppins": "person_name", "13911112222": "phone_number", "TT202605060001": "ticket_id"}
    messages = [_message(1, "customer", said), _message(2, "bot", "Thank you for telling.")]
    heard = {1: Heard(None, [_entity(said, words, kind) for words, kind in kinds.items()])}
    draft = drafted(_real(messages, heard=heard), _RESPONSES)
    [turn] = draft.body["turns"]
    assert not any(word in str(draft) for word in ("Mary", "13911112222", "4111 1111", "TT2026"))
    assert "13900001234" in turn["customer"]
    assert draft.masked == (1,)


def test_a_demo_customers_facts_become_places() -> None:
    said = "I live in 1 Elm Road, phone 13911112222"
    messages = [_message(1, "customer", said), _message(2, "bot", "Which mobile number is it?")]
    heard = {1: Heard(None, [_entity(said, "1 Elm Road", "address"), _entity(said, "13911112222", "phone_number")])}
    facts = {"phone": "13911112222", "address_en": "1 Elm Road"}
    draft = drafted(_real(messages, heard=heard, facts=facts, assurance="signed_in"), _RESPONSES)
    assert draft.body["turns"][0]["customer"] == "I live in {address_en}, phone {phone}"
    assert draft.masked == ()


def test_a_button_is_pressed_by_its_label_unless_that_passes() -> None:
    buttons = (Button("b1", "Wed 6 May, 8–10", "/x"), Button("b2", "Something else", "/y"))
    messages = [
        _message(1, "customer", "move my visit"),
        _message(2, "bot", "When suits you?", buttons=buttons),
        _message(3, "customer", "Wed 6 May, 8–10", payload="/x"),
        _message(4, "bot", "Once more please.", buttons=buttons),
        _message(5, "customer", "Something else", payload="/y"),
        _message(6, "bot", "All right then."),
    ]
    draft = drafted(_real(messages), _RESPONSES)
    assert [turn.get("press") for turn in draft.body["turns"]] == [None, 1, "Something else"]


def test_it_ends_where_a_person_a_file_or_silence_comes() -> None:
    start = [_message(1, "customer", "a person please"), _message(2, "bot", "I am asking for somebody.")]
    person = [
        *start,
        _message(3, "system", "You are next."),
        _message(4, "agent", "Ann here"),
        _message(5, "customer", "hi"),
    ]
    draft = drafted(_real(person, handed_over=frozenset({1})), _RESPONSES)
    assert len(draft.body["turns"]) == 1 and draft.body["turns"][0]["owner"] == "queued"
    assert draft.cut is not None and draft.cut.error == "From here on a person answered."
    assert draft.cut.cause.case == "cut_agent"
    filed = [*start, _message(3, "customer", "", attachments=({"id": "a"},), payload="/share_attachment")]
    assert "file" in str(drafted(_real(filed), _RESPONSES).cut)
    waiting = [*start, _message(3, "customer", "hello?")]
    assert "no answer yet" in str(drafted(_real(waiting), _RESPONSES).cut)
    for nothing in ([], [_message(1, "bot", "Hello.")], [_message(1, "agent", "Ann here")]):
        with pytest.raises(TestWrong):
            drafted(_real(nothing), _RESPONSES)


def test_what_was_heard_is_read_from_the_trackers_events() -> None:
    events: list[dict[str, Any]] = [
        {"event": "user", "metadata": {"seq": 3}, "parse_data": {"intent": {"name": "check_bill"}, "entities": []}},
        {"event": "slot", "name": "product", "value": "mobile"},
        {"event": "slot", "name": "product", "value": "broadband"},
    ]
    assert heard_of([events, []]) == {3: Heard("check_bill", (), {"product": "broadband"})}
