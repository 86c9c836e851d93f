"""The console's calls, `/api/v1/desk`: a cookie session, then one service call each."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import WSMsgType, web

from bot.appointments.model import Appointment, appointment_json
from bot.channels.reading import json_object
from bot.channels.rest import file_headers
from bot.contracts import Conversation, Owner
from bot.conversations.fanout import DESK, Fanout
from bot.conversations.service import ConversationService
from bot.conversations.store import ConversationStore
from bot.errors import BadRequest, BotError, Forbidden
from bot.handoff.accounts import DeskAccounts, Session
from bot.handoff.model import Presence, User
from bot.handoff.routing import Router
from bot.handoff.service import HandoffService
from bot.operator.patience import answer_or_none
from bot.operator.ports import Customer, Line
from bot.services import Services
from bot.tickets.model import Ticket, ticket_json

COOKIE = "frontline_desk"
_COOKIE_S = 12 * 3600
_BASE = "/api/v1/desk"
_LIST_LIMIT = 200
_SUMMARY_LIMIT = 1_000
_PING_S = 15.0


class DeskChannel:
    """Everything that an agent's console asks for."""

    def __init__(
        self,
        accounts: DeskAccounts,
        handoffs: HandoffService,
        router: Router,
        conversations: ConversationService,
        store: ConversationStore,
        services: Services,
        fanout: Fanout,
        open_sockets: set[web.WebSocketResponse],
    ) -> None:
        self._accounts = accounts
        self._handoffs = handoffs
        self._router = router
        self._conversations = conversations
        self._store = store
        self._services = services
        self._fanout = fanout
        self._open = open_sockets

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_post(_BASE + "/login", self.log_in)
        router.add_post(_BASE + "/logout", self.log_out)
        router.add_get(_BASE + "/me", self.me)
        router.add_put(_BASE + "/presence", self.set_presence)
        router.add_get(_BASE + "/queue", self.queue)
        router.add_get(_BASE + "/offers", self.offers)
        router.add_post(_BASE + "/offers/{offer_id}/accept", self.accept)
        router.add_post(_BASE + "/offers/{offer_id}/decline", self.decline)
        router.add_get(_BASE + "/conversations", self.list)
        router.add_get(_BASE + "/conversations/{id}", self.show)
        router.add_get(_BASE + "/conversations/{id}/attachments/{attachment_id}", self.download)
        router.add_post(_BASE + "/conversations/{id}/take", self.take)
        router.add_post(_BASE + "/conversations/{id}/messages", self.say)
        router.add_post(_BASE + "/conversations/{id}/notes", self.note)
        router.add_post(_BASE + "/conversations/{id}/transfer", self.transfer)
        router.add_post(_BASE + "/conversations/{id}/return", self.return_to_bot)
        router.add_post(_BASE + "/conversations/{id}/close", self.close)
        router.add_get(_BASE + "/ws", self.live)

    # -- session -------------------------------------------------------------------------------------------------

    async def log_in(self, request: web.Request) -> web.Response:
        """Log in; the session is a cookie that scripts cannot read."""
        body = await json_object(request)
        username, password = body.get("username"), body.get("password")
        if not isinstance(username, str) or not isinstance(password, str):
            raise BadRequest("Send username and password.")
        session = await self._accounts.log_in(username, password)
        response = web.json_response({"user": session.user.as_json(), "csrf_token": session.csrf_token})
        response.set_cookie(
            COOKIE, session.token, max_age=_COOKIE_S, httponly=True, samesite="Strict", secure=request.secure, path="/"
        )
        return response

    async def log_out(self, request: web.Request) -> web.Response:
        """End the session and go off duty."""
        session = await self._session(request)
        await self._handoffs.set_presence(session.user, Presence.offline)
        await self._accounts.log_out(session.token)
        response = web.json_response({"logged_out": True})
        response.del_cookie(COOKIE, path="/")
        return response

    async def me(self, request: web.Request) -> web.Response:
        """Who is logged in, and the zone that the operator's times are read in."""
        session = await self._session(request)
        presence = await self._handoffs.presence(session.user)
        return web.json_response(
            {
                "user": session.user.as_json(),
                "csrf_token": session.csrf_token,
                "presence": presence.value,
                "timezone": self._services.zone.key,
            }
        )

    async def set_presence(self, request: web.Request) -> web.Response:
        """Go available, away or offline."""
        session = await self._session(request, "agent", "supervisor")
        body = await json_object(request)
        try:
            presence = Presence(body.get("status"))
        except ValueError as exc:
            raise BadRequest("status is available, away or offline.") from exc
        await self._handoffs.set_presence(session.user, presence)
        await self._router.route()
        return web.json_response({"status": presence.value})

    # -- queue and offers ----------------------------------------------------------------------------------------

    async def queue(self, request: web.Request) -> web.Response:
        """Who waits, in the order in which they will be offered."""
        await self._session(request, "agent", "supervisor")
        found = await self._handoffs.waiting()
        now = self._services.clock()
        return web.json_response(
            {
                "waiting": [
                    {
                        "conversation_id": handoff.conversation_id,
                        "reason_code": handoff.reason_code.value,
                        "language": handoff.language,
                        "priority": handoff.priority,
                        "requested_at": handoff.requested_at.isoformat(),
                        "waited_ms": int((now - handoff.requested_at).total_seconds() * 1000),
                        "summary": handoff.packet.get("summary"),
                        "customer": handoff.packet.get("customer"),
                    }
                    for handoff in found
                ],
                "on_duty": len(await self._handoffs.on_duty()),
            }
        )

    async def offers(self, request: web.Request) -> web.Response:
        """Open offers to me."""
        session = await self._session(request, "agent", "supervisor")
        return web.json_response([offer.as_json() for offer in await self._router.offers_to(session.user)])

    async def accept(self, request: web.Request) -> web.Response:
        """Take an offered chat."""
        session = await self._session(request, "agent", "supervisor")
        head = await self._router.accept(request.match_info["offer_id"], session.user)
        return web.json_response({"conversation_id": head.id})

    async def decline(self, request: web.Request) -> web.Response:
        """Leave an offered chat to somebody else."""
        session = await self._session(request, "agent", "supervisor")
        await self._router.decline(request.match_info["offer_id"], session.user)
        return web.json_response({"declined": True})

    async def take(self, request: web.Request) -> web.Response:
        """Take a waiting chat from the list."""
        session = await self._session(request, "agent", "supervisor")
        head = await self._router.take(request.match_info["id"], session.user)
        return web.json_response({"conversation_id": head.id})

    # -- conversations -------------------------------------------------------------------------------------------

    async def list(self, request: web.Request) -> web.Response:
        """Conversations by owner: `mine`, `queued`, `open`, `closed` or `all`."""
        session = await self._session(request, "agent", "supervisor")
        scope = request.query.get("scope", "mine")
        owners = {
            "mine": (Owner.agent,),
            "queued": (Owner.queued,),
            "open": (Owner.bot, Owner.queued, Owner.agent),
            "closed": (Owner.closed,),
            "all": (),
        }
        if scope not in owners:
            raise BadRequest(f"scope is one of {', '.join(owners)}.")
        mine = session.user.id if scope == "mine" else None
        heads = await self._store.heads(owners[scope], agent_id=mine, limit=_LIST_LIMIT)
        ids = list(dict.fromkeys(head.customer_id for head in heads if head.customer_id))
        # all at once: a slow back office holds the list up once, not for every row
        found = await asyncio.gather(*(answer_or_none(self._services.operator.customers.by_id(id_)) for id_ in ids))
        known = {customer.id: customer for customer in found if customer is not None}
        return web.json_response({"conversations": [await self._row(head, known) for head in heads]})

    async def _row(self, head: Conversation, known: Mapping[str, Customer]) -> dict[str, Any]:
        last = next(iter(await self._store.messages(head.id, max(0, head.last_seq - 1))), None)
        customer = known.get(head.customer_id or "")
        return {
            "conversation_id": head.id,
            "owner": head.owner.value,
            "agent_id": head.agent_id,
            "language": head.language,
            "updated_at": head.updated_at.isoformat(),
            "last_message": last.as_json() if last else None,
            "customer": {"id": customer.id, "name": {"zh": customer.name.zh, "en": customer.name.en}}
            if customer
            else None,
            "agent": await self._colleague(head.agent_id),
            **await self._waiting_facts(head),
        }

    async def _waiting_facts(self, head: Conversation) -> dict[str, Any]:
        """Why and since when a person is wanted; empty while the bot has it or after the end."""
        handoff = await self._handoffs.newest(head.id) if head.owner in (Owner.queued, Owner.agent) else None
        if handoff is None:
            return {}
        return {"reason_code": handoff.reason_code.value, "requested_at": handoff.requested_at.isoformat()}

    async def _colleague(self, user_id: str | None) -> dict[str, str | None] | None:
        """The name of somebody of the desk in both languages."""
        zh = await self._handoffs.agent_name(user_id, "zh")
        return {"zh": zh, "en": await self._handoffs.agent_name(user_id, "en")} if zh else None

    async def show(self, request: web.Request) -> web.Response:
        """One chat with all that is known: packet, transcript, customer, tickets, visits, notes."""
        session = await self._session(request, "agent", "supervisor")
        head = await self._store.head(request.match_info["id"])
        await self._store.record(session.user.username, "viewed", self._services.clock(), head.id, {})
        handoff = await self._handoffs.newest(head.id)
        services = self._services
        tickets = list(await services.tickets.for_conversation(head.id))
        visits = []
        if head.customer_id:
            known = {ticket.id for ticket in tickets}
            tickets += [
                t for t in await services.tickets.for_customer(head.customer_id, open_only=True) if t.id not in known
            ]
            visits = list(await services.appointments.for_customer(head.customer_id))
        return web.json_response(
            {
                "conversation_id": head.id,
                "language": head.language,
                "assurance_level": head.assurance.value,
                "state": (await self._conversations.state(head.id)).as_json(),
                "agent_id": head.agent_id,
                "agent": await self._colleague(head.agent_id),
                "packet": handoff.packet if handoff else None,
                "handoff": {"status": handoff.status.value, "disposition": handoff.disposition} if handoff else None,
                "messages": [message.as_json() for message in await self._store.messages(head.id)],
                "customer": await answer_or_none(self._customer(head.customer_id)),
                "tickets": [_ticket_facts(ticket) for ticket in tickets],
                "visits": [_visit_facts(visit) for visit in visits],
                "notes": [
                    {**note, "at": note["at"].isoformat(), "author": await self._colleague(note["author_id"])}
                    for note in await self._store.notes(head.id)
                ],
                "rating": await self._store.rating(head.id),
            }
        )

    async def _customer(self, customer_id: str | None) -> dict[str, Any] | None:
        customer = await self._services.operator.customers.by_id(customer_id) if customer_id else None
        if customer is None:
            return None
        return {
            "id": customer.id,
            "name": {"zh": customer.name.zh, "en": customer.name.en},
            "phone": customer.phone,
            "account_number": customer.account_number,
            "address": {"zh": customer.address.zh, "en": customer.address.en},
            "lines": [await self._line(line) for line in await self._services.operator.customers.lines(customer.id)],
        }

    async def _line(self, line: Line) -> dict[str, Any]:
        plan = await self._services.operator.catalogue.plan(line.plan_id)
        return {
            "id": line.id,
            "product": line.product,
            "number": line.number,
            "plan_id": line.plan_id,
            "plan": {"zh": plan.name.zh, "en": plan.name.en} if plan else None,
            "status": line.status,
        }

    async def download(self, request: web.Request) -> web.StreamResponse:
        """A file that the customer sent."""
        await self._session(request, "agent", "supervisor")
        item, path = await self._conversations.file(request.match_info["id"], request.match_info["attachment_id"])
        return web.FileResponse(path, headers=file_headers(item.mime))

    async def say(self, request: web.Request) -> web.Response:
        """Write to the customer."""
        session = await self._session(request, "agent", "supervisor")
        body = await json_object(request)
        client_msg_id = body.get("client_msg_id")
        if client_msg_id is not None and not isinstance(client_msg_id, str):
            raise BadRequest("client_msg_id is a string.")
        message = await self._handoffs.say(request.match_info["id"], session.user, client_msg_id, body.get("text"))
        return web.json_response({"message": message.as_json()}, status=201)

    async def note(self, request: web.Request) -> web.Response:
        """Leave a note that only the desk sees."""
        session = await self._session(request, "agent", "supervisor")
        text = _words((await json_object(request)).get("text"), "text", 4_000)
        if not text:
            raise BadRequest("text is the note's words.")
        head = await self._store.head(request.match_info["id"])
        note_id = await self._store.add_note(head.id, session.user.id, text, self._services.clock())
        await self._fanout.publish(DESK, {"type": "conversation", "conversation_id": head.id})
        return web.json_response({"id": note_id}, status=201)

    async def transfer(self, request: web.Request) -> web.Response:
        """Put my chat back into the queue for a colleague."""
        session = await self._session(request, "agent", "supervisor")
        note = _words((await json_object(request)).get("note"), "note", 4_000)
        head = await self._handoffs.transfer(request.match_info["id"], session.user, note)
        return web.json_response({"owner": head.owner.value})

    async def return_to_bot(self, request: web.Request) -> web.Response:
        """Give my chat back to the bot."""
        session = await self._session(request, "agent", "supervisor")
        summary = _words((await json_object(request)).get("summary"), "summary", _SUMMARY_LIMIT)
        head = await self._handoffs.return_to_bot(request.match_info["id"], session.user, summary)
        return web.json_response({"owner": head.owner.value})

    async def close(self, request: web.Request) -> web.Response:
        """End my chat with a disposition `{solved, intent, reason, note?}`."""
        session = await self._session(request, "agent", "supervisor")
        body = await json_object(request)
        given = body.get("disposition", body)
        if not isinstance(given, dict) or not isinstance(given.get("solved"), bool):
            raise BadRequest("A disposition is {solved: true or false, intent, reason, note?}.")
        disposition: dict[str, Any] = {"solved": given["solved"]}
        for name in ("intent", "reason"):
            disposition[name] = _words(given.get(name), name, 120)
            if not disposition[name]:
                raise BadRequest(f"The disposition lacks {name}.")
        disposition["note"] = _words(given.get("note"), "note", 4_000)
        head = await self._handoffs.close(request.match_info["id"], session.user, disposition)
        return web.json_response({"owner": head.owner.value})

    # -- live ----------------------------------------------------------------------------------------------------

    async def live(self, request: web.Request) -> web.StreamResponse:
        """Events for the console; `{"type": "watch", "conversation_id"}` also streams one chat's messages."""
        session = await self._session(request, "agent", "supervisor")
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

    async def _session(self, request: web.Request, *roles: str) -> Session:
        cookie = request.cookies.get(COOKIE, "")
        session = await self._accounts.session(cookie if cookie.isascii() else None)
        if roles and not session.user.may(*roles):
            raise Forbidden()
        if request.method not in ("GET", "HEAD"):
            given = request.headers.get("X-CSRF-Token", "")
            if not hmac.compare_digest(given.encode("utf-8", "replace"), session.csrf_token.encode()):
                raise Forbidden("Send the csrf_token of your log-in as X-CSRF-Token.")
        await self._handoffs.heard_of(session.user)
        return session


def _ticket_facts(ticket: Ticket) -> dict[str, Any]:
    """The customer's card of a ticket with what only the desk needs."""
    return {
        **ticket_json(ticket),
        "description": ticket.description,
        "priority": ticket.priority.value,
        "product": ticket.product,
        "created_at": ticket.created_at.isoformat(),
    }


def _visit_facts(visit: Appointment) -> dict[str, Any]:
    """The customer's card of a visit with where it is and who comes."""
    return {
        **appointment_json(visit),
        "address": visit.address,
        "product": visit.product,
        "technician": dict(visit.technician),
    }


def _words(value: object, name: str, limit: int) -> str | None:
    """A trimmed text, or None when nothing was sent.

    Raises:
        BadRequest: not a text, or too long.
    """
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > limit:
        raise BadRequest(f"{name} is a text of at most {limit} characters.")
    return value.strip() or None
