"""The desk's lists in SQL: as many statements for five hundred conversations as for one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, and_, func, literal, or_, select, type_coerce, union_all
from sqlalchemy.sql import ColumnElement

from bot.contracts import AuthorKind, Conversation, Owner
from bot.conversations.rows import conversation_of, message_of
from bot.conversations.statements import HEAD_COLUMNS, MESSAGE_PREFIX
from bot.database import Database
from bot.desk.inbox.model import Asked, Entry, ListQuery, Scope, Sort
from bot.desk.ratings.model import LOW_SCORE
from bot.handoff.store import NEWEST_HANDOFF
from bot.schema import (
    conversations,
    desk_participants,
    handoffs,
    mentions,
    messages,
    ratings,
    read_marks,
    tickets,
    users,
)
from bot.tickets.model import OPEN

_OWNERS = {
    Scope.mine: (Owner.agent,),
    Scope.queued: (Owner.queued,),
    Scope.group: (Owner.queued, Owner.agent),
    Scope.open: (Owner.bot, Owner.queued, Owner.agent),
    Scope.closed: (Owner.closed,),
}
_OPEN_TICKETS = sorted(status.value for status in OPEN)
#: sorts behind every time
_NEVER = "~"
_WAITING = func.coalesce(type_coerce(conversations.c.waiting_since, String), literal(_NEVER))
_UPDATED = type_coerce(conversations.c.updated_at, String)
_CREATED = type_coerce(conversations.c.created_at, String)
#: keys of each order, and whether they fall
_KEYS: dict[Sort, tuple[tuple[Any, bool], ...]] = {
    Sort.waiting: ((_WAITING, False), (_UPDATED, True), (conversations.c.id, False)),
    Sort.newest: ((_UPDATED, True), (conversations.c.id, False)),
    Sort.oldest: ((_CREATED, False), (conversations.c.id, False)),
}
_LAST = messages.alias("last_message")
_ASKED = handoffs.alias("asked")
_ASKED_COLUMNS = ("reason_code", "requested_at", "group_id", "product", "first_response_due_at")
_SOURCE = conversations.outerjoin(
    _LAST, and_(_LAST.c.conversation_id == conversations.c.id, _LAST.c.seq == conversations.c.last_seq)
).outerjoin(_ASKED, _ASKED.c.id == NEWEST_HANDOFF)
#: for counting: the newest hand-over only
_COUNTED = conversations.outerjoin(_ASKED, _ASKED.c.id == NEWEST_HANDOFF)
_COLUMNS = [
    *HEAD_COLUMNS,
    conversations.c.waiting_since,
    *(column.label(MESSAGE_PREFIX + column.name) for column in _LAST.c),
    *(_ASKED.c[name].label(f"asked_{name}") for name in _ASKED_COLUMNS),
]


class InboxStore:
    """Pages of conversations, and what a list shows beside them."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def page(self, query: ListQuery) -> tuple[tuple[Entry, ...], int]:
        """Conversations that fit, in the order asked for, and how many fit altogether.

        Returns:
            At most `query.limit` + 1 entries: one more than fit on the page says that there is another.
        """
        keys = _KEYS[query.sort]
        wanted = _wanted(query)
        rows = select([*_COLUMNS, *(key.label(f"key_{n}") for n, (key, _falls) in enumerate(keys))])
        rows = rows.select_from(_SOURCE).where(and_(*wanted, *_behind(keys, query.after)))
        rows = rows.order_by(*(key.desc() if falls else key for key, falls in keys)).limit(query.limit + 1)
        by_handoff = query.group or query.reason or query.product or query.scope is Scope.group
        total = select([func.count()]).select_from(_COUNTED if by_handoff else conversations).where(and_(*wanted))
        async with self._db.read() as connection:
            found = tuple(_entry(row, len(keys)) for row in (await connection.execute(rows)).all())
            return found, int((await connection.execute(total)).scalar() or 0)

    async def unread(self, conversation_ids: Sequence[str], user_id: str) -> dict[str, int]:
        """Customers' messages behind somebody's read mark, by conversation; those without any are left out."""
        mark = and_(read_marks.c.conversation_id == messages.c.conversation_id, read_marks.c.reader == user_id)
        query = (
            select([messages.c.conversation_id, func.count()])
            .select_from(messages.outerjoin(read_marks, mark))
            .where(
                and_(
                    messages.c.conversation_id.in_(list(conversation_ids)),
                    messages.c.author_kind == AuthorKind.customer.value,
                    messages.c.seq > func.coalesce(read_marks.c.seq, 0),
                )
            )
            .group_by(messages.c.conversation_id)
        )
        async with self._db.read() as connection:
            return {row[0]: row[1] for row in (await connection.execute(query)).all()}

    async def tickets_due(self, heads: Sequence[Conversation]) -> dict[str, datetime]:
        """Conversation → the first time by which something is due on an open ticket of it or of its customer."""
        first = [
            select([literal(kind).label("kind"), column.label("key"), func.min(tickets.c.due_at).label("due_at")])
            .where(and_(column.in_(list(keys)), tickets.c.status.in_(_OPEN_TICKETS), tickets.c.due_at.isnot(None)))
            .group_by(column)
            for kind, column, keys in (
                ("chat", tickets.c.conversation_id, {head.id for head in heads}),
                ("customer", tickets.c.customer_id, {head.customer_id for head in heads if head.customer_id}),
            )
        ]
        async with self._db.read() as connection:
            rows = (await connection.execute(union_all(*first))).all()
        due = {(row.kind, row.key): row.due_at for row in rows}
        found = {head.id: [due.get(("chat", head.id)), due.get(("customer", head.customer_id))] for head in heads}
        return {id_: min(filter(None, times)) for id_, times in found.items() if any(times)}

    async def names(self, user_ids: Sequence[str]) -> dict[str, dict[str, str]]:
        """Names {zh, en} of people of the desk by id."""
        query = select([users.c.id, users.c.name]).where(users.c.id.in_(list(user_ids)))
        async with self._db.read() as connection:
            return {row.id: dict(row.name) for row in (await connection.execute(query)).all()}


