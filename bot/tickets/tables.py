"""The operator's tables for tickets: which clocks, who works on it, how it ends. Read once from `data/policies`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.calendars.load import Calendars, load_calendars
from bot.calendars.model import ServiceCalendar
from bot.errors import SettingsError
from bot.settings import ROOT
from bot.tickets.clocks import Clock, ClockLadder, Step
from bot.tickets.matching import CaseFacts, Condition, condition_of, first_fit
from bot.tickets.model import TicketType
from bot.yaml_files import yaml_mapping

POLICIES = ROOT / "data" / "policies"
GROUP, LEAD = "group", "lead"
_LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Target:
    """Which rules the internal clocks of a ticket follow; ids of rules in `data/policies`."""

    id: str
    calendar: ServiceCalendar
    answer: str
    solve: str
    reopened: str
    #: order of work among tickets of one priority, lowest first
    rank: int
    ladders: Mapping[Clock, ClockLadder]


@dataclass(frozen=True)
class Group:
    """People who work on tickets; `lead` is a role."""

    id: str
    name: Mapping[str, str]
    lead: str


@dataclass(frozen=True)
class Confirmation:
    """What follows when a ticket is resolved."""

    after: timedelta
    silence_closes: bool
    #: so long before silence closes it the customer hears of it once more; None: not
    remind_before: timedelta | None = None


@dataclass(frozen=True)
class Retention:
    id: str
    archive_after: timedelta
    destroy_after: timedelta


@dataclass(frozen=True)
class TicketTables:
    """Everything that `sla.yml` and `service/*.yml` say; `digest` changes when a stored deadline may be out of date."""

    calendars: Calendars
    targets: tuple[tuple[Condition, Target], ...]
    legal: tuple[tuple[Condition, str], ...]
    dispatch: tuple[tuple[Condition, str], ...]
    groups: Mapping[str, Group]
    roles: Mapping[str, Mapping[str, str]]
    confirm: Mapping[TicketType, Confirmation]
    callback_tries: int
    repeated_within: timedelta
    repeated_from: int
    retention: tuple[tuple[Condition, Retention], ...]
    words: Mapping[str, Mapping[str, str]]
    digest: str

    def target(self, facts: CaseFacts) -> Target:
        found: Target | None = first_fit(self.targets, facts)
        if found is None:
            raise SettingsError("No row of sla.yml fits every ticket. End `targets` with one without `when`.")
        return found

    def legal_rule(self, facts: CaseFacts) -> str | None:
        """Id of the country's rule; None when no law limits such a ticket."""
        return first_fit(self.legal, facts)

    def group(self, facts: CaseFacts) -> str:
        """Id of the group that works on it."""
        found: str | None = first_fit(self.dispatch, facts)
        if found is None:
            raise SettingsError("No row of dispatch.yml fits every ticket. End `rules` with one without `when`.")
        return found

    def addressee(self, to: str, group_id: str | None) -> str:
        """Who `group`, `lead` or a role is for a ticket: the id of a group or of a role."""
        group = self.groups.get(group_id or "")
        if to == GROUP:
            return group_id or next(iter(self.groups))
        if to == LEAD:
            return group.lead if group else next(iter(self.roles))
        return to

    def retention_of(self, facts: CaseFacts) -> Retention | None:
        return first_fit(self.retention, facts)


@lru_cache(maxsize=4)
def shipped_tables(zone: ZoneInfo, folder: Path = POLICIES) -> TicketTables:
    """The tables of `data/policies`, read once a process."""
    return load_tables(folder, zone)


