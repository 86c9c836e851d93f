"""Who drives out: skills, areas and shifts, and how much of a window a piece of work takes. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from bot.operator.ports import Words

#: minutes of work at a customer's, where the operator says nothing for the product
DEFAULT_MINUTES = 40
_MINUTE_S = 60


@dataclass(frozen=True)
class Shift:
    """Hours of work on some days of the week, in the operator's zone; Monday is 0."""

    days: frozenset[int]
    start: time
    end: time

    def covers(self, start: datetime, end: datetime) -> bool:
        """Whether all of a time within one day lies in this shift; both in the operator's zone."""
        within = self.start <= start.time() and end.time() <= self.end
        return within and start.date() == end.date() and start.weekday() in self.days


@dataclass(frozen=True)
class Technician:
    id: str
    name: Words
    #: products they can work on
    skills: frozenset[str]
    areas: frozenset[str]
    shifts: tuple[Shift, ...]

    def can_come(self, product: str | None, start: datetime, end: datetime) -> bool:
        """Whether they are on duty all through a window and know the product (None: any)."""
        return (product is None or product in self.skills) and any(shift.covers(start, end) for shift in self.shifts)


def choose(
    team: Sequence[Technician],
    booked: Mapping[str, int],
    *,
    product: str | None,
    minutes: int,
    start: datetime,
    end: datetime,
    favoured: str | None = None,
) -> Technician | None:
    """Who takes one more piece of work in a window.

    Args:
        booked: technician → minutes of work already theirs in that time.
        favoured: who has been there before, taken if they can.

    Returns:
        The favoured one, else the one with the least work, of those by id the first; None when nobody has the time.
    """
    length = int((end - start).total_seconds()) // _MINUTE_S
    able = [
        person
        for person in team
        if person.can_come(product, start, end) and booked.get(person.id, 0) + minutes <= length
    ]
    if not able:
        return None
    return min(able, key=lambda person: (person.id != favoured, booked.get(person.id, 0), person.id))


def technician_from(row: Mapping[str, Any]) -> Technician:
    """Read `{id, zh, en, skills, areas, shifts: [{days, start, end}]}`."""
    return Technician(
        id=str(row["id"]),
        name=Words(zh=str(row["zh"]), en=str(row["en"])),
        skills=frozenset(row["skills"]),
        areas=frozenset(row["areas"]),
        shifts=tuple(shift_from(item) for item in row["shifts"]),
    )


def shift_from(row: Mapping[str, Any]) -> Shift:
    return Shift(frozenset(row["days"]), time.fromisoformat(row["start"]), time.fromisoformat(row["end"]))


def shift_json(shift: Shift) -> dict[str, Any]:
    return {"days": sorted(shift.days), "start": f"{shift.start:%H:%M}", "end": f"{shift.end:%H:%M}"}
