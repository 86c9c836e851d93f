"""The OpenAPI 3 description of the TM Forum calls, merged into the service's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.tmf import keys
from bot.channels.tmf.attributes import (
    APPOINTMENT,
    EVENTS,
    INTERACTION,
    PROBLEM,
    PROBLEM_RECORD,
    SLOT_SEARCH,
    TICKET,
)
from bot.channels.tmf.lists import LIMIT_MOST, Attributes
from bot.channels.tmf.offered import (
    CUSTOMER,
    MESSAGE,
    MESSAGE_PATH,
    SERVICE_TEST,
    TEST_PATH,
)
from bot.channels.tmf.references import (
    APPOINTMENT_PATH,
    CUSTOMER_PATH,
    INTERACTION_PATH,
    PROBLEM_PATH,
    SLOT_PATH,
    TICKET_PATH,
)

_SECURITY = "tmfApiKey"
_TEXT = {"type": "string"}
_MOMENT = {"type": "string", "format": "date-time"}
_PERIOD = {"type": "object", "properties": {"startDateTime": _MOMENT, "endDateTime": _MOMENT}}
_LIST = {"type": "array", "items": {"$ref": "#/components/schemas/TmfReference"}}
_ONE = {"$ref": "#/components/schemas/TmfReference"}

_PROBLEMS = PROBLEM_PATH.rsplit("/", 1)[0]
_RECORD = "ServiceProblemEventRecord"
#: tasks on problems, with what their bodies have
_TASKS: Mapping[str, tuple[str, ...]] = {
    "problemAcknowledgement": ("problem", "ackProblem", "trackingRecord"),
    "problemUnacknowledgement": ("problem", "unackProblem", "trackingRecord"),
    "problemGroup": ("parentProblem", "childProblem"),
    "problemUngroup": ("parentProblem", "childProblem"),
}
#: path, schema, what it has, scope to read and to write, what can be done: list, create, get, change, delete
_RESOURCES = (
    (TICKET_PATH, "TroubleTicket", TICKET, keys.TICKET_READ, keys.TICKET_WRITE, "lcgud"),
    (APPOINTMENT_PATH, "Appointment", APPOINTMENT, keys.APPOINTMENT_READ, keys.APPOINTMENT_WRITE, "lcgud"),
    (SLOT_PATH, "SearchTimeSlot", SLOT_SEARCH, keys.APPOINTMENT_READ, keys.APPOINTMENT_READ, "lcgud"),
    (INTERACTION_PATH, "PartyInteraction", INTERACTION, keys.INTERACTION_READ, keys.INTERACTION_WRITE, "lcgud"),
    (PROBLEM_PATH, "ServiceProblem", PROBLEM, keys.PROBLEM_READ, keys.PROBLEM_WRITE, "lcgud"),
    (_PROBLEMS + "/serviceProblemEventRecord", _RECORD, PROBLEM_RECORD, keys.PROBLEM_READ, keys.PROBLEM_READ, "lg"),
    (CUSTOMER_PATH, "Customer", CUSTOMER, keys.CUSTOMER_READ, keys.CUSTOMER_READ, "lg"),
    (TEST_PATH, "ServiceTest", SERVICE_TEST, keys.TEST_WRITE, keys.TEST_WRITE, "lcg"),
    (MESSAGE_PATH, "CommunicationMessage", MESSAGE, keys.MESSAGE_WRITE, keys.MESSAGE_WRITE, "cg"),
)
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "TroubleTicket": ("description", "severity", "ticketType"),
    "Appointment": ("validFor",),
    "PartyInteraction": ("channel", "direction", "reason"),
    "ServiceProblem": ("category", "priority", "description", "reason", "originatorParty"),
    "ServiceTest": ("name", "relatedService", "testSpecification"),
    "CommunicationMessage": ("content", "messageType", "sender", "receiver"),
}
_MOMENTS = ("Date", "lastUpdate", "DateTime", "sendTime")
_OBJECTS = (
    "channel",
    "calendarEvent",
    "notification",
    "relatedPlace",
    "serviceProblem",
    "originatorParty",
    "responsibleParty",
    "relatedService",
    "testSpecification",
    "engagedParty",
    "sender",
    "firstAlert",
    "impactPattern",
)
_WORDS: Mapping[str, tuple[str, ...]] = {
    "severity": ("Critical", "Major", "Minor"),
    "ticketType": ("fault", "complaint", "request", "incident"),
}


def tmf_openapi() -> dict[str, Any]:
    """`{"paths", "components"}` for every call below `/tmf-api` that has a body or parameters."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {"TmfReference": _reference(), "TmfError": _error(), "EventSubscription": _hub()}
    for path, schema, attributes, read, write, calls in _RESOURCES:
        schemas[schema] = _schema(schema, attributes)
        one, many = paths.setdefault(path + "/{id}", {}), paths.setdefault(path, {})
        if "l" in calls:
            many["get"] = _list_call(schema, attributes, read)
        if "c" in calls:
            many["post"] = _body_call(schema, write, 201)
        one["get"] = {**_call(read), "parameters": [_id(), _fields()], "responses": {"200": _answer(schema), **_no()}}
        if "u" in calls:
            one["patch"] = _body_call(schema, write, 200)
        if "d" in calls:
            one["delete"] = _delete_call(write)
    for name, has in _TASKS.items():
        schema = name[0].upper() + name[1:]
        properties = {item: _ONE if item in ("parentProblem", "trackingRecord") else _LIST for item in has}
        needed = [item for item in has if item in ("problem", "parentProblem", "childProblem")]
        schemas[schema] = {"type": "object", "properties": properties, "required": needed}
        paths[f"{_PROBLEMS}/{name}"] = {"post": _body_call(schema, keys.PROBLEM_WRITE, 201)}
    for api in EVENTS:
        scope = next(row[3] for row in _RESOURCES if f"/{api}/" in row[0])
        events = f"Events: {', '.join(EVENTS[api].event_types)}"
        paths[f"/tmf-api/{api}/v4/hub"] = {
            "post": _body_call("EventSubscription", scope, 201) | {"description": f"Scope {scope}. {events}"}
        }
        paths[f"/tmf-api/{api}/v4/hub/{{id}}"] = {"delete": _delete_call(scope)}
    scheme = {"type": "http", "scheme": "bearer", "description": f"API key. Scopes: {', '.join(keys.SCOPES)}"}
    return {"paths": paths, "components": {"securitySchemes": {_SECURITY: scheme}, "schemas": schemas}}


