"""The desk's tickets and their lists over HTTP, on the real service; docs/desk_tickets.md is the contract."""

from __future__ import annotations

import secrets

import pytest
import requests

from tests.conftest import Pool
from tests.integration.desk_cases import FAULT, act, agent, clocks_of, customer_of, done, opened, supervisor
from tests.integration.shapes import assert_error
from tests.service import Desk, Service

__all__ = ["agent", "supervisor"]
_HISTORY_MOST = 100


# -- one ticket ----------------------------------------------------------------------------------------------------


def test_a_ticket_is_worked_from_taken_in_to_closed_and_the_customer_is_asked(
    service: Service, pool: Pool, agent: Desk
) -> None:
    customer, customer_id = customer_of(service, pool)
    case = opened(agent, customer_id=customer_id, conversation_id=customer.id, product="broadband", client_key="k1")
    ticket = case["ticket"]
    again = opened(agent, customer_id=customer_id, conversation_id=customer.id, product="broadband", client_key="k1")
    assert again["ticket"]["id"] == ticket["id"], "the same key is the same ticket"
    assert ticket["area"] and ticket["customer_class"] == "consumer" and ticket["channel"] == "desk"
    assert case["customer"]["id"] == customer_id and case["complaint"] is None
    assert clocks_of(case) == {"answer": "running", "solve": "running", "legal": "running"}
    assert len(case["explanation"]["zh"]) == len(case["explanation"]["en"]) == 3
    assert {"take", "wait", "resolve", "visits"} <= set(case["actions"]) and "close" not in case["actions"]

    case = act(agent, case, "take", version=ticket["version"])
    assert (case["ticket"]["status"], case["ticket"]["assignee_id"]) == ("inProgress", "agent1")
    assert case["ticket"]["assignee"]["zh"] and clocks_of(case)["answer"] == "met"
    case = act(agent, case, "wait", reason="which lamp is red?")
    assert clocks_of(case) == {"answer": "met", "solve": "standing", "legal": "running"}
    case = act(agent, case, "hold", reason="part is ordered")
    assert (case["ticket"]["status"], clocks_of(case)["solve"]) == ("held", "running")
    case = act(agent, case, "resume")
    case = act(agent, case, "notes", text="port restarted")
    case = act(agent, case, "answers", text="told them")
    assert [line["text"] for line in case["history"][:2]] == ["told them", "port restarted"]
    assert case["history"][0]["author_name"]["en"] == "Min Li"
    case = act(agent, case, "resolve", reason="port restarted", root_cause="port_hung")
    assert (case["ticket"]["status"], case["ticket"]["root_cause"]) == ("resolved", "port_hung")
    assert clocks_of(case) == {"answer": "met", "solve": "met", "legal": "met"}
    assert any(line["kind"] == "ask" for line in case["history"])
    assert ticket["id"] in customer.thread()[-1]["text"] and len(customer.thread()[-1]["buttons"]) == 2
    case = act(agent, case, "reopen", reason="they called, still down")
    assert (case["ticket"]["reopens"], case["ticket"]["priority"]) == (1, "Critical")
    case = act(agent, case, "resolve", reason="cable changed")
    case = act(agent, case, "close", reason="confirmed on the phone")
    assert case["ticket"]["status"] == "closed"
    assert case["actions"] == ["notes", "links"]


def test_two_people_with_the_same_ticket_open_cannot_overwrite_each_other(agent: Desk, supervisor: Desk) -> None:
    case = opened(agent)
    version = case["ticket"]["version"]
    act(supervisor, case, "take", version=version)
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
    now = done(agent.call("GET", f"/tickets/{case['ticket']['id']}"))["ticket"]
    assert (now["assignee_id"], now["severity"], now["status"]) == ("supervisor", "Major", "inProgress")


def test_facts_are_put_right_and_the_group_and_clocks_follow(agent: Desk) -> None:
    case = opened(agent, product="broadband", name="first")
    path = f"/tickets/{case['ticket']['id']}"
    assert case["ticket"]["group_id"] == "field_urban"
    case = done(agent.call("PATCH", path, json={"product": "mobile", "severity": "Critical", "name": None}))
    ticket = case["ticket"]
    assert (ticket["group_id"], ticket["sla_id"], ticket["priority"]) == ("mobile_network", "fault_serious", "Critical")
    assert ticket["name"] is None
    case = done(agent.call("PATCH", path, json={"ticket_type": "complaint"}))
    assert case["ticket"]["group_id"] == "complaints" and case["complaint"]["missing"] == [
        "acknowledgement",
        "root_cause",
        "callback",
    ]


