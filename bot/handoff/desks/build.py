"""The desk that the settings name, put together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.conversations.attachments.service import AttachmentService
from bot.conversations.fanout import Fanout
from bot.conversations.store import ConversationStore
from bot.database import Database
from bot.desk.notes.store import NoteStore
from bot.errors import SettingsError
from bot.handoff.desks.chatwoot.api import Breaker, ChatwootApi
from bot.handoff.desks.chatwoot.books import Books
from bot.handoff.desks.chatwoot.desk import ChatwootDesk
from bot.handoff.desks.chatwoot.inbound import ChatwootInbound
from bot.handoff.desks.chatwoot.model import ChatwootSettings
from bot.handoff.desks.chatwoot.outbound import ChatwootOutbound
from bot.handoff.desks.chatwoot.people import ChatwootPeople
from bot.handoff.desks.chatwoot.store import ChatwootStore
from bot.handoff.desks.console import ConsoleDesk
from bot.handoff.people.store import PeopleStore
from bot.handoff.routing import Router
from bot.handoff.service import HandoffService
from bot.handoff.store import HandoffStore
from bot.handoff.supervision.service import SupervisionService
from bot.outbox.deliverer import Deliverer
from bot.outbox.store import OutboxStore
from bot.settings import Settings
from bot.wording import Wording


def build_desk(
    settings: Settings,
    *,
    database: Database,
    router: Router,
    handoff_store: HandoffStore,
    people: PeopleStore,
    handoffs: HandoffService,
    supervision: SupervisionService,
    notes: NoteStore,
    store: ConversationStore,
    files: AttachmentService,
    fanout: Fanout,
    wording: Wording,
    outbox: OutboxStore,
    deliverer: Deliverer,
    clock: Callable[[], datetime],
) -> ConsoleDesk | ChatwootDesk:
    """Our console, or a Chatwoot inbox. With the latter our router makes no offers; taking by hand stays possible.

    Raises:
        SettingsError: there is no such desk, or it lacks a setting.
    """
    if settings.desk == "console":
        return ConsoleDesk(router, outbox)
    if settings.desk != "chatwoot":
        raise SettingsError(f"FRONTLINE_DESK is {settings.desk!r}. Choose console or chatwoot.")
    given = ChatwootSettings(
        url=settings.chatwoot_url.rstrip("/"),
        account_id=settings.chatwoot_account_id,
        inbox_identifier=settings.chatwoot_inbox_identifier,
        api_token=settings.chatwoot_api_token,
        webhook_secret=settings.chatwoot_webhook_secret,
        language=settings.chatwoot_language,
        when_resolved=settings.chatwoot_when_resolved,
        return_label=settings.chatwoot_return_label,
        check_s=settings.chatwoot_check_s,
        console_url=f"{settings.seen_at}/console",
    )
    api = ChatwootApi(given, Breaker(clock))
    books = Books(
        ChatwootStore(database), handoff_store, people, supervision.store, notes, store, fanout, wording, clock
    )
    inbound = ChatwootInbound(
        given, api, database, books, ChatwootPeople(people, handoffs.duty), handoffs, supervision, files.upload
    )
    outbound = ChatwootOutbound(given, api, books, files.file)
    desk = ChatwootDesk(given, api, books, outbox, deliverer, outbound, inbound)
    store.listen(desk.owner_changed, desk.message_added)
    supervision.store.listen(desk.whispered)
    notes.listen(desk.noted)
    return desk
