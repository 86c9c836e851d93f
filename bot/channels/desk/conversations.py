"""The desk's lists of conversations, and one conversation with all that is known."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.appointments.model import Appointment, appointment_json
from bot.channels.desk.session import BASE, SERVING, DeskSessions
from bot.channels.uploads import file_headers, uploaded
from bot.contracts import Conversation
from bot.conversations.service import ConversationService
from bot.conversations.store import ConversationStore
from bot.desk.inbox.model import ListQuery, Scope, Sort, read_cursor
from bot.desk.inbox.service import limit_of
from bot.desk.parts import DeskTools
from bot.desk.ratings.model import Rating, Subject
from bot.errors import BadRequest, Forbidden
from bot.handoff.model import User
from bot.handoff.parts import Floor
from bot.services import Services
from bot.tickets.model import Ticket, ticket_json

_FILTERS = ("group", "agent", "language", "reason", "product")


class ConversationsChannel:
    """Lists, one conversation, and its files."""

    def __init__(
        self,
        sessions: DeskSessions,
        desk: Floor,
        conversations: ConversationService,
        store: ConversationStore,
        services: Services,
        tools: DeskTools,
    ) -> None:
        self._sessions = sessions
        self._handoffs = desk.handoffs
        self._supervision = desk.supervision
        self._conversations = conversations
        self._store = store
        self._services = services
        self._tools = tools

    def add_routes(self, router: web.UrlDispatcher) -> None:
        one = BASE + "/conversations/{id}"
        router.add_get(BASE + "/conversations", self.page)
        router.add_get(one, self.show)
        router.add_post(one + "/attachments", self.upload)
        router.add_get(one + "/attachments/{attachment_id}", self.download)

    async def page(self, request: web.Request) -> web.Response:
        """Conversations of a scope that fit the filters and hold the words searched for, page by page."""
        session = await self._sessions.of(request, *SERVING)
        asked = request.query
        query = _list_query(session.user, asked)
        if query.scope is Scope.low_ratings and not session.user.may("supervisor"):
            raise Forbidden("Low ratings are for supervisors.")
        found = await self._tools.inbox.page(query, asked.get("q"))
        ids = [row.entry.head.id for row in found.rows]
        inside = await self._supervision.participants(ids, session.user)
        rows = [
            {**row.as_json(), "participants": inside.get(id_, [])} for id_, row in zip(ids, found.rows, strict=True)
        ]
        return web.json_response({"conversations": rows, "next": found.next, "total": found.total})

    async def show(self, request: web.Request) -> web.Response:
        """One chat with all that is known: packet, transcript, customer, tickets, visits, notes, draft, marks."""
        session = await self._sessions.of(request, *SERVING)
        head = await self._store.head(request.match_info["id"])
        tools, user = self._tools, session.user
        await tools.audit.record(user.username, "viewed", self._services.clock(), head.id, {})
        language = request.query.get("language", head.language)
        if language not in ("zh", "en"):
            raise BadRequest('language is "zh" or "en".')
        history = await self._handoffs.history(head.id)
        handoff = history[0] if history else None
        inside = await self._supervision.participants([head.id], user)
        notes = await tools.notes.of(head.id)
        names = await tools.inbox.names(
            [*{note.author_id for note in notes}, *([head.agent_id] if head.agent_id else [])]
        )
        rated = (await tools.rating_store.of([head.id])).get(head.id, {})
        tickets, visits = await self._records(head)
        body = {
            "conversation_id": head.id,
            "language": head.language,
            "assurance_level": head.assurance.value,
            "state": (await self._conversations.state(head.id)).as_json(),
            "agent_id": head.agent_id,
            "agent": names.get(head.agent_id or ""),
            "group": handoff.group_id if handoff else None,
            "packet": {**handoff.packet, "summary": self._handoffs.summary(handoff.packet, language)}
            if handoff
            else None,
            "packet_rating": await tools.rating_store.packet_rating(handoff.id) if handoff else None,
            "handoff": handoff.as_json() if handoff else None,
            "handoffs": [earlier.as_json() for earlier in history[1:]],
            "participants": inside.get(head.id, []),
            "whispers": await self._supervision.whispers(head.id),
            "messages": [message.as_json() for message in await self._store.messages(head.id)],
            "customer": await tools.profiles.header(head.customer_id),
            "tickets": [_ticket_facts(ticket) for ticket in tickets],
            "visits": [_visit_facts(visit) for visit in visits],
            "past": await tools.profiles.past(head.customer_id, without=head.id),
            "notes": [
                {
                    "id": note.id,
                    "author_id": note.author_id,
                    "author": names.get(note.author_id),
                    "at": note.at.isoformat(),
                    "text": note.text,
                }
                for note in notes
            ],
            "draft": await tools.marks.draft(head.id, user),
            "read": await tools.marks.marks(head.id),
            "viewers": await tools.inbox.viewers(head.id),
            **_ratings(rated),
        }
        return web.json_response(body)

    async def _records(self, head: Conversation) -> tuple[list[Ticket], list[Appointment]]:
        """Tickets of the chat and open ones of the customer; visits of the customer."""
        services = self._services
        tickets = list(await services.tickets.for_conversation(head.id))
        if not head.customer_id:
            return tickets, []
        known = {ticket.id for ticket in tickets}
        theirs = await services.tickets.for_customer(head.customer_id, open_only=True)
        tickets += [ticket for ticket in theirs if ticket.id not in known]
        return tickets, list(await services.appointments.for_customer(head.customer_id))

    async def upload(self, request: web.Request) -> web.Response:
        """Take one photo or PDF for the customer, multipart, at most 10 MB."""
        await self._sessions.of(request, *SERVING)
        head = await self._store.head(request.match_info["id"])
        name, body = await uploaded(request)
        item = await self._tools.files.upload(head.id, name, body)
        return web.json_response({"attachment_id": item.id, **item.as_json()}, status=201)

    async def download(self, request: web.Request) -> web.StreamResponse:
        """A file that the customer or an agent sent."""
        await self._sessions.of(request, *SERVING)
        item, path = await self._tools.files.file(request.match_info["id"], request.match_info["attachment_id"])
        return web.FileResponse(path, headers=file_headers(item.mime))


def _list_query(user: User, asked: Any) -> ListQuery:
    """What a list is asked for in the query.

    Raises:
        BadRequest: no such scope or order.
    """
    try:
        scope, sort = Scope(asked.get("scope", Scope.mine.value)), Sort(asked.get("sort", Sort.newest.value))
    except ValueError as exc:
        scopes, sorts = ", ".join(item.value for item in Scope), ", ".join(item.value for item in Sort)
        raise BadRequest(f"scope is one of {scopes}; sort is one of {sorts}.") from exc
    given = {name: asked.get(name) or None for name in _FILTERS}
    return ListQuery(
        scope,
        user.id,
        sort,
        groups=tuple(user.groups),
        group=given["group"],
        agent=given["agent"],
        language=given["language"],
        reason=given["reason"],
        product=given["product"],
        after=read_cursor(sort, asked.get("after")),
        limit=limit_of(asked.get("limit")),
    )


def _ratings(rated: dict[Subject, Rating]) -> dict[str, Any]:
    both = {subject.value: rated[subject].as_json() if subject in rated else None for subject in Subject}
    return {"ratings": both, "rating": both["agent"] or both["bot"]}


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
