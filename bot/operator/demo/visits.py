"""Windows of the demo's technicians and the visits that are booked. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bot.operator.demo.files import DemoFiles
from bot.operator.demo.ids import Ids
from bot.operator.demo.people import NARROW_AREA, DemoPerson

WINDOW_DAYS = 21
#: local hours of start and end
WINDOW_HOURS = ((8, 10), (10, 12), (14, 16), (16, 18))
ROOM, NARROW_ROOM = 3, 1

#: days ahead on which `customer_with_visit` have theirs
_VISIT_DAYS = (2, 3, 4)
_SAME_AREA_DAYS = {"customer_same_area_a": 3, "customer_same_area_b": 4}
_COMPANY_VISITS_EVERY = 6
_PAST_VISITS_EVERY = 4
_PAST_DAYS = 150


@dataclass(frozen=True)
class DemoWindow:
    id: str
    area: str
    start: datetime
    end: datetime
    capacity: int


@dataclass(frozen=True)
class DemoVisit:
    id: str
    status: str
    person: DemoPerson
    window: DemoWindow


class Windows:
    """The windows of the coming three weeks, and how much of each is taken."""

    def __init__(self, files: DemoFiles, today: date, zone: ZoneInfo, taken: Mapping[str, int]) -> None:
        """Lay out the windows.

        Args:
            taken: window id → visits that stay from earlier conversations.
        """
        self.all: dict[str, DemoWindow] = {}
        self.taken: Counter[str] = Counter(taken)
        self._today = today
        self._zone = zone
        for area in files.areas:
            for ahead in range(WINDOW_DAYS + 1):
                for hour, _ in WINDOW_HOURS:
                    window = window_at(area.area.id, today + timedelta(days=ahead), hour, zone)
                    self.all[window.id] = window

    def take(self, area: str, wanted: Iterable[tuple[int, int]]) -> DemoWindow | None:
        """Take the first of the wanted (days ahead, hour) that has room; None when none has."""
        for ahead, hour in wanted:
            window = self.all[window_at(area, self._today + timedelta(days=ahead), hour, self._zone).id]
            if self.taken[window.id] < window.capacity:
                self.taken[window.id] += 1
                return window
        return None


def window_at(area: str, day: date, hour: int, zone: ZoneInfo) -> DemoWindow:
    """The window of an area that starts on that day at that hour."""
    end_hour = dict(WINDOW_HOURS)[hour]
    return DemoWindow(
        id=f"{area}-{day:%Y%m%d}-{hour:02d}",
        area=area,
        start=datetime.combine(day, time(hour), zone),
        end=datetime.combine(day, time(end_hour), zone),
        capacity=NARROW_ROOM if area == NARROW_AREA else ROOM,
    )


def book_visits(people: Sequence[DemoPerson], windows: Windows, ids: Ids, rng: Random) -> list[DemoVisit]:
    """Book the visits that needs ask for, then some for company, all of them confirmed."""
    first = WINDOW_HOURS[0][0]
    visits = []
    for person in people:
        wanted: list[tuple[int, int]] = []
        if person.need == "customer_with_visit":
            turn = person.nth % len(_VISIT_DAYS)
            wanted = [(day, first) for day in (*_VISIT_DAYS[turn:], *_VISIT_DAYS[:turn])]
        elif person.need in _SAME_AREA_DAYS:
            day = _SAME_AREA_DAYS[person.need]
            # a window kept from an earlier conversation may be in the way
            wanted = [(day, first), *((later, first) for later in range(day + 1, WINDOW_DAYS))]
        elif _has_company_visit(person):
            wanted = [(rng.randint(1, 12), rng.choice(WINDOW_HOURS)[0])]
        window = windows.take(person.area.id, wanted)
        if window is not None:
            visits.append(DemoVisit(ids.take("AP", 8), "confirmed", person, window))
    return visits


def _has_company_visit(person: DemoPerson) -> bool:
    chosen = person.need is None and person.nth % _COMPANY_VISITS_EVERY == 3
    return chosen and person.area.id != NARROW_AREA and person.line("broadband") is not None


def past_visits(people: Sequence[DemoPerson], ids: Ids, rng: Random, today: date, zone: ZoneInfo) -> list[DemoVisit]:
    """Visits of the last months, most of them done, some cancelled; only for those without a need."""
    visits = []
    for person in people:
        if person.need is None and person.nth % _PAST_VISITS_EVERY == 1 and person.line("broadband") is not None:
            day = today - timedelta(days=rng.randint(3, _PAST_DAYS))
            window = window_at(person.area.id, day, rng.choice(WINDOW_HOURS)[0], zone)
            visits.append(
                DemoVisit(ids.take("AP", 8), "cancelled" if person.nth % 5 == 0 else "completed", person, window)
            )
    return visits
