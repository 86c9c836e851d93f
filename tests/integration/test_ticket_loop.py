"""The closed loop on a real database: taken in, dispatched, worked, confirmed, closed or taken up again; complaints."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.database import Database
from bot.tickets.complaints.model import CallbackResult, ComplaintNotReady
from bot.tickets.complaints.service import ComplaintNotFound
from bot.tickets.model import (
    EntryKind,
    IllegalTransition,
    InvalidTicket,
    LinkKind,
    NewLink,
    PersonRequired,
    Priority,
    Severity,
    StaleTicket,
    Ticket,
    TicketNotFound,
    TicketStatus,
    TicketType,
)
from tests.integration.tickets_setup import Desk


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def _resolved(desk: Desk, key: str = "talk:1", **more: object) -> Ticket:
    ticket = await desk.open(key, **more)
    await desk.tickets.take(ticket.id, agent_id="anna")
    return await desk.tickets.move(ticket.id, TicketStatus.resolved, author="anna", reason="mended")


@pytest.mark.parametrize(
    ("more", "group"),
    [
        ({"product": "broadband"}, "field_urban"),
        ({"product": "broadband", "facts": {"area_kind": "rural"}}, "field_rural"),
        ({"product": "mobile"}, "mobile_network"),
        ({"outage_id": "OU000001"}, "network_operations"),
        ({"facts": {"customer_class": "business"}}, "business_faults"),
        ({"ticket_type": TicketType.complaint, "category": "billing"}, "complaints_billing"),
        ({"ticket_type": TicketType.complaint, "facts": {"regulator_named": True}}, "complaints_regulator"),
        ({"ticket_type": TicketType.request, "category": "scam_report"}, "security"),
        ({"ticket_type": TicketType.request}, "back_office"),
    ],
)
async def test_a_ticket_goes_to_the_group_that_the_table_names(desk: Desk, more: dict[str, Any], group: str) -> None:
    assert (await desk.open(**more)).group_id == group


async def test_outages_come_first(desk: Desk) -> None:
    ranks = [(await desk.open("a", outage_id="OU000001")).rank, (await desk.open("b")).rank]
    ranks.append((await desk.open("c", ticket_type=TicketType.request)).rank)
    assert ranks == sorted(ranks) and len(set(ranks)) == 3


async def test_a_corrected_fact_moves_the_ticket_to_its_group_and_its_clocks(desk: Desk) -> None:
    ticket = await desk.open(product="broadband")
    moved = await desk.tickets.amend(ticket.id, author="anna", product="mobile", facts={"customer_class": "business"})
    assert (moved.group_id, moved.sla_id) == ("business_faults", "fault_business")
    assert moved.due_at == ticket.created_at + timedelta(hours=24)


async def test_what_somebody_assigned_stays_with_them(desk: Desk) -> None:
    ticket = await desk.open(product="broadband")
    await desk.tickets.assign(ticket.id, author="lead", group_id="field_rural", assignee_id="bo")
    changed = await desk.tickets.amend(ticket.id, author="anna", product="mobile")
    assert (changed.group_id, changed.assignee_id) == ("field_rural", "bo")
    other = await desk.tickets.assign(ticket.id, author="lead", group_id="mobile_network")
    assert (other.group_id, other.assignee_id) == ("mobile_network", None)
    with pytest.raises(InvalidTicket, match="nowhere"):
        await desk.tickets.assign(ticket.id, author="lead", group_id="nowhere")


async def test_taking_a_ticket_up_is_the_first_answer(desk: Desk) -> None:
    ticket = await desk.open()
    desk.clock.pass_by(minutes=20)
    taken = await desk.tickets.take(ticket.id, agent_id="anna")
    assert (taken.status, taken.assignee_id, taken.responded_at) == (TicketStatus.in_progress, "anna", desk.clock.now)


async def test_yes_it_is_solved_closes(desk: Desk) -> None:
    ticket = await _resolved(desk)
    closed = await desk.tickets.confirm(ticket.id, solved=True, author="customer")
    assert (closed.status, closed.ended_at) == (TicketStatus.closed, desk.clock.now)


async def test_no_it_is_not_takes_it_up_again_more_urgently_with_a_new_clock(desk: Desk) -> None:
    ticket = await _resolved(desk, facts={"area_kind": "rural"})
    desk.clock.pass_by(hours=5)
    again = await desk.tickets.confirm(ticket.id, solved=False, author="customer", text="still no light")
    assert (again.status, again.priority, again.reopens) == (TicketStatus.in_progress, Priority.critical, 1)
    assert again.solve_by == desk.clock.now + timedelta(hours=24)
    assert again.legal_due_at == ticket.legal_due_at
    assert (await desk.tickets.history(ticket.id))[-1].text == "still no light"
    desk.clock.pass_by(hours=25)
    await desk.sweep.run()
    told = {(line["clock"], line["kind"]) for line in await desk.lines(ticket, EntryKind.deadline)}
    assert {("solve", "warning"), ("solve", "breach")} <= told


async def test_a_confirmation_of_what_is_not_resolved_changes_nothing(desk: Desk) -> None:
    ticket = await desk.open()
    assert await desk.tickets.confirm(ticket.id, solved=True, author="customer") == ticket


async def test_one_of_two_changes_from_the_same_version_is_refused(desk: Desk) -> None:
    ticket = await desk.open()

    async def change(status: TicketStatus) -> bool:
        try:
            await desk.tickets.move(ticket.id, status, author="anna", version=ticket.version)
        except StaleTicket:
            return False
        return True

    done = await asyncio.gather(change(TicketStatus.in_progress), change(TicketStatus.held))
    assert sorted(done) == [False, True]
    with pytest.raises(StaleTicket):
        await desk.tickets.amend(ticket.id, author="anna", description="new", version=ticket.version)


async def test_what_belongs_to_a_ticket_comes_back_and_is_found_by(desk: Desk) -> None:
    first, second = await desk.open("a"), await desk.open("b")
    photo = await desk.links.add(
        first.id, NewLink(LinkKind.attachment, "file-1", "photo", {"mimeType": "image/png"}), author="c1"
    )
    landlord = NewLink(LinkKind.party, "landlord-7", "landlord")
    known = await desk.links.add(first.id, landlord, author="anna")
    assert await desk.links.add(first.id, landlord, author="anna") == known
    await desk.links.add(second.id, NewLink(LinkKind.relationship, first.id, "duplicate"), author="anna")
    links = await desk.links.of(first.id, second.id)
    assert [(link.n, link.kind, link.ref_id, link.role) for link in links[first.id]] == [
        (1, LinkKind.attachment, "file-1", "photo"),
        (2, LinkKind.party, "landlord-7", "landlord"),
    ]
    assert links[first.id][0].body == {"mimeType": "image/png"}
    found, total = await desk.tickets.list_page({"party_id": "landlord-7"}, 0, 10)
    assert (total, found[0].id) == (1, first.id)
    found, _ = await desk.tickets.list_page({"related_ticket_id": first.id}, 0, 10)
    assert [ticket.id for ticket in found] == [second.id]
    await desk.links.remove(first.id, photo.n, author="anna")
    before = (await desk.read(first)).version
    await desk.links.remove(first.id, photo.n, author="anna")
    assert (await desk.read(first)).version == before
    for wrong in (first.id, "TT00000000"):
        with pytest.raises(InvalidTicket):
            await desk.links.add(first.id, NewLink(LinkKind.relationship, wrong, "parent"), author="anna")


async def test_a_list_of_what_belongs_to_a_ticket_is_replaced_whole(desk: Desk) -> None:
    ticket = await desk.open()
    one, two, three = (NewLink(LinkKind.attachment, f"file-{n}", "photo", {"n": n}) for n in (1, 2, 3))
    assert await desk.links.replace(ticket.id, LinkKind.attachment, [one, two], author="crm")
    await desk.links.add(ticket.id, NewLink(LinkKind.party, "landlord-7", "landlord"), author="crm")
    assert await desk.links.replace(ticket.id, LinkKind.attachment, [two, three], author="crm")
    version = (await desk.read(ticket)).version
    assert not await desk.links.replace(ticket.id, LinkKind.attachment, [three, two], author="crm")
    assert (await desk.read(ticket)).version == version
    left = [(link.ref_id, link.n) for link in (await desk.links.of(ticket.id))[ticket.id]]
    assert left == [("file-2", 2), ("landlord-7", 3), ("file-3", 4)]


async def test_every_change_is_told_with_what_was_before(desk: Desk) -> None:
    ticket = await _resolved(desk)
    await desk.tickets.confirm(ticket.id, solved=True, author="customer")
    kinds = [(before.status.value if before else None, after.status.value) for before, after in desk.told]
    assert kinds == [
        (None, "acknowledged"),
        ("acknowledged", "acknowledged"),
        ("acknowledged", "inProgress"),
        ("inProgress", "resolved"),
        ("resolved", "closed"),
    ]


# -- complaints --------------------------------------------------------------------------------------------------


async def _complaint(desk: Desk, key: str = "talk:1", **more: object) -> Ticket:
    facts = {"demand": "money back", "regulator_named": False}
    given = {"ticket_type": TicketType.complaint, "category": "billing", "product": "mobile", "facts": facts, **more}
    return await desk.open(key, **given)


async def test_a_complaint_made_in_a_conversation_is_acknowledged_there(desk: Desk) -> None:
    ticket = await _complaint(desk)
    complaint = await desk.complaints.get(ticket.id)
    assert complaint is not None
    assert (complaint.demand, complaint.regulator) == ("money back", False)
    assert complaint.acknowledged_at == ticket.created_at
    assert ticket.legal_due_at == ticket.created_at + timedelta(days=15)


async def test_one_that_came_by_letter_is_acknowledged_by_a_person_once(desk: Desk) -> None:
    ticket = await _complaint(desk, channel="letter")
    first = await desk.complaints.acknowledge(ticket.id, author="anna")
    desk.clock.pass_by(hours=1)
    assert await desk.complaints.acknowledge(ticket.id, author="anna") == first


@pytest.mark.parametrize("author", ["bot", "customer", "system", "chat"])
@pytest.mark.parametrize("end", [TicketStatus.closed, TicketStatus.cancelled])
async def test_only_a_person_ends_a_complaint(desk: Desk, author: str, end: TicketStatus) -> None:
    ticket = await _complaint(desk)
    if end is TicketStatus.closed:
        await desk.tickets.take(ticket.id, agent_id="anna")
        await desk.tickets.move(ticket.id, TicketStatus.resolved, author="anna")
    with pytest.raises(PersonRequired):
        await desk.tickets.move(ticket.id, end, author=author)
    confirmed = await desk.tickets.confirm(ticket.id, solved=True, author="customer")
    assert confirmed.status is not TicketStatus.closed


async def test_a_complaint_is_closed_with_its_cause_after_a_call(desk: Desk) -> None:
    ticket = await _complaint(desk)
    with pytest.raises(ComplaintNotReady, match="resolved"):
        await desk.complaints.called_back(ticket.id, CallbackResult.satisfied, author="anna")
    await desk.tickets.take(ticket.id, agent_id="anna")
    resolved = await desk.tickets.move(ticket.id, TicketStatus.resolved, author="anna")
    complaint = await desk.complaints.get(ticket.id)
    assert complaint is not None and resolved.resolved_at is not None
    assert complaint.callback_by == resolved.resolved_at + timedelta(hours=24)
    with pytest.raises(ComplaintNotReady, match="root cause"):
        await desk.complaints.close(ticket.id, author="anna")
    await desk.complaints.find_out(ticket.id, author="anna", root_cause="billing_system", cause="counted twice")
    with pytest.raises(ComplaintNotReady, match="called back"):
        await desk.complaints.close(ticket.id, author="anna")
    with pytest.raises(PersonRequired):
        await desk.complaints.called_back(ticket.id, CallbackResult.satisfied, author="bot")
    await desk.complaints.called_back(ticket.id, CallbackResult.satisfied, author="anna", text="thanked us")
    with pytest.raises(PersonRequired):
        await desk.complaints.close(ticket.id, author="system")
    closed = await desk.complaints.close(ticket.id, author="anna", reason="refunded")
    assert (closed.status, closed.root_cause) == (TicketStatus.closed, "billing_system")
    assert await desk.lines(ticket, EntryKind.callback) == [{"result": "satisfied"}]


async def test_a_customer_who_is_not_satisfied_reopens_and_is_called_again(desk: Desk) -> None:
    ticket = await _complaint(desk)
    await desk.tickets.take(ticket.id, agent_id="anna")
    await desk.tickets.move(ticket.id, TicketStatus.resolved, author="anna")
    again = await desk.complaints.called_back(ticket.id, CallbackResult.unsatisfied, author="anna", text="wants all")
    assert (again.status, again.reopens, again.priority) == (TicketStatus.in_progress, 1, Priority.critical)
    complaint = await desk.complaints.get(ticket.id)
    assert complaint is not None
    assert (complaint.callback_by, complaint.callback_result, complaint.callback_tries) == (None, None, 0)


async def test_one_who_cannot_be_reached_is_tried_three_times(desk: Desk) -> None:
    ticket = await _complaint(desk)
    await desk.tickets.take(ticket.id, agent_id="anna")
    await desk.tickets.move(ticket.id, TicketStatus.resolved, author="anna")
    await desk.complaints.find_out(ticket.id, author="anna", root_cause="staff")
    for _ in range(2):
        await desk.complaints.called_back(ticket.id, CallbackResult.unreachable, author="anna")
    with pytest.raises(ComplaintNotReady):
        await desk.complaints.close(ticket.id, author="anna")
    await desk.complaints.called_back(ticket.id, CallbackResult.unreachable, author="anna")
    assert (await desk.complaints.close(ticket.id, author="anna")).status is TicketStatus.closed


async def test_causes_that_come_up_again_are_listed_most_frequent_first(desk: Desk) -> None:
    for number, cause in enumerate(["wrong_tariff"] * 4 + ["late_visit"] * 3 + ["once"]):
        ticket = await _complaint(desk, f"talk:{number}")
        await desk.complaints.find_out(ticket.id, author="anna", root_cause=cause)
    found = await desk.complaints.repeated()
    assert [(item.root_cause, item.category, item.count) for item in found] == [
        ("wrong_tariff", "billing", 4),
        ("late_visit", "billing", 3),
    ]
    desk.clock.pass_by(days=31)
    assert await desk.complaints.repeated() == ()


async def test_what_is_no_complaint_is_said_to_be_none(desk: Desk) -> None:
    fault = await desk.open("a")
    with pytest.raises(ComplaintNotFound):
        await desk.complaints.acknowledge(fault.id, author="anna")
    with pytest.raises(TicketNotFound):
        await desk.complaints.close("TT00000000", author="anna")
    complaint = await _complaint(desk, "b")
    for wrong in ("", "two words", "x" * 65):
        with pytest.raises(InvalidTicket):
            await desk.complaints.find_out(complaint.id, author="anna", root_cause=wrong)


async def test_a_state_that_does_not_follow_is_refused_and_nothing_is_half_written(desk: Desk) -> None:
    ticket = await desk.open(severity=Severity.minor)
    told = len(desk.told)
    with pytest.raises(IllegalTransition):
        await desk.tickets.move(ticket.id, TicketStatus.resolved, author="anna")
    assert await desk.read(ticket) == ticket
    assert len(desk.told) == told
