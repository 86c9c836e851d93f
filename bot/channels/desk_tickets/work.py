"""What people at the desk do with a ticket; every call answers with the whole case."""

from __future__ import annotations

import secrets
from typing import Any

from aiohttp import web

from bot.channels.desk.session import BASE, SERVING, DeskSessions
from bot.channels.desk_tickets.bodies import (
    ID_MOST,
    TEXT_MOST,
    WORD_MOST,
    body_with,
    choice,
    moment,
    needed,
    one_of,
    version_of,
)
from bot.channels.desk_tickets.cases import CaseReader
from bot.channels.reading import words
from bot.desk.cards import Cards
from bot.errors import BadRequest, NotFound
from bot.handoff.service import HandoffService
from bot.outages.model import OutageNotFound
from bot.outages.service import OutageService
from bot.services import Services
from bot.tickets.loop.service import TicketLoop
from bot.tickets.model import (
    LinkKind,
    NewLink,
    NewTicket,
    Priority,
    Severity,
    TicketStatus,
    TicketType,
)
from bot.tickets.service import check_version

ONE = BASE + "/tickets/{id:[Tt][Tt][0-9]+}"
_CHANNEL = "desk"
_PRODUCTS = ("broadband", "mobile", "tv", "landline")
_KEY_MOST, _CATEGORY_MOST, _ROLE_MOST = 80, 64, 40
_LINK_DIGITS = 9
#: call → the state that it brings, and whether a reason is needed
_MOVES = {
    "wait": (TicketStatus.pending, True),
    "hold": (TicketStatus.held, True),
    "resume": (TicketStatus.in_progress, False),
    "reopen": (TicketStatus.in_progress, True),
    "reject": (TicketStatus.rejected, True),
    "cancel": (TicketStatus.cancelled, True),
}