def _wanted(query: ListQuery) -> list[ColumnElement[Any]]:
    """The conditions of a list."""
    wanted: list[Any] = []
    owners = _OWNERS.get(query.scope)
    if owners:
        wanted.append(conversations.c.owner.in_([owner.value for owner in owners]))
    if query.scope is Scope.mine:
        wanted.append(conversations.c.agent_id == query.user_id)
    elif query.scope is Scope.group:
        wanted.append(_ASKED.c.group_id.in_(query.groups))
    elif query.scope is Scope.watched:
        inside = select([desk_participants.c.conversation_id]).where(desk_participants.c.user_id == query.user_id)
        wanted.append(conversations.c.id.in_(inside))
    elif query.scope is Scope.mentions:
        named = select([mentions.c.conversation_id]).where(mentions.c.user_id == query.user_id)
        wanted.append(conversations.c.id.in_(named))
    elif query.scope is Scope.low_ratings:
        low = select([ratings.c.conversation_id]).where(ratings.c.score <= LOW_SCORE)
        wanted.append(conversations.c.id.in_(low))
    for column, value in (
        (conversations.c.agent_id, query.agent),
        (conversations.c.language, query.language),
        (_ASKED.c.reason_code, query.reason),
        (_ASKED.c.group_id, query.group),
        (_ASKED.c.product, query.product),
    ):
        if value is not None:
            wanted.append(column == value)
    if query.found_ids is not None:
        found: list[Any] = [conversations.c.id.in_(query.found_ids)]
        if query.found_customers:
            found.append(conversations.c.customer_id.in_(query.found_customers))
        wanted.append(or_(*found))
    return wanted


def _behind(keys: Sequence[tuple[Any, bool]], after: Sequence[str] | None) -> list[ColumnElement[Any]]:
    """What lies behind the row with these keys: the first key is further, or equal and the next further, and so on."""
    if after is None:
        return []
    steps: list[Any] = []
    for n, (key, falls) in enumerate(keys):
        equal = [before == value for (before, _falls), value in zip(keys[:n], after, strict=False)]
        steps.append(and_(*equal, key < after[n] if falls else key > after[n]))
    return [or_(*steps)]


def _entry(row: Any, keys: int) -> Entry:
    asked = None
    if row.asked_reason_code is not None:
        asked = Asked(*(row._mapping[f"asked_{name}"] for name in _ASKED_COLUMNS))
    return Entry(
        head=conversation_of(row),
        waiting_since=row.waiting_since,
        last=message_of(row, MESSAGE_PREFIX) if row._mapping[MESSAGE_PREFIX + "seq"] is not None else None,
        asked=asked,
        cursor=tuple(str(row._mapping[f"key_{n}"]) for n in range(keys)),
    )
