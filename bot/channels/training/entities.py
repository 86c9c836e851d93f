"""Entities, and the words that they are found by."""

from __future__ import annotations

from aiohttp import web

from bot.channels.reading import json_object
from bot.channels.training.base import BASE, TrainingChannel

_PATTERNS = "/entities/{entity}/patterns"


class EntitiesChannel(TrainingChannel):
    """Reading and editing patterns on my copy."""

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(BASE + "/entities", self.entities)
        router.add_post(BASE + _PATTERNS, self.add)
        router.add_put(BASE + _PATTERNS, self.change)
        router.add_delete(BASE + _PATTERNS, self.remove)

    async def entities(self, request: web.Request) -> web.Response:
        """Every entity with its patterns, and the words that marks give a value."""
        user = await self._trainer(request)
        return web.json_response({"entities": await self._beside(self._workbench.entities.all, user)})

    async def add(self, request: web.Request) -> web.Response:
        """Add words for a value."""
        user = await self._trainer(request)
        body = await json_object(request)
        added = await self._beside(self._workbench.entities.add, user, request.match_info["entity"], body)
        return web.json_response(added, status=201)

    async def change(self, request: web.Request) -> web.Response:
        """Put other words or another value in place of a pattern."""
        user = await self._trainer(request)
        body = await json_object(request)
        return web.json_response(
            await self._beside(self._workbench.entities.change, user, request.match_info["entity"], body)
        )

    async def remove(self, request: web.Request) -> web.Response:
        """Take words out."""
        user = await self._trainer(request)
        body = await json_object(request)
        path = await self._beside(self._workbench.entities.remove, user, request.match_info["entity"], body)
        return web.json_response({"path": path})
