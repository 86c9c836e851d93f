"""What must be done now and then: let expired holds go, watch deadlines, keep the archive, date the demo from today."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog
from prometheus_client import Gauge

from bot.background import end_task, one_at_a_time
from bot.database import Database
from bot.operator.demo.seed import ensure_seeded
from bot.services import Services
from bot.settings import Settings
from bot.tickets.sweep.service import DeadlineSweep
from bot.tickets.sweep.store import SweepStore

log = structlog.get_logger(__name__)

RUNS = Gauge("frontline_housekeeping_timestamp_seconds", "When housekeeping last ended well, Unix time")


class Housekeeping:
    """Runs every `housekeeping_s`; everything it does is safe to do twice."""

    def __init__(
        self,
        services: Services,
        database: Database,
        settings: Settings,
        rounds: Sequence[Callable[[], Awaitable[object]]] = (),
    ) -> None:
        """Args:
        rounds: what else is done each time; one that fails does not keep the others back.
        """
        self._services = services
        self._rounds = rounds
        self._db = database
        self._settings = settings
        self._deadlines = DeadlineSweep(services.tickets, SweepStore(services.tickets.store), services.clock)
        self._archive = services.archive
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        await end_task(self._task)

    async def tidy(self) -> None:
        """One round; in one process of a data directory at a time."""
        async with one_at_a_time(self._settings.data_dir / "housekeeping.lock"):
            await self._tidy()

    async def _tidy(self) -> None:
        await self._services.appointments.release_expired()
        if self._settings.operator == "demo":
            now = self._services.clock().astimezone(self._settings.zone)
            await ensure_seeded(self._db, now.date(), self._settings.zone, now=now)
        await self._deadlines.replan()
        await self._deadlines.run()
        await self._archive.keep()
        for one in self._rounds:
            try:
                await one()
            except Exception as exc:  # edge of a background loop
                log.error("housekeeping.round_failed", cause=type(exc).__name__, exc_info=True)
        RUNS.set_to_current_time()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._settings.housekeeping_s)
            try:
                await self.tidy()
            except Exception as exc:  # edge of a background loop
                log.error("housekeeping.failed", cause=type(exc).__name__)
