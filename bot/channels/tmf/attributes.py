"""What each resource has and can be found by, as TMF621, 646, 656 and 683 version 4 name it; and their events."""

from __future__ import annotations

from bot.channels.tmf.lists import Attributes
from bot.outbox.service import EventBook

_COMMON = ("id", "href", "@type", "@baseType", "@schemaLocation")

TICKET = Attributes(
    known=(
        *_COMMON,
        "attachment",
        "channel",
        "creationDate",
        "description",
        "expectedResolutionDate",
        "externalId",
        "lastUpdate",
        "name",
        "note",
        "priority",
        "relatedEntity",
        "relatedParty",
        "requestedResolutionDate",
        "resolutionDate",
        "severity",
        "status",
        "statusChange",
        "statusChangeDate",
        "statusChangeReason",
        "ticketType",
        "troubleTicketRelationship",
    ),
    filters={
        "id": "id",
        "href": "id",
        "status": "status",
        "severity": "severity",
        "priority": "priority",
        "ticketType": "ticket_type",
        "description": "description",
        "name": "name",
        "externalId": "external_id",
        "creationDate": "created_at",
        "lastUpdate": "updated_at",
        "expectedResolutionDate": "due_at",
        "requestedResolutionDate": "requested_by",
        "resolutionDate": "resolved_at",
        "channel.id": "channel",
        "relatedParty.id": "related_party_id",
        "relatedEntity.id": "related_entity_id",
        "troubleTicketRelationship.id": "related_ticket_id",
    },
    moments=("creationDate", "lastUpdate", "expectedResolutionDate", "requestedResolutionDate", "resolutionDate"),
    fixed={"@type": "TroubleTicket"},
)

APPOINTMENT = Attributes(
    known=(
        *_COMMON,
        "attachment",
        "calendarEvent",
        "category",
        "contactMedium",
        "creationDate",
        "description",
        "externalId",
        "lastUpdate",
        "note",
        "relatedEntity",
        "relatedParty",
        "relatedPlace",
        "status",
        "validFor",
    ),
    filters={
        "id": "id",
        "href": "id",
        "status": "status",
        "category": "category",
        "externalId": "external_id",
        "description": "description",
        "creationDate": "created_at",
        "lastUpdate": "updated_at",
        "validFor.startDateTime": "start",
        "validFor.endDateTime": "end",
        "calendarEvent.id": "window_id",
        "relatedParty.id": "customer_id",
        "relatedEntity.id": "entity_id",
        "relatedPlace.id": "area",
    },
    moments=("creationDate", "lastUpdate", "validFor.startDateTime", "validFor.endDateTime"),
    fixed={"@type": "Appointment"},
)

SLOT_SEARCH = Attributes(
    known=(
        *_COMMON,
        "availableTimeSlot",
        "relatedEntity",
        "relatedParty",
        "relatedPlace",
        "requestedTimeSlot",
        "searchDate",
        "searchResult",
        "status",
    ),
    filters={"id": "id", "href": "id", "status": "status", "searchDate": "created_at", "searchResult": "searchResult"},
    moments=("searchDate",),
    fixed={"@type": "SearchTimeSlot"},
)

INTERACTION = Attributes(
    known=(
        *_COMMON,
        "attachment",
        "channel",
        "creationDate",
        "description",
        "direction",
        "interactionDate",
        "interactionItem",
        "interactionRelationship",
        "note",
        "reason",
        "relatedEntity",
        "relatedParty",
        "status",
        "statusChangeDate",
    ),
    filters={
        "id": "id",
        "href": "id",
        "status": "status",
        "direction": "direction",
        "reason": "reason",
        "description": "description",
        "creationDate": "created_at",
        "relatedParty.id": "customer_id",
        "channel.id": "channel",
    },
    moments=("creationDate",),
    fixed={"@type": "PartyInteraction"},
)

PROBLEM = Attributes(
    known=(
        *_COMMON,
        "affectedLocation",
        "affectedNumberOfServices",
        "affectedResource",
        "affectedService",
        "category",
        "characteristic",
        "creationDate",
        "description",
        "externalIdentifier",
        "firstAlert",
        "impactImportanceFactor",
        "impactPattern",
        "lastUpdate",
        "name",
        "note",
        "originatingSystem",
        "originatorParty",
        "parentProblem",
        "priority",
        "problemEscalation",
        "reason",
        "relatedEntity",
        "relatedEvent",
        "relatedParty",
        "resolutionDate",
        "responsibleParty",
        "rootCauseResource",
        "rootCauseService",
        "slaViolation",
        "status",
        "statusChangeDate",
        "statusChangeReason",
        "trackingRecord",
        "troubleTicket",
        "underlyingAlarm",
        "underlyingProblem",
    ),
    filters={
        "id": "id",
        "href": "id",
        "status": "status",
        "category": "category",
        "priority": "priority",
        "name": "name",
        "description": "description",
        "reason": "reason",
        "originatingSystem": "originatingSystem",
        "creationDate": "started_at",
        "lastUpdate": "updated_at",
        "resolutionDate": "restored_at",
        "affectedLocation.id": "area",
        "affectedService.id": "product",
        "parentProblem.id": "parent_id",
    },
    moments=("creationDate", "lastUpdate", "resolutionDate"),
    fixed={"@type": "ServiceProblem"},
)


PROBLEM_RECORD = Attributes(
    known=("id", "href", "eventTime", "eventType", "recordTime", "notification", "serviceProblem"),
    filters={"serviceProblem.id": "outage_id"},
)


def _events(name: str, *kinds: str) -> tuple[str, ...]:
    return tuple(f"{name}{kind}Event" for kind in kinds)


#: last but one part of the base path → the API's events, for its hub
EVENTS = {
    "troubleTicket": EventBook(
        _events(
            "TroubleTicket",
            "Create",
            "AttributeValueChange",
            "StatusChange",
            "Delete",
            "Resolved",
            "InformationRequired",
        ),
        {"troubleTicket": TICKET.known},
    ),
    "appointment": EventBook(
        (
            *_events("Appointment", "Create", "AttributeValueChange", "StateChange", "Delete"),
            *_events("SearchTimeSlot", "Create", "AttributeValueChange", "StateChange", "Delete"),
        ),
        {"appointment": APPOINTMENT.known, "searchTimeSlot": SLOT_SEARCH.known},
    ),
    "partyInteraction": EventBook(
        _events("PartyInteraction", "Create", "AttributeValueChange", "StatusChange", "Delete"),
        {"partyInteraction": INTERACTION.known},
    ),
    "serviceProblemManagement": EventBook(
        _events("ServiceProblem", "Create", "StateChange", "AttributeValueChange", "InformationRequired"),
        {"serviceProblem": PROBLEM.known},
    ),
}
