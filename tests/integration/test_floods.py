"""Many messages at once from one customer: refused in order, none doubled, none lost, nobody else slowed."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median

import requests

from tests.integration.shapes import assert_error, assert_thread
from tests.service import Customer, Service, wait_until

_FLOOD = 100
_OTHERS_TURN_S = 2.0


def _said_to_assistant(service: Service, conversation_id: str) -> list[str]:
    """What the assistant heard, turn by turn."""
    rows = service.sql(
        "SELECT turn, events FROM tracker_events WHERE conversation_id = ? ORDER BY turn", conversation_id
    )
    assert [row["turn"] for row in rows] == list(range(1, len(rows) + 1))
    return [event["text"] for row in rows for event in json.loads(row["events"]) if event["event"] == "user"]


def test_a_hundred_messages_in_a_second_are_slowed_down_and_none_is_doubled_or_lost(service: Service) -> None:
    flooder, other = Customer(service, "zh").open(), Customer(service, "zh").open()
    other.say("你好")

    def send(number: int) -> tuple[int, requests.Response]:
        body = {"client_msg_id": f"m{number}", "text": f"你好 {number}"}
        return number, flooder.call("POST", "/messages", json=body)

    turns_s = []
    with ThreadPoolExecutor(20) as pool:
        sending = [pool.submit(send, number) for number in range(_FLOOD)]
        for _ in range(5):
            begun = time.monotonic()
            assert other.say("你好"), "somebody else is answered meanwhile"
            turns_s.append(time.monotonic() - begun)
        answers = [done.result() for done in sending]
    assert median(turns_s) < _OTHERS_TURN_S

    taken = {number for number, answer in answers if answer.status_code == 202}
    refused = [answer for _number, answer in answers if answer.status_code != 202]
    assert 10 <= len(taken) < _FLOOD and refused
    for answer in refused:
        assert_error(answer, 429, "too_many_requests")

    def all_answered() -> bool:
        row = service.sql("SELECT customer_seq, answered_seq FROM conversations WHERE id = ?", flooder.id)[0]
        return bool(row["customer_seq"] == row["answered_seq"])

    assert wait_until(all_answered, 30)
    thread = flooder.thread()
    assert_thread(thread)
    stored = [item for item in thread if item["author"]["kind"] == "customer"]
    assert sorted(item["client_msg_id"] for item in stored) == sorted(f"m{number}" for number in taken)
    assert _said_to_assistant(service, flooder.id) == [item["text"] for item in stored], "each heard once, in order"
    assert sum(item["author"]["kind"] == "bot" for item in thread) > len(stored), "each is answered"


def test_a_refused_message_goes_through_after_the_wait(service: Service) -> None:
    customer = Customer(service, "zh").open()
    refused = None
    for number in range(60):
        answer = customer.call("POST", "/messages", json={"client_msg_id": f"m{number}", "text": "你好"})
        if answer.status_code == 429:
            refused = (number, answer)
            break
    assert refused is not None
    number, answer = refused
    wait_s = int(answer.headers["Retry-After"])
    assert 1 <= wait_s <= 5
    body = {"client_msg_id": f"m{number}", "text": "你好"}
    assert wait_until(lambda: customer.call("POST", "/messages", json=body).status_code == 202, wait_s + 5)
    assert sum(item.get("client_msg_id") == f"m{number}" for item in customer.thread()) == 1


def test_a_repeated_message_costs_nothing_of_what_a_customer_may_send(service: Service) -> None:
    customer = Customer(service, "zh").open()
    body = {"client_msg_id": "one", "text": "你好"}
    assert {customer.call("POST", "/messages", json=body).status_code for _ in range(60)} == {202}
