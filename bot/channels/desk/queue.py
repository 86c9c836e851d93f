"""The queue, the groups and colleagues, and the offers of chats."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.channels.desk.session import BASE, SERVING, DeskSessions
from bot.channels.reading import json_object
from bot.errors import BadRequest
from bot.handoff.matching import positions
from bot.handoff.model import Handoff
from bot.handoff.routing import Router
from bot.handoff.service import HandoffService

_REASON_LIMIT = 200


class QueueChannel:
    """Who waits, who is here, what is offered to me, and taking it."""

    def __init__(
        self, sessions: DeskSessions, handoffs: HandoffService, router: Router, clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._handoffs = handoffs
        self._router = router
        self._clock = clock

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(BASE + "/groups", self.groups)
        router.add_get(BASE + "/colleagues", self.colleagues)
        router.add_get(BASE + "/queue", self.queue)
        router.add_get(BASE + "/offers", self.offers)
        router.add_post(BASE + "/offers/{offer_id}/accept", self.accept)
        router.add_post(BASE + "/offers/{offer_id}/decline", self.decline)
        router.add_post(BASE + "/conversations/{id}/take", self.take)

    async def groups(self, request: web.Request) -> web.Response:
        """Every group: its hours, who waits for it, who is there for it."""
        await self._sessions.of(request, *SERVING)
        return web.json_response({"groups": await self._handoffs.duty.group_states()})

    async def colleagues(self, request: web.Request) -> web.Response:
        """Everybody who serves customers, with what they wish and do."""
        await self._sessions.of(request, *SERVING)
        return web.json_response({"colleagues": await self._handoffs.duty.colleagues()})

    async def queue(self, request: web.Request) -> web.Response:
        """Who waits, in the order in which they will be offered; `group` leaves the others out."""
        await self._sessions.of(request, *SERVING)
        group_id = request.query.get("group")
        if group_id is not None and group_id not in self._handoffs.rules.groups:
            raise BadRequest(f"group is one of {', '.join(self._handoffs.rules.groups)}.")
        found = await self._handoffs.waiting(group_id)
        places, ringing = positions((item.id, item.group_id) for item in found), await self._router.ringing()
        kept = await self._handoffs.without_window(found)
        rows = [self._row(item, places[item.id], ringing.get(item.id), item.conversation_id in kept) for item in found]
        return web.json_response({"waiting": rows, "on_duty": len(await self._handoffs.duty.on_duty())})

    def _row(self, handoff: Handoff, position: int, offered_to: str | None, kept: bool) -> dict[str, Any]:
        waited_s = (self._clock() - handoff.requested_at).total_seconds()
        return {
            "conversation_id": handoff.conversation_id,
            "handoff_id": handoff.id,
            "position": position,
            "reason_code": handoff.reason_code.value,
            "group": handoff.group_id,
            "language": handoff.language,
            "priority": handoff.priority,
            "effective_priority": self._handoffs.rules.effective(handoff.priority, waited_s),
            "requested_at": handoff.requested_at.isoformat(),
            "waited_ms": int(waited_s * 1000),
            "eta_s": list(handoff.eta_s) if handoff.eta_s else None,
            "summary": handoff.packet.get("summary"),
            "customer": handoff.packet.get("customer"),
            "customer_class": handoff.customer_class,
            "product": handoff.product,
            "direct_to": handoff.direct_to,
            "offered_to": offered_to,
            "kept": kept,
        }

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
        reason = (await json_object(request)).get("reason") if request.can_read_body else None
        if reason is not None and (not isinstance(reason, str) or len(reason) > _REASON_LIMIT):
            raise BadRequest(f"reason is a text of at most {_REASON_LIMIT} characters.")
        await self._router.decline(request.match_info["offer_id"], session.user, reason)
        return web.json_response({"declined": True})

    async def take(self, request: web.Request) -> web.Response:
        """Take a chat that waits, or that the bot has."""
        session = await self._sessions.of(request, *SERVING)
        head = await self._handoffs.take(request.match_info["id"], session.user)
        return web.json_response({"conversation_id": head.id})
