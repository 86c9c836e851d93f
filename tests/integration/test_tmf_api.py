"""The TM Forum APIs as another system sees them."""

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


# -- tickets ---------------------------------------------------------------------------------------------------------


async def test_a_ticket_is_created_and_read_back(care: Care) -> None:
    sent = {
        **_BODY,
        "externalId": "CRM-7",
        "relatedParty": [_CUSTOMER, {"id": "p9", "role": "reporter", "@referredType": "Individual"}],
        "relatedEntity": [_ENTITY, {"id": "x1", "role": "order", "@referredType": "ProductOrder"}],
        "note": [{"author": "crm", "text": "called twice"}],
    }
    answer = await care.call("POST", _TICKET, sent)
    assert answer.status == 201
    body = answer.body
    assert answer.headers["Location"] == body["href"] == f"{care.base}{_TICKET}/{body['id']}"
    for name in ("id", "href", "description", "creationDate", "severity", "ticketType", "status", "priority"):
        assert body[name], name
    assert (body["status"], body["priority"], body["externalId"]) == ("acknowledged", "High", "CRM-7")
    assert body["expectedResolutionDate"] == (_NOW + timedelta(hours=48)).isoformat()
    assert _ENTITY in body["relatedEntity"] and sent["relatedEntity"][1] in body["relatedEntity"]
    assert _CUSTOMER in body["relatedParty"] and sent["relatedParty"][1] in body["relatedParty"]
    assert [(note["author"], note["text"]) for note in body["note"]] == [("crm", "called twice")]
    assert [change["status"] for change in body["statusChange"]] == ["acknowledged"]
    read = await care.call("GET", f"{_TICKET}/{body['id']}")
    assert (read.status, read.body) == (200, body)
    stored = await care.tickets.get(body["id"])
    assert stored is not None
    assert (stored.customer_id, stored.conversation_id) == ("c-tmf", "talk-1")


async def test_a_ticket_made_in_a_conversation_names_it(care: Care) -> None:
    new = NewTicket(TicketType.complaint, "three weeks late", Severity.major, "c-tmf", conversation_id="talk-1")
    ticket = await care.tickets.open(new, key="talk-1:4")
    body = (await care.call("GET", f"{_TICKET}/{ticket.id}")).body
    assert body["relatedEntity"] == [_ENTITY]
    assert body["relatedParty"] == [_CUSTOMER]
    assert body["channel"]["id"] == "chat"


async def test_the_same_idempotency_key_creates_one_ticket(care: Care) -> None:
    body = {**_BODY, "note": [{"text": "once"}]}
    answers = await asyncio.gather(*(care.call("POST", _TICKET, body, Idempotency_Key="k1") for _ in range(5)))
    assert {answer.body["id"] for answer in answers} == {answers[0].body["id"]}
    assert len((await care.call("GET", f"{_TICKET}/{answers[0].body['id']}")).body["note"]) == 1
    assert (await care.opened())["id"] != answers[0].body["id"]


@pytest.mark.parametrize(
    "body",
    [
        "{not json",
        "[]",
        '"text"',
        {},
        {**_BODY, "description": " "},
        {**_BODY, "description": 7},
        {**_BODY, "description": "x" * 4_001},
        {**_BODY, "description": "nul \x00 inside"},
        {**_BODY, "description": "half \ud800"},
        {**_BODY, "severity": "huge"},
        {**_BODY, "ticketType": None},
        {**_BODY, "relatedParty": ["c1"]},
        {**_BODY, "relatedParty": [{"role": "customer"}]},
        {**_BODY, "relatedParty": [{"id": "x" * 41, "role": "customer"}]},
        {**_BODY, "requestedResolutionDate": "soon"},
        {**_BODY, "note": [{"author": "x"}]},
    ],
)
async def test_a_body_that_cannot_be_used_is_refused_and_leaves_nothing(care: Care, body: object) -> None:
    before = (await care.call("GET", _TICKET)).headers["X-Total-Count"]
    assert _is_error(await care.call("POST", _TICKET, body), 400)
    assert (await care.call("GET", _TICKET)).headers["X-Total-Count"] == before


async def test_an_incident_is_a_fault_and_words_may_have_any_case(care: Care) -> None:
    body = await care.opened(ticketType="incident", severity="minor")
    assert (body["ticketType"], body["severity"]) == ("fault", "Minor")


async def test_lists_page_filter_and_select(care: Care) -> None:
    made = [await care.opened(relatedParty=[_CUSTOMER], externalId=f"CRM-{n}") for n in range(3)]
    mine = f"{_TICKET}?relatedParty.id=c-tmf"
    page = await care.call("GET", f"{mine}&offset=1&limit=1")
    assert (page.headers["X-Total-Count"], page.headers["X-Result-Count"], len(page.body)) == ("3", "1", 1)
    everything = await care.call("GET", mine)
    assert {item["id"] for item in everything.body} == {item["id"] for item in made}
    chosen = await care.call("GET", f"{mine}&fields=status,severity&externalId=CRM-1")
    assert chosen.body == [
        {"id": made[1]["id"], "href": made[1]["href"], "severity": "Major", "status": "acknowledged"}
    ]
    one = await care.call("GET", f"{_TICKET}/{made[0]['id']}?fields=status")
    assert set(one.body) == {"id", "href", "status"}
    none = await care.call("GET", f"{mine}&status=closed")
    assert (none.status, none.body, none.headers["X-Total-Count"]) == (200, [], "0")
    when = made[0]["creationDate"].replace("+", "%2B")
    assert len((await care.call("GET", f"{mine}&creationDate={when}")).body) == 3
    assert len((await care.call("GET", f"{mine}&href={made[2]['href']}")).body) == 1
    assert (await care.call("GET", f"{mine}&limit=0")).headers["X-Total-Count"] == "3"


