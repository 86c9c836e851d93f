"""Errors on an open WebSocket: told in a frame; one that cannot go on is closed with a code that says why."""

from __future__ import annotations

import secrets
from typing import Any

from aiohttp import ClientConnectionResetError, WSCloseCode, web

from bot.channels.errors import error_body, told_of
from bot.errors import BotError, Unauthorized, Unavailable

#: close codes of our own, beside those of RFC 6455
UNAUTHORIZED, POLICY = 4401, 4408


def error_frame(exc: Exception, path: str) -> dict[str, Any]:
    """The contract's error as a frame, with what HTTP would say in its status line and headers.

    Args:
        exc: whatever happened; what nobody meant for the other side is logged and told as an error of ours.
    """
    return _frame(*_told(exc, path))


async def end_with(socket: web.WebSocketResponse, exc: Exception, path: str) -> None:
    """Tell the other side why it goes no further, and close: 4401 and 4408 are its own doing, after 1013 (we are not
    there for a moment) and 1011 (our fault) it may come again. Nothing is said to who has gone."""
    if isinstance(exc, ClientConnectionResetError):
        return
    error, request_id = _told(exc, path)
    if socket.closed:
        return
    try:
        await socket.send_json(_frame(error, request_id))
        await socket.close(code=_close_code(error))
    except ClientConnectionResetError:
        return


def _told(exc: Exception, path: str) -> tuple[BotError, str]:
    request_id = secrets.token_hex(8)
    return told_of(exc, request_id, path), request_id


def _frame(error: BotError, request_id: str) -> dict[str, Any]:
    extra: dict[str, Any] = {"status": error.status}
    if error.retry_after_s:
        extra["retry_after_s"] = error.retry_after_s
    return {"type": "error", "error": {**error_body(error, request_id)["error"], **extra}}


def _close_code(error: BotError) -> int:
    if isinstance(error, Unauthorized):
        return UNAUTHORIZED
    if isinstance(error, Unavailable):
        return WSCloseCode.TRY_AGAIN_LATER
    return POLICY if error.status < 500 else WSCloseCode.INTERNAL_ERROR
