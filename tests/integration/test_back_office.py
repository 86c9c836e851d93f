"""The operator's systems are down or slow: every customer gets a sentence and a person, and nobody else is slowed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.conftest import Pool
from tests.integration.shapes import assert_thread
from tests.service import Customer, Desk, Service

_OTHERS_TURN_S = 2.0
_SLOW_S = 2.0
Setter = Callable[[dict[str, Any]], None]


@pytest.fixture
def back_office(service: Service) -> Iterator[Setter]:
    """Makes the demo's back office `{"down": true}` or `{"delay_s": …}`; afterwards it works again."""

    def set_to(state: dict[str, Any]) -> None:
        query = "INSERT OR REPLACE INTO demo_facts (name, value) VALUES ('back_office', ?)"
        service.sql(query, json.dumps(state))

    yield set_to
    service.sql("DELETE FROM demo_facts WHERE name = 'back_office'")


def _reason(service: Service, customer: Customer) -> str:
    rows = service.sql("SELECT reason_code FROM handoffs WHERE conversation_id = ?", customer.id)
    assert len(rows) == 1, rows
    return str(rows[0]["reason_code"])


@pytest.mark.parametrize(
    ("need", "language", "text"),
    [("customer_basic", "zh", "查一下话费余额"), ("customer_basic", "en", "how much data do I have left?"),
     ("customer_line_fault", "zh", "我家宽带断了"), ("customer_mobile_fault", "en", "my mobile has no signal"),
     ("customer_basic", "en", "show me my bill")],
)  # fmt: skip
def test_a_back_office_that_is_down_gives_the_customer_a_sentence_and_a_person(
    service: Service, pool: Pool, back_office: Setter, need: str, language: str, text: str
) -> None:
    customer, _facts = pool.customer(need, language)
    back_office({"down": True})
    begun = time.monotonic()
    assert customer.say(text), "never silence"
    assert time.monotonic() - begun < 5
    assert customer.state["owner"] == "queued"
    assert _reason(service, customer) == "backend_failure"
    own = customer.replies[0]["text"]
    assert ("系统" in own) if language == "zh" else ("system" in own)
    assert_thread(customer.thread())


def test_a_back_office_that_is_too_slow_gives_a_person_within_the_turns_time(
    service: Service, pool: Pool, back_office: Setter
) -> None:
    customer, _facts = pool.customer("customer_basic", "zh")
    back_office({"delay_s": 60})
    begun = time.monotonic()
    customer.say("查一下话费余额")
    assert time.monotonic() - begun < 10.5
    assert customer.replies and customer.state["owner"] == "queued"
    assert _reason(service, customer) == "backend_failure"


def test_a_slow_back_office_is_waited_for(service: Service, pool: Pool, back_office: Setter) -> None:
    customer, facts = pool.customer("customer_basic", "zh")
    back_office({"delay_s": 0.6})
    customer.say("查一下话费余额")
    assert customer.state["owner"] == "bot" and facts["balance"].lstrip("¥") in customer.text()


def test_a_signed_in_customer_can_open_a_chat_and_reach_a_person_though_nobody_can_be_looked_up(
    service: Service, pool: Pool, back_office: Setter
) -> None:
    back_office({"down": True})
    customer, _facts = pool.customer("customer_basic", "zh")
    assert customer.say("你好") and customer.state["owner"] == "bot"
    customer.say("转人工")
    assert customer.state["owner"] == "queued"
    shown = Desk(service, "agent1").call("GET", f"/conversations/{customer.id}")
    assert shown.status_code == 200 and shown.json()["assurance_level"] == "anonymous"


def test_the_desk_goes_on_while_the_back_office_is_down(service: Service, pool: Pool, back_office: Setter) -> None:
    customer, _facts = pool.customer("customer_basic", "zh")
    customer.call("POST", "/handoff")
    desk = Desk(service, "agent1")
    for state in ({"down": True}, {"delay_s": 30}):
        back_office(state)
        begun = time.monotonic()
        shown = desk.call("GET", f"/conversations/{customer.id}")
        assert shown.status_code == 200 and shown.json()["packet"]["customer"]["name"]
        assert desk.call("GET", "/conversations?scope=open").status_code == 200
        assert time.monotonic() - begun < 10
    assert desk.call("POST", f"/conversations/{customer.id}/take").status_code == 200
    assert desk.call("POST", f"/conversations/{customer.id}/messages", json={"text": "您好"}).status_code == 201
    assert desk.call("POST", f"/conversations/{customer.id}/return", json={}).status_code == 200


