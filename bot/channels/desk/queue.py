"""The queue and the offers of chats."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from bot.channels.desk.session import BASE, SERVING, DeskSessions
from bot.handoff.routing import Router
from bot.handoff.service import HandoffService


class QueueChannel:
    """Who waits, what is offered to me, and taking it."""

    def __init__(
        self, sessions: DeskSessions, handoffs: HandoffService, router: Router, clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._handoffs = handoffs
        self._router = router
        self._clock = clock

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(BASE + "/queue", self.queue)
        router.add_get(BASE + "/offers", self.offers)
        router.add_post(BASE + "/offers/{offer_id}/accept", self.accept)
        router.add_post(BASE + "/offers/{offer_id}/decline", self.decline)
        router.add_post(BASE + "/conversations/{id}/take", self.take)

    async def queue(self, request: web.Request) -> web.Response:
        """Who waits, in the order in which they will be offered."""
        await self._sessions.of(request, *SERVING)
        found = await self._handoffs.waiting()
        now = self._clock()
        return web.json_response(
            {
                "waiting": [
                    {
                        "conversation_id": handoff.conversation_id,
                        "reason_code": handoff.reason_code.value,
                        "language": handoff.language,
                        "priority": handoff.priority,
                        "requested_at": handoff.requested_at.isoformat(),
                        "waited_ms": int((now - handoff.requested_at).total_seconds() * 1000),
                        "summary": handoff.packet.get("summary"),
                        "customer": handoff.packet.get("customer"),
                    }
                    for handoff in found
                ],
                "on_duty": len(await self._handoffs.on_duty()),
            }
        )

    async def offers(self, request: web.Request) -> web.Response:
        """Open offers to me."""
        session = await self._sessions.of(request, *SERVING)
        return web.json_response([offer.as_json() for offer in await self._router.offers_to(session.user)])

    async def accept(self, request: web.Request) -> web.Response:
        """Take an offered chat."""
        session = await self._sessions.of(request, *SERVING)
        head = await self._router.accept(request.match_info["offer_id"], session.user)
        return web.json_response({"conversation_id": head.id})

    async def decline(self, request: web.Request) -> web.Response:
        """Leave an offered chat to somebody else."""
        session = await self._sessions.of(request, *SERVING)
        await self._router.decline(request.match_info["offer_id"], session.user)
        return web.json_response({"declined": True})

    async def take(self, request: web.Request) -> web.Response:
        """Take a waiting chat from the list."""
        session = await self._sessions.of(request, *SERVING)
        head = await self._router.take(request.match_info["id"], session.user)
        return web.json_response({"conversation_id": head.id})
