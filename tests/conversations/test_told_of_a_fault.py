"""What a customer tells of a fault while they choose a time is in its ticket."""

from __future__ import annotations

from tests.conftest import Pool
from tests.service import Service


def test_what_is_told_while_a_time_is_chosen_is_in_the_ticket(service: Service, pool: Pool) -> None:
    customer, _facts = pool.customer("customer_line_fault", "zh")
    customer.say("都十一点了网突然断了，明天一早还要开会，急死了")
    ticket = next(
        reply["data"]["id"] for reply in customer.replies if (reply.get("data") or {}).get("type") == "ticket"
    )
    assert customer.replies[-1]["expects"] == {"slot": "time"}
    customer.say("光猫上los灯在闪红灯")
    assert "记进工单" in customer.text() and customer.replies[-1]["expects"] == {"slot": "time"}
    notes = service.sql("SELECT author, text FROM ticket_history WHERE ticket_id = ? AND kind = 'note'", ticket)
    assert [(note["author"], note["text"]) for note in notes] == [("customer", "光猫上los灯在闪红灯")]
