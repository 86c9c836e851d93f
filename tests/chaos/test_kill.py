"""The service is killed with SIGKILL at named points of a turn and started again: nothing is lost, nothing is doubled.

One service goes through all of it, a crash a test; two customers in the queue and one with a person live through all.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from bot.conversations.crash_points import VARIABLE
from tests.chaos.crashing import crash_at
from tests.conftest import Pool
from tests.integration.shapes import assert_state, assert_thread
from tests.service import Customer, Desk, Service, wait_until

_ANSWERED_S = 30


@dataclass
class World:
    """The service that is killed, its people, and those who only look on."""

    service: Service
    pool: Pool
    trigger: Path
    waiting: list[Customer]
    with_agent: Customer

    def settled(self, customer: Customer) -> bool:
        """Whether the bot, or whoever has it, owes this customer nothing."""
        row = self.service.sql("SELECT customer_seq, answered_seq FROM conversations WHERE id = ?", customer.id)[0]
        return bool(row["customer_seq"] <= row["answered_seq"])

    def heard(self, customer: Customer) -> list[str]:
        """What the assistant has on its record as said by the customer, in order."""
        query = "SELECT events FROM tracker_events WHERE conversation_id = ? ORDER BY turn"
        rows = self.service.sql(query, customer.id)
        return [event["text"] for row in rows for event in json.loads(row["events"]) if event["event"] == "user"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = Path(tmp_path_factory.mktemp("chaos"))
    trigger = folder / "crash-at"
    service = Service(folder, {VARIABLE: str(trigger), "FRONTLINE_SWEEP_AFTER_S": "1"})
    pool = Pool(service)
    service.start()
    try:
        waiting = [Customer(service, "zh").open() for _ in range(2)]
        for customer in waiting:
            customer.call("POST", "/handoff")
        with_agent, desk = Customer(service, "zh").open(), Desk(service, "agent1")
        with_agent.call("POST", "/handoff")
        assert desk.call("POST", f"/conversations/{with_agent.id}/take").status_code == 200
        yield World(service, pool, trigger, waiting, with_agent)
    finally:
        service.stop()


def _send(customer: Customer, body: dict[str, Any]) -> requests.Response:
    return customer.call("POST", "/messages?wait=reply", json=body)


def _assert_whole(world: World) -> None:
    """What holds for every conversation at any time."""
    for row in world.service.sql("SELECT * FROM conversations"):
        messages = world.service.sql("SELECT seq FROM messages WHERE conversation_id = ? ORDER BY seq", row["id"])
        assert [item["seq"] for item in messages] == list(range(1, row["last_seq"] + 1)), "seqs without a gap"
        handoffs = world.service.sql("SELECT status FROM handoffs WHERE conversation_id = ?", row["id"])
        statuses = [item["status"] for item in handoffs]
        assert row["owner"] in ("bot", "queued", "agent", "closed")
        assert (row["owner"] == "queued") == ("waiting" in statuses), "a queued customer has a place, nobody else"
        assert (row["owner"] == "agent") == ("accepted" in statuses) == (row["agent_id"] is not None)
        assert len(statuses) <= row["epoch"]
    for place, customer in enumerate(world.waiting, 1):
        state = customer.call("GET", "/messages?after=0").json()["state"]
        assert_state(state)
        assert state["owner"] == "queued" and state["queue"]["position"] == place, "places in the queue are kept"
    assert world.with_agent.call("GET", "/messages?after=0").json()["state"]["owner"] == "agent"


def _crash_and_send_again(world: World, customer: Customer, point: str, body: dict[str, Any]) -> None:
    """Crash while this message is taken or answered; then the window sends it again, as it does until acknowledged."""
    sent = {"client_msg_id": uuid.uuid4().hex, **body}
    crash_at(world.service, world.trigger, point, lambda: _send(customer, sent))
    assert _send(customer, sent).status_code in (200, 202)
    assert wait_until(lambda: world.settled(customer), _ANSWERED_S), "the message is answered after the crash"
    thread = customer.thread()
    assert_thread(thread)
    mine = [item for item in thread if item["author"]["kind"] == "customer"]
    assert sum(item.get("client_msg_id") == sent["client_msg_id"] for item in mine) == 1, "stored once"
    assert world.heard(customer) == [item["text"] for item in mine], "each message was taken up once, in order"
    at = next(item["seq"] for item in mine if item.get("client_msg_id") == sent["client_msg_id"])
    assert [item["author"]["kind"] for item in thread[at : at + 1]] == ["bot"], "and answered"
    assert len({item["text"] for item in thread[at:]}) == len(thread) - at, "no answer came twice"
    _assert_whole(world)


@pytest.mark.parametrize(
    "point",
    [
        "append_before_commit",
        "append_committed",
        "before_parse",
        "after_parse",
        "after_action_open_fault_ticket",
        "turn_committed",
    ],
)
def test_a_fault_report_survives_a_crash_and_opens_one_ticket(world: World, point: str) -> None:
    customer, _facts = world.pool.customer("customer_line_fault", "zh")
    _crash_and_send_again(world, customer, point, {"text": "我家宽带断了"})
    tickets = world.service.sql("SELECT id FROM tickets WHERE conversation_id = ?", customer.id)
    assert len(tickets) == 1
    cards = [item["data"] for item in customer.thread() if (item.get("data") or {}).get("type") == "ticket"]
    assert [card["id"] for card in cards] == [tickets[0]["id"]]
    assert customer.say("查一下话费余额"), "and the conversation goes on"


def test_a_moved_visit_survives_a_crash_and_is_one_visit(world: World) -> None:
    customer, facts = world.pool.customer("customer_with_visit", "zh")
    query = "SELECT id, status, window_id FROM appointments WHERE customer_id = ? AND status IN ('held', 'confirmed')"
    (before,) = world.service.sql(query, facts["customer_id"])
    customer.say("我要改上门时间")
    customer.press(2)
    _crash_and_send_again(world, customer, "after_action_confirm_visit", {"text": "确认"})
    visits = world.service.sql(query, facts["customer_id"])
    assert [item["status"] for item in visits] == ["confirmed"], visits
    assert visits[0]["window_id"] != before["window_id"], "it is the new time"
    taken = world.service.sql("SELECT taken FROM visit_windows WHERE id = ?", visits[0]["window_id"])
    live = "SELECT count(*) AS n FROM appointments WHERE window_id = ? AND status IN ('held', 'confirmed')"
    assert taken[0]["taken"] == world.service.sql(live, visits[0]["window_id"])[0]["n"], "each place is counted once"


@pytest.mark.parametrize("point", ["turn_before_write", "turn_before_commit"])
def test_a_complaint_survives_a_crash_and_is_recorded_once(world: World, point: str) -> None:
    customer, _facts = world.pool.customer("customer_complaint", "zh")
    customer.say("我要投诉你们乱收费")
    customer.say("上个月多收了我五十块钱，打电话没人管")
    _crash_and_send_again(world, customer, point, {"text": "把多收的钱退给我"})
    rows = world.service.sql("SELECT ticket_type FROM tickets WHERE conversation_id = ?", customer.id)
    assert rows == [{"ticket_type": "complaint"}]


def test_a_wish_for_a_person_survives_a_crash_with_one_place_behind_the_others(world: World) -> None:
    customer = Customer(world.service, "zh").open()
    sent = {"client_msg_id": "wish", "text": "转人工"}
    crash_at(world.service, world.trigger, "owner_committed", lambda: _send(customer, sent))
    assert _send(customer, sent).status_code in (200, 202)

    def queued() -> bool:
        return bool(customer.call("GET", "/messages?after=0").json()["state"]["owner"] == "queued")

    assert wait_until(queued, _ANSWERED_S)
    rows = world.service.sql("SELECT status FROM handoffs WHERE conversation_id = ?", customer.id)
    assert rows == [{"status": "waiting"}]
    assert customer.call("GET", "/messages?after=0").json()["state"]["queue"]["position"] > len(world.waiting)
    thread = customer.thread()
    assert_thread(thread)
    # the welcome, the wish, its answer, the place in the queue, and the first thing that the bot asks for meanwhile
    assert [item["author"]["kind"] for item in thread] == ["bot", "customer", "bot", "system", "bot"]
    _assert_whole(world)


def test_asking_by_the_menu_in_a_crash_is_done_once(world: World) -> None:
    customer = Customer(world.service, "zh").open()
    crash_at(world.service, world.trigger, "handoff_before_commit", lambda: customer.call("POST", "/handoff"))
    assert customer.call("GET", "/messages?after=0").json()["state"] == {"owner": "bot", "epoch": 1}, "all or nothing"
    assert customer.call("POST", "/handoff").json()["state"]["owner"] == "queued"
    assert len(world.service.sql("SELECT id FROM handoffs WHERE conversation_id = ?", customer.id)) == 1
    _assert_whole(world)


def test_whoever_was_with_a_person_talks_on_after_all_of_it(world: World) -> None:
    desk = Desk(world.service, "agent1")
    path = f"/conversations/{world.with_agent.id}"
    assert desk.call("POST", path + "/messages", json={"text": "您好，我还在"}).status_code == 201
    assert world.with_agent.say("好的") == []
    assert desk.call("POST", path + "/return", json={"summary": "没事了"}).status_code == 200
    assert world.with_agent.say("你好"), "the bot has it again"
    for customer in world.waiting:
        assert desk.call("POST", f"/conversations/{customer.id}/take").status_code == 200
