"""The ledger in SQL: heads, messages, owners, the assistant's events. The only place that queries these tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import and_, func, literal, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.audit.store import audit_row
from bot.contracts import Assurance, Button, Conversation, Draft, Message, Owner
from bot.conversations.crash_points import crash_point
from bot.conversations.rows import conversation_of, message_of, row_of
from bot.conversations.statements import (
    ADD_EVENTS,
    ADD_MESSAGES,
    BY_CLIENT_ID,
    COMMIT_TURN,
    HEAD,
    HEAD_COLUMNS,
    LEFT_TO_BOT,
    MEMORY,
    MESSAGE_PREFIX,
    MESSAGES,
    NEXT_UNANSWERED,
    TAKE_SEQ,
    TURN_EVENTS,
)
from bot.database import Database
from bot.errors import ConversationClosed, ConversationNotFound
from bot.ids import new_id
from bot.schema import UtcTime, conversations, messages


class OnConversationChange(Protocol):
    """Told when a conversation is opened, handed on or closed, in that transaction."""

    async def __call__(self, connection: AsyncConnection, head: Conversation, *, opened: bool) -> None: ...


class OnMessage(Protocol):
    """Told of a message that somebody added outside a turn, in that transaction."""

    async def __call__(self, connection: AsyncConnection, message: Message, owner: Owner) -> None: ...


@dataclass(frozen=True)
class Appended:
    """A message that stands in the ledger."""

    message: Message
    #: with the message; None: it stood there before
    head: Conversation | None
    #: whether it is the one that the bot has to answer next
    is_next: bool


@dataclass(frozen=True)
class TurnRecord:
    """What one turn leaves behind, written in one transaction or not at all."""

    conversation_id: str
    #: the epoch and the answered message that the turn started from
    epoch: int
    answered_from: int
    #: the customer message that this turn answers
    answered_to: int
    drafts: Sequence[Draft]
    language: str
    assurance: Assurance
    customer_id: str | None
    slots: Mapping[str, Any]
    #: number of this turn in the assistant's own count, 1 for the first
    turn: int
    events: Sequence[Mapping[str, Any]]


class ConversationStore:
    """Reads and writes of conversations. Methods that change one join the ambient unit of work."""

    def __init__(self, database: Database, on_change: OnConversationChange | None = None) -> None:
        self._db = database
        self._on_change: list[OnConversationChange] = [on_change] if on_change is not None else []
        self._on_message: list[OnMessage] = []

    def listen(self, on_change: OnConversationChange, on_message: OnMessage) -> None:
        """Have somebody else told too; before anything is written."""
        self._on_change.append(on_change)
        self._on_message.append(on_message)

    # -- heads -------------------------------------------------------------------------------------------------

    async def create(self, conversation: Conversation, drafts: Sequence[Draft], at: datetime) -> tuple[Message, ...]:
        """Store a new conversation and its first messages."""
        async with self._db.write() as connection:
            await connection.execute(
                conversations.insert().values(
                    id=conversation.id,
                    language=conversation.language,
                    owner=conversation.owner.value,
                    epoch=conversation.epoch,
                    last_seq=len(drafts),
                    answered_seq=len(drafts),
                    customer_seq=0,
                    assurance=conversation.assurance.value,
                    customer_id=conversation.customer_id,
                    agent_id=None,
                    created_at=at,
                    updated_at=at,
                    metadata=dict(conversation.metadata),
                    slots={},
                    turns=0,
                )
            )
            for told in self._on_change:
                await told(connection, conversation, opened=True)
            return await _insert(connection, conversation.id, 1, drafts, at)

    async def head(self, conversation_id: str) -> Conversation:
        """The head of a conversation.

        Raises:
            ConversationNotFound: no such id.
        """
        async with self._db.read() as connection:
            row = (await connection.execute(HEAD, {"id": conversation_id})).first()
        if row is None:
            raise ConversationNotFound()
        return conversation_of(row)

    async def heads(
        self,
        owners: Iterable[Owner] = (),
        agent_id: str | None = None,
        customer_id: str | None = None,
        limit: int = 50,
        offset: int = 0,
        ids: Sequence[str] | None = None,
    ) -> tuple[Conversation, ...]:
        """Conversations that fit every filter given, most recently active first."""
        query = select(HEAD_COLUMNS).order_by(conversations.c.updated_at.desc()).limit(limit).offset(offset)
        chosen = [owner.value for owner in owners]
        if chosen:
            query = query.where(conversations.c.owner.in_(chosen))
        if ids is not None:
            query = query.where(conversations.c.id.in_(list(ids)))
        if agent_id is not None:
            query = query.where(conversations.c.agent_id == agent_id)
        if customer_id is not None:
            query = query.where(conversations.c.customer_id == customer_id)
        async with self._db.read() as connection:
            return tuple(conversation_of(row) for row in (await connection.execute(query)).all())

    async def unanswered(self, before: datetime, limit: int = 100) -> tuple[str, ...]:
        """Ids of conversations that the bot owns and whose newest customer message nobody answered since `before`."""
        query = (
            select([conversations.c.id])
            .where(and_(LEFT_TO_BOT, conversations.c.updated_at < before))
            .order_by(conversations.c.updated_at)
            .limit(limit)
        )
        async with self._db.read() as connection:
            return tuple(row.id for row in (await connection.execute(query)).all())

    # -- messages ----------------------------------------------------------------------------------------------

    async def append(
        self, conversation_id: str, draft: Draft, at: datetime, *, epoch: int | None = None
    ) -> tuple[Message, bool]:
        """Add one message, as `take`; returns it and whether it is new."""
        added = await self.take(conversation_id, draft, at, epoch=epoch)
        return added.message, added.head is not None

    async def take(self, conversation_id: str, draft: Draft, at: datetime, *, epoch: int | None = None) -> Appended:
        """Add one message; the same `client_msg_id` again gives back the stored one.

        While a person or the queue owns the conversation, a customer's message counts as dealt with by them.

        Args:
            epoch: write only while the conversation is still at this epoch (a person's message).

        Raises:
            ConversationNotFound: no such id.
            ConversationClosed: it has ended, or `epoch` is over.
        """
        wanted = {
            "id": conversation_id,
            "at": at,
            "any_epoch": epoch is None,
            "epoch": epoch or 0,
            "client_msg_id": draft.client_msg_id,
        }
        try:
            async with self._db.write() as connection:
                moved = (await connection.execute(TAKE_SEQ[draft.author.kind], wanted)).first()
                if moved is None:
                    return Appended(await _known(connection, conversation_id, draft.client_msg_id), None, False)
                head = conversation_of(moved)
                (message,) = await _insert(connection, conversation_id, head.last_seq, [draft], at)
                for told in self._on_message:
                    await told(connection, message, head.owner)
                crash_point("append_before_commit")
        except IntegrityError:
            # the same message came twice at the same moment and the other one was first
            async with self._db.read() as connection:
                return Appended(await _known(connection, conversation_id, draft.client_msg_id), None, False)
        return Appended(message, head, head.owner is Owner.bot and moved.earlier is None)

    async def by_client_id(self, conversation_id: str, client_msg_id: str) -> Message | None:
        async with self._db.read() as connection:
            return await _by_client_id(connection, conversation_id, client_msg_id)

    async def messages(self, conversation_id: str, after: int = 0, limit: int = 10_000) -> tuple[Message, ...]:
        """Messages with `seq` above `after`, oldest first."""
        wanted = {"id": conversation_id, "after": after, "limit": limit}
        async with self._db.read() as connection:
            return tuple(message_of(row) for row in (await connection.execute(MESSAGES, wanted)).all())

    async def button(self, conversation_id: str, button_id: str) -> Button | None:
        """A button of this conversation; the newest messages are looked at first."""
        query = (
            select([messages.c.buttons])
            .where(and_(messages.c.conversation_id == conversation_id, messages.c.buttons.isnot(None)))
            .order_by(messages.c.seq.desc())
        )
        async with self._db.read() as connection:
            for row in await connection.execute(query):
                for item in row.buttons or ():
                    if item["id"] == button_id:
                        return Button(**item)
        return None

    async def next_unanswered(self, conversation_id: str) -> tuple[Conversation, Message] | None:
        """The oldest customer message that waits for the bot, or None."""
        async with self._db.read() as connection:
            row = (await connection.execute(NEXT_UNANSWERED, {"id": conversation_id})).first()
        return None if row is None else (conversation_of(row), message_of(row, MESSAGE_PREFIX))

    async def commit_turn(self, record: TurnRecord, at: datetime) -> tuple[tuple[Message, ...], bool] | None:
        """Write what a turn said and learned, if nobody took over meanwhile.

        Returns:
            The messages as stored, and whether another customer message waits; None when the epoch or the answered
            message has moved on: then nothing is written.
        """
        async with self._db.write() as connection:
            moved = (
                await connection.execute(
                    COMMIT_TURN,
                    {
                        "count": len(record.drafts),
                        "answered_to": record.answered_to,
                        "at": at,
                        "language": record.language,
                        "assurance": record.assurance.value,
                        "customer_id": record.customer_id,
                        "slots": dict(record.slots),
                        "turn": record.turn,
                        "id": record.conversation_id,
                        "epoch": record.epoch,
                        "answered_from": record.answered_from,
                    },
                )
            ).first()
            if moved is None:
                return None
            events = {"conversation_id": record.conversation_id, "turn": record.turn, "events": list(record.events)}
            await connection.execute(ADD_EVENTS, events)
            first = moved[0] - len(record.drafts) + 1
            written = await _insert(connection, record.conversation_id, first, record.drafts, at)
        return written, moved[1] > record.answered_to

    # -- owners ------------------------------------------------------------------------------------------------

    async def change_owner(
        self,
        conversation_id: str,
        *,
        epoch: int,
        owner: Owner,
        agent_id: str | None,
        actor: str,
        reason: str,
        drafts: Sequence[Draft],
        at: datetime,
        slots: Mapping[str, Any] | None = None,
    ) -> tuple[Conversation, tuple[Message, ...]] | None:
        """Hand the conversation on: epoch + 1, messages, and a row in the audit, together.

        What the customer wrote so far counts as dealt with by the new owner.

        Returns:
            The new head and the messages; None when the epoch has moved on: then nothing is written.
        """
        async with self._db.write() as connection:
            values = {
                "owner": owner.value,
                "epoch": epoch + 1,
                "agent_id": agent_id,
                "last_seq": conversations.c.last_seq + len(drafts),
                "answered_seq": conversations.c.last_seq + len(drafts),
                "updated_at": at,
                "closed_at": at if owner is Owner.closed else None,
                # asking for a person is waiting; the bot or the end leave nobody waiting
                "waiting_since": func.coalesce(conversations.c.waiting_since, literal(at, UtcTime()))
                if owner in (Owner.queued, Owner.agent)
                else None,
            }
            if slots is not None:
                values["slots"] = dict(slots)
                # other processes notice by the count that what they cached is old
                values["turns"] = conversations.c.turns + 1
            done = await connection.execute(
                update(conversations)
                .where(and_(conversations.c.id == conversation_id, conversations.c.epoch == epoch))
                .values(**values)
            )
            if done.rowcount != 1:
                return None
            row = (await connection.execute(HEAD, {"id": conversation_id})).first()
            assert row is not None
            head = conversation_of(row)
            for told in self._on_change:
                await told(connection, head, opened=False)
            written = await _insert(connection, conversation_id, head.last_seq - len(drafts) + 1, drafts, at)
            detail = {"owner": owner.value, "epoch": head.epoch, "reason": reason}
            row = audit_row(actor, "owner_changed", at, conversation_id, detail, subject_id=agent_id)
            await connection.execute(row)
        return head, written

    async def set_language(self, conversation_id: str, language: str, at: datetime) -> None:
        """Let the conversation go on in another language, as the customer set it in their app."""
        async with self._db.write() as connection:
            row = (
                await connection.execute(select([conversations.c.slots]).where(conversations.c.id == conversation_id))
            ).first()
            if row is None:
                raise ConversationNotFound()
            await connection.execute(
                update(conversations)
                .where(conversations.c.id == conversation_id)
                .values(
                    language=language,
                    slots={**(row.slots or {}), "language": language, "other_language_run": 0},
                    # other processes notice by the count that what they cached is old
                    turns=conversations.c.turns + 1,
                    updated_at=at,
                )
            )

    async def ask_in_flow(
        self, conversation_id: str, flow: str, step: str, slots: Mapping[str, Any], at: datetime
    ) -> None:
        """Put an open question of a flow on top, as if the assistant had just asked it."""
        async with self._db.write() as connection:
            query = select([conversations.c.slots]).where(conversations.c.id == conversation_id)
            row = (await connection.execute(query.with_for_update())).first()
            if row is None:
                raise ConversationNotFound()
            before = dict(row.slots or {})
            below = [frame for frame in before.get("flow_stack") or [] if frame["flow"] != flow]
            stack = [*below, {"flow": flow, "step": step, "waiting": True}]
            await connection.execute(
                update(conversations)
                .where(conversations.c.id == conversation_id)
                .values(
                    slots={**before, **slots, "flow_stack": stack},
                    # other processes notice by the count that what they cached is old
                    turns=conversations.c.turns + 1,
                    updated_at=at,
                )
            )

    # -- the assistant's memory ----------------------------------------------------------------------------------

    async def memory(self, conversation_id: str, turns: int) -> tuple[Mapping[str, Any], int, tuple[list[Any], ...]]:
        """Slots, number of turns, and the events of the newest `turns` turns, oldest turn first."""
        async with self._db.read() as connection:
            head = (await connection.execute(MEMORY, {"id": conversation_id})).first()
            if head is None:
                return {}, 0, ()
            newest = {"id": conversation_id, "after": head.turns - turns}
            rows = (await connection.execute(TURN_EVENTS, newest)).all()
        return head.slots or {}, head.turns, tuple(list(row.events) for row in rows)


async def _by_client_id(connection: AsyncConnection, conversation_id: str, client_msg_id: str) -> Message | None:
    found = await connection.execute(BY_CLIENT_ID, {"id": conversation_id, "client_msg_id": client_msg_id})
    row = found.first()
    return None if row is None else message_of(row)


async def _known(connection: AsyncConnection, conversation_id: str, client_msg_id: str | None) -> Message:
    """The message that is stored already under this `client_msg_id`, or why nothing can be added."""
    known = await _by_client_id(connection, conversation_id, client_msg_id) if client_msg_id else None
    if known is not None:
        return known
    if (await connection.execute(HEAD, {"id": conversation_id})).first() is None:
        raise ConversationNotFound()
    raise ConversationClosed()


async def _insert(
    connection: AsyncConnection, conversation_id: str, first_seq: int, drafts: Sequence[Draft], at: datetime
) -> tuple[Message, ...]:
    written = tuple(
        Message(
            conversation_id=conversation_id,
            seq=first_seq + offset,
            id=new_id(),
            at=at,
            author=draft.author,
            text=draft.text,
            client_msg_id=draft.client_msg_id,
            buttons=draft.buttons,
            expects=draft.expects,
            attachments=draft.attachments,
            data=draft.data,
            payload=draft.payload,
        )
        for offset, draft in enumerate(drafts)
    )
    if written:
        await connection.execute(ADD_MESSAGES, [row_of(item) for item in written])
    return written
