"""A customer whose ticket was resolved is asked once, told when silence closes it, and reminded; on both databases."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from bot.contracts import Assurance, Author, AuthorKind, Conversation, Draft, Message, Owner
from bot.operator.demo.operator import set_back_office
from bot.operator.demo.store import DemoStore, SmsOutbox
from bot.tickets.model import EntryKind, NewTicket, Severity, Ticket, TicketStatus, TicketType
from bot.tickets.sweep.service import DeadlineSweep
from bot.tickets.sweep.store import SweepStore
from tests.integration.care import NOW, TICKET, Care

_AREA = "nanpu"


async def _customer(care: Care) -> str:
    return str((await DemoStore(care.database).customers_at(_AREA, "broadband"))[0]["id"])


async def _talk(care: Care, customer_id: str, owner: Owner = Owner.bot) -> None:
    head = Conversation("talk-1", "zh", owner, 1, 0, 0, Assurance.signed_in, customer_id, None, NOW, NOW, metadata={})
    await care.ledger.create(head, [Draft(Author(AuthorKind.bot), "您好")], NOW)


async def _resolved(care: Care, customer_id: str, conversation_id: str | None = "talk-1") -> Ticket:
    new = NewTicket(
        TicketType.fault, "no internet", Severity.major, customer_id, product="tv", conversation_id=conversation_id
    )
    ticket = await care.tickets.open(new, key=f"{customer_id}:{conversation_id}")
    await care.tickets.take(ticket.id, agent_id="anna")
    return await care.tickets.move(ticket.id, TicketStatus.resolved, author="anna", reason="mended")


async def _read(care: Care, ticket: Ticket) -> Ticket:
    found = await care.tickets.get(ticket.id)
    assert found is not None
    return found


async def _told(care: Care) -> list[Message]:
    return [message for message in await care.ledger.messages("talk-1") if "TT" in message.text]


async def _sweep(care: Care) -> None:
    await DeadlineSweep(care.tickets, SweepStore(care.tickets.store), care.clock).run()


async def test_two_processes_ask_once_and_say_when_silence_closes(care: Care) -> None:
    customer_id = await _customer(care)
    await _talk(care, customer_id)
    ticket = await _resolved(care, customer_id)
    asked = await asyncio.gather(care.loop.tidy(), care.loop.tidy())
    assert sum(asked) == 1
    assert await care.loop.tidy() == 0
    (message,) = await _told(care)
    assert ticket.id in message.text and "11月24日" in message.text and "问题解决了吗" in message.text
    assert [button.label for button in message.buttons] == ["解决了", "还没有"]
    slots, _, _ = await care.ledger.memory("talk-1", 1)
    assert slots["flow_stack"][-1] == {"flow": "ticket_solved", "step": "solved", "waiting": True}
    assert slots["solved_ticket"] == ticket.id
    (line,) = [entry for entry in await care.tickets.history(ticket.id) if entry.kind is EntryKind.ask]
    assert dict(line.data or {})["step"] == "first"


async def test_silence_is_reminded_a_day_before_and_then_closes(care: Care) -> None:
    customer_id = await _customer(care)
    await _talk(care, customer_id)
    ticket = await _resolved(care, customer_id)
    await care.loop.tidy()
    care.clock.now = NOW + timedelta(hours=47)
    assert await care.loop.tidy() == 0
    care.clock.now = NOW + timedelta(hours=48)
    assert await care.loop.tidy() == 1
    first, second = await _told(care)
    assert "11月24日" in second.text and second.text != first.text
    care.clock.now = NOW + timedelta(hours=71)
    await _sweep(care)
    assert (await _read(care, ticket)).status is TicketStatus.resolved
    care.clock.now = NOW + timedelta(hours=72)
    await _sweep(care)
    closed = await _read(care, ticket)
    assert (closed.status, closed.ask_at) == (TicketStatus.closed, None)
    assert (await care.tickets.history(ticket.id))[-1].text == "no_objection"
    assert await care.loop.tidy() == 0


async def test_an_answer_before_the_reminder_ends_the_asking(care: Care) -> None:
    customer_id = await _customer(care)
    await _talk(care, customer_id)
    ticket = await _resolved(care, customer_id)
    await care.loop.tidy()
    again = await care.tickets.confirm(ticket.id, solved=False, author="customer")
    assert (again.status, again.asked_at, again.ask_at) == (TicketStatus.in_progress, None, None)
    care.clock.now = NOW + timedelta(days=9)
    assert await care.loop.tidy() == 0
    await care.tickets.move(ticket.id, TicketStatus.resolved, author="anna")
    assert await care.loop.tidy() == 1, "solved anew is asked anew"
    assert len(await _told(care)) == 2


async def test_who_has_no_open_conversation_gets_a_text_message(care: Care, redis: Redis) -> None:
    customer_id = await _customer(care)
    phone = (await DemoStore(care.database).customers_at(_AREA, "broadband"))[0]["phone"]
    ticket = await _resolved(care, customer_id, None)
    assert await care.loop.tidy() == 1
    (message,) = await SmsOutbox(redis).texts(phone)
    assert ticket.id in message and "11月24日" in message


async def test_while_a_person_leads_the_chat_it_is_told_without_the_question(care: Care) -> None:
    customer_id = await _customer(care)
    await _talk(care, customer_id, Owner.agent)
    await _resolved(care, customer_id)
    await care.loop.tidy()
    (message,) = await _told(care)
    assert message.author.kind is AuthorKind.system and not message.buttons


async def test_who_cannot_be_told_now_is_told_later_and_not_closed_before(care: Care) -> None:
    customer_id = await _customer(care)
    ticket = await _resolved(care, customer_id, None)
    await set_back_office(care.database, down=True)
    assert await care.loop.tidy() == 0
    care.clock.now = NOW + timedelta(days=5)
    await _sweep(care)
    assert (await _read(care, ticket)).status is TicketStatus.resolved
    await set_back_office(care.database)
    assert await care.loop.tidy() == 1
    care.clock.now += timedelta(hours=73)
    await _sweep(care)
    assert (await _read(care, ticket)).status is TicketStatus.closed


async def test_a_complaint_is_not_asked_but_called(care: Care) -> None:
    customer_id = await _customer(care)
    await _talk(care, customer_id)
    new = NewTicket(TicketType.complaint, "rude", Severity.minor, customer_id, conversation_id="talk-1")
    ticket = await care.tickets.open(new, key="complaint")
    await care.tickets.take(ticket.id, agent_id="anna")
    await care.tickets.move(ticket.id, TicketStatus.resolved, author="anna")
    assert await care.loop.tidy() == 0 and not await _told(care)


async def test_resolving_over_tmf621_asks_at_once(care: Care) -> None:
    customer_id = await _customer(care)
    await _talk(care, customer_id)
    ticket = await _resolved(care, customer_id)
    await care.tickets.move(ticket.id, TicketStatus.in_progress, author="anna")
    answer = await care.call("PATCH", f"{TICKET}/{ticket.id}", {"status": "resolved"})
    assert answer.status == 200 and len(await _told(care)) == 1
    assert answer.headers["ETag"] == f'"{(await _read(care, ticket)).version}"'


@pytest.mark.parametrize("customer_class", ["business", "consumer"])
async def test_what_the_operator_knows_of_a_customer_sets_the_clocks(care: Care, customer_class: str) -> None:
    async with care.database.read() as connection:
        rows = (await connection.exec_driver_sql("SELECT id, facts FROM demo_customers ORDER BY id")).all()
    fitting = [row.id for row in rows if ("business" in str(row.facts)) is (customer_class == "business")]
    assert fitting, "the demo has some of both"
    new = NewTicket(TicketType.fault, "no internet", Severity.major, fitting[-1], product="tv")
    ticket = await care.tickets.open(new, key=customer_class)
    assert ticket.facts["customer_class"] == customer_class and ticket.facts["area"]
    assert (ticket.group_id == "business_faults") is (customer_class == "business")
