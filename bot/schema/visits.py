"""Technicians, their visits, and outages."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text

from bot.schema.base import UtcTime, metadata

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
    #: running, planned, restored, cancelled
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
    #: out of sight of everybody; tickets still name it
    Column("removed_at", UtcTime),
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
    #: status, estimate, place, note, task
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
    #: planned, called_off, joined, estimate, apart, restored; with a number after a colon where it can come again
    Column("kind", String(16), primary_key=True),
    Column("at", UtcTime, nullable=False),
    #: where they were told; null: by a text message, or not at all
    Column("conversation_id", String(40)),
)
