"""Conversations as tests: what files may say, and how what came is compared with what was wanted."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.training.causes import Cause
from bot.training.conversation_tests.files import cases_of
from bot.training.conversation_tests.model import (
    Difference,
    Turn,
    difference,
    packet_difference,
    row_difference,
)
from bot.training.data.model import DataFileWrong

_PATH = "tests/conversations/test_billing.yml"
_GOOD = """# bills
conversations:
- name: a balance
  language: en
  customer: customer_basic
  turns:
  - customer: what do I owe
    replies: [{contains: ["{balance}"]}]
    slots: {language: en}
  - press: 1
    expects: otp_code
  stored:
    tickets: {count: 0}
"""


def _read(text: str) -> Any:
    return cases_of(text, _PATH, {"language", "otp_code"}, {"utter_balance"})


def test_a_file_is_read_with_the_lines_of_its_turns() -> None:
    (case,) = _read(_GOOD)
    assert (case.topic, case.name, case.line, case.customer) == ("billing", "a balance", 3, "customer_basic")
    assert [turn.line for turn in case.turns] == [7, 10]
    assert [turn.said for turn in case.turns] == ["what do I owe", "[1]"]


@pytest.mark.parametrize(
    ("was", "becomes", "line", "says"),
    [
        ("slots: {language: en}", "slots: {tongue: en}", 9, "no slot 'tongue'"),
        ("expects: otp_code", "expects: code", 11, "no slot 'code'"),
        ("expects: otp_code", "expect: otp_code", 11, "a turn has no key 'expect'"),
        ("  customer: customer_basic", "  customer: customer_rich", 5, "customer is one of customer_basic"),
        ("language: en\n  customer:", "tongue: en\n  customer:", 4, "a conversation has no key 'tongue'"),
        (
            "  - press: 1\n",
            "  - press: 1\n    customer: hello\n",
            10,
            "either what the customer says or what is pressed",
        ),
        ("customer: what do I owe", "customer: ''", 7, "says nothing"),
        ("{contains:", "{contain:", 8, "not 'contain'"),
        ('{contains: ["{balance}"]}', "{response: utter_balances}", 8, "no response 'utter_balances'"),
        ('{contains: ["{balance}"]}', '{matches: "("}', 8, "is no pattern"),
        ("tickets: {count", "ticket: {count", 13, "nothing in a table 'ticket'"),
        ("tickets: {count: 0}", "tickets: {kind: fault}", 13, "no column 'kind'"),
        ("- name: a balance", "- name: [", None, "this is no YAML"),
        ("conversations:", "conversation:", 2, "no key 'conversation'"),
        ("language: en\n  cust", "language: fr\n  cust", 4, "language is one of zh, en"),
    ],
)
def test_what_is_wrong_is_told_with_its_file_and_line(was: str, becomes: str, line: int | None, says: str) -> None:
    assert was in _GOOD
    with pytest.raises(DataFileWrong) as caught:
        _read(_GOOD.replace(was, becomes, 1))
    assert says in caught.value.message
    assert caught.value.message.startswith(f"{_PATH}, line {line}:" if line else f"{_PATH}, line ")


def test_a_name_stands_once_in_a_file() -> None:
    again = _GOOD + _GOOD.partition("conversations:\n")[2]
    with pytest.raises(DataFileWrong, match="two conversations are called 'a balance'"):
        _read(again)


def _reply(text: str, **more: Any) -> dict[str, Any]:
    return {"text": text, **more}


def _different(body: dict[str, Any], *replies: dict[str, Any], slots: Any = None) -> Difference | None:
    known = {"utter_balance": [re.compile("You owe (?s:.*)\\.")]}
    return difference(Turn(1, body), replies, "bot", slots or {}, {"balance": "12.50"}, known)


@pytest.mark.parametrize(
    "body",
    [
        {"replies": [{"contains": ["{balance}"]}]},
        {"replies": ["You owe"]},
        {"replies": [{"response": "utter_balance"}]},
        {"replies": [{"response": "utter_balance", "contains": ["12.50"]}]},
        {"replies": [{"matches": r"\d\d\.\d\d"}], "not_contains": ["13"], "owner": "bot"},
        {"expects": None},
        {"slots": {"amount": "{balance}"}},
    ],
)
def test_what_fits_is_no_difference(body: dict[str, Any]) -> None:
    assert _different(body, _reply("Hello."), _reply("You owe 12.50."), slots={"amount": "12.50"}) is None


@pytest.mark.parametrize(
    ("body", "wanted", "case"),
    [
        ({"replies": [{"contains": ["13.00"]}]}, "13.00", "other_reply"),
        ({"replies": ["You owe", "Hello."]}, "Hello.", "other_reply"),
        ({"replies": [{"response": "utter_balance", "contains": ["credit"]}]}, "credit", "other_reply"),
        ({"not_contains": ["{balance}"]}, "no reply with '{balance}'", "unwanted_words"),
        ({"expects": "otp_code"}, "a question for otp_code", "no_question"),
        ({"data": {"type": "bill"}}, "a card with", "no_card"),
        ({"owner": "queued"}, "owner queued", "other_owner"),
        ({"slots": {"amount": "13"}}, 'amount is "13"', "other_slot"),
    ],
)
def test_what_does_not_fit_is_told(body: dict[str, Any], wanted: str, case: str) -> None:
    found = _different(body, _reply("Hello."), _reply("You owe 12.50."), slots={"amount": "12.50"})
    assert found is not None
    assert wanted in found.wanted
    assert found.cause.case == case


def test_rows_and_the_packet_are_compared() -> None:
    rows = [{"category": "billing", "status": "open"}]
    assert row_difference("tickets", {"count": 1, "category": "billing"}, rows) is None
    assert row_difference("tickets", {"count": 0}, rows) is not None
    assert row_difference("tickets", {"category": "staff"}, rows) is not None
    packet = {"slots": [{"value": "March"}], "summary": "a bill"}
    assert packet_difference(["March", "bill"], packet) is None
    assert packet_difference(["April"], packet) == Difference(
        "a packet that tells 'April'",
        "March / a bill",
        Cause("packet_lacks", {"what": "April", "came": "March / a bill"}),
    )
