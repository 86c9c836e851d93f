"""Tasks that run beside the requests: their end, and that only one of several processes does them at a time."""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

_TOLD_AGAIN_S = 1.0


async def end_task(task: asyncio.Task[None] | None) -> None:
    """Cancel a task, if there is one, and wait until it is gone; what it raises on the way out is dropped.

    `asyncio.wait_for` of Python 3.10 loses a cancel that comes together with its result, so it is told until it hears.
    """
    if task is None:
        return
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=_TOLD_AGAIN_S)
    await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def one_at_a_time(gate: Path) -> AsyncIterator[None]:
    """Hold the block until no other process of this data directory is in one with the same gate.

    Args:
        gate: a file, made if it is not there; the system lets go of it when a process dies.
    """
    with gate.open("w") as file:
        await asyncio.to_thread(fcntl.flock, file, fcntl.LOCK_EX)
        yield
