"""Keeps our tickets and the operator's own in step: what is new here goes there, what happens there is heard here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from prometheus_client import Counter

from bot.background import end_task
from bot.errors import BackOfficeDown, BotError
from bot.operator.ports import RemoteTicket, TicketSystem
from bot.tickets.elsewhere.sender import TicketSender
from bot.tickets.elsewhere.store import OperatorTicket, OperatorTicketStore
from bot.tickets.model import ENDED, EntryKind, HistoryEntry, Ticket, TicketStatus, moves_to
from bot.tickets.service import TicketService

_log = structlog.get_logger(__name__)

#: signs what happened there
OPERATOR = "operator"
_POLL_S = 1.0
_AT_ONCE = 50
_CLAIM = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=1)
_TOLD = frozenset({EntryKind.note, EntryKind.urge})

EXCHANGED = Counter("frontline_operator_tickets", "Tickets looked at in the operator's own system", ["outcome"])


class TicketMirror:
    """A task beside the requests; several processes share the work."""

    def __init__(
        self,
        tickets: TicketService,
        sender: TicketSender,
        system: TicketSystem,
        clock: Callable[[], datetime],
        every_s: float,
    ) -> None:
        """Args:
        every_s: how often an open ticket is looked at there when nothing happens here.
        """
        self._tickets = tickets
        self._sender = sender
        self._store: OperatorTicketStore = sender.store
        self._system = system
        self._clock = clock
        self._every = timedelta(seconds=every_s)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        await end_task(self._task)

    async def round(self) -> int:
        """Look at every ticket that is due; how many there were."""
        looked = 0
        for item in await self._store.due(self._clock(), _AT_ONCE):
            claimed = self._clock() + _CLAIM
            if await self._store.claim(item, claimed):
                looked += 1
                await self._look(item, claimed)
        return looked

    async def _run(self) -> None:
        while True:
            try:
                await self.round()
            except Exception as exc:  # edge of a background loop
                _log.error("operator_ticket.round_failed", cause=type(exc).__name__)
            await asyncio.sleep(_POLL_S)

    async def _look(self, item: OperatorTicket, claimed: datetime) -> None:
        values: dict[str, object]
        try:
            values = await self._exchange(item)
        except BotError as exc:
            wait = min(_LONGEST_WAIT, self._every * 2 ** min(item.attempts, 10))
            values = {"attempts": item.attempts + 1, "due_at": self._clock() + wait}
            down = isinstance(exc, BackOfficeDown)
            EXCHANGED.labels("down" if down else "refused").inc()
            _log.warning("operator_ticket.not_exchanged", ticket_id=item.ticket_id, cause=type(exc).__name__)
        else:
            EXCHANGED.labels("done").inc()
        await self._store.settle(item.ticket_id, claimed, **values)

    async def _exchange(self, item: OperatorTicket) -> dict[str, object]:
        ticket = await self._tickets.get(item.ticket_id)
        if ticket is None:
            return {"due_at": None}
        remote = await self._there(item, ticket)
        if remote is None:
            _log.error("operator_ticket.gone", ticket_id=item.ticket_id)
            return {"due_at": None}
        if item.seen_status is not None and remote.status != item.seen_status:
            ticket = await self._heard(ticket, remote)
        history = await self._tickets.history(ticket.id)
        for line in history:
            if line.n > item.sent_n and line.kind in _TOLD and line.author != OPERATOR:
                remote = await self._system.note(remote.id, _words(line), author=line.author)
        for status in moves_to(TicketStatus(remote.status), ticket.status):
            remote = await self._system.move(remote.id, status.value, reason=_reason(history))
        over = TicketStatus(remote.status) in ENDED and ticket.status in ENDED
        return {
            "remote_id": remote.id,
            "seen_status": remote.status,
            "sent_n": history[-1].n if history else item.sent_n,
            "attempts": 0,
            "due_at": None if over else self._clock() + self._every,
        }

    async def _there(self, item: OperatorTicket, ticket: Ticket) -> RemoteTicket | None:
        if item.remote_id is None:
            return await self._sender.open(ticket)
        return await self._system.get(item.remote_id)

    async def _heard(self, ticket: Ticket, remote: RemoteTicket) -> Ticket:
        """Follow what somebody did there, as far as our states allow it."""
        for status in moves_to(ticket.status, TicketStatus(remote.status)):
            ticket = await self._tickets.move(ticket.id, status, author=OPERATOR, reason=remote.id)
        return ticket


def _words(line: HistoryEntry) -> str:
    return (line.text or "") if line.kind is EntryKind.note else EntryKind.urge.value


def _reason(history: tuple[HistoryEntry, ...]) -> str | None:
    """Why our ticket is in its state."""
    return next((line.text for line in reversed(history) if line.kind is EntryKind.status), None)