def test_a_ticket_is_handed_to_groups_and_people_and_back(agent: Desk) -> None:
    case = act(agent, opened(agent), "assign", group_id="back_office", assignee_id="agent2")
    assert (case["ticket"]["group_id"], case["ticket"]["assignee_id"]) == ("back_office", "agent2")
    case = act(agent, case, "assign", assignee_id=None)
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
    case = opened(agent, product="broadband")
    seen = []
    for _ in range(3):
        case = act(agent, case, "escalate", reason="customer is a hospital")
        seen.append(case["ticket"]["escalated_to"])
    assert seen == ["field_lead", "duty_manager", "head_of_service"]
    assert (case["ticket"]["priority"], case["ticket"]["escalation_level"]) == ("Critical", 3)
    path = f"/tickets/{case['ticket']['id']}/escalate"
    assert_error(agent.call("POST", path, json={"reason": "again"}), 400)
    assert_error(agent.call("POST", path, json={"reason": "x", "to": "emperor"}), 400)
    assert_error(agent.call("POST", path, json={}), 400)
    case = act(agent, case, "escalate", reason="law", to="compliance")
    assert case["ticket"]["escalated_to"] == "compliance"
    assert case["history"][0]["kind"] == "escalate" and case["history"][0]["data"] == {"to": "compliance"}


def test_what_belongs_to_a_ticket_is_added_and_removed(agent: Desk) -> None:
    first, second = opened(agent), opened(agent)
    other = first["ticket"]["id"]
    case = act(agent, second, "links", kind="relationship", ref_id=other, role="duplicate")
    case = act(agent, case, "links", kind="attachment", ref_id="photo-1", role="photo", url="https://files.example/1")
    assert [(link["n"], link["kind"], link["ref_id"]) for link in case["links"]] == [
        (1, "relationship", other),
        (2, "attachment", "photo-1"),
    ]
    path = f"/tickets/{case['ticket']['id']}/links"
    case = done(agent.call("DELETE", f"{path}/1"))
    assert [link["n"] for link in case["links"]] == [2]
    unknown = {"kind": "relationship", "ref_id": "TT00000000", "role": "parent"}
    assert_error(agent.call("POST", path, json=unknown), 400)
    assert_error(agent.call("POST", path, json={"kind": "friend", "ref_id": "a", "role": "b"}), 400)


def test_a_fault_joins_an_outage_and_leaves_it(service: Service, agent: Desk) -> None:
    outage_id = str(service.sql("SELECT id FROM outages WHERE status = 'running'")[0]["id"])
    case = opened(agent, product="mobile")
    path = f"/tickets/{case['ticket']['id']}/outage"
    case = done(agent.call("PUT", path, json={"outage_id": outage_id, "version": case["ticket"]["version"]}))
    assert (case["ticket"]["outage_id"], case["ticket"]["group_id"]) == (outage_id, "network_operations")
    case = done(agent.call("PUT", path, json={"outage_id": None}))
    assert (case["ticket"]["outage_id"], case["ticket"]["group_id"]) == (None, "mobile_network")
    assert_error(agent.call("PUT", path, json={"outage_id": "OU999999"}), 404)
    assert_error(agent.call("PUT", path, json={}), 400)


def test_illegal_moves_change_nothing(agent: Desk) -> None:
    case = opened(agent)
    path = f"/tickets/{case['ticket']['id']}"
    assert_error(agent.call("POST", path + "/close", json={}), 409, "illegal_transition")
    assert_error(agent.call("POST", path + "/reopen", json={"reason": "x"}), 400)
    assert_error(agent.call("POST", path + "/wait", json={}), 400)
    assert_error(agent.call("POST", path + "/cancel", json={"reason": "  "}), 400)
    case = act(agent, case, "reject", reason="not ours")
    assert case["ticket"]["status"] == "rejected"
    for call in ("take", "resume", "wait", "hold", "resolve", "cancel"):
        body = {} if call == "take" else {"reason": "x"}
        assert_error(agent.call("POST", f"{path}/{call}", json=body), 409, "illegal_transition")
    assert done(agent.call("GET", path))["ticket"]["version"] == case["ticket"]["version"]


def test_a_ticket_with_a_thousand_notes_is_shown_a_page_at_a_time(agent: Desk, service: Service) -> None:
    case = opened(agent)
    ticket_id = case["ticket"]["id"]
    key = (service.data_dir / "demo_api_key").read_text().strip()
    for start in range(0, 1_000, 200):
        notes = [{"author": "crm", "text": f"note {start + n}"} for n in range(200)]
        url = f"{service.base}/tmf-api/troubleTicket/v4/troubleTicket/{ticket_id}"
        answer = requests.patch(url, json={"note": notes}, headers={"Authorization": f"Bearer {key}"}, timeout=60)
        assert answer.status_code == 200
    case = done(agent.call("GET", f"/tickets/{ticket_id}"))
    assert len(case["history"]) == _HISTORY_MOST and case["history_total"] == 1_001
    assert case["history"][0]["text"] == "note 999"
    page = done(agent.call("GET", f"/tickets/{ticket_id}/history?kind=note&offset=990&limit=50"))
    assert [line["text"] for line in page["history"]] == [f"note {n}" for n in range(9, -1, -1)]
    assert page["total"] == 1_000
    assert_error(agent.call("GET", f"/tickets/{ticket_id}/history?limit=501"), 400)
    assert_error(agent.call("GET", f"/tickets/{ticket_id}/history?kind=gossip"), 400)


