"""What a turn has read in the operator's systems it does not read again.

Every action looks up its customer. Where the systems are slow, each time counts, and one that comes after the turn's
first write is waited for with SQLite's only writer in hand. So a turn keeps its answers until it ends, or changes
something there itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, cast

from bot.operator.ports import Billing, Catalogue, CustomerDirectory, Network, OperatorPorts


class _Reading:
    """What was asked in a turn. A task that outlives the turn has it still, and finds that it is over."""

    def __init__(self) -> None:
        self.answers: dict[object, Any] = {}
        self.is_over = False


_READING: ContextVar[_Reading | None] = ContextVar("frontline_operator_reading", default=None)

#: calls that change something, after which answers may be others
_CHANGING = frozenset({"add_addon", "remove_addon", "order_plan", "drop_plan_order", "restart_device"})
#: calls whose answer is another each time
_FRESH = frozenset({"test_line"})


@contextmanager
def one_reading() -> Iterator[None]:
    """Until the block ends, the same question to the operator is asked once, in tasks that it starts too."""
    reading = _Reading()
    token = _READING.set(reading)
    try:
        yield
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

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._port, name)

        async def asked(*args: Any, **kwargs: Any) -> Any:
            reading = _READING.get()
            if reading is None or reading.is_over or name in _FRESH:
                return await call(*args, **kwargs)
            answers = reading.answers
            if name in _CHANGING:
                try:
                    return await call(*args, **kwargs)
                finally:
                    answers.clear()
            key = (type(self._port), name, args, tuple(sorted(kwargs.items())))
            if key not in answers:
                answers[key] = await call(*args, **kwargs)
            return answers[key]

        return asked
