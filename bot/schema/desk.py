"""What people of the desk keep: marks, drafts, macros, settings, cards; threads of another desk."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from bot.schema.base import UtcTime, metadata

#: how far somebody has read a conversation
read_marks = Table(
    "read_marks",
    metadata,
    Column("conversation_id", String(40), ForeignKey("conversations.id"), primary_key=True),
    #: a user's id, or `customer`
    Column("reader", String(40), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
)

#: what somebody of the desk has begun to write
drafts = Table(
    "drafts",
    metadata,
    Column("conversation_id", String(40), ForeignKey("conversations.id"), primary_key=True),
    Column("user_id", String(40), primary_key=True),
    #: reply, note
    Column("kind", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)

mentions = Table(
    "mentions",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("note_id", String(40), ForeignKey("notes.id"), nullable=False),
    Column("conversation_id", String(40), nullable=False),
    #: who is named
    Column("user_id", String(40), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("read_at", UtcTime),
    Index("ix_mentions_user", "user_id", "at"),
)

#: texts that people of the desk keep for use again
macros = Table(
    "macros",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("title", JSON, nullable=False),
    Column("text", JSON, nullable=False),
    #: what to type after a slash
    Column("shortcut", String(40)),
    #: mine, group, all
    Column("visibility", String(8), nullable=False),
    Column("group_id", String(40)),
    #: null: came with the product
    Column("author_id", String(40)),
    Column("updated_at", UtcTime, nullable=False),
)

user_settings = Table(
    "user_settings",
    metadata,
    Column("user_id", String(40), primary_key=True),
    Column("settings", JSON, nullable=False),
)

#: whether the packet helped the person who got it
packet_ratings = Table(
    "packet_ratings",
    metadata,
    Column("handoff_id", String(40), ForeignKey("handoffs.id"), primary_key=True),
    Column("conversation_id", String(40), nullable=False),
    Column("user_id", String(40), nullable=False),
    Column("useful", Boolean, nullable=False),
    Column("missing", Text),
    Column("at", UtcTime, nullable=False),
)

#: names and numbers of customers who have written, so that lists and the search need no back office
customer_cards = Table(
    "customer_cards",
    metadata,
    Column("customer_id", String(40), primary_key=True),
    Column("name_zh", String(120), nullable=False),
    Column("name_en", String(120), nullable=False),
    Column("phone", String(40), nullable=False),
    Column("account_number", String(40), nullable=False),
    Column("customer_class", String(40)),
    Column("fetched_at", UtcTime, nullable=False),
)

#: our conversations as threads of a Chatwoot inbox (docs/desks.md)
chatwoot_threads = Table(
    "chatwoot_threads",
    metadata,
    Column("conversation_id", String(40), ForeignKey("conversations.id"), primary_key=True),
    #: its number there; null until it has been told
    Column("chatwoot_id", Integer, unique=True),
    #: whether people there are to have it now; written in the transaction that changes the owner
    Column("is_open", Boolean, nullable=False),
    #: epoch at which `is_open` last changed; what comes from there must name it
    Column("phase_epoch", Integer, nullable=False),
    #: epoch of the opening that they have been told of and that has not ended for them
    Column("live_epoch", Integer),
    #: newest of our messages that they can read
    Column("told_seq", Integer, nullable=False),
    #: id there of the newest message that we know we have put there
    Column("posted_id", Integer, nullable=False),
    #: newest of their messages that was looked at
    Column("seen_message_id", Integer, nullable=False),
    #: open, resolved, pending, snoozed: as last heard
    Column("status", String(16), nullable=False),
    #: whom it is assigned to there, as last heard
    Column("assignee_id", Integer),
    #: `updated_at` of what was last heard, seconds since 1970
    Column("heard_at", Float),
    Column("checked_at", UtcTime),
    Index("ix_chatwoot_threads_open", "is_open", "checked_at"),
)

#: webhooks that were dealt with, so that one which comes again changes nothing
chatwoot_webhooks = Table(
    "chatwoot_webhooks",
    metadata,
    #: delivery id, or the signature
    Column("id", String(80), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Index("ix_chatwoot_webhooks_at", "at"),
)
