"""Starts worker processes, hears what they tell, and writes down how they end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from bot.errors import BotError
from bot.settings import ROOT
from bot.training.causes import Cause, Failure
from bot.training.environment import bare_environment
from bot.training.jobs.model import STOPPED, Job, State, why_it_ended
from bot.training.jobs.order import Folders, Limits, Order
from bot.training.jobs.processes import ProcessId
from bot.training.jobs.store import JobStore

log = structlog.get_logger(__name__)

_HEARD_EVERY_S = 10.0
#: how long processes that were told to end may take for it
_GRACE_S, _TRIES = 5.0, 50
#: a result may hold some thousand failing sentences
_LONGEST_LINE_BYTES = 16 * 1024 * 1024
_CACHE_MB = 400

#: what is left to do when the process has done its part, in the service itself; the result that is kept
Finish = Callable[[Job, dict[str, Any]], Awaitable[dict[str, Any]]]


class JobRunner:
    """The worker process of this service's process, when it has one."""

    def __init__(
        self,
        store: JobStore,
        folders: Folders,
        installation: Path,
        models: Path,
        limits: Limits,
        clock: Callable[[], datetime],
    ) -> None:
        """Args:
        installation: the checkout whose data is trained.
        models: where what is trained goes.
        limits: how much of the machine a worker may take.
        """
        self._store = store
        self._folders = folders
        self._installation = installation
        self._models = models
        self._limits = limits
        self._clock = clock
        self._watches: dict[str, asyncio.Task[None]] = {}
        self._processes: dict[str, Process] = {}
        self.is_stopping = False
        self.me = str(ProcessId.of(os.getpid()))

    def watches(self, job_id: str) -> bool:
        """Whether this process watches over the job."""
        return job_id in self._watches

    def run(self, job: Job, finish: Finish, then: Callable[[], Awaitable[None]]) -> None:
        """Let a claimed job run in a process of its own.

        Args:
            finish: what this process does with the result of it.
            then: called when it has ended, however it did.
        """

        async def watched() -> None:
            try:
                await self._watched(job, finish)
            finally:
                self._watches.pop(job.id, None)
            if not self.is_stopping:
                await then()

        self._watches[job.id] = asyncio.create_task(watched())

    async def stop(self) -> None:
        """End the worker, if there is one; its job failed because the service stops."""
        self.is_stopping = True
        for process in self._processes.values():
            _signal(process, signal.SIGTERM)
        if self._watches:
            await asyncio.wait(set(self._watches.values()))

    async def _watched(self, job: Job, finish: Finish) -> None:
        failure: Failure | None = None
        told: dict[str, Any] = {}
        try:
            process = self._processes[job.id] = await self._start(job)
            if self.is_stopping:
                _signal(process, signal.SIGTERM)
            try:
                told = await self._hear(job, process)
            finally:
                code = await self._gone(process)
            if "result" in told:
                told = {"result": await finish(job, told["result"])}
            elif self.is_stopping:
                failure = STOPPED
            else:
                failure = Failure.told(told) if "error" in told else why_it_ended(code, self._limits.memory_mb)
        except BotError as exc:
            failure = Failure.of(exc)
        except Exception as exc:  # edge of a background task
            name = type(exc).__name__
            said = f"The service could not run it ({name}). Its log says more."
            failure = Failure(said, Cause("job_not_run", {"name": name}))
            log.error("training.job_broken", job=job.id, cause=type(exc).__name__, exc_info=True)
        finally:
            self._processes.pop(job.id, None)
        await asyncio.to_thread(self._folders.clear, job.id)
        state = State.failed if failure else State.done
        ended = await self._store.end(job.id, state, self._clock(), result=told.get("result"), failure=failure)
        await self._store.free(job.id)
        log.info("training.job_ended", job=job.id, kind=job.kind.value, state=state.value if ended else "cancelled")

    async def _start(self, job: Job) -> Process:
        folder, limits = self._folders.of(job.id), self._limits
        order = Order(
            id=job.id,
            kind=job.kind.value,
            by=job.by,
            proposal=job.about.proposal,
            model=job.about.model,
            installation=str(self._installation.resolve()),
            models=str(self._models.resolve()),
            data_dir=str(self._folders.data_dir.resolve()),
            limits=limits,
        )
        await asyncio.to_thread(self._folders.drop_old)
        await asyncio.to_thread(order.write, folder)
        self._folders.temporary(job.id).mkdir(mode=0o700)
        command = [sys.executable, "-m", "bot.training.jobs.worker", str(folder)]
        if limits.nice and shutil.which("ionice"):
            command = ["ionice", "-c", "3", *command]  # it takes the disk when nobody else wants it
        environment = {
            **bare_environment(),
            "PYTHONPATH": str(ROOT),
            "RASA_CACHE_DIRECTORY": str(self._folders.cache / "rasa"),
            "RASA_MAX_CACHE_SIZE": str(_CACHE_MB),
            "TMPDIR": str(self._folders.temporary(job.id)),
        }
        with self._folders.log(job.id).open("ab") as out:
            # it hears by the end of its standard input that this process is gone
            process = await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, env=environment, stdin=PIPE, stdout=PIPE, stderr=out, limit=_LONGEST_LINE_BYTES
            )
        await self._store.hear(job.id, self._clock(), process=str(ProcessId.of(process.pid)))
        log.info("training.job_started", job=job.id, kind=job.kind.value, pid=process.pid)
        return process

    async def _hear(self, job: Job, process: Process) -> dict[str, Any]:
        """Write down how far it is until it ends or was cancelled; the last thing that it told."""
        assert process.stdout is not None
        told: dict[str, Any] = {}
        while not self.is_stopping:
            try:
                line = await asyncio.wait_for(process.stdout.readline(), _HEARD_EVERY_S)
            except asyncio.TimeoutError:
                line = None
            if line == b"":
                break
            values: dict[str, Any] = {}
            if line is not None:
                told = json.loads(line)
                values = {name: told[name] for name in ("step", "progress") if name in told}
            if not await self._store.hear(job.id, self._clock(), **values):
                _signal(process, signal.SIGTERM)
                break
        return told

    async def _gone(self, process: Process) -> int:
        """Wait until the process and those that it started are gone; its exit code."""
        try:
            await asyncio.wait_for(process.wait(), _GRACE_S)
        except asyncio.TimeoutError:
            _signal(process, signal.SIGKILL)
        code = await process.wait()
        group = process.pid  # it keeps its number for as long as anybody is in it
        for _ in range(_TRIES):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, 0)
                await asyncio.sleep(_GRACE_S / _TRIES)
                continue
            return code
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        return code


def _signal(process: Process, number: signal.Signals) -> None:
    if process.returncode is None:
        ProcessId.of(process.pid).end(number)
