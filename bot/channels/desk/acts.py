"""What a person does in a conversation: writes, notes, hands it on, ends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.channels.desk.session import BASE, SERVING, DeskSessions
from bot.channels.reading import json_object, words
from bot.conversations.fanout import DESK, Fanout
from bot.conversations.store import ConversationStore
from bot.errors import BadRequest
from bot.handoff.service import HandoffService

_SUMMARY_LIMIT = 1_000


class ActsChannel:
    """Changes of one conversation by the person who serves it."""

    def __init__(
        self,
        sessions: DeskSessions,
        handoffs: HandoffService,
        store: ConversationStore,
        fanout: Fanout,
        clock: Callable[[], datetime],
    ) -> None:
        self._sessions = sessions
        self._handoffs = handoffs
        self._store = store
        self._fanout = fanout
        self._clock = clock

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_post(BASE + "/conversations/{id}/messages", self.say)
        router.add_post(BASE + "/conversations/{id}/notes", self.note)
        router.add_post(BASE + "/conversations/{id}/transfer", self.transfer)
        router.add_post(BASE + "/conversations/{id}/return", self.return_to_bot)
        router.add_post(BASE + "/conversations/{id}/close", self.close)

    async def say(self, request: web.Request) -> web.Response:
        """Write to the customer."""
        session = await self._sessions.of(request, *SERVING)
        body = await json_object(request)
        client_msg_id = body.get("client_msg_id")
        if client_msg_id is not None and not isinstance(client_msg_id, str):
            raise BadRequest("client_msg_id is a string.")
        message = await self._handoffs.say(request.match_info["id"], session.user, client_msg_id, body.get("text"))
        return web.json_response({"message": message.as_json()}, status=201)

    async def note(self, request: web.Request) -> web.Response:
        """Leave a note that only the desk sees."""
        session = await self._sessions.of(request, *SERVING)
        text = words((await json_object(request)).get("text"), "text", 4_000)
        if not text:
            raise BadRequest("text is the note's words.")
        head = await self._store.head(request.match_info["id"])
        note_id = await self._store.add_note(head.id, session.user.id, text, self._clock())
        await self._fanout.publish(DESK, {"type": "conversation", "conversation_id": head.id})
        return web.json_response({"id": note_id}, status=201)

    async def transfer(self, request: web.Request) -> web.Response:
        """Put my chat back into the queue for a colleague."""
        session = await self._sessions.of(request, *SERVING)
        note = words((await json_object(request)).get("note"), "note", 4_000)
        head = await self._handoffs.transfer(request.match_info["id"], session.user, note)
        return web.json_response({"owner": head.owner.value})

    async def return_to_bot(self, request: web.Request) -> web.Response:
        """Give my chat back to the bot."""
        session = await self._sessions.of(request, *SERVING)
        summary = words((await json_object(request)).get("summary"), "summary", _SUMMARY_LIMIT)
        head = await self._handoffs.return_to_bot(request.match_info["id"], session.user, summary)
        return web.json_response({"owner": head.owner.value})

    async def close(self, request: web.Request) -> web.Response:
        """End my chat with a disposition `{solved, intent, reason, note?}`."""
        session = await self._sessions.of(request, *SERVING)
        body = await json_object(request)
        given = body.get("disposition", body)
        if not isinstance(given, dict) or not isinstance(given.get("solved"), bool):
            raise BadRequest("A disposition is {solved: true or false, intent, reason, note?}.")
        disposition: dict[str, Any] = {"solved": given["solved"]}
        for name in ("intent", "reason"):
            disposition[name] = words(given.get(name), name, 120)
            if not disposition[name]:
                raise BadRequest(f"The disposition lacks {name}.")
        disposition["note"] = words(given.get("note"), "note", 4_000)
        head = await self._handoffs.close(request.match_info["id"], session.user, disposition)
        return web.json_response({"owner": head.owner.value})
