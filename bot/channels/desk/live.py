"""The console's WebSocket: what happens at the desk, and in the chats that it watches."""

from __future__ import annotations

import asyncio
import json

from aiohttp import WSMsgType, web

from bot.channels.desk.session import BASE, SERVING, DeskSessions
from bot.conversations.fanout import DESK, Fanout
from bot.conversations.store import ConversationStore
from bot.errors import BadRequest, BotError
from bot.handoff.model import User
from bot.handoff.service import HandoffService

_PING_S = 15.0


class LiveChannel:
    """`GET /ws` of the desk."""

    def __init__(
        self,
        sessions: DeskSessions,
        handoffs: HandoffService,
        store: ConversationStore,
        fanout: Fanout,
        open_sockets: set[web.WebSocketResponse],
    ) -> None:
        self._sessions = sessions
        self._handoffs = handoffs
        self._store = store
        self._fanout = fanout
        self._open = open_sockets

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(BASE + "/ws", self.live)

    async def live(self, request: web.Request) -> web.StreamResponse:
        """Events for the console; `{"type": "watch", "conversation_id"}` also streams one chat's messages."""
        session = await self._sessions.of(request, *SERVING)
        socket = web.WebSocketResponse(heartbeat=_PING_S)
        if not socket.can_prepare(request):
            raise BadRequest("This address speaks WebSocket only.")
        await socket.prepare(request)
        self._open.add(socket)
        watching: dict[str, asyncio.Task[None]] = {}
        tasks = [
            asyncio.create_task(self._stream(socket, DESK, session.user)),
            asyncio.create_task(self._alive(session.user)),
        ]
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    await self._frame(socket, session.user, frame.data, watching)
        finally:
            self._open.discard(socket)
            for task in (*tasks, *watching.values()):
                task.cancel()
            await asyncio.gather(*tasks, *watching.values(), return_exceptions=True)
        return socket

    async def _frame(
        self, socket: web.WebSocketResponse, user: User, data: str, watching: "dict[str, asyncio.Task[None]]"
    ) -> None:
        try:
            frame = json.loads(data)
            kind, conversation_id = frame["type"], str(frame.get("conversation_id", ""))
        except (ValueError, KeyError, TypeError, AttributeError):
            await socket.send_json(
                {"type": "error", "error": {"code": "bad_request", "message": "Frames are JSON objects."}}
            )
            return
        try:
            if kind == "watch" and conversation_id not in watching:
                await self._store.head(conversation_id)
                watching[conversation_id] = asyncio.create_task(self._stream(socket, conversation_id, user))
            elif kind == "unwatch" and conversation_id in watching:
                watching.pop(conversation_id).cancel()
            elif kind == "typing" and conversation_id in watching:
                author = {"kind": "agent", "name": user.shown_name("zh")}
                await self._fanout.publish(conversation_id, {"type": "typing", "author": author})
        except BotError as error:
            await socket.send_json({"type": "error", "error": {"code": error.code, "message": error.message}})

    async def _stream(self, socket: web.WebSocketResponse, topic: str, user: User) -> None:
        with self._fanout.subscribe(topic) as events:
            while True:
                event = await events.get()
                if topic == DESK and event["type"] in ("offer", "offer_ended") and event["user_id"] != user.id:
                    continue
                await socket.send_json(event if topic == DESK else {**event, "conversation_id": topic})

    async def _alive(self, user: User) -> None:
        while True:
            await self._handoffs.heard_of(user)
            await asyncio.sleep(_PING_S)
