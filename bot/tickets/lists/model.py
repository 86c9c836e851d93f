"""What people at the desk look at: views of the tickets, and orders to work in. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum


class View(str, Enum):
    open = "open"
    #: given to me
    mine = "mine"
    #: nobody has it
    unassigned = "unassigned"
    due_soon = "due_soon"
    #: past the first answer, the solution or the legal limit
    breached = "breached"
    #: for the customer
    waiting = "waiting"
    #: resolved; the customer has not said whether it is
    to_confirm = "to_confirm"
    #: not over yet
    complaints = "complaints"
    #: somebody further up has it
    escalated = "escalated"
    all = "all"


class Sort(str, Enum):
    #: soonest first
    due = "due"
    #: most urgent first, then by rank and deadline
    priority = "priority"
    #: newest first
    created = "created"
    #: changed last first
    updated = "updated"


#: these are in the order of their deadlines unless somebody says otherwise
BY_DEADLINE = frozenset(set(View) - {View.all, View.to_confirm})


@dataclass(frozen=True)
class Wanted:
    """One list.

    Attributes:
        filters: as of `TicketService.list_page`.
        number: a ticket's number, or a number of another system.
        soon: how far `due_soon` looks ahead.
    """

    view: View
    user_id: str
    now: datetime
    filters: Mapping[str, str] = field(default_factory=dict)
    number: str | None = None
    sort: Sort | None = None
    soon: timedelta = timedelta(hours=4)
