"""Groups of the desk: which chats they take, in which order, at which hours.

Read from `data/desk/groups.yml`; no I/O after that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.calendars.load import Calendars
from bot.calendars.model import ServiceCalendar
from bot.errors import SettingsError
from bot.yaml_files import yaml_mapping

_NAMES = frozenset({"reason", "product", "language", "customer_class", "topic"})
WANTS = frozenset({"group", "language", "product", "customer_class"})
#: an emergency is ranked as if it had been asked for so much earlier
_JUMP = timedelta(days=3650)
#: a chat that comes back is ranked ahead of all who ask for the first time, behind emergencies
_FRONT = timedelta(days=365)


@dataclass(frozen=True)
class Case:
    """What the rules may ask of a chat that wants a person."""

    reason: str
    language: str
    product: str | None = None
    customer_class: str | None = None
    #: the flow that was open, or the wish that was heard
    topic: str | None = None

    def with_reason(self, reason: str) -> Case:
        """The same chat, wanted for another reason."""
        return replace(self, reason=reason)


#: names with the values that fit
When = tuple[tuple[str, frozenset[str]], ...]


@dataclass(frozen=True)
class Ring:
    """What somebody must have to get a chat that has waited `after_s`."""

    after_s: float
    wants: frozenset[str]


@dataclass(frozen=True)
class Group:
    id: str
    #: {zh, en}
    name: Mapping[str, str]
    calendar: ServiceCalendar
    queue_limit: int
    answer_within_s: float
    rings: tuple[Ring, ...]
    #: whose people help out, once somebody has waited `overflow_after_s`
    overflow: str | None = None
    overflow_after_s: float = 0.0

    def opens_at(self, now: datetime) -> datetime | None:
        """When its hours begin again; None while they run."""
        return None if self.calendar.open_at(now) else self.calendar.add(now, timedelta(0))


@dataclass(frozen=True)
class Rank:
    """How urgent a chat is."""

    #: 0 is served first
    priority: int
    #: order of service: the earlier, the sooner; waiting is counted in
    at: datetime
    jumps: bool = False


@dataclass(frozen=True)
class DeskRules:
    """All of `groups.yml`."""

    groups: Mapping[str, Group]
    takes: tuple[tuple[When, str], ...]
    priorities: tuple[tuple[When, int, bool], ...]
    offer_s: float
    grace_s: float
    ages_every_s: float
    alarm_after_s: float
    callback_tries: int
    direct_s: float

    def group_of(self, case: Case) -> Group:
        """The group that a chat belongs to."""
        return self.groups[next(group for when, group in self.takes if fits(when, case))]

    def rank(self, case: Case, requested_at: datetime) -> Rank:
        """Where a chat stands in the order of service.

        Every `ages_every_s` of waiting counts as one step of priority. As that holds for everybody alike, the order
        of two chats never changes, and one moment says it: the request, later by the steps that the chat is less
        urgent.
        """
        priority, jumps = next((level, jumps) for when, level, jumps in self.priorities if fits(when, case))
        at = requested_at - _JUMP if jumps else requested_at + timedelta(seconds=priority * self.ages_every_s)
        return Rank(priority, at, jumps)

    def in_front(self, rank_at: datetime, requested_at: datetime) -> datetime:
        """The rank of a chat that comes back to the queue: ahead of new ones, in the order of their requests."""
        return min(rank_at, requested_at - _FRONT)

    def effective(self, priority: int, waited_s: float) -> float:
        """Priority with what waiting has added to it; below 0 for those who waited very long."""
        return round(priority - waited_s / self.ages_every_s, 2)

    def group(self, group_id: str) -> Group:
        """The group of this id; one that has been taken out of the file is served as the last."""
        return self.groups.get(group_id) or self.groups[self.takes[-1][1]]


def load_groups(path: Path, calendars: Calendars) -> DeskRules:
    """Read the file.

    Raises:
        SettingsError: it cannot be used; the message says what to put right.
    """
    try:
        body = yaml_mapping(path)
        groups = {row["id"]: _group(row, calendars) for row in body["groups"]}
        rules = DeskRules(
            groups=groups,
            takes=tuple((read_when(row), str(row["group"])) for row in body["takes"]),
            priorities=tuple(
                (read_when(row), int(row["priority"]), bool(row.get("jumps", False))) for row in body["priority"]
            ),
            offer_s=float(body["offer_s"]),
            grace_s=float(body["grace_s"]),
            ages_every_s=float(body["ages_every_s"]),
            alarm_after_s=float(body["alarm_after_s"]),
            callback_tries=int(body["callback_tries"]),
            direct_s=float(body["direct_s"]),
        )
    except SettingsError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError) as exc:
        raise SettingsError(
            f"{path.name} cannot be used: {type(exc).__name__} {exc}. Compare it with its head."
        ) from exc
    _check(rules, path.name)
    return rules


def _check(rules: DeskRules, name: str) -> None:
    if not rules.takes or rules.takes[-1][0] or not rules.priorities or rules.priorities[-1][0]:
        raise SettingsError(f"{name}: the last row of `takes` and of `priority` fits everything; leave out its `when`.")
    named = {group for _, group in rules.takes} | {group.overflow for group in rules.groups.values() if group.overflow}
    if unknown := named - set(rules.groups):
        raise SettingsError(f"{name}: there is no group {', '.join(sorted(unknown))}. Add it, or correct its name.")


def _group(row: Mapping[str, Any], calendars: Calendars) -> Group:
    rings = tuple(Ring(float(item["after_s"]), frozenset(item["want"])) for item in row["rings"])
    if not rings or rings[0].after_s > 0 or any(ring.wants - WANTS for ring in rings):
        raise SettingsError(f"Group {row['id']}: rings begin at 0 and want some of {', '.join(sorted(WANTS))}.")
    return Group(
        id=str(row["id"]),
        name={language: str(row["name"][language]) for language in ("zh", "en")},
        calendar=calendars.get(str(row["calendar"])),
        queue_limit=int(row["queue_limit"]),
        answer_within_s=float(row["answer_within_s"]),
        rings=tuple(sorted(rings, key=lambda ring: ring.after_s)),
        overflow=row.get("overflow"),
        overflow_after_s=float(row.get("overflow_after_s", 0)),
    )


def read_when(row: Mapping[str, Any]) -> When:
    """Read a row's `when`.

    Raises:
        SettingsError: it asks for something that no chat has.
    """
    given: Mapping[str, Any] = row.get("when") or {}
    if unknown := set(given) - _NAMES:
        raise SettingsError(f"`when` knows {', '.join(sorted(_NAMES))}, not {', '.join(sorted(unknown))}.")
    return tuple((name, frozenset(_values(value))) for name, value in given.items())


def _values(value: object) -> Sequence[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def fits(when: When, case: Case) -> bool:
    """Whether a chat has what a row asks for."""
    return all(getattr(case, name) in values for name, values in when)
