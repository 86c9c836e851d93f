"""The console's WebSocket: what happens at the desk, and in the chats that it watches."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping

import structlog
from aiohttp import ClientConnectionResetError, WSCloseCode, WSMsgType, web

from bot.channels.desk.session import BASE, SERVING, DeskSessions
from bot.channels.reading import parsed_object
from bot.channels.socket_errors import end_with, error_frame
from bot.conversations.fanout import DESK, Fanout, desk_of
from bot.conversations.store import ConversationStore
from bot.desk.parts import DeskTools
from bot.errors import BadRequest
from bot.handoff.model import User
from bot.handoff.service import HandoffService

log = structlog.get_logger(__name__)

_PATH = BASE + "/ws"
#: most seconds between two pings of ours; a console is gone when one has no answer before the next
_PING_S = 10.0
#: and as many of them fit into the grace time at least
_PINGS_IN_GRACE = 3
#: how long a console may take to say good-bye
_CLOSE_S = 2.0
#: what a console may send; typing and drafting count in chats that it watches
_FRAMES = ("ping", "watch", "unwatch", "typing", "drafting")
#: frames of the desk that only one person hears
_PERSONAL = ("mention", "read")


class LiveChannel:
    """`GET /ws` of the desk."""

    def __init__(
        self,
        sessions: DeskSessions,
        handoffs: HandoffService,
        store: ConversationStore,
        tools: DeskTools,
        fanout: Fanout,
        open_sockets: set[web.WebSocketResponse],
    ) -> None:
        self._sessions = sessions
        self._handoffs = handoffs
        self._store = store
        self._tools = tools
        self._fanout = fanout
        self._open = open_sockets
        self.ping_s = min(_PING_S, handoffs.rules.grace_s / _PINGS_IN_GRACE)

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(_PATH, self.live)

    async def live(self, request: web.Request) -> web.StreamResponse:
        """Events for the console; `{"type": "watch", "conversation_id"}` also streams one chat's messages."""
        session = await self._sessions.of(request, *SERVING)
        # aiohttp's own heartbeat takes whatever comes for a sign that its pings arrive; a deaf console still talks
        socket = web.WebSocketResponse(timeout=_CLOSE_S, autoping=False)
        if not socket.can_prepare(request):
            raise BadRequest("This address speaks WebSocket only.")
        await socket.prepare(request)
        self._open.add(socket)
        console = _Console(socket, session.user, self)
        try:
            await console.talk()
        except Exception as exc:  # edge of one console: whatever failed, it is told and comes again
            await end_with(socket, exc, _PATH)
        finally:
            self._open.discard(socket)
        return socket

    async def look(self, conversation_id: str, window: str, user: User, drafting: bool) -> None:
        """A console shows a chat; everybody hears who looks and who writes."""
        await self._tools.viewers.look(conversation_id, window, user.id, drafting)
        await self._tell_viewers(conversation_id)

    async def look_away(self, conversation_ids: list[str], window: str) -> None:
        """A console shows them no more."""
        await self._tools.viewers.look_away(conversation_ids, window)
        for conversation_id in conversation_ids:
            await self._tell_viewers(conversation_id)

    async def still_there(self, drafting: Mapping[str, bool], window: str, user: User) -> None:
        """The console lives: its owner and what it shows count for another while."""
        await self._handoffs.duty.console(user, window)
        for conversation_id, writes in tuple(drafting.items()):  # it may change chats meanwhile
            await self._tools.viewers.look(conversation_id, window, user.id, writes)

    async def gone(self, window: str, user: User) -> None:
        """The console has closed; its owner has the grace time to come back."""
        await self._handoffs.duty.console_closed(user, window)

    async def type_in(self, conversation_id: str, user: User) -> None:
        """The customer sees that somebody writes, if that person serves them."""
        head = await self._store.head(conversation_id)
        if await self._handoffs.speaks(conversation_id, user):
            author = {"kind": "agent", "name": user.shown_name(head.language)}
            await self._fanout.publish(conversation_id, {"type": "typing", "author": author})

    async def check(self, conversation_id: str) -> None:
        """Raise when there is no such conversation."""
        await self._store.head(conversation_id)

    async def stream(self, socket: web.WebSocketResponse, topic: str, user: User) -> None:
        """Send a topic's events while the socket is open."""
        with self._fanout.subscribe(topic) as events:
            while True:
                event = await events.get()
                if topic == DESK and event["type"] in _PERSONAL and event["user_id"] != user.id:
                    continue
                of_desk = topic in (DESK, desk_of(user.id))
                await socket.send_json(event if of_desk else {**event, "conversation_id": topic})

    async def _tell_viewers(self, conversation_id: str) -> None:
        viewers = await self._tools.inbox.viewers(conversation_id)
        frame = {"type": "viewers", "conversation_id": conversation_id, "viewers": list(viewers)}
        await self._fanout.publish(DESK, frame)


