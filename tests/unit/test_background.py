"""The end of tasks that run beside the requests."""

from __future__ import annotations

import asyncio

from bot.background import end_task


async def test_a_task_that_loses_a_cancel_is_told_again() -> None:
    heard = 0

    async def deaf() -> None:
        nonlocal heard
        while heard < 2:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                heard += 1

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    await asyncio.wait_for(end_task(task), 10)
    assert task.done() and heard == 2


async def test_what_a_task_raises_on_the_way_out_is_dropped() -> None:
    async def sour() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise RuntimeError("gone wrong")

    task = asyncio.create_task(sour())
    await asyncio.sleep(0)
    await end_task(task)
    await end_task(None)
    assert task.done()
