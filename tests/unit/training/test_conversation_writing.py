"""Conversation tests are written at the end of their file and taken out again; all other lines stay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.errors import BadRequest, NotFound
from bot.training.conversation_tests.drafts import TestWrong
from bot.training.conversation_tests.files import cases_of, read_cases
from bot.training.conversation_tests.writing import TestKnown, add_case, take_case, written

_FIRST = """# Bills.
conversations:
# of a customer who pays late
- name: first   # the oldest
  language: en
  turns:
  - customer: "yes"
    replies: [{contains: [ok]}]

# and of one who does not
- name: second
  turns:
  - {press: 1}
"""
_PATH = "tests/conversations/test_billing.yml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in (
        (_PATH, _FIRST),
        ("domain.yml", "slots:\n  otp_code: {type: text}\n  language: {type: text}\n"),
        ("data/responses/a.yml", 'responses:\n  utter_balance:\n  - text: "You owe {amount}."\n'),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def _body(**more: Any) -> dict[str, Any]:
    turns = [
        {"customer": "余额: 多少", "replies": [{"response": "utter_balance", "contains": []}], "expects": None},
        {"press": 2, "replies": [], "expects": "otp_code"},
        {"customer": "12:30 *100#", "slots": {"language": "zh"}},
    ]
    return {"name": "a third: one", "language": "zh", "customer": "customer_basic", "turns": turns, **more}


def test_a_conversation_is_written_at_the_end_and_read_back(root: Path) -> None:
    case = add_case(root, "billing", _body())
    text = (root / _PATH).read_text("utf-8")
    assert text.startswith(_FIRST.rstrip())
    assert [one.name for one in read_cases(root)] == ["first", "second", "a third: one"]
    assert text.splitlines()[case.line - 1] == "- name: 'a third: one'"
    assert [dict(turn.body) for turn in case.turns] == [
        {"customer": "余额: 多少", "replies": [{"response": "utter_balance"}]},
        {"press": 2, "expects": "otp_code"},
        {"customer": "12:30 *100#", "slots": {"language": "zh"}},
    ]


def test_what_was_written_is_taken_out_to_the_byte(root: Path) -> None:
    add_case(root, "billing", _body())
    assert take_case(root, _PATH, "a third: one") == _PATH
    assert (root / _PATH).read_text("utf-8") == _FIRST
    take_case(root, _PATH, "first")
    left = (root / _PATH).read_text("utf-8")
    assert left.startswith("# Bills.\nconversations:\n") and "# and of one who does not\n- name: second\n" in left
    take_case(root, _PATH, "second")
    assert not (root / _PATH).exists()


def test_a_file_that_stands_in_further_keeps_its_way(root: Path) -> None:
    (root / _PATH).write_text("conversations:\n    - name: first\n      turns:\n      - {press: 1}\n", "utf-8")
    add_case(root, "billing", _body())
    assert "\n    - name: 'a third: one'\n      language: zh\n" in (root / _PATH).read_text("utf-8")
    assert len(read_cases(root)) == 2


def test_a_new_topic_gets_its_file(root: Path) -> None:
    assert add_case(root, "roaming", _body()).path == "tests/conversations/test_roaming.yml"


@pytest.mark.parametrize(
    ("turn", "says"),
    [
        ({"customer": "hi", "expects": "shoe_size"}, "Turn 2: domain.yml has no slot 'shoe_size'"),
        ({"customer": "hi", "slots": {"shoe_size": 43}}, "Turn 2: domain.yml has no slot 'shoe_size'"),
        ({"customer": "  "}, "Turn 2: the customer says nothing"),
        ({"customer": "a" * 4_001}, "Turn 2: a customer's message has at most 4,000"),
        ({"customer": "I am **** ****"}, "Turn 2: put other words in place of the asterisks"),
        ({"customer": "hi", "press": 1}, "Turn 2: a turn says either"),
        ({"customer": "hi", "replys": ["a"]}, "Turn 2: a turn has no key 'replys'"),
        ({"customer": "hi", "replies": [{"response": "utter_nothing"}]}, "Turn 2: data/responses has no response"),
        ("hi", "Turn 2: a turn says what the customer says or presses"),
    ],
)
def test_a_turn_that_cannot_be_checked_is_named(root: Path, turn: Any, says: str) -> None:
    with pytest.raises(TestWrong) as caught:
        add_case(root, "billing", _body(turns=[{"customer": "hello"}, turn]))
    assert caught.value.message.startswith(says)
    assert (root / _PATH).read_text("utf-8") == _FIRST


def test_other_bad_input_writes_nothing(root: Path) -> None:
    for body in (_body(name=""), _body(name="a\nb"), _body(name="x" * 121)):
        with pytest.raises(BadRequest):
            add_case(root, "billing", body)
    for topic in (None, "", "../billing", "Billing"):
        with pytest.raises(BadRequest):
            add_case(root, topic, _body())
    for turns in (None, [], [{"customer": "a"}] * 101):
        with pytest.raises(TestWrong):
            add_case(root, "billing", _body(turns=turns))
    with pytest.raises(TestKnown):
        add_case(root, "billing", _body(name="first"))
    with pytest.raises(TestWrong, match="customer is one of"):
        add_case(root, "billing", _body(customer="somebody"))
    assert (root / _PATH).read_text("utf-8") == _FIRST


def test_only_tests_are_taken_out(root: Path) -> None:
    for path in ("domain.yml", "tests/conversations/../../domain.yml", None, 3):
        with pytest.raises(BadRequest):
            take_case(root, path, "first")
    for path, name in ((_PATH, "third"), ("tests/conversations/test_none.yml", "first")):
        with pytest.raises(NotFound):
            take_case(root, path, name)


def test_what_is_written_is_one_way_for_people_and_for_machines() -> None:
    text = written(_body())
    assert text.splitlines()[:6] == [
        "- name: 'a third: one'",
        "  language: zh",
        "  customer: customer_basic",
        "  turns:",
        "  - customer: '余额: 多少'",
        "    replies:",
    ]
    assert len(cases_of("conversations:\n" + text, _PATH, {"otp_code", "language"}, {"utter_balance"})) == 1
