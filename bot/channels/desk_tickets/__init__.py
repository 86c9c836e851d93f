"""The desk's tickets, complaints and archive, below `/api/v1/desk`; the contract is docs/desk_tickets.md."""

from __future__ import annotations

from aiohttp import web

from bot.appointments.care import VisitCare
from bot.audit.store import AuditStore
from bot.channels.desk.session import DeskSessions
from bot.channels.desk_tickets.archive import ArchiveChannel
from bot.channels.desk_tickets.cases import CaseReader
from bot.channels.desk_tickets.complaints import ComplaintChannel
from bot.channels.desk_tickets.lists import ListChannel
from bot.channels.desk_tickets.visits import VisitChannel
from bot.channels.desk_tickets.work import WorkChannel
from bot.conversations.fanout import Fanout
from bot.desk.cards import Cards
from bot.handoff.service import HandoffService
from bot.outages.service import OutageService
from bot.services import Services
from bot.tickets.loop.service import TicketLoop


def add_desk_ticket_routes(
    router: web.UrlDispatcher,
    sessions: DeskSessions,
    handoffs: HandoffService,
    services: Services,
    outages: OutageService,
    loop: TicketLoop,
    care: VisitCare,
    audit: AuditStore,
    fanout: Fanout,
    cards: Cards,
) -> None:
    """Everything that the console asks for about tickets."""
    cases = CaseReader(services, handoffs, audit, fanout)
    ListChannel(sessions, services, cases).add_routes(router)  # before the case: its addresses look like numbers
    ArchiveChannel(sessions, services, audit).add_routes(router)
    WorkChannel(sessions, handoffs, services, outages, loop, cases, cards).add_routes(router)
    ComplaintChannel(sessions, services, cases).add_routes(router)
    VisitChannel(sessions, services, care, cases).add_routes(router)
