"""Training, evaluating and comparing beside the service: real processes, real models of a small installation."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from bot.database import Database
from bot.settings import ROOT
from bot.training.jobs.model import About, Job, Kind, State, Step
from bot.training.jobs.order import Folders, Limits
from bot.training.jobs.processes import ProcessId
from bot.training.registry import read_registry, verified_model
from bot.training.workbench import Workbench
from tests.integration.trainable import commit_text, done, ended, reached, trainable_in
from tests.integration.training_repository import LEI, XUE, git
from tests.integration.workbench_setup import served, workbench_in

EN = "data/nlu/billing.en.yml"


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    return trainable_in(tmp_path)


@pytest_asyncio.fixture
async def workbench(database: Database, installation: Path, tmp_path: Path) -> AsyncIterator[Workbench]:
    running = workbench_in(tmp_path, database)
    yield running
    await running.stop()


async def test_what_is_trained_serves_when_it_passed_and_that_was_asked_and_how_far_it_is_is_told(
    workbench: Workbench, tmp_path: Path, installation: Path
) -> None:
    job = await workbench.jobs.ask(XUE, Kind.train, About(promote=True))
    told: list[tuple[Step, float]] = []
    while job.state in (State.queued, State.running):
        told.append((job.step, job.progress))
        await asyncio.sleep(0.02)
        job = await workbench.jobs.one(job.id)
    assert job.state is State.done, job.error
    assert job.progress == 1.0 and [share for _, share in told] == sorted(share for _, share in told)
    assert {Step.copying, Step.training, Step.measuring} <= {step for step, _ in told}
    assert len({share for step, share in told if step is Step.training}) > 2

    assert job.result is not None
    file = str(job.result["file"])
    record = read_registry(tmp_path / "models").records[file]
    assert (record.by, record.served) == ("xue", True)
    assert record.commit == git(installation, "rev-parse", "HEAD").strip()
    assert job.result["promoted"] and job.result["gate"]["passed"]
    assert verified_model(tmp_path / "models").name == file

    # the gate over one that is there, which nobody wants to serve
    again = await done(workbench, Kind.gate, About(model=file))
    assert again.state is State.done and again.result is not None, again.error
    assert (again.result["file"], again.result["gate"]["passed"]) == (file, True)
    lines, further = await workbench.jobs.log(job.id, 0)
    assert any("HybridIntentClassifier" in line for line in lines)
    assert await workbench.jobs.log(job.id, further) == ([], further)
    folders = Folders(tmp_path / "var")
    assert not folders.scratch(job.id).exists() and not folders.temporary(job.id).exists()
    assert (installation / "config.yml").is_file()


async def test_an_evaluation_leaves_a_report_of_every_sentence(
    workbench: Workbench, database: Database, redis: Redis, installation: Path
) -> None:
    async with served(workbench, database, redis) as pages:
        asked = await pages.xue.post("/jobs", {"kind": "evaluate"})
        assert (asked["kind"], asked["by"], asked["about"]["model"]) == ("evaluate", "xue", None)
        status, refused = await pages.lei.call("POST", "/jobs", json={"kind": "findings"})
        assert (status, refused["error"]["code"]) == (409, "job_running")
        job = await ended(workbench, await workbench.jobs.one(asked["id"]))
        assert job.state is State.done, job.error
        [listed] = (await pages.lei.get("/jobs?kind=evaluate"))["jobs"]
        log = await pages.lei.get(f"/jobs/{asked['id']}/log")
        assert log["lines"][0].endswith("of processor time") and log["next"] > 0
        assert (await pages.lei.get(f"/jobs/{asked['id']}/log?from={log['next']}"))["lines"] == []
        assert (await pages.lei.call("GET", f"/jobs/{asked['id']}/log?from=-1"))[0] == 400
        [summary] = (await pages.lei.get("/reports"))["reports"]
        report = await pages.lei.get(f"/reports/{listed['result']['report']}")
        assert (await pages.lei.call("GET", "/reports/none"))[0] == 404
        assert (await pages.agent.call("GET", "/jobs"))[0] == 403

    assert summary["sentences"] == report["sentences"] == 14
    assert report["fixed"] is None  # no model serves
    assert summary["accuracy"] == {name: side["accuracy"] for name, side in report["languages"].items()}
    assert sum(row["support"] for row in report["intents"]) == 14
    assert sum(row["count"] for row in report["confusions"]) == 14
    assert sum(row["count"] for row in report["calibration"]) == 14
    wrong = sum(row["count"] for row in report["confusions"] if row["intent"] != row["got"])
    assert len(report["failing"]) == wrong
    for item in report["failing"]:
        line = (installation / item["path"]).read_text("utf-8").splitlines()[item["line"] - 1]
        assert line.strip() == f"- {item['text']}" and item["got"] != item["intent"]
    answered = [row["answered"] for row in report["thresholds"]]
    assert answered == sorted(answered, reverse=True)


async def test_sentences_alike_odd_and_misspelt_are_looked_for_by_a_job(
    workbench: Workbench, database: Database, redis: Redis
) -> None:
    where = "/intents/check_balance/examples"
    async with served(workbench, database, redis) as pages:
        await pages.xue.post(where, {"language": "en", "text": "show me the bill"})
        for text in ("a joke about a match please", "blance", *(f"balance {n}" for n in range(12))):
            await pages.xue.post(where, {"language": "en", "text": text})
        nothing = {"findings": [], "counts": {}, "total": 0, "as_of": None}
        assert (await pages.xue.get("/findings?kind=near_duplicate")) == nothing
        job = await done(workbench, Kind.findings)
        assert job.state is State.done, job.error
        found = await pages.xue.get("/findings?kind=near_duplicate")
        assert found["as_of"] and found["total"] == 1
        pair = ("show me my bill", "show me the bill")
        assert (found["findings"][0]["text"], found["findings"][0]["other"]["text"]) == pair
        strange = (await pages.xue.get("/findings?kind=odd"))["findings"]
        assert all(item["other_intent"] not in (None, item["intent"]) and item["line"] > 0 for item in strange)
        # it says what the other intent's say
        assert "a joke about a match please" in [item["text"] for item in strange]
        [slip] = (await pages.xue.get("/findings?kind=misspelt"))["findings"]
        assert (slip["text"], slip["word"], slip["right"]) == ("blance", "blance", "balance")
        assert job.result == {"total": 2 + len(strange)}

        line = found["findings"][0]["line"]
        await pages.xue.call("DELETE", "/intents/check_bill/examples", json={"language": "en", "text": "what do I pay"})
        assert (await pages.xue.get("/findings?kind=near_duplicate"))["findings"][0]["line"] == line
        await pages.xue.call("DELETE", where, json={"language": "en", "text": "show me the bill"})
        assert (await pages.xue.get("/findings?kind=near_duplicate"))["total"] == 0
        assert (await pages.lei.get("/findings"))["as_of"] is None


async def test_publishing_trains_what_was_published(workbench: Workbench, database: Database, redis: Redis) -> None:
    async with served(workbench, database, redis) as pages:
        texts = iter(("how much is the invoice", "the invoice please"))
        jobs: list[dict[str, Any]] = []
        for text in texts:
            await pages.xue.post("/intents/check_bill/examples", {"language": "en", "text": text})
            proposal = await pages.xue.post("/proposals", {"title": text})
            answer = await pages.xue.post(f"/proposals/{proposal['id']}/publish")
            assert answer["job"]["about"] == {
                "proposal": None,
                "model": None,
                "promote": True,
                "commit": answer["published"] if not jobs else answer["job"]["about"]["commit"],
            }
            jobs.append(answer["job"])
            await pages.xue.post("/copy/refresh")
        assert jobs[0]["state"] == "running" and jobs[1]["state"] == "queued"
        for job in reversed(jobs):
            await pages.xue.post(f"/jobs/{job['id']}/cancel")
        assert [job["state"] for job in (await pages.xue.get("/jobs"))["jobs"]] == ["cancelled", "cancelled"]


async def test_a_cancelled_training_is_gone_with_its_process_whoever_cancels(
    workbench: Workbench, database: Database, tmp_path: Path
) -> None:
    job = await workbench.jobs.ask(XUE, Kind.train, About())
    while job.step is not Step.training:
        await asyncio.sleep(0.05)
        job = await workbench.jobs.one(job.id)
    assert job.process is not None
    process = ProcessId.parsed(job.process)
    assert process.is_alive and os.getpgid(process.pid) == process.pid

    elsewhere = workbench_in(tmp_path, database)  # another process of the service
    assert (await elsewhere.jobs.cancel(LEI, job.id)).state is State.cancelled
    next_ = await workbench.jobs.ask(XUE, Kind.findings, About())
    await reached(workbench, next_, State.running)
    assert not process.is_alive
    await workbench.jobs.cancel(XUE, next_.id)
    assert read_registry(tmp_path / "models").records == {}
    assert (await workbench.jobs.one(job.id)).error is None


async def test_a_training_that_needs_more_memory_than_it_may_take_fails_with_a_sentence(
    database: Database, installation: Path, tmp_path: Path
) -> None:
    workbench = workbench_in(tmp_path, database, limits=Limits(memory_mb=120, nice=0))
    job = await done(workbench, Kind.train)
    assert job.state is State.failed
    assert job.error is not None and "FRONTLINE_TRAINING_MEMORY_MB" in job.error and "120 MB" in job.error


async def test_a_worker_that_is_killed_is_told_from_one_that_was_stopped(workbench: Workbench) -> None:
    for number, said in ((signal.SIGKILL, "no memory"), (signal.SIGTERM, "ended by somebody")):
        job = await workbench.jobs.ask(XUE, Kind.evaluate, About())
        job = await begun(workbench, job)
        assert job.process is not None and ProcessId.parsed(job.process).end_group(number)
        job = await ended(workbench, job)
        assert job.state is State.failed and job.error is not None and said in job.error


async def test_a_worker_gets_no_secrets_of_the_service_and_old_logs_go(
    workbench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "FRONTLINE_IDENTITY_SECRET", "SOMEBODYS_TOKEN"):
        monkeypatch.setenv(name, "nobody's business")
    jobs = tmp_path / "var" / "training" / "jobs"
    for number in range(60):
        (jobs / f"old{number}").mkdir(parents=True)
        os.utime(jobs / f"old{number}", (number, number))
    job = await begun(workbench, await workbench.jobs.ask(XUE, Kind.evaluate, About()))
    environment = Path(f"/proc/{ProcessId.parsed(str(job.process)).pid}/environ").read_bytes()
    assert b"PATH=" in environment and b"nobody's business" not in environment
    left = {folder.name for folder in jobs.iterdir()}
    assert left == {job.id, *(f"old{number}" for number in range(10, 60))}
    assert (await workbench.jobs.log(job.id, 0))[0]
    await workbench.jobs.cancel(XUE, job.id)


async def test_stopping_the_service_ends_its_job(workbench: Workbench) -> None:
    job = await begun(workbench, await workbench.jobs.ask(XUE, Kind.evaluate, About()))
    assert job.process is not None
    await workbench.stop()
    job = await workbench.jobs.one(job.id)
    assert job.state is State.failed and job.error is not None and "service stopped" in job.error
    assert not ProcessId.parsed(str(job.process)).is_alive


_SERVICE = """
import asyncio, sys
from pathlib import Path
from bot.database import Database
from bot.training.jobs.model import About, Kind
from tests.integration.training_repository import XUE
from tests.integration.workbench_setup import workbench_in

