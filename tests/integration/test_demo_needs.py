"""The people of the demo, need by need: number, facts and state, through the services that customers use."""

from __future__ import annotations

import asyncio
import json
import stat
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jwt
import phonenumbers
import pytest
from redis.asyncio import Redis
from sqlalchemy import func, select

from bot.appointments.model import AppointmentStatus, Technicians
from bot.appointments.service import AppointmentService
from bot.appointments.store import AppointmentStore
from bot.database import Database
from bot.operator.demo.cli import seed_demo_command
from bot.operator.demo.identity import identity_token
from bot.operator.demo.needs import DemoNeeds
from bot.operator.demo.operator import demo_operator
from bot.operator.ports import LineTestResult, OperatorPorts
from bot.schema import appointments, demo_customers, outages, visit_windows
from bot.settings import Settings
from bot.tickets.model import Ticket, TicketType
from bot.tickets.service import TicketService
from bot.tickets.store import TicketStore
from tests.shipped import policies

CUSTOMER = ("sub", "phone", "name", "address")
#: need → least number, and facts beyond those of every customer
CONTRACT: Mapping[str, tuple[int, Sequence[str]]] = {
    "customer_basic": (4, ("balance", "bill_total", "plan_name", "plan_price")),
    "customer_with_bill_increase": (2, ("bill_total",)),
    "customer_with_addon": (2, ("addon_name", "addon_name_en")),
    "customer_otp": (2, ("otp", "bill_total")),
    "customer_at_outage": (2, ("outage_id",)),
    "customer_line_fault": (6, ()),
    "customer_line_fixable": (4, ()),
    "customer_mobile_fault": (4, ()),
    "customer_with_visit": (12, ("visit_id", "visit_start")),
    "customer_same_area_a": (1, ("visit_id", "visit_start")),
    "customer_same_area_b": (1, ("visit_id", "visit_start")),
    "customer_for_booking": (2, ("ticket_id",)),
    "customer_with_open_ticket": (4, ("ticket_id",)),
    "customer_complaint": (4, ()),
}

Facts = Mapping[str, Any]


@pytest.fixture
def people(seeded_demo: tuple[Path, DemoNeeds]) -> Callable[[str], Sequence[Facts]]:
    return lambda need: seeded_demo[1].needs[need]


@pytest.fixture
def operator(demo_database: Database, redis: Redis, demo_now: datetime) -> OperatorPorts:
    return demo_operator(demo_database, redis, clock=lambda: demo_now, zone=zone_of(demo_now))


@pytest.fixture
def visits(demo_database: Database, demo_now: datetime) -> AppointmentService:
    store = AppointmentStore(demo_database, zone_of(demo_now))
    return AppointmentService(store, technicians=Technicians(), clock=lambda: demo_now)


@pytest.fixture
def ticket_service(demo_database: Database, demo_now: datetime) -> TicketService:
    return TicketService(TicketStore(demo_database, zone_of(demo_now)), policies(), clock=lambda: demo_now)


def zone_of(moment: datetime) -> ZoneInfo:
    assert isinstance(moment.tzinfo, ZoneInfo)
    return moment.tzinfo


def cents(amount: str) -> int:
    whole, _, part = amount.partition(".")
    assert len(part) == 2
    return int(whole) * 100 + int(part)


async def open_tickets(service: TicketService, facts: Facts) -> tuple[Ticket, ...]:
    return await service.for_customer(facts["customer_id"], open_only=True)


@pytest.mark.parametrize("need", CONTRACT)
def test_enough_customers_serve_the_need_with_all_its_facts(
    need: str, people: Callable[[str], Sequence[Facts]]
) -> None:
    least, names = CONTRACT[need]
    found = people(need)
    assert len(found) >= least
    for facts in found:
        assert all(facts[name] for name in (*CUSTOMER, *names))
        assert len(facts["phone"]) == 11 and facts["phone"].startswith("13")
        assert phonenumbers.is_valid_number(phonenumbers.parse(facts["phone"], "CN"))


def test_nobody_serves_two_needs(seeded_demo: tuple[Path, DemoNeeds]) -> None:
    subs = Counter(facts["sub"] for need in CONTRACT for facts in seeded_demo[1].needs[need])
    assert set(subs.values()) == {1}


