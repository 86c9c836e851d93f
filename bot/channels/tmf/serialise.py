"""Our records as TM Forum resources. Attribute names are those of TMF621, TMF646, TMF683 and TMF656, version 4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.appointments.model import DEFAULT_CATEGORY, Appointment, AppointmentStatus, VisitWindow
from bot.contracts import Conversation, Message, Owner
from bot.outages.model import PLANNED_WORKS, OutageRecord, OutageStatus, OutageUpdate, UpdateKind
from bot.tickets.model import EntryKind, HistoryEntry, Link, LinkKind, Ticket

TICKET_PATH = "/tmf-api/troubleTicket/v4/troubleTicket"
APPOINTMENT_PATH = "/tmf-api/appointment/v4/appointment"
SLOT_PATH = "/tmf-api/appointment/v4/searchTimeSlot"
INTERACTION_PATH = "/tmf-api/partyInteraction/v4/partyInteraction"
CUSTOMER_PATH = "/tmf-api/customerManagement/v4/customer"
PROBLEM_PATH = "/tmf-api/serviceProblemManagement/v4/serviceProblem"

#: key in a ticket's facts under which attributes lie that only TM Forum clients use
EXTRAS = "tmf"

#: what belongs to a ticket → the list that it stands in, and what it refers to where nobody says
LINK_LISTS: Mapping[LinkKind, str] = {
    LinkKind.attachment: "attachment",
    LinkKind.party: "relatedParty",
    LinkKind.entity: "relatedEntity",
    LinkKind.relationship: "troubleTicketRelationship",
}
REFERRED: Mapping[LinkKind, str] = {LinkKind.party: "Individual", LinkKind.entity: "Entity"}
_ROLES: Mapping[LinkKind, str] = {
    LinkKind.attachment: "attachmentType",
    LinkKind.relationship: "relationshipType",
}

#: our state to TMF646's
APPOINTMENT_STATES: Mapping[AppointmentStatus, str] = {
    AppointmentStatus.requested: "initialized",
    AppointmentStatus.held: "initialized",
    AppointmentStatus.confirmed: "confirmed",
    AppointmentStatus.cancelled: "cancelled",
    AppointmentStatus.completed: "completed",
    AppointmentStatus.missed: "failed",
}
#: an outage's state to TMF656's, and its priority: 1 is most urgent
PROBLEM_STATES: Mapping[OutageStatus, str] = {
    OutageStatus.planned: "acknowledged",
    OutageStatus.running: "inProgress",
    OutageStatus.restored: "resolved",
    OutageStatus.cancelled: "cancelled",
}
PROBLEM_PRIORITIES: Mapping[OutageStatus, int] = {
    OutageStatus.planned: 3,
    OutageStatus.running: 1,
    OutageStatus.restored: 4,
    OutageStatus.cancelled: 4,
}
#: characteristics of a service problem that we read
ESTIMATE, _START = "expectedRestoreDate", "plannedStartDate"
#: attributes of a service problem that are kept as sent
PROBLEM_TEXTS = (
    "category",
    "reason",
    "name",
    "originatingSystem",
    "problemEscalation",
    "impactImportanceFactor",
    "@baseType",
    "@schemaLocation",
)
PROBLEM_LISTS = (
    "affectedResource",
    "characteristic",
    "externalIdentifier",
    "relatedEntity",
    "relatedEvent",
    "relatedParty",
    "rootCauseResource",
    "rootCauseService",
    "slaViolation",
    "underlyingAlarm",
)
PROBLEM_OBJECTS = ("firstAlert", "impactPattern", "originatorParty", "responsibleParty")
INTERACTION_DONE = "completed"
INTERACTION_OPEN = "inProgress"

Resource = dict[str, Any]


@dataclass(frozen=True)
class Links:
    """Where this service is seen from, such as `https://care.example`; no slash at the end."""

    base: str

    def to(self, path: str, record_id: str) -> str:
        return f"{self.base}{path}/{record_id}"


class Address:
    """Where the service is seen from: what the settings say, else the address that the caller used."""

    def __init__(self, base_url: str | None = None) -> None:
        self._base = base_url.rstrip("/") if base_url else None

    def seen_by(self, request: web.Request) -> Links:
        return Links(self._base or str(request.url.origin()))


def conversation_reference(conversation_id: str) -> Resource:
    return {"id": conversation_id, "role": "conversation", "@referredType": "Conversation"}


def customer_reference(customer_id: str) -> Resource:
    return {"id": customer_id, "role": "customer", "@referredType": "Customer"}


def ticket_resource(
    ticket: Ticket, history: Sequence[HistoryEntry], links: Links, belongings: Sequence[Link] = ()
) -> Resource:
    """TMF621 TroubleTicket.

    Args:
        history: all of it, or its newest lines.
        belongings: attachments, parties, records and tickets that were added to it here.
    """
    extras: Mapping[str, Any] = ticket.facts.get(EXTRAS) or {}
    changes = [entry for entry in history if entry.kind is EntryKind.status and entry.status is not None]
    resource: Resource = {
        "@type": "TroubleTicket",
        **extras,
        "id": ticket.id,
        "href": links.to(TICKET_PATH, ticket.id),
        "description": ticket.description,
        "severity": ticket.severity.value,
        "priority": ticket.priority.value,
        "ticketType": ticket.ticket_type.value,
        "status": ticket.status.value,
        "creationDate": ticket.created_at.isoformat(),
        "lastUpdate": ticket.updated_at.isoformat(),
        "channel": {"id": ticket.channel, "name": ticket.channel},
        "note": [_ticket_note(entry) for entry in history if entry.kind is EntryKind.note],
        "statusChange": [_status_change(entry) for entry in changes],
        "relatedEntity": _ticket_entities(ticket, links),
        "relatedParty": [customer_reference(ticket.customer_id)] if ticket.customer_id else [],
        "attachment": [],
        "troubleTicketRelationship": [],
    }
    for link in belongings:
        resource[LINK_LISTS[link.kind]].append(_belonging(link, links))
    for name, value in (("name", ticket.name), ("externalId", ticket.external_id)):
        if value:
            resource[name] = value
    if changes:
        resource["statusChangeDate"] = changes[-1].at.isoformat()
        if changes[-1].text:
            resource["statusChangeReason"] = changes[-1].text
    for name, moment in (
        ("expectedResolutionDate", ticket.due_at),
        ("requestedResolutionDate", ticket.requested_by),
        ("resolutionDate", ticket.resolved_at),
    ):
        if moment:
            resource[name] = moment.isoformat()
    return resource


def _ticket_entities(ticket: Ticket, links: Links) -> list[Resource]:
    entities = [conversation_reference(ticket.conversation_id)] if ticket.conversation_id else []
    if ticket.outage_id:
        entities.append(_problem_reference(ticket.outage_id, links))
    if ticket.line_id:
        entities.append(_line_reference(ticket.line_id, ticket.product))
    return entities


def role_name(kind: LinkKind) -> str:
    """The attribute in which the standard says what something is to a ticket."""
    return _ROLES.get(kind, "role")


def _belonging(link: Link, links: Links) -> Resource:
    resource: Resource = {**link.body, "id": link.ref_id}
    if link.role:
        resource[role_name(link.kind)] = link.role
    if link.kind in REFERRED:
        resource.setdefault("@referredType", REFERRED[link.kind])
    if link.kind is LinkKind.relationship:
        resource.setdefault("href", links.to(TICKET_PATH, link.ref_id))
    return resource


def appointment_resource(visit: Appointment, links: Links) -> Resource:
    """TMF646 Appointment."""
    entities: list[Resource] = []
    if visit.conversation_id:
        entities.append(conversation_reference(visit.conversation_id))
    if visit.ticket_id:
        entities.append(ticket_reference(visit.ticket_id, links))
    if visit.line_id:
        entities.append(_line_reference(visit.line_id, visit.product))
    extras: Mapping[str, Any] = visit.extras or {}
    parties = [customer_reference(visit.customer_id)] if visit.customer_id else []
    name = visit.technician.get("name")
    if name:
        who = visit.technician_id or f"technician-{visit.area}"
        parties.append({"id": who, "name": name.get("zh"), "role": "technician", "@referredType": "Individual"})
    resource: Resource = {
        "category": DEFAULT_CATEGORY,
        **{name: value for name, value in extras.items() if name not in ("relatedEntity", "relatedParty")},
        "id": visit.id,
        "href": links.to(APPOINTMENT_PATH, visit.id),
        "@type": "Appointment",
        "status": APPOINTMENT_STATES[visit.status],
        "creationDate": visit.created_at.isoformat(),
        "lastUpdate": visit.updated_at.isoformat(),
        "validFor": _period(visit.start, visit.end),
        "relatedEntity": [*entities, *extras.get("relatedEntity", ())],
        "relatedParty": [*parties, *extras.get("relatedParty", ())],
    }
    if visit.window_id:
        resource["calendarEvent"] = {"id": visit.window_id, "@referredType": "CalendarEvent"}
    if visit.area:
        resource["relatedPlace"] = {
            "id": visit.area,
            "name": visit.address,
            "role": "visitAddress",
            "@referredType": "GeographicAddress",
        }
    return resource


def slot_resource(window: VisitWindow) -> Resource:
    """TMF646 TimeSlot; its id goes into `calendarEvent.id` of the appointment that takes it."""
    return {"id": window.id, "@type": "TimeSlot", "validFor": _period(window.start, window.end)}


def interaction_resource(
    conversation: Conversation,
    tickets: Sequence[Ticket],
    visits: Sequence[Appointment],
    links: Links,
) -> Resource:
    """TMF683 PartyInteraction; what came of it stands in `interactionItem`."""
    done = conversation.owner is Owner.closed
    channel = str(conversation.metadata.get("channel") or "chat")
    period = {"startDateTime": conversation.created_at.isoformat()}
    if conversation.closed_at:
        period["endDateTime"] = conversation.closed_at.isoformat()
    items = [_item(ticket_reference(ticket.id, links), ticket.created_at) for ticket in tickets]
    items += [_item(_visit_reference(visit.id, links), visit.created_at) for visit in visits]
    resource: Resource = {
        "id": conversation.id,
        "href": links.to(INTERACTION_PATH, conversation.id),
        "@type": "PartyInteraction",
        "direction": "inbound",
        "reason": "customerCare",
        "status": INTERACTION_DONE if done else INTERACTION_OPEN,
        "creationDate": conversation.created_at.isoformat(),
        "statusChangeDate": (conversation.closed_at or conversation.created_at).isoformat(),
        "interactionDate": period,
        "channel": [
            {
                "id": channel,
                "href": f"{links.base}/docs#records",
                "name": channel,
                "role": "interaction",
                "@referredType": "Channel",
            }
        ],
        "interactionItem": [{"id": str(number), **item} for number, item in enumerate(items, start=1)],
        "relatedEntity": [conversation_reference(conversation.id)],
    }
    parties = [customer_reference(conversation.customer_id)] if conversation.customer_id else []
    if conversation.agent_id:
        parties.append({"id": conversation.agent_id, "role": "agent", "@referredType": "Individual"})
    return {**resource, "relatedParty": [linked_party(party, links) for party in parties]}


def linked_party(party: Mapping[str, Any], links: Links) -> Resource:
    """A party with the `href` that TMF683 demands; who is no customer has no page of their own."""
    is_customer = party.get("@referredType") == "Customer" or party.get("role") == "customer"
    href = links.to(CUSTOMER_PATH, str(party.get("id"))) if is_customer else f"{links.base}/docs#records"
    return {"@referredType": "Customer" if is_customer else "Individual", "href": href, **party}


def transcript_attachment(conversation: Conversation, links: Links) -> Resource:
    """The whole thread as a file, at an address that the same API key opens."""
    return {
        "id": f"transcript-{conversation.id}",
        "name": f"{conversation.id}.txt",
        "attachmentType": "transcript",
        "mimeType": "text/plain",
        "url": links.to(INTERACTION_PATH, conversation.id) + "/transcript",
        "@type": "Attachment",
    }


def transcript_notes(messages: Sequence[Message]) -> list[Resource]:
    """The messages of a conversation as notes, in order; `id` is the message's `seq`."""
    return [
        {
            "id": str(message.seq),
            "author": message.author.name or message.author.kind.value,
            "date": message.at.isoformat(),
            "text": message.text,
            "@type": message.author.kind.value,
        }
        for message in messages
    ]


