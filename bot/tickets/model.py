"""Tickets as TMF621 means them: types, states, the moves between them, and what priority a case gets. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from bot.errors import BadRequest, Conflict, NotFound


class TicketNotFound(NotFound):
    """No ticket has this number. Check the number; it is TT and eight digits."""

    code = "ticket_not_found"


class IllegalTransition(Conflict):
    """A ticket cannot go from its state to that one. Read it again and choose a state that follows."""

    code = "illegal_transition"


class InvalidTicket(BadRequest):
    """The ticket's facts cannot be used. The message names the field."""

    code = "invalid_ticket"


class StaleTicket(Conflict):
    """The ticket has changed since the version that was named. Read it again, then decide."""

    code = "stale_ticket"


class TicketArchived(Conflict):
    """This ticket is in the archive and does not change any more. Open a new one that names it."""

    code = "ticket_archived"


class PersonRequired(Conflict):
    """Only a person ends a complaint. Leave it resolved until somebody has called the customer back."""

    code = "person_required"


class TicketType(str, Enum):
    fault = "fault"
    complaint = "complaint"
    #: a change, an order, a wish
    request = "request"


class TicketStatus(str, Enum):
    """The eight states of TMF621."""

    acknowledged = "acknowledged"
    rejected = "rejected"
    #: waits for the customer: our own clock stands still, the legal one runs
    pending = "pending"
    #: blocked on our side: every clock runs
    held = "held"
    in_progress = "inProgress"
    resolved = "resolved"
    closed = "closed"
    cancelled = "cancelled"

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something."""
        return self in OPEN


class Severity(str, Enum):
    critical = "Critical"
    major = "Major"
    minor = "Minor"


class Priority(str, Enum):
    """How soon somebody takes it up, most urgent first."""

    critical = "Critical"
    high = "High"
    medium = "Medium"
    low = "Low"

    def raised(self) -> Priority:
        """One step more urgent; the top stays the top."""
        order = list(Priority)
        return order[max(0, order.index(self) - 1)]


_S = TicketStatus

#: the moves that are allowed; a state may always stay itself
TRANSITIONS: Mapping[TicketStatus, frozenset[TicketStatus]] = {
    _S.acknowledged: frozenset({_S.in_progress, _S.pending, _S.held, _S.rejected, _S.cancelled}),
    _S.in_progress: frozenset({_S.pending, _S.held, _S.resolved, _S.cancelled}),
    _S.pending: frozenset({_S.in_progress, _S.held, _S.resolved, _S.cancelled}),
    _S.held: frozenset({_S.in_progress, _S.pending, _S.resolved, _S.cancelled}),
    _S.resolved: frozenset({_S.closed, _S.in_progress}),
    _S.rejected: frozenset(),
    _S.closed: frozenset(),
    _S.cancelled: frozenset(),
}

OPEN = frozenset({_S.acknowledged, _S.in_progress, _S.pending, _S.held})
#: nothing follows any more
ENDED = frozenset({_S.rejected, _S.closed, _S.cancelled})
#: authors who are no person at the operator
AUTOMATIC = frozenset({"bot", "system", "customer", "chat"})

_PRIORITY: Mapping[Severity, Priority] = {
    Severity.critical: Priority.critical,
    Severity.major: Priority.high,
    Severity.minor: Priority.medium,
}
_REQUEST_PRIORITY: Mapping[Severity, Priority] = {
    Severity.critical: Priority.high,
    Severity.major: Priority.medium,
    Severity.minor: Priority.low,
}


def priority_of(ticket_type: TicketType, severity: Severity) -> Priority:
    """What priority a new ticket gets; a request ranks one step below a fault or a complaint."""
    return (_REQUEST_PRIORITY if ticket_type is TicketType.request else _PRIORITY)[severity]


def check_move(old: TicketStatus, new: TicketStatus) -> None:
    """Accept a move, or raise `IllegalTransition` naming the states that may follow."""
    if new is old or new in TRANSITIONS[old]:
        return
    allowed = ", ".join(sorted(status.value for status in TRANSITIONS[old])) or "none"
    raise IllegalTransition(
        f"A ticket that is {old.value} cannot become {new.value}. States that may follow: {allowed}."
    )


class LinkKind(str, Enum):
    """What may belong to a ticket beside its history."""

    attachment = "attachment"
    party = "party"
    #: a record elsewhere
    entity = "entity"
    #: another ticket
    relationship = "relationship"


def moves_to(old: TicketStatus, new: TicketStatus) -> tuple[TicketStatus, ...]:
    """The fewest moves from one state to another, through work where there is a choice; none when it is the same, or
    cannot be reached."""
    ways: list[tuple[TicketStatus, ...]] = [()]
    seen = {old}
    while ways:
        way = ways.pop(0)
        here = way[-1] if way else old
        if here is new:
            return way
        for status in sorted(TRANSITIONS[here] - seen, key=lambda item: (item is not _S.in_progress, item.value)):
            seen.add(status)
            ways.append((*way, status))
    return ()


@dataclass(frozen=True)
class NewLink:
    """Something to add to a ticket; see `Link`."""

    kind: LinkKind
    ref_id: str
    role: str
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class NewTicket:
    """What somebody reports.

    Attributes:
        facts: what else is known. The tables of `data/policies` may ask for `area`, `area_kind` ("urban" or "rural"),
            `customer_class` and `regulator_named`; a complaint's `demand` is what the customer wants to happen.
        requested_by: by when the customer wishes it solved; a wish, no deadline.
    """

    ticket_type: TicketType
    description: str
    severity: Severity
    customer_id: str | None = None
    line_id: str | None = None
    #: mobile, broadband, tv, landline
    product: str | None = None
    category: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    outage_id: str | None = None
    conversation_id: str | None = None
    channel: str = "chat"
    name: str | None = None
    #: number in another system
    external_id: str | None = None
    requested_by: datetime | None = None
    links: Sequence[NewLink] = ()


@dataclass(frozen=True)
class Ticket:
    """One row of `tickets`; times carry the operator's offset."""

    id: str
    ticket_type: TicketType
    status: TicketStatus
    severity: Severity
    priority: Priority
    description: str
    customer_id: str | None
    line_id: str | None
    product: str | None
    category: str | None
    facts: Mapping[str, Any]
    outage_id: str | None
    conversation_id: str | None
    channel: str
    idempotency_key: str | None
    created_at: datetime
    updated_at: datetime
    #: by when the customer hears from us
    respond_by: datetime | None
    #: by when it is solved: the earlier of our own promise and the legal limit
    due_at: datetime | None
    #: end of the statutory clock, never paused
    legal_due_at: datetime | None
    resolved_at: datetime | None
    urged_at: datetime | None
    version: int
    name: str | None = None
    external_id: str | None = None
    requested_by: datetime | None = None
    #: who works on it, from dispatch.yml, and who of them
    group_id: str | None = None
    assignee_id: str | None = None
    #: order of work among tickets of one priority, lowest first
    rank: int = 3
    #: row of sla.yml that set the clocks
    sla_id: str | None = None
    #: when a person first took it up or answered
    responded_at: datetime | None = None
    #: end of our own clock in service hours; what it was while the clock stands
    solve_by: datetime | None = None
    #: since when our own clock stands
    paused_at: datetime | None = None
    reopened_at: datetime | None = None
    reopens: int = 0
    #: when it was closed, cancelled or rejected
    ended_at: datetime | None = None
    root_cause: str | None = None
    #: when the customer is to be asked next whether it is solved; None: not, or not any more
    ask_at: datetime | None = None
    #: when they were asked first since it was resolved
    asked_at: datetime | None = None
    escalated_to: str | None = None
    escalation_level: int = 0
    next_check_at: datetime | None = None
    agenda: Sequence[Sequence[Any]] | None = None
    done: Sequence[str] | None = None
    rules_digest: str | None = None


