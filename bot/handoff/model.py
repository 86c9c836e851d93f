"""Hand-overs, the people of the desk and what they are offered. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from bot.contracts import Conversation, Message, ReasonCode

#: an anonymous or ordinary customer wants nobody special
ORDINARY = (None, "consumer")
#: class of an ordinary customer who needs extra care
VULNERABLE = "vulnerable"


class HandoffStatus(str, Enum):
    waiting = "waiting"
    accepted = "accepted"
    #: the person gave it back to the bot
    returned = "returned"
    closed = "closed"
    #: the customer left the queue
    left = "left"
    #: the customer would rather be called
    callback = "callback"
    #: the customer left a ticket instead
    ticket = "ticket"


class Presence(str, Enum):
    """What an agent wishes; whether they are really there is kept apart."""

    available = "available"
    away = "away"
    offline = "offline"


class PresenceReason(str, Enum):
    """Why somebody's presence was set for them."""

    #: an offer rang and nobody answered
    no_answer = "no_answer"
    #: their console has not been heard of for the grace time
    connection_lost = "connection_lost"


@dataclass(frozen=True)
class Wish:
    """What somebody of the desk has set, or what was set for them."""

    user_id: str
    status: Presence
    reason: PresenceReason | None
    since: datetime | None
    #: when they last took or ended a chat
    served_at: datetime | None = None


class Outcome(str, Enum):
    """How an offer ended."""

    accepted = "accepted"
    declined = "declined"
    no_answer = "no_answer"
    #: the customer left, or somebody took the chat out of turn
    withdrawn = "withdrawn"


@dataclass(frozen=True)
class Handoff:
    id: str
    conversation_id: str
    status: HandoffStatus
    reason_code: ReasonCode
    language: str
    priority: int
    requested_at: datetime
    packet: Mapping[str, Any]
    accepted_at: datetime | None = None
    ended_at: datetime | None = None
    agent_id: str | None = None
    disposition: Mapping[str, Any] | None = None
    group_id: str = "general"
    product: str | None = None
    customer_class: str | None = None
    #: order of service while it waits: the earlier, the sooner
    rank_at: datetime | None = None
    #: a transfer to this person alone
    direct_to: str | None = None
    last_agent_id: str | None = None
    #: what the customer was promised, seconds from `requested_at`
    eta_s: tuple[int, int] | None = None
    first_response_at: datetime | None = None
    first_response_due_at: datetime | None = None
    #: the fact that the bot is asking for meanwhile
    asking: str | None = None

    def as_json(self) -> dict[str, Any]:
        """What the console shows of it beside the packet."""
        return {
            "id": self.id,
            "status": self.status.value,
            "reason_code": self.reason_code.value,
            "group": self.group_id,
            "agent_id": self.agent_id,
            "requested_at": self.requested_at.isoformat(),
            "accepted_at": _text(self.accepted_at),
            "ended_at": _text(self.ended_at),
            "first_response_at": _text(self.first_response_at),
            "first_response_due_at": _text(self.first_response_due_at),
            "disposition": dict(self.disposition) if self.disposition else None,
        }


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


@dataclass(frozen=True)
class User:
    """Somebody of the desk."""

    id: str
    username: str
    #: {zh, en}
    name: Mapping[str, str]
    roles: frozenset[str]
    languages: tuple[str, ...]
    #: chats at once
    capacity: int
    #: of data/desk/groups.yml
    groups: tuple[str, ...] = ()
    #: products that they know; none named: all
    products: tuple[str, ...] = ()
    #: classes of customers that they are trained for
    classes: tuple[str, ...] = ()

    def shown_name(self, language: str) -> str:
        return self.name.get(language) or self.name.get("zh") or self.username

    def may(self, *roles: str) -> bool:
        return "admin" in self.roles or bool(self.roles & set(roles))

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "username": self.username,
            "name": dict(self.name),
            "roles": sorted(self.roles),
            "languages": list(self.languages),
            "capacity": self.capacity,
            "groups": list(self.groups),
            "products": list(self.products),
            "classes": list(self.classes),
        }


@dataclass(frozen=True)
class Waiting:
    """One who waits, as the router knows them; small, since there may be thousands."""

    handoff_id: str
    conversation_id: str
    reason_code: str
    group_id: str
    language: str
    product: str | None
    customer_class: str | None
    priority: int
    requested_at: datetime
    rank_at: datetime
    direct_to: str | None
    last_agent_id: str | None
    #: who has just handed it on, and until when it is not offered to them
    spared_id: str | None = None
    spared_until: datetime | None = None


@dataclass(frozen=True)
class Offer:
    """A chat that one person is asked to take until `expires_at`."""

    id: str
    handoff_id: str
    conversation_id: str
    user_id: str
    group_id: str
    offered_at: datetime
    expires_at: datetime
    reason_code: str
    priority: int
    language: str
    requested_at: datetime
    #: whether this customer knows them
    last_agent: bool = False
    summary: str = ""
    #: the summary by language
    summaries: Mapping[str, str] = field(default_factory=dict)
    #: the customer as the packet has it
    customer: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "offer_id": self.id,
            "conversation_id": self.conversation_id,
            "expires_at": self.expires_at.isoformat(),
            "offered_at": self.offered_at.isoformat(),
            "window_s": round((self.expires_at - self.offered_at).total_seconds()),
            "reason_code": self.reason_code,
            "group": self.group_id,
            "priority": self.priority,
            "language": self.language,
            "waited_ms": int((self.offered_at - self.requested_at).total_seconds() * 1000),
            "summary": self.summary,
            "summaries": dict(self.summaries),
            "customer": dict(self.customer) if self.customer else None,
            "last_agent": self.last_agent,
        }


@dataclass(frozen=True)
class Announcement:
    """What a change of owner has to tell once it is committed."""

    conversation: Conversation
    messages: tuple[Message, ...] = field(default=())
    handoff_id: str | None = None