class _Console:
    """One open socket of one person: what it watches and where it writes."""

    def __init__(self, socket: web.WebSocketResponse, user: User, desk: LiveChannel) -> None:
        self._socket = socket
        self._user = user
        self._desk = desk
        #: two tabs of one person are two windows
        self._window = secrets.token_urlsafe(8)
        self._watching: dict[str, asyncio.Task[None]] = {}
        #: watched conversation → whether something is written there
        self._drafting: dict[str, bool] = {}
        #: whether our last ping has come back
        self._answers = True

    async def talk(self) -> None:
        """Hear and tell until the socket closes; raises what makes it impossible to go on."""
        tasks = [
            asyncio.create_task(self._hear()),
            asyncio.create_task(self._desk.stream(self._socket, DESK, self._user)),
            asyncio.create_task(self._desk.stream(self._socket, desk_of(self._user.id), self._user)),
            asyncio.create_task(self._alive()),
        ]
        try:
            ended, _others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (*tasks, *self._watching.values()):
                task.cancel()
            await asyncio.gather(*tasks, *self._watching.values(), return_exceptions=True)
            await self._desk.gone(self._window, self._user)
            await self._desk.look_away(list(self._drafting), self._window)
        for task in ended:
            task.result()

    async def _hear(self) -> None:
        async for received in self._socket:
            if received.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                await self._frame(received.data)
            elif received.type is WSMsgType.PING:
                await self._socket.pong(received.data)
            elif received.type is WSMsgType.PONG:
                self._answers = True

    async def _frame(self, data: str | bytes) -> None:
        try:
            frame = parsed_object(data, "frame")
            kind, conversation_id = frame.get("type"), str(frame.get("conversation_id", ""))
            if kind == "ping":
                await self._socket.send_json({"type": "pong", "n": frame.get("n")})
            elif kind == "watch":
                await self._watch(conversation_id)
            elif kind == "unwatch":
                await self._unwatch(conversation_id)
            elif kind == "typing" and conversation_id in self._watching:
                await self._desk.type_in(conversation_id, self._user)
            elif kind == "drafting" and conversation_id in self._watching:
                await self._draft(conversation_id, frame.get("on") is True)
            elif kind not in _FRAMES:
                raise BadRequest(f"Frames are {', '.join(_FRAMES)}.")
        except ClientConnectionResetError:
            raise
        except Exception as exc:  # one frame that failed; the console may send it again
            await self._socket.send_json(error_frame(exc, _PATH))

    async def _watch(self, conversation_id: str) -> None:
        if conversation_id in self._watching:
            return
        await self._desk.check(conversation_id)
        streaming = self._desk.stream(self._socket, conversation_id, self._user)
        self._watching[conversation_id] = asyncio.create_task(streaming)
        self._drafting[conversation_id] = False
        await self._desk.look(conversation_id, self._window, self._user, drafting=False)

    async def _unwatch(self, conversation_id: str) -> None:
        if conversation_id in self._watching:
            self._watching.pop(conversation_id).cancel()
            del self._drafting[conversation_id]
            await self._desk.look_away([conversation_id], self._window)

    async def _draft(self, conversation_id: str, on: bool) -> None:
        if self._drafting[conversation_id] is not on:
            self._drafting[conversation_id] = on
            await self._desk.look(conversation_id, self._window, self._user, drafting=on)

    async def _alive(self) -> None:
        """Ping the console; one that does not hear us counts no more, however much it says."""
        while self._answers:
            self._answers = False
            await self._desk.still_there(self._drafting, self._window, self._user)
            await self._socket.ping()
            await asyncio.sleep(self._desk.ping_s)
        log.info("console.deaf", user_id=self._user.id)
        await self._socket.close(code=WSCloseCode.POLICY_VIOLATION)
