"""The demo operator at work: orders, outages that go on, a back office that is slow or away, and seeding again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from redis.asyncio import Redis
from sqlalchemy import insert, select

from bot.appointments.model import AppointmentStatus, NewVisit, Technicians
from bot.appointments.service import AppointmentService
from bot.appointments.store import AppointmentStore
from bot.database import Database
from bot.errors import BackOfficeDown, NotFound
from bot.operator.demo.files import DemoDataInvalid, load_files
from bot.operator.demo.needs import DemoNeeds
from bot.operator.demo.operator import LineNotFound, PlanNotOffered, demo_operator, set_back_office
from bot.operator.demo.seed import ensure_seeded, seed
from bot.operator.demo.store import DemoStore, SmsOutbox
from bot.operator.ports import Line, OperatorPorts, OrderedPlan
from bot.schema import demo_customers, tickets, visit_windows
from bot.tickets.model import NewTicket, Severity, TicketStatus, TicketType
from bot.tickets.service import TicketService
from bot.tickets.store import TicketStore
from tests.shipped import policies


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(demo_now: datetime) -> Clock:
    return Clock(demo_now)


@pytest.fixture
def zone(demo_now: datetime) -> ZoneInfo:
    assert isinstance(demo_now.tzinfo, ZoneInfo)
    return demo_now.tzinfo


@pytest.fixture
def operator(demo_database: Database, redis: Redis, clock: Clock, zone: ZoneInfo) -> OperatorPorts:
    return demo_operator(demo_database, redis, clock=clock, zone=zone)


@pytest.fixture
def visits(demo_database: Database, clock: Clock, zone: ZoneInfo) -> AppointmentService:
    return AppointmentService(AppointmentStore(demo_database, zone), technicians=Technicians(), clock=clock)


@pytest.fixture
def cases(demo_database: Database, clock: Clock, zone: ZoneInfo) -> TicketService:
    return TicketService(TicketStore(demo_database, zone), policies(), clock=clock)


@pytest.fixture
def basic(seeded_demo: tuple[Path, DemoNeeds]) -> dict[str, Any]:
    return dict(seeded_demo[1].needs["customer_basic"][0])


async def mobile_line(operator: OperatorPorts, customer: dict[str, Any]) -> Line:
    return (await operator.customers.lines(customer["customer_id"]))[0]


# -- finding people -------------------------------------------------------------------------------------------------


async def test_a_customer_is_found_by_number_however_it_is_written(
    operator: OperatorPorts, basic: dict[str, Any]
) -> None:
    phone = basic["phone"]
    for said in (phone, f"+86{phone}", f"0086{phone}", f"86 {phone}", f"{phone[:3]} {phone[3:7]}-{phone[7:]}"):
        found = await operator.customers.by_phone(said)
        assert found is not None and found.sub == basic["sub"]
    assert await operator.customers.by_phone("10086") is None


async def test_a_customer_is_found_by_account_number_and_nobody_by_a_wrong_one(
    operator: OperatorPorts, basic: dict[str, Any]
) -> None:
    found = await operator.customers.by_account(f" {basic['account_number'].lower()} ")
    assert found is not None and found.id == basic["customer_id"]
    assert await operator.customers.by_account("FL0000000000") is None
    assert await operator.customers.by_id("nobody") is None and await operator.customers.by_sub("nobody") is None


async def test_an_unknown_customer_has_no_balance_and_an_unknown_line_no_test(operator: OperatorPorts) -> None:
    with pytest.raises(NotFound):
        await operator.billing.balance("nobody")
    with pytest.raises(NotFound):
        await operator.network.test_line("nothing")
    assert await operator.billing.bills("nobody") == ()
    assert not await operator.network.restart_device("nothing")


# -- orders ---------------------------------------------------------------------------------------------------------


async def test_a_pack_ordered_once_is_there_once_and_adds_its_data(
    operator: OperatorPorts, basic: dict[str, Any]
) -> None:
    line = await mobile_line(operator, basic)
    before = (await operator.billing.usage(basic["customer_id"]))[0].total
    answers = await asyncio.gather(
        *(operator.catalogue.add_addon(line.id, "data_pack_10gb", key="c1:7") for _ in range(4))
    )
    assert answers == [True] * 4
    assert (await mobile_line(operator, basic)).addon_ids == ("data_pack_10gb",)
    after = (await operator.billing.usage(basic["customer_id"]))[0].total
    assert before is not None and after == before + 10
    assert await operator.catalogue.add_addon(line.id, "data_pack_10gb", key="c1:9")
    assert (await operator.billing.usage(basic["customer_id"]))[0].total == before + 20


async def test_a_monthly_service_is_never_held_twice(operator: OperatorPorts, basic: dict[str, Any]) -> None:
    line = await mobile_line(operator, basic)
    assert await operator.catalogue.add_addon(line.id, "caller_id", key="c1:1")
    assert await operator.catalogue.add_addon(line.id, "caller_id", key="c1:2")
    assert await operator.catalogue.remove_addon(line.id, "caller_id", key="c1:3")
    assert (await mobile_line(operator, basic)).addon_ids == ()


async def test_a_pack_is_taken_away_once_and_a_repeat_says_the_same(
    operator: OperatorPorts, seeded_demo: tuple[Path, DemoNeeds]
) -> None:
    facts = dict(seeded_demo[1].needs["customer_with_addon"][0])
    line = await mobile_line(operator, facts)
    assert await operator.catalogue.remove_addon(line.id, facts["addon_id"], key="c2:1")
    assert await operator.catalogue.add_addon(line.id, facts["addon_id"], key="c2:2")
    assert await operator.catalogue.remove_addon(line.id, facts["addon_id"], key="c2:1")
    assert (await mobile_line(operator, facts)).addon_ids == (facts["addon_id"],)


async def test_a_pack_of_another_product_or_an_unknown_one_is_refused(
    operator: OperatorPorts, basic: dict[str, Any]
) -> None:
    line = await mobile_line(operator, basic)
    assert not await operator.catalogue.add_addon(line.id, "cloud_storage", key="c3:1")
    assert not await operator.catalogue.add_addon(line.id, "no_such_pack", key="c3:2")
    assert not await operator.catalogue.add_addon("no_such_line", "caller_id", key="c3:3")
    assert not await operator.catalogue.remove_addon(line.id, "caller_id", key="c3:4")
    assert (await mobile_line(operator, basic)).addon_ids == ()


async def test_a_plan_is_booked_for_the_first_of_next_month(
    operator: OperatorPorts, basic: dict[str, Any], clock: Clock
) -> None:
    line = await mobile_line(operator, basic)
    assert await operator.catalogue.order_plan(line.id, "mobile_talk_39", key="c4:1") == date(2026, 12, 1)
    clock.now += timedelta(days=20)
    assert await operator.catalogue.order_plan(line.id, "mobile_talk_39", key="c4:1") == date(2026, 12, 1)
    assert await operator.catalogue.order_plan(line.id, "mobile_light_19", key="c4:2") == date(2027, 1, 1)
    assert await operator.catalogue.ordered_plan(line.id) == OrderedPlan("mobile_light_19", date(2027, 1, 1))
    assert await operator.catalogue.drop_plan_order(line.id, key="c4:3")
    assert await operator.catalogue.drop_plan_order(line.id, key="c4:3"), "done once, told twice"
    assert await operator.catalogue.ordered_plan(line.id) is None
    assert not await operator.catalogue.drop_plan_order(line.id, key="c4:4")


async def test_a_plan_that_is_not_sold_or_of_another_product_cannot_be_booked(
    operator: OperatorPorts, basic: dict[str, Any]
) -> None:
    line = await mobile_line(operator, basic)
    for plan_id in ("mobile_classic_58", "fibre_500", "no_such_plan"):
        with pytest.raises(PlanNotOffered):
            await operator.catalogue.order_plan(line.id, plan_id, key="c5:1")
    with pytest.raises(LineNotFound):
        await operator.catalogue.order_plan("no_such_line", "mobile_talk_39", key="c5:1")


async def test_an_order_of_a_turn_that_fails_is_not_booked(
    operator: OperatorPorts, demo_database: Database, basic: dict[str, Any]
) -> None:
    line = await mobile_line(operator, basic)
    with pytest.raises(RuntimeError):
        async with demo_database.unit():
            assert await operator.catalogue.add_addon(line.id, "caller_id", key="c6:1")
            raise RuntimeError
    assert (await mobile_line(operator, basic)).addon_ids == ()


async def test_plans_on_sale_come_cheapest_first(operator: OperatorPorts) -> None:
    plans = await operator.catalogue.plans("broadband")
    assert [plan.id for plan in plans] == ["fibre_300", "fibre_500", "fibre_1000", "fibre_2000"]
    everything = await operator.catalogue.plans()
    assert all(plan.sold for plan in everything)
    assert [plan.price_cents for plan in everything] == sorted(plan.price_cents for plan in everything)


# -- network --------------------------------------------------------------------------------------------------------


async def test_an_estimate_that_has_passed_is_put_off(
    operator: OperatorPorts, seeded_demo: tuple[Path, DemoNeeds], clock: Clock
) -> None:
    outage_id = seeded_demo[1].needs["customer_at_outage"][0]["outage_id"]
    first = await operator.network.outage(outage_id)
    assert first is not None and first.restore_at is not None
    clock.now = first.restore_at + timedelta(hours=9)
    later = await operator.network.outage(outage_id)
    assert later is not None and later.restore_at is not None
    assert later.status == "running" and clock.now < later.restore_at <= clock.now + timedelta(hours=4)


async def test_planned_works_run_on_their_day_and_end(operator: OperatorPorts, clock: Clock) -> None:
    (works,) = await operator.network.outages("cuihu", "broadband")
    assert works.status == "planned" and works.restore_at is not None
    clock.now = works.started_at + timedelta(minutes=1)
    assert [outage.status for outage in await operator.network.outages("cuihu", "broadband")] == ["running"]
    clock.now = works.restore_at
    assert await operator.network.outages("cuihu", "broadband") == ()


async def test_tv_stands_still_when_the_fibre_is_cut_and_mobile_does_not(operator: OperatorPorts) -> None:
    assert [outage.product for outage in await operator.network.outages("dongdu", "tv")] == ["broadband"]
    assert await operator.network.outages("dongdu", "mobile") == ()
    assert await operator.network.outages("wangjiang") == ()


async def test_there_are_twelve_shops_in_both_languages(operator: OperatorPorts) -> None:
    shops = await operator.network.stores()
    assert len(shops) == 12 and len({shop.id for shop in shops}) == 12
    known = {area.id for area in await operator.network.areas()}
    for shop in shops:
        assert shop.area in known and shop.phone
        assert shop.name.en.isascii() and shop.address.en.isascii() and not shop.name.zh.isascii()
    assert {shop.area for shop in await operator.network.stores("wangjiang")} == {"wangjiang"}


# -- a back office that is slow or away ------------------------------------------------------------------------------


async def test_every_port_says_so_when_the_back_office_is_away(
    operator: OperatorPorts, demo_database: Database, basic: dict[str, Any]
) -> None:
    await set_back_office(demo_database, down=True)
    id_ = basic["customer_id"]
    calls: Sequence[Any] = (
        operator.customers.by_sub(basic["sub"]),
        operator.customers.by_phone(basic["phone"]),
        operator.customers.lines(id_),
        operator.billing.balance(id_),
        operator.billing.bills(id_),
        operator.billing.usage(id_),
        operator.catalogue.plans(),
        operator.catalogue.addons(),
        operator.catalogue.add_addon(f"{id_}-mobile", "caller_id", key="c7:1"),
        operator.network.test_line(f"{id_}-broadband"),
        operator.network.outages("dongdu"),
        operator.network.stores(),
        operator.messages.send_code(basic["phone"], "123456", "sign_in", "c7"),
    )
    for call in calls:
        with pytest.raises(BackOfficeDown):
            await call
    await set_back_office(demo_database)
    assert await operator.customers.by_sub(basic["sub"]) is not None
    assert (await mobile_line(operator, basic)).addon_ids == ()


async def test_a_slow_back_office_answers_later(
    operator: OperatorPorts, demo_database: Database, basic: dict[str, Any]
) -> None:
    await set_back_office(demo_database, delay_s=30)
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(operator.billing.balance(basic["customer_id"]), timeout=0.05)
    await set_back_office(demo_database, delay_s=0.01)
    assert await operator.billing.balance(basic["customer_id"])


# -- text messages ---------------------------------------------------------------------------------------------------


async def test_a_text_message_is_kept_ten_minutes_for_its_conversation(
    operator: OperatorPorts, redis: Redis, demo_now: datetime
) -> None:
    await operator.messages.send_code("139 1234 5678", "123456", "sign_in", "c8")
    await operator.messages.send_code("13912345678", "654321", "sign_in", "c8")
    outbox = SmsOutbox(redis)
    found = await outbox.read("c8")
    assert [item.code for item in found] == ["123456", "654321"]
    assert found[0].as_json() == {
        "at": demo_now.isoformat(),
        "phone": "+8613912345678",
        "code": "123456",
        "purpose": "sign_in",
    }
    assert await outbox.read("another") == ()
    assert 590 < await redis.ttl("fl:demo:sms:c8") <= 600


# -- seeding again ---------------------------------------------------------------------------------------------------


async def test_the_demo_is_seeded_once_a_day(database: Database, demo_now: datetime, zone: ZoneInfo) -> None:
    today = demo_now.date()
    assert await ensure_seeded(database, today, zone, now=demo_now)
    assert not await ensure_seeded(database, today, zone, now=demo_now)
    assert await ensure_seeded(database, today + timedelta(days=1), zone, now=demo_now + timedelta(days=1))
    assert await DemoStore(database).seeded_on() == "2026-11-26"


async def test_the_same_people_and_numbers_come_every_day_with_new_dates(
    demo_database: Database, seeded_demo: tuple[Path, DemoNeeds], demo_now: datetime, zone: ZoneInfo
) -> None:
    later = demo_now + timedelta(days=40)
    moved = await seed(demo_database, today=later.date(), zone=zone, now=later)
    for need, people in seeded_demo[1].needs.items():
        for old, new in zip(people, moved.needs[need], strict=True):
            for name in ("sub", "phone", "name", "address", "visit_id", "ticket_id", "outage_id", "otp"):
                assert old.get(name) == new.get(name)
    old_start, new_start = (
        datetime.fromisoformat(needs.needs["customer_with_visit"][0]["visit_start"])
        for needs in (seeded_demo[1], moved)
    )
    assert new_start - old_start == timedelta(days=40)


async def test_a_new_day_keeps_what_conversations_have_made_and_its_windows(
    demo_database: Database,
    visits: AppointmentService,
    cases: TicketService,
    basic: dict[str, Any],
    demo_now: datetime,
    zone: ZoneInfo,
) -> None:
    visit, ticket_id = await _visit_and_ticket(visits, cases, basic, demo_now)
    before = await visits.window(visit.window_id)
    tomorrow = demo_now + timedelta(days=1)
    assert await ensure_seeded(demo_database, tomorrow.date(), zone, now=tomorrow)
    assert await visits.get(visit.id) == visit
    ticket = await cases.get(ticket_id)
    assert ticket is not None and ticket.status is TicketStatus.acknowledged
    after = await visits.window(visit.window_id)
    assert before is not None and after is not None and after.taken >= 1


async def test_seeding_afresh_calls_off_what_conversations_have_made_for_demo_customers(
    demo_database: Database,
    visits: AppointmentService,
    cases: TicketService,
    basic: dict[str, Any],
    demo_now: datetime,
    zone: ZoneInfo,
) -> None:
    visit, ticket_id = await _visit_and_ticket(visits, cases, basic, demo_now)
    needs = await seed(demo_database, today=demo_now.date(), zone=zone, now=demo_now)
    gone = await visits.get(visit.id)
    assert gone is not None and gone.status is AppointmentStatus.cancelled
    ticket = await cases.get(ticket_id)
    assert ticket is not None and ticket.status is TicketStatus.cancelled
    assert (await cases.history(ticket_id))[-1].status is TicketStatus.cancelled
    assert needs.needs["customer_basic"][0] == basic
    window = await visits.window(visit.window_id)
    assert window is not None and window.taken == 0


async def test_kept_visits_never_overfill_a_window(
    demo_database: Database,
    visits: AppointmentService,
    seeded_demo: tuple[Path, DemoNeeds],
    basic: dict[str, Any],
    demo_now: datetime,
    zone: ZoneInfo,
) -> None:
    # tomorrow's seeding would put customer_same_area_a into this window, which has room for one
    start = datetime.fromisoformat(seeded_demo[1].needs["customer_same_area_a"][0]["visit_start"]) + timedelta(days=2)
    (free,) = await visits.windows("jiangwan", start=start, end=start + timedelta(hours=1), not_before=demo_now)
    held = await visits.hold(_new_visit(basic, "jiangwan", free.id), key="c10:1")
    assert held is not None
    later = demo_now + timedelta(days=2)
    needs = await seed(demo_database, today=later.date(), zone=zone, now=later, afresh=False)
    assert datetime.fromisoformat(needs.needs["customer_same_area_a"][0]["visit_start"]) != start
    async with demo_database.read() as connection:
        over = select(visit_windows).where(visit_windows.c.taken > visit_windows.c.capacity)
        assert (await connection.execute(over)).all() == []


async def test_a_number_that_a_conversation_has_got_is_not_used_again(
    database: Database, seeded_demo: tuple[Path, DemoNeeds], demo_now: datetime, zone: ZoneInfo
) -> None:
    wanted = seeded_demo[1].needs["customer_with_open_ticket"][0]["ticket_id"]
    row = {"id": wanted, "ticket_type": "fault", "status": "inProgress", "severity": "Minor", "priority": "Low"}
    row |= {"description": "down", "facts": {}, "channel": "chat", "version": 1, "customer_id": "somebody"}
    async with database.write() as connection:
        await connection.execute(insert(tickets).values(**row, created_at=demo_now, updated_at=demo_now))
    for _ in range(2):
        needs = await seed(database, today=demo_now.date(), zone=zone, now=demo_now)
        assert wanted not in {facts.get("ticket_id") for people in needs.needs.values() for facts in people}
    async with database.read() as connection:
        kept = (await connection.execute(select(tickets).where(tickets.c.id == wanted))).one()
    assert kept.customer_id == "somebody" and kept.status == "inProgress"


async def test_a_missing_file_of_the_demo_is_named(tmp_path: Path) -> None:
    with pytest.raises(DemoDataInvalid, match=r"areas\.yml"):
        load_files(tmp_path)


async def test_the_demo_page_gets_one_person_for_each_need(demo_database: Database) -> None:
    people = await DemoStore(demo_database).showcase()
    assert len(people) == 14 and people[0]["need"] == "customer_basic"
    assert all(set(person) == {"need", "sub", "name", "phone"} for person in people)
    async with demo_database.read() as connection:
        known = set((await connection.execute(select(demo_customers.c.sub))).scalars())
    assert {person["sub"] for person in people} <= known


def _new_visit(facts: dict[str, Any], area: str, window_id: str) -> NewVisit:
    return NewVisit(
        customer_id=facts["customer_id"],
        area=area,
        address=facts["address"],
        product="broadband",
        window_id=window_id,
        conversation_id=None,
    )


async def _visit_and_ticket(
    visits: AppointmentService, cases: TicketService, facts: dict[str, Any], now: datetime
) -> tuple[Any, str]:
    free = await visits.windows("jiangwan", start=now + timedelta(days=9), not_before=now, limit=1)
    visit = await visits.book(_new_visit(facts, "jiangwan", free[0].id), key="c9:1")
    assert visit is not None and visit.status is AppointmentStatus.confirmed
    ticket = await cases.open(
        NewTicket(TicketType.fault, "down", Severity.major, customer_id=facts["customer_id"]), key="c9:2"
    )
    return replace(visit), ticket.id
