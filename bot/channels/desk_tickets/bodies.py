"""Bodies and queries of the desk's ticket calls, checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar

from aiohttp import web

from bot.channels.reading import json_object, words
from bot.errors import BadRequest
from bot.filters import moment_of

TEXT_MOST = 4_000
WORD_MOST = 200
ID_MOST = 120
LIMIT_DEFAULT, LIMIT_MOST = 50, 500
_OFFSET_MOST = 1_000_000_000

_Choice = TypeVar("_Choice", bound=Enum)


async def body_with(request: web.Request, *known: str) -> dict[str, Any]:
    """The JSON object that was sent.

    Raises:
        BadRequest: it holds something that this call does not know.
    """
    body = await json_object(request)
    unknown = sorted(set(body) - set(known))
    if unknown:
        choices = ", ".join(known) or "none"
        raise BadRequest(f"There is no field {unknown[0][:60]!r}. This call takes: {choices}.")
    return body


def query_with(request: web.Request, *known: str) -> Mapping[str, str]:
    """The query of a call, each name once.

    Raises:
        BadRequest: it names something that this call does not know, or something twice.
    """
    query = request.query
    unknown = sorted(set(query) - set(known))
    if unknown:
        raise BadRequest(f"There is no filter {unknown[0][:60]!r}. This call takes: {', '.join(known)}.")
    if len(set(query)) < len(query):
        raise BadRequest("A filter stands twice. Part several values by commas.")
    if any("\x00" in value for value in query.values()):
        raise BadRequest("Filters may not hold the character U+0000.")
    return dict(query)


def needed(body: Mapping[str, Any], name: str, most: int = TEXT_MOST) -> str:
    """A text that has to be there and not blank."""
    found = words(body.get(name), name, most)
    if not found:
        raise BadRequest(f"{name} is missing. Send a text of 1 to {most} characters.")
    return found


def choice(body: Mapping[str, Any], name: str, kind: type[_Choice]) -> _Choice | None:
    """One of an enum's values; None when it is not there."""
    given = body.get(name)
    if given is None:
        return None
    try:
        return kind(given)
    except ValueError as exc:
        raise BadRequest(f"{name} is one of {', '.join(str(item.value) for item in kind)}.") from exc


def version_of(body: Mapping[str, Any], name: str = "version") -> int | None:
    """The version that the person saw, if they say so."""
    given = body.get(name)
    if given is not None and (isinstance(given, bool) or not isinstance(given, int)):
        raise BadRequest(f"{name} is the number that the record had when you read it.")
    return given


def moment(given: Mapping[str, Any], name: str) -> datetime | None:
    value = given.get(name)
    return None if value is None else moment_of(value, name)


def paging(query: Mapping[str, str]) -> tuple[int, int]:
    """`offset` and `limit` of a list."""
    return whole(query, "offset", 0, _OFFSET_MOST), whole(query, "limit", LIMIT_DEFAULT, LIMIT_MOST)


def whole(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    given = query.get(name, str(default))
    if not given.isascii() or not given.isdigit() or len(given) > len(str(most)) or int(given) > most:
        raise BadRequest(f"{name} is a whole number from 0 to {most}.")
    return int(given)


def one_of(value: str, choices: Collection[str], name: str) -> str:
    if value not in choices:
        raise BadRequest(f"{name} is one of {', '.join(choices)}.")
    return value
