"""Our visits and free windows as TMF646 says them, version 4."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.appointments.model import DEFAULT_CATEGORY, Appointment, AppointmentStatus, VisitWindow
from bot.channels.tmf.references import (
    APPOINTMENT_PATH,
    Links,
    Resource,
    conversation_reference,
    customer_reference,
    line_reference,
    period,
    ticket_reference,
)

#: our state to TMF646's
APPOINTMENT_STATES: Mapping[AppointmentStatus, str] = {
    AppointmentStatus.requested: "initialized",
    AppointmentStatus.held: "initialized",
    AppointmentStatus.confirmed: "confirmed",
    AppointmentStatus.cancelled: "cancelled",
    AppointmentStatus.completed: "completed",
    AppointmentStatus.missed: "failed",
}


def appointment_resource(visit: Appointment, links: Links) -> Resource:
    """TMF646 Appointment."""
    entities: list[Resource] = []
    if visit.conversation_id:
        entities.append(conversation_reference(visit.conversation_id))
    if visit.ticket_id:
        entities.append(ticket_reference(visit.ticket_id, links))
    if visit.line_id:
        entities.append(line_reference(visit.line_id, visit.product))
    extras: dict[str, Any] = dict(visit.extras or {})
    also = {name: extras.pop(name, ()) for name in ("relatedEntity", "relatedParty")}
    place, event = extras.pop("relatedPlace", {}), extras.pop("calendarEvent", {})
    parties = [customer_reference(visit.customer_id)] if visit.customer_id else []
    name = visit.technician.get("name")
    if name:
        who = visit.technician_id or f"technician-{visit.area}"
        parties.append({"id": who, "name": name.get("zh"), "role": "technician", "@referredType": "Individual"})
    resource: Resource = {
        "category": DEFAULT_CATEGORY,
        **extras,
        "id": visit.id,
        "href": links.to(APPOINTMENT_PATH, visit.id),
        "@type": "Appointment",
        "status": APPOINTMENT_STATES[visit.status],
        "creationDate": visit.created_at.isoformat(),
        "lastUpdate": visit.updated_at.isoformat(),
        "validFor": period(visit.start, visit.end),
        "relatedEntity": [*entities, *also["relatedEntity"]],
        "relatedParty": [*parties, *also["relatedParty"]],
    }
    if visit.window_id:
        resource["calendarEvent"] = {"@referredType": "CalendarEvent", **event, "id": visit.window_id}
    if not visit.area and place:
        resource["relatedPlace"] = place
    elif visit.area:
        resource["relatedPlace"] = {
            "role": "visitAddress",
            "@referredType": "GeographicAddress",
            **place,
            "id": visit.area,
            "name": visit.address,
        }
    return resource


def slot_resource(window: VisitWindow) -> Resource:
    """TMF646 TimeSlot; its id goes into `calendarEvent.id` of the appointment that takes it."""
    return {"id": window.id, "@type": "TimeSlot", "validFor": period(window.start, window.end)}
