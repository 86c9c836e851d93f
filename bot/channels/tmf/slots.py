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
from bot.channels.tmf.query import body_of, check_known, check_version, created, is_same, objects_of, one, text_of
from bot.channels.tmf.records import new_record
from bot.channels.tmf.references import SLOT_PATH, Address, Links
from bot.channels.tmf.store import Record, RecordStore
from bot.channels.tmf.visit_resources import slot_resource
from bot.errors import BadRequest, Conflict, NotFound

_RESOURCE = "searchTimeSlot"
_SLOTS_MOST = 100
_RANGES_MOST = 10
#: how far ahead a search looks that names no time
_HORIZON = timedelta(days=30)
_KEPT = timedelta(days=1)
_OURS = ("id", "href", "availableTimeSlot", "searchDate", "searchResult", "status")
#: what a search asks for; a change of any of it searches again
_ASKED = ("requestedTimeSlot", "relatedPlace", "relatedParty", "relatedEntity", "duration")
_WORDS, _WORD_MOST = ("@type", "@baseType", "@schemaLocation"), 400
#: states that a caller may give a search: nothing that is offered suits, or it does after all
_DONE, _REJECTED = "done", "rejected"


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
        _check_words(body)
        now = self._clock()
        record = new_record(
            request,
            caller,
            now,
            resource=_RESOURCE,
            prefix="SS",
            status=_DONE,
            body=await self._answered(body, caller, now),
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
            check_version(request, record.version)
            await self._records.remove(record)
            await self._events.of_record("SearchTimeSlotDelete", _resource(record, self._events.links))
        return web.Response(status=204)

    async def change(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Merge what was sent: other wishes are searched again under the same id; `rejected`: nothing offered suits."""
        body = await body_of(request)
        check_known(body, (*SLOT_SEARCH.known, "duration"))
        _check_words(body)
        record = await self._found(request, caller)
        check_version(request, record.version)
        present = _resource(record, self._address.seen_by(request))
        changed = {name: value for name, value in body.items() if not is_same(value, present.get(name))}
        for name in changed:
            if name in _OURS and name != "status":
                raise BadRequest(f"{name} is set by the service. Leave it out.")
        status = changed.pop("status", record.status)
        if status not in (_DONE, _REJECTED):
            raise BadRequest(f"status of a search becomes {_REJECTED} when nothing suits, or {_DONE}.")
        now = self._clock()
        asked = {name: value for name, value in {**record.body, **changed}.items() if value is not None}
        again = any(name in changed for name in _ASKED)
        kept = await self._answered(asked, caller, now) if again else asked
        if again and "status" not in body:
            status = _DONE
        if (status, kept) == (record.status, dict(record.body)):
            return one(present, version=record.version)
        async with self._visits.unit():
            after = await self._records.change(record, status=status, body=kept, updated_at=now)
            if after is None:
                raise Conflict()
            kind = "StateChange" if status != record.status else "AttributeValueChange"
            await self._events.of_record(f"SearchTimeSlot{kind}", _resource(after, self._events.links))
        return one(_resource(after, self._address.seen_by(request)), version=after.version)

    async def _answered(self, body: Mapping[str, Any], caller: ApiKey, now: datetime) -> dict[str, Any]:
        """What was asked, with what is free now."""
        asked = objects_of(body, "requestedTimeSlot")
        if len(asked) > _RANGES_MOST:
            raise BadRequest(f"requestedTimeSlot holds at most {_RANGES_MOST} periods.")
        ranges = [period_of(slot) for slot in asked]
        place = await self._places.find(body, caller)
        return _kept(body, place, asked, await self._free(place, ranges, now))

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


def _check_words(body: Mapping[str, Any]) -> None:
    for name in _WORDS:
        text_of(body, name, _WORD_MOST)


def _kept(
    body: Mapping[str, Any],
    place: Place,
    asked: Sequence[Mapping[str, Any]],
    slots: Sequence[VisitWindow],
) -> dict[str, Any]:
    """What is stored: the search in the words of its sender, where it leads, and what is free."""
    kept: dict[str, Any] = {name: body[name] for name in (*_WORDS, "duration") if body.get(name) is not None}
    entities, parties = objects_of(body, "relatedEntity"), objects_of(body, "relatedParty")
    named = (*objects_of(body, "relatedPlace"), {})[0]
    if entities:
        kept["relatedEntity"] = [dict(item) for item in entities]
    if parties:
        kept["relatedParty"] = dict(parties[0])
    return {
        **kept,
        "searchResult": "success" if slots else "fail",
        "requestedTimeSlot": [dict(item) for item in asked],
        "availableTimeSlot": [slot_resource(window) for window in slots],
        "relatedPlace": {"role": "visitAddress", "@referredType": "GeographicArea", **named, "id": place.area},
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
