"""From "publish" to the new model serving, by step, and what customers feel of it: `python -m bench.publish`.

A clone of this repository is installed in a temporary folder with the serving model, and its service is started there.
A trainer adds an example, proposes and publishes it through the API, twice. The trainings find the sentences' vectors
that `make train` left, as on every installation. Customers write at an even pace all the time; a turn's time counts
from the moment it was due. Their times before publishing are compared with those while the job runs.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

from bench.processes import DidNotStart, ServerProcess, deadline, free_port
from bot.settings import Settings
from bot.training.jobs.order import Folders
from bot.training.jobs.work.meanings import meanings_file
from bot.training.registry import verified_model

Found = TypeVar("Found")

ROOT = Path(__file__).resolve().parents[1]
_START_S, _JOB_S, _CALL_S, _LOOK_S, _MS = 180.0, 900.0, 60.0, 0.25, 1_000.0
_SENTENCES = (
    ("en", "how much do I owe you"),
    ("zh", "流量还剩多少"),
    ("en", "how do I change my wifi password"),
    ("zh", "光猫的灯是什么意思"),
    ("en", "my parcel never came"),
    ("zh", "你能做什么"),
)
#: what the trainer adds, one for each publishing
_ADDED = ("kindly let me see what this month comes to", "could the sum of this month be shown to me")
_WANTED_S, _WANTED_RATIO = 90.0, 1.2


@dataclass
class Customers:
    """People who write one sentence each so often, whatever else goes on."""

    http: aiohttp.ClientSession
    base: str
    each_s: float
    #: (when it was due, milliseconds until the answer)
    turns: list[tuple[float, float]] = field(default_factory=list)
    unanswered: int = 0

    async def write(self) -> None:
        """Go on until cancelled."""
        due, number, running = time.monotonic(), 0, set()
        while True:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            task = asyncio.create_task(self._turn(due, *_SENTENCES[number % len(_SENTENCES)]))
            running.add(task)
            task.add_done_callback(running.discard)
            number += 1
            due += self.each_s

    async def _turn(self, due: float, language: str, text: str) -> None:
        try:
            async with self.http.post(self.base, json={"language": language}) as answer:
                opened = await answer.json()
            headers = {"Authorization": f"Bearer {opened['token']}"}
            url = f"{self.base}/{opened['conversation_id']}/messages?wait=reply"
            body = {"client_msg_id": str(uuid.uuid4()), "text": text}
            async with self.http.post(url, json=body, headers=headers) as answer:
                answered = answer.status == 200 and (await answer.json())["replies"]
        except (aiohttp.ClientError, asyncio.TimeoutError, KeyError):
            answered = False
        self.unanswered += not answered
        self.turns.append((due, _MS * (time.monotonic() - due)))

    def p95_ms(self, start: float, end: float) -> float:
        """Of the turns that were due in a span of time."""
        times = sorted(took for due, took in self.turns if start <= due < end)
        return times[int(0.95 * (len(times) - 1))] if times else 0.0


class Trainer:
    """Somebody at the trainers' pages."""

    def __init__(self, http: aiohttp.ClientSession, base: str, server: ServerProcess) -> None:
        self._http, self._base, self._server, self._csrf = http, base, server, ""

    async def log_in(self, logins: dict[str, str]) -> None:
        body = {"username": "trainer", "password": logins["trainer"]}
        async with self._http.post(f"{self._base}/api/v1/desk/login", json=body) as answer:
            answer.raise_for_status()
            self._csrf = (await answer.json())["csrf_token"]

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        url, headers = f"{self._base}/api/v1/training{path}", {"X-CSRF-Token": self._csrf}
        async with self._http.request(method, url, json=body, headers=headers) as answer:
            given: dict[str, Any] = await answer.json()
            if answer.status >= 400:
                raise DidNotStart(f"{method} {path}: {given}")
            return given

    async def job_done(self, job: dict[str, Any]) -> tuple[dict[str, Any], list[tuple[str, float]]]:
        """The job when it has ended, and when each of its steps was first seen."""
        steps: list[tuple[str, float]] = []

        async def over() -> dict[str, Any] | None:
            now = await self.call("GET", f"/jobs/{job['id']}")
            if not steps or steps[-1][0] != now["step"]:
                steps.append((now["step"], time.monotonic()))
            return None if now["state"] in ("queued", "running") else now

        return await until(over, self._server, _JOB_S, "the job does not end"), steps

    async def publish(self, text: str) -> dict[str, Any]:
        """Add an example and publish it; the job that this started."""
        await self.call("POST", "/copy/refresh", {})
        await self.call("POST", "/intents/check_bill/examples", {"language": "en", "text": text})
        proposal = await self.call("POST", "/proposals", {"title": "One more"})
        published = await self.call("POST", f"/proposals/{proposal['id']}/publish", {})
        if published["job"] is None:
            raise DidNotStart(f"nothing was published: {published}")
        return dict(published["job"])


