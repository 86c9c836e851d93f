"""Responses and knowledge articles."""

from __future__ import annotations

from aiohttp import web

from bot.channels.reading import json_object
from bot.channels.training.base import BASE, TrainingChannel


class TextsChannel(TrainingChannel):
    """Reading and editing on my copy what the bot says and knows."""

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(BASE + "/responses", self.responses)
        router.add_get(BASE + "/responses/{name}", self.response)
        router.add_put(BASE + "/responses/{name}", self.change_response)
        router.add_post(BASE + "/responses/{name}/preview", self.preview)
        router.add_get(BASE + "/articles", self.articles)
        router.add_post(BASE + "/articles", self.add_article)
        router.add_get(BASE + "/articles/{id}", self.article)
        router.add_put(BASE + "/articles/{id}", self.change_article)

    async def responses(self, request: web.Request) -> web.Response:
        """All responses with their variables."""
        user = await self._trainer(request)
        return web.json_response({"responses": await self._beside(self._workbench.texts.responses, user)})

    async def response(self, request: web.Request) -> web.Response:
        """A response with its variations in both languages."""
        user = await self._trainer(request)
        return web.json_response(await self._beside(self._workbench.texts.response, user, request.match_info["name"]))

    async def change_response(self, request: web.Request) -> web.Response:
        """Put other words into one variation."""
        user = await self._trainer(request)
        body = await json_object(request)
        name = request.match_info["name"]
        changed = await self._beside(
            self._workbench.texts.change_response, user, name, body.get("id"), body.get("text")
        )
        return web.json_response(changed)

    async def preview(self, request: web.Request) -> web.Response:
        """A response in both languages with values in place of its variables."""
        user = await self._trainer(request)
        values = (await json_object(request)).get("values", {})
        return web.json_response(
            await self._beside(self._workbench.texts.preview, user, request.match_info["name"], values)
        )

    async def articles(self, request: web.Request) -> web.Response:
        """All articles, and which are due for review."""
        user = await self._trainer(request)
        today = self._workbench.clock().date()
        return web.json_response({"articles": await self._beside(self._workbench.articles.all, user, today)})

    async def article(self, request: web.Request) -> web.Response:
        """An article in both languages."""
        user = await self._trainer(request)
        return web.json_response(await self._beside(self._workbench.articles.one, user, request.match_info["id"]))

    async def add_article(self, request: web.Request) -> web.Response:
        """Contribute an article with the questions that ask for it; published once somebody else has approved it."""
        user = await self._trainer(request)
        body = await json_object(request)
        return web.json_response(await self._beside(self._workbench.articles.add, user, body), status=201)

    async def change_article(self, request: web.Request) -> web.Response:
        """Change an article; it is published once somebody else has approved the proposal."""
        user = await self._trainer(request)
        body = await json_object(request)
        return web.json_response(
            await self._beside(self._workbench.articles.change, user, request.match_info["id"], body)
        )
