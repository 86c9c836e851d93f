"""Reading requests: JSON bodies, bearer tokens, numbers in the query. All refusals are the contract's errors."""

from __future__ import annotations

import json
import re
from typing import Any

from aiohttp import web

from bot.errors import BadRequest, Unauthorized

_LARGEST_SEQ = 2**31 - 1
#: in JSON text: a lone surrogate as it is, or NUL in its escape
_KEPT_BY_NOBODY = re.compile(r"[\ud800-\udfff]|(?<!\\)(?:\\\\)*\\u0000")


def check_address(request: web.Request) -> None:
    """Refuse an address that no store could look for.

    Raises:
        BadRequest: its path or query holds NUL.
    """
    if "%00" in request.raw_path:
        raise BadRequest("The address holds the character NUL (%00). Leave it out.")


async def json_object(request: web.Request) -> dict[str, Any]:
    """The body as a JSON object; an empty body is `{}`.

    Raises:
        BadRequest: not JSON, or not an object.
    """
    body = await request.read()
    return parsed_object(body, "body") if body else {}


def parsed_object(data: str | bytes, name: str) -> dict[str, Any]:
    """A JSON object whose texts every store can keep.

    Args:
        name: what the caller sent, for the message.

    Raises:
        BadRequest: not JSON, nested without end, not an object, or with half characters (lone surrogates) or NUL.
    """
    try:
        text = data if isinstance(data, str) else data.decode("utf-8-sig")
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as exc:
        raise BadRequest(f"The {name} is not JSON in UTF-8.") from exc
    if not isinstance(value, dict):
        raise BadRequest(f"The {name} must be a JSON object.")
    if "\\u" in text:  # only an escape can bring in what no store can keep
        again = json.dumps(value, ensure_ascii=False)
        if _KEPT_BY_NOBODY.search(again):
            raise BadRequest(f"The {name} holds half of a character (a lone surrogate) or the character NUL.")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def bearer(request: web.Request) -> str:
    """The token of `Authorization: Bearer`.

    Raises:
        Unauthorized: there is none.
    """
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip() or not token.isascii():
        raise Unauthorized("Send the conversation's token as Authorization: Bearer.")
    return token.strip()


def sequence(value: object, name: str = "after") -> int:
    """A message number, 0 and up.

    Raises:
        BadRequest: it is not one.
    """
    try:
        number = int(value) if not isinstance(value, bool) else -1  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError):
        number = -1
    if not 0 <= number <= _LARGEST_SEQ:
        raise BadRequest(f"{name} is the seq of the last message that you have, 0 or more.")
    return int(number)


def words(value: object, name: str, limit: int) -> str | None:
    """A trimmed text, or None when nothing was sent.

    Raises:
        BadRequest: not a text, or too long.
    """
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > limit:
        raise BadRequest(f"{name} is a text of at most {limit} characters.")
    return value.strip() or None
