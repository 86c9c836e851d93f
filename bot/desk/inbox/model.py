"""The desk's lists: what is asked for, what a row shows, and where the next page begins. Pure."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from bot.contracts import Conversation, Message
from bot.errors import BadRequest

#: a list shows at most so many rows at once
LARGEST_PAGE = 500


class Scope(str, Enum):
    """Which conversations a list shows."""

    mine = "mine"
    queued = "queued"
    #: of my groups, waiting or with a person
    group = "group"
    open = "open"
    closed = "closed"
    all = "all"
    #: a note names me
    mentions = "mentions"
    #: for supervisors
    low_ratings = "low_ratings"
    #: I am in as a guest or watcher
    watched = "watched"


class Sort(str, Enum):
    #: longest unanswered first
    waiting = "waiting"
    #: last active first
    newest = "newest"
    #: first opened first
    oldest = "oldest"


@dataclass(frozen=True)
class ListQuery:
    """What a list is asked for; a filter that is None lets everything pass."""

    scope: Scope
    user_id: str
    sort: Sort = Sort.newest
    #: my groups, for `Scope.group`
    groups: tuple[str, ...] = ()
    group: str | None = None
    agent: str | None = None
    language: str | None = None
    reason: str | None = None
    product: str | None = None
    #: conversations and customers that the search found; None: nothing was searched for
    found_ids: tuple[str, ...] | None = None
    found_customers: tuple[str, ...] = ()
    #: values of the sort's keys in the last row of the page before
    after: tuple[str, ...] | None = None
    limit: int = 50


@dataclass(frozen=True)
class Viewer:
    """Somebody who has a conversation on their screen."""

    user_id: str
    #: has begun to write and not sent it
    drafting: bool


@dataclass(frozen=True)
class Hit:
    """Where the words searched for stand in a transcript."""

    seq: int
    #: the words with some before and behind, masked
    text: str


@dataclass(frozen=True)
class Asked:
    """Why and since when a person is wanted, from the newest hand-over."""

    reason_code: str
    requested_at: datetime
    group: str | None
    product: str | None
    first_response_due_at: datetime | None


@dataclass(frozen=True)
class Entry:
    """One conversation of a list as the tables have it."""

    head: Conversation
    waiting_since: datetime | None
    last: Message | None
    asked: Asked | None
    #: where the page after this row begins
    cursor: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """One conversation of a list with all that is shown of it."""

    entry: Entry
    unread: int
    #: {zh, en}
    agent_name: Mapping[str, str] | None
    customer: Mapping[str, Any] | None
    viewers: Sequence[Mapping[str, Any]] = ()
    rating: Mapping[str, Any] | None = None
    #: first time by which something is due on an open ticket of the chat or its customer; it may have passed
    ticket_due_at: datetime | None = None
    hits: Sequence[Hit] = ()

    def as_json(self) -> dict[str, Any]:
        head, asked = self.entry.head, self.entry.asked
        waiting = self.entry.waiting_since
        body: dict[str, Any] = {
            "conversation_id": head.id,
            "owner": head.owner.value,
            "agent_id": head.agent_id,
            "agent": dict(self.agent_name) if self.agent_name else None,
            "language": head.language,
            "updated_at": head.updated_at.isoformat(),
            "last_message": self.entry.last.as_json() if self.entry.last else None,
            "customer": dict(self.customer) if self.customer else None,
            "group": asked.group if asked else None,
            "product": asked.product if asked else None,
            "reason_code": asked.reason_code if asked else None,
            "requested_at": asked.requested_at.isoformat() if asked else None,
            "unanswered_since": waiting.isoformat() if waiting else None,
            "first_response_due_at": asked.first_response_due_at.isoformat()
            if asked and asked.first_response_due_at
            else None,
            "ticket_due_at": self.ticket_due_at.isoformat() if self.ticket_due_at else None,
            "unread": self.unread,
            "viewers": list(self.viewers),
            "rating": dict(self.rating) if self.rating else None,
        }
        if self.hits:
            body["hits"] = [{"seq": hit.seq, "text": hit.text} for hit in self.hits]
        return body


@dataclass(frozen=True)
class Page:
    rows: Sequence[Row]
    #: opaque; None at the end
    next: str | None
    total: int = field(default=0)


def write_cursor(sort: Sort, values: Sequence[str]) -> str:
    """An opaque name for the place after a row."""
    return base64.urlsafe_b64encode(json.dumps([sort.value, *values]).encode()).decode().rstrip("=")


def read_cursor(sort: Sort, cursor: str | None) -> tuple[str, ...] | None:
    """The place that a cursor names; None for the beginning.

    Raises:
        BadRequest: it is none, or of a list in another order.
    """
    if not cursor:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if values[0] == sort.value and all(isinstance(value, str) for value in values):
            return tuple(values[1:])
    except (ValueError, binascii.Error, TypeError, IndexError, KeyError):
        pass
    raise BadRequest("after is the next of the page before, with the same sort.")
