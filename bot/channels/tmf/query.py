"""What TM Forum's version 4 APIs have in common: bodies, versions, references, errors."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import web

from bot.channels.errors import error_body
from bot.channels.reading import check_address
from bot.channels.tmf.lists import Resource, select
from bot.channels.tmf.nested import checked
from bot.database import does_not_answer
from bot.errors import BadRequest, BotError, Conflict, MethodNotAllowed, NotFound, PayloadTooLarge, Unavailable
from bot.filters import moment_of

_log = structlog.get_logger(__name__)

JSON_TYPE = "application/json"
BODY_TYPES = (JSON_TYPE, "application/merge-patch+json")

_BODY_MOST_BYTES = 2 * 1024 * 1024
_KEY_MOST = 80
_REFERENCE_MOST = 200
_NUL_ESCAPED = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class StaleResource(Conflict):
    """The record has changed since the version in If-Match. Read it again."""

    status, code = HTTPStatus.PRECONDITION_FAILED, "stale_resource"


def one(resource: Resource, fields: frozenset[str] | None = None, *, version: int | None = None) -> web.Response:
    """Answer with one resource."""
    headers = {} if version is None else {"ETag": etag(version)}
    return web.json_response(select(resource, fields), headers=headers)


def created(resource: Resource, *, version: int | None = None) -> web.Response:
    """Answer 201 with the resource and where it is."""
    headers = {"Location": str(resource["href"])}
    if version is not None:
        headers["ETag"] = etag(version)
    return web.json_response(resource, status=HTTPStatus.CREATED, headers=headers)


def etag(version: int) -> str:
    return f'"{version}"'


def check_version(request: web.Request, version: int) -> None:
    """Refuse a change that was decided on an older version.

    Raises:
        StaleResource: `If-Match` names another version.
    """
    wanted = request.headers.get("If-Match")
    if wanted is not None:
        named = {part.strip().removeprefix("W/") for part in wanted.split(",")}
        if not named & {"*", etag(version)}:
            raise StaleResource()


def idempotency_key(request: web.Request, caller_id: str) -> str | None:
    """The caller's `Idempotency-Key`, made theirs; None when they sent none.

    Raises:
        BadRequest: it is longer than 80 characters.
    """
    sent = request.headers.get("Idempotency-Key", "").strip()
    if len(sent) > _KEY_MOST:
        raise BadRequest(f"Idempotency-Key has at most {_KEY_MOST} characters.")
    return f"tmf:{caller_id}:{sent}" if sent else None


async def body_of(request: web.Request) -> Resource:
    """The JSON object that was sent.

    Raises:
        BadRequest: another media type, or no JSON object.
    """
    if request.content_type not in BODY_TYPES:
        raise BadRequest(f"Send the body as {' or '.join(BODY_TYPES)}.")
    raw = await request.read()
    if len(raw) > _BODY_MOST_BYTES:
        raise PayloadTooLarge("The body is too large. Send at most 2 MB.")
    try:
        body: object = json.loads(raw.decode(request.charset or "utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError, LookupError) as exc:
        raise BadRequest("The body is not JSON in UTF-8.") from exc
    if not isinstance(body, dict):
        raise BadRequest("The body is a JSON object.")
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError as exc:
        raise BadRequest("A text holds half a character. Send whole ones.") from exc
    if _NUL_ESCAPED.search(json.dumps(body)):
        raise BadRequest("Texts may not hold the character U+0000.")
    return body


def check_known(body: Mapping[str, Any], known: Collection[str], ours: Collection[str] = ()) -> None:
    """Refuse attributes that the resource does not have, or that only this service sets.

    Raises:
        BadRequest: naming the first of them.
    """
    for name in body:
        if name in ours:
            raise BadRequest(f"{name} is set by the service. Leave it out.")
        if name not in known:
            raise BadRequest(f"There is no attribute {name[:60]!r}. Choose from {', '.join(sorted(known))}.")


def is_same(sent: object, present: object) -> bool:
    """Whether a value is the one that is there; a time may be written in another way."""
    if sent == present:
        return True
    if not (isinstance(sent, str) and isinstance(present, str)):
        return False
    try:
        return moment_of(sent, "") == moment_of(present, "")
    except BadRequest:
        return False


def text_of(body: Mapping[str, Any], name: str, most: int) -> str | None:
    """A text attribute; None when it is missing or null.

    Raises:
        BadRequest: no text, blank, or longer than `most` characters.
    """
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip() or len(value) > most:
        raise BadRequest(f"{name} is a text of 1 to {most} characters.")
    return value.strip()


def objects_of(body: Mapping[str, Any], name: str) -> tuple[Mapping[str, Any], ...]:
    """A list of objects; empty when it is missing or null. A single object counts as a list of one.

    Raises:
        BadRequest: something else, or something in them is of another kind than the standard says.
    """
    value = body.get(name)
    if value is None:
        return ()
    items = [value] if isinstance(value, dict) else value
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise BadRequest(f"{name} is a list of objects.")
    return tuple(checked(item, name) for item in items)


def reference(
    items: Sequence[Mapping[str, Any]], referred_type: str, role: str, most: int = 40
) -> tuple[str | None, tuple[Mapping[str, Any], ...]]:
    """Split references into the one that we keep as a column, and the others.

    Args:
        referred_type: wanted `@referredType`; the wanted `role` does as well.
        most: most characters of an id.

    Raises:
        BadRequest: an item without `id`.
    """
    found: str | None = None
    others: list[Mapping[str, Any]] = []
    for item in items:
        item_id = text_of(item, "id", _REFERENCE_MOST)
        if item_id is None:
            raise BadRequest("Each reference needs an id.")
        said = (str(item.get("@referredType")).lower(), str(item.get("role")).lower())
        if found is None and (referred_type.lower() == said[0] or role.lower() == said[1]):
            if len(item_id) > most:
                raise BadRequest(f"The id of a {referred_type} has at most {most} characters.")
            found = item_id
        else:
            others.append(item)
    return found, tuple(others)


@web.middleware
async def tmf_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every error below this base path into TM Forum's `Error` body."""
    docs = f"{request.url.origin()}/docs#errors"
    try:
        check_address(request)
        return await handler(request)
    except BotError as exc:
        return error_response(exc, docs)
    except web.HTTPException as exc:
        if exc.status < HTTPStatus.BAD_REQUEST:
            raise
        return error_response(_from_http(exc), docs, exc.headers.get("Allow"))
    except (ConnectionError, OSError) as exc:
        _log.error("tmf_unavailable", method=request.method, cause=type(exc).__name__)
        return error_response(Unavailable(), docs)
    except Exception as exc:
        _log.error("tmf_request_failed", method=request.method, cause=type(exc).__name__, exc_info=True)
        if does_not_answer(exc):
            return error_response(Unavailable(), docs)
        return error_response(BotError("Something went wrong here. Try again, and tell us if it stays."), docs)


def error_response(error: BotError, docs: str, allow: str | None = None) -> web.Response:
    """TM Forum's `Error`, where `message` also says what to do, and our own `error` beside it."""
    reason = error.message.split(". ", 1)[0].rstrip(".") + "."
    headers: dict[str, str] = {}
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(error.retry_after_s)
    if allow:
        headers["Allow"] = allow
    standard = {"code": error.code, "reason": reason, "message": error.message, "status": str(int(error.status))}
    standard |= {"referenceError": docs, "@type": "Error"}
    body = {**standard, **error_body(error, secrets.token_hex(8))}
    return web.json_response(body, status=error.status, headers=headers)


def _from_http(exc: web.HTTPException) -> BotError:
    if exc.status == HTTPStatus.NOT_FOUND:
        return NotFound()
    if exc.status == HTTPStatus.METHOD_NOT_ALLOWED:
        return MethodNotAllowed()
    if exc.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return PayloadTooLarge("The body is too large. Send a smaller one.")
    return BadRequest() if exc.status < HTTPStatus.INTERNAL_SERVER_ERROR else BotError()


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