def test_others_are_not_slowed_while_some_wait_for_the_back_office(
    service: Service, pool: Pool, back_office: Setter
) -> None:
    waiting = [pool.customer("customer_basic", "zh")[0] for _ in range(4)]
    other = Customer(service, "zh").open()
    other.say("你好")
    back_office({"delay_s": 1.2})
    with ThreadPoolExecutor(len(waiting)) as threads:
        turns = [threads.submit(customer.say, "查一下话费余额") for customer in waiting]
        slowest_s = 0.0
        while not all(turn.done() for turn in turns):
            begun = time.monotonic()
            assert other.say("你好")
            slowest_s = max(slowest_s, time.monotonic() - begun)
        assert all("¥" in turn.result()[0]["text"] for turn in turns)
    assert slowest_s < _OTHERS_TURN_S


def test_a_turn_that_has_written_does_not_hold_others_up_while_it_waits_for_the_back_office(
    service: Service, pool: Pool, back_office: Setter
) -> None:
    customer, _facts = pool.customer("customer_for_booking", "zh")
    other = Customer(service, "zh").open()
    customer.say("我想预约师傅上门修宽带")
    customer.say("明天下午")
    back_office({"delay_s": _SLOW_S})
    with ThreadPoolExecutor(1) as threads:
        turn = threads.submit(customer.say, "第一个")  # holds a window, then reads the address back
        slowest_s, tries = 0.0, 0
        while not turn.done():
            begun = time.monotonic()
            body = {"client_msg_id": f"m{tries}", "text": "你好"}
            assert other.call("POST", "/messages", json=body).status_code in (202, 429)
            slowest_s, tries = max(slowest_s, time.monotonic() - begun), tries + 1
        assert turn.result() and customer.state["owner"] == "bot"
    held = service.sql("SELECT status FROM appointments WHERE conversation_id = ?", customer.id)
    assert [row["status"] for row in held] == ["held"]
    assert tries > 1 and slowest_s < _SLOW_S / 2


def test_a_message_of_two_wishes_holds_nobody_up_while_its_second_waits_for_the_back_office(
    service: Service, pool: Pool, back_office: Setter
) -> None:
    customer, facts = pool.customer("customer_with_open_ticket", "zh")
    other = Customer(service, "zh").open()
    back_office({"delay_s": _SLOW_S})
    with ThreadPoolExecutor(1) as threads:
        turn = threads.submit(customer.say, "催一下我的报修单，顺便查个余额")  # writes, then asks for the balance
        slowest_s, tries = 0.0, 0
        while not turn.done():
            begun = time.monotonic()
            body = {"client_msg_id": f"m{tries}", "text": "你好"}
            assert other.call("POST", "/messages", json=body).status_code in (202, 429)
            slowest_s, tries = max(slowest_s, time.monotonic() - begun), tries + 1
        turn.result()
    assert facts["ticket_id"] in customer.text() and "¥" in customer.text(), "both wishes are done"
    urged = service.sql("SELECT kind FROM ticket_history WHERE ticket_id = ?", facts["ticket_id"])
    assert [row["kind"] for row in urged].count("urge") == 1
    assert tries > 1 and slowest_s < _SLOW_S / 2


def test_it_works_again_as_soon_as_the_back_office_does(service: Service, pool: Pool, back_office: Setter) -> None:
    customer, facts = pool.customer("customer_basic", "zh")
    back_office({"down": True})
    customer.say("查一下话费余额")
    assert customer.state["owner"] == "queued"
    back_office({})
    assert customer.call("DELETE", "/handoff").status_code == 200
    customer.say("查一下话费余额")
    assert customer.state["owner"] == "bot" and facts["balance"].lstrip("¥") in customer.text()
