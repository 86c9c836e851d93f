"""The TM Forum base path: which call goes where, and which scope it needs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from aiohttp import web

from bot.appointments.service import AppointmentService
from bot.channels.tmf.keys import (
    APPOINTMENT_READ,
    APPOINTMENT_WRITE,
    INTERACTION_READ,
    PROBLEM_READ,
    TICKET_READ,
    TICKET_WRITE,
    ApiKey,
    ApiKeys,
)
from bot.channels.tmf.query import Handler, tmf_errors
from bot.channels.tmf.records import InteractionRoutes, ProblemRoutes
from bot.channels.tmf.serialise import (
    APPOINTMENT_PATH,
    INTERACTION_PATH,
    PROBLEM_PATH,
    SLOT_PATH,
    TICKET_PATH,
    Address,
)
from bot.channels.tmf.store import InteractionStore
from bot.channels.tmf.tickets import TicketRoutes
from bot.channels.tmf.visits import AppointmentRoutes
from bot.conversations.store import ConversationStore
from bot.database import Database
from bot.operator.ports import OperatorPorts
from bot.tickets.service import TicketService

BASE_PATH = "/tmf-api"

KeyedHandler = Callable[[web.Request, ApiKey], Awaitable[web.StreamResponse]]


def add_tmf_routes(
    app: web.Application,
    *,
    tickets: TicketService,
    appointments: AppointmentService,
    conversations: ConversationStore,
    database: Database,
    operator: OperatorPorts,
    data_dir: Path,
    clock: Callable[[], datetime],
    base_url: str | None = None,
) -> None:
    """Serve `/tmf-api/…` as an application of its own below `app`, with TM Forum's error bodies.

    Args:
        database: to count conversations.
        data_dir: where the API keys lie.
        base_url: where this service is seen from, such as `https://care.example`; every `href` begins with it. None:
            the address that the caller used.
    """
    address, keys = Address(base_url), ApiKeys(data_dir)
    interactions = InteractionStore(database, conversations)
    ticket = TicketRoutes(tickets, address)
    visit = AppointmentRoutes(appointments, tickets, operator, address, clock)
    interaction = InteractionRoutes(interactions, tickets, appointments, address)
    problem = ProblemRoutes(operator, tickets, address)

    below = web.Application(middlewares=[tmf_errors])

    def serve(method: str, path: str, scope: str, handler: KeyedHandler) -> None:
        below.router.add_route(method, path.removeprefix(BASE_PATH), _guarded(keys, scope, handler))

    one = "/{id}"
    serve("GET", TICKET_PATH, TICKET_READ, ticket.find)
    serve("POST", TICKET_PATH, TICKET_WRITE, ticket.create)
    serve("GET", TICKET_PATH + one, TICKET_READ, ticket.get)
    serve("PATCH", TICKET_PATH + one, TICKET_WRITE, ticket.change)
    serve("GET", APPOINTMENT_PATH, APPOINTMENT_READ, visit.find)
    serve("POST", APPOINTMENT_PATH, APPOINTMENT_WRITE, visit.create)
    serve("GET", APPOINTMENT_PATH + one, APPOINTMENT_READ, visit.get)
    serve("PATCH", APPOINTMENT_PATH + one, APPOINTMENT_WRITE, visit.change)
    serve("POST", SLOT_PATH, APPOINTMENT_READ, visit.search)
    serve("GET", SLOT_PATH + one, APPOINTMENT_READ, visit.searched)
    serve("GET", INTERACTION_PATH, INTERACTION_READ, interaction.find)
    serve("GET", INTERACTION_PATH + one, INTERACTION_READ, interaction.get)
    serve("GET", PROBLEM_PATH, PROBLEM_READ, problem.find)
    serve("GET", PROBLEM_PATH + one, PROBLEM_READ, problem.get)
    app.add_subapp(BASE_PATH, below)


def _guarded(keys: ApiKeys, scope: str, handler: KeyedHandler) -> Handler:
    async def run(request: web.Request) -> web.StreamResponse:
        return await handler(request, keys.check(request.headers.get("Authorization"), scope))

    return run
