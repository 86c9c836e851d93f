"""What is to be mended in the language data."""

from __future__ import annotations

from aiohttp import web

from bot.channels.reading import words
from bot.channels.training.base import BASE, TrainingChannel
from bot.desk.inbox.service import limit_of
from bot.training.findings.model import Kind, checked_kind

_INTENT_LIMIT = 64


class FindingsChannel(TrainingChannel):
    """Findings in my copy."""

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(BASE + "/findings", self.findings)

    async def findings(self, request: web.Request) -> web.Response:
        """What is to be mended, worst first; at most `limit` of each kind, and how many of each there are."""
        user = await self._trainer(request)
        kind = checked_kind(request.query.get("kind"))
        intent = words(request.query.get("intent"), "intent", _INTENT_LIMIT)
        found, as_of = await self._beside(self._workbench.findings.all, user, kind, intent)
        most = limit_of(request.query.get("limit"))
        by_kind = {one.value: [item.as_json() for item in found if item.kind is one] for one in Kind}
        shown = [item for items in by_kind.values() for item in items[:most]]
        counts = {name: len(items) for name, items in by_kind.items() if items}
        return web.json_response({"findings": shown, "total": len(found), "counts": counts, "as_of": as_of})
