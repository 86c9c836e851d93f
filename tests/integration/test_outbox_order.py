"""Deliveries of one subject go in order, whatever fails; of different subjects, side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

import pytest

from bot.database import Database
from bot.outbox.deliverer import Deliverer
from bot.outbox.model import Event, Hub, HubQuery, NotTaken, Patience
from bot.outbox.store import OutboxStore
from bot.outbox.targets import Targets

_NOW = datetime(2026, 11, 22, 8, 0, tzinfo=timezone.utc)
_API = "desk"


class Clock:
    def __init__(self) -> None:
        self.now = _NOW

    def __call__(self) -> datetime:
        return self.now


class Taker:
    """A receiver that fails where it is told to."""

    patience = Patience(first_s=10.0, most_s=10.0, attempts=3)
    attempt_s = 5.0

    def __init__(self, lanes: int = 1) -> None:
        self.lanes = lanes
        self.is_ready = True
        self.failing: dict[str, NotTaken] = {}
        self.taken: list[tuple[str, int]] = []
        self.gates: dict[str, asyncio.Event] = {}
        self.took = asyncio.Event()

    def ready(self) -> bool:
        return self.is_ready

    async def take(self, event: Event, attempt: int) -> None:
        if event.id in self.gates:
            await self.gates[event.id].wait()
        if event.id in self.failing:
            raise self.failing[event.id]
        self.taken.append((event.id, attempt))
        self.took.set()

    def ids(self) -> list[str]:
        return [event_id for event_id, _ in self.taken]


class Desk:
    def __init__(self, database: Database, lanes: int = 1) -> None:
        self.clock = Clock()
        self.store = OutboxStore(database)
        self.taker = Taker(lanes)
        self.database = database
        self.deliverer = Deliverer(
            self.store, Targets.parse(""), b"secret", _parse, self.clock, receivers={_API: self.taker}
        )

    async def add(self, ids: Sequence[tuple[str, str]]) -> None:
        await self.store.keep_hub(Hub("ours", _API, "http://desk", "", "settings", _NOW))
        async with self.database.write() as connection:
            await self.store.add(connection, [Event(i, _NOW, _API, "DeskMessage", s, {}) for i, s in ids])

    async def round(self, later_s: float = 0) -> None:
        self.clock.now += timedelta(seconds=later_s)
        await self.deliverer.round()
        await self.deliverer.settled()


def _parse(api: str, query: str) -> HubQuery:
    return HubQuery(frozenset(), {})


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_what_failed_holds_up_its_own_subject_and_no_other(desk: Desk) -> None:
    await desk.add([("1", "a"), ("2", "a"), ("3", "b")])
    desk.taker.failing["1"] = NotTaken("status 503")
    await desk.round()
    await desk.round()
    assert desk.taker.ids() == ["3"]
    del desk.taker.failing["1"]
    await desk.round(later_s=11)
    assert desk.taker.ids() == ["3", "1", "2"]
    assert desk.taker.taken[1] == ("1", 2)


async def test_what_is_refused_for_good_is_a_dead_letter_at_once_and_the_rest_goes_on(desk: Desk) -> None:
    await desk.add([("1", "a"), ("2", "a")])
    desk.taker.failing["1"] = NotTaken("status 422", final=True)
    await desk.round()
    assert desk.taker.ids() == ["2"]
    rows, total = await desk.store.dead(0, 10)
    assert (total, rows[0]["event_id"], rows[0]["attempts"], rows[0]["error"]) == (1, "1", 1, "status 422")


async def test_a_dead_letter_goes_again_when_it_is_replayed(desk: Desk) -> None:
    await desk.add([("1", "a")])
    desk.taker.failing["1"] = NotTaken("status 422", final=True)
    await desk.round()
    desk.taker.failing.clear()
    assert await desk.store.replay(None, desk.clock()) == 1
    await desk.round()
    assert desk.taker.ids() == ["1"]


async def test_a_receiver_that_is_not_ready_costs_no_attempt(desk: Desk) -> None:
    await desk.add([("1", "a")])
    desk.taker.is_ready = False
    for _ in range(5):
        await desk.round(later_s=60)
    desk.taker.is_ready = True
    await desk.round()
    assert desk.taker.taken == [("1", 1)]


async def test_subjects_go_side_by_side_and_one_subject_never_does(database: Database) -> None:
    desk = Desk(database, lanes=3)
    await desk.add([("1", "a"), ("2", "a"), ("3", "b")])
    desk.taker.gates["1"] = asyncio.Event()
    await desk.deliverer.round()
    await asyncio.wait_for(desk.taker.took.wait(), 5)
    assert desk.taker.ids() == ["3"]
    desk.taker.gates["1"].set()
    await desk.deliverer.settled()
    assert desk.taker.ids() == ["3", "1", "2"]


async def test_what_a_killed_process_had_claimed_is_due_again_with_the_next_attempt(desk: Desk) -> None:
    await desk.add([("1", "a")])
    desk.taker.is_ready = False
    await desk.round()
    desk.taker.is_ready = True
    assert await desk.store.claim("ours", desk.clock(), desk.clock() + timedelta(seconds=30)) is not None
    await desk.round()
    assert desk.taker.taken == []
    await desk.round(later_s=31)
    assert desk.taker.taken == [("1", 2)]
