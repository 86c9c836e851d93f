"""Keeps tickets as long as retention.yml says: archives them whole, finds, exports, destroys them, and logs it all."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.errors import BadRequest
from bot.tickets.archive.model import (
    ArchiveDamaged,
    ArchivedTicket,
    ArchivedTicketNotFound,
    LogLine,
    RetentionAction,
    Search,
    TicketNotOver,
)
from bot.tickets.archive.record import entry_record, link_record, record_of
from bot.tickets.archive.store import ArchiveStore
from bot.tickets.links.store import LinkStore
from bot.tickets.matching import facts_of
from bot.tickets.model import ENDED, Ticket, TicketNotFound
from bot.tickets.service import TicketService

_log = structlog.get_logger(__name__)

_SYSTEM = "system"
_PAGE = 200
_FORMATS = ("csv", "json")
#: columns of the CSV export
_COLUMNS = (
    "id ticket_type status severity priority product category root_cause group_id channel created_at respond_by"
    " responded_at due_at legal_due_at resolved_at ended_at reopens escalation_level customer_id line_id"
    " external_id description"
).split()
#: a spreadsheet would run what begins with one of these
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class ArchiveService:
    """Beside `TicketService`; housekeeping calls `keep`."""

    def __init__(self, tickets: TicketService, store: ArchiveStore, clock: Callable[[], datetime]) -> None:
        self._tickets = tickets
        self._store = store
        self._links = LinkStore(tickets.store.database, tickets.store.zone)
        self._clock = clock

    async def keep(self, most: int = 1000) -> tuple[int, int]:
        """Archive and destroy what is due.

        Args:
            most: of each at most; the rest follows at the next call.

        Returns:
            How many tickets were archived, and how many destroyed.
        """
        archived, destroyed = await self._archive(most), await self._destroy(most)
        if archived or destroyed:
            _log.info("tickets_kept", archived=archived, destroyed=destroyed)
        return archived, destroyed

    async def get(self, ticket_id: str) -> Mapping[str, Any]:
        """A ticket of the archive with all that belonged to it: history, links, complaint, visits, conversation.

        Raises:
            ArchivedTicketNotFound: not there, or not any more.
            ArchiveDamaged: it is not what was written.
        """
        found = await self._store.get(ticket_id)
        if found is None:
            raise ArchivedTicketNotFound()
        summary, body = found
        return _checked(ticket_id, summary.sha256, body)

    async def find(self, search: Search, *, offset: int = 0, limit: int = 50) -> tuple[ArchivedTicket, ...]:
        """Archived tickets that fit, newest first."""
        return await self._store.find(search, offset, limit)

    async def hold(self, ticket_id: str, *, reason: str, actor: str) -> None:
        """Keep a ticket of the archive beyond its time, such as for a lawsuit.

        Raises:
            BadRequest: no reason.
            ArchivedTicketNotFound: not there.
        """
        if not reason.strip():
            raise BadRequest("A hold needs a reason.")
        await self._set_hold(ticket_id, reason.strip(), RetentionAction.held, actor)

    async def release(self, ticket_id: str, *, actor: str) -> None:
        """End a hold; what is over its time is destroyed at the next round.

        Raises:
            ArchivedTicketNotFound: not there.
        """
        await self._set_hold(ticket_id, None, RetentionAction.released, actor)

    async def log_lines(
        self, ticket_id: str | None = None, *, offset: int = 0, limit: int = 100
    ) -> tuple[LogLine, ...]:
        """What was archived, held, exported and destroyed, newest first; of one ticket, or of all."""
        return await self._store.log_lines(ticket_id, offset, limit)

    async def export(self, search: Search, form: str, *, actor: str) -> AsyncIterator[str]:
        """Every ticket that fits, live ones first, a piece of text at a time; it is logged once it is complete.

        Args:
            form: `csv`, one line a ticket; or `json`, one object a line with everything that belongs to it.

        Raises:
            BadRequest: another form.
            ArchiveDamaged: a record is not what was written.
        """
        if form not in _FORMATS:
            raise BadRequest(f"Tickets are exported as {' or '.join(_FORMATS)}.")
        count = 0
        if form == "csv":
            yield _csv_line(_COLUMNS)
        async for whole in self._everything(search, with_belongings=form == "json"):
            count += 1
            yield _csv_row(whole["ticket"]) if form == "csv" else json.dumps(whole, ensure_ascii=False) + "\n"
        detail = {"count": count, "form": form, "by": sorted(k for k, v in asdict(search).items() if v is not None)}
        await self._log(RetentionAction.exported, None, actor, detail)

    async def _everything(self, search: Search, *, with_belongings: bool) -> AsyncIterator[Mapping[str, Any]]:
        async for ticket in self._store.live(search):
            yield await self._whole(ticket) if with_belongings else {"ticket": record_of(ticket)}
        async for ticket_id, sha256, body in self._store.bodies(search):
            yield _checked(ticket_id, sha256, body)

    async def _whole(self, ticket: Ticket) -> dict[str, Any]:
        history = await self._tickets.history(ticket.id)
        links = (await self._links.of([ticket.id])).get(ticket.id, ())
        return {
            "ticket": record_of(ticket),
            "history": [entry_record(entry) for entry in history],
            "links": [link_record(link) for link in links],
            **await self._store.belongings(ticket),
        }

    async def _archive(self, most: int) -> int:
        tables, now = self._tickets.tables, self._clock()
        shortest = min(row.archive_after for _, row in tables.retention)
        after, done = None, 0
        while done < most:
            page = await self._store.ended(now - shortest, after, _PAGE)
            for ticket in page:
                row = tables.retention_of(facts_of(ticket))
                if row is not None and ticket.ended_at is not None and ticket.ended_at + row.archive_after <= now:
                    await self._archive_one(ticket, ticket.ended_at, row.id, row.destroy_after)
                    done += 1
                await asyncio.sleep(0)
            if len(page) < _PAGE or page[-1].ended_at is None:
                break
            after = page[-1].ended_at, page[-1].id
        return done

    async def withdraw(self, ticket_id: str, *, actor: str) -> None:
        """Move a ticket that is over into the archive at once, and out of sight of other systems and customers.

        It is destroyed when its time is over, as if it had not been withdrawn. One that is withdrawn already stays so.

        Raises:
            TicketNotFound: no such number.
            TicketNotOver: somebody still has to do something about it.
        """
        async with self._tickets.unit():
            ticket = await self._tickets.get(ticket_id)
            if ticket is None:
                raise TicketNotFound()
            if ticket.ended_at is None or ticket.status not in ENDED:
                raise TicketNotOver()
            found = await self._store.get(ticket_id)
            row = self._tickets.tables.retention_of(facts_of(ticket))
            if found is None:
                if row is None:
                    raise TicketNotOver()
                await self._archive_one(ticket, ticket.ended_at, row.id, row.destroy_after)
                found = await self._store.get(ticket_id)
            await self._store.withdraw(ticket, actor)
            await self._log(RetentionAction.withdrawn, found[0] if found else None, actor, {})
        _log.info("ticket_withdrawn", ticket_id=ticket_id)

    async def _archive_one(self, ticket: Ticket, ended_at: datetime, row_id: str, destroy_after: timedelta) -> None:
        async with self._tickets.unit():
            body = json.dumps(await self._whole(ticket), ensure_ascii=False, sort_keys=True)
            digest = hashlib.sha256(body.encode()).hexdigest()
            same = ("customer_id", "product", "category", "root_cause", "conversation_id", "created_at")
            await self._store.put(
                {
                    **{name: getattr(ticket, name) for name in same},
                    "ticket_id": ticket.id,
                    "ticket_type": ticket.ticket_type.value,
                    "status": ticket.status.value,
                    "ended_at": ended_at,
                    "archived_at": self._clock(),
                    "retention_id": row_id,
                    "destroy_at": ended_at + destroy_after,
                    "sha256": digest,
                    "body": body,
                }
            )
            line = LogLine(self._clock(), RetentionAction.archived, ticket.id, row_id, digest, _SYSTEM, {})
            await self._store.log([line])

    async def _destroy(self, most: int) -> int:
        done = 0
        for item in await self._store.to_destroy(self._clock(), most):
            async with self._tickets.unit():
                if await self._store.remove(item.ticket_id):
                    done += 1
                    detail = {"due_at": item.destroy_at.isoformat()}
                    await self._log(RetentionAction.destroyed, item, _SYSTEM, detail)
            await asyncio.sleep(0)
        return done

    async def _set_hold(self, ticket_id: str, hold: str | None, action: RetentionAction, actor: str) -> None:
        async with self._tickets.unit():
            if not await self._store.set_hold(ticket_id, hold):
                raise ArchivedTicketNotFound()
            found = await self._store.get(ticket_id)
            await self._log(action, found[0] if found else None, actor, {"reason": hold} if hold else {})

    async def _log(
        self, action: RetentionAction, item: ArchivedTicket | None, actor: str, detail: Mapping[str, Any]
    ) -> None:
        line = LogLine(
            at=self._clock(),
            action=action,
            ticket_id=item.ticket_id if item else None,
            retention_id=item.retention_id if item else None,
            sha256=item.sha256 if item else None,
            actor=actor,
            detail=dict(detail),
        )
        await self._store.log([line])


def _checked(ticket_id: str, sha256: str, body: str) -> Mapping[str, Any]:
    if hashlib.sha256(body.encode()).hexdigest() != sha256:
        raise ArchiveDamaged(f"The archive's record of {ticket_id} is not what was written. Restore it from a backup.")
    whole: Mapping[str, Any] = json.loads(body)
    return whole


def _csv_row(record: Mapping[str, Any]) -> str:
    return _csv_line([_cell(record.get(name)) for name in _COLUMNS])


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _csv_line(cells: Any) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()
