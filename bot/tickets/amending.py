"""What a correction of a ticket comes to: the columns that really change. No I/O."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from bot.tickets.model import InvalidTicket, Ticket, priority_of

#: what a ticket need not have
REMOVABLE = frozenset({"name", "external_id", "requested_by", "category", "product", "root_cause", "outage_id"})
_CHANGEABLE = REMOVABLE | {"description", "severity", "priority", "ticket_type", "channel"}


def check_changes(changes: Mapping[str, Any], removed: Collection[str]) -> None:
    """Accept what may be changed.

    Raises:
        InvalidTicket: the description is blank, or something that stays as it was.
    """
    wrong = sorted(set(changes) - _CHANGEABLE) or sorted(set(removed) - REMOVABLE)
    if wrong:
        raise InvalidTicket(f"{wrong[0]} of a ticket stays as it is.")
    description = changes.get("description")
    if description is not None and not description.strip():
        raise InvalidTicket("A ticket needs a description. Say in a few words what is wrong.")


def changed_values(
    ticket: Ticket, changes: Mapping[str, Any], facts: Mapping[str, Any] | None, removed: Collection[str]
) -> dict[str, Any]:
    """The columns that differ from what the ticket has; a new severity or type brings its own priority."""
    wanted = {name: value for name, value in changes.items() if value is not None}
    if "description" in wanted:
        wanted["description"] = wanted["description"].strip()
    wanted |= dict.fromkeys(removed)
    if facts is not None:
        wanted["facts"] = dict(facts)
    values = {name: value for name, value in wanted.items() if value != getattr(ticket, name)}
    if {"severity", "ticket_type"} & set(values) and "priority" not in wanted:
        implied = priority_of(values.get("ticket_type", ticket.ticket_type), values.get("severity", ticket.severity))
        implied = implied.raised() if ticket.urged_at else implied
        if implied is not ticket.priority:
            values["priority"] = implied
    return values
