"""The demo operator's SQL (`demo_*`, and what it seeds into tickets, visits and outages) and its Redis key."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from redis.asyncio import Redis
from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database import Database
from bot.operator.demo.people import CUSTOMER_PREFIX
from bot.schema import (
    appointments,
    demo_bills,
    demo_customers,
    demo_facts,
    demo_lines,
    outage_notices,
    outage_updates,
    outages,
    ticket_history,
    tickets,
    visit_windows,
)
from bot.technicians.model import Technician
from bot.technicians.store import TechnicianStore

Row = Mapping[str, Any]

_MADE = "made"
_SEEDED_ON = "seeded_on"
_BACK_OFFICE = "back_office"
_OPEN_TICKETS = ("acknowledged", "inProgress", "pending", "held")
_LIVE_VISITS = ("held", "confirmed")
_SMS_TTL_S = 600
_TEXTS_TTL_S = 7 * 24 * 3600
_SMS_KEPT = 10


@dataclass(frozen=True)
class DemoRows:
    """All rows of a seeding, ready for their tables."""

    customers: Sequence[Row]
    lines: Sequence[Row]
    bills: Sequence[Row]
    tickets: Sequence[Row]
    history: Sequence[Row]
    windows: Sequence[Row]
    visits: Sequence[Row]
    outages: Sequence[Row]
    technicians: Sequence[Technician]
    #: ids in tickets, appointments and outages that are the demo's own
    made: Sequence[str]
    #: the day in the operator's zone, YYYY-MM-DD
    seeded_on: str


#: what nearly every action asks for, built once: see bot/conversations/statements.py
_FACT = select(demo_facts.c.value).where(demo_facts.c.name == bindparam("name"))
_CUSTOMER_BY = {
    name: select(demo_customers).where(demo_customers.c[name] == bindparam("value"))
    for name in ("id", "sub", "phone", "account_number")
}
_LINES = select(demo_lines).where(demo_lines.c.customer_id == bindparam("customer_id")).order_by(demo_lines.c.id)


class DemoSeeding:
    """One transaction that replaces what an earlier seeding has made."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def clear(self) -> None:
        """Take away all that the last seeding has made; what conversations have made stays."""
        made = await _fact(self._connection, _MADE) or []
        for statement in (
            delete(ticket_history).where(ticket_history.c.ticket_id.in_(made)),
            delete(tickets).where(tickets.c.id.in_(made)),
            delete(appointments).where(appointments.c.id.in_(made)),
            delete(outage_updates).where(outage_updates.c.outage_id.in_(made)),
            delete(outage_notices).where(outage_notices.c.outage_id.in_(made)),
            delete(outages).where(outages.c.id.in_(made)),
            delete(visit_windows),
            delete(demo_bills),
            delete(demo_lines),
            delete(demo_customers),
            delete(demo_facts).where(demo_facts.c.name.in_((_MADE, _SEEDED_ON))),
        ):
            await self._connection.execute(statement)

    async def end_old_cases(self, now: datetime) -> None:
        """Cancel open tickets and coming visits that conversations have made for demo customers."""
        mine = tickets.c.customer_id.like(f"{CUSTOMER_PREFIX}%")
        open_ones = select(tickets.c.id).where(mine, tickets.c.status.in_(_OPEN_TICKETS))
        ids = [row.id for row in await self._connection.execute(open_ones)]
        last = {
            row.ticket_id: row.n
            for row in await self._connection.execute(
                select(ticket_history.c.ticket_id, func.max(ticket_history.c.n).label("n"))
                .where(ticket_history.c.ticket_id.in_(ids))
                .group_by(ticket_history.c.ticket_id)
            )
        }
        await self._connection.execute(
            update(tickets)
            .where(tickets.c.id.in_(ids))
            .values(status="cancelled", updated_at=now, version=tickets.c.version + 1)
        )
        await self._insert(
            ticket_history,
            [
                {
                    "ticket_id": id_,
                    "n": last.get(id_, 0) + 1,
                    "at": now,
                    "kind": "status",
                    "author": "demo",
                    "status": "cancelled",
                    "text": None,
                }
                for id_ in ids
            ],
        )
        await self._connection.execute(
            update(appointments)
            .where(appointments.c.customer_id.like(f"{CUSTOMER_PREFIX}%"), appointments.c.status.in_(_LIVE_VISITS))
            .values(status="cancelled", held_until=None, updated_at=now, version=appointments.c.version + 1)
        )

    async def foreign_ids(self) -> frozenset[str]:
        """Ids of tickets, visits and outages that are not the demo's own (call it after `clear`)."""
        found: set[str] = set()
        for table in (tickets, appointments, outages):
            found.update(row.id for row in await self._connection.execute(select(table.c.id)))
        return frozenset(found)

    async def kept_visits(self) -> dict[str, int]:
        """Window id → visits held or confirmed that stay (call it after `clear`)."""
        query = (
            select(appointments.c.window_id, func.count().label("visits"))
            .where(appointments.c.status.in_(_LIVE_VISITS))
            .group_by(appointments.c.window_id)
        )
        return {row.window_id: row.visits for row in await self._connection.execute(query)}

    async def fill(self, rows: DemoRows) -> None:
        facts: list[Row] = [{"name": _MADE, "value": list(rows.made)}, {"name": _SEEDED_ON, "value": rows.seeded_on}]
        for table, values in (
            (demo_customers, rows.customers),
            (demo_lines, rows.lines),
            (demo_bills, rows.bills),
            (tickets, rows.tickets),
            (ticket_history, rows.history),
            (visit_windows, rows.windows),
            (appointments, rows.visits),
            (outages, rows.outages),
            (demo_facts, facts),
        ):
            await self._insert(table, values)
        await TechnicianStore().replace_all(self._connection, rows.technicians)

    async def _insert(self, table: Any, values: Sequence[Row]) -> None:
        if values:
            await self._connection.execute(insert(table), list(values))


