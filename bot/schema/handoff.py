"""Hand-overs, the people of the desk and what they do in chats."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from bot.schema.base import UtcTime, metadata

#: for rows that were there before the column
_LONG_AGO = "1970-01-01T00:00:00.000000+00:00"

handoffs = Table(
    "handoffs",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("conversation_id", String(40), ForeignKey("conversations.id"), nullable=False),
    #: waiting, accepted, returned, closed, left, callback, ticket
    Column("status", String(16), nullable=False),
    Column("reason_code", String(32), nullable=False),
    Column("language", String(8), nullable=False),
    #: 0 is most urgent
    Column("priority", Integer, nullable=False),
    Column("requested_at", UtcTime, nullable=False),
    Column("accepted_at", UtcTime),
    #: by whoever had it first; a transfer or a lost connection leads to another `accepted_at`
    Column("first_accepted_at", UtcTime),
    Column("ended_at", UtcTime),
    Column("agent_id", String(40)),
    Column("packet", JSON, nullable=False),
    Column("disposition", JSON),
    #: of data/desk/groups.yml
    Column("group_id", String(40), nullable=False, server_default="general"),
    Column("product", String(16)),
    Column("customer_class", String(32)),
    #: order of service while it waits: the earlier, the sooner
    Column("rank_at", UtcTime, nullable=False, server_default=_LONG_AGO),
    #: a transfer to this person alone
    Column("direct_to", String(40)),
    #: who served this conversation, or this customer, before
    Column("last_agent_id", String(40)),
    #: who has just handed it on, and until when it is not offered to them
    Column("spared_id", String(40)),
    Column("spared_until", UtcTime),
    #: the range that the customer was promised, seconds from `requested_at`
    Column("eta_low_s", Integer),
    Column("eta_high_s", Integer),
    Column("first_response_at", UtcTime),
    Column("first_response_due_at", UtcTime),
    #: the fact that the bot is asking for meanwhile
    Column("asking", String(64)),
    Index("ix_handoffs_waiting", "status", "priority", "requested_at"),
    Index("ix_handoffs_rank", "status", "rank_at"),
    Index("ix_handoffs_group", "group_id", "status", "ended_at"),
    Index("ix_handoffs_requested", "requested_at"),
    Index("ix_handoffs_conversation", "conversation_id", "requested_at"),
)

#: what somebody of the desk wishes; whether they are there is in Redis
desk_presence = Table(
    "desk_presence",
    metadata,
    Column("user_id", String(40), primary_key=True),
    #: available, away, offline
    Column("wish", String(16), nullable=False),
    #: why it was set for them: no_answer, connection_lost
    Column("reason", String(32)),
    Column("since", UtcTime, nullable=False),
    #: when they last took or ended a chat
    Column("served_at", UtcTime),
)

#: offers that have ended
desk_offers = Table(
    "desk_offers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("handoff_id", String(40), nullable=False),
    Column("user_id", String(40), nullable=False),
    Column("group_id", String(40), nullable=False),
    Column("offered_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime, nullable=False),
    #: accepted, declined, no_answer, withdrawn
    Column("outcome", String(16), nullable=False),
    Column("reason", String(200)),
    Index("ix_desk_offers_ended", "ended_at"),
)

#: who is in a chat beside its owner
desk_participants = Table(
    "desk_participants",
    metadata,
    Column("conversation_id", String(40), ForeignKey("conversations.id"), primary_key=True),
    Column("user_id", String(40), primary_key=True),
    #: invited, watching, joined
    Column("mode", String(16), nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("invited_by", String(40)),
    Index("ix_desk_participants_user", "user_id"),
)

#: words that only the desk sees, said while a chat goes on
desk_whispers = Table(
    "desk_whispers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("conversation_id", String(40), ForeignKey("conversations.id"), nullable=False),
    Column("author_id", String(40), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("text", Text, nullable=False),
    Index("ix_desk_whispers_conversation", "conversation_id", "at"),
)

#: customers who would rather be called
callbacks = Table(
    "callbacks",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("conversation_id", String(40), ForeignKey("conversations.id"), nullable=False),
    Column("handoff_id", String(40), nullable=False),
    Column("customer_id", String(40)),
    Column("phone", String(32), nullable=False),
    Column("language", String(8), nullable=False),
    Column("group_id", String(40), nullable=False),
    Column("requested_at", UtcTime, nullable=False),
    #: when the customer would like it; null: as soon as somebody can
    Column("wanted_at", UtcTime),
    #: open, taken, done, missed
    Column("state", String(16), nullable=False),
    Column("agent_id", String(40)),
    Column("tries", Integer, nullable=False),
    Column("note", Text),
    Column("ended_at", UtcTime),
    UniqueConstraint("handoff_id"),
    Index("ix_callbacks_state", "state", "requested_at"),
)

users = Table(
    "users",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("username", String(64), nullable=False, unique=True),
    Column("name", JSON, nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("roles", JSON, nullable=False),
    Column("languages", JSON, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("groups", JSON, nullable=False, server_default="[]"),
    #: products that they know; none named: all
    Column("products", JSON, nullable=False, server_default="[]"),
    #: classes of customers that they are trained for, such as vip
    Column("classes", JSON, nullable=False, server_default="[]"),
)

notes = Table(
    "notes",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("conversation_id", String(40), ForeignKey("conversations.id"), nullable=False),
    Column("author_id", String(40), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("text", Text, nullable=False),
    Index("ix_notes_conversation", "conversation_id", "at"),
)
