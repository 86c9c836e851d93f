"""The clocks of a ticket after a change: which columns get which values. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.tickets.clocks import Milestone, Stop
from bot.tickets.deadlines import Deadlines, Planner, agenda, confirmation
from bot.tickets.model import ENDED, HistoryEntry, Ticket, TicketStatus

#: the clock of the solution stands in these
_STANDING = frozenset({TicketStatus.pending, TicketStatus.resolved})
#: `rules_digest` of tickets that no new table concerns
_OVER = ""


class Replanner:
    """Plans a ticket afresh as it will be."""

    def __init__(self, planner: Planner) -> None:
        self._planner = planner

    def after(self, ticket: Ticket, stops: Sequence[Stop], **values: Any) -> dict[str, Any]:
        """`values` with the clocks and the agenda of the ticket as it will be."""
        after = replace(ticket, **values)
        planned = self._planner.plan(after, after.created_at, stops, after.reopened_at)
        confirm = confirmation(self._planner.tables, after)
        ahead = agenda(after.status, after.responded_at is not None, planned, after.done or (), confirm)
        return {**values, **self._clock_values(after, planned), **agenda_values(ahead)}

    def _clock_values(self, after: Ticket, planned: Deadlines) -> dict[str, Any]:
        if after.status in ENDED:
            return {"rules_digest": _OVER}
        values: dict[str, Any] = {"rules_digest": self._planner.tables.digest}
        if not after.status.open:
            return values
        values |= {"rank": planned.target.rank, "sla_id": planned.target.id}
        values |= {"respond_by": planned.respond_by, "legal_due_at": planned.legal_due_at}
        if after.status not in _STANDING:
            values |= {"solve_by": planned.solve_by, "due_at": planned.due_at}
        return values


def stops_of(history: Sequence[HistoryEntry]) -> list[Stop]:
    """When the clock of the solution stood, from the lines of kind status."""
    stops: list[Stop] = []
    since: datetime | None = None
    for entry in history:
        standing = entry.status in _STANDING
        if standing and since is None:
            since = entry.at
        elif not standing and since is not None:
            stops.append((since, entry.at))
            since = None
    return [*stops, (since, None)] if since is not None else stops


def then(stops: list[Stop], old: TicketStatus, new: TicketStatus, now: datetime) -> list[Stop]:
    """The stops after a move that is not in the history yet."""
    if (old in _STANDING) == (new in _STANDING):
        return stops
    if new in _STANDING:
        return [*stops, (now, None)]
    return [*stops[:-1], (stops[-1][0], now)] if stops else stops


def agenda_values(ahead: Sequence[Milestone]) -> dict[str, Any]:
    """Columns that the sweep reads."""
    return {
        "agenda": [
            [item.at.isoformat(), item.name, item.clock.value, item.kind.value, item.to, item.step] for item in ahead
        ],
        "next_check_at": ahead[0].at if ahead else None,
    }
