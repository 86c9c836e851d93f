"""TMF656: outages and planned works as service problems over HTTP."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.channels.tmf.attributes import PROBLEM, PROBLEM_RECORD
from bot.channels.tmf.keys import ApiKey
from bot.channels.tmf.lists import Resource, fields_of, list_query, page
from bot.channels.tmf.problem_bodies import changes_of, ids_of, new_notes, new_outage, places_of
from bot.channels.tmf.problem_resources import problem_resource
from bot.channels.tmf.query import body_of, check_known, check_version, created, objects_of, one, text_of
from bot.channels.tmf.references import PROBLEM_PATH, Address, Links
from bot.channels.tmf.store import RELATED_MOST
from bot.errors import BadRequest, NotFound
from bot.notices.service import NoticeService
from bot.operator.ports import OperatorPorts
from bot.outages.model import OutageRecord, OutageStatus, OutageUpdate, UpdateKind
from bot.outages.service import OutageService
from bot.tickets.model import Ticket
from bot.tickets.service import TicketService

_IDS_MOST = 50
#: areas and services that a problem hits
_PLACES = ("affectedLocation", "affectedService")
_EXTENSIONS = ("@type", "@baseType", "@schemaLocation")
_TEXT_MOST, _USER_MOST = 1_000, 80
#: types of events that lines of what became of a problem stand for
_STATE_EVENT, _OTHER_EVENT = "ServiceProblemStateChangeEvent", "ServiceProblemAttributeValueChangeEvent"


class EventRecordNotFound(NotFound):
    """There is no such record. List them again."""

    code = "event_record_not_found"


class ProblemRoutes:
    """Parse, call the outage service, serialise; words in Chinese, or in English for `Accept-Language: en`."""

    def __init__(
        self,
        outages: OutageService,
        notices: NoticeService,
        tickets: TicketService,
        operator: OperatorPorts,
        address: Address,
        clock: Callable[[], datetime],
    ) -> None:
        self._outages = outages
        self._notices = notices
        self._tickets = tickets
        self._operator = operator
        self._address = address
        self._clock = clock

    async def find(self, request: web.Request, _caller: ApiKey) -> web.Response:
        """Service problems, newest first."""
        query = list_query(request, PROBLEM)
        if query.impossible:
            return page(request, [], 0, query)
        found, total = await self._outages.list_page(query.filters, query.offset, query.limit)
        return page(request, await self._resources(request, found), total, query)

    async def get(self, request: web.Request, _caller: ApiKey) -> web.Response:
        """One service problem with its parts, its tickets and what became of it."""
        fields = fields_of(request, PROBLEM.known)
        return await self._one(request, await self._outages.get(request.match_info["id"]), fields)

    async def create(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Report an outage or planned works; faults that were reported shortly before join it."""
        body = await body_of(request)
        check_known(body, PROBLEM.known, ours=("id", "href"))
        areas = {area.id for area in await self._operator.network.areas()}
        new, note = new_outage(body, areas, self._clock()), new_notes(body)
        async with self._tickets.unit():
            outage = await self._outages.report(new, author=caller.id)
            if note is not None:
                outage = await self._outages.change(outage, author=caller.id, note=note)
            outage = await self._linked(outage, body, caller)
        await self._gather(outage)
        (resource,) = await self._resources(request, [outage])
        return created(resource, version=outage.version)

    async def change(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Merge what was sent; when it is over, everybody who waits is told and asked whether it is back."""
        body = await body_of(request)
        check_known(body, PROBLEM.known)
        outage = await self._outages.get(request.match_info["id"])
        check_version(request, outage.version)
        (present,) = await self._resources(request, [outage])
        areas = {area.id for area in await self._operator.network.areas()}
        changes, places = changes_of(body, outage, present), places_of(body, areas, present)
        async with self._tickets.unit():
            changed = outage
            if any(name in body and body[name] != present[name] for name in _PLACES):
                changed = await self._outages.place(changed, places, author=caller.id)
            changed = await self._outages.change(changed, author=caller.id, **changes)
            changed = await self._linked(changed, body, caller)
        if any(name in body for name in _PLACES):
            await self._gather(changed)
        for part in (changed, *await self._outages.parts(changed.id)):
            await self._outages.tell_all(part, self._notices)
        return await self._one(request, changed)

    async def remove(self, request: web.Request, _caller: ApiKey) -> web.Response:
        """Take a service problem that is over out of sight; tickets still name it."""
        async with self._tickets.unit():
            outage = await self._outages.get(request.match_info["id"])
            check_version(request, outage.version)
            await self._outages.remove(outage)
        return web.Response(status=204)

    async def _linked(self, outage: OutageRecord, body: Mapping[str, Any], caller: ApiKey) -> OutageRecord:
        """With the tickets, the parts and the whole that a body names; tickets join, none is lost."""
        await self._outages.attach(outage, ids_of(body, "troubleTicket") or (), author=caller.id)
        parts, whole = ids_of(body, "underlyingProblem"), ids_of(body, "parentProblem")
        if parts is not None:
            await self._group(outage, parts, caller)
        if whole is not None and whole != [item for item in [outage.parent_id] if item]:
            if len(whole) > 1:
                raise BadRequest("parentProblem is one problem.")
            if whole:
                await self._check_groups(await self._outages.get(whole[0]), [outage])
            outage = await self._outages.regroup(outage, whole[0] if whole else None, author=caller.id)
        return outage

    async def _group(self, whole: OutageRecord, ids: Sequence[str], caller: ApiKey) -> None:
        """Let exactly these be the parts of a problem."""
        present = {part.id: part for part in await self._outages.parts(whole.id)}
        fresh = [await self._outages.get(item) for item in ids if item not in present]
        await self._check_groups(whole, fresh)
        for part in fresh:
            await self._outages.regroup(part, whole.id, author=caller.id)
        for part in (part for part in present.values() if part.id not in ids):
            await self._outages.regroup(part, None, author=caller.id)

    async def _check_groups(self, whole: OutageRecord, parts: Sequence[OutageRecord]) -> None:
        """Refuse parts of parts, and what is a part of itself."""
        below = await self._outages.parts(*(part.id for part in parts)) if parts else ()
        if parts and (whole.parent_id or below or whole.id in {part.id for part in parts}):
            raise BadRequest("A problem that is a part has no parts, and none is a part of itself.")

    async def _gather(self, outage: OutageRecord) -> None:
        """Faults that were reported shortly before join."""
        for part in (outage, *await self._outages.parts(outage.id)):
            if part.status is OutageStatus.running:
                await self._outages.gather(part, self._notices)

    async def acknowledge(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Record that somebody has taken note of problems."""
        return await self._task(request, caller, "problemAcknowledgement", "ackProblem", "acknowledged")

    async def unacknowledge(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Take that back."""
        return await self._task(request, caller, "problemUnacknowledgement", "unackProblem", "not acknowledged")

    async def group(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Make problems parts of another one."""
        return await self._regroup(request, caller, "problemGroup", grouped=True)

    async def ungroup(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Make parts stand on their own again."""
        return await self._regroup(request, caller, "problemUngroup", grouped=False)

    async def _task(self, request: web.Request, caller: ApiKey, name: str, done: str, words: str) -> web.Response:
        body = await body_of(request)
        check_known(body, ("problem", done, "trackingRecord", *_EXTENSIONS), ours=("id", "href"))
        said = (*objects_of(body, "trackingRecord"), {})[0]
        text, user = text_of(said, "description", _TEXT_MOST), text_of(said, "user", _USER_MOST)
        async with self._tickets.unit():
            found = [await self._outages.get(item) for item in _ids(body, "problem")]
            for outage in found:
                line = f"{words}: {text}" if text else words
                await self._outages.task(outage, line, author=user or caller.id)
        references = self._references(request, found)
        record = {"time": self._clock().isoformat(), "user": caller.id, "description": words, **said}
        return self._done(request, name, {"problem": references, done: references, "trackingRecord": record})

    async def _regroup(self, request: web.Request, caller: ApiKey, name: str, *, grouped: bool) -> web.Response:
        body = await body_of(request)
        check_known(body, ("parentProblem", "childProblem", *_EXTENSIONS), ours=("id", "href"))
        (parent_id, *more) = _ids(body, "parentProblem")
        if more:
            raise BadRequest("parentProblem is one problem.")
        parent = await self._outages.get(parent_id)
        children = [await self._outages.get(item) for item in _ids(body, "childProblem")]
        if grouped:
            await self._check_groups(parent, children)
        async with self._tickets.unit():
            for child in children:
                if not grouped and child.parent_id != parent.id:
                    raise BadRequest(f"{child.id} is no part of {parent.id}.")
                await self._outages.regroup(child, parent.id if grouped else None, author=caller.id)
        (reference,) = self._references(request, [parent])
        return self._done(
            request, name, {"parentProblem": reference, "childProblem": self._references(request, children)}
        )

    async def records(self, request: web.Request, _caller: ApiKey) -> web.Response:
        """What became of problems, line by line, newest first."""
        query = list_query(request, PROBLEM_RECORD)
        filters = _event_filters(query.filters)
        found, total = await self._outages.event_page(filters, query.offset, query.limit)
        links = self._address.seen_by(request)
        return page(request, [_record(outage_id, line, links) for outage_id, line in found], total, query)

    async def record(self, request: web.Request, _caller: ApiKey) -> web.Response:
        """One line of what became of a problem."""
        fields = fields_of(request, PROBLEM_RECORD.known)
        found, _ = await self._outages.event_page({"id": request.match_info["id"].upper()}, 0, 1)
        if not found:
            raise EventRecordNotFound()
        return one(_record(*found[0], self._address.seen_by(request)), fields)

    async def _one(
        self, request: web.Request, outage: OutageRecord, fields: frozenset[str] | None = None
    ) -> web.Response:
        (resource,) = await self._resources(request, [outage])
        return one(resource, fields, version=outage.version)

    async def _resources(self, request: web.Request, outages: Sequence[OutageRecord]) -> list[Resource]:
        if not outages:
            return []
        links, language, ids = self._address.seen_by(request), _language(request), [item.id for item in outages]
        areas = {area.id: area.name.in_language(language) for area in await self._operator.network.areas()}
        parts = await self._outages.parts(*ids)
        hit = [*ids, *(part.id for part in parts)]
        tickets, _ = await self._tickets.list_page({"outage_id": ",".join(hit)}, 0, RELATED_MOST)
        updates: Mapping[str, tuple[OutageUpdate, ...]] = await self._outages.updates(*ids)
        found = []
        for outage in outages:
            own = [part for part in parts if part.parent_id == outage.id]
            mine: list[Ticket] = [
                ticket for ticket in tickets if ticket.outage_id in {outage.id, *(part.id for part in own)}
            ]
            now = self._clock()
            found.append(problem_resource(outage, own, mine, updates.get(outage.id, ()), areas, links, language, now))
        return found

    def _references(self, request: web.Request, outages: Sequence[OutageRecord]) -> list[Resource]:
        links = self._address.seen_by(request)
        return [{"id": item.id, "href": links.to(PROBLEM_PATH, item.id)} for item in outages]

    def _done(self, request: web.Request, name: str, body: Resource) -> web.Response:
        base = PROBLEM_PATH.rsplit("/", 1)[0]
        task_id = secrets.token_urlsafe(12)
        href = self._address.seen_by(request).to(f"{base}/{name}", task_id)
        return created({"id": task_id, "href": href, "@type": name[0].upper() + name[1:], **body})


def _record(outage_id: str, line: OutageUpdate, links: Links) -> Resource:
    record_id = f"{outage_id}-{line.n}"
    base = PROBLEM_PATH.rsplit("/", 1)[0]
    return {
        "id": record_id,
        "href": links.to(f"{base}/serviceProblemEventRecord", record_id),
        "eventTime": line.at.isoformat(),
        "recordTime": line.at.isoformat(),
        "eventType": _STATE_EVENT if line.kind is UpdateKind.status else _OTHER_EVENT,
        "notification": {"kind": line.kind.value, "author": line.author, "status": line.status, "text": line.text},
        "serviceProblem": {"id": outage_id, "href": links.to(PROBLEM_PATH, outage_id)},
    }


def _event_filters(filters: Mapping[str, str]) -> dict[str, str]:
    """With kinds of lines in place of types of events."""
    found = dict(filters)
    for name in ("kind", "kind!="):
        if name in found:
            words = set(found[name].split(","))
            state = UpdateKind.status
            fits = [kind for kind in UpdateKind if (_STATE_EVENT if kind is state else _OTHER_EVENT) in words]
            found[name] = ",".join(kind.value for kind in fits) or "none"
    return found


def _ids(body: Mapping[str, Any], name: str) -> list[str]:
    ids = [text_of(item, "id", 16) for item in objects_of(body, name)]
    if not ids or len(ids) > _IDS_MOST or None in ids:
        raise BadRequest(f"{name} names 1 to {_IDS_MOST} problems by id.")
    return [item for item in ids if item is not None]


def _language(request: web.Request) -> str:
    return "en" if request.headers.get("Accept-Language", "").lower().startswith("en") else "zh"
