"""Versions of the model: which one serves, promoting, going back, a canary, comparing."""

from __future__ import annotations

from aiohttp import web

from bot.channels.reading import json_object, words
from bot.channels.training.base import BASE, TrainingChannel
from bot.errors import BadRequest
from bot.training.jobs.model import About, Kind

_FILE_LIMIT = 80


class ModelsChannel(TrainingChannel):
    """From a candidate to the model that serves."""

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(BASE + "/models", self.models)
        router.add_get(BASE + "/models/compare", self.compare)
        router.add_post(BASE + "/models/rollback", self.rollback)
        router.add_delete(BASE + "/models/canary", self.end_canary)
        router.add_post(BASE + "/models/{file}/gate", self.gate)
        router.add_post(BASE + "/models/{file}/promote", self.promote)
        router.add_post(BASE + "/models/{file}/canary", self.canary)

    async def models(self, request: web.Request) -> web.Response:
        """All versions, newest first, which of them serves, and what is on trial."""
        await self._trainer(request)
        return web.json_response(await self._workbench.versions.all())

    async def compare(self, request: web.Request) -> web.Response:
        """Two models on the same sentences: what the second mends and what it breaks."""
        await self._trainer(request)
        a, b = (words(request.query.get(name), name, _FILE_LIMIT) for name in ("a", "b"))
        if a is None or b is None:
            raise BadRequest("Name two models: ?a=…&b=….")
        return web.json_response(await self._workbench.versions.compare(a, b))

    async def rollback(self, request: web.Request) -> web.Response:
        """Let the model serve again that did before."""
        user = await self._trainer(request)
        return web.json_response(await self._workbench.versions.rollback(user))

    async def gate(self, request: web.Request) -> web.Response:
        """Start the gate over a model, as a job."""
        user = await self._trainer(request)
        job = await self._workbench.jobs.ask(user, Kind.gate, About(model=request.match_info["file"]))
        return web.json_response(job.as_json(), status=202)

    async def promote(self, request: web.Request) -> web.Response:
        """Let a model serve that passed the gate, without a restart."""
        user = await self._trainer(request)
        return web.json_response(await self._workbench.versions.promote(user, request.match_info["file"]))

    async def canary(self, request: web.Request) -> web.Response:
        """Let a model that passed the gate answer a share of new conversations."""
        user = await self._trainer(request)
        share = (await json_object(request)).get("share")
        return web.json_response(await self._workbench.versions.try_out(user, request.match_info["file"], share))

    async def end_canary(self, request: web.Request) -> web.Response:
        """Let the serving model answer all conversations again, running ones too."""
        user = await self._trainer(request)
        return web.json_response(await self._workbench.versions.end_trial(user))
