"""Asking an operator's system for something that is good to have and must hold nobody up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import structlog

from bot.errors import BackOfficeDown

log = structlog.get_logger(__name__)
Answer = TypeVar("Answer")

PATIENCE_S = 2.0


async def answer_or_none(call: Awaitable[Answer | None], patience_s: float = PATIENCE_S) -> Answer | None:
    """What the system answers within the time, or None: then the caller goes on without it."""
    try:
        return await asyncio.wait_for(call, patience_s)
    except (BackOfficeDown, asyncio.TimeoutError) as exc:
        log.warning("operator.not_waited_for", cause=type(exc).__name__)
        return None
