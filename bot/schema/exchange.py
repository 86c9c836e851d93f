"""Events for other systems, who listens, and what others post here."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text, UniqueConstraint

from bot.schema.base import UtcTime, metadata

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