class WorkChannel:
    """Taking in, correcting, handing on, moving, linking."""

    def __init__(
        self,
        sessions: DeskSessions,
        handoffs: HandoffService,
        services: Services,
        outages: OutageService,
        loop: TicketLoop,
        cases: CaseReader,
        cards: Cards,
    ) -> None:
        self._sessions = sessions
        self._handoffs = handoffs
        self._services = services
        self._tickets = services.tickets
        self._outages = outages
        self._loop = loop
        self._cases = cases
        self._cards = cards

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_post(BASE + "/tickets", self.open)
        router.add_patch(ONE, self.change)
        router.add_post(ONE + "/notes", self.note)
        router.add_post(ONE + "/answers", self.answer)
        router.add_post(ONE + "/take", self.take)
        router.add_post(ONE + "/assign", self.assign)
        router.add_post(ONE + "/resolve", self.resolve)
        router.add_post(ONE + "/close", self.close)
        router.add_post(ONE + "/escalate", self.escalate)
        router.add_post(BASE + "/complaints/{id:[Tt][Tt][0-9]+}/escalate", self.escalate)
        router.add_put(ONE + "/outage", self.join)
        router.add_post(ONE + "/links", self.link)
        router.add_delete(ONE + "/links/{n}", self.unlink)
        for name in _MOVES:
            router.add_post(f"{ONE}/{name}", self.move)

    async def open(self, request: web.Request) -> web.Response:
        """Take in a ticket for a customer; `client_key` again gives back the same one."""
        session = await self._sessions.of(request, *SERVING)
        body = await body_with(
            request,
            *("ticket_type", "description", "severity", "client_key", "customer_id", "line_id", "product", "category"),
            *("name", "conversation_id", "requested_by", "area", "demand", "regulator"),
        )
        ticket_type, severity = choice(body, "ticket_type", TicketType), choice(body, "severity", Severity)
        if ticket_type is None or severity is None:
            raise BadRequest("A ticket needs ticket_type, severity and description.")
        regulator = body.get("regulator", False)
        if not isinstance(regulator, bool):
            raise BadRequest("regulator is true or false.")
        facts: dict[str, Any] = {name: words(body.get(name), name, TEXT_MOST) for name in ("area", "demand")}
        facts = {name: value for name, value in facts.items() if value}
        if regulator:
            facts["regulator_named"] = True
        new = NewTicket(
            ticket_type=ticket_type,
            description=needed(body, "description"),
            severity=severity,
            customer_id=words(body.get("customer_id"), "customer_id", _ROLE_MOST),
            line_id=words(body.get("line_id"), "line_id", _ROLE_MOST),
            product=_product(body),
            category=words(body.get("category"), "category", _CATEGORY_MOST),
            facts=facts,
            conversation_id=words(body.get("conversation_id"), "conversation_id", _ROLE_MOST),
            channel=_CHANNEL,
            name=words(body.get("name"), "name", WORD_MOST),
            requested_by=moment(body, "requested_by"),
        )
        client_key = words(body.get("client_key"), "client_key", _KEY_MOST) or secrets.token_urlsafe(16)
        new = await self._outages.joined(new)
        ticket = await self._tickets.open(new, key=f"desk:{session.user.id}:{client_key}")
        await self._cards.ticket(ticket, opened=True)
        return await self._cases.changed(ticket.id, status=201)

    async def change(self, request: web.Request) -> web.Response:
        """Put facts of a ticket right; its clocks and group follow."""
        session = await self._sessions.of(request, *SERVING)
        body = await body_with(
            request,
            *("description", "severity", "priority", "ticket_type", "category", "product", "name", "root_cause"),
            "version",
        )
        ticket = await self._cases.found(request)
        removable = ("category", "product", "name", "root_cause")
        changes: dict[str, Any] = {
            "description": needed(body, "description") if "description" in body else None,
            "severity": choice(body, "severity", Severity),
            "priority": choice(body, "priority", Priority),
            "ticket_type": choice(body, "ticket_type", TicketType),
            "product": _product(body),
            "category": words(body.get("category"), "category", _CATEGORY_MOST),
            "name": words(body.get("name"), "name", WORD_MOST),
            "root_cause": words(body.get("root_cause"), "root_cause", _CATEGORY_MOST),
        }
        removed = [name for name in removable if name in body and body[name] is None]
        await self._tickets.amend(
            ticket.id, author=session.user.id, version=version_of(body), removed=removed, **changes
        )
        return await self._cases.changed(ticket.id)

    async def note(self, request: web.Request) -> web.Response:
        """A note that only the desk sees."""
        session = await self._sessions.of(request, *SERVING)
        text = needed(await body_with(request, "text"), "text")
        ticket = await self._cases.found(request)
        await self._tickets.note(ticket.id, author=session.user.id, text=text)
        return await self._cases.changed(ticket.id)

    async def answer(self, request: web.Request) -> web.Response:
        """Record how the customer was answered: stops the clock of the first answer."""
        session = await self._sessions.of(request, *SERVING)
        text = needed(await body_with(request, "text"), "text")
        ticket = await self._cases.found(request)
        await self._tickets.respond(ticket.id, author=session.user.id, text=text)
        return await self._cases.changed(ticket.id)

    async def take(self, request: web.Request) -> web.Response:
        """Mine, and in progress."""
        session = await self._sessions.of(request, *SERVING)
        version = version_of(await body_with(request, "version"))
        ticket = await self._cases.found(request)
        await self._tickets.take(ticket.id, agent_id=session.user.id, version=version)
        return await self._cases.changed(ticket.id)

    async def assign(self, request: web.Request) -> web.Response:
        """To a group, to a person in it, or from a person back to the group."""
        session = await self._sessions.of(request, *SERVING)
        body = await body_with(request, "group_id", "assignee_id", "version")
        ticket = await self._cases.found(request)
        group_id = words(body.get("group_id"), "group_id", _ROLE_MOST)
        assignee_id = words(body.get("assignee_id"), "assignee_id", _ROLE_MOST)
        nobody = "assignee_id" in body and assignee_id is None
        if group_id is None and assignee_id is None and not nobody:
            raise BadRequest("Name a group_id, an assignee_id, or assignee_id null.")
        if assignee_id is not None and await self._handoffs.agent_name(assignee_id, "zh") is None:
            raise BadRequest(f"There is nobody {assignee_id!r} at the desk.")
        await self._tickets.assign(
            ticket.id,
            author=session.user.id,
            group_id=group_id,
            assignee_id=assignee_id,
            nobody=nobody,
            version=version_of(body),
        )
        return await self._cases.changed(ticket.id)

    async def move(self, request: web.Request) -> web.Response:
        """Wait for the customer, hold, resume, reopen, reject or cancel."""
        session = await self._sessions.of(request, *SERVING)
        name = request.path.rsplit("/", 1)[-1]
        status, needs_reason = _MOVES[name]
        body = await body_with(request, "reason", "version")
        reason = needed(body, "reason") if needs_reason else words(body.get("reason"), "reason", TEXT_MOST)
        ticket = await self._cases.found(request)
        if name in ("resume", "reopen") and (ticket.status is TicketStatus.resolved) is not (name == "reopen"):
            raise BadRequest("A resolved ticket is reopened; any other that waits or is held is resumed.")
        moved = await self._tickets.move(
            ticket.id, status, author=session.user.id, reason=reason, version=version_of(body)
        )
        await self._cards.ticket(moved, opened=False)
        return await self._cases.changed(ticket.id)

    async def resolve(self, request: web.Request) -> web.Response:
        """Solved; the customer is told, and asked whether it is. A complaint's customer is called instead."""
        session = await self._sessions.of(request, *SERVING)
        body = await body_with(request, "reason", "root_cause", "version")
        reason, root_cause = needed(body, "reason"), words(body.get("root_cause"), "root_cause", _CATEGORY_MOST)
        ticket, author = await self._cases.found(request), session.user.id
        async with self._tickets.unit():
            check_version(ticket, version_of(body))
            if root_cause:
                await self._tickets.amend(ticket.id, author=author, root_cause=root_cause)
            if ticket.status is TicketStatus.acknowledged:
                await self._tickets.move(ticket.id, TicketStatus.in_progress, author=author)
            resolved = await self._tickets.move(ticket.id, TicketStatus.resolved, author=author, reason=reason)
        await self._loop.ask(resolved)
        return await self._cases.changed(ticket.id)

    async def close(self, request: web.Request) -> web.Response:
        """End a resolved ticket; a complaint wants its root cause and a call to the customer."""
        session = await self._sessions.of(request, *SERVING)
        body = await body_with(request, "reason", "version")
        reason, version = words(body.get("reason"), "reason", TEXT_MOST), version_of(body)
        ticket, author = await self._cases.found(request), session.user.id
        if ticket.ticket_type is TicketType.complaint:
            await self._services.complaints.close(ticket.id, author=author, reason=reason, version=version)
        else:
            await self._tickets.move(ticket.id, TicketStatus.closed, author=author, reason=reason, version=version)
        return await self._cases.changed(ticket.id)

    async def escalate(self, request: web.Request) -> web.Response:
        """To the next role up the ladder, or to one that is named; one step more urgent."""
        session = await self._sessions.of(request, *SERVING)
        body = await body_with(request, "reason", "to", "version")
        to, roles = words(body.get("to"), "to", _ROLE_MOST), self._tickets.tables.roles
        ticket = await self._cases.found(request)
        await self._tickets.escalate(
            ticket.id,
            author=session.user.id,
            reason=needed(body, "reason"),
            to=one_of(to, roles, "to") if to else None,
            version=version_of(body),
        )
        return await self._cases.changed(ticket.id)

    async def join(self, request: web.Request) -> web.Response:
        """Part of an outage, or (null) of none; clocks and group follow."""
        session = await self._sessions.of(request, *SERVING)
        body = await body_with(request, "outage_id", "version")
        if "outage_id" not in body:
            raise BadRequest("outage_id is the outage's number, or null.")
        outage_id = words(body["outage_id"], "outage_id", _ROLE_MOST)
        ticket = await self._cases.found(request)
        if outage_id is not None:
            outage_id = await self._known_outage(outage_id)
        await self._tickets.amend(
            ticket.id,
            author=session.user.id,
            version=version_of(body),
            outage_id=outage_id,
            removed=() if outage_id else ("outage_id",),
        )
        return await self._cases.changed(ticket.id)

    async def _known_outage(self, outage_id: str) -> str:
        """The number of an outage of ours, or of the operator's own system."""
        try:
            return (await self._outages.get(outage_id)).id
        except OutageNotFound:
            if await self._services.operator.network.outage(outage_id) is None:
                raise
            return outage_id

    async def link(self, request: web.Request) -> web.Response:
        """Add an attachment, a party, a record elsewhere or a related ticket."""
        session = await self._sessions.of(request, *SERVING)
        body = await body_with(request, "kind", "ref_id", "role", "name", "url")
        kind = choice(body, "kind", LinkKind)
        if kind is None:
            raise BadRequest(f"kind is one of {', '.join(item.value for item in LinkKind)}.")
        extras = {name: words(body.get(name), name, TEXT_MOST) for name in ("name", "url")}
        new = NewLink(
            kind,
            needed(body, "ref_id", ID_MOST),
            needed(body, "role", _ROLE_MOST),
            {name: value for name, value in extras.items() if value},
        )
        ticket = await self._cases.found(request)
        await self._services.links.add(ticket.id, new, author=session.user.id)
        return await self._cases.changed(ticket.id)

    async def unlink(self, request: web.Request) -> web.Response:
        """Remove it again."""
        session = await self._sessions.of(request, *SERVING)
        ticket = await self._cases.found(request)
        number = request.match_info["n"]
        if not number.isdecimal() or len(number) > _LINK_DIGITS:
            raise NotFound("This ticket has no link of that number.")
        await self._services.links.remove(ticket.id, int(number), author=session.user.id)
        return await self._cases.changed(ticket.id)


def _product(body: dict[str, Any]) -> str | None:
    product = words(body.get("product"), "product", _ROLE_MOST)
    return one_of(product, _PRODUCTS, "product") if product else None
