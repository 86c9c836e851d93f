"""TMF683: every conversation as a party interaction, beside those that other systems record here."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.appointments.model import Appointment
from bot.appointments.service import AppointmentService
from bot.channels.tmf.attributes import INTERACTION
from bot.channels.tmf.events import TmfEvents
from bot.channels.tmf.interaction_resources import (
    INTERACTION_DONE,
    INTERACTION_OPEN,
    interaction_resource,
    transcript_attachment,
    transcript_notes,
)
from bot.channels.tmf.keys import ApiKey
from bot.channels.tmf.lists import Resource, fields_of, list_query, page
from bot.channels.tmf.query import (
    body_of,
    check_known,
    check_version,
    created,
    is_same,
    objects_of,
    one,
    reference,
    text_of,
)
from bot.channels.tmf.records import new_record
from bot.channels.tmf.references import INTERACTION_PATH, Address, Links, linked_party
from bot.channels.tmf.store import INTERACTION as RESOURCE
from bot.channels.tmf.store import RELATED_MOST, InteractionStore, Record, RecordStore
from bot.channels.transcript import as_html, as_json, as_text
from bot.contracts import Conversation, Owner
from bot.errors import BadRequest, Conflict, ConversationNotFound, NotFound
from bot.filters import moment_of, split_sign
from bot.schema.base import utc_text
from bot.tickets.model import Ticket
from bot.tickets.service import TicketService

_TEXT_MOST, _WORD_MOST = 4_000, 80
#: what a conversation is to everybody
_FIXED = {"direction": "inbound", "reason": "customerCare"}
_LISTS = (
    "attachment",
    "channel",
    "interactionItem",
    "interactionRelationship",
    "note",
    "relatedParty",
    "relatedEntity",
)
_TEXTS = {"direction": _WORD_MOST, "reason": _TEXT_MOST, "description": _TEXT_MOST, "status": 32}
#: filters that conversations have columns for
_COLUMNS = ("id", "customer_id", "party_id", "created_at", "status_at", "channel")


class InteractionNotFound(NotFound):
    """There is no interaction with this id. Check the id."""

    code = "interaction_not_found"


class InteractionIsOurs(Conflict):
    """A conversation's interaction is written by the conversation itself. Record one of your own beside it."""

    code = "interaction_is_ours"


