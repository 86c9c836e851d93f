"""Conditions of the policy tables: which row fits a ticket. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import SettingsError
from bot.tickets.model import NewTicket, Severity, Ticket, TicketType

_CHOICES = {
    "ticket_type": {item.value for item in TicketType},
    "severity": {item.value for item in Severity},
    "area_kind": {"urban", "rural"},
}
_FREE = ("product", "category", "area", "customer_class")
_YES_NO = ("outage", "regulator")


@dataclass(frozen=True)
class CaseFacts:
    """What the tables may ask of a ticket; names are those of `when`."""

    ticket_type: str
    severity: str
    product: str | None = None
    category: str | None = None
    area: str | None = None
    area_kind: str | None = None
    #: business, or whatever else the operator's customers are sorted into
    customer_class: str | None = None
    outage: bool = False
    #: the customer named the regulator, or the regulator passed it on
    regulator: bool = False


def facts_of(ticket: NewTicket | Ticket) -> CaseFacts:
    """`area`, `area_kind`, `customer_class` and `regulator_named` come from the ticket's facts."""
    known = ticket.facts
    return CaseFacts(
        ticket_type=ticket.ticket_type.value,
        severity=ticket.severity.value,
        product=ticket.product,
        category=ticket.category,
        area=known.get("area"),
        area_kind=known.get("area_kind"),
        customer_class=known.get("customer_class"),
        outage=ticket.outage_id is not None,
        regulator=bool(known.get("regulator_named")),
    )


@dataclass(frozen=True)
class Condition:
    """The `when` of a row: every name in it has to have one of its values."""

    wanted: tuple[tuple[str, frozenset[Any]], ...] = ()

    def fits(self, facts: CaseFacts) -> bool:
        return all(getattr(facts, name) in values for name, values in self.wanted)


def condition_of(when: object, where: str) -> Condition:
    """Read a `when`.

    Args:
        where: names the row in the error.

    Raises:
        SettingsError: a name or a value that no ticket has.
    """
    if when is None:
        return Condition()
    if not isinstance(when, Mapping):
        raise SettingsError(f"{where}: `when` is a mapping of names to values.")
    wanted = []
    for name, given in when.items():
        values: Sequence[Any] = given if isinstance(given, list) else [given]
        if name not in _CHOICES and name not in _FREE and name not in _YES_NO:
            known = ", ".join(sorted([*_CHOICES, *_FREE, *_YES_NO]))
            raise SettingsError(f"{where}: {name!r} is nothing that a ticket has. Choose from {known}.")
        wrong = [value for value in values if not _possible(name, value)]
        if wrong:
            raise SettingsError(f"{where}: {name} is never {wrong[0]!r}.")
        wanted.append((str(name), frozenset(values)))
    return Condition(tuple(wanted))


def first_fit(rows: Iterable[tuple[Condition, Any]], facts: CaseFacts) -> Any | None:
    """What stands in the first row that fits; None when none does."""
    return next((row for condition, row in rows if condition.fits(facts)), None)


def _possible(name: str, value: object) -> bool:
    if name in _YES_NO:
        return isinstance(value, bool)
    return isinstance(value, str) and (name not in _CHOICES or value in _CHOICES[name])
