"""A new ticket in the operator's own system: sent before it is written here, or later if nobody answers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BotError
from bot.operator.patience import answer_or_none
from bot.operator.ports import RemoteTicket, TicketSystem
from bot.tickets.elsewhere.store import OperatorTicket, OperatorTicketStore
from bot.tickets.model import Ticket

_log = structlog.get_logger(__name__)

_KEY_CHARACTERS = 40
_DIGITS = 8


class TicketSender:
    """What `TicketService` knows of the other system."""

    def __init__(self, store: OperatorTicketStore, system: TicketSystem, clock: Callable[[], datetime]) -> None:
        self.store = store
        self._system = system
        self._clock = clock

    async def announce(self, ticket: Ticket) -> RemoteTicket | None:
        """Open a ticket there, before anything is written here; None when nobody answers in time.

        The same ticket again, told by its key, opens no second one.
        """
        try:
            return await answer_or_none(self.open(ticket))
        except BotError as exc:
            _log.warning("operator_ticket.refused", cause=type(exc).__name__)
            return None

    async def open(self, ticket: Ticket) -> RemoteTicket:
        """As `announce`; raises `BackOfficeDown`, or what the other system says."""
        return await self._system.open(
            ticket_type=ticket.ticket_type.value,
            severity=ticket.severity.value,
            description=ticket.description,
            customer_id=ticket.customer_id,
            external_id=ticket.id,
            key=request_key(ticket.idempotency_key or ticket.id),
        )

    async def keep(self, ticket: Ticket, remote: RemoteTicket | None) -> None:
        """Note where a new ticket stands, in the transaction that writes it."""
        await self.store.add(
            OperatorTicket(
                ticket_id=ticket.id,
                remote_id=remote.id if remote else None,
                request_key=request_key(ticket.idempotency_key or ticket.id),
                due_at=self._clock(),
                attempts=0,
                seen_status=remote.status if remote else None,
                sent_n=1,
            )
        )

    async def changed(self, connection: AsyncConnection, before: Ticket | None, after: Ticket | None) -> None:
        """One of our tickets has changed: what is new is sent soon."""
        if before is not None and after is not None:
            await self.store.touch(connection, after.id, self._clock())


def request_key(key: str) -> str:
    """Names a ticket to the other system, within what an `Idempotency-Key` may hold."""
    return f"frontline-{hashlib.sha256(key.encode()).hexdigest()[:_KEY_CHARACTERS]}"


def number_for(key: str) -> str:
    """A number of ours that the same key gives again, so that the other system is told the right one beforehand."""
    digest = int(hashlib.sha256(f"number:{key}".encode()).hexdigest(), 16)
    return f"TT{digest % 10**_DIGITS:0{_DIGITS}d}"
