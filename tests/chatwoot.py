"""A Chatwoot server as its published API describes it: application API, client API of an API inbox, signed webhooks.

Only what a bridge meets: required fields, tokens, numbers, statuses are checked, and what is wrong is refused with the
status that Chatwoot gives. Its agents act through methods; it can be down, lose answers, and lose webhooks.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

ACCOUNT, INBOX, TOKEN, SECRET = 7, "inbox-identifier-1", "token-of-an-administrator", "webhook-secret"
_STATUSES = ("open", "resolved", "pending", "snoozed")
_PRIORITIES = ("urgent", "high", "medium", "low", None)
_TYPES = {"incoming": 0, "outgoing": 1, "activity": 2}
_CONTENT_MOST = 150_000
_PAGE, _PAGE_AFTER = 20, 100
_WEBHOOK_TIMEOUT_S = 5.0


@dataclass
class Talk:
    """A conversation there."""

    id: int
    source_id: str
    status: str = "open"
    assignee: int | None = None
    labels: list[str] = field(default_factory=list)
    custom_attributes: dict[str, Any] = field(default_factory=dict)
    priority: str | None = None
    messages: list[dict[str, Any]] = field(default_factory=list)
    updated_at: float = 0.0

    def texts(self, kind: str | None = None) -> list[str]:
        """What customers (`incoming`), agents (`outgoing`) or notes (`note`) say, oldest first."""
        return [
            item["content"] or ""
            for item in self.messages
            if kind is None or kind == ("note" if item["private"] else ("incoming", "outgoing")[item["message_type"]])
        ]


class Chatwoot:
    """The server; `url` once it runs."""

    def __init__(self) -> None:
        self.url = ""
        self.webhook_url = ""
        self.secret = SECRET
        self.agents = {11: "王芳", 12: "Tom Baker"}
        self.availability = {11: "online", 12: "busy"}
        self.contacts: dict[str, dict[str, Any]] = {}
        self.talks: dict[int, Talk] = {}
        self.files: dict[str, bytes] = {}
        self.typing: list[tuple[int, str]] = []
        #: answers every call with this status; 0: closes the connection
        self.down: int | None = None
        #: calls whose effect stands although the answer is lost: what the path ends with → how often
        self.lose_answers: dict[str, int] = {}
        #: refuses uploads
        self.refuses_files = False
        self.sends_webhooks = True
        #: webhooks wait here until they are let go
        self.held: list[dict[str, Any]] | None = None
        self.calls: list[tuple[str, str]] = []
        #: (event, status of the answer) of every webhook sent
        self.sent: list[tuple[str, int]] = []
        #: the last signed webhook: headers and body
        self.last_webhook: tuple[dict[str, str], bytes] | None = None
        self._next = 100
        self._runner: web.AppRunner | None = None
        self._port = 0
        self._sending: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()

    # -- running -----------------------------------------------------------------------------------------------

    async def start(self) -> None:
        app = web.Application(middlewares=[self._gate], client_max_size=50 * 1024 * 1024)
        public = "/public/api/v1/inboxes/{inbox}/contacts"
        account = "/api/v1/accounts/{account}"
        talk = account + "/conversations/{talk}"
        app.router.add_post(public, self._make_contact)
        app.router.add_get(public + "/{source}/conversations", self._list_talks)
        app.router.add_post(public + "/{source}/conversations", self._make_talk)
        app.router.add_post(public + "/{source}/conversations/{talk}/toggle_typing", self._toggle_typing)
        app.router.add_get(account + "/agents", self._list_agents)
        app.router.add_get(talk, self._show)
        app.router.add_get(talk + "/messages", self._messages)
        app.router.add_post(talk + "/messages", self._make_message)
        app.router.add_patch(talk + "/messages/{message}", self._set_message_status)
        app.router.add_get(talk + "/labels", self._labels)
        app.router.add_post(talk + "/labels", self._set_labels)
        app.router.add_post(talk + "/custom_attributes", self._set_attributes)
        app.router.add_post(talk + "/toggle_priority", self._set_priority)
        app.router.add_post(talk + "/assignments", self._assign)
        app.router.add_post(talk + "/toggle_status", self._toggle_status)
        app.router.add_get("/rails/active_storage/{name}", self._file)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self._port}"

    async def stop(self) -> None:
        """Gone: connections are refused. `start` brings it back at the same address, with what it knew."""
        await self.settled()
        if self._runner is not None:
            await self._runner.cleanup()

    async def settled(self) -> None:
        """Wait until every webhook that was begun is answered."""
        while self._sending:
            await asyncio.gather(*tuple(self._sending), return_exceptions=True)

    async def until(self, done: Callable[[], bool], seconds: float = 10.0) -> None:
        """Wait until something is so; every call and webhook has it looked at again."""

        async def look() -> None:
            while not done():
                self._changed.clear()
                await self._changed.wait()

        await asyncio.wait_for(look(), seconds)

    @web.middleware
    async def _gate(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        self.calls.append((request.method, request.path))
        self._changed.set()
        if self.down is not None:
            if self.down == 0:
                assert request.transport is not None
                request.transport.close()
            return web.json_response({"error": "down"}, status=self.down or 503)
        if request.path.startswith("/api/v1/accounts"):
            if request.headers.get("api_access_token") != TOKEN:
                return web.json_response({"error": "Invalid Access Token"}, status=401)
            if request.match_info.get("account") != str(ACCOUNT):
                return web.json_response({"error": "Account not found"}, status=404)
        if request.match_info.get("inbox", INBOX) != INBOX:
            return web.json_response({"error": "Resource could not be found"}, status=404)
        answer = await handler(request)
        self._changed.set()
        for ending, left in self.lose_answers.items():
            if left and request.path.endswith(ending) and request.method != "GET" and answer.status == 200:
                self.lose_answers[ending] = left - 1
                assert request.transport is not None
                request.transport.close()
        return answer

    # -- client API --------------------------------------------------------------------------------------------

    async def _make_contact(self, request: web.Request) -> web.Response:
        body = await request.json()
        source_id = body.get("source_id") or str(uuid.uuid4())
        if source_id not in self.contacts:
            identifier = body.get("identifier")
            same = [item for item in self.contacts.values() if identifier and item["identifier"] == identifier]
            self.contacts[source_id] = same[0] if same else {
                "id": self._number(),
                "name": body.get("name") or f"visitor-{self._next}",
                "identifier": identifier,
                "custom_attributes": body.get("custom_attributes") or {},
            }  # fmt: skip
        contact = self.contacts[source_id]
        return web.json_response(
            {"source_id": source_id, "pubsub_token": "p", "id": contact["id"], "name": contact["name"], "email": None}
        )

    async def _list_talks(self, request: web.Request) -> web.Response:
        source_id = request.match_info["source"]
        if source_id not in self.contacts:
            return _not_found()
        return web.json_response([self._public(talk) for talk in self.talks.values() if talk.source_id == source_id])

    async def _make_talk(self, request: web.Request) -> web.Response:
        source_id = request.match_info["source"]
        if source_id not in self.contacts:
            return _not_found()
        body = await request.json()
        talk = Talk(len(self.talks) + 1, source_id, custom_attributes=dict(body.get("custom_attributes") or {}))
        talk.updated_at = time.time()
        self.talks[talk.id] = talk
        self._send({**self._conversation(talk), "event": "conversation_created"})
        return web.json_response(self._public(talk))

    async def _toggle_typing(self, request: web.Request) -> web.Response:
        talk = self.talks.get(int(request.match_info["talk"]))
        if talk is None or talk.source_id != request.match_info["source"]:
            return _not_found()
        status = (await request.json()).get("typing_status")
        if status in ("on", "off"):
            self.typing.append((talk.id, status))
        return web.Response()

    # -- application API ---------------------------------------------------------------------------------------

    async def _list_agents(self, _request: web.Request) -> web.Response:
        return web.json_response(
            [
                {
                    **self._agent(number),
                    "availability_status": self.availability.get(number, "offline"),
                    "role": "agent",
                }
                for number in self.agents
            ]
        )

    async def _show(self, request: web.Request) -> web.Response:
        talk = self._talk(request)
        return _not_found() if talk is None else web.json_response(self._conversation(talk))

    async def _messages(self, request: web.Request) -> web.Response:
        talk = self._talk(request)
        if talk is None:
            return _not_found()
        after = request.query.get("after")
        if after:
            found = [item for item in talk.messages if item["id"] > int(after)][:_PAGE_AFTER]
        else:
            found = talk.messages[-_PAGE:]
        return web.json_response({"meta": {"labels": talk.labels}, "payload": found})

    async def _make_message(self, request: web.Request) -> web.Response:
        talk = self._talk(request)
        if talk is None:
            return _not_found()
        attachments = []
        if request.content_type == "multipart/form-data":
            form = await request.post()
            body: dict[str, Any] = {key: value for key, value in form.items() if isinstance(value, str)}
            body["private"] = body.get("private") == "true"
            body["content_attributes"] = json.loads(body.get("content_attributes") or "{}")
            for upload in form.getall("attachments[]", []):
                if self.refuses_files or not isinstance(upload, web.FileField):
                    return web.json_response({"error": "Attachments is invalid"}, status=422)
                attachments.append(self._keep(upload.filename, upload.file.read()))
        else:
            body = await request.json()
        kind, content = body.get("message_type", "outgoing"), body.get("content")
        if kind not in ("incoming", "outgoing") or not isinstance(body.get("private", False), bool):
            return web.json_response({"error": "invalid"}, status=422)
        if not content and not attachments:
            return web.json_response({"error": "Content can't be blank"}, status=422)
        if len(content or "") > _CONTENT_MOST:
            return web.json_response({"error": "Content is too long"}, status=422)
        message = self._add(
            talk,
            kind,
            content or None,
            private=body.get("private", False),
            # the owner of the token, or the contact
            sender={"id": 1, "name": "Frontline", "type": "user"} if kind == "outgoing" else self._contact(talk),
            source_id=body.get("source_id"),
            content_attributes=body.get("content_attributes") or {},
            attachments=attachments,
        )
        if kind == "incoming" and talk.status == "resolved":
            self._status(talk, "open")
        return web.json_response(message)

    async def _set_message_status(self, request: web.Request) -> web.Response:
        talk = self._talk(request)
        body = await request.json()
        if body.get("status") not in ("sent", "delivered", "read", "failed"):
            return web.json_response({"error": "status is invalid"}, status=422)
        for item in talk.messages if talk else ():
            if item["id"] == int(request.match_info["message"]):
                item["status"] = body["status"]
                return web.json_response(item)
        return _not_found()

    async def _labels(self, request: web.Request) -> web.Response:
        talk = self._talk(request)
        return _not_found() if talk is None else web.json_response({"payload": talk.labels})

    async def _set_labels(self, request: web.Request) -> web.Response:
        talk = self._talk(request)
        labels = (await request.json()).get("labels")
        if talk is None or not isinstance(labels, list):
            return _not_found()
        talk.labels = [str(label) for label in labels]
        self._updated(talk, "label_list")
        return web.json_response({"payload": talk.labels})

    async def _set_attributes(self, request: web.Request) -> web.Response:
        talk = self._talk(request)
        body = await request.json()
        attributes = body.get("custom_attributes")
        if talk is None or not isinstance(attributes, dict):
            return _not_found()
        talk.custom_attributes = {**(talk.custom_attributes if body.get("merge") else {}), **attributes}
        self._updated(talk, "custom_attributes")
        return web.json_response({"custom_attributes": talk.custom_attributes})

    async def _set_priority(self, request: web.Request) -> web.Response:
        talk = self._talk(request)
        priority = (await request.json()).get("priority")
        if talk is None:
            return _not_found()
        if priority not in _PRIORITIES:
            return web.json_response({"error": "priority is invalid"}, status=422)
        talk.priority = priority
        return web.Response()

    async def _assign(self, request: web.Request) -> web.Response:
        talk = self._talk(request)
        number = (await request.json()).get("assignee_id")
        if talk is None or (number is not None and number not in self.agents):
            return _not_found()
        if talk.assignee != number:
            talk.assignee = number
            self._updated(talk, "assignee_id")
        return web.json_response(self._agent(number) if number else {})

    async def _toggle_status(self, request: web.Request) -> web.Response:
        talk = self._talk(request)
        status = (await request.json()).get("status")
        if talk is None:
            return _not_found()
        if status not in _STATUSES:
            return web.json_response({"error": "status is invalid"}, status=422)
        self._status(talk, status)
        return web.json_response({"payload": {"success": True, "current_status": status, "conversation_id": talk.id}})

    async def _file(self, request: web.Request) -> web.Response:
        body = self.files.get(request.match_info["name"])
        return _not_found() if body is None else web.Response(body=body)

    # -- what agents there do ----------------------------------------------------------------------------------

    def says(
        self, talk: Talk, agent: int, text: str | None, *, private: bool = False, file: bytes | None = None
    ) -> int:
        """An agent writes to the customer, or a note; its id."""
        attachments = [self._keep("photo.png", file)] if file is not None else []
        sender = {"id": agent, "name": self.agents[agent], "type": "user"}
        return int(self._add(talk, "outgoing", text, private=private, sender=sender, attachments=attachments)["id"])

    def assigns(self, talk: Talk, agent: int | None) -> None:
        talk.assignee = agent
        self._updated(talk, "assignee_id")

    def sets(self, talk: Talk, status: str, *labels: str) -> None:
        """An agent labels a conversation and sets its status."""
        talk.labels = [*talk.labels, *labels]
        self._status(talk, status)

    def types(self, talk: Talk, agent: int, *, private: bool = False) -> None:
        self._send(
            {
                "event": "conversation_typing_on",
                "user": {"id": agent, "name": self.agents[agent], "email": "a@b.example", "type": "user"},
                "conversation": self._conversation(talk),
                "is_private": private,
            }
        )

    def let_go(self, *order: int) -> None:
        """Send what was held, in this order (of its places), or as it came."""
        held, self.held = self.held or [], None
        for place in order or range(len(held)):
            self._send(held[place])

    async def send_raw(self, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        """A webhook as anybody could send it."""
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.webhook_url, data=body, headers=headers) as answer,
        ):
            return answer.status, await answer.json()

    def signed(self, body: bytes, *, at: float | None = None, secret: str | None = None) -> dict[str, str]:
        """The headers of a webhook."""
        timestamp = str(int(at if at is not None else time.time()))
        made = hmac.new((secret or self.secret).encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        return {
            "Content-Type": "application/json",
            "X-Chatwoot-Timestamp": timestamp,
            "X-Chatwoot-Signature": f"sha256={made}",
            "X-Chatwoot-Delivery": str(uuid.uuid4()),
        }

    # -- inside ------------------------------------------------------------------------------------------------

    def _number(self) -> int:
        self._next += 1
        return self._next

    def _talk(self, request: web.Request) -> Talk | None:
        return self.talks.get(int(request.match_info["talk"]))

    def _agent(self, number: int) -> dict[str, Any]:
        return {"id": number, "name": self.agents[number], "available_name": self.agents[number], "type": "user"}

    def _contact(self, talk: Talk) -> dict[str, Any]:
        contact = self.contacts[talk.source_id]
        return {"id": contact["id"], "name": contact["name"], "type": "contact"}

    def _public(self, talk: Talk) -> dict[str, Any]:
        return {"id": talk.id, "inbox_id": 1, "messages": [], "contact": self._contact(talk), "status": talk.status}

    def _conversation(self, talk: Talk) -> dict[str, Any]:
        return {
            "id": talk.id,
            "inbox_id": 1,
            "status": talk.status,
            "labels": list(talk.labels),
            "custom_attributes": dict(talk.custom_attributes),
            "priority": talk.priority,
            "channel": "Channel::Api",
            "can_reply": True,
            "meta": {
                "sender": self._contact(talk),
                "assignee": self._agent(talk.assignee) if talk.assignee else None,
                "hmac_verified": False,
            },
            "updated_at": talk.updated_at,
        }

    def _keep(self, name: str, body: bytes) -> dict[str, Any]:
        key = f"{self._number()}-{name}"
        self.files[key] = body
        return {"id": self._next, "file_type": "image", "data_url": f"{self.url}/rails/active_storage/{key}"}

    def _add(
        self,
        talk: Talk,
        kind: str,
        content: str | None,
        *,
        private: bool,
        sender: dict[str, Any],
        source_id: str | None = None,
        content_attributes: dict[str, Any] | None = None,
        attachments: list[dict[str, Any]] | None = None,
    ) -> dict[str, Any]:
        message: dict[str, Any] = {
            "id": self._number(),
            "content": content,
            "message_type": _TYPES[kind],
            "content_type": "text",
            "content_attributes": content_attributes or {},
            "created_at": int(time.time()),
            "private": private,
            "status": "sent",
            "source_id": source_id,
            "conversation_id": talk.id,
            "sender": sender,
            **({"attachments": attachments} if attachments else {}),
        }
        talk.messages.append(message)
        self._changed.set()
        payload = {
            **message,
            "message_type": kind,
            "conversation": self._conversation(talk),
            "event": "message_created",
        }
        self._send({**payload, "account": {"id": ACCOUNT, "name": "a"}, "inbox": {"id": 1, "name": "i"}}, message)
        return message

    def _status(self, talk: Talk, status: str) -> None:
        if talk.status == status:
            return
        talk.status = status
        talk.updated_at = time.time()
        body = self._conversation(talk)
        change = [{"status": {"previous_value": None, "current_value": status}}]
        self._send({**body, "event": "conversation_status_changed", "changed_attributes": change})
        self._updated(talk, "status")

    def _updated(self, talk: Talk, name: str) -> None:
        talk.updated_at = time.time()
        change = [{name: {"previous_value": None, "current_value": None}}]
        self._send({**self._conversation(talk), "event": "conversation_updated", "changed_attributes": change})

    def _send(self, payload: dict[str, Any], message: dict[str, Any] | None = None) -> None:
        if self.held is not None:
            self.held.append(payload)
            return
        if self.sends_webhooks and self.webhook_url:
            task = asyncio.get_running_loop().create_task(self._deliver(payload, message))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _deliver(self, payload: dict[str, Any], message: dict[str, Any] | None) -> None:
        body = json.dumps(payload).encode()
        headers = self.signed(body)
        self.last_webhook = (headers, body)
        timeout = aiohttp.ClientTimeout(total=_WEBHOOK_TIMEOUT_S)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(self.webhook_url, data=body, headers=headers) as answer,
            ):
                status = answer.status
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
            status = 0
        # it is delivered once, whatever becomes of it; a reply that failed is marked
        if message is not None and not 200 <= status < 300:
            message["status"] = "failed"
        self.sent.append((payload["event"], status))
        self._changed.set()


def _not_found() -> web.Response:
    return web.json_response({"error": "Resource could not be found"}, status=404)


@asynccontextmanager
async def running_chatwoot() -> AsyncIterator[Chatwoot]:
    """A server on a free port while the block runs."""
    server = Chatwoot()
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
