"""The demo operator behind the ports: customers, bills, catalogue and text messages over its own books."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from redis.asyncio import Redis

from bot.database import Database
from bot.errors import BackOfficeDown, NotFound, Refused
from bot.operator.demo.files import DEMO_FOLDER, DemoFiles, load_files
from bot.operator.demo.lines import GB_MB, months_back
from bot.operator.demo.network import DemoNetwork
from bot.operator.demo.store import BackOfficeState, DemoSms, DemoStore, LineEdit, Row, SmsOutbox
from bot.operator.ports import (
    Addon,
    Balance,
    Bill,
    BillItem,
    Customer,
    Line,
    OperatorPorts,
    OrderedPlan,
    Plan,
    UsageItem,
    Words,
)

Gate = Callable[[], Any]

#: how many orders a customer's books remember, so that a key used again changes nothing
_ORDERS_KEPT = 100
_UNITS = {"data_mb": "GB", "minutes": "min", "sms": "SMS"}
_PRODUCT_ORDER = ("mobile", "broadband", "tv", "landline")


class LineNotFound(NotFound):
    """The operator has no such line. Look the customer's lines up again."""

    code = "line_not_found"


class PlanNotOffered(Refused):
    """This plan cannot be booked for this line. Choose one that is on sale for it."""

    code = "plan_not_offered"


def demo_operator(
    database: Database, redis: Redis, *, clock: Callable[[], datetime], zone: ZoneInfo, folder: Path = DEMO_FOLDER
) -> OperatorPorts:
    """The demo operator, ready to use once it is seeded.

    Args:
        redis: keeps the demo's text messages for ten minutes.
        clock: gives an aware datetime.
    """
    files, store = load_files(folder), DemoStore(database)
    gate = BackOfficeGate(store).pass_through
    return OperatorPorts(
        customers=DemoCustomers(store, gate, zone),
        billing=DemoBilling(store, files, gate),
        catalogue=DemoCatalogue(store, files, gate, clock, zone),
        network=DemoNetwork(store, files, gate, clock, zone),
        messages=DemoMessages(store, SmsOutbox(redis), gate, clock),
    )


async def set_back_office(database: Database, *, delay_s: float = 0.0, down: bool = False) -> None:
    """Make the demo's back office slow or take it down, for trials; without arguments it works again."""
    await DemoStore(database).set_back_office(BackOfficeState(delay_s, down))


class BackOfficeGate:
    """What every call of the demo operator passes first."""

    def __init__(self, store: DemoStore) -> None:
        self._store = store

    async def pass_through(self) -> None:
        """Wait as long as the demo is told to be slow.

        Raises:
            BackOfficeDown: the demo is told to be down.
        """
        state = await self._store.back_office()
        if state.delay_s > 0:
            await asyncio.sleep(state.delay_s)
        if state.down:
            raise BackOfficeDown


class DemoCustomers:
    """`CustomerDirectory` over `demo_customers` and `demo_lines`."""

    def __init__(self, store: DemoStore, gate: Gate, zone: ZoneInfo) -> None:
        self._store = store
        self._gate = gate
        self._zone = zone

    async def by_id(self, customer_id: str) -> Customer | None:
        return await self._by(id=customer_id)

    async def by_sub(self, sub: str) -> Customer | None:
        return await self._by(sub=sub)

    async def by_phone(self, phone: str) -> Customer | None:
        """Find by mobile number, as E.164 or as people write it."""
        return await self._by(phone=e164(phone))

    async def by_account(self, account_number: str) -> Customer | None:
        return await self._by(account_number="".join(account_number.split()).upper())

    async def lines(self, customer_id: str) -> tuple[Line, ...]:
        """Mobile first, then broadband, TV, landline."""
        await self._gate()
        lines = [_line(row, self._zone) for row in await self._store.lines(customer_id)]
        return tuple(sorted(lines, key=lambda line: _PRODUCT_ORDER.index(line.product)))

    async def at(self, area: str, product: str) -> tuple[Customer, ...]:
        await self._gate()
        return tuple(_customer(row) for row in await self._store.customers_at(area, product))

    async def _by(self, **column: str) -> Customer | None:
        await self._gate()
        row = await self._store.customer(**column)
        return None if row is None else _customer(row)


