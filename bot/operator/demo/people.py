"""Who lives in the demo operator's city: two hundred customers, and what each of them is there to show. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from bot.operator.demo.files import DemoArea, DemoFiles, write_address
from bot.operator.ports import Area, Words

CUSTOMERS = 200
#: all ids of demo customers begin so
CUSTOMER_PREFIX = "demo-c-"

#: in this area each window has room for one visit only
NARROW_AREA = "jiangwan"

#: how many customers serve each need; the rest are there for company
NEEDS: Mapping[str, int] = {
    "customer_basic": 8,
    "customer_with_bill_increase": 4,
    "customer_with_addon": 4,
    "customer_otp": 8,
    "customer_at_outage": 6,
    "customer_line_fault": 10,
    "customer_line_fixable": 8,
    "customer_mobile_fault": 8,
    "customer_with_visit": 18,
    "customer_same_area_a": 1,
    "customer_same_area_b": 1,
    "customer_for_booking": 6,
    "customer_with_open_ticket": 8,
    "customer_complaint": 8,
}

#: every so many customers one writes English
_ENGLISH_EVERY = 8
#: of those who are there for company, every so many is a business
_BUSINESS_EVERY = 5
_CARE_EVERY = 13
_HOUSE_NUMBERS = 260
_BUILDINGS = 24
_FLOORS = 18
_FLATS = 4


@dataclass
class DemoLine:
    """A line while it is being made; see the table `demo_lines`."""

    id: str
    product: str
    number: str
    plan_id: str
    status: str
    contract_until: date | None
    addons: list[str] = field(default_factory=list)
    #: allowance → used this month
    usage: dict[str, int] = field(default_factory=dict)
    test: dict[str, Any] = field(default_factory=dict)


@dataclass
class DemoPerson:
    """A customer while being made; see the table `demo_customers`."""

    #: 1 to 200, the same person every day
    number: int
    need: str | None
    #: which of those with the same need, from 0
    nth: int
    id: str
    sub: str
    phone: str
    account_number: str
    name: Words
    address: Words
    area: Area
    language: str
    lines: list[DemoLine] = field(default_factory=list)
    balance_cents: int = 0
    facts: dict[str, Any] = field(default_factory=dict)

    def line(self, product: str) -> DemoLine | None:
        return next((line for line in self.lines if line.product == product), None)

    @property
    def local_phone(self) -> str:
        """Eleven digits, as people say it."""
        return self.phone.removeprefix("+86")


def cast(files: DemoFiles, rng: Random) -> list[DemoPerson]:
    """Make the people, without lines: first those who serve a need, then the others."""
    wanted = [(need, nth) for need, count in NEEDS.items() for nth in range(count)]
    names = _names(files, rng)
    phones: set[str] = set()
    accounts: set[str] = set()
    quiet = quiet_areas(files)
    people = []
    for index in range(CUSTOMERS):
        need, nth = wanted[index] if index < len(wanted) else (None, index - len(wanted))
        home = _home(files, quiet, need, index)
        number = index + 1
        people.append(
            DemoPerson(
                number=number,
                need=need,
                nth=nth,
                id=f"{CUSTOMER_PREFIX}{number:04d}",
                sub=f"demo-{number:04d}",
                phone=_fresh(phones, lambda: f"+861{rng.choice(('35', '36', '37', '38', '39'))}{_digits(rng, 8)}"),
                account_number=_fresh(accounts, lambda: f"FL{rng.randint(1, 9)}{_digits(rng, 9)}"),
                name=names[index],
                address=_address(files, home, rng),
                area=home.area,
                language="en" if index % _ENGLISH_EVERY == _ENGLISH_EVERY - 1 else "zh",
                facts={} if need else _facts(nth),
            )
        )
    return people


def _facts(nth: int) -> dict[str, Any]:
    """Of those who serve no need, some are businesses, and some others need care."""
    if nth % _BUSINESS_EVERY == 0:
        return {"customer_class": "business"}
    return {"vulnerable": True} if nth % _CARE_EVERY == _CARE_EVERY - 1 else {}


def quiet_areas(files: DemoFiles) -> list[DemoArea]:
    """Areas without outage or works, where windows have room."""
    loud = {outage.area for outage in files.outages} | {NARROW_AREA}
    return [area for area in files.areas if area.area.id not in loud]


def outage_area(files: DemoFiles, product: str) -> DemoArea:
    """Where the running outage of a product is."""
    wanted = next(item.area for item in files.outages if item.status == "running" and item.product == product)
    return next(area for area in files.areas if area.area.id == wanted)


def _home(files: DemoFiles, quiet: list[DemoArea], need: str | None, index: int) -> DemoArea:
    if need == "customer_at_outage":
        return outage_area(files, "broadband")
    if need in ("customer_same_area_a", "customer_same_area_b"):
        return next(area for area in files.areas if area.area.id == NARROW_AREA)
    if need is not None:
        return quiet[index % len(quiet)]
    return files.areas[index % len(files.areas)]


def _names(files: DemoFiles, rng: Random) -> list[Words]:
    pairs = rng.sample([(first, given) for first in files.surnames for given in files.given_names], CUSTOMERS)
    return [Words(zh=first.zh + given.zh, en=f"{first.en} {given.en}") for first, given in pairs]


def _address(files: DemoFiles, home: DemoArea, rng: Random) -> Words:
    street = rng.choice([street for street in home.streets if street.zh not in files.not_covered])
    house = rng.randint(1, _HOUSE_NUMBERS)
    building, floor, flat = rng.randint(1, _BUILDINGS), rng.randint(1, _FLOORS), rng.randint(1, _FLATS)
    return write_address(files, "home", home, street, house=house, building=building, room=f"{floor}{flat:02d}")


def _digits(rng: Random, count: int) -> str:
    return "".join(str(rng.randrange(10)) for _ in range(count))


def _fresh(seen: set[str], make: Callable[[], str]) -> str:
    while (value := make()) in seen:
        pass
    seen.add(value)
    return value
