"""TMF621: trouble tickets over HTTP."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar

from aiohttp import web

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
from bot.channels.tmf.serialise import EXTRAS, Address, ticket_resource
from bot.errors import BadRequest
from bot.tickets.model import EntryKind, NewTicket, Priority, Severity, Ticket, TicketNotFound, TicketStatus, TicketType
from bot.tickets.service import TicketService

_DESCRIPTION_MOST = 4_000
_NOTE_MOST = 4_000
_NAME_MOST = 200
_CHANNEL_MOST = 32
_KEY_MOST = 80

_FILTERS = {
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
    "resolutionDate": "resolved_at",
    "channel.id": "channel",
    "relatedParty.id": "customer_id",
    "relatedEntity.id": "conversation_id",
}
#: kept as sent, since nothing here acts on them
_EXTRA_TEXTS = ("name", "externalId", "@baseType", "@schemaLocation")
_EXTRA_LISTS = ("attachment", "troubleTicketRelationship")
#: set by the service; a change is refused unless it changes nothing
_OURS = (
    "id",
    "href",
    "creationDate",
    "lastUpdate",
    "statusChange",
    "statusChangeDate",
    "expectedResolutionDate",
    "resolutionDate",
    "ticketType",
    "channel",
)
#: words that other systems use for a fault
_FAULTS = ("incident", "trouble")

_Choice = TypeVar("_Choice", bound=Enum)


class TicketRoutes:
    """Parse, call the ticket service, serialise."""

    def __init__(self, tickets: TicketService, address: Address) -> None:
        self._tickets = tickets
        self._address = address

    async def find(self, request: web.Request, _caller: ApiKey) -> web.Response:
        query = list_query(request, _FILTERS)
        found, total = await self._tickets.list_page(query.filters, query.offset, query.limit)
        links = self._address.seen_by(request)
        histories = await self._tickets.histories([ticket.id for ticket in found])
        resources = [ticket_resource(ticket, histories.get(ticket.id, ()), links) for ticket in found]
        return page(resources, total, query)

    async def get(self, request: web.Request, _caller: ApiKey) -> web.Response:
        ticket = await self._tickets.get(request.match_info["id"])
        if ticket is None:
            raise TicketNotFound()
        return one(await self._resource(ticket, request), fields_of(request), version=ticket.version)

    async def create(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Open a ticket; the same `Idempotency-Key` again gives back the same one."""
        body = await body_of(request)
        new = _new_ticket(body)
        notes = _new_notes(body, frozenset(), caller)
        sent_key = request.headers.get("Idempotency-Key", "")[:_KEY_MOST]
        key = f"tmf:{caller.id}:{sent_key}" if sent_key else f"tmf:{secrets.token_urlsafe(16)}"
        async with self._tickets.unit():
            ticket = await self._tickets.open(new, key=key)
            if ticket.version == 1:
                for author, text in notes:
                    ticket = await self._tickets.note(ticket.id, author=author, text=text)
        return created(await self._resource(ticket, request), version=ticket.version)

    async def change(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Merge what was sent; new notes are added, none is ever lost."""
        body = await body_of(request)
        ticket_id = request.match_info["id"]
        async with self._tickets.unit():
            ticket = await self._tickets.get(ticket_id)
            if ticket is None:
                raise TicketNotFound()
            check_version(request, ticket.version)
            history = await self._tickets.history(ticket.id)
            _refuse_ours(body, ticket_resource(ticket, history, self._address.seen_by(request)))
            _refuse_other_references(body, ticket)
            known = frozenset(str(entry.n) for entry in history if entry.kind is EntryKind.note)
            facts = _merged_facts(ticket, body)
            ticket = await self._tickets.amend(
                ticket.id,
                author=caller.id,
                description=_kept_text(body, "description", _DESCRIPTION_MOST),
                severity=_choice(body, "severity", Severity),
                priority=_choice(body, "priority", Priority),
                facts=facts,
            )
            for author, text in _new_notes(body, known, caller):
                ticket = await self._tickets.note(ticket.id, author=author, text=text)
            status = _choice(body, "status", TicketStatus)
            if status is not None:
                reason = text_of(body, "statusChangeReason", _NOTE_MOST)
                ticket = await self._tickets.move(ticket.id, status, author=caller.id, reason=reason)
        return one(await self._resource(ticket, request), version=ticket.version)

    async def _resource(self, ticket: Ticket, request: web.Request) -> Resource:
        return ticket_resource(ticket, await self._tickets.history(ticket.id), self._address.seen_by(request))


def _new_ticket(body: Mapping[str, Any]) -> NewTicket:
    description = text_of(body, "description", _DESCRIPTION_MOST)
    severity = _choice(body, "severity", Severity)
    ticket_type = _ticket_type(body)
    if description is None or severity is None or ticket_type is None:
        raise BadRequest("A ticket needs description, severity and ticketType.")
    customer_id, _ = reference(objects_of(body, "relatedParty"), "Customer", "customer")
    entities = objects_of(body, "relatedEntity")
    conversation_id, rest = reference(entities, "Conversation", "conversation")
    outage_id, rest = reference(rest, "ServiceProblem", "serviceProblem", most=16)
    channel = body.get("channel")
    if channel is not None and not isinstance(channel, dict):
        raise BadRequest("channel is an object with an id.")
    extras = _extras(body, {})
    return NewTicket(
        ticket_type=ticket_type,
        description=description,
        severity=severity,
        customer_id=customer_id,
        facts={EXTRAS: extras} if extras else {},
        outage_id=outage_id,
        conversation_id=conversation_id,
        channel=(text_of(channel, "id", _CHANNEL_MOST) if channel else None) or "api",
    )


def _extras(body: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    extras = dict(before)
    for name in _EXTRA_TEXTS:
        if name in body:
            extras[name] = text_of(body, name, _NAME_MOST)
    for name in _EXTRA_LISTS:
        if name in body:
            extras[name] = [dict(item) for item in objects_of(body, name)]
    if "requestedResolutionDate" in body:
        wanted = body["requestedResolutionDate"]
        extras["requestedResolutionDate"] = (
            None if wanted is None else moment_of(wanted, "requestedResolutionDate").isoformat()
        )
    if "relatedEntity" in body:
        _, rest = reference(objects_of(body, "relatedEntity"), "Conversation", "conversation")
        _, rest = reference(rest, "ServiceProblem", "serviceProblem")
        extras["relatedEntity"] = [dict(item) for item in rest if item.get("role") != "line"]
    if "relatedParty" in body:
        _, rest = reference(objects_of(body, "relatedParty"), "Customer", "customer")
        extras["relatedParty"] = [dict(item) for item in rest]
    return {name: value for name, value in extras.items() if value not in (None, [])}


def _merged_facts(ticket: Ticket, body: Mapping[str, Any]) -> Mapping[str, Any]:
    facts = {name: value for name, value in ticket.facts.items() if name != EXTRAS}
    extras = _extras(body, ticket.facts.get(EXTRAS) or {})
    return {**facts, EXTRAS: extras} if extras else facts


def _new_notes(body: Mapping[str, Any], known: frozenset[str], caller: ApiKey) -> list[tuple[str, str]]:
    notes: list[tuple[str, str]] = []
    for note in objects_of(body, "note"):
        if note.get("id") is not None and str(note["id"]) in known:
            continue
        text = text_of(note, "text", _NOTE_MOST)
        if text is None:
            raise BadRequest("A note needs a text.")
        notes.append((text_of(note, "author", _CHANNEL_MOST) or caller.id, text))
    return notes


def _refuse_ours(body: Mapping[str, Any], present: Mapping[str, Any]) -> None:
    for name in _OURS:
        if name in body and body[name] != present.get(name):
            raise BadRequest(f"{name} is set by the service. Leave it out.")


def _refuse_other_references(body: Mapping[str, Any], ticket: Ticket) -> None:
    customer_id, _ = reference(objects_of(body, "relatedParty"), "Customer", "customer")
    conversation_id, rest = reference(objects_of(body, "relatedEntity"), "Conversation", "conversation")
    outage_id, _ = reference(rest, "ServiceProblem", "serviceProblem")
    for sent, kept, what in (
        (customer_id, ticket.customer_id, "customer"),
        (conversation_id, ticket.conversation_id, "conversation"),
        (outage_id, ticket.outage_id, "service problem"),
    ):
        if sent is not None and sent != kept:
            raise BadRequest(f"The {what} of a ticket stays the same. Open another ticket.")


def _kept_text(body: Mapping[str, Any], name: str, most: int) -> str | None:
    if name in body and body[name] is None:
        raise BadRequest(f"{name} cannot be removed.")
    return text_of(body, name, most)


def _ticket_type(body: Mapping[str, Any]) -> TicketType | None:
    given = body.get("ticketType")
    if isinstance(given, str) and given.lower() in _FAULTS:
        return TicketType.fault
    return _choice(body, "ticketType", TicketType)


def _choice(body: Mapping[str, Any], name: str, kind: type[_Choice]) -> _Choice | None:
    if name not in body:
        return None
    given = body[name]
    for item in kind:
        if isinstance(given, str) and given.lower() == str(item.value).lower():
            return item
    raise BadRequest(f"{name} is one of {', '.join(str(item.value) for item in kind)}.")
