"""What Chatwoot says and what we say to it: settings, threads, its payloads parsed, its signature. No I/O.

From its published API (application API, client API of an API inbox, webhooks). A conversation's `id` is its number
within the account (`display_id`); `message_type` is a word in webhooks and a number in answers of the API.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.contracts import ReasonCode
from bot.errors import SettingsError, Unauthorized

#: a webhook's time may be this far from ours, seconds
FRESH_S = 300
#: an account of ours stands for each of their agents
_USER_PREFIX = "chatwoot:"
#: attribute of a conversation there that carries our epoch back to us
EPOCH = "frontline_epoch"
CONVERSATION = "frontline_conversation"
#: what a message that we put there is known by: `frontline:<conversation>:<n>`
_MARKER_PREFIX = "frontline:"
_LABELS = ("reason-", "language-", "class-")
_OUTGOING = ("outgoing", 1)

#: our priority, 0 first, as theirs
_PRIORITIES = ("urgent", "high", "high", "medium")


class BadSignature(Unauthorized):
    """The webhook is not signed with FRONTLINE_CHATWOOT_WEBHOOK_SECRET, or its time is over 5 minutes off."""

    code = "bad_signature"


@dataclass(frozen=True)
class ChatwootSettings:
    """Where the inbox is and how it is used."""

    url: str
    account_id: int
    inbox_identifier: str
    api_token: str
    webhook_secret: str
    #: of notes: zh or en; empty: the conversation's
    language: str
    #: close or return_to_bot
    when_resolved: str
    return_label: str
    check_s: float
    #: where people find the conversation in our console
    console_url: str

    def __post_init__(self) -> None:
        needed = {
            "URL": self.url.startswith(("http://", "https://")),
            "ACCOUNT_ID": self.account_id > 0,
            "INBOX_IDENTIFIER": bool(self.inbox_identifier),
            "API_TOKEN": bool(self.api_token),
            "WEBHOOK_SECRET": bool(self.webhook_secret),
        }
        missing = [f"FRONTLINE_CHATWOOT_{name}" for name, is_there in needed.items() if not is_there]
        if missing:
            raise SettingsError(f"FRONTLINE_DESK is chatwoot, which needs {', '.join(missing)}. See docs/desks.md.")
        if self.when_resolved not in ("close", "return_to_bot"):
            raise SettingsError(
                f"FRONTLINE_CHATWOOT_WHEN_RESOLVED is {self.when_resolved!r}. Choose close or return_to_bot."
            )
        if self.language not in ("", "zh", "en"):
            raise SettingsError(f"FRONTLINE_CHATWOOT_LANGUAGE is {self.language!r}. Choose zh or en, or leave it out.")


@dataclass(frozen=True)
class Thread:
    """A conversation of ours in their inbox; columns as in `chatwoot_threads`."""

    conversation_id: str
    chatwoot_id: int | None
    is_open: bool
    phase_epoch: int
    live_epoch: int | None
    told_seq: int
    posted_id: int
    seen_message_id: int
    status: str
    assignee_id: int | None
    heard_at: float | None


@dataclass(frozen=True)
class Person:
    """One of their agents."""

    id: int
    name: str

    @property
    def user_id(self) -> str:
        """Of the account of ours that stands for them."""
        return f"{_USER_PREFIX}{self.id}"


@dataclass(frozen=True)
class File:
    name: str
    url: str


@dataclass(frozen=True)
class Reply:
    """What one of their agents wrote."""

    message_id: int
    author: Person
    text: str
    files: tuple[File, ...]
    #: their system shows it as not delivered
    is_failed: bool
    #: for colleagues only
    is_note: bool


@dataclass(frozen=True)
class Snapshot:
    """How a conversation stands there."""

    chatwoot_id: int
    status: str
    assignee: Person | None
    labels: frozenset[str]
    #: of ours, as last told
    epoch: int | None
    #: seconds since 1970
    updated_at: float | None


def is_theirs(user_id: str | None) -> bool:
    """Whether an account of ours stands for one of their agents."""
    return (user_id or "").startswith(_USER_PREFIX)


def source_id(conversation_id: str) -> str:
    """What their inbox knows the customer of a conversation by."""
    return f"frontline-{conversation_id}"


def marker(conversation_id: str, part: str) -> str:
    """What one message of ours is known by there, so that it is never put there twice."""
    return f"{_MARKER_PREFIX}{conversation_id}:{part}"


def marker_of(message: Mapping[str, Any]) -> str | None:
    """The marker of a message of theirs; None when somebody else wrote it."""
    attributes = message.get("content_attributes")
    found = attributes.get("frontline_id") if isinstance(attributes, Mapping) else None
    found = found or message.get("source_id")
    return found if isinstance(found, str) and found.startswith(_MARKER_PREFIX) else None


def check_signature(secret: str, timestamp: str, body: bytes, signature: str, now: datetime) -> None:
    """Check `sha256=<hex>`, HMAC-SHA256 over `timestamp.body`, in constant time.

    Raises:
        BadSignature: it is not ours, or too old.
    """
    made = "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    is_ours = hmac.compare_digest(made.encode(), signature.encode())
    is_fresh = timestamp.isascii() and timestamp.isdigit() and abs(now.timestamp() - int(timestamp)) <= FRESH_S
    if not (is_ours and is_fresh):
        raise BadSignature()


def reply_of(message: Mapping[str, Any]) -> Reply | None:
    """What a person wrote, a reply or a note; None for the customer's own lines, templates and what we wrote."""
    sender = message.get("sender")
    if (
        message.get("message_type") not in _OUTGOING
        or marker_of(message) is not None
        or not isinstance(message.get("id"), int)
        or not isinstance(sender, Mapping)
        or sender.get("type", "user") != "user"
        or (person := person_of(sender)) is None
    ):
        return None
    attributes = message.get("content_attributes")
    if isinstance(attributes, Mapping) and attributes.get("deleted"):
        return None
    files = tuple(
        File(str(item.get("file_name") or item["data_url"].rsplit("/", 1)[-1]), item["data_url"])
        for item in message.get("attachments") or ()
        if isinstance(item, Mapping) and isinstance(item.get("data_url"), str)
    )
    text = str(message.get("content") or "").strip()
    if not text and not files:
        return None
    return Reply(message["id"], person, text, files, message.get("status") == "failed", bool(message.get("private")))