async def test_there_are_two_hundred_customers_with_names_and_addresses_of_their_own(demo_database: Database) -> None:
    async with demo_database.read() as connection:
        rows = (await connection.execute(select(demo_customers))).all()
    assert len(rows) == 200
    assert len({row.name["zh"] for row in rows}) == 200
    assert all(row.name["en"].isascii() and row.address["en"].isascii() for row in rows)
    assert {row.language for row in rows} == {"zh", "en"}


async def test_a_basic_customer_has_two_lines_bills_and_a_part_used_allowance(
    operator: OperatorPorts, people: Callable[[str], Sequence[Facts]]
) -> None:
    for facts in people("customer_basic"):
        customer = await operator.customers.by_sub(facts["sub"])
        assert customer is not None and customer.phone == "+86" + facts["phone"]
        assert (customer.name.zh, customer.address.zh) == (facts["name"], facts["address"])
        lines = await operator.customers.lines(customer.id)
        assert [line.product for line in lines] == ["mobile", "broadband"]
        plan = await operator.catalogue.plan(lines[0].plan_id)
        assert plan is not None and [plan.name.zh, plan.name.en] == facts["plan_name"]
        assert plan.price_cents == cents(facts["plan_price"])
        assert (await operator.billing.balance(customer.id)).amount_cents == cents(facts["balance"])
        bills = await operator.billing.bills(customer.id)
        assert len(bills) >= 2 and bills[0].total_cents == cents(facts["bill_total"])
        data = (await operator.billing.usage(customer.id))[0]
        assert data.unit == "GB" and data.total is not None and 0 < data.used < data.total


async def test_every_bill_adds_up_and_there_are_six_months_of_them(
    operator: OperatorPorts, demo_database: Database, demo_now: datetime
) -> None:
    async with demo_database.read() as connection:
        ids = (await connection.execute(select(demo_customers.c.id))).scalars().all()
    for customer_id in ids:
        bills = await operator.billing.bills(customer_id)
        assert [bill.period for bill in bills] == ["2026-10", "2026-09", "2026-08", "2026-07", "2026-06", "2026-05"]
        for bill in bills:
            assert sum(item.amount_cents for item in bill.items) == bill.total_cents > 0
            assert bill.currency == "CNY" and (bill.paid or bill.due_on >= demo_now.date() or bill is not bills[0])
        balance = await operator.billing.balance(customer_id)
        owed = sum(bill.total_cents for bill in bills if not bill.paid)
        assert balance.amount_cents == -owed if owed else balance.amount_cents > 0
        assert (balance.due_on is None) == (owed == 0)


async def test_a_higher_bill_shows_what_made_it_higher(
    operator: OperatorPorts, people: Callable[[str], Sequence[Facts]]
) -> None:
    for facts in people("customer_with_bill_increase"):
        new, old, *_ = await operator.billing.bills(facts["customer_id"])
        assert new.total_cents == cents(facts["bill_total"]) > old.total_cents
        reasons = [item for item in new.items if item not in old.items]
        assert len(reasons) == 1 and reasons[0].amount_cents == new.total_cents - old.total_cents


async def test_the_pack_of_a_customer_with_a_pack_is_on_line_and_bill(
    operator: OperatorPorts, people: Callable[[str], Sequence[Facts]]
) -> None:
    for facts in people("customer_with_addon"):
        line = (await operator.customers.lines(facts["customer_id"]))[0]
        addon = await operator.catalogue.addon(line.addon_ids[0])
        assert addon is not None and len(line.addon_ids) == 1
        assert (addon.name.zh, addon.name.en) == (facts["addon_name"], facts["addon_name_en"])
        bill = (await operator.billing.bills(facts["customer_id"]))[0]
        assert facts["addon_name"] in [item.name.zh for item in bill.items]


async def test_a_fixed_code_is_what_the_operator_sends(
    operator: OperatorPorts, people: Callable[[str], Sequence[Facts]]
) -> None:
    for facts in people("customer_otp"):
        assert len(facts["otp"]) == 6 and facts["otp"].isdigit() and facts["otp"] != "000001"
        assert await operator.messages.chosen_code("+86" + facts["phone"]) == facts["otp"]
        assert (await operator.billing.bills(facts["customer_id"]))[0].total_cents == cents(facts["bill_total"])
    assert await operator.messages.chosen_code("+86" + people("customer_basic")[0]["phone"]) is None


