"""Trainers' files are read, edited and merged in a process of its own, so that none of it is felt where customers are.

Reading every example or laying out a file anew takes Python for a tenth of a second and more. In a thread of the
service it would take turns with customers' messages, some milliseconds each.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, ParamSpec, TypeVar

from bot.errors import Unavailable
from bot.logs import configure_logs
from bot.training.environment import bare_environment

P = ParamSpec("P")
T = TypeVar("T")

#: what one trainer publishes must not keep another's page waiting
_PROCESSES = 2
#: they end when nobody has needed them for so long
_IDLE_S = 600.0
#: behind customers' turns; a trainer waits for it all the same
_NICENESS = 10


class BrokenOff(Unavailable):
    """The process that reads the files has ended in the middle. Try again."""

    code = "broken_off"


class Beside:
    """Does work of trainers' pages in up to two processes, which begin when they are needed and end with this one."""

    def __init__(self, log_level: str = "WARNING", idle_s: float = _IDLE_S) -> None:
        """Args:
        log_level: theirs.
        idle_s: seconds without work after which they end.
        """
        self._log_level = log_level
        self._idle_s = idle_s
        self._pool: ProcessPoolExecutor | None = None
        self._asked = 0
        self._ending: asyncio.TimerHandle | None = None

    async def __call__(self, work: Callable[P, Coroutine[Any, Any, T]], /, *arguments: P.args, **named: P.kwargs) -> T:
        """What a coroutine function gives.

        Args:
            work: of a module or, bound, of an object that can be pickled; so can what it takes, gives and raises.

        Raises:
            BrokenOff: the process was ended meanwhile.
        """
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None
        pool = self._pool = self._pool or ProcessPoolExecutor(
            _PROCESSES, multiprocessing.get_context("spawn"), _begin, (self._log_level,)
        )
        self._asked += 1
        try:
            # a process is started in here when one is missing, which takes some milliseconds
            future = await asyncio.to_thread(pool.submit, _done, work, arguments, named)
            given: T = await asyncio.wrap_future(future)
            return given
        except BrokenProcessPool as exc:
            if self._pool is pool:
                self._pool = None
            raise BrokenOff from exc
        finally:
            self._asked -= 1
            if not self._asked:
                self._ending = asyncio.get_running_loop().call_later(self._idle_s, self._rest)

    async def stop(self) -> None:
        """End the processes; what they have begun is done before."""
        if self._ending is not None:
            self._ending.cancel()
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(pool.shutdown, True, cancel_futures=True)

    def _rest(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False)


def _begin(log_level: str) -> None:
    """What a process does before its first work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal; the service ends it
    threading.Thread(target=_end_with_the_service, daemon=True).start()
    os.nice(_NICENESS)
    for name in os.environ.keys() - bare_environment().keys():
        del os.environ[name]
    configure_logs(log_level)


def _end_with_the_service() -> None:
    service = multiprocessing.parent_process()
    assert service is not None
    service.join()
    os._exit(1)


def _done(work: Callable[..., Coroutine[Any, Any, T]], arguments: tuple[Any, ...], named: dict[str, Any]) -> T:
    return asyncio.run(work(*arguments, **named))
