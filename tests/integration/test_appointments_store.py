"""Visits on a real database: a window never takes more than it has room for, and nothing is booked twice."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.appointments.model import (
    HOLD_S,
    Appointment,
    AppointmentStatus,
    NewVisit,
    Technicians,
    VisitChanged,
    VisitNotFound,
    VisitWindow,
    WindowNotFound,
)
from bot.appointments.service import AppointmentService
from bot.appointments.store import AppointmentStore
from bot.database import Database
from bot.operator.ports import Words

_ZONE = ZoneInfo("Asia/Shanghai")
_NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)
_AREA = "nanpu"
_MANY = 30


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = _NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def visits(database: Database, clock: Clock) -> AppointmentService:
    """Windows w0 to w3 of two hours each from tomorrow on; w0 and w1 have room for one, the others for two."""
    store = AppointmentStore(database, _ZONE)
    first = _NOW + timedelta(days=1)
    starts = [first + timedelta(hours=2 * n) for n in range(4)]
    await store.windows.add(
        [
            VisitWindow(f"w{n}", _AREA, start, start + timedelta(hours=2), 1 if n < 2 else 2, 0)
            for n, start in enumerate(starts)
        ]
    )
    team = Technicians({_AREA: Words(zh="吴大勇", en="Wu Dayong")})
    return AppointmentService(store, technicians=team, clock=clock)


def _new(window_id: str, customer_id: str = "c1", **more: Any) -> NewVisit:
    return NewVisit(customer_id, _AREA, "南浦区柳堤路1号", "broadband", window_id, **more)


async def _booked(visits: AppointmentService, window_id: str, key: str = "talk:1", **more: str) -> Appointment:
    visit = await visits.book(_new(window_id, **more), key=key)
    assert visit is not None
    return visit


async def _held(visits: AppointmentService, new: NewVisit, key: str) -> Appointment:
    hold = await visits.hold(new, key=key)
    assert hold is not None
    return hold


async def _taken(visits: AppointmentService, window_id: str) -> int:
    window = await visits.window(window_id)
    assert window is not None
    return window.taken


async def test_a_hold_is_confirmed(visits: AppointmentService, clock: Clock) -> None:
    hold = await _held(visits, _new("w0", conversation_id="talk", ticket_id="TT00000001"), "talk:1")
    assert re.fullmatch(r"AP\d{8}", hold.id)
    assert hold.status is AppointmentStatus.held
    assert hold.held_until == clock.now + timedelta(seconds=HOLD_S)
    assert hold.technician == {"name": {"zh": "吴大勇", "en": "Wu Dayong"}}
    assert hold.start.utcoffset() == timedelta(hours=8)
    assert await visits.for_customer("c1") == ()
    visit = await visits.confirm(hold.id, key="talk:2")
    assert visit is not None
    assert (visit.id, visit.status, visit.held_until) == (hold.id, AppointmentStatus.confirmed, None)
    assert await visits.for_customer("c1") == (visit,)
    assert await _taken(visits, "w0") == 1


async def test_of_thirty_who_want_the_last_place_exactly_one_gets_it(visits: AppointmentService) -> None:
    wanted = [visits.hold(_new("w0", f"c{n}", conversation_id=f"talk{n}"), key=f"talk{n}:1") for n in range(_MANY)]
    holds = [hold for hold in await asyncio.gather(*wanted) if hold is not None]
    assert len(holds) == 1
    assert await _taken(visits, "w0") == 1
    assert (await visits.list_page({}, 0, 10))[1] == 1


async def test_the_same_key_twice_is_one_hold(visits: AppointmentService) -> None:
    holds = await asyncio.gather(*(visits.hold(_new("w2"), key="talk:1") for _ in range(5)))
    assert len({hold.id for hold in holds if hold is not None}) == 1
    assert None not in holds
    assert await _taken(visits, "w2") == 1


async def test_confirming_twice_books_once(visits: AppointmentService) -> None:
    hold = await _held(visits, _new("w2"), "talk:1")
    answers = await asyncio.gather(*(visits.confirm(hold.id, key=f"talk:{n}") for n in range(5)))
    assert {answer.id for answer in answers if answer is not None} == {hold.id}
    assert len(set(map(repr, answers))) == 1
    assert await _taken(visits, "w2") == 1


async def test_a_hold_that_has_run_out_is_gone_and_its_place_free(visits: AppointmentService, clock: Clock) -> None:
    hold = await _held(visits, _new("w0"), "talk:1")
    clock.pass_by(seconds=HOLD_S)
    assert [window.id for window in await visits.windows(_AREA, not_before=_NOW, limit=1)] == ["w0"]
    assert await visits.confirm(hold.id, key="talk:2") is None
    assert await visits.get(hold.id) is None
    assert await _taken(visits, "w0") == 0


async def test_a_hold_that_has_run_out_makes_room_without_anybody_clearing_up(
    visits: AppointmentService, clock: Clock
) -> None:
    stale = await _held(visits, _new("w0", "c1"), "a:1")
    assert await visits.hold(_new("w0", "c2"), key="b:1") is None
    clock.pass_by(seconds=HOLD_S)
    fresh = await _held(visits, _new("w0", "c2"), "b:2")
    assert await visits.confirm(stale.id, key="a:2") is None
    assert await visits.confirm(fresh.id, key="b:3") is not None
    assert await _taken(visits, "w0") == 1


async def test_clearing_up_counts_what_has_run_out_and_leaves_the_rest(
    visits: AppointmentService, clock: Clock
) -> None:
    await _held(visits, _new("w0", "c1"), "a:1")
    await _held(visits, _new("w2", "c2"), "b:1")
    clock.pass_by(seconds=HOLD_S - 1)
    young = await _held(visits, _new("w2", "c3"), "c:1")
    clock.pass_by(seconds=1)
    assert await visits.release_expired() == 2
    assert await visits.release_expired() == 0
    assert (await _taken(visits, "w0"), await _taken(visits, "w2")) == (0, 1)
    assert await visits.get(young.id) == young


async def test_a_hold_is_let_go(visits: AppointmentService) -> None:
    hold = await _held(visits, _new("w0"), "talk:1")
    await visits.release(hold.id)
    await visits.release(hold.id)
    assert await _taken(visits, "w0") == 0
    assert await visits.confirm(hold.id, key="talk:2") is None


async def test_a_confirmed_visit_cannot_be_let_go_like_a_hold(visits: AppointmentService) -> None:
    visit = await _booked(visits, "w0")
    await visits.release(visit.id)
    assert await visits.get(visit.id) == visit
    assert await _taken(visits, "w0") == 1


async def test_a_conversation_keeps_one_hold_at_a_time(visits: AppointmentService) -> None:
    first = await _held(visits, _new("w0", conversation_id="talk"), "talk:1")
    await _held(visits, _new("w1", conversation_id="talk"), "talk:2")
    assert await visits.get(first.id) is None
    assert (await _taken(visits, "w0"), await _taken(visits, "w1")) == (0, 1)
    back = await _held(visits, _new("w0", conversation_id="talk"), "talk:3")
    again = await _held(visits, _new("w0", conversation_id="talk"), "talk:4")
    assert back.id != again.id
    assert await _taken(visits, "w0") == 1


async def test_a_hold_stays_when_the_next_window_is_full(visits: AppointmentService) -> None:
    await _booked(visits, "w1", customer_id="c2", key="other:1")
    hold = await _held(visits, _new("w0", conversation_id="talk"), "talk:1")
    assert await visits.hold(_new("w1", conversation_id="talk"), key="talk:2") is None
    assert await visits.get(hold.id) == hold
    assert await _taken(visits, "w0") == 1


async def test_a_moved_visit_keeps_its_number_and_frees_its_old_window(visits: AppointmentService) -> None:
    old = await _booked(visits, "w0")
    hold = await _held(visits, _new("w1", replaces=old.id, conversation_id="talk"), "talk:2")
    moved = await visits.confirm(hold.id, key="talk:3")
    assert moved is not None
    window = await visits.window("w1")
    assert window is not None
    assert (moved.id, moved.window_id, moved.start, moved.end) == (old.id, "w1", window.start, window.end)
    assert (moved.status, moved.version) == (AppointmentStatus.confirmed, old.version + 1)
    assert moved.technician == old.technician
    assert moved.conversation_id == "talk"
    assert await visits.get(hold.id) is None
    assert (await _taken(visits, "w0"), await _taken(visits, "w1")) == (0, 1)
    assert await visits.confirm(hold.id, key="talk:4") == moved
    assert (await visits.list_page({}, 0, 10))[1] == 1


async def test_moving_twice_at_the_same_time_moves_once(visits: AppointmentService) -> None:
    old = await _booked(visits, "w0")
    hold = await _held(visits, _new("w1", replaces=old.id), "talk:2")
    answers = await asyncio.gather(*(visits.confirm(hold.id, key=f"talk:{n}") for n in range(5)))
    assert [answer.version if answer else None for answer in answers] == [old.version + 1] * 5
    assert (await _taken(visits, "w0"), await _taken(visits, "w1")) == (0, 1)


async def test_a_visit_that_changed_meanwhile_is_not_moved(visits: AppointmentService) -> None:
    old = await _booked(visits, "w0")
    slow = await _held(visits, _new("w1", replaces=old.id, conversation_id="a"), "a:1")
    quick = await _held(visits, _new("w2", replaces=old.id, conversation_id="b"), "b:1")
    moved = await visits.confirm(quick.id, key="b:2")
    assert moved is not None
    assert await visits.confirm(slow.id, key="a:2") is None
    assert await visits.get(old.id) == moved
    assert [await _taken(visits, name) for name in ("w0", "w1", "w2")] == [0, 0, 1]


async def test_a_visit_that_was_cancelled_meanwhile_is_not_moved(visits: AppointmentService) -> None:
    old = await _booked(visits, "w0")
    hold = await _held(visits, _new("w1", replaces=old.id), "talk:2")
    await visits.cancel(old.id, version=old.version, key="desk:1")
    assert await visits.confirm(hold.id, key="talk:3") is None
    assert [await _taken(visits, name) for name in ("w0", "w1")] == [0, 0]


async def test_only_the_customers_own_live_visit_can_be_replaced(visits: AppointmentService) -> None:
    old = await _booked(visits, "w0")
    for new in (_new("w1", replaces="AP99999999"), _new("w1", "c2", replaces=old.id)):
        with pytest.raises(VisitNotFound):
            await visits.hold(new, key="x")
    await visits.cancel(old.id, version=old.version, key="talk:2")
    with pytest.raises(VisitChanged):
        await visits.hold(_new("w1", replaces=old.id), key="y")
    assert await _taken(visits, "w1") == 0


async def test_cancelling_frees_the_window_once(visits: AppointmentService) -> None:
    visit = await _booked(visits, "w2")
    await _booked(visits, "w2", key="other:1", customer_id="c2")
    cancelled = await visits.cancel(visit.id, version=visit.version, key="talk:2")
    assert cancelled.status is AppointmentStatus.cancelled
    assert await visits.cancel(visit.id, version=visit.version, key="talk:3") == cancelled
    assert await _taken(visits, "w2") == 1
    assert await visits.for_customer("c1") == ()
    assert await visits.confirm(visit.id, key="talk:4") is None


async def test_cancelling_with_a_stale_version_is_refused(visits: AppointmentService) -> None:
    old = await _booked(visits, "w0")
    hold = await _held(visits, _new("w1", replaces=old.id), "talk:2")
    await visits.confirm(hold.id, key="talk:3")
    with pytest.raises(VisitChanged) as raised:
        await visits.cancel(old.id, version=old.version, key="late:1")
    assert raised.value.status == 409
    assert len(await visits.for_customer("c1")) == 1
    with pytest.raises(VisitNotFound):
        await visits.cancel("AP99999999", version=1, key="late:2")


async def test_a_completed_visit_is_over_and_cannot_be_cancelled(visits: AppointmentService) -> None:
    visit = await _booked(visits, "w0")
    done = await visits.complete(visit.id, version=visit.version)
    assert done.status is AppointmentStatus.completed
    with pytest.raises(VisitChanged):
        await visits.cancel(visit.id, version=done.version, key="talk:2")
    assert await _taken(visits, "w0") == 1


async def test_free_windows_come_soonest_first_within_the_range_and_not_before(visits: AppointmentService) -> None:
    first = _NOW + timedelta(days=1)

    async def names(**more: object) -> list[str]:
        found = await visits.windows(_AREA, **{"not_before": _NOW, **more})  # type: ignore[arg-type]
        return [window.id for window in found]

    assert await names() == ["w0", "w1", "w2", "w3"]
    assert await names(limit=2) == ["w0", "w1"]
    assert await names(start=first + timedelta(hours=1), end=first + timedelta(hours=4)) == ["w1"]
    assert await names(not_before=first + timedelta(hours=3)) == ["w2", "w3"]
    assert await visits.windows("elsewhere", not_before=_NOW) == ()
    await _booked(visits, "w0")
    assert await names() == ["w1", "w2", "w3"]


async def test_the_window_of_exactly_these_times_is_found_while_it_has_room(visits: AppointmentService) -> None:
    start = _NOW + timedelta(days=1)
    window = await visits.window_at(_AREA, start, start + timedelta(hours=2))
    assert window is not None and window.id == "w0"
    assert await visits.window_at(_AREA, start, start + timedelta(hours=3)) is None
    await _booked(visits, "w0")
    assert await visits.window_at(_AREA, start, start + timedelta(hours=2)) is None


async def test_a_window_that_has_begun_takes_nobody(visits: AppointmentService, clock: Clock) -> None:
    clock.pass_by(days=1)
    assert await visits.hold(_new("w0"), key="talk:1") is None
    assert await visits.hold(_new("w1"), key="talk:2") is not None


async def test_an_unknown_window_or_one_of_another_area_is_refused(visits: AppointmentService) -> None:
    elsewhere = NewVisit("c1", "dongdu", "东渡区码头街1号", "broadband", "w0")
    for new in (_new("nowhere"), elsewhere):
        with pytest.raises(WindowNotFound):
            await visits.hold(new, key="talk:1")
    assert await _taken(visits, "w0") == 0


async def test_a_visit_vanishes_with_the_turn_that_booked_it(database: Database, visits: AppointmentService) -> None:
    class TakenOver(Exception):
        """A person took over meanwhile."""

    hold = await _held(visits, _new("w0"), "talk:1")
    with pytest.raises(TakenOver):
        async with database.unit():
            assert await visits.confirm(hold.id, key="talk:2") is not None
            raise TakenOver
    assert await visits.get(hold.id) == hold


async def test_past_visits_are_left_out_unless_asked_for(visits: AppointmentService, clock: Clock) -> None:
    later = await _booked(visits, "w3", key="a")
    soon = await _booked(visits, "w0", key="b")
    assert await visits.for_customer("c1") == (soon, later)
    clock.now = soon.end
    assert await visits.for_customer("c1") == (later,)
    assert await visits.for_customer("c1", upcoming=False) == (soon, later)


async def test_pages_filter_and_count(visits: AppointmentService) -> None:
    mine = await _booked(visits, "w2", key="a", ticket_id="TT00000001", conversation_id="talk")
    await _booked(visits, "w2", key="b", customer_id="c2")
    assert await visits.list_page({"ticket_id": "TT00000001,TT00000002"}, 0, 10) == ((mine,), 1)
    assert (await visits.list_page({"status": "confirmed", "area": _AREA}, 1, 1))[1] == 2


async def test_many_who_book_move_and_cancel_at_once_leave_the_count_right(visits: AppointmentService) -> None:
    async def one(n: int) -> None:
        customer, talk = f"c{n}", f"talk{n}"
        visit = await visits.book(_new(f"w{n % 4}", customer, conversation_id=talk), key=f"{talk}:1")
        if visit is None:
            return
        new = _new(f"w{(n + 1) % 4}", customer, conversation_id=talk, replaces=visit.id)
        hold = await visits.hold(new, key=f"{talk}:2")
        if hold is not None:
            visit = await visits.confirm(hold.id, key=f"{talk}:3") or visit
        if n % 3 == 0:
            await visits.cancel(visit.id, version=visit.version, key=f"{talk}:4")

    await asyncio.gather(*(one(n) for n in range(_MANY)))
    live, _ = await visits.list_page({"status": "held,confirmed"}, 0, 100)
    for name, room in (("w0", 1), ("w1", 1), ("w2", 2), ("w3", 2)):
        here = [visit for visit in live if visit.window_id == name]
        assert len(here) == await _taken(visits, name) <= room
