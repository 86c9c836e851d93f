"""My copy of the language data, proposals and publishing."""

from __future__ import annotations

from aiohttp import web

from bot.channels.reading import json_object, words
from bot.channels.training.base import BASE, TrainingChannel

_PATH_LIMIT = 200


class CopiesChannel(TrainingChannel):
    """From an edit to what is published."""

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(BASE + "/copy", self.copy)
        router.add_post(BASE + "/copy/refresh", self.refresh)
        router.add_post(BASE + "/copy/discard", self.discard)
        router.add_get(BASE + "/diff", self.diff)
        router.add_get(BASE + "/proposals", self.proposals)
        router.add_post(BASE + "/proposals", self.propose)
        router.add_get(BASE + "/proposals/{id}/diff", self.proposal_diff)
        router.add_post(BASE + "/proposals/{id}/approve", self.approve)
        router.add_post(BASE + "/proposals/{id}/take-back", self.take_back)
        router.add_post(BASE + "/proposals/{id}/publish", self.publish)

    async def copy(self, request: web.Request) -> web.Response:
        """My working copy: what is edited, how far it lies behind, or what is missing for having one."""
        user = await self._trainer(request)
        return web.json_response(await self._beside(self._workbench.data.state, user))

    async def refresh(self, request: web.Request) -> web.Response:
        """Bring in what others published; my edits stay."""
        user = await self._trainer(request)
        settled = (await json_object(request)).get("settled")
        return web.json_response(await self._beside(self._workbench.data.refresh, user, settled))

    async def discard(self, request: web.Request) -> web.Response:
        """Drop my edits that are not proposed, of one file or of all."""
        user = await self._trainer(request)
        path = words((await json_object(request)).get("path"), "path", _PATH_LIMIT)
        return web.json_response({"discarded": await self._beside(self._workbench.data.discard, user, path)})

    async def diff(self, request: web.Request) -> web.Response:
        """My edits that are not proposed, line by line."""
        user = await self._trainer(request)
        path = words(request.query.get("path"), "path", _PATH_LIMIT)
        return web.json_response({"files": await self._beside(self._workbench.data.diff, user, path)})

    async def proposals(self, request: web.Request) -> web.Response:
        """Everybody's proposals, newest first."""
        await self._trainer(request)
        return web.json_response({"proposals": await self._beside(self._workbench.data.proposals)})

    async def propose(self, request: web.Request) -> web.Response:
        """Make a branch and a commit of my edits, in my name."""
        user = await self._trainer(request)
        body = await json_object(request)
        proposal = await self._beside(self._workbench.data.propose, user, body.get("title"), body.get("note"))
        return web.json_response(proposal, status=201)

    async def proposal_diff(self, request: web.Request) -> web.Response:
        """What a proposal changes, line by line."""
        await self._trainer(request)
        return web.json_response(
            {"files": await self._beside(self._workbench.data.proposal_diff, request.match_info["id"])}
        )

    async def approve(self, request: web.Request) -> web.Response:
        """I have read what somebody else proposes, and it is right."""
        user = await self._trainer(request)
        return web.json_response(await self._beside(self._workbench.data.approve, user, request.match_info["id"]))

    async def take_back(self, request: web.Request) -> web.Response:
        """What I proposed is edited again in my copy."""
        user = await self._trainer(request)
        return web.json_response(await self._beside(self._workbench.data.take_back, user, request.match_info["id"]))

    async def publish(self, request: web.Request) -> web.Response:
        """Merge a proposal into what is published, if it can be merged and passes the gate."""
        user = await self._trainer(request)
        published = await self._workbench.publish(user, request.match_info["id"])
        return web.json_response(published.as_json())
