"""The conversation tests run in a service of their own, which leaves nothing behind whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import ROOT, Settings
from bot.training.conversation_tests.runner import run
from bot.training.data.model import DataFileWrong
from bot.training.registry import verified_model
from bot.training.sandbox.process import SandboxFailed
from tests.service import Service, children, wait_until

_TESTS = """conversations:
- name: goes as written
  language: en
  customer: customer_basic
  turns:
  - customer: what's my balance?
    replies: [{contains: ["{balance}"]}]
- name: goes another way
  language: zh
  turns:
  - customer: 你好
  - customer: 怎么交话费
    replies: [{contains: [火箭]}]
- name: presses what is not there
  language: en
  turns:
  - press: Fly me to the moon
"""
_STARTS = """
import asyncio, sys
from pathlib import Path
from bot.training.sandbox.process import Sandbox

async def main():
    sandbox = Sandbox(Path(sys.argv[1]), Path("data"), Path(sys.argv[3]))
    await sandbox.prepare()
    if sys.argv[4] == "started":
        await sandbox.start(Path(sys.argv[2]))
    print("done", flush=True)
    await sandbox.ended()

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def model() -> Path:
    settings = Settings.from_env()
    return Path(settings.model) if settings.model else verified_model(settings.models_dir)


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A checkout with three conversations."""
    (tmp_path / "tests" / "conversations").mkdir(parents=True)
    (tmp_path / "tests" / "conversations" / "test_some.yml").write_text(_TESTS, "utf-8")
    for name in ("data", "domain.yml"):
        (tmp_path / name).symlink_to(ROOT / name)
    yield tmp_path


def test_failures_say_where_and_what(root: Path, model: Path, service: Service) -> None:
    told: list[tuple[int, int]] = []
    results = run(root, model, lambda done, total: told.append((done, total)), cache=service.data_dir / "cache")
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert results.passed == 1
    other, moon = results.failed
    assert (other.path, other.name, other.turn, other.line) == (
        "tests/conversations/test_some.yml",
        "goes another way",
        2,
        12,
    )
    assert (other.said, "火箭" in other.wanted, "customer: 你好" in other.script) == ("怎么交话费", True, True)
    assert (moon.turn, "no button 'Fly me to the moon'" in moon.got) == (1, True)
    failure = results.as_json()["failed"][0]
    assert set(failure) == {"path", "name", "turn", "said", "wanted", "got", "line", "case", "values"}


def test_a_service_that_is_killed_meanwhile_is_told(root: Path, model: Path, service: Service) -> None:
    def kill(done: int, _total: int) -> None:
        if done == 1:
            os.kill(children("bot.training.sandbox")[0], signal.SIGKILL)

    with pytest.raises(SandboxFailed, match="ended from outside"):
        run(root, model, kill, cache=service.data_dir / "cache")


def test_a_broken_test_or_model_is_told_in_a_sentence(root: Path, tmp_path: Path, service: Service) -> None:
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(b"no archive")
    with pytest.raises(SandboxFailed, match=r"broken\.tar\.gz"):
        run(root, broken, cache=service.data_dir / "cache")
    file = root / "tests" / "conversations" / "test_some.yml"
    file.write_text(_TESTS.replace("press: Fly", "pres: Fly"), "utf-8")
    with pytest.raises(DataFileWrong, match=r"tests/conversations/test_some\.yml, line 17: a turn has no key 'pres'"):
        run(root, broken)


@pytest.mark.parametrize("how_far", ["prepared", "started"])
def test_no_service_outlives_whoever_started_it(tmp_path: Path, model: Path, service: Service, how_far: str) -> None:
    folder, cache = tmp_path / "place", service.data_dir / "cache"
    command = [sys.executable, "-W", "ignore", "-c", _STARTS, str(folder), str(model), str(cache), how_far]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as starter:
        try:
            assert starter.stdout is not None
            assert b"done\n" in iter(starter.stdout.readline, b"")  # after lines of its log
            assert len(_processes(folder)) == 2, "the service and its Redis"
        finally:
            os.kill(starter.pid, signal.SIGKILL)
    assert wait_until(lambda: not _processes(folder), 30)


def _processes(folder: Path) -> list[int]:
    """The service of a folder and its Redis, without whoever started them."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command, place = (entry / "cmdline").read_bytes(), os.readlink(entry / "cwd")
            except OSError:
                continue
            if (str(folder).encode() in command and b"sandbox\0" in command) or place.startswith(str(folder)):
                found.append(int(entry.name))
    return found
