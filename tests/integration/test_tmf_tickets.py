"""Tickets over TMF621 as another system sees them: made, read, changed, refused."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.tickets.model import NewTicket, Severity, TicketType
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
