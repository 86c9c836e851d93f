"""What can be done with a ticket, and by when it has to be: the operator's own standards and the legal clocks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog

from bot.policies.rules import Policies
from bot.tickets.about import CustomerFacts
from bot.tickets.amending import changed_values, check_changes
from bot.tickets.clocks import Stop
from bot.tickets.complaints.store import ComplaintStore
from bot.tickets.deadlines import Planner, next_role
from bot.tickets.elsewhere.sender import TicketSender, number_for
from bot.tickets.intake import drafted
from bot.tickets.matching import facts_of
from bot.tickets.model import (
    AUTOMATIC,
    ENDED,
    EntryKind,
    IllegalTransition,
    InvalidTicket,
    NewTicket,
    PersonRequired,
    StaleTicket,
    Ticket,
    TicketStatus,
    TicketType,
    check_move,
)
from bot.tickets.reading import TicketReader
from bot.tickets.replanning import Replanner, stops_of, then
from bot.tickets.store import TicketEdit, TicketStore
from bot.tickets.tables import TicketTables, shipped_tables

_log = structlog.get_logger(__name__)

_KEY_LIMIT = 120
_SYSTEM = "system"
#: whoever moves a ticket into these has taken it up
_TAKEN_UP = frozenset({TicketStatus.in_progress, TicketStatus.pending, TicketStatus.held, TicketStatus.resolved})
_SOLVE_AGAIN = ("solve:", "confirm")


class TicketService(TicketReader):
    """Open, follow, urge and move tickets. Every change leaves a line in the ticket's history."""

    def __init__(
        self,
        store: TicketStore,
        policies: Policies,
        *,
        clock: Callable[[], datetime],
        tables: TicketTables | None = None,
        about: CustomerFacts | None = None,
        elsewhere: TicketSender | None = None,
    ) -> None:
        """Wire the service.

        Args:
            policies: the rules that the tables name; one that is switched off gives no deadline.
            clock: gives an aware datetime.
            tables: which rules, groups and calendars; those of `data/policies` by default.
            about: what the operator knows of a customer; None: nothing but what a report says.
            elsewhere: the operator's own system, which gets every ticket; None: tickets are kept here alone.
        """
        super().__init__(store)
        self._clock = clock
        self.tables = tables or shipped_tables(store.zone)
        self.planner = Planner(policies, self.tables)
        self._plans = Replanner(self.planner)
        self._complaints = ComplaintStore(store)
        self._about = about
        self._elsewhere = elsewhere

    def warnings(self) -> tuple[str, ...]:
        """What operations should know, such as that the holidays of next year are not in the data yet."""
        return self.tables.calendars.warnings(self._clock().astimezone(self.store.zone).date())

    async def open(self, new: NewTicket, *, key: str) -> Ticket:
        """Take in a ticket: its priority, its clocks and the group that works on it follow from the tables.

        Args:
            key: `conversation_id:seq` or the like; the same key again gives back the same ticket and writes nothing.

        Raises:
            InvalidTicket: the description is blank.
        """
        if not new.description.strip():
            raise InvalidTicket("A ticket needs a description. Say in a few words what is wrong.")
        if self._about is not None and new.customer_id is not None:  # before anything is written: it may take time
            new = replace(new, facts={**await self._about.of(new.customer_id), **new.facts})
        fresh = drafted(new, key[:_KEY_LIMIT], self._clock(), self.planner)
        remote = None
        if self._elsewhere is not None:
            fresh = replace(fresh, id=number_for(fresh.idempotency_key or ""))
            remote = await self._elsewhere.announce(fresh)
        async with self.store.unit():
            ticket, is_new = await self.store.insert(fresh, new.channel, new.links)
            if is_new and self._elsewhere is not None:
                await self._elsewhere.keep(ticket, remote)
            if is_new and ticket.ticket_type is TicketType.complaint:
                await self._complaints.add(ticket)
        if is_new:
            _log.info("ticket_opened", ticket_id=ticket.id, ticket_type=ticket.ticket_type.value, sla=ticket.sla_id)
        return ticket

    async def urge(self, ticket_id: str, *, author: str, key: str) -> tuple[Ticket, bool]:
        """Record that the customer presses for a ticket; the first time raises its priority by one step.

        Args:
            key: the same key again changes nothing and gives the same answer.

        Returns:
            The ticket, and whether this urging raised it: False when it had been urged before, or is over.

        Raises:
            TicketNotFound: no such number.
        """
        async with self.store.edit(ticket_id) as edit:
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
        async with self.store.edit(ticket_id) as edit:
            return await edit.apply(self._clock(), EntryKind.note, author, text.strip())

    async def respond(self, ticket_id: str, *, author: str, text: str) -> Ticket:
        """Record that a person has answered the customer; the first time stops the clock of the answer.

        Raises:
            TicketNotFound: no such number.
            InvalidTicket: the text is blank.
        """
        if not text.strip():
            raise InvalidTicket("An answer needs a text.")
        async with self.store.edit(ticket_id) as edit:
            now = self._clock()
            values = self._plans.after(
                edit.ticket, await self._stops(edit), responded_at=edit.ticket.responded_at or now
            )
            return await edit.apply(now, EntryKind.note, author, text.strip(), **values)

    async def move(
        self,
        ticket_id: str,
        status: TicketStatus,
        *,
        author: str,
        reason: str | None = None,
        version: int | None = None,
    ) -> Ticket:
        """Change the state; the same state again is no change.

        While a ticket waits for the customer (`pending`) our own clock stands; the legal one never does. Going back
        from `resolved` is a reopening: one step more urgent, with a new time to solve it.

        Args:
            version: what the caller saw; None: whatever it is.

        Raises:
            TicketNotFound: no such number.
            StaleTicket: it has another version by now.
            IllegalTransition: that state does not follow the present one.
            PersonRequired: somebody who is no person would end a complaint.
        """
        async with self.store.edit(ticket_id) as edit:
            check_version(edit.ticket, version)
            check_move(edit.ticket.status, status)
            if status is edit.ticket.status:
                return edit.ticket
            if edit.ticket.ticket_type is TicketType.complaint and status in ENDED and author in AUTOMATIC:
                raise PersonRequired()
            changed = await self._move(edit, status, author, reason)
        _log.info("ticket_moved", ticket_id=ticket_id, status=status.value)
        return changed

    async def _move(self, edit: TicketEdit, status: TicketStatus, author: str, reason: str | None) -> Ticket:
        ticket, now = edit.ticket, self._clock()
        values: dict[str, Any] = {"paused_at": now if status is TicketStatus.pending else None}
        values |= {"ask_at": None, "asked_at": None}
        if status is TicketStatus.resolved:
            values |= {"resolved_at": now, "ask_at": now if _is_asked(ticket) else None}
        elif ticket.status is TicketStatus.resolved and status.open:
            values |= {"resolved_at": None, "reopened_at": now, "reopens": ticket.reopens + 1}
            values["priority"] = ticket.priority.raised()
            values["done"] = [name for name in ticket.done or () if not name.startswith(_SOLVE_AGAIN)]
        if status in ENDED:
            values["ended_at"] = now
        if ticket.responded_at is None and status in _TAKEN_UP:
            values["responded_at"] = now
        stops = then(await self._stops(edit), ticket.status, status, now)
        values = self._plans.after(ticket, stops, status=status, **values)
        changed = await edit.apply(now, EntryKind.status, author, reason, **values)
        if ticket.ticket_type is TicketType.complaint:
            await self._complaints.moved(changed, self.tables.confirm[ticket.ticket_type].after)
        return changed

    async def amend(
        self,
        ticket_id: str,
        *,
        author: str,
        facts: Mapping[str, Any] | None = None,
        version: int | None = None,
        removed: Collection[str] = (),
        **changes: Any,
    ) -> Ticket:
        """Put facts of a ticket right; what is None stays.

        A new severity brings its own priority, one step up if the ticket was urged. Clocks and group follow what
        the ticket is now, unless somebody has assigned it.

        Args:
            facts: all of them, in place of what was there.
            removed: of `name`, `external_id`, `requested_by`, `category`, `product`, `root_cause` and `outage_id`,
                what it has no more.
            changes: new values of those, and of `description`, `severity`, `priority` and `ticket_type`.

        Raises:
            TicketNotFound: no such number.
            StaleTicket: it has another version than `version`.
            InvalidTicket: the description is blank, or there is no such thing to change.
        """
        check_changes(changes, removed)
        async with self.store.edit(ticket_id) as edit:
            check_version(edit.ticket, version)
            values = changed_values(edit.ticket, changes, facts, removed)
            if not values:
                return edit.ticket
            told = ", ".join(sorted(values))
            changed = await edit.apply(
                self._clock(), EntryKind.amend, author, told, **await self._reclassified(edit, values)
            )
            if values.get("ticket_type") is TicketType.complaint:
                await self._complaints.add(changed, reclassified=True)
            return changed

    async def _reclassified(self, edit: TicketEdit, values: dict[str, Any]) -> dict[str, Any]:
        """With the clocks and the group that the changed facts ask for."""
        before = facts_of(edit.ticket)
        changed = replace(edit.ticket, **values)
        after = facts_of(changed)
        if before == after or not edit.ticket.status.open:
            return values
        if edit.ticket.assignee_id is None and edit.ticket.group_id == self.tables.group(before):
            values["group_id"] = self.tables.group(after)
        return self._plans.after(edit.ticket, await self._stops(edit), **values)

    async def assign(
        self,
        ticket_id: str,
        *,
        author: str,
        group_id: str | None = None,
        assignee_id: str | None = None,
        nobody: bool = False,
        version: int | None = None,
    ) -> Ticket:
        """Give a ticket to a group, or to a person in it; None stays.

        Args:
            nobody: take it from the person who has it.

        Raises:
            TicketNotFound: no such number.
            StaleTicket: it has another version than `version`.
            InvalidTicket: no such group.
        """
        if group_id is not None and group_id not in self.tables.groups:
            raise InvalidTicket(f"There is no group {group_id}. Choose from {', '.join(sorted(self.tables.groups))}.")
        async with self.store.edit(ticket_id) as edit:
            check_version(edit.ticket, version)
            wanted = {"group_id": group_id, "assignee_id": assignee_id}
            values: dict[str, Any] = {k: v for k, v in wanted.items() if v is not None and v != getattr(edit.ticket, k)}
            if assignee_id is None and edit.ticket.assignee_id is not None and (nobody or "group_id" in values):
                values["assignee_id"] = None
            if not values:
                return edit.ticket
            return await edit.apply(self._clock(), EntryKind.assign, author, data=values, **values)

    async def take(self, ticket_id: str, *, agent_id: str, version: int | None = None) -> Ticket:
        """A person takes a ticket up: it is theirs and in progress.

        Raises:
            TicketNotFound: no such number.
            StaleTicket: it has another version than `version`.
            IllegalTransition: it is over.
        """
        async with self.store.unit():
            await self.assign(ticket_id, author=agent_id, assignee_id=agent_id, version=version)
            return await self.move(ticket_id, TicketStatus.in_progress, author=agent_id)

    async def confirm(self, ticket_id: str, *, solved: bool, author: str, text: str | None = None) -> Ticket:
        """The customer says whether a resolved ticket is solved: yes closes it, no takes it up again, more urgently.

        A complaint stays resolved on "yes": a person calls back and closes it. A ticket that is not resolved is left
        alone.

        Raises:
            TicketNotFound: no such number.
        """
        async with self.store.unit():
            async with self.store.edit(ticket_id) as edit:
                ticket = edit.ticket
            if ticket.status is not TicketStatus.resolved:
                return ticket
            if not solved:
                return await self.move(ticket_id, TicketStatus.in_progress, author=author, reason=text)
            if ticket.ticket_type is TicketType.complaint and author in AUTOMATIC:
                return await self.note(ticket_id, author=author, text=text or "confirmed")
            return await self.move(ticket_id, TicketStatus.closed, author=author, reason=text)

    async def replan(self, ticket_id: str) -> Ticket:
        """Compute a ticket's clocks afresh, since tables or calendars have changed; a changed deadline is recorded.

        Raises:
            TicketNotFound: no such number.
        """
        async with self.store.edit(ticket_id) as edit:
            ticket, lines = edit.ticket, await edit.history(EntryKind.status)
            taken_up = next((line.at for line in lines if line.status in _TAKEN_UP), None)
            group_id = ticket.group_id or self.tables.group(facts_of(ticket))
            known = {"responded_at": ticket.responded_at or taken_up, "group_id": group_id}
            values = self._plans.after(ticket, stops_of(lines), **known)
            moved: dict[str, Any] = {
                name: values[name].isoformat() if values[name] else None
                for name in ("respond_by", "due_at", "legal_due_at")
                if name in values and values[name] != getattr(ticket, name)
            }
            if not moved:
                return await edit.set(**values)
            return await edit.apply(self._clock(), EntryKind.deadline, _SYSTEM, data=moved, **values)

    async def mark_asked(self, ticket_id: str) -> bool:
        """Note that the customer is asked whether it is solved: silence counts from the first time.

        Returns:
            False when there is nothing to ask any more: it is not resolved, or they were asked already.

        Raises:
            TicketNotFound: no such number.
        """
        async with self.store.edit(ticket_id) as edit:
            ticket, now = edit.ticket, self._clock()
            if ticket.status is not TicketStatus.resolved or ticket.ask_at is None or ticket.ask_at > now:
                return False
            row = self.tables.confirm[ticket.ticket_type]
            first = ticket.asked_at is None
            again = now + row.after - row.remind_before if first and row.remind_before else None
            asked = {"ask_at": again, "asked_at": ticket.asked_at or now}
            values = self._plans.after(ticket, await self._stops(edit), **asked)
            data = {"step": "first" if first else "reminder", "closes_at": values["next_check_at"].isoformat()}
            await edit.apply(now, EntryKind.ask, _SYSTEM, data=data, **values)
        return True

    async def escalate(
        self, ticket_id: str, *, author: str, reason: str, to: str | None = None, version: int | None = None
    ) -> Ticket:
        """A person takes a ticket one step up its ladder, whatever its clocks say; it gets one step more urgent.

        Args:
            to: a role of dispatch.yml; None: the next one above whoever heard of it last.

        Raises:
            TicketNotFound: no such number.
            StaleTicket: it has another version than `version`.
            InvalidTicket: no reason, no such role, or nobody above.
            IllegalTransition: it is over.
        """
        if not reason.strip():
            raise InvalidTicket("An escalation needs a reason.")
        async with self.store.edit(ticket_id) as edit:
            ticket = edit.ticket
            check_version(ticket, version)
            if not ticket.status.open:
                raise IllegalTransition(f"A ticket that is {ticket.status.value} is escalated no more. Reopen it.")
            role = next_role(self.tables, ticket) if to is None else to
            if role not in self.tables.roles:
                raise InvalidTicket(f"There is nobody above. Choose a role from {', '.join(self.tables.roles)}.")
            values = {
                "escalated_to": role,
                "escalation_level": ticket.escalation_level + 1,
                "priority": ticket.priority.raised(),
            }
            return await edit.apply(
                self._clock(), EntryKind.escalate, author, reason.strip(), data={"to": role}, **values
            )

    async def _stops(self, edit: TicketEdit) -> list[Stop]:
        return stops_of(await edit.history(EntryKind.status))


def _is_asked(ticket: Ticket) -> bool:
    """Whether there is anybody to ask; after a complaint a person calls back instead."""
    return ticket.ticket_type is not TicketType.complaint and bool(ticket.customer_id or ticket.conversation_id)


def check_version(ticket: Ticket, version: int | None) -> None:
    """Raise `StaleTicket` unless the ticket is as the caller saw it; None: whatever it is."""
    if version is not None and version != ticket.version:
        raise StaleTicket()
