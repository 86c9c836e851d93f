"""What was said, by whom, and who did what."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from bot.schema.base import UtcTime, metadata

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("language", String(8), nullable=False),
    Column("owner", String(16), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("last_seq", Integer, nullable=False),
    #: newest customer message dealt with; a turn moves it on only if it is where the turn found it
    Column("answered_seq", Integer, nullable=False),
    #: newest customer message of all; an unanswered one is `customer_seq > answered_seq`
    Column("customer_seq", Integer, nullable=False),
    Column("assurance", String(16), nullable=False),
    Column("customer_id", String(40)),
    Column("agent_id", String(40)),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),
    Column("metadata", JSON, nullable=False),
    #: the assistant's slots after the last turn, so that a tracker needs only its newest events
    Column("slots", JSON, nullable=False),
    #: number of turns stored in `tracker_events`
    Column("turns", Integer, nullable=False),
    #: the customer's oldest message, or request for a person, that nobody has answered; null when nobody waits
    Column("waiting_since", UtcTime),
    Index("ix_conversations_owner_updated", "owner", "updated_at"),
    Index("ix_conversations_owner_waiting", "owner", "waiting_since"),
    Index("ix_conversations_agent", "agent_id", "owner"),
    Index("ix_conversations_customer", "customer_id", "updated_at"),
)

messages = Table(
    "messages",
    metadata,
    Column("conversation_id", String(40), ForeignKey("conversations.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("id", String(40), nullable=False),
    Column("client_msg_id", String(80)),
    Column("at", UtcTime, nullable=False),
    Column("author_kind", String(16), nullable=False),
    Column("author_name", String(80)),
    Column("text", Text, nullable=False),
    Column("buttons", JSON),
    Column("expects", String(64)),
    Column("attachments", JSON),
    Column("data", JSON),
    Column("payload", Text),
    UniqueConstraint("conversation_id", "client_msg_id"),
    UniqueConstraint("id"),
)

#: append-only; one row a turn holds the events of that turn
tracker_events = Table(
    "tracker_events",
    metadata,
    Column("conversation_id", String(40), ForeignKey("conversations.id"), primary_key=True),
    Column("turn", Integer, primary_key=True),
    Column("events", JSON, nullable=False),
)

attachments = Table(
    "attachments",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("conversation_id", String(40), ForeignKey("conversations.id"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("mime", String(80), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

#: what customers thought of the bot and of the person, once each
ratings = Table(
    "ratings",
    metadata,
    Column("conversation_id", String(40), ForeignKey("conversations.id"), primary_key=True),
    #: bot, agent
    Column("subject", String(8), primary_key=True),
    Column("score", Integer, nullable=False),
    Column("solved", Boolean, nullable=False),
    Column("comment", Text),
    #: the person rated; with the bot: null
    Column("agent_id", String(40)),
    Column("created_at", UtcTime, nullable=False),
    Column("reviewed_at", UtcTime),
    Column("reviewed_by", String(40)),
    Column("review", Text),
    Index("ix_ratings_score", "score", "created_at"),
)

#: who did what: owner changes, log-ins, views, ticket acts
audit = Table(
    "audit",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("action", String(64), nullable=False),
    Column("conversation_id", String(40)),
    Column("subject_id", String(40)),
    Column("detail", JSON, nullable=False),
    Index("ix_audit_conversation", "conversation_id", "at"),
)
