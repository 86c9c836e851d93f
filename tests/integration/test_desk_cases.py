"""Visits, complaints and the archive at the desk over HTTP; docs/desk_tickets.md is the contract."""

from __future__ import annotations

import csv
import io
import json
import secrets
import sqlite3
from typing import Any

import requests

from tests.conftest import Pool
from tests.integration.desk_cases import COMPLAINT, act, agent, customer_of, done, opened, supervisor
from tests.integration.shapes import assert_error
from tests.service import Desk, Service

__all__ = ["agent", "supervisor"]
_HISTORY_MOST = 100


# -- visits --------------------------------------------------------------------------------------------------------


def test_a_visit_is_booked_moved_and_called_off_and_the_customer_hears_of_each(
    service: Service, pool: Pool, agent: Desk
) -> None:
    customer, customer_id = customer_of(service, pool)
    case = opened(agent, customer_id=customer_id, conversation_id=customer.id, product="broadband")
    path = f"/tickets/{case['ticket']['id']}"
    slots = done(agent.call("GET", path + "/slots?limit=3"))["slots"]
    assert len(slots) == 3 and all(slot["free"] > 0 for slot in slots)
    case = done(agent.call("POST", path + "/visits", json={"window_id": slots[0]["window_id"], "key": "v1"}), 201)
    again = done(agent.call("POST", path + "/visits", json={"window_id": slots[0]["window_id"], "key": "v1"}), 201)
    assert [visit["id"] for visit in again["visits"]] == [visit["id"] for visit in case["visits"]]
    (visit,) = case["visits"]
    assert (visit["status"], visit["start"], visit["ticket_id"]) == ("confirmed", slots[0]["start"], path[9:])
    assert customer.thread()[-1]["data"]["id"] == visit["id"]
    moving = f"{path}/visits/{visit['id']}"
    stale = {"window_id": slots[1]["window_id"], "visit_version": visit["version"] + 7}
    assert_error(agent.call("POST", moving + "/move", json=stale), 409, "visit_changed")
    case = done(agent.call("POST", moving + "/move", json={"window_id": slots[1]["window_id"]}))
    (moved,) = [item for item in case["visits"] if item["status"] == "confirmed"]
    assert (moved["id"], moved["start"]) == (visit["id"], slots[1]["start"])
    case = done(agent.call("POST", moving + "/cancel", json={"visit_version": moved["version"]}))
    assert [item["status"] for item in case["visits"]] == ["cancelled"]
    told = [
        message["data"]["status"]
        for message in customer.thread()
        if (message.get("data") or {}).get("id") == visit["id"]
    ]
    assert told == ["confirmed", "confirmed", "cancelled"]


def test_visits_that_cannot_be(service: Service, pool: Pool, agent: Desk) -> None:
    nobody = opened(agent)
    path = f"/tickets/{nobody['ticket']['id']}"
    assert "visits" not in nobody["actions"]
    assert_error(agent.call("GET", path + "/slots"), 422)
    assert_error(agent.call("POST", path + "/visits", json={"window_id": "x"}), 422)
    assert_error(agent.call("POST", path + "/visits/AP00000000/cancel", json={}), 404)
    _, customer_id = customer_of(service, pool)
    case = opened(agent, customer_id=customer_id, product="broadband")
    path = f"/tickets/{case['ticket']['id']}"
    assert_error(agent.call("POST", path + "/visits", json={"window_id": "nowhere"}), 404)
    assert_error(agent.call("POST", path + "/visits", json={}), 400)
    assert_error(agent.call("GET", path + "/slots?product=fridge"), 400)
    (other,) = service.sql("SELECT id FROM appointments WHERE status = 'confirmed' LIMIT 1")
    assert_error(agent.call("POST", f"{path}/visits/{other['id']}/cancel", json={}), 404)


# -- complaints ----------------------------------------------------------------------------------------------------


def test_a_complaint_from_letter_to_closed_by_a_person(agent: Desk, supervisor: Desk) -> None:
    case = done(agent.call("POST", "/tickets", json={**COMPLAINT, "demand": "money back", "regulator": True}), 201)
    ticket_id = case["ticket"]["id"]
    path = f"/complaints/{ticket_id}"
    assert (case["complaint"]["demand"], case["complaint"]["regulator"]) == ("money back", True)
    assert case["ticket"]["group_id"] == "complaints_regulator"
    assert case["complaint"]["missing"] == ["acknowledgement", "root_cause", "callback"]
    first = done(agent.call("POST", path + "/acknowledge", json={}))["complaint"]["acknowledged_at"]
    assert done(agent.call("POST", path + "/acknowledge", json={}))["complaint"]["acknowledged_at"] == first
    case = act(agent, case, "take")
    case = done(agent.call("POST", path + "/findings", json={"cause": "the import ran twice"}))
    assert (case["complaint"]["cause"], case["ticket"]["root_cause"]) == ("the import ran twice", None)
    assert_error(agent.call("POST", path + "/findings", json={}), 400)
    assert_error(agent.call("POST", path + "/findings", json={"root_cause": "two words"}), 400)
    assert_error(agent.call("POST", path + "/callbacks", json={"result": "satisfied"}), 409, "complaint_not_ready")
    case = done(agent.call("POST", path + "/escalate", json={"reason": "regulator asks"}))
    assert case["ticket"]["escalated_to"] == "complaints_lead"
    case = act(agent, case, "resolve", reason="money is back")
    assert case["complaint"]["callback_by"] and not any(line["kind"] == "ask" for line in case["history"])
    assert_error(agent.call("POST", path + "/close", json={}), 409, "complaint_not_ready")
    assert_error(agent.call("POST", f"/tickets/{ticket_id}/close", json={}), 409, "complaint_not_ready")
    done(agent.call("POST", path + "/findings", json={"root_cause": "billing_import"}))
    assert_error(agent.call("POST", path + "/callbacks", json={"result": "happy"}), 400)
    case = done(agent.call("POST", path + "/callbacks", json={"result": "unsatisfied", "text": "wants interest"}))
    assert (case["ticket"]["status"], case["complaint"]["callback_tries"]) == ("inProgress", 0)
    case = act(agent, case, "resolve", reason="interest paid")
    case = done(supervisor.call("POST", path + "/callbacks", json={"result": "satisfied"}))
    assert case["complaint"]["missing"] == []
    stale = {"version": case["ticket"]["version"] - 1}
    assert_error(supervisor.call("POST", path + "/close", json=stale), 409, "stale_ticket")
    case = done(supervisor.call("POST", path + "/close", json={"version": case["ticket"]["version"]}))
    assert case["ticket"]["status"] == "closed"


