"""Tickets as people at the desk make and change them."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.conftest import Pool
from tests.service import Customer, Desk, Service

FAULT = {"ticket_type": "fault", "severity": "Major", "description": "no internet since the morning"}
COMPLAINT = {"ticket_type": "complaint", "severity": "Minor", "description": "charged twice", "product": "mobile"}


@pytest.fixture(scope="module")
def agent(service: Service) -> Desk:
    return Desk(service, "agent1")


@pytest.fixture(scope="module")
def supervisor(service: Service) -> Desk:
    return Desk(service, "supervisor")


def done(answer: requests.Response, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    return dict(answer.json())


def opened(desk: Desk, **more: Any) -> dict[str, Any]:
    return done(desk.call("POST", "/tickets", json={**FAULT, **more}), 201)


def act(desk: Desk, case: dict[str, Any], call: str, **body: Any) -> dict[str, Any]:
    return done(desk.call("POST", f"/tickets/{case['ticket']['id']}/{call}", json=body))


def customer_of(service: Service, pool: Pool, need: str = "customer_for_booking") -> tuple[Customer, str]:
    customer, facts = pool.customer(need, "zh")
    (row,) = service.sql("SELECT id FROM demo_customers WHERE sub = ?", facts["sub"])
    return customer, str(row["id"])


def clocks_of(case: dict[str, Any]) -> dict[str, str]:
    return {item["clock"]: item["state"] for item in case["clocks"]}
