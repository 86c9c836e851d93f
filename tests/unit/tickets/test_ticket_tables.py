"""The tables of `data/policies`: which clocks, in words; what is refused at start."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.errors import SettingsError
from bot.policies.rules import Policies, load_policies
from bot.tickets.clocks import run_out
from bot.tickets.deadlines import Planner
from bot.tickets.explain import explain
from bot.tickets.intake import drafted
from bot.tickets.matching import CaseFacts
from bot.tickets.model import NewTicket, Severity, Ticket, TicketStatus, TicketType
from bot.tickets.tables import load_tables
from bot.wording import Wording

_ROOT = Path(__file__).parents[3]
_DATA = _ROOT / "data" / "policies"
_ZONE = ZoneInfo("Asia/Shanghai")
_TABLES = load_tables(_DATA, _ZONE)
_POLICIES = load_policies(_DATA)
_PLANNER = Planner(_POLICIES, _TABLES)
_WORDING = Wording.load(_ROOT / "data" / "responses", _ZONE)
_AT = datetime(2026, 11, 23, 10, 0, tzinfo=_ZONE)


def _ticket(ticket_type: TicketType, severity: Severity = Severity.major, **more: object) -> Ticket:
    return drafted(NewTicket(ticket_type, "words", severity, **more), "key", _AT, _PLANNER)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "target"),
    [
        (CaseFacts("fault", "Major"), "fault"),
        (CaseFacts("fault", "Critical"), "fault_serious"),
        (CaseFacts("fault", "Critical", outage=True), "outage"),
        (CaseFacts("fault", "Major", customer_class="business"), "fault_business"),
        (CaseFacts("complaint", "Critical"), "complaint"),
        (CaseFacts("request", "Minor"), "request"),
        (CaseFacts("request", "Critical"), "request_serious"),
        (CaseFacts("request", "Minor", customer_class="business"), "request_business"),
    ],
)
def test_the_first_row_that_fits_counts(facts: CaseFacts, target: str) -> None:
    assert _TABLES.target(facts).id == target


def test_every_rule_that_a_row_names_is_in_force() -> None:
    for _, target in _TABLES.targets:
        for rule_id in (target.answer, target.solve, target.reopened):
            assert _PLANNER.rule(rule_id, "operator") is not None, rule_id
    for _, rule_id in _TABLES.legal:
        assert _PLANNER.rule(rule_id, "CN") is not None, rule_id


def test_a_deadline_is_explained_in_both_languages() -> None:
    fault = _ticket(TicketType.fault, product="broadband", facts={"area_kind": "rural"})
    answer, solve, legal = explain(fault, _PLANNER, _WORDING, "en")
    assert "11 am" in answer and "1 hour" in answer
    assert "48 hours" in solve and "round the clock" in solve and "25 Nov" in solve
    assert "72 hours" in legal and "26 Nov" in legal and "never pauses" in legal
    assert [len(explain(fault, _PLANNER, _WORDING, language)) for language in ("zh", "en")] == [3, 3]
    assert "48" in explain(fault, _PLANNER, _WORDING, "zh")[1]


def test_the_explanation_says_what_is_special() -> None:
    critical = _ticket(TicketType.fault, Severity.critical, product="broadband")
    assert "legal limit comes first" in explain(critical, _PLANNER, _WORDING, "en")[-1]
    waiting = replace(_ticket(TicketType.request), status=TicketStatus.pending)
    assert "stands still" in explain(waiting, _PLANNER, _WORDING, "en")[-1]
    again = replace(_ticket(TicketType.request), status=TicketStatus.in_progress, reopened_at=_AT)
    assert "taken up again" in explain(again, _PLANNER, _WORDING, "en")[-1]
    none = Planner(Policies(()), _TABLES)
    assert explain(replace(waiting, status=TicketStatus.held), none, _WORDING, "en") == (
        "This ticket has no deadline.",
    )


def test_a_clock_that_stands_ends_later_by_the_service_time_it_stood() -> None:
    care = _TABLES.calendars.get("care")
    ten_hours, start = timedelta(hours=10), _AT
    night = (_AT.replace(hour=21), _AT.replace(day=24, hour=9))
    assert run_out(care, start, ten_hours, ()) == _AT.replace(hour=20)
    assert run_out(care, start, timedelta(hours=12), [night]) == _AT.replace(day=24, hour=10)
    assert run_out(care, start, ten_hours, [night]) == _AT.replace(hour=20)  # it was used up before
    assert run_out(care, start, timedelta(hours=12), [(night[0], None)]) is None
    assert run_out(care, night[1], ten_hours, [night]) == _AT.replace(day=24, hour=19)  # stood before it began


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("sla.yml", "{ticket_type: fault, customer_class: business}", "{ticket_type: defect}"),
        ("sla.yml", "{ticket_type: fault, customer_class: business}", "{colour: red}"),
        ("sla.yml", "{ticket_type: fault, customer_class: business}", "business"),
        ("sla.yml", "when: {outage: true}", "when: {outage: always}"),
        ("sla.yml", "calendar: office", "calendar: moonlight"),
        ("sla.yml", "ladder: request}", "ladder: none}"),
        ("sla.yml", "to: head_of_service", "to: the_king"),
        ("sla.yml", "warn_at_percent: 75", "warn_at_percent: 100"),
        ("sla.yml", "targets:", "aims:"),
        ("service/dispatch.yml", "group: security", "group: nobody"),
        ("service/dispatch.yml", "lead: security_lead", "lead: nobody"),
        ("service/loop.yml", "complaint: {after_hours: 24, silence_closes: false}", "other: {after_hours: 1}"),
        (
            "service/loop.yml",
            "complaint: {after_hours: 24, silence_closes: false}",
            "complaint: {after_hours: 24, silence_closes: true}",
        ),
        ("service/retention.yml", "destroy_after_days: 730", "destroy_after_days: 30"),
        ("service/retention.yml", "retention:", "retention: ["),
    ],
)
def test_a_broken_table_is_refused_at_start(tmp_path: Path, name: str, old: str, new: str) -> None:
    folder = tmp_path / "policies"
    shutil.copytree(_DATA, folder)
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(SettingsError):
        load_tables(folder, _ZONE)


def test_the_digest_follows_rules_targets_and_calendars(tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    shutil.copytree(_DATA, folder)
    assert load_tables(folder, _ZONE).digest == _TABLES.digest
    seen = {_TABLES.digest}
    for name in ("sla.yml", "repair_clock.yml", "complaint_deadline.yml", "service/calendars.yml"):
        (folder / name).write_text((folder / name).read_text("utf-8") + "# changed\n", encoding="utf-8")
        seen.add(load_tables(folder, _ZONE).digest)
    assert len(seen) == 5


def test_addressees_are_groups_and_roles() -> None:
    assert _TABLES.addressee("group", "field_rural") == "field_rural"
    assert _TABLES.addressee("lead", "field_rural") == "field_lead"
    assert _TABLES.addressee("compliance", None) == "compliance"
    assert _TABLES.addressee("group", None) in _TABLES.groups
    assert _TABLES.addressee("lead", None) in _TABLES.roles
