"""The operator's ports over TM Forum APIs, against our own server with the demo operator behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web
from redis.asyncio import Redis

from bot.errors import BackOfficeDown, Conflict, NotFound, Refused, SettingsError
from bot.operator.demo.operator import demo_operator
from bot.operator.demo.store import DemoStore, SmsOutbox
from bot.operator.patience import Breaker
from bot.operator.ports import OperatorPorts
from bot.operator.tmforum.client import Limits, TmfClient
from bot.operator.tmforum.operator import PATHS, Sessions, api_urls, tmforum_operator
from tests.integration.care import AREA, NOW, PROBLEM, ZONE, Care


@pytest.fixture
async def there(care: Care) -> AsyncIterator[OperatorPorts]:
    """Our own server as the operator's systems."""
    sessions = Sessions()
    urls = api_urls(f"{care.base}/tmf-api", "")
    yield tmforum_operator(urls, care.key, sessions, clock=care.clock, limits=Limits(try_s=10, all_s=30))
    await sessions.close()


@pytest.fixture
def here(care: Care, redis: Redis) -> OperatorPorts:
    """The same operator without the APIs between."""
    return demo_operator(care.database, redis, clock=care.clock, zone=ZONE)


async def test_customers_are_the_same_through_the_api(care: Care, there: OperatorPorts, here: OperatorPorts) -> None:
    for row in (await DemoStore(care.database).customers_at(AREA, "broadband"))[:3]:
        known = await here.customers.by_id(row["id"])
        assert known is not None
        assert await there.customers.by_id(known.id) == known
        assert await there.customers.by_sub(known.sub) == known
        assert await there.customers.by_phone(known.phone) == known
        assert await there.customers.by_account(known.account_number) == known
        lines = await there.customers.lines(known.id)
        assert [(line.id, line.product, line.number, line.plan_id, line.status) for line in lines] == [
            (line.id, line.product, line.number, line.plan_id, line.status)
            for line in await here.customers.lines(known.id)
        ]
    assert await there.customers.at(AREA, "broadband") == await here.customers.at(AREA, "broadband")
    assert await there.customers.by_id("nobody") is None
    assert await there.customers.by_phone("+8610000000000") is None
    caring = await here.customers.by_id("demo-c-0111")
    assert caring is not None and caring.vulnerable is True
    assert await there.customers.by_id(caring.id) == caring


async def test_line_tests_and_restarts_are_the_same(care: Care, there: OperatorPorts, here: OperatorPorts) -> None:
    (customer, *_) = await here.customers.at(AREA, "broadband")
    line = next(item for item in await here.customers.lines(customer.id) if item.product == "broadband")
    assert await there.network.test_line(line.id) == await here.network.test_line(line.id)
    assert await there.network.restart_device(line.id) == await here.network.restart_device(line.id)
    with pytest.raises(NotFound):
        await there.network.test_line("no-such-line")


async def test_outages_are_the_same(care: Care, there: OperatorPorts, here: OperatorPorts) -> None:
    seen = 0
    for area in await there.network.areas():
        for product in (None, "broadband", "tv", "mobile"):
            found = await there.network.outages(area.id, product)
            known = await here.network.outages(area.id, product)
            assert [(o.id, o.area, o.product, o.status, o.started_at, o.restore_at, o.cause.zh) for o in found] == [
                (o.id, o.area, o.product, o.status, o.started_at, o.restore_at, o.cause.zh) for o in known
            ]
            seen += len(found)
    assert seen
    assert await there.network.outage("OU000000") is None
    body = {
        "category": "outage",
        "priority": 1,
        "description": "cable cut",
        "reason": "works",
        "originatorParty": {"id": "noc", "@referredType": "Organization"},
        "affectedLocation": [{"id": AREA}],
    }
    made = (await care.call("POST", PROBLEM, body)).body
    await care.call("PATCH", f"{PROBLEM}/{made['id']}", {"status": "resolved"})
    ended = await there.network.outage(made["id"])
    assert ended is not None and ended.status == "restored"


async def test_a_text_message_is_sent_once_for_a_key(
    care: Care, there: OperatorPorts, here: OperatorPorts, redis: Redis
) -> None:
    (customer, *_) = await here.customers.at(AREA, "broadband")
    for _ in range(3):
        await there.messages.send_text(customer.phone, "it is back", key="k1")
    assert await SmsOutbox(redis).texts(customer.phone) == ("it is back",)
    await there.messages.send_code(customer.phone, "123456", "verify", "talk-9")
    assert [sms.code for sms in await SmsOutbox(redis).read("talk-9")] == ["123456"]


async def test_tickets_are_opened_once_moved_and_noted(care: Care, there: OperatorPorts) -> None:
    assert there.tickets is not None
    wanted = {"ticket_type": "fault", "severity": "Major", "description": "no light", "customer_id": "c-tmf"}
    first = await there.tickets.open(**wanted, external_id="FL-1", key="k1")
    again = await there.tickets.open(**wanted, external_id="FL-1", key="k1")
    assert first == again and first.status == "acknowledged" and first.due_at is not None
    assert (await there.tickets.move(first.id, "inProgress", reason="on the way")).status == "inProgress"
    await there.tickets.note(first.id, "crew is there", author="field")
    stored = await care.tickets.get(first.id)
    assert stored is not None and stored.external_id == "FL-1"
    history = await care.tickets.history(first.id)
    assert "crew is there" in [entry.text for entry in history]
    assert await there.tickets.get("TT00000000") is None
    with pytest.raises(Conflict):
        await there.tickets.move(first.id, "closed")
    with pytest.raises(Refused):
        await there.tickets.move(first.id, "nonsense")


