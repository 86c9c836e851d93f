"""Read `data/demo/*.yml`, the demo operator's fixed part: areas, catalogue, shops, and the words of its books."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.appointments.model import Technicians, technicians_from
from bot.errors import BotError
from bot.operator.ports import Addon, Area, Plan, Store, Words
from bot.settings import ROOT
from bot.technicians.model import Technician, technician_from
from bot.yaml_files import load_yaml

DEMO_FOLDER = ROOT / "data" / "demo"


class DemoDataInvalid(BotError):
    """A file of the demo operator cannot be used. The message names it and what is wrong."""

    code = "demo_data_invalid"


@dataclass(frozen=True)
class DemoArea:
    area: Area
    streets: tuple[Words, ...]


@dataclass(frozen=True)
class DemoAddon:
    addon: Addon
    #: lines of this product can take it
    product: str
    #: what it adds to the month's data, 0 when it is no data pack
    data_mb: int


@dataclass(frozen=True)
class CaseWords:
    """What a seeded ticket is about."""

    id: str
    #: fault, complaint, request
    ticket_type: str
    product: str
    severity: str
    category: str | None
    symptom: str | None
    text: Words


@dataclass(frozen=True)
class OutageWords:
    """An outage or planned works; a running one has no `days_ahead`."""

    area: str
    product: str
    status: str
    cause: Words
    days_ahead: int = 0
    #: local hours of start and end on that day
    hours: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class DemoFiles:
    city: Words
    areas: tuple[DemoArea, ...]
    #: what people leave out at the end of an area's name, by language, longest first
    area_endings: Mapping[str, tuple[str, ...]]
    #: last word of a street's English name → its short form
    street_short: Mapping[str, str]
    plans: Mapping[str, Plan]
    addons: Mapping[str, DemoAddon]
    stores: tuple[Store, ...]
    currency: str
    surnames: tuple[Words, ...]
    given_names: tuple[Words, ...]
    #: who drives out
    technicians: Technicians
    #: those of them with areas and shifts
    team: tuple[Technician, ...]
    #: home, house → template
    addresses: Mapping[str, Words]
    #: templates with {plan} or {addon}
    bill_items: Mapping[str, Words]
    #: allowance → its name
    usage_names: Mapping[str, Words]
    #: Chinese names of streets without fibre
    not_covered: frozenset[str]
    outages: tuple[OutageWords, ...]
    cases: Mapping[str, CaseWords]
    notes: Mapping[str, Words]


@lru_cache(maxsize=4)
def load_files(folder: Path = DEMO_FOLDER) -> DemoFiles:
    """Read all files of the demo operator.

    Raises:
        DemoDataInvalid: a file is missing, is no YAML, or lacks something.
    """
    areas, plans, stores = (_read(folder / name) for name in ("areas.yml", "plans.yml", "stores.yml"))
    people, cases, drivers = (_read(folder / name) for name in ("people.yml", "cases.yml", "technicians.yml"))
    try:
        return DemoFiles(
            city=words(areas["city"]["name"]),
            areas=tuple(_area(row) for row in areas["areas"]),
            area_endings={language: tuple(endings) for language, endings in areas["endings"].items()},
            street_short=dict(areas["short"]),
            plans={row["id"]: _plan(row) for row in plans["plans"]},
            addons={row["id"]: _addon(row) for row in plans["addons"]},
            stores=tuple(_store(row) for row in stores["stores"]),
            currency=plans["operator"]["currency"],
            surnames=tuple(words(row) for row in people["surnames"]),
            given_names=tuple(words(row) for row in people["given_names"]),
            technicians=technicians_from(drivers["technicians"], drivers.get("minutes")),
            team=tuple(technician_from(row) for row in drivers["technicians"]),
            addresses={name: words(row) for name, row in cases["addresses"].items()},
            bill_items={name: words(row) for name, row in cases["bill_items"].items()},
            usage_names={name: words(row) for name, row in cases["usage"].items()},
            not_covered=frozenset(cases["not_covered"]),
            outages=tuple(_outage(row) for row in cases["outages"]),
            cases={name: _case(name, row) for name, row in cases["cases"].items()},
            notes={name: words(row) for name, row in cases["notes"].items()},
        )
    except (KeyError, TypeError, AttributeError) as exc:
        raise DemoDataInvalid(f"A file in {folder} lacks {exc}. Restore the files of the repository.") from exc


def words(row: Mapping[str, Any]) -> Words:
    return Words(zh=str(row["zh"]), en=str(row["en"]))


def write_address(files: DemoFiles, kind: str, home: DemoArea, street: Words, **numbers: object) -> Words:
    """An address in both languages.

    Args:
        kind: `home` (needs house, building, room) or `house` (needs house).
    """
    form = files.addresses[kind]
    zh = form.zh.format(city=files.city.zh, area=home.area.name.zh, street=street.zh, **numbers)
    en = form.en.format(city=files.city.en, area=home.area.name.en, street=street.en, **numbers)
    return Words(zh=zh, en=en)


def _read(path: Path) -> Any:
    try:
        return load_yaml(path.read_text("utf-8"))
    except (OSError, yaml.YAMLError) as exc:
        raise DemoDataInvalid(f"{path} cannot be read ({exc}). Restore the file of the repository.") from exc


def _area(row: Mapping[str, Any]) -> DemoArea:
    area = Area(id=row["id"], name=words(row["name"]), kind=row["kind"])
    return DemoArea(area, tuple(words(street) for street in row["streets"]))


def _plan(row: Mapping[str, Any]) -> Plan:
    return Plan(
        id=row["id"],
        product=row["product"],
        name=words(row["name"]),
        price_cents=row["price_cents"],
        # what is unlimited or does not apply is left out; 0 means not included
        allowances={name: value for name, value in row["allowances"].items() if value is not None},
        contract_months=row["contract_months"],
        sold=row["sold"],
    )


def _addon(row: Mapping[str, Any]) -> DemoAddon:
    addon = Addon(
        id=row["id"],
        name=words(row["name"]),
        price_cents=row["price_cents"],
        period=row["period"],
        kind=row["kind"],
    )
    return DemoAddon(addon, product=row["product"], data_mb=row.get("data_mb", 0))


def _store(row: Mapping[str, Any]) -> Store:
    return Store(
        id=row["id"],
        name=words(row["name"]),
        area=row["area"],
        address=words(row["address"]),
        hours=words(row["hours"]),
        phone=row["phone"],
    )


def _case(name: str, row: Mapping[str, Any]) -> CaseWords:
    return CaseWords(
        id=name,
        ticket_type=row["ticket_type"],
        product=row["product"],
        severity=row["severity"],
        category=row.get("category"),
        symptom=row.get("symptom"),
        text=words(row["text"]),
    )


def _outage(row: Mapping[str, Any]) -> OutageWords:
    start, end = row.get("hours", (0, 0))
    return OutageWords(
        row["area"], row["product"], row["status"], words(row["cause"]), row.get("days_ahead", 0), (start, end)
    )
