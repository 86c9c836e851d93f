"""What a caller gets who does it wrong: the contract's error with the fitting status, on every route."""

from __future__ import annotations

import json
import re
import socket
import uuid
from datetime import datetime, timedelta, timezone
from typing import Any

import jwt
import pytest
import requests

from tests.conftest import Pool
from tests.integration.shapes import assert_error
from tests.service import Customer, Desk, Service, identity_token

_CALL_S = 30
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
#: open to everybody
_PUBLIC = {
    "/",
    "/console",
    "/console/{path}",
    "/docs",
    "/healthz",
    "/metrics",
    "/readyz",
    "/site/{path}",
    "/widget.js",
    "/demo/people",
    "/demo/sign-in",
    "/api/v1/conversations",
    "/api/v1/desk/login",
    "/api/openapi.json",
}
#: whose token comes in the first frame
_SOCKETS = {"/api/v1/ws"}
_TMF = "/tmf-api/"


@pytest.fixture(scope="module")
def paths(service: Service) -> dict[str, set[str]]:
    """Path of each route, its names filled in, and the methods that it has."""
    found = requests.get(service.base + "/api/openapi.json", timeout=_CALL_S).json()["paths"]
    assert len(found) > 40
    return {path: {method.upper() for method in methods} for path, methods in found.items()}


def _filled(path: str, conversation_id: str = "nobody") -> str:
    # a ticket's address has a ticket's number in it; names such as `archive` stand beside it
    path = re.sub(r"(/desk/(?:tickets|complaints)/)\{id\}", r"\1TT00000000", path)
    return re.sub(r"\{\w+\}", conversation_id, path)


def _assert_refused(answer: requests.Response, status: int, path: str) -> None:
    """TM Forum's interfaces have an error shape of their own; everything else has ours."""
    if not path.startswith(_TMF):
        assert_error(answer, status)
        return
    assert answer.status_code == status, answer.text
    body = answer.json()
    error = body.get("error", body)
    assert error["code"] and (error.get("reason") or error.get("message"))


def test_every_route_answers_an_unknown_method_with_405(service: Service, paths: dict[str, set[str]]) -> None:
    for path, methods in paths.items():
        for method in set(_METHODS) - methods:
            answer = requests.request(method, service.base + _filled(path), timeout=_CALL_S)
            _assert_refused(answer, 405, path)
            if not path.startswith(_TMF):
                assert methods <= {item.strip() for item in answer.headers["Allow"].split(",")}, path


def test_every_address_that_is_not_served_is_404(service: Service, paths: dict[str, set[str]]) -> None:
    for path in paths:
        if path.startswith(("/console", "/site")) or path == "/":
            continue
        _assert_refused(
            requests.get(service.base + _filled(path) + "/nothing/of/that/kind", timeout=_CALL_S), 404, path
        )
    assert_error(requests.get(service.base + "/site/%2e%2e/%2e%2e/settings.py", timeout=_CALL_S), 404, "not_found")
    assert_error(requests.get(service.base + "/site/" + "x" * 300, timeout=_CALL_S), 404, "not_found")
    assert requests.get(service.base + "/console/" + "x" * 300, timeout=_CALL_S).status_code == 200, "a page of the app"
    assert_error(requests.get(service.base + "/site/../channels/pages.py", timeout=_CALL_S), 404, "not_found")


