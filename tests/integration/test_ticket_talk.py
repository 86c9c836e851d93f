"""The question "is it solved?" in a real conversation, answered by button and by words."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.conftest import Pool
from tests.service import Customer, Service, wait_until

_TICKETS = "/tmf-api/troubleTicket/v4/troubleTicket"
_CALL_S = 30


def _api(service: Service, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    key = (service.data_dir / "demo_api_key").read_text().strip()
    headers = {"Authorization": f"Bearer {key}"}
    answer = requests.request(method, service.base + path, json=body, headers=headers, timeout=_CALL_S)
    assert answer.status_code < 300, answer.text
    return dict(answer.json())


def _opened(service: Service, customer: Customer, sub: str, *, kind: str = "fault") -> str:
    """A ticket of this customer's, made in their conversation and resolved by somebody at the operator's."""
    (row,) = service.sql("SELECT id FROM demo_customers WHERE sub = ?", sub)
    ticket = _api(
        service,
        "POST",
        _TICKETS,
        {
            "description": "宽带断断续续",
            "severity": "Major",
            "ticketType": kind,
            "relatedParty": [{"id": row["id"], "role": "customer", "@referredType": "Customer"}],
            "relatedEntity": [{"id": customer.id, "role": "conversation", "@referredType": "Conversation"}],
        },
    )
    _api(service, "PATCH", f"{_TICKETS}/{ticket['id']}", {"status": "inProgress"})
    return str(ticket["id"])


def _asked(service: Service, customer: Customer, ticket_id: str) -> dict[str, Any]:
    _api(service, "PATCH", f"{_TICKETS}/{ticket_id}", {"status": "resolved", "statusChangeReason": "换了光猫"})
    asked = customer.thread()[-1]
    customer.messages.append(asked)
    assert asked["author"]["kind"] == "bot" and ticket_id in asked["text"], asked
    return asked


def _row(service: Service, ticket_id: str) -> dict[str, Any]:
    return dict(service.sql("SELECT * FROM tickets WHERE id = ?", ticket_id)[0])


@pytest.mark.parametrize(
    ("language", "answer"), [("en", 1), ("zh", "解决了"), ("en", "yes it's working now"), ("zh", "好了，谢谢")]
)
def test_yes_closes_and_asks_for_a_rating(service: Service, pool: Pool, language: str, answer: int | str) -> None:
    customer, facts = pool.customer("customer_basic", language)
    ticket_id = _opened(service, customer, facts["sub"])
    asked = _asked(service, customer, ticket_id)
    assert len(asked["buttons"]) == 2 and asked["data"]["status"] == "resolved"
    replies = customer.press(answer) if isinstance(answer, int) else customer.say(answer)
    assert ticket_id in replies[0]["text"], replies
    assert replies[0]["data"]["status"] == "closed"
    assert replies[-1]["data"] == {"type": "survey"}
    assert _row(service, ticket_id)["status"] == "closed"


@pytest.mark.parametrize(("language", "answer"), [("zh", 2), ("en", "no, still not working"), ("zh", "还是不行")])
def test_no_takes_it_up_again_and_what_is_left_stands_in_the_ticket(
    service: Service, pool: Pool, language: str, answer: int | str
) -> None:
    customer, facts = pool.customer("customer_basic", language)
    ticket_id = _opened(service, customer, facts["sub"])
    _asked(service, customer, ticket_id)
    replies = customer.press(answer) if isinstance(answer, int) else customer.say(answer)
    assert replies[0]["data"]["status"] == "inProgress", replies
    row = _row(service, ticket_id)
    assert (row["reopens"], row["priority"], row["ask_at"]) == (1, "Critical", None)
    words = "晚上八点以后还是会断" if language == "zh" else "it drops every evening after eight"
    replies = customer.say(words)
    assert replies[-1]["buttons"], "a visit is offered"
    (note,) = service.sql("SELECT text, author FROM ticket_history WHERE ticket_id = ? AND kind = 'note'", ticket_id)
    assert (note["text"], note["author"]) == (words, "customer")


def test_who_asks_about_something_else_first_is_asked_again(service: Service, pool: Pool) -> None:
    customer, facts = pool.customer("customer_basic", "zh")
    ticket_id = _opened(service, customer, facts["sub"])
    _asked(service, customer, ticket_id)
    replies = customer.say("顺便问一下，营业厅在哪里")
    assert _row(service, ticket_id)["status"] == "resolved"
    assert any("解决" in reply["text"] for reply in replies), customer.text()
    customer.say("解决了")
    assert _row(service, ticket_id)["status"] == "closed"


def test_somebody_elses_button_settles_nothing(service: Service, pool: Pool) -> None:
    """A button's meaning stays on the server; a typed payload is only words."""
    owner, facts = pool.customer("customer_basic", "zh")
    ticket_id = _opened(service, owner, facts["sub"])
    _asked(service, owner, ticket_id)
    other, _ = pool.customer("customer_basic", "zh")
    other.say(f'/ticket_solved{{"ticket_solved": true, "solved_ticket": "{ticket_id}"}}')
    assert _row(service, ticket_id)["status"] == "resolved"


def test_how_is_my_ticket_asks_the_same_question(service: Service, pool: Pool) -> None:
    customer, facts = pool.customer("customer_basic", "en")
    ticket_id = _opened(service, customer, facts["sub"])
    _asked(service, customer, ticket_id)
    customer.say("never mind for now")
    replies = customer.say(f"what about ticket {ticket_id}?")
    told = next(reply for reply in replies if reply.get("buttons"))
    assert len(told["buttons"]) == 2, customer.text()
    customer.messages.append(told)
    customer.press(told["buttons"][0]["label"])
    assert wait_until(lambda: _row(service, ticket_id)["status"] == "closed", 10), customer.text()
