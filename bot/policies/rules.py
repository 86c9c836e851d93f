"""Load `data/policies/*.yml` and hand out the rules that a customer may be told.

A rule is a row with a value, a text in both languages, a source, a date and a region. A row counts only while it is
enabled, and a row that rests on memory alone can never be enabled: somebody has to read the official text first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from pathlib import Path
from types import MappingProxyType

import yaml

from bot.errors import BotError
from bot.yaml_files import load_yaml

LANGUAGES = ("zh", "en")
DEFAULT_REGION = "CN"
NUMBER_FIELD = "{number}"


class PolicyNotFound(BotError):
    """No enabled rule has this id in this region. Say nothing of it to a customer, or offer a person."""

    status, code = 404, "policy_not_found"


class PolicyDataInvalid(BotError):
    """A policy file cannot be used. The message names the file, the row and what to put right."""

    status, code = 500, "policy_data_invalid"


class SourceKind(str, Enum):
    """Where a rule's value comes from, strongest first."""

    OFFICIAL = "official"  # read in the regulator's or the legislator's own publication
    SECONDARY = "secondary"  # read in a mirror, a news page or another operator's page
    OPERATOR = "operator"  # decided by the operator whose service this is
    MEMORY = "memory"  # nobody has read it anywhere; may never be enabled


class Region(str, Enum):
    """Whose rule it is: a country's, or the operator's own."""

    CN = "CN"
    GB = "GB"
    US = "US"
    AU = "AU"
    OPERATOR = "operator"


class Unit(str, Enum):
    """What a rule's number counts."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"  # of the calendar, day and night, holidays included
    DAY = "day"  # of the calendar
    WORKING_DAY = "working_day"
    SERVICE_DAY = "service_day"  # as long as the service calendar's working day is open
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    HOUR_OF_DAY = "hour_of_day"  # 0 to 24, in the operator's time zone
    PERCENT = "percent"
    PERCENT_PER_DAY = "percent_per_day"
    CNY = "cny"
    CNY_PER_DAY = "cny_per_day"
    GBP = "gbp"
    GBP_PER_DAY = "gbp_per_day"
    DIGIT = "digit"
    ATTEMPT = "attempt"
    DOCUMENT = "document"
    STEP = "step"
    WINDOW = "window"
    CONDITION = "condition"  # a yes-or-no rule; its number is 1


_SECONDS = {
    Unit.SECOND: 1,
    Unit.MINUTE: 60,
    Unit.HOUR: 3600,
    Unit.DAY: 86_400,
    Unit.WEEK: 604_800,
}


@dataclass(frozen=True)
class PolicyRule:
    """One rule as it may be quoted.

    Attributes:
        id: name of the rule, unique within its region.
        number: the value, in `unit`.
        unit: what `number` counts.
        text: language to the sentence that states the rule; holds every language of `LANGUAGES`.
        source: what was read, or who decided.
        source_kind: how strong that source is.
        effective_date: first day on which the rule held; None when the source does not say.
        region: whose rule it is.
        enabled: whether it may be used.
    """

    id: str
    number: Decimal
    unit: Unit
    text: Mapping[str, str]
    source: str
    source_kind: SourceKind
    effective_date: dt.date | None
    region: Region
    enabled: bool

    def duration(self) -> dt.timedelta:
        """Return the value as elapsed time.

        Raises:
            ValueError: the unit has no fixed length (working days, months, years) or is no time at all.
        """
        if self.unit not in _SECONDS:
            raise ValueError(f"rule {self.id} counts {self.unit.value}, which has no fixed length")
        return dt.timedelta(seconds=float(self.number * _SECONDS[self.unit]))


class Policies:
    """All rules of one folder, found by id and region."""

    def __init__(self, rules: Iterable[PolicyRule]) -> None:
        """Index the rules.

        Raises:
            PolicyDataInvalid: two rules share an id and a region, or an enabled rule rests on memory.
        """
        index: dict[tuple[str, str], PolicyRule] = {}
        for rule in rules:
            key = (rule.id, rule.region.value)
            if key in index:
                raise PolicyDataInvalid(f"rule {rule.id} stands twice for {rule.region.value}; remove one")
            if rule.enabled and rule.source_kind is SourceKind.MEMORY:
                raise PolicyDataInvalid(
                    f"rule {rule.id} ({rule.region.value}) is enabled from memory; read a source first, or disable it"
                )
            index[key] = rule
        self._index = index

    def become(self, other: Policies) -> None:
        """Take over another's rules; whoever holds this one has them from now on."""
        self._index = other._index

    def get(self, rule_id: str, region: str = DEFAULT_REGION) -> PolicyRule:
        """Return an enabled rule of exactly this region.

        Args:
            rule_id: the row's `id`.
            region: a value of `Region`; the operator's own promises are under "operator".

        Raises:
            PolicyNotFound: no such row, or the row is switched off.
        """
        rule = self._index.get((rule_id, region))
        if rule is None:
            raise PolicyNotFound(f"no rule {rule_id} for {region}; add it to data/policies")
        if not rule.enabled:
            raise PolicyNotFound(f"rule {rule_id} for {region} is switched off until its source is checked")
        return rule

    def text(self, rule_id: str, language: str, region: str = DEFAULT_REGION) -> str:
        """Return a rule's sentence for customers; empty while no such rule is in force."""
        try:
            return str(self.get(rule_id, region).text[language])
        except PolicyNotFound:
            return ""

    def enabled(self) -> tuple[PolicyRule, ...]:
        """Return the rules in force, ordered by region and id."""
        return tuple(rule for rule in self.all() if rule.enabled)

    def all(self) -> tuple[PolicyRule, ...]:
        """Return every rule, those switched off included, ordered by region and id; for review, not for customers."""
        return tuple(sorted(self._index.values(), key=lambda rule: (rule.region.value, rule.id)))