def status_of(status: OutageStatus, extras: Mapping[str, Any]) -> str:
    """An outage's state in the words of the standard; a finer word that a client chose stands."""
    return str(extras.get("status") or PROBLEM_STATES[status])


def problem_resource(
    outage: OutageRecord,
    parts: Sequence[OutageRecord],
    tickets: Sequence[Ticket],
    updates: Sequence[OutageUpdate],
    areas: Mapping[str, str],
    links: Links,
    language: str,
    now: datetime,
) -> Resource:
    """TMF656 ServiceProblem, its words in one language.

    Args:
        parts: outages that belong to it; their places count as its own.
        tickets: of customers whom it hits.
        areas: id of an area to its name.
    """
    status = outage.as_of(now)
    started = outage.started_at.isoformat()
    cause = outage.cause.in_language(language)
    places = [(item.area, item.product) for item in (outage, *parts)]
    moves = [line for line in updates if line.kind is UpdateKind.status]
    resource: Resource = {
        "category": PLANNED_WORKS if outage.is_works else "outage",
        "priority": PROBLEM_PRIORITIES[status],
        "name": f"{outage.product} {outage.area}".strip(),
        "reason": cause,
        "originatorParty": {"id": "operator", "role": "originator", "@referredType": "Organization"},
        **{name: value for name, value in outage.extras.items() if name != "characteristic"},
        "id": outage.id,
        "href": links.to(PROBLEM_PATH, outage.id),
        "@type": "ServiceProblem",
        "status": status_of(status, outage.extras if status is outage.status else {}),
        "description": cause,
        "creationDate": started,
        "lastUpdate": (outage.updated_at or outage.started_at).isoformat(),
        "affectedNumberOfServices": len(tickets),
        "affectedService": [
            {"id": product, "@referredType": "Service"} for product in dict.fromkeys(item[1] for item in places)
        ],
        "affectedLocation": [
            {"id": area, "name": areas.get(area, area), "role": "affectedArea", "@referredType": "GeographicArea"}
            for area in dict.fromkeys(item[0] for item in places)
            if area
        ],
        "troubleTicket": [
            {"id": ticket.id, "href": links.to(TICKET_PATH, ticket.id), "@referredType": "TroubleTicket"}
            for ticket in tickets
        ],
        "parentProblem": [_problem_link(outage.parent_id, links)] if outage.parent_id else [],
        "underlyingProblem": [_problem_link(part.id, links) for part in parts],
        "note": [_problem_note(line) for line in updates if line.kind is UpdateKind.note],
        "trackingRecord": [_tracking(line) for line in updates],
        "characteristic": _problem_facts(outage, status),
    }
    if moves:
        resource["statusChangeDate"] = moves[-1].at.isoformat()
        if moves[-1].text:
            resource["statusChangeReason"] = moves[-1].text
    ended = outage.restored_at or (outage.restore_at if status is OutageStatus.restored else None)
    if ended:
        resource["resolutionDate"] = ended.isoformat()
    return resource


