"""Jobs in SQL. Their `slot` is unique, so that only one runs, whichever process asks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, null, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.database import Database
from bot.schema import training_jobs
from bot.training.causes import Failure
from bot.training.jobs.model import ENDED, About, Job, Kind, State, Step

_COLUMNS = [column for column in training_jobs.c if column.name != "slot"]
_RUNS = 1
_ENDED = [state.value for state in ENDED]


class JobStore:
    """The table `training_jobs`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(self, job: Job) -> None:
        """Keep a job that waits."""
        async with self._db.write() as connection:
            row = {**job.__dict__, "about": job.about.as_json(), "result": null(), "cause": null()}
            await connection.execute(training_jobs.insert().values(**row))

    async def get(self, job_id: str) -> Job | None:
        async with self._db.read() as connection:
            row = (await connection.execute(select(_COLUMNS).where(training_jobs.c.id == job_id))).first()
        return _job(row) if row else None

    async def newest(self, limit: int, after: Job | None = None, kind: Kind | None = None) -> list[Job]:
        """At most `limit` jobs, newest first, those asked for before `after`."""
        table = training_jobs
        query = select(_COLUMNS).order_by(table.c.asked_at.desc(), table.c.id.desc()).limit(limit)
        if after is not None:
            same_moment = and_(table.c.asked_at == after.asked_at, table.c.id < after.id)
            query = query.where(or_(table.c.asked_at < after.asked_at, same_moment))
        if kind is not None:
            query = query.where(table.c.kind == kind.value)
        async with self._db.read() as connection:
            return [_job(row) for row in (await connection.execute(query)).all()]

    async def open(self) -> list[Job]:
        """Jobs that run or wait, in the order in which they were asked for."""
        table = training_jobs
        query = select(_COLUMNS).where(table.c.state.notin_(_ENDED)).order_by(table.c.asked_at, table.c.id)
        async with self._db.read() as connection:
            return [_job(row) for row in (await connection.execute(query)).all()]

    async def holder(self) -> Job | None:
        """The job whose process has the machine: it runs, or it was cancelled and is going."""
        async with self._db.read() as connection:
            query = select(_COLUMNS).where(training_jobs.c.slot == _RUNS)
            row = (await connection.execute(query)).first()
        return _job(row) if row else None

    async def claim(self, job_id: str, watcher: str, at: datetime) -> bool:
        """Let a job that waits run, unless another does.

        Returns:
            Whether it is the caller's to run.
        """
        table = training_jobs
        values = {
            "state": State.running.value,
            "slot": _RUNS,
            "watcher": watcher,
            "started_at": at,
            "heard_at": at,
        }
        try:
            async with self._db.write() as connection:
                done = await connection.execute(
                    update(table)
                    .where(table.c.id == job_id, table.c.state == State.queued.value)
                    .where(~select([table.c.id]).where(table.c.slot == _RUNS).exists())
                    .values(**values)
                )
                return bool(done.rowcount)
        except IntegrityError:  # another took the slot in the same moment
            return False

    async def hear(self, job_id: str, at: datetime, **values: Any) -> bool:
        """Note a sign of life, and what changed: `step`, `progress`, `process`.

        Returns:
            Whether the job still runs.
        """
        return await self._change(job_id, (State.running,), {"heard_at": at, **values})

    async def end(
        self,
        job_id: str,
        state: State,
        at: datetime,
        *,
        result: Mapping[str, Any] | None = None,
        failure: Failure | None = None,
        but_step: Step | None = None,
    ) -> bool:
        """End a job that runs or waits; its process keeps others from running until `free` is called.

        Args:
            but_step: leave it alone while it is at this.

        Returns:
            Whether this call ended it; False when it had ended already.
        """
        values: dict[str, Any] = {"state": state.value, "ended_at": at}
        if failure is not None:
            values |= failure.as_json()
        if result is not None:
            values["result"] = dict(result)
        if state is State.done:
            values["progress"] = 1.0
        return await self._change(job_id, (State.queued, State.running), values, but_step)

    async def free(self, job_id: str) -> None:
        """The process of a job that has ended is gone: the next may run."""
        async with self._db.write() as connection:
            await connection.execute(update(training_jobs).where(training_jobs.c.id == job_id).values(slot=None))

    async def remove_waiting(self, job_id: str) -> bool:
        """Take back a job that has not begun; whether it could be."""
        table = training_jobs
        async with self._db.write() as connection:
            waits = and_(table.c.id == job_id, table.c.state == State.queued.value)
            return bool((await connection.execute(table.delete().where(waits))).rowcount)

    async def _change(
        self, job_id: str, states: tuple[State, ...], values: Mapping[str, Any], but_step: Step | None = None
    ) -> bool:
        table = training_jobs
        query = update(table).where(table.c.id == job_id, table.c.state.in_([state.value for state in states]))
        if but_step is not None:
            query = query.where(table.c.step != but_step.value)
        async with self._db.write() as connection:
            return bool((await connection.execute(query.values(**values))).rowcount)


def _job(row: Any) -> Job:
    values = dict(row._mapping)
    return Job(
        **{
            **values,
            "kind": Kind(values["kind"]),
            "state": State(values["state"]),
            "step": Step(values["step"]),
            "about": About(**values["about"]),
        }
    )
