"""Calls that customers asked for instead of waiting."""

from __future__ import annotations

from aiohttp import web

from bot.channels.desk.session import BASE, SERVING, DeskSessions
from bot.channels.reading import json_object, words
from bot.errors import BadRequest
from bot.handoff.callbacks.service import ChoiceService

_NOTE_LIMIT = 4_000


class CallbacksChannel:
    """The list of calls, taking one, and how it went."""

    def __init__(self, sessions: DeskSessions, choices: ChoiceService) -> None:
        self._sessions = sessions
        self._choices = choices

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(BASE + "/callbacks", self.list)
        router.add_post(BASE + "/callbacks/{callback_id}/take", self.take)
        router.add_post(BASE + "/callbacks/{callback_id}/done", self.done)

    async def list(self, request: web.Request) -> web.Response:
        """Calls to make, or with `state=done` those that are over."""
        session = await self._sessions.of(request, *SERVING)
        state = request.query.get("state", "open")
        if state not in ("open", "done"):
            raise BadRequest("state is open or done.")
        found = await self._choices.list(ended=state == "done")
        return web.json_response({"callbacks": [item.as_json(session.user.id) for item in found]})

    async def take(self, request: web.Request) -> web.Response:
        """Make the call; the number is shown."""
        session = await self._sessions.of(request, *SERVING)
        found = await self._choices.take(request.match_info["callback_id"], session.user)
        return web.json_response({"callback": found.as_json(session.user.id)})

    async def done(self, request: web.Request) -> web.Response:
        """Say whether the customer was reached."""
        session = await self._sessions.of(request, *SERVING)
        body = await json_object(request)
        reached, note = body.get("reached"), words(body.get("note"), "note", _NOTE_LIMIT)
        if not isinstance(reached, bool):
            raise BadRequest("reached is true or false.")
        found = await self._choices.done(request.match_info["callback_id"], session.user, reached, note)
        return web.json_response({"callback": found.as_json(session.user.id)})