class DemoBilling:
    """`Billing` over `demo_bills` and what lines have used."""

    def __init__(self, store: DemoStore, files: DemoFiles, gate: Gate) -> None:
        self._store = store
        self._files = files
        self._gate = gate

    async def balance(self, customer_id: str) -> Balance:
        """What the account stands at; `due_on` is that of the oldest open bill.

        Raises:
            NotFound: no such customer.
        """
        await self._gate()
        row = await self._store.customer(id=customer_id)
        if row is None:
            raise NotFound("The operator has no such customer. Look the customer up again.")
        unpaid = [bill for bill in await self._store.bills(customer_id, limit=24) if not bill["paid"]]
        due_on = date.fromisoformat(unpaid[-1]["due_on"]) if unpaid else None
        return Balance(row["balance_cents"], self._files.currency, due_on)

    async def bills(self, customer_id: str, limit: int = 6) -> tuple[Bill, ...]:
        await self._gate()
        return tuple(_bill(row, self._files.currency) for row in await self._store.bills(customer_id, limit))

    async def usage(self, customer_id: str) -> tuple[UsageItem, ...]:
        """This month's use of every allowance of the customer's lines; packs add to the data."""
        await self._gate()
        items = []
        for row in await self._store.lines(customer_id):
            allowances = self._files.plans[row["plan_id"]].allowances
            packs_mb = sum(self._files.addons[addon].data_mb for addon in row["addons"] if addon in self._files.addons)
            for name, used in row["usage"].items():
                scale, packs = (GB_MB, packs_mb) if name == "data_mb" else (1, 0)
                total = None if name not in allowances else round((allowances[name] + packs) / scale, 1)
                items.append(UsageItem(self._files.usage_names[name], round(used / scale, 1), total, _UNITS[name]))
        return tuple(items)


class DemoCatalogue:
    """`Catalogue` over `data/demo/plans.yml`; orders change `demo_lines`."""

    def __init__(
        self, store: DemoStore, files: DemoFiles, gate: Gate, clock: Callable[[], datetime], zone: ZoneInfo
    ) -> None:
        self._store = store
        self._files = files
        self._gate = gate
        self._clock = clock
        self._zone = zone

    async def plans(self, product: str | None = None) -> tuple[Plan, ...]:
        await self._gate()
        on_sale = [plan for plan in self._files.plans.values() if plan.sold and product in (None, plan.product)]
        return tuple(sorted(on_sale, key=lambda plan: (plan.price_cents, plan.id)))

    async def plan(self, plan_id: str) -> Plan | None:
        """A plan, on sale or not."""
        await self._gate()
        return self._files.plans.get(plan_id)

    async def addons(self) -> tuple[Addon, ...]:
        """All packs and services, cheapest first."""
        await self._gate()
        addons = [item.addon for item in self._files.addons.values()]
        return tuple(sorted(addons, key=lambda addon: (addon.price_cents, addon.id)))

    async def addon(self, addon_id: str) -> Addon | None:
        await self._gate()
        item = self._files.addons.get(addon_id)
        return None if item is None else item.addon

    async def add_addon(self, line_id: str, addon_id: str, *, key: str) -> bool:
        """Add a pack or service. A pack that is paid once can be had several times, under different keys.

        Returns:
            True when the line has it now; False for an unknown line or pack, or a pack of another product.
        """
        await self._gate()
        async with self._store.edit_line(line_id) as edit:
            item = self._files.addons.get(addon_id)
            if edit is None or item is None or item.product != edit.row["product"]:
                return False
            if _done(edit, key) is None:
                owned = list(edit.row["addons"])
                if item.addon.period == "once" or addon_id not in owned:
                    await edit.save_line(addons=[*owned, addon_id])
                await _remember(edit, key, addon_id)
            return True

    async def remove_addon(self, line_id: str, addon_id: str, *, key: str) -> bool:
        """Stop a pack or service.

        Returns:
            True when the line had it (also when the same key is used again).
        """
        await self._gate()
        async with self._store.edit_line(line_id) as edit:
            if edit is None:
                return False
            if _done(edit, key) is not None:
                return True
            owned = list(edit.row["addons"])
            if addon_id not in owned:
                return False
            await edit.save_line(addons=[addon for addon in owned if addon != addon_id])
            await _remember(edit, key, addon_id)
            return True

    async def order_plan(self, line_id: str, plan_id: str, *, key: str) -> date:
        """Book a change of plan for the first of next month; a later order takes the place of an earlier one.

        Raises:
            LineNotFound: no such line.
            PlanNotOffered: the plan is not sold, or not for this product.
        """
        await self._gate()
        async with self._store.edit_line(line_id) as edit:
            if edit is None:
                raise LineNotFound
            plan = self._files.plans.get(plan_id)
            if plan is None or not plan.sold or plan.product != edit.row["product"]:
                raise PlanNotOffered
            known = _done(edit, key)
            if known is not None:
                return date.fromisoformat(known)
            starts_on = date(*months_back(self._clock().astimezone(self._zone).date(), -1), 1)
            edit.facts["ordered_plans"] = {
                **edit.facts.get("ordered_plans", {}),
                line_id: {"plan_id": plan_id, "starts_on": starts_on.isoformat()},
            }
            await _remember(edit, key, starts_on.isoformat())
            return starts_on

    async def ordered_plan(self, line_id: str) -> OrderedPlan | None:
        """The change of plan that is booked and has not started."""
        await self._gate()
        order = await self._store.plan_order(line_id)
        if order is None or date.fromisoformat(order["starts_on"]) <= self._clock().astimezone(self._zone).date():
            return None
        return OrderedPlan(order["plan_id"], date.fromisoformat(order["starts_on"]))

    async def drop_plan_order(self, line_id: str, *, key: str) -> bool:
        """Keep the present plan.

        Returns:
            True when a booked change is gone now (also when the same key is used again).
        """
        await self._gate()
        async with self._store.edit_line(line_id) as edit:
            if edit is None:
                return False
            if _done(edit, key) is not None:
                return True
            ordered = dict(edit.facts.get("ordered_plans", {}))
            if ordered.pop(line_id, None) is None:
                return False
            edit.facts["ordered_plans"] = ordered
            await _remember(edit, key, "dropped")
            return True


