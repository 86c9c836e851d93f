"""The JSON that says which demo customer can be used to try what."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import BotError
from bot.operator.demo.cases import DemoOutage, DemoTicket
from bot.operator.demo.files import DemoArea, DemoFiles, write_address
from bot.operator.demo.identity import DemoIdentity
from bot.operator.demo.lines import DemoBill
from bot.operator.demo.people import NEEDS, DemoPerson
from bot.operator.demo.visits import DemoVisit

#: the need whose facts are an address and its area, of nobody in particular
ADDRESSES = "address_with_outage"
#: a house in the first street of an area with an outage
_HOUSE = 8


class NeedsNotWritten(BotError):
    """The file of needs cannot be written. The message names it and the cause."""

    code = "needs_not_written"


@dataclass(frozen=True)
class DemoNeeds:
    """Need → those who serve it, each with its facts; see `write_needs`."""

    needs: Mapping[str, Sequence[Mapping[str, Any]]]
    #: what was made, for a summary: customers, lines, bills, tickets, visits, windows, outages
    counts: Mapping[str, int]


def collect_needs(
    files: DemoFiles,
    people: Sequence[DemoPerson],
    bills: Mapping[str, Sequence[DemoBill]],
    tickets: Mapping[str, DemoTicket],
    visits: Mapping[str, DemoVisit],
    outages: Sequence[DemoOutage],
) -> dict[str, list[dict[str, Any]]]:
    """Gather the facts of everyone who serves a need.

    Args:
        bills: customer id → bills, newest first.
        tickets: customer id → the open ticket.
        visits: customer id → the coming visit.
    """
    needs: dict[str, list[dict[str, Any]]] = {need: [] for need in NEEDS}
    running = {outage.words.product: outage for outage in outages if outage.words.status == "running"}
    for person in people:
        if person.need is None:
            continue
        facts = _person_facts(person)
        facts["balance"] = yuan(person.balance_cents)
        facts["bill_total"] = yuan(bills[person.id][0].total_cents)
        plan = files.plans[person.lines[0].plan_id]
        facts["plan_name"] = [plan.name.zh, plan.name.en]
        facts["plan_price"] = yuan(plan.price_cents)
        if person.need == "customer_with_addon":
            addon = files.addons[person.lines[0].addons[0]].addon
            facts.update(addon_id=addon.id, addon_name=addon.name.zh, addon_name_en=addon.name.en)
        if "otp" in person.facts:
            facts["otp"] = person.facts["otp"]
        if person.need == "customer_at_outage":
            facts["outage_id"] = running["broadband"].id
        if person.id in tickets:
            facts["ticket_id"] = tickets[person.id].id
        if person.id in visits:
            visit = visits[person.id]
            facts.update(visit_id=visit.id, visit_start=visit.window.start.isoformat())
        needs[person.need].append(facts)
    areas = {area.area.id: area for area in files.areas}
    needs[ADDRESSES] = [_address_facts(files, areas[outage.words.area], outage) for outage in running.values()]
    return needs


def write_needs(path: Path, needs: DemoNeeds, *, timezone: str, identity: DemoIdentity) -> None:
    """Write the JSON: `timezone`, `identity` {alg, secret, iss, aud}, `needs` {need: [facts]}.

    Money is text in yuan with two decimals, a phone number has eleven digits, `name` and `address` are Chinese.

    Raises:
        NeedsNotWritten: the file cannot be made.
    """
    body = {
        "timezone": timezone,
        "identity": {"alg": identity.alg, "secret": identity.secret, "iss": identity.issuer, "aud": identity.audience},
        "needs": needs.needs,
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as exc:
        raise NeedsNotWritten(f"{path} cannot be written ({exc.strerror}). Name a file in a folder of yours.") from exc


def yuan(cents: int) -> str:
    """12850 → "128.50"."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def _person_facts(person: DemoPerson) -> dict[str, Any]:
    return {
        "sub": person.sub,
        "customer_id": person.id,
        "phone": person.local_phone,
        "account_number": person.account_number,
        "name": person.name.zh,
        "name_en": person.name.en,
        "address": person.address.zh,
        "address_en": person.address.en,
        "area_id": person.area.id,
        "language": person.language,
    }


def _address_facts(files: DemoFiles, home: DemoArea, outage: DemoOutage) -> dict[str, Any]:
    name = home.area.name
    address = write_address(files, "house", home, home.streets[0], house=_HOUSE)
    return {
        "area": name.zh,
        "area_en": name.en,
        "area_id": home.area.id,
        "address": address.zh,
        "address_en": address.en,
        "product": outage.words.product,
        "outage_id": outage.id,
    }
