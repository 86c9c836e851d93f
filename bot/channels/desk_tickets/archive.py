"""The archive of tickets: find, read, hold, export, keep and destroy what is due, and the log of all that."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from aiohttp import web

from bot.audit.store import AuditStore
from bot.channels.desk.session import BASE, SERVING, DeskSessions
from bot.channels.desk_tickets.bodies import WORD_MOST, body_with, needed, one_of, paging, query_with
from bot.channels.desk_tickets.serialise import told
from bot.filters import moment_of
from bot.services import Services
from bot.tickets.archive.model import ArchivedTicket, Search
from bot.tickets.model import TicketType

_BASE = BASE + "/tickets"
_EXACT = ("customer_id", "ticket_type", "product", "category", "root_cause", "conversation_id")
_TIMES = ("from", "before")
_SUPERVISOR = "supervisor"
_TYPES = {"csv": "text/csv", "json": "application/x-ndjson"}
#: spreadsheets take a file for UTF-8 by this
_MARK = "\ufeff"


class ArchiveChannel:
    """Whoever may read may find; what changes or takes away is a supervisor's."""

    def __init__(self, sessions: DeskSessions, services: Services, audit: AuditStore) -> None:
        self._sessions = sessions
        self._archive = services.archive
        self._clock = services.clock
        self._audit = audit

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(_BASE + "/archive", self.find)
        router.add_get(_BASE + "/archive/{id}", self.show)
        router.add_put(_BASE + "/archive/{id}/hold", self.hold)
        router.add_delete(_BASE + "/archive/{id}/hold", self.release)
        router.add_get(_BASE + "/export", self.export)
        router.add_get(_BASE + "/retention", self.log)
        router.add_post(_BASE + "/retention", self.keep)

    async def find(self, request: web.Request) -> web.Response:
        """Archived tickets that fit, newest first."""
        await self._sessions.of(request, *SERVING)
        query = query_with(request, *_EXACT, *_TIMES, "offset", "limit")
        offset, limit = paging(query)
        found = await self._archive.find(_search(query), offset=offset, limit=limit + 1)
        tickets = [_summary(item) for item in found[:limit]]
        return web.json_response({"tickets": tickets, "more": len(found) > limit})

    async def show(self, request: web.Request) -> web.Response:
        """One record with everything that belonged to the ticket."""
        session = await self._sessions.of(request, *SERVING)
        ticket_id = request.match_info["id"].upper()
        whole = await self._archive.get(ticket_id)
        await self._audit.record(session.user.username, "archive_viewed", self._clock(), None, {}, subject_id=ticket_id)
        return web.json_response(dict(whole))

    async def hold(self, request: web.Request) -> web.Response:
        """Keep a record beyond its time."""
        session = await self._sessions.of(request, _SUPERVISOR)
        reason = needed(await body_with(request, "reason"), "reason", WORD_MOST)
        ticket_id = request.match_info["id"].upper()
        await self._archive.hold(ticket_id, reason=reason, actor=session.user.username)
        return web.json_response({"ticket_id": ticket_id, "hold": reason})

    async def release(self, request: web.Request) -> web.Response:
        """End a hold."""
        session = await self._sessions.of(request, _SUPERVISOR)
        ticket_id = request.match_info["id"].upper()
        await self._archive.release(ticket_id, actor=session.user.username)
        return web.json_response({"ticket_id": ticket_id, "hold": None})

    async def export(self, request: web.Request) -> web.StreamResponse:
        """Every ticket that fits, live and archived, as a file."""
        session = await self._sessions.of(request, _SUPERVISOR)
        query = query_with(request, *_EXACT, *_TIMES, "format")
        form = one_of(query.get("format", "csv"), list(_TYPES), "format")
        pieces = self._archive.export(_search(query), form, actor=session.user.username)
        name = f"tickets-{self._clock():%Y%m%d}.{'csv' if form == 'csv' else 'jsonl'}"
        response = web.StreamResponse(
            headers={
                "Content-Type": f"{_TYPES[form]}; charset=utf-8",
                "Content-Disposition": f'attachment; filename="{name}"',
                "Cache-Control": "no-store",
            }
        )
        first = await _first(pieces)  # what cannot be exported is an error, not half a file
        await response.prepare(request)
        await response.write(((_MARK if form == "csv" else "") + first).encode())
        async for piece in pieces:
            await response.write(piece.encode())
        await response.write_eof()
        return response

    async def log(self, request: web.Request) -> web.Response:
        """What was archived, held, exported and destroyed, newest first."""
        await self._sessions.of(request, _SUPERVISOR)
        query = query_with(request, "ticket_id", "offset", "limit")
        offset, limit = paging(query)
        ticket_id = query.get("ticket_id")
        lines = await self._archive.log_lines(ticket_id.upper() if ticket_id else None, offset=offset, limit=limit)
        return web.json_response(
            {
                "log": [
                    {
                        "at": told(line.at),
                        "action": line.action.value,
                        "ticket_id": line.ticket_id,
                        "retention_id": line.retention_id,
                        "sha256": line.sha256,
                        "actor": line.actor,
                        "detail": dict(line.detail),
                    }
                    for line in lines
                ]
            }
        )

    async def keep(self, request: web.Request) -> web.Response:
        """Archive and destroy what is due now."""
        await self._sessions.of(request, _SUPERVISOR)
        await body_with(request)
        archived, destroyed = await self._archive.keep()
        return web.json_response({"archived": archived, "destroyed": destroyed})


async def _first(pieces: AsyncIterator[str]) -> str:
    async for piece in pieces:
        return piece
    return ""


def _search(query: Mapping[str, str]) -> Search:
    if query.get("ticket_type"):
        one_of(query["ticket_type"], [item.value for item in TicketType], "ticket_type")
    values: dict[str, Any] = {name: query[name] for name in _EXACT if query.get(name)}
    for name, column in zip(_TIMES, ("created_from", "created_before"), strict=True):
        if query.get(name):
            values[column] = moment_of(query[name], name)
    return Search(**values)


def _summary(item: ArchivedTicket) -> dict[str, Any]:
    values = {name: getattr(item, name) for name in ArchivedTicket.__dataclass_fields__}
    return {name: told(value) if hasattr(value, "isoformat") else value for name, value in values.items()}
