"""The agents' tools, gathered for the wiring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from redis.asyncio import Redis

from bot.audit.store import AuditStore
from bot.conversations.attachments.service import AttachmentService
from bot.conversations.fanout import Fanout
from bot.conversations.store import ConversationStore
from bot.database import Database
from bot.desk.customers.directory import CustomerDirectory
from bot.desk.customers.service import CustomerProfiles
from bot.desk.customers.store import CardStore, ProfileStore
from bot.desk.identity.service import IdentityChecks
from bot.desk.identity.store import IdentityCheckStore
from bot.desk.inbox.service import InboxService
from bot.desk.inbox.store import InboxStore
from bot.desk.macros.service import MacroService
from bot.desk.macros.store import MacroStore
from bot.desk.marks.service import MarkService
from bot.desk.marks.store import MarkStore
from bot.desk.notes.service import NoteService
from bot.desk.notes.store import NoteStore
from bot.desk.ratings.service import RatingService
from bot.desk.ratings.store import RatingStore
from bot.desk.search.store import SearchStore
from bot.desk.settings.service import SettingsService
from bot.desk.settings.store import SettingsStore
from bot.desk.suggestions.service import SuggestionService
from bot.desk.viewers.store import ViewerStore
from bot.handoff.people.store import PeopleStore
from bot.handoff.service import HandoffService
from bot.handoff.supervision.store import SupervisionStore
from bot.services import Services


@dataclass(frozen=True)
class DeskTools:
    """What an agent can use beside the hand-over itself."""

    inbox: InboxService
    directory: CustomerDirectory
    profiles: CustomerProfiles
    marks: MarkService
    viewers: ViewerStore
    notes: NoteService
    macros: MacroService
    suggestions: SuggestionService
    ratings: RatingService
    rating_store: RatingStore
    settings: SettingsService
    identity: IdentityChecks
    files: AttachmentService
    audit: AuditStore


def build_desk_tools(
    database: Database,
    redis: Redis,
    services: Services,
    store: ConversationStore,
    people: PeopleStore,
    notes: NoteStore,
    handoffs: HandoffService,
    fanout: Fanout,
    files: AttachmentService,
    forget: Callable[[str], None],
) -> DeskTools:
    """Everything of the desk that is not who speaks.

    Args:
        forget: drops the assistant's cached memory of a conversation.
    """
    clock, operator = services.clock, services.operator
    directory = CustomerDirectory(CardStore(database), operator, clock)
    audit, rating_store, viewers = AuditStore(database), RatingStore(database), ViewerStore(redis, clock)
    macros = MacroService(
        MacroStore(database), store, services.tickets, services.appointments, operator, services.wording, clock
    )
    return DeskTools(
        inbox=InboxService(
            InboxStore(database), SearchStore(database), directory, viewers, SupervisionStore(database), rating_store
        ),
        directory=directory,
        profiles=CustomerProfiles(
            ProfileStore(database), directory, rating_store, services.tickets, services.appointments, operator
        ),
        marks=MarkService(MarkStore(database), store, fanout, clock),
        viewers=viewers,
        notes=NoteService(database, notes, store, people, fanout, clock),
        macros=macros,
        suggestions=SuggestionService(store, services.knowledge, macros),
        ratings=RatingService(rating_store, store, handoffs, clock),
        rating_store=rating_store,
        settings=SettingsService(SettingsStore(database)),
        identity=IdentityChecks(
            database,
            IdentityCheckStore(redis, database),
            store,
            handoffs,
            services.identity,
            operator,
            audit,
            fanout,
            services.wording,
            clock,
            forget,
        ),
        files=files,
        audit=audit,
    )