def test_every_route_that_is_not_public_wants_to_know_who_calls(service: Service, paths: dict[str, set[str]]) -> None:
    seen = 0
    for path, methods in paths.items():
        if path in _PUBLIC | _SOCKETS:
            continue
        for method in methods:
            body: dict[str, Any] = {} if method == "GET" else {"json": {}}
            answer = requests.request(method, service.base + _filled(path), timeout=_CALL_S, **body)
            _assert_refused(answer, 401, path)
            seen += 1
    assert seen > 30


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'"x"',
        b"12",
        b"null",
        b'{"a": NaN}',
        b"\xff\xfe",
        b'{"text": "\xff"}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"text": "\\ud800"}',
        b'{"text": "\xed\xa0\x80"}',
        b'{"text": "a\\u0000b"}',
    ],
    ids=lambda body: repr(body[:24]),
)
def test_every_route_that_takes_json_refuses_what_is_none(
    service: Service, paths: dict[str, set[str]], body: bytes
) -> None:
    customer, desk = Customer(service).open(), Desk(service, "supervisor")
    customer_routes = {"/api/v1/conversations/{id}/messages": "POST", "/api/v1/conversations/{id}/rating": "POST"}
    for path, method in customer_routes.items():
        headers = {"Authorization": f"Bearer {customer.token}", "Content-Type": "application/json"}
        url = service.base + _filled(path, customer.id)
        assert_error(requests.request(method, url, data=body, headers=headers, timeout=_CALL_S), 400, "bad_request")
    for path in ("/api/v1/conversations", "/api/v1/desk/login", "/demo/sign-in"):
        assert_error(requests.post(service.base + path, data=body, timeout=_CALL_S), 400, "bad_request")
    for method, path in (
        ("PUT", "/presence"),
        ("POST", f"/conversations/{customer.id}/messages"),
        ("POST", f"/conversations/{customer.id}/close"),
        ("POST", f"/conversations/{customer.id}/return"),
        ("POST", f"/conversations/{customer.id}/notes"),
        ("POST", f"/conversations/{customer.id}/transfer"),
    ):
        assert_error(desk.call(method, path, data=body), 400, "bad_request")
    assert len(customer.thread()) == 1


def test_an_address_with_nul_is_400_wherever_it_stands(service: Service, paths: dict[str, set[str]]) -> None:
    for path, methods in paths.items():
        if "{" in path and "GET" in methods:
            _assert_refused(requests.get(service.base + re.sub(r"\{\w+\}", "a%00b", path), timeout=_CALL_S), 400, path)
    desk = Desk(service, "supervisor")
    for path in ("/conversations?q=a%00b", "/tickets?q=%00", "/knowledge?q=a%00b", "/queue?group=%00"):
        assert_error(desk.call("GET", path), 400, "bad_request")
    assert desk.call("GET", "/conversations?q=%2500").status_code == 200, "which is the text %00"


def test_a_body_over_the_limit_is_413(service: Service) -> None:
    assert_error(requests.post(service.base + "/api/v1/conversations", data=b" " * 12_000_000, timeout=_CALL_S), 413)


def test_a_socket_address_called_as_a_page_is_refused(service: Service) -> None:
    assert_error(requests.get(service.base + "/api/v1/ws", timeout=_CALL_S), 400, "bad_request")
    assert_error(Desk(service, "agent1").call("GET", "/ws"), 400, "bad_request")


# -- conversations and their tokens ------------------------------------------------------------------------------------

_CALLS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("GET", "/messages?after=0", {}),
    ("POST", "/messages", {"json": {"client_msg_id": "a", "text": "hi"}}),
    ("POST", "/attachments", {"files": {"file": ("a.pdf", b"%PDF-1.4")}}),
    ("GET", "/attachments/x", {}),
    ("POST", "/handoff", {}),
    ("DELETE", "/handoff", {}),
    ("POST", "/rating", {"json": {"score": 5, "solved": True}}),
    ("GET", "/transcript", {}),
)


@pytest.fixture(scope="module")
def victim(service: Service) -> Customer:
    return Customer(service, "zh").open()


@pytest.mark.parametrize(("method", "path", "body"), _CALLS, ids=lambda value: value if isinstance(value, str) else "")
class TestTokens:
    """Every customers' call, with every kind of token that is not the right one."""

    def test_an_unknown_conversation_is_404(
        self, service: Service, victim: Customer, method: str, path: str, body: Any
    ) -> None:
        stray = Customer(service, id="no-such-conversation", token=victim.token)
        assert_error(stray.call(method, path, **body), 404, "conversation_not_found")

    def test_no_token_is_401(self, service: Service, victim: Customer, method: str, path: str, body: Any) -> None:
        url = f"{service.base}/api/v1/conversations/{victim.id}{path}"
        for headers in (
            {},
            {"Authorization": ""},
            {"Authorization": "Bearer "},
            {"Authorization": f"Basic {victim.token}"},
        ):
            assert_error(requests.request(method, url, headers=headers, timeout=_CALL_S, **body), 401, "unauthorized")
        assert_error(requests.request(method, f"{url}?token={victim.token}", timeout=_CALL_S, **body), 401)

    def test_another_conversations_token_is_401(
        self, service: Service, victim: Customer, method: str, path: str, body: Any
    ) -> None:
        thief = Customer(service, id=victim.id, token=Customer(service).open().token)
        assert_error(thief.call(method, path, **body), 401, "unauthorized")

    def test_a_forged_or_expired_token_is_401(
        self, service: Service, victim: Customer, method: str, path: str, body: Any
    ) -> None:
        secret = (service.data_dir / "tokens.secret").read_text().strip()
        assert jwt.decode(victim.token, secret, algorithms=["HS256"])["cid"] == victim.id, (
            "the test knows how they are made"
        )
        now = datetime.now(timezone.utc)
        later = int((now + timedelta(days=1)).timestamp())
        good = {"cid": victim.id, "exp": later}
        head, claims, signature = victim.token.split(".")
        wrong = (
            "x",
            "a.b.c",
            jwt.encode(good, "another secret of thirty-two bytes", algorithm="HS256"),
            jwt.encode(good, "", algorithm="none"),
            jwt.encode({**good, "exp": int((now - timedelta(seconds=1)).timestamp())}, secret, algorithm="HS256"),
            jwt.encode({"cid": victim.id}, secret, algorithm="HS256"),
            jwt.encode({"exp": later}, secret, algorithm="HS256"),
            f"{head}.{claims}.{signature[::-1]}",
            f"{head}.{claims}.",
        )
        for token in wrong:
            assert_error(Customer(service, id=victim.id, token=token).call(method, path, **body), 401, "unauthorized")


