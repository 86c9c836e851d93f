"""The desk's views of tickets, and what is kept of the operator's own system; on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.appointments.model import VisitWindow
from bot.appointments.windows import WindowStore
from bot.database import Database
from bot.errors import BadRequest
from bot.technicians.store import TechnicianStore
from bot.tickets.elsewhere.sender import number_for, request_key
from bot.tickets.elsewhere.store import OperatorTicket, OperatorTicketStore
from bot.tickets.lists.model import Sort, View, Wanted
from bot.tickets.lists.readings import ClockState, broken, readings
from bot.tickets.lists.store import ListStore
from bot.tickets.model import TicketStatus, TicketType, moves_to
from tests.integration.tickets_setup import ZONE, Desk


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def _seen(desk: Desk, view: View, sort: Sort | None = None, **filters: str) -> list[str]:
    wanted = Wanted(view, "anna", desk.clock.now, filters, sort=sort)
    found, total = await ListStore(desk.store).page(wanted, 0, 50)
    assert total == len(found)
    return [ticket.id for ticket in found]


async def test_each_view_has_what_its_name_says(desk: Desk) -> None:
    new, mine, waiting, resolved = [(await desk.open(key)).id for key in ("new", "mine", "waiting", "resolved")]
    complaint = (await desk.open("complaint", ticket_type=TicketType.complaint)).id
    for ticket_id in (mine, waiting, resolved):
        await desk.tickets.take(ticket_id, agent_id="anna" if ticket_id == mine else "bo")
    await desk.tickets.move(waiting, TicketStatus.pending, author="bo")
    await desk.tickets.move(resolved, TicketStatus.resolved, author="bo")
    await desk.tickets.escalate(mine, author="anna", reason="hospital")
    over = (await desk.open("over")).id
    await desk.tickets.move(over, TicketStatus.cancelled, author="anna")
    assert set(await _seen(desk, View.open)) == {new, mine, waiting, complaint}
    assert await _seen(desk, View.mine) == [mine]
    assert set(await _seen(desk, View.unassigned)) == {new, complaint}
    assert await _seen(desk, View.waiting) == [waiting]
    assert await _seen(desk, View.to_confirm) == [resolved]
    assert await _seen(desk, View.complaints) == [complaint]
    assert await _seen(desk, View.escalated) == [mine]
    assert len(await _seen(desk, View.all)) == 6
    assert await _seen(desk, View.breached) == []
    assert await _seen(desk, View.due_soon) == [new], "its first answer is due within the hour"
    desk.clock.pass_by(hours=49)
    late = set(await _seen(desk, View.breached))
    assert late == {new, mine, waiting, complaint}, "our clock stands for the customer, the legal one does not"
    counts = await ListStore(desk.store).counts(Wanted(View.open, "anna", desk.clock.now))
    for view in set(View) - {View.all}:
        assert counts[view.value] == len(await _seen(desk, view)), view


async def test_lists_are_in_the_order_that_is_asked_for(desk: Desk) -> None:
    first = await desk.open("a", ticket_type=TicketType.request)
    desk.clock.pass_by(minutes=1)
    second = await desk.open("b")
    desk.clock.pass_by(minutes=1)
    third = await desk.open("c", ticket_type=TicketType.complaint)
    await desk.tickets.note(first.id, author="anna", text="seen")
    assert await _seen(desk, View.open, Sort.created) == [third.id, second.id, first.id]
    assert (await _seen(desk, View.open, Sort.updated))[0] in (first.id, third.id)
    assert await _seen(desk, View.open) == [
        ticket.id for ticket in sorted([first, second, third], key=lambda item: (item.due_at, item.id))
    ]
    assert (await _seen(desk, View.open, Sort.priority))[-1] == first.id
    assert await _seen(desk, View.all, group_id="complaints", customer_id="c1") == [third.id]
    with pytest.raises(BadRequest):
        await _seen(desk, View.open, colour="red")


async def test_the_clocks_of_a_ticket_are_read_at_any_moment(desk: Desk) -> None:
    ticket = await desk.open(product="broadband")
    planner = desk.tickets.planner

    async def states() -> list[tuple[str, str, int | None]]:
        now = await desk.read(ticket)
        history = await desk.tickets.history(ticket.id)
        found = readings(now, history, planner, desk.clock.now)
        return [(item.clock.value, item.state.value, item.used_percent) for item in found]

    desk.clock.pass_by(minutes=30)
    assert await states() == [("answer", "running", 50), ("solve", "running", 1), ("legal", "running", 1)]
    desk.clock.pass_by(hours=1)
    assert (await states())[0] == ("answer", "broken", 150)
    assert [clock.value for clock in broken(await desk.read(ticket), desk.clock.now)] == ["answer"]
    await desk.tickets.take(ticket.id, agent_id="anna")
    assert (await states())[0] == ("answer", ClockState.late.value, 150)
    await desk.tickets.move(ticket.id, TicketStatus.pending, author="anna")
    desk.clock.pass_by(hours=24)
    assert (await states())[1:] == [("solve", "standing", 3), ("legal", "running", 53)]
    await desk.tickets.move(ticket.id, TicketStatus.in_progress, author="anna")
    await desk.tickets.move(ticket.id, TicketStatus.resolved, author="anna")
    assert [state for _, state, _ in await states()] == ["late", "met", "met"]
    await desk.tickets.confirm(ticket.id, solved=False, author="customer")
    assert [state for _, state, _ in await states()] == ["late", "running", "running"]


@pytest.mark.parametrize(
    ("old", "new", "way"),
    [
        ("acknowledged", "resolved", ["inProgress", "resolved"]),
        ("acknowledged", "closed", ["inProgress", "resolved", "closed"]),
        ("resolved", "pending", ["inProgress", "pending"]),
        ("held", "held", []),
        ("closed", "inProgress", []),
    ],
)
def test_the_way_from_one_state_to_another_is_the_shortest_that_is_allowed(old: str, new: str, way: list[str]) -> None:
    assert [status.value for status in moves_to(TicketStatus(old), TicketStatus(new))] == way


async def test_what_is_due_in_the_operators_system_is_looked_at_by_one_process(database: Database, desk: Desk) -> None:
    store, now = OperatorTicketStore(database), desk.clock.now
    item = OperatorTicket("TT00000001", None, request_key("talk:1"), now, 0, None, 1)
    await store.add(item)
    await store.add(OperatorTicket("TT00000001", "other", "other", now, 0, None, 1))
    (found,) = await store.due(now, 10)
    assert found == item
    claimed = now + timedelta(seconds=30)
    assert [await store.claim(found, claimed), await store.claim(found, claimed)] == [True, False]
    await store.settle("TT00000001", claimed, remote_id="R1", seen_status="acknowledged", due_at=None)
    assert await store.number_there("TT00000001") == "R1" and await store.due(now + timedelta(days=9), 10) == ()
    async with database.write() as connection:
        await store.touch(connection, "TT00000001", now)
    (again,) = await store.due(now, 10)
    assert await store.claim(again, claimed)
    async with database.write() as connection:  # the customer says something while we ask the operator
        await store.touch(connection, "TT00000001", now + timedelta(seconds=1))
    await store.settle("TT00000001", claimed, due_at=None)
    assert len(await store.due(now + timedelta(seconds=1), 10)) == 1, "it is looked at once more"


def test_the_same_key_names_the_same_ticket_there_and_here() -> None:
    assert number_for("talk:1") == number_for("talk:1") != number_for("talk:2")
    assert len(number_for("talk:1")) == 10 and len(request_key("x" * 500)) <= 80


async def test_slots_that_the_operator_offers_are_the_windows_and_no_others(database: Database, desk: Desk) -> None:
    windows = WindowStore(database, ZONE, TechnicianStore())
    now, hour = desk.clock.now, timedelta(hours=1)

    def slot(name: str, hours: int) -> VisitWindow:
        return VisitWindow(name, "nanpu", now + hours * hour, now + (hours + 2) * hour, 1, 0)

    async def free() -> list[str]:
        return [item.id for item in await windows.free("nanpu", now=now, not_before=now)]

    await windows.offer("nanpu", now, now + 48 * hour, [slot("a", 2), slot("b", 4)])
    assert await free() == ["a", "b"]
    await windows.offer("nanpu", now, now + 48 * hour, [slot("b", 4), slot("c", 6)])
    assert await free() == ["b", "c"], "a has gone there"
    await windows.offer("nanpu", now + 5 * hour, now + 48 * hour, [])
    assert await free() == ["b"], "only the asked time is settled"
    await windows.offer("nanpu", now, now + 48 * hour, [slot("a", 2), slot("a", 2)])
    assert await free() == ["a"]