def person_of(body: object) -> Person | None:
    if not isinstance(body, Mapping) or not isinstance(body.get("id"), int):
        return None
    name = body.get("available_name") or body.get("name")
    return Person(body["id"], str(name).strip()) if name and str(name).strip() else None


def snapshot_of(body: Mapping[str, Any]) -> Snapshot | None:
    """A conversation of theirs, from a webhook or an answer of the API."""
    if not isinstance(body.get("id"), int) or not isinstance(body.get("status"), str):
        return None
    meta = body.get("meta")
    attributes = body.get("custom_attributes")
    epoch = attributes.get(EPOCH) if isinstance(attributes, Mapping) else None
    labels, updated_at = body.get("labels"), body.get("updated_at")
    return Snapshot(
        body["id"],
        body["status"],
        person_of(meta.get("assignee")) if isinstance(meta, Mapping) else None,
        frozenset(str(label) for label in labels) if isinstance(labels, list) else frozenset(),
        int(epoch) if isinstance(epoch, int | float | str) and str(epoch).isdigit() else None,
        float(updated_at) if isinstance(updated_at, int | float) else None,
    )


def labels_for(reason: ReasonCode, language: str, customer_class: str | None) -> tuple[str, ...]:
    """Labels of a hand-over: small letters and hyphens, as their labels are."""
    made = [f"reason-{reason.value}", f"language-{language}"]
    if customer_class:
        made.append(f"class-{customer_class}")
    return tuple(label.replace("_", "-").lower() for label in made)


def merged_labels(there: list[str], ours: tuple[str, ...], return_label: str) -> list[str]:
    """Their people's labels stay; ours of an earlier hand-over go, and the one by which it was given back."""
    return [label for label in there if not label.startswith(_LABELS) and label != return_label] + list(ours)


def priority_there(priority: int) -> str | None:
    """urgent, high or medium; None for an ordinary one."""
    return _PRIORITIES[priority] if 0 <= priority < len(_PRIORITIES) else None