def load_policies(folder: Path) -> Policies:
    """Read every `*.yml` of a folder.

    Args:
        folder: holds files with one key, `policies`, a list of rows.

    Returns:
        The rules, with `{number}` in their texts replaced by the row's own number.

    Raises:
        PolicyDataInvalid: no file, a broken file, a row with a missing, unknown or wrong field, a row that stands
            twice, or an enabled row that rests on memory.
    """
    paths = sorted(folder.glob("*.yml"))
    if not paths:
        raise PolicyDataInvalid(f"no policy files in {folder.name}; expected one *.yml or more")
    return Policies(rule for path in paths for rule in _rules_of(path))


_FIELDS = frozenset({"id", "value", "text", "source", "source_kind", "effective_date", "region", "enabled"})


def _rules_of(path: Path) -> list[PolicyRule]:
    try:
        document: object = load_yaml(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as exc:
        raise PolicyDataInvalid(f"{path.name} is not readable YAML: {exc}") from exc
    rows = document.get("policies") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not rows:
        raise PolicyDataInvalid(f"{path.name} needs a list under `policies`")
    return [_rule_of(row, f"{path.name} row {number}") for number, row in enumerate(rows, start=1)]


def _rule_of(row: object, where: str) -> PolicyRule:
    if not isinstance(row, dict):
        raise PolicyDataInvalid(f"{where} is not a mapping")
    if set(row) != _FIELDS:
        wrong = ", ".join(sorted(str(field) for field in set(row) ^ _FIELDS))
        raise PolicyDataInvalid(f"{where} has missing or unknown fields: {wrong}")
    where = f"{where} ({row['id']})"
    number, unit = _value_of(row["value"], where)
    enabled, effective_date = row["enabled"], row["effective_date"]
    if not isinstance(enabled, bool):
        raise PolicyDataInvalid(f"{where}: enabled is true or false")
    if effective_date is not None and type(effective_date) is not dt.date:
        raise PolicyDataInvalid(f"{where}: effective_date is a date such as 2019-12-01, or null")
    try:
        source_kind, region = SourceKind(row["source_kind"]), Region(row["region"])
    except ValueError as exc:
        raise PolicyDataInvalid(f"{where}: {exc}") from exc
    return PolicyRule(
        id=_string_of(row["id"], f"{where}: id"),
        number=number,
        unit=unit,
        text=_text_of(row["text"], number, unit, where),
        source=_string_of(row["source"], f"{where}: source"),
        source_kind=source_kind,
        effective_date=effective_date,
        region=region,
        enabled=enabled,
    )


def _value_of(value: object, where: str) -> tuple[Decimal, Unit]:
    if not isinstance(value, dict) or set(value) != {"number", "unit"}:
        raise PolicyDataInvalid(f"{where}: value holds a number and a unit")
    number = value["number"]
    if isinstance(number, bool) or not isinstance(number, (int, float)) or not number > 0:
        raise PolicyDataInvalid(f"{where}: the number is above 0")
    try:
        unit = Unit(value["unit"])
    except ValueError as exc:
        raise PolicyDataInvalid(f"{where}: {exc}") from exc
    return Decimal(str(number)), unit


def _text_of(text: object, number: Decimal, unit: Unit, where: str) -> Mapping[str, str]:
    if not isinstance(text, dict) or set(text) != set(LANGUAGES):
        raise PolicyDataInvalid(f"{where}: text holds exactly {' and '.join(LANGUAGES)}")
    texts: dict[str, str] = {}
    for language in LANGUAGES:
        sentence = _string_of(text[language], f"{where}: text {language}")
        if (NUMBER_FIELD in sentence) == (unit is Unit.CONDITION):
            wanted = "must not name" if unit is Unit.CONDITION else "must name"
            raise PolicyDataInvalid(f"{where}: text {language} {wanted} {NUMBER_FIELD}")
        texts[language] = sentence.replace(NUMBER_FIELD, f"{number:f}")
    return MappingProxyType(texts)


def _string_of(value: object, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise PolicyDataInvalid(f"{where} is empty or not text")
    return value.strip()
