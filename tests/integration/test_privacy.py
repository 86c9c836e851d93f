"""What a customer types stays where it belongs: secrets are masked before anything is stored, nothing is logged."""

from __future__ import annotations

import secrets

import pytest

from tests.conftest import Pool
from tests.integration.test_attachments import PNG
from tests.service import Customer, Desk, Service

#: what is typed, what must not be found anywhere, what stays readable
_SECRETS = [
    ("我的身份证号是110101199003077758，帮我查一下", "110101199003077758", "7758"),
    ("id card 11010119900307201X please", "11010119900307201X", "201X"),
    ("身份证 110101 19900307 7758", "110101 19900307 7758", "7758"),
    ("my card is 4111 1111 1111 1111 ok?", "4111 1111 1111 1111", "1111"),
    ("银行卡6222021234567890128扣款了", "6222021234567890128", "0128"),
    ("4111 1111 1111 1112", "4111 1111 1111 1112", "1112"),
    ("4111-1111-1111-1111", "4111-1111-1111-1111", "1111"),
    ("我的服务密码是Qx73kz91", "Qx73kz91", "密码"),
    ("my password is S3cret!pw", "S3cret!pw", "password"),
    ("password: hunter2x9", "hunter2x9", "password"),
    ("wifi密码：88hongqi66", "88hongqi66", "密码"),
]


def _files_holding(service: Service, needle: str) -> list[str]:
    """Files below the data directory that hold these bytes; write-ahead logs and uploads among them."""
    wanted = needle.encode()
    found = []
    for path in service.data_dir.rglob("*"):
        if path.is_file() and not path.is_socket() and wanted in path.read_bytes():
            found.append(path.name)
    return found


@pytest.mark.parametrize(("text", "secret", "kept"), _SECRETS, ids=[item[1] for item in _SECRETS])
def test_numbers_and_passwords_are_masked_before_they_are_stored(
    service: Service, text: str, secret: str, kept: str
) -> None:
    customer = Customer(service).open()
    customer.say(text)
    stored = customer.thread()[1]["text"]
    assert secret not in stored and "***" in stored and kept in stored
    assert len(stored) == len(text)
    assert secret not in customer.call("GET", "/transcript").text
    assert _files_holding(service, secret) == []


def test_a_secret_beside_a_photo_in_a_rating_and_towards_a_person_is_masked_too(service: Service) -> None:
    customer = Customer(service, "zh").open()
    card = "6222020000000000013"
    attachment_id = customer.call("POST", "/attachments", files={"file": ("a.png", PNG)}).json()["attachment_id"]
    customer.post({"attachment_id": attachment_id, "text": f"卡号{card}"})
    customer.call("POST", "/handoff")
    customer.post({"text": f"我再说一次 {card}"})
    customer.call("DELETE", "/handoff")
    body = {"score": 1, "solved": False, "comment": f"我的卡 {card}"}
    assert customer.call("POST", "/rating", json=body).status_code == 201
    assert "***" in customer.thread()[1]["text"]
    assert _files_holding(service, card) == []


@pytest.mark.parametrize(
    "text",
    [
        "我的手机号是13800138000",
        "订单号 2026112100012345",
        "my password is wrong",
        "忘记密码了怎么办",
        "ticket F-20261121-0007",
        "I paid 1234567890123456 yesterday",
        "2026年11月21日 14:30",
    ],
)
def test_what_is_no_secret_is_kept_as_typed(service: Service, text: str) -> None:
    customer = Customer(service).open()
    customer.say(text)
    assert customer.thread()[1]["text"] == text


def test_nothing_that_anybody_says_is_logged(service: Service, pool: Pool) -> None:
    marker = "zq" + secrets.token_hex(6)
    customer, facts = pool.customer("customer_basic", "en")
    for text in (
        f"hello {marker}",
        f"my broadband is down {marker}",
        f"{marker}",
        f"/restart {marker}",
        f"I want to complain: {marker}",
    ):
        customer.say(text)
    customer.call("POST", "/messages", json={"client_msg_id": "a", "text": marker + "x" * 4_001})
    customer.call("POST", "/messages", data=f'{{"text": "{marker}'.encode())
    customer.call("POST", "/messages", json={"client_msg_id": "a", "button_id": marker})
    customer.call("POST", "/handoff")
    customer.call("POST", "/rating", json={"score": 5, "solved": True, "comment": marker})
    desk = Desk(service, "agent1")
    assert desk.call("POST", f"/conversations/{customer.id}/take").status_code == 200
    assert desk.call("POST", f"/conversations/{customer.id}/messages", json={"text": marker}).status_code == 201
    assert desk.call("POST", f"/conversations/{customer.id}/notes", json={"text": marker}).status_code == 201
    assert desk.call("POST", f"/conversations/{customer.id}/return", json={"summary": marker}).status_code == 200
    customer.say(f"thanks {marker}")
    log = service.log.read_text("utf-8", "replace")
    assert customer.id in log, "it is the log of this service"
    for hidden in (marker, customer.token, facts["phone"][-11:], facts["name"]):
        assert hidden not in log
    assert any(marker in message["text"] for message in customer.thread())
