"""The OpenAPI 3 description of the TM Forum calls, to be merged into the service's own."""

from __future__ import annotations

from typing import Any

from bot.channels.tmf import keys
from bot.channels.tmf.serialise import (
    APPOINTMENT_PATH,
    INTERACTION_PATH,
    PROBLEM_PATH,
    SLOT_PATH,
    TICKET_PATH,
)

_SECURITY = "tmfApiKey"
#: path, what it is, schema, read scope, write scope, whether one can be created and changed
_RESOURCES = (
    (TICKET_PATH, "trouble ticket", "TroubleTicket", keys.TICKET_READ, keys.TICKET_WRITE),
    (APPOINTMENT_PATH, "appointment", "Appointment", keys.APPOINTMENT_READ, keys.APPOINTMENT_WRITE),
    (INTERACTION_PATH, "party interaction", "PartyInteraction", keys.INTERACTION_READ, None),
    (PROBLEM_PATH, "service problem", "ServiceProblem", keys.PROBLEM_READ, None),
)
_TEXT = {"type": "string"}
_MOMENT = {"type": "string", "format": "date-time"}
_PERIOD = {"type": "object", "properties": {"startDateTime": _MOMENT, "endDateTime": _MOMENT}}
_REFERENCES = {"type": "array", "items": {"$ref": "#/components/schemas/TmfReference"}}


def tmf_openapi() -> dict[str, Any]:
    """`{"paths", "components"}` for every call below `/tmf-api`."""
    paths: dict[str, Any] = {}
    for path, name, schema, read, write in _RESOURCES:
        paths[path] = {"get": _list_call(name, schema, read)}
        paths[path + "/{id}"] = {"get": _one_call(f"One {name}", schema, read)}
        if write is not None:
            paths[path]["post"] = _body_call(f"Create a {name}", schema, write, 201)
            paths[path + "/{id}"]["patch"] = _body_call(f"Change a {name}", schema, write, 200)
    search = "SearchTimeSlot"
    paths[SLOT_PATH] = {"post": _body_call("Search free time slots", search, keys.APPOINTMENT_READ, 201)}
    paths[SLOT_PATH + "/{id}"] = {"get": _one_call("An earlier search", search, keys.APPOINTMENT_READ)}
    scheme = {"type": "http", "scheme": "bearer", "description": f"API key. Scopes: {', '.join(keys.SCOPES)}"}
    return {"paths": paths, "components": {"securitySchemes": {_SECURITY: scheme}, "schemas": _schemas()}}


def _list_call(name: str, schema: str, scope: str) -> dict[str, Any]:
    items = {"type": "array", "items": {"$ref": f"#/components/schemas/{schema}"}}
    headers = {name: {"schema": {"type": "integer"}} for name in ("X-Total-Count", "X-Result-Count")}
    parameters = [
        {"name": "offset", "in": "query", "schema": {"type": "integer", "minimum": 0}},
        {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 0}},
        {"name": "fields", "in": "query", "schema": _TEXT, "description": "first-level attributes, parted by commas"},
    ]
    answer = {"description": "one page", "headers": headers, "content": {"application/json": {"schema": items}}}
    summary = f"List or find {name}s; first-level attributes filter"
    return {**_call(summary, scope), "parameters": parameters, "responses": {"200": answer, **_errors()}}


def _one_call(summary: str, schema: str, scope: str) -> dict[str, Any]:
    return {**_call(summary, scope), "parameters": [_id()], "responses": {"200": _answer(schema), **_errors()}}


def _body_call(summary: str, schema: str, scope: str, status: int) -> dict[str, Any]:
    content = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    body = {"required": True, "content": {"application/json": content, "application/merge-patch+json": content}}
    call = {**_call(summary, scope), "requestBody": body, "responses": {str(status): _answer(schema), **_errors()}}
    return call if status == 201 else {**call, "parameters": [_id()]}


def _call(summary: str, scope: str) -> dict[str, Any]:
    return {"tags": ["records"], "summary": summary, "description": f"Scope {scope}", "security": [{_SECURITY: []}]}


def _id() -> dict[str, Any]:
    return {"name": "id", "in": "path", "required": True, "schema": _TEXT}


def _answer(schema: str) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{schema}"}
    return {"description": "the resource", "content": {"application/json": {"schema": reference}}}


def _errors() -> dict[str, Any]:
    return {"default": _answer("TmfError") | {"description": "TM Forum's Error"}}


def _object(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "properties": {"id": _TEXT, "href": _TEXT, **properties}}
    return {**schema, "required": list(required)} if required else schema


def _schemas() -> dict[str, Any]:
    reference = _object(("id",), name=_TEXT, role=_TEXT) | {"additionalProperties": True}
    reference["properties"]["@referredType"] = _TEXT
    error = dict.fromkeys(("code", "reason", "message", "status"), _TEXT)
    return {
        "TmfError": {"type": "object", "properties": error, "required": ["code", "reason"]},
        "TmfReference": reference,
        "TroubleTicket": _object(
            ("description", "severity", "ticketType"),
            description=_TEXT,
            severity=_TEXT | {"enum": ["Critical", "Major", "Minor"]},
            priority=_TEXT | {"enum": ["Critical", "High", "Medium", "Low"]},
            ticketType=_TEXT | {"enum": ["fault", "complaint", "request"]},
            status=_TEXT,
            creationDate=_MOMENT,
            lastUpdate=_MOMENT,
            expectedResolutionDate=_MOMENT,
            resolutionDate=_MOMENT,
            note={"type": "array", "items": _object(author=_TEXT, date=_MOMENT, text=_TEXT)},
            relatedEntity=_REFERENCES,
            relatedParty=_REFERENCES,
        ),
        "Appointment": _object(
            ("validFor",),
            status=_TEXT | {"enum": ["initialized", "confirmed", "cancelled", "completed", "failed"]},
            category=_TEXT,
            validFor=_PERIOD,
            calendarEvent={"$ref": "#/components/schemas/TmfReference"},
            relatedEntity=_REFERENCES,
            relatedParty=_REFERENCES,
            relatedPlace={"$ref": "#/components/schemas/TmfReference"},
        ),
        "SearchTimeSlot": _object(
            requestedTimeSlot={"type": "array", "items": _object(validFor=_PERIOD)},
            availableTimeSlot={"type": "array", "items": _object(validFor=_PERIOD)},
            searchResult=_TEXT | {"enum": ["success", "fail"]},
            relatedPlace={"$ref": "#/components/schemas/TmfReference"},
        ),
        "PartyInteraction": _object(
            direction=_TEXT,
            reason=_TEXT,
            status=_TEXT,
            interactionDate=_PERIOD,
            channel=_REFERENCES,
            note={"type": "array", "items": _object(author=_TEXT, date=_MOMENT, text=_TEXT)},
            relatedEntity=_REFERENCES,
            relatedParty=_REFERENCES,
        ),
        "ServiceProblem": _object(
            category=_TEXT,
            priority={"type": "integer"},
            status=_TEXT,
            description=_TEXT,
            affectedLocation=_REFERENCES,
            troubleTicket=_REFERENCES,
        ),
    }
