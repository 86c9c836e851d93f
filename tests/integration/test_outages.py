"""Outages from the report to the customer's word that it is back, over TMF656 and the ledger."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.contracts import Assurance, Author, AuthorKind, Conversation, Draft, Message, Owner
from bot.operator.demo.store import DemoStore, SmsOutbox
from bot.schema import outage_notices
from bot.tickets.model import NewTicket, Severity, Ticket, TicketStatus, TicketType
from tests.integration.care import BODY, NOW, PROBLEM, TICKET, Care, is_error

_AREA = "nanpu"
_BASE = PROBLEM.rsplit("/", 1)[0]


def _report(**more: object) -> dict[str, Any]:
    return {
        "category": "outage",
        "priority": 1,
        "description": "光缆被挖断",
        "reason": "cable cut",
        "originatorParty": {"id": "noc", "@referredType": "Organization"},
        "affectedLocation": [{"id": _AREA, "role": "affectedArea"}],
        "affectedService": [{"id": "broadband"}],
        **more,
    }


def _estimate(hours: int) -> list[dict[str, str]]:
    return [{"name": "expectedRestoreDate", "value": (NOW + timedelta(hours=hours)).isoformat()}]


async def _customer_of(care: Care, area: str = _AREA, product: str = "broadband") -> str:
    return str((await DemoStore(care.database).customers_at(area, product))[0]["id"])


async def _talk(
    care: Care, conversation_id: str, customer_id: str, owner: Owner = Owner.bot, language: str = "zh"
) -> None:
    head = Conversation(
        conversation_id, language, owner, 1, 0, 0, Assurance.signed_in, customer_id, None, NOW, NOW, metadata={}
    )
    await care.ledger.create(head, [Draft(Author(AuthorKind.bot), "您好")], NOW)


async def _fault(care: Care, customer_id: str, conversation_id: str | None = None, **more: Any) -> Ticket:
    new = NewTicket(
        TicketType.fault,
        "no internet",
        Severity.major,
        customer_id,
        product="broadband",
        conversation_id=conversation_id,
        **more,
    )
    return await care.tickets.open(new, key=f"{customer_id}:{conversation_id}")


async def _reported(care: Care, **more: object) -> dict[str, Any]:
    answer = await care.call("POST", PROBLEM, _report(**more))
    assert answer.status == 201, answer.body
    body: dict[str, Any] = answer.body
    return body


async def _newest(care: Care, conversation_id: str) -> Message:
    return (await care.ledger.messages(conversation_id))[-1]


async def _status(care: Care, ticket_id: str) -> TicketStatus:
    ticket = await care.tickets.get(ticket_id)
    assert ticket is not None
    return ticket.status


async def test_a_problem_is_reported_read_changed_and_kept(care: Care) -> None:
    made = await _reported(care, characteristic=_estimate(4), name="cable 7")
    path = f"{PROBLEM}/{made['id']}"
    assert (made["status"], made["priority"], made["name"]) == ("inProgress", 1, "cable 7")
    assert made["href"] == care.base + path
    assert [item["id"] for item in made["affectedLocation"]] == [_AREA]
    read = await care.call("GET", path)
    assert read.body == made
    later = await care.call(
        "PATCH",
        path,
        {"characteristic": _estimate(9), "note": [{"text": "crew on site"}]},
        If_Match=read.headers["ETag"],
    )
    assert later.status == 200, later.body
    assert later.body["characteristic"][0]["value"] == (NOW + timedelta(hours=9)).isoformat()
    assert [note["text"] for note in later.body["note"]] == ["crew on site"]
    assert is_error(await care.call("PATCH", path, {"status": "resolved"}, If_Match=read.headers["ETag"]), 412)
    assert is_error(await care.call("DELETE", path), 409, "outage_stands")
    held = await care.call("PATCH", path, {"status": "held", "statusChangeReason": "no splice box"})
    assert (held.body["status"], held.body["statusChangeReason"]) == ("held", "no splice box")
    done = await care.call("PATCH", path, {"status": "resolved", "statusChangeReason": "spliced"})
    assert (done.body["status"], done.body["statusChangeReason"]) == ("resolved", "spliced")
    assert done.body["resolutionDate"]
    records = await care.call("GET", f"{_BASE}/serviceProblemEventRecord?serviceProblem.id={made['id']}")
    kinds = [record["notification"]["kind"] for record in records.body]
    assert kinds == ["status", "status", "note", "estimate", "status"], "newest first"
    states = f"serviceProblem.id={made['id']}&eventType=ServiceProblemStateChangeEvent"
    moves = await care.call("GET", f"{_BASE}/serviceProblemEventRecord?{states}&limit=1")
    assert (moves.body, moves.headers["X-Total-Count"]) == ([records.body[0]], "3")
    one = f"{_BASE}/serviceProblemEventRecord/{records.body[0]['id']}"
    chosen = (await care.call("GET", f"{one}?fields=eventType")).body
    assert set(chosen) == {"id", "href", "eventType"}
    assert is_error(await care.call("GET", f"{_BASE}/serviceProblemEventRecord/{made['id']}-99"), 404)
    assert (await care.call("DELETE", path)).status == 204
    assert is_error(await care.call("GET", path), 404)
    gone = await care.call("GET", f"{_BASE}/serviceProblemEventRecord?serviceProblem.id={made['id']}")
    assert gone.body == []


@pytest.mark.parametrize(
    "change",
    [
        {"category": None},
        {"priority": 0},
        {"priority": True},
        {"description": ""},
        {"originatorParty": None},
        {"affectedLocation": [{"id": "atlantis"}]},
        {"affectedService": [{"id": "telex"}]},
        {"category": "plannedWorks"},
        {"characteristic": [{"name": "expectedRestoreDate", "value": "soon"}]},
        {"unknown": 1},
        {"id": "OU000001"},
    ],
)
async def test_a_report_that_cannot_be_used_leaves_nothing(care: Care, change: dict[str, object]) -> None:
    before = (await care.call("GET", PROBLEM)).headers["X-Total-Count"]
    assert is_error(await care.call("POST", PROBLEM, _report(**change)), 400)
    assert (await care.call("GET", PROBLEM)).headers["X-Total-Count"] == before


async def test_several_places_are_parts_that_share_the_fate_of_the_whole(care: Care) -> None:
    made = await _reported(care, affectedLocation=[{"id": "nanpu"}, {"id": "xiling"}])
    assert {item["id"] for item in made["affectedLocation"]} == {"nanpu", "xiling"}
    (part,) = made["underlyingProblem"]
    child = (await care.call("GET", f"{PROBLEM}/{part['id']}")).body
    assert [item["id"] for item in child["parentProblem"]] == [made["id"]]
    await care.call("PATCH", f"{PROBLEM}/{made['id']}", {"status": "resolved"})
    assert (await care.call("GET", f"{PROBLEM}/{part['id']}")).body["status"] == "resolved"
    assert is_error(await care.call("PATCH", f"{PROBLEM}/{made['id']}", {"status": "cancelled"}), 409)


async def test_problems_are_grouped_acknowledged_and_ungrouped(care: Care) -> None:
    first, second = await _reported(care), await _reported(care, affectedLocation=[{"id": "xiling"}])
    group = {"parentProblem": {"id": first["id"]}, "childProblem": [{"id": second["id"]}]}
    assert (await care.call("POST", f"{_BASE}/problemGroup", group)).status == 201
    read = (await care.call("GET", f"{PROBLEM}/{first['id']}")).body
    assert [item["id"] for item in read["underlyingProblem"]] == [second["id"]]
    assert is_error(await care.call("POST", f"{_BASE}/problemGroup", {**group, "childProblem": []}), 400)
    assert (await care.call("POST", f"{_BASE}/problemUngroup", group)).status == 201
    assert is_error(await care.call("POST", f"{_BASE}/problemUngroup", group), 400)
    task = await care.call("POST", f"{_BASE}/problemAcknowledgement", {"problem": [{"id": first["id"]}]})
    assert task.body["ackProblem"][0]["id"] == first["id"]
    lines = (await care.call("GET", f"{PROBLEM}/{first['id']}")).body["trackingRecord"]
    assert lines[-1]["description"] == "task acknowledged"


async def test_a_fault_inside_a_running_outage_joins_it(care: Care) -> None:
    customer_id = await _customer_of(care)
    made = await _reported(care)
    party = {"id": customer_id, "role": "customer", "@referredType": "Customer"}
    line = {"id": f"{customer_id}-broadband", "role": "line", "name": "broadband", "@referredType": "Product"}
    body = (await care.call("POST", TICKET, {**BODY, "relatedParty": [party], "relatedEntity": [line]})).body
    assert made["id"] in {item["id"] for item in body["relatedEntity"]}
    read = (await care.call("GET", f"{PROBLEM}/{made['id']}")).body
    assert body["id"] in {item["id"] for item in read["troubleTicket"]}


async def test_faults_reported_shortly_before_are_gathered_and_their_customers_told(care: Care) -> None:
    customer_id = await _customer_of(care)
    await _talk(care, "talk-1", customer_id)
    ticket = await _fault(care, customer_id, "talk-1")
    made = await _reported(care)
    joined = await care.tickets.get(ticket.id)
    assert joined is not None and joined.outage_id == made["id"]
    told = await _newest(care, "talk-1")
    assert told.author.kind is AuthorKind.bot and "光缆被挖断" in told.text


async def test_when_it_is_over_everybody_who_waits_is_told_once_and_asked(care: Care) -> None:
    customer_id = await _customer_of(care)
    made = await _reported(care)
    for name, language in (("talk-1", "zh"), ("talk-2", "en")):
        await _talk(care, name, customer_id, language=language)
    first = await _fault(care, customer_id, "talk-1", outage_id=made["id"])
    second = await _fault(care, customer_id, "talk-2", outage_id=made["id"])
    path = f"{PROBLEM}/{made['id']}"
    assert (await care.call("PATCH", path, {"status": "resolved"})).status == 200
    for ticket, name, words in ((first, "talk-1", "您家里恢复了吗"), (second, "talk-2", "Is it back at your place?")):
        told = await _newest(care, name)
        assert words in told.text and len(told.buttons) == 2
        assert told.data is not None and (told.data["id"], told.data["status"]) == (ticket.id, "resolved")
        assert await _status(care, ticket.id) is TicketStatus.resolved
        slots, _turns, _events = await care.ledger.memory(name, 1)
        assert slots["flow_stack"][-1] == {"flow": "outage_back", "step": "back", "waiting": True}
    counts = [len(await care.ledger.messages(name)) for name in ("talk-1", "talk-2")]
    await asyncio.gather(*(care.outages.tidy(care.notices) for _ in range(3)))
    assert [len(await care.ledger.messages(name)) for name in ("talk-1", "talk-2")] == counts

    await care.outages.settle(first.id, back=True)
    again = await care.outages.settle(second.id, back=False, words="still red")
    assert await _status(care, first.id) is TicketStatus.closed
    assert again.status is TicketStatus.in_progress
    assert again.priority is second.priority.raised(), "what is not solved comes back with priority"


async def test_while_a_person_leads_the_chat_the_news_is_told_without_a_question(care: Care) -> None:
    customer_id = await _customer_of(care)
    made = await _reported(care)
    await _talk(care, "talk-1", customer_id, Owner.agent)
    await _fault(care, customer_id, "talk-1", outage_id=made["id"])
    await care.call("PATCH", f"{PROBLEM}/{made['id']}", {"status": "resolved"})
    told = await _newest(care, "talk-1")
    assert told.author.kind is AuthorKind.system and not told.buttons


async def test_who_has_no_open_chat_gets_a_text_message_once(care: Care, redis: Redis) -> None:
    row = (await DemoStore(care.database).customers_at(_AREA, "broadband"))[0]
    made = await _reported(care)
    ticket = await _fault(care, row["id"], outage_id=made["id"])
    await care.call("PATCH", f"{PROBLEM}/{made['id']}", {"status": "resolved"})
    await care.outages.tidy(care.notices)
    (text,) = await SmsOutbox(redis).texts(row["phone"])
    assert "broadband" in text.lower() or "宽带" in text
    assert await _status(care, ticket.id) is TicketStatus.resolved


async def test_a_new_estimate_is_told_once(care: Care) -> None:
    customer_id = await _customer_of(care)
    made = await _reported(care, characteristic=_estimate(2))
    await _talk(care, "talk-1", customer_id)
    await _fault(care, customer_id, "talk-1", outage_id=made["id"])
    for _ in range(2):
        await care.call("PATCH", f"{PROBLEM}/{made['id']}", {"characteristic": _estimate(6)})
    messages = await care.ledger.messages("talk-1")
    assert sum("15:00" in message.text for message in messages) == 1


async def test_planned_works_are_told_the_day_before_and_begin_and_end_by_the_clock(care: Care, redis: Redis) -> None:
    row = (await DemoStore(care.database).customers_at(_AREA, "broadband"))[0]
    await _talk(care, "talk-1", row["id"])
    start, end = NOW + timedelta(hours=40), NOW + timedelta(hours=44)
    times = [
        {"name": "plannedStartDate", "value": start.isoformat()},
        {"name": "expectedRestoreDate", "value": end.isoformat()},
    ]
    made = await _reported(care, category="plannedWorks", characteristic=times)
    path = f"{PROBLEM}/{made['id']}"
    assert made["status"] == "acknowledged"
    await care.outages.tidy(care.notices)
    assert len(await care.ledger.messages("talk-1")) == 1, "not before the day before"
    care.clock.now = start - timedelta(hours=20)
    for _ in range(2):
        await care.outages.tidy(care.notices)
    messages = await care.ledger.messages("talk-1")
    assert len(messages) == 2 and "计划施工" in messages[-1].text
    others = await DemoStore(care.database).customers_at(_AREA, "broadband")
    assert len(others) > 1
    assert len(await SmsOutbox(redis).texts(others[1]["phone"])) == 1
    care.clock.now = start + timedelta(minutes=1)
    await care.outages.tidy(care.notices)
    assert (await care.call("GET", path)).body["status"] == "inProgress"
    care.clock.now = end + timedelta(minutes=1)
    await care.outages.tidy(care.notices)
    assert (await care.call("GET", path)).body["status"] == "resolved"


async def test_the_messages_buttons_name_the_ticket_and_stay_on_the_server(care: Care) -> None:
    customer_id = await _customer_of(care)
    made = await _reported(care)
    await _talk(care, "talk-1", customer_id)
    ticket = await _fault(care, customer_id, "talk-1", outage_id=made["id"])
    await care.call("PATCH", f"{PROBLEM}/{made['id']}", {"status": "closed"})
    told = await _newest(care, "talk-1")
    meant = [json.loads(button.payload.removeprefix("/outage_back")) for button in told.buttons]
    assert meant == [
        {"outage_back": True, "outage_ticket": ticket.id},
        {"outage_back": False, "outage_ticket": ticket.id},
    ]
    assert "payload" not in json.dumps(told.as_json())


def _works(start_h: float, end_h: float) -> list[dict[str, str]]:
    times = {"plannedStartDate": start_h, "expectedRestoreDate": end_h}
    return [{"name": name, "value": (NOW + timedelta(hours=hours)).isoformat()} for name, hours in times.items()]


async def test_an_outage_spreads_to_more_areas_and_leaves_others(care: Care) -> None:
    there = await _customer_of(care, "xiling")
    ticket = await _fault(care, there, facts={"area": "xiling"})
    made = await _reported(care)
    path = f"{PROBLEM}/{made['id']}"
    assert (await care.tickets.get(ticket.id)).outage_id is None  # type: ignore[union-attr]
    wider = await care.call("PATCH", path, {"affectedLocation": [{"id": _AREA}, {"id": "xiling"}]})
    assert wider.status == 200, wider.body
    assert [item["id"] for item in wider.body["affectedLocation"]] == [_AREA, "xiling"]
    (part,) = wider.body["underlyingProblem"]
    joined = await care.tickets.get(ticket.id)
    assert joined is not None and joined.outage_id == part["id"], "faults of the new area join"
    same = await care.call("PATCH", path, {"affectedLocation": wider.body["affectedLocation"]})
    assert same.body == wider.body
    narrower = await care.call("PATCH", path, {"affectedLocation": [{"id": _AREA}]})
    assert (await care.call("GET", f"{PROBLEM}/{part['id']}")).body["status"] == "cancelled"
    assert [item["id"] for item in narrower.body["affectedLocation"]] == [_AREA]
    left = await care.tickets.get(ticket.id)
    assert left is not None and (left.outage_id, left.status.open) == (None, True), "it is worked on its own"
    moved = await care.call("PATCH", path, {"affectedLocation": [{"id": "wangjiang"}]})
    assert [item["id"] for item in moved.body["affectedLocation"]] == ["wangjiang"]
    assert is_error(await care.call("PATCH", path, {"affectedLocation": [{"id": "atlantis"}]}), 400)
    await care.call("PATCH", path, {"status": "resolved"})
    assert is_error(await care.call("PATCH", path, {"affectedLocation": [{"id": _AREA}]}), 409, "outage_is_over")


async def test_tickets_and_problems_are_linked_by_what_a_body_names(care: Care) -> None:
    ticket = await care.opened()
    whole, part = await _reported(care), await _reported(care, affectedLocation=[{"id": "xiling"}])
    body = {"troubleTicket": [{"id": ticket["id"]}], "underlyingProblem": [{"id": part["id"]}]}
    linked = await care.call("PATCH", f"{PROBLEM}/{whole['id']}", body)
    assert ticket["id"] in {item["id"] for item in linked.body["troubleTicket"]}
    assert [item["id"] for item in linked.body["underlyingProblem"]] == [part["id"]]
    third = await _reported(care, parentProblem=[{"id": whole["id"]}], affectedLocation=[{"id": "wangjiang"}])
    assert [item["id"] for item in third["parentProblem"]] == [whole["id"]]
    alone = await care.call("PATCH", f"{PROBLEM}/{third['id']}", {"parentProblem": []})
    assert alone.body["parentProblem"] == []
    before = (await care.call("GET", PROBLEM)).headers["X-Total-Count"]
    for wrong in (
        {"troubleTicket": [{"id": "TT00000000"}]},
        {"parentProblem": [{"id": part["id"]}]},
        {"parentProblem": [{"id": whole["id"]}, {"id": third["id"]}]},
        {"underlyingProblem": [{"id": whole["id"]}]},
    ):
        assert is_error(await care.call("POST", PROBLEM, _report(**wrong)), 400), wrong
    assert is_error(await care.call("POST", PROBLEM, _report(parentProblem=[{"id": "OU000000"}])), 404)
    assert (await care.call("GET", PROBLEM)).headers["X-Total-Count"] == before, "nothing is half written"


async def test_a_false_alarm_lets_its_faults_go_and_tells_their_customers_once(care: Care) -> None:
    customer_id = await _customer_of(care)
    made = await _reported(care)
    await _talk(care, "talk-1", customer_id)
    ticket = await _fault(care, customer_id, "talk-1", outage_id=made["id"])
    assert ticket.group_id == "network_operations"
    await care.call("PATCH", f"{PROBLEM}/{made['id']}", {"status": "cancelled"})
    await care.outages.tidy(care.notices)
    apart = await care.tickets.get(ticket.id)
    assert apart is not None and apart.outage_id is None and apart.group_id != "network_operations"
    messages = await care.ledger.messages("talk-1")
    assert sum(ticket.id in message.text for message in messages) == 1


async def test_works_that_are_put_off_or_called_off_are_told_to_those_who_were_told(care: Care) -> None:
    row = (await DemoStore(care.database).customers_at(_AREA, "broadband"))[0]
    await _talk(care, "talk-1", row["id"], language="en")
    made = await _reported(care, category="plannedWorks", characteristic=_works(10, 12))
    path = f"{PROBLEM}/{made['id']}"
    await care.outages.tidy(care.notices)
    moved = await care.call("PATCH", path, {"characteristic": _works(58, 60)})
    assert moved.status == 200, moved.body
    facts = {item["name"]: item["value"] for item in moved.body["characteristic"]}
    assert facts["plannedStartDate"] == (NOW + timedelta(hours=58)).isoformat()
    await care.outages.tidy(care.notices)
    assert is_error(await care.call("PATCH", path, {"characteristic": _works(70, 65)}), 400)
    await care.call("PATCH", path, {"status": "cancelled"})
    await care.outages.tidy(care.notices)
    told = [message.text for message in await care.ledger.messages("talk-1")][1:]
    assert len(told) == 3 and "won't take place" in told[-1], told
    assert "Planned works" in told[0] and told[0] != told[1], told


async def test_however_many_wait_everybody_hears_the_new_estimate(care: Care) -> None:
    made = await _reported(care, characteristic=_estimate(2))
    few = made["affectedNumberOfServices"]
    for number in range(230):
        new = NewTicket(TicketType.fault, "no internet", Severity.minor, product="broadband", outage_id=made["id"])
        await care.tickets.open(new, key=f"many-{number}")
    changed = await care.call("PATCH", f"{PROBLEM}/{made['id']}", {"characteristic": _estimate(6)})
    assert changed.body["affectedNumberOfServices"] == few + 230
    newest = max(int(line["id"]) for line in changed.body["trackingRecord"])
    async with care.database.read() as connection:
        told = (await connection.execute(outage_notices.select())).all()
    assert sum(row.kind == f"estimate:{newest}" for row in told) == few + 230
