"""The desk's lists of conversations, and one conversation with all that is known."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.appointments.model import Appointment, appointment_json
from bot.channels.desk.session import BASE, SERVING, DeskSessions
from bot.channels.rest import file_headers
from bot.contracts import Conversation, Owner
from bot.conversations.service import ConversationService
from bot.conversations.store import ConversationStore
from bot.errors import BadRequest
from bot.handoff.service import HandoffService
from bot.operator.patience import answer_or_none
from bot.operator.ports import Customer, Line
from bot.services import Services
from bot.tickets.model import Ticket, ticket_json

_LIST_LIMIT = 200


class ConversationsChannel:
    """Lists, one conversation, and its files."""

    def __init__(
        self,
        sessions: DeskSessions,
        handoffs: HandoffService,
        conversations: ConversationService,
        store: ConversationStore,
        services: Services,
    ) -> None:
        self._sessions = sessions
        self._handoffs = handoffs
        self._conversations = conversations
        self._store = store
        self._services = services

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(BASE + "/conversations", self.list)
        router.add_get(BASE + "/conversations/{id}", self.show)
        router.add_get(BASE + "/conversations/{id}/attachments/{attachment_id}", self.download)

    async def list(self, request: web.Request) -> web.Response:
        """Conversations by owner: `mine`, `queued`, `open`, `closed` or `all`."""
        session = await self._sessions.of(request, *SERVING)
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
        session = await self._sessions.of(request, *SERVING)
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
        await self._sessions.of(request, *SERVING)
        item, path = await self._conversations.file(request.match_info["id"], request.match_info["attachment_id"])
        return web.FileResponse(path, headers=file_headers(item.mime))


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
