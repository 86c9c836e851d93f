"""Tickets, open and past, and outages of the demo operator. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bot.operator.demo.files import CaseWords, DemoFiles, OutageWords
from bot.operator.demo.ids import Ids
from bot.operator.demo.people import DemoPerson

#: what the operator promises: an answer and a solution, by ticket type
_ANSWER = {"fault": timedelta(hours=1), "request": timedelta(hours=1), "complaint": timedelta(hours=24)}
_SOLVE = {"fault": timedelta(hours=48), "request": timedelta(hours=48), "complaint": timedelta(hours=72)}
#: the legal clock of a fault, and of a complaint
_LEGAL_FAULT = {"urban": timedelta(hours=48), "rural": timedelta(hours=72)}
_LEGAL_COMPLAINT = timedelta(days=15)

_OPEN_CASES = {
    "customer_with_visit": ("broadband_down", "broadband_drops"),
    "customer_same_area_a": ("broadband_drops",),
    "customer_same_area_b": ("broadband_slow",),
    "customer_for_booking": ("broadband_down", "broadband_drops"),
    "customer_with_open_ticket": ("broadband_slow", "mobile_signal", "broadband_drops", "mobile_signal"),
}
_COMPANY_OPEN = ("charge_complaint", "mobile_signal", "invoice_request")
_COMPANY_OPEN_EVERY = 7
#: parts of the time for a solution after which past cases were done
_SOLVED_AFTER = (0.15, 0.9)
_PAST_DAYS = 170
_CHANNELS = ("chat", "app", "hotline", "shop")

#: a running outage began so long ago and is expected to end so much later
_OUTAGE_AGE = timedelta(hours=2, minutes=10)
_OUTAGE_LASTS = timedelta(hours=6)
_HALF_HOUR_S = 1800


@dataclass(frozen=True)
class HistoryLine:
    at: datetime
    #: status, note
    kind: str
    author: str
    status: str | None
    text: str | None


@dataclass(frozen=True)
class DemoTicket:
    id: str
    case: CaseWords
    person: DemoPerson
    line_id: str | None
    #: as TMF621 names it
    status: str
    channel: str
    created_at: datetime
    respond_by: datetime
    due_at: datetime
    legal_due_at: datetime | None
    resolved_at: datetime | None
    history: tuple[HistoryLine, ...]

    @property
    def open(self) -> bool:
        return self.resolved_at is None


@dataclass(frozen=True)
class DemoOutage:
    id: str
    words: OutageWords
    started_at: datetime
    restore_at: datetime


def open_tickets(
    people: Sequence[DemoPerson], files: DemoFiles, ids: Ids, rng: Random, now: datetime
) -> list[DemoTicket]:
    """One open ticket for each customer whose need asks for it, and some for company."""
    tickets = []
    for person in people:
        names = _OPEN_CASES.get(person.need or "", ())
        if person.need is None and person.nth % _COMPANY_OPEN_EVERY == 5:
            names = _COMPANY_OPEN
        if names:
            case = files.cases[names[person.nth % len(names)]]
            created = now - timedelta(minutes=rng.randint(150, 1100))
            tickets.append(_ticket(ids.take("TT", 8), case, person, files, rng, created, None))
    return tickets


def past_tickets(
    people: Sequence[DemoPerson], files: DemoFiles, ids: Ids, rng: Random, now: datetime
) -> list[DemoTicket]:
    """Closed tickets of the last months, for every second of those without a need."""
    tickets = []
    for person in people:
        if person.need is None and person.nth % 2 == 0:
            owned = {line.product for line in person.lines}
            case = rng.choice([case for case in files.cases.values() if case.product in owned])
            created = now - timedelta(days=rng.randint(5, _PAST_DAYS), minutes=rng.randint(0, 600))
            solved = created + _SOLVE[case.ticket_type] * rng.uniform(*_SOLVED_AFTER)
            tickets.append(_ticket(ids.take("TT", 8), case, person, files, rng, created, solved))
    return tickets


def make_outages(files: DemoFiles, ids: Ids, today: date, now: datetime, zone: ZoneInfo) -> list[DemoOutage]:
    """The outages of the file: running ones around `now`, planned ones on their day."""
    outages = []
    for item in files.outages:
        if item.status == "running":
            start, end = now - _OUTAGE_AGE, next_half_hour(now + _OUTAGE_LASTS)
        else:
            day = today + timedelta(days=item.days_ahead)
            start, end = (datetime.combine(day, time(hour), zone) for hour in item.hours)
        outages.append(DemoOutage(ids.take("OU", 6), item, start, end))
    return outages


def next_half_hour(moment: datetime) -> datetime:
    """The moment itself, or the next :00 or :30 after it."""
    past_s = moment.minute % 30 * 60 + moment.second
    return moment.replace(microsecond=0) + timedelta(seconds=(_HALF_HOUR_S - past_s) % _HALF_HOUR_S)


def _ticket(
    ticket_id: str,
    case: CaseWords,
    person: DemoPerson,
    files: DemoFiles,
    rng: Random,
    created: datetime,
    solved: datetime | None,
) -> DemoTicket:
    line = person.line(case.product) or person.lines[0]
    due = created + _SOLVE[case.ticket_type]
    legal = None
    if case.ticket_type == "complaint":
        legal = created + _LEGAL_COMPLAINT
    elif case.ticket_type == "fault":
        legal = created + _LEGAL_FAULT["urban" if case.product == "mobile" else person.area.kind]
    note = files.notes[f"{case.ticket_type}_{'closed' if solved else 'open'}"].in_language(person.language)
    taken_up = created + timedelta(minutes=rng.randint(10, 50))
    channel = rng.choice(_CHANNELS)
    history = [
        HistoryLine(created, "status", channel, "acknowledged", None),
        HistoryLine(taken_up, "status", "desk", "inProgress", None),
        HistoryLine(solved or taken_up, "note", "desk", None, note),
    ]
    if solved:
        history.append(HistoryLine(solved, "status", "desk", "resolved", None))
        history.append(HistoryLine(solved + timedelta(hours=24), "status", "desk", "closed", None))
    return DemoTicket(
        id=ticket_id,
        case=case,
        person=person,
        line_id=line.id,
        status="closed" if solved else "inProgress",
        channel=channel,
        created_at=created,
        respond_by=created + _ANSWER[case.ticket_type],
        due_at=min(due, legal) if legal else due,
        legal_due_at=legal,
        resolved_at=solved,
        history=tuple(history),
    )
