"""The desk over HTTP: offers, chats both ways, returning, closing, and what a person finds in the packet."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
import requests

from tests.conftest import Pool
from tests.integration.shapes import assert_error, assert_message, assert_state, assert_thread
from tests.service import Customer, Desk, Service, wait_until
from tests.waiting import empty_queue

_CALL_S = 30
_DISPOSITION = {"solved": True, "intent": "report_broadband_fault", "reason": "fixed", "note": "restarted the port"}


@pytest.fixture
def agent(service: Service) -> Iterator[Desk]:
    """agent1, available; afterwards off duty and without open chats."""
    yield from _on_duty(service, "agent1")


@pytest.fixture
def colleague(service: Service) -> Iterator[Desk]:
    """agent2, as `agent`."""
    yield from _on_duty(service, "agent2")


def _on_duty(service: Service, username: str) -> Iterator[Desk]:
    desk = Desk(service, username)
    _close_all(desk)
    desk.go("available")
    yield desk
    desk.go("offline")
    _close_all(desk)


def _close_all(desk: Desk) -> None:
    for row in desk.call("GET", "/conversations?scope=mine").json()["conversations"]:
        desk.call("POST", f"/conversations/{row['conversation_id']}/close", json={"disposition": _DISPOSITION})


@pytest.fixture(autouse=True)
def _nobody_waits(service: Service) -> None:
    empty_queue(service)


def _queued(service: Service, pool: Pool | None = None, language: str = "zh") -> Customer:
    customer = pool.customer("customer_basic", language)[0] if pool else Customer(service, language).open()
    assert customer.call("POST", "/handoff").json()["state"]["owner"] == "queued"
    return customer


def _owner(service: Service, customer: Customer) -> dict[str, Any]:
    return service.sql("SELECT owner, epoch, agent_id FROM conversations WHERE id = ?", customer.id)[0]


def _turns(service: Service, customer: Customer) -> int:
    return len(service.sql("SELECT turn FROM tracker_events WHERE conversation_id = ?", customer.id))


# -- offers ------------------------------------------------------------------------------------------------------------


def test_a_waiting_customer_is_offered_taken_and_talked_to_both_ways(service: Service, pool: Pool, agent: Desk) -> None:
    customer = _queued(service, pool)
    offer = agent.offer(customer.id)
    assert {"offer_id", "conversation_id", "expires_at", "reason_code", "language", "summary"} <= set(offer)
    assert offer["window_s"] == 30 and offer["group"] == "general" and offer["waited_ms"] >= 0
    # somebody of these people may have served this customer in another test; whom it is offered to is in test_routing
    assert offer["customer"]["name"]["zh"] and isinstance(offer["last_agent"], bool)
    assert offer["reason_code"] == "customer_request" and offer["language"] == "zh" and offer["summary"]
    assert agent.call("POST", f"/offers/{offer['offer_id']}/accept").json() == {"conversation_id": customer.id}
    state = customer.call("GET", "/messages?after=0").json()["state"]
    assert_state(state)
    assert state["owner"] == "agent" and state["agent"]["name"] == "李敏"

    turns = _turns(service, customer)
    for number in range(3):
        said = agent.call(
            "POST",
            f"/conversations/{customer.id}/messages",
            json={"text": f"您好 {number}", "client_msg_id": str(number)},
        )
        assert said.status_code == 201
        assert_message(said.json()["message"])
        assert customer.say(f"查一下话费 {number}") == [], "the bot keeps out of it"
    again = agent.call("POST", f"/conversations/{customer.id}/messages", json={"text": "您好 2", "client_msg_id": "2"})
    assert again.json() == said.json(), "sent twice, said once"
    thread = customer.thread()
    assert_thread(thread)
    kinds = [item["author"]["kind"] for item in thread[-6:]]
    assert kinds == ["agent", "customer"] * 3
    assert _turns(service, customer) == turns, "nothing of it enters the bot's dialogue"
    shown = agent.call("GET", f"/conversations/{customer.id}").json()
    assert shown["messages"] == thread and shown["customer"]["name"]["zh"]


def test_of_two_agents_at_one_offer_one_gets_it(service: Service, agent: Desk, colleague: Desk) -> None:
    for _ in range(3):
        customer = _queued(service)
        desks = {"agent1": agent, "agent2": colleague}
        found: list[str] = []

        def offered(customer: Customer = customer, found: list[str] = found) -> bool:
            for desk in desks.values():
                found += [
                    o["offer_id"] for o in desk.call("GET", "/offers").json() if o["conversation_id"] == customer.id
                ]
            return bool(found)

        assert wait_until(offered, 10), "no offer came"
        calls = [(desk, f"/offers/{found[0]}/accept") for desk in desks.values()]
        calls += [(desk, f"/conversations/{customer.id}/take") for desk in desks.values()]
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda call: call[0].call("POST", call[1]), calls))
        won = [answer for answer in answers if answer.status_code == 200]
        assert len(won) == 1, [answer.status_code for answer in answers]
        for answer in answers:
            if answer is not won[0]:
                assert_error(answer, answer.status_code)
                assert answer.status_code in (404, 409)
        assert _owner(service, customer)["owner"] == "agent"
        joined = [item for item in customer.thread() if item["author"]["kind"] == "system" and "加入" in item["text"]]
        assert len(joined) == 1


def test_the_times_of_a_row_name_their_zone(service: Service, agent: Desk) -> None:
    agent.go("away")
    customer = _queued(service)
    rows = agent.call("GET", "/conversations?scope=queued").json()["conversations"]
    row = next(row for row in rows if row["conversation_id"] == customer.id)
    for name in ("updated_at", "requested_at", "unanswered_since"):
        assert datetime.fromisoformat(row[name]).tzinfo is not None, name


def test_a_declined_offer_goes_to_a_colleague(service: Service, agent: Desk, colleague: Desk) -> None:
    customer = _queued(service)
    first, second = agent, colleague
    if not wait_until(lambda: any(o["conversation_id"] == customer.id for o in first.call("GET", "/offers").json()), 3):
        first, second = colleague, agent
    offer = first.offer(customer.id)
    assert first.call("POST", f"/offers/{offer['offer_id']}/decline").status_code == 200
    second.accept(customer.id)
    assert_error(first.call("POST", f"/offers/{offer['offer_id']}/accept"), 409, "offer_gone")
    assert_error(first.call("POST", "/offers/nope/accept"), 409, "offer_gone")


def test_nobody_off_duty_is_offered_anything(service: Service, agent: Desk) -> None:
    agent.go("away")
    customer = _queued(service)
    assert not wait_until(lambda: bool(agent.call("GET", "/offers").json()), 2)
    assert customer.id in [row["conversation_id"] for row in agent.call("GET", "/queue").json()["waiting"]]
    agent.go("available")
    agent.accept(customer.id)


def test_a_customer_who_leaves_the_queue_cannot_be_taken(service: Service, agent: Desk) -> None:
    customer = _queued(service)
    offer = agent.offer(customer.id)
    assert customer.call("DELETE", "/handoff").json()["state"]["owner"] == "bot"
    assert agent.call("POST", f"/offers/{offer['offer_id']}/accept").status_code == 409
    assert _owner(service, customer)["owner"] == "bot"
    assert customer.say("你好")


# -- while a person has it ---------------------------------------------------------------------------------------------


def test_only_the_owner_may_speak_return_and_close(service: Service, agent: Desk) -> None:
    customer, stranger = _queued(service), Desk(service, "supervisor")
    agent.accept(customer.id)
    calls: tuple[tuple[str, dict[str, Any]], ...] = (
        ("messages", {"text": "hi"}),
        ("return", {}),
        ("transfer", {}),
        ("close", {"disposition": _DISPOSITION}),
    )
    for name, body in calls:
        assert_error(
            stranger.call("POST", f"/conversations/{customer.id}/{name}", json=body), 403, "not_your_conversation"
        )
    assert _owner(service, customer)["owner"] == "agent"
    assert_error(agent.call("POST", "/conversations/nope/messages", json={"text": "hi"}), 404, "conversation_not_found")
    for text in ("", " ", None, 5, "x" * 4_001):
        answer = agent.call("POST", f"/conversations/{customer.id}/messages", json={"text": text})
        assert_error(answer, 400, "invalid_text")


def test_a_note_is_seen_by_the_desk_and_never_by_the_customer(service: Service, agent: Desk) -> None:
    customer = _queued(service)
    agent.accept(customer.id)
    answer = agent.call("POST", f"/conversations/{customer.id}/notes", json={"text": "sounds tired"})
    assert answer.status_code == 201
    (note,) = agent.call("GET", f"/conversations/{customer.id}").json()["notes"]
    assert note["text"] == "sounds tired" and note["author"]["en"] == "Min Li"
    assert "sounds tired" not in json.dumps(customer.thread()) + customer.call("GET", "/transcript").text
    assert_error(agent.call("POST", f"/conversations/{customer.id}/notes", json={"text": " "}), 400, "bad_request")


def test_a_transfer_goes_to_a_colleague_with_the_note(service: Service, agent: Desk, colleague: Desk) -> None:
    customer = _queued(service)

    def rings_at(desk: Desk) -> bool:
        return any(offer["conversation_id"] == customer.id for offer in desk.call("GET", "/offers").json())

    assert wait_until(lambda: rings_at(agent) or rings_at(colleague), 10)
    if not rings_at(agent):
        agent, colleague = colleague, agent
    agent.accept(customer.id)
    answer = agent.call("POST", f"/conversations/{customer.id}/transfer", json={"note": "needs billing"})
    assert answer.json() == {"owner": "queued"}
    colleague.accept(customer.id)
    shown = colleague.call("GET", f"/conversations/{customer.id}").json()
    assert [note["text"] for note in shown["notes"]] == ["needs billing"]
    assert_error(agent.call("POST", f"/conversations/{customer.id}/messages", json={"text": "hi"}), 403)


def test_a_returned_chat_speaks_with_the_bot_again_and_its_flow_has_ended(
    service: Service, pool: Pool, agent: Desk
) -> None:
    customer, _facts = pool.customer("customer_line_fault", "zh")
    customer.say("我家宽带断了")
    assert customer.replies[-1].get("expects"), "a flow is open"
    customer.call("POST", "/handoff")
    agent.accept(customer.id)
    answer = agent.call("POST", f"/conversations/{customer.id}/return", json={"summary": "已为您重置端口"})
    assert answer.json() == {"owner": "bot"}
    last = customer.thread()[-1]
    assert last["author"]["kind"] == "bot" and "已为您重置端口" in last["text"]
    slots = json.loads(service.sql("SELECT slots FROM conversations WHERE id = ?", customer.id)[0]["slots"])
    assert not slots.get("flow_stack") and slots["desk_summary"] == "已为您重置端口"
    assert customer.say("查一下话费余额"), "the bot answers again"
    assert "¥" in customer.text()
    assert _owner(service, customer) == {"owner": "bot", "epoch": 4, "agent_id": None}
    rows = service.sql(
        "SELECT detail FROM audit WHERE conversation_id = ? AND action = 'owner_changed' ORDER BY at", customer.id
    )
    assert [json.loads(row["detail"])["epoch"] for row in rows] == [2, 3, 4], "every change leaves a row in the audit"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"solved": True},
        {"solved": "yes", "intent": "a", "reason": "b"},
        {"solved": True, "intent": "", "reason": "b"},
        {"solved": True, "intent": "a"},
        {"solved": True, "intent": "a", "reason": 5},
        {"solved": True, "intent": "x" * 121, "reason": "b"},
        {"disposition": "done"},
    ],
)
def test_closing_needs_a_disposition(service: Service, agent: Desk, body: dict[str, Any]) -> None:
    customer = _queued(service)
    agent.accept(customer.id)
    assert_error(agent.call("POST", f"/conversations/{customer.id}/close", json=body), 400, "bad_request")
    assert _owner(service, customer)["owner"] == "agent"


def test_a_closed_chat_takes_no_more_words_and_can_be_rated(service: Service, agent: Desk) -> None:
    customer = _queued(service)
    agent.accept(customer.id)
    answer = agent.call("POST", f"/conversations/{customer.id}/close", json=_DISPOSITION)
    assert answer.json() == {"owner": "closed"}
    assert customer.thread()[-1]["data"] == {"type": "survey"}
    assert_error(
        customer.call("POST", "/messages", json={"client_msg_id": "a", "text": "hi"}), 409, "conversation_closed"
    )
    assert_error(
        agent.call("POST", f"/conversations/{customer.id}/messages", json={"text": "hi"}), 409, "conversation_closed"
    )
    assert_error(customer.call("POST", "/handoff"), 409, "conversation_closed")
    assert customer.call("POST", "/rating", json={"score": 5, "solved": True}).status_code == 201
    rating = service.sql("SELECT score, agent_id FROM ratings WHERE conversation_id = ?", customer.id)
    assert rating == [{"score": 5, "agent_id": "agent1"}]
    shown = agent.call("GET", f"/conversations/{customer.id}").json()
    assert shown["handoff"]["disposition"] == _DISPOSITION and shown["rating"]["score"] == 5


# -- the packet --------------------------------------------------------------------------------------------------------


def test_the_packet_says_why_what_is_known_what_was_checked_and_proves_the_transcript(
    service: Service, pool: Pool, agent: Desk
) -> None:
    customer, facts = pool.customer("customer_line_fault", "zh")
    customer.say("我家宽带断了")
    customer.say("转人工")
    assert customer.state["owner"] == "queued"
    customer.say("我还在等")
    agent.accept(customer.id)
    shown = agent.call("GET", f"/conversations/{customer.id}").json()
    packet = shown["packet"]
    assert set(packet) == {
        "version",
        "reason_code",
        "topic",
        "opening",
        "summary",
        "language",
        "assurance_level",
        "customer",
        "slots",
        "checks",
        "promises",
        "open_question",
        "messages",
    }
    assert packet["reason_code"] == "customer_request" and packet["language"] == "zh"
    assert packet["assurance_level"] == "signed_in" and packet["customer"]["name"]["zh"] == facts["name"]
    assert "宽带断了" in packet["summary"]
    names = {slot["name"] for slot in packet["slots"]}
    assert "fault_product" in names and not names & {"flow_stack", "misses", "verified"}
    for slot in packet["slots"]:
        assert set(slot) == {"name", "value", "source_seq", "confidence"} and slot["value"] is not None
    checks = {check["name"]: check for check in packet["checks"]}
    assert checks and all({"name", "result", "at"} <= set(check) for check in packet["checks"])
    assert packet["promises"] and packet["promises"][0]["ticket_id"] == shown["tickets"][0]["id"]
    count = packet["messages"]["count"]
    sources = {slot["name"]: slot for slot in packet["slots"]}
    assert sources["fault_product"]["source_seq"] == 2 and 0 < sources["fault_product"]["confidence"] <= 1
    assert packet["version"] == 2 and packet["topic"] == "report_fault"
    assert packet["opening"] == {"seq": 2, "text": "我家宽带断了"} and packet["summary"].count("\n") == 2
    assert packet["promises"][0]["by"] == "bot"
    assert packet["messages"]["first_seq"] == 1 and packet["messages"]["last_seq"] == count
    lines = [f"{item['seq']}\t{item['author']['kind']}\t{item['text']}\n" for item in customer.thread()[:count]]
    assert packet["messages"]["sha256"] == hashlib.sha256("".join(lines).encode()).hexdigest()
    assert "转人工" in lines[-3] + lines[-2] + lines[-4], "it reaches up to the request"


def test_an_anonymous_customers_packet_names_nobody(service: Service, agent: Desk) -> None:
    customer = _queued(service, language="en")
    agent.accept(customer.id)
    packet = agent.call("GET", f"/conversations/{customer.id}").json()["packet"]
    assert packet["customer"] is None and packet["assurance_level"] == "anonymous" and packet["language"] == "en"


# -- taking over in the middle of a turn -------------------------------------------------------------------------------


@pytest.fixture
def slow_back_office(service: Service) -> Iterator[None]:
    service.sql(
        "INSERT OR REPLACE INTO demo_facts (name, value) VALUES ('back_office', ?)", json.dumps({"delay_s": 1.5})
    )
    yield
    service.sql("DELETE FROM demo_facts WHERE name = 'back_office'")


def test_the_bots_late_answer_is_thrown_away_when_a_person_was_asked_for_meanwhile(
    service: Service, pool: Pool, agent: Desk, slow_back_office: None
) -> None:
    customer, _facts = pool.customer("customer_basic", "zh")
    with ThreadPoolExecutor(1) as thread:
        late = thread.submit(
            customer.call, "POST", "/messages?wait=reply", json={"client_msg_id": "slow", "text": "查一下话费余额"}
        )
        assert wait_until(lambda: any(item.get("client_msg_id") == "slow" for item in customer.thread()), 5)
        assert customer.call("POST", "/handoff").json()["state"]["owner"] == "queued"
        answer = late.result()
    assert answer.json()["state"]["owner"] in ("queued", "agent")
    agent.accept(customer.id)
    fenced = 'frontline_turns_total{outcome="fenced"}'
    assert wait_until(lambda: fenced in requests.get(service.base + "/metrics", timeout=_CALL_S).text, 10)
    assert customer.say("还在吗") == []
    said = customer.thread()
    assert_thread(said)
    assert not any("¥" in item["text"] for item in said), "what the bot found out too late is not said"
    assert _turns(service, customer) == 0
