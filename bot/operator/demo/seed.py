"""Fill the demo operator's books, dated from today: the same people, cases and numbers every day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, time
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from bot.database import Database
from bot.operator.demo.cases import DemoOutage, DemoTicket, make_outages, open_tickets, past_tickets
from bot.operator.demo.files import DEMO_FOLDER, DemoFiles, load_files
from bot.operator.demo.ids import Ids
from bot.operator.demo.lines import DemoBill, give_lines, make_bills
from bot.operator.demo.needs import DemoNeeds, collect_needs
from bot.operator.demo.people import DemoPerson, cast
from bot.operator.demo.store import DemoRows, DemoStore
from bot.operator.demo.visits import DemoVisit, Windows, book_visits, past_visits
from bot.technicians.model import DEFAULT_MINUTES, choose
from bot.tickets.model import Severity, TicketType, priority_of

_log = structlog.get_logger(__name__)

_SEED = 20_261_121
_WRONG_CODE = "000001"


async def ensure_seeded(
    db: Database, today: date, zone: ZoneInfo, *, now: datetime | None = None, folder: Path = DEMO_FOLDER
) -> bool:
    """Seed when there is no demo, or one of an earlier day; what conversations have made stays.

    Returns:
        Whether it seeded.
    """
    if await DemoStore(db).seeded_on() == today.isoformat():
        return False
    await seed(db, today=today, zone=zone, folder=folder, now=now, afresh=False)
    return True


async def seed(
    db: Database,
    *,
    today: date,
    zone: ZoneInfo,
    folder: Path = DEMO_FOLDER,
    now: datetime | None = None,
    afresh: bool = True,
) -> DemoNeeds:
    """Replace the demo operator's books in one transaction.

    Args:
        today: the day in `zone` that all dates count from.
        now: running outages and open tickets began shortly before it; by default the first hour of `today`.
        afresh: also cancel open tickets and coming visits that conversations have made for demo customers, so that
            every need holds; without it they stay and keep their windows.

    Raises:
        DemoDataInvalid: a file in `folder` cannot be used.
    """
    files = load_files(folder)
    moment = now or datetime.combine(today, time(0, 30), zone)
    async with DemoStore(db).seeding() as seeding:
        await seeding.clear()
        if afresh:
            await seeding.end_old_cases(moment)
        kept = await seeding.kept_visits()
        rows, needs = build(files, today, zone, moment.astimezone(zone), await seeding.foreign_ids(), kept)
        await seeding.fill(rows)
    _log.info("demo_seeded", **needs.counts)
    return needs


def build(
    files: DemoFiles,
    today: date,
    zone: ZoneInfo,
    now: datetime,
    foreign_ids: frozenset[str] = frozenset(),
    kept_visits: Mapping[str, int] | None = None,
) -> tuple[DemoRows, DemoNeeds]:
    """Make all rows and the needs that they serve, without touching a database."""
    people = cast(files, Random(_SEED))
    # each kind of thing has its own dice, so that a change to one does not move the others
    line_dice, bill_dice, case_dice, visit_dice = (Random(_SEED + step) for step in range(1, 5))
    ids = Ids(_SEED, foreign_ids)
    bills: dict[str, list[DemoBill]] = {}
    for person in people:
        if person.need is not None:
            person.facts["need"] = person.need
        give_lines(person, files, line_dice, today)
        bills[person.id] = make_bills(person, files, bill_dice, today)
        if person.need == "customer_otp":
            person.facts["otp"] = _code(case_dice)
    outages = make_outages(files, ids, today, now, zone)
    current = open_tickets(people, files, ids, case_dice, now)
    past = past_tickets(people, files, ids, case_dice, now)
    windows = Windows(files, today, zone, kept_visits or {})
    coming = book_visits(people, windows, ids, visit_dice)
    gone = past_visits(people, ids, visit_dice, today, zone)
    ticket_of = {ticket.person.id: ticket for ticket in current}
    rows = DemoRows(
        customers=[_customer_row(person) for person in people],
        lines=[_line_row(person, line, zone) for person in people for line in person.lines],
        bills=[_bill_row(bill) for own in bills.values() for bill in own],
        tickets=[_ticket_row(ticket) for ticket in (*current, *past)],
        history=[row for ticket in (*current, *past) for row in _history_rows(ticket)],
        windows=[{**asdict(window), "taken": windows.taken[window.id]} for window in windows.all.values()],
        visits=_visit_rows((*coming, *gone), files, ticket_of, now),
        outages=[_outage_row(outage) for outage in outages],
        technicians=files.team,
        made=ids.made,
        seeded_on=today.isoformat(),
    )
    visit_of = {visit.person.id: visit for visit in coming}
    counts = {
        "customers": len(people),
        "lines": len(rows.lines),
        "bills": len(rows.bills),
        "tickets": len(rows.tickets),
        "visits": len(coming),
        "windows": len(rows.windows),
        "outages": len(outages),
    }
    return rows, DemoNeeds(collect_needs(files, people, bills, ticket_of, visit_of, outages), counts)


def _code(dice: Random) -> str:
    while (code := f"{dice.randrange(10**6):06d}") == _WRONG_CODE:
        pass
    return code


def _words(words: Any) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def _customer_row(person: DemoPerson) -> dict[str, Any]:
    return {
        "id": person.id,
        "sub": person.sub,
        "phone": person.phone,
        "account_number": person.account_number,
        "name": _words(person.name),
        "address": _words(person.address),
        "area": person.area.id,
        "language": person.language,
        "balance_cents": person.balance_cents,
        "facts": person.facts,
    }


def _line_row(person: DemoPerson, line: Any, zone: ZoneInfo) -> dict[str, Any]:
    until = line.contract_until
    return {
        "id": line.id,
        "customer_id": person.id,
        "product": line.product,
        "number": line.number,
        "plan_id": line.plan_id,
        "status": line.status,
        "contract_until": datetime.combine(until, time(), zone) if until else None,
        "addons": line.addons,
        "usage": line.usage,
        "test": line.test,
    }


def _bill_row(bill: DemoBill) -> dict[str, Any]:
    return {
        "customer_id": bill.customer_id,
        "period": bill.period,
        "total_cents": bill.total_cents,
        "items": [{"name": _words(name), "amount_cents": cents} for name, cents in bill.items],
        "due_on": bill.due_on.isoformat(),
        "paid": bill.paid,
    }


def _ticket_row(ticket: DemoTicket) -> dict[str, Any]:
    case = ticket.case
    facts = {"area": ticket.person.area.id, "area_kind": ticket.person.area.kind}
    facts["customer_class"] = ticket.person.facts.get("customer_class", "consumer")
    return {
        "id": ticket.id,
        "ticket_type": case.ticket_type,
        "status": ticket.status,
        "severity": case.severity,
        "priority": priority_of(TicketType(case.ticket_type), Severity(case.severity)).value,
        "description": case.text.in_language(ticket.person.language),
        "customer_id": ticket.person.id,
        "line_id": ticket.line_id,
        "product": case.product,
        "category": case.category,
        "facts": {**facts, "symptom": case.symptom} if case.symptom else facts,
        "outage_id": None,
        "conversation_id": None,
        "channel": ticket.channel,
        "idempotency_key": f"demo:{ticket.id}",
        "created_at": ticket.created_at,
        "updated_at": ticket.history[-1].at,
        "respond_by": ticket.respond_by,
        "due_at": ticket.due_at,
        "legal_due_at": ticket.legal_due_at,
        "resolved_at": ticket.resolved_at,
        "urged_at": None,
        "version": len(ticket.history),
    }


def _history_rows(ticket: DemoTicket) -> list[dict[str, Any]]:
    return [{"ticket_id": ticket.id, "n": n, **asdict(line)} for n, line in enumerate(ticket.history, start=1)]


def _visit_rows(
    visits: Sequence[DemoVisit], files: DemoFiles, ticket_of: Mapping[str, DemoTicket], now: datetime
) -> list[dict[str, Any]]:
    """All visits, each with a technician who has the time."""
    booked: dict[tuple[datetime, str], int] = defaultdict(int)
    rows = []
    for visit in visits:
        row = _visit_row(visit, ticket_of, now)
        minutes = files.technicians.minutes.get(row["product"], DEFAULT_MINUTES)
        team = [person for person in files.team if visit.window.area in person.areas]
        theirs = {person.id: booked[(visit.window.start, person.id)] for person in team}
        who = choose(
            team,
            theirs,
            product=row["product"],
            minutes=minutes,
            start=visit.window.start,
            end=visit.window.end,
        )
        if who is not None:
            booked[(visit.window.start, who.id)] += minutes
            row |= {"technician": {"name": _words(who.name)}, "technician_id": who.id}
        rows.append({**row, "minutes": minutes})
    return rows


def _visit_row(visit: DemoVisit, ticket_of: Mapping[str, DemoTicket], now: datetime) -> dict[str, Any]:
    person, window = visit.person, visit.window
    line = person.line("broadband") or person.lines[0]
    ticket = ticket_of.get(person.id) if visit.status == "confirmed" else None
    if ticket is not None and ticket.case.product != line.product:
        ticket = None
    made_at = min(ticket.created_at if ticket else now, window.start)
    return {
        "id": visit.id,
        "status": visit.status,
        "customer_id": person.id,
        "line_id": line.id,
        "ticket_id": ticket.id if ticket else None,
        "area": window.area,
        "address": person.address.in_language(person.language),
        "product": line.product,
        "window_id": window.id,
        "start": window.start,
        "end": window.end,
        "held_until": None,
        "technician": {},
        "technician_id": None,
        "conversation_id": None,
        "idempotency_key": f"demo:{visit.id}",
        "created_at": made_at,
        "updated_at": made_at,
        "version": 1,
    }


def _outage_row(outage: DemoOutage) -> dict[str, Any]:
    return {
        "id": outage.id,
        "area": outage.words.area,
        "product": outage.words.product,
        "status": outage.words.status,
        "started_at": outage.started_at,
        "restore_at": outage.restore_at,
        "cause": _words(outage.words.cause),
    }
