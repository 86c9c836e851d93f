"""Lines, usage, bills and balances of the demo's customers. Pure; every bill's items add up to its total."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from bot.operator.demo.files import DemoFiles
from bot.operator.demo.people import DemoLine, DemoPerson
from bot.operator.ports import LineTestResult, Words

BILL_MONTHS = 6
GB_MB = 1024

_MOBILE_PLANS = (
    "mobile_smart_59",
    "mobile_plus_89",
    "mobile_light_19",
    "mobile_talk_39",
    "mobile_premium_129",
    "mobile_campus_29",
    "mobile_classic_58",
    "mobile_family_169",
)
_FIBRE_PLANS = ("fibre_300", "fibre_500", "fibre_1000", "fibre_100", "fibre_2000")
_TV_PLANS = ("tv_basic", "tv_family", "tv_sports")
_LANDLINE_PLANS = ("landline_basic", "landline_unlimited")
#: packs that `customer_with_addon` has, in turn
_SHOWN_ADDONS = ("video_pack", "music_pack")
_COMPANY_ADDONS = ("caller_id", "voicemail", "video_pack", "music_pack", "call_waiting")
#: what made the last bill of `customer_with_bill_increase` higher, in turn, with fen
_INCREASES = (("extra_data", 3000), ("roaming", 4860), ("extra_calls", 1740), ("extra_data", 4500))
_EXTRAS = (("extra_calls", 95), ("extra_sms", 40), ("extra_data", 500), ("extra_calls", 320))
_BUNDLE_DISCOUNT_CENTS = -1000
#: every so many of the others: no broadband, TV, landline, an add-on, a stopped line, an open bill
_NO_BROADBAND_EVERY, _TV_EVERY, _LANDLINE_EVERY, _ADDON_EVERY, _STOPPED_EVERY, _UNPAID_EVERY = 4, 3, 8, 5, 24, 6
_CREDIT_CENTS = (2_000, 32_000, 10)


@dataclass(frozen=True)
class DemoBill:
    customer_id: str
    #: YYYY-MM
    period: str
    items: tuple[tuple[Words, int], ...]
    due_on: date
    paid: bool

    @property
    def total_cents(self) -> int:
        return sum(cents for _, cents in self.items)


def give_lines(person: DemoPerson, files: DemoFiles, rng: Random, today: date) -> None:
    """Give a customer lines with plans, contracts, add-ons, usage and what a line test will find."""
    alone = person.need is None
    stopped = alone and person.nth % _STOPPED_EVERY == _STOPPED_EVERY - 1
    mobile = _line(person, files, "mobile", person.local_phone, _MOBILE_PLANS, rng, today)
    mobile.status = ("barred" if person.nth % 2 else "suspended") if stopped else "active"
    mobile.test = {"result": LineTestResult.not_testable.value}
    person.lines.append(mobile)
    mobile_only = (alone and person.nth % _NO_BROADBAND_EVERY == 0) or (
        person.need == "customer_mobile_fault" and person.nth % 2 == 0
    )
    if not mobile_only:
        fibre = _line(person, files, "broadband", f"BB{_number(rng, 8)}", _FIBRE_PLANS, rng, today)
        fibre.test = _fibre_test(person, rng)
        person.lines.append(fibre)
    if alone and not mobile_only and person.nth % _TV_EVERY == 0:
        tv = _line(person, files, "tv", f"TV{_number(rng, 8)}", _TV_PLANS, rng, today)
        tv.test = {"result": LineTestResult.ok.value}
        person.lines.append(tv)
    if alone and person.nth % _LANDLINE_EVERY == 1:
        phone = _line(person, files, "landline", f"05698{_number(rng, 7)}", _LANDLINE_PLANS, rng, today)
        phone.test = {"result": LineTestResult.ok.value}
        person.lines.append(phone)
    if person.need == "customer_with_addon":
        mobile.addons = [_SHOWN_ADDONS[person.nth % len(_SHOWN_ADDONS)]]
    elif alone and person.nth % _ADDON_EVERY == 1:
        mobile.addons = [rng.choice(_COMPANY_ADDONS)]


def make_bills(person: DemoPerson, files: DemoFiles, rng: Random, today: date) -> list[DemoBill]:
    """The bills of the last six whole months, newest first; also sets the customer's balance."""
    base = _regular_items(person, files)
    alone = person.need is None
    stopped = any(line.status != "active" for line in person.lines)
    unpaid_months = 2 if stopped else 1 if alone and person.nth % _UNPAID_EVERY == 2 else 0
    bills = []
    for back in range(1, BILL_MONTHS + 1):
        items = list(base)
        if person.need == "customer_with_bill_increase" and back == 1:
            name, cents = _INCREASES[person.nth % len(_INCREASES)]
            items.append((files.bill_items[name], cents))
        # those with a need have two equal months at the end, unless the rise is their need
        elif (alone or back > 2) and rng.random() < 0.3:
            name, step = rng.choice(_EXTRAS)
            items.append((files.bill_items[name], step * rng.randint(1, 6)))
        year, month = months_back(today, back)
        bills.append(
            DemoBill(
                customer_id=person.id,
                period=f"{year:04d}-{month:02d}",
                items=tuple(items),
                due_on=_last_day(*months_back(today, back - 1)),
                paid=back > unpaid_months,
            )
        )
    owed = sum(bill.total_cents for bill in bills if not bill.paid)
    person.balance_cents = -owed if owed else rng.randrange(*_CREDIT_CENTS)
    return bills


