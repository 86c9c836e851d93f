"""Our tickets as TMF621 says them, version 4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.channels.tmf.references import (
    EXTRAS,
    TICKET_PATH,
    Links,
    Resource,
    conversation_reference,
    customer_reference,
    line_reference,
    problem_reference,
)
from bot.tickets.model import EntryKind, HistoryEntry, Link, LinkKind, Ticket

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
        "channel": {"name": ticket.channel, **extras.get("channel", {}), "id": ticket.channel},
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
        entities.append(problem_reference(ticket.outage_id, links))
    if ticket.line_id:
        entities.append(line_reference(ticket.line_id, ticket.product))
    return entities


def role_name(kind: LinkKind) -> str:
    """The attribute in which the standard says what something is to a ticket."""
    return _ROLES.get(kind, "role")


def _belonging(link: Link, links: Links) -> Resource:
    resource: Resource = {**link.body, "id": link.ref_id}
    if link.role:
        resource[role_name(link.kind)] = link.role
    if link.kind is LinkKind.entity:
        resource.setdefault("role", "related")
    if link.kind in REFERRED:
        resource.setdefault("@referredType", REFERRED[link.kind])
    if link.kind is LinkKind.relationship:
        resource.setdefault("href", links.to(TICKET_PATH, link.ref_id))
    return resource


def _ticket_note(entry: HistoryEntry) -> Resource:
    return {"id": str(entry.n), "author": entry.author, "date": entry.at.isoformat(), "text": entry.text}


def _status_change(entry: HistoryEntry) -> Resource:
    change = {"changeDate": entry.at.isoformat(), "status": entry.status.value if entry.status else None}
    return {**change, "changeReason": entry.text} if entry.text else change