class EntryKind(str, Enum):
    """What a line of a ticket's history tells."""

    status = "status"
    note = "note"
    #: the customer pressed for it; `text` is the key of the turn
    urge = "urge"
    #: severity, description or other facts were put right
    amend = "amend"
    #: another group or person works on it
    assign = "assign"
    #: a clock warned or was broken; `data` holds clock, kind, to and step
    deadline = "deadline"
    #: the customer was called back; `data` holds the result
    callback = "callback"
    #: an attachment, a party or a related ticket was added or removed
    link = "link"
    #: a person took it further up; `data` holds the role
    escalate = "escalate"
    #: the customer was asked whether it is solved; `data` holds when silence closes it
    ask = "ask"


@dataclass(frozen=True)
class HistoryEntry:
    """One line of a ticket's history; `n` starts at 1."""

    n: int
    at: datetime
    kind: EntryKind
    author: str
    status: TicketStatus | None = None
    text: str | None = None
    data: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Link:
    """One thing that belongs to a ticket.

    Attributes:
        n: number within the ticket, from 1; never used again.
        ref_id: id of the attachment, party, record or other ticket.
        role: of a party or record; of a relationship its type, such as `duplicate` or `parent`.
        body: the rest, in the form of the standard.
    """

    n: int
    kind: LinkKind
    ref_id: str
    role: str
    body: Mapping[str, Any]
    at: datetime


def ticket_json(ticket: Ticket) -> dict[str, Any]:
    """The card that apps get in `message.data`."""
    return {
        "type": "ticket",
        "id": ticket.id,
        "ticket_type": ticket.ticket_type.value,
        "status": ticket.status.value,
        "due_at": ticket.due_at.isoformat() if ticket.due_at else None,
    }
