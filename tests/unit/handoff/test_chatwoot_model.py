"""What Chatwoot sends is read with care: signatures, replies, states."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timezone
from typing import Any

import pytest

from bot.contracts import ReasonCode
from bot.errors import SettingsError
from bot.handoff.desks.chatwoot.model import (
    BadSignature,
    ChatwootSettings,
    Person,
    check_signature,
    labels_for,
    marker,
    merged_labels,
    priority_there,
    reply_of,
    snapshot_of,
)

_NOW = datetime(2026, 11, 22, 8, 0, tzinfo=timezone.utc)
_REPLY: dict[str, Any] = {
    "id": 5,
    "content": " hello ",
    "message_type": "outgoing",
    "private": False,
    "sender": {"id": 11, "name": "Wang", "type": "user"},
}


def _signed(timestamp: str, body: bytes, secret: bytes = b"s") -> str:
    return "sha256=" + hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


@pytest.mark.parametrize("off_s", [-300, 0, 300])
def test_a_right_signature_of_the_last_five_minutes_passes(off_s: int) -> None:
    timestamp = str(int(_NOW.timestamp()) + off_s)
    check_signature("s", timestamp, b"{}", _signed(timestamp, b"{}"), _NOW)


@pytest.mark.parametrize(
    ("timestamp", "signature"),
    [
        (str(int(_NOW.timestamp()) - 301), None),
        (str(int(_NOW.timestamp()) + 301), None),
        ("", None),
        ("²", None),
        ("1e9", None),
        (str(int(_NOW.timestamp())), ""),
        (str(int(_NOW.timestamp())), "sha256=é"),
        (str(int(_NOW.timestamp())), _signed(str(int(_NOW.timestamp())), b"{}", b"other")),
    ],
)
def test_other_signatures_and_times_do_not(timestamp: str, signature: str | None) -> None:
    with pytest.raises(BadSignature):
        check_signature("s", timestamp, b"{}", signature if signature is not None else _signed(timestamp, b"{}"), _NOW)


@pytest.mark.parametrize("kind", ["outgoing", 1])
def test_a_reply_is_read_from_a_webhook_and_from_the_api(kind: object) -> None:
    reply = reply_of({**_REPLY, "message_type": kind})
    assert reply is not None
    assert (reply.message_id, reply.author, reply.text, reply.is_failed) == (5, Person(11, "Wang"), "hello", False)


@pytest.mark.parametrize("is_note", [False, True])
def test_a_note_is_told_from_a_reply(is_note: bool) -> None:
    reply = reply_of({**_REPLY, "private": is_note})
    assert reply is not None and reply.is_note is is_note


@pytest.mark.parametrize(
    "change",
    [
        {"message_type": "incoming"},
        {"message_type": 0},
        {"message_type": "template"},
        {"message_type": "activity"},
        {"source_id": marker("c", "4")},
        {"content_attributes": {"frontline_id": marker("c", "4")}},
        {"content_attributes": {"deleted": True}},
        {"sender": {"id": 3, "name": "bot", "type": "agent_bot"}},
        {"sender": None},
        {"sender": {"id": 3, "name": "  "}},
        {"content": "  "},
        {"content": None},
        {"id": "5"},
    ],
    ids=str,
)
def test_what_is_no_reply_of_a_person_is_none(change: dict[str, Any]) -> None:
    assert reply_of({**_REPLY, **change}) is None


def test_a_file_alone_is_a_reply() -> None:
    reply = reply_of({**_REPLY, "content": None, "attachments": [{"data_url": "https://d.example/f/p.png"}, "x", {}]})
    assert reply is not None and [(file.name, file.url) for file in reply.files] == [
        ("p.png", "https://d.example/f/p.png")
    ]


def test_a_state_is_read_with_its_epoch_and_without_guessing() -> None:
    body = {
        "id": 3,
        "status": "open",
        "labels": ["vip"],
        "meta": {"assignee": {"id": 11, "name": "W", "available_name": "Wang"}},
        "custom_attributes": {"frontline_epoch": "4"},
        "updated_at": 7.5,
    }
    found = snapshot_of(body)
    assert found is not None
    assert (found.assignee, found.epoch, found.updated_at) == (Person(11, "Wang"), 4, 7.5)
    assert found.labels == frozenset({"vip"})
    bare = snapshot_of({"id": 3, "status": "open", "custom_attributes": {"frontline_epoch": "x"}})
    assert bare is not None and (bare.assignee, bare.epoch, bare.updated_at) == (None, None, None)
    assert snapshot_of({"id": "3", "status": "open"}) is None


def test_their_labels_stay_and_ours_are_of_the_newest_hand_over() -> None:
    ours = labels_for(ReasonCode.customer_request, "en", "Gold_Plus")
    assert ours == ("reason-customer-request", "language-en", "class-gold-plus")
    there = ["reason-anger", "vip", "return_to_bot", "language-zh"]
    assert merged_labels(there, ours, "return_to_bot") == ["vip", *ours]


def test_priorities_have_their_names_there() -> None:
    assert [priority_there(number) for number in (0, 1, 3, 4, -1)] == ["urgent", "high", "medium", None, None]


def test_what_the_settings_lack_is_named() -> None:
    with pytest.raises(SettingsError, match="FRONTLINE_CHATWOOT_ACCOUNT_ID, FRONTLINE_CHATWOOT_API_TOKEN"):
        ChatwootSettings("https://d.example", 0, "i", "", "s", "", "close", "r", 60.0, "c")
    with pytest.raises(SettingsError, match="WHEN_RESOLVED"):
        ChatwootSettings("https://d.example", 1, "i", "t", "s", "", "reopen", "r", 60.0, "c")
