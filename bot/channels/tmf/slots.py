"""TMF646: searches for free time slots, kept for a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from bot.appointments.model import VisitWindow
from bot.appointments.service import AppointmentService
from bot.channels.tmf.attributes import SLOT_SEARCH
from bot.channels.tmf.events import TmfEvents
from bot.channels.tmf.keys import ApiKey
from bot.channels.tmf.lists import Resource, fields_of, list_query, page
from bot.channels.tmf.places import Place, PlaceFinder, period_of
from bot.channels.tmf.query import body_of, check_known, created, objects_of, one
from bot.channels.tmf.records import new_record
from bot.channels.tmf.references import SLOT_PATH, Address, Links
from bot.channels.tmf.store import Record, RecordStore
from bot.channels.tmf.visit_resources import slot_resource
from bot.errors import BadRequest, MethodNotAllowed, NotFound

_RESOURCE = "searchTimeSlot"
_SLOTS_MOST = 100
_RANGES_MOST = 10
#: how far ahead a search looks that names no time
_HORIZON = timedelta(days=30)
_KEPT = timedelta(days=1)
_OURS = ("id", "href", "availableTimeSlot", "searchDate", "searchResult", "status")


class SearchNotFound(NotFound):
    """There is no such search, or it is more than a day old. Search again."""

    code = "search_not_found"


class SlotRoutes:
    """Parse, search, keep, serialise. A slot is not kept for the caller: book it."""

    def __init__(
        self,
        appointments: AppointmentService,
        places: PlaceFinder,
        records: RecordStore,
        events: TmfEvents,
        address: Address,
        clock: Callable[[], datetime],
    ) -> None:
        self._visits = appointments
        self._places = places
        self._records = records
        self._events = events
        self._address = address
        self._clock = clock

    async def search(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Find free slots by area, product, duration and time."""
        body = await body_of(request)
        check_known(body, (*SLOT_SEARCH.known, "duration"), ours=_OURS)
        asked = objects_of(body, "requestedTimeSlot")
        if len(asked) > _RANGES_MOST:
            raise BadRequest(f"requestedTimeSlot holds at most {_RANGES_MOST} periods.")
        ranges = [period_of(slot) for slot in asked]
        place = await self._places.find(body, caller)
        now = self._clock()
        slots = await self._free(place, ranges, now)
        record = new_record(
            request,
            caller,
            now,
            resource=_RESOURCE,
            prefix="SS",
            status="done",
            body=_kept(body, place, ranges, slots),
            customer_id=caller.customer_id,
        )
        async with self._visits.unit():
            await self._records.prune(_RESOURCE, now - _KEPT)
            record, new = await self._records.add(record)
            if new:
                await self._events.of_record("SearchTimeSlotCreate", _resource(record, self._events.links))
        return created(_resource(record, self._address.seen_by(request)), version=record.version)

    async def find(self, request: web.Request, caller: ApiKey) -> web.Response:
        """The caller's searches of the last day."""
        query = list_query(request, SLOT_SEARCH)
        if query.impossible:
            return page(request, [], 0, query)
        filters = {**query.filters, "key_id": caller.id}
        found, total = await self._records.page(_RESOURCE, filters, query.offset, query.limit)
        links = self._address.seen_by(request)
        return page(request, [_resource(record, links) for record in found], total, query)

    async def get(self, request: web.Request, caller: ApiKey) -> web.Response:
        """An earlier search with what was free then."""
        fields = fields_of(request, SLOT_SEARCH.known)
        record = await self._found(request, caller)
        return one(_resource(record, self._address.seen_by(request)), fields, version=record.version)

    async def remove(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Forget a search."""
        async with self._visits.unit():
            record = await self._found(request, caller)
            await self._records.remove(record)
            await self._events.of_record("SearchTimeSlotDelete", _resource(record, self._events.links))
        return web.Response(status=204)

    async def change(self, request: web.Request, caller: ApiKey) -> web.Response:
        """A search that is done does not change."""
        await self._found(request, caller)
        raise MethodNotAllowed("A search that is done does not change. Search again.")

    async def _found(self, request: web.Request, caller: ApiKey) -> Record:
        record = await self._records.get(_RESOURCE, request.match_info["id"])
        if record is None or record.key_id != caller.id:
            raise SearchNotFound()
        return record

    async def _free(
        self, place: Place, ranges: Sequence[tuple[datetime, datetime]], now: datetime
    ) -> list[VisitWindow]:
        found: dict[str, VisitWindow] = {}
        for start, end in ranges or [(now, now + _HORIZON)]:
            windows = await self._visits.windows(
                place.area,
                start=start,
                end=end,
                not_before=now,
                limit=_SLOTS_MOST,
                product=place.product,
                minutes=place.minutes,
            )
            found.update((window.id, window) for window in windows)
        return sorted(found.values(), key=lambda window: (window.start, window.id))[:_SLOTS_MOST]


def _kept(
    body: Mapping[str, Any],
    place: Place,
    ranges: Sequence[tuple[datetime, datetime]],
    slots: Sequence[VisitWindow],
) -> dict[str, Any]:
    kept = {name: body[name] for name in ("relatedEntity", "relatedParty", "@baseType", "duration") if name in body}
    return {
        **kept,
        "searchResult": "success" if slots else "fail",
        "requestedTimeSlot": [
            {"validFor": {"startDateTime": start.isoformat(), "endDateTime": end.isoformat()}} for start, end in ranges
        ],
        "availableTimeSlot": [slot_resource(window) for window in slots],
        "relatedPlace": {"id": place.area, "role": "visitAddress", "@referredType": "GeographicArea"},
    }


def _resource(record: Record, links: Links) -> Resource:
    """TMF646 SearchTimeSlot."""
    href = links.to(SLOT_PATH, record.id)
    slots = [{**slot, "href": f"{href}#{slot['id']}"} for slot in record.body["availableTimeSlot"]]
    return {
        "@type": "SearchTimeSlot",
        **record.body,
        "availableTimeSlot": slots,
        "id": record.id,
        "href": href,
        "status": record.status,
        "searchDate": record.created_at.isoformat(),
    }
