"""TMF646: appointments over HTTP."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.appointments.care import VisitCare
from bot.appointments.model import Appointment, AppointmentStatus, NewVisit, SlotTaken, VisitNotFound, VisitWindow
from bot.appointments.service import AppointmentService
from bot.channels.tmf.attributes import APPOINTMENT
from bot.channels.tmf.keys import ApiKey
from bot.channels.tmf.lists import fields_of, list_query, page
from bot.channels.tmf.places import NotToldEnough, PlaceFinder, period_of
from bot.channels.tmf.query import (
    body_of,
    check_known,
    check_version,
    created,
    idempotency_key,
    is_same,
    objects_of,
    one,
    reference,
    text_of,
)
from bot.channels.tmf.references import Address
from bot.channels.tmf.ticket_bodies import customer_of
from bot.channels.tmf.visit_resources import APPOINTMENT_STATES, appointment_resource
from bot.errors import BadRequest, Conflict

_WINDOW_MOST = 64
_PRODUCT = "broadband"
#: word of the standard to our states; several of ours are `initialized`
_STATES = {
    word: [status for status, other in APPOINTMENT_STATES.items() if other == word]
    for word in APPOINTMENT_STATES.values()
}
#: kept as sent, with the most characters of a text; None: a list of objects
_EXTRAS: Mapping[str, int | None] = {
    "category": 80,
    "description": 4_000,
    "externalId": 80,
    "@baseType": 200,
    "@schemaLocation": 400,
    "attachment": None,
    "contactMedium": None,
    "note": None,
}
#: lists → what of them we keep as columns, as type and role; the rest is kept as sent
_REFERENCES: Mapping[str, Sequence[tuple[str, str]]] = {
    "relatedParty": [("Customer", "customer")],
    "relatedEntity": [("Conversation", "conversation"), ("TroubleTicket", "troubleTicket")],
}
#: objects whose id, and name, we keep as columns
_PARTS: Mapping[str, Sequence[str]] = {"relatedPlace": ("id", "name"), "calendarEvent": ("id",)}
#: whether an appointment is about a place is decided by these
_WHERE = ("relatedPlace", "relatedParty", "relatedEntity", "calendarEvent")


class AppointmentStands(Conflict):
    """An appointment that stands is cancelled, not deleted. Send status cancelled first."""

    code = "appointment_stands"


class AppointmentRoutes:
    """Parse, call the appointment service, serialise."""

    def __init__(
        self, appointments: AppointmentService, care: VisitCare, places: PlaceFinder, address: Address
    ) -> None:
        self._visits = appointments
        self._care = care
        self._places = places
        self._address = address

    async def find(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Appointments, newest first."""
        query = list_query(request, APPOINTMENT)
        if query.impossible:
            return page(request, [], 0, query)
        filters = dict(query.filters)
        if caller.customer_id is not None:
            filters["customer_id"] = caller.customer_id
        for name in ("status", "status!="):
            if name in filters:
                wanted = [status.value for word in filters[name].split(",") for status in _STATES.get(word, ())]
                filters[name] = ",".join(wanted) or "none"
        found, total = await self._visits.list_page(filters, query.offset, query.limit)
        links = self._address.seen_by(request)
        return page(request, [appointment_resource(visit, links) for visit in found], total, query)

    async def get(self, request: web.Request, caller: ApiKey) -> web.Response:
        """One appointment."""
        fields = fields_of(request, APPOINTMENT.known)
        return self._one(request, await self._found(request, caller), fields)

    async def create(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Book a slot that is free; one that says only when is taken down as a request.

        The same `Idempotency-Key` again gives back the same visit.
        """
        body = await body_of(request)
        check_known(body, APPOINTMENT.known, ours=("id", "href"))
        start, end = period_of(body)
        extras = _extras(body, {}, {})
        key = idempotency_key(request, caller.id) or f"tmf:{secrets.token_urlsafe(16)}"
        booked = await self._visits.booked(key)
        if booked is None:
            if any(body.get(name) for name in _WHERE):
                new = await self._new_visit(body, caller, start, end, extras)
                booked = await self._visits.book(new, key=key)
            else:
                customer_id = caller.customer_id or ""
                booked = await self._visits.request(start, end, customer_id=customer_id, extras=extras, key=key)
        if booked is None:
            raise SlotTaken()
        resource = appointment_resource(booked, self._address.seen_by(request))
        return created(resource, version=booked.version)

    async def change(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Cancel, complete, fail or confirm by `status`, move by `validFor`; descriptions and notes are merged."""
        body = await body_of(request)
        check_known(body, APPOINTMENT.known)
        async with self._visits.unit():
            visit = await self._found(request, caller)
            check_version(request, visit.version)
            present = appointment_resource(visit, self._address.seen_by(request))
            is_request = visit.status is AppointmentStatus.requested
            for name in body:
                kept = ("status", "validFor", "calendarEvent", *_EXTRAS, *_REFERENCES, *(_WHERE if is_request else ()))
                if name not in kept and not is_same(body[name], present.get(name)):
                    raise BadRequest(f"{name} of an appointment cannot be changed. Leave it out.")
            changed = {name: value for name, value in body.items() if value != present.get(name)}
            placed = await self._placed(visit, changed, present, caller) if is_request else None
            if not is_request:
                await self._check_same(visit, changed, caller)
            elif placed is not None:
                changed = placed
            extras = _extras(changed, visit.extras, present, whole=is_request and placed is None)
            if extras != dict(visit.extras or {}):
                visit = await self._visits.amend(visit.id, version=visit.version, extras=extras)
            if placed is not None:
                visit = await self._place_request(visit, placed, caller)
            elif body.get("validFor") is not None:
                start, end = period_of(body)
                if (start, end) != (visit.start, visit.end):
                    visit = await self._moved(visit, body, start, end)
            failed = body.get("status") == "failed" and visit.status is not AppointmentStatus.missed
            if "status" in body and not failed:
                visit = await self._with_status(visit, body["status"], caller)
        if failed:  # the customer is told: not before all of the above is stored
            await self._care.missed(visit)
            visit = await self._found(request, caller)
        return self._one(request, visit)

    async def remove(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Take one out of the books that is over, or never took a place."""
        async with self._visits.unit():
            visit = await self._found(request, caller)
            check_version(request, visit.version)
            if not await self._visits.remove(visit.id):
                raise AppointmentStands()
        return web.Response(status=204)

    async def _found(self, request: web.Request, caller: ApiKey) -> Appointment:
        visit = await self._visits.get(request.match_info["id"])
        if visit is None or not caller.may_see(visit.customer_id):
            raise VisitNotFound()
        return visit

    def _one(self, request: web.Request, visit: Appointment, fields: frozenset[str] | None = None) -> web.Response:
        return one(appointment_resource(visit, self._address.seen_by(request)), fields, version=visit.version)

    async def _new_visit(
        self, body: Mapping[str, Any], caller: ApiKey, start: datetime, end: datetime, extras: Mapping[str, Any]
    ) -> NewVisit:
        conversation_id, _ = reference(objects_of(body, "relatedEntity"), "Conversation", "conversation")
        place = await self._places.find(body, caller)
        customer_id = customer_of(body, caller) or (place.ticket.customer_id if place.ticket else None)
        if customer_id is None:
            raise NotToldEnough("relatedParty names the customer: {id, role: customer, @referredType: Customer}.")
        product = place.product or _PRODUCT
        return NewVisit(
            customer_id=customer_id,
            area=place.area,
            address=place.address,
            product=product,
            window_id=await self._window_id(body, place.area, start, end, product),
            line_id=place.ticket.line_id if place.ticket else None,
            ticket_id=place.ticket.id if place.ticket else None,
            conversation_id=conversation_id,
            minutes=place.minutes,
            extras=extras or None,
        )

    async def _check_same(self, visit: Appointment, body: Mapping[str, Any], caller: ApiKey) -> None:
        """Refuse to move a booked visit to another customer, conversation or ticket."""
        entities = objects_of(body, "relatedEntity")
        conversation_id, rest = reference(entities, "Conversation", "conversation")
        ticket_id, _ = reference(rest, "TroubleTicket", "troubleTicket")
        named = customer_of(body, caller) if "relatedParty" in body else None
        for sent, present, what in (
            (named, visit.customer_id, "customer"),
            (conversation_id, visit.conversation_id, "conversation"),
            (ticket_id, visit.ticket_id, "ticket"),
        ):
            if sent is not None and sent != present:
                raise BadRequest(f"The {what} of an appointment stays the same. Book another one.")

    async def _placed(
        self, visit: Appointment, changed: Mapping[str, Any], present: Mapping[str, Any], caller: ApiKey
    ) -> dict[str, Any] | None:
        """What a request says with a change, if that is enough to book it; None: it stays a request.

        Raises:
            NotToldEnough: a slot is named, but not where or for whom.
        """
        if not any(changed.get(name) for name in _WHERE):
            return None
        told = {name: present[name] for name in _WHERE if name in present}
        said = {"validFor": present["validFor"], **told, **changed}
        try:
            place = await self._places.find(said, caller)
        except NotToldEnough:
            if changed.get("calendarEvent"):
                raise
            return None
        known = customer_of(said, caller) or (place.ticket.customer_id if place.ticket else None)
        return said if known or changed.get("calendarEvent") else None

    async def _place_request(self, visit: Appointment, body: Mapping[str, Any], caller: ApiKey) -> Appointment:
        """Book what was only requested, now that it is known where and for whom."""
        start, end = period_of(body) if body.get("validFor") is not None else (visit.start, visit.end)
        new = await self._new_visit(body, caller, start, end, visit.extras or {})
        booked = await self._visits.book_request(visit, new, key=f"tmf:{secrets.token_urlsafe(16)}")
        if booked is None:
            raise SlotTaken()
        return booked

    async def _moved(self, visit: Appointment, body: Mapping[str, Any], start: datetime, end: datetime) -> Appointment:
        if visit.status is AppointmentStatus.requested:
            extras = dict(visit.extras or {})
            return await self._visits.amend(visit.id, version=visit.version, extras=extras, start=start, end=end)
        window_id = await self._window_id(body, visit.area, start, end, visit.product)
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
                minutes=visit.minutes or None,
            ),
            key=f"tmf:{secrets.token_urlsafe(16)}",
        )
        if moved is None:
            raise SlotTaken()
        return moved

    async def _with_status(self, visit: Appointment, word: object, caller: ApiKey) -> Appointment:
        wanted = _STATES.get(word) if isinstance(word, str) else None
        if wanted is None:
            raise BadRequest(f"status is one of {', '.join(_STATES)}.")
        if visit.status in wanted:
            return visit
        status = wanted[0]
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

    async def _window_id(self, body: Mapping[str, Any], area: str, start: datetime, end: datetime, product: str) -> str:
        event = body.get("calendarEvent")
        window: VisitWindow | None
        if isinstance(event, dict) and event.get("id") is not None:
            window = await self._visits.window(text_of(event, "id", _WINDOW_MOST) or "")
            if window is not None and (window.area, window.start, window.end) == (area, start, end):
                return window.id
        window = await self._visits.window_at(area, start, end, product=product)
        if window is None:
            raise SlotTaken()
        return window.id


def _extras(
    body: Mapping[str, Any], before: Mapping[str, Any] | None, present: Mapping[str, Any], *, whole: bool = False
) -> dict[str, Any]:
    """What is kept for its sender, merged with what is there; null removes.

    Args:
        present: the appointment as it is given out; empty for a new one.
        whole: also what we have columns for: of a request they are empty.
    """
    extras = dict(before or {})
    for name, ours in _REFERENCES.items():
        if name in body:
            items: Sequence[Mapping[str, Any]] = objects_of(body, name)
            for referred_type, role in () if whole else ours:
                _, items = reference(items, referred_type, role)
            given = [] if whole else [item for item in present.get(name, ()) if item not in extras.get(name, ())]
            extras[name] = [dict(item) for item in items if item not in given]
    for name, columns in _PARTS.items():
        for item in objects_of(body, name)[:1]:
            extras[name] = {key: value for key, value in item.items() if whole or key not in columns}
    for name, most in _EXTRAS.items():
        if name in body:
            extras[name] = (
                [dict(item) for item in objects_of(body, name)] if most is None else text_of(body, name, most)
            )
    return {name: value for name, value in extras.items() if value not in (None, [], {})}