@pytest.mark.parametrize("query", ["limit=-1", "limit=x", "offset=1.5", "offset=99999999999999999999", "colour=red"])
async def test_a_query_that_makes_no_sense_is_refused(care: Care, query: str) -> None:
    for path in (_TICKET, _VISIT, _INTERACTION, _PROBLEM):
        assert _is_error(await care.call("GET", f"{path}?{query}"), 400)


@pytest.mark.parametrize(
    "media", ["application/json", "application/merge-patch+json", "application/json; charset=utf-8"]
)
async def test_a_ticket_is_moved_noted_and_amended(care: Care, media: str) -> None:
    made = await care.opened(externalId="CRM-1", name="old name")
    change = {
        "status": "inProgress",
        "statusChangeReason": "technician on the way",
        "severity": "Critical",
        "externalId": None,
        "name": "new name",
        "note": [{"author": "noc", "text": "cable cut"}],
    }
    answer = await care.call("PATCH", made["href"].removeprefix(care.base), change, Content_Type=media)
    assert answer.status == 200, answer.body
    body = answer.body
    assert (body["status"], body["statusChangeReason"]) == ("inProgress", "technician on the way")
    assert (body["severity"], body["priority"], body["name"]) == ("Critical", "Critical", "new name")
    assert "externalId" not in body
    assert [change["status"] for change in body["statusChange"]] == ["acknowledged", "inProgress"]
    assert body["description"] == made["description"]
    more = await care.call("PATCH", f"{_TICKET}/{made['id']}", {"note": [*body["note"], {"text": "mended"}]})
    assert [note["text"] for note in more.body["note"]] == ["cable cut", "mended"]


async def test_sending_a_ticket_back_as_it_was_read_changes_nothing(care: Care) -> None:
    made = await care.opened(relatedParty=[_CUSTOMER], relatedEntity=[_ENTITY], externalId="CRM-1")
    answer = await care.call("PATCH", f"{_TICKET}/{made['id']}", made)
    assert (answer.status, answer.body) == (200, made)


async def test_an_illegal_move_is_a_conflict_and_nothing_of_the_call_stays(care: Care) -> None:
    made = await care.opened()
    path = f"{_TICKET}/{made['id']}"
    answer = await care.call("PATCH", path, {"status": "closed", "note": [{"text": "done"}], "severity": "Minor"})
    assert _is_error(answer, 409, "illegal_transition")
    assert (await care.call("GET", path)).body == made


@pytest.mark.parametrize(
    "change",
    [
        {"id": "TT00000001"},
        {"href": "http://elsewhere"},
        {"creationDate": "2020-01-01T00:00:00+08:00"},
        {"status": "done"},
        {"status": None},
        {"description": None},
        {"relatedParty": [{"id": "someone-else", "role": "customer"}]},
        {"relatedEntity": [{"id": "talk-2", "role": "conversation"}]},
    ],
)
async def test_what_the_service_sets_cannot_be_patched(care: Care, change: dict[str, object]) -> None:
    made = await care.opened(relatedParty=[_CUSTOMER], relatedEntity=[_ENTITY])
    assert _is_error(await care.call("PATCH", f"{_TICKET}/{made['id']}", change), 400)


async def test_a_change_decided_on_an_old_version_is_refused(care: Care) -> None:
    made = await care.opened()
    path = f"{_TICKET}/{made['id']}"
    seen = (await care.call("GET", path)).headers["ETag"]
    assert (await care.call("PATCH", path, {"severity": "Minor"}, If_Match=seen)).status == 200
    stale = await care.call("PATCH", path, {"severity": "Critical"}, If_Match=seen)
    assert _is_error(stale, 412, "stale_resource")


async def test_another_media_type_is_refused(care: Care) -> None:
    made = await care.opened()
    answer = await care.call("PATCH", f"{_TICKET}/{made['id']}", "a=b", Content_Type="text/plain")
    assert _is_error(answer, 400)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", f"{_TICKET}/TT99999999", 404),
        ("PATCH", f"{_TICKET}/TT99999999", 404),
        ("GET", f"{_VISIT}/AP99999999", 404),
        ("GET", f"{_INTERACTION}/nobody", 404),
        ("GET", f"{_PROBLEM}/OU999999", 404),
        ("GET", f"{_SEARCH}/nonsense", 404),
        ("GET", "/tmf-api/elsewhere", 404),
        ("DELETE", f"{_TICKET}/TT99999999", 404),
        ("POST", _INTERACTION, 400),
    ],
)
async def test_errors_have_the_forums_body_everywhere(care: Care, method: str, path: str, status: int) -> None:
    body: dict[str, Any] | None = {} if method in ("POST", "PATCH") else None
    assert _is_error(await care.call(method, path, body), status)


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
