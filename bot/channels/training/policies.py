"""The operator's rules."""

from __future__ import annotations

from aiohttp import web

from bot.channels.reading import json_object
from bot.channels.training.base import BASE, TrainingChannel


class PoliciesChannel(TrainingChannel):
    """Reading and editing on my copy what binds the operator."""

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(BASE + "/policies", self.policies)
        router.add_put(BASE + "/policies/{region}/{id}", self.change)

    async def policies(self, request: web.Request) -> web.Response:
        """All rules with their values, sources and dates."""
        user = await self._trainer(request)
        return web.json_response({"policies": await self._beside(self._workbench.policies.all, user)})

    async def change(self, request: web.Request) -> web.Response:
        """Change a rule; it is published once somebody else has approved the proposal."""
        user = await self._trainer(request)
        region, rule = request.match_info["region"], request.match_info["id"]
        body = await json_object(request)
        return web.json_response(await self._beside(self._workbench.policies.change, user, region, rule, body))
