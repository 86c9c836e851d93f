"""Tickets and what belongs to them, complaints, the archive."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from bot.schema.base import UtcTime, metadata

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

#: what a complaint has beyond a ticket
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
