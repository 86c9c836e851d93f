"""Tickets that are long over. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from bot.errors import BotError, Conflict, NotFound


class ArchivedTicketNotFound(NotFound):
    """The archive has no ticket of this number. It may have been destroyed; the log says when."""

    code = "archived_ticket_not_found"


class ArchiveDamaged(BotError):
    """A record in the archive is not what was written. Restore it from a backup and find out who changed it."""

    status, code = 500, "archive_damaged"


class TicketNotOver(Conflict):
    """Only a ticket that is closed, cancelled or rejected is taken away. End it first."""

    code = "ticket_not_over"


class RetentionAction(str, Enum):
    archived = "archived"
    #: kept beyond its time
    held = "held"
    released = "released"
    exported = "exported"
    destroyed = "destroyed"
    #: out of sight of other systems and customers
    withdrawn = "withdrawn"


@dataclass(frozen=True)
class ArchivedTicket:
    """What lists show.

    Attributes:
        retention_id: row of retention.yml that says how long it is kept.
        hold: why it is kept longer; None: it is not.
    """

    ticket_id: str
    ticket_type: str
    status: str
    customer_id: str | None
    product: str | None
    category: str | None
    root_cause: str | None
    created_at: datetime
    ended_at: datetime
    archived_at: datetime
    retention_id: str
    destroy_at: datetime
    hold: str | None
    sha256: str


@dataclass(frozen=True)
class LogLine:
    """One act of keeping or destroying; never with personal data."""

    at: datetime
    action: RetentionAction
    ticket_id: str | None
    retention_id: str | None
    sha256: str | None
    actor: str
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class Search:
    """Which tickets; every value that is given has to fit. Days begin at midnight in the operator's zone."""

    customer_id: str | None = None
    ticket_type: str | None = None
    product: str | None = None
    category: str | None = None
    root_cause: str | None = None
    conversation_id: str | None = None
    created_from: datetime | None = None
    created_before: datetime | None = None
