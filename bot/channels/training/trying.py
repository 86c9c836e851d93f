"""Trying a model: a sentence, or a whole chat."""

from __future__ import annotations

from aiohttp import web

from bot.channels.desk.session import DeskSessions
from bot.channels.reading import json_object, words
from bot.channels.training.base import BASE, TrainersOnly
from bot.training.trying.service import Trying

_FILE_LIMIT = 200


class TryingChannel(TrainersOnly):
    """Nothing here touches customers."""

    def __init__(self, sessions: DeskSessions, trying: Trying) -> None:
        super().__init__(sessions)
        self._trying = trying

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_post(BASE + "/try", self.sentence)
        router.add_post(BASE + "/try/conversations", self.begin)
        router.add_get(BASE + "/try/conversations/{id}", self.read)
        router.add_post(BASE + "/try/conversations/{id}/messages", self.say)
        router.add_delete(BASE + "/try/conversations/{id}", self.end)

    async def sentence(self, request: web.Request) -> web.Response:
        """What a model makes of a sentence, and why."""
        await self._trainer(request)
        body = await json_object(request)
        file = words(body.get("model"), "model", _FILE_LIMIT)
        return web.json_response(await self._trying.sentences.understood(body.get("text"), file))

    async def begin(self, request: web.Request) -> web.Response:
        """Begin a chat with a model, in a service of its own."""
        user = await self._trainer(request)
        return web.json_response(await self._trying.chats.begin(user, await json_object(request)), status=201)

    async def read(self, request: web.Request) -> web.Response:
        """The chat as a customer sees it."""
        user = await self._trainer(request)
        return web.json_response(await self._trying.chats.read(user, request.match_info["id"]))

    async def say(self, request: web.Request) -> web.Response:
        """Say something or press a button, and wait for the answer."""
        user = await self._trainer(request)
        body = await json_object(request)
        return web.json_response(await self._trying.chats.say(user, request.match_info["id"], body))

    async def end(self, request: web.Request) -> web.Response:
        """End the chat; its service and all that was said go."""
        user = await self._trainer(request)
        await self._trying.chats.end(user, request.match_info["id"])
        return web.json_response({"ended": True})
