"""Tickets on a real database: numbers, keys, urging, moves, clocks, pages."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.database import Database
from bot.errors import BadRequest
from bot.policies.rules import load_policies
from bot.tickets.model import (
    EntryKind,
    IllegalTransition,
    InvalidTicket,
    NewTicket,
    Priority,
    Severity,
    Ticket,
    TicketNotFound,
    TicketStatus,
    TicketType,
)
from bot.tickets.service import TicketService
from bot.tickets.store import TicketStore

_POLICIES = load_policies(Path(__file__).parents[2] / "data" / "policies")
_ZONE = ZoneInfo("Asia/Shanghai")
_MANY = 30


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tickets(database: Database, clock: Clock) -> TicketService:
    return TicketService(TicketStore(database, _ZONE), _POLICIES, clock=clock)


def _fault(**more: object) -> NewTicket:
    facts = {"ticket_type": TicketType.fault, "description": "no internet", "severity": Severity.major}
    return NewTicket(**{**facts, "customer_id": "c1", "conversation_id": "talk", **more})  # type: ignore[arg-type]


async def _opened(tickets: TicketService, key: str = "talk:1", **more: object) -> Ticket:
    return await tickets.open(_fault(**more), key=key)


async def test_a_ticket_comes_back_as_it_was_opened(tickets: TicketService, clock: Clock) -> None:
    ticket = await _opened(tickets, facts={"area_kind": "rural", "symptom": "no_connection"})
    assert re.fullmatch(r"TT\d{8}", ticket.id)
    assert await tickets.get(ticket.id) == ticket
    assert await tickets.get(ticket.id.lower()) == ticket
    assert (ticket.status, ticket.priority, ticket.version) == (TicketStatus.acknowledged, Priority.high, 1)
    assert ticket.due_at == clock.now + timedelta(hours=48)
    assert ticket.legal_due_at == clock.now + timedelta(hours=72)
    assert ticket.due_at.utcoffset() == timedelta(hours=8)
    (entry,) = await tickets.history(ticket.id)
    assert (entry.n, entry.kind, entry.status) == (1, EntryKind.status, TicketStatus.acknowledged)


async def test_the_same_key_gives_back_the_same_ticket_and_writes_nothing(tickets: TicketService) -> None:
    first = await _opened(tickets)
    again = await tickets.open(_fault(description="something else"), key="talk:1")
    assert again == first
    assert (await tickets.list_page({}, 0, 10))[1] == 1


async def test_the_same_key_at_the_same_time_opens_one_ticket(tickets: TicketService) -> None:
    opened = await asyncio.gather(*(_opened(tickets) for _ in range(_MANY)))
    assert len({ticket.id for ticket in opened}) == 1
    assert (await tickets.list_page({}, 0, 10))[1] == 1


async def test_tickets_opened_at_the_same_time_have_different_numbers(tickets: TicketService) -> None:
    opened = await asyncio.gather(*(_opened(tickets, key=f"talk:{n}") for n in range(_MANY)))
    assert len({ticket.id for ticket in opened}) == _MANY


async def test_a_number_that_is_taken_is_drawn_again(
    database: Database, tickets: TicketService, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws = iter([7, 7, 8])
    monkeypatch.setattr("secrets.randbelow", lambda _most: next(draws))
    first = await _opened(tickets, key="talk:1")
    second = await _opened(tickets, key="talk:2")
    assert (first.id, second.id) == ("TT00000007", "TT00000008")


async def test_a_blank_description_is_refused(tickets: TicketService) -> None:
    with pytest.raises(InvalidTicket):
        await _opened(tickets, description="  ")
    assert (await tickets.list_page({}, 0, 10))[1] == 0


async def test_a_ticket_vanishes_with_the_turn_that_opened_it(database: Database, tickets: TicketService) -> None:
    class TakenOver(Exception):
        """A person took over meanwhile."""

    with pytest.raises(TakenOver):
        async with database.unit():
            ticket = await _opened(tickets)
            await tickets.note(ticket.id, author="bot", text="a note")
            raise TakenOver
    assert (await tickets.list_page({}, 0, 10))[1] == 0


async def test_urging_raises_the_priority_once_and_is_always_recorded(tickets: TicketService, clock: Clock) -> None:
    ticket = await _opened(tickets)
    urged, raised = await tickets.urge(ticket.id, author="c1", key="talk:2")
    assert (raised, urged.priority, urged.urged_at) == (True, Priority.critical, clock.now)
    again, raised = await tickets.urge(ticket.id, author="c1", key="talk:3")
    assert (raised, again.priority) == (False, Priority.critical)
    kinds = [entry.kind for entry in await tickets.history(ticket.id)]
    assert kinds.count(EntryKind.urge) == 2


async def test_urging_twice_with_the_same_key_is_one_urging(tickets: TicketService) -> None:
    ticket = await _opened(tickets, severity=Severity.minor)
    answers = await asyncio.gather(*(tickets.urge(ticket.id, author="c1", key="talk:2") for _ in range(5)))
    assert {raised for _, raised in answers} == {True}
    assert {urged.priority for urged, _ in answers} == {Priority.high}
    assert len(await tickets.history(ticket.id)) == 2


async def test_a_ticket_that_is_over_is_not_raised(tickets: TicketService) -> None:
    ticket = await _opened(tickets)
    await tickets.move(ticket.id, TicketStatus.cancelled, author="c1", reason="works again")
    urged, raised = await tickets.urge(ticket.id, author="c1", key="talk:2")
    assert (raised, urged.priority, urged.urged_at) == (False, Priority.high, None)


async def test_an_illegal_move_changes_nothing(tickets: TicketService) -> None:
    ticket = await _opened(tickets)
    with pytest.raises(IllegalTransition):
        await tickets.move(ticket.id, TicketStatus.closed, author="desk", reason="done")
    assert await tickets.get(ticket.id) == ticket
    assert len(await tickets.history(ticket.id)) == 1


async def test_moving_to_the_same_state_changes_nothing(tickets: TicketService) -> None:
    ticket = await _opened(tickets)
    assert await tickets.move(ticket.id, TicketStatus.acknowledged, author="desk", reason="again") == ticket


async def test_a_ticket_is_resolved_reopened_and_closed(tickets: TicketService, clock: Clock) -> None:
    ticket = await _opened(tickets)
    await tickets.move(ticket.id, TicketStatus.in_progress, author="desk", reason="technician on the way")
    clock.pass_by(hours=3)
    resolved = await tickets.move(ticket.id, TicketStatus.resolved, author="desk", reason="fibre mended")
    assert resolved.resolved_at == clock.now
    reopened = await tickets.move(ticket.id, TicketStatus.in_progress, author="c1", reason="still no light")
    assert reopened.resolved_at is None
    await tickets.move(ticket.id, TicketStatus.resolved, author="desk", reason="device changed")
    closed = await tickets.move(ticket.id, TicketStatus.closed, author="c1", reason="accepted")
    history = await tickets.history(ticket.id)
    assert [entry.n for entry in history] == [1, 2, 3, 4, 5, 6]
    assert closed.version == 6
    assert history[-1].text == "accepted"


async def test_waiting_for_the_customer_pauses_our_clock_and_never_the_legal_one(
    tickets: TicketService, clock: Clock
) -> None:
    ticket = await _opened(tickets, facts={"area_kind": "rural"})
    assert ticket.due_at is not None
    await tickets.move(ticket.id, TicketStatus.pending, author="desk", reason="which device?")
    clock.pass_by(hours=10)
    resumed = await tickets.move(ticket.id, TicketStatus.in_progress, author="c1", reason="answered")
    assert resumed.due_at == ticket.due_at + timedelta(hours=10)
    assert resumed.legal_due_at == ticket.legal_due_at
    await tickets.move(ticket.id, TicketStatus.pending, author="desk", reason="away")
    clock.pass_by(hours=100)
    late = await tickets.move(ticket.id, TicketStatus.in_progress, author="c1", reason="back")
    assert late.due_at == ticket.legal_due_at


async def test_notes_made_at_the_same_time_are_all_kept_in_order(tickets: TicketService) -> None:
    ticket = await _opened(tickets)
    await asyncio.gather(*(tickets.note(ticket.id, author="desk", text=f"note {n}") for n in range(_MANY)))
    history = await tickets.history(ticket.id)
    assert [entry.n for entry in history] == list(range(1, _MANY + 2))
    assert {entry.text for entry in history[1:]} == {f"note {n}" for n in range(_MANY)}


async def test_a_new_severity_brings_its_priority(tickets: TicketService) -> None:
    ticket = await _opened(tickets)
    changed = await tickets.amend(ticket.id, author="desk", severity=Severity.critical)
    assert (changed.severity, changed.priority) == (Severity.critical, Priority.critical)
    assert await tickets.amend(ticket.id, author="desk", severity=Severity.critical) == changed


async def test_an_unknown_number_is_said_to_be_unknown(tickets: TicketService) -> None:
    assert await tickets.get("TT99999999") is None
    assert await tickets.history("TT99999999") == ()
    with pytest.raises(TicketNotFound):
        await tickets.urge("TT99999999", author="c1", key="talk:2")


async def test_a_customers_tickets_come_newest_first_and_open_ones_alone_on_demand(
    tickets: TicketService, clock: Clock
) -> None:
    made = []
    for n in range(7):
        clock.pass_by(minutes=1)
        made.append(await _opened(tickets, key=f"talk:{n}"))
    await _opened(tickets, key="other:1", customer_id="c2", conversation_id="other")
    await tickets.move(made[6].id, TicketStatus.cancelled, author="c1", reason="mistake")
    newest = [ticket.id for ticket in reversed(made)]
    assert [ticket.id for ticket in await tickets.for_customer("c1")] == newest[:5]
    assert [ticket.id for ticket in await tickets.for_customer("c1", open_only=True, limit=2)] == newest[1:3]
    assert [ticket.id for ticket in await tickets.for_conversation("talk")] == newest


async def test_pages_filter_first_and_count_everything_that_fits(tickets: TicketService, clock: Clock) -> None:
    for n in range(5):
        clock.pass_by(minutes=1)
        await _opened(tickets, key=f"talk:{n}", severity=Severity.minor if n % 2 else Severity.major)
    found, total = await tickets.list_page({"severity": "Major"}, 1, 1)
    assert (len(found), total) == (1, 3)
    found, total = await tickets.list_page({"severity": "Major,Minor", "status": "acknowledged"}, 4, 10)
    assert (len(found), total) == (1, 5)
    found, _ = await tickets.list_page({"created_at": clock.now.isoformat()}, 0, 10)
    assert [ticket.created_at for ticket in found] == [clock.now]
    assert await tickets.list_page({"customer_id": "nobody"}, 0, 10) == ((), 0)
    for filters in ({"colour": "red"}, {"created_at": "yesterday"}, {"created_at": "2026-11-21T09:00:00"}):
        with pytest.raises(BadRequest):
            await tickets.list_page(filters, 0, 10)


async def test_a_ticket_is_found_by_the_number_of_another_system(tickets: TicketService) -> None:
    wanted = await _opened(tickets, key="a", external_id="CRM-1")
    await _opened(tickets, key="b", external_id="CRM-2")
    await _opened(tickets, key="c")
    assert await tickets.list_page({"external_id": "CRM-1"}, 0, 10) == ((wanted,), 1)


async def test_a_total_is_exact_up_to_ten_thousand_and_as_of_the_last_minute_beyond(
    tickets: TicketService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.tickets.store._COUNTED", 3)
    for n in range(3):
        await _opened(tickets, key=f"talk:{n}")
    assert (await tickets.list_page({"severity": "Major"}, 0, 2))[1] == 3
    await _opened(tickets, key="talk:3")
    assert (await tickets.list_page({"severity": "Major"}, 0, 2))[1] == 4
    await _opened(tickets, key="talk:4")
    assert (await tickets.list_page({"severity": "Major"}, 0, 2))[1] == 4  # counted less than a minute ago
    assert (await tickets.list_page({"severity": "Major"}, 0, 10))[1] == 5  # the page itself shows them all
    assert (await tickets.list_page({"severity": "Major"}, 9, 10))[1] == 4
    assert (await tickets.list_page({"severity": "Minor"}, 0, 10)) == ((), 0)