def test_complaints_are_listed_with_what_they_have_and_their_repeated_causes(agent: Desk) -> None:
    cause = f"cause_{secrets.token_hex(4)}"
    ids = []
    for _ in range(3):
        case = done(agent.call("POST", "/tickets", json={**COMPLAINT, "category": cause}), 201)
        ids.append(case["ticket"]["id"])
        done(agent.call("POST", f"/complaints/{ids[-1]}/findings", json={"root_cause": cause}))
    rows = done(agent.call("GET", f"/complaints?category={cause}"))["tickets"]
    assert {row["id"] for row in rows} == set(ids)
    assert all(row["complaint"]["root_cause"] == cause for row in rows)
    found = done(agent.call("GET", "/complaints/causes"))
    (repeated,) = [item for item in found["causes"] if item["root_cause"] == cause]
    assert repeated["count"] == 3 and found["from"] == 3


def test_a_fault_is_no_complaint(agent: Desk) -> None:
    ticket_id = opened(agent)["ticket"]["id"]
    for call, body in (("acknowledge", {}), ("findings", {"root_cause": "x"}), ("close", {})):
        assert_error(agent.call("POST", f"/complaints/{ticket_id}/{call}", json=body), 404, "complaint_not_found")
    assert_error(agent.call("POST", "/complaints/TT00000000/acknowledge", json={}), 404, "ticket_not_found")


# -- the archive ---------------------------------------------------------------------------------------------------


def _archived(service: Service, agent: Desk, supervisor: Desk, **more: Any) -> str:
    """A ticket that has been in the archive since just now: withdrawn over TMF621 would be hidden, so it is aged."""
    case = act(agent, opened(agent, **more), "reject", reason="a test of the archive")
    ticket_id = str(case["ticket"]["id"])
    with sqlite3.connect(service.data_dir / "frontline.sqlite3", timeout=30) as connection:
        past = "2026-01-01T00:00:00.000000+00:00"
        connection.execute("UPDATE tickets SET ended_at = ?, created_at = ? WHERE id = ?", (past, past, ticket_id))
    kept = done(supervisor.call("POST", "/tickets/retention", json={}))
    assert kept["archived"] >= 1
    return ticket_id


def test_an_archived_ticket_is_found_read_held_exported_and_logged(
    service: Service, agent: Desk, supervisor: Desk
) -> None:
    mark = secrets.token_hex(4)
    ticket_id = _archived(service, agent, supervisor, category=mark)
    found = done(agent.call("GET", f"/tickets/archive?category={mark}"))
    assert [item["ticket_id"] for item in found["tickets"]] == [ticket_id] and found["more"] is False
    whole = done(agent.call("GET", f"/tickets/archive/{ticket_id}"))
    assert whole["ticket"]["id"] == ticket_id and [line["status"] for line in whole["history"]][-1] == "rejected"
    case = done(agent.call("GET", f"/tickets/{ticket_id}"))
    assert case["ticket"]["archived"] is True and case["actions"] == []
    answer = agent.call("POST", f"/tickets/{ticket_id}/notes", json={"text": "late"})
    assert_error(answer, 409, "ticket_archived")
    held = done(supervisor.call("PUT", f"/tickets/archive/{ticket_id}/hold", json={"reason": "court"}))
    assert held == {"ticket_id": ticket_id, "hold": "court"}
    assert done(agent.call("GET", f"/tickets/archive?category={mark}"))["tickets"][0]["hold"] == "court"
    assert done(supervisor.call("DELETE", f"/tickets/archive/{ticket_id}/hold"))["hold"] is None
    log = done(supervisor.call("GET", f"/tickets/retention?ticket_id={ticket_id}"))["log"]
    assert [line["action"] for line in log] == ["released", "held", "archived"]
    assert log[0]["actor"] == "supervisor"


def test_an_export_holds_live_and_archived_tickets_and_runs_no_formula(
    service: Service, agent: Desk, supervisor: Desk
) -> None:
    mark = secrets.token_hex(4)
    old = _archived(service, agent, supervisor, category=mark)
    live = opened(agent, category=mark, description="=cmd|' /C calc'!A0")["ticket"]["id"]
    answer = supervisor.call("GET", f"/tickets/export?format=csv&category={mark}")
    assert answer.status_code == 200 and answer.headers["Content-Disposition"].endswith('.csv"')
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {row["id"] for row in rows} == {old, live}
    assert next(row for row in rows if row["id"] == live)["description"].startswith("'=")
    answer = supervisor.call("GET", f"/tickets/export?format=json&category={mark}")
    whole = [json.loads(line) for line in answer.content.decode().splitlines()]
    assert {item["ticket"]["id"] for item in whole} == {old, live} and all(item["history"] for item in whole)
    assert done(supervisor.call("GET", "/tickets/retention?limit=2"))["log"][0]["action"] == "exported"


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
