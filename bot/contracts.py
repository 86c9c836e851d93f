"""What crosses a wire: frozen dataclasses and enums, no I/O. JSON shapes are those of `/docs`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

Json = Mapping[str, Any]

#: Most characters in one message, after trimming.
TEXT_LIMIT = 4_000


class Owner(str, Enum):
    """Who speaks. Every change raises the conversation's epoch by one."""

    bot = "bot"
    #: waits for a person; the bot may collect facts, nothing else
    queued = "queued"
    agent = "agent"
    closed = "closed"


class AuthorKind(str, Enum):
    customer = "customer"
    bot = "bot"
    agent = "agent"
    #: notices such as "Ms Li has joined"
    system = "system"


class Assurance(str, Enum):
    """How sure we are who the customer is, lowest first."""

    anonymous = "anonymous"
    #: passed a one-time code sent to the number on record
    otp = "otp"
    #: signed in on the operator's site
    signed_in = "signed_in"

    @property
    def verified(self) -> bool:
        return self is not Assurance.anonymous


class ReasonCode(str, Enum):
    """Why a conversation went to a person."""

    customer_request = "customer_request"
    misunderstood = "misunderstood"
    anger = "anger"
    complaint = "complaint"
    regulator = "regulator"
    emergency = "emergency"
    policy = "policy"
    identity_failed = "identity_failed"
    backend_failure = "backend_failure"
    bot_error = "bot_error"
    #: somebody of the desk took part by themselves
    desk_initiative = "desk_initiative"


@dataclass(frozen=True)
class Author:
    kind: AuthorKind
    name: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {"kind": self.kind.value, **({"name": self.name} if self.name else {})}


@dataclass(frozen=True)
class Button:
    """A label for the customer; the payload (`/intent{...}`) stays on the server."""

    id: str
    label: str
    payload: str

    def as_json(self) -> dict[str, str]:
        return {"id": self.id, "label": self.label}


@dataclass(frozen=True)
class Message:
    """One row of the ledger. `seq` starts at 1 and rises by one within a conversation."""

    conversation_id: str
    seq: int
    id: str
    at: datetime
    author: Author
    text: str
    client_msg_id: str | None = None
    buttons: tuple[Button, ...] = ()
    expects: str | None = None
    attachments: tuple[Json, ...] = ()
    data: Json | None = None
    #: what a pressed button or the channel adds for the assistant; never leaves the server
    payload: str | None = None

    def as_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "seq": self.seq,
            "id": self.id,
            "at": self.at.isoformat(),
            "author": self.author.as_json(),
            "text": self.text,
        }
        if self.client_msg_id:
            body["client_msg_id"] = self.client_msg_id
        if self.buttons:
            body["buttons"] = [button.as_json() for button in self.buttons]
        if self.expects:
            body["expects"] = {"slot": self.expects}
        if self.attachments:
            body["attachments"] = [dict(item) for item in self.attachments]
        if self.data:
            body["data"] = dict(self.data)
        return body


@dataclass(frozen=True)
class Draft:
    """A message that somebody wants to say; the ledger gives it `seq`, `id` and time on commit."""

    author: Author
    text: str
    client_msg_id: str | None = None
    buttons: tuple[Button, ...] = ()
    expects: str | None = None
    attachments: tuple[Json, ...] = ()
    data: Json | None = None
    payload: str | None = None


@dataclass(frozen=True)
class QueuePlace:
    """1 is next; `eta_s` is a range in seconds, low and high, and worth nothing while nobody is on duty."""

    position: int
    eta_s: tuple[int, int]
    on_duty: bool
    #: id of the group that is waited for
    group: str = ""
    #: whether the group's hours run
    open: bool = True
    #: what the customer may do instead
    choices: tuple[str, ...] = ("leave", "callback", "ticket")
    #: when the group's hours begin again
    opens_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "position": self.position,
            "eta_s": list(self.eta_s),
            "on_duty": self.on_duty,
            "group": self.group,
            "open": self.open,
            "choices": list(self.choices),
            **({"opens_at": self.opens_at.isoformat()} if self.opens_at else {}),
            # the place stays the customer's when they leave the window
            "kept": True,
        }


@dataclass(frozen=True)
class ConversationState:
    owner: Owner
    epoch: int
    queue: QueuePlace | None = None
    agent_name: str | None = None
    #: how far the person who has the chat has read it
    read_seq: int = 0
    #: who is still to be rated, `agent` and `bot`; once it is over
    rate: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"owner": self.owner.value, "epoch": self.epoch}
        if self.queue:
            body["queue"] = self.queue.as_json()
        if self.agent_name:
            body["agent"] = {"name": self.agent_name}
        if self.read_seq:
            body["read_seq"] = self.read_seq
        if self.rate:
            body["rate"] = list(self.rate)
        return body


@dataclass(frozen=True)
class Conversation:
    """The head of a conversation as stored.

    `last_seq` is the newest message; `answered_seq` the newest customer message that a turn or person has dealt with.
    """

    id: str
    language: str
    owner: Owner
    epoch: int
    last_seq: int
    answered_seq: int
    assurance: Assurance
    customer_id: str | None
    agent_id: str | None
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None = None
    metadata: Json = field(default_factory=dict)
    #: turns that the assistant has taken
    turns: int = 0
