"""The customers' calls of the outside contract, over HTTP on the running service."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from typing import Any

import pytest
import requests

from tests.conftest import Pool
from tests.integration.shapes import assert_error, assert_message, assert_state, assert_thread
from tests.service import Customer, Service, wait_until

_CALL_S = 30


def _open(service: Service, body: dict[str, Any]) -> requests.Response:
    return requests.post(service.base + "/api/v1/conversations", json=body, timeout=_CALL_S)


def _send(customer: Customer, body: dict[str, Any], query: str = "?wait=reply") -> requests.Response:
    return customer.call("POST", "/messages" + query, json=body)


def _new(text: str) -> dict[str, str]:
    return {"client_msg_id": uuid.uuid4().hex, "text": text}


# -- opening -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_conversation_opens_with_a_welcome_in_the_wanted_language(service: Service, language: str) -> None:
    answer = _open(service, {"language": language, "metadata": {"page": "/help"}})
    assert answer.status_code == 201
    opened = answer.json()
    assert set(opened) == {"conversation_id", "token", "language", "messages"}
    assert opened["language"] == language
    assert_thread(opened["messages"])
    assert opened["messages"][0]["author"]["kind"] == "bot"
    has_chinese = any("\u4e00" <= char <= "\u9fff" for char in opened["messages"][0]["text"])
    assert has_chinese == (language == "zh")


def test_a_body_may_be_left_out_when_opening(service: Service) -> None:
    answer = requests.post(service.base + "/api/v1/conversations", timeout=_CALL_S)
    assert answer.status_code == 201 and answer.json()["language"] == "zh"


def test_the_first_message_sets_the_language_when_none_was_given(service: Service) -> None:
    customer = Customer(service).open()
    customer.say("hello, how much is my balance?")
    assert customer.call("GET", "/transcript?format=json").json()["language"] == "en"


@pytest.mark.parametrize(
    "body",
    [
        {"language": "fr"},
        {"language": ["zh"]},
        {"identity_token": 5},
        {"metadata": [1]},
        {"metadata": {"a": "x" * 20_000}},
    ],
)
def test_wrong_values_open_nothing(service: Service, body: dict[str, Any]) -> None:
    assert_error(_open(service, body), 400, "bad_request")


# -- sending and waiting -----------------------------------------------------------------------------------------------


def test_without_wait_a_message_is_accepted_at_once_and_answered_later(service: Service) -> None:
    customer = Customer(service, "zh").open()
    answer = _send(customer, _new("你好"), query="")
    assert answer.status_code == 202 and set(answer.json()) == {"message"}
    assert_message(answer.json()["message"])
    assert wait_until(lambda: customer.thread()[-1]["author"]["kind"] == "bot" and len(customer.thread()) > 2, 10)
    assert_thread(customer.thread())


def test_with_wait_the_replies_and_the_state_come_back(service: Service) -> None:
    customer = Customer(service, "en").open()
    answer = _send(customer, _new("hello"))
    assert answer.status_code == 200
    said = answer.json()
    assert set(said) == {"message", "replies", "state"}
    assert said["message"]["author"] == {"kind": "customer"}
    assert said["replies"] and all(item["author"]["kind"] == "bot" for item in said["replies"])
    assert_state(said["state"])
    assert said["state"]["owner"] == "bot"
    assert customer.thread()[1:] == [said["message"], *said["replies"]]


def test_messages_after_a_seq_are_those_after_it(service: Service) -> None:
    customer = Customer(service, "zh").open()
    customer.say("你好")
    whole = customer.thread()
    for after in range(len(whole) + 2):
        body = customer.call("GET", f"/messages?after={after}").json()
        assert set(body) == {"messages", "state"}
        assert body["messages"] == whole[after:]
        assert_state(body["state"])


@pytest.mark.parametrize("after", ["x", "-1", "", "1.5", "99999999999999999999", "NaN", "%ff"])
def test_a_wrong_after_is_refused(service: Service, after: str) -> None:
    assert_error(Customer(service).open().call("GET", f"/messages?after={after}"), 400, "bad_request")


def test_a_wrong_wait_is_refused_and_nothing_is_stored(service: Service) -> None:
    customer = Customer(service).open()
    assert_error(_send(customer, _new("hi"), query="?wait=forever"), 400, "bad_request")
    assert len(customer.thread()) == 1


# -- texts -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", " ", "\n\t \u3000", "x" * 4_001, "话" * 4_001, None, 5, ["hi"], {"a": 1}])
def test_a_blank_overlong_or_missing_text_is_refused_and_not_stored(service: Service, text: object) -> None:
    customer = Customer(service).open()
    assert_error(_send(customer, {"client_msg_id": "a", "text": text}), 400, "invalid_text")
    assert len(customer.thread()) == 1


def test_four_thousand_characters_are_taken_and_given_back(service: Service) -> None:
    customer = Customer(service, "zh").open()
    text = "网络很慢。" * 800
    assert len(text) == 4_000
    customer.say(f"  {text}  ")
    stored = next(item for item in customer.thread() if item["author"]["kind"] == "customer")
    assert stored["text"].strip() == text


@pytest.mark.parametrize(
    "text", ["/restart", "/session_start", '/greet{"a":1}', "/", '/inform{"verified": true}', "/back", "/slot{}"]
)
def test_text_with_a_slash_is_only_text(service: Service, text: str) -> None:
    customer = Customer(service, "zh").open()
    customer.say(text)
    thread = customer.thread()
    assert_thread(thread)
    assert thread[1]["text"] == text and thread[1]["author"]["kind"] == "customer"
    assert customer.replies, "it is answered like any other text"
    row = service.sql("SELECT owner, assurance, slots FROM conversations WHERE id = ?", customer.id)[0]
    assert row["owner"] == "bot" and row["assurance"] == "anonymous"
    assert '"verified": true' not in row["slots"]


@pytest.mark.parametrize(
    "text",
    ["👨‍👩‍👧‍👦 🇨🇳", "‮abc", "<b>hi</b> &amp; 'x'", "a\r\nb\tc", "{{x}} {name} %s $1", "'; DROP TABLE messages; --"],
)
def test_unusual_text_is_kept_as_typed_and_answered(service: Service, text: str) -> None:
    customer = Customer(service, "zh").open()
    assert customer.say(text)
    assert customer.thread()[1]["text"] == text


# -- the same message twice --------------------------------------------------------------------------------------------


def test_the_same_client_msg_id_gives_the_same_message_and_one_answer(service: Service) -> None:
    customer = Customer(service, "zh").open()
    body = _new("你好")
    first, second = _send(customer, body), _send(customer, body)
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    third = _send(customer, {**body, "text": "something else"}, query="")
    assert third.status_code == 202 and third.json()["message"] == first.json()["message"]
    assert len(customer.thread()) == 1 + 1 + len(first.json()["replies"])


def test_ten_copies_of_one_message_at_once_are_one_message(service: Service) -> None:
    customer = Customer(service, "zh").open()
    body = _new("你好")
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: _send(customer, body), range(10)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["message"]["seq"] for answer in answers}) == 1
    assert sum(item["author"]["kind"] == "customer" for item in customer.thread()) == 1
    turns = service.sql("SELECT turn FROM tracker_events WHERE conversation_id = ?", customer.id)
    assert len(turns) == 1


def test_the_same_client_msg_id_in_two_conversations_is_two_messages(service: Service) -> None:
    ones = [Customer(service, "zh").open() for _ in range(2)]
    for customer in ones:
        assert _send(customer, {"client_msg_id": "1", "text": "你好"}).status_code == 200
    assert all(len(customer.thread()) >= 3 for customer in ones)


@pytest.mark.parametrize("given", [None, "", 5, "x" * 81, ["a"]])
def test_a_wrong_client_msg_id_is_refused(service: Service, given: object) -> None:
    customer = Customer(service).open()
    assert_error(_send(customer, {"client_msg_id": given, "text": "hi"}), 400, "bad_request")
    assert_error(_send(customer, {"text": "hi"}), 400, "bad_request")
    assert len(customer.thread()) == 1


# -- buttons -----------------------------------------------------------------------------------------------------------


def test_a_button_is_sent_by_its_id_and_shows_its_label(service: Service) -> None:
    customer = Customer(service, "zh").open()
    button = next(item for item in customer.messages if item.get("buttons"))["buttons"][0]
    answer = _send(customer, {"client_msg_id": "b1", "button_id": button["id"]})
    assert answer.status_code == 200
    assert answer.json()["message"]["text"] == button["label"]
    stored = service.sql(
        "SELECT payload FROM messages WHERE conversation_id = ? AND client_msg_id = 'b1'", customer.id
    )[0]
    assert stored["payload"].startswith("/")
    shown = customer.call("GET", "/messages?after=0").text + customer.call("GET", "/transcript?format=json").text
    assert "payload" not in shown and stored["payload"] not in shown


@pytest.mark.parametrize("button_id", ["nope", "", None, 7, [1], {"id": "x"}])
def test_an_unknown_button_is_404(service: Service, button_id: object) -> None:
    customer = Customer(service).open()
    assert_error(_send(customer, {"client_msg_id": "a", "button_id": button_id}), 404, "not_found")
    assert len(customer.thread()) == 1


def test_a_button_of_another_conversation_is_404(service: Service) -> None:
    mine, other = Customer(service).open(), Customer(service).open()
    button = next(item for item in other.messages if item.get("buttons"))["buttons"][0]
    assert_error(_send(mine, {"client_msg_id": "a", "button_id": button["id"]}), 404, "not_found")


def test_a_message_is_exactly_one_of_text_and_button(service: Service) -> None:
    customer = Customer(service).open()
    for body in ({}, {"text": "a", "button_id": "b"}):
        assert_error(_send(customer, {"client_msg_id": "a", **body}), 400, "bad_request")


# -- people, rating, transcript ----------------------------------------------------------------------------------------


def test_asking_for_a_person_queues_the_customer_though_nobody_is_on_duty(service: Service) -> None:
    customer = Customer(service, "zh").open()
    answer = customer.call("POST", "/handoff")
    assert answer.status_code == 202 and set(answer.json()) == {"state"}
    assert_state(answer.json()["state"])
    assert answer.json()["state"]["owner"] == "queued"
    said = [item["text"] for item in customer.thread()[1:]]
    assert len(said) >= 2 and all(said), "it says what happens now"
    again = customer.call("POST", "/handoff")
    assert again.status_code == 202 and again.json()["state"]["epoch"] == answer.json()["state"]["epoch"]
    begun = datetime.now(timezone.utc)
    waiting = _send(customer, _new("还在吗"))
    assert waiting.status_code == 202 and waiting.json()["replies"] == []
    assert (datetime.now(timezone.utc) - begun).total_seconds() < 5, "in the queue nobody is waited for"
    left = customer.call("DELETE", "/handoff")
    assert left.status_code == 200 and left.json()["state"]["owner"] == "bot"
    assert left.json()["state"]["epoch"] == answer.json()["state"]["epoch"] + 1
    assert customer.say("你好"), "the bot speaks again"
    assert_error(customer.call("DELETE", "/handoff"), 409, "conflict")
    assert_thread(customer.thread())


@pytest.mark.parametrize(
    "body",
    [
        {}, {"score": 0, "solved": True}, {"score": 6, "solved": True}, {"score": "5", "solved": True},
        {"score": 4.5, "solved": True}, {"score": True, "solved": True}, {"score": 5}, {"score": 5, "solved": "yes"},
        {"score": 5, "solved": True, "comment": 3}, {"score": 5, "solved": True, "comment": "x" * 4_001},
    ],
)  # fmt: skip
def test_a_wrong_rating_is_refused(service: Service, body: dict[str, Any]) -> None:
    customer = Customer(service).open()
    assert_error(customer.call("POST", "/rating", json=body), 400, "bad_request")
    assert service.sql("SELECT score FROM ratings WHERE conversation_id = ?", customer.id) == []


def test_a_rating_is_given_once_and_the_same_again_changes_nothing(service: Service) -> None:
    customer = Customer(service).open()
    first = {"score": 2, "solved": False, "comment": "谢谢"}
    for _ in range(2):
        assert customer.call("POST", "/rating", json=first).status_code == 201
    assert_error(customer.call("POST", "/rating", json={"score": 5, "solved": True}), 409, "already_rated")
    stored = service.sql("SELECT subject, score, solved, comment FROM ratings WHERE conversation_id = ?", customer.id)
    assert stored == [{"subject": "bot", "score": 2, "solved": 0, "comment": "谢谢"}]


def test_the_transcript_comes_as_text_json_and_html(service: Service, pool: Pool) -> None:
    customer, _facts = pool.customer("customer_basic", "en")
    evil = "<script>alert('x')</script> & \"more\""
    customer.say(evil)
    body = customer.call("GET", "/transcript?format=json").json()
    assert set(body) == {"conversation_id", "language", "started_at", "messages"}
    assert body["conversation_id"] == customer.id and body["language"] == "en"
    assert datetime.fromisoformat(body["started_at"]).tzinfo is not None
    assert body["messages"] == customer.thread()
    text = customer.call("GET", "/transcript?format=txt")
    assert text.headers["Content-Type"].startswith("text/plain") and evil in text.text
    page = customer.call("GET", "/transcript?format=html")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "<script" not in page.text and "&lt;script&gt;" in page.text
    assert all("attachment" in answer.headers["Content-Disposition"] for answer in (text, page))
    assert customer.call("GET", "/transcript").text == text.text
    assert_error(customer.call("GET", "/transcript?format=doc"), 400, "bad_request")