async def test_two_outages_run_and_two_works_are_planned(demo_database: Database, demo_now: datetime) -> None:
    async with demo_database.read() as connection:
        rows = (await connection.execute(select(outages))).all()
    running = [row for row in rows if row.status == "running"]
    planned = [row for row in rows if row.status == "planned"]
    assert sorted(row.product for row in running) == ["broadband", "mobile"]
    assert all(row.started_at < demo_now and timedelta(hours=2) < row.restore_at - demo_now for row in running)
    assert len(planned) == 2 and all(demo_now < row.started_at < row.restore_at for row in planned)
    assert len({row.area for row in rows}) == 4


async def test_a_customer_at_an_outage_has_broadband_in_its_area(
    operator: OperatorPorts, people: Callable[[str], Sequence[Facts]], demo_now: datetime
) -> None:
    for facts in people("customer_at_outage"):
        customer = await operator.customers.by_sub(facts["sub"])
        assert customer is not None
        assert "broadband" in [line.product for line in await operator.customers.lines(customer.id)]
        outage = (await operator.network.outages(customer.area, "broadband"))[0]
        assert (outage.id, outage.status) == (facts["outage_id"], "running")
        assert outage.restore_at is not None and outage.restore_at > demo_now


async def test_an_address_with_an_outage_leads_to_it(
    operator: OperatorPorts, people: Callable[[str], Sequence[Facts]]
) -> None:
    found = people("address_with_outage")
    assert found and not any("sub" in facts for facts in found)
    for facts in found:
        for said in (facts["area"], facts["area_en"].lower(), facts["address"], facts["address_en"]):
            area = await operator.network.area_of(said)
            assert area is not None and area.id == facts["area_id"]
        ids = [outage.id for outage in await operator.network.outages(facts["area_id"], facts["product"])]
        assert ids == [facts["outage_id"]]


async def test_line_faults_are_found_outside_the_home_where_no_outage_is(
    operator: OperatorPorts, people: Callable[[str], Sequence[Facts]], ticket_service: TicketService
) -> None:
    for facts in people("customer_line_fault"):
        line = (await operator.customers.lines(facts["customer_id"]))[1]
        test = await operator.network.test_line(line.id)
        assert test.result is LineTestResult.fault_outside and test.measures["rx_dbm"] < -28
        assert await operator.network.outages(facts["area_id"]) == ()
        assert not await operator.network.restart_device(line.id)
        assert await open_tickets(ticket_service, facts) == ()
        assert await operator.billing.bills(facts["customer_id"], limit=1)


async def test_fixable_lines_are_fine_after_a_restart(
    operator: OperatorPorts, people: Callable[[str], Sequence[Facts]], ticket_service: TicketService
) -> None:
    before = set()
    for facts in people("customer_line_fixable"):
        line = (await operator.customers.lines(facts["customer_id"]))[1]
        before.add((await operator.network.test_line(line.id)).result)
        assert await operator.network.restart_device(line.id)
        assert (await operator.network.test_line(line.id)).result is LineTestResult.ok
        assert await operator.network.outages(facts["area_id"]) == ()
        assert await open_tickets(ticket_service, facts) == ()
    assert before == {LineTestResult.ok, LineTestResult.device_restart}


async def test_mobile_faults_have_an_active_paid_line_and_no_outage(
    operator: OperatorPorts, people: Callable[[str], Sequence[Facts]]
) -> None:
    for facts in people("customer_mobile_fault"):
        line = (await operator.customers.lines(facts["customer_id"]))[0]
        assert (line.product, line.status, line.number) == ("mobile", "active", facts["phone"])
        assert (await operator.billing.balance(facts["customer_id"])).amount_cents > 0
        assert all(bill.paid for bill in await operator.billing.bills(facts["customer_id"]))
        assert await operator.network.outages(facts["area_id"]) == ()


async def test_a_customer_with_a_visit_has_one_in_the_first_window_two_to_four_days_ahead(
    visits: AppointmentService, people: Callable[[str], Sequence[Facts]], demo_now: datetime, operator: OperatorPorts
) -> None:
    days = set()
    for facts in people("customer_with_visit"):
        (visit,) = await visits.for_customer(facts["customer_id"])
        assert (visit.id, visit.status) == (facts["visit_id"], AppointmentStatus.confirmed)
        assert datetime.fromisoformat(facts["visit_start"]) == visit.start
        assert facts["visit_start"].endswith("T08:00:00+08:00") and visit.technician["name"]["zh"]
        days.add((visit.start.date() - demo_now.date()).days)
        assert await operator.billing.bills(facts["customer_id"], limit=1)
    assert days == {2, 3, 4}


