"""Which job runs, when several processes want one to."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from bot.database import Database
from bot.training.causes import Cause, Failure
from bot.training.jobs.model import About, Job, Kind, State, Step, why_it_ended
from bot.training.jobs.processes import ProcessId
from bot.training.jobs.store import JobStore

NOW = datetime(2027, 3, 1, tzinfo=timezone.utc)
ME = "here:1:1"


def job(name: str, minutes: int = 0, kind: Kind = Kind.train) -> Job:
    return Job(
        id=name,
        kind=kind,
        state=State.queued,
        step=Step.waiting,
        progress=0.0,
        asked_at=NOW + timedelta(minutes=minutes),
        started_at=None,
        ended_at=None,
        by="xue",
        about=About(commit="abc", promote=True),
        result=None,
        error=None,
        cause=None,
        process=None,
        watcher=None,
        heard_at=None,
    )


@pytest.fixture
def store(database: Database) -> JobStore:
    return JobStore(database)


async def test_of_two_that_claim_at_once_one_gets_it(store: JobStore, database: Database) -> None:
    for round_ in range(5):
        one, other = f"one{round_}", f"other{round_}"
        await store.add(job(one))
        await store.add(job(other))
        second = Database(database.url)
        try:
            won = await asyncio.gather(
                *(keeper.claim(name, ME, NOW) for keeper in (store, JobStore(second)) for name in (one, other))
            )
        finally:
            await second.close()
        assert sum(won) == 1
        holder = await store.holder()
        assert holder is not None and holder.state is State.running and holder.watcher == ME
        await store.end(holder.id, State.done, NOW)
        await store.free(holder.id)


async def test_a_job_that_is_read_again_is_what_was_kept(store: JobStore) -> None:
    await store.add(job("one"))
    assert await store.get("one") == job("one")
    assert await store.get("another") is None
    await store.claim("one", ME, NOW)
    assert await store.hear("one", NOW, step=Step.training.value, progress=0.25, process="here:2:2")
    wanted = replace(
        job("one"),
        state=State.running,
        step=Step.training,
        progress=0.25,
        process="here:2:2",
        watcher=ME,
        started_at=NOW,
        heard_at=NOW,
    )
    assert await store.get("one") == wanted


async def test_the_next_runs_only_when_the_process_of_the_one_before_is_gone(store: JobStore) -> None:
    await store.add(job("first"))
    await store.add(job("second", 1))
    assert await store.claim("first", ME, NOW)
    assert await store.end("first", State.cancelled, NOW)
    assert not await store.claim("second", ME, NOW)
    await store.free("first")
    assert await store.claim("second", ME, NOW)
    assert [item.id for item in await store.open()] == ["second"]


async def test_what_has_ended_stays_as_it_ended(store: JobStore) -> None:
    await store.add(job("one"))
    await store.claim("one", ME, NOW)
    assert await store.end("one", State.failed, NOW, failure=Failure("It broke.", Cause("job_code", {"code": 3})))
    assert not await store.end("one", State.done, NOW, result={"total": 1})
    assert not await store.hear("one", NOW, progress=0.5)
    assert not await store.claim("one", ME, NOW)
    kept = await store.get("one")
    assert kept is not None and (kept.state, kept.error, kept.result) == (State.failed, "It broke.", None)
    assert kept.as_json()["cause"] == {"case": "job_code", "values": {"code": 3}}


async def test_a_model_that_is_being_put_to_service_is_not_cancelled_over(store: JobStore) -> None:
    await store.add(job("one"))
    await store.claim("one", ME, NOW)
    await store.hear("one", NOW, step=Step.promoting.value)
    assert not await store.end("one", State.cancelled, NOW, but_step=Step.promoting)
    assert await store.end("one", State.done, NOW, result={"promoted": True})


async def test_lists_go_on_where_they_were_cut(store: JobStore) -> None:
    for number in range(5):
        await store.add(job(f"job{number}", number // 2, Kind.train if number % 2 else Kind.evaluate))
    first = await store.newest(2)
    further = await store.newest(9, after=first[-1])
    assert [item.id for item in (*first, *further)] == ["job4", "job3", "job2", "job1", "job0"]
    assert [item.id for item in await store.newest(9, kind=Kind.train)] == ["job3", "job1"]


def test_a_process_is_known_by_its_start_and_not_by_its_number_alone() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    known = ProcessId.of(child.pid)
    assert ProcessId.parsed(str(known)) == known and known.is_here and known.is_alive
    assert not replace(known, began="1").is_alive
    assert ProcessId.of(os.getpid()).is_alive
    child.kill()
    assert child.wait() == -9
    assert not known.is_alive


@pytest.mark.parametrize(
    ("code", "said", "case"),
    [
        (-9, "no memory", "job_killed"),
        (-6, "FRONTLINE_TRAINING_MEMORY_MB", "job_broke_off"),
        (-15, "ended by somebody", "job_ended"),
        (3, "code 3", "job_code"),
    ],
)
def test_how_a_process_ended_is_said(code: int, said: str, case: str) -> None:
    failure = why_it_ended(code, 6_144)
    assert said in failure.error
    assert failure.cause.case == case