def _problem_facts(outage: OutageRecord, status: OutageStatus) -> list[Resource]:
    """Start and estimate as characteristics, beside those that a client stored."""
    facts: list[Resource] = [
        dict(item) for item in outage.extras.get("characteristic", ()) if item.get("name") not in (ESTIMATE, _START)
    ]
    if outage.status is OutageStatus.planned:
        facts.append({"name": _START, "valueType": "dateTime", "value": outage.started_at.isoformat()})
    if outage.restore_at and not status.over:
        facts.append({"name": ESTIMATE, "valueType": "dateTime", "value": outage.restore_at.isoformat()})
    return facts


def _problem_link(outage_id: str, links: Links) -> Resource:
    return {"id": outage_id, "href": links.to(PROBLEM_PATH, outage_id), "@referredType": "ServiceProblem"}


def _problem_note(line: OutageUpdate) -> Resource:
    return {"id": str(line.n), "author": line.author, "date": line.at.isoformat(), "text": line.text}


def _tracking(line: OutageUpdate) -> Resource:
    words = " ".join(part for part in (line.kind.value, line.status, line.text) if part)
    return {"id": str(line.n), "time": line.at.isoformat(), "user": line.author, "description": words}


def ticket_reference(ticket_id: str, links: Links) -> Resource:
    href = links.to(TICKET_PATH, ticket_id)
    return {"id": ticket_id, "href": href, "role": "troubleTicket", "@referredType": "TroubleTicket"}


