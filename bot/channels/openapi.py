"""`/api/openapi.json`, generated from the handlers: every route with its first docstring line and its errors."""

from __future__ import annotations

import inspect
import re
from typing import Any

from aiohttp import web

from bot.channels.tmf.openapi import tmf_openapi

_NAMES = re.compile(r"\{(\w+)[^}]*\}")
_ERROR = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "request_id"],
            "properties": {name: {"type": "string"} for name in ("code", "message", "request_id")},
        }
    },
}
_TAGS = (
    ("/api/v1/desk", "desk"),
    ("/api/v1/training", "training"),
    ("/api/v1/operations", "service"),
    ("/api/v1", "customers"),
    ("/tmf-api", "records"),
    ("/demo", "demo"),
)


def add_openapi_routes(app: web.Application) -> None:
    """Describe the routes added so far."""
    document = describe(app)

    async def openapi(_request: web.Request) -> web.Response:
        """This description."""
        return web.json_response(document)

    app.router.add_get("/api/openapi.json", openapi)


def describe(app: web.Application) -> dict[str, Any]:
    """An OpenAPI 3.0 document of the application's routes."""
    paths: dict[str, Any] = {}
    for route in app.router.routes():
        resource = route.resource
        if resource is None or route.method in ("HEAD", "*"):
            continue
        path = _NAMES.sub(r"{\1}", resource.canonical)
        words = (inspect.getdoc(route.handler) or "").strip()
        paths.setdefault(path, {})[route.method.lower()] = {
            "tags": [next((tag for start, tag in _TAGS if path.startswith(start)), "service")],
            "summary": words.splitlines()[0] if words else "",
            "parameters": [
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
                for name in _NAMES.findall(path)
            ],
            "responses": {
                "2XX": {"description": "done"},
                "4XX": {"description": "refused", "content": {"application/json": {"schema": _ERROR}}},
            },
        }
    records = tmf_openapi()
    for path, calls in records["paths"].items():
        for method, call in calls.items():
            paths.setdefault(path, {})[method] = {**paths.get(path, {}).get(method, {}), **call}
    components = records["components"]
    schemes = {"bearer": {"type": "http", "scheme": "bearer"}, **components["securitySchemes"]}
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Frontline",
            "version": "1",
            "description": "The front line of a telecom operator's customer care.",
        },
        "paths": dict(sorted(paths.items())),
        "components": {"securitySchemes": schemes, "schemas": components["schemas"]},
    }
