"""Statements of the ledger that every turn runs, built once.

SQLAlchemy builds and compares a statement in longer than SQLite needs to run it; one that is built once is compiled
once and only bound afterwards.
"""

from __future__ import annotations

from sqlalchemy import JSON, Integer, and_, bindparam, column, select, text

from bot.contracts import AuthorKind, Owner
from bot.schema import UtcTime, conversations, messages, tracker_events

#: columns that make a `Conversation`; the slots are read only by the assistant's store
HEAD_COLUMNS = [column for column in conversations.c if column.name not in ("slots", "customer_seq", "waiting_since")]
#: prefix of a message's columns where they stand beside a head's
MESSAGE_PREFIX = "message_"

#: id → head
HEAD = select(HEAD_COLUMNS).where(conversations.c.id == bindparam("id"))

#: id, after, limit → messages above `after`, oldest first
MESSAGES = (
    messages.select()
    .where(and_(messages.c.conversation_id == bindparam("id"), messages.c.seq > bindparam("after")))
    .order_by(messages.c.seq)
    .limit(bindparam("limit"))
)

#: id, client_msg_id → the message that was stored under it
BY_CLIENT_ID = messages.select().where(
    and_(messages.c.conversation_id == bindparam("id"), messages.c.client_msg_id == bindparam("client_msg_id"))
)

#: a condition: the bot owns the conversation and has not answered its newest customer message
LEFT_TO_BOT = and_(
    conversations.c.owner == Owner.bot.value, conversations.c.customer_seq > conversations.c.answered_seq
)

#: id → head and the oldest customer message that waits for the bot
NEXT_UNANSWERED = (
    select([*HEAD_COLUMNS, *(column.label(MESSAGE_PREFIX + column.name) for column in messages.c)])
    .select_from(
        conversations.join(
            messages,
            and_(
                messages.c.conversation_id == conversations.c.id,
                messages.c.seq > conversations.c.answered_seq,
                messages.c.author_kind == AuthorKind.customer.value,
            ),
        )
    )
    .where(and_(conversations.c.id == bindparam("id"), conversations.c.owner == Owner.bot.value))
    .order_by(messages.c.seq)
    .limit(1)
)

_TAKE_SEQ = (
    "UPDATE conversations SET last_seq = last_seq + 1, updated_at = :at, waiting_since = {waiting_since}{counters}"
    " WHERE id = :id AND owner <> 'closed' AND (:any_epoch OR epoch = :epoch)"
    " AND NOT EXISTS (SELECT 1 FROM messages WHERE conversation_id = :id AND client_msg_id = :client_msg_id)"
    f" RETURNING {', '.join(column.name for column in HEAD_COLUMNS)},"
    " (SELECT MIN(seq) FROM messages WHERE conversation_id = conversations.id"
    " AND seq > conversations.answered_seq AND author_kind = 'customer') AS earlier"
)
_CUSTOMER_COUNTERS = (
    ", customer_seq = last_seq + 1, answered_seq = CASE WHEN owner = 'bot' THEN answered_seq ELSE last_seq + 1 END"
)

#: since when the customer waits once somebody has spoken; notices and cards of the bot answer nobody
_WAITING_SINCE = {AuthorKind.customer: "COALESCE(waiting_since, :at)", AuthorKind.agent: "NULL"}

#: who speaks → id, at, any_epoch, epoch, client_msg_id → the head with a new message's `seq`, and in `earlier` the
#: oldest message of the customer's that waits already; no row when it is closed, at another epoch or knows the
#: `client_msg_id`
TAKE_SEQ = {
    kind: text(
        _TAKE_SEQ.format(
            counters=_CUSTOMER_COUNTERS if kind is AuthorKind.customer else "",
            waiting_since=_WAITING_SINCE.get(kind, "waiting_since"),
        )
    )
    .bindparams(bindparam("at", type_=UtcTime()))
    .columns(*HEAD_COLUMNS, column("earlier", Integer))
    for kind in AuthorKind
}

#: the head after a turn; no row when somebody took over meanwhile, or changed what the assistant remembers
COMMIT_TURN = text(
    "UPDATE conversations SET last_seq = last_seq + :count, answered_seq = :answered_to, updated_at = :at,"
    " waiting_since = CASE WHEN customer_seq > :answered_to THEN :at ELSE NULL END,"
    " language = :language, assurance = :assurance, customer_id = :customer_id, slots = :slots, turns = :turn"
    " WHERE id = :id AND epoch = :epoch AND answered_seq = :answered_from AND turns = :turn - 1"
    " RETURNING last_seq, customer_seq"
).bindparams(bindparam("at", type_=UtcTime()), bindparam("slots", type_=JSON))

ADD_EVENTS = tracker_events.insert()
ADD_MESSAGES = messages.insert()

#: id → slots and number of turns
MEMORY = select([conversations.c.slots, conversations.c.turns]).where(conversations.c.id == bindparam("id"))

#: id, after → the assistant's events of the turns above `after`, oldest first
TURN_EVENTS = (
    select([tracker_events.c.events])
    .where(and_(tracker_events.c.conversation_id == bindparam("id"), tracker_events.c.turn > bindparam("after")))
    .order_by(tracker_events.c.turn)
)
