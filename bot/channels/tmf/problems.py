"""TMF656: outages as service problems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from aiohttp import web

from bot.channels.tmf.attributes import PROBLEM
from bot.channels.tmf.keys import ApiKey
from bot.channels.tmf.lists import Resource, fields_of, list_query, page
from bot.channels.tmf.query import one
from bot.channels.tmf.serialise import PROBLEM_STATES, Address, problem_resource
from bot.errors import NotFound
from bot.operator.ports import OperatorPorts, Outage
from bot.tickets.service import TicketService

#: records that hang on one page of outages
_RELATED_MOST = 2_000
_FIXED = {"category": "outage"}


class ProblemRoutes:
    """Outages; their words in Chinese, or in English for `Accept-Language: en`."""

    def __init__(self, operator: OperatorPorts, tickets: TicketService, address: Address) -> None:
        self._operator = operator
        self._tickets = tickets
        self._address = address

    async def find(self, request: web.Request, _caller: ApiKey) -> web.Response:
        """Running and planned ones; a restored one is found by its id alone."""
        query = list_query(request, PROBLEM)
        filters = query.filters
        if not _fits_fixed(filters):
            return page(request, [], 0, query)
        found = await self._outages(filters)
        wanted = filters["status"].split(",") if "status" in filters else None
        fitting = [item for item in found if wanted is None or PROBLEM_STATES.get(item.status) in wanted]
        chosen = fitting[query.offset : query.offset + query.limit]
        return page(request, await self._resources(request, chosen), len(fitting), query)

    async def get(self, request: web.Request, _caller: ApiKey) -> web.Response:
        outage = await self._operator.network.outage(request.match_info["id"])
        if outage is None:
            raise NotFound("There is no service problem with this id.")
        (resource,) = await self._resources(request, [outage])
        return one(resource, fields_of(request, PROBLEM.known))

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


def _fits_fixed(filters: Mapping[str, str]) -> bool:
    return all(filters.get(name, value) == value for name, value in _FIXED.items())


def _language(request: web.Request) -> str:
    return "en" if request.headers.get("Accept-Language", "").lower().startswith("en") else "zh"
