"""What a waiting customer may choose instead, over HTTP."""

from __future__ import annotations

from aiohttp import web

from bot.channels.reading import json_object
from bot.channels.rest import allowed
from bot.contracts import Message
from bot.conversations.service import ConversationService
from bot.handoff.callbacks.service import ChoiceService


class WaitingChannel:
    """`…/handoff/callback` and `…/handoff/ticket` of the contract."""

    def __init__(self, conversations: ConversationService, choices: ChoiceService) -> None:
        self._conversations = conversations
        self._choices = choices

    def add_routes(self, router: web.UrlDispatcher) -> None:
        base = "/api/v1/conversations/{id}/handoff"
        router.add_post(base + "/callback", self.call_back)
        router.add_post(base + "/ticket", self.leave_ticket)

    async def call_back(self, request: web.Request) -> web.Response:
        """Be called instead of waiting: `{phone?, at?}`."""
        conversation_id = await allowed(self._conversations, request)
        body = await json_object(request)
        message = await self._choices.call_back(conversation_id, body.get("phone"), body.get("at"))
        return await self._answer(conversation_id, message)

    async def leave_ticket(self, request: web.Request) -> web.Response:
        """Leave a ticket with what was collected instead of waiting."""
        conversation_id = await allowed(self._conversations, request)
        return await self._answer(conversation_id, await self._choices.leave_ticket(conversation_id))

    async def _answer(self, conversation_id: str, message: Message) -> web.Response:
        state = await self._conversations.state(conversation_id)
        return web.json_response({"state": state.as_json(), "message": message.as_json()})
