"""What only the demo operator's site needs: people to sign in as, and the text messages that a phone would get."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.channels.reading import bearer, json_object
from bot.conversations.service import ConversationService
from bot.errors import NotFound
from bot.operator.demo.identity import DemoIdentity, identity_token
from bot.operator.demo.store import DemoStore, SmsOutbox


class DemoChannel:
    """`/demo/…`: present with the demo operator only, since it signs anybody in."""

    def __init__(
        self,
        store: DemoStore,
        sms: SmsOutbox,
        identity: DemoIdentity,
        conversations: ConversationService,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._sms = sms
        self._identity = identity
        self._conversations = conversations
        self._clock = clock

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/demo/people", self.people)
        router.add_post("/demo/sign-in", self.sign_in)
        router.add_get("/demo/sms", self.messages)

    async def people(self, request: web.Request) -> web.Response:
        """A few customers who are good for trying something, by need."""
        found: Sequence[dict[str, Any]] = await self._store.showcase()
        return web.json_response({"people": list(found)})

    async def sign_in(self, request: web.Request) -> web.Response:
        """What the operator's own log-in would give the page: an identity token."""
        body = await json_object(request)
        sub = body.get("sub")
        if not isinstance(sub, str) or await self._store.customer(sub=sub) is None:
            raise NotFound("The demo operator has no such customer. Choose one of /demo/people.")
        token = identity_token(
            self._identity.secret,
            sub,
            issuer=self._identity.issuer,
            audience=self._identity.audience,
            now=self._clock(),
        )
        return web.json_response({"identity_token": token})

    async def messages(self, request: web.Request) -> web.Response:
        """Text messages sent in the conversation of the token."""
        conversation_id = self._conversations.conversation_of(bearer(request))
        found = await self._sms.read(conversation_id)
        return web.json_response({"messages": [item.as_json() for item in found]})
