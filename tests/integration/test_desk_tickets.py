"""The desk's tickets, complaints and archive over HTTP, on the real service; docs/desk_tickets.md is the contract."""

from __future__ import annotations

import csv
import io
import json
import secrets
import sqlite3
from typing import Any

import pytest
import requests

from tests.conftest import Pool
from tests.integration.shapes import assert_error
from tests.service import Customer, Desk, Service

_FAULT = {"ticket_type": "fault", "severity": "Major", "description": "no internet since the morning"}
_COMPLAINT = {"ticket_type": "complaint", "severity": "Minor", "description": "charged twice", "product": "mobile"}
_HISTORY_MOST = 100


@pytest.fixture(scope="module")
def agent(service: Service) -> Desk:
    return Desk(service, "agent1")


@pytest.fixture(scope="module")
def supervisor(service: Service) -> Desk:
    return Desk(service, "supervisor")


def _done(answer: requests.Response, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    return dict(answer.json())


def _opened(desk: Desk, **more: Any) -> dict[str, Any]:
    return _done(desk.call("POST", "/tickets", json={**_FAULT, **more}), 201)


def _act(desk: Desk, case: dict[str, Any], call: str, **body: Any) -> dict[str, Any]:
    return _done(desk.call("POST", f"/tickets/{case['ticket']['id']}/{call}", json=body))


def _customer(service: Service, pool: Pool, need: str = "customer_for_booking") -> tuple[Customer, str]:
    customer, facts = pool.customer(need, "zh")
    (row,) = service.sql("SELECT id FROM demo_customers WHERE sub = ?", facts["sub"])
    return customer, str(row["id"])


def _clocks(case: dict[str, Any]) -> dict[str, str]:
    return {item["clock"]: item["state"] for item in case["clocks"]}


# -- one ticket ----------------------------------------------------------------------------------------------------


def test_a_ticket_is_worked_from_taken_in_to_closed_and_the_customer_is_asked(
    service: Service, pool: Pool, agent: Desk
) -> None:
    customer, customer_id = _customer(service, pool)
    case = _opened(agent, customer_id=customer_id, conversation_id=customer.id, product="broadband", client_key="k1")
    ticket = case["ticket"]
    again = _opened(agent, customer_id=customer_id, conversation_id=customer.id, product="broadband", client_key="k1")
    assert again["ticket"]["id"] == ticket["id"], "the same key is the same ticket"
    assert ticket["area"] and ticket["customer_class"] == "consumer" and ticket["channel"] == "desk"
    assert case["customer"]["id"] == customer_id and case["complaint"] is None
    assert _clocks(case) == {"answer": "running", "solve": "running", "legal": "running"}
    assert len(case["explanation"]["zh"]) == len(case["explanation"]["en"]) == 3
    assert {"take", "wait", "resolve", "visits"} <= set(case["actions"]) and "close" not in case["actions"]

    case = _act(agent, case, "take", version=ticket["version"])
    assert (case["ticket"]["status"], case["ticket"]["assignee_id"]) == ("inProgress", "agent1")
    assert case["ticket"]["assignee"]["zh"] and _clocks(case)["answer"] == "met"
    case = _act(agent, case, "wait", reason="which lamp is red?")
    assert _clocks(case) == {"answer": "met", "solve": "standing", "legal": "running"}
    case = _act(agent, case, "hold", reason="part is ordered")
    assert (case["ticket"]["status"], _clocks(case)["solve"]) == ("held", "running")
    case = _act(agent, case, "resume")
    case = _act(agent, case, "notes", text="port restarted")
    case = _act(agent, case, "answers", text="told them")
    assert [line["text"] for line in case["history"][:2]] == ["told them", "port restarted"]
    assert case["history"][0]["author_name"]["en"] == "Min Li"
    case = _act(agent, case, "resolve", reason="port restarted", root_cause="port_hung")
    assert (case["ticket"]["status"], case["ticket"]["root_cause"]) == ("resolved", "port_hung")
    assert _clocks(case) == {"answer": "met", "solve": "met", "legal": "met"}
    assert any(line["kind"] == "ask" for line in case["history"])
    assert ticket["id"] in customer.thread()[-1]["text"] and len(customer.thread()[-1]["buttons"]) == 2
    case = _act(agent, case, "reopen", reason="they called, still down")
    assert (case["ticket"]["reopens"], case["ticket"]["priority"]) == (1, "Critical")
    case = _act(agent, case, "resolve", reason="cable changed")
    case = _act(agent, case, "close", reason="confirmed on the phone")
    assert case["ticket"]["status"] == "closed"
    assert case["actions"] == ["notes", "links"]


def test_two_people_with_the_same_ticket_open_cannot_overwrite_each_other(agent: Desk, supervisor: Desk) -> None:
    case = _opened(agent)
    version = case["ticket"]["version"]
    _act(supervisor, case, "take", version=version)
    for call, body in (
        ("take", {}),
        ("wait", {"reason": "x"}),
        ("resolve", {"reason": "x"}),
        ("assign", {"group_id": "back_office"}),
        ("escalate", {"reason": "x"}),
    ):
        answer = agent.call("POST", f"/tickets/{case['ticket']['id']}/{call}", json={**body, "version": version})
        assert_error(answer, 409, "stale_ticket")
    answer = agent.call("PATCH", f"/tickets/{case['ticket']['id']}", json={"severity": "Minor", "version": version})
    assert_error(answer, 409, "stale_ticket")
    now = _done(agent.call("GET", f"/tickets/{case['ticket']['id']}"))["ticket"]
    assert (now["assignee_id"], now["severity"], now["status"]) == ("supervisor", "Major", "inProgress")


def test_facts_are_put_right_and_the_group_and_clocks_follow(agent: Desk) -> None:
    case = _opened(agent, product="broadband", name="first")
    path = f"/tickets/{case['ticket']['id']}"
    assert case["ticket"]["group_id"] == "field_urban"
    case = _done(agent.call("PATCH", path, json={"product": "mobile", "severity": "Critical", "name": None}))
    ticket = case["ticket"]
    assert (ticket["group_id"], ticket["sla_id"], ticket["priority"]) == ("mobile_network", "fault_serious", "Critical")
    assert ticket["name"] is None
    case = _done(agent.call("PATCH", path, json={"ticket_type": "complaint"}))
    assert case["ticket"]["group_id"] == "complaints" and case["complaint"]["missing"] == [
        "acknowledgement",
        "root_cause",
        "callback",
    ]


def test_a_ticket_is_handed_to_groups_and_people_and_back(agent: Desk) -> None:
    case = _act(agent, _opened(agent), "assign", group_id="back_office", assignee_id="agent2")
    assert (case["ticket"]["group_id"], case["ticket"]["assignee_id"]) == ("back_office", "agent2")
    case = _act(agent, case, "assign", assignee_id=None)
    assert (case["ticket"]["group_id"], case["ticket"]["assignee_id"]) == ("back_office", None)
    path = f"/tickets/{case['ticket']['id']}/assign"
    for body, words in (
        ({"assignee_id": "nobody"}, "nobody"),
        ({"group_id": "nowhere"}, "nowhere"),
        ({}, "group_id"),
        ({"group": "x"}, "group"),
    ):
        assert words in assert_error(agent.call("POST", path, json=body), 400)["message"]


def test_a_person_takes_it_up_the_ladder_a_step_at_a_time(agent: Desk) -> None:
    case = _opened(agent, product="broadband")
    seen = []
    for _ in range(3):
        case = _act(agent, case, "escalate", reason="customer is a hospital")
        seen.append(case["ticket"]["escalated_to"])
    assert seen == ["field_lead", "duty_manager", "head_of_service"]
    assert (case["ticket"]["priority"], case["ticket"]["escalation_level"]) == ("Critical", 3)
    path = f"/tickets/{case['ticket']['id']}/escalate"
    assert_error(agent.call("POST", path, json={"reason": "again"}), 400)
    assert_error(agent.call("POST", path, json={"reason": "x", "to": "emperor"}), 400)
    assert_error(agent.call("POST", path, json={}), 400)
    case = _act(agent, case, "escalate", reason="law", to="compliance")
    assert case["ticket"]["escalated_to"] == "compliance"
    assert case["history"][0]["kind"] == "escalate" and case["history"][0]["data"] == {"to": "compliance"}


def test_what_belongs_to_a_ticket_is_added_and_removed(agent: Desk) -> None:
    first, second = _opened(agent), _opened(agent)
    other = first["ticket"]["id"]
    case = _act(agent, second, "links", kind="relationship", ref_id=other, role="duplicate")
    case = _act(agent, case, "links", kind="attachment", ref_id="photo-1", role="photo", url="https://files.example/1")
    assert [(link["n"], link["kind"], link["ref_id"]) for link in case["links"]] == [
        (1, "relationship", other),
        (2, "attachment", "photo-1"),
    ]
    path = f"/tickets/{case['ticket']['id']}/links"
    case = _done(agent.call("DELETE", f"{path}/1"))
    assert [link["n"] for link in case["links"]] == [2]
    unknown = {"kind": "relationship", "ref_id": "TT00000000", "role": "parent"}
    assert_error(agent.call("POST", path, json=unknown), 400)
    assert_error(agent.call("POST", path, json={"kind": "friend", "ref_id": "a", "role": "b"}), 400)


def test_a_fault_joins_an_outage_and_leaves_it(service: Service, agent: Desk) -> None:
    outage_id = str(service.sql("SELECT id FROM outages WHERE status = 'running'")[0]["id"])
    case = _opened(agent, product="mobile")
    path = f"/tickets/{case['ticket']['id']}/outage"
    case = _done(agent.call("PUT", path, json={"outage_id": outage_id, "version": case["ticket"]["version"]}))
    assert (case["ticket"]["outage_id"], case["ticket"]["group_id"]) == (outage_id, "network_operations")
    case = _done(agent.call("PUT", path, json={"outage_id": None}))
    assert (case["ticket"]["outage_id"], case["ticket"]["group_id"]) == (None, "mobile_network")
    assert_error(agent.call("PUT", path, json={"outage_id": "OU999999"}), 404)
    assert_error(agent.call("PUT", path, json={}), 400)


def test_illegal_moves_change_nothing(agent: Desk) -> None:
    case = _opened(agent)
    path = f"/tickets/{case['ticket']['id']}"
    assert_error(agent.call("POST", path + "/close", json={}), 409, "illegal_transition")
    assert_error(agent.call("POST", path + "/reopen", json={"reason": "x"}), 400)
    assert_error(agent.call("POST", path + "/wait", json={}), 400)
    assert_error(agent.call("POST", path + "/cancel", json={"reason": "  "}), 400)
    case = _act(agent, case, "reject", reason="not ours")
    assert case["ticket"]["status"] == "rejected"
    for call in ("take", "resume", "wait", "hold", "resolve", "cancel"):
        body = {} if call == "take" else {"reason": "x"}
        assert_error(agent.call("POST", f"{path}/{call}", json=body), 409, "illegal_transition")
    assert _done(agent.call("GET", path))["ticket"]["version"] == case["ticket"]["version"]


def test_a_ticket_with_a_thousand_notes_is_shown_a_page_at_a_time(agent: Desk, service: Service) -> None:
    case = _opened(agent)
    ticket_id = case["ticket"]["id"]
    key = (service.data_dir / "demo_api_key").read_text().strip()
    for start in range(0, 1_000, 200):
        notes = [{"author": "crm", "text": f"note {start + n}"} for n in range(200)]
        url = f"{service.base}/tmf-api/troubleTicket/v4/troubleTicket/{ticket_id}"
        answer = requests.patch(url, json={"note": notes}, headers={"Authorization": f"Bearer {key}"}, timeout=60)
        assert answer.status_code == 200
    case = _done(agent.call("GET", f"/tickets/{ticket_id}"))
    assert len(case["history"]) == _HISTORY_MOST and case["history_total"] == 1_001
    assert case["history"][0]["text"] == "note 999"
    page = _done(agent.call("GET", f"/tickets/{ticket_id}/history?kind=note&offset=990&limit=50"))
    assert [line["text"] for line in page["history"]] == [f"note {n}" for n in range(9, -1, -1)]
    assert page["total"] == 1_000
    assert_error(agent.call("GET", f"/tickets/{ticket_id}/history?limit=501"), 400)
    assert_error(agent.call("GET", f"/tickets/{ticket_id}/history?kind=gossip"), 400)


# -- lists ---------------------------------------------------------------------------------------------------------


def test_views_filters_orders_and_pages(agent: Desk) -> None:
    mark = secrets.token_hex(4)
    ids = [
        _opened(agent, category=mark, product="tv", severity=s)["ticket"]["id"] for s in ("Minor", "Critical", "Major")
    ]
    _done(agent.call("POST", f"/tickets/{ids[0]}/take", json={}))

    def listed(query: str) -> list[str]:
        return [row["id"] for row in _done(agent.call("GET", f"/tickets?category={mark}&{query}"))["tickets"]]

    assert set(listed("view=open")) == set(ids) and set(listed("")) == set(ids)
    assert listed("view=mine") == ids[:1]
    assert set(listed("view=unassigned")) == set(ids[1:])
    assert listed("sort=priority") == [ids[1], ids[2], ids[0]]
    assert listed("sort=created") == ids[::-1]
    assert listed("severity=Minor,Critical&sort=created") == [ids[1], ids[0]]
    assert listed("view=breached") == [] and listed("view=waiting") == []
    assert set(listed("view=due_soon&within_h=2")) == {ids[2]}, "one was taken up, one has a day"
    assert listed(f"q={ids[2].lower()}") == [ids[2]]
    first = _done(agent.call("GET", f"/tickets?category={mark}&sort=created&limit=2"))
    assert (first["total"], [row["id"] for row in first["tickets"]]) == (3, [ids[2], ids[1]])
    rest = _done(agent.call("GET", f"/tickets?category={mark}&sort=created&limit=2&offset=2"))
    assert (rest["total"], [row["id"] for row in rest["tickets"]]) == (3, [ids[0]])
    counts = _done(agent.call("GET", "/tickets/counts"))["counts"]
    assert counts["open"] >= 3 and counts["mine"] >= 1 and "all" not in counts
    alone = _done(agent.call("GET", f"/tickets?category={mark}&assignee_id=agent1"))["tickets"]
    assert [row["assignee"]["zh"] for row in alone] == ["李敏"]


@pytest.mark.parametrize(
    "query",
    [
        "view=everything",
        "sort=mood",
        "limit=501",
        "limit=-1",
        "limit=x",
        "offset=x",
        "colour=red",
        "status=done",
        "status=pending,done",
        "severity=Huge",
        "created_from=yesterday",
        "created_from=2026-11-21T10:00:00",
        "within_h=99999",
        "status=held&status=pending",
        "customer_id=" + ",".join("abc" for _ in range(101)),
        "category=%00",
    ],
)
def test_what_lists_do_not_know_is_refused(agent: Desk, query: str) -> None:
    assert_error(agent.call("GET", f"/tickets?{query}"), 400)


def test_tables_say_what_forms_offer(agent: Desk) -> None:
    tables = _done(agent.call("GET", "/tickets/tables"))
    assert {"id": "field_lead", "name": {"zh": "装维班长", "en": "Field service lead"}} in tables["roles"]
    assert tables["transitions"]["resolved"] == ["closed", "inProgress"]
    assert {"field_urban", "complaints"} <= {group["id"] for group in tables["groups"]}
    assert "breached" in tables["views"] and tables["products"]


def test_a_view_leaves_a_line_in_the_audit(service: Service, agent: Desk) -> None:
    ticket_id = _opened(agent)["ticket"]["id"]
    _done(agent.call("GET", f"/tickets/{ticket_id}"))
    rows = service.sql("SELECT actor FROM audit WHERE action = 'ticket_viewed' AND subject_id = ?", ticket_id)
    assert [row["actor"] for row in rows] == ["agent1"]


# -- visits --------------------------------------------------------------------------------------------------------


def test_a_visit_is_booked_moved_and_called_off_and_the_customer_hears_of_each(
    service: Service, pool: Pool, agent: Desk
) -> None:
    customer, customer_id = _customer(service, pool)
    case = _opened(agent, customer_id=customer_id, conversation_id=customer.id, product="broadband")
    path = f"/tickets/{case['ticket']['id']}"
    slots = _done(agent.call("GET", path + "/slots?limit=3"))["slots"]
    assert len(slots) == 3 and all(slot["free"] > 0 for slot in slots)
    case = _done(agent.call("POST", path + "/visits", json={"window_id": slots[0]["window_id"], "key": "v1"}), 201)
    again = _done(agent.call("POST", path + "/visits", json={"window_id": slots[0]["window_id"], "key": "v1"}), 201)
    assert [visit["id"] for visit in again["visits"]] == [visit["id"] for visit in case["visits"]]
    (visit,) = case["visits"]
    assert (visit["status"], visit["start"], visit["ticket_id"]) == ("confirmed", slots[0]["start"], path[9:])
    assert customer.thread()[-1]["data"]["id"] == visit["id"]
    moving = f"{path}/visits/{visit['id']}"
    stale = {"window_id": slots[1]["window_id"], "visit_version": visit["version"] + 7}
    assert_error(agent.call("POST", moving + "/move", json=stale), 409, "visit_changed")
    case = _done(agent.call("POST", moving + "/move", json={"window_id": slots[1]["window_id"]}))
    (moved,) = [item for item in case["visits"] if item["status"] == "confirmed"]
    assert (moved["id"], moved["start"]) == (visit["id"], slots[1]["start"])
    case = _done(agent.call("POST", moving + "/cancel", json={"visit_version": moved["version"]}))
    assert [item["status"] for item in case["visits"]] == ["cancelled"]
    told = [
        message["data"]["status"]
        for message in customer.thread()
        if (message.get("data") or {}).get("id") == visit["id"]
    ]
    assert told == ["confirmed", "confirmed", "cancelled"]


def test_visits_that_cannot_be(service: Service, pool: Pool, agent: Desk) -> None:
    nobody = _opened(agent)
    path = f"/tickets/{nobody['ticket']['id']}"
    assert "visits" not in nobody["actions"]
    assert_error(agent.call("GET", path + "/slots"), 422)
    assert_error(agent.call("POST", path + "/visits", json={"window_id": "x"}), 422)
    assert_error(agent.call("POST", path + "/visits/AP00000000/cancel", json={}), 404)
    _, customer_id = _customer(service, pool)
    case = _opened(agent, customer_id=customer_id, product="broadband")
    path = f"/tickets/{case['ticket']['id']}"
    assert_error(agent.call("POST", path + "/visits", json={"window_id": "nowhere"}), 404)
    assert_error(agent.call("POST", path + "/visits", json={}), 400)
    assert_error(agent.call("GET", path + "/slots?product=fridge"), 400)
    (other,) = service.sql("SELECT id FROM appointments WHERE status = 'confirmed' LIMIT 1")
    assert_error(agent.call("POST", f"{path}/visits/{other['id']}/cancel", json={}), 404)


# -- complaints ----------------------------------------------------------------------------------------------------


def test_a_complaint_from_letter_to_closed_by_a_person(agent: Desk, supervisor: Desk) -> None:
    case = _done(agent.call("POST", "/tickets", json={**_COMPLAINT, "demand": "money back", "regulator": True}), 201)
    ticket_id = case["ticket"]["id"]
    path = f"/complaints/{ticket_id}"
    assert (case["complaint"]["demand"], case["complaint"]["regulator"]) == ("money back", True)
    assert case["ticket"]["group_id"] == "complaints_regulator"
    assert case["complaint"]["missing"] == ["acknowledgement", "root_cause", "callback"]
    first = _done(agent.call("POST", path + "/acknowledge", json={}))["complaint"]["acknowledged_at"]
    assert _done(agent.call("POST", path + "/acknowledge", json={}))["complaint"]["acknowledged_at"] == first
    case = _act(agent, case, "take")
    case = _done(agent.call("POST", path + "/findings", json={"cause": "the import ran twice"}))
    assert (case["complaint"]["cause"], case["ticket"]["root_cause"]) == ("the import ran twice", None)
    assert_error(agent.call("POST", path + "/findings", json={}), 400)
    assert_error(agent.call("POST", path + "/findings", json={"root_cause": "two words"}), 400)
    assert_error(agent.call("POST", path + "/callbacks", json={"result": "satisfied"}), 409, "complaint_not_ready")
    case = _done(agent.call("POST", path + "/escalate", json={"reason": "regulator asks"}))
    assert case["ticket"]["escalated_to"] == "complaints_lead"
    case = _act(agent, case, "resolve", reason="money is back")
    assert case["complaint"]["callback_by"] and not any(line["kind"] == "ask" for line in case["history"])
    assert_error(agent.call("POST", path + "/close", json={}), 409, "complaint_not_ready")
    assert_error(agent.call("POST", f"/tickets/{ticket_id}/close", json={}), 409, "complaint_not_ready")
    _done(agent.call("POST", path + "/findings", json={"root_cause": "billing_import"}))
    assert_error(agent.call("POST", path + "/callbacks", json={"result": "happy"}), 400)
    case = _done(agent.call("POST", path + "/callbacks", json={"result": "unsatisfied", "text": "wants interest"}))
    assert (case["ticket"]["status"], case["complaint"]["callback_tries"]) == ("inProgress", 0)
    case = _act(agent, case, "resolve", reason="interest paid")
    case = _done(supervisor.call("POST", path + "/callbacks", json={"result": "satisfied"}))
    assert case["complaint"]["missing"] == []
    stale = {"version": case["ticket"]["version"] - 1}
    assert_error(supervisor.call("POST", path + "/close", json=stale), 409, "stale_ticket")
    case = _done(supervisor.call("POST", path + "/close", json={"version": case["ticket"]["version"]}))
    assert case["ticket"]["status"] == "closed"


def test_complaints_are_listed_with_what_they_have_and_their_repeated_causes(agent: Desk) -> None:
    cause = f"cause_{secrets.token_hex(4)}"
    ids = []
    for _ in range(3):
        case = _done(agent.call("POST", "/tickets", json={**_COMPLAINT, "category": cause}), 201)
        ids.append(case["ticket"]["id"])
        _done(agent.call("POST", f"/complaints/{ids[-1]}/findings", json={"root_cause": cause}))
    rows = _done(agent.call("GET", f"/complaints?category={cause}"))["tickets"]
    assert {row["id"] for row in rows} == set(ids)
    assert all(row["complaint"]["root_cause"] == cause for row in rows)
    found = _done(agent.call("GET", "/complaints/causes"))
    (repeated,) = [item for item in found["causes"] if item["root_cause"] == cause]
    assert repeated["count"] == 3 and found["from"] == 3


def test_a_fault_is_no_complaint(agent: Desk) -> None:
    ticket_id = _opened(agent)["ticket"]["id"]
    for call, body in (("acknowledge", {}), ("findings", {"root_cause": "x"}), ("close", {})):
        assert_error(agent.call("POST", f"/complaints/{ticket_id}/{call}", json=body), 404, "complaint_not_found")
    assert_error(agent.call("POST", "/complaints/TT00000000/acknowledge", json={}), 404, "ticket_not_found")


# -- the archive ---------------------------------------------------------------------------------------------------


def _archived(service: Service, agent: Desk, supervisor: Desk, **more: Any) -> str:
    """A ticket that has been in the archive since just now: withdrawn over TMF621 would be hidden, so it is aged."""
    case = _act(agent, _opened(agent, **more), "reject", reason="a test of the archive")
    ticket_id = str(case["ticket"]["id"])
    with sqlite3.connect(service.data_dir / "frontline.sqlite3", timeout=30) as connection:
        past = "2026-01-01T00:00:00.000000+00:00"
        connection.execute("UPDATE tickets SET ended_at = ?, created_at = ? WHERE id = ?", (past, past, ticket_id))
    done = _done(supervisor.call("POST", "/tickets/retention", json={}))
    assert done["archived"] >= 1
    return ticket_id


def test_an_archived_ticket_is_found_read_held_exported_and_logged(
    service: Service, agent: Desk, supervisor: Desk
) -> None:
    mark = secrets.token_hex(4)
    ticket_id = _archived(service, agent, supervisor, category=mark)
    found = _done(agent.call("GET", f"/tickets/archive?category={mark}"))
    assert [item["ticket_id"] for item in found["tickets"]] == [ticket_id] and found["more"] is False
    whole = _done(agent.call("GET", f"/tickets/archive/{ticket_id}"))
    assert whole["ticket"]["id"] == ticket_id and [line["status"] for line in whole["history"]][-1] == "rejected"
    case = _done(agent.call("GET", f"/tickets/{ticket_id}"))
    assert case["ticket"]["archived"] is True and case["actions"] == []
    answer = agent.call("POST", f"/tickets/{ticket_id}/notes", json={"text": "late"})
    assert_error(answer, 409, "ticket_archived")
    held = _done(supervisor.call("PUT", f"/tickets/archive/{ticket_id}/hold", json={"reason": "court"}))
    assert held == {"ticket_id": ticket_id, "hold": "court"}
    assert _done(agent.call("GET", f"/tickets/archive?category={mark}"))["tickets"][0]["hold"] == "court"
    assert _done(supervisor.call("DELETE", f"/tickets/archive/{ticket_id}/hold"))["hold"] is None
    log = _done(supervisor.call("GET", f"/tickets/retention?ticket_id={ticket_id}"))["log"]
    assert [line["action"] for line in log] == ["released", "held", "archived"]
    assert log[0]["actor"] == "supervisor"


def test_an_export_holds_live_and_archived_tickets_and_runs_no_formula(
    service: Service, agent: Desk, supervisor: Desk
) -> None:
    mark = secrets.token_hex(4)
    old = _archived(service, agent, supervisor, category=mark)
    live = _opened(agent, category=mark, description="=cmd|' /C calc'!A0")["ticket"]["id"]
    answer = supervisor.call("GET", f"/tickets/export?format=csv&category={mark}")
    assert answer.status_code == 200 and answer.headers["Content-Disposition"].endswith('.csv"')
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {row["id"] for row in rows} == {old, live}
    assert next(row for row in rows if row["id"] == live)["description"].startswith("'=")
    answer = supervisor.call("GET", f"/tickets/export?format=json&category={mark}")
    whole = [json.loads(line) for line in answer.content.decode().splitlines()]
    assert {item["ticket"]["id"] for item in whole} == {old, live} and all(item["history"] for item in whole)
    assert _done(supervisor.call("GET", "/tickets/retention?limit=2"))["log"][0]["action"] == "exported"


def test_only_supervisors_take_data_out_hold_or_destroy(service: Service, agent: Desk) -> None:
    for method, path, body in (
        ("GET", "/tickets/export", None),
        ("GET", "/tickets/retention", None),
        ("POST", "/tickets/retention", {}),
        ("PUT", "/tickets/archive/TT00000000/hold", {"reason": "x"}),
        ("DELETE", "/tickets/archive/TT00000000/hold", None),
    ):
        assert_error(agent.call(method, path, json=body), 403)
    trainer = Desk(service, "trainer")
    for path in ("/tickets", "/tickets/tables", "/tickets/counts", "/complaints", "/tickets/archive"):
        assert_error(trainer.call("GET", path), 403)
        assert_error(requests.get(f"{service.base}/api/v1/desk{path}", timeout=30), 401)


def test_bodies_and_numbers_that_are_none(agent: Desk, supervisor: Desk) -> None:
    for body, words in (
        ({}, "ticket_type"),
        ({**_FAULT, "severity": "Huge"}, "severity"),
        ({**_FAULT, "description": "  "}, "description"),
        ({**_FAULT, "description": "x" * 4_001}, "description"),
        ({**_FAULT, "colour": "red"}, "colour"),
        ({**_FAULT, "product": "fridge"}, "product"),
        ({**_FAULT, "regulator": "yes"}, "regulator"),
        ({**_FAULT, "requested_by": "soon"}, "requested_by"),
    ):
        assert words in assert_error(agent.call("POST", "/tickets", json=body), 400)["message"]
    for path in ("/tickets/TT00000000", "/tickets/TT123", "/tickets/TT00000000/history"):
        assert_error(agent.call("GET", path), 404)
    assert_error(agent.call("GET", "/tickets/archive/TT00000000"), 404, "archived_ticket_not_found")
    assert_error(supervisor.call("GET", "/tickets/export?format=xml"), 400)
    case = _opened(agent)
    path = f"/tickets/{case['ticket']['id']}"
    for version in ("1", True, 1.5):
        assert_error(agent.call("POST", path + "/take", json={"version": version}), 400)
    assert_error(agent.call("POST", path + "/notes", json={"text": ["a"]}), 400)
    assert_error(agent.call("PATCH", path, json={"status": "closed"}), 400)
    without = requests.Session()
    without.cookies.update(agent.http.cookies)
    answer = without.post(f"{agent.service.base}/api/v1/desk{path}/take", json={}, timeout=30)
    assert_error(answer, 403)
