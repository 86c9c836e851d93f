"""The question "is it back?" in a real conversation, answered by button and by words."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.conftest import Pool
from tests.service import Customer, Service, wait_until

_PROBLEMS = "/tmf-api/serviceProblemManagement/v4/serviceProblem"
_CALL_S = 30


def _api(service: Service, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    key = (service.data_dir / "demo_api_key").read_text().strip()
    headers = {"Authorization": f"Bearer {key}"}
    answer = requests.request(method, service.base + path, json=body, headers=headers, timeout=_CALL_S)
    assert answer.status_code < 300, answer.text
    return dict(answer.json())


def _waiting(service: Service, pool: Pool, language: str) -> tuple[Customer, str, str]:
    """A customer who has been told of an outage and waits for its end; their ticket and the outage."""
    customer, facts = pool.customer("customer_line_fault", language)
    (row,) = service.sql("SELECT area FROM demo_customers WHERE sub = ?", facts["sub"])
    outage = _api(
        service,
        "POST",
        _PROBLEMS,
        {
            "category": "outage",
            "priority": 1,
            "description": "光缆被挖断",
            "reason": "cable cut",
            "originatorParty": {"id": "noc", "@referredType": "Organization"},
            "affectedLocation": [{"id": row["area"]}],
            "affectedService": [{"id": "broadband"}],
        },
    )
    customer.say("my broadband is down" if language == "en" else "我家宽带断网了")
    find = "SELECT id FROM tickets WHERE outage_id = ? AND conversation_id = ?"
    assert wait_until(lambda: bool(service.sql(find, outage["id"], customer.id)), 10), customer.text()
    return customer, str(service.sql(find, outage["id"], customer.id)[0]["id"]), str(outage["id"])


def _status(service: Service, ticket_id: str) -> str:
    return str(service.sql("SELECT status FROM tickets WHERE id = ?", ticket_id)[0]["status"])


@pytest.mark.parametrize(
    ("language", "answer", "status"),
    [
        ("en", 1, "closed"),
        ("zh", 2, "inProgress"),
        ("en", "no, still down", "inProgress"),
        ("zh", "已经好了", "closed"),
        ("zh", "还是不行", "inProgress"),
    ],
)
def test_the_customer_is_asked_and_what_they_say_counts(
    service: Service, pool: Pool, language: str, answer: int | str, status: str
) -> None:
    customer, ticket_id, outage_id = _waiting(service, pool, language)
    _api(service, "PATCH", f"{_PROBLEMS}/{outage_id}", {"status": "resolved"})
    asked = customer.thread()[-1]
    customer.messages.append(asked)
    assert asked["author"]["kind"] == "bot" and len(asked["buttons"]) == 2
    assert asked["data"]["status"] == "resolved" and _status(service, ticket_id) == "resolved"
    replies = customer.press(answer) if isinstance(answer, int) else customer.say(answer)
    assert ticket_id in replies[-1]["text"]
    assert _status(service, ticket_id) == status
    if status == "inProgress":
        (row,) = service.sql("SELECT priority, reopens FROM tickets WHERE id = ?", ticket_id)
        assert row["reopens"] == 1
        assert replies[-1]["buttons"], "a visit is offered"
