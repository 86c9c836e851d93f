"""The whole case of a ticket: what every change answers with, and what the console shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aiohttp import web

from bot.audit.store import AuditStore
from bot.channels.desk_tickets.serialise import (
    Name,
    actions_of,
    complaint_json,
    line_json,
    link_json,
    reading_json,
    visit_json,
    whole_ticket,
)
from bot.conversations.fanout import DESK, Fanout
from bot.handoff.service import HandoffService
from bot.operator.patience import answer_or_none
from bot.operator.ports import Customer
from bot.services import Services
from bot.tickets.explain import explain
from bot.tickets.lists.readings import readings
from bot.tickets.model import HistoryEntry, Ticket, TicketNotFound, TicketType

LANGUAGES = ("zh", "en")
_LINES = 100
_VISITS = 50


class CaseReader:
    """Puts a case together from the services."""

    def __init__(self, services: Services, handoffs: HandoffService, audit: AuditStore, fanout: Fanout) -> None:
        self._services = services
        self._handoffs = handoffs
        self._audit = audit
        self._fanout = fanout

    async def found(self, request: web.Request) -> Ticket:
        """The ticket that an address names.

        Raises:
            TicketNotFound: there is none.
        """
        ticket = await self._services.tickets.get(request.match_info["id"])
        if ticket is None:
            raise TicketNotFound()
        return ticket

    async def changed(self, ticket_id: str, *, status: int = 200) -> web.Response:
        """Answer with the case as it is now, and tell open consoles of it."""
        ticket = await self._services.tickets.get(ticket_id)
        if ticket is None:
            raise TicketNotFound()
        await self._fanout.publish(
            DESK,
            {
                "type": "ticket",
                "ticket_id": ticket.id,
                "status": ticket.status.value,
                "group_id": ticket.group_id,
                "assignee_id": ticket.assignee_id,
                "version": ticket.version,
            },
        )
        return web.json_response(await self.case(ticket), status=status)

    async def viewed(self, username: str, ticket: Ticket, action: str = "ticket_viewed") -> None:
        """Leave a line in the audit."""
        now = self._services.clock()
        await self._audit.record(username, action, now, ticket.conversation_id, {}, subject_id=ticket.id)

    async def case(self, ticket: Ticket) -> dict[str, Any]:
        services, now = self._services, self._services.clock()
        history = await services.tickets.history(ticket.id)
        archived = not await services.tickets.is_live(ticket.id)
        links = (await services.links.of(ticket.id)).get(ticket.id, ())
        newest = history[-_LINES:]
        visits, _ = await services.appointments.list_page({"ticket_id": ticket.id}, 0, _VISITS)
        customer = None
        if ticket.customer_id is not None:
            customer = await answer_or_none(services.operator.customers.by_id(ticket.customer_id))
        planner, wording = services.tickets.planner, services.wording
        names = await self.names([ticket.assignee_id])
        return {
            "ticket": whole_ticket(ticket, names.get(ticket.assignee_id or ""), now, archived=archived),
            "actions": actions_of(ticket, archived=archived),
            "clocks": [reading_json(item) for item in readings(ticket, history, planner, now)],
            "explanation": {language: list(explain(ticket, planner, wording, language)) for language in LANGUAGES},
            "history": await self.lines(reversed(newest)),
            "history_total": len(history),
            "links": [link_json(link) for link in links],
            "complaint": await self._complaint(ticket),
            "visits": [visit_json(visit) for visit in visits],
            "customer": _customer_json(customer),
        }

    async def lines(self, entries: Iterable[HistoryEntry]) -> list[dict[str, Any]]:
        """Lines of a history with the names of those of the desk."""
        lines = list(entries)
        names = await self.names([line.author for line in lines])
        return [line_json(line, names.get(line.author)) for line in lines]

    async def names(self, ids: Iterable[str | None]) -> dict[str, Name]:
        """The names of people of the desk, by id; others are not there."""
        found: dict[str, Name] = {}
        for user_id in {item for item in ids if item}:
            zh = await self._handoffs.agent_name(user_id, "zh")
            if zh is not None:
                found[user_id] = {"zh": zh, "en": await self._handoffs.agent_name(user_id, "en") or zh}
        return found

    async def _complaint(self, ticket: Ticket) -> dict[str, Any] | None:
        if ticket.ticket_type is not TicketType.complaint:
            return None
        complaints = self._services.complaints
        found = await complaints.get(ticket.id)
        return complaint_json(found, ticket.root_cause, complaints.missing(ticket, found)) if found else None


def _customer_json(customer: Customer | None) -> dict[str, Any] | None:
    if customer is None:
        return None
    return {
        "id": customer.id,
        "name": {"zh": customer.name.zh, "en": customer.name.en},
        "phone": customer.phone,
        "address": {"zh": customer.address.zh, "en": customer.address.en},
        "area": customer.area,
        "customer_class": customer.customer_class,
    }
