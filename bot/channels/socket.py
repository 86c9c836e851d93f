"""The customers' WebSocket: hello with a token and the last `seq`, then replay, then live."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import structlog
from aiohttp import ClientConnectionResetError, WSMsgType, web

from bot.channels.reading import parsed_object, sequence
from bot.channels.rest import take
from bot.channels.socket_errors import POLICY, end_with, error_frame
from bot.conversations.fanout import Subscription
from bot.conversations.service import ConversationService
from bot.errors import BadRequest, Forbidden, Unauthorized

log = structlog.get_logger(__name__)

_HELLO_S = 10.0
_PING_S = 20.0
_FRAME_LIMIT_BYTES = 64 * 1024
#: frames of any kind a second that one window may send for long; more than that ends it
_FRAMES_PER_S = 50
_PATH = "/api/v1/ws"


class SocketChannel:
    """`GET /api/v1/ws` of the contract."""

    def __init__(
        self,
        conversations: ConversationService,
        allowed_origins: frozenset[str],
        open_sockets: set[web.WebSocketResponse],
    ) -> None:
        self._service = conversations
        self._origins = allowed_origins
        self._open = open_sockets

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(_PATH, self.serve)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One window's connection, from hello to its end."""
        origin = request.headers.get("Origin")
        if origin and self._origins and origin not in self._origins and not _same_host(origin, request.host):
            raise Forbidden("This origin may not open the chat. Add it to FRONTLINE_ALLOWED_ORIGINS.")
        socket = web.WebSocketResponse(max_msg_size=_FRAME_LIMIT_BYTES, autoping=True)
        if not socket.can_prepare(request):
            raise BadRequest("This address speaks WebSocket only.")
        await socket.prepare(request)
        self._open.add(socket)
        try:
            await self._talk(socket)
            await socket.close()
        except Exception as exc:  # edge of one window: whatever failed, it is told and comes again
            await end_with(socket, exc, _PATH)
        finally:
            self._open.discard(socket)
        return socket

    async def _talk(self, socket: web.WebSocketResponse) -> None:
        """Until the window has gone; raises what makes it impossible to go on."""
        try:
            hello = await asyncio.wait_for(_frame(socket), _HELLO_S)
        except asyncio.TimeoutError:
            raise Unauthorized("No hello within 10 s.") from None
        if hello is None:
            return
        if hello.get("type") != "hello" or not isinstance(hello.get("token"), str):
            raise BadRequest('The first frame is {"type": "hello", "token": …, "after": SEQ}.')
        conversation_id = self._service.conversation_of(hello["token"])
        after = sequence(hello.get("after", 0))
        await self._service.head(conversation_id)
        with self._service.live(conversation_id) as events:
            # listening before reading: what comes in between is sent twice and dropped by its seq
            last = await self._replay(socket, conversation_id, after)
            tasks = [
                asyncio.create_task(self._hear(socket, conversation_id)),
                asyncio.create_task(self._tell(socket, conversation_id, events, last)),
                asyncio.create_task(_keep_alive(socket)),
            ]
            try:
                ended, _others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            for task in ended:
                task.result()

    async def _replay(self, socket: web.WebSocketResponse, conversation_id: str, after: int) -> int:
        for message in await self._service.messages(conversation_id, after):
            await _send(socket, {"type": "message", "message": message.as_json()})
            after = message.seq
        await self._send_state(socket, conversation_id)
        return after

    async def _send_state(self, socket: web.WebSocketResponse, conversation_id: str) -> None:
        state = await self._service.state(conversation_id)
        await _send(socket, {"type": "state", "state": state.as_json()})

    async def _tell(self, socket: web.WebSocketResponse, conversation_id: str, events: Subscription, last: int) -> None:
        while True:
            event = await events.get()
            if events.overrun:
                # too slow to follow: start again from what this window has
                events.overrun = False
                last = await self._replay(socket, conversation_id, last)
                continue
            kind = event["type"]
            if kind == "message":
                seq = event["message"]["seq"]
                if seq > last + 1:
                    last = await self._replay(socket, conversation_id, last)
                elif seq > last:
                    await _send(socket, event)
                    last = seq
            elif kind in ("owner", "answered", "queue"):
                await self._send_state(socket, conversation_id)
            elif kind in ("typing", "read") and event["author"]["kind"] != "customer":
                await _send(socket, event)

    async def _hear(self, socket: web.WebSocketResponse, conversation_id: str) -> None:
        loop = asyncio.get_running_loop()
        window, count = loop.time(), 0
        while True:
            try:
                frame = await _frame(socket)
            except BadRequest as error:
                await _send(socket, error_frame(error, _PATH))
                frame = {}
            if frame is None:
                return
            if loop.time() - window > 1:
                window, count = loop.time(), 0
            count += 1
            if count > _FRAMES_PER_S:
                await socket.close(code=POLICY)
                return
            if frame:
                await self._frame_in(socket, conversation_id, frame)

    async def _frame_in(self, socket: web.WebSocketResponse, conversation_id: str, frame: Mapping[str, Any]) -> None:
        kind = frame.get("type")
        try:
            if kind == "message":
                taken = await take(self._service, conversation_id, {key: frame[key] for key in frame if key != "type"})
                message = taken.message
                await _send(
                    socket, {"type": "ack", "client_msg_id": message.client_msg_id, "message": message.as_json()}
                )
            elif kind == "typing":
                await self._service.typing(conversation_id)
            elif kind == "read":
                await self._service.read(conversation_id, sequence(frame.get("seq"), "seq"))
            elif kind == "language":
                await self._service.set_language(conversation_id, frame.get("language"))
            elif kind == "ping":
                await _send(socket, {"type": "pong"})
            elif kind == "pong":
                await self._service.present(conversation_id)
            else:
                raise BadRequest("Frames are message, typing, read, language, ping or pong.")
        except ClientConnectionResetError:
            raise
        except Exception as exc:  # one frame that failed; the window may send it again
            body = error_frame(exc, _PATH)
            if isinstance(frame.get("client_msg_id"), str):
                body["client_msg_id"] = frame["client_msg_id"]
            await _send(socket, body)


async def _keep_alive(socket: web.WebSocketResponse) -> None:
    while True:
        await asyncio.sleep(_PING_S)
        await _send(socket, {"type": "ping"})


async def _send(socket: web.WebSocketResponse, body: Mapping[str, Any]) -> None:
    await socket.send_str(json.dumps(body, ensure_ascii=False))


async def _frame(socket: web.WebSocketResponse) -> dict[str, Any] | None:
    """The next frame; None when the other side has gone.

    Raises:
        BadRequest: it is not a JSON object.
    """
    received = await socket.receive()
    if received.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
        return None
    if received.type is not WSMsgType.TEXT:
        raise BadRequest("Frames are JSON text.")
    return parsed_object(received.data, "frame")


def _same_host(origin: str, host: str) -> bool:
    return origin.split("://", 1)[-1] == host
