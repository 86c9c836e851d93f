"""TMF646: appointments and the time slots that are free, over HTTP."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from bot.appointments.model import Appointment, AppointmentStatus, NewVisit, VisitNotFound, VisitWindow
from bot.appointments.service import AppointmentService
from bot.channels.tmf.keys import ApiKey
from bot.channels.tmf.query import (
    Resource,
    body_of,
    check_version,
    created,
    fields_of,
    list_query,
    moment_of,
    objects_of,
    one,
    page,
    reference,
    text_of,
)
from bot.channels.tmf.serialise import APPOINTMENT_STATES, SLOT_PATH, Address, appointment_resource, slot_resource
from bot.errors import BadRequest, Conflict, NotFound
from bot.operator.ports import Customer, OperatorPorts
from bot.tickets.model import Ticket
from bot.tickets.service import TicketService

_ADDRESS_MOST = 400
_ID_MOST = 40
_WINDOW_MOST = 64
_KEY_MOST = 80
_SLOTS_MOST = 100
_RANGES_MOST = 10
_PRODUCT = "broadband"
#: how far ahead a search looks that names no time
_HORIZON = timedelta(days=30)
_STATES = {word: status for status, word in APPOINTMENT_STATES.items()}
_FILTERS = {
    "id": "id",
    "href": "id",
    "status": "status",
    "creationDate": "created_at",
    "lastUpdate": "updated_at",
    "validFor.startDateTime": "start",
    "validFor.endDateTime": "end",
    "calendarEvent.id": "window_id",
    "relatedParty.id": "customer_id",
    "relatedEntity.id": "conversation_id",
    "relatedPlace.id": "area",
}


class SlotTaken(Conflict):
    """That time slot has gone. Search the free ones again."""

    code = "slot_taken"


@dataclass(frozen=True)
class _Place:
    """Where a technician would go, and for whom."""

    area: str
    address: str
    customer: Customer | None
    ticket: Ticket | None


class AppointmentRoutes:
    """Parse, call the appointment service, serialise."""

    def __init__(
        self,
        appointments: AppointmentService,
        tickets: TicketService,
        operator: OperatorPorts,
        address: Address,
        clock: Callable[[], datetime],
    ) -> None:
        self._visits = appointments
        self._tickets = tickets
        self._operator = operator
        self._address = address
        self._clock = clock

    async def find(self, request: web.Request, _caller: ApiKey) -> web.Response:
        query = list_query(request, _FILTERS)
        filters = dict(query.filters)
        if "status" in filters:
            wanted = [_STATES[word].value for word in filters["status"].split(",") if word in _STATES]
            filters["status"] = ",".join(wanted)
        found, total = await self._visits.list_page(filters, query.offset, query.limit)
        return page([appointment_resource(visit, self._address.seen_by(request)) for visit in found], total, query)

    async def get(self, request: web.Request, _caller: ApiKey) -> web.Response:
        visit = await self._found(request)
        return one(
            appointment_resource(visit, self._address.seen_by(request)), fields_of(request), version=visit.version
        )

    async def create(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Book a slot that is free; the same `Idempotency-Key` again gives back the same visit."""
        body = await body_of(request)
        start, end = _period(body)
        entities = objects_of(body, "relatedEntity")
        conversation_id, _ = reference(entities, "Conversation", "conversation")
        place = await self._place(body)
        customer_id, _ = reference(objects_of(body, "relatedParty"), "Customer", "customer")
        customer_id = customer_id or (place.ticket.customer_id if place.ticket else None)
        if customer_id is None:
            raise BadRequest("relatedParty names the customer: {id, role: customer, @referredType: Customer}.")
        sent_key = request.headers.get("Idempotency-Key", "")[:_KEY_MOST]
        key = f"tmf:{caller.id}:{sent_key}" if sent_key else f"tmf:{secrets.token_urlsafe(16)}"
        booked = await self._visits.booked(key)
        if booked is not None:
            return created(appointment_resource(booked, self._address.seen_by(request)), version=booked.version)
        window_id = await self._window_id(body, place.area, start, end)
        visit = await self._visits.book(
            NewVisit(
                customer_id=customer_id,
                area=place.area,
                address=place.address,
                product=(place.ticket.product if place.ticket else None) or _PRODUCT,
                window_id=window_id,
                line_id=place.ticket.line_id if place.ticket else None,
                ticket_id=place.ticket.id if place.ticket else None,
                conversation_id=conversation_id,
            ),
            key=key,
        )
        if visit is None:
            raise SlotTaken()
        return created(appointment_resource(visit, self._address.seen_by(request)), version=visit.version)

    async def change(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Cancel, complete or confirm by `status`, move by `validFor`; anything else has to stay as it is."""
        body = await body_of(request)
        async with self._visits.unit():
            visit = await self._found(request)
            check_version(request, visit.version)
            present = appointment_resource(visit, self._address.seen_by(request))
            for name in body:
                if name not in ("status", "validFor", "calendarEvent") and body[name] != present.get(name):
                    raise BadRequest(f"{name} of an appointment cannot be changed. Leave it out.")
            if body.get("validFor") is not None:
                start, end = _period(body)
                if (start, end) != (visit.start, visit.end):
                    visit = await self._moved(visit, body, start, end, caller)
            if "status" in body:
                visit = await self._with_status(visit, body["status"], caller)
        return one(appointment_resource(visit, self._address.seen_by(request)), version=visit.version)

    async def search(self, request: web.Request, _caller: ApiKey) -> web.Response:
        """Find free slots; the search is not stored: its id says what was asked."""
        body = await body_of(request)
        asked = objects_of(body, "requestedTimeSlot")[:_RANGES_MOST]
        ranges = [_period(slot) for slot in asked]
        place = await self._place(body)
        return created(await self._slots(request, place.area, ranges, self._clock()))

    async def searched(self, request: web.Request, _caller: ApiKey) -> web.Response:
        """An earlier search, with what is free now."""
        area, ranges, at = _unpacked(request.match_info["id"])
        return one(await self._slots(request, area, ranges, at), fields_of(request))

    async def _found(self, request: web.Request) -> Appointment:
        visit = await self._visits.get(request.match_info["id"])
        if visit is None:
            raise VisitNotFound()
        return visit

    async def _moved(
        self, visit: Appointment, body: Mapping[str, Any], start: datetime, end: datetime, caller: ApiKey
    ) -> Appointment:
        window_id = await self._window_id(body, visit.area, start, end)
        key = f"tmf:{caller.id}:{secrets.token_urlsafe(16)}"
        moved = await self._visits.book(
            NewVisit(
                customer_id=visit.customer_id,
                area=visit.area,
                address=visit.address,
                product=visit.product,
                window_id=window_id,
                line_id=visit.line_id,
                ticket_id=visit.ticket_id,
                replaces=visit.id,
            ),
            key=key,
        )
        if moved is None:
            raise SlotTaken()
        return moved

    async def _with_status(self, visit: Appointment, word: object, caller: ApiKey) -> Appointment:
        status = _STATES.get(word) if isinstance(word, str) else None
        if status is None:
            raise BadRequest(f"status is one of {', '.join(_STATES)}.")
        if status is visit.status:
            return visit
        if status is AppointmentStatus.cancelled:
            return await self._visits.cancel(visit.id, version=visit.version, key=f"tmf:{caller.id}")
        if status is AppointmentStatus.completed:
            return await self._visits.complete(visit.id, version=visit.version)
        if status is AppointmentStatus.confirmed and visit.status is AppointmentStatus.held:
            confirmed = await self._visits.confirm(visit.id, key=f"tmf:{caller.id}")
            if confirmed is None:
                raise SlotTaken()
            return confirmed
        raise Conflict(f"An appointment that is {APPOINTMENT_STATES[visit.status]} cannot become {word}.")

    async def _window_id(self, body: Mapping[str, Any], area: str, start: datetime, end: datetime) -> str:
        event = body.get("calendarEvent")
        window: VisitWindow | None
        if isinstance(event, dict) and event.get("id") is not None:
            window = await self._visits.window(text_of(event, "id", _WINDOW_MOST) or "")
            if window is not None and (window.area, window.start, window.end) == (area, start, end):
                return window.id
        window = await self._visits.window_at(area, start, end)
        if window is None:
            raise SlotTaken()
        return window.id

    async def _place(self, body: Mapping[str, Any]) -> _Place:
        ticket_id, _ = reference(objects_of(body, "relatedEntity"), "TroubleTicket", "troubleTicket")
        customer_id, _ = reference(objects_of(body, "relatedParty"), "Customer", "customer")
        ticket = await self._tickets.get(ticket_id) if ticket_id else None
        if ticket_id and ticket is None:
            raise BadRequest(f"There is no ticket {ticket_id}.")
        customer_id = customer_id or (ticket.customer_id if ticket else None)
        customer = await self._operator.customers.by_id(customer_id) if customer_id else None
        named = objects_of(body, "relatedPlace")
        place: Mapping[str, Any] = named[0] if named else {}
        area_id, words = text_of(place, "id", _ID_MOST), text_of(place, "name", _ADDRESS_MOST)
        areas = {area.id for area in await self._operator.network.areas()} if area_id else set()
        if area_id not in areas:
            found = await self._operator.network.area_of(words) if words else None
            area_id = found.id if found else (customer.area if customer else None)
        if area_id is None:
            raise BadRequest(
                "relatedPlace names an area by id, or an address by name; or relatedParty a known customer."
            )
        return _Place(area_id, words or (customer.address.zh if customer else area_id), customer, ticket)

    async def _slots(
        self, request: web.Request, area: str, ranges: Sequence[tuple[datetime, datetime]], at: datetime
    ) -> Resource:
        now = self._clock()
        found: dict[str, VisitWindow] = {}
        for start, end in ranges or [(now, now + _HORIZON)]:
            windows = await self._visits.windows(area, start=start, end=end, not_before=now, limit=_SLOTS_MOST)
            found.update((window.id, window) for window in windows)
        slots = sorted(found.values(), key=lambda window: (window.start, window.id))[:_SLOTS_MOST]
        search_id = _packed(area, ranges, at)
        return {
            "id": search_id,
            "href": self._address.seen_by(request).to(SLOT_PATH, search_id),
            "@type": "SearchTimeSlot",
            "status": "done",
            "searchDate": at.isoformat(),
            "searchResult": "success" if slots else "fail",
            "requestedTimeSlot": [
                {"validFor": {"startDateTime": start.isoformat(), "endDateTime": end.isoformat()}}
                for start, end in ranges
            ],
            "availableTimeSlot": [slot_resource(window) for window in slots],
            "relatedPlace": {"id": area, "role": "visitAddress", "@referredType": "GeographicArea"},
        }


def _period(body: Mapping[str, Any]) -> tuple[datetime, datetime]:
    period = body.get("validFor")
    if not isinstance(period, dict):
        raise BadRequest("validFor holds startDateTime and endDateTime.")
    start = moment_of(period.get("startDateTime"), "validFor.startDateTime")
    end = moment_of(period.get("endDateTime"), "validFor.endDateTime")
    if end <= start:
        raise BadRequest("validFor ends after it starts.")
    return start, end


def _packed(area: str, ranges: Sequence[tuple[datetime, datetime]], at: datetime) -> str:
    asked = [area, [[start.isoformat(), end.isoformat()] for start, end in ranges], at.isoformat()]
    return base64.urlsafe_b64encode(json.dumps(asked, separators=(",", ":")).encode()).decode().rstrip("=")


def _unpacked(search_id: str) -> tuple[str, list[tuple[datetime, datetime]], datetime]:
    try:
        area, ranges, at = json.loads(base64.urlsafe_b64decode(search_id + "=" * (-len(search_id) % 4)))
        pairs = [(moment_of(start, "start"), moment_of(end, "end")) for start, end in ranges[:_RANGES_MOST]]
        return str(area), pairs, moment_of(at, "searchDate")
    except (ValueError, TypeError, BadRequest) as exc:
        raise NotFound("There is no such search. Search again.") from exc
