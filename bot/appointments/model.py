"""Technicians' visits (TMF646: appointments), the windows they lie in, and who comes. No I/O."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from bot.errors import Conflict, NotFound
from bot.operator.ports import Words

#: what a visit is for where nobody says
DEFAULT_CATEGORY = "intervention"

#: how long a window is kept for a customer who has not said yes
HOLD_S = 600


class VisitNotFound(NotFound):
    """No visit has this number. Check the number; it is AP and eight digits."""

    code = "visit_not_found"


class VisitChanged(Conflict):
    """The visit was changed meanwhile. Read it again, then decide."""

    code = "visit_changed"


class WindowNotFound(NotFound):
    """No visit window has this id in this area. Ask for the free ones again."""

    code = "window_not_found"


class SlotTaken(Conflict):
    """That time slot has gone. Search the free ones again."""

    code = "slot_taken"


class AppointmentStatus(str, Enum):
    #: wished for by another system without saying where or for whom: takes no place
    requested = "requested"
    #: the window is kept until `held_until`
    held = "held"
    confirmed = "confirmed"
    cancelled = "cancelled"
    completed = "completed"
    #: nobody came
    missed = "missed"


class VisitNews(str, Enum):
    """What another system, where there is one, says of a visit that stands here as confirmed."""

    none = "none"
    completed = "completed"
    cancelled = "cancelled"
    moved = "moved"
    #: nobody came; not recorded yet
    missed = "missed"


@dataclass(frozen=True)
class VisitWindow:
    """A stretch of time in which technicians of an area come; `taken` leaves out holds that have run out."""

    id: str
    area: str
    start: datetime
    end: datetime
    capacity: int
    taken: int

    @property
    def free(self) -> int:
        return max(0, self.capacity - self.taken)


@dataclass(frozen=True)
class NewVisit:
    """What somebody wants to book.

    Attributes:
        replaces: the confirmed visit that moves to this window once the hold is confirmed.
    """

    customer_id: str
    area: str
    address: str
    #: mobile, broadband, tv, landline
    product: str
    window_id: str
    line_id: str | None = None
    ticket_id: str | None = None
    conversation_id: str | None = None
    replaces: str | None = None
    #: how long the work takes; None: as long as work on this product does
    minutes: int | None = None
    #: attributes that only TM Forum clients use
    extras: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Appointment:
    """One row of `appointments`; times carry the operator's offset."""

    id: str
    status: AppointmentStatus
    customer_id: str
    line_id: str | None
    ticket_id: str | None
    area: str
    address: str
    product: str
    window_id: str
    start: datetime
    end: datetime
    held_until: datetime | None
    #: {"name": {"zh", "en"}}
    technician: Mapping[str, Any]
    conversation_id: str | None
    idempotency_key: str | None
    created_at: datetime
    updated_at: datetime
    version: int
    #: who comes, when technicians are planned, and how many minutes of their window the work takes
    technician_id: str | None = None
    minutes: int = 0
    #: attributes that only TM Forum clients use
    extras: Mapping[str, Any] | None = None
    reminded_day_at: datetime | None = None
    reminded_soon_at: datetime | None = None
    #: of a hold: the visit that it will move, and the version which that visit had
    replaces: str | None = None
    replaces_version: int | None = None


@dataclass(frozen=True)
class Technicians:
    """Who comes to areas that nobody has planned technicians for, always the same; and how long work takes."""

    by_area: Mapping[str, Words] = field(default_factory=dict)
    #: for areas that name nobody
    others: Sequence[Words] = ()
    #: product → minutes of work at a customer's
    minutes: Mapping[str, int] = field(default_factory=dict)

    def for_area(self, area: str) -> dict[str, Any]:
        """`{"name": {"zh", "en"}}`; empty when nobody is listed."""
        name = self.by_area.get(area)
        if name is None and self.others:
            digest = hashlib.sha256(area.encode()).digest()
            name = self.others[int.from_bytes(digest[:4], "big") % len(self.others)]
        return {"name": {"zh": name.zh, "en": name.en}} if name else {}


def technicians_from(
    rows: Mapping[str, Mapping[str, Any]] | Sequence[Mapping[str, Any]], minutes: Mapping[str, int] | None = None
) -> Technicians:
    """Read `{area: {"zh", "en"}}`, or a list of `{"zh", "en"}` from which each area gets one."""
    if isinstance(rows, Mapping):
        named = {area: Words(zh=row["zh"], en=row["en"]) for area, row in rows.items()}
        return Technicians(named, minutes=minutes or {})
    return Technicians(others=tuple(Words(zh=row["zh"], en=row["en"]) for row in rows), minutes=minutes or {})


def appointment_json(appointment: Appointment) -> dict[str, Any]:
    """The card that apps get in `message.data`."""
    body = {
        "type": "appointment",
        "id": appointment.id,
        "status": appointment.status.value,
        "start": appointment.start.isoformat(),
        "end": appointment.end.isoformat(),
    }
    if appointment.ticket_id:
        body["ticket_id"] = appointment.ticket_id
    return body
