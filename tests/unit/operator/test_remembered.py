"""A turn asks the operator's systems the same question once, until it changes something there."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.errors import BackOfficeDown
from bot.operator.ports import OperatorPorts
from bot.operator.remembered import AskedLate, one_reading, remembered

#: longer than what counts as at once
_SLOW_S = 0.06


@dataclass
class System:
    """An operator's system that counts what it is asked."""

    asked: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    down: bool = False
    #: seconds until it answers
    delay_s: float = 0.0

    def __getattr__(self, name: str) -> Any:
        async def answer(*args: Any, **_kwargs: Any) -> tuple[str, int]:
            self.asked.append((name, args))
            await asyncio.sleep(self.delay_s)
            if self.down:
                raise BackOfficeDown
            return name, len(self.asked)

        return answer


@pytest.fixture
def systems() -> dict[str, System]:
    return {name: System() for name in ("customers", "billing", "catalogue", "network", "messages")}


@pytest.fixture
def operator(systems: dict[str, System]) -> OperatorPorts:
    return remembered(OperatorPorts(**systems))  # type: ignore[arg-type]  # answers every call


async def test_the_same_question_is_asked_once_a_turn(operator: OperatorPorts, systems: dict[str, System]) -> None:
    for _turn in range(2):
        with one_reading():
            first = await operator.customers.by_id("c1")
            again = await asyncio.create_task(_ask(operator, "c1"))
            assert first == again and await operator.customers.by_id("c2") != first
            await operator.billing.bills("c1", limit=3)
            await operator.billing.bills("c1", limit=6)
            await operator.billing.bills("c1", limit=6)
    assert [args for _name, args in systems["customers"].asked] == [("c1",), ("c2",)] * 2
    assert len(systems["billing"].asked) == 4


async def _ask(operator: OperatorPorts, customer_id: str) -> Any:
    return await operator.customers.by_id(customer_id)


async def test_outside_a_turn_nothing_is_kept(operator: OperatorPorts, systems: dict[str, System]) -> None:
    await operator.customers.by_id("c1")
    await operator.customers.by_id("c1")
    assert len(systems["customers"].asked) == 2


async def test_a_change_is_seen_by_the_turn_that_made_it(operator: OperatorPorts, systems: dict[str, System]) -> None:
    with one_reading():
        before = await operator.customers.lines("c1")
        await operator.catalogue.add_addon("l1", "a1", key="k")
        assert await operator.customers.lines("c1") != before
        await operator.catalogue.add_addon("l1", "a1", key="k")
    assert len(systems["catalogue"].asked) == 2, "changes are never answered from memory"


async def test_a_line_is_tested_each_time(operator: OperatorPorts, systems: dict[str, System]) -> None:
    with one_reading():
        await operator.network.test_line("l1")
        await operator.network.test_line("l1")
    assert len(systems["network"].asked) == 2


async def test_a_failure_is_not_kept(operator: OperatorPorts, systems: dict[str, System]) -> None:
    with one_reading():
        systems["customers"].down = True
        with pytest.raises(BackOfficeDown):
            await operator.customers.by_id("c1")
        systems["customers"].down = False
        assert await operator.customers.by_id("c1")


async def test_a_task_that_outlives_the_turn_asks_anew(operator: OperatorPorts, systems: dict[str, System]) -> None:
    over = asyncio.Event()

    async def later() -> Any:
        await over.wait()
        return await _ask(operator, "c1"), await _ask(operator, "c1")

    with one_reading():
        before = await _ask(operator, "c1")
        task = asyncio.create_task(later())
    over.set()
    first, second = await task
    assert len({before, first, second}) == len(systems["customers"].asked) == 3


async def test_what_is_asked_while_others_wait_is_asked_between_two_tries(
    operator: OperatorPorts, systems: dict[str, System]
) -> None:
    holds = False
    systems["customers"].delay_s = _SLOW_S
    with one_reading(lambda: holds) as reading:
        known = await operator.customers.by_id("c1")
        tested = await operator.network.test_line("l1")
        await operator.catalogue.add_addon("l1", "a1", key="k")
        holds = True
        with pytest.raises(AskedLate) as late:
            await operator.billing.bills("c1")
        holds = False
        reading.begin_again()
        await late.value.ask()
        assert [system.asked for system in systems.values()].count([("bills", ("c1",))]) == 1
        # done again from the beginning: all is known but the change, which its own key makes once
        assert await operator.customers.by_id("c1") == known and await operator.network.test_line("l1") == tested
        await operator.catalogue.add_addon("l1", "a1", key="k")
        holds = True
        assert await operator.billing.bills("c1")
    assert [len(systems[name].asked) for name in ("customers", "network", "catalogue", "billing")] == [1, 1, 2, 1]


async def test_a_late_question_that_fails_fails_where_it_is_asked_again_once(
    operator: OperatorPorts, systems: dict[str, System]
) -> None:
    systems["customers"].delay_s = _SLOW_S
    with one_reading():
        await operator.customers.by_id("c0")
    holds = True
    with one_reading(lambda: holds) as reading:
        with pytest.raises(AskedLate) as late:
            await operator.customers.by_id("c1")
        systems["customers"].down = True
        await late.value.ask()
        reading.begin_again()
        with pytest.raises(BackOfficeDown):
            await operator.customers.by_id("c1")
        systems["customers"].down = False
        reading.wait_from_now_on()
        assert await operator.customers.by_id("c1"), "a turn that was tried often enough waits for its answers"


async def test_systems_that_answer_at_once_are_asked_at_once(
    operator: OperatorPorts, systems: dict[str, System]
) -> None:
    with one_reading(lambda: True):
        assert await operator.customers.by_id("c1") and await operator.billing.bills("c1")
    assert [len(systems[name].asked) for name in ("customers", "billing")] == [1, 1]
