"""Asking an operator's system for something that is good to have and must hold nobody up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
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


class Breaker:
    """Leaves a system alone that has failed several times in a row, then lets one call through to see.

    While it is open every call fails at once: customers do not wait for what will not come.
    """

    def __init__(self, failures: int = 5, rest_s: float = 20.0, clock: Callable[[], float] = time.monotonic) -> None:
        """Args:
        failures: so many in a row open it.
        rest_s: how long the system is left alone.
        """
        self._limit = failures
        self._rest_s = rest_s
        self._clock = clock
        self._failures = 0
        self._closed_at = 0.0

    def check(self) -> None:
        """Raise `BackOfficeDown` while the system is left alone."""
        if self._failures >= self._limit:
            if self._clock() < self._closed_at:
                raise BackOfficeDown()
            # one call may try; the others wait for how it goes
            self._closed_at = self._clock() + self._rest_s

    def worked(self) -> None:
        """The system answered."""
        self._failures = 0

    def failed(self) -> None:
        """It did not."""
        self._failures += 1
        if self._failures >= self._limit:
            if self._failures == self._limit:
                log.error("operator.left_alone", seconds=self._rest_s)
            self._closed_at = self._clock() + self._rest_s