def test_nobody_of_those_has_changed_anything(service: Service, victim: Customer) -> None:
    assert len(victim.thread()) == 1
    assert victim.call("GET", "/messages?after=0").json()["state"] == {"owner": "bot", "epoch": 1}


def test_headers_that_are_not_ascii_are_no_token(service: Service, victim: Customer) -> None:
    for path, header in (
        (f"/api/v1/conversations/{victim.id}/messages", b"Authorization: Bearer \xff\xe9"),
        ("/api/v1/desk/me", b"Cookie: frontline_desk=\xff\xe9"),
        ("/demo/sms", b"Authorization: Bearer \xff\xe9"),
    ):
        with socket.create_connection(("127.0.0.1", service.port), timeout=_CALL_S) as line:
            line.sendall(
                b"GET " + path.encode() + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + header + b"\r\n\r\n"
            )
            answer = b"".join(iter(lambda: line.recv(65_536), b""))
        assert answer.split(b" ", 2)[1] == b"401", answer[:200]
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["code"] == "unauthorized"


# -- identity tokens ---------------------------------------------------------------------------------------------------


def _open_as(service: Service, token: str) -> requests.Response:
    return requests.post(service.base + "/api/v1/conversations", json={"identity_token": token}, timeout=_CALL_S)


def test_a_good_identity_token_signs_the_customer_in(service: Service, pool: Pool) -> None:
    facts = pool.take("customer_basic")
    answer = _open_as(service, pool.token(facts["sub"]))
    assert answer.status_code == 201
    row = service.sql(
        "SELECT assurance, customer_id FROM conversations WHERE id = ?", answer.json()["conversation_id"]
    )[0]
    assert row["assurance"] == "signed_in" and row["customer_id"]


def test_a_forged_or_expired_identity_token_is_401(service: Service, pool: Pool) -> None:
    sub = pool.facts["needs"]["customer_basic"][0]["sub"]
    now, identity = datetime.now(timezone.utc), pool.facts["identity"]
    good = jwt.decode(pool.token(sub), options={"verify_signature": False})
    count = service.sql("SELECT count(*) AS n FROM conversations")[0]["n"]
    for token in (
        "x",
        "",
        "a.b.c",
        identity_token(pool.facts, sub, exp=now - timedelta(minutes=1)),
        identity_token(pool.facts, "nobody-of-that-name"),
        identity_token(pool.facts, sub, iss="https://elsewhere.example"),
        identity_token(pool.facts, sub, aud="another-service"),
        jwt.encode(good, "another secret of thirty-two bytes", algorithm=identity["alg"]),
        jwt.encode(good, "", algorithm="none"),
        jwt.encode(
            {key: value for key, value in good.items() if key != "exp"}, identity["secret"], algorithm=identity["alg"]
        ),
        jwt.encode(
            {key: value for key, value in good.items() if key != "sub"}, identity["secret"], algorithm=identity["alg"]
        ),
        "\u4f60\u597d." + uuid.uuid4().hex,
    ):
        if token:
            assert_error(_open_as(service, token), 401)
    assert service.sql("SELECT count(*) AS n FROM conversations")[0]["n"] == count
