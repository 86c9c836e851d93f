"""Bodies of TMF656 calls, read into what the outage service takes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.channels.tmf.nested import checked
from bot.channels.tmf.problem_resources import ESTIMATE, PROBLEM_LISTS, PROBLEM_OBJECTS, PROBLEM_TEXTS, status_of
from bot.channels.tmf.query import is_same, objects_of, text_of
from bot.errors import BadRequest
from bot.filters import moment_of
from bot.operator.ports import Words
from bot.outages.model import NOWHERE, PLANNED_WORKS, NewOutage, OutageRecord, OutageStatus

_TEXT_MOST = 4_000
_WORD_MOST = 200
_PLACES_MOST = 50
_REFERENCES_MOST, _ID_MOST = 200, 16
_SERVICES_MOST = 1_000_000_000
_PRODUCTS = ("broadband", "mobile", "tv", "landline")
_REQUIRED = ("category", "priority", "description", "reason", "originatorParty")
_START, _COUNT = "plannedStartDate", "affectedNumberOfServices"
#: word of the standard → our state, and the word itself where ours is coarser
_STATES: Mapping[str, OutageStatus] = {
    "acknowledged": OutageStatus.planned,
    "inProgress": OutageStatus.running,
    "pending": OutageStatus.running,
    "held": OutageStatus.running,
    "resolved": OutageStatus.restored,
    "closed": OutageStatus.restored,
    "rejected": OutageStatus.cancelled,
    "cancelled": OutageStatus.cancelled,
}
#: state of ours → words with which a new one may begin
_BEGINS: Mapping[OutageStatus, Sequence[str]] = {
    OutageStatus.planned: ("acknowledged",),
    OutageStatus.running: ("acknowledged", "inProgress", "pending", "held"),
}
#: set by the service; accepted in a body that changes nothing
_OURS = ("id", "href", "creationDate", "lastUpdate", "resolutionDate", "statusChangeDate", "trackingRecord")


def new_outage(body: Mapping[str, Any], areas: Collection[str], now: datetime) -> NewOutage:
    """What a system reports.

    Raises:
        BadRequest: something is missing, or an area or service is not known.
    """
    missing = [name for name in _REQUIRED if body.get(name) in (None, "")]
    if missing:
        raise BadRequest(f"A service problem needs {', '.join(missing)}.")
    start, restore_at = _characteristic(body, _START), _characteristic(body, ESTIMATE)
    planned = body.get("category") == PLANNED_WORKS or (start is not None and start > now)
    if planned and (start is None or restore_at is None or restore_at <= start):
        raise BadRequest(f"Planned works need the characteristics {_START} and, after it, {ESTIMATE}.")
    begins = OutageStatus.planned if planned else OutageStatus.running
    word = body.get("status")
    if word not in (None, *_BEGINS[begins]):
        raise BadRequest(f"status of a new one is one of {', '.join(_BEGINS[begins])}.")
    extras = _extras({**body, "category": PLANNED_WORKS} if planned else body, {})
    if word is not None and word != status_of(begins, {}):
        extras["status"] = word
    return NewOutage(
        places=places_of(body, areas, {}),
        cause=_cause(body),
        started_at=start or now,
        restore_at=restore_at,
        planned=planned,
        extras=extras,
        reason=text_of(body, "statusChangeReason", _TEXT_MOST),
    )


def places_of(body: Mapping[str, Any], areas: Collection[str], present: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Area and product of everything that a problem concerns; what the body leaves out is as at present.

    Raises:
        BadRequest: an area or service is not known, or there are too many.
    """
    asked = {name: body if name in body else present for name in ("affectedLocation", "affectedService")}
    located = [text_of(item, "id", _WORD_MOST) for item in objects_of(asked["affectedLocation"], "affectedLocation")]
    served = [text_of(item, "id", _WORD_MOST) for item in objects_of(asked["affectedService"], "affectedService")]
    if any(item not in areas for item in located):
        raise BadRequest(f"affectedLocation names areas by id, of {', '.join(sorted(areas))}.")
    if any(item not in _PRODUCTS for item in served):
        raise BadRequest(f"affectedService names services by id, of {', '.join(_PRODUCTS)}.")
    # one that names no area is on record and concerns nobody's line
    places = [(str(area), str(product)) for area in located or [NOWHERE] for product in served or ["broadband"]]
    if len(places) > _PLACES_MOST:
        raise BadRequest(f"A service problem has at most {_PLACES_MOST} areas and services.")
    return places


