"""Conversation tests, and the fixed set of test sentences."""

from __future__ import annotations

from aiohttp import web

from bot.channels.reading import json_object, sequence, words
from bot.channels.training.base import BASE, TrainingChannel
from bot.errors import BadRequest

_ID_LIMIT, _SET_LIMIT = 80, 64


class TestsChannel(TrainingChannel):
    """What a model is tested on, on my copy."""

    __test__ = False

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(BASE + "/tests/conversations", self.conversations)
        router.add_post(BASE + "/tests/conversations", self.write)
        router.add_delete(BASE + "/tests/conversations", self.remove)
        router.add_post(BASE + "/tests/conversations/draft", self.draft)
        router.add_get(BASE + "/tests/sentences", self.sentences)

    async def conversations(self, request: web.Request) -> web.Response:
        """Every conversation test, and how the newest run of all of them went."""
        user = await self._trainer(request)
        return web.json_response(await self._workbench.tests.all(user))

    async def draft(self, request: web.Request) -> web.Response:
        """A real conversation as a test, masked; nothing is written."""
        user = await self._trainer(request)
        body = await json_object(request)
        conversation_id = words(body.get("conversation_id"), "conversation_id", _ID_LIMIT)
        if conversation_id is None:
            raise BadRequest("conversation_id says which conversation becomes a test.")
        upto = sequence(body["upto_seq"]) if body.get("upto_seq") is not None else None
        return web.json_response(await self._workbench.tests.draft(user, conversation_id, upto))

    async def write(self, request: web.Request) -> web.Response:
        """Write a conversation test into my copy."""
        user = await self._trainer(request)
        return web.json_response(await self._workbench.tests.write(user, await json_object(request)), status=201)

    async def remove(self, request: web.Request) -> web.Response:
        """Take a conversation test out of my copy."""
        user = await self._trainer(request)
        body = await json_object(request)
        return web.json_response({"path": await self._workbench.tests.remove(user, body.get("path"), body.get("name"))})

    async def sentences(self, request: web.Request) -> web.Response:
        """The sets of test sentences, and the sentences of one."""
        user = await self._trainer(request)
        wanted = words(request.query.get("set"), "set", _SET_LIMIT)
        return web.json_response(await self._workbench.tests.sentences(user, wanted))
