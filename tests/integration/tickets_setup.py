"""A ticket service on a real database with a clock that the test moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.database import Database
from bot.policies.rules import Policies, load_policies
from bot.tickets.archive.service import ArchiveService
from bot.tickets.archive.store import ArchiveStore
from bot.tickets.complaints.service import ComplaintService
from bot.tickets.links.service import TicketLinks
from bot.tickets.model import EntryKind, NewTicket, Severity, Ticket, TicketType
from bot.tickets.service import TicketService
from bot.tickets.store import TicketStore
from bot.tickets.sweep.service import DeadlineSweep
from bot.tickets.sweep.store import SweepStore
from bot.tickets.tables import TicketTables

DATA = Path(__file__).parents[2] / "data" / "policies"
POLICIES = load_policies(DATA)
ZONE = ZoneInfo("Asia/Shanghai")


class Clock:
    """A clock that the test moves; it starts on Monday, 23 November 2026, at 10:00 in Shanghai."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **delta: float) -> datetime:
        self.now += timedelta(**delta)
        return self.now


class Desk:
    """Tickets, their sweep and what was told of them."""

    def __init__(self, database: Database, policies: Policies = POLICIES, tables: TicketTables | None = None) -> None:
        self.clock = Clock()
        self.told: list[tuple[Ticket | None, Ticket]] = []
        self.store = TicketStore(database, ZONE, self._hear)
        self.tickets = TicketService(self.store, policies, clock=self.clock, tables=tables)
        self.sweep = DeadlineSweep(self.tickets, SweepStore(self.store), self.clock)
        self.links = TicketLinks(self.store, self.clock)
        self.complaints = ComplaintService(self.tickets, self.store, self.clock)
        self.archive = ArchiveService(self.tickets, ArchiveStore(self.store), self.clock)

    async def _hear(self, _connection: Any, before: Ticket | None, after: Ticket | None) -> None:
        if after is not None:
            self.told.append((before, after))

    async def open(self, key: str = "talk:1", **more: Any) -> Ticket:
        new = NewTicket(TicketType.fault, "no internet", Severity.major, customer_id="c1", conversation_id="talk")
        return await self.tickets.open(replace(new, **more), key=key)

    async def read(self, ticket: Ticket) -> Ticket:
        found = await self.tickets.get(ticket.id)
        assert found is not None
        return found

    async def lines(self, ticket: Ticket, kind: EntryKind) -> list[dict[str, Any]]:
        """The facts of the lines of one kind, oldest first."""
        return [dict(line.data or {}) for line in await self.tickets.history(ticket.id) if line.kind is kind]
