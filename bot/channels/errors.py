"""Turns every error into the contract's body; the outermost middleware."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiohttp import web
from redis.exceptions import RedisError

from bot.channels.reading import check_address
from bot.database import does_not_answer
from bot.errors import BadRequest, BotError, MethodNotAllowed, NotFound, PayloadTooLarge, Unavailable

log = structlog.get_logger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_INTERNAL_MESSAGE = "Something went wrong on our side. Try again; if it stays, report the request_id."
_NEWS = {400: BadRequest, 404: NotFound, 405: MethodNotAllowed, 413: PayloadTooLarge}


def error_body(error: BotError, request_id: str) -> dict[str, dict[str, Any]]:
    """`{"error": {"code", "message", "request_id"}}`, and what else the error says."""
    return {"error": {"code": error.code, "message": error.message, "request_id": request_id, **error.more}}


def told_of(exc: Exception, request_id: str, path: str) -> BotError:
    """What the other side is told of an exception; one that nobody meant for it is logged with its cause."""
    if isinstance(exc, BotError):
        return exc
    cause = type(exc).__name__
    if isinstance(exc, (OSError, RedisError)):
        log.error("request.unavailable", request_id=request_id, path=path, cause=cause)
        return Unavailable()
    log.error("request.failed", request_id=request_id, path=path, cause=cause, exc_info=True)
    return Unavailable() if does_not_answer(exc) else BotError(_INTERNAL_MESSAGE)


@web.middleware
async def errors_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer with the error's status and body; what nobody expected is `internal_error` and nothing more."""
    request_id = secrets.token_hex(8)
    headers: dict[str, str] = {}
    try:
        if len(request.match_info.apps) == 1:  # an application below this one has errors of its own shape
            check_address(request)
        return await handler(request)
    except web.HTTPException as exc:
        if exc.status < 400:
            raise
        kind = _NEWS.get(exc.status)
        found: BotError = kind() if kind else BadRequest(exc.reason)
        if kind is None:
            found.status = exc.status
        if "Allow" in exc.headers:
            headers["Allow"] = exc.headers["Allow"]
    except Exception as exc:
        found = told_of(exc, request_id, request.path)
    if found.retry_after_s:
        headers["Retry-After"] = str(found.retry_after_s)
    return web.json_response(error_body(found, request_id), status=found.status, headers=headers)
