"""Tickets as the console shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.appointments.model import Appointment, appointment_json
from bot.tickets.complaints.model import Complaint
from bot.tickets.lists.readings import Reading, broken
from bot.tickets.model import (
    TRANSITIONS,
    HistoryEntry,
    Link,
    Ticket,
    TicketStatus,
    TicketType,
)

_FIRST_WORDS = 200
Name = Mapping[str, str] | None


def row(ticket: Ticket, assignee: Name, now: datetime) -> dict[str, Any]:
    """A ticket in a list."""
    return {
        "id": ticket.id,
        "ticket_type": ticket.ticket_type.value,
        "status": ticket.status.value,
        "severity": ticket.severity.value,
        "priority": ticket.priority.value,
        "name": ticket.name,
        "description": ticket.description[:_FIRST_WORDS],
        "product": ticket.product,
        "category": ticket.category,
        "customer_id": ticket.customer_id,
        "group_id": ticket.group_id,
        "assignee_id": ticket.assignee_id,
        "assignee": assignee,
        "outage_id": ticket.outage_id,
        "conversation_id": ticket.conversation_id,
        "channel": ticket.channel,
        "created_at": told(ticket.created_at),
        "updated_at": told(ticket.updated_at),
        "respond_by": told(ticket.respond_by),
        "responded_at": told(ticket.responded_at),
        "due_at": told(ticket.due_at),
        "legal_due_at": told(ticket.legal_due_at),
        "resolved_at": told(ticket.resolved_at),
        "reopens": ticket.reopens,
        "urged": ticket.urged_at is not None,
        "escalated_to": ticket.escalated_to,
        "escalation_level": ticket.escalation_level,
        "breached": [clock.value for clock in broken(ticket, now)],
        "version": ticket.version,
    }


def whole_ticket(ticket: Ticket, assignee: Name, now: datetime, *, archived: bool) -> dict[str, Any]:
    """A ticket by itself."""
    facts = ticket.facts
    return {
        **row(ticket, assignee, now),
        "description": ticket.description,
        "line_id": ticket.line_id,
        "external_id": ticket.external_id,
        "solve_by": told(ticket.solve_by),
        "paused_at": told(ticket.paused_at),
        "reopened_at": told(ticket.reopened_at),
        "ended_at": told(ticket.ended_at),
        "urged_at": told(ticket.urged_at),
        "requested_by": told(ticket.requested_by),
        "asked_at": told(ticket.asked_at),
        "root_cause": ticket.root_cause,
        "sla_id": ticket.sla_id,
        "area": facts.get("area"),
        "customer_class": facts.get("customer_class"),
        "appointment_id": facts.get("appointment_id"),
        "archived": archived,
    }


def reading_json(reading: Reading) -> dict[str, Any]:
    return {
        "clock": reading.clock.value,
        "started_at": told(reading.started_at),
        "due_at": told(reading.due_at),
        "met_at": told(reading.met_at),
        "state": reading.state.value,
        "used_percent": reading.used_percent,
    }


def line_json(entry: HistoryEntry, author: Name) -> dict[str, Any]:
    return {
        "n": entry.n,
        "at": told(entry.at),
        "kind": entry.kind.value,
        "author": entry.author,
        "author_name": author,
        "status": entry.status.value if entry.status else None,
        "text": entry.text,
        "data": dict(entry.data) if entry.data else None,
    }


def link_json(link: Link) -> dict[str, Any]:
    return {
        "n": link.n,
        "kind": link.kind.value,
        "ref_id": link.ref_id,
        "role": link.role,
        "body": dict(link.body),
        "at": told(link.at),
    }


def complaint_json(complaint: Complaint, root_cause: str | None, missing: Sequence[str]) -> dict[str, Any]:
    result = complaint.callback_result
    return {
        "demand": complaint.demand,
        "regulator": complaint.regulator,
        "cause": complaint.cause,
        "root_cause": root_cause,
        "acknowledged_at": told(complaint.acknowledged_at),
        "callback_by": told(complaint.callback_by),
        "callback_at": told(complaint.callback_at),
        "callback_result": result.value if result else None,
        "callback_tries": complaint.callback_tries,
        "missing": list(missing),
    }


def visit_json(visit: Appointment) -> dict[str, Any]:
    return {
        **appointment_json(visit),
        "ticket_id": visit.ticket_id,
        "address": visit.address,
        "product": visit.product,
        "technician": dict(visit.technician),
        "version": visit.version,
    }


def actions_of(ticket: Ticket, *, archived: bool) -> list[str]:
    """The calls that are possible with a ticket now, by their names in the contract."""
    if archived:
        return []
    follow = TRANSITIONS[ticket.status]
    is_open, is_complaint = ticket.status.open, ticket.ticket_type is TicketType.complaint
    working = TicketStatus.in_progress
    possible = {
        "notes": True,
        "answers": is_open,
        "take": is_open,
        "assign": is_open,
        "change": is_open,
        "wait": TicketStatus.pending in follow,
        "hold": TicketStatus.held in follow,
        "resume": is_open and working in follow,
        "resolve": is_open,
        "reopen": ticket.status is TicketStatus.resolved,
        "close": TicketStatus.closed in follow,
        "reject": TicketStatus.rejected in follow,
        "cancel": TicketStatus.cancelled in follow,
        "escalate": is_open,
        "outage": is_open and ticket.ticket_type is TicketType.fault,
        "links": True,
        "visits": is_open and ticket.customer_id is not None,
        "acknowledge": is_complaint,
        "findings": is_complaint,
        "callbacks": is_complaint and ticket.status is TicketStatus.resolved,
    }
    return [name for name, is_possible in possible.items() if is_possible]


def told(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
