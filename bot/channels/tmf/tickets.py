"""TMF621: trouble tickets over HTTP."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from aiohttp import web

from bot.channels.tmf.attributes import TICKET
from bot.channels.tmf.keys import ApiKey
from bot.channels.tmf.lists import Resource, fields_of, list_query, page
from bot.channels.tmf.query import body_of, check_known, check_version, created, idempotency_key, one, text_of
from bot.channels.tmf.references import Address
from bot.channels.tmf.store import HistoryTails
from bot.channels.tmf.ticket_bodies import (
    CREATE_OURS,
    DESCRIPTION_MOST,
    NOTE_MOST,
    changed_columns,
    choice,
    links_of,
    merged_facts,
    new_notes,
    new_ticket,
    reason_of,
    refuse_other_references,
    refuse_ours,
    type_of,
)
from bot.channels.tmf.ticket_bodies import kept_text as kept
from bot.channels.tmf.ticket_resources import ticket_resource
from bot.errors import BadRequest
from bot.outages.service import OutageService
from bot.tickets.archive.service import ArchiveService
from bot.tickets.links.service import TicketLinks
from bot.tickets.loop.service import TicketLoop
from bot.tickets.model import (
    ENDED,
    EntryKind,
    Link,
    PersonRequired,
    Priority,
    Severity,
    Ticket,
    TicketNotFound,
    TicketStatus,
    TicketType,
)
from bot.tickets.service import TicketService


class TicketRoutes:
    """Parse, call the ticket service, serialise."""

    def __init__(
        self,
        tickets: TicketService,
        belongings: TicketLinks,
        archive: ArchiveService,
        loop: TicketLoop,
        outages: OutageService,
        tails: HistoryTails,
        address: Address,
    ) -> None:
        self._tickets = tickets
        self._links = belongings
        self._archive = archive
        self._loop = loop
        self._outages = outages
        self._tails = tails
        self._address = address

    async def find(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Tickets, newest first, each with the newest lines of its history; one alone has all of them."""
        query = list_query(request, TICKET)
        if query.impossible:
            return page(request, [], 0, query)
        filters = dict(query.filters)
        if caller.customer_id is not None:
            filters["customer_id"] = caller.customer_id
        found, total = await self._tickets.list_page(filters, query.offset, query.limit)
        links, ids = self._address.seen_by(request), [ticket.id for ticket in found]
        told = query.wants("note", "statusChange", "statusChangeDate", "statusChangeReason")
        histories = await self._tails.of(ids) if told and ids else {}
        linked = query.wants("attachment", "relatedParty", "relatedEntity", "troubleTicketRelationship")
        belongings: Mapping[str, tuple[Link, ...]] = await self._links.of(*ids) if linked else {}
        resources = [
            ticket_resource(ticket, histories.get(ticket.id, ()), links, belongings.get(ticket.id, ()))
            for ticket in found
        ]
        return page(request, resources, total, query)

    async def get(self, request: web.Request, caller: ApiKey) -> web.Response:
        """One ticket with all that belongs to it."""
        fields = fields_of(request, TICKET.known)
        ticket = await self._found(request, caller)
        return one(await self._resource(ticket, request), fields, version=ticket.version)

    async def create(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Open a ticket; the same `Idempotency-Key` or `externalId` of a caller again gives back the same one.

        A fault of a known customer inside a running outage belongs to that outage.
        """
        body = await body_of(request)
        check_known(body, TICKET.known, ours=("id", "href"))
        new = new_ticket({name: value for name, value in body.items() if name not in CREATE_OURS}, caller)
        new = await self._outages.joined(new)
        notes = new_notes(body, frozenset(), caller)
        priority = choice(body, "priority", Priority)
        if choice(body, "status", TicketStatus) not in (None, TicketStatus.acknowledged):
            raise BadRequest("A new ticket is acknowledged. Leave status out, and change it afterwards.")
        key = idempotency_key(request, caller.id)
        if key is None and new.external_id:
            key = f"tmf:{caller.id}:external:{new.external_id}"
        async with self._tickets.unit():
            ticket = await self._tickets.open(new, key=key or f"tmf:{secrets.token_urlsafe(16)}")
            if ticket.version == 1:
                if priority is not None:
                    ticket = await self._tickets.amend(ticket.id, author=caller.id, priority=priority)
                for author, text in notes:
                    ticket = await self._tickets.note(ticket.id, author=author, text=text)
        if not caller.may_see(ticket.customer_id):
            raise TicketNotFound()
        return created(await self._resource(ticket, request), version=ticket.version)

    async def change(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Merge what was sent; new notes are added, none is ever lost."""
        body = await body_of(request)
        check_known(body, TICKET.known)
        async with self._tickets.unit():
            ticket = await self._found(request, caller)
            check_version(request, ticket.version)
            history = await self._tickets.history(ticket.id)
            refuse_ours(body, ticket_resource(ticket, history, self._address.seen_by(request)))
            refuse_other_references(body, ticket)
            known = frozenset(str(entry.n) for entry in history if entry.kind is EntryKind.note)
            notes = new_notes(body, known, caller)
            changes, removed = changed_columns(body)
            changes |= {
                "description": kept(body, "description", DESCRIPTION_MOST),
                "severity": choice(body, "severity", Severity),
                "priority": choice(body, "priority", Priority),
                "ticket_type": type_of(body),
            }
            ticket = await self._tickets.amend(
                ticket.id, author=caller.id, facts=merged_facts(ticket, body), removed=removed, **changes
            )
            for kind, wanted in links_of(body).items():
                await self._links.replace(ticket.id, kind, wanted, author=caller.id)
            for author, text in notes:
                ticket = await self._tickets.note(ticket.id, author=author, text=text)
            status = choice(body, "status", TicketStatus)
            if status in (None, ticket.status) and body.get("statusChangeReason") not in (None, reason_of(history)):
                raise BadRequest("statusChangeReason says why status changes. Send both, or a note.")
            if status is not None:
                if status in ENDED and status is not ticket.status and ticket.ticket_type is TicketType.complaint:
                    raise PersonRequired()
                reason = text_of(body, "statusChangeReason", NOTE_MOST)
                ticket = await self._tickets.move(ticket.id, status, author=caller.id, reason=reason)
        if await self._loop.ask(ticket):
            ticket = await self._found(request, caller)
        return one(await self._resource(ticket, request), version=ticket.version)

    async def remove(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Take a ticket that is over out of sight; the archive keeps it as long as tickets are kept."""
        ticket = await self._found(request, caller)
        check_version(request, ticket.version)
        await self._archive.withdraw(ticket.id, actor=caller.id)
        return web.Response(status=204)

    async def _found(self, request: web.Request, caller: ApiKey) -> Ticket:
        ticket = await self._tickets.get(request.match_info["id"])
        if ticket is None or not caller.may_see(ticket.customer_id):
            raise TicketNotFound()
        return ticket

    async def _resource(self, ticket: Ticket, request: web.Request) -> Resource:
        history = await self._tickets.history(ticket.id)
        belongings = await self._links.of_one(ticket.id)
        return ticket_resource(ticket, history, self._address.seen_by(request), belongings)
