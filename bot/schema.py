"""All SQL tables, as SQLAlchemy Core metadata. Alembic makes them; only `store.py` files query them.

Times are stored as ISO 8601 text in UTC with microseconds, so that both databases sort them the same way.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcTime(TypeDecorator[datetime]):
    """An aware datetime in Python, sortable UTC text of fixed width in SQL."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("times must carry an offset")
        return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")

    def process_result_value(self, value: str | None, dialect: Any) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


# -- conversations -----------------------------------------------------------------------------------------------

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

#: what customers meant where the model could not tell two wishes apart: examples for the trainers
labelled_examples = Table(
    "labelled_examples",
    metadata,
    Column("conversation_id", String(40), ForeignKey("conversations.id"), primary_key=True),
    #: of the message that was unclear
    Column("seq", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("language", String(8), nullable=False),
    #: names, numbers and addresses are masked
    Column("text", Text, nullable=False),
    #: the intent that the customer chose; null when it was neither
    Column("intent", String(64)),
    #: [{intent, confidence}], best first
    Column("candidates", JSON, nullable=False),
    #: archive of the model that could not tell
    Column("model", String(80), nullable=False),
    Index("ix_labelled_examples_at", "at"),
)

#: sentences that trainers should look at, each once
inbox_sentences = Table(
    "inbox_sentences",
    metadata,
    Column("conversation_id", String(40), ForeignKey("conversations.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("language", String(8), nullable=False),
    #: names, numbers and addresses are masked
    Column("text", Text, nullable=False),
    #: why it is here, in the order of the reasons' weight
    Column("reasons", JSON, nullable=False),
    #: what the bot took it for, and what came next; null when nothing
    Column("intent", String(64)),
    Column("confidence", Float, nullable=False),
    Column("second", String(64)),
    #: what a customer or an agent said was meant
    Column("suggested", String(64)),
    Column("model", String(80), nullable=False),
    #: 512 half-precision numbers; null until it is grouped
    Column("vector", LargeBinary),
    Column("group_id", String(40)),
    #: the decision made on it; null while it waits for one
    Column("decision_id", String(40)),
    Index("ix_inbox_sentences_group", "group_id", "at"),
    Index("ix_inbox_sentences_decision", "decision_id"),
)

#: open sentences alike in meaning
inbox_groups = Table(
    "inbox_groups",
    metadata,
    Column("id", String(40), primary_key=True),
    #: open, decided
    Column("status", String(8), nullable=False),
    Column("size", Integer, nullable=False),
    #: what a decision on it would teach, in points
    Column("weight", Integer, nullable=False),
    #: the first of its sentences
    Column("text", Text, nullable=False),
    #: {zh, en} and {reason: how many}
    Column("languages", JSON, nullable=False),
    Column("reasons", JSON, nullable=False),
    #: the same to look for: |refused|zh|
    Column("tags", String(200), nullable=False),
    Column("intent", String(64)),
    Column("confidence", Float, nullable=False),
    Column("suggested", String(64)),
    Column("first_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=False),
    #: mean of its vectors, 512 half-precision numbers
    Column("centre", LargeBinary, nullable=False),
    Index("ix_inbox_groups_weight", "status", "weight", "id"),
)

#: what trainers decided on sentences of the inbox
inbox_decisions = Table(
    "inbox_decisions",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("actor_id", String(40), nullable=False),
    #: accept, other_intent, new_intent, out_of_scope, delete
    Column("decision", String(16), nullable=False),
    Column("group_id", String(40), nullable=False),
    Column("decided", Integer, nullable=False),
    #: [{path, line, intent, text}] put into the actor's working copy
    Column("edits", JSON, nullable=False),
    Column("undone_at", UtcTime),
    Index("ix_inbox_decisions_actor", "actor_id", "at"),
)

#: how far each source of the inbox has been read
inbox_progress = Table(
    "inbox_progress",
    metadata,
    Column("source", String(16), primary_key=True),
    Column("read_to", UtcTime, nullable=False),
)

#: what customers' messages were about, for what to teach next
matters = Table(
    "matters",
    metadata,
    Column("conversation_id", String(40), ForeignKey("conversations.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("language", String(8), nullable=False),
    #: names, numbers and addresses are masked
    Column("text", Text, nullable=False),
    #: as the bot took it; null: refused
    Column("intent", String(64)),
    #: the article that was shown in answer
    Column("article", String(64)),
    Index("ix_matters_at", "at"),
)

#: what trainers let run: training, evaluating, comparing
training_jobs = Table(
    "training_jobs",
    metadata,
    Column("id", String(40), primary_key=True),
    #: train, evaluate, conversations, findings, gate
    Column("kind", String(16), nullable=False),
    #: queued, running, done, failed, cancelled
    Column("state", String(12), nullable=False),
    Column("step", String(16), nullable=False),
    #: 0 to 1
    Column("progress", Float, nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    Column("started_at", UtcTime),
    Column("ended_at", UtcTime),
    #: username
    Column("by", String(80), nullable=False),
    #: {proposal, model, promote, commit}
    Column("about", JSON, nullable=False),
    Column("result", JSON),
    #: a sentence that says why it failed
    Column("error", Text),
    #: 1 while it runs: only one does
    Column("slot", Integer, unique=True),
    #: host, pid and start of the process that does it, and of the one that watches that
    Column("process", String(160)),
    Column("watcher", String(160)),
    Column("heard_at", UtcTime),
    Index("ix_training_jobs_asked", "asked_at"),
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

#: events that other systems listen for, written in the same transaction as their cause (docs/apis.md)
outbox = Table(
    "outbox",
    metadata,
    #: sorts by time
    Column("id", String(48), primary_key=True),
    Column("at", UtcTime, nullable=False),
    #: whose listeners hear it: troubleTicket, appointment, partyInteraction, serviceProblem
    Column("api", String(32), nullable=False),
    Column("event_type", String(64), nullable=False),
    Column("subject_id", String(40), nullable=False),
    #: the event as it is sent
    Column("body", JSON, nullable=False),
    #: when its deliveries were written
    Column("routed_at", UtcTime),
    Index("ix_outbox_routed", "routed_at", "id"),
    Index("ix_outbox_subject", "subject_id", "id"),
)

#: who listens: TM Forum's hub
hubs = Table(
    "hubs",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("api", String(32), nullable=False),
    Column("callback", Text, nullable=False),
    Column("query", Text, nullable=False),
    #: the API key that subscribed
    Column("key_id", String(80), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Index("ix_hubs_api", "api"),
)

#: one event on its way to one listener; its id stays the same however often it is sent
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String(48), primary_key=True),
    Column("event_id", String(48), nullable=False),
    Column("hub_id", String(40), nullable=False),
    #: when it is sent next; null when it is done or given up
    Column("due_at", UtcTime),
    Column("attempts", Integer, nullable=False),
    Column("delivered_at", UtcTime),
    #: given up: a dead letter, until somebody replays it
    Column("dead_at", UtcTime),
    Column("error", String(200)),
    Index("ix_deliveries_due", "due_at"),
    Index("ix_deliveries_dead", "dead_at"),
    UniqueConstraint("event_id", "hub_id"),
)

#: resources that other systems post and that we only keep: interactions, slot searches, service tests, messages
tmf_records = Table(
    "tmf_records",
    metadata,
    Column("id", String(40), primary_key=True),
    #: partyInteraction, searchTimeSlot, serviceTest, communicationMessage
    Column("resource", String(32), nullable=False),
    Column("status", String(32), nullable=False),
    Column("customer_id", String(40)),
    Column("key_id", String(80), nullable=False),
    Column("idempotency_key", String(160), unique=True),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", JSON, nullable=False),
    Index("ix_tmf_records_resource", "resource", "updated_at"),
    Index("ix_tmf_records_customer", "customer_id", "updated_at"),
)

#: for rows that were there before the column
_LONG_AGO = "1970-01-01T00:00:00.000000+00:00"

# -- hand-over ---------------------------------------------------------------------------------------------------

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

# -- the desk ----------------------------------------------------------------------------------------------------

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

# -- tickets, visits, outages ------------------------------------------------------------------------------------

tickets = Table(
    "tickets",
    metadata,
    #: TT + 8 digits
    Column("id", String(16), primary_key=True),
    #: fault, complaint, request
    Column("ticket_type", String(16), nullable=False),
    #: TMF621: acknowledged, rejected, pending, held, inProgress, resolved, closed, cancelled
    Column("status", String(16), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("priority", String(16), nullable=False),
    Column("description", Text, nullable=False),
    Column("customer_id", String(40)),
    Column("line_id", String(40)),
    Column("product", String(16)),
    Column("category", String(64)),
    #: what the customer asked to happen, and other facts of the case
    Column("facts", JSON, nullable=False),
    Column("outage_id", String(40)),
    Column("conversation_id", String(40)),
    Column("channel", String(32), nullable=False),
    #: `conversation_id:seq`, so that a turn tried twice opens one ticket
    Column("idempotency_key", String(120), unique=True),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("respond_by", UtcTime),
    Column("due_at", UtcTime),
    #: end of the statutory clock, never paused
    Column("legal_due_at", UtcTime),
    Column("resolved_at", UtcTime),
    Column("urged_at", UtcTime),
    Column("version", Integer, nullable=False),
    Column("name", String(200)),
    #: number in another system
    Column("external_id", String(80)),
    #: by when the customer wishes it
    Column("requested_by", UtcTime),
    Column("group_id", String(40)),
    Column("assignee_id", String(40)),
    #: order of work among tickets of one priority, lowest first
    Column("rank", Integer, nullable=False, server_default="3"),
    #: row of sla.yml that set the clocks
    Column("sla_id", String(40)),
    Column("responded_at", UtcTime),
    #: end of our own clock in service hours, pauses left out
    Column("solve_by", UtcTime),
    #: since when our own clock stands
    Column("paused_at", UtcTime),
    Column("reopened_at", UtcTime),
    Column("reopens", Integer, nullable=False, server_default="0"),
    Column("ended_at", UtcTime),
    Column("root_cause", String(64)),
    #: when the customer is to be asked next whether it is solved, and when they were asked first
    Column("ask_at", UtcTime),
    Column("asked_at", UtcTime),
    #: group or role that heard last of a broken deadline
    Column("escalated_to", String(40)),
    Column("escalation_level", Integer, nullable=False, server_default="0"),
    #: first moment of `agenda`; empty for tickets that are over, so that sweeping costs what is due
    Column("next_check_at", UtcTime),
    #: warnings and steps ahead: [[at, name, clock, kind, to, step], …]
    Column("agenda", JSON),
    #: names of those done
    Column("done", JSON),
    #: of the tables that the deadlines were computed with; empty text when it is over
    Column("rules_digest", String(16)),
    Index("ix_tickets_customer", "customer_id", "created_at"),
    Index("ix_tickets_status", "status", "due_at"),
    Index("ix_tickets_conversation", "conversation_id"),
    Index("ix_tickets_next_check", "next_check_at"),
    Index("ix_tickets_ask", "ask_at"),
    Index("ix_tickets_created", "created_at", "id"),
    #: lists, newest first; the columns behind let filters and totals read nothing else. The ones of two filters are
    #: narrow, since PostgreSQL takes the smaller of two indexes that look alike to it
    Index("ix_tickets_status_created", "status", "created_at", "id", "severity", "priority", "group_id"),
    Index("ix_tickets_type_created", "ticket_type", "created_at", "id", "severity", "priority", "group_id", "status"),
    Index("ix_tickets_type_status", "ticket_type", "status", "created_at", "id"),
    Index("ix_tickets_group_status", "group_id", "status", "created_at", "id"),
    Index("ix_tickets_external", "external_id"),
    Index("ix_tickets_outage", "outage_id"),
    Index("ix_tickets_line", "line_id"),
    Index("ix_tickets_ended", "ended_at"),
    Index("ix_tickets_rules", "rules_digest"),
)

ticket_history = Table(
    "ticket_history",
    metadata,
    Column("ticket_id", String(16), ForeignKey("tickets.id"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    #: status, note, urge, amend, assign, deadline, callback
    Column("kind", String(16), nullable=False),
    Column("author", String(80), nullable=False),
    Column("status", String(16)),
    Column("text", Text),
    #: facts for programs, such as the clock and the addressee of a warning
    Column("data", JSON),
)

#: what belongs to a ticket beside its history, in the form of the standard
ticket_links = Table(
    "ticket_links",
    metadata,
    Column("ticket_id", String(16), ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True),
    Column("n", Integer, primary_key=True),
    #: attachment, party, entity, relationship
    Column("kind", String(16), nullable=False),
    Column("ref_id", String(120), nullable=False),
    #: of a party or entity; of a relationship its type
    Column("role", String(40), nullable=False),
    Column("body", JSON, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("ix_ticket_links_ref", "kind", "ref_id"),
)

#: what a complaint has beyond a ticket
#: tickets that stand in the operator's own system too, where it has one; see bot/tickets/elsewhere/store.py
operator_tickets = Table(
    "operator_tickets",
    metadata,
    Column("ticket_id", String(16), primary_key=True),
    Column("remote_id", String(120)),
    Column("request_key", String(80), nullable=False),
    Column("due_at", UtcTime),
    Column("attempts", Integer, nullable=False),
    Column("seen_status", String(16)),
    Column("sent_n", Integer, nullable=False),
    Index("ix_operator_tickets_due", "due_at"),
)

complaints = Table(
    "complaints",
    metadata,
    Column("ticket_id", String(16), ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True),
    Column("demand", Text),
    #: the customer named the regulator, or the regulator passed it on
    Column("regulator", Boolean, nullable=False),
    #: what happened, as found out
    Column("cause", Text),
    Column("acknowledged_at", UtcTime),
    #: by when a person calls back; set when it is resolved
    Column("callback_by", UtcTime),
    Column("callback_at", UtcTime),
    #: satisfied, unsatisfied, unreachable
    Column("callback_result", String(16)),
    Column("callback_tries", Integer, nullable=False, server_default="0"),
)

#: tickets that are long over, whole, in one piece that does not change
ticket_archive = Table(
    "ticket_archive",
    metadata,
    Column("ticket_id", String(16), primary_key=True),
    Column("ticket_type", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("customer_id", String(40)),
    Column("product", String(16)),
    Column("category", String(64)),
    Column("root_cause", String(64)),
    Column("conversation_id", String(40)),
    Column("created_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime, nullable=False),
    Column("archived_at", UtcTime, nullable=False),
    #: row of retention.yml
    Column("retention_id", String(40), nullable=False),
    Column("destroy_at", UtcTime, nullable=False),
    #: why it is kept longer; nothing is destroyed while it stands
    Column("hold", String(200)),
    #: key that took it out of sight of other systems and customers; the desk still finds it
    Column("withdrawn_by", String(80)),
    #: over `body` as written
    Column("sha256", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Index("ix_ticket_archive_customer", "customer_id", "created_at"),
    Index("ix_ticket_archive_type", "ticket_type", "created_at"),
    Index("ix_ticket_archive_destroy", "destroy_at"),
    Index("ix_ticket_archive_conversation", "conversation_id"),
)

#: what was archived, held, exported and destroyed; no personal data, so that it may stay
retention_log = Table(
    "retention_log",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("at", UtcTime, nullable=False),
    #: archived, held, released, exported, destroyed
    Column("action", String(16), nullable=False),
    Column("ticket_id", String(16)),
    Column("retention_id", String(40)),
    Column("sha256", String(64)),
    Column("actor", String(80), nullable=False),
    Column("detail", JSON, nullable=False),
    Index("ix_retention_log_at", "at"),
    Index("ix_retention_log_ticket", "ticket_id", "at"),
)

#: capacity of technicians: `taken` is moved by compare-and-set and never passes `capacity`
visit_windows = Table(
    "visit_windows",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("area", String(32), nullable=False),
    Column("start", UtcTime, nullable=False),
    Column("end", UtcTime, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("taken", Integer, nullable=False),
    Index("ix_visit_windows_area_start", "area", "start"),
)

appointments = Table(
    "appointments",
    metadata,
    #: AP + 8 digits
    Column("id", String(16), primary_key=True),
    #: held, confirmed, cancelled, completed
    Column("status", String(16), nullable=False),
    Column("customer_id", String(40), nullable=False),
    Column("line_id", String(40)),
    Column("ticket_id", String(16)),
    Column("area", String(32), nullable=False),
    Column("address", Text, nullable=False),
    Column("product", String(16), nullable=False),
    Column("window_id", String(64), nullable=False),
    Column("start", UtcTime, nullable=False),
    Column("end", UtcTime, nullable=False),
    #: a hold that ends by itself
    Column("held_until", UtcTime),
    Column("technician", JSON, nullable=False),
    Column("conversation_id", String(40)),
    Column("idempotency_key", String(120), unique=True),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    #: raised by every change; changes name the version that they saw
    Column("version", Integer, nullable=False),
    #: who comes, when technicians are planned; the work takes so many minutes of their window
    Column("technician_id", String(40)),
    Column("minutes", Integer, nullable=False, server_default="0"),
    #: attributes that only TM Forum clients use
    Column("extras", JSON),
    Column("reminded_day_at", UtcTime),
    Column("reminded_soon_at", UtcTime),
    Index("ix_appointments_customer", "customer_id", "start"),
    Index("ix_appointments_held", "status", "held_until"),
    Index("ix_appointments_status_start", "status", "start"),
    Index("ix_appointments_technician", "technician_id", "start"),
    Index("ix_appointments_conversation", "conversation_id"),
)

#: who drives out; nobody is booked twice: a booking locks the technician's row
technicians = Table(
    "technicians",
    metadata,
    Column("id", String(40), primary_key=True),
    #: {zh, en}
    Column("name", JSON, nullable=False),
    #: products they can work on
    Column("skills", JSON, nullable=False),
    #: [{days: [0..6], start: "08:00", end: "18:00"}], Monday is 0, in the operator's zone
    Column("shifts", JSON, nullable=False),
)

technician_areas = Table(
    "technician_areas",
    metadata,
    Column("area", String(32), primary_key=True),
    Column("technician_id", String(40), ForeignKey("technicians.id"), primary_key=True),
)

outages = Table(
    "outages",
    metadata,
    #: OU + 6 digits
    Column("id", String(16), primary_key=True),
    Column("area", String(32), nullable=False),
    Column("product", String(16), nullable=False),
    #: running, planned, restored
    Column("status", String(16), nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("restore_at", UtcTime),
    #: {zh, en}
    Column("cause", JSON, nullable=False),
    #: the problem that this is a part of: what happens to it happens here too
    Column("parent_id", String(16)),
    Column("restored_at", UtcTime),
    Column("updated_at", UtcTime),
    Column("version", Integer, nullable=False, server_default="1"),
    #: attributes that only TM Forum clients use
    Column("extras", JSON),
    Index("ix_outages_area", "area", "status"),
    Index("ix_outages_parent", "parent_id"),
)

#: what became of an outage, in order
outage_updates = Table(
    "outage_updates",
    metadata,
    Column("outage_id", String(16), ForeignKey("outages.id"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    #: status, estimate, note, task
    Column("kind", String(16), nullable=False),
    Column("author", String(80), nullable=False),
    Column("status", String(16)),
    Column("text", Text),
)

#: who has been told what about an outage, so that nobody is told twice
outage_notices = Table(
    "outage_notices",
    metadata,
    Column("outage_id", String(16), primary_key=True),
    #: a ticket's id, or a customer's
    Column("member", String(40), primary_key=True),
    #: planned, estimate, restored
    Column("kind", String(16), primary_key=True),
    Column("at", UtcTime, nullable=False),
    #: where they were told; null: by a text message, or not at all
    Column("conversation_id", String(40)),
)

# -- the demo operator's own books --------------------------------------------------------------------------------

demo_customers = Table(
    "demo_customers",
    metadata,
    Column("id", String(40), primary_key=True),
    #: `sub` of identity tokens
    Column("sub", String(64), nullable=False, unique=True),
    Column("phone", String(20), nullable=False, unique=True),
    Column("account_number", String(16), nullable=False, unique=True),
    #: {zh, en}
    Column("name", JSON, nullable=False),
    Column("address", JSON, nullable=False),
    Column("area", String(32), nullable=False),
    Column("language", String(8), nullable=False),
    #: what the account stands at in fen: positive is credit, negative is owed
    Column("balance_cents", Integer, nullable=False),
    #: facts for `seed-demo --needs`, the fixed one-time code, the line test's result …
    Column("facts", JSON, nullable=False),
)

demo_lines = Table(
    "demo_lines",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("customer_id", String(40), ForeignKey("demo_customers.id"), nullable=False),
    Column("product", String(16), nullable=False),
    Column("number", String(32), nullable=False),
    Column("plan_id", String(40), nullable=False),
    #: active, suspended, barred
    Column("status", String(16), nullable=False),
    Column("contract_until", UtcTime),
    Column("addons", JSON, nullable=False),
    Column("usage", JSON, nullable=False),
    Column("test", JSON, nullable=False),
    Index("ix_demo_lines_customer", "customer_id"),
)

demo_bills = Table(
    "demo_bills",
    metadata,
    Column("customer_id", String(40), ForeignKey("demo_customers.id"), primary_key=True),
    #: YYYY-MM
    Column("period", String(7), primary_key=True),
    Column("total_cents", Integer, nullable=False),
    #: [{name: {zh, en}, amount_cents}]
    Column("items", JSON, nullable=False),
    Column("due_on", String(10), nullable=False),
    Column("paid", Boolean, nullable=False),
)

#: single values such as the day that the demo was seeded
demo_facts = Table(
    "demo_facts",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", JSON, nullable=False),
)
