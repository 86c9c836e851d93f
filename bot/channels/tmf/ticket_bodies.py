"""Bodies of TMF621 calls, read into what the ticket service takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, TypeVar

from bot.channels.tmf.keys import ApiKey
from bot.channels.tmf.query import objects_of, reference, text_of
from bot.channels.tmf.serialise import EXTRAS
from bot.errors import BadRequest, NotFound
from bot.filters import moment_of
from bot.tickets.model import Link, NewTicket, Severity, Ticket, TicketType

NOTE_MOST = 4_000
_DESCRIPTION_MOST = 4_000
_NAME_MOST = 200
_EXTERNAL_MOST = 80
_CHANNEL_MOST = 32
_ITEMS_MOST = 200

#: kept as sent, since nothing here acts on them
_EXTRA_TEXTS = {"name": _NAME_MOST, "externalId": _EXTERNAL_MOST, "@baseType": _NAME_MOST, "@schemaLocation": 400}
_EXTRA_LISTS = ("attachment", "troubleTicketRelationship")
#: part of the standard's body for a new ticket, but set by the service
CREATE_OURS = (
    "creationDate",
    "lastUpdate",
    "statusChange",
    "statusChangeDate",
    "expectedResolutionDate",
    "resolutionDate",
)
#: set by the service; a change is refused unless it changes nothing
_OURS = ("id", "href", *CREATE_OURS, "ticketType", "channel")
#: words that other systems use for a fault
_FAULTS = ("incident", "trouble")

_Choice = TypeVar("_Choice", bound=Enum)


def new_ticket(body: Mapping[str, Any], caller: ApiKey) -> NewTicket:
    """What a caller reports.

    Raises:
        BadRequest: something is missing or of the wrong kind.
        NotFound: the customer is another than the caller's.
    """
    description = text_of(body, "description", _DESCRIPTION_MOST)
    severity = choice(body, "severity", Severity)
    ticket_type = _ticket_type(body)
    if description is None or severity is None or ticket_type is None:
        raise BadRequest("A ticket needs description, severity and ticketType.")
    conversation_id, rest = reference(objects_of(body, "relatedEntity"), "Conversation", "conversation")
    outage_id, rest = reference(rest, "ServiceProblem", "serviceProblem", most=16)
    line_id, product = _line(rest)
    channel = body.get("channel")
    if channel is not None and not isinstance(channel, dict):
        raise BadRequest("channel is an object with an id.")
    extras = _extras(body, {}, ())
    return NewTicket(
        ticket_type=ticket_type,
        description=description,
        severity=severity,
        customer_id=customer_of(body, caller),
        line_id=line_id,
        product=product,
        facts={EXTRAS: extras} if extras else {},
        outage_id=outage_id,
        conversation_id=conversation_id,
        channel=(text_of(channel, "id", _CHANNEL_MOST) if channel else None) or "api",
        external_id=extras.get("externalId"),
    )


def customer_of(body: Mapping[str, Any], caller: ApiKey) -> str | None:
    """The customer that a body names, else the caller's own.

    Raises:
        NotFound: it is another than the caller's.
    """
    customer_id, _ = reference(objects_of(body, "relatedParty"), "Customer", "customer")
    if caller.customer_id is not None and customer_id not in (None, caller.customer_id):
        raise NotFound("There is no such customer. Check the id.")
    return customer_id or caller.customer_id


def merged_facts(ticket: Ticket, body: Mapping[str, Any], belongings: Sequence[Link]) -> Mapping[str, Any]:
    """The ticket's facts with what a change says; arrays are replaced whole, what was added here stays."""
    facts = {name: value for name, value in ticket.facts.items() if name != EXTRAS}
    extras = _extras(body, ticket.facts.get(EXTRAS) or {}, [link.ref_id for link in belongings])
    return {**facts, EXTRAS: extras} if extras or ticket.facts.get(EXTRAS) else facts