def _list_call(schema: str, attributes: Attributes, scope: str) -> dict[str, Any]:
    items = {"type": "array", "items": {"$ref": f"#/components/schemas/{schema}"}}
    headers = {name: {"schema": {"type": "integer"}} for name in ("X-Total-Count", "X-Result-Count")}
    headers["Link"] = {"schema": _TEXT}
    parameters: list[dict[str, Any]] = [
        {"name": "offset", "in": "query", "schema": {"type": "integer", "minimum": 0}},
        {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 0, "maximum": LIMIT_MOST}},
        _fields(),
    ]
    for name in sorted(attributes.filters):
        words = "; .gt .gte .lt .lte compare times" if name in attributes.moments else ""
        parameters.append(
            {
                "name": name,
                "in": "query",
                "schema": _TEXT,
                "description": f"values parted by commas; .ne excludes{words}",
            }
        )
    answer = {"description": "one page", "headers": headers, "content": {"application/json": {"schema": items}}}
    return {**_call(scope), "parameters": parameters, "responses": {"200": answer, **_no()}}


def _body_call(schema: str, scope: str, status: int) -> dict[str, Any]:
    content = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    body = {"required": True, "content": {"application/json": content, "application/merge-patch+json": content}}
    header = "Idempotency-Key" if status == 201 else "If-Match"
    parameters = [{"name": header, "in": "header", "schema": _TEXT}]
    if status != 201:
        parameters.insert(0, _id())
    return {**_call(scope), "parameters": parameters, "requestBody": body, "responses": _done(status, schema)}


def _delete_call(scope: str) -> dict[str, Any]:
    return {**_call(scope), "parameters": [_id()], "responses": {"204": {"description": "gone"}, **_no()}}


def _done(status: int, schema: str) -> dict[str, Any]:
    return {str(status): _answer(schema), **_no()}


def _call(scope: str) -> dict[str, Any]:
    return {"tags": ["records"], "description": f"Scope {scope}", "security": [{_SECURITY: []}]}


def _id() -> dict[str, Any]:
    return {"name": "id", "in": "path", "required": True, "schema": _TEXT}


def _fields() -> dict[str, Any]:
    words = "first-level attributes, parted by commas"
    return {"name": "fields", "in": "query", "schema": _TEXT, "description": words}


def _answer(schema: str) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{schema}"}
    return {"description": "the resource", "content": {"application/json": {"schema": reference}}}


def _no() -> dict[str, Any]:
    return {"default": {**_answer("TmfError"), "description": "TM Forum's Error"}}


def _schema(name: str, attributes: Attributes) -> dict[str, Any]:
    properties = {attribute: _kind(attribute) for attribute in sorted(attributes.known)}
    if name == "PartyInteraction":
        properties["channel"] = _LIST
    schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    required = _REQUIRED.get(name)
    return {**schema, "required": list(required)} if required else schema


def _kind(name: str) -> dict[str, Any]:
    if name in ("validFor", "interactionDate"):
        return _PERIOD
    if name in _OBJECTS:
        return _ONE
    if name in _WORDS:
        return {**_TEXT, "enum": list(_WORDS[name])}
    if name.endswith(_MOMENTS):
        return _MOMENT
    if name in ("affectedNumberOfServices", "tryTimes"):
        return {"type": "integer"}
    if name == "priority":
        return {"oneOf": [_TEXT, {"type": "integer"}]}
    if name in _LISTS or name.startswith(("affected", "related", "rootCause", "underlying")):
        return _LIST
    return _TEXT


_LISTS = (
    "account",
    "agreement",
    "attachment",
    "availableTimeSlot",
    "characteristic",
    "contactMedium",
    "externalIdentifier",
    "interactionItem",
    "interactionRelationship",
    "note",
    "parentProblem",
    "receiver",
    "requestedTimeSlot",
    "slaViolation",
    "statusChange",
    "testMeasure",
    "trackingRecord",
    "troubleTicket",
    "troubleTicketRelationship",
)


def _reference() -> dict[str, Any]:
    names = ("id", "href", "name", "role", "@referredType")
    return {"type": "object", "properties": dict.fromkeys(names, _TEXT), "additionalProperties": True}


def _error() -> dict[str, Any]:
    names = ("code", "reason", "message", "status", "referenceError", "@type")
    return {"type": "object", "properties": dict.fromkeys(names, _TEXT), "required": ["code", "reason"]}


def _hub() -> dict[str, Any]:
    names = ("id", "callback", "query")
    return {"type": "object", "properties": dict.fromkeys(names, _TEXT), "required": ["callback"]}
