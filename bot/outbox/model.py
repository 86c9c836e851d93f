"""Events for other systems: who listens for which, how a delivery is signed, when it is tried again. No I/O."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import parse_qsl

from bot.errors import BadRequest, NotFound

_QUERY_MOST = 1_000
_CLAUSES_MOST = 50
_VALUES_MOST = 20
#: path of the event's own attribute in a query
_TYPE, _FIELDS, _EVENT = "eventType", "fields", "event"


class HubNotFound(NotFound):
    """There is no subscription with this id. Subscribe again."""

    code = "hub_not_found"


class DeliveryNotFound(NotFound):
    """There is no dead letter with this id. List them again."""

    code = "delivery_not_found"


@dataclass(frozen=True)
class Event:
    """Something that happened to a record, as it is sent; `body` is TM Forum's event."""

    id: str
    at: datetime
    api: str
    event_type: str
    subject_id: str
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Hub:
    """A subscription: events of one API that fit `query` go to `callback`."""

    id: str
    api: str
    callback: str
    query: str
    key_id: str
    created_at: datetime


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one listener. `due_at` is None once it is done or given up."""

    id: str
    event_id: str
    hub_id: str
    due_at: datetime | None
    attempts: int
    delivered_at: datetime | None
    dead_at: datetime | None
    error: str | None


@dataclass(frozen=True)
class Patience:
    """How long a listener that does not answer is tried: twice as long each time, at random within that."""

    first_s: float = 2.0
    most_s: float = 3600.0
    attempts: int = 12

    def next_try(self, attempts: int, chance: float) -> timedelta | None:
        """How long to wait after so many attempts; None: give up.

        Args:
            chance: 0 to 1, by which listeners that failed together are not all tried together again.
        """
        if attempts >= self.attempts:
            return None
        longest = min(self.most_s, self.first_s * 2 ** (attempts - 1))
        return timedelta(seconds=longest * (0.5 + chance / 2))


class NotTaken(Exception):
    """A receiver has not taken an event.

    Attributes:
        reason: a few words for the list of dead letters, no customer's.
        final: another try would end the same way.
    """

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final


class Receiver(Protocol):
    """A listener inside this process: it is called instead of an address."""

    #: how long it is tried
    patience: Patience
    #: how many subjects it may be told of at a time
    lanes: int
    #: the longest that one attempt takes, seconds
    attempt_s: float

    def ready(self) -> bool:
        """Whether a try makes sense now; while it does not, nothing is tried and no try is counted."""

    async def take(self, event: "Event", attempt: int) -> None:
        """Deal with an event; from the second attempt on, the first may have had its effect.

        Raises:
            NotTaken: it did not, as far as is known.
        """


@dataclass(frozen=True)
class HubQuery:
    """A subscription's `query`, parsed. Clauses are joined by AND, the values of one by OR."""

    event_types: frozenset[str]
    #: path in the event, such as ("event", "troubleTicket", "status"), to the values that fit
    clauses: Mapping[tuple[str, ...], frozenset[str]]
    fields: frozenset[str] | None = None

    def fits(self, event: Event) -> bool:
        """Whether a listener wants this event."""
        if self.event_types and event.event_type.lower() not in self.event_types:
            return False
        return all(_at(event.body, path) & values for path, values in self.clauses.items())

    def selected(self, event: Event) -> dict[str, Any]:
        """The event's body with the attributes of the record that the listener asked for."""
        body = dict(event.body)
        if self.fields is not None:
            wanted = self.fields | {"id", "href"}
            body[_EVENT] = {
                name: {key: value for key, value in record.items() if key in wanted}
                for name, record in body[_EVENT].items()
            }
        return body


def parse_query(query: str, event_types: Collection[str], resources: Mapping[str, Collection[str]]) -> HubQuery:
    """Read a query such as `eventType=TroubleTicketStatusChangeEvent&troubleTicket.status=resolved,closed`.

    Args:
        event_types: those of the API.
        resources: its resources with their first-level attributes; an attribute may stand alone or after its resource.

    Raises:
        BadRequest: an unknown event, attribute or a query that is too long.
    """
    if len(query) > _QUERY_MOST:
        raise BadRequest(f"query is at most {_QUERY_MOST} characters.")
    try:
        pairs = parse_qsl(query.removeprefix("?"), keep_blank_values=True, max_num_fields=_CLAUSES_MOST)
    except ValueError as exc:
        raise BadRequest(f"query has at most {_CLAUSES_MOST} clauses.") from exc
    if query.strip() and not pairs:
        raise BadRequest("query is written like eventType=NAME&status=VALUE.")
    types: set[str] = set()
    clauses: dict[tuple[str, ...], frozenset[str]] = {}
    fields: frozenset[str] | None = None
    known = {name.lower() for name in event_types}
    for name, value in pairs:
        values = frozenset(part.strip() for part in value.split(","))
        if value.count(",") >= _VALUES_MOST:
            raise BadRequest(f"query names at most {_VALUES_MOST} values for {name!r}.")
        if name == _TYPE:
            unknown = [item for item in values if item.lower() not in known]
            if unknown:
                raise BadRequest(f"There is no event {unknown[0]!r}. Choose from {', '.join(sorted(event_types))}.")
            types |= {item.lower() for item in values}
        elif name == _FIELDS:
            fields = values - {""}
        else:
            clauses[_path(name, resources)] = values
    return HubQuery(frozenset(types), clauses, fields)


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """The signature that a listener checks: HMAC-SHA256 over `timestamp.body`, as `sha256=<hex>`."""
    return "sha256=" + hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def hub_secret(installation: bytes, hub_id: str) -> str:
    """The signing secret of a subscription, made from the installation's, so that none is stored."""
    return hmac.new(installation, f"hub:{hub_id}".encode(), hashlib.sha256).hexdigest()


def _path(name: str, resources: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    parts = tuple(name.removeprefix("event.").split("."))
    if parts[0] in resources and len(parts) > 1 and parts[1] in resources[parts[0]]:
        return (_EVENT, *parts)
    owners = [resource for resource, attributes in resources.items() if parts[0] in attributes]
    if owners:
        return (_EVENT, "*", *parts)
    raise BadRequest(f"Events cannot be chosen by {name!r}.")


def _at(value: Any, path: tuple[str, ...]) -> frozenset[str]:
    """Every value at a path; lists are looked through."""
    if isinstance(value, list):
        return frozenset().union(*(_at(item, path) for item in value)) if value else frozenset()
    if not path:
        return frozenset() if value is None or isinstance(value, dict) else frozenset({str(value)})
    if not isinstance(value, Mapping):
        return frozenset()
    if path[0] == "*":
        return frozenset().union(*(_at(item, path[1:]) for item in value.values()))
    return _at(value.get(path[0]), path[1:])
