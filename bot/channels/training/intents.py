"""Intents and their examples."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.channels.reading import json_object, words
from bot.channels.training.base import BASE, TrainingChannel
from bot.errors import BadRequest
from bot.training.data.model import checked_intent, checked_language, marks_of

#: the slash in the name of an article's questions is written %2F
_INTENT = "/intents/{intent}"
_QUERY_LIMIT = 200


class IntentsChannel(TrainingChannel):
    """Reading and editing examples on my copy."""

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(BASE + "/intents", self.intents)
        router.add_post(BASE + "/intents", self.create)
        router.add_get(BASE + _INTENT, self.intent)
        router.add_post(BASE + _INTENT + "/examples", self.add)
        router.add_put(BASE + _INTENT + "/examples", self.change)
        router.add_delete(BASE + _INTENT + "/examples", self.remove)
        router.add_post(BASE + _INTENT + "/move", self.move)

    async def intents(self, request: web.Request) -> web.Response:
        """All intents, with what is to be mended and what waits; `q` looks through names and examples."""
        user = await self._trainer(request)
        sought, topic = (words(request.query.get(name), name, _QUERY_LIMIT) for name in ("q", "topic"))
        rows = await self._beside(self._workbench.intents.all, user, sought, topic)
        findings, waiting = (
            await self._beside(self._workbench.findings.counts, user),
            await self._workbench.inbox.waiting(),
        )
        shown = [{**row, "findings": findings[row["intent"]], "waiting": waiting.get(row["intent"], 0)} for row in rows]
        return web.json_response({"intents": shown})

    async def create(self, request: web.Request) -> web.Response:
        """Make an intent with its first examples in both languages."""
        user = await self._trainer(request)
        body = await json_object(request)
        edits = await self._beside(
            self._workbench.intents.create, user, body.get("intent"), body.get("topic"), body.get("examples")
        )
        return web.json_response({"edits": [item.as_json() for item in edits]}, status=201)

    async def intent(self, request: web.Request) -> web.Response:
        """An intent with the examples of both languages side by side."""
        user = await self._trainer(request)
        return web.json_response(await self._beside(self._workbench.intents.one, user, request.match_info["intent"]))

    async def add(self, request: web.Request) -> web.Response:
        """Add an example."""
        user = await self._trainer(request)
        body = await json_object(request)
        edit = await self._beside(
            self._workbench.intents.add,
            user,
            request.match_info["intent"],
            checked_language(body.get("language")),
            _sentence(body, "text"),
            marks_of(body.get("entities")),
        )
        return web.json_response(edit.as_json(), status=201)

    async def change(self, request: web.Request) -> web.Response:
        """Put other words, or other marks, into an example."""
        user = await self._trainer(request)
        body = await json_object(request)
        edit = await self._beside(
            self._workbench.intents.change,
            user,
            request.match_info["intent"],
            checked_language(body.get("language")),
            _sentence(body, "text"),
            _sentence(body, "new_text"),
            marks_of(body["entities"]) if "entities" in body else None,
        )
        return web.json_response(edit.as_json())

    async def remove(self, request: web.Request) -> web.Response:
        """Take an example out."""
        user = await self._trainer(request)
        body = await json_object(request)
        language = checked_language(body.get("language"))
        intent = request.match_info["intent"]
        path = await self._beside(self._workbench.intents.remove, user, intent, language, _sentence(body, "text"))
        return web.json_response({"path": path})

    async def move(self, request: web.Request) -> web.Response:
        """Give examples to another intent."""
        user = await self._trainer(request)
        body = await json_object(request)
        texts = body.get("texts")
        if not isinstance(texts, list) or any(not isinstance(text, str) for text in texts):
            raise BadRequest("texts is a list of examples, as the file has them.")
        edits = await self._beside(
            self._workbench.intents.move,
            user,
            request.match_info["intent"],
            checked_language(body.get("language")),
            texts,
            checked_intent(body.get("to")),
        )
        return web.json_response({"edits": [item.as_json() for item in edits]})


def _sentence(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise BadRequest(f"{name} is the example, as the file has it.")
    return value
