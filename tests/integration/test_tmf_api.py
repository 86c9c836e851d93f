"""The TM Forum APIs as another system sees them: keys, visits, interactions, problems."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.appointments.model import NewVisit
from bot.channels.tmf.keys import SCOPES, TICKET_READ, demo_api_key, make_api_key
from bot.channels.tmf.openapi import tmf_openapi
from bot.contracts import Assurance, Author, AuthorKind, Conversation, Draft, Owner
from bot.schema import outages
from bot.tickets.model import NewTicket, Severity, TicketType
from tests.integration.care import AREA as _AREA
from tests.integration.care import BODY as _BODY
from tests.integration.care import CUSTOMER as _CUSTOMER
from tests.integration.care import ENTITY as _ENTITY
from tests.integration.care import INTERACTION as _INTERACTION
from tests.integration.care import NOW as _NOW
from tests.integration.care import PROBLEM as _PROBLEM
from tests.integration.care import SEARCH as _SEARCH
from tests.integration.care import TICKET as _TICKET
from tests.integration.care import VISIT as _VISIT
from tests.integration.care import Care
from tests.integration.care import is_error as _is_error


async def _talk(care: Care, conversation_id: str, owner: Owner = Owner.bot, customer_id: str | None = "c-tmf") -> None:
    head = Conversation(
        conversation_id, "zh", owner, 1, 0, 0, Assurance.anonymous, customer_id, None, _NOW, _NOW, metadata={}
    )
    drafts = [Draft(Author(AuthorKind.bot), "您好"), Draft(Author(AuthorKind.customer), "没网了")]
    await care.ledger.create(head, drafts, _NOW)


# -- keys ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [_TICKET, _VISIT, _INTERACTION, _PROBLEM, f"{_TICKET}/TT00000000"])
@pytest.mark.parametrize("header", ["", "Bearer nonsense", "Basic abc", "Bearer "])
async def test_without_a_valid_key_nothing_is_told(care: Care, path: str, header: str) -> None:
    answer = await care.call("GET", path, Authorization=header)
    assert _is_error(answer, 401, "invalid_api_key")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_key_does_what_its_scopes_say_and_no_more(care: Care) -> None:
    reader = make_api_key(care.data_dir, "reader", [TICKET_READ])
    header = f"Bearer {reader}"
    assert (await care.call("GET", _TICKET, Authorization=header)).status == 200
    assert _is_error(await care.call("POST", _TICKET, _BODY, Authorization=header), 403, "missing_scope")
    for path in (_VISIT, _INTERACTION, _PROBLEM):
        assert _is_error(await care.call("GET", path, Authorization=header), 403, "missing_scope")
    assert (await care.call("GET", _TICKET)).status == 200, "the demo's key still works"


def test_the_file_of_keys_holds_hashes_and_the_demo_key_stays_the_same(tmp_path: Path) -> None:
    key = demo_api_key(tmp_path)
    assert demo_api_key(tmp_path) == key
    stored = (tmp_path / "api_keys.json").read_text()
    assert key not in stored
    assert json.loads(stored)["keys"][0]["scopes"] == sorted(SCOPES)
    for name in ("api_keys.json", "demo_api_key"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0


# -- visits ----------------------------------------------------------------------------------------------------------


async def _slots(care: Care, days: int = 5) -> list[dict[str, Any]]:
    start, end = _NOW + timedelta(days=1), _NOW + timedelta(days=days)
    asked = [{"validFor": {"startDateTime": start.isoformat(), "endDateTime": end.isoformat()}}]
    place = {"id": _AREA, "role": "visitAddress"}
    answer = await care.call("POST", _SEARCH, {"requestedTimeSlot": asked, "relatedPlace": place})
    assert answer.status == 201, answer.body
    assert (answer.body["status"], answer.body["searchResult"]) == ("done", "success")
    found: list[dict[str, Any]] = answer.body["availableTimeSlot"]
    for slot in found:
        assert start <= datetime.fromisoformat(slot["validFor"]["startDateTime"]) < end
    again = await care.call("GET", answer.headers["Location"].removeprefix(care.base))
    assert again.body == answer.body
    return found


def _booking(slot: dict[str, Any], **more: object) -> dict[str, Any]:
    place = {"id": _AREA, "name": "望江区听涛路8号", "role": "visitAddress"}
    return {"validFor": slot["validFor"], "relatedParty": [_CUSTOMER], "relatedPlace": place, **more}


async def test_a_slot_is_searched_booked_moved_and_cancelled(care: Care) -> None:
    first, second, *_ = await _slots(care)
    ticket = await care.opened(relatedParty=[_CUSTOMER])
    entity = {"id": ticket["id"], "role": "troubleTicket", "@referredType": "TroubleTicket"}
    answer = await care.call("POST", _VISIT, _booking(first, relatedEntity=[entity, _ENTITY]))
    assert answer.status == 201, answer.body
    visit = answer.body
    path = f"{_VISIT}/{visit['id']}"
    assert answer.headers["Location"] == visit["href"] == care.base + path
    assert (visit["status"], visit["validFor"]) == ("confirmed", first["validFor"])
    assert _ENTITY in visit["relatedEntity"]
    assert {**entity, "href": ticket["href"]} in visit["relatedEntity"]
    assert visit["relatedPlace"]["name"] == "望江区听涛路8号"

    moved = await care.call("PATCH", path, {"validFor": second["validFor"]})
    assert moved.status == 200, moved.body
    assert (moved.body["id"], moved.body["validFor"]) == (visit["id"], second["validFor"])

    cancelled = await care.call("PATCH", path, {"status": "cancelled"}, Content_Type="application/merge-patch+json")
    assert (cancelled.status, cancelled.body["status"]) == (200, "cancelled")
    assert (await care.call("PATCH", path, {"status": "cancelled"})).body == cancelled.body
    assert _is_error(await care.call("PATCH", path, {"status": "confirmed"}), 409)


async def test_a_slot_that_has_gone_is_a_conflict(care: Care) -> None:
    slot, *_ = await _slots(care)
    answers = await asyncio.gather(*(care.call("POST", _VISIT, _booking(slot)) for _ in range(12)))
    window = await care.visits.window(slot["id"])
    assert window is not None
    assert sum(answer.status == 201 for answer in answers) >= 1
    assert window.taken == window.capacity
    refused = next(answer for answer in answers if answer.status != 201)
    assert _is_error(refused, 409, "slot_taken")
    assert slot["id"] not in {left["id"] for left in await _slots(care)}


async def test_the_same_idempotency_key_books_once(care: Care) -> None:
    slot, *_ = await _slots(care)
    before = await care.visits.window(slot["id"])
    answers = [await care.call("POST", _VISIT, _booking(slot), Idempotency_Key="k1") for _ in range(5)]
    assert {answer.body["id"] for answer in answers} == {answers[0].body["id"]}
    after = await care.visits.window(slot["id"])
    assert before is not None and after is not None
    assert after.taken == before.taken + 1


async def test_a_hold_made_in_a_conversation_shows_as_initialized_and_names_it(care: Care) -> None:
    slot, *_ = await _slots(care)
    new = NewVisit("c-tmf", _AREA, "望江区听涛路8号", "broadband", slot["id"], conversation_id="talk-1")
    hold = await care.visits.hold(new, key="talk-1:3")
    assert hold is not None
    found = await care.call("GET", f"{_VISIT}?relatedParty.id=c-tmf&status=initialized")
    assert [item["id"] for item in found.body] == [hold.id]
    assert found.body[0]["relatedEntity"] == [_ENTITY]
    confirmed = await care.call("PATCH", f"{_VISIT}/{hold.id}", {"status": "confirmed"})
    assert confirmed.body["status"] == "confirmed"
    assert (await care.call("GET", f"{_VISIT}?relatedParty.id=c-tmf&status=initialized")).body == []


@pytest.mark.parametrize(
    "change",
    [
        {"validFor": {"startDateTime": "2026-11-25T08:00:00+08:00"}},
        {"validFor": {"startDateTime": "2026-11-25T10:00:00+08:00", "endDateTime": "2026-11-25T08:00:00+08:00"}},
        {"validFor": {"startDateTime": "2026-11-25T08:00:00", "endDateTime": "2026-11-25T10:00:00"}},
        {"relatedParty": []},
        {"relatedPlace": {"role": "visitAddress"}},
        {"relatedEntity": [{"id": "TT99999999", "role": "troubleTicket", "@referredType": "TroubleTicket"}]},
    ],
)
async def test_a_booking_that_cannot_be_used_is_refused(care: Care, change: dict[str, object]) -> None:
    slot, *_ = await _slots(care)
    assert _is_error(await care.call("POST", _VISIT, {**_booking(slot), **change}), 400)


async def test_what_an_appointment_cannot_keep_is_refused_and_a_round_trip_changes_nothing(care: Care) -> None:
    slot, *_ = await _slots(care)
    visit = (await care.call("POST", _VISIT, _booking(slot))).body
    path = f"{_VISIT}/{visit['id']}"
    assert (await care.call("PATCH", path, visit)).body == visit
    assert _is_error(await care.call("PATCH", path, {"relatedPlace": {"id": "nanpu", "role": "visitAddress"}}), 400)
    assert _is_error(await care.call("PATCH", path, {"status": "lost"}), 400)
    stale = await care.call("PATCH", path, {"status": "cancelled"}, If_Match='"99"')
    assert _is_error(stale, 412, "stale_resource")


# -- interactions and problems -----------------------------------------------------------------------------------------


async def test_a_conversation_is_an_interaction_with_its_transcript_and_what_came_of_it(care: Care) -> None:
    await _talk(care, "talk-1")
    new = NewTicket(TicketType.fault, "no internet", Severity.major, "c-tmf", conversation_id="talk-1")
    ticket = await care.tickets.open(new, key="talk-1:2")
    body = (await care.call("GET", f"{_INTERACTION}/talk-1")).body
    assert (body["id"], body["direction"], body["status"]) == ("talk-1", "inbound", "inProgress")
    assert body["href"] == f"{care.base}{_INTERACTION}/talk-1"
    assert body["reason"] and body["channel"][0]["id"]
    assert body["relatedEntity"] == [_ENTITY]
    assert [{**party, "href": ""} for party in body["relatedParty"]] == [{**_CUSTOMER, "href": ""}]
    assert [(note["author"], note["text"]) for note in body["note"]] == [("bot", "您好"), ("customer", "没网了")]
    (item,) = body["interactionItem"]
    assert (item["item"]["id"], item["item"]["@referredType"]) == (ticket.id, "TroubleTicket")


async def test_interactions_page_and_filter(care: Care) -> None:
    await _talk(care, "talk-1")
    await _talk(care, "talk-2", Owner.closed)
    await _talk(care, "talk-3", customer_id=None)
    page = await care.call("GET", f"{_INTERACTION}?limit=2")
    assert (page.headers["X-Total-Count"], page.headers["X-Result-Count"]) == ("3", "2")
    assert all("note" not in item for item in page.body)

    async def ids(query: str) -> set[str]:
        answer = await care.call("GET", f"{_INTERACTION}?{query}")
        assert answer.headers["X-Total-Count"] == str(len(answer.body))
        return {item["id"] for item in answer.body}

    assert await ids("status=completed") == {"talk-2"}
    assert await ids("relatedParty.id=c-tmf") == {"talk-1", "talk-2"}
    assert await ids("relatedParty.id=c-tmf&status=inProgress") == {"talk-1"}
    assert await ids("id=talk-3") == {"talk-3"}
    assert await ids("id=talk-3&status=completed") == set()
    assert await ids("direction=outbound") == set()
    assert await ids("status=elsewhere") == set()
    assert await ids("status=open") == set(), "a conversation is in progress or completed"


async def test_running_outages_are_service_problems_with_their_tickets(care: Care) -> None:
    async with care.database.read() as connection:
        row = (await connection.execute(select([outages]).where(outages.c.status == "running"))).first()
    assert row is not None
    ticket = await care.tickets.open(
        NewTicket(TicketType.fault, "no internet", Severity.major, "c-tmf", outage_id=row.id), key="talk-1:1"
    )
    listed = await care.call("GET", f"{_PROBLEM}?status=inProgress")
    assert row.id in {item["id"] for item in listed.body}
    assert listed.headers["X-Total-Count"] == str(len(listed.body))
    body = (await care.call("GET", f"{_PROBLEM}/{row.id}")).body
    assert (body["status"], body["category"], body["href"]) == (
        "inProgress",
        "outage",
        f"{care.base}{_PROBLEM}/{row.id}",
    )
    assert [item["id"] for item in body["affectedLocation"]] == [row.area]
    assert [item["id"] for item in body["troubleTicket"]] == [ticket.id]
    assert body["description"] == row.cause["zh"]
    assert body["characteristic"][0]["name"] == "expectedRestoreDate"
    english = (await care.call("GET", f"{_PROBLEM}/{row.id}", Accept_Language="en-GB")).body
    assert english["description"] == row.cause["en"]
    there = await care.call("GET", f"{_PROBLEM}?affectedLocation.id={row.area}")
    assert {item["affectedLocation"][0]["id"] for item in there.body} == {row.area}
    read = (await care.call("GET", f"{_TICKET}/{ticket.id}")).body
    assert row.id in {item["id"] for item in read["relatedEntity"]}


# -- description -------------------------------------------------------------------------------------------------------


async def test_the_description_names_every_call_that_is_served(care: Care) -> None:
    described = tmf_openapi()
    for path, calls in described["paths"].items():
        for method in calls:
            answer = await care.call(method.upper(), path.replace("{id}", "x"), {} if method != "get" else None)
            assert answer.status != 405, (method, path)
    names = set(described["components"]["schemas"])
    used = {part.split('"')[0] for part in json.dumps(described).split("#/components/schemas/")[1:]}
    assert used <= names