# -- lists ---------------------------------------------------------------------------------------------------------


def test_views_filters_orders_and_pages(agent: Desk) -> None:
    mark = secrets.token_hex(4)
    ids = [
        opened(agent, category=mark, product="tv", severity=s)["ticket"]["id"] for s in ("Minor", "Critical", "Major")
    ]
    done(agent.call("POST", f"/tickets/{ids[0]}/take", json={}))

    def listed(query: str) -> list[str]:
        return [row["id"] for row in done(agent.call("GET", f"/tickets?category={mark}&{query}"))["tickets"]]

    assert set(listed("view=open")) == set(ids) and set(listed("")) == set(ids)
    assert listed("view=mine") == ids[:1]
    assert set(listed("view=unassigned")) == set(ids[1:])
    assert listed("sort=priority") == [ids[1], ids[2], ids[0]]
    assert listed("sort=created") == ids[::-1]
    assert listed("severity=Minor,Critical&sort=created") == [ids[1], ids[0]]
    assert listed("view=breached") == [] and listed("view=waiting") == []
    assert set(listed("view=due_soon&within_h=2")) == {ids[2]}, "one was taken up, one has a day"
    assert listed(f"q={ids[2].lower()}") == [ids[2]]
    first = done(agent.call("GET", f"/tickets?category={mark}&sort=created&limit=2"))
    assert (first["total"], [row["id"] for row in first["tickets"]]) == (3, [ids[2], ids[1]])
    rest = done(agent.call("GET", f"/tickets?category={mark}&sort=created&limit=2&offset=2"))
    assert (rest["total"], [row["id"] for row in rest["tickets"]]) == (3, [ids[0]])
    counts = done(agent.call("GET", "/tickets/counts"))["counts"]
    assert counts["open"] >= 3 and counts["mine"] >= 1 and "all" not in counts
    alone = done(agent.call("GET", f"/tickets?category={mark}&assignee_id=agent1"))["tickets"]
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
    tables = done(agent.call("GET", "/tickets/tables"))
    assert {"id": "field_lead", "name": {"zh": "装维班长", "en": "Field service lead"}} in tables["roles"]
    assert tables["transitions"]["resolved"] == ["closed", "inProgress"]
    assert {"field_urban", "complaints"} <= {group["id"] for group in tables["groups"]}
    assert "breached" in tables["views"] and tables["products"]


def test_a_view_leaves_a_line_in_the_audit(service: Service, agent: Desk) -> None:
    ticket_id = opened(agent)["ticket"]["id"]
    done(agent.call("GET", f"/tickets/{ticket_id}"))
    rows = service.sql("SELECT actor FROM audit WHERE action = 'ticket_viewed' AND subject_id = ?", ticket_id)
    assert [row["actor"] for row in rows] == ["agent1"]


def test_bodies_and_numbers_that_are_none(agent: Desk, supervisor: Desk) -> None:
    for body, words in (
        ({}, "ticket_type"),
        ({**FAULT, "severity": "Huge"}, "severity"),
        ({**FAULT, "description": "  "}, "description"),
        ({**FAULT, "description": "x" * 4_001}, "description"),
        ({**FAULT, "colour": "red"}, "colour"),
        ({**FAULT, "product": "fridge"}, "product"),
        ({**FAULT, "regulator": "yes"}, "regulator"),
        ({**FAULT, "requested_by": "soon"}, "requested_by"),
    ):
        assert words in assert_error(agent.call("POST", "/tickets", json=body), 400)["message"]
    for path in ("/tickets/TT00000000", "/tickets/TT123", "/tickets/TT00000000/history"):
        assert_error(agent.call("GET", path), 404)
    assert_error(agent.call("GET", "/tickets/archive/TT00000000"), 404, "archived_ticket_not_found")
    assert_error(supervisor.call("GET", "/tickets/export?format=xml"), 400)
    case = opened(agent)
    path = f"/tickets/{case['ticket']['id']}"
    for version in ("1", True, 1.5):
        assert_error(agent.call("POST", path + "/take", json={"version": version}), 400)
    assert_error(agent.call("POST", path + "/notes", json={"text": ["a"]}), 400)
    assert_error(agent.call("PATCH", path, json={"status": "closed"}), 400)
    without = requests.Session()
    without.cookies.update(agent.http.cookies)
    answer = without.post(f"{agent.service.base}/api/v1/desk{path}/take", json={}, timeout=30)
    assert_error(answer, 403)
