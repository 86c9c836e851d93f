"""The pure part of tickets: moves, priorities, the card."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from bot.tickets.model import (
    OPEN,
    TRANSITIONS,
    IllegalTransition,
    Priority,
    Severity,
    Ticket,
    TicketStatus,
    TicketType,
    check_move,
    priority_of,
    ticket_json,
)

_AT = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)
_TERMINAL = (TicketStatus.rejected, TicketStatus.closed, TicketStatus.cancelled)


def test_every_state_says_what_may_follow() -> None:
    assert set(TRANSITIONS) == set(TicketStatus)


@pytest.mark.parametrize("status", TicketStatus)
def test_a_state_may_stay_itself(status: TicketStatus) -> None:
    check_move(status, status)


@pytest.mark.parametrize("old", _TERMINAL)
@pytest.mark.parametrize("new", TicketStatus)
def test_nothing_follows_an_end(old: TicketStatus, new: TicketStatus) -> None:
    if new is old:
        return
    with pytest.raises(IllegalTransition) as raised:
        check_move(old, new)
    assert raised.value.status == 409
    assert "none" in raised.value.message


def test_a_new_ticket_cannot_be_closed_at_once_and_the_error_names_what_may_follow() -> None:
    with pytest.raises(IllegalTransition, match="cancelled, held, inProgress, pending, rejected"):
        check_move(TicketStatus.acknowledged, TicketStatus.closed)


def test_a_resolved_ticket_opens_again_or_closes() -> None:
    check_move(TicketStatus.resolved, TicketStatus.in_progress)
    check_move(TicketStatus.resolved, TicketStatus.closed)
    assert TicketStatus.resolved not in OPEN


@pytest.mark.parametrize(
    ("ticket_type", "severity", "priority"),
    [
        (TicketType.fault, Severity.critical, Priority.critical),
        (TicketType.fault, Severity.major, Priority.high),
        (TicketType.complaint, Severity.minor, Priority.medium),
        (TicketType.request, Severity.critical, Priority.high),
        (TicketType.request, Severity.minor, Priority.low),
    ],
)
def test_priority_comes_from_severity_and_type(ticket_type: TicketType, severity: Severity, priority: Priority) -> None:
    assert priority_of(ticket_type, severity) is priority


def test_raising_goes_one_step_and_stops_at_the_top() -> None:
    assert Priority.low.raised() is Priority.medium
    assert Priority.high.raised() is Priority.critical
    assert Priority.critical.raised() is Priority.critical


def test_the_card_has_the_contracts_keys() -> None:
    ticket = Ticket(
        id="TT00000001",
        ticket_type=TicketType.fault,
        status=TicketStatus.in_progress,
        severity=Severity.major,
        priority=Priority.high,
        description="no light",
        customer_id=None,
        line_id=None,
        product=None,
        category=None,
        facts={},
        outage_id=None,
        conversation_id=None,
        channel="chat",
        idempotency_key=None,
        created_at=_AT,
        updated_at=_AT,
        respond_by=None,
        due_at=_AT,
        legal_due_at=None,
        resolved_at=None,
        urged_at=None,
        version=1,
    )
    assert ticket_json(ticket) == {
        "type": "ticket",
        "id": "TT00000001",
        "ticket_type": "fault",
        "status": "inProgress",
        "due_at": "2026-11-21T09:00:00+00:00",
    }
