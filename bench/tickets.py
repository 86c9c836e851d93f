"""Tickets at scale: creations a second, a list out of a million, a sweep over 100,000 open ones; both databases.

    make bench-tickets
    python -m bench.tickets --ended 0 --open 10000      smaller

PostgreSQL is measured where DATABASE_URL_TEST names a database to empty (`eval "$(tools/postgres.sh start DIR)"`). This
process is pinned to one core; PostgreSQL's own processes use what is left. `docs/bench.md` has the figures.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog
import uvloop
from sqlalchemy import text

from bot.database import Database
from bot.migrations import upgrade
from bot.policies.rules import load_policies
from bot.schema import metadata, ticket_history, tickets
from bot.tickets.intake import drafted
from bot.tickets.model import NewTicket, Severity, Ticket, TicketStatus, TicketType
from bot.tickets.service import TicketService
from bot.tickets.store import TicketStore, plain_values
from bot.tickets.sweep.service import DeadlineSweep
from bot.tickets.sweep.store import SweepStore

_ROOT = Path(__file__).parents[1]
_OUT = _ROOT / ".cache" / "bench" / "tickets.json"
_ZONE = ZoneInfo("Asia/Shanghai")
_NOW = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)
_CHUNK = 2_000
#: so many tickets are made one by one, the others are copies of them with numbers and customers of their own
_BASE = 10_000
#: numbers of eight digits throughout
_FIRST_NUMBER = 10_000_000
_CUSTOMERS = 200_000
_CREATED = 1_000
_CLIENTS = 8
_READS = 100
_PAGE = 50
_MS = 1000.0
#: open tickets came in within so many minutes; the first warning comes after 45
_SPREAD_MIN = 30.0
_FIRST_WARNING_MIN = 45.0
_PART_DUE = 0.02
_PRODUCTS = ("broadband", "mobile", "tv", "landline")
_OPEN = (TicketStatus.acknowledged, TicketStatus.in_progress, TicketStatus.pending, TicketStatus.held)
_Dice = random.Random
#: pairs of filters as an app, a desk and another system ask for; the last two fit hundreds of thousands
_FILTERS: tuple[tuple[str, Callable[[_Dice], dict[str, str]]], ...] = (
    ("customer, status", lambda dice: {"customer_id": f"c{dice.randrange(_CUSTOMERS)}", "status": "closed"}),
    ("type, status (open)", lambda dice: {"ticket_type": dice.choice(("fault", "complaint")), "status": "held"}),
    ("group, status (open)", lambda dice: {"group_id": "complaints", "status": dice.choice(("held", "pending"))}),
    ("severity, status (open)", lambda dice: {"severity": "Critical", "status": dice.choice(("held", "pending"))}),
    ("type, status (closed)", lambda dice: {"ticket_type": "fault", "status": "closed"}),
    ("severity, type", lambda dice: {"severity": "Major", "ticket_type": "fault"}),
)


class _Clock:
    def __init__(self) -> None:
        self.now = _NOW

    def __call__(self) -> datetime:
        return self.now


class Side:
    """One database with its services."""

    def __init__(self, name: str, url: str) -> None:
        self.name, self.clock, self.dice = name, _Clock(), random.Random(7)
        self.database = Database(url, shared=False)
        store = TicketStore(self.database, _ZONE)
        policies = load_policies(_ROOT / "data" / "policies")
        self.tickets = TicketService(store, policies, clock=self.clock)
        self.sweep = DeadlineSweep(self.tickets, SweepStore(store), self.clock)
        self.made = _FIRST_NUMBER

    async def fill(self, count: int, *, ended: bool) -> None:
        """Write tickets in bulk: open ones of the last minutes, or closed ones of half a year."""
        drafts, first, base = list(self._drafts(ended)), self.made + 1, min(count, _BASE)
        for start in range(0, base, _CHUNK):
            rows = [self._row(self.dice.choice(drafts), ended) for _ in range(min(_CHUNK, base - start))]
            lines = [
                {"ticket_id": row["id"], "n": 1, "at": row["created_at"], "kind": "status", "author": "chat"}
                for row in rows
            ]
            async with self.database.write() as connection:
                await connection.execute(tickets.insert(), rows)
                await connection.execute(ticket_history.insert(), lines)
        await self._pragmas("synchronous=OFF", "cache_size=-400000")
        for times in range(1, count // base if base else 0):
            await self._copy(first, base, times * base)
        await self._pragmas("synchronous=NORMAL", "cache_size=-2000", "wal_checkpoint(TRUNCATE)")
        if self.database.is_sqlite:  # as housekeeping does every hour
            await SweepStore(self.tickets.store).refresh_statistics()
        else:  # as autovacuum does by itself after a while
            async with self.database.engine.connect() as connection:
                await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("VACUUM ANALYZE"))

    async def _pragmas(self, *settings: str) -> None:
        """For filling only: SQLite need not be safe there. What is measured has the service's own settings."""
        if self.database.is_sqlite:
            async with self.database.engine.connect() as connection:
                for setting in settings:
                    await connection.exec_driver_sql(f"PRAGMA {setting}")

    async def _copy(self, first: int, base: int, ahead: int) -> None:
        """The same tickets under numbers so far ahead, of other customers."""
        number = f"(CAST(substr(id, 3) AS BIGINT) + {ahead})"
        changed = {
            "id": f"'TT' || {number}",
            "idempotency_key": f"'fill:' || {number}",
            "customer_id": f"'c' || ({number} * 7919 % {_CUSTOMERS})",
        }
        names = [column.name for column in tickets.c]
        span = f"BETWEEN 'TT{first}' AND 'TT{first + base - 1}'"
        taken = ", ".join(changed.get(name, f'"{name}"') for name in names)
        columns = ", ".join(f'"{name}"' for name in names)
        history = f"'TT' || (CAST(substr(ticket_id, 3) AS INTEGER) + {ahead}), n, at, kind, author"
        async with self.database.write() as connection:
            await connection.execute(
                text(f"INSERT INTO tickets ({columns}) SELECT {taken} FROM tickets WHERE id {span}")
            )
            await connection.execute(
                text(
                    "INSERT INTO ticket_history (ticket_id, n, at, kind, author) "
                    f"SELECT {history} FROM ticket_history WHERE ticket_id {span} AND n = 1"
                )
            )
        self.made += base

    def _drafts(self, ended: bool) -> Iterator[Ticket]:
        """Tickets of every kind, as the service would open them at moments of the last minutes."""
        for minute in range(int(_SPREAD_MIN) * 4):
            self.clock.now = _NOW - timedelta(minutes=minute / 4)
            for ticket_type in TicketType:
                severity = self.dice.choice((*Severity, Severity.minor))
                new = NewTicket(
                    ticket_type, "no internet since this morning", severity, product=self.dice.choice(_PRODUCTS)
                )
                draft = drafted(new, "", self.clock(), self.tickets.planner)
                if ended:
                    yield replace(draft, status=TicketStatus.closed, agenda=[], next_check_at=None, rules_digest="")
                else:
                    yield replace(draft, status=self.dice.choice(_OPEN))
        self.clock.now = _NOW

    def _row(self, draft: Ticket, ended: bool) -> dict[str, Any]:
        self.made += 1
        values = {item.name: getattr(draft, item.name) for item in fields(Ticket)}
        values["id"], values["idempotency_key"] = f"TT{self.made}", f"fill:{self.made}"
        values["customer_id"] = f"c{self.dice.randrange(_CUSTOMERS)}"
        if ended:
            age = timedelta(minutes=self.dice.randrange(60 * 24 * 170))
            values["created_at"] = draft.created_at - age
            values["ended_at"] = values["updated_at"] = values["created_at"] + timedelta(hours=30)
        return plain_values(values)

    async def creations(self) -> tuple[float, float]:
        """Tickets opened a second by several clients at once, each in a transaction of its own.

        Returns:
            By the clock on the wall, and by this process's processor time, which other work does not disturb.
        """
        first, used = time.monotonic_ns(), time.process_time()

        async def client(number: int) -> None:
            for n in range(_CREATED // _CLIENTS):
                new = NewTicket(
                    self.dice.choice(tuple(TicketType)),
                    "no internet since this morning",
                    Severity.major,
                    customer_id=f"c{self.dice.randrange(_CUSTOMERS)}",
                    product=self.dice.choice(_PRODUCTS),
                    facts={"area_kind": "urban", "symptom": "no_connection"},
                )
                await self.tickets.open(new, key=f"bench:{first}:{number}:{n}")

        await asyncio.gather(*(client(number) for number in range(_CLIENTS)))
        took_s = (time.monotonic_ns() - first) / 1e9
        return _CREATED / took_s, _CREATED / (time.process_time() - used)

    async def lists(self) -> dict[str, tuple[float, float, float, int]]:
        """For each pair of filters and over all: p50 and p95 of a list of 50, p95 of our processor time, how many fit.

        Times in milliseconds; the statements of SQLite run in this process, so its processor time is all there is.
        """
        found: dict[str, tuple[float, float, float, int]] = {}
        together: list[tuple[float, float]] = []
        for name, make in _FILTERS:
            times, total = [], 0
            for _ in range(_READS):
                filters = make(self.dice)
                start, used = time.perf_counter(), time.process_time()
                _page, total = await self.tickets.list_page(filters, 0, _PAGE)
                times.append(((time.perf_counter() - start) * _MS, (time.process_time() - used) * _MS))
            together += times
            found[name] = (*_percentiles(times), total)
        found["all together"] = (*_percentiles(together), 0)
        return found

    async def swept(self, after_min: float) -> tuple[int, float, float]:
        """Tickets that were due so many minutes on; seconds that the sweep took, on the wall and of processor time."""
        self.clock.now = _NOW + timedelta(minutes=after_min)
        start, used = time.perf_counter(), time.process_time()
        count = await self.sweep.run()
        took, used = time.perf_counter() - start, time.process_time() - used
        self.clock.now = _NOW
        return count, took, used


def _percentiles(times: list[tuple[float, float]]) -> tuple[float, float, float]:
    wall, used = zip(*times, strict=True)
    return statistics.median(wall), statistics.quantiles(wall, n=20)[-1], statistics.quantiles(used, n=20)[-1]


async def measure(name: str, url: str, open_count: int, ended_count: int, say: Callable[[str], None]) -> dict[str, Any]:
    """All figures of one database."""
    side = Side(name, url)
    if not side.database.is_sqlite:
        async with side.database.write() as connection:
            names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
            await connection.execute(text(f"TRUNCATE {names} CASCADE"))
    part_min = _FIRST_WARNING_MIN - _SPREAD_MIN + _PART_DUE * _SPREAD_MIN
    result: dict[str, Any] = {"creations_empty": await side.creations()}
    say(f"{name}: {result['creations_empty'][0]:.0f} creations a second into an empty database")
    async with side.database.write() as connection:
        await connection.execute(ticket_history.delete())
        await connection.execute(tickets.delete())
    await side.fill(open_count, ended=False)
    result["sweep_nothing_due"] = await side.swept(0)
    result["sweep_part_due"] = await side.swept(part_min)
    say(f"{name}: {open_count} open, no archive: {result['sweep_part_due']}")
    await side.fill(ended_count, ended=True)
    say(f"{name}: {ended_count} closed ones written")
    result["lists"] = await side.lists()
    result["sweep_nothing_due_with_archive"] = await side.swept(part_min)
    result["sweep_part_due_with_archive"] = await side.swept(part_min + _PART_DUE * _SPREAD_MIN)
    result["creations_full"] = await side.creations()
    say(f"{name}: {result['creations_full'][0]:.0f} creations a second beside them")
    result["sweep_all_due"] = await side.swept(3 * 60)
    await side.database.close()
    return result


def _table(results: dict[str, dict[str, Any]], open_count: int, ended_count: int) -> str:
    names = list(results)
    rows: list[tuple[str, list[str], str]] = []

    def row(label: str, goal: str, show: Callable[[dict[str, Any]], str]) -> None:
        rows.append((label, [show(results[name]) for name in names], goal))

    def figure(key: str, place: int) -> Callable[[dict[str, Any]], str]:
        return lambda result: f"{result[key][place]:.0f}"

    def times(name: str) -> Callable[[dict[str, Any]], str]:
        return lambda result: " / ".join(f"{value:.1f}" for value in result["lists"][name][:3])

    def sweep(key: str) -> Callable[[dict[str, Any]], str]:
        return lambda result: f"{result[key][1]:.2f} / {result[key][2]:.2f} ({result[key][0]:,})"

    million = open_count + ended_count
    for label, key in (("empty", "creations_empty"), (f"beside {million:,}", "creations_full")):
        row(f"creations a second, {label}", "400", figure(key, 0))
        row("the same, a second of our processor time", "", figure(key, 1))
    for name, _make in (*_FILTERS, ("all together", None)):
        row(
            f"list of 50 of {million:,}: {name}, p50 / p95 / p95 of processor time (ms)",
            "p95 20" if name == "all together" else "",
            times(name),
        )
    row(f"sweep, {open_count:,} open: seconds / of processor time (how many were due)", "2", sweep("sweep_nothing_due"))
    row(f"sweep, {open_count:,} open, some due", "2", sweep("sweep_part_due"))
    row(f"the same beside {ended_count:,} closed", "2", sweep("sweep_part_due_with_archive"))
    row(f"sweep, all {open_count:,} due at once", "", sweep("sweep_all_due"))
    lines = [f"| | {' | '.join(names)} | to reach |", f"|---|{'--:|' * len(names)}--:|"]
    lines += [f"| {label} | {' | '.join(cells)} | {goal} |" for label, cells, goal in rows]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--open", type=int, default=100_000, help="open tickets")
    parser.add_argument("--ended", type=int, default=900_000, help="closed tickets")
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    uvloop.install()  # as the service does
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    results: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        urls = {"SQLite": f"sqlite+aiosqlite:///{folder}/bench.sqlite3"}
        if os.environ.get("DATABASE_URL_TEST"):
            urls["PostgreSQL"] = os.environ["DATABASE_URL_TEST"]
        for name, url in urls.items():
            if given.only in (None, name.lower()):
                upgrade(url)
                say: Callable[[str], None] = lambda line: print(line, flush=True)
                results[name] = asyncio.run(measure(name, url, given.open, given.ended, say))
    _OUT.parent.mkdir(parents=True, exist_ok=True)
    _OUT.write_text(json.dumps({"open": given.open, "ended": given.ended, "results": results}, indent=2))
    print(_table(results, given.open, given.ended))


if __name__ == "__main__":
    main()