def ids_of(body: Mapping[str, Any], name: str) -> list[str] | None:
    """The ids that a list of references names; None: it is not sent.

    Raises:
        BadRequest: one without id, or too many.
    """
    if name not in body:
        return None
    ids = [text_of(item, "id", _ID_MOST) for item in objects_of(body, name)]
    if len(ids) > _REFERENCES_MOST or None in ids:
        raise BadRequest(f"{name} names at most {_REFERENCES_MOST}, each by its id.")
    return [item for item in ids if item is not None]


def new_notes(body: Mapping[str, Any], known: Collection[str] = ()) -> str | None:
    """The text of the notes that are not there yet; None: no new ones.

    Raises:
        BadRequest: a note without a text.
    """
    notes = [text_of(item, "text", _TEXT_MOST) for item in objects_of(body, "note") if item.get("id") not in known]
    if None in notes:
        raise BadRequest("A note needs a text.")
    return "\n".join(note for note in notes if note) or None


def changes_of(body: Mapping[str, Any], outage: OutageRecord, present: Mapping[str, Any]) -> dict[str, Any]:
    """What a change says, as arguments of `OutageService.change`.

    Raises:
        BadRequest: something that only the service sets would change, or a value of the wrong kind.
    """
    for name in _OURS:
        if name in body and not is_same(body[name], present.get(name)):
            raise BadRequest(f"{name} is set by the service. Leave it out.")
    fresh = {name: value for name, value in body.items() if value != present.get(name)}
    changed: dict[str, Any] = {"extras": _extras(fresh, outage.extras)}
    if body.get("status") not in (None, present["status"]):
        word = body["status"]
        if word not in _STATES:
            raise BadRequest(f"status is one of {', '.join(_STATES)}.")
        status = _STATES[word]
        if status is OutageStatus.planned and outage.status is not OutageStatus.planned:
            status = outage.status
        changed["status"] = status
        changed["extras"]["status"] = word
        if status_of(status, {}) == word:
            del changed["extras"]["status"]
    changed["restore_at"] = _characteristic(body, ESTIMATE)
    start = _characteristic(body, _START)
    if start is not None and start != outage.started_at:
        changed["started_at"] = start
    ends = changed["restore_at"] or outage.restore_at
    if outage.is_works and start is not None and (ends is None or ends <= start):
        raise BadRequest(f"{ESTIMATE} of planned works lies after {_START}.")
    if "description" in body and body["description"] != present["description"]:
        changed["cause"] = _cause(body)
    changed["note"] = new_notes(body, {item["id"] for item in present["note"]})
    changed["reason"] = text_of(body, "statusChangeReason", _TEXT_MOST)
    if "status" not in changed and changed["reason"] not in (None, present.get("statusChangeReason")):
        raise BadRequest("statusChangeReason says why status changes. Send both, or a note.")
    return changed


def _cause(body: Mapping[str, Any]) -> Words:
    """The cause in words for customers; other systems know one language, so both get it."""
    text = text_of(body, "description", _TEXT_MOST)
    if text is None:
        raise BadRequest("description cannot be removed.")
    english = [item for item in objects_of(body, "characteristic") if item.get("name") == "descriptionEn"]
    return Words(zh=text, en=str(english[0].get("value")) if english else text)


def _characteristic(body: Mapping[str, Any], name: str) -> datetime | None:
    for item in objects_of(body, "characteristic"):
        if item.get("name") == name and item.get("value") is not None:
            return moment_of(item["value"], f"characteristic {name}")
    return None


def _extras(body: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    extras = dict(before)
    for name in PROBLEM_TEXTS:
        if name in body:
            extras[name] = text_of(body, name, _TEXT_MOST)
    for name in PROBLEM_LISTS:
        if name in body:
            extras[name] = [dict(item) for item in objects_of(body, name)]
    for name in PROBLEM_OBJECTS:
        if name in body:
            if body[name] is not None and not isinstance(body[name], dict):
                raise BadRequest(f"{name} is an object.")
            extras[name] = None if body[name] is None else checked(body[name], name)
    if "priority" in body:
        priority = body["priority"]
        if isinstance(priority, bool) or not isinstance(priority, int) or not 1 <= priority <= 10:
            raise BadRequest("priority is a whole number from 1, most urgent, to 10.")
        extras["priority"] = priority
    if body.get(_COUNT) is not None:
        count = body[_COUNT]
        if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= _SERVICES_MOST:
            raise BadRequest(f"{_COUNT} is a whole number.")
        extras[_COUNT] = count
    elif _COUNT in body:
        extras.pop(_COUNT, None)
    return {name: value for name, value in extras.items() if value not in (None, [])}