class DemoMessages:
    """`Messages`: an outbox that the demo's page shows in its corner."""

    def __init__(self, store: DemoStore, outbox: SmsOutbox, gate: Gate, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._outbox = outbox
        self._gate = gate
        self._clock = clock

    async def send_code(self, phone: str, code: str, purpose: str, conversation_id: str) -> None:
        await self._gate()
        await self._outbox.add(conversation_id, DemoSms(self._clock(), e164(phone), code, purpose))

    async def send_text(self, phone: str, text: str, *, key: str) -> None:
        await self._gate()
        await self._outbox.add_text(e164(phone), text, key, self._clock())

    async def chosen_code(self, phone: str) -> str | None:
        """The fixed code of a demo customer who has one."""
        await self._gate()
        row = await self._store.customer(phone=e164(phone))
        return None if row is None else row["facts"].get("otp")


def e164(phone: str) -> str:
    """A Chinese mobile number as E.164, from what people write: spaces, hyphens, +86, 0086, 86 or nothing in front."""
    digits = "".join(char for char in phone if char.isascii() and char.isdigit())
    local = digits.removeprefix("00").removeprefix("86") if len(digits) > len("13800000000") else digits
    return f"+86{local}"


def _done(edit: LineEdit, key: str) -> str | None:
    """What an earlier call with this key has done to the customer's lines."""
    for used, result in edit.facts.get("orders", []):
        if used == key:
            return str(result)
    return None


async def _remember(edit: LineEdit, key: str, result: str) -> None:
    edit.facts["orders"] = [*edit.facts.get("orders", []), [key, result]][-_ORDERS_KEPT:]
    await edit.save_facts()


def _words(value: Mapping[str, str]) -> Words:
    return Words(zh=value["zh"], en=value["en"])


def _customer(row: Row) -> Customer:
    facts = row["facts"] or {}
    return Customer(
        id=row["id"],
        sub=row["sub"],
        phone=row["phone"],
        account_number=row["account_number"],
        name=_words(row["name"]),
        address=_words(row["address"]),
        area=row["area"],
        language=row["language"],
        customer_class=facts.get("customer_class", "consumer"),
        vulnerable=bool(facts.get("vulnerable", False)),
    )


def _line(row: Row, zone: ZoneInfo) -> Line:
    until = row["contract_until"]
    return Line(
        id=row["id"],
        customer_id=row["customer_id"],
        product=row["product"],
        number=row["number"],
        plan_id=row["plan_id"],
        status=row["status"],
        contract_until=None if until is None else until.astimezone(zone).date(),
        addon_ids=tuple(dict.fromkeys(row["addons"])),
    )


def _bill(row: Row, currency: str) -> Bill:
    return Bill(
        period=row["period"],
        total_cents=row["total_cents"],
        currency=currency,
        items=tuple(BillItem(_words(item["name"]), item["amount_cents"]) for item in row["items"]),
        due_on=date.fromisoformat(row["due_on"]),
        paid=row["paid"],
    )
