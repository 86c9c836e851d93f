"""Read `data/policies/service/calendars.yml`: service calendars and the operator's own table of days."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.calendars.days import DayKind, Days, country
from bot.calendars.model import Opening, ServiceCalendar
from bot.errors import SettingsError
from bot.yaml_files import yaml_mapping

#: deadlines reach so far ahead; holidays that are not known by then are worth a warning
WARN_AHEAD = timedelta(days=45)
_MIDNIGHT = "24:00"


class Calendars:
    """Every service calendar of the operator, by id."""

    def __init__(self, calendars: Mapping[str, ServiceCalendar], digest: str) -> None:
        """Args:
        digest: changes whenever a calendar or the holiday data change, so that stored deadlines can be recomputed.
        """
        self._calendars = calendars
        self.digest = digest

    def get(self, calendar_id: str) -> ServiceCalendar:
        """Raises:
        SettingsError: no calendar of this name.
        """
        try:
            return self._calendars[calendar_id]
        except KeyError as exc:
            raise SettingsError(f"There is no calendar {calendar_id}. Add it to calendars.yml.") from exc

    def warnings(self, today: date) -> tuple[str, ...]:
        """What operations should know: calendars whose holidays are not known for the time that deadlines reach."""
        found: dict[tuple[str, date], list[str]] = {}
        for calendar in self._calendars.values():
            if not calendar.always and calendar.days.ends_within(today, WARN_AHEAD):
                found.setdefault((calendar.days.name, calendar.days.last_day), []).append(calendar.id)
        return tuple(
            f"Holidays after {day} are not known ({source}; calendars {', '.join(sorted(ids))}): "
            "Monday to Friday count as working days. Update the library, or add the days to calendars.yml."
            for (source, day), ids in sorted(found.items())
        )


def load_calendars(path: Path, zone: ZoneInfo) -> Calendars:
    """Read the file.

    Args:
        zone: of the openings, unless a calendar names its own.

    Raises:
        SettingsError: the file cannot be used; the message names the calendar and what to put right.
    """
    document = yaml_mapping(path)
    try:
        own = dict(_own_days(document.get("days") or {}))
        rows: Mapping[str, Any] = document["calendars"]
        calendars = {name: _calendar(name, row, own, zone) for name, row in rows.items()}
    except SettingsError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError, NotImplementedError) as exc:
        raise SettingsError(
            f"{path.name} cannot be used: {type(exc).__name__} {exc}. Compare it with its head."
        ) from exc
    sources = sorted({calendar.days.name for calendar in calendars.values()})
    digest = hashlib.sha256("\n".join([path.read_text("utf-8"), zone.key, *sources]).encode()).hexdigest()[:16]
    return Calendars(calendars, digest)


def _calendar(name: str, row: Mapping[str, Any], own: Mapping[date, DayKind], zone: ZoneInfo) -> ServiceCalendar:
    code, _, part = str(row.get("country", "CN")).partition("-")
    hours = {DayKind(kind): _openings(name, openings) for kind, openings in row["hours"].items()}
    where = ZoneInfo(row["zone"]) if "zone" in row else zone
    words = {language: str(row["name"][language]) for language in ("zh", "en")}
    return ServiceCalendar(name, words, where, Days(country(code, part or None), own), hours)


def _openings(name: str, rows: Sequence[str]) -> tuple[Opening, ...]:
    openings = []
    for row in rows or ():
        start, _, end = str(row).partition("-")
        openings.append(Opening(time.fromisoformat(start), None if end == _MIDNIGHT else time.fromisoformat(end)))
    for opening, following in pairwise(openings):
        if opening.end is None or following.start < opening.end:
            raise SettingsError(f"Calendar {name}: openings of a day stand in order and do not overlap.")
    if any(opening.length <= timedelta(0) for opening in openings):
        raise SettingsError(f"Calendar {name}: an opening ends after it starts; past midnight needs two.")
    return tuple(openings)


def _own_days(table: Mapping[str, Sequence[date]]) -> Iterator[tuple[date, DayKind]]:
    for kind, days in table.items():
        for day in days or ():
            if type(day) is not date:
                raise SettingsError(f"calendars.yml: {day!r} is not a date such as 2027-02-06.")
            yield day, DayKind(kind)
