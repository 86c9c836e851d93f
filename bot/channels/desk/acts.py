"""What a person does in a conversation: writes, notes, hands it on, ends it."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.channels.desk.session import BASE, SERVING, DeskSessions
from bot.channels.reading import json_object, sequence, words
from bot.desk.parts import DeskTools
from bot.errors import BadRequest
from bot.handoff.service import HandoffService

_SUMMARY_LIMIT = 1_000


class ActsChannel:
    """Changes of one conversation by the person who serves it."""

    def __init__(
        self,
        sessions: DeskSessions,
        handoffs: HandoffService,
        tools: DeskTools,
    ) -> None:
        self._sessions = sessions
        self._handoffs = handoffs
        self._tools = tools

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_post(BASE + "/conversations/{id}/messages", self.say)
        router.add_post(BASE + "/conversations/{id}/notes", self.note)
        router.add_post(BASE + "/conversations/{id}/read", self.read)
        router.add_put(BASE + "/conversations/{id}/draft", self.keep_draft)
        router.add_post(BASE + "/conversations/{id}/identity_check", self.check_identity)
        router.add_post(BASE + "/conversations/{id}/return", self.return_to_bot)
        router.add_post(BASE + "/conversations/{id}/close", self.close)

    async def say(self, request: web.Request) -> web.Response:
        """Write to the customer, or send a photo that was uploaded before."""
        session = await self._sessions.of(request, *SERVING)
        conversation_id = request.match_info["id"]
        body = await json_object(request)
        client_msg_id, attachment_id = body.get("client_msg_id"), body.get("attachment_id")
        if client_msg_id is not None and not isinstance(client_msg_id, str):
            raise BadRequest("client_msg_id is a string.")
        files = [await self._tools.files.get(conversation_id, str(attachment_id))] if attachment_id is not None else []
        message = await self._handoffs.say(
            conversation_id,
            session.user,
            client_msg_id,
            body.get("text", "" if files else None),
            attachments=tuple(item.as_json() for item in files),
        )
        await self._tools.marks.drop_draft(conversation_id, session.user)
        await self._tools.marks.agent_read(conversation_id, session.user, message.seq, speaks=True)
        return web.json_response({"message": message.as_json()}, status=201)

    async def note(self, request: web.Request) -> web.Response:
        """Leave a note that only the desk sees; who is named after @ hears of it."""
        session = await self._sessions.of(request, *SERVING)
        text = words((await json_object(request)).get("text"), "text", 4_000)
        if not text:
            raise BadRequest("text is the note's words.")
        note, named = await self._tools.notes.add(request.match_info["id"], session.user, text)
        return web.json_response({"id": note.id, "mentions": list(named)}, status=201)

    async def read(self, request: web.Request) -> web.Response:
        """I have read up to `seq`; the customer is told when I serve them."""
        session = await self._sessions.of(request, *SERVING)
        conversation_id = request.match_info["id"]
        seq = sequence((await json_object(request)).get("seq"), "seq")
        speaks = await self._handoffs.speaks(conversation_id, session.user)
        stands = await self._tools.marks.agent_read(conversation_id, session.user, seq, speaks=speaks)
        return web.json_response({"seq": stands})

    async def keep_draft(self, request: web.Request) -> web.Response:
        """Keep what I have begun to write; blank words remove it."""
        session = await self._sessions.of(request, *SERVING)
        body = await json_object(request)
        conversation_id, text = request.match_info["id"], body.get("text")
        await self._tools.marks.keep_draft(conversation_id, session.user, text, body.get("kind"))
        return web.json_response({"draft": await self._tools.marks.draft(conversation_id, session.user)})

    async def check_identity(self, request: web.Request) -> web.Response:
        """Send the customer a one-time code; nobody at the desk sees it."""
        session = await self._sessions.of(request, *SERVING)
        phone = (await json_object(request)).get("phone")
        number, expires_at = await self._tools.identity.ask(request.match_info["id"], session.user, phone)
        return web.json_response({"sent": True, "to": number, "expires_at": expires_at.isoformat()})

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
