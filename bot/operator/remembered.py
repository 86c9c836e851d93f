"""What a turn has read in the operator's systems it does not read again.

Every action looks up its customer. Where the systems are slow, each time counts, and one that comes after the turn's
first write is waited for with SQLite's only writer in hand. So a turn keeps its answers until it ends, or changes
something there itself; and where it asks slow systems something new with the writer in hand, it is undone, the question
is asked, and the turn is done again from its beginning with all the answers that it had.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, cast

from bot.errors import BackOfficeDown
from bot.operator.ports import Billing, Catalogue, CustomerDirectory, Network, OperatorPorts


class AskedLate(BaseException):
    """Something new is asked while others wait for the writer. No action may take it for a failure of its own."""

    def __init__(self, ask: Callable[[], Awaitable[None]]) -> None:
        super().__init__()
        self._ask = ask

    async def ask(self) -> None:
        """Ask it, and keep what came of it."""
        await self._ask()


class Reading:
    """What was asked in a turn. A task that outlives the turn has it still, and finds that it is over."""

    def __init__(self, holds_others_up: Callable[[], bool]) -> None:
        """Args:
        holds_others_up: whether somebody waits until this turn goes on.
        """
        self._holds_others_up = holds_others_up
        self._answers: dict[object, Any] = {}
        self._failures: dict[object, Exception] = {}
        #: how often each call that is made anew each time was made since the turn's beginning
        self._counts: dict[object, int] = {}
        #: changes made there since the turn's beginning: answers from before them may be others now
        self._changes = 0
        #: whether an answer of this turn has taken long
        self._slow = False
        #: changes that stood in the turn's own transaction, as the demo's do: undone with it, they are asked for again
        self._undone: list[object] = []
        self.is_over = False

    def begin_again(self) -> None:
        """The turn is undone and begins anew; what was answered stays known.

        A change is asked for again under the key that it had, which makes it once.
        """
        for key in self._undone:
            del self._answers[key]
        self._undone.clear()
        self._counts.clear()
        self._changes = 0

    def wait_from_now_on(self) -> None:
        """Whatever is asked is waited for, whoever else waits."""
        self._holds_others_up = _never

    async def answer(
        self, name: str, question: object, ask: Callable[[], Awaitable[tuple[Any, float]]], took_s: float = 0.0
    ) -> Any:
        """What the systems say to a question, asked now or before.

        Args:
            ask: gives the answer and how long it took, seconds.
            took_s: the same of this kind of question when it was last asked.

        Raises:
            AskedLate: nobody has asked it, and others would wait, for long.
        """
        key: tuple[object, ...] = (question, self._changes)
        if name in _CHANGING or name in _FRESH:
            self._counts[question] = self._counts.get(question, 0) + 1
            key = (*key, self._counts[question])
        if name in _CHANGING:
            self._changes += 1
        if key in self._failures:
            raise self._failures.pop(key)
        if key not in self._answers:
            if (self._slow or took_s > _QUICK_S) and self._holds_others_up():
                raise AskedLate(lambda: self._ask_late(key, ask))
            self._answers[key], took_s = await ask()
            self._slow = self._slow or took_s > _QUICK_S
            if name in _CHANGING:
                self._undone.append(key)
        return self._answers[key]

    async def _ask_late(self, key: object, ask: Callable[[], Awaitable[tuple[Any, float]]]) -> None:
        try:
            self._answers[key], _took_s = await asyncio.wait_for(ask(), _LATE_S)
        except asyncio.TimeoutError:
            self._failures[key] = BackOfficeDown()
        except Exception as exc:  # whoever asks again hears it
            self._failures[key] = exc


def _never() -> bool:
    return False


_READING: ContextVar[Reading | None] = ContextVar("frontline_operator_reading", default=None)

#: how long a question is waited for between two tries of a turn, seconds; a turn itself has ten
_LATE_S = 5.0
#: an answer within so many seconds holds nobody up; doing the turn again would cost more
_QUICK_S = 0.05
#: calls that change something, after which answers may be others
_CHANGING = frozenset({"add_addon", "remove_addon", "order_plan", "drop_plan_order", "restart_device"})
#: calls whose answer is another each time
_FRESH = frozenset({"test_line"})


@contextmanager
def one_reading(holds_others_up: Callable[[], bool] = _never) -> Iterator[Reading]:
    """Until the block ends, the same question to the operator is asked once, in tasks that it starts too."""
    reading = Reading(holds_others_up)
    token = _READING.set(reading)
    try:
        yield reading
    finally:
        reading.is_over = True
        _READING.reset(token)


def remembered(operator: OperatorPorts) -> OperatorPorts:
    """The same systems, whose answers are kept within `one_reading`."""
    return replace(
        operator,
        customers=cast(CustomerDirectory, _Remembered(operator.customers)),
        billing=cast(Billing, _Remembered(operator.billing)),
        catalogue=cast(Catalogue, _Remembered(operator.catalogue)),
        network=cast(Network, _Remembered(operator.network)),
    )


class _Remembered:
    def __init__(self, port: object) -> None:
        self._port = port
        #: call → how long it took the last time, seconds
        self._took_s: dict[str, float] = {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._port, name)

        async def asked(*args: Any, **kwargs: Any) -> Any:
            async def timed() -> tuple[Any, float]:
                began = time.monotonic()
                try:
                    answer = await call(*args, **kwargs)
                finally:
                    took_s = self._took_s[name] = time.monotonic() - began
                return answer, took_s

            reading = _READING.get()
            if reading is None or reading.is_over:
                return await call(*args, **kwargs)
            question = (type(self._port), name, args, tuple(sorted(kwargs.items())))
            return await reading.answer(name, question, timed, self._took_s.get(name, 0.0))

        return asked
