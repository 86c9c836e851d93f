"""The steps of a complaint: acknowledged, looked into, called back, closed by a person."""

from __future__ import annotations

from aiohttp import web

from bot.channels.desk.session import BASE, SERVING, DeskSessions
from bot.channels.desk_tickets.bodies import TEXT_MOST, WORD_MOST, body_with, choice, version_of
from bot.channels.desk_tickets.cases import CaseReader
from bot.channels.reading import words
from bot.errors import BadRequest
from bot.services import Services
from bot.tickets.complaints.model import CallbackResult

_ONE = BASE + "/complaints/{id:[Tt][Tt][0-9]+}"


class ComplaintChannel:
    """Every call answers with the whole case."""

    def __init__(self, sessions: DeskSessions, services: Services, cases: CaseReader) -> None:
        self._sessions = sessions
        self._complaints = services.complaints
        self._cases = cases

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_post(_ONE + "/acknowledge", self.acknowledge)
        router.add_post(_ONE + "/findings", self.findings)
        router.add_post(_ONE + "/callbacks", self.called_back)
        router.add_post(_ONE + "/close", self.close)

    async def acknowledge(self, request: web.Request) -> web.Response:
        """The customer has the number and the deadlines; the first time counts."""
        session = await self._sessions.of(request, *SERVING)
        await body_with(request)
        ticket = await self._cases.found(request)
        await self._complaints.acknowledge(ticket.id, author=session.user.id)
        return await self._cases.changed(ticket.id)

    async def findings(self, request: web.Request) -> web.Response:
        """What happened, in words; and why, as a key by which repeats are counted."""
        session = await self._sessions.of(request, *SERVING)
        body = await body_with(request, "cause", "root_cause")
        cause, root_cause = words(body.get("cause"), "cause", TEXT_MOST), body.get("root_cause")
        if root_cause is not None and not isinstance(root_cause, str):
            raise BadRequest("root_cause is a key such as billing_system.")
        ticket = await self._cases.found(request)
        await self._complaints.find_out(ticket.id, author=session.user.id, root_cause=root_cause, cause=cause)
        return await self._cases.changed(ticket.id)

    async def called_back(self, request: web.Request) -> web.Response:
        """A call to the customer after it was resolved; one who is not satisfied reopens it."""
        session = await self._sessions.of(request, *SERVING)
        body = await body_with(request, "result", "text")
        result = choice(body, "result", CallbackResult)
        if result is None:
            raise BadRequest(f"result is one of {', '.join(item.value for item in CallbackResult)}.")
        ticket = await self._cases.found(request)
        text = words(body.get("text"), "text", TEXT_MOST)
        await self._complaints.called_back(ticket.id, result, author=session.user.id, text=text)
        return await self._cases.changed(ticket.id)

    async def close(self, request: web.Request) -> web.Response:
        """Closed by this person, once nothing is missing."""
        session = await self._sessions.of(request, *SERVING)
        body = await body_with(request, "reason", "version")
        ticket = await self._cases.found(request)
        await self._complaints.close(
            ticket.id,
            author=session.user.id,
            reason=words(body.get("reason"), "reason", WORD_MOST),
            version=version_of(body),
        )
        return await self._cases.changed(ticket.id)