class InteractionRoutes:
    """Conversations carry their transcript as an attachment, and alone also message by message in `note`."""

    def __init__(
        self,
        interactions: InteractionStore,
        records: RecordStore,
        tickets: TicketService,
        appointments: AppointmentService,
        events: TmfEvents,
        address: Address,
        clock: Callable[[], datetime],
    ) -> None:
        self._interactions = interactions
        self._records = records
        self._tickets = tickets
        self._visits = appointments
        self._events = events
        self._address = address
        self._clock = clock

    async def find(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Conversations and what other systems recorded, most recently changed first."""
        query = list_query(request, INTERACTION)
        if query.impossible:
            return page(request, [], 0, query)
        filters = dict(query.filters)
        if caller.customer_id is not None:
            filters["customer_id"] = caller.customer_id
        links = self._address.seen_by(request)
        own, owners = _of_conversations(filters, links)
        page_ids, total = await self._interactions.page(owners, own, filters, query.offset, query.limit)
        heads = await self._interactions.heads([one_id for one_id, is_talk in page_ids if is_talk])
        records = await self._records.several([one_id for one_id, is_talk in page_ids if not is_talk])
        talks = await self._resources(links, list(heads.values()))
        resources = {resource["id"]: resource for resource in talks}
        resources |= {record_id: _posted(record, links) for record_id, record in records.items()}
        found = [resources[one_id] for one_id, _ in page_ids if one_id in resources]
        return page(request, found, total, query)

    async def get(self, request: web.Request, caller: ApiKey) -> web.Response:
        """One interaction; a conversation with every message."""
        fields = fields_of(request, INTERACTION.known)
        links = self._address.seen_by(request)
        record = await self._records.get(RESOURCE, request.match_info["id"])
        if record is not None:
            if not caller.may_see(record.customer_id):
                raise InteractionNotFound()
            return one(_posted(record, links), fields, version=record.version)
        head = await self._head(request, caller)
        (resource,) = await self._resources(links, [head])
        messages = await self._interactions.messages(head.id)
        resource["note"] = transcript_notes(messages)
        text = as_text(head, messages).encode()
        resource["attachment"][0] |= {
            "content": base64.b64encode(text).decode(),
            "size": {"amount": len(text), "units": "bytes"},
        }
        return one(resource, fields)

    async def transcript(self, request: web.Request, caller: ApiKey) -> web.Response:
        """A conversation's whole thread, as txt, json or html."""
        head = await self._head(request, caller)
        messages = await self._interactions.messages(head.id)
        kind = request.query.get("format", "txt")
        if kind == "json":
            return web.json_response(as_json(head, messages))
        if kind == "html":
            return web.Response(text=as_html(head, messages), content_type="text/html")
        if kind != "txt":
            raise BadRequest("format is txt, json or html.")
        return web.Response(text=as_text(head, messages), content_type="text/plain")

    async def create(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Record an interaction that took place elsewhere; needs channel, direction and reason."""
        body = _checked(await body_of(request))
        missing = [name for name in ("channel", "direction", "reason") if not body.get(name)]
        if missing:
            raise BadRequest(f"An interaction needs {', '.join(missing)}.")
        customer_id = _customer_of(body, caller)
        now = self._clock()
        links = self._address.seen_by(request)
        body["channel"] = [{"href": links.channel, **item} for item in body["channel"]]
        body.setdefault("interactionDate", {"startDateTime": now.isoformat()})
        status = str(body.pop("status", None) or "open")
        record = new_record(
            request, caller, now, resource=RESOURCE, prefix="PI", status=status, body=body, customer_id=customer_id
        )
        async with self._tickets.unit():
            record, new = await self._records.add(record)
            if new:
                await self._events.of_record("PartyInteractionCreate", _posted(record, self._events.links))
        return created(_posted(record, links), version=record.version)

    async def change(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Merge what was sent into an interaction of another system."""
        sent, links = await body_of(request), self._address.seen_by(request)
        check_known(sent, INTERACTION.known)
        async with self._tickets.unit():
            record = await self._own(request, caller)
            check_version(request, record.version)
            present = _posted(record, links)
            new = {name: value for name, value in sent.items() if not is_same(value, present.get(name))}
            patch = _checked(new, ours=("id", "href", "creationDate", "statusChangeDate", "direction"))
            if not patch:
                return one(present, version=record.version)
            body = {name: value for name, value in {**record.body, **patch}.items() if value is not None}
            for name in ("channel", "reason"):
                if not body.get(name):
                    raise BadRequest(f"{name} cannot be removed.")
            status = str(body.pop("status", None) or record.status)
            now = self._clock()
            moved = {"statusChangeDate": utc_text(now)} if status != record.status else {}
            values = {
                "status": status,
                "customer_id": _customer_of(body, caller),
                "body": {**body, **moved},
                "updated_at": now,
            }
            changed = await self._records.change(record, **values)
            if changed is None:
                raise Conflict()
            kind = "PartyInteractionStatusChange" if moved else "PartyInteractionAttributeValueChange"
            await self._events.of_record(kind, _posted(changed, self._events.links))
        return one(_posted(changed, links), version=changed.version)

    async def remove(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Remove an interaction of another system."""
        async with self._tickets.unit():
            record = await self._own(request, caller)
            check_version(request, record.version)
            await self._records.remove(record)
            await self._events.of_record("PartyInteractionDelete", _posted(record, self._events.links))
        return web.Response(status=204)

    async def _own(self, request: web.Request, caller: ApiKey) -> Record:
        record = await self._records.get(RESOURCE, request.match_info["id"])
        if record is None:
            await self._head(request, caller)
            raise InteractionIsOurs()
        if not caller.may_see(record.customer_id):
            raise InteractionNotFound()
        return record

    async def _head(self, request: web.Request, caller: ApiKey) -> Conversation:
        try:
            head = await self._interactions.head(request.match_info["id"])
        except ConversationNotFound as exc:
            raise InteractionNotFound() from exc
        if not caller.may_see(head.customer_id):
            raise InteractionNotFound()
        return head

    async def _resources(self, links: Links, heads: Sequence[Conversation]) -> list[Resource]:
        if not heads:
            return []
        wanted = {"conversation_id": ",".join(head.id for head in heads)}
        tickets, _ = await self._tickets.list_page(wanted, 0, RELATED_MOST)
        visits, _ = await self._visits.list_page(wanted, 0, RELATED_MOST)
        tickets_of: dict[str | None, list[Ticket]] = defaultdict(list)
        visits_of: dict[str | None, list[Appointment]] = defaultdict(list)
        for ticket in tickets:
            tickets_of[ticket.conversation_id].append(ticket)
        for visit in visits:
            visits_of[visit.conversation_id].append(visit)
        return [
            interaction_resource(head, tickets_of[head.id], visits_of[head.id], links)
            | {"attachment": [transcript_attachment(head, links)]}
            for head in heads
        ]


def _of_conversations(filters: Mapping[str, str], links: Links) -> tuple[dict[str, str], set[Owner]]:
    """The filters that conversations have columns for, and whose fit; nobody's when they want what none is."""
    own = {name: value for name, value in filters.items() if split_sign(name)[0] in _COLUMNS}
    owners: set[Owner] = set(Owner)
    fixed = {**_FIXED, "channel_href": links.channel}
    for name, value in filters.items():
        plain, sign = split_sign(name)
        words = set(value.split(","))
        if plain in fixed:
            owners = set() if (fixed[plain] in words) is (sign == "!=") else owners
        elif plain == "status":
            fitting = _owners(words)
            owners &= fitting if sign == "=" else set(Owner) - fitting
        elif plain not in _COLUMNS:
            owners = set()
    return own, owners


def _owners(words: set[str]) -> set[Owner]:
    owners = {Owner.closed} if INTERACTION_DONE in words else set()
    return owners | (set(Owner) - {Owner.closed} if INTERACTION_OPEN in words else set())


def _checked(body: Mapping[str, Any], ours: tuple[str, ...] = ("id", "href")) -> dict[str, Any]:
    check_known(body, INTERACTION.known, ours)
    kept: dict[str, Any] = {}
    for name, value in body.items():
        if value is None:
            kept[name] = None
        elif name in _LISTS:
            kept[name] = [dict(item) for item in objects_of(body, name)]
        elif name in _TEXTS:
            kept[name] = text_of(body, name, _TEXTS[name])
        elif name == "interactionDate":
            kept[name] = _period(value)
        elif name in ("creationDate", "statusChangeDate"):
            moment_of(value, name)  # the service sets them; one of its own words is no error
        else:
            kept[name] = text_of(body, name, _WORD_MOST * 3)
    for item in kept.get("channel") or ():
        if text_of(item, "id", _WORD_MOST) is None:
            raise BadRequest("Each channel needs an id.")
    return kept


def _period(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not set(value) <= {"startDateTime", "endDateTime"}:
        raise BadRequest("interactionDate holds startDateTime and endDateTime.")
    return {name: moment_of(part, f"interactionDate.{name}").isoformat() for name, part in value.items()}


def _customer_of(body: Mapping[str, Any], caller: ApiKey) -> str | None:
    customer_id, _ = reference(objects_of(body, "relatedParty"), "Customer", "customer")
    if caller.customer_id is not None and customer_id not in (None, caller.customer_id):
        raise NotFound("There is no such customer.")
    return customer_id or caller.customer_id


def _posted(record: Record, links: Links) -> Resource:
    """An interaction of another system, as TMF683 has it."""
    channels = [{"href": links.channel, "@referredType": "Channel", **item} for item in record.body["channel"]]
    moved = moment_of(record.body.get("statusChangeDate") or record.created_at.isoformat(), "statusChangeDate")
    parties = {"relatedParty": [linked_party(item, links) for item in record.body.get("relatedParty") or ()]}
    return {
        "@type": "PartyInteraction",
        **record.body,
        **(parties if record.body.get("relatedParty") else {}),
        "channel": channels,
        "id": record.id,
        "href": links.to(INTERACTION_PATH, record.id),
        "status": record.status,
        "creationDate": record.created_at.isoformat(),
        "statusChangeDate": moved.astimezone(record.created_at.tzinfo).isoformat(),
    }