def load_tables(folder: Path, zone: ZoneInfo) -> TicketTables:
    """Read and check every table.

    Raises:
        SettingsError: a table cannot be used; the message names the file and the row.
    """
    service = folder / "service"
    calendars = load_calendars(service / "calendars.yml", zone)
    files = {name: yaml_mapping(service / f"{name}.yml") for name in ("dispatch", "loop", "retention", "words")}
    sla = yaml_mapping(folder / "sla.yml")
    try:
        ladders = {str(name): _ladder(rows) for name, rows in sla["ladders"].items()}
        targets = tuple(_target(row, calendars, ladders) for row in sla["targets"])
        legal = tuple((condition_of(row.get("when"), "sla.yml legal"), str(row["rule"])) for row in sla["legal"])
        groups, roles, dispatch = _people(files["dispatch"])
        _check_addressees(ladders, roles)
        loop = files["loop"]
        confirm = {TicketType(name): _confirmation(row) for name, row in loop["confirm"].items()}
        if set(confirm) != set(TicketType) or confirm[TicketType.complaint].silence_closes:
            raise SettingsError("loop.yml: each ticket type needs a row, and a complaint never closes by itself.")
        return TicketTables(
            calendars=calendars,
            targets=targets,
            legal=legal,
            dispatch=dispatch,
            groups=groups,
            roles=roles,
            confirm=confirm,
            callback_tries=int(loop["callback_tries"]),
            repeated_within=timedelta(days=loop["repeated"]["within_days"]),
            repeated_from=int(loop["repeated"]["from"]),
            retention=tuple(_retention(row) for row in files["retention"]["retention"]),
            words=files["words"]["explain"],
            digest=_digest(folder, calendars),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as exc:
        raise SettingsError(f"The tables of {folder.name} cannot be used: {type(exc).__name__} {exc}.") from exc


def _target(row: Mapping[str, Any], calendars: Calendars, ladders: Mapping[str, Any]) -> tuple[Condition, Target]:
    where = f"sla.yml target {row['id']}"
    if row["ladder"] not in ladders:
        raise SettingsError(f"{where}: there is no ladder {row['ladder']}.")
    target = Target(
        id=str(row["id"]),
        calendar=calendars.get(row["calendar"]),
        answer=str(row["answer"]),
        solve=str(row["solve"]),
        reopened=str(row["reopened"]),
        rank=int(row["rank"]),
        ladders=ladders[row["ladder"]],
    )
    return condition_of(row.get("when"), where), target


def _ladder(rows: Mapping[str, Any]) -> Mapping[Clock, ClockLadder]:
    ladder = {
        clock: ClockLadder(
            warn_at_percent=int(rows[clock.value]["warn_at_percent"]),
            warn=str(rows[clock.value]["warn"]),
            steps=tuple(
                Step(timedelta(hours=step["after_hours"]), str(step["to"])) for step in rows[clock.value]["steps"]
            ),
        )
        for clock in (Clock.answer, Clock.solve, Clock.legal)
    }
    for clock, row in ladder.items():
        if not row.steps or not 0 < row.warn_at_percent < 100:
            raise SettingsError(f"sla.yml ladders: {clock.value} warns at 1 to 99 percent and has a step.")
    return ladder


def _people(document: Any) -> tuple[Mapping[str, Group], Mapping[str, Any], tuple[tuple[Condition, str], ...]]:
    roles = {
        str(name): {language: str(words[language]) for language in _LANGUAGES}
        for name, words in document["roles"].items()
    }
    groups = {
        str(name): Group(str(name), {language: str(row["name"][language]) for language in _LANGUAGES}, str(row["lead"]))
        for name, row in document["groups"].items()
    }
    missing = [group.lead for group in groups.values() if group.lead not in roles]
    rules = tuple((condition_of(row.get("when"), "dispatch.yml"), str(row["group"])) for row in document["rules"])
    missing += [group for _, group in rules if group not in groups]
    if missing:
        raise SettingsError(f"dispatch.yml: nobody is called {missing[0]}.")
    return groups, roles, rules


def _check_addressees(ladders: Mapping[str, Mapping[Clock, ClockLadder]], roles: Mapping[str, Any]) -> None:
    for ladder in ladders.values():
        for row in ladder.values():
            for to in (row.warn, *(step.to for step in row.steps)):
                if to not in (GROUP, LEAD) and to not in roles:
                    raise SettingsError(f"sla.yml ladders: {to!r} is neither group, lead nor a role of dispatch.yml.")


def _retention(row: Mapping[str, Any]) -> tuple[Condition, Retention]:
    kept = Retention(
        str(row["id"]), timedelta(days=row["archive_after_days"]), timedelta(days=row["destroy_after_days"])
    )
    if not timedelta(0) < kept.archive_after < kept.destroy_after or not str(row["source"]).strip():
        raise SettingsError(f"retention.yml {kept.id}: archived before destroyed, and with a source.")
    return condition_of(row.get("when"), f"retention.yml {kept.id}"), kept


def _confirmation(row: Mapping[str, Any]) -> Confirmation:
    after, before = timedelta(hours=row["after_hours"]), row.get("remind_before_hours")
    remind_before = timedelta(hours=before) if before else None
    if remind_before is not None and not remind_before < after:
        raise SettingsError("loop.yml: the reminder comes after the question, so remind_before_hours < after_hours.")
    return Confirmation(after, bool(row["silence_closes"]), remind_before)


def _digest(folder: Path, calendars: Calendars) -> str:
    parts = [(folder / name).read_bytes() for name in ("sla.yml", "repair_clock.yml", "complaint_deadline.yml")]
    return hashlib.sha256(b"\n".join([*parts, calendars.digest.encode()])).hexdigest()[:16]
