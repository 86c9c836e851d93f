"""From us to Chatwoot: hand-overs, the customer's lines, ends. One event at a time a conversation, in order.

Every step can be done again. What has no key of its own there (a message) carries our marker, and is looked for
before a second try.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog

from bot.contracts import Author, AuthorKind, Conversation, Draft, Message, Owner
from bot.conversations.attachments.model import Attachment
from bot.errors import ConversationClosed, NotFound
from bot.handoff.desks.chatwoot.api import Away, ChatwootApi, NotThere, Turned, Upload
from bot.handoff.desks.chatwoot.books import Books
from bot.handoff.desks.chatwoot.model import (
    CONVERSATION,
    EPOCH,
    ChatwootSettings,
    Snapshot,
    Thread,
    labels_for,
    marker,
    marker_of,
    merged_labels,
    priority_there,
    snapshot_of,
    source_id,
)
from bot.handoff.desks.chatwoot.notes import author_name, packet_note, transcript_notes
from bot.handoff.model import Handoff
from bot.outbox.model import Event, NotTaken, Patience

log = structlog.get_logger(__name__)

OPENED, MESSAGE, ENDED = "DeskOpened", "DeskMessage", "DeskEnded"
WHISPER, NOTE = "DeskWhisper", "DeskNote"
_PAGE = 100
_REPLAYED_AFTER = timedelta(seconds=30)
_SYSTEM = Author(AuthorKind.system)
_RESOLVED, _OPEN = "resolved", "open"
#: states in which nobody there works on it: one of them put it there
_OVER = (_RESOLVED, "pending")

#: an uploaded file by conversation and id
ReadFile = Callable[[str, str], Awaitable[tuple[Attachment, Path]]]
#: what to do when people there have opened again what had ended
OnReopened = Callable[[Thread, Snapshot], Awaitable[None]]


@dataclass
class Visit:
    """One attempt at one event."""

    #: an earlier attempt may have put messages there already
    is_again: bool
    #: ids there of the oldest and the newest message that was put or found
    oldest: int = 0
    newest: int = 0


class ChatwootOutbound:
    """A `Receiver` of the outbox: takes the events of `desk.py` to Chatwoot."""

    patience = Patience(first_s=1.0, most_s=60.0, attempts=3_000)
    lanes = 4
    attempt_s = 25.0

    def __init__(self, settings: ChatwootSettings, api: ChatwootApi, books: Books, read_file: ReadFile) -> None:
        self._settings = settings
        self._api = api
        self._books = books
        self._read_file = read_file
        self.on_reopened: OnReopened | None = None

    def ready(self) -> bool:
        return self._api.breaker.ready()

    async def take(self, event: Event, attempt: int) -> None:
        """Deal with one event.

        Raises:
            NotTaken: Chatwoot is away (again later), or refuses (a dead letter).
        """
        conversation_id = event.subject_id
        # one that was given up and is replayed counts from one again
        visit = Visit(attempt > 1 or self._books.clock() - event.at > _REPLAYED_AFTER)
        try:
            if event.event_type == OPENED:
                await self._opened(conversation_id, event.body, visit)
            elif event.event_type == MESSAGE:
                await self._message(conversation_id, int(event.body["seq"]), visit)
            elif event.event_type == WHISPER:
                await self._whisper(conversation_id, str(event.body["whisper_id"]), visit)
            elif event.event_type == NOTE:
                await self._note(conversation_id, str(event.body["note_id"]), visit)
            else:
                await self._ended(conversation_id, event.body, visit)
        except Away as exc:
            if event.event_type == OPENED:
                await self.tell_away(conversation_id)
            raise NotTaken(exc.reason) from exc
        except NotThere as exc:
            # deleted there: the next attempt makes it anew, with everything
            await self._books.threads.update(
                conversation_id, chatwoot_id=None, told_seq=0, posted_id=0, seen_message_id=0
            )
            raise NotTaken("gone there") from exc
        except Turned as exc:
            log.error("desk.refused", conversation_id=conversation_id, kind=event.event_type, reason=exc.reason)
            raise NotTaken(exc.reason, final=True) from exc

    async def tell_away(self, conversation_id: str) -> None:
        """Tell the customer, once a hand-over, that people cannot be reached just now."""
        await self._tell(conversation_id, "desk-away", "utter_handoff_desk_away")

    # -- hand-over -------------------------------------------------------------------------------------------------

    async def _opened(self, conversation_id: str, body: Mapping[str, Any], visit: Visit) -> None:
        thread = await self._thread(conversation_id)
        if thread is None or thread.phase_epoch != body["epoch"]:
            return  # over before they were told: the next hand-over, if any, tells it all
        await self._open(thread, int(body["seq"]), visit)
        if await self._books.conversations.by_client_id(conversation_id, f"desk-away:{thread.phase_epoch}"):
            await self._tell(conversation_id, "desk-back", "utter_handoff_desk_back")

    async def _open(self, thread: Thread, up_to_seq: int, visit: Visit) -> None:
        """Put the conversation in front of people there, with everything up to a message."""
        head = await self._books.conversations.head(thread.conversation_id)
        handoff = await self._books.handoffs.newest(head.id)
        language = self._settings.language or head.language
        is_first = thread.told_seq == 0
        packet = handoff.packet if handoff else {}
        customer = packet.get("customer") if isinstance(packet.get("customer"), Mapping) else None
        chatwoot_id = await self._place(thread, head, customer)
        thread = await self._require(head.id)
        # the epoch last: what is heard under it is open and nobody's, or was done by one of them
        await self._api.unassign(chatwoot_id)
        await self._api.set_status(chatwoot_id, _OPEN)
        await self._api.set_attributes(chatwoot_id, self._attributes(thread, head, handoff, customer))
        await self._sort(chatwoot_id, head, handoff)
        if handoff is not None:
            note = packet_note(handoff, language, self._books.wording, self._link(head.id), is_first=is_first)
            await self._post(thread, f"p{thread.phase_epoch}", note, visit)
        lines = await self._books.conversations.messages(head.id, thread.told_seq)
        told = [message for message in lines if message.seq <= up_to_seq]
        for number, text in enumerate(transcript_notes(told, language, self._books.wording)):
            await self._post(thread, f"t{up_to_seq}.{number}", text, visit)
        # replies of before were for an earlier hand-over: whoever wrote them was told that they went nowhere
        seen = max(thread.seen_message_id, visit.oldest)
        await self._done(thread, visit, told_seq=up_to_seq, status=_OPEN, assignee_id=None, seen_message_id=seen)
        log.info("desk.handed_over", conversation_id=head.id)

    async def _place(self, thread: Thread, head: Conversation, customer: Mapping[str, Any] | None) -> int:
        """The conversation there, made when it is not known; from here on an end is told too."""
        chatwoot_id = thread.chatwoot_id
        if chatwoot_id is None:
            contact: dict[str, Any] = {"custom_attributes": {CONVERSATION: head.id}}
            if customer and head.assurance.verified:
                contact["identifier"] = str(customer["id"])
                name = customer.get("name")
                contact["name"] = self._books.wording.name(name, head.language) if name else str(customer["id"])
            await self._api.keep_contact(source_id(head.id), contact)
            attributes = {CONVERSATION: head.id, EPOCH: str(thread.phase_epoch)}
            chatwoot_id = await self._api.conversation_of(source_id(head.id), attributes)
        await self._books.threads.update(head.id, chatwoot_id=chatwoot_id, live_epoch=thread.phase_epoch)
        return chatwoot_id

    def _attributes(
        self, thread: Thread, head: Conversation, handoff: Handoff | None, customer: Mapping[str, Any] | None
    ) -> dict[str, str]:
        found = {
            CONVERSATION: head.id,
            EPOCH: str(thread.phase_epoch),
            "frontline_url": self._link(head.id),
            "language": head.language,
            "assurance_level": head.assurance.value,
        }
        if handoff is not None:
            found |= {"reason_code": handoff.reason_code.value, "priority": str(handoff.priority)}
        if customer is not None:
            found["customer_id"] = str(customer.get("id"))
            if customer.get("customer_class"):
                found["customer_class"] = str(customer["customer_class"])
        return found

    async def _sort(self, chatwoot_id: int, head: Conversation, handoff: Handoff | None) -> None:
        """Labels and priority; a desk that refuses them gets the chat all the same."""
        if handoff is None:
            return
        ours = labels_for(handoff.reason_code, head.language, handoff.customer_class)
        try:
            there = await self._api.labels(chatwoot_id)
            await self._api.set_labels(chatwoot_id, merged_labels(there, ours, self._settings.return_label))
            await self._api.set_priority(chatwoot_id, priority_there(handoff.priority))
        except Turned as exc:
            log.warning("desk.not_sorted", conversation_id=head.id, reason=exc.reason)

    # -- lines -----------------------------------------------------------------------------------------------------

    async def _message(self, conversation_id: str, seq: int, visit: Visit) -> None:
        thread = await self._thread(conversation_id)
        if thread is None or thread.live_epoch is None or seq <= thread.told_seq:
            return
        if thread.chatwoot_id is None:
            await self._open(thread, seq, visit)  # deleted there meanwhile
            return
        (message,) = await self._books.conversations.messages(conversation_id, seq - 1, 1)
        if message.author.kind is AuthorKind.customer:
            await self._customer_line(thread, message, visit)
        else:
            head = await self._books.conversations.head(conversation_id)
            language = self._settings.language or head.language
            author = author_name(message.author, language, self._books.wording)
            text = self._books.wording.text("desk_note_said", language, author=author, text=message.text)
            await self._post(thread, str(seq), text, visit)
        await self._done(thread, visit, told_seq=seq)

    async def _whisper(self, conversation_id: str, whisper_id: str, visit: Visit) -> None:
        """What a colleague said to whoever has it there, as a note."""
        whisper = await self._books.guests.one_whisper(whisper_id)
        if whisper is not None:
            said = ("desk_note_whisper", whisper.author_id, whisper.text)
            await self._colleague(conversation_id, f"w{whisper_id}", said, visit)

    async def _note(self, conversation_id: str, note_id: str, visit: Visit) -> None:
        """What a colleague wrote down for colleagues, as a note."""
        note = await self._books.notes.one(note_id)
        if note is not None:
            said = ("desk_note_colleague", note.author_id, note.text)
            await self._colleague(conversation_id, f"n{note_id}", said, visit)

    async def _colleague(self, conversation_id: str, part: str, said: tuple[str, str, str], visit: Visit) -> None:
        """Put what somebody at our console said beside the ledger there: `said` is (response, author's id, words)."""
        thread = await self._thread(conversation_id)
        if thread is None or thread.live_epoch is None:
            return
        head = await self._books.conversations.head(conversation_id)
        if thread.chatwoot_id is None:
            await self._open(thread, head.last_seq, visit)  # deleted there meanwhile
            thread = await self._require(conversation_id)
        language = self._settings.language or head.language
        name, author_id, words = said
        user = await self._books.people.user(author_id)
        colleague = user.shown_name(language) if user else author_id
        text = self._books.wording.text(name, language, colleague=colleague, text=words)
        await self._post(thread, part, text, visit)
        await self._done(thread, visit)

    async def _customer_line(self, thread: Thread, message: Message, visit: Visit) -> None:
        if not message.attachments:
            await self._post(thread, str(message.seq), message.text, visit, is_note=False)
            return
        for number, item in enumerate(message.attachments):
            part = f"{message.seq}.{number}"
            text = message.text if number == 0 else ""
            try:
                upload = await self._file(thread.conversation_id, str(item["id"]))
                await self._post(thread, part, text, visit, is_note=False, upload=upload)
            except (Turned, NotFound):
                await self._without_file(thread, part, text, str(item.get("name")), visit)

    async def _without_file(self, thread: Thread, part: str, text: str, name: str, visit: Visit) -> None:
        """It will not have the file: the words go alone, and a note says where the file is."""
        if text:
            await self._post(thread, part, text, visit, is_note=False)
        head = await self._books.conversations.head(thread.conversation_id)
        link = self._link(head.id)
        note = self._books.wording.text(
            "desk_note_file_here", self._settings.language or head.language, file=name, link=link
        )
        await self._post(thread, f"{part}n", note, visit)

    async def _file(self, conversation_id: str, attachment_id: str) -> Upload:
        item, path = await self._read_file(conversation_id, attachment_id)
        return Upload(item.name, item.mime, await asyncio.to_thread(path.read_bytes))

    # -- ends ------------------------------------------------------------------------------------------------------

    async def _ended(self, conversation_id: str, body: Mapping[str, Any], visit: Visit) -> None:
        thread = await self._thread(conversation_id)
        if thread is None or thread.live_epoch is None or thread.chatwoot_id is None:
            return  # they never had it
        epoch = {EPOCH: str(body["epoch"])}
        if thread.status in _OVER:
            # one of them ended it; they may have opened it again before they could know that it had ended here
            await self._api.set_attributes(thread.chatwoot_id, epoch)
            await self._books.threads.update(conversation_id, live_epoch=None)
            snapshot = snapshot_of(await self._api.show(thread.chatwoot_id))
            if snapshot is not None and snapshot.status == _OPEN and self.on_reopened is not None:
                await self.on_reopened(await self._require(conversation_id), snapshot)
            return
        head = await self._books.conversations.head(conversation_id)
        await self._post(thread, f"e{body['epoch']}", await self._why_ended(head, Owner(body["owner"]), body), visit)
        # in this order: open under the new epoch is what they have opened again
        await self._api.set_status(thread.chatwoot_id, _RESOLVED)
        await self._api.set_attributes(thread.chatwoot_id, epoch)
        await self._done(thread, visit, live_epoch=None, status=_RESOLVED)

    async def _why_ended(self, head: Conversation, owner: Owner, body: Mapping[str, Any]) -> str:
        language = self._settings.language or head.language
        if owner is Owner.agent:
            user = await self._books.people.user(str(body.get("agent_id")))
            name = user.shown_name(language) if user else str(body.get("agent_id"))
            return self._books.wording.text("desk_note_taken", language, colleague=name)
        name = "desk_note_closed" if owner is Owner.closed else "desk_note_left"
        return self._books.wording.text(name, language)

    # -- inside ----------------------------------------------------------------------------------------------------

    async def _post(
        self,
        thread: Thread,
        part: str,
        text: str,
        visit: Visit,
        *,
        is_note: bool = True,
        upload: Upload | None = None,
    ) -> None:
        """Put one message there, unless an earlier attempt did."""
        assert thread.chatwoot_id is not None
        mark = marker(thread.conversation_id, part)
        posted = await self._find(thread, mark) if visit.is_again else None
        if posted is None:
            posted = await self._api.post(thread.chatwoot_id, mark, text, is_note=is_note, upload=upload)
        visit.oldest = visit.oldest or posted
        visit.newest = max(visit.newest, posted)

    async def _done(self, thread: Thread, visit: Visit, **values: Any) -> None:
        """An event has been told; what the next one may have put there already has a greater id."""
        newest = max(visit.newest, thread.posted_id)
        await self._books.threads.update(thread.conversation_id, posted_id=newest, **values)

    async def _find(self, thread: Thread, mark: str) -> int | None:
        assert thread.chatwoot_id is not None
        after = thread.posted_id
        while page := await self._api.messages_after(thread.chatwoot_id, after):
            for message in page:
                if marker_of(message) == mark:
                    return int(message["id"])
            if len(page) < _PAGE:
                return None
            after = int(page[-1]["id"])
        return None

    async def _tell(self, conversation_id: str, key: str, name: str) -> None:
        head = await self._books.conversations.head(conversation_id)
        thread = await self._thread(conversation_id)
        if head.owner is not Owner.queued or thread is None:
            return
        draft = Draft(
            _SYSTEM, self._books.wording.text(name, head.language), client_msg_id=f"{key}:{thread.phase_epoch}"
        )
        try:
            message, new = await self._books.conversations.append(
                conversation_id, draft, self._books.clock(), epoch=head.epoch
            )
        except ConversationClosed:
            return  # somebody has it by now
        if new:
            await self._books.fanout.publish(conversation_id, {"type": "message", "message": message.as_json()})

    async def _thread(self, conversation_id: str) -> Thread | None:
        return await self._books.threads.thread(conversation_id)

    async def _require(self, conversation_id: str) -> Thread:
        thread = await self._thread(conversation_id)
        assert thread is not None
        return thread

    def _link(self, conversation_id: str) -> str:
        return f"{self._settings.console_url}#/chat/{conversation_id}"