async def until(
    look: Callable[[], Awaitable[Found | None]], server: ServerProcess, seconds: float, otherwise: str
) -> Found:
    """What `look` comes to find.

    Raises:
        DidNotStart: the server has ended, or nothing was found in so many seconds.
    """
    ends = deadline(seconds)
    while time.monotonic() < ends:
        server.check()
        found = await look()
        if found is not None:
            return found
        await asyncio.sleep(_LOOK_S)
    raise DidNotStart(f"{otherwise} within {seconds:.0f} s")


def install(folder: Path) -> Path:
    """A clone of this repository with the serving model and the built pages."""
    root = folder / "installation"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(root)], check=True)
    subprocess.run(["git", "checkout", "-q", "-B", "main"], cwd=root, check=True)
    (root / "models").mkdir(exist_ok=True)
    models = Settings.from_env().models_dir
    for file in (verified_model(models), models / "registry.json"):
        shutil.copy(file, root / "models")
    # signed by this installation, not by that one
    key = models.parent / "var" / "models.secret"
    if key.is_file():
        (root / "var").mkdir(exist_ok=True)
        shutil.copy(key, root / "var")
    # `make train` leaves the sentences' vectors to the first publishing, and so does `make run`
    vectors = meanings_file(Folders(models.parent / "var"))
    if vectors.is_file():
        there = meanings_file(Folders(root / "var"))
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(vectors, there)
    else:
        print("no sentence vectors are kept here (make train leaves them): the first training encodes them all")
    for part in ("widget", "console"):
        built = ROOT / "bot" / "web" / part / "dist"
        if built.is_dir():
            shutil.copytree(built, root / "bot" / "web" / part / "dist", dirs_exist_ok=True)
    return root


async def serving(http: aiohttp.ClientSession, base: str) -> str | None:
    """The model that serves; None while the service is not up."""
    try:
        async with http.get(base + "/readyz") as answer:
            return str((await answer.json())["model"])
    except (aiohttp.ClientError, asyncio.TimeoutError):
        return None


async def measure(root: Path, before_s: float, each_s: float, publishes: int) -> bool:
    """Print the figures; whether they are as wanted."""
    port, data = free_port(), root / "var"
    base = f"http://127.0.0.1:{port}"
    data.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "bot", "serve", "--port", str(port), "--data-dir", str(data)]
    env = {"PYTHONPATH": str(root), "FRONTLINE_LOG_LEVEL": "WARNING"}
    server = ServerProcess(command, root, root / "service.log", set(os.sched_getaffinity(0)), env)
    jar = aiohttp.CookieJar(unsafe=True)
    limit = aiohttp.ClientTimeout(total=_CALL_S)
    try:
        async with aiohttp.ClientSession(cookie_jar=jar, timeout=limit) as http:
            model = await until(lambda: serving(http, base), server, _START_S, "the service is not up")
            trainer = Trainer(http, base, server)
            await trainer.log_in(json.loads((data / "demo_logins.json").read_text("utf-8")))
            # as any model that was published, the serving one has been through the gate
            gate, _ = await trainer.job_done(await trainer.call("POST", "/jobs", {"kind": "gate", "model": model}))
            print(f"the serving model went through the gate: {gate['state']} {gate['error'] or ''}")
            return await _published(http, base, trainer, server, before_s, each_s, publishes)
    finally:
        server.stop()