def months_back(today: date, months: int) -> tuple[int, int]:
    """Year and month so many months before today's."""
    index = today.year * 12 + today.month - 1 - months
    return index // 12, index % 12 + 1


def _line(
    person: DemoPerson,
    files: DemoFiles,
    product: str,
    number: str,
    plans: Sequence[str],
    rng: Random,
    today: date,
) -> DemoLine:
    # those who serve a need have plans that are on sale
    sold = [plan_id for plan_id in plans if files.plans[plan_id].sold]
    plan = files.plans[rng.choice(plans) if person.need is None else sold[person.number % len(sold)]]
    until = None
    if plan.contract_months:
        year, month = months_back(today, -rng.randint(1, plan.contract_months))
        until = _last_day(year, month)
    line = DemoLine(f"{person.id}-{product}", product, number, plan.id, "active", until)
    gone = (today.day / _last_day(today.year, today.month).day) * 0.7 + 0.15
    for name in files.usage_names:
        total = plan.allowances.get(name, 0)
        if total:
            line.usage[name] = max(1, int(total * gone * rng.uniform(0.35, 1.0)))
        elif name == "minutes" and product == "landline":
            line.usage[name] = rng.randint(20, 400)
    return line


def _fibre_test(person: DemoPerson, rng: Random) -> dict[str, Any]:
    if person.need in ("customer_line_fault", "customer_for_booking", "customer_with_visit"):
        return {"result": LineTestResult.fault_outside.value, "rx_dbm": round(rng.uniform(-38.0, -30.5), 1)}
    test: dict[str, Any] = {"result": LineTestResult.ok.value, "rx_dbm": round(rng.uniform(-23.5, -17.0), 1)}
    if person.need == "customer_line_fixable" and person.nth % 2 == 0:
        test["result"] = LineTestResult.device_restart.value
    return test


def _regular_items(person: DemoPerson, files: DemoFiles) -> list[tuple[Words, int]]:
    items = []
    fee, extra = files.bill_items["plan_fee"], files.bill_items["addon_fee"]
    for line in person.lines:
        plan = files.plans[line.plan_id]
        name = Words(zh=fee.zh.format(plan=plan.name.zh), en=fee.en.format(plan=plan.name.en))
        items.append((name, plan.price_cents))
        for addon_id in line.addons:
            addon = files.addons[addon_id].addon
            words = Words(zh=extra.zh.format(addon=addon.name.zh), en=extra.en.format(addon=addon.name.en))
            items.append((words, addon.price_cents))
    if {"mobile", "broadband"} <= {line.product for line in person.lines}:
        items.append((files.bill_items["bundle_discount"], _BUNDLE_DISCOUNT_CENTS))
    return items


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _number(rng: Random, digits: int) -> str:
    return str(rng.randrange(10 ** (digits - 1), 10**digits))
