"""Our outages as TMF656 says them, version 4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.channels.tmf.references import PROBLEM_PATH, TICKET_PATH, Links, Resource
from bot.outages.model import PLANNED_WORKS, OutageRecord, OutageStatus, OutageUpdate, UpdateKind
from bot.tickets.model import Ticket

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
    hit = [part for part in parts if outage.status.over or part.status is not OutageStatus.cancelled]
    places = [(item.area, item.product) for item in (outage, *hit)]
    moves = [line for line in updates if line.kind is UpdateKind.status]
    resource: Resource = {
        "category": PLANNED_WORKS if outage.is_works else "outage",
        "priority": PROBLEM_PRIORITIES[status],
        "name": f"{outage.product} {outage.area}".strip(),
        "reason": cause,
        "originatorParty": {"id": "operator", "role": "originator", "@referredType": "Organization"},
        "affectedNumberOfServices": len(tickets),
        **{name: value for name, value in outage.extras.items() if name != "characteristic"},
        "id": outage.id,
        "href": links.to(PROBLEM_PATH, outage.id),
        "@type": "ServiceProblem",
        "status": status_of(status, outage.extras if status is outage.status else {}),
        "description": cause,
        "creationDate": started,
        "lastUpdate": (outage.updated_at or outage.started_at).isoformat(),
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
