"""TMF683 and TMF656, to read: conversations as party interactions, outages as service problems."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from aiohttp import web

from bot.appointments.model import Appointment
from bot.appointments.service import AppointmentService
from bot.channels.tmf.keys import ApiKey
from bot.channels.tmf.query import Resource, fields_of, list_query, one, page
from bot.channels.tmf.serialise import (
    INTERACTION_DONE,
    PROBLEM_STATES,
    Address,
    interaction_resource,
    problem_resource,
    transcript_notes,
)
from bot.channels.tmf.store import InteractionStore
from bot.contracts import Conversation, Owner
from bot.errors import ConversationNotFound, NotFound
from bot.operator.ports import OperatorPorts, Outage
from bot.tickets.model import Ticket
from bot.tickets.service import TicketService

#: records that hang on one page of interactions or outages
_RELATED_MOST = 2_000
_INTERACTION_FILTERS = {
    "id": "id",
    "href": "id",
    "status": "status",
    "direction": "direction",
    "reason": "reason",
    "relatedParty.id": "customer_id",
}
_PROBLEM_FILTERS = {
    "id": "id",
    "href": "id",
    "status": "status",
    "affectedLocation.id": "area",
    "affectedService.id": "product",
    "category": "category",
}
_FIXED = {"direction": "inbound", "reason": "customerCare", "category": "outage"}


class InteractionRoutes:
    """Conversations; one alone carries its transcript in `note`."""

    def __init__(
        self,
        interactions: InteractionStore,
        tickets: TicketService,
        appointments: AppointmentService,
        address: Address,
    ) -> None:
        self._interactions = interactions
        self._tickets = tickets
        self._visits = appointments
        self._address = address

    async def find(self, request: web.Request, _caller: ApiKey) -> web.Response:
        query = list_query(request, _INTERACTION_FILTERS)
        filters = query.filters
        owners = _owners(filters.get("status"))
        if owners is None or not _fits_fixed(filters):
            return page([], 0, query)
        if "id" in filters:
            one_head = await self._head_or_none(filters["id"])
            heads = [head for head in one_head if _fits(head, owners, filters.get("customer_id"))]
            total = len(heads)
            heads = heads[query.offset : query.offset + query.limit]
        else:
            found, total = await self._interactions.page(owners, filters.get("customer_id"), query.offset, query.limit)
            heads = list(found)
        return page(await self._resources(request, heads), total, query)

    async def get(self, request: web.Request, _caller: ApiKey) -> web.Response:
        head = await self._interactions.head(request.match_info["id"])
        (resource,) = await self._resources(request, [head])
        resource["note"] = transcript_notes(await self._interactions.messages(head.id))
        return one(resource, fields_of(request))

    async def _head_or_none(self, conversation_id: str) -> Sequence[Conversation]:
        try:
            return [await self._interactions.head(conversation_id)]
        except ConversationNotFound:
            return []

    async def _resources(self, request: web.Request, heads: Sequence[Conversation]) -> list[Resource]:
        if not heads:
            return []
        wanted = {"conversation_id": ",".join(head.id for head in heads)}
        links = self._address.seen_by(request)
        tickets, _ = await self._tickets.list_page(wanted, 0, _RELATED_MOST)
        visits, _ = await self._visits.list_page(wanted, 0, _RELATED_MOST)
        tickets_of: dict[str | None, list[Ticket]] = defaultdict(list)
        visits_of: dict[str | None, list[Appointment]] = defaultdict(list)
        for ticket in tickets:
            tickets_of[ticket.conversation_id].append(ticket)
        for visit in visits:
            visits_of[visit.conversation_id].append(visit)
        return [interaction_resource(head, tickets_of[head.id], visits_of[head.id], links) for head in heads]


class ProblemRoutes:
    """Outages; their words in Chinese, or in English for `Accept-Language: en`."""

    def __init__(self, operator: OperatorPorts, tickets: TicketService, address: Address) -> None:
        self._operator = operator
        self._tickets = tickets
        self._address = address

    async def find(self, request: web.Request, _caller: ApiKey) -> web.Response:
        """Running and planned ones; a restored one is found by its id alone."""
        query = list_query(request, _PROBLEM_FILTERS)
        filters = query.filters
        if not _fits_fixed(filters):
            return page([], 0, query)
        found = await self._outages(filters)
        wanted = filters["status"].split(",") if "status" in filters else None
        fitting = [item for item in found if wanted is None or PROBLEM_STATES.get(item.status) in wanted]
        chosen = fitting[query.offset : query.offset + query.limit]
        return page(await self._resources(request, chosen), len(fitting), query)

    async def get(self, request: web.Request, _caller: ApiKey) -> web.Response:
        outage = await self._operator.network.outage(request.match_info["id"])
        if outage is None:
            raise NotFound("There is no service problem with this id.")
        (resource,) = await self._resources(request, [outage])
        return one(resource, fields_of(request))

    async def _outages(self, filters: Mapping[str, str]) -> list[Outage]:
        area, product = filters.get("area"), filters.get("product")
        if "id" in filters:
            known = await self._operator.network.outage(filters["id"])
            found: Iterable[Outage] = [known] if known else []
            return [item for item in found if item.area == (area or item.area) and _covers(item, product)]
        areas = [area] if area else [item.id for item in await self._operator.network.areas()]
        by_id: dict[str, Outage] = {}
        for area_id in areas:
            for outage in await self._operator.network.outages(area_id, product):
                by_id[outage.id] = outage
        return sorted(by_id.values(), key=lambda item: (item.started_at, item.id), reverse=True)

    async def _resources(self, request: web.Request, outages: Sequence[Outage]) -> list[Resource]:
        if not outages:
            return []
        areas = {area.id: area for area in await self._operator.network.areas()}
        wanted = {"outage_id": ",".join(outage.id for outage in outages)}
        links = self._address.seen_by(request)
        tickets, _ = await self._tickets.list_page(wanted, 0, _RELATED_MOST)
        return [
            problem_resource(
                outage,
                areas.get(outage.area),
                [ticket for ticket in tickets if ticket.outage_id == outage.id],
                links,
                _language(request),
            )
            for outage in outages
        ]


def _covers(outage: Outage, product: str | None) -> bool:
    return product is None or outage.product == product


def _fits(head: Conversation, owners: Sequence[Owner], customer_id: str | None) -> bool:
    return (not owners or head.owner in owners) and (customer_id is None or head.customer_id == customer_id)


def _fits_fixed(filters: Mapping[str, str]) -> bool:
    return all(filters.get(name, value) == value for name, value in _FIXED.items())


def _owners(status: str | None) -> Sequence[Owner] | None:
    """The owners that a status stands for, none named for all; None when no conversation can have that status."""
    if status is None:
        return ()
    words = set(status.split(","))
    owners = [Owner.closed] if INTERACTION_DONE in words else []
    if words & {"inProgress", "open", "opened"}:
        owners += [Owner.bot, Owner.queued, Owner.agent]
    return owners or None


def _language(request: web.Request) -> str:
    return "en" if request.headers.get("Accept-Language", "").lower().startswith("en") else "zh"
