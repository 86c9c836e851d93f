"""What can be done with a ticket, and by when it has to be: the operator's own standards and the legal clocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any

import structlog

from bot.database import Unit
from bot.policies.rules import Policies, PolicyNotFound
from bot.tickets.model import (
    EntryKind,
    HistoryEntry,
    InvalidTicket,
    NewTicket,
    Priority,
    Severity,
    Ticket,
    TicketStatus,
    TicketType,
    check_move,
    priority_of,
)
from bot.tickets.store import TicketStore

_log = structlog.get_logger(__name__)

_OPERATOR = "operator"
_COUNTRY = "CN"
_KEY_LIMIT = 120


class TicketService:
    """Open, follow, urge and move tickets. Every change leaves a line in the ticket's history."""

    def __init__(self, store: TicketStore, policies: Policies, *, clock: Callable[[], datetime]) -> None:
        """Wire the service.

        Args:
            policies: rows of `sla.yml`, `repair_clock.yml` and `complaint_deadline.yml` give the deadlines.
            clock: gives an aware datetime.
        """
        self._store = store
        self._policies = policies
        self._clock = clock

    def unit(self) -> AbstractAsyncContextManager[Unit]:
        """Make several calls one transaction."""
        return self._store.unit()

    async def open(self, new: NewTicket, *, key: str) -> Ticket:
        """Open a ticket.

        Args:
            key: `conversation_id:seq` or the like; the same key again gives back the same ticket and writes nothing.

        Raises:
            InvalidTicket: the description is blank.
        """
        known = await self._store.by_key(key[:_KEY_LIMIT])
        if known is not None:
            return known
        if not new.description.strip():
            raise InvalidTicket("A ticket needs a description. Say in a few words what is wrong.")
        now = self._clock()
        respond_by, due_at, legal_due_at = self.deadlines(new, now)
        ticket = Ticket(
            id="",
            ticket_type=new.ticket_type,
            status=TicketStatus.acknowledged,
            severity=new.severity,
            priority=priority_of(new.ticket_type, new.severity),
            description=new.description.strip(),
            customer_id=new.customer_id,
            line_id=new.line_id,
            product=new.product,
            category=new.category,
            facts=new.facts,
            outage_id=new.outage_id,
            conversation_id=new.conversation_id,
            channel=new.channel,
            idempotency_key=key[:_KEY_LIMIT],
            created_at=now,
            updated_at=now,
            respond_by=respond_by,
            due_at=due_at,
            legal_due_at=legal_due_at,
            resolved_at=None,
            urged_at=None,
            version=1,
        )
        stored, is_new = await self._store.insert(ticket, new.channel)
        if is_new:
            _log.info("ticket_opened", ticket_id=stored.id, ticket_type=stored.ticket_type.value)
        return stored

    def deadlines(self, new: NewTicket, start: datetime) -> tuple[datetime | None, datetime | None, datetime | None]:
        """When the customer hears from us, when it is solved, and the end of the legal clock.

        Complaints and critical cases count as serious or complex. The legal clock of a fault is that of mobile service,
        else the urban or rural one by `facts["area_kind"]` (urban, the shorter, when it is not known); of a complaint
        the days for an answer. A rule that is switched off gives no deadline. Our own time to solve a case never ends
        after the legal one.
        """
        serious = new.ticket_type is TicketType.complaint or new.severity is Severity.critical
        grade = "serious" if serious else "ordinary"
        respond_by = self._after(start, f"sla_{grade}_answer", _OPERATOR)
        due_at = self._after(start, f"sla_{grade}_solve", _OPERATOR)
        legal_due_at = None
        if new.ticket_type is TicketType.complaint:
            legal_due_at = self._after(start, "complaint_answer", _COUNTRY)
        elif new.ticket_type is TicketType.fault:
            legal_due_at = self._after(start, _repair_rule(new), _COUNTRY)
        return respond_by, _earlier(due_at, legal_due_at), legal_due_at

    async def get(self, ticket_id: str) -> Ticket | None:
        return await self._store.get(ticket_id.strip().upper())

    async def for_customer(self, customer_id: str, *, open_only: bool = False, limit: int = 5) -> tuple[Ticket, ...]:
        """A customer's tickets, newest first."""
        return await self._store.find(customer_id=customer_id, open_only=open_only, limit=limit)

    async def for_conversation(self, conversation_id: str) -> tuple[Ticket, ...]:
        """Tickets opened in a conversation, newest first."""
        return await self._store.find(conversation_id=conversation_id)

    async def list_page(self, filters: Mapping[str, str], offset: int, limit: int) -> tuple[tuple[Ticket, ...], int]:
        """One page, newest first, and how many fit in all.

        Args:
            filters: column name to the wanted value; `id`, `status`, `severity`, `priority`, `ticket_type`,
                `conversation_id` and `outage_id` take several values parted by commas.

        Raises:
            BadRequest: an unknown filter.
        """
        return await self._store.page(filters, offset, limit)

    async def history(self, ticket_id: str) -> tuple[HistoryEntry, ...]:
        """Everything that happened to a ticket, oldest first; empty when there is no such ticket."""
        return (await self._store.histories([ticket_id])).get(ticket_id, ())

    async def histories(self, ticket_ids: Sequence[str]) -> Mapping[str, tuple[HistoryEntry, ...]]:
        """The histories of several tickets at once."""
        return await self._store.histories(ticket_ids)

    async def urge(self, ticket_id: str, *, author: str, key: str) -> tuple[Ticket, bool]:
        """Record that the customer presses for a ticket; the first time raises its priority by one step.

        Args:
            key: the same key again changes nothing and gives the same answer.

        Returns:
            The ticket, and whether this urging raised it: False when it had been urged before, or is over.

        Raises:
            TicketNotFound: no such number.
        """
        async with self._store.edit(ticket_id) as edit:
            ticket = edit.ticket
            urges = [entry for entry in await edit.history() if entry.kind is EntryKind.urge]
            if any(entry.text == key for entry in urges):
                return ticket, ticket.urged_at is not None and urges[0].text == key
            now = self._clock()
            if ticket.urged_at is not None or not ticket.status.open:
                return await edit.apply(now, EntryKind.urge, author, key), False
            raised = ticket.priority.raised()
            changed = await edit.apply(now, EntryKind.urge, author, key, urged_at=now, priority=raised)
        _log.info("ticket_urged", ticket_id=ticket_id, priority=changed.priority.value)
        return changed, True

    async def note(self, ticket_id: str, *, author: str, text: str) -> Ticket:
        """Add a remark to the history.

        Raises:
            TicketNotFound: no such number.
            InvalidTicket: the text is blank.
        """
        if not text.strip():
            raise InvalidTicket("A note needs a text.")
        async with self._store.edit(ticket_id) as edit:
            return await edit.apply(self._clock(), EntryKind.note, author, text.strip())

    async def move(self, ticket_id: str, status: TicketStatus, *, author: str, reason: str | None = None) -> Ticket:
        """Change the state; the same state again is no change.

        Time spent waiting for the customer (`pending`) is added to `due_at`, never to `legal_due_at`.

        Raises:
            TicketNotFound: no such number.
            IllegalTransition: that state does not follow the present one.
        """
        async with self._store.edit(ticket_id) as edit:
            ticket = edit.ticket
            check_move(ticket.status, status)
            if status is ticket.status:
                return ticket
            now = self._clock()
            values: dict[str, Any] = {"status": status}
            if status is TicketStatus.resolved:
                values["resolved_at"] = now
            elif ticket.status is TicketStatus.resolved and status.open:
                values["resolved_at"] = None
            if ticket.status is TicketStatus.pending and ticket.due_at is not None:
                paused = now - _last_pending(await edit.history(), now)
                values["due_at"] = _earlier(ticket.due_at + paused, ticket.legal_due_at)
            changed = await edit.apply(now, EntryKind.status, author, reason, **values)
        _log.info("ticket_moved", ticket_id=ticket_id, status=status.value)
        return changed

    async def amend(
        self,
        ticket_id: str,
        *,
        author: str,
        description: str | None = None,
        severity: Severity | None = None,
        priority: Priority | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> Ticket:
        """Put facts of a ticket right; what is None stays.

        A new severity brings its own priority, one step up if the ticket was urged.

        Raises:
            TicketNotFound: no such number.
            InvalidTicket: the description is blank.
        """
        if description is not None and not description.strip():
            raise InvalidTicket("A ticket needs a description. Say in a few words what is wrong.")
        async with self._store.edit(ticket_id) as edit:
            ticket = edit.ticket
            values: dict[str, Any] = {}
            if description is not None and description.strip() != ticket.description:
                values["description"] = description.strip()
            if severity is not None and severity is not ticket.severity:
                implied = priority_of(ticket.ticket_type, severity)
                values["severity"] = severity
                values["priority"] = implied.raised() if ticket.urged_at else implied
            if priority is not None and priority is not ticket.priority:
                values["priority"] = priority
            if facts is not None and dict(facts) != dict(ticket.facts):
                values["facts"] = facts
            if not values:
                return ticket
            return await edit.apply(self._clock(), EntryKind.amend, author, ", ".join(sorted(values)), **values)

    def _after(self, start: datetime, rule_id: str, region: str) -> datetime | None:
        try:
            rule = self._policies.get(rule_id, region)
        except PolicyNotFound:
            return None
        return start + rule.duration()


def _repair_rule(new: NewTicket) -> str:
    if new.product == "mobile":
        return "repair_mobile_max"
    return "repair_fixed_rural" if new.facts.get("area_kind") == "rural" else "repair_fixed_urban"


def _earlier(first: datetime | None, second: datetime | None) -> datetime | None:
    given = [moment for moment in (first, second) if moment is not None]
    return min(given) if given else None


def _last_pending(history: Sequence[HistoryEntry], default: datetime) -> datetime:
    for entry in reversed(history):
        if entry.status is TicketStatus.pending:
            return entry.at
    return default