async def main():
    workbench = workbench_in(Path(sys.argv[1]), Database(sys.argv[2]))
    job = await workbench.jobs.ask(XUE, Kind.evaluate, About())
    while (job := await workbench.jobs.one(job.id)).process is None:
        await asyncio.sleep(0.05)
    print("job", job.id, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_a_job_whose_service_was_killed_failed_as_the_next_service_sees(
    workbench: Workbench, database: Database, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", _SERVICE, str(tmp_path), str(database.url)]
    service = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert service.stdout is not None
    line = ""
    while not line.startswith("job "):
        line = await asyncio.to_thread(service.stdout.readline)
    job_id = line.split()[1]
    job = await workbench.jobs.one(job_id)
    assert job.state is State.running and job.process is not None
    service.kill()
    service.wait()
    service.stdout.close()
    await workbench.start()
    job = await workbench.jobs.one(job_id)
    assert job.state is State.failed and job.error is not None and "service stopped" in job.error
    assert not ProcessId.parsed(str(job.process)).is_alive
    folders = Folders(tmp_path / "var")
    assert not folders.scratch(job_id).exists() and not folders.temporary(job_id).exists()
    further = await workbench.jobs.ask(XUE, Kind.findings, About())
    assert further.state is State.running


async def test_a_file_broken_by_hand_fails_the_job_with_its_line(workbench: Workbench, installation: Path) -> None:
    text = (installation / EN).read_text("utf-8")
    commit_text(installation, EN, text.replace("    - what do I pay\n", "    what do I pay\n"))
    for kind in (Kind.train, Kind.evaluate, Kind.findings):
        job = await done(workbench, kind)
        assert job.state is State.failed
        assert job.error is not None and job.error.startswith(f"{EN}, line 8: ")


async def test_a_folder_of_models_that_cannot_be_written_is_said_before_training(
    workbench: Workbench, tmp_path: Path
) -> None:
    (tmp_path / "models").write_text("in the way", "utf-8")
    job = await done(workbench, Kind.train)
    assert job.state is State.failed and job.step is Step.waiting
    assert job.error is not None and "FRONTLINE_MODELS_DIR" in job.error


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "dream"},
        {"kind": "train", "promote": "yes"},
        {"kind": "train", "model": "frontline-1.tar.gz"},
        {"kind": "gate"},
        {"kind": "evaluate", "promote": True},
        {"kind": "evaluate", "proposal": "xue-1"},
    ],
)
async def test_a_job_that_makes_no_sense_is_refused(
    workbench: Workbench, database: Database, redis: Redis, body: dict[str, object]
) -> None:
    async with served(workbench, database, redis) as pages:
        status, answer = await pages.xue.call("POST", "/jobs", json=body)
        assert (status, answer["error"]["code"]) == (400, "bad_request")
        assert (await pages.xue.get("/jobs"))["jobs"] == []


async def test_a_proposal_or_model_that_is_not_there_is_told(
    workbench: Workbench, database: Database, redis: Redis
) -> None:
    async with served(workbench, database, redis) as pages:
        status, answer = await pages.xue.call("POST", "/jobs", json={"kind": "train", "proposal": "xue-9"})
        assert (status, answer["error"]["code"]) == (404, "not_found")
        for kind in ("gate", "conversations"):
            body = {"kind": kind, "model": "../registry.json"}
            status, answer = await pages.xue.call("POST", "/jobs", json=body)
            assert (status, answer["error"]["code"]) == (404, "model_not_found")
        status, answer = await pages.xue.call("POST", "/models/frontline-9.tar.gz/gate")
        assert (status, answer["error"]["code"]) == (404, "model_not_found")
        assert (await pages.xue.call("GET", "/jobs/none"))[0] == 404
        assert (await pages.xue.call("GET", "/jobs/none/log"))[0] == 404
        assert (await pages.xue.call("POST", "/jobs/none/cancel"))[0] == 404


async def begun(workbench: Workbench, job: Job) -> Job:
    """The job when its process works."""
    while job.step is Step.waiting:
        await asyncio.sleep(0.05)
        job = await workbench.jobs.one(job.id)
    return job
