"""Calls that customers asked for instead of waiting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from bot.channels.desk.session import BASE, SERVING, DeskSessions
from bot.channels.reading import json_object, words
from bot.desk.customers.directory import CustomerDirectory
from bot.errors import BadRequest
from bot.handoff.callbacks.model import Callback
from bot.handoff.callbacks.service import ChoiceService
from bot.handoff.model import User

_NOTE_LIMIT = 4_000


class CallbacksChannel:
    """The list of calls, taking one, and how it went."""

    def __init__(self, sessions: DeskSessions, choices: ChoiceService, directory: CustomerDirectory) -> None:
        self._sessions = sessions
        self._choices = choices
        self._directory = directory

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(BASE + "/callbacks", self.open_or_done)
        router.add_post(BASE + "/callbacks/{callback_id}/take", self.take)
        router.add_post(BASE + "/callbacks/{callback_id}/done", self.done)

    async def open_or_done(self, request: web.Request) -> web.Response:
        """Calls to make, or with `state=done` those that are over."""
        session = await self._sessions.of(request, *SERVING)
        state = request.query.get("state", "open")
        if state not in ("open", "done"):
            raise BadRequest("state is open or done.")
        found = await self._choices.list(ended=state == "done")
        return web.json_response({"callbacks": await self._shown(found, session.user)})

    async def take(self, request: web.Request) -> web.Response:
        """Make the call; the number is shown."""
        session = await self._sessions.of(request, *SERVING)
        found = await self._choices.take(request.match_info["callback_id"], session.user)
        return await self._one(found, session.user)

    async def done(self, request: web.Request) -> web.Response:
        """Say whether the customer was reached."""
        session = await self._sessions.of(request, *SERVING)
        body = await json_object(request)
        reached, note = body.get("reached"), words(body.get("note"), "note", _NOTE_LIMIT)
        if not isinstance(reached, bool):
            raise BadRequest("reached is true or false.")
        found = await self._choices.done(request.match_info["callback_id"], session.user, reached, note)
        return await self._one(found, session.user)

    async def _one(self, callback: Callback, user: User) -> web.Response:
        (shown,) = await self._shown([callback], user)
        return web.json_response({"callback": shown})

    async def _shown(self, found: Sequence[Callback], user: User) -> list[dict[str, Any]]:
        """Calls with who wants them; the number in full for who makes the call."""
        cards = await self._directory.cards(item.customer_id for item in found if item.customer_id)
        named = {id_: card.as_json() for id_, card in cards.items()}
        return [{**item.as_json(user.id), "customer": named.get(item.customer_id or "")} for item in found]
