"""What to teach next."""

from __future__ import annotations

from aiohttp import web

from bot.channels.training.base import BASE, TrainingChannel


class TeachChannel(TrainingChannel):
    """The list of the week."""

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(BASE + "/teach", self.week)

    async def week(self, request: web.Request) -> web.Response:
        """Hand-overs that could have been spared, customers who were back, new topics, articles that did not help."""
        user = await self._trainer(request)
        return web.json_response(await self._workbench.teach.week(user))
