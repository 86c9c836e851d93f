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
from bot.channels.tmf.problem_bodies import changes_of, new_outage
from bot.channels.tmf.problem_resources import problem_resource, status_of
from bot.channels.tmf.query import body_of, check_known, check_version, created, objects_of, one, text_of
from bot.channels.tmf.references import PROBLEM_PATH, Address, Links
from bot.errors import BadRequest, MethodNotAllowed
from bot.filters import split_sign
from bot.notices.service import NoticeService
from bot.operator.ports import OperatorPorts
from bot.outages.model import OutageRecord, OutageStatus, OutageUpdate
from bot.outages.service import OutageService
from bot.tickets.model import Ticket
from bot.tickets.service import TicketService

#: tickets that hang on one page of problems
_RELATED_MOST = 2_000
_IDS_MOST = 50
_STATES = {status_of(status, {}): status for status in OutageStatus}


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
        found, total = await self._outages.list_page(_filters(query.filters), query.offset, query.limit)
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
        outage = await self._outages.report(new_outage(body, areas, self._clock()), author=caller.id)
        for part in (outage, *await self._outages.parts(outage.id)):
            if part.status is OutageStatus.running:
                await self._outages.gather(part, self._notices)
        (resource,) = await self._resources(request, [outage])
        return created(resource, version=outage.version)

    async def change(self, request: web.Request, caller: ApiKey) -> web.Response:
        """Merge what was sent; when it is over, everybody who waits is told and asked whether it is back."""
        body = await body_of(request)
        check_known(body, PROBLEM.known)
        outage = await self._outages.get(request.match_info["id"])
        check_version(request, outage.version)
        (present,) = await self._resources(request, [outage])
        changed = await self._outages.change(outage, author=caller.id, **changes_of(body, outage, present))
        for part in (changed, *await self._outages.parts(changed.id)):
            await self._outages.tell_all(part, self._notices)
        return await self._one(request, changed)

    async def remove(self, request: web.Request, _caller: ApiKey) -> web.Response:
        """A service problem is never deleted: it is cancelled."""
        await self._outages.get(request.match_info["id"])
        raise MethodNotAllowed("A service problem stays on record. Send status cancelled.")

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
        check_known(body, ("problem", done, "trackingRecord", "@type", "@baseType", "@schemaLocation"))
        found = [await self._outages.get(item) for item in _ids(body, "problem")]
        for outage in found:
            await self._outages.task(outage, words, author=caller.id)
        references = self._references(request, found)
        return self._done(request, name, {"problem": references, done: references})

    async def _regroup(self, request: web.Request, caller: ApiKey, name: str, *, grouped: bool) -> web.Response:
        body = await body_of(request)
        check_known(body, ("parentProblem", "childProblem", "@type", "@baseType", "@schemaLocation"))
        (parent_id, *more) = _ids(body, "parentProblem")
        if more:
            raise BadRequest("parentProblem is one problem.")
        parent = await self._outages.get(parent_id)
        children = [await self._outages.get(item) for item in _ids(body, "childProblem")]
        if parent.parent_id or parent.id in {child.id for child in children}:
            raise BadRequest("A problem that is a part has no parts, and none is a part of itself.")
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
        """What became of problems, line by line; `serviceProblem.id` chooses one."""
        query = list_query(request, PROBLEM_RECORD)
        wanted = query.filters.get("outage_id")
        ids = (
            [(await self._outages.get(wanted)).id]
            if wanted
            else [item.id for item in (await self._outages.list_page({}, 0, _IDS_MOST))[0]]
        )
        lines = await self._outages.updates(*ids)
        links = self._address.seen_by(request)
        everything = [_record(outage_id, line, links) for outage_id in ids for line in lines.get(outage_id, ())]
        chosen = everything[query.offset : query.offset + query.limit]
        return page(request, chosen, len(everything), query)

    async def record(self, request: web.Request, _caller: ApiKey) -> web.Response:
        """One line of what became of a problem."""
        outage_id, _, number = request.match_info["id"].partition("-")
        outage = await self._outages.get(outage_id)
        for line in (await self._outages.updates(outage.id)).get(outage.id, ()):
            if str(line.n) == number:
                return one(_record(outage.id, line, self._address.seen_by(request)))
        raise BadRequest("There is no such record. List them again.")

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
        tickets, _ = await self._tickets.list_page({"outage_id": ",".join(hit)}, 0, _RELATED_MOST)
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
    kinds = {"status": "ServiceProblemStateChangeEvent"}
    return {
        "id": record_id,
        "href": links.to(f"{base}/serviceProblemEventRecord", record_id),
        "eventTime": line.at.isoformat(),
        "recordTime": line.at.isoformat(),
        "eventType": kinds.get(line.kind.value, "ServiceProblemAttributeValueChangeEvent"),
        "notification": {"kind": line.kind.value, "author": line.author, "status": line.status, "text": line.text},
        "serviceProblem": {"id": outage_id, "href": links.to(PROBLEM_PATH, outage_id)},
    }


def _ids(body: Mapping[str, Any], name: str) -> list[str]:
    ids = [text_of(item, "id", 16) for item in objects_of(body, name)]
    if not ids or len(ids) > _IDS_MOST or None in ids:
        raise BadRequest(f"{name} names 1 to {_IDS_MOST} problems by id.")
    return [item for item in ids if item is not None]


def _filters(filters: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name, value in filters.items():
        if split_sign(name)[0] == "status":
            wanted = [_STATES[word].value for word in value.split(",") if word in _STATES]
            found[name] = ",".join(wanted) or "none"
        else:
            found[name] = value
    return found


def _language(request: web.Request) -> str:
    return "en" if request.headers.get("Accept-Language", "").lower().startswith("en") else "zh"
