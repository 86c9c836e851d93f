"""Handing a chat on, and people beside its owner: transfer, invite, watch, join, whisper, take over."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.channels.desk.session import BASE, SERVING, DeskSessions
from bot.channels.reading import json_object, words
from bot.errors import BadRequest, Conflict
from bot.handoff.model import User
from bot.handoff.people.accounts import Session
from bot.handoff.service import HandoffService
from bot.handoff.supervision.service import SupervisionService

_NOTE_LIMIT = 4_000


class NotReachable(Conflict):
    """This colleague is not on duty. Choose another one, or a group."""

    code = "not_reachable"


class SupervisionChannel:
    """What people do in a chat beside serving it."""

    def __init__(self, sessions: DeskSessions, handoffs: HandoffService, supervision: SupervisionService) -> None:
        self._sessions = sessions
        self._handoffs = handoffs
        self._supervision = supervision

    def add_routes(self, router: web.UrlDispatcher) -> None:
        base = BASE + "/conversations/{id}"
        router.add_post(base + "/transfer", self.transfer)
        router.add_post(base + "/invite", self.invite)
        router.add_post(base + "/monitor", self.monitor)
        router.add_post(base + "/join", self.join)
        router.add_post(base + "/leave", self.leave)
        router.add_post(base + "/takeover", self.take_over)
        router.add_post(base + "/whisper", self.whisper)

    async def transfer(self, request: web.Request) -> web.Response:
        """Hand my chat on: `to` is `{agent_id}`, `{group}` or nobody in particular."""
        session = await self._sessions.of(request, *SERVING)
        body = await json_object(request)
        note, to = words(body.get("note"), "note", _NOTE_LIMIT), body.get("to") or {}
        if not isinstance(to, dict) or not set(to) <= {"agent_id", "group"} or len(to) > 1:
            raise BadRequest('to is {"agent_id": …}, {"group": …} or left out.')
        group_id = to.get("group")
        if group_id is not None and group_id not in self._handoffs.rules.groups:
            raise BadRequest(f"group is one of {', '.join(self._handoffs.rules.groups)}.")
        person = await self._person(to.get("agent_id"), session.user)
        head = await self._handoffs.transfer(request.match_info["id"], session.user, note, to=person, group_id=group_id)
        return web.json_response({"owner": head.owner.value})

    async def _person(self, user_id: object, me: User) -> User | None:
        if user_id is None:
            return None
        if not isinstance(user_id, str) or user_id == me.id:
            raise BadRequest("agent_id is a colleague's id.")
        person = await self._handoffs.duty.reachable(user_id)
        if person is None:
            raise NotReachable()
        return person

    async def invite(self, request: web.Request) -> web.Response:
        """Ask a colleague into the chat."""
        session = await self._sessions.of(request, *SERVING)
        body = await json_object(request)
        user_id, note = body.get("agent_id"), words(body.get("note"), "note", _NOTE_LIMIT)
        if not isinstance(user_id, str):
            raise BadRequest("agent_id is a colleague's id.")
        await self._supervision.invite(request.match_info["id"], session.user, user_id, note)
        return web.json_response({"invited": True})

    async def monitor(self, request: web.Request) -> web.Response:
        """Watch unseen."""
        return await self._act(request, self._supervision.monitor)

    async def join(self, request: web.Request) -> web.Response:
        """Speak beside the owner."""
        return await self._act(request, self._supervision.join)

    async def leave(self, request: web.Request) -> web.Response:
        """Stop watching or speaking."""
        return await self._act(request, self._supervision.leave)

    async def take_over(self, request: web.Request) -> web.Response:
        """Become the owner."""
        return await self._act(request, self._supervision.take_over)

    async def _act(self, request: web.Request, act: Callable[[str, User], Awaitable[object]]) -> web.Response:
        session: Session = await self._sessions.of(request, *SERVING)
        conversation_id = request.match_info["id"]
        await act(conversation_id, session.user)
        found = await self._supervision.participants([conversation_id], session.user)
        return web.json_response({"participants": found.get(conversation_id, [])})

    async def whisper(self, request: web.Request) -> web.Response:
        """Say something that only the desk sees."""
        session = await self._sessions.of(request, *SERVING)
        text = words((await json_object(request)).get("text"), "text", _NOTE_LIMIT)
        if not text:
            raise BadRequest("text is what you whisper.")
        said = await self._supervision.whisper(request.match_info["id"], session.user, text)
        return web.json_response({"whisper": said}, status=201)
