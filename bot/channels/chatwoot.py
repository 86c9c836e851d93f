"""Webhooks of a Chatwoot inbox: the signature, then one call. Answers other than 2xx mark a reply as not delivered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog
from aiohttp import web

from bot.channels.reading import parsed_object
from bot.conversations.locks import TurnLocks
from bot.errors import PayloadTooLarge, Unavailable
from bot.handoff.desks.chatwoot.api import Away
from bot.handoff.desks.chatwoot.desk import ChatwootDesk
from bot.handoff.desks.chatwoot.model import check_signature

log = structlog.get_logger(__name__)

PATH = "/api/v1/desks/chatwoot/webhook"
_BYTES_MOST = 1024 * 1024
_ID_MOST = 70


class ChatwootChannel:
    """`POST /api/v1/desks/chatwoot/webhook`."""

    def __init__(
        self,
        desk: ChatwootDesk,
        secret: str,
        locks: TurnLocks,
        clock: Callable[[], datetime],
    ) -> None:
        self._inbound = desk.inbound
        self._store = desk.threads
        self._secret = secret
        self._clock = clock
        self._locks = locks

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_post(PATH, self.hear)

    async def hear(self, request: web.Request) -> web.Response:
        """Take one webhook: `{result}`; `seen` when it was dealt with before, and nothing is done again."""
        if (request.content_length or 0) > _BYTES_MOST:
            raise PayloadTooLarge("A webhook is at most 1 MB.")
        body = await request.read()
        signature = request.headers.get("X-Chatwoot-Signature", "")
        check_signature(self._secret, request.headers.get("X-Chatwoot-Timestamp", ""), body, signature, self._clock())
        # the delivery id is not signed, so a webhook that somebody sends again is known by its signature too
        ids = [signature]
        delivery = request.headers.get("X-Chatwoot-Delivery", "").strip()
        if delivery:
            ids.append(f"id:{delivery[:_ID_MOST]}")
        payload = parsed_object(body.decode("utf-8", "replace"), "webhook")
        # one at a time a conversation: what came twice finds what the first did
        async with self._locks.hold(f"chatwoot:{_number(payload)}"):
            if await self._store.has_seen(ids):
                return web.json_response({"result": "seen"})
            try:
                result = await self._inbound.take(payload)
            except Away as exc:
                raise Unavailable("Chatwoot does not give out the file of this message. It is tried again.") from exc
            await self._store.add_seen(ids, self._clock())
        log.info("desk.webhook", kind=str(payload.get("event"))[:40], result=result)
        return web.json_response({"result": result})


def _number(payload: Mapping[str, Any]) -> object:
    """Of the conversation there that a webhook is about."""
    conversation = payload.get("conversation")
    return (conversation if isinstance(conversation, Mapping) else payload).get("id")
