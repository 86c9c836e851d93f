"""Lists of tickets and complaints, what a case says, and the tables behind them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiohttp import web

from bot.channels.desk.session import BASE, SERVING, DeskSessions
from bot.channels.desk_tickets.bodies import one_of, paging, query_with, whole
from bot.channels.desk_tickets.cases import CaseReader
from bot.channels.desk_tickets.serialise import complaint_json, row
from bot.errors import BadRequest
from bot.filters import moment_of
from bot.services import Services
from bot.tickets.complaints.model import CallbackResult
from bot.tickets.lists.model import Sort, View, Wanted
from bot.tickets.lists.store import ListStore
from bot.tickets.model import TRANSITIONS, EntryKind, Priority, Severity, Ticket, TicketStatus, TicketType

_PRODUCTS = ("broadband", "mobile", "tv", "landline")
_CHOICES = {
    "status": [item.value for item in TicketStatus],
    "ticket_type": [item.value for item in TicketType],
    "severity": [item.value for item in Severity],
    "priority": [item.value for item in Priority],
}
_FILTERS = (
    *_CHOICES,
    "group_id",
    "assignee_id",
    "product",
    "category",
    "customer_id",
    "conversation_id",
    "outage_id",
)
_TIMES = {"created_from": "created_at>=", "created_before": "created_at<"}
_PAGING = ("offset", "limit")
_SOON_H, _SOON_MOST_H = 4, 24 * 14
_VALUES_MOST = 100


class ListChannel:
    """Everything that is read."""

    def __init__(self, sessions: DeskSessions, services: Services, cases: CaseReader) -> None:
        self._sessions = sessions
        self._services = services
        self._cases = cases
        self._lists = ListStore(services.tickets.store)

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(BASE + "/tickets", self.tickets)
        router.add_get(BASE + "/tickets/tables", self.tables)
        router.add_get(BASE + "/tickets/counts", self.counts)
        router.add_get(BASE + "/tickets/{id:[Tt][Tt][0-9]+}", self.show)
        router.add_get(BASE + "/tickets/{id:[Tt][Tt][0-9]+}/history", self.history)
        router.add_get(BASE + "/complaints", self.complaints)
        router.add_get(BASE + "/complaints/causes", self.causes)

    async def tickets(self, request: web.Request) -> web.Response:
        """Tickets by view, filters, order and page."""
        return await self._list(request, View.open, None)

    async def complaints(self, request: web.Request) -> web.Response:
        """Complaints that are not over, each with what it has beyond its ticket."""
        return await self._list(request, View.complaints, TicketType.complaint)

    async def counts(self, request: web.Request) -> web.Response:
        """How many tickets each view has."""
        session = await self._sessions.of(request, *SERVING)
        query = query_with(request, "group_id", "within_h")
        return web.json_response({"counts": await self._lists.counts(self._wanted(query, session.user.id, View.open))})

    async def show(self, request: web.Request) -> web.Response:
        """One ticket with both clocks in words and all that belongs to it."""
        session = await self._sessions.of(request, *SERVING)
        ticket = await self._cases.found(request)
        await self._cases.viewed(session.user.username, ticket)
        return web.json_response(await self._cases.case(ticket))

    async def history(self, request: web.Request) -> web.Response:
        """Everything that happened to a ticket, newest first, a page at a time."""
        await self._sessions.of(request, *SERVING)
        query = query_with(request, *_PAGING, "kind")
        offset, limit = paging(query)
        ticket = await self._cases.found(request)
        lines = await self._services.tickets.history(ticket.id)
        if "kind" in query:
            kind = EntryKind(one_of(query["kind"], [item.value for item in EntryKind], "kind"))
            lines = tuple(line for line in lines if line.kind is kind)
        newest = lines[::-1][offset : offset + limit]
        return web.json_response({"history": await self._cases.lines(newest), "total": len(lines)})

    async def causes(self, request: web.Request) -> web.Response:
        """Causes of complaints that come up again and again."""
        await self._sessions.of(request, *SERVING)
        query_with(request)
        tables = self._services.tickets.tables
        causes = [
            {
                "product": item.product,
                "category": item.category,
                "root_cause": item.root_cause,
                "count": item.count,
                "last_at": item.last_at.isoformat(),
            }
            for item in await self._services.complaints.repeated()
        ]
        body = {"causes": causes, "within_days": tables.repeated_within.days, "from": tables.repeated_from}
        return web.json_response(body)

    async def tables(self, request: web.Request) -> web.Response:
        """Groups, roles and everything else that a form offers."""
        await self._sessions.of(request, *SERVING)
        tables = self._services.tickets.tables
        return web.json_response(
            {
                "groups": [
                    {"id": group.id, "name": dict(group.name), "lead": group.lead} for group in tables.groups.values()
                ],
                "roles": [{"id": role, "name": dict(name)} for role, name in tables.roles.items()],
                "ticket_types": _CHOICES["ticket_type"],
                "severities": _CHOICES["severity"],
                "priorities": _CHOICES["priority"],
                "statuses": _CHOICES["status"],
                "products": list(_PRODUCTS),
                "callback_results": [item.value for item in CallbackResult],
                "views": [item.value for item in View],
                "sorts": [item.value for item in Sort],
                "transitions": {old.value: sorted(new.value for new in follow) for old, follow in TRANSITIONS.items()},
            }
        )

    async def _list(self, request: web.Request, view: View, only: TicketType | None) -> web.Response:
        session = await self._sessions.of(request, *SERVING)
        query = query_with(request, *_FILTERS, *_TIMES, *_PAGING, "view", "sort", "q", "within_h")
        if only is not None:
            query = {**query, "ticket_type": only.value}
        offset, limit = paging(query)
        wanted = self._wanted(query, session.user.id, view)
        found, total = await self._lists.page(wanted, offset, limit)
        names = await self._cases.names([ticket.assignee_id for ticket in found])
        rows = [row(ticket, names.get(ticket.assignee_id or ""), wanted.now) for ticket in found]
        if only is not None:
            await self._with_complaints(found, rows)
        return web.json_response({"tickets": rows, "total": total, "offset": offset, "limit": limit})

    async def _with_complaints(self, found: tuple[Ticket, ...], rows: list[dict[str, Any]]) -> None:
        service = self._services.complaints
        known = await service.of([ticket.id for ticket in found])
        for ticket, item in zip(found, rows, strict=True):
            complaint = known.get(ticket.id)
            missing = service.missing(ticket, complaint) if complaint else ()
            item["complaint"] = complaint_json(complaint, ticket.root_cause, missing) if complaint else None

    def _wanted(self, query: Mapping[str, str], user_id: str, view: View) -> Wanted:
        filters = {name: query[name] for name in _FILTERS if query.get(name)}
        for name, choices in _CHOICES.items():
            for value in filters.get(name, choices[0]).split(","):
                one_of(value, choices, name)
        if any(value.count(",") >= _VALUES_MOST for value in filters.values()):
            raise BadRequest(f"A filter names at most {_VALUES_MOST} values.")
        for name, column in _TIMES.items():
            if query.get(name):
                filters[column] = moment_of(query[name], name).isoformat()
        sort = query.get("sort")
        return Wanted(
            view=View(one_of(query.get("view", view.value), [item.value for item in View], "view")),
            user_id=user_id,
            now=self._services.clock(),
            filters=filters,
            number=query.get("q", "").strip() or None,
            sort=Sort(one_of(sort, [item.value for item in Sort], "sort")) if sort else None,
            soon=timedelta(hours=whole(query, "within_h", _SOON_H, _SOON_MOST_H)),
        )
