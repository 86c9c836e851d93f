"""The course of a complaint: acknowledged, looked into, answered, called back, closed by a person; and what repeats."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bot.errors import NotFound
from bot.tickets.complaints.model import CallbackResult, Complaint, ComplaintNotReady, RepeatedCause
from bot.tickets.complaints.store import ComplaintStore
from bot.tickets.model import (
    AUTOMATIC,
    EntryKind,
    InvalidTicket,
    PersonRequired,
    Ticket,
    TicketNotFound,
    TicketStatus,
    TicketType,
)
from bot.tickets.service import TicketService, check_version
from bot.tickets.store import TicketStore

_REPEATED_MOST = 100


class ComplaintNotFound(NotFound):
    """No complaint has this number. Check the number; it is TT and eight digits."""

    code = "complaint_not_found"


class ComplaintService:
    """Beside `TicketService`, which opens, moves and assigns complaints as it does every ticket."""

    def __init__(self, tickets: TicketService, store: TicketStore, clock: Callable[[], datetime]) -> None:
        self._tickets = tickets
        self._store = store
        self._complaints = ComplaintStore(store)
        self._clock = clock

    async def get(self, ticket_id: str) -> Complaint | None:
        """What a complaint has beyond its ticket; None for other tickets."""
        return await self._complaints.get(ticket_id)

    async def of(self, ticket_ids: Sequence[str]) -> Mapping[str, Complaint]:
        """What several complaints have beyond their tickets, by ticket."""
        return await self._complaints.of(ticket_ids)

    async def acknowledge(self, ticket_id: str, *, author: str) -> Complaint:
        """Record that the customer has got the number and the deadlines; the first time counts.

        Raises:
            ComplaintNotFound: no such complaint.
        """
        async with self._store.unit():
            complaint = await self._known(ticket_id)
            if complaint.acknowledged_at is None:
                await self._complaints.update(ticket_id, acknowledged_at=self._clock())
                await self._tickets.note(ticket_id, author=author, text="acknowledged")
            return await self._known(ticket_id)

    async def find_out(
        self, ticket_id: str, *, author: str, root_cause: str | None = None, cause: str | None = None
    ) -> Ticket:
        """Record what was found out; what is None stays.

        Args:
            root_cause: a short key, the same for the same cause, such as `billing_system`; by it repeats are counted.
            cause: what happened, in words.

        Raises:
            ComplaintNotFound: no such complaint.
            InvalidTicket: the root cause is blank or no key; or there is nothing to record.
        """
        key, words = (root_cause or "").strip(), (cause or "").strip()
        if root_cause is None and not words:
            raise InvalidTicket("Say what was found out: the cause in words, or the root cause as a key.")
        if root_cause is not None and (not key or len(key) > _KEY_MOST or not key.replace("_", "").isalnum()):
            raise InvalidTicket(f"A root cause is a key of letters, digits and _, at most {_KEY_MOST} long.")
        async with self._store.unit():
            await self._known(ticket_id)
            if words:
                await self._complaints.update(ticket_id, cause=words)
                await self._tickets.note(ticket_id, author=author, text=words)
            return await self._tickets.amend(ticket_id, author=author, root_cause=key or None)

    async def called_back(
        self, ticket_id: str, result: CallbackResult, *, author: str, text: str | None = None
    ) -> Ticket:
        """Record a call to the customer after the complaint was resolved; one who is not satisfied reopens it.

        Raises:
            ComplaintNotFound: no such complaint.
            PersonRequired: `author` is no person.
            ComplaintNotReady: it is not resolved.
        """
        if author in AUTOMATIC:
            raise PersonRequired("A person calls back after a complaint.")
        async with self._store.unit():
            async with self._store.edit(ticket_id) as edit:
                complaint = await self._known(ticket_id)
                if edit.ticket.status is not TicketStatus.resolved:
                    raise ComplaintNotReady("A customer is called back once the complaint is resolved.")
                now = self._clock()
                await self._complaints.update(
                    ticket_id,
                    callback_at=now,
                    callback_result=result.value,
                    callback_tries=complaint.callback_tries + 1,
                )
                ticket = await edit.apply(now, EntryKind.callback, author, text, data={"result": result.value})
            if result is CallbackResult.unsatisfied:
                ticket = await self._tickets.move(
                    ticket_id, TicketStatus.in_progress, author=author, reason=text or "not_satisfied"
                )
        return ticket

    async def close(
        self, ticket_id: str, *, author: str, reason: str | None = None, version: int | None = None
    ) -> Ticket:
        """Close a complaint: by a person, with its root cause, after the customer was reached or tried often enough.

        Raises:
            ComplaintNotFound: no such complaint.
            PersonRequired: `author` is no person.
            StaleTicket: it has another version than `version`.
            ComplaintNotReady: something is missing; the message says what.
        """
        if author in AUTOMATIC:
            raise PersonRequired()
        async with self._store.unit():
            async with self._store.edit(ticket_id) as edit:
                complaint, ticket = await self._known(ticket_id), edit.ticket
            check_version(ticket, version)
            if ticket.root_cause is None:
                raise ComplaintNotReady("This complaint has no root cause yet. Record it, then close.")
            tried = complaint.callback_tries >= self._tickets.tables.callback_tries
            if complaint.callback_result is not CallbackResult.satisfied and not tried:
                raise ComplaintNotReady(
                    "The customer has not been called back yet. Call, record the result, then close."
                )
            return await self._tickets.move(
                ticket_id, TicketStatus.closed, author=author, reason=reason, version=version
            )

    async def repeated(self) -> tuple[RepeatedCause, ...]:
        """Causes of the last days that came up again and again, most frequent first; see loop.yml."""
        tables = self._tickets.tables
        since = self._clock() - tables.repeated_within
        return await self._complaints.repeated(since, tables.repeated_from, _REPEATED_MOST)

    def missing(self, ticket: Ticket, complaint: Complaint) -> list[str]:
        """What a complaint still lacks before it can be closed."""
        tried = complaint.callback_tries >= self._tickets.tables.callback_tries
        called = complaint.callback_result is CallbackResult.satisfied or tried
        lacks = {"acknowledgement": complaint.acknowledged_at is None, "root_cause": ticket.root_cause is None}
        return [name for name, missing in {**lacks, "callback": not called}.items() if missing]

    async def _known(self, ticket_id: str) -> Complaint:
        complaint = await self._complaints.get(ticket_id)
        if complaint is not None:
            return complaint
        ticket = await self._tickets.get(ticket_id)
        if ticket is None:
            raise TicketNotFound()
        if ticket.ticket_type is not TicketType.complaint:
            raise ComplaintNotFound()
        await self._complaints.add(ticket)  # one that came in before complaints had a table of their own
        return await self._known(ticket_id)


_KEY_MOST = 64
