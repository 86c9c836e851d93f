"""Hand-over and queue, gathered for the wiring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis

from bot.audit.store import AuditStore
from bot.conversations.fanout import Fanout
from bot.conversations.store import ConversationStore
from bot.database import Database
from bot.desk.notes.store import NoteStore
from bot.handoff.callbacks.service import ChoiceService
from bot.handoff.callbacks.store import CallbackStore
from bot.handoff.collecting import load_collecting
from bot.handoff.duty import DutyService
from bot.handoff.figures.service import Dashboard
from bot.handoff.figures.store import FiguresStore
from bot.handoff.groups import load_groups
from bot.handoff.offers import OfferStore
from bot.handoff.people.store import PeopleStore
from bot.handoff.presence import Liveness
from bot.handoff.reading import DeskParts
from bot.handoff.router_lock import RouterLock
from bot.handoff.routing import Router
from bot.handoff.service import HandoffService
from bot.handoff.store import HandoffStore
from bot.handoff.supervision.service import SupervisionService
from bot.handoff.supervision.store import SupervisionStore
from bot.handoff.waiting import WaitingService
from bot.handoff.watch.service import DeskWatch
from bot.handoff.watch.store import WatchStore
from bot.services import Services


@dataclass(frozen=True)
class Floor:
    """Who speaks, who is offered what, who is beside."""

    store: HandoffStore
    people: PeopleStore
    notes: NoteStore
    handoffs: HandoffService
    router: Router
    supervision: SupervisionService
    choices: ChoiceService
    waiting: WaitingService
    watch: DeskWatch
    dashboard: Dashboard


@dataclass(frozen=True)
class DeskFiles:
    """Tables of the desk that operators edit."""

    groups: Path
    waiting: Path


def build_floor(
    database: Database,
    redis: Redis,
    services: Services,
    store: ConversationStore,
    fanout: Fanout,
    forget: Callable[[str], None],
    files: DeskFiles,
    *,
    shared: bool,
) -> Floor:
    """Everything of the desk that is who speaks.

    Args:
        shared: whether other processes serve the same conversations.

    Raises:
        SettingsError: one of the files cannot be used.
    """
    clock = services.clock
    rules = load_groups(files.groups, services.tickets.tables.calendars)
    queue, people, offers = HandoffStore(database), PeopleStore(database), OfferStore(redis)
    liveness = Liveness(redis, clock, rules.grace_s)
    parts = DeskParts(
        store=queue,
        people=people,
        guests=SupervisionStore(database),
        notes=NoteStore(database),
        audit=AuditStore(database),
        offers=offers,
        duty=DutyService(people, queue, offers, liveness, rules, fanout, clock),
        collecting=load_collecting(files.waiting),
    )
    handoffs = HandoffService(database, parts, store, services.operator, fanout, services.wording, clock, forget)
    choices = ChoiceService(
        CallbackStore(database),
        handoffs,
        store,
        services.operator,
        services.tickets,
        fanout,
        services.wording,
        clock,
    )
    lock = RouterLock(redis, shared)
    router = Router(parts, liveness, handoffs, lock, fanout, clock)
    watch = DeskWatch(WatchStore(database), parts, handoffs, lock, liveness, redis, fanout, clock)
    return Floor(
        store=queue,
        people=people,
        notes=parts.notes,
        handoffs=handoffs,
        router=router,
        supervision=SupervisionService(parts, handoffs, store, fanout, services.wording, clock),
        choices=choices,
        watch=watch,
        dashboard=Dashboard(FiguresStore(database), parts.duty, watch, services.zone, clock),
        waiting=WaitingService(database, parts, handoffs, choices, store, fanout, services.wording, clock),
    )
