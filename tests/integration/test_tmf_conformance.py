"""The rules that conformance kits check, for every resource of TMF621, 646, 656 and 683, version 4.

What each specification demands stands below in our own words: what a new record needs, and what every answer has.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from sqlalchemy import select

from bot.contracts import Assurance, Author, AuthorKind, Conversation, Draft, Owner
from bot.schema import outbox
from tests.integration.care import AREA, NOW, Care, is_error

_SPECS = Path(__file__).parents[1] / "data" / "tmf"


@dataclass(frozen=True)
class Rule:
    """One resource.

    Attributes:
        minimal: the smallest body that makes one.
        needed: attributes without which that is refused.
        always: attributes that every answer has.
        change: a body for PATCH.
        deleted: status of a DELETE right after it was made.
    """

    api: str
    name: str
    number: str
    minimal: dict[str, Any]
    needed: tuple[str, ...]
    always: tuple[str, ...]
    change: dict[str, Any]
    deleted: int
    ends: dict[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/tmf-api/{self.api}/v4/{self.name}"

    @property
    def schema(self) -> str:
        return self.name[0].upper() + self.name[1:]


_PERIOD = {
    "startDateTime": (NOW + timedelta(days=2)).isoformat(),
    "endDateTime": (NOW + timedelta(days=2, hours=2)).isoformat(),
}
RULES = (
    Rule(
        "troubleTicket",
        "troubleTicket",
        "621",
        {"description": "no light", "severity": "Minor", "ticketType": "incident"},
        ("description", "severity", "ticketType"),
        ("id", "href", "description", "severity", "ticketType", "status", "creationDate", "lastUpdate", "priority"),
        {"name": "first"},
        409,
        {"status": "cancelled"},
    ),
    Rule(
        "appointment",
        "appointment",
        "646",
        {"validFor": _PERIOD},
        ("validFor",),
        ("id", "href", "validFor", "status", "creationDate", "lastUpdate", "category"),
        {"description": "ring twice"},
        204,
    ),
    Rule(
        "appointment",
        "searchTimeSlot",
        "646",
        {"relatedPlace": {"id": AREA, "role": "visitAddress"}, "requestedTimeSlot": [{"validFor": _PERIOD}]},
        (),
        ("id", "href", "status", "searchResult", "searchDate", "requestedTimeSlot", "availableTimeSlot"),
        {"@baseType": "Search"},
        204,
    ),
    Rule(
        "serviceProblemManagement",
        "serviceProblem",
        "656",
        {
            "category": "outage",
            "priority": 1,
            "description": "cable cut",
            "reason": "works",
            "originatorParty": {"id": "noc", "@referredType": "Organization"},
        },
        ("category", "priority", "description", "reason", "originatorParty"),
        ("id", "href", "category", "priority", "description", "reason", "originatorParty", "status", "creationDate"),
        {"name": "cable 7"},
        409,
        {"status": "cancelled"},
    ),
    Rule(
        "partyInteraction",
        "partyInteraction",
        "683",
        {"channel": [{"id": "555"}], "direction": "inbounds", "reason": "wants a plan"},
        ("channel", "direction", "reason"),
        ("id", "href", "channel", "direction", "reason", "status", "interactionDate", "creationDate"),
        {"description": "rang twice"},
        204,
    ),
)
_rules = pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])


@lru_cache
def _definitions(number: str) -> dict[str, Any]:
    (path,) = _SPECS.glob(f"TMF{number}-*.json")
    return dict(json.loads(path.read_text("utf-8"))["definitions"])


def _fits(rule: Rule, body: Any) -> None:
    definitions = _definitions(rule.number)
    schema = {"$ref": f"#/definitions/{rule.schema}", "definitions": definitions}
    jsonschema.validate(body, schema, cls=jsonschema.Draft4Validator)


async def _made(care: Care, rule: Rule) -> dict[str, Any]:
    answer = await care.call("POST", rule.path, rule.minimal)
    assert answer.status == 201, answer.body
    body: dict[str, Any] = answer.body
    assert answer.headers["Location"] == body["href"] == f"{care.base}{rule.path}/{body['id']}"
    return body


def _whole(rule: Rule, body: dict[str, Any]) -> None:
    missing = [name for name in rule.always if body.get(name) is None]
    assert not missing, missing
    _fits(rule, body)
    for name, value in body.items():
        if name.endswith(("Date", "lastUpdate")) and isinstance(value, str):
            assert datetime.fromisoformat(value).tzinfo is not None, name


@_rules
async def test_the_smallest_body_makes_one_that_has_everything(care: Care, rule: Rule) -> None:
    made = await _made(care, rule)
    _whole(rule, made)
    read = await care.call("GET", f"{rule.path}/{made['id']}")
    assert (read.status, read.body["id"]) == (200, made["id"])
    _whole(rule, read.body)
    for name in rule.needed:
        lacking = {key: value for key, value in rule.minimal.items() if key != name}
        assert is_error(await care.call("POST", rule.path, lacking), 400)


@_rules
async def test_lists_count_page_and_hold_whole_records(care: Care, rule: Rule) -> None:
    ids = {(await _made(care, rule))["id"] for _ in range(3)}
    listed = await care.call("GET", f"{rule.path}?limit=2")
    assert listed.status == 200
    total = int(listed.headers["X-Total-Count"])
    assert total >= 3 and listed.headers["X-Result-Count"] == "2" == str(len(listed.body))
    assert 'rel="next"' in listed.headers["Link"]
    for item in listed.body:
        _whole(rule, item)
        assert item["href"].startswith(f"{care.base}{rule.path}/")
    seen: list[str] = []
    for offset in range(0, total, 2):
        page = await care.call("GET", f"{rule.path}?offset={offset}&limit=2")
        seen += [item["id"] for item in page.body]
    assert ids <= set(seen) and len(seen) == len(set(seen)) == total
    past = await care.call("GET", f"{rule.path}?offset={total + 5}")
    assert (past.status, past.body, past.headers["X-Total-Count"]) == (200, [], str(total))


@_rules
async def test_every_first_level_attribute_can_be_selected(care: Care, rule: Rule) -> None:
    made = await _made(care, rule)
    path = f"{rule.path}/{made['id']}"
    whole = (await care.call("GET", path)).body
    for name in whole:
        chosen = (await care.call("GET", f"{path}?fields={name}")).body
        assert chosen == {key: whole[key] for key in whole if key in (name, "id", "href")}, name
        (listed,) = (await care.call("GET", f"{rule.path}?id={made['id']}&fields={name}")).body
        assert set(listed) == {"id", "href", name}, name
    two = (await care.call("GET", f"{path}?fields={','.join(rule.always[2:4])}")).body
    assert set(two) == {"id", "href", *rule.always[2:4]}
    assert is_error(await care.call("GET", f"{path}?fields=colour"), 400)
    assert is_error(await care.call("GET", f"{rule.path}?fields=id,colour"), 400)


@_rules
async def test_every_simple_attribute_can_be_filtered_by(care: Care, rule: Rule) -> None:
    made = await _made(care, rule)
    simple = {name: value for name, value in made.items() if isinstance(value, (str, int))}
    for name, value in simple.items():
        query = str(value).replace("+", "%2B").replace(" ", "%20").replace("&", "%26")
        found = await care.call("GET", f"{rule.path}?{name}={query}")
        assert found.status == 200, (name, found.body)
        assert made["id"] in {item["id"] for item in found.body}, name
        assert all(item[name] == value for item in found.body), name
        none = await care.call("GET", f"{rule.path}?{name}.ne={query}&id={made['id']}")
        assert (none.status, none.body) == (200, []), name
    for wrong in ("colour=red", "id.like=a", "status.gt=a", "limit=501", "offset=-1", "limit=ten"):
        assert is_error(await care.call("GET", f"{rule.path}?{wrong}"), 400), wrong


@_rules
async def test_changes_merge_and_what_is_the_servers_stays(care: Care, rule: Rule) -> None:
    made = await _made(care, rule)
    path = f"{rule.path}/{made['id']}"
    before = await care.call("GET", path)
    changed = await care.call("PATCH", path, rule.change, If_Match=before.headers["ETag"])
    assert changed.status == 200, changed.body
    _whole(rule, changed.body)
    moved = {name for name in before.body if before.body[name] != changed.body.get(name)}
    assert moved <= {"lastUpdate", *rule.change}
    assert {name: changed.body[name] for name in rule.change} == rule.change
    stale = await care.call("PATCH", path, rule.change, If_Match=before.headers["ETag"])
    assert is_error(stale, 412)
    merged = await care.call("PATCH", path, rule.change, Content_Type="application/merge-patch+json")
    assert merged.status == 200
    (name,) = rule.change
    removed = await care.call("PATCH", path, {name: None}, Content_Type="application/merge-patch+json")
    assert removed.status == 200 and name not in {k for k, v in removed.body.items() if v == rule.change[name]}
    for body in ({"id": "other"}, {"href": "http://x"}, {"colour": "red"}, {"creationDate": "2020-01-01T00:00:00Z"}):
        assert is_error(await care.call("PATCH", path, body), 400), body
    assert is_error(await care.call("PATCH", path, "[1]"), 400)
    assert is_error(await care.call("PATCH", path, rule.change, Content_Type="text/plain"), 400)
    assert is_error(await care.call("PATCH", f"{rule.path}/nothing-here", rule.change), 404)


@_rules
async def test_what_is_deleted_is_gone_and_what_cannot_be_says_so(care: Care, rule: Rule) -> None:
    made = await _made(care, rule)
    path = f"{rule.path}/{made['id']}"
    first = await care.call("DELETE", path)
    assert first.status == rule.deleted, first.body
    if rule.deleted == 409:
        assert is_error(first, 409)
        assert (await care.call("PATCH", path, rule.ends)).status == 200
        assert (await care.call("DELETE", path)).status == 204
    assert is_error(await care.call("GET", path), 404)
    assert is_error(await care.call("DELETE", path), 404)
    listed = await care.call("GET", f"{rule.path}?id={made['id']}")
    assert (listed.body, listed.headers["X-Total-Count"]) == ([], "0")


@_rules
async def test_nothing_is_404_with_the_forums_error(care: Care, rule: Rule) -> None:
    answer = await care.call("GET", f"{rule.path}/nothing-here")
    assert is_error(answer, 404)
    _fits(Rule(rule.api, "error", rule.number, {}, (), (), {}, 0), answer.body)


@pytest.mark.parametrize("api", sorted({rule.api for rule in RULES}))
async def test_hubs_are_made_and_ended_and_lead_nowhere_inside(care: Care, api: str) -> None:
    hub = f"/tmf-api/{api}/v4/hub"
    made = await care.call("POST", hub, {"callback": "https://crm.example/listener"})
    assert made.status == 201 and {"id", "callback"} <= set(made.body)
    assert made.headers["Location"].endswith(f"{hub}/{made.body['id']}")
    assert (await care.call("DELETE", f"{hub}/{made.body['id']}")).status == 204
    assert is_error(await care.call("DELETE", f"{hub}/{made.body['id']}"), 404)
    for body in ({}, {"callback": ""}, {"callback": 5}, {"callback": "https://crm.example/", "query": "colour=red"}):
        assert is_error(await care.call("POST", hub, body), 400), body
    inside = (
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]/",
        "http://192.168.1.1:8080/x",
        "https://10.0.0.1/",
        "http://0.0.0.0/",
        "http://167772161/",
        "file:///etc/passwd",
        "https://other.example/",
        "http://crm.example/",
        "https://crm.example.evil.example/",
        "https://crm.example@10.0.0.1/",
    )
    for callback in inside:
        refused = await care.call("POST", hub, {"callback": callback})
        assert refused.status in (400, 403, 422), (callback, refused.status)
        assert is_error(refused, refused.status)


async def test_every_event_of_a_tickets_life_is_written_once(care: Care) -> None:
    hub = await care.call("POST", "/tmf-api/troubleTicket/v4/hub", {"callback": "https://crm.example/listener"})
    assert hub.status == 201
    rule = RULES[0]
    photo = {"id": "photo-1", "attachmentType": "photo", "url": "https://files.example/1"}
    made = await care.call("POST", rule.path, {**rule.minimal, "attachment": [photo]})
    path = f"{rule.path}/{made.body['id']}"
    changes: list[dict[str, Any]] = [{"name": "first"}, {"note": [{"text": "called"}]}, {"attachment": []}]
    changes += [{"status": word} for word in ("inProgress", "pending", "inProgress", "resolved", "closed")]
    for change in changes:
        assert (await care.call("PATCH", path, change)).status == 200, change
    assert (await care.call("DELETE", path)).status == 204
    async with care.database.read() as connection:
        rows = (await connection.execute(select([outbox.c.event_type, outbox.c.body]).order_by(outbox.c.id))).all()
    kinds = [row.event_type.removeprefix("TroubleTicket").removesuffix("Event") for row in rows]
    changed, moved = "AttributeValueChange", "StatusChange"
    assert kinds == [
        "Create",
        *[changed] * 3,
        moved,
        moved,
        "InformationRequired",
        moved,
        moved,
        "Resolved",
        moved,
        "Delete",
    ]
    first = rows[0].body["event"]["troubleTicket"]
    assert first["attachment"] == [photo], "what came with it is in the first event"
    assert rows[3].body["event"]["troubleTicket"]["attachment"] == []
    assert {row.body["event"]["troubleTicket"]["id"] for row in rows} == {made.body["id"]}


async def test_lists_of_a_ticket_are_replaced_whole_and_found_by(care: Care) -> None:
    rule = RULES[0]
    parties = [{"id": "landlord-7", "role": "landlord", "@referredType": "Individual"}]
    other = (await _made(care, rule))["id"]
    body = {
        **rule.minimal,
        "relatedParty": [*parties, {"id": "c-9", "role": "customer", "@referredType": "Customer"}],
        "relatedEntity": [{"id": "order-1", "role": "order", "@referredType": "ProductOrder"}],
        "troubleTicketRelationship": [{"id": other, "relationshipType": "duplicate"}],
        "attachment": [{"url": "https://files.example/1"}],
    }
    made = (await care.call("POST", rule.path, body)).body
    path = f"{rule.path}/{made['id']}"
    assert [party["id"] for party in made["relatedParty"]] == ["c-9", "landlord-7"]
    assert made["troubleTicketRelationship"][0]["href"] == f"{care.base}{rule.path}/{other}"
    assert made["attachment"][0]["id"]
    for query in ("relatedParty.id=landlord-7", "relatedParty.id=c-9", "relatedEntity.id=order-1"):
        assert [item["id"] for item in (await care.call("GET", f"{rule.path}?{query}")).body] == [made["id"]], query
    others = (await care.call("GET", f"{rule.path}?relatedParty.id.ne=landlord-7&limit=500")).body
    assert other in {item["id"] for item in others} and made["id"] not in {item["id"] for item in others}
    again = await care.call("PATCH", path, {name: made[name] for name in body if name != "ticketType"})
    assert again.status == 200
    same = ("relatedParty", "relatedEntity", "troubleTicketRelationship", "attachment", "lastUpdate")
    assert {name: again.body[name] for name in same} == {name: made[name] for name in same}, "nothing was changed"
    less = await care.call("PATCH", path, {"relatedParty": [], "attachment": None})
    assert [party["id"] for party in less.body["relatedParty"]] == ["c-9"], "the customer stays"
    assert less.body["attachment"] == [] and less.body["relatedEntity"] == made["relatedEntity"]
    assert is_error(await care.call("PATCH", path, {"troubleTicketRelationship": [{"id": made["id"]}]}), 400)
    many = [{"id": f"p{n}", "role": "x", "@referredType": "Individual"} for n in range(201)]
    assert is_error(await care.call("PATCH", path, {"relatedParty": many}), 400)
    assert is_error(await care.call("POST", rule.path, {**rule.minimal, "relatedParty": many}), 400)


async def test_an_api_key_ends_no_complaint(care: Care) -> None:
    rule = RULES[0]
    made = (await care.call("POST", rule.path, {**rule.minimal, "ticketType": "complaint"})).body
    path = f"{rule.path}/{made['id']}"
    assert is_error(await care.call("PATCH", path, {"status": "cancelled"}), 409, "person_required")
    for word in ("inProgress", "resolved"):
        assert (await care.call("PATCH", path, {"status": word})).status == 200
    assert is_error(await care.call("PATCH", path, {"status": "closed"}), 409, "person_required")
    assert is_error(await care.call("DELETE", path), 409)


async def test_conversations_and_records_of_others_stand_in_one_order(care: Care) -> None:
    rule = RULES[-1]
    ids = []
    for number in range(4):
        care.clock.now = NOW + timedelta(minutes=number)
        if number % 2:
            ids.append((await _made(care, rule))["id"])
        else:
            at = care.clock.now
            head = Conversation(
                f"talk-{number}", "zh", Owner.bot, 1, 0, 0, Assurance.anonymous, None, None, at, at, metadata={}
            )
            await care.ledger.create(head, [Draft(Author(AuthorKind.bot), "您好")], at)
            ids.append(head.id)
    listed = await care.call("GET", rule.path)
    assert [item["id"] for item in listed.body] == ids[::-1] and listed.headers["X-Total-Count"] == "4"
    pages = [await care.call("GET", f"{rule.path}?limit=1&offset={offset}") for offset in range(4)]
    assert [page.body[0]["id"] for page in pages] == ids[::-1]
    inbound = await care.call("GET", f"{rule.path}?direction=inbound")
    assert [item["id"] for item in inbound.body] == ["talk-2", "talk-0"]
