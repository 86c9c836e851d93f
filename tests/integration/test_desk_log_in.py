"""Logging in to the desk over HTTP, and what one may do there."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
import requests

from tests.integration.shapes import assert_error
from tests.service import Customer, Desk, Service

_CALL_S = 30


def _log_in(service: Service, body: dict[str, Any]) -> requests.Response:
    return requests.post(service.base + "/api/v1/desk/login", json=body, timeout=_CALL_S)


def test_a_good_log_in_opens_a_session_in_a_cookie_that_scripts_cannot_read(service: Service) -> None:
    answer = _log_in(service, {"username": "agent1", "password": service.logins()["agent1"]})
    assert answer.status_code == 200
    assert set(answer.json()) == {"user", "csrf_token"}
    assert answer.json()["user"]["roles"] == ["agent"]
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    assert service.logins()["agent1"] not in answer.text


@pytest.mark.parametrize(
    ("username", "password"), [("agent1", "wrong"), ("nobody-here", "x"), ("agent1", ""), ("", "")]
)
def test_a_wrong_password_or_name_is_401_and_says_no_more(service: Service, username: str, password: str) -> None:
    answer = _log_in(service, {"username": username, "password": password})
    assert_error(answer, 401, "wrong_credentials")
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "body", [{}, {"username": "agent1"}, {"username": 5, "password": "x"}, {"username": "a", "password": None}]
)
def test_a_log_in_without_both_is_400(service: Service, body: dict[str, Any]) -> None:
    assert_error(_log_in(service, body), 400, "bad_request")


def test_ten_wrong_passwords_lock_that_account_only(service: Service) -> None:
    name = f"guess-{secrets.token_hex(4)}"
    answers = [_log_in(service, {"username": name, "password": "x"}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert_error(answers[-1], 429)
    assert _log_in(service, {"username": "agent2", "password": service.logins()["agent2"]}).status_code == 200


def test_unsafe_calls_want_the_csrf_token(service: Service) -> None:
    desk = Desk(service, "agent1")
    good = desk.http.headers.pop("X-CSRF-Token")
    for given in (None, "", "x", str(good)[::-1], Desk(service, "agent2").http.headers["X-CSRF-Token"]):
        headers = {} if given is None else {"X-CSRF-Token": str(given)}
        assert_error(desk.call("PUT", "/presence", json={"status": "away"}, headers=headers), 403, "forbidden")
        assert_error(desk.call("POST", "/offers/x/accept", headers=headers), 403, "forbidden")
    assert desk.call("GET", "/me").status_code == 200, "reading needs none"


def test_logging_out_ends_the_session(service: Service) -> None:
    desk = Desk(service, "agent1", own_session=True)
    cookies = {name: value or "" for name, value in desk.http.cookies.get_dict().items()}
    assert desk.call("POST", "/logout").status_code == 200
    url = service.base + "/api/v1/desk/me"
    assert_error(requests.get(url, cookies=cookies, timeout=_CALL_S), 401, "unauthorized")


def test_a_trainer_may_not_serve_customers(service: Service) -> None:
    trainer, customer = Desk(service, "trainer"), Customer(service).open()
    assert trainer.call("GET", "/me").json()["user"]["roles"] == ["trainer"]
    for method, path in (("GET", "/queue"), ("GET", "/conversations"), ("GET", f"/conversations/{customer.id}")):
        assert_error(trainer.call(method, path), 403, "forbidden")
    assert_error(trainer.call("PUT", "/presence", json={"status": "available"}), 403, "forbidden")


@pytest.mark.parametrize("status", ["here", None, 5, ["available"]])
def test_a_wrong_presence_is_400(service: Service, status: object) -> None:
    assert_error(Desk(service, "agent1").call("PUT", "/presence", json={"status": status}), 400, "bad_request")
