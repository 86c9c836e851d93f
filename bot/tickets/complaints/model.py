"""What a complaint has beyond a ticket. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from bot.errors import Conflict


class CallbackResult(str, Enum):
    satisfied = "satisfied"
    #: takes the complaint up again
    unsatisfied = "unsatisfied"
    unreachable = "unreachable"


class ComplaintNotReady(Conflict):
    """A complaint is closed once its root cause stands there and the customer has been called back."""

    code = "complaint_not_ready"


@dataclass(frozen=True)
class Complaint:
    """Beside the ticket of the same number; category and root cause stand there.

    Attributes:
        demand: what the customer wants to happen, in their words.
        regulator: the customer named the regulator, or the regulator passed it on.
        cause: what happened, as found out.
        acknowledged_at: when the customer got the number and the deadlines.
        callback_by: by when a person calls back, once it is resolved.
    """

    ticket_id: str
    demand: str | None
    regulator: bool
    cause: str | None
    acknowledged_at: datetime | None
    callback_by: datetime | None
    callback_at: datetime | None
    callback_result: CallbackResult | None
    callback_tries: int


@dataclass(frozen=True)
class RepeatedCause:
    """The same product, category and root cause, so many times; None: not known."""

    product: str | None
    category: str | None
    root_cause: str | None
    count: int
    last_at: datetime
