"""What stands inside the lists and objects of TM Forum bodies: the same name has the same kind of value everywhere.

References that lack what the standard demands of them are completed, so that what was taken can be given back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.errors import BadRequest
from bot.filters import moment_of

_MOMENTS = ("changeDate", "creationDate", "date", "endDateTime", "eventTime", "startDateTime", "time")
_PERIODS = ("interactionDate", "itemDate", "validFor")
_OBJECTS = ("changeRequest", "item", "size", *_PERIODS)
_LISTS = ("attachment", "channel", "characteristicRelationship", "note")
#: an object in one specification, a list of objects in another
_EITHER = ("characteristic", "relatedParty")
_TEXTS = (
    *("@baseType", "@referredType", "@schemaLocation", "@type", "id", "href", "name", "role"),
    *("attachmentType", "author", "changeReason", "content", "description", "mimeType", "text", "units", "url"),
    *("city", "contactType", "country", "emailAddress", "faxNumber", "mediumType", "phoneNumber", "postCode"),
    *("socialNetworkId", "stateOrProvince", "street1", "street2"),
    *("externalIdentifierType", "owner", "reason", "relationshipType", "resolution", "status", "systemId", "user"),
    "valueType",
)
_ENTITIES = ("firstAlert", "relatedEntity")
_PARTIES = ("originatorParty", "relatedParty", "responsibleParty")
#: each item of these names something by its id
_REFERENCES = (
    *("affectedResource", "affectedService", "externalIdentifier", "relatedEvent", "rootCauseResource"),
    *("rootCauseService", "slaViolation", "underlyingAlarm", *_ENTITIES, *_PARTIES),
)


def checked(item: Mapping[str, Any], name: str) -> dict[str, Any]:
    """One object of a list or attribute called `name`, completed.

    Raises:
        BadRequest: something in it is of another kind than the standard says; the message says where.
    """
    _check(item, name)
    if name in _REFERENCES and not item.get("id"):
        raise BadRequest("Each reference needs an id.")
    if name == "characteristic" and not {"name", "value"} <= set(item):
        raise BadRequest("A characteristic has a name and a value.")
    if name in _ENTITIES:
        return {"role": "related", "@referredType": "Entity", **item}
    if name in _PARTIES:
        return {"@referredType": "Customer" if item.get("role") == "customer" else "Individual", **item}
    return dict(item)


def _check(item: Mapping[str, Any], where: str) -> None:
    for name, value in item.items():
        path = f"{where}.{name}"
        if value is None:
            continue
        if name in _MOMENTS:
            moment_of(value, path)
        elif name in _TEXTS:
            _be(path, "a text", value, lambda given: isinstance(given, str))
        elif name == "preferred":
            _be(path, "true or false", value, lambda given: isinstance(given, bool))
        elif name == "amount":
            _be(path, "a number", value, lambda given: isinstance(given, int | float) and not isinstance(given, bool))
        elif name in _OBJECTS or name in _LISTS or name in _EITHER:
            _check_below(name, value, path)


def _check_below(name: str, value: Any, path: str) -> None:
    items = value if isinstance(value, list) and name not in _OBJECTS else [value]
    kind = "an object" if name in _OBJECTS else "a list of objects"
    if name in _LISTS and not isinstance(value, list):
        items = [None]
    for below in items:
        _be(path, kind, below, lambda given: isinstance(given, Mapping))
        _check(below, path)


def _be(path: str, kind: str, value: Any, fits: Callable[[Any], bool]) -> None:
    if not fits(value):
        raise BadRequest(f"{path} is {kind}.")
