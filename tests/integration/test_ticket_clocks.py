"""The two clocks on a real database: stored, standing, warned of, broken, computed afresh."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.database import Database
from bot.policies.rules import load_policies
from bot.schema import tickets
from bot.tickets.model import EntryKind, Priority, Severity, TicketStatus, TicketType
from bot.tickets.tables import load_tables
from tests.integration.tickets_setup import DATA, ZONE, Desk

_MANY = 1200


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


async def test_a_request_at_night_is_counted_from_the_opening_and_a_fault_at_once(desk: Desk) -> None:
    desk.clock.now = _at("2026-11-21T23:30")
    request = await desk.open("a", ticket_type=TicketType.request, severity=Severity.minor)
    fault = await desk.open("b", product="broadband")
    assert request.respond_by == _at("2026-11-22T09:00")
    assert request.due_at == request.solve_by == _at("2026-11-23T22:00")
    assert request.legal_due_at is None
    assert fault.respond_by == _at("2026-11-22T00:30")
    assert fault.due_at == fault.legal_due_at == _at("2026-11-23T23:30")


async def test_company_customers_are_counted_in_office_hours_with_make_up_days(desk: Desk) -> None:
    desk.clock.now = _at("2026-10-09T17:00")  # a Friday; Saturday the 10th is worked instead of a holiday
    facts = {"customer_class": "business"}
    request = await desk.open(ticket_type=TicketType.request, severity=Severity.minor, facts=facts)
    assert request.respond_by == _at("2026-10-10T09:00")
    assert request.sla_id == "request_business"


async def test_our_clock_stands_while_we_wait_in_service_hours(desk: Desk) -> None:
    desk.clock.now = _at("2026-11-23T10:00")
    request = await desk.open(ticket_type=TicketType.request, severity=Severity.minor)
    assert request.due_at == _at("2026-11-25T10:00")
    await desk.tickets.move(request.id, TicketStatus.pending, author="anna", reason="which address?")
    waiting = await desk.read(request)
    assert waiting.paused_at == _at("2026-11-23T10:00")
    assert waiting.due_at == request.due_at
    assert waiting.next_check_at is None
    desk.clock.now = _at("2026-11-25T02:00")  # the nights in between are no service time
    back = await desk.tickets.move(request.id, TicketStatus.in_progress, author="anna")
    assert back.paused_at is None
    assert back.due_at == _at("2026-11-26T22:00")


async def test_a_warning_then_a_breach_then_further_up(desk: Desk) -> None:
    ticket = await desk.open(facts={"area_kind": "rural"})
    assert ticket.group_id == "field_rural"
    await desk.tickets.take(ticket.id, agent_id="anna")
    assert await desk.sweep.run() == 0
    desk.told.clear()
    desk.clock.pass_by(hours=36)
    assert await desk.sweep.run() == 1
    warned = await desk.read(ticket)
    assert (warned.priority, warned.escalated_to, warned.escalation_level) == (Priority.high, None, 0)
    desk.clock.pass_by(hours=12)
    assert await desk.sweep.run() == 1
    broken = await desk.read(ticket)
    assert (broken.priority, broken.escalated_to, broken.escalation_level) == (Priority.critical, "field_lead", 1)
    desk.clock.pass_by(hours=4)
    await desk.sweep.run()
    assert (await desk.read(ticket)).escalated_to == "duty_manager"
    told = [(line["clock"], line["kind"], line["to"]) for line in await desk.lines(ticket, EntryKind.deadline)]
    assert told == [
        ("solve", "warning", "field_rural"),
        ("solve", "breach", "field_lead"),
        ("solve", "escalation", "duty_manager"),
    ]
    assert [after.version for _, after in desk.told] == [4, 5, 6]


async def test_an_answer_stops_its_clock_and_nothing_is_done_twice(desk: Desk) -> None:
    ticket = await desk.open()
    late = await desk.open("talk:2")
    await desk.tickets.respond(ticket.id, author="anna", text="we are on it")
    desk.clock.pass_by(hours=2)
    assert await desk.sweep.run() == 1
    assert await desk.sweep.run() == 0
    assert await desk.lines(ticket, EntryKind.deadline) == []
    kinds = [line["kind"] for line in await desk.lines(late, EntryKind.deadline)]
    assert kinds == ["warning", "breach"]
    assert (await desk.read(late)).priority is Priority.high  # a late answer is told, the case is no more urgent


async def test_only_the_legal_clock_goes_on_while_we_wait(desk: Desk) -> None:
    ticket = await desk.open(product="broadband")
    await desk.tickets.move(ticket.id, TicketStatus.pending, author="anna", reason="when are you in?")
    desk.clock.pass_by(hours=49)
    await desk.sweep.run()
    told = [(line["clock"], line["kind"]) for line in await desk.lines(ticket, EntryKind.deadline)]
    assert told == [("legal", "warning"), ("legal", "breach")]


async def test_a_ticket_that_is_over_is_never_looked_at_again(desk: Desk) -> None:
    ticket = await desk.open()
    await desk.tickets.move(ticket.id, TicketStatus.cancelled, author="anna")
    over = await desk.read(ticket)
    assert (over.next_check_at, over.agenda, over.ended_at) == (None, [], desk.clock.now)
    desk.clock.pass_by(days=40)
    assert await desk.sweep.run() == 0


async def test_a_ticket_that_was_ended_past_the_service_is_not_warned_of(desk: Desk, database: Database) -> None:
    ticket = await desk.open()
    async with database.write() as connection:
        await connection.execute(tickets.update().values(status="cancelled"))
    desk.clock.pass_by(days=4)
    assert await desk.sweep.run() == 1
    assert await desk.sweep.run() == 0
    assert await desk.lines(ticket, EntryKind.deadline) == []


async def test_silence_closes_a_fault_after_three_days_and_never_a_complaint(desk: Desk) -> None:
    fault = await desk.open("a")
    complaint = await desk.open("b", ticket_type=TicketType.complaint)
    for ticket in (fault, complaint):
        await desk.tickets.move(ticket.id, TicketStatus.in_progress, author="anna")
        await desk.tickets.move(ticket.id, TicketStatus.resolved, author="anna")
    assert await desk.tickets.mark_asked(fault.id)
    assert not await desk.tickets.mark_asked(complaint.id), "a person calls instead"
    desk.clock.pass_by(hours=71)
    await desk.sweep.run()
    assert (await desk.read(fault)).status is TicketStatus.resolved
    desk.clock.pass_by(hours=2)
    await desk.sweep.run()
    assert (await desk.read(fault)).status is TicketStatus.closed
    assert (await desk.read(complaint)).status is TicketStatus.resolved
    (line,) = await desk.lines(complaint, EntryKind.deadline)
    assert (line["clock"], line["to"]) == ("confirm", "complaints")
    assert (await desk.tickets.history(fault.id))[-1].text == "no_objection"


async def test_nobody_who_was_not_asked_is_closed_by_silence(desk: Desk) -> None:
    fault = await desk.open("a")
    await desk.tickets.take(fault.id, agent_id="anna")
    await desk.tickets.move(fault.id, TicketStatus.resolved, author="anna")
    desk.clock.pass_by(days=9)
    await desk.sweep.run()
    assert (await desk.read(fault)).status is TicketStatus.resolved
    nobody = await desk.open("b", customer_id=None, conversation_id=None)
    await desk.tickets.take(nobody.id, agent_id="anna")
    await desk.tickets.move(nobody.id, TicketStatus.resolved, author="anna")
    desk.clock.pass_by(hours=73)
    await desk.sweep.run()
    assert (await desk.read(nobody)).status is TicketStatus.closed, "there is nobody to ask"


async def test_many_due_at_once_are_done_once_by_two_sweeps(database: Database) -> None:
    desk = Desk(database)
    async with database.unit():
        for number in range(_MANY):
            await desk.open(f"talk:{number}")
    desk.told.clear()
    desk.clock.pass_by(hours=2)
    done = await asyncio.gather(desk.sweep.run(), desk.sweep.run())
    assert sum(done) == _MANY
    assert len(desk.told) == _MANY


async def test_a_changed_policy_moves_the_deadlines_of_open_tickets(database: Database, tmp_path: Path) -> None:
    first = Desk(database)
    open_one = await first.open("a", product="broadband", facts={"area_kind": "rural"})
    over = await first.open("b")
    await first.tickets.move(over.id, TicketStatus.cancelled, author="anna")
    folder = tmp_path / "policies"
    shutil.copytree(DATA, folder)
    sla = (folder / "sla.yml").read_text("utf-8")
    (folder / "sla.yml").write_text(sla.replace("value: {number: 48, unit: hour}", "value: {number: 24, unit: hour}"))
    second = Desk(database, load_policies(folder), load_tables(folder, ZONE))
    assert await second.sweep.replan() == 1
    assert await second.sweep.replan() == 0
    assert open_one.due_at is not None
    moved = await second.read(open_one)
    assert moved.due_at == open_one.due_at - timedelta(hours=24)
    assert moved.legal_due_at == open_one.legal_due_at
    (line,) = await second.lines(open_one, EntryKind.deadline)
    assert datetime.fromisoformat(line["due_at"]) == moved.due_at
    assert replace(await second.read(over), version=0) == replace(await first.read(over), version=0)


async def test_a_changed_calendar_moves_the_deadlines_of_open_tickets(database: Database, tmp_path: Path) -> None:
    first = Desk(database)
    first.clock.now = _at("2026-11-23T10:00")
    request = await first.open(ticket_type=TicketType.request, severity=Severity.minor)
    folder = tmp_path / "policies"
    shutil.copytree(DATA, folder)
    calendars = folder / "service" / "calendars.yml"
    calendars.write_text(calendars.read_text("utf-8").replace("  holiday: []\n", "  holiday: [2026-11-24]\n"))
    second = Desk(database, tables=load_tables(folder, ZONE))
    await second.sweep.replan()
    moved = await second.read(request)
    assert (request.due_at, moved.due_at) == (_at("2026-11-25T10:00"), _at("2026-11-25T15:00"))


async def test_a_ticket_from_before_the_clocks_gets_its_clocks(desk: Desk, database: Database) -> None:
    ticket = await desk.open()
    await desk.tickets.take(ticket.id, agent_id="anna")
    async with desk.store.edit(ticket.id) as edit:
        await edit.set(
            rules_digest=None, next_check_at=None, agenda=None, responded_at=None, sla_id=None, solve_by=None
        )
    assert await desk.sweep.replan() == 1
    planned = await desk.read(ticket)
    assert (planned.sla_id, planned.group_id) == ("fault", "field_urban")
    assert planned.responded_at == desk.clock.now
    assert planned.next_check_at is not None
