"""A ticket as plain data and back: what the archive keeps and what is exported. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from bot.tickets.model import (
    EntryKind,
    HistoryEntry,
    Link,
    LinkKind,
    Priority,
    Severity,
    Ticket,
    TicketStatus,
    TicketType,
)

#: only for the sweep and for callers of the moment: nothing about the case
_LEFT_OUT = frozenset({"agenda", "done", "next_check_at", "rules_digest", "idempotency_key"})
_ENUMS: Mapping[str, type[Enum]] = {
    "ticket_type": TicketType,
    "status": TicketStatus,
    "severity": Severity,
    "priority": Priority,
}


def record_of(ticket: Ticket) -> dict[str, Any]:
    """Values for JSON; times in ISO 8601 with the operator's offset."""
    return {name: _plain(value) for name, value in asdict(ticket).items() if name not in _LEFT_OUT}


def ticket_of(record: Mapping[str, Any], zone: ZoneInfo) -> Ticket:
    """The ticket that `record_of` wrote; attributes that are newer than the record have their defaults."""
    known = {item.name for item in fields(Ticket)}
    values: dict[str, Any] = {"idempotency_key": None, **{k: v for k, v in record.items() if k in known}}
    for name, value in values.items():
        if name in _ENUMS:
            values[name] = _ENUMS[name](value)
        elif name.endswith(("_at", "_by")) and value is not None:
            values[name] = datetime.fromisoformat(value).astimezone(zone)
    return Ticket(**values)


def entry_record(entry: HistoryEntry) -> dict[str, Any]:
    return {name: _plain(value) for name, value in asdict(entry).items()}


def entry_of(record: Mapping[str, Any], zone: ZoneInfo) -> HistoryEntry:
    """The line that `entry_record` wrote."""
    return HistoryEntry(
        n=record["n"],
        at=datetime.fromisoformat(record["at"]).astimezone(zone),
        kind=EntryKind(record["kind"]),
        author=record["author"],
        status=TicketStatus(record["status"]) if record["status"] else None,
        text=record["text"],
        data=record["data"],
    )


def link_record(link: Link) -> dict[str, Any]:
    return {name: _plain(value) for name, value in asdict(link).items()}


def link_of(record: Mapping[str, Any], zone: ZoneInfo) -> Link:
    """The thing that `link_record` wrote."""
    at = datetime.fromisoformat(record["at"]).astimezone(zone)
    return Link(**{**record, "kind": LinkKind(record["kind"]), "at": at})


def row_record(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Some columns of a row of another table."""
    return {name: _plain(row[name]) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