def _visit_reference(visit_id: str, links: Links) -> Resource:
    href = links.to(APPOINTMENT_PATH, visit_id)
    return {"id": visit_id, "href": href, "role": "appointment", "@referredType": "Appointment"}


def _problem_reference(outage_id: str, links: Links) -> Resource:
    href = links.to(PROBLEM_PATH, outage_id)
    return {"id": outage_id, "href": href, "role": "serviceProblem", "@referredType": "ServiceProblem"}


def _line_reference(line_id: str, product: str | None) -> Resource:
    reference = {"id": line_id, "role": "line", "@referredType": "Product"}
    return {**reference, "name": product} if product else reference


def _item(reference: Resource, at: datetime) -> Resource:
    return {"item": reference, "reason": reference["role"], "creationDate": at.isoformat()}


def _ticket_note(entry: HistoryEntry) -> Resource:
    return {"id": str(entry.n), "author": entry.author, "date": entry.at.isoformat(), "text": entry.text}


def _status_change(entry: HistoryEntry) -> Resource:
    change = {"changeDate": entry.at.isoformat(), "status": entry.status.value if entry.status else None}
    return {**change, "changeReason": entry.text} if entry.text else change


def _period(start: datetime, end: datetime) -> Resource:
    return {"startDateTime": start.isoformat(), "endDateTime": end.isoformat()}
