"""Every attribute that callers may send comes back as sent, fits the schema, and is checked for its kind."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema
import pytest

from bot.tickets.archive.service import ArchiveService
from bot.tickets.archive.store import ArchiveStore
from tests.integration.care import AREA, BODY, INTERACTION, NOW, PROBLEM, SEARCH, TICKET, VISIT, Care, is_error

_SPECS = Path(__file__).parents[1] / "data" / "tmf"
_PERIOD = {
    "startDateTime": (NOW + timedelta(days=2)).isoformat(),
    "endDateTime": (NOW + timedelta(days=2, hours=2)).isoformat(),
}
_FILE = {
    "name": "modem.jpg",
    "attachmentType": "photo",
    "mimeType": "image/jpeg",
    "url": "https://files.example/1",
    "size": {"amount": 3.5, "units": "kB"},
    "validFor": _PERIOD,
    "@type": "Attachment",
}
_OF_ALL = {"@baseType": "Ours", "@schemaLocation": "https://crm.example/schema.json"}
_NOTE = {"author": "crm", "text": "called twice"}
_ORDER = {"id": "order-1", "role": "order", "@referredType": "ProductOrder", "name": "Fibre 500"}
_LANDLORD = {"id": "p-9", "role": "landlord", "@referredType": "Individual", "name": "Li"}
_CUSTOMER = {"id": "c-tmf", "role": "customer", "@referredType": "Customer"}

#: number of the API, path, schema, body with everything that its Create model has and that a caller decides
_WHOLE: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "ticket": (
        "621",
        TICKET,
        "TroubleTicket",
        {
            **BODY,
            "externalId": "CRM-1",
            "name": "no light",
            "priority": "Low",
            "requestedResolutionDate": NOW.isoformat(),
            "channel": {"id": "shop", "name": "Shop 7", "@referredType": "Channel"},
            "attachment": [_FILE],
            "note": [_NOTE],
            "relatedEntity": [_ORDER],
            "relatedParty": [_CUSTOMER, _LANDLORD],
        },
    ),
    "visit": (
        "646",
        VISIT,
        "Appointment",
        {
            "category": "orderDeliveryIntervention",
            "description": "ring twice",
            "externalId": "CRM-1",
            "attachment": [_FILE],
            "contactMedium": [
                {"mediumType": "phone", "preferred": True, "characteristic": {"phoneNumber": "1"}, "validFor": _PERIOD}
            ],
            "note": [_NOTE],
            "relatedEntity": [_ORDER],
            "relatedParty": [_CUSTOMER, _LANDLORD],
            "relatedPlace": {"id": AREA, "name": "望江区听涛路8号", "role": "installation", "@referredType": "Site"},
        },
    ),
    "search": (
        "646",
        SEARCH,
        "SearchTimeSlot",
        {
            "relatedEntity": [{"id": "broadband", "role": "product", "@referredType": "Product"}],
            "relatedParty": _CUSTOMER,
            "relatedPlace": {"id": AREA, "role": "installation", "@referredType": "Site"},
            "requestedTimeSlot": [{"validFor": _PERIOD}],
        },
    ),
    "problem": (
        "656",
        PROBLEM,
        "ServiceProblem",
        {
            "category": "outage",
            "priority": 2,
            "description": "cable cut",
            "reason": "works",
            "originatorParty": {"id": "noc", "@referredType": "Organization"},
            "affectedLocation": [{"id": AREA}],
            "affectedService": [{"id": "broadband"}],
            "affectedNumberOfServices": 120,
            "affectedResource": [{"id": "olt-7"}],
            "characteristic": [{"name": "depth", "value": "2 m"}],
            "externalIdentifier": [{"id": "NMS-1", "owner": "nms"}],
            "firstAlert": {"id": "alarm-1", "role": "alarm", "@referredType": "Alarm"},
            "impactImportanceFactor": "high",
            "impactPattern": {"description": "evenings"},
            "name": "cable 7",
            "note": [{"text": "crew on site"}],
            "originatingSystem": "nms",
            "problemEscalation": "1",
            "relatedEntity": [_ORDER],
            "relatedEvent": [{"id": "event-1"}],
            "relatedParty": [_LANDLORD],
            "responsibleParty": {"id": "field", "@referredType": "Organization"},
            "rootCauseResource": [{"id": "cable-7"}],
            "rootCauseService": [{"id": "access"}],
            "slaViolation": [{"id": "sla-1"}],
            "status": "held",
            "statusChangeReason": "no splice box",
            "underlyingAlarm": [{"id": "alarm-2"}],
        },
    ),
    "interaction": (
        "683",
        INTERACTION,
        "PartyInteraction",
        {
            "channel": [{"id": "shop", "name": "Shop 7"}],
            "direction": "inbound",
            "reason": "wants a plan",
            "description": "bought one",
            "status": "completed",
            "interactionDate": _PERIOD,
            "attachment": [_FILE],
            "interactionItem": [{"reason": "order", "resolution": "placed", "itemDate": _PERIOD, "item": _ORDER}],
            "interactionRelationship": [{"id": "other", "relationshipType": "follows"}],
            "note": [_NOTE],
            "relatedParty": [_CUSTOMER, _LANDLORD],
        },
    ),
}
_wholes = pytest.mark.parametrize("kind", list(_WHOLE))


def _fits(number: str, schema: str, body: Any) -> None:
    (path,) = _SPECS.glob(f"TMF{number}-*.json")
    definitions = json.loads(path.read_text("utf-8"))["definitions"]
    checker = jsonschema.FormatChecker()
    checker.checks("date-time", raises=ValueError)(lambda text: datetime.fromisoformat(text).tzinfo is not None)
    validator = jsonschema.Draft4Validator(
        {"$ref": f"#/definitions/{schema}", "definitions": definitions}, format_checker=checker
    )
    validator.validate(body)


def _holds(given: Any, sent: Any) -> bool:
    """Whether what was sent is all there; lists may hold more."""
    if isinstance(sent, dict):
        return isinstance(given, dict) and all(_holds(given.get(name), value) for name, value in sent.items())
    if isinstance(sent, list):
        return isinstance(given, list) and all(any(_holds(item, wanted) for item in given) for wanted in sent)
    return bool(given == sent)


async def _body(care: Care, kind: str) -> dict[str, Any]:
    body = {**_WHOLE[kind][3], **_OF_ALL}
    if kind == "visit":
        search = await care.call("POST", SEARCH, {"relatedPlace": {"id": AREA, "role": "visitAddress"}})
        slot = search.body["availableTimeSlot"][0]
        body |= {"validFor": slot["validFor"], "calendarEvent": {"id": slot["id"], "name": "morning"}}
    return body


@_wholes
async def test_all_that_is_sent_comes_back_and_fits(care: Care, kind: str) -> None:
    number, path, schema, _ = _WHOLE[kind]
    sent = await _body(care, kind)
    made = await care.call("POST", path, sent)
    assert made.status == 201, made.body
    lost = [name for name, value in sent.items() if not _holds(made.body.get(name), value)]
    assert not lost, {name: made.body.get(name) for name in lost}
    _fits(number, schema, made.body)
    read = await care.call("GET", f"{path}/{made.body['id']}")
    assert read.body == made.body
    again = await care.call("PATCH", f"{path}/{made.body['id']}", made.body, If_Match=read.headers["ETag"])
    assert again.status == 200, again.body
    assert again.body == made.body, "sent back as it was read, it changes nothing"


@_wholes
async def test_what_is_of_another_kind_inside_is_refused_and_leaves_nothing(care: Care, kind: str) -> None:
    _, path, _, _ = _WHOLE[kind]
    sent = await _body(care, kind)
    before = (await care.call("GET", path)).headers["X-Total-Count"]
    wrong: dict[str, Any] = {
        "attachment": [{**_FILE, "size": {"amount": "big"}}],
        "channel": [{"id": 7}] if kind == "interaction" else {"id": "shop", "name": 7},
        "contactMedium": [{"mediumType": "phone", "preferred": "yes"}],
        "interactionItem": [{"itemDate": {"startDateTime": "today"}}],
        "note": [{"text": "x", "date": "today"}],
        "relatedParty": [{"id": "p-9", "name": 7}],
        "relatedPlace": {"id": AREA, "role": 7},
        "requestedTimeSlot": [{"validFor": {**_PERIOD, "endDateTime": "later"}}],
        "impactPattern": {"description": 7},
        "characteristic": [{"name": "depth"}],
        "firstAlert": {"role": "alarm"},
        "affectedNumberOfServices": "many",
        "@baseType": 7,
    }
    asked = [name for name in wrong if name in sent]
    assert len(asked) > 2
    for name in asked:
        assert is_error(await care.call("POST", path, {**sent, name: wrong[name]}), 400), name
    assert (await care.call("GET", path)).headers["X-Total-Count"] == before


async def test_references_that_lack_what_the_standard_demands_are_completed(care: Care) -> None:
    sent = {**_WHOLE["problem"][3], "relatedEntity": [{"id": "x"}], "relatedParty": [{"id": "y"}]}
    made = await care.call("POST", PROBLEM, sent)
    _fits("656", "ServiceProblem", made.body)
    ticket = await care.opened(relatedEntity=[{"id": "x"}], relatedParty=[{"id": "y", "role": "customer"}])
    _fits("621", "TroubleTicket", ticket)
    assert ticket["relatedParty"] == [{"id": "y", "role": "customer", "@referredType": "Customer"}]


async def test_a_booked_visit_gets_more_parties_and_keeps_its_customer(care: Care) -> None:
    made = (await care.call("POST", VISIT, await _body(care, "visit"))).body
    path = f"{VISIT}/{made['id']}"
    neighbour = {"id": "n-1", "role": "neighbour", "@referredType": "Individual"}
    more = await care.call("PATCH", path, {"relatedParty": [*made["relatedParty"], neighbour]})
    assert more.status == 200 and neighbour in more.body["relatedParty"] and _LANDLORD in more.body["relatedParty"]
    less = await care.call("PATCH", path, {"relatedParty": [neighbour], "relatedEntity": []})
    assert _CUSTOMER in less.body["relatedParty"] and _LANDLORD not in less.body["relatedParty"]
    assert less.body["relatedEntity"] == []
    for change in (
        {"relatedParty": [{**_CUSTOMER, "id": "someone-else"}]},
        {"relatedEntity": [{"id": "TT00000000", "role": "troubleTicket", "@referredType": "TroubleTicket"}]},
        {"relatedPlace": {"id": "nanpu", "role": "installation"}},
    ):
        assert is_error(await care.call("PATCH", path, change), 400), change
    found = await care.call("GET", f"{VISIT}?externalId=CRM-1")
    assert [item["id"] for item in found.body] == [made["id"]]


async def test_a_request_gathers_what_is_told_and_is_booked_once_that_is_enough(care: Care) -> None:
    search = await care.call("POST", SEARCH, {"relatedPlace": {"id": AREA, "role": "visitAddress"}})
    first, second, *_ = search.body["availableTimeSlot"]
    path = (await care.call("POST", VISIT, {"validFor": first["validFor"]})).body["href"].removeprefix(care.base)
    asked = await care.call("PATCH", path, {"relatedParty": [_CUSTOMER, _LANDLORD], "relatedEntity": [_ORDER]})
    assert asked.status == 200, asked.body
    assert (asked.body["status"], asked.body["relatedParty"]) == ("initialized", [_CUSTOMER, _LANDLORD])
    assert is_error(await care.call("PATCH", path, {"calendarEvent": {"id": second["id"]}}), 400), "where?"
    assert (await care.call("PATCH", path, asked.body)).body == asked.body
    place = {"id": AREA, "name": "望江区听涛路8号", "role": "installation"}
    booked = await care.call("PATCH", path, {"relatedPlace": place})
    assert booked.status == 200, booked.body
    assert (booked.body["status"], booked.body["validFor"]) == ("confirmed", first["validFor"])
    assert [item["id"] for item in booked.body["relatedParty"] if item["role"] != "technician"] == ["c-tmf", "p-9"]
    assert booked.body["relatedEntity"] == [_ORDER] and booked.body["relatedPlace"]["role"] == "installation"
    found = await care.call("GET", f"{VISIT}?relatedParty.id=c-tmf&status=confirmed")
    assert [item["href"].removeprefix(care.base) for item in found.body] == [path]


async def test_a_search_is_changed_and_searched_again_under_its_id(care: Care) -> None:
    made = (await care.call("POST", SEARCH, await _body(care, "search"))).body
    path = f"{SEARCH}/{made['id']}"
    seen = (await care.call("GET", path)).headers["ETag"]
    start = NOW + timedelta(days=4)
    later = {"startDateTime": start.isoformat(), "endDateTime": (start + timedelta(days=1)).isoformat()}
    changed = await care.call("PATCH", path, {"requestedTimeSlot": [{"validFor": later}]}, If_Match=seen)
    assert changed.status == 200, changed.body
    _fits("646", "SearchTimeSlot", changed.body)
    starts = {slot["validFor"]["startDateTime"] for slot in changed.body["availableTimeSlot"]}
    assert starts and all(later["startDateTime"] <= moment < later["endDateTime"] for moment in starts)
    assert changed.body["relatedPlace"] == made["relatedPlace"]
    assert is_error(await care.call("PATCH", path, {"status": "rejected"}, If_Match=seen), 412)
    refused = await care.call("PATCH", path, {"status": "rejected"})
    assert refused.body["status"] == "rejected"
    assert [item["id"] for item in (await care.call("GET", f"{SEARCH}?status=rejected")).body] == [made["id"]]
    once_more = await care.call("PATCH", path, {"relatedPlace": {"id": "nanpu", "role": "installation"}})
    assert (once_more.body["status"], once_more.body["relatedPlace"]["id"]) == ("done", "nanpu")
    nowhere = {"id": "atlantis"}
    wrongs: list[dict[str, Any]] = [{"status": "inProgress"}, {"availableTimeSlot": []}, {"relatedPlace": nowhere}]
    for wrong in wrongs:
        assert is_error(await care.call("PATCH", path, wrong), 400), wrong
    assert (await care.call("GET", path)).body == once_more.body


async def test_a_reason_without_a_change_of_status_is_refused(care: Care) -> None:
    ticket = await care.opened()
    problem = (await care.call("POST", PROBLEM, _WHOLE["problem"][3])).body
    for path in (f"{TICKET}/{ticket['id']}", f"{PROBLEM}/{problem['id']}"):
        assert is_error(await care.call("PATCH", path, {"statusChangeReason": "just so"}), 400)


@pytest.mark.parametrize("parts", ["5", "1234567", "000", "123456789"])
async def test_times_may_have_any_parts_of_a_second(care: Care, parts: str) -> None:
    wish = await care.opened(requestedResolutionDate=f"2026-11-23T09:00:00.{parts}Z")
    assert datetime.fromisoformat(wish["requestedResolutionDate"]).microsecond == int(f"{parts:0<6}"[:6])


async def test_conversations_are_found_by_the_channel_that_the_app_named(care: Care) -> None:
    from bot.contracts import Assurance, Conversation, Owner

    for name, client in (("talk-1", {}), ("talk-2", {"channel": "app"})):
        head = Conversation(
            name, "zh", Owner.bot, 1, 0, 0, Assurance.anonymous, None, None, NOW, NOW, metadata={"client": client}
        )
        await care.ledger.create(head, [], NOW)
    for channel, ids in (("chat", ["talk-1"]), ("app", ["talk-2"]), ("phone", [])):
        found = await care.call("GET", f"{INTERACTION}?channel.id={channel}")
        assert [item["id"] for item in found.body] == ids
        assert all(item["channel"][0]["id"] == channel for item in found.body)


@_wholes
async def test_every_simple_attribute_of_a_whole_record_can_be_filtered_by(care: Care, kind: str) -> None:
    _, path, _, _ = _WHOLE[kind]
    made = (await care.call("POST", path, await _body(care, kind))).body
    simple = {name: value for name, value in made.items() if isinstance(value, (str, int))}
    assert {"@baseType", "@schemaLocation", "status"} <= set(simple)
    for name, value in simple.items():
        query = quote(str(value), safe="")
        found = await care.call("GET", f"{path}?{quote(name)}={query}&limit=500")
        assert found.status == 200, (name, found.body)
        assert made["id"] in {item["id"] for item in found.body}, name
        assert all(item[name] == value for item in found.body), name
        others = await care.call("GET", f"{path}?{quote(name)}.ne={query}&limit=500")
        assert all(item.get(name) != value for item in others.body), name


async def test_what_has_no_such_attribute_is_among_those_that_have_another(care: Care) -> None:
    named, nameless = await care.opened(name="first"), await care.opened()
    found = {item["id"] for item in (await care.call("GET", f"{TICKET}?name.ne=first&limit=500")).body}
    assert nameless["id"] in found and named["id"] not in found


async def test_a_time_may_be_sent_back_in_another_way_of_writing_it(care: Care) -> None:
    for kind in _WHOLE:
        path = _WHOLE[kind][1]
        made = (await care.call("POST", path, await _body(care, kind))).body
        name = "searchDate" if kind == "search" else "creationDate"
        moment = datetime.fromisoformat(made[name]).astimezone(timezone.utc)
        again = await care.call("PATCH", f"{path}/{made['id']}", {name: moment.isoformat().replace("+00:00", "Z")})
        assert again.status == 200, (kind, again.body)
        assert is_error(await care.call("PATCH", f"{path}/{made['id']}", {name: "2020-01-01T00:00:00Z"}), 400), kind


@_wholes
async def test_an_object_asked_for_by_a_text_is_its_id_or_nothing(care: Care, kind: str) -> None:
    _, path, _, _ = _WHOLE[kind]
    made = (await care.call("POST", path, await _body(care, kind))).body
    for name, value in made.items():
        if isinstance(value, (dict, list)):
            none = await care.call("GET", f"{path}?{name}={quote('[object Object]')}")
            assert (none.status, none.body) == (200, []), name
    assert is_error(await care.call("GET", f"{path}?colour=red"), 400)


async def test_what_a_client_named_is_found_by_its_id(care: Care) -> None:
    for kind, clauses in {
        "visit": ("relatedParty.id=p-9", "relatedParty=p-9", "relatedEntity.id=order-1", "relatedParty.id=c-tmf"),
        "interaction": ("channel.id=shop", "channel=shop", "relatedParty.id=p-9", "relatedParty.id=c-tmf"),
    }.items():
        path = _WHOLE[kind][1]
        made = (await care.call("POST", path, await _body(care, kind))).body
        for clause in clauses:
            assert [item["id"] for item in (await care.call("GET", f"{path}?{clause}")).body] == [made["id"]], clause
            others = (await care.call("GET", f"{path}?{clause.replace('=', '.ne=')}&limit=500")).body
            assert made["id"] not in {item["id"] for item in others}, clause
        assert (await care.call("GET", f"{path}?relatedParty.id=nobody")).body == []
    address = quote(made["channel"][0]["href"], safe="")
    assert [item["id"] for item in (await care.call("GET", f"{INTERACTION}?channel.href={address}")).body] == [
        made["id"]
    ]


async def test_a_ticket_of_the_archive_is_read_with_all_that_belonged_to_it(care: Care) -> None:
    made = await care.opened(relatedParty=[_CUSTOMER, _LANDLORD], attachment=[_FILE], relatedEntity=[_ORDER])
    path = f"{TICKET}/{made['id']}"
    for status in ("inProgress", "resolved", "closed"):
        assert (await care.call("PATCH", path, {"status": status})).status == 200
    before = (await care.call("GET", path)).body
    care.clock.now += timedelta(days=400)
    archive = ArchiveService(care.tickets, ArchiveStore(care.tickets.store), care.clock)
    assert await archive.keep() == (1, 0)
    assert (await care.call("GET", path)).body == before
    late = await care.call("PATCH", path, {"name": "late"})
    assert late.status in (404, 409) and is_error(late, late.status)
