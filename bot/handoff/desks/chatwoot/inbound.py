"""From Chatwoot to us: replies, assignments, states, typing; by webhook, or found when looking for what was missed.

Every act is safe to repeat: a reply is stored under its message id, and what changes the owner names the epoch that
its conversation was told of. What is late or not for us changes nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

import structlog

from bot.contracts import TEXT_LIMIT, Author, AuthorKind, Conversation, Draft, Owner, ReasonCode
from bot.conversations.attachments.model import Attachment
from bot.conversations.fanout import DESK
from bot.database import Database
from bot.errors import BotError, Conflict, ConversationClosed, PayloadTooLarge, UnsupportedFile
from bot.handoff.desks.chatwoot.api import ChatwootApi, NotThere, Turned
from bot.handoff.desks.chatwoot.books import Books
from bot.handoff.desks.chatwoot.model import (
    ChatwootSettings,
    Person,
    Reply,
    Snapshot,
    Thread,
    is_theirs,
    marker,
    person_of,
    reply_of,
    snapshot_of,
)
from bot.handoff.desks.chatwoot.people import ChatwootPeople
from bot.handoff.model import Announcement, HandoffStatus, User
from bot.handoff.reading import HandoffAlreadyClaimed
from bot.handoff.service import HandoffService
from bot.handoff.supervision.service import SupervisionService
from bot.handoff.wanted import Wanted

log = structlog.get_logger(__name__)

_OPEN, _RESOLVED, _PENDING = "open", "resolved", "pending"
_SYSTEM = Author(AuthorKind.system)
#: begins the `client_msg_id` of what came from there
REPLY_KEY = "chatwoot:"
_TRIES = 3
_DISPOSITION = {"solved": True, "intent": None, "reason": "resolved_in_chatwoot"}

#: keeps a file for a conversation, as a customer's upload is kept
KeepFile = Callable[[str, str, bytes], Awaitable[Attachment]]


class OwnedElsewhere(Conflict):
    """Somebody at our console has this conversation. The reply did not reach the customer."""

    code = "owned_elsewhere"


class ChatwootInbound:
    """Turns what happens there into calls of our services."""

    def __init__(
        self,
        settings: ChatwootSettings,
        api: ChatwootApi,
        database: Database,
        books: Books,
        people: ChatwootPeople,
        handoffs: HandoffService,
        supervision: SupervisionService,
        keep_file: KeepFile,
    ) -> None:
        self._settings = settings
        self._api = api
        self._db = database
        self._threads = books.threads
        self._handoff_store = books.handoffs
        self._accounts = books.people
        self._conversations = books.conversations
        self._fanout = books.fanout
        self._wording = books.wording
        self._clock = books.clock
        self._people = self.people = people
        self._handoffs = handoffs
        self._supervision = supervision
        self._keep_file = keep_file

    async def take(self, payload: Mapping[str, Any]) -> str:
        """Deal with one webhook; says in a word what it was good for.

        Raises:
            BotError: a reply cannot reach the customer; their system shows that to its author.
        """
        account = payload.get("account")
        if isinstance(account, Mapping) and account.get("id") not in (None, self._settings.account_id):
            return "not_ours"
        kind = payload.get("event")
        inner = payload.get("conversation")
        conversation = inner if isinstance(inner, Mapping) else payload
        number = conversation.get("id")
        thread = await self._threads.by_chatwoot_id(number) if isinstance(number, int) else None
        if thread is None:
            return "not_ours"
        if kind == "message_created":
            reply = reply_of(payload)
            if reply is None:
                return "nothing"
            await self._said(thread, reply)
            return "note" if reply.is_note else "reply"
        if kind in ("conversation_typing_on", "conversation_typing_off"):
            person = person_of(payload.get("user"))
            if kind.endswith("_on") and person is not None and not payload.get("is_private"):
                await self._typing(thread, payload, person)
            return "typing"
        if kind in ("conversation_status_changed", "conversation_updated"):
            snapshot = snapshot_of(conversation)
            if snapshot is not None:
                await self.apply(thread, snapshot)
                return "state"
        return "nothing"

    async def catch_up(self, thread: Thread) -> None:
        """Look for replies and states whose webhooks never came.

        Raises:
            Away: Chatwoot does not answer.
        """
        chatwoot_id = thread.chatwoot_id
        assert chatwoot_id is not None
        try:
            while page := await self._api.messages_after(chatwoot_id, thread.seen_message_id):
                for message in page:
                    reply = reply_of(message)
                    if reply is not None:
                        await self._missed(thread, reply)
                newest = int(page[-1]["id"])
                await self._threads.update(thread.conversation_id, seen_message_id=newest)
                found = await self._threads.thread(thread.conversation_id)
                if found is None or found.seen_message_id <= thread.seen_message_id:
                    break
                thread = found
            snapshot = snapshot_of(await self._api.show(chatwoot_id))
        except (NotThere, Turned):
            log.warning("desk.thread_unreadable", conversation_id=thread.conversation_id)
            return
        if snapshot is not None:
            await self.apply(thread, snapshot)

    async def _missed(self, thread: Thread, reply: Reply) -> None:
        try:
            await self._said(thread, reply)
        except BotError as exc:
            log.warning("desk.reply_not_taken", conversation_id=thread.conversation_id, reason=exc.code)
            return
        if reply.is_failed and thread.chatwoot_id is not None:
            await self._api.mark_delivered(thread.chatwoot_id, reply.message_id)

    # -- replies ---------------------------------------------------------------------------------------------------

    async def _said(self, thread: Thread, reply: Reply) -> None:
        if reply.is_note:
            await self._note(thread, reply)
        else:
            await self._reply(thread, reply)

    async def _note(self, thread: Thread, reply: Reply) -> None:
        """A note there is for colleagues here too: it stands where whispers do, once."""
        user = await self._people.account(reply.author)
        words = " ".join([reply.text, *(f"[{file.name}]" for file in reply.files)]).strip()
        key = f"{REPLY_KEY}{reply.message_id}"
        await self._supervision.whispered_elsewhere(thread.conversation_id, user, words, key)

    async def _reply(self, thread: Thread, reply: Reply) -> None:
        """Give a person's reply to the customer, once.

        Raises:
            ConversationClosed: it has ended; they can open it again first.
            OwnedElsewhere: somebody at our console has it.
        """
        key = f"{REPLY_KEY}{reply.message_id}"
        if await self._conversations.by_client_id(thread.conversation_id, key) is not None:
            return
        user = await self._people.account(reply.author)
        files = [item.as_json() for item in await self._files(thread, reply)]
        parts = [reply.text[at : at + TEXT_LIMIT] for at in range(0, len(reply.text), TEXT_LIMIT)]
        if not parts and not files:
            return
        for number, text in enumerate(parts or [""]):
            await self._say(thread, user, text, key if number == 0 else f"{key}:{number}", files if number == 0 else [])
        await self._fanout.publish(DESK, {"type": "conversation", "conversation_id": thread.conversation_id})

    async def _say(self, thread: Thread, user: User, text: str, key: str, files: list[dict[str, Any]]) -> None:
        for _ in range(_TRIES):
            head = await self._own(thread, user)
            author = Author(AuthorKind.agent, user.shown_name(head.language))
            draft = Draft(author, text, client_msg_id=key, attachments=tuple(files))
            try:
                message, new = await self._conversations.append(head.id, draft, self._clock(), epoch=head.epoch)
            except ConversationClosed:
                continue  # the owner has changed meanwhile: look again whose it is
            if new:
                await self._fanout.publish(head.id, {"type": "message", "message": message.as_json()})
            return
        raise OwnedElsewhere()

    async def _own(self, thread: Thread, user: User) -> Conversation:
        """The conversation, with a person of theirs as its owner: who writes to a chat that is nobody's takes it."""
        head = await self._conversations.head(thread.conversation_id)
        if head.owner is Owner.closed:
            raise ConversationClosed()
        if head.owner is Owner.bot:
            await self._ask(head)
            head = await self._conversations.head(head.id)
        if head.owner is Owner.queued:
            handoff = await self._handoffs.newest(head.id)
            if handoff is not None and handoff.status is HandoffStatus.waiting:
                with suppress(HandoffAlreadyClaimed):
                    await self._handoffs.accept(handoff, user)
            head = await self._conversations.head(head.id)
        if head.owner is not Owner.agent or not is_theirs(head.agent_id):
            raise OwnedElsewhere()
        return head

    async def _files(self, thread: Thread, reply: Reply) -> list[Attachment]:
        kept = []
        for file in reply.files:
            try:
                body, is_too_large = await self._api.download(file.url)
                if is_too_large:
                    raise PayloadTooLarge()
                kept.append(await self._keep_file(thread.conversation_id, file.name, body))
            except (Turned, PayloadTooLarge, UnsupportedFile):
                head = await self._conversations.head(thread.conversation_id)
                note = self._wording.text(
                    "desk_note_file_not_sent", self._settings.language or head.language, file=file.name
                )
                assert thread.chatwoot_id is not None
                mark = marker(thread.conversation_id, f"f{reply.message_id}")
                await self._api.post(thread.chatwoot_id, mark, note, is_note=True)
        return kept

    # -- states ----------------------------------------------------------------------------------------------------

    async def apply(self, thread: Thread, snapshot: Snapshot) -> None:
        """Follow what became of the conversation there, if it is of the hand-over that is on now."""
        is_old = None not in (snapshot.updated_at, thread.heard_at) and snapshot.updated_at < thread.heard_at  # type: ignore[operator]
        if snapshot.epoch != thread.phase_epoch or is_old:
            return
        assignee_id = snapshot.assignee.id if snapshot.assignee else None
        await self._threads.update(
            thread.conversation_id, status=snapshot.status, assignee_id=assignee_id, heard_at=snapshot.updated_at
        )
        if not thread.is_open:
            if snapshot.status == _OPEN:
                await self.reopened(thread, snapshot)
            return
        if snapshot.status in (_RESOLVED, _PENDING):
            await self._over(thread, snapshot)
        elif snapshot.assignee is not None:
            await self._assigned(thread, snapshot.assignee)
        elif thread.assignee_id is not None:
            await self._unassigned(thread)

    async def _unassigned(self, thread: Thread) -> None:
        """Nobody there has it any more: it waits again."""
        head = await self._conversations.head(thread.conversation_id)
        if head.owner is Owner.agent and is_theirs(head.agent_id):
            owner = await self._accounts.user(str(head.agent_id))
            if owner is not None:
                await self._handoffs.transfer(head.id, owner, None)

    async def _assigned(self, thread: Thread, assignee: Person) -> None:
        head = await self._conversations.head(thread.conversation_id)
        user = await self._people.account(assignee)
        if head.owner is Owner.queued:
            await self._own(thread, user)
        elif head.owner is Owner.agent and is_theirs(head.agent_id) and head.agent_id != user.id:
            await self._pass_on(head, user)

    async def _pass_on(self, head: Conversation, user: User) -> None:
        """Another of their people has it now."""
        with suppress(HandoffAlreadyClaimed):  # it changed hands here meanwhile: the next look there settles it
            await self._handoffs.take_over(head.id, user)

    async def _over(self, thread: Thread, snapshot: Snapshot) -> None:
        """They are done: the bot goes on, or the conversation is closed and its rating asked for."""
        head = await self._conversations.head(thread.conversation_id)
        if head.owner not in (Owner.queued, Owner.agent):
            return
        returns = (
            snapshot.status == _PENDING
            or self._settings.when_resolved == "return_to_bot"
            or self._settings.return_label in snapshot.labels
        )
        if head.owner is Owner.queued:
            if snapshot.assignee is None:
                await self._over_unserved(head, returns)
                return
            head = await self._own(thread, await self._people.account(snapshot.assignee))
        if not is_theirs(head.agent_id):
            return
        owner = await self._accounts.user(str(head.agent_id))
        assert owner is not None
        if returns:
            await self._handoffs.return_to_bot(head.id, owner, None)
        else:
            await self._handoffs.close(head.id, owner, _DISPOSITION)

    async def _over_unserved(self, head: Conversation, returns: bool) -> None:
        """Nobody had taken it: the bot goes on, or it is closed; nobody is there to be rated."""
        if returns:
            await self._handoffs.leave(head.id)
            return
        handoff = await self._handoffs.newest(head.id)
        now = self._clock()
        async with self._db.unit():
            if handoff is not None:
                await self._handoff_store.set_status(
                    handoff.id, HandoffStatus.waiting, HandoffStatus.closed, ended_at=now, disposition=_DISPOSITION
                )
            changed = await self._conversations.change_owner(
                head.id,
                epoch=head.epoch,
                owner=Owner.closed,
                agent_id=None,
                actor="chatwoot",
                reason="closed",
                drafts=(Draft(_SYSTEM, self._wording.text("utter_handoff_closed", head.language)),),
                at=now,
            )
        if changed is not None:
            await self._handoffs.announce(Announcement(*changed))

    async def reopened(self, thread: Thread, snapshot: Snapshot) -> None:
        """They have opened again what had ended: it waits in the queue, or is theirs who has it."""
        head = await self._conversations.head(thread.conversation_id)
        if head.owner in (Owner.bot, Owner.closed):
            await self._ask(head)
            opened = await self._threads.thread(head.id)
            if opened is not None and snapshot.assignee is not None:
                await self._own(opened, await self._people.account(snapshot.assignee))

    async def _ask(self, head: Conversation) -> None:
        """Put the conversation in the queue at their wish."""
        slots, _turns, _events = await self._conversations.memory(head.id, 0)
        customer = await self._handoffs.customer_facts(head.customer_id)
        async with self._db.unit():
            wanted = Wanted(ReasonCode.customer_request, slots, customer, slots.get("last_flow"))
            done = await self._handoffs.request(head.id, wanted, actor="chatwoot", reopens=True)
        if done is not None:
            await self._handoffs.announce(done)

    async def _typing(self, thread: Thread, payload: Mapping[str, Any], person: Person) -> None:
        user = payload.get("user")
        if isinstance(user, Mapping) and user.get("type", "user") == "user" and thread.is_open:
            author = {"kind": AuthorKind.agent.value, "name": person.name}
            await self._fanout.publish(thread.conversation_id, {"type": "typing", "author": author})
