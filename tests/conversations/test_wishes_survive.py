"""A wish that waits is stored with the conversation."""

from __future__ import annotations

from tests.conftest import Pool
from tests.service import Service


def test_a_waiting_wish_survives_a_crash_of_the_service(service: Service, pool: Pool) -> None:
    customer, facts = pool.customer("customer_with_visit", "en")
    customer.say("move my visit please, and also what's my balance")
    assert customer.replies[-1]["expects"] == {"slot": "time"}
    service.kill()
    service.start()
    customer.press(1)
    customer.say("yes")
    texts = [reply["text"] for reply in customer.replies]
    card = next(reply["data"] for reply in customer.replies if reply.get("data"))
    assert (card["id"], card["status"]) == (facts["visit_id"], "confirmed")
    assert "your balance" in texts[-2]
    assert "¥" in texts[-1]
