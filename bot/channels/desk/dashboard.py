"""The supervisors' figures."""

from __future__ import annotations

from aiohttp import web

from bot.channels.desk.session import BASE, DeskSessions
from bot.handoff.figures.service import Dashboard


class DashboardChannel:
    """`GET /dashboard`."""

    def __init__(self, sessions: DeskSessions, dashboard: Dashboard) -> None:
        self._sessions = sessions
        self._dashboard = dashboard

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(BASE + "/dashboard", self.show)

    async def show(self, request: web.Request) -> web.Response:
        """The queue now, the invariants, today and the last seven days."""
        await self._sessions.of(request, "supervisor")
        return web.json_response(await self._dashboard.show())