@dataclass(frozen=True)
class BackOfficeState:
    """How the demo's back office behaves: slow by `delay_s` seconds, or not there at all."""

    delay_s: float = 0.0
    down: bool = False


class DemoStore:
    """Reads and changes the demo operator's books."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def seeding(self) -> AsyncIterator[DemoSeeding]:
        async with self._database.write() as connection:
            yield DemoSeeding(connection)

    async def seeded_on(self) -> str | None:
        """The day of the last seeding as YYYY-MM-DD; None when there has been none."""
        async with self._database.read() as connection:
            value = await _fact(connection, _SEEDED_ON)
        return None if value is None else str(value)

    async def back_office(self) -> BackOfficeState:
        async with self._database.read() as connection:
            value = await _fact(connection, _BACK_OFFICE) or {}
        return BackOfficeState(float(value.get("delay_s", 0.0)), bool(value.get("down", False)))

    async def set_back_office(self, state: BackOfficeState) -> None:
        async with self._database.write() as connection:
            await connection.execute(delete(demo_facts).where(demo_facts.c.name == _BACK_OFFICE))
            value = {"delay_s": state.delay_s, "down": state.down}
            await connection.execute(insert(demo_facts).values(name=_BACK_OFFICE, value=value))

    async def customer(self, **column: str) -> Row | None:
        """One customer by the value of one unique column."""
        (name, value), *_ = column.items()
        return await self._one(_CUSTOMER_BY[name], {"value": value})

    async def customers_at(self, area: str, product: str) -> list[Row]:
        """Customers of an area with a line of this product, by id."""
        with_line = select(demo_lines.c.customer_id).where(demo_lines.c.product == product)
        query = select(demo_customers).where(demo_customers.c.area == area, demo_customers.c.id.in_(with_line))
        return await self._many(query.order_by(demo_customers.c.id))

    async def showcase(self) -> list[dict[str, Any]]:
        """For each need the first customer who serves it, for the demo page.

        Returns:
            `{need, sub, name: {zh, en}, phone}` in the order of customers; the phone number has eleven digits.
        """
        query = select(demo_customers).order_by(demo_customers.c.id)
        first: dict[str, dict[str, Any]] = {}
        for row in await self._many(query):
            need = row["facts"].get("need")
            if need is not None and need not in first:
                phone = row["phone"].removeprefix("+86")
                first[need] = {"need": need, "sub": row["sub"], "name": row["name"], "phone": phone}
        return list(first.values())

    async def lines(self, customer_id: str) -> list[Row]:
        """A customer's lines in the order of their ids."""
        return await self._many(_LINES, {"customer_id": customer_id})

    async def line(self, line_id: str) -> Row | None:
        return await self._one(select(demo_lines).where(demo_lines.c.id == line_id))

    async def plan_order(self, line_id: str) -> Row | None:
        """The line's booked change of plan, {plan_id, starts_on}."""
        query = (
            select(demo_customers.c.facts)
            .join(demo_lines, demo_customers.c.id == demo_lines.c.customer_id)
            .where(demo_lines.c.id == line_id)
        )
        row = await self._one(query)
        return None if row is None else row["facts"].get("ordered_plans", {}).get(line_id)

    @asynccontextmanager
    async def edit_line(self, line_id: str) -> AsyncIterator["LineEdit | None"]:
        """The line and its customer's facts, locked until the block ends; None when there is no such line."""
        query = (
            select(demo_lines, demo_customers.c.facts)
            .join(demo_customers, demo_customers.c.id == demo_lines.c.customer_id)
            .where(demo_lines.c.id == line_id)
            .with_for_update()
        )
        async with self._database.write() as connection:
            row = (await connection.execute(query)).mappings().first()
            yield None if row is None else LineEdit(connection, row)

    async def bills(self, customer_id: str, limit: int) -> list[Row]:
        """Newest first."""
        query = select(demo_bills).where(demo_bills.c.customer_id == customer_id)
        return await self._many(query.order_by(demo_bills.c.period.desc()).limit(limit))

    async def outages(self, area: str) -> list[Row]:
        return await self._many(select(outages).where(outages.c.area == area).order_by(outages.c.started_at))

    async def outage(self, outage_id: str) -> Row | None:
        return await self._one(select(outages).where(outages.c.id == outage_id))

    async def _one(self, query: Any, values: Row | None = None) -> Row | None:
        async with self._database.read() as connection:
            row = (await connection.execute(query, values or {})).mappings().first()
        return None if row is None else dict(row)

    async def _many(self, query: Any, values: Row | None = None) -> list[Row]:
        async with self._database.read() as connection:
            return [dict(row) for row in (await connection.execute(query, values or {})).mappings()]


