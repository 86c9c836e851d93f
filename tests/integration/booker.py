"""A process of its own in which customers book slots: `python -m tests.integration.booker URL FIRST NUMBER`.

It says `ready`, waits for a line, books, and prints `[[customer, visit, window], …]`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from bot.appointments.model import NewVisit, Technicians
from bot.appointments.service import AppointmentService
from bot.appointments.store import AppointmentStore
from bot.database import Database

AREA = "fight"
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=timezone.utc)


async def _main(url: str, first: int, count: int) -> None:
    database = Database(url)
    visits = AppointmentService(
        AppointmentStore(database, ZoneInfo("Asia/Shanghai")), technicians=Technicians(), clock=lambda: NOW
    )
    windows = [window.id for window in await visits.windows(AREA, not_before=NOW + timedelta(hours=1), limit=50)]
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)

    async def fight(n: int) -> list[list[str]]:
        won = []
        for step in range(len(windows)):  # everybody begins elsewhere, wants any slot, and goes on trying
            window_id = windows[(n + step) % len(windows)]
            new = NewVisit(f"c{n}", AREA, "x", "broadband", window_id, minutes=120)
            visit = await visits.book(new, key=f"c{n}:{window_id}")
            if visit is not None:
                won.append([f"c{n}", visit.id, visit.window_id])
                break
        return won

    found = await asyncio.gather(*(fight(n) for n in range(first, first + count)))
    await database.close()
    print(json.dumps([row for rows in found for row in rows]), flush=True)


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