def new_notes(body: Mapping[str, Any], known: frozenset[str], caller: ApiKey) -> list[tuple[str, str]]:
    """Author and text of the notes that are not there yet.

    Raises:
        BadRequest: a note without a text, or hundreds of them.
    """
    notes: list[tuple[str, str]] = []
    for note in objects_of(body, "note"):
        if note.get("id") is not None and str(note["id"]) in known:
            continue
        text = text_of(note, "text", NOTE_MOST)
        if text is None:
            raise BadRequest("A note needs a text.")
        notes.append((text_of(note, "author", _CHANNEL_MOST) or caller.id, text))
    if len(notes) > _ITEMS_MOST:
        raise BadRequest(f"Add at most {_ITEMS_MOST} notes at once.")
    return notes


def refuse_ours(body: Mapping[str, Any], present: Mapping[str, Any]) -> None:
    """Raise `BadRequest` when a change touches what only the service sets."""
    for name in _OURS:
        if name in body and body[name] != present.get(name):
            raise BadRequest(f"{name} is set by the service. Leave it out.")


def refuse_other_references(body: Mapping[str, Any], ticket: Ticket) -> None:
    """Raise `BadRequest` when a change would move a ticket to another customer, conversation or problem."""
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


def kept_text(body: Mapping[str, Any], name: str, most: int) -> str | None:
    """A text that can be changed but not removed."""
    if name in body and body[name] is None:
        raise BadRequest(f"{name} cannot be removed.")
    return text_of(body, name, most)


def choice(body: Mapping[str, Any], name: str, kind: type[_Choice]) -> _Choice | None:
    """One of an enum's values, in any case; None when it is missing."""
    if name not in body:
        return None
    given = body[name]
    for item in kind:
        if isinstance(given, str) and given.lower() == str(item.value).lower():
            return item
    raise BadRequest(f"{name} is one of {', '.join(str(item.value) for item in kind)}.")


def _ticket_type(body: Mapping[str, Any]) -> TicketType | None:
    given = body.get("ticketType")
    if isinstance(given, str) and given.lower() in _FAULTS:
        return TicketType.fault
    return choice(body, "ticketType", TicketType)


def _line(entities: Sequence[Mapping[str, Any]]) -> tuple[str | None, str | None]:
    """The line that a ticket is about, and its product."""
    for item in entities:
        if item.get("role") == "line" and item.get("@referredType") == "Product":
            return text_of(item, "id", 40), text_of(item, "name", 16)
    return None, None


def _extras(body: Mapping[str, Any], before: Mapping[str, Any], ours: Sequence[str]) -> dict[str, Any]:
    extras = dict(before)
    for name, most in _EXTRA_TEXTS.items():
        if name in body:
            extras[name] = text_of(body, name, most)
    for name in _EXTRA_LISTS:
        if name in body:
            extras[name] = _items(objects_of(body, name), ours)
    if "requestedResolutionDate" in body:
        wanted = body["requestedResolutionDate"]
        extras["requestedResolutionDate"] = (
            None if wanted is None else moment_of(wanted, "requestedResolutionDate").isoformat()
        )
    if "relatedEntity" in body:
        _, rest = reference(objects_of(body, "relatedEntity"), "Conversation", "conversation")
        _, rest = reference(rest, "ServiceProblem", "serviceProblem")
        extras["relatedEntity"] = _items([item for item in rest if item.get("role") != "line"], ours)
    if "relatedParty" in body:
        _, rest = reference(objects_of(body, "relatedParty"), "Customer", "customer")
        extras["relatedParty"] = _items(rest, ours)
    return {name: value for name, value in extras.items() if value not in (None, [])}


def _items(items: Sequence[Mapping[str, Any]], ours: Sequence[str]) -> list[dict[str, Any]]:
    if len(items) > _ITEMS_MOST:
        raise BadRequest(f"A list holds at most {_ITEMS_MOST} items.")
    return [dict(item) for item in items if item.get("id") not in ours]
