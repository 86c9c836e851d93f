"""The demo's books before they reach a database: the same every time, and right on any day of the year."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.operator.demo.cases import next_half_hour
from bot.operator.demo.files import DemoFiles, load_files
from bot.operator.demo.lines import months_back
from bot.operator.demo.needs import yuan
from bot.operator.demo.operator import e164
from bot.operator.demo.people import CUSTOMERS, NEEDS
from bot.operator.demo.seed import build

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def files() -> DemoFiles:
    return load_files()


def at_ten(day: date) -> datetime:
    return datetime.combine(day, time(10), ZONE)


def test_the_same_day_gives_the_same_books(files: DemoFiles) -> None:
    day = date(2026, 11, 25)
    assert build(files, day, ZONE, at_ten(day)) == build(files, day, ZONE, at_ten(day))


def test_a_few_ordinary_customers_need_care(files: DemoFiles) -> None:
    day = date(2026, 11, 25)
    rows, _needs = build(files, day, ZONE, at_ten(day))
    caring = [row for row in rows.customers if row["facts"].get("vulnerable")]
    assert 0.01 <= len(caring) / CUSTOMERS <= 0.05
    assert {row["language"] for row in caring} == {"zh", "en"}
    assert all(row["facts"] == {"vulnerable": True} for row in caring), "a business is another class"


@pytest.mark.parametrize(
    "day",
    [date(2026, 1, 1), date(2026, 1, 31), date(2028, 2, 29), date(2026, 3, 1), date(2026, 12, 31), date(2027, 5, 15)],
)
def test_books_are_right_on_any_day(day: date, files: DemoFiles) -> None:
    rows, needs = build(files, day, ZONE, at_ten(day))
    assert len(rows.customers) == CUSTOMERS == 200
    assert {need: len(needs.needs[need]) for need in NEEDS} == dict(NEEDS)
    year, month = months_back(day, 1)
    newest = f"{year:04d}-{month:02d}"
    for bill in rows.bills:
        assert bill["total_cents"] == sum(item["amount_cents"] for item in bill["items"])
        assert bill["period"] <= newest
        if bill["period"] == newest:
            assert date.fromisoformat(bill["due_on"]) >= day
    for line in rows.lines:
        assert all(used > 0 for used in line["usage"].values())
        if line["contract_until"]:
            assert line["contract_until"].date() >= day
    for ticket in rows.tickets:
        assert ticket["created_at"] < at_ten(day)
        assert (ticket["resolved_at"] is None) == (ticket["due_at"] > at_ten(day))
    assert all(row["at"] <= at_ten(day) for row in rows.history)
    assert max(window["start"] for window in rows.windows).date() == day + timedelta(days=21)


def test_every_id_is_its_own(files: DemoFiles) -> None:
    day = date(2026, 11, 25)
    rows, _ = build(files, day, ZONE, at_ten(day))
    for table in (rows.customers, rows.lines, rows.tickets, rows.visits, rows.outages, rows.windows):
        ids = [row["id"] for row in table]
        assert len(set(ids)) == len(ids)
    made = {row["id"] for row in (*rows.tickets, *rows.visits, *rows.outages)}
    assert made == set(rows.made)
    assert {(row["id"][:2], len(row["id"])) for row in rows.tickets} == {("TT", 10)}
    assert {(row["id"][:2], len(row["id"])) for row in rows.visits} == {("AP", 10)}
    assert {(row["id"][:2], len(row["id"])) for row in rows.outages} == {("OU", 8)}
    assert {(row["account_number"][:2], len(row["account_number"])) for row in rows.customers} == {("FL", 12)}


def test_numbers_in_use_are_left_out(files: DemoFiles) -> None:
    day = date(2026, 11, 25)
    first, _ = build(files, day, ZONE, at_ten(day))
    second, _ = build(files, day, ZONE, at_ten(day), frozenset(first.made))
    assert not set(first.made) & set(second.made)


@pytest.mark.parametrize(
    ("cents", "text"), [(12850, "128.50"), (0, "0.00"), (5, "0.05"), (-12850, "-128.50"), (100, "1.00")]
)
def test_fen_become_yuan(cents: int, text: str) -> None:
    assert yuan(cents) == text


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("13912345678", "+8613912345678"),
        ("+86 139-1234-5678", "+8613912345678"),
        ("008613912345678", "+8613912345678"),
        ("8613912345678", "+8613912345678"),
    ],
)
def test_a_mobile_number_has_one_spelling(said: str, number: str) -> None:
    assert e164(said) == number


@pytest.mark.parametrize(
    ("moment", "later"), [("10:00:00", "10:00"), ("10:00:01", "10:30"), ("10:30:00", "10:30"), ("10:59:59", "11:00")]
)
def test_estimates_are_at_full_and_half_hours(moment: str, later: str) -> None:
    day = date(2026, 11, 25)
    found = next_half_hour(datetime.combine(day, time.fromisoformat(moment), ZONE))
    assert found == datetime.combine(day, time.fromisoformat(later), ZONE)
