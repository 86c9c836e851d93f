"""Hand-overs: what is asked, the packet that the person gets, and how the queue is ordered. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from bot.contracts import Conversation, Message, ReasonCode

PACKET_VERSION = 1

#: 0 is served first
_PRIORITY = {
    ReasonCode.emergency: 0,
    ReasonCode.regulator: 1,
    ReasonCode.complaint: 2,
    ReasonCode.anger: 2,
    ReasonCode.bot_error: 3,
    ReasonCode.backend_failure: 3,
}
_ORDINARY_PRIORITY = 4

#: wishes of the customer that the assistant has not come to
WAITING_WISHES = "waiting_wishes"

#: slots that belong to the dialogue itself and tell a person nothing
_INTERNAL = frozenset(
    {"flow_stack", "language", "misses", "anger", "other_language_run", "checks", "promises", "verified", "assurance",
     "customer_id", "requested_slot", "session_started_metadata", "handoff_reason", "action_failed", "desk_summary",
     "wish_now"}
)  # fmt: skip


class HandoffStatus(str, Enum):
    waiting = "waiting"
    accepted = "accepted"
    #: the person gave it back to the bot
    returned = "returned"
    closed = "closed"
    #: the customer left the queue
    left = "left"


class Presence(str, Enum):
    """What an agent wishes; whether they are really there is kept apart."""

    available = "available"
    away = "away"
    offline = "offline"


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
        }


@dataclass(frozen=True)
class Offer:
    """A chat that one agent is asked to take until `expires_at`."""

    id: str
    handoff_id: str
    conversation_id: str
    user_id: str
    expires_at: datetime
    reason_code: str
    language: str
    summary: str

    def as_json(self) -> dict[str, Any]:
        return {
            "offer_id": self.id,
            "conversation_id": self.conversation_id,
            "expires_at": self.expires_at.isoformat(),
            "reason_code": self.reason_code,
            "language": self.language,
            "summary": self.summary,
        }


@dataclass(frozen=True)
class Announcement:
    """What a change of owner has to tell once it is committed."""

    conversation: Conversation
    messages: tuple[Message, ...] = field(default=())


def priority_of(reason: ReasonCode) -> int:
    return _PRIORITY.get(reason, _ORDINARY_PRIORITY)


def transcript_digest(messages: Sequence[Message]) -> str:
    """sha256 over the lines `seq TAB author.kind TAB text LF`, in order, UTF-8, as stored."""
    digest = hashlib.sha256()
    for message in messages:
        digest.update(f"{message.seq}\t{message.author.kind.value}\t{message.text}\n".encode())
    return digest.hexdigest()


def build_packet(
    conversation: Conversation,
    reason: ReasonCode,
    slots: Mapping[str, Any],
    messages: Sequence[Message],
    sources: Mapping[str, tuple[int, float]],
    customer: Mapping[str, Any] | None,
    summary: str,
) -> dict[str, Any]:
    """The hand-over packet of the contract.

    Args:
        sources: slot → (seq of the customer message that it came from, confidence 0 to 1).
        messages: the whole transcript so far, oldest first.
    """
    bot_questions = [message for message in messages if message.expects]
    stack = slots.get("flow_stack") or []
    return {
        "version": PACKET_VERSION,
        "reason_code": reason.value,
        "summary": summary,
        "language": conversation.language,
        "assurance_level": conversation.assurance.value,
        "customer": dict(customer) if customer else None,
        "slots": [
            {
                "name": name,
                "value": _told(name, value),
                "source_seq": sources[name][0] if name in sources else None,
                "confidence": sources[name][1] if name in sources else None,
            }
            for name, value in sorted(slots.items())
            if name not in _INTERNAL and value is not None
        ],
        "checks": list(slots.get("checks") or ()),
        "promises": list(slots.get("promises") or ()),
        "open_question": bot_questions[-1].text
        if bot_questions and (stack or reason is ReasonCode.misunderstood)
        else None,
        "messages": {
            "count": len(messages),
            "first_seq": messages[0].seq if messages else 0,
            "last_seq": messages[-1].seq if messages else 0,
            "sha256": transcript_digest(messages),
        },
    }


def _told(name: str, value: Any) -> Any:
    """A slot's value as a person reads it: wishes that nobody has come to yet, in the customer's words."""
    if name == WAITING_WISHES:
        return "; ".join(str(wish["text"]) for wish in value)
    return value


def wait_range_s(position: int, agents: int, handling_s: Sequence[float]) -> tuple[int, int]:
    """An honest range for the wait, seconds, low and high.

    Args:
        position: 1 is next.
        agents: agents on duty, at least 1 is assumed.
        handling_s: handling times measured lately; fewer than five say little, so the range stays wide.
    """
    known = sorted(handling_s)
    enough = len(known) >= 5
    low_each = known[len(known) // 4] if enough else 120.0
    high_each = known[(len(known) * 3) // 4] if enough else 480.0
    share = position / max(agents, 1)
    low = int(max(0.5, share * 0.5) * low_each)
    return low, int(max(low + 60, share * high_each))
