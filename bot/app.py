"""Wiring, nothing else: `create_app(settings)` opens what is needed, in order, and closes it in reverse."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog
from aiohttp import WSCloseCode, web
from redis.asyncio import Redis

from actions import build_actions
from bot.appointments.care import VisitCare
from bot.assistant.served import ServedModels, load_assistant
from bot.assistant.tracker_store import SqlTrackerStore
from bot.assistant.welcome import welcome_of
from bot.background import one_at_a_time
from bot.channels.chatwoot import ChatwootChannel
from bot.channels.demo import DemoChannel
from bot.channels.desk import add_desk_routes
from bot.channels.desk.session import DeskSessions
from bot.channels.desk_tickets import add_desk_ticket_routes
from bot.channels.errors import errors_middleware
from bot.channels.exchange import DeliveryChannel, build_exchange
from bot.channels.openapi import add_openapi_routes
from bot.channels.operations import OperationsChannel
from bot.channels.pages import add_page_routes
from bot.channels.rest import RestChannel
from bot.channels.socket import SocketChannel
from bot.channels.tmf.routes import add_tmf_routes
from bot.channels.training import add_training_routes
from bot.channels.training.trying import TryingChannel
from bot.channels.waiting import WaitingChannel
from bot.conversations.attachments.service import AttachmentService
from bot.conversations.attachments.store import AttachmentStore
from bot.conversations.fanout import Fanout
from bot.conversations.locks import TurnLocks
from bot.conversations.service import ConversationService
from bot.conversations.store import ConversationStore
from bot.conversations.turns import TurnRunner
from bot.database import Database
from bot.desk.cards import Cards
from bot.desk.macros.service import load_macros
from bot.desk.parts import build_desk_tools
from bot.handoff.desks.build import build_desk
from bot.handoff.desks.chatwoot.desk import ChatwootDesk
from bot.handoff.parts import DeskFiles, build_floor
from bot.handoff.people.accounts import DeskAccounts
from bot.handoff.service import HandoffService
from bot.housekeeping import Housekeeping
from bot.notices.service import NoticeService
from bot.operator.demo.identity import demo_identity
from bot.operator.demo.store import DemoStore, SmsOutbox
from bot.outages.service import OutageService
from bot.outages.store import OutageStore
from bot.resources import Listeners, build_operator, build_services, open_redis, renewed_files, utc_now
from bot.secret_files import kept_secret
from bot.services import Services
from bot.settings import ROOT, Settings
from bot.tickets.loop.service import TicketLoop
from bot.training.changeover import ChangeOver
from bot.training.jobs.order import Limits
from bot.training.registry import model_to_start
from bot.training.trying.service import build_trying
from bot.training.workbench import build_workbench

log = structlog.get_logger(__name__)

SETTINGS = web.AppKey("SETTINGS", Settings)
DATABASE = web.AppKey("DATABASE", Database)
REDIS = web.AppKey("REDIS", Redis)
SERVICES = web.AppKey("SERVICES", Services)
#: the largest body is an upload of 10 MB in its multipart clothes
_BODY_LIMIT_BYTES = 11 * 1024 * 1024


@dataclass(frozen=True)
class Parts:
    """What tests and the command line reach into a running service for."""

    store: ConversationStore
    conversations: ConversationService
    handoffs: HandoffService
    models: ServedModels
    turns: TurnRunner


PARTS = web.AppKey("PARTS", Parts)


def create_app(settings: Settings, redis_url: str) -> web.Application:
    """Build the service. Connections are made when it starts; the model is loaded here.

    Args:
        redis_url: of a running Redis (`bot/__main__.py` starts an embedded one when the settings name none).

    Raises:
        ModelMissing: no trained model serves.
        SettingsError: a setting or a data file is wrong; the message says which.
    """
    app = web.Application(middlewares=[errors_middleware], client_max_size=_BODY_LIMIT_BYTES)
    database, redis = Database(settings.sql_url, shared=settings.workers > 1), open_redis(redis_url)
    fanout = Fanout(redis, settings.workers > 1)
    sockets: set[web.WebSocketResponse] = set()
    identity = demo_identity(
        settings.data_dir,
        issuer=settings.identity_issuer,
        audience=settings.identity_audience,
        secret=settings.identity_secret,
    )
    operator = build_operator(settings, database, redis)
    exchange = build_exchange(settings, database, utc_now)
    events = exchange.events
    listeners = Listeners(ticket=events.ticket, visit=events.appointment)
    services = build_services(settings, database, redis, operator, identity.secret, listeners)
    store = ConversationStore(database, events.conversation)
    memory = SqlTrackerStore(None, store=store)
    model = Path(settings.model) if settings.model else model_to_start(settings.models_dir)
    load = partial(
        load_assistant, memory=memory, actions=build_actions(services), action_timeout_s=settings.action_timeout_s
    )
    served = ServedModels(memory, load(model))
    groups = Path(settings.desk_groups) if settings.desk_groups else settings.data_files / "desk" / "groups.yml"
    desk_files = DeskFiles(groups, settings.data_files / "desk" / "waiting.yml")
    shared = settings.workers > 1
    floor = build_floor(database, redis, services, store, fanout, served.forget, desk_files, shared=shared)
    handoffs, router = floor.handoffs, floor.router
    files = AttachmentService(AttachmentStore(database), settings.data_dir / "uploads", utc_now)
    tools = build_desk_tools(
        database, redis, services, store, floor.people, floor.notes, handoffs, fanout, files, served.forget
    )
    locks = TurnLocks(redis, settings.workers > 1)
    limits = Limits(settings.training_memory_mb, settings.training_nice)
    change_over = ChangeOver(
        settings.models_dir,
        served,
        load,
        partial(renewed_files, settings, services),
        fanout,
        settings.data_dir / "models.lock",
        utc_now,
    )
    workbench = build_workbench(
        ROOT,
        settings.data_dir,
        settings.models_dir,
        database,
        utc_now,
        limits,
        settings.data_files,
        model if settings.model else None,
        change_over,
        settings.log_level,
    )
    told, trying = workbench.turn, build_trying(settings, redis, utc_now)
    turns = TurnRunner(database, store, served, handoffs, floor.waiting, fanout, locks, utc_now, told)
    conversations = ConversationService(
        store,
        turns,
        handoffs,
        services.identity,
        operator,
        fanout,
        redis,
        services.wording,
        utc_now,
        kept_secret(settings.data_dir, "tokens.secret"),
        settings.conversation_token_ttl_s,
        files,
        tools.marks,
        tools.ratings,
        tools.identity,
        locks,
        served.forget,
    )
    accounts = DeskAccounts(floor.people, redis, utc_now)
    desk = build_desk(
        settings,
        database=database,
        router=router,
        handoff_store=floor.store,
        people=floor.people,
        handoffs=handoffs,
        supervision=floor.supervision,
        notes=floor.notes,
        store=store,
        files=files,
        fanout=fanout,
        wording=services.wording,
        outbox=exchange.outbox,
        deliverer=exchange.deliverer,
        clock=utc_now,
    )
    notices = NoticeService(database, store, fanout, locks, operator, services.wording, utc_now, served.forget)
    outages = OutageService(
        OutageStore(database, settings.zone, events.outage), services.tickets, operator, services.wording, utc_now
    )
    care = VisitCare(services.appointments, services.tickets, notices, services.wording, settings.zone, utc_now)
    loop = TicketLoop(services.tickets, notices, services.wording, utc_now)
    rounds: list[Callable[[], Awaitable[object]]] = [
        partial(outages.tidy, notices),
        care.tidy,
        loop.tidy,
        tools.directory.tidy,
        workbench.versions.tidy,
        workbench.tidy,
    ]
    housekeeping = Housekeeping(services, database, settings, rounds)
    origins = frozenset(item.strip() for item in settings.allowed_origins.split(",") if item.strip())

    RestChannel(conversations, files, tools.ratings, lambda: welcome_of(served.serving.responses)).add_routes(
        app.router
    )
    SocketChannel(conversations, origins, sockets).add_routes(app.router)
    WaitingChannel(conversations, floor.choices).add_routes(app.router)
    sessions, cards = DeskSessions(accounts, handoffs.duty), Cards(notices, services.wording)
    add_desk_routes(app.router, sessions, accounts, floor, conversations, store, services, tools, fanout, sockets)
    add_desk_ticket_routes(app.router, sessions, handoffs, services, outages, loop, care, tools.audit, fanout, cards)
    add_training_routes(app.router, sessions, workbench)
    TryingChannel(sessions, trying).add_routes(app.router)
    add_tmf_routes(
        app,
        tickets=services.tickets,
        belongings=services.links,
        archive=services.archive,
        loop=loop,
        appointments=services.appointments,
        care=care,
        outages=outages,
        notices=notices,
        conversations=store,
        database=database,
        operator=operator,
        api_keys=exchange.api_keys,
        hubs=exchange.hubs,
        events=events,
        tails=exchange.tails,
        clock=utc_now,
        base_url=settings.public_url or None,
    )
    DeliveryChannel(exchange.hubs, exchange.api_keys).add_routes(app.router)
    operations = OperationsChannel(
        database,
        redis,
        lambda: served.serving.name,
        lambda: [*services.tickets.warnings(), *change_over.warnings],
        desk.state,
    )
    operations.add_routes(app.router)
    if isinstance(desk, ChatwootDesk):
        ChatwootChannel(desk, settings.chatwoot_webhook_secret, locks, utc_now).add_routes(app.router)
    is_demo = settings.operator == "demo"
    if is_demo:
        DemoChannel(DemoStore(database), SmsOutbox(redis), identity, conversations, utc_now).add_routes(app.router)
    add_page_routes(app.router, demo=is_demo)
    add_openapi_routes(app)

    async def running(_app: web.Application) -> AsyncIterator[None]:
        try:
            await redis.ping()  # fail at start-up, not on a customer
            if is_demo:
                await housekeeping.tidy()
                async with one_at_a_time(settings.data_dir / "accounts.lock"):
                    await accounts.ensure_demo(settings.data_dir)
                    await tools.macros.put_first(load_macros(settings.data_files / "desk" / "macros.yml"))
            await served.serving.warm_up(utc_now())
            fanout.start()
            if not settings.model:
                change_over.start()
            turns.start(settings.turn_timeout_s, settings.sweep_after_s)
            await desk.start()
            floor.watch.start()
            await workbench.start()
            housekeeping.start()
            exchange.deliverer.start()
            if services.mirror is not None:
                services.mirror.start()
            log.info("service.ready", model=model.name)
            yield
        finally:
            for socket in list(sockets):
                await socket.close(code=WSCloseCode.GOING_AWAY)
            await trying.close()
            if services.mirror is not None:
                await services.mirror.stop()
            await exchange.deliverer.stop()
            await housekeeping.stop()
            await change_over.stop()
            await workbench.stop()
            await desk.stop()
            await floor.watch.stop()
            await turns.stop()
            await fanout.stop()
            if operator.close is not None:
                await operator.close()
            await redis.aclose()
            await database.close()

    app[SETTINGS], app[DATABASE], app[REDIS], app[SERVICES] = settings, database, redis, services
    app[PARTS] = Parts(store, conversations, handoffs, served, turns)
    app.cleanup_ctx.append(running)
    return app
