"""Bodies of TMF621 calls, read into what the ticket service takes."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar

from bot.channels.tmf.keys import ApiKey
from bot.channels.tmf.nested import checked
from bot.channels.tmf.query import is_same, objects_of, reference, text_of
from bot.channels.tmf.references import EXTRAS, TICKET_PATH
from bot.channels.tmf.ticket_resources import LINK_LISTS, REFERRED, role_name
from bot.errors import BadRequest, NotFound
from bot.filters import moment_of
from bot.tickets.links.service import MOST
from bot.tickets.model import EntryKind, HistoryEntry, LinkKind, NewLink, NewTicket, Severity, Ticket, TicketType

NOTE_MOST = 4_000
DESCRIPTION_MOST = 4_000
_NAME_MOST = 200
_EXTERNAL_MOST = 80
_CHANNEL_MOST = 32
_REF_MOST, _ROLE_MOST = 120, 40

#: kept as sent, since nothing here acts on them
_EXTRA_TEXTS = {"@baseType": _NAME_MOST, "@schemaLocation": 400}
#: its id is a column of ours; what else was said of it is kept as sent
_CHANNEL = "channel"
#: text attribute → our column and its length
_TEXTS = {"name": ("name", _NAME_MOST), "externalId": ("external_id", _EXTERNAL_MOST)}
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
_OURS = ("id", "href", *CREATE_OURS)
#: words that other systems use for a fault
_FAULTS = ("incident", "trouble")

_Choice = TypeVar("_Choice", bound=Enum)


def new_ticket(body: Mapping[str, Any], caller: ApiKey) -> NewTicket:
    """What a caller reports.

    Raises:
        BadRequest: something is missing or of the wrong kind.
        NotFound: the customer is another than the caller's.
    """
    description = text_of(body, "description", DESCRIPTION_MOST)
    severity = choice(body, "severity", Severity)
    ticket_type = type_of(body)
    if description is None or severity is None or ticket_type is None:
        raise BadRequest("A ticket needs description, severity and ticketType.")
    conversation_id, rest = reference(objects_of(body, "relatedEntity"), "Conversation", "conversation")
    outage_id, rest = reference(rest, "ServiceProblem", "serviceProblem", most=16)
    line_id, product = _line(rest)
    extras = _extras(body, {})
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
        channel=channel_of(body) or "api",
        name=text_of(body, "name", _NAME_MOST),
        external_id=text_of(body, "externalId", _EXTERNAL_MOST),
        requested_by=_wish(body),
        links=tuple(link for links in links_of(body).values() for link in links),
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


def merged_facts(ticket: Ticket, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The ticket's facts with what a change says."""
    facts = {name: value for name, value in ticket.facts.items() if name != EXTRAS}
    extras = _extras(body, ticket.facts.get(EXTRAS) or {})
    return {**facts, EXTRAS: extras} if extras else facts


def changed_columns(body: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """New values of name, number elsewhere, wish and channel; and which of them are taken back (null)."""
    changes: dict[str, Any] = {"requested_by": _wish(body), "channel": channel_of(body)}
    changes |= {column: text_of(body, name, most) for name, (column, most) in _TEXTS.items()}
    names = {**{name: column for name, (column, _) in _TEXTS.items()}, "requestedResolutionDate": "requested_by"}
    return changes, [column for name, column in names.items() if name in body and body[name] is None]


def links_of(body: Mapping[str, Any]) -> dict[LinkKind, list[NewLink]]:
    """What a body hangs on a ticket, by kind, for the lists that it has: each replaces what was there.

    Raises:
        BadRequest: a list is none, too long, or holds something without an id where one is needed.
    """
    return {kind: _links(kind, body) for kind, name in LINK_LISTS.items() if name in body}


def _links(kind: LinkKind, body: Mapping[str, Any]) -> list[NewLink]:
    items: Sequence[Mapping[str, Any]] = objects_of(body, LINK_LISTS[kind])
    if kind is LinkKind.party:
        _, items = reference(items, "Customer", "customer")
    elif kind is LinkKind.entity:
        _, items = reference(items, "Conversation", "conversation")
        _, items = reference(items, "ServiceProblem", "serviceProblem")
        items = [item for item in items if item.get("role") != "line"]
    if len(items) > MOST:
        raise BadRequest(f"A list holds at most {MOST} items.")
    return [_link(kind, item) for item in items]


def _link(kind: LinkKind, item: Mapping[str, Any]) -> NewLink:
    ref_id = text_of(item, "id", _REF_MOST)
    if ref_id is None:
        if kind is not LinkKind.attachment:
            raise BadRequest("Each reference needs an id.")
        ref_id = f"attachment-{secrets.token_hex(8)}"
    role = text_of(item, role_name(kind), _ROLE_MOST) or ""
    body = {name: value for name, value in item.items() if name not in ("id", role_name(kind))}
    if body.get("@referredType") == REFERRED.get(kind):  # said by the kind already
        body.pop("@referredType", None)
    if kind is LinkKind.relationship and str(body.get("href", "")).endswith(f"{TICKET_PATH}/{ref_id}"):
        del body["href"]
    return NewLink(kind, ref_id, role, body)


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
    if len(notes) > MOST:
        raise BadRequest(f"Add at most {MOST} notes at once.")
    return notes


def reason_of(history: Sequence[HistoryEntry]) -> str | None:
    """Why a ticket has its state, if somebody said so."""
    moves = [entry for entry in history if entry.kind is EntryKind.status]
    return moves[-1].text if moves else None


def refuse_ours(body: Mapping[str, Any], present: Mapping[str, Any]) -> None:
    """Raise `BadRequest` when a change touches what only the service sets."""
    for name in _OURS:
        if name in body and not is_same(body[name], present.get(name)):
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


def type_of(body: Mapping[str, Any]) -> TicketType | None:
    """One of our types, by the words of other systems too."""
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


def channel_of(body: Mapping[str, Any]) -> str | None:
    """The id of the channel that a body names.

    Raises:
        BadRequest: no object with an id.
    """
    channel = body.get("channel")
    if channel is None:
        return None
    if not isinstance(channel, dict):
        raise BadRequest("channel is an object with an id.")
    channel_id = text_of(checked(channel, "channel"), "id", _CHANNEL_MOST)
    if channel_id is None:
        raise BadRequest("channel is an object with an id.")
    return channel_id


def _wish(body: Mapping[str, Any]) -> datetime | None:
    wanted = body.get("requestedResolutionDate")
    return None if wanted is None else moment_of(wanted, "requestedResolutionDate")


def _extras(body: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    extras: dict[str, Any] = {name: before[name] for name in (*_EXTRA_TEXTS, _CHANNEL) if name in before}
    for name, most in _EXTRA_TEXTS.items():
        if name in body:
            extras[name] = text_of(body, name, most)
    channel_id = channel_of(body)
    if channel_id is not None:
        said = {name: value for name, value in body[_CHANNEL].items() if name != "id" and value is not None}
        extras[_CHANNEL] = said if said != {"name": channel_id} else {}
    return {name: value for name, value in extras.items() if value not in (None, {})}
