"""Events reach those who listen: signed, filtered, at least once, and only where they may go."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.channels.tmf.keys import INTERACTION_READ, TICKET_READ, make_api_key
from bot.contracts import Assurance, Conversation, Owner
from bot.outbox.model import Patience
from bot.outbox.store import OutboxStore
from bot.tickets.archive.service import ArchiveService
from bot.tickets.archive.store import ArchiveStore
from bot.tickets.model import NewTicket, Severity, TicketStatus, TicketType
from tests.integration.care import AREA, CUSTOMER, INTERACTION, NOW, PROBLEM, SEARCH, TICKET, VISIT, Care, is_error

_HUBS = {api: f"/tmf-api/{api}/v4/hub" for api in ("troubleTicket", "appointment", "partyInteraction")}
_PATH = "/tmf-api/troubleTicket/v4/hub"


@dataclass
class Listener:
    """Another system that hears events; `status` is how it answers."""

    url: str = ""
    status: int = 204
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.heard]

    def types(self) -> list[str]:
        return [event["eventType"] for event in self.events()]


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    found = Listener()

    async def hear(request: web.Request) -> web.Response:
        found.heard.append((dict(request.headers), await request.read()))
        if found.status == 302:
            return web.Response(status=302, headers={"Location": found.url + "/elsewhere"})
        return web.Response(status=found.status)

    app = web.Application()
    app.router.add_post("/{path:.*}", hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/events"
    yield found
    await runner.cleanup()


async def _subscribe(care: Care, listener: Listener, query: str = "", path: str = _PATH) -> tuple[str, str]:
    answer = await care.call("POST", path, {"callback": listener.url, "query": query})
    assert answer.status == 201, answer.body
    assert answer.body == {"id": answer.body["id"], "callback": listener.url, "query": query}
    assert answer.headers["Location"].endswith(f"{path}/{answer.body['id']}")
    return answer.body["id"], answer.headers["X-Frontline-Secret"]


async def _deliver(care: Care) -> None:
    await care.exchange.deliverer.round()
    await care.exchange.deliverer.settled()


async def _hub_count(care: Care) -> int:
    return len(await OutboxStore(care.database).hubs())


async def test_a_change_reaches_the_listener_signed_once(care: Care, listener: Listener) -> None:
    _, secret = await _subscribe(care, listener)
    made = await care.opened(relatedParty=[CUSTOMER])
    await _deliver(care)
    await _deliver(care)
    ((headers, body),) = listener.heard
    signed = hmac.new(secret.encode(), headers["X-Frontline-Timestamp"].encode() + b"." + body, hashlib.sha256)
    assert headers["X-Frontline-Signature"] == "sha256=" + signed.hexdigest()
    assert headers["X-Frontline-Delivery"]
    event = json.loads(body)
    assert (event["eventType"], event["eventId"]) == ("TroubleTicketCreateEvent", event["id"])
    assert event["event"]["troubleTicket"]["id"] == made["id"]
    assert event["event"]["troubleTicket"]["href"].startswith("http")


async def test_every_kind_of_ticket_event_is_sent_once_and_as_of_its_time(care: Care, listener: Listener) -> None:
    await _subscribe(care, listener)
    made = await care.opened()
    path = f"{TICKET}/{made['id']}"
    for change in (
        {"note": [{"text": "hello"}]},
        {"status": "pending"},
        {"status": "inProgress"},
        {"status": "inProgress"},
        {"status": "resolved", "statusChangeReason": "splice repaired"},
    ):
        assert (await care.call("PATCH", path, change)).status == 200
    await _deliver(care)
    assert listener.types() == [
        "TroubleTicketCreateEvent",
        "TroubleTicketAttributeValueChangeEvent",
        "TroubleTicketStatusChangeEvent",
        "TroubleTicketInformationRequiredEvent",
        "TroubleTicketStatusChangeEvent",
        "TroubleTicketStatusChangeEvent",
        "TroubleTicketResolvedEvent",
    ]
    states = [event["event"]["troubleTicket"]["status"] for event in listener.events()]
    assert states == ["acknowledged", "acknowledged", "pending", "pending", "inProgress", "resolved", "resolved"]


async def test_a_query_chooses_events_and_attributes(care: Care, listener: Listener) -> None:
    await _subscribe(care, listener, "eventType=TroubleTicketStatusChangeEvent&status=resolved&fields=status,severity")
    await _subscribe(care, listener, "troubleTicket.relatedParty.id=nobody")
    made = await care.opened()
    for status in ("inProgress", "resolved"):
        await care.call("PATCH", f"{TICKET}/{made['id']}", {"status": status})
    await _deliver(care)
    (event,) = listener.events()
    ticket = event["event"]["troubleTicket"]
    assert ticket == {"id": made["id"], "href": ticket["href"], "status": "resolved", "severity": "Major"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"callback": 7},
        {"callback": "http://127.0.0.1:9/x", "query": "eventType=Nonsense"},
        {"callback": "http://127.0.0.1:9/x", "query": "nonsense=1"},
        {"callback": "http://127.0.0.1:9/x", "query": 5},
        {"callback": "http://127.0.0.1:9/x", "unknown": 1},
        {"callback": "http://127.0.0.1:9/x", "id": "mine"},
        {"callback": "ftp://crm.example/x"},
        {"callback": "http://user:pass@127.0.0.1/x"},
        {"callback": "http://127.0.0.1/x#part"},
        {"callback": "http://127.0.0.1:99999/x"},
        {"callback": "/relative"},
        {"callback": "http://10.0.0.8/x"},
        {"callback": "http://169.254.169.254/latest/meta-data"},
        {"callback": "http://[::1]:8080/x"},
        {"callback": "http://[::ffff:10.0.0.8]/x"},
        {"callback": "http://2130706434/x"},
        {"callback": "http://0x0a000008/x"},
        {"callback": "http://0.0.0.0:8080/x"},
        {"callback": "http://crm.example/without-tls"},
        {"callback": "https://other.example/x"},
        {"callback": "https://8.8.8.8/x"},
    ],
)
async def test_a_callback_that_may_not_be_called_is_refused_and_nothing_is_written(
    care: Care, body: dict[str, object]
) -> None:
    assert is_error(await care.call("POST", _PATH, body), 400)
    assert await _hub_count(care) == 0


async def test_a_listed_name_may_be_subscribed_before_it_is_known(care: Care) -> None:
    answer = await care.call("POST", _PATH, {"callback": "https://crm.example/hook"})
    assert answer.status == 201
    await care.opened()
    await _deliver(care)
    assert (await OutboxStore(care.database).waiting())[0] is not None, "it is tried again later"


async def test_the_same_subscription_twice_is_one(care: Care, listener: Listener) -> None:
    first = await _subscribe(care, listener, "eventType=TroubleTicketCreateEvent")
    assert await _subscribe(care, listener, "eventType=TroubleTicketCreateEvent") == first
    assert await _hub_count(care) == 1


async def test_only_the_subscriber_can_end_a_subscription(care: Care, listener: Listener) -> None:
    hub_id, _ = await _subscribe(care, listener)
    other = make_api_key(care.data_dir, "other", [TICKET_READ, INTERACTION_READ])
    assert is_error(await care.call("DELETE", f"{_PATH}/{hub_id}", Authorization=f"Bearer {other}"), 404)
    assert is_error(await care.call("DELETE", f"{_HUBS['appointment']}/{hub_id}"), 404)
    await care.opened()
    assert (await care.call("DELETE", f"{_PATH}/{hub_id}")).status == 204
    assert is_error(await care.call("DELETE", f"{_PATH}/{hub_id}"), 404)
    await _deliver(care)
    assert listener.heard == []


async def test_a_key_of_one_customer_cannot_listen_to_all(care: Care, listener: Listener) -> None:
    bound = make_api_key(care.data_dir, "bound", customer_id="c-tmf")
    answer = await care.call("POST", _PATH, {"callback": listener.url}, Authorization=f"Bearer {bound}")
    assert is_error(answer, 403)


async def test_a_change_that_is_rolled_back_is_told_to_nobody(care: Care, listener: Listener) -> None:
    await _subscribe(care, listener)
    made = await care.opened()
    refused = await care.call("PATCH", f"{TICKET}/{made['id']}", {"severity": "Minor", "status": "closed"})
    assert refused.status == 409
    await _deliver(care)
    assert listener.types() == ["TroubleTicketCreateEvent"]


@pytest.mark.parametrize("status", [500, 302, 404])
async def test_a_listener_that_fails_is_tried_again_under_the_same_id(
    care: Care, listener: Listener, status: int
) -> None:
    await _subscribe(care, listener)
    await care.opened()
    listener.status = status
    await _deliver(care)
    await _deliver(care)
    assert len(listener.heard) == 1, "not before its time"
    listener.status = 201
    care.clock.now += timedelta(seconds=3)
    await _deliver(care)
    care.clock.now += timedelta(hours=2)
    await _deliver(care)
    assert len({headers["X-Frontline-Delivery"] for headers, _ in listener.heard}) == 1
    assert len(listener.heard) == 2


async def test_what_is_never_taken_becomes_a_dead_letter_and_can_be_replayed(care: Care, listener: Listener) -> None:
    await _subscribe(care, listener)
    made = await care.opened()
    listener.status = 503
    for _ in range(Patience().attempts):
        await _deliver(care)
        care.clock.now += timedelta(hours=2)
    dead = (await care.call("GET", "/api/v1/operations/deliveries")).body
    assert dead["total"] == 1
    (letter,) = dead["deliveries"]
    assert (letter["subject_id"], letter["error"], letter["attempts"]) == (made["id"], "status 503", 12)
    listener.status = 204
    await _deliver(care)
    assert len(listener.heard) == 12, "a dead letter waits for a person"
    replayed = await care.call("POST", f"/api/v1/operations/deliveries/{letter['delivery_id']}/replay", {})
    assert (replayed.status, replayed.body) == (202, {"replayed": 1})
    await _deliver(care)
    assert len(listener.heard) == 13
    assert {headers["X-Frontline-Delivery"] for headers, _ in listener.heard} == {letter["delivery_id"]}
    assert (await care.call("GET", "/api/v1/operations/deliveries")).body == {"deliveries": [], "total": 0}


async def test_a_listener_that_is_gone_gets_no_more(care: Care, listener: Listener) -> None:
    await _subscribe(care, listener)
    await care.opened()
    listener.status = 410
    await _deliver(care)
    assert (await care.call("GET", "/api/v1/operations/deliveries")).body["total"] == 1


async def test_one_listener_that_fails_holds_up_no_other(care: Care, listener: Listener) -> None:
    dead = await care.call("POST", _PATH, {"callback": "http://127.0.0.1:9/nobody"})
    assert dead.status == 201
    await _subscribe(care, listener)
    for _ in range(3):
        await care.opened()
    await _deliver(care)
    assert len(listener.heard) == 3


async def test_visits_searches_and_interactions_have_their_events(care: Care, listener: Listener) -> None:
    for path in _HUBS.values():
        await _subscribe(care, listener, path=path)
    found = await care.call("POST", SEARCH, {"relatedPlace": {"id": AREA, "role": "visitAddress"}})
    first, second, *_ = found.body["availableTimeSlot"]
    booking = {"relatedParty": [CUSTOMER], "relatedPlace": {"id": AREA, "role": "visitAddress"}}
    visit = (await care.call("POST", VISIT, {**booking, "validFor": first["validFor"]})).body
    await care.call("PATCH", f"{VISIT}/{visit['id']}", {"validFor": second["validFor"]})
    await care.call("PATCH", f"{VISIT}/{visit['id']}", {"status": "cancelled"})
    search = f"{SEARCH}/{found.body['id']}"
    for change in ({"relatedPlace": {"id": "nanpu", "role": "visitAddress"}}, {"status": "rejected"}):
        assert (await care.call("PATCH", search, change)).status == 200
    assert (await care.call("DELETE", search)).status == 204
    sent = {"channel": [{"id": "shop"}], "direction": "inbound", "reason": "bought a phone"}
    posted = (await care.call("POST", INTERACTION, sent)).body
    await care.call("PATCH", f"{INTERACTION}/{posted['id']}", {"status": "completed"})
    await care.call("DELETE", f"{INTERACTION}/{posted['id']}")
    await _deliver(care)
    told = [kind for kind in listener.types() if kind != "AppointmentDeleteEvent"]
    assert [kind for kind in told if kind.startswith("Search")] == [
        "SearchTimeSlotCreateEvent",
        "SearchTimeSlotAttributeValueChangeEvent",
        "SearchTimeSlotStateChangeEvent",
        "SearchTimeSlotDeleteEvent",
    ]
    assert "AppointmentCreateEvent" in told and "AppointmentAttributeValueChangeEvent" in told
    changed = [event for event in listener.events() if event["eventType"] == "AppointmentStateChangeEvent"]
    assert changed[-1]["event"]["appointment"]["status"] == "cancelled"
    assert [kind for kind in told if kind.startswith("Party")] == [
        "PartyInteractionCreateEvent",
        "PartyInteractionStatusChangeEvent",
        "PartyInteractionDeleteEvent",
    ]


async def test_events_of_problems_and_conversations_carry_what_hangs_on_them(care: Care, listener: Listener) -> None:
    for api in ("serviceProblemManagement", "partyInteraction"):
        await _subscribe(care, listener, path=f"/tmf-api/{api}/v4/hub")
    head = Conversation("talk-1", "zh", Owner.bot, 1, 0, 0, Assurance.anonymous, None, None, NOW, NOW)
    await care.ledger.create(head, [], NOW)
    report = {
        "category": "outage",
        "priority": 1,
        "description": "cable cut",
        "reason": "works",
        "originatorParty": {"id": "noc", "@referredType": "Organization"},
        "affectedLocation": [{"id": "nanpu"}, {"id": "xiling"}],
    }
    made = (await care.call("POST", PROBLEM, report)).body
    new = NewTicket(TicketType.fault, "no net", Severity.major, conversation_id="talk-1", outage_id=made["id"])
    ticket = await care.tickets.open(new, key="talk-1:1")
    for status in ("pending", "inProgress", "resolved"):
        changed = await care.call("PATCH", f"{PROBLEM}/{made['id']}", {"status": status, "note": [{"text": status}]})
        assert changed.status == 200, changed.body
    closed = await care.ledger.change_owner(
        "talk-1", epoch=1, owner=Owner.closed, agent_id=None, actor="desk", reason="done", drafts=[], at=NOW
    )
    assert closed is not None
    await _deliver(care)
    whole = [event for event in listener.events() if event["event"].get("serviceProblem", {}).get("id") == made["id"]]
    kinds = [event["eventType"].removeprefix("ServiceProblem").removesuffix("Event") for event in whole]
    assert kinds == ["Create", "StateChange", "InformationRequired", "StateChange", "StateChange"]
    first, last = (event["event"]["serviceProblem"] for event in (whole[0], whole[-1]))
    assert [item["id"] for item in first["affectedLocation"]] == ["nanpu", "xiling"]
    assert [item["id"] for item in first["underlyingProblem"]] == [item["id"] for item in made["underlyingProblem"]]
    assert ticket.id in {item["id"] for item in last["troubleTicket"]}
    assert [note["text"] for note in last["note"]] == ["pending", "inProgress", "resolved"]
    talk = [event["event"]["partyInteraction"] for event in listener.events() if "partyInteraction" in event["event"]]
    assert [item["item"]["id"] for item in talk[-1]["interactionItem"]] == [ticket.id]
    assert talk[-1]["attachment"][0]["url"].endswith("/transcript")


async def test_a_ticket_that_is_destroyed_is_told_of_by_its_number_alone(care: Care, listener: Listener) -> None:
    made = await care.opened(description="no internet since monday")
    for status in ("inProgress", "resolved", "closed"):
        changed = await care.call("PATCH", f"{TICKET}/{made['id']}", {"status": status, "statusChangeReason": "done"})
        assert changed.status == 200, changed.body
    archive = ArchiveService(care.tickets, ArchiveStore(care.tickets.store), care.clock)
    care.clock.now += timedelta(days=400)
    assert await archive.keep() == (1, 0)
    await _subscribe(care, listener)
    await _deliver(care)
    assert listener.types() == [], "in the archive it can still be read"
    care.clock.now += timedelta(days=10 * 365)
    assert await archive.keep() == (0, 1)
    await _deliver(care)
    (event,) = listener.events()
    assert event["eventType"] == "TroubleTicketDeleteEvent"
    assert set(event["event"]["troubleTicket"]) == {"id", "href", "@type", "ticketType", "status"}
    assert event["event"]["troubleTicket"]["id"] == made["id"]
    assert (await care.call("GET", f"{TICKET}/{made['id']}")).status == 404


async def test_a_conversation_is_told_of_when_it_opens_is_handed_on_and_ends(care: Care, listener: Listener) -> None:
    await _subscribe(care, listener, path=_HUBS["partyInteraction"])
    head = Conversation("talk-1", "en", Owner.bot, 1, 0, 0, Assurance.anonymous, None, None, NOW, NOW)
    await care.ledger.create(head, [], NOW)
    for epoch, owner in ((1, Owner.queued), (2, Owner.closed)):
        changed = await care.ledger.change_owner(
            "talk-1", epoch=epoch, owner=owner, agent_id=None, actor="desk", reason="asked", drafts=[], at=NOW
        )
        assert changed is not None
    await _deliver(care)
    assert listener.types() == [
        "PartyInteractionCreateEvent",
        "PartyInteractionAttributeValueChangeEvent",
        "PartyInteractionStatusChangeEvent",
    ]


async def test_dead_letters_need_their_scope(care: Care) -> None:
    reader = make_api_key(care.data_dir, "reader", [TICKET_READ])
    answer = await care.call("GET", "/api/v1/operations/deliveries", Authorization=f"Bearer {reader}")
    assert (answer.status, answer.body["error"]["code"]) == (403, "missing_scope")


async def test_nothing_is_written_for_an_api_that_nobody_hears(care: Care) -> None:
    new = NewTicket(TicketType.fault, "no internet", Severity.major)
    ticket = await care.tickets.open(new, key="k")
    await care.tickets.move(ticket.id, TicketStatus.in_progress, author="desk")
    assert await OutboxStore(care.database).unrouted(10) == ()
