"""Technicians' visits for a ticket: free times, booking, moving, calling off; the customer is told of each."""

from __future__ import annotations

import secrets

from aiohttp import web

from bot.appointments.care import VisitCare
from bot.appointments.model import Appointment, NewVisit, SlotTaken, VisitChanged, VisitNotFound
from bot.channels.desk.session import SERVING, DeskSessions
from bot.channels.desk_tickets.bodies import body_with, moment, needed, one_of, query_with, version_of, whole
from bot.channels.desk_tickets.cases import CaseReader
from bot.channels.desk_tickets.work import ONE
from bot.channels.reading import words
from bot.errors import Refused
from bot.operator.ports import Customer
from bot.services import Services
from bot.tickets.model import IllegalTransition, Ticket

_PRODUCTS = ("broadband", "mobile", "tv", "landline")
_SLOTS, _SLOTS_MOST = 20, 100
_ID_MOST, _KEY_MOST = 80, 80


class VisitChannel:
    """Times are whole windows of the planning; a full one is 409 `slot_taken`."""

    def __init__(self, sessions: DeskSessions, services: Services, care: VisitCare, cases: CaseReader) -> None:
        self._sessions = sessions
        self._services = services
        self._visits = services.appointments
        self._care = care
        self._cases = cases

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(ONE + "/slots", self.slots)
        router.add_post(ONE + "/visits", self.book)
        router.add_post(ONE + "/visits/{visit_id}/move", self.move)
        router.add_post(ONE + "/visits/{visit_id}/cancel", self.cancel)

    async def slots(self, request: web.Request) -> web.Response:
        """Free times where the ticket's customer lives, soonest first."""
        await self._sessions.of(request, *SERVING)
        query = query_with(request, "from", "to", "product", "limit")
        ticket = await self._cases.found(request)
        area, _ = await self._place(ticket)
        product = one_of(query["product"], _PRODUCTS, "product") if query.get("product") else ticket.product
        found = await self._visits.windows(
            area,
            start=moment(query, "from"),
            end=moment(query, "to"),
            not_before=self._services.clock(),
            limit=whole(query, "limit", _SLOTS, _SLOTS_MOST) or _SLOTS,
            product=product,
        )
        slots = [
            {"window_id": item.id, "start": item.start.isoformat(), "end": item.end.isoformat(), "free": item.free}
            for item in found
        ]
        return web.json_response({"slots": slots, "area": area, "product": product})

    async def book(self, request: web.Request) -> web.Response:
        """Book a technician; `key` again books no second one."""
        session = await self._sessions.of(request, *SERVING)
        body = await body_with(request, "window_id", "key")
        ticket = await self._cases.found(request)
        if not ticket.status.open:
            raise IllegalTransition(f"Nobody is sent out for a ticket that is {ticket.status.value}.")
        key = words(body.get("key"), "key", _KEY_MOST) or secrets.token_urlsafe(16)
        visit = await self._booked(ticket, needed(body, "window_id", _ID_MOST), f"desk:{session.user.id}:{key}")
        await self._care.announce(visit, "booked")
        return await self._cases.changed(ticket.id, status=201)

    async def move(self, request: web.Request) -> web.Response:
        """Another time; the visit keeps its number."""
        session = await self._sessions.of(request, *SERVING)
        body = await body_with(request, "window_id", "visit_version")
        ticket = await self._cases.found(request)
        visit = await self._own(request, ticket)
        _check(visit, version_of(body, "visit_version"))
        key = f"desk:{session.user.id}:{secrets.token_urlsafe(16)}"
        moved = await self._booked(ticket, needed(body, "window_id", _ID_MOST), key, visit)
        await self._care.announce(moved, "moved")
        return await self._cases.changed(ticket.id)

    async def cancel(self, request: web.Request) -> web.Response:
        """Call it off; its time is free again."""
        session = await self._sessions.of(request, *SERVING)
        body = await body_with(request, "visit_version")
        ticket = await self._cases.found(request)
        visit = await self._own(request, ticket)
        version = version_of(body, "visit_version")
        cancelled = await self._visits.cancel(
            visit.id, version=visit.version if version is None else version, key=f"desk:{session.user.id}"
        )
        await self._care.announce(cancelled, "cancelled")
        return await self._cases.changed(ticket.id)

    async def _booked(
        self, ticket: Ticket, window_id: str, key: str, replaces: Appointment | None = None
    ) -> Appointment:
        area, customer = await self._place(ticket)
        new = NewVisit(
            customer_id=customer.id,
            area=replaces.area if replaces else area,
            address=replaces.address if replaces else customer.address.zh,
            product=(replaces.product if replaces else ticket.product) or "",
            window_id=window_id,
            line_id=ticket.line_id,
            ticket_id=ticket.id,
            conversation_id=ticket.conversation_id,
            replaces=replaces.id if replaces else None,
            minutes=(replaces.minutes or None) if replaces else None,
        )
        visit = await self._visits.book(new, key=key)
        if visit is None:
            raise SlotTaken()
        return visit

    async def _place(self, ticket: Ticket) -> tuple[str, Customer]:
        """The area that a technician would go to, and whose home it is."""
        customer = None
        if ticket.customer_id is not None:
            customer = await self._services.operator.customers.by_id(ticket.customer_id)
        if customer is None:
            raise Refused("This ticket has no known customer, so there is nowhere to go.")
        area = ticket.facts.get("area")
        return (area if isinstance(area, str) else customer.area), customer

    async def _own(self, request: web.Request, ticket: Ticket) -> Appointment:
        visit = await self._visits.get(request.match_info["visit_id"])
        if visit is None or visit.ticket_id != ticket.id:
            raise VisitNotFound()
        return visit


def _check(visit: Appointment, version: int | None) -> None:
    if version is not None and version != visit.version:
        raise VisitChanged()
