"""Jobs: asking for one, seeing how far it is, cancelling it; and what becomes of those whose process is gone."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from bot.errors import BadRequest, Conflict, NoSuchModel
from bot.handoff.model import User
from bot.ids import new_id
from bot.training.data.copies import WorkingCopies
from bot.training.jobs.model import STOPPED, About, Job, JobNotFound, JobRunning, Kind, State, Step
from bot.training.jobs.order import Folders
from bot.training.jobs.processes import ProcessId
from bot.training.jobs.runner import JobRunner
from bot.training.jobs.store import JobStore
from bot.training.registry import read_registry

log = structlog.get_logger(__name__)

_SILENT = timedelta(seconds=90)
_LOG_BYTES = 64 * 1024
_TRIES, _PAUSE_S = 50, 0.1
#: an earlier run of the tests than these is no news
_RUNS_LOOKED_AT = 20
#: kinds that are about one model
_OF_A_MODEL = (Kind.conversations, Kind.gate)


#: lets a model serve; takes who asked for it, and its file
LetServe = Callable[[str, str], Awaitable[object]]


class JobService:
    """One job runs at a time over all processes of the installation; those that publishing asks for wait."""

    def __init__(
        self,
        store: JobStore,
        runner: JobRunner,
        folders: Folders,
        models: Path,
        let_serve: LetServe,
        copies: WorkingCopies,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._runner = runner
        self._folders = folders
        self._models = models
        self._let_serve = let_serve
        self._copies = copies
        self._clock = clock
        self._starting = asyncio.Lock()

    async def ask(self, user: User, kind: Kind, about: About, *, may_wait: bool = False) -> Job:
        """Start a job, or let it wait for the one that runs.

        Raises:
            JobRunning: another runs, and this one may not wait.
            NotFound, NoSuchModel: there is no such proposal or model.
            BadRequest: what is asked for does not go with this kind.
        """
        await self._checked(kind, about)
        job = Job(
            id=new_id(),
            kind=kind,
            state=State.queued,
            step=Step.waiting,
            progress=0.0,
            asked_at=self._clock(),
            started_at=None,
            ended_at=None,
            by=user.username,
            about=about,
            result=None,
            error=None,
            cause=None,
            process=None,
            watcher=None,
            heard_at=None,
        )
        await self.settle()
        await self._store.add(job)
        first = next(iter(await self._store.open()), job)
        if first.id != job.id and not may_wait and await self._store.remove_waiting(job.id):
            raise JobRunning(
                f"{first.by}'s job ({first.kind.value}) runs. Wait until it has ended, or cancel it.",
            )
        log.info("training.job_asked", job=job.id, kind=kind.value, by=user.id)
        await self.start_next()
        return await self.one(job.id)

    async def after_publishing(self, user: User, commit: str) -> Job:
        """Train what was just published and let it serve when it passes; a job that has not begun does for both."""
        for job in await self._store.open():
            waits = job.state is State.queued and job.kind is Kind.train and job.about.promote
            if waits and job.about.proposal is None:
                return job
        return await self.ask(user, Kind.train, About(promote=True, commit=commit), may_wait=True)

    async def newest(self, limit: int, after: str | None, kind: Kind | None = None) -> tuple[list[Job], str | None]:
        """At most `limit` jobs, newest first, and the id to go on after; None at the end."""
        await self.settle()
        found = await self._store.newest(limit + 1, await self.one(after) if after else None, kind)
        return found[:limit], found[limit - 1].id if len(found) > limit else None

    async def last_run(self) -> dict[str, Any] | None:
        """How the newest run of the conversation tests went, with `at` and `model`; None when there was none."""
        for job in await self._store.newest(_RUNS_LOOKED_AT, kind=Kind.conversations):
            if job.state is State.done and job.result is not None and job.ended_at is not None:
                return {"at": job.ended_at.isoformat(), "model": job.about.model, **job.result}
        return None

    async def one(self, job_id: str) -> Job:
        """Raises JobNotFound when there is none."""
        job = await self._store.get(job_id)
        if job is None:
            raise JobNotFound()
        if job.state is State.running:
            await self.settle()
            job = await self._store.get(job_id) or job
        return job

    async def log(self, job_id: str, start: int) -> tuple[list[str], int]:
        """Lines of a job's log from a place on, and the place to go on from; whole lines, 64 KB at most.

        Raises:
            JobNotFound: there is no such job.
        """
        await self.one(job_id)
        return await asyncio.to_thread(_lines, self._folders.log(job_id), start)

    async def cancel(self, user: User, job_id: str) -> Job:
        """End a job; what serves goes on serving.

        Raises:
            JobNotFound: there is no such job.
            Conflict: it has ended, or its model is just being put to service.
        """
        job = await self.one(job_id)
        if not await self._store.end(job.id, State.cancelled, self._clock(), but_step=Step.promoting):
            job = await self.one(job_id)
            if job.state is State.running:
                raise Conflict("The model is just being put to service. Roll back when that is done.")
            raise Conflict(f"This job is {job.state.value} already.")
        log.info("training.job_cancelled", job=job.id, by=user.id)
        job = await self.one(job_id)
        process = ProcessId.parsed(job.process) if job.process else None
        if process is not None and process.is_here:
            process.end(signal.SIGTERM)
        return job

    async def settle(self) -> None:
        """Write down that a job's process is gone, where nobody is left who could have seen it."""
        job = await self._store.holder()
        if job is None or job.watcher is None or self._runner.watches(job.id):
            return
        watcher = ProcessId.parsed(job.watcher)
        if watcher.is_here:
            if watcher.is_alive:
                return
            if job.process and not await _ended(ProcessId.parsed(job.process)):
                return
        elif job.heard_at is not None and self._clock() - job.heard_at < _SILENT:
            return
        if await self._store.end(job.id, State.failed, self._clock(), failure=STOPPED):
            log.warning("training.job_lost", job=job.id, kind=job.kind.value)
        await asyncio.to_thread(self._folders.clear, job.id)
        await self._store.free(job.id)

    async def start_next(self) -> None:
        """Let the job run that has waited longest, if none runs."""
        async with self._starting:
            if self._runner.is_stopping:
                return  # another process of the service takes it, or the next one
            for job in await self._store.open():
                if job.state is not State.queued:
                    return
                if await self._store.claim(job.id, self._runner.me, self._clock()):
                    self._runner.run(await self.one(job.id), self._finished, self.start_next)
                return

    async def tidy(self) -> None:
        """A round of housekeeping."""
        await self.settle()
        await self.start_next()

    async def stop(self) -> None:
        """The service stops, and the job that it watches with it."""
        await self._runner.stop()

    async def _checked(self, kind: Kind, about: About) -> None:
        if about.proposal is not None:
            if kind is not Kind.train:
                raise BadRequest("Only train takes a proposal.")
            await self._copies.proposal(about.proposal)
        if (kind in _OF_A_MODEL) != (about.model is not None):
            names = " and ".join(item.value for item in _OF_A_MODEL)
            raise BadRequest(f"model names a model's file; {names} need it, the other kinds take none.")
        if about.model is not None:
            registry = await asyncio.to_thread(read_registry, self._models)
            if about.model not in registry.records:
                raise NoSuchModel()
        if about.promote and (kind is not Kind.train or about.proposal is not None):
            raise BadRequest("promote goes with train of what is published. Publish the proposal first.")

    async def _finished(self, job: Job, result: dict[str, Any]) -> dict[str, Any]:
        """Let what was trained serve, when that was asked for and it passed the gate."""
        if not job.about.promote or not (result.get("gate") or {}).get("passed"):
            return result
        if not await self._store.hear(job.id, self._clock(), step=Step.promoting.value):
            return result  # cancelled in the last moment
        await self._let_serve(job.by, str(result["file"]))
        return {**result, "promoted": True}


async def _ended(process: ProcessId) -> bool:
    """Whether a worker that nobody watches is gone; if not, it is ended."""
    if not process.is_here:
        return False
    for _ in range(_TRIES):
        if not process.end_group(signal.SIGKILL):
            return True
        await asyncio.sleep(_PAUSE_S)
    return False


def _lines(file: Path, start: int) -> tuple[list[str], int]:
    if not file.is_file():
        return [], start
    with file.open("rb") as stream:
        stream.seek(start)
        text = stream.read(_LOG_BYTES)
    whole = text[: text.rfind(b"\n") + 1] or text[:_LOG_BYTES] * (len(text) == _LOG_BYTES)
    return whole.decode("utf-8", "replace").splitlines(), start + len(whole)