async def _published(
    http: aiohttp.ClientSession,
    base: str,
    trainer: Trainer,
    server: ServerProcess,
    before_s: float,
    each_s: float,
    publishes: int,
) -> bool:
    customers = Customers(http, f"{base}/api/v1/conversations", each_s)
    writing = asyncio.create_task(customers.write())

    async def another_than(model: str | None) -> str | None:
        now = await serving(http, base)
        return None if now == model else now

    try:
        fine = True
        for number in range(publishes):
            quiet = time.monotonic()
            await asyncio.sleep(before_s)
            before, model = customers.p95_ms(quiet, time.monotonic()), await serving(http, base)
            began = time.monotonic()
            job, steps = await trainer.job_done(await trainer.publish(_ADDED[number % len(_ADDED)]))
            ended = time.monotonic()
            if job["state"] != "done":
                print(f"publishing {number + 1}: {job['state']} {job['error']}")
                return False
            serves = bool(job["result"]["promoted"])
            if serves:
                await until(partial(another_than, model), server, _CALL_S, "the new model does not serve")
            total = time.monotonic() - began
            spans = list(zip(steps, [*(at for _, at in steps[1:]), ended], strict=True))
            told = ", ".join(f"{step} {end - at:.1f}" for (step, at), end in spans)
            felt_in = [(("publish", began), steps[0][1]), *spans, (("serving", ended), time.monotonic())]
            felt = ", ".join(f"{step} {customers.p95_ms(at, end):.0f}" for (step, at), end in felt_in if end - at > 0.5)
            log = (await trainer.call("GET", f"/jobs/{job['id']}/log"))["lines"]
            worked = next(line.split("after ")[1] for line in reversed(log) if "done, after" in line)
            during = customers.p95_ms(began, ended)
            first = steps[0][1] - began
            outcome = "the new model serves" if serves else f"the gate refused it ({job['result']['gate']['refusals']})"
            print(f"publishing {number + 1}: {total:.1f} s until {outcome}, wanted below {_WANTED_S:.0f} s")
            print(f"  publish {first:.1f}, {told}, serving {began + total - ended:.1f}; {worked}")
            ratio = during / before if before else 0.0
            print(f"  p95 of customers' turns: {before:.0f} ms before, {during:.0f} ms meanwhile ({felt})")
            print(f"  that is {ratio:.2f} times as much, wanted at most {_WANTED_RATIO}")
            fine = fine and serves and total < _WANTED_S and ratio <= _WANTED_RATIO
        print(f"{len(customers.turns)} turns, {customers.unanswered} unanswered; load {os.getloadavg()[0]:.1f}")
        return fine and not customers.unanswered
    finally:
        writing.cancel()


def main() -> int:
    """Measure; 1 when it is not as wanted."""
    parser = argparse.ArgumentParser(description="From publish to the new model serving.")
    parser.add_argument("--before", type=float, default=30.0, help="seconds of customers' turns before publishing")
    parser.add_argument("--each", type=float, default=0.5, help="seconds between two customers' turns")
    parser.add_argument("--publishes", type=int, default=len(_ADDED))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="frontline-bench-") as folder:
        root = install(Path(folder))
        try:
            return 0 if asyncio.run(measure(root, given.before, given.each, given.publishes)) else 1
        except (DidNotStart, aiohttp.ClientError, asyncio.TimeoutError) as exc:
            print(f"broken off: {exc or 'the service does not answer'}", file=sys.stderr)
            return 1


if __name__ == "__main__":
    sys.exit(main())
