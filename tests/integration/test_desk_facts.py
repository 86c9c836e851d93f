"""What the console's lists and panes are filled with, beyond the packet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import Pool
from tests.service import Customer, Desk, Service
from tests.waiting import empty_queue

_DISPOSITION = {"solved": True, "intent": "report_broadband_fault", "reason": "fixed"}


@pytest.fixture
def agent(service: Service) -> Iterator[Desk]:
    """agent2, available, with nobody waiting; afterwards off duty and without open chats."""
    empty_queue(service)
    desk = Desk(service, "agent2")
    desk.go("available")
    yield desk
    desk.go("offline")
    for row in desk.call("GET", "/conversations?scope=mine").json()["conversations"]:
        desk.call("POST", f"/conversations/{row['conversation_id']}/close", json=_DISPOSITION)


def test_me_names_the_zone_that_the_operators_times_are_read_in(service: Service) -> None:
    assert Desk(service, "agent1").call("GET", "/me").json()["timezone"] == "Asia/Shanghai"


def test_a_row_says_why_and_since_when_a_person_is_wanted_and_who_has_it(service: Service, agent: Desk) -> None:
    customer = Customer(service, "zh").open()
    before = _row(agent, customer, "open")
    assert before.get("reason_code") is None and before["agent"] is None, "the bot has it"
    customer.call("POST", "/handoff")
    agent.accept(customer.id)
    row = _row(agent, customer, "mine")
    assert row["reason_code"] == "customer_request" and row["requested_at"]
    assert row["agent"] == {"zh": "陈浩", "en": "Hao Chen"}
    agent.call("POST", f"/conversations/{customer.id}/close", json=_DISPOSITION)
    assert _row(agent, customer, "closed")["reason_code"] == "customer_request", "why it was handed over stays"


def test_who_needs_care_is_marked_goes_first_and_to_those_who_serve_them(
    service: Service, pool: Pool, agent: Desk
) -> None:
    agent.go("offline")
    facts = service.sql("SELECT sub, facts FROM demo_customers ORDER BY id")
    caring = next(row["sub"] for row in facts if "vulnerable" in row["facts"])
    plain, careful = pool.customer("customer_basic", "zh")[0], Customer(service, "zh", pool.token(caring)).open()
    for customer in (plain, careful):
        customer.call("POST", "/handoff")
    waiting = {row["conversation_id"]: row for row in agent.call("GET", "/queue").json()["waiting"]}
    first, second = waiting[careful.id], waiting[plain.id]
    assert (first["customer_class"], second["customer_class"]) == ("vulnerable", "consumer")
    assert first["priority"] < second["priority"] and first["position"] < second["position"], "though asked later"
    assert first["customer"]["vulnerable"] is True and second["customer"]["vulnerable"] is False
    specialist = Desk(service, "agent6")
    specialist.go("available")
    try:
        specialist.accept(careful.id)
    finally:
        specialist.go("offline")
    shown = specialist.call("GET", f"/conversations/{careful.id}").json()
    assert shown["customer"]["vulnerable"] is True and shown["packet"]["customer"]["vulnerable"] is True
    specialist.call("POST", f"/conversations/{careful.id}/close", json=_DISPOSITION)
    plain.call("DELETE", "/handoff")


def test_lines_name_their_plan_and_tickets_and_visits_say_where_and_how_urgent(
    service: Service, pool: Pool, agent: Desk
) -> None:
    customer, facts = pool.customer("customer_with_visit", "zh")
    customer.call("POST", "/handoff")
    agent.accept(customer.id)
    shown = agent.call("GET", f"/conversations/{customer.id}").json()
    assert shown["customer"]["lines"]
    for line in shown["customer"]["lines"]:
        assert line["plan"]["zh"] and line["plan"]["en"], line["plan_id"]
    (visit,) = [visit for visit in shown["visits"] if visit["id"] == facts["visit_id"]]
    assert visit["address"] and visit["product"] == "broadband" and visit["technician"]["name"]["en"]
    for ticket in shown["tickets"]:
        assert ticket["priority"] and ticket["created_at"] and ticket["description"]


def _row(desk: Desk, customer: Customer, scope: str) -> dict[str, object]:
    rows = desk.call("GET", f"/conversations?scope={scope}").json()["conversations"]
    return next(row for row in rows if row["conversation_id"] == customer.id)
