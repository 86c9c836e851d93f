"""The inbox of sentences worth a look."""

from __future__ import annotations

from aiohttp import web

from bot.channels.reading import json_object, words
from bot.channels.training.base import BASE, TrainingChannel
from bot.desk.inbox.service import limit_of
from bot.errors import BadRequest
from bot.training.data.model import checked_language
from bot.training.inbox.model import checked_reason

_INTENT_LIMIT = 64
_STATUSES = ("open", "decided")


class InboxChannel(TrainingChannel):
    """Groups, decisions, undoing."""

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(BASE + "/inbox", self.groups)
        router.add_get(BASE + "/inbox/decisions", self.decisions)
        router.add_post(BASE + "/inbox/decisions/{id}/undo", self.undo)
        router.add_get(BASE + "/inbox/{group}", self.group)
        router.add_post(BASE + "/inbox/{group}/decide", self.decide)

    async def groups(self, request: web.Request) -> web.Response:
        """Sentences alike in meaning, what teaches most first."""
        await self._trainer(request)
        query = request.query
        status = query.get("status") or "open"
        if status not in _STATUSES:
            raise BadRequest("status is open or decided.")
        found, total, more = await self._workbench.inbox.groups(
            is_open=status == "open",
            reason=checked_reason(query.get("reason")),
            language=checked_language(query["language"]) if query.get("language") else None,
            intent=words(query.get("intent"), "intent", _INTENT_LIMIT),
            after=query.get("after"),
            limit=limit_of(query.get("limit")),
        )
        return web.json_response({"groups": [item.as_json() for item in found], "total": total, "next": more})

    async def group(self, request: web.Request) -> web.Response:
        """One group with its sentences that wait for a decision."""
        await self._trainer(request)
        group, sentences = await self._workbench.inbox.group(request.match_info["group"])
        return web.json_response({**group.as_json(), "sentences": [item.as_json() for item in sentences]})

    async def decide(self, request: web.Request) -> web.Response:
        """Decide on a group or some of its sentences; my working copy gets the examples."""
        user = await self._trainer(request)
        body = await json_object(request)
        return web.json_response(await self._workbench.inbox.decide(user, request.match_info["group"], body))

    async def decisions(self, request: web.Request) -> web.Response:
        """My decisions, newest first."""
        user = await self._trainer(request)
        found = await self._workbench.inbox.decisions(user)
        return web.json_response({"decisions": [item.as_json() for item in found]})

    async def undo(self, request: web.Request) -> web.Response:
        """Take a decision of mine back."""
        user = await self._trainer(request)
        return web.json_response(await self._workbench.inbox.undo(user, request.match_info["id"]))
