"""Which clock a ticket gets, read from the rules in `data/policies`."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.policies.rules import Policies, load_policies
from bot.tickets.deadlines import Planner
from bot.tickets.model import NewTicket, Severity, TicketType
from bot.tickets.tables import load_tables

_AT = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)
_RULES = Path(__file__).parents[3] / "data" / "policies"


def _deadlines(policies: Policies, new: NewTicket) -> tuple[datetime | None, datetime | None, datetime | None]:
    """When the customer hears from us, when it is solved, and the end of the legal clock."""
    planned = Planner(policies, load_tables(_RULES, ZoneInfo("Asia/Shanghai"))).plan(new, _AT)
    return planned.respond_by, planned.due_at, planned.legal_due_at


def _hours(ticket_type: TicketType, severity: Severity, **more: object) -> tuple[float | None, ...]:
    new = NewTicket(ticket_type, "words", severity, **more)  # type: ignore[arg-type]
    deadlines = _deadlines(load_policies(_RULES), new)
    return tuple(None if moment is None else (moment - _AT) / timedelta(hours=1) for moment in deadlines)


@pytest.mark.parametrize(
    ("more", "legal_h"),
    [
        ({"product": "broadband"}, 48),
        ({"product": "broadband", "facts": {"area_kind": "urban"}}, 48),
        ({"product": "broadband", "facts": {"area_kind": "rural"}}, 72),
        ({"product": "mobile", "facts": {"area_kind": "rural"}}, 48),
    ],
)
def test_the_legal_repair_clock_depends_on_product_and_area(more: dict[str, object], legal_h: float) -> None:
    assert _hours(TicketType.fault, Severity.major, **more) == (1, 48, legal_h)


def test_a_critical_fault_is_solved_no_later_than_the_law_says() -> None:
    assert _hours(TicketType.fault, Severity.critical, product="broadband") == (24, 48, 48)


def test_a_complaint_is_answered_within_fifteen_days_and_solved_long_before() -> None:
    assert _hours(TicketType.complaint, Severity.minor) == (24, 72, 15 * 24)


def test_a_request_has_no_legal_clock() -> None:
    assert _hours(TicketType.request, Severity.minor) == (1, 48, None)


def test_without_rules_nothing_is_promised() -> None:
    new = NewTicket(TicketType.fault, "words", Severity.major)
    assert _deadlines(Policies(()), new) == (None, None, None)
