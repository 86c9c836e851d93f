"""Reading requests: JSON bodies, bearer tokens, numbers in the query. All refusals are the contract's errors."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from bot.errors import BadRequest, Unauthorized

_LARGEST_SEQ = 2**31 - 1


async def json_object(request: web.Request) -> dict[str, Any]:
    """The body as a JSON object; an empty body is `{}`.

    Raises:
        BadRequest: not JSON, or not an object.
    """
    body = await request.read()
    if not body:
        return {}
    try:
        value = json.loads(body)
    except ValueError as exc:
        raise BadRequest("The body is not JSON.") from exc
    if not isinstance(value, dict):
        raise BadRequest("The body must be a JSON object.")
    return value


def bearer(request: web.Request) -> str:
    """The token of `Authorization: Bearer`.

    Raises:
        Unauthorized: there is none.
    """
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise Unauthorized("Send the conversation's token as Authorization: Bearer.")
    return token.strip()


def sequence(value: object) -> int:
    """A message number, 0 and up.

    Raises:
        BadRequest: it is not one.
    """
    try:
        number = int(value) if not isinstance(value, bool) else -1  # type: ignore[call-overload]
    except (TypeError, ValueError):
        number = -1
    if not 0 <= number <= _LARGEST_SEQ:
        raise BadRequest("after is the seq of the last message that you have, 0 or more.")
    return int(number)
