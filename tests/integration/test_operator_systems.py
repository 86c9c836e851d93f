"""`FRONTLINE_OPERATOR=tmforum`: the whole service in front of operator systems that are a second process of ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from bot.channels.tmf.keys import make_api_key
from tests.service import Customer, Service, identity_token, wait_until

_TICKET = "/tmf-api/troubleTicket/v4/troubleTicket"
_CALL_S = 30
_SOON_S = 30


@dataclass(frozen=True)
class Both:
    """The service that customers meet, and the operator's systems behind it."""

    here: Service
    there: Service
    needs: dict[str, Any]
    key: str

    def customer(self, need: str, nth: int) -> tuple[Customer, str]:
        """Somebody signed in on our side whom only the operator knows; their id."""
        sub = self.needs["needs"][need][nth]["sub"]
        (row,) = self.there.sql("SELECT id FROM demo_customers WHERE sub = ?", sub)
        return Customer(self.here, "zh", identity_token(self.needs, sub)).open(), str(row["id"])

    def operator_does(self, ticket_id: str, **change: str) -> None:
        """Somebody at the operator changes a ticket in their own system."""
        key = (self.there.data_dir / "demo_api_key").read_text().strip()
        answer = requests.patch(
            f"{self.there.base}{_TICKET}/{ticket_id}",
            json=change,
            headers={"Authorization": f"Bearer {key}"},
            timeout=_CALL_S,
        )
        assert answer.status_code == 200, answer.text

    def ticket(self, ticket_id: str) -> dict[str, Any]:
        return self.here.sql("SELECT * FROM tickets WHERE id = ?", ticket_id)[0]

    def theirs(self, ticket_id: str) -> list[dict[str, Any]]:
        """What stands in the operator's system for one of our tickets."""
        return self.there.sql("SELECT * FROM tickets WHERE external_id = ?", ticket_id)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    there = Service(tmp_path_factory.mktemp("there"))
    needs = there.seed()
    there.start()
    identity = needs["identity"]
    here = Service(
        tmp_path_factory.mktemp("here"),
        {
            "FRONTLINE_OPERATOR": "tmforum",
            "FRONTLINE_TMF_URL": f"{there.base}/tmf-api",
            "FRONTLINE_TMF_TOKEN": (there.data_dir / "demo_api_key").read_text().strip(),
            "FRONTLINE_OPERATOR_SYNC_S": "1",
            "FRONTLINE_HOUSEKEEPING_S": "2",
            "FRONTLINE_IDENTITY_SECRET": identity["secret"],
        },
    )
    here.start()
    yield Both(here, there, needs, make_api_key(here.data_dir, "crm"))
    here.stop()
    there.stop()


def test_a_fault_becomes_a_ticket_and_a_visit_in_the_operators_systems_and_ends_there_and_here(both: Both) -> None:
    customer, customer_id = both.customer("customer_line_fault", 0)
    customer.say("我家宽带上不了网了")
    (ours,) = both.here.sql("SELECT * FROM tickets WHERE conversation_id = ?", customer.id)
    (theirs,) = both.theirs(ours["id"])
    assert (theirs["customer_id"], theirs["ticket_type"], theirs["severity"]) == (
        customer_id,
        "fault",
        ours["severity"],
    )
    assert ours["id"] in customer.text(), "the customer has our number"

    customer.say("第二个吧")
    customer.say("确认")
    (visit,) = both.here.sql(
        "SELECT * FROM appointments WHERE conversation_id = ? AND status = 'confirmed'", customer.id
    )
    (booked,) = both.there.sql("SELECT * FROM appointments WHERE ticket_id = ?", theirs["id"])
    assert (booked["status"], booked["customer_id"]) == ("confirmed", customer_id)
    assert (booked["start"], booked["end"]) == (visit["start"], visit["end"])
    assert visit["window_id"] == booked["window_id"]

    both.operator_does(theirs["id"], status="inProgress")
    assert wait_until(lambda: both.ticket(ours["id"])["status"] == "inProgress", _SOON_S)
    both.operator_does(theirs["id"], status="resolved", statusChangeReason="换了分光器")
    assert wait_until(lambda: both.ticket(ours["id"])["status"] == "resolved", _SOON_S)
    assert wait_until(lambda: len(customer.thread()[-1].get("buttons") or ()) == 2, 90), "the loop asks the customer"
    customer.messages.append(customer.thread()[-1])
    customer.press(1)
    assert both.ticket(ours["id"])["status"] == "closed"
    assert wait_until(lambda: both.theirs(ours["id"])[0]["status"] == "closed", _SOON_S)
    assert len(both.theirs(ours["id"])) == 1


def test_what_the_customer_presses_for_and_calls_off_is_known_there(both: Both) -> None:
    customer, _ = both.customer("customer_line_fault", 1)
    customer.say("我家宽带上不了网了")
    (ours,) = both.here.sql("SELECT * FROM tickets WHERE conversation_id = ?", customer.id)
    customer.say("第一个")
    customer.say("确认")
    (theirs,) = both.theirs(ours["id"])
    customer.say("能不能快一点，催一下")
    notes = "SELECT text FROM ticket_history WHERE ticket_id = ? AND kind = 'note'"
    assert wait_until(lambda: [row["text"] for row in both.there.sql(notes, theirs["id"])] == ["urge"], _SOON_S)
    customer.say("取消上门")
    customer.say("确认取消")
    gone = "SELECT status FROM appointments WHERE ticket_id = ?"
    assert [row["status"] for row in both.here.sql(gone, ours["id"])] == ["cancelled"], customer.text()
    assert [row["status"] for row in both.there.sql(gone, theirs["id"])] == ["cancelled"]


def test_a_ticket_taken_in_while_the_operator_is_away_is_sent_once_when_it_is_back(both: Both) -> None:
    both.there.stop()
    answer = requests.post(
        both.here.base + _TICKET,
        json={"description": "no light", "severity": "Minor", "ticketType": "request"},
        headers={"Authorization": f"Bearer {both.key}", "Idempotency-Key": "while-away"},
        timeout=_CALL_S,
    )
    assert answer.status_code == 201, answer.text
    ticket_id = answer.json()["id"]
    (row,) = both.here.sql("SELECT remote_id FROM operator_tickets WHERE ticket_id = ?", ticket_id)
    assert row["remote_id"] is None
    both.there.start()
    assert wait_until(lambda: len(both.theirs(ticket_id)) == 1, 120)
    sent = "SELECT remote_id FROM operator_tickets WHERE ticket_id = ?"
    assert wait_until(lambda: both.here.sql(sent, ticket_id)[0]["remote_id"] is not None, _SOON_S)
    assert len(both.theirs(ticket_id)) == 1
