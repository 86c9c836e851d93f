"""What the standard says: every answer fits its schema; attributes, operators, paging and bodies are taken strictly."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.channels.tmf.keys import make_api_key
from bot.contracts import Assurance, Author, AuthorKind, Conversation, Draft, Owner
from bot.tickets.model import NewTicket, Severity, TicketType
from tests.integration.care import (
    AREA,
    BODY,
    CUSTOMER,
    ENTITY,
    INTERACTION,
    NOW,
    PROBLEM,
    SEARCH,
    TICKET,
    VISIT,
    Care,
    is_error,
)

_SPECS = Path(__file__).parents[1] / "data" / "tmf"
_MINIMAL = {"channel": [{"id": "555"}], "direction": "inbounds", "reason": "The user wanted to buy a plan"}
_PROBLEM_BODY = {
    "category": "outage",
    "priority": 1,
    "description": "cable cut",
    "reason": "works",
    "originatorParty": {"id": "noc", "@referredType": "Organization"},
    "affectedLocation": [{"id": AREA}],
}


@lru_cache
def _definitions(number: str) -> dict[str, Any]:
    (path,) = _SPECS.glob(f"TMF{number}-*.json")
    return dict(json.loads(path.read_text("utf-8")))


def _fits(number: str, name: str, body: Any) -> None:
    """Validate against the official definition."""
    spec = _definitions(number)
    schema = {"$ref": f"#/definitions/{name}", "definitions": spec["definitions"]}
    jsonschema.validate(body, schema, cls=jsonschema.Draft4Validator)


async def _talk(care: Care, owner: Owner = Owner.bot) -> None:
    head = Conversation("talk-1", "zh", owner, 1, 0, 0, Assurance.anonymous, "c-tmf", None, NOW, NOW, metadata={})
    drafts = [Draft(Author(AuthorKind.bot), "您好"), Draft(Author(AuthorKind.customer), "没网了")]
    await care.ledger.create(head, drafts, NOW)


# -- schemas -----------------------------------------------------------------------------------------------------------


async def test_every_answer_fits_the_official_schema(care: Care) -> None:
    await _talk(care)
    ticket = await care.opened(
        relatedParty=[CUSTOMER],
        relatedEntity=[ENTITY],
        note=[{"text": "hello"}],
        externalId="X-1",
        name="n",
        requestedResolutionDate=NOW.isoformat(),
        attachment=[{"name": "photo.jpg", "mimeType": "image/jpeg", "url": "https://x.example/p"}],
    )
    await care.call("PATCH", f"{TICKET}/{ticket['id']}", {"status": "inProgress", "statusChangeReason": "on it"})
    _fits("621", "TroubleTicket", (await care.call("GET", f"{TICKET}/{ticket['id']}")).body)
    for item in (await care.call("GET", TICKET)).body:
        _fits("621", "TroubleTicket", item)
    search = await care.call("POST", SEARCH, {"relatedPlace": {"id": AREA, "role": "visitAddress"}})
    _fits("646", "SearchTimeSlot", search.body)
    slot = search.body["availableTimeSlot"][0]
    booking = {"validFor": slot["validFor"], "relatedParty": [CUSTOMER]}
    booking |= {"relatedPlace": {"id": AREA, "role": "visitAddress"}}
    _fits("646", "Appointment", (await care.call("POST", VISIT, booking)).body)
    for item in (await care.call("GET", VISIT)).body:
        _fits("646", "Appointment", item)
    await care.call("POST", INTERACTION, _MINIMAL)
    for item in (await care.call("GET", INTERACTION)).body:
        _fits("683", "PartyInteraction", item)
    _fits("683", "PartyInteraction", (await care.call("GET", f"{INTERACTION}/talk-1")).body)
    _fits("656", "ServiceProblem", (await care.call("POST", PROBLEM, _PROBLEM_BODY)).body)
    for item in (await care.call("GET", PROBLEM)).body:
        _fits("656", "ServiceProblem", item)
    for number, path in (("621", TICKET), ("646", VISIT), ("683", INTERACTION), ("656", PROBLEM)):
        _fits(number, "Error", (await care.call("GET", f"{path}/nothing")).body)
    subscribed = await care.call("POST", "/tmf-api/troubleTicket/v4/hub", {"callback": "https://crm.example/x"})
    _fits("621", "EventSubscription", subscribed.body)


async def test_what_the_operator_offers_fits_too(care: Care) -> None:
    directory, test = "/tmf-api/customerManagement/v4/customer", "/tmf-api/serviceTestManagement/v4/serviceTest"
    from bot.operator.demo.store import DemoStore

    row = (await DemoStore(care.database).customers_at(AREA, "broadband"))[0]
    _fits("629", "Customer", (await care.call("GET", f"{directory}/{row['id']}")).body)
    assert is_error(await care.call("GET", directory), 400), "the whole directory is not given out"
    line = {"name": "lineTest", "relatedService": {"id": f"{row['id']}-broadband"}}
    made = await care.call("POST", test, {**line, "testSpecification": {"id": "lineTest"}})
    _fits("653", "ServiceTest", made.body)
    assert (await care.call("GET", f"{test}/{made.body['id']}")).body == made.body
    assert is_error(await care.call("POST", test, {**line, "testSpecification": {"id": "explode"}}), 400)


# -- lists -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [TICKET, VISIT, SEARCH, INTERACTION, PROBLEM])
@pytest.mark.parametrize(
    "query",
    [
        "limit=501",
        "limit=-1",
        "limit=x",
        "limit=1.5",
        "offset=-1",
        "offset=9999999999999",
        "nonsense=1",
        "fields=nonsense",
        "status.regex=a",
        "status.gt=a",
        "status=a&status=b",
        "status=%00",
        "status=" + "x," * 101,
    ],
)
async def test_a_list_call_that_is_wrong_is_refused(care: Care, path: str, query: str) -> None:
    assert is_error(await care.call("GET", f"{path}?{query}"), 400)


async def test_times_are_compared_by_words_and_by_signs(care: Care) -> None:
    made = []
    for _ in range(3):
        made.append((await care.opened(relatedParty=[CUSTOMER]))["id"])
        care.clock.now += timedelta(hours=1)
    moment = (NOW + timedelta(hours=1)).isoformat().replace("+", "%2B")

    async def ids(clause: str) -> list[str]:
        answer = await care.call("GET", f"{TICKET}?relatedParty.id=c-tmf&{clause}")
        assert answer.status == 200, answer.body
        return sorted(item["id"] for item in answer.body)

    assert await ids(f"creationDate.gt={moment}") == [made[2]]
    assert await ids(f"creationDate.gte={moment}") == await ids(f"creationDate%3E={moment}") == sorted(made[1:])
    assert await ids(f"creationDate.lt={moment}") == await ids(f"creationDate%3C{moment}") == [made[0]]
    assert await ids(f"creationDate.lte={moment}&creationDate.gt=2020-01-01T00:00:00Z") == sorted(made[:2])
    assert await ids(f"creationDate={moment}") == [made[1]]
    assert await ids(f"id.ne={made[0]}") == sorted(made[1:])
    assert await ids(f"id={made[0]},{made[2]}") == sorted([made[0], made[2]])
    for wrong in (
        "creationDate.gt=yesterday",
        "creationDate.gt=2026-11-21T09:00:00",
        f"creationDate.gt={moment},{moment}",
    ):
        assert is_error(await care.call("GET", f"{TICKET}?{wrong}"), 400)


async def test_link_leads_through_all_pages(care: Care) -> None:
    for _ in range(5):
        await care.opened(relatedParty=[CUSTOMER])
    path, seen = f"{TICKET}?relatedParty.id=c-tmf&limit=2&fields=status", set()
    for _ in range(3):
        answer = await care.call("GET", path)
        seen |= {item["id"] for item in answer.body}
        links = {
            part.split('rel="')[1].rstrip('"'): part.split(">")[0][1:] for part in answer.headers["Link"].split(", ")
        }
        assert {"self", "first", "last"} <= set(links)
        assert all(link.startswith(care.base) and "relatedParty.id=c-tmf" in link for link in links.values())
        path = links.get("next", "").removeprefix(care.base)
    assert path == "" and len(seen) == 5
    assert "offset=4" in links["last"] and "offset=2" in links["prev"]
    beyond = await care.call("GET", f"{TICKET}?relatedParty.id=c-tmf&offset=99")
    assert (beyond.body, beyond.headers["X-Total-Count"], beyond.headers["X-Result-Count"]) == ([], "5", "0")


@pytest.mark.parametrize("path", [TICKET, VISIT, INTERACTION, PROBLEM])
@pytest.mark.parametrize("name", ["id", "href", "status", "creationDate"])
async def test_first_level_attributes_are_selected_alone(care: Care, path: str, name: str) -> None:
    await _talk(care)
    found = (await care.call("GET", f"{path}?limit=3&fields={name}")).body
    assert found and all(set(item) == {"id", "href", name} for item in found)
    single = (await care.call("GET", f"{path}/{found[0]['id']}?fields={name}")).body
    assert set(single) == {"id", "href", name}
    assert is_error(await care.call("GET", f"{path}/{found[0]['id']}?fields=nonsense"), 400)


async def test_a_ticket_with_a_thousand_notes_slows_no_list(care: Care) -> None:
    heavy = await care.opened(relatedParty=[CUSTOMER])
    for _ in range(5):
        notes = [{"text": f"note {n}"} for n in range(200)]
        assert (await care.call("PATCH", f"{TICKET}/{heavy['id']}", {"note": notes})).status == 200
    assert is_error(await care.call("PATCH", f"{TICKET}/{heavy['id']}", {"note": [{"text": "x"}] * 201}), 400)

    async def cost(path: str) -> float:
        best = 9.0
        for _ in range(5):
            begins = time.process_time()
            assert (await care.call("GET", path)).status == 200
            best = min(best, time.process_time() - begins)
        return best

    light = await cost(f"{TICKET}?relatedParty.id.ne=c-tmf&limit=20")
    with_heavy = await cost(f"{TICKET}?limit=20")
    alone = await cost(f"{TICKET}/{heavy['id']}")
    assert with_heavy < 3 * light + 0.005
    assert len((await care.call("GET", f"{TICKET}/{heavy['id']}")).body["note"]) == 1000
    (listed,) = (await care.call("GET", f"{TICKET}?id={heavy['id']}")).body
    assert [note["text"] for note in listed["note"]] == [f"note {n}" for n in range(180, 200)]
    assert alone > 0


# -- bodies ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["unknown", "Status", "notes", "x" * 500])
async def test_unknown_attributes_are_refused_everywhere(care: Care, name: str) -> None:
    made = await care.opened()
    assert is_error(await care.call("POST", TICKET, {**BODY, name: 1}), 400)
    assert is_error(await care.call("PATCH", f"{TICKET}/{made['id']}", {name: 1}), 400)
    assert is_error(await care.call("POST", VISIT, {name: 1}), 400)
    assert is_error(await care.call("POST", SEARCH, {name: 1}), 400)
    assert is_error(await care.call("POST", INTERACTION, {**_MINIMAL, name: 1}), 400)
    assert is_error(await care.call("POST", PROBLEM, {**_PROBLEM_BODY, name: 1}), 400)


async def test_a_body_that_is_too_large_or_no_json_is_refused(care: Care) -> None:
    assert is_error(await care.call("POST", TICKET, json.dumps({**BODY, "name": "x" * 3_000_000})), 413)
    for body in ('{"description": NaN}', "{", "[1]", '"x"', "null", "[" * 100_000):
        assert is_error(await care.call("POST", TICKET, body), 400)


async def test_what_is_created_takes_the_priority_given_and_no_other_state(care: Care) -> None:
    body = await care.opened(priority="Critical", status="acknowledged", creationDate="2020-01-01T00:00:00Z")
    assert body["priority"] == "Critical"
    assert body["creationDate"] == NOW.isoformat(), "the service knows when"
    assert is_error(await care.call("POST", TICKET, {**BODY, "status": "resolved"}), 400)
    assert is_error(await care.call("POST", TICKET, {**BODY, "id": "TT00000001"}), 400)


async def test_the_same_external_id_opens_one_ticket(care: Care) -> None:
    first, again = await care.opened(externalId="CRM-1"), await care.opened(externalId="CRM-1")
    assert first["id"] == again["id"]
    other = make_api_key(care.data_dir, "other")
    third = await care.call("POST", TICKET, {**BODY, "externalId": "CRM-1"}, Authorization=f"Bearer {other}")
    assert third.body["id"] != first["id"], "another system's numbers are its own"


async def test_a_change_needs_the_newest_version_when_it_names_one(care: Care) -> None:
    made = await care.opened()
    path = f"{TICKET}/{made['id']}"
    seen = (await care.call("GET", path)).headers["ETag"]
    for form in ("{}", "W/{}", '"77", {}', "*"):
        header = form.format(seen)
        answer = await care.call("PATCH", path, {"note": [{"text": header}]}, If_Match=header)
        assert answer.status == 200, answer.body
        seen, old = answer.headers["ETag"], seen
        assert is_error(await care.call("PATCH", path, {"severity": "Minor"}, If_Match=old), 412)


# -- keys of one customer --------------------------------------------------------------------------------------------


async def test_for_a_key_of_one_customer_nothing_of_others_exists(care: Care) -> None:
    await _talk(care)
    mine = await care.opened(relatedParty=[CUSTOMER])
    theirs = await care.opened(relatedParty=[{**CUSTOMER, "id": "someone-else"}])
    bound = {"Authorization": f"Bearer {make_api_key(care.data_dir, 'bound', customer_id='c-tmf')}"}
    stranger = {"Authorization": f"Bearer {make_api_key(care.data_dir, 'stranger', customer_id='nobody')}"}
    assert [item["id"] for item in (await care.call("GET", TICKET, **bound)).body] == [mine["id"]]
    assert is_error(await care.call("GET", f"{TICKET}/{theirs['id']}", **bound), 404)
    assert is_error(await care.call("PATCH", f"{TICKET}/{theirs['id']}", {"severity": "Minor"}, **bound), 404)
    other = {**BODY, "relatedParty": [{**CUSTOMER, "id": "someone-else"}]}
    assert is_error(await care.call("POST", TICKET, other, **bound), 404)
    own = await care.call("POST", TICKET, BODY, **bound)
    assert CUSTOMER in own.body["relatedParty"]
    assert (await care.call("GET", f"{INTERACTION}/talk-1", **bound)).status == 200
    for path in (f"{INTERACTION}/talk-1", f"{INTERACTION}/talk-1/transcript", f"{TICKET}/{mine['id']}"):
        assert is_error(await care.call("GET", path, **stranger), 404)
    assert (await care.call("GET", INTERACTION, **stranger)).body == []
    assert (await care.call("GET", VISIT, **stranger)).body == []


async def test_a_visit_for_another_customers_ticket_is_not_booked(care: Care) -> None:
    ticket = await care.opened(relatedParty=[{**CUSTOMER, "id": "someone-else"}])
    search = await care.call("POST", SEARCH, {"relatedPlace": {"id": AREA, "role": "visitAddress"}})
    entity = {"id": ticket["id"], "role": "troubleTicket", "@referredType": "TroubleTicket"}
    booking = {
        "validFor": search.body["availableTimeSlot"][0]["validFor"],
        "relatedPlace": {"id": AREA, "role": "visitAddress"},
        "relatedParty": [CUSTOMER],
        "relatedEntity": [entity],
    }
    assert is_error(await care.call("POST", VISIT, booking), 404)


# -- interactions ----------------------------------------------------------------------------------------------------


async def test_an_interaction_is_recorded_with_the_minimal_body_read_changed_and_removed(care: Care) -> None:
    made = await care.call("POST", INTERACTION, _MINIMAL, Idempotency_Key="k1")
    assert made.status == 201, made.body
    assert made.headers["Location"] == made.body["href"] and made.body["href"].startswith(care.base)
    assert {"channel", "direction", "href", "id", "reason"} <= set(made.body)
    assert (await care.call("POST", INTERACTION, _MINIMAL, Idempotency_Key="k1")).body["id"] == made.body["id"]
    path = f"{INTERACTION}/{made.body['id']}"
    assert (await care.call("GET", path)).body == made.body
    for name in ("direction", "reason", "id", "href"):
        found = await care.call("GET", f"{INTERACTION}?{name}={made.body[name]}")
        assert [item["id"] for item in found.body] == [made.body["id"]]
    changed = await care.call("PATCH", path, {"status": "completed", "description": "bought"})
    assert (changed.body["status"], changed.body["description"]) == ("completed", "bought")
    assert is_error(await care.call("PATCH", path, {"direction": "outbound"}), 400)
    assert is_error(await care.call("PATCH", path, {"reason": None}), 400)
    assert (await care.call("DELETE", path)).status == 204
    assert is_error(await care.call("GET", path), 404)


async def test_conversations_and_records_of_others_are_one_list(care: Care) -> None:
    await _talk(care)
    for n in range(3):
        await care.call("POST", INTERACTION, {**_MINIMAL, "reason": f"r{n}"})
    seen: list[str] = []
    for offset in range(0, 6, 2):
        answer = await care.call("GET", f"{INTERACTION}?offset={offset}&limit=2")
        assert answer.headers["X-Total-Count"] == "4"
        seen += [item["id"] for item in answer.body]
    assert len(seen) == len(set(seen)) == 4 and "talk-1" in seen


async def test_a_conversation_carries_its_transcript_and_cannot_be_rewritten(care: Care) -> None:
    await _talk(care)
    new = NewTicket(TicketType.fault, "no internet", Severity.major, "c-tmf", conversation_id="talk-1")
    ticket = await care.tickets.open(new, key="talk-1:2")
    body = (await care.call("GET", f"{INTERACTION}/talk-1")).body
    (transcript,) = body["attachment"]
    assert transcript["content"] and transcript["size"]["amount"] > 0
    assert [item["item"]["id"] for item in body["interactionItem"]] == [ticket.id]
    text = await care.call("GET", transcript["url"].removeprefix(care.base))
    assert "没网了" in text.body
    for kind in ("json", "html"):
        assert (await care.call("GET", f"{INTERACTION}/talk-1/transcript?format={kind}")).status == 200
    assert is_error(await care.call("GET", f"{INTERACTION}/talk-1/transcript?format=pdf"), 400)
    assert is_error(await care.call("PATCH", f"{INTERACTION}/talk-1", {"status": "completed"}), 409)
    assert is_error(await care.call("DELETE", f"{INTERACTION}/talk-1"), 409)
    listed = (await care.call("GET", INTERACTION)).body[0]
    assert "content" not in listed["attachment"][0], "a list gives addresses"


@pytest.mark.parametrize(
    "change",
    [
        {"channel": []},
        {"channel": [{}]},
        {"channel": "phone"},
        {"direction": ""},
        {"reason": None},
        {"interactionDate": "today"},
        {"interactionDate": {"startDateTime": "today"}},
        {"relatedParty": [{"role": "customer"}]},
        {"id": "mine"},
    ],
)
async def test_an_interaction_that_cannot_be_used_leaves_nothing(care: Care, change: dict[str, object]) -> None:
    assert is_error(await care.call("POST", INTERACTION, {**_MINIMAL, **change}), 400)
    assert (await care.call("GET", INTERACTION)).headers["X-Total-Count"] == "0"
