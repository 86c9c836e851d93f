"""Starting and stopping the service's processes, with an embedded Redis when the settings name none."""

from __future__ import annotations

import asyncio
import fcntl
import gc
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

import structlog
from aiohttp import web

from bot.errors import SettingsError
from bot.redis_server import EmbeddedRedis
from bot.settings import Settings
from bot.startup_checks import bring_up_to_date, check_port, check_redis, make_data_dir, port_unusable
from bot.unused_code import give_back

log = structlog.get_logger(__name__)

#: tells a worker process the Redis that its parent has started
_WORKER_REDIS = "FRONTLINE_WORKER_REDIS"
_GRACE_S = 15.0


def serve(settings: Settings) -> int:
    """Serve until SIGINT or SIGTERM.

    Raises:
        SettingsError: the port is taken, another service uses the data directory, or a part is missing.
    """
    import uvloop

    uvloop.install()
    parent_redis = os.environ.get(_WORKER_REDIS)
    if parent_redis:
        return asyncio.run(_worker(settings, parent_redis))
    make_data_dir(settings.data_dir)
    with _only_one(settings.data_dir):
        check_port(settings.host, settings.port)
        bring_up_to_date(settings.sql_url)
        return asyncio.run(_parent(settings))


async def _parent(settings: Settings) -> int:
    async with _redis(settings) as redis_url:
        if settings.workers == 1:
            return await _worker(settings, redis_url)
        command = [sys.executable, "-m", "bot", "serve", "--host", settings.host, "--port", str(settings.port)]
        command += ["--workers", str(settings.workers), "--data-dir", str(settings.data_dir)]
        environment = {**os.environ, _WORKER_REDIS: redis_url}
        workers = [subprocess.Popen(command, env=environment) for _ in range(settings.workers)]
        await _until_stopped(workers)
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(_GRACE_S)
    return 0


async def _worker(settings: Settings, redis_url: str) -> int:
    from bot.greeting import greeting

    async with running(settings, redis_url):
        print(greeting(settings), flush=True)
        await _until_stopped(())
    return 0


@asynccontextmanager
async def running(settings: Settings, redis_url: str) -> AsyncIterator[int]:
    """The service, open for calls; yields its port, which the system chooses where the settings say 0.

    Raises:
        SettingsError: the port is taken, or a part is missing.
    """
    # hardly anything that is made while starting is garbage, and looking for some takes a quarter of the start
    gc.disable()
    from bot.app import create_app

    runner = web.AppRunner(create_app(settings, redis_url), access_log=None, shutdown_timeout=_GRACE_S)
    try:
        await runner.setup()
        site = web.TCPSite(runner, settings.host, settings.port, reuse_port=settings.workers > 1)
        try:
            await site.start()
        except OSError as exc:
            raise port_unusable(settings.host, settings.port, exc) from exc
        # what was loaded stays; without this every full collection would look through a million objects of it
        gc.collect()
        gc.freeze()
        gc.enable()
        give_back("tensorflow")
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


async def _until_stopped(children: "tuple[()] | list[subprocess.Popen[bytes]]") -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    while not stopped.is_set():
        if any(child.poll() is not None for child in children):
            log.error("worker.ended", note="stopping the others")
            return
        try:
            await asyncio.wait_for(stopped.wait(), 1.0)
        except asyncio.TimeoutError:
            continue


@asynccontextmanager
async def _redis(settings: Settings) -> AsyncIterator[str]:
    if settings.redis_url:
        await check_redis(settings.redis_url)
        yield settings.redis_url
        return
    embedded = EmbeddedRedis(settings.data_dir)
    await embedded.start()
    try:
        yield embedded.url
    finally:
        await embedded.stop()


class _only_one:
    """One service a data directory: two would fight over SQLite and Redis."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "service.lock"
        self._file: IO[str] | None = None

    def __enter__(self) -> None:
        self._file = self._path.open("w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            raise SettingsError(
                f"Another service already uses {self._path.parent.name}/. Stop it, or give this one its own --data-dir."
            ) from exc

    def __exit__(self, *_exc: object) -> None:
        if self._file is not None:
            self._file.close()
