"""A service of its own for one model: a process on this machine alone, its own data, nobody's customers.

It ends when it is told to, and when the process that started it is gone: it reads that from a pipe which the system
closes. Its Redis is used by both, so that whoever is left shuts it down.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import sys
from pathlib import Path

import structlog

from bot.errors import BotError
from bot.redis_server import EmbeddedRedis
from bot.settings import ROOT
from bot.training.environment import bare_environment

log = structlog.get_logger(__name__)

_START_S = 180.0
_GRACE_S = 15.0
_LOG_TAIL = 400


class SandboxFailed(BotError):
    """The service for trying a model does not run. The message says why."""

    status, code = 503, "sandbox_failed"


class Sandbox:
    """Starts and ends the service; one a folder."""

    def __init__(self, folder: Path, files: Path, cache: Path | None = None) -> None:
        """Name the place; nothing is started yet.

        Args:
            folder: for its database and all else; what is there is thrown away at the start and at the end.
            files: the assistant's files, `data` of a checkout.
            cache: of a service with nearly the same files, which makes starting quicker; it is copied.
        """
        self._folder, self._files = folder.resolve(), files.resolve()
        self._cache = cache
        self._redis: EmbeddedRedis | None = None
        self._process: asyncio.subprocess.Process | None = None
        self.base = ""

    @property
    def folder(self) -> Path:
        return self._folder

    @property
    def log_file(self) -> Path:
        return self._folder / "service.log"

    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def prepare(self) -> None:
        """Get ready what needs no model, which is most of starting; it goes on in the process that this begins."""
        await self._clear()
        self._redis = EmbeddedRedis(self._folder)
        try:
            await self._redis.start()
            await self._launch()
        except BaseException:
            await self.stop()
            raise

    async def start(self, model: Path) -> str:
        """Start it, which takes some seconds, less when it was prepared; returns its address, as http://127.0.0.1:40123.

        Args:
            model: an archive that may be loaded.

        Raises:
            SandboxFailed: it ended at once, or does not come up.
        """
        if self._process is None:
            await self.prepare()
        try:
            await asyncio.wait_for(self._serve(model.resolve()), _START_S)
        except asyncio.TimeoutError:
            await self.stop()
            raise SandboxFailed(f"The service did not come up within {_START_S:g} s. Try again later.") from None
        except BaseException:
            await self.stop()
            raise
        log.info("sandbox.started", model=model.name)
        return self.base

    async def stop(self) -> None:
        """End it and throw its data away. Called twice, the second does nothing."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            assert process.stdin is not None
            process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), _GRACE_S)
            except asyncio.TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        redis, self._redis = self._redis, None
        if redis is not None:
            await redis.stop()
        await asyncio.to_thread(shutil.rmtree, self._folder, True)

    async def ended(self) -> None:
        """Return when the process has ended by itself."""
        if self._process is not None:
            await self._process.wait()

    async def _clear(self) -> None:
        """Throw away what a killed service left, its Redis first."""
        if (self._folder / "redis").is_dir():
            left = EmbeddedRedis(self._folder)
            await left.start()
            await left.stop()
        await asyncio.to_thread(shutil.rmtree, self._folder, True)
        self._folder.mkdir(parents=True)
        if self._cache is not None and self._cache.is_dir():
            await asyncio.to_thread(shutil.copytree, self._cache, self._folder / "cache")

    async def _launch(self) -> None:
        command = [sys.executable, "-m", "bot.training.sandbox", str(self._folder), str(self._files)]
        with self.log_file.open("wb") as output:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=output,
                cwd=ROOT,
                env=bare_environment(),
                start_new_session=True,  # Ctrl-C is for us
            )

    async def _serve(self, model: Path) -> None:
        assert self._process is not None and self._process.stdin is not None and self._process.stdout is not None
        with contextlib.suppress(ConnectionError):  # it ended meanwhile, and its log says why
            self._process.stdin.write(f"{model}\n".encode())
            await self._process.stdin.drain()
        line = await self._process.stdout.readline()
        if not line:
            await self._process.wait()
            raise SandboxFailed(f"The service for {model.name} ended at once: {self._said()}")
        self.base = f"http://127.0.0.1:{json.loads(line)['port']}"

    def _said(self) -> str:
        """Its last line, which is a sentence where we know what went wrong."""
        lines = self.log_file.read_text("utf-8", "replace").strip().splitlines()
        return lines[-1][-_LOG_TAIL:].removeprefix("frontline: ") if lines else "it was ended from outside."
