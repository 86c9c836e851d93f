"""Keeping and destroying on a real database: whole, found, exported, held, gone, and logged."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest

from bot.database import Database
from bot.errors import BadRequest
from bot.schema import appointments, conversations, messages, ticket_archive, ticket_history, ticket_links, tickets
from bot.tickets.archive.model import ArchiveDamaged, ArchivedTicketNotFound, RetentionAction, Search
from bot.tickets.model import LinkKind, NewLink, Ticket, TicketArchived, TicketStatus, TicketType
from tests.integration.tickets_setup import Desk


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def _said(database: Database, conversation_id: str, *texts: str) -> None:
    at = Desk(database).clock.now
    head = {"id": conversation_id, "language": "zh", "owner": "bot", "epoch": 1, "last_seq": 0, "answered_seq": 0}
    head |= {"customer_seq": 0, "assurance": "none", "created_at": at, "updated_at": at}
    async with database.write() as connection:
        await connection.execute(conversations.insert().values(**head, metadata={}, slots={}, turns=0))
        for seq, text in enumerate(texts, start=1):
            row = {"conversation_id": conversation_id, "seq": seq, "id": f"m{seq}", "at": at, "text": text}
            await connection.execute(messages.insert().values(**row, author_kind="customer"))


async def _visited(database: Database, ticket: Ticket) -> None:
    at = ticket.created_at
    row: dict[str, object] = {
        "id": "AP00000001",
        "status": "completed",
        "customer_id": "c1",
        "ticket_id": ticket.id,
        "area": "a",
    }
    row |= {"address": "12 River Road", "product": "broadband", "window_id": "w", "start": at, "end": at}
    async with database.write() as connection:
        query = appointments.insert().values(**row, technician={}, created_at=at, updated_at=at, version=1)
        await connection.execute(query)


async def _over(desk: Desk, key: str = "talk:1", **more: object) -> Ticket:
    ticket = await desk.open(key, **more)
    await desk.tickets.take(ticket.id, agent_id="anna")
    await desk.tickets.move(ticket.id, TicketStatus.resolved, author="anna", reason="mended")
    return await desk.tickets.move(ticket.id, TicketStatus.closed, author="anna", reason="accepted")


async def test_a_ticket_long_over_is_archived_with_everything_that_belongs_to_it(
    desk: Desk, database: Database
) -> None:
    await _said(database, "talk", "no internet", "since this morning")
    ticket = await _over(desk)
    await desk.links.add(ticket.id, NewLink(LinkKind.attachment, "file-1", "photo"), author="c1")
    await _visited(database, ticket)
    kept = await desk.read(ticket)
    history = await desk.tickets.history(ticket.id)
    desk.clock.pass_by(days=179)
    assert await desk.archive.keep() == (0, 0)
    desk.clock.pass_by(days=1)
    assert await desk.archive.keep() == (1, 0)
    whole = await desk.archive.get(ticket.id)
    assert whole["ticket"]["description"] == "no internet"
    assert [line["text"] for line in whole["history"] if line["kind"] == "status"][-1] == "accepted"
    assert [link["ref_id"] for link in whole["links"]] == ["file-1"]
    assert [visit["address"] for visit in whole["visits"]] == ["12 River Road"]
    assert [said["text"] for said in whole["conversation"]] == ["no internet", "since this morning"]
    found = await desk.tickets.get(ticket.id)
    assert found is not None
    assert (found.status, found.due_at, found.ended_at) == (kept.status, kept.due_at, kept.ended_at)
    assert await desk.tickets.history(ticket.id) == history
    with pytest.raises(TicketArchived):
        await desk.tickets.note(ticket.id, author="anna", text="one more thing")
    async with database.read() as connection:
        for table in (tickets, ticket_history, ticket_links):
            assert (await connection.execute(table.select())).all() == []


async def test_open_tickets_and_recent_ones_stay(desk: Desk) -> None:
    await desk.open("a")
    desk.clock.pass_by(days=400)
    await _over(desk, "b")
    assert await desk.archive.keep() == (0, 0)


async def test_what_is_archived_is_found(desk: Desk) -> None:
    await _over(desk, "a", customer_id="c1", product="mobile")
    complaint = await _over(desk, "b", customer_id="c2", ticket_type=TicketType.complaint, category="staff")
    start = desk.clock.now
    desk.clock.pass_by(days=1)
    await _over(desk, "c", customer_id="c2", product="tv")
    desk.clock.pass_by(days=200)
    assert await desk.archive.keep() == (3, 0)
    for search, count in (
        (Search(), 3),
        (Search(customer_id="c2"), 2),
        (Search(customer_id="c2", ticket_type="complaint"), 1),
        (Search(product="tv"), 1),
        (Search(category="staff"), 1),
        (Search(created_from=start + timedelta(hours=1)), 1),
        (Search(created_before=start + timedelta(hours=1)), 2),
        (Search(customer_id="nobody"), 0),
    ):
        assert len(await desk.archive.find(search)) == count
    (found,) = await desk.archive.find(Search(category="staff"))
    assert (found.ticket_id, found.retention_id) == (complaint.id, "keep_complaints")
    assert len(await desk.archive.find(Search(), offset=2, limit=5)) == 1


async def test_its_time_over_a_ticket_is_destroyed_and_the_log_stays_without_personal_data(desk: Desk) -> None:
    ticket = await _over(desk, customer_id="c-secret", description="my name is Li Lei")
    complaint = await _over(desk, "b", ticket_type=TicketType.complaint)
    desk.clock.pass_by(days=181)
    await desk.archive.keep()
    digest = (await desk.archive.find(Search(customer_id="c-secret")))[0].sha256
    desk.clock.pass_by(days=550)
    assert await desk.archive.keep() == (0, 1)
    assert await desk.tickets.get(ticket.id) is None
    assert await desk.tickets.get(complaint.id) is not None  # kept for three years
    with pytest.raises(ArchivedTicketNotFound):
        await desk.archive.get(ticket.id)
    destroyed, archived = await desk.archive.log_lines(ticket.id)
    assert (destroyed.action, archived.action) == (RetentionAction.destroyed, RetentionAction.archived)
    assert destroyed.sha256 == archived.sha256 == digest
    assert "secret" not in repr(await desk.archive.log_lines()) and "Li Lei" not in repr(await desk.archive.log_lines())


async def test_a_hold_keeps_it_until_it_is_released(desk: Desk) -> None:
    ticket = await _over(desk)
    desk.clock.pass_by(days=200)
    await desk.archive.keep()
    with pytest.raises(BadRequest):
        await desk.archive.hold(ticket.id, reason=" ", actor="lawyer")
    await desk.archive.hold(ticket.id, reason="court case", actor="lawyer")
    desk.clock.pass_by(days=3000)
    assert await desk.archive.keep() == (0, 0)
    await desk.archive.release(ticket.id, actor="lawyer")
    assert await desk.archive.keep() == (0, 1)
    actions = [line.action.value for line in await desk.archive.log_lines(ticket.id)]
    assert actions == ["destroyed", "released", "held", "archived"]
    with pytest.raises(ArchivedTicketNotFound):
        await desk.archive.hold(ticket.id, reason="court case", actor="lawyer")


async def test_a_record_that_somebody_changed_is_not_given_out(desk: Desk, database: Database) -> None:
    ticket = await _over(desk)
    desk.clock.pass_by(days=200)
    await desk.archive.keep()
    async with database.write() as connection:
        body = ticket_archive.c.body
        await connection.execute(ticket_archive.update().values(body=body + " "))
    with pytest.raises(ArchiveDamaged):
        await desk.archive.get(ticket.id)
    with pytest.raises(ArchiveDamaged):
        [piece async for piece in desk.archive.export(Search(), "json", actor="anna")]


async def test_a_number_of_the_archive_is_not_given_out_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    draws = iter([7, 7, 8])
    monkeypatch.setattr("secrets.randbelow", lambda _most: next(draws))
    first = await _over(desk)
    desk.clock.pass_by(days=200)
    await desk.archive.keep()
    assert (first.id, (await desk.open("talk:2")).id) == ("TT00000007", "TT00000008")


async def test_exports_hold_live_and_archived_tickets_and_are_logged(desk: Desk) -> None:
    old = await _over(desk, "a", description="=1+1")
    desk.clock.pass_by(days=200)
    await desk.archive.keep()
    new = await desk.open("b", description='slow, "very" slow\nevery evening')
    await desk.open("c", customer_id="c2")
    search = Search(customer_id="c1")
    text = "".join([piece async for piece in desk.archive.export(search, "csv", actor="anna")])
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["id"], row["status"]) for row in rows] == [(new.id, "acknowledged"), (old.id, "closed")]
    assert [row["description"] for row in rows] == ['slow, "very" slow\nevery evening', "'=1+1"]
    pieces = [json.loads(piece) async for piece in desk.archive.export(search, "json", actor="anna")]
    assert [piece["ticket"]["id"] for piece in pieces] == [new.id, old.id]
    assert {"ticket", "history", "links", "complaint", "visits", "conversation"} == set(pieces[0]) == set(pieces[1])
    lines = [line for line in await desk.archive.log_lines() if line.action is RetentionAction.exported]
    assert sorted(str(line.detail["form"]) for line in lines) == ["csv", "json"]
    assert {(line.actor, line.detail["count"], *line.detail["by"]) for line in lines} == {("anna", 2, "customer_id")}
    with pytest.raises(BadRequest):
        [piece async for piece in desk.archive.export(search, "pdf", actor="anna")]
