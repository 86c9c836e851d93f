"""Chatwoot as the desk: writes what it must hear into the outbox, keeps looking for what it said while we were away."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.background import end_task
from bot.contracts import AuthorKind, Conversation, Message, Owner
from bot.desk.notes.model import Note
from bot.handoff.desks.chatwoot.api import Away, ChatwootApi, NotThere, Turned
from bot.handoff.desks.chatwoot.books import Books
from bot.handoff.desks.chatwoot.inbound import REPLY_KEY, ChatwootInbound
from bot.handoff.desks.chatwoot.model import ChatwootSettings, is_theirs, source_id
from bot.handoff.desks.chatwoot.outbound import ENDED, MESSAGE, NOTE, OPENED, WHISPER, ChatwootOutbound
from bot.handoff.desks.port import API, CHATWOOT_HUB, HUB_KEY, DeskState
from bot.handoff.supervision.model import Whisper
from bot.outbox.deliverer import Deliverer
from bot.outbox.model import Event, Hub
from bot.outbox.store import OutboxStore

log = structlog.get_logger(__name__)

_TICK_S = 1.0
_AGENTS_EVERY = timedelta(seconds=15)
_SEEN_KEPT = timedelta(days=1)
_PRUNE_EVERY = timedelta(hours=1)
_TYPING_EVERY = timedelta(seconds=3)
_REMEMBERED = 5_000
#: events after words beside the ledger: a whisper, and the news that a chat has a note
_ASIDE = ("whisper", "conversation")


class ChatwootDesk:
    """An `AgentDesk` whose people work in a Chatwoot inbox. Our console can still be used beside it."""

    def __init__(
        self,
        settings: ChatwootSettings,
        api: ChatwootApi,
        books: Books,
        outbox: OutboxStore,
        deliverer: Deliverer,
        outbound: ChatwootOutbound,
        inbound: ChatwootInbound,
    ) -> None:
        self._settings = settings
        self._api = api
        self._breaker = api.breaker
        self._books = books
        self._outbox = outbox
        self._deliverer = deliverer
        self._outbound = outbound
        self._people = inbound.people
        self.inbound = inbound
        self.threads = books.threads
        outbound.on_reopened = inbound.reopened
        self._breaker.on_back = self._look_soon
        deliverer.receive(API, outbound)
        self._tasks: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None
        #: conversations that were written for this desk and whose commit has not been announced
        self._written: set[str] = set()
        #: conversations that people there may have → when the customer's typing was last told
        self._typed: dict[str, datetime | None] = {}
        self._is_all_due = True
        self._agents_at: datetime | None = None
        self._pruned_at: datetime | None = None

    # -- AgentDesk -------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Subscribe to the outbox, then begin."""
        hub = Hub(CHATWOOT_HUB, API, self._settings.url, "", HUB_KEY, self._books.clock())
        with suppress(IntegrityError):  # another process has just done it
            await self._outbox.keep_hub(hub)
        self._books.fanout.tap(self._hear)
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        await end_task(self._task)
        for task in tuple(self._tasks):
            await end_task(task)
        await self._api.close()

    async def owner_changed(self, connection: AsyncConnection, head: Conversation, *, opened: bool) -> None:
        """Write down that people there are to have the conversation, or not any more."""
        if opened:
            return
        is_open = head.owner is Owner.queued or (head.owner is Owner.agent and is_theirs(head.agent_id))
        if not await self._books.threads.turn(connection, head.id, head.epoch, is_open):
            return
        body = {"epoch": head.epoch, "seq": head.last_seq, "owner": head.owner.value, "agent_id": head.agent_id}
        place = f"{head.last_seq:08d}o{head.epoch:05d}"
        await self._write(connection, head.id, place, OPENED if is_open else ENDED, body)

    async def message_added(self, connection: AsyncConnection, message: Message, owner: Owner) -> None:
        """Write down that there is a new line; whether it is for them is seen when its turn has come."""
        from_there = (message.client_msg_id or "").startswith(REPLY_KEY) and message.author.kind is AuthorKind.agent
        if owner not in (Owner.queued, Owner.agent) or message.author.kind is AuthorKind.system or from_there:
            return
        await self._write(connection, message.conversation_id, f"{message.seq:08d}m", MESSAGE, {"seq": message.seq})

    async def whispered(self, connection: AsyncConnection, whisper: Whisper) -> None:
        """Write down what is whispered in a chat that they may have; what they whisper themselves they know."""
        if not is_theirs(whisper.author_id):
            await self._aside(connection, whisper, WHISPER, {"whisper_id": whisper.id})

    async def noted(self, connection: AsyncConnection, note: Note) -> None:
        """Write down a note about a chat that they may have: whoever serves it there reads it too."""
        await self._aside(connection, note, NOTE, {"note_id": note.id})

    def state(self) -> DeskState:
        return DeskState("chatwoot", not self._breaker.is_away, self._breaker.reason)

    async def _aside(
        self, connection: AsyncConnection, said: Whisper | Note, kind: str, body: Mapping[str, Any]
    ) -> None:
        """What colleagues say beside the ledger, behind the newest line there, one behind the other."""
        thread = await self._books.threads.thread(said.conversation_id)
        if thread is None or not thread.is_open:
            return
        head = await self._books.conversations.head(said.conversation_id)
        ids = {whisper.id for whisper in await self._books.guests.whispers(head.id)}
        ids |= {note.id for note in await self._books.notes.of(head.id)}
        before = len(ids - {said.id})
        # two at the same moment are in no order, but both are told
        place = f"{head.last_seq:08d}w{before:05d}{secrets.token_hex(3)}"
        await self._write(connection, head.id, place, kind, body)

    async def _write(
        self, connection: AsyncConnection, conversation_id: str, place: str, kind: str, body: Mapping[str, Any]
    ) -> None:
        # ids of one conversation sort as its ledger does, whichever process writes them
        event = Event(f"desk:{conversation_id}:{place}", self._books.clock(), API, kind, conversation_id, body)
        await self._outbox.add(connection, [event])
        self._written.add(conversation_id)
        while len(self._typed) >= _REMEMBERED:
            self._typed.pop(next(iter(self._typed)))
        self._typed.setdefault(conversation_id, None)

    # -- what happens in this process ------------------------------------------------------------------------------

    def _hear(self, topic: str, event: Mapping[str, Any]) -> None:
        kind = event.get("type")
        written = event.get("conversation_id") if kind in _ASIDE else topic
        if kind in ("message", "owner", *_ASIDE) and written in self._written:
            self._written.discard(written)
            self._deliverer.wake()
        if kind == "owner" and event.get("owner") == Owner.queued.value and not self._breaker.ready():
            self._soon(self._outbound.tell_away(topic))
        if kind == "typing" and topic in self._typed and event["author"]["kind"] == AuthorKind.customer.value:
            now, last = self._books.clock(), self._typed[topic]
            if self._breaker.ready() and (last is None or now - last >= _TYPING_EVERY):
                self._typed[topic] = now
                self._soon(self._show_typing(topic))

    async def _show_typing(self, conversation_id: str) -> None:
        thread = await self._books.threads.thread(conversation_id)
        if thread is None or not thread.is_open:
            self._typed.pop(conversation_id, None)
        elif thread.chatwoot_id is not None:
            with suppress(Away, NotThere, Turned):  # it was only a hint
                await self._api.typing(source_id(conversation_id), thread.chatwoot_id, True)

    def _soon(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- what was missed -------------------------------------------------------------------------------------------

    def _look_soon(self) -> None:
        """Webhooks may have been lost while it was away: look at everything again."""
        self._is_all_due = True

    async def look(self) -> None:
        """One round: who is on duty there, and open threads that were not looked at for long."""
        now = self._books.clock()
        if not self._breaker.ready():
            return
        if self._agents_at is None or now - self._agents_at >= _AGENTS_EVERY:
            self._agents_at = now
            await self._people.note_presence(await self._api.agents())
        if self._is_all_due:
            self._is_all_due = False
            await self._books.threads.check_all_soon()
        before = now - timedelta(seconds=self._settings.check_s)
        while self._breaker.ready():
            thread = await self._books.threads.claim_check(before, self._books.clock())
            if thread is None:
                break
            await self.inbound.catch_up(thread)
        if self._pruned_at is None or now - self._pruned_at >= _PRUNE_EVERY:
            self._pruned_at = now
            await self._books.threads.prune_seen(now - _SEEN_KEPT)

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except (Away, NotThere, Turned) as exc:
                log.warning("desk.look_failed", reason=str(exc))
            except Exception as exc:  # edge of a background loop
                log.error("desk.look_failed", cause=type(exc).__name__, exc_info=True)
            await asyncio.sleep(_TICK_S)
