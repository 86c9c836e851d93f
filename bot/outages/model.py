"""Outages and planned works (TMF656: service problems): where, what, until when, and what became of them. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from bot.errors import Conflict, NotFound
from bot.operator.ports import Words


class OutageNotFound(NotFound):
    """There is no service problem with this id. Check the id; it is OU and six digits."""

    code = "outage_not_found"


class OutageChanged(Conflict):
    """Somebody changed this service problem meanwhile. Read it again, then decide."""

    code = "outage_changed"


class IllegalOutageMove(Conflict):
    """A service problem cannot go from its state to that one. Read it again and choose a state that follows."""

    code = "illegal_transition"


class OutageIsOver(Conflict):
    """A service problem that is over, or works that have begun, keep their places and times. Report another one."""

    code = "outage_is_over"


class OutageStands(Conflict):
    """A service problem that is not over is resolved or cancelled, not deleted. Send its status first."""

    code = "outage_stands"


class OutageStatus(str, Enum):
    #: works that are announced
    planned = "planned"
    running = "running"
    restored = "restored"
    #: it was none, or the works do not take place
    cancelled = "cancelled"

    @property
    def over(self) -> bool:
        return self in (OutageStatus.restored, OutageStatus.cancelled)


class UpdateKind(str, Enum):
    """What a line of an outage's history tells."""

    status = "status"
    #: a new time by which it should be over
    estimate = "estimate"
    note = "note"
    #: it concerns another area or product than before
    place = "place"
    #: somebody acknowledged, grouped or ungrouped it
    task = "task"


#: what may follow; a state may always stay itself. An outage that was over and comes back is taken up again
MOVES: Mapping[OutageStatus, frozenset[OutageStatus]] = {
    OutageStatus.planned: frozenset({OutageStatus.running, OutageStatus.restored, OutageStatus.cancelled}),
    OutageStatus.running: frozenset({OutageStatus.restored, OutageStatus.cancelled}),
    OutageStatus.restored: frozenset({OutageStatus.running}),
    OutageStatus.cancelled: frozenset(),
}

#: TMF656 category of works that are announced
PLANNED_WORKS = "plannedWorks"

#: area of an outage that was reported without one
NOWHERE = ""

#: TV and landline run over the same fibre
CARRIES: Mapping[str, tuple[str, ...]] = {"broadband": ("broadband", "tv", "landline")}


def hit_by(product: str) -> tuple[str, ...]:
    """The products that stand still when this one is out."""
    return CARRIES.get(product, (product,))


@dataclass(frozen=True)
class NewOutage:
    """What somebody reports.

    Attributes:
        places: area and product of each part; the first is the problem itself, the others its parts.
    """

    places: Sequence[tuple[str, str]]
    cause: Words
    started_at: datetime
    restore_at: datetime | None = None
    planned: bool = False
    parent_id: str | None = None
    extras: Mapping[str, Any] = field(default_factory=dict)
    #: why it has the state that it begins with
    reason: str | None = None


@dataclass(frozen=True)
class OutageRecord:
    """One row of `outages`; times carry the operator's offset."""

    id: str
    area: str
    product: str
    status: OutageStatus
    started_at: datetime
    restore_at: datetime | None
    cause: Words
    parent_id: str | None = None
    restored_at: datetime | None = None
    updated_at: datetime | None = None
    version: int = 1
    extras: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_works(self) -> bool:
        """Whether it was announced: it ends by the clock if nobody says otherwise."""
        return self.status is OutageStatus.planned or self.extras.get("category") == PLANNED_WORKS

    def as_of(self, now: datetime) -> OutageStatus:
        """Planned works run while their time lasts and are over afterwards, if nobody says otherwise."""
        if self.status.over or not self.is_works or self.started_at > now:
            return self.status
        return OutageStatus.running if self.restore_at is None or now < self.restore_at else OutageStatus.restored


@dataclass(frozen=True)
class OutageUpdate:
    """One line of what became of an outage; `n` starts at 1."""

    n: int
    at: datetime
    kind: UpdateKind
    author: str
    status: str | None = None
    text: str | None = None


def check_move(old: OutageStatus, new: OutageStatus) -> None:
    """Accept a move, or raise `IllegalOutageMove` naming the states that may follow."""
    if new is not old and new not in MOVES[old]:
        allowed = ", ".join(sorted(status.value for status in MOVES[old])) or "none"
        raise IllegalOutageMove(f"What is {old.value} cannot become {new.value}. States that may follow: {allowed}.")
