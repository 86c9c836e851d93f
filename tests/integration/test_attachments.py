"""Photos and PDF files: taken by what they are, kept for those who may read the conversation."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import pytest
import requests

from tests.integration.shapes import assert_error, assert_message
from tests.service import Customer, Service

_LIMIT_BYTES = 10 * 1024 * 1024
_CALL_S = 30


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


#: a real picture, one red pixel
PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\x00\xff\x00\x00"))
    + _chunk(b"IEND", b"")
)
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
EXE = b"MZ\x90\x00\x03" + b"\x00" * 200


def _upload(customer: Customer, name: str, body: bytes) -> requests.Response:
    return customer.call("POST", "/attachments", files={"file": (name, body)})


@pytest.mark.parametrize(
    ("name", "body", "mime"),
    [
        ("router light.png", PNG, "image/png"),
        ("bill.pdf", PDF, "application/pdf"),
        ("照片.jpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 64, "image/jpeg"),
        ("a.bin", b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\x00" * 64, "image/webp"),
        ("no extension", b"GIF89a" + b"\x00" * 64, "image/gif"),
    ],
)
def test_photos_and_pdf_are_taken_shown_and_given_back(service: Service, name: str, body: bytes, mime: str) -> None:
    customer = Customer(service, "zh").open()
    answer = _upload(customer, name, body)
    assert answer.status_code == 201
    attachment_id = answer.json()["attachment_id"]
    sent = customer.call("POST", "/messages?wait=reply", json={"client_msg_id": "a", "attachment_id": attachment_id})
    assert sent.status_code == 200 and sent.json()["replies"], "the bot says something about it"
    message = customer.thread()[1]
    assert_message(message)
    (item,) = message["attachments"]
    assert (item["id"], item["name"], item["mime"], item["size"]) == (attachment_id, name, mime, len(body))
    got = requests.get(
        service.base + item["url"], headers={"Authorization": f"Bearer {customer.token}"}, timeout=_CALL_S
    )
    assert got.status_code == 200 and got.content == body
    assert got.headers["Content-Type"] == mime and got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert name in customer.call("GET", "/transcript?format=txt").text


def test_words_go_along_with_a_photo(service: Service) -> None:
    customer = Customer(service, "zh").open()
    attachment_id = _upload(customer, "a.png", PNG).json()["attachment_id"]
    body = {"client_msg_id": "a", "attachment_id": attachment_id, "text": "光猫的灯是红色的"}
    said = customer.call("POST", "/messages?wait=reply", json=body).json()
    assert said["message"]["text"] == "光猫的灯是红色的" and len(said["message"]["attachments"]) == 1
    for text in (5, "x" * 4_001):
        wrong = {"client_msg_id": "b", "attachment_id": attachment_id, "text": text}
        assert_error(customer.call("POST", "/messages", json=wrong), 400, "invalid_text")


@pytest.mark.parametrize(
    ("name", "body"),
    [("photo.png", EXE), ("page.pdf", b"<html><script>1</script>"), ("a.png", b""), ("a.svg", b"<svg onload='x()'/>"),
     ("a.zip", b"PK\x03\x04" + b"\x00" * 50), ("a.png", b" " + PNG)],
)  # fmt: skip
def test_other_kinds_are_refused_whatever_their_name(service: Service, name: str, body: bytes) -> None:
    customer = Customer(service).open()
    assert_error(_upload(customer, name, body), 422, "unsupported_file")
    assert not (service.data_dir / "uploads" / customer.id).exists(), "nothing is left of it"


def test_a_file_may_have_ten_megabytes_and_no_more(service: Service) -> None:
    customer = Customer(service).open()
    assert _upload(customer, "most.png", PNG + b"\x00" * (_LIMIT_BYTES - len(PNG))).status_code == 201
    assert_error(_upload(customer, "more.png", PNG + b"\x00" * (_LIMIT_BYTES - len(PNG) + 1)), 413, "payload_too_large")
    assert len(service.sql("SELECT id FROM attachments WHERE conversation_id = ?", customer.id)) == 1


@pytest.mark.parametrize(
    "request_body",
    [
        {"json": {"file": "x"}},
        {"data": b"x", "headers": {"Content-Type": "multipart/form-data"}},
        {"data": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
        {"files": {"file": (None, "words only")}},
        {},
    ],
)
def test_a_form_without_a_file_is_refused(service: Service, request_body: dict[str, Any]) -> None:
    assert_error(Customer(service).open().call("POST", "/attachments", **request_body), 400, "bad_request")


def test_names_that_point_elsewhere_stay_names(service: Service) -> None:
    customer = Customer(service).open()
    answer = _upload(customer, "../../../../etc/passwd.png", PNG)
    assert answer.status_code == 201 and answer.json()["name"] == "passwd.png"
    kept = list((service.data_dir / "uploads" / customer.id).iterdir())
    assert [path.name for path in kept] == [answer.json()["attachment_id"]]


def test_nobody_else_gets_the_file(service: Service) -> None:
    owner, other = Customer(service).open(), Customer(service).open()
    attachment_id = _upload(owner, "a.png", PNG).json()["attachment_id"]
    url = f"{service.base}/api/v1/conversations/{owner.id}/attachments/{attachment_id}"
    assert_error(requests.get(url, timeout=_CALL_S), 401)
    assert_error(requests.get(url, headers={"Authorization": f"Bearer {other.token}"}, timeout=_CALL_S), 401)
    assert_error(other.call("GET", f"/attachments/{attachment_id}"), 404, "not_found")
    body = {"client_msg_id": "a", "attachment_id": attachment_id}
    assert_error(other.call("POST", "/messages", json=body), 404, "not_found")
    assert_error(
        owner.call("POST", "/messages", json={"client_msg_id": "a", "attachment_id": "nope"}), 404, "not_found"
    )
    assert_error(owner.call("GET", "/attachments/..%2f..%2f..%2ffrontline.sqlite3"), 404)
