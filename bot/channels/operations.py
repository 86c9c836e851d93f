"""Is it alive, is it ready, how does it do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import text

from bot.database import Database
from bot.handoff.desks.port import DeskState


class OperationsChannel:
    """`/healthz`, `/readyz`, `/metrics`."""

    def __init__(
        self,
        database: Database,
        redis: Redis,
        model_name: Callable[[], str],
        warnings: Callable[[], Sequence[str]] = tuple,
        desk: Callable[[], DeskState] = lambda: DeskState("console", True),
    ) -> None:
        self._db = database
        self._redis = redis
        self._model_name = model_name
        self._warnings = warnings
        self._desk = desk

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/healthz", self.alive)
        router.add_get("/readyz", self.ready)
        router.add_get("/metrics", self.metrics)

    async def alive(self, request: web.Request) -> web.Response:
        """The process answers."""
        return web.json_response({"status": "alive"})

    async def ready(self, request: web.Request) -> web.Response:
        """Database and Redis answer and a model serves; 503 with the part that does not. Warnings change no status."""
        parts = {"model": self._model_name(), "database": "up", "redis": "up"}
        try:
            async with self._db.read() as connection:
                await connection.execute(text("SELECT 1"))
        except Exception:  # whatever the driver raises, the answer is the same
            parts["database"] = "down"
        try:
            await self._redis.ping()
        except (RedisError, OSError):
            parts["redis"] = "down"
        ready = "down" not in parts.values()
        desk, warnings = self._desk(), list(self._warnings())
        if not desk.is_up:
            # customers are still served; who asks for a person waits, and our console can take them
            warnings.append(f"The desk {desk.name} is away ({desk.reason}). See docs/desks.md.")
        parts["desk"] = desk.name if desk.is_up else f"{desk.name} (away)"
        answer = {"status": "ready" if ready else "not_ready", **parts, "warnings": warnings}
        return web.json_response(answer, status=200 if ready else 503)

    async def metrics(self, request: web.Request) -> web.Response:
        """Prometheus text."""
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})
