"""The demo operator's network: line tests, restarts, outages, areas, coverage, shops."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.errors import NotFound
from bot.operator.demo.files import DemoFiles
from bot.operator.demo.places import Gazetteer
from bot.operator.demo.store import DemoStore, Row
from bot.operator.ports import Area, LineTest, LineTestResult, Outage, Store, Words

#: an estimate that has passed is put off by so much, until it lies ahead again
_PUT_OFF = timedelta(hours=4)
#: TV and landline run over the same fibre
_CARRIED_BY = {"tv": ("tv", "broadband"), "landline": ("landline", "broadband")}


class DemoNetwork:
    """`Network` over `demo_lines.test`, `outages` and the demo's files."""

    def __init__(
        self,
        store: DemoStore,
        files: DemoFiles,
        gate: Callable[[], Any],
        clock: Callable[[], datetime],
        zone: ZoneInfo,
    ) -> None:
        self._store = store
        self._files = files
        self._gate = gate
        self._clock = clock
        self._zone = zone
        self._places = Gazetteer(files)

    async def test_line(self, line_id: str) -> LineTest:
        """Test a line from the exchange.

        Raises:
            NotFound: no such line.
        """
        await self._gate()
        row = await self._store.line(line_id)
        if row is None:
            raise NotFound("The operator has no such line. Look the customer's lines up again.")
        measures = {name: float(value) for name, value in row["test"].items() if name != "result"}
        return LineTest(LineTestResult(row["test"]["result"]), self._clock(), measures)

    async def restart_device(self, line_id: str) -> bool:
        """Restart the device in the home; a line that asked for it tests well from then on."""
        await self._gate()
        async with self._store.edit_line(line_id) as edit:
            if edit is None:
                return False
            result = LineTestResult(edit.row["test"]["result"])
            if result is LineTestResult.device_restart:
                await edit.save_line(test={**edit.row["test"], "result": LineTestResult.ok.value})
            return result in (LineTestResult.ok, LineTestResult.device_restart)

    async def outages(self, area: str, product: str | None = None) -> tuple[Outage, ...]:
        await self._gate()
        now = self._clock()
        wanted = None if product is None else _CARRIED_BY.get(product, (product,))
        found = [
            outage_at(row, now, self._zone)
            for row in await self._store.outages(area)
            if not wanted or row["product"] in wanted
        ]
        current = [outage for outage in found if outage.status in ("running", "planned")]
        return tuple(sorted(current, key=lambda outage: (outage.status != "running", outage.started_at)))

    async def outage(self, outage_id: str) -> Outage | None:
        await self._gate()
        row = await self._store.outage(outage_id.strip().upper())
        return None if row is None else outage_at(row, self._clock(), self._zone)

    async def areas(self) -> tuple[Area, ...]:
        await self._gate()
        return tuple(item.area for item in self._files.areas)

    async def area_of(self, address: str) -> Area | None:
        await self._gate()
        return self._places.area_of(address)

    async def covered(self, address: str) -> bool | None:
        await self._gate()
        return self._places.covered(address)

    async def stores(self, area: str | None = None) -> tuple[Store, ...]:
        await self._gate()
        return tuple(store for store in self._files.stores if area in (None, store.area))


def outage_at(row: Row, now: datetime, zone: ZoneInfo) -> Outage:
    """An outage as it stands at `now`.

    A running one whose estimate has passed gets a later one. Planned works run while their time lasts, then are over.
    """
    status, start, end = row["status"], row["started_at"], row["restore_at"]
    if status == "planned" and start <= now:
        status = "running" if end is None or now < end else "restored"
    elif status == "running" and end is not None and end <= now:
        end += _PUT_OFF * ((now - end) // _PUT_OFF + 1)
    return Outage(
        id=row["id"],
        area=row["area"],
        product=row["product"],
        status=status,
        started_at=start.astimezone(zone),
        restore_at=None if end is None else end.astimezone(zone),
        cause=Words(zh=row["cause"]["zh"], en=row["cause"]["en"]),
    )