class LineEdit:
    """A line under change; `save_line` and `save_facts` write."""

    def __init__(self, connection: AsyncConnection, row: Row) -> None:
        self._connection = connection
        self.row = row
        self.facts: dict[str, Any] = dict(row["facts"])

    async def save_line(self, **values: Any) -> None:
        await self._connection.execute(update(demo_lines).where(demo_lines.c.id == self.row["id"]).values(**values))

    async def save_facts(self) -> None:
        """Write `facts` back to the customer."""
        owner = demo_customers.c.id == self.row["customer_id"]
        await self._connection.execute(update(demo_customers).where(owner).values(facts=self.facts))


async def _fact(connection: AsyncConnection, name: str) -> Any:
    return (await connection.execute(_FACT, {"name": name})).scalar()


# -- text messages ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DemoSms:
    """A text message of the demo, shown in the corner of its page."""

    at: datetime
    #: E.164
    phone: str
    code: str
    purpose: str

    def as_json(self) -> dict[str, str]:
        return {"at": self.at.isoformat(), "phone": self.phone, "code": self.code, "purpose": self.purpose}


def sms_key(conversation_id: str) -> str:
    """List of JSON, oldest first, written by `SmsOutbox.add`; expires 600 s after the newest."""
    return f"fl:demo:sms:{conversation_id}"


def texts_key(phone: str) -> str:
    """Redis hash {key of the notice: JSON}, written by `SmsOutbox.add_text`; expires 7 days after the newest."""
    return f"fl:demo:texts:{phone}"


class SmsOutbox:
    """What the demo operator has sent by SMS, by conversation."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def add(self, conversation_id: str, sms: DemoSms) -> None:
        key = sms_key(conversation_id)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.rpush(key, json.dumps(sms.as_json()))
            pipe.ltrim(key, -_SMS_KEPT, -1)
            pipe.expire(key, _SMS_TTL_S)
            await pipe.execute()

    async def add_text(self, phone: str, text: str, key: str, at: datetime) -> None:
        """Keep a text message that belongs to no conversation; the same key again changes nothing."""
        name = texts_key(phone)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hsetnx(name, key, json.dumps({"at": at.isoformat(), "text": text}))
            pipe.expire(name, _TEXTS_TTL_S)
            await pipe.execute()

    async def texts(self, phone: str) -> tuple[str, ...]:
        """What was sent to a number, oldest first."""
        rows = [json.loads(raw) for raw in (await self._redis.hgetall(texts_key(phone))).values()]
        return tuple(row["text"] for row in sorted(rows, key=lambda row: str(row["at"])))

    async def read(self, conversation_id: str) -> tuple[DemoSms, ...]:
        """At most the ten newest of the last ten minutes, oldest first."""
        rows = [json.loads(raw) for raw in await self._redis.lrange(sms_key(conversation_id), 0, -1)]
        return tuple(
            DemoSms(datetime.fromisoformat(row["at"]), row["phone"], row["code"], row["purpose"]) for row in rows
        )