async def test_visits_are_found_booked_once_and_cancelled(care: Care, there: OperatorPorts) -> None:
    assert there.visits is not None
    slots = await there.visits.slots(AREA, "broadband", NOW + timedelta(days=1), NOW + timedelta(days=4))
    where = {"area": AREA, "address": "x", "customer_id": "c-tmf", "ticket_id": None}
    first = await there.visits.book(slots[0], **where, key="k1")  # type: ignore[arg-type]
    assert first is not None and first.status == "confirmed"
    assert await there.visits.book(slots[0], **where, key="k1") == first  # type: ignore[arg-type]
    assert (first.start, first.end) == (slots[0].start, slots[0].end)
    others = [await there.visits.book(slots[0], **where, key=f"k{n}") for n in range(2, 12)]  # type: ignore[arg-type]
    assert others[-1] is None, "the slot has gone"
    assert (await there.visits.cancel(first.id)).status == "cancelled"
    assert await there.visits.get("AP00000000") is None


async def test_bills_and_plans_that_are_not_connected_go_to_a_person(there: OperatorPorts) -> None:
    with pytest.raises(BackOfficeDown):
        await there.billing.balance("c1")
    with pytest.raises(BackOfficeDown):
        await there.catalogue.plans()


# -- a system that does not answer ---------------------------------------------------------------------------------


class Moody:
    """A server that answers as it is told, one status a call."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.keys: list[str | None] = []

    async def handle(self, request: web.Request) -> web.Response:
        self.keys.append(request.headers.get("Idempotency-Key"))
        status = self.answers.pop(0) if self.answers else 200
        return web.json_response({"id": "1"} if status < 300 else {"code": "x", "reason": "moody"}, status=status)


@pytest.fixture
async def moody() -> AsyncIterator[tuple[Moody, str]]:
    server, app = Moody(), web.Application()
    app.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield server, f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
async def sessions() -> AsyncIterator[Sessions]:
    found = Sessions()
    yield found
    await found.close()


async def test_reads_and_keyed_writes_are_tried_again_and_others_are_not(
    moody: tuple[Moody, str], sessions: Sessions
) -> None:
    server, base = moody
    client = TmfClient("test", base, "", sessions)
    server.answers = [503, 502]
    assert await client.get("/x/1") == {"id": "1"}
    server.answers, server.keys = [503, 503], []
    assert await client.create("/x", {}, key="k1") == {"id": "1"}
    assert server.keys == ["k1"] * 3
    server.answers, server.keys = [503], []
    with pytest.raises(BackOfficeDown):
        await client.create("/x", {})
    assert len(server.keys) == 1, "it may have been done"


async def test_a_refusal_is_an_answer_and_is_not_tried_again(moody: tuple[Moody, str], sessions: Sessions) -> None:
    server, base = moody
    client = TmfClient("test", base, "", sessions)
    for status, error in ((400, Refused), (404, NotFound), (409, Conflict), (412, Conflict), (401, BackOfficeDown)):
        server.answers, server.keys = [status], []
        with pytest.raises(error):
            await client.create("/x", {}, key="k")
        assert len(server.keys) == 1


async def test_a_system_that_fails_is_left_alone_and_then_asked_once(
    moody: tuple[Moody, str], sessions: Sessions
) -> None:
    server, base = moody
    now = [0.0]
    breaker = Breaker(failures=2, rest_s=20, clock=lambda: now[0])
    client = TmfClient("test", base, "", sessions, Limits(tries=1), breaker)
    server.answers = [500, 500, 500]
    for _ in range(4):
        with pytest.raises(BackOfficeDown):
            await client.get("/x/1")
    assert len(server.keys) == 2, "while it rests nobody asks"
    now[0] = 21
    with pytest.raises(BackOfficeDown):
        await client.get("/x/1")
    with pytest.raises(BackOfficeDown):
        await client.get("/x/1")
    assert len(server.keys) == 3
    now[0] = 42
    assert await client.get("/x/1") == {"id": "1"}
    assert await client.get("/x/1") == {"id": "1"}


async def test_nobody_listening_is_the_back_office_down(sessions: Sessions) -> None:
    client = TmfClient("test", "http://127.0.0.1:9", "", sessions, Limits(tries=2))
    with pytest.raises(BackOfficeDown):
        await client.get("/x/1")


@pytest.mark.parametrize(
    ("root", "others"),
    [("", ""), ("", "621=https://a.example"), ("https://a.example", "999=https://b.example"), ("https://a", "653=b")],
)
def test_addresses_that_are_missing_or_unknown_are_named(root: str, others: str) -> None:
    with pytest.raises(SettingsError):
        api_urls(root, others)


def test_one_api_may_lie_elsewhere() -> None:
    urls = api_urls("https://a.example/tmf-api/", "653=https://tests.example/v4")
    assert urls["653"] == "https://tests.example/v4"
    assert urls["621"] == f"https://a.example/tmf-api/{PATHS['621']}"
