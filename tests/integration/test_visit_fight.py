"""A hundred customers in real processes fight for ten slots: each slot goes to one of them, and no more."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from datetime import time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.appointments.model import VisitWindow
from bot.appointments.store import AppointmentStore
from bot.database import Database
from bot.operator.ports import Words
from bot.technicians.model import Shift, Technician
from bot.technicians.store import save_team
from tests.integration.booker import AREA, NOW

_ROOT = Path(__file__).resolve().parents[2]
_PROCESSES, _EACH, _SLOTS = 4, 25, 10


@pytest.mark.parametrize("staffed", [False, True], ids=["by room", "by technicians"])
async def test_a_hundred_customers_never_book_one_of_ten_slots_twice(database: Database, staffed: bool) -> None:
    """Without technicians each window has room for one; with them it has room for many, but one person is on duty."""
    store, start = AppointmentStore(database, ZoneInfo("Asia/Shanghai")), NOW + timedelta(days=1)
    windows = [
        VisitWindow(
            f"w{n}",
            AREA,
            start + timedelta(days=n),
            start + timedelta(days=n, hours=2),
            capacity=50 if staffed else 1,
            taken=0,
        )
        for n in range(_SLOTS)
    ]
    await store.windows.add(windows)
    if staffed:
        shift = Shift(frozenset(range(7)), time(0), time(23))
        person = Technician("t1", Words(zh="吴大勇", en="Wu"), frozenset({"broadband"}), frozenset({AREA}), (shift,))
        await save_team(database, [person])
    command = [sys.executable, "-m", "tests.integration.booker", database.url]
    fighters = [
        subprocess.Popen(
            [*command, str(n * _EACH), str(_EACH)],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(_PROCESSES)
    ]
    for fighter in fighters:
        assert fighter.stdout is not None and await asyncio.to_thread(fighter.stdout.readline) == "ready\n"
    answers = await asyncio.gather(*(asyncio.to_thread(fighter.communicate, "go\n") for fighter in fighters))
    won = [row for out, _ in answers for row in json.loads(out.splitlines()[-1])]
    assert len(won) == _SLOTS
    assert {window for _, _, window in won} == {window.id for window in windows}
    assert len({customer for customer, _, _ in won}) == _SLOTS
    booked, total = await store.page({"area": AREA, "status": "confirmed"}, 0, 100)
    assert total == _SLOTS and {visit.id for visit in booked} == {visit for _, visit, _ in won}
    for window in windows:
        left = await store.windows.get(window.id)
        assert left is not None and left.taken == 1
