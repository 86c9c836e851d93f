"""The running service brings what it did not understand to the trainers."""

from __future__ import annotations

from tests.conftest import Pool
from tests.service import Desk, Service, wait_until

_CALL_S = 30


def test_a_refused_sentence_comes_into_the_inbox_and_agents_do_not_see_it(service: Service, pool: Pool) -> None:
    customer, _ = pool.customer(None, "en")
    customer.say("my canary refuses to whistle the anthem 4111111111111111")
    query = "SELECT text, reasons, group_id FROM inbox_sentences WHERE conversation_id = ?"
    assert wait_until(lambda: service.sql(query, customer.id), 10)
    [row] = service.sql(query, customer.id)
    assert "canary" in row["text"] and "4111111111111111" not in row["text"]

    trainer, agent = Desk(service, "trainer"), Desk(service, "agent1")
    address = service.base + "/api/v1/training/inbox"
    assert trainer.http.get(address, timeout=_CALL_S).status_code == 200
    refused = agent.http.get(address, timeout=_CALL_S)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "forbidden")
