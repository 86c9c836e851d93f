"""Opened things: database, Redis, services. Each has one opener; the wiring in `bot/app.py` closes them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache

from redis.asyncio import BlockingConnectionPool, Redis
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.appointments.elsewhere import VisitsElsewhere
from bot.appointments.model import Technicians, technicians_from
from bot.appointments.service import AppointmentService
from bot.appointments.store import AppointmentStore, OnVisitChange
from bot.assistant.nlu.meaning import shared_encoder
from bot.customers.service import IdentityService
from bot.database import Database
from bot.errors import SettingsError
from bot.knowledge.service import KnowledgeService
from bot.knowledge.store import load_articles, load_questions
from bot.operator.demo.operator import demo_operator
from bot.operator.ports import OperatorPorts
from bot.operator.remembered import remembered
from bot.operator.tmforum.operator import Sessions, api_urls, tmforum_operator
from bot.policies.rules import load_policies
from bot.redis_server import EmbeddedRedis
from bot.secret_files import kept_secret
from bot.services import Services
from bot.settings import ROOT, Settings
from bot.tickets.about import CustomerFacts
from bot.tickets.archive.service import ArchiveService
from bot.tickets.archive.store import ArchiveStore
from bot.tickets.complaints.service import ComplaintService
from bot.tickets.elsewhere.sender import TicketSender
from bot.tickets.elsewhere.service import TicketMirror
from bot.tickets.elsewhere.store import OperatorTicketStore
from bot.tickets.links.service import TicketLinks
from bot.tickets.model import Ticket
from bot.tickets.service import TicketService
from bot.tickets.store import OnTicketChange, TicketStore
from bot.tickets.tables import shipped_tables
from bot.training.examples import LabelledExamples
from bot.training.store import LabelledExampleStore
from bot.wording import Wording
from bot.yaml_files import yaml_mapping

DATA = ROOT / "data"
_REDIS_TIMEOUT_S = 5.0
_REDIS_CONNECTIONS = 64


def utc_now() -> datetime:
    """The clock of the service."""
    return datetime.now(timezone.utc)


def open_redis(url: str) -> Redis:
    """A client with time limits, so that a hung Redis hangs nobody.

    Hundreds may ask at the same moment, such as the pings of all consoles: who finds no connection free waits for one.
    """
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=_REDIS_CONNECTIONS,
        timeout=_REDIS_TIMEOUT_S,
        socket_timeout=_REDIS_TIMEOUT_S,
        socket_connect_timeout=_REDIS_TIMEOUT_S,
        decode_responses=True,
    )
    return Redis.from_pool(pool)


def build_operator(settings: Settings, database: Database, redis: Redis) -> OperatorPorts:
    """The operator's systems that the settings name.

    Raises:
        SettingsError: nobody has written a port for that operator.
    """
    if settings.operator == "tmforum":
        urls = api_urls(settings.tmf_url, settings.tmf_urls)
        return remembered(tmforum_operator(urls, settings.tmf_token, Sessions(), clock=utc_now))
    if settings.operator != "demo":
        raise SettingsError(f"FRONTLINE_OPERATOR is {settings.operator!r}. Choose demo or tmforum.")
    return remembered(demo_operator(database, redis, clock=utc_now, zone=settings.zone))


@dataclass(frozen=True)
class Listeners:
    """Who is told of changes, in the transactions that make them."""

    ticket: OnTicketChange | None = None
    visit: OnVisitChange | None = None


def build_services(
    settings: Settings,
    database: Database,
    redis: Redis,
    operator: OperatorPorts,
    secret: str,
    listeners: Listeners | None = None,
) -> Services:
    """Everything that actions may call."""
    told = listeners or Listeners()
    policies = load_policies(settings.data_files / "policies")
    articles = _articles(settings)
    sender = None
    if operator.tickets is not None:
        sender = TicketSender(OperatorTicketStore(database), operator.tickets, utc_now)
    ticket_store = TicketStore(database, settings.zone, _both(told.ticket, sender.changed if sender else None))
    tickets = TicketService(
        ticket_store,
        policies,
        clock=utc_now,
        about=CustomerFacts(operator),
        tables=shipped_tables(settings.zone, settings.data_files / "policies"),
        elsewhere=sender,
    )
    mirror = None
    if sender is not None and operator.tickets is not None:
        mirror = TicketMirror(tickets, sender, operator.tickets, utc_now, settings.operator_sync_s)
    return Services(
        operator=operator,
        tickets=tickets,
        links=TicketLinks(ticket_store, utc_now),
        complaints=ComplaintService(tickets, ticket_store, utc_now),
        archive=ArchiveService(tickets, ArchiveStore(ticket_store), utc_now),
        mirror=mirror,
        appointments=_visits(settings, database, operator, told.visit, sender),
        identity=IdentityService(
            redis, operator, secret, settings.identity_issuer, settings.identity_audience, utc_now
        ),
        knowledge=articles,
        policies=policies,
        examples=LabelledExamples(LabelledExampleStore(database), utc_now),
        wording=Wording.load(settings.data_files / "responses", settings.zone),
        zone=settings.zone,
        clock=utc_now,
    )


def renewed_files(settings: Settings, services: Services) -> Callable[[], None]:
    """Read again what trainers publish and the model does not hold: wording, articles, rules. It may run in a thread.

    Returns:
        What puts it in use, all at once.

    Raises:
        BotError: a file cannot be read; the message names it.
    """
    wording = Wording.load(settings.data_files / "responses", settings.zone)
    articles = _articles(settings)
    policies = load_policies(settings.data_files / "policies")

    def use() -> None:
        services.policies.become(policies)
        services.wording.become(wording)
        services.knowledge.become(articles)

    return use


def _articles(settings: Settings) -> KnowledgeService:
    return KnowledgeService(
        load_articles(settings.data_files / "knowledge"),
        shared_encoder(),
        load_questions(settings.data_files / "nlu"),
        settings.data_dir / "cache",
    )


def _visits(
    settings: Settings,
    database: Database,
    operator: OperatorPorts,
    listener: OnVisitChange | None,
    sender: TicketSender | None,
) -> AppointmentService:
    """Visits as this installation plans them, or as the operator's own system does."""
    store = AppointmentStore(database, settings.zone, listener)
    if operator.visits is not None and sender is not None:
        return VisitsElsewhere(
            store,
            technicians=Technicians(),
            clock=utc_now,
            system=operator.visits,
            ticket_number=sender.store.number_there,
        )
    path = settings.data_files / "demo" / "technicians.yml"
    team = yaml_mapping(path)
    try:
        technicians = technicians_from(team["technicians"], team.get("minutes"))
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise SettingsError(f"{path} cannot be used: {type(exc).__name__} {exc}. Correct it.") from exc
    return AppointmentService(store, technicians=technicians, clock=utc_now)


def _both(one: OnTicketChange | None, other: OnTicketChange | None) -> OnTicketChange | None:
    """A listener that tells two."""
    if one is None or other is None:
        return one or other
    first, second = one, other

    async def tell(connection: AsyncConnection, before: Ticket | None, after: Ticket | None) -> None:
        await first(connection, before, after)
        await second(connection, before, after)

    return tell


@lru_cache(maxsize=1)
def standalone_database() -> Database:
    """The database of a process that the wiring did not start (`rasa run`, `rasa run actions`)."""
    from bot.migrations import upgrade

    settings = Settings.from_env()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=1) as outside:  # migrations run a loop of their own, and Rasa's is running here
        outside.submit(upgrade, settings.sql_url).result()
    return Database(settings.sql_url)


@lru_cache(maxsize=1)
def standalone_services() -> Services:
    """The services of such a process."""
    settings = Settings.from_env()
    database = standalone_database()
    redis = open_redis(settings.redis_url or EmbeddedRedis(settings.data_dir).url)
    secret = settings.identity_secret or kept_secret(settings.data_dir, "identity.secret").decode()
    return build_services(settings, database, redis, build_operator(settings, database, redis), secret)