async def test_the_two_of_the_same_area_share_windows_with_room_for_one(
    visits: AppointmentService, people: Callable[[str], Sequence[Facts]], demo_database: Database
) -> None:
    (first,), (second,) = people("customer_same_area_a"), people("customer_same_area_b")
    (a,), (b,) = [await visits.for_customer(facts["customer_id"]) for facts in (first, second)]
    assert a.area == b.area and a.window_id != b.window_id
    assert (a.id, b.id) == (first["visit_id"], second["visit_id"])
    async with demo_database.read() as connection:
        rooms = select(visit_windows.c.capacity).where(visit_windows.c.area == a.area).distinct()
        assert (await connection.execute(rooms)).scalars().all() == [1]


async def test_tickets_to_book_for_are_open_broadband_faults_without_a_visit(
    visits: AppointmentService, ticket_service: TicketService, people: Callable[[str], Sequence[Facts]]
) -> None:
    for facts in people("customer_for_booking"):
        (ticket,) = await open_tickets(ticket_service, facts)
        assert (ticket.id, ticket.product) == (facts["ticket_id"], "broadband")
        assert await visits.for_customer(facts["customer_id"]) == ()


async def test_open_tickets_are_faults_with_a_deadline_ahead(
    ticket_service: TicketService, people: Callable[[str], Sequence[Facts]], demo_now: datetime
) -> None:
    for facts in people("customer_with_open_ticket"):
        (ticket,) = await open_tickets(ticket_service, facts)
        assert (ticket.id, ticket.ticket_type) == (facts["ticket_id"], TicketType.fault)
        assert ticket.due_at is not None and ticket.due_at > demo_now and ticket.urged_at is None
        history = await ticket_service.history(ticket.id)
        assert [entry.n for entry in history] == [1, 2, 3] and history[-1].at < demo_now


async def test_every_area_has_free_windows_on_each_of_the_next_fourteen_days(
    visits: AppointmentService, operator: OperatorPorts, demo_now: datetime
) -> None:
    for area in await operator.network.areas():
        for ahead in range(1, 15):
            day = (demo_now + timedelta(days=ahead)).replace(hour=0, minute=0)
            free = await visits.windows(area.id, start=day, end=day + timedelta(days=1), not_before=demo_now, limit=20)
            hours = [window.start.astimezone(demo_now.tzinfo).hour for window in free]
            assert any(hour < 12 for hour in hours) and any(13 <= hour < 16 for hour in hours)
            assert any(hour >= 16 for hour in hours)


async def test_what_windows_count_as_taken_are_the_visits_in_the_books(demo_database: Database) -> None:
    async with demo_database.read() as connection:
        taken = {row.id: row.taken for row in await connection.execute(select(visit_windows)) if row.taken}
        booked = await connection.execute(
            select(appointments.c.window_id, func.count())
            .where(appointments.c.status == "confirmed")
            .group_by(appointments.c.window_id)
        )
        assert taken == dict(booked.fetchall())
        over = select(func.count()).where(visit_windows.c.taken > visit_windows.c.capacity)
        assert (await connection.execute(over)).scalar() == 0


def test_the_command_writes_the_file_of_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(data_dir=tmp_path / "var")
    path = tmp_path / "out" / "needs.json"
    asyncio.run(seed_demo_command(settings, path))
    body = json.loads(path.read_text("utf-8"))
    assert set(body) == {"timezone", "identity", "needs"} and body["timezone"] == "Asia/Shanghai"
    identity = body["identity"]
    assert set(identity) == {"alg", "secret", "iss", "aud"} and identity["alg"] == "HS256"
    assert set(CONTRACT) | {"address_with_outage"} == set(body["needs"])
    said = capsys.readouterr().out
    assert len(said[said.index("The demo operator") :].strip().splitlines()) == 5
    kept = settings.data_dir / "demo_identity.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600

    asyncio.run(seed_demo_command(settings, path))
    again = json.loads(path.read_text("utf-8"))
    assert again["identity"] == identity
    assert again["needs"]["customer_basic"] == body["needs"]["customer_basic"]

    now = datetime.now(tz=ZoneInfo("UTC"))
    token = identity_token(identity["secret"], "demo-0001", issuer=identity["iss"], audience=identity["aud"], now=now)
    claims = jwt.decode(
        token, identity["secret"], algorithms=["HS256"], issuer=identity["iss"], audience=identity["aud"]
    )
    assert claims["sub"] == "demo-0001"
