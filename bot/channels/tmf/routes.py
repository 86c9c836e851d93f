"""The TM Forum base path: which call goes where, and which scope it needs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import wraps

from aiohttp import web

from bot.appointments.care import VisitCare
from bot.appointments.service import AppointmentService
from bot.channels.tmf import keys
from bot.channels.tmf.attributes import EVENTS
from bot.channels.tmf.events import TmfEvents
from bot.channels.tmf.hub import HubRoutes
from bot.channels.tmf.interactions import InteractionRoutes
from bot.channels.tmf.keys import ApiKey, ApiKeys
from bot.channels.tmf.offered import MESSAGE_PATH, TEST_PATH, OfferedRoutes
from bot.channels.tmf.places import PlaceFinder
from bot.channels.tmf.problems import ProblemRoutes
from bot.channels.tmf.query import Handler, tmf_errors
from bot.channels.tmf.references import (
    APPOINTMENT_PATH,
    CUSTOMER_PATH,
    INTERACTION_PATH,
    PROBLEM_PATH,
    SLOT_PATH,
    TICKET_PATH,
    Address,
)
from bot.channels.tmf.slots import SlotRoutes
from bot.channels.tmf.store import HistoryTails, InteractionStore, RecordStore
from bot.channels.tmf.tickets import TicketRoutes
from bot.channels.tmf.visits import AppointmentRoutes
from bot.conversations.store import ConversationStore
from bot.database import Database
from bot.notices.service import NoticeService
from bot.operator.ports import OperatorPorts
from bot.outages.service import OutageService
from bot.outbox.service import HubService
from bot.tickets.archive.service import ArchiveService
from bot.tickets.links.service import TicketLinks
from bot.tickets.loop.service import TicketLoop
from bot.tickets.service import TicketService

BASE_PATH = "/tmf-api"
_ONE = "/{id}"
#: API → scope that its events need
_HUB_SCOPES = {
    "troubleTicket": keys.TICKET_READ,
    "appointment": keys.APPOINTMENT_READ,
    "partyInteraction": keys.INTERACTION_READ,
    "serviceProblemManagement": keys.PROBLEM_READ,
}

KeyedHandler = Callable[[web.Request, ApiKey], Awaitable[web.StreamResponse]]


def add_tmf_routes(
    app: web.Application,
    *,
    tickets: TicketService,
    belongings: TicketLinks,
    archive: ArchiveService,
    loop: TicketLoop,
    appointments: AppointmentService,
    care: VisitCare,
    outages: OutageService,
    notices: NoticeService,
    conversations: ConversationStore,
    database: Database,
    operator: OperatorPorts,
    api_keys: ApiKeys,
    hubs: HubService,
    events: TmfEvents,
    tails: HistoryTails,
    clock: Callable[[], datetime],
    base_url: str | None = None,
) -> None:
    """Serve `/tmf-api/…` as an application of its own below `app`, with TM Forum's error bodies.

    Args:
        database: for what only this channel reads and writes.
        base_url: where this service is seen from, such as `https://care.example`; every `href` begins with it. None:
            the address that the caller used.
    """
    address, records = Address(base_url), RecordStore(database, tails.zone)
    interactions, places = InteractionStore(database, conversations), PlaceFinder(tickets, operator)
    ticket = TicketRoutes(tickets, belongings, archive, loop, outages, tails, address)
    visit = AppointmentRoutes(appointments, care, places, address)
    slot = SlotRoutes(appointments, places, records, events, address, clock)
    interaction = InteractionRoutes(interactions, records, tickets, appointments, events, address, clock)
    problem = ProblemRoutes(outages, notices, tickets, operator, address, clock)

    below = web.Application(middlewares=[tmf_errors])

    def serve(method: str, path: str, scope: str, handler: KeyedHandler) -> None:
        below.router.add_route(method, path.removeprefix(BASE_PATH), _guarded(api_keys, scope, handler))

    serve("GET", TICKET_PATH, keys.TICKET_READ, ticket.find)
    serve("POST", TICKET_PATH, keys.TICKET_WRITE, ticket.create)
    serve("GET", TICKET_PATH + _ONE, keys.TICKET_READ, ticket.get)
    serve("PATCH", TICKET_PATH + _ONE, keys.TICKET_WRITE, ticket.change)
    serve("DELETE", TICKET_PATH + _ONE, keys.TICKET_WRITE, ticket.remove)
    serve("GET", APPOINTMENT_PATH, keys.APPOINTMENT_READ, visit.find)
    serve("POST", APPOINTMENT_PATH, keys.APPOINTMENT_WRITE, visit.create)
    serve("GET", APPOINTMENT_PATH + _ONE, keys.APPOINTMENT_READ, visit.get)
    serve("PATCH", APPOINTMENT_PATH + _ONE, keys.APPOINTMENT_WRITE, visit.change)
    serve("DELETE", APPOINTMENT_PATH + _ONE, keys.APPOINTMENT_WRITE, visit.remove)
    serve("GET", SLOT_PATH, keys.APPOINTMENT_READ, slot.find)
    serve("POST", SLOT_PATH, keys.APPOINTMENT_READ, slot.search)
    serve("GET", SLOT_PATH + _ONE, keys.APPOINTMENT_READ, slot.get)
    serve("PATCH", SLOT_PATH + _ONE, keys.APPOINTMENT_READ, slot.change)
    serve("DELETE", SLOT_PATH + _ONE, keys.APPOINTMENT_READ, slot.remove)
    serve("GET", INTERACTION_PATH, keys.INTERACTION_READ, interaction.find)
    serve("POST", INTERACTION_PATH, keys.INTERACTION_WRITE, interaction.create)
    serve("GET", INTERACTION_PATH + _ONE, keys.INTERACTION_READ, interaction.get)
    serve("GET", INTERACTION_PATH + _ONE + "/transcript", keys.INTERACTION_READ, interaction.transcript)
    serve("PATCH", INTERACTION_PATH + _ONE, keys.INTERACTION_WRITE, interaction.change)
    serve("DELETE", INTERACTION_PATH + _ONE, keys.INTERACTION_WRITE, interaction.remove)
    serve("GET", PROBLEM_PATH, keys.PROBLEM_READ, problem.find)
    serve("POST", PROBLEM_PATH, keys.PROBLEM_WRITE, problem.create)
    serve("GET", PROBLEM_PATH + _ONE, keys.PROBLEM_READ, problem.get)
    serve("PATCH", PROBLEM_PATH + _ONE, keys.PROBLEM_WRITE, problem.change)
    serve("DELETE", PROBLEM_PATH + _ONE, keys.PROBLEM_WRITE, problem.remove)
    base = PROBLEM_PATH.rsplit("/", 1)[0]
    serve("GET", f"{base}/serviceProblemEventRecord", keys.PROBLEM_READ, problem.records)
    serve("GET", f"{base}/serviceProblemEventRecord{_ONE}", keys.PROBLEM_READ, problem.record)
    serve("POST", f"{base}/problemAcknowledgement", keys.PROBLEM_WRITE, problem.acknowledge)
    serve("POST", f"{base}/problemUnacknowledgement", keys.PROBLEM_WRITE, problem.unacknowledge)
    serve("POST", f"{base}/problemGroup", keys.PROBLEM_WRITE, problem.group)
    serve("POST", f"{base}/problemUngroup", keys.PROBLEM_WRITE, problem.ungroup)
    offered = OfferedRoutes(operator, records, address, clock)
    serve("GET", CUSTOMER_PATH, keys.CUSTOMER_READ, offered.customers)
    serve("GET", CUSTOMER_PATH + _ONE, keys.CUSTOMER_READ, offered.customer)
    serve("POST", TEST_PATH, keys.TEST_WRITE, offered.test)
    serve("GET", TEST_PATH, keys.TEST_WRITE, offered.tests)
    serve("GET", TEST_PATH + _ONE, keys.TEST_WRITE, offered.one_test)
    serve("POST", MESSAGE_PATH, keys.MESSAGE_WRITE, offered.send)
    serve("GET", MESSAGE_PATH + _ONE, keys.MESSAGE_WRITE, offered.message)
    for api in EVENTS:
        hub = HubRoutes(api, hubs, address)
        serve("POST", f"{BASE_PATH}/{api}/v4/hub", _HUB_SCOPES[api], hub.subscribe)
        serve("DELETE", f"{BASE_PATH}/{api}/v4/hub{_ONE}", _HUB_SCOPES[api], hub.unsubscribe)
    app.add_subapp(BASE_PATH, below)


def _guarded(api_keys: ApiKeys, scope: str, handler: KeyedHandler) -> Handler:
    @wraps(handler)
    async def run(request: web.Request) -> web.StreamResponse:
        return await handler(request, api_keys.check(request.headers.get("Authorization"), scope))

    return run
