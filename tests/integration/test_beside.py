"""What is done beside the service, in real processes."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.settings import ROOT
from bot.training.beside import Beside, BrokenOff
from bot.training.causes import Cause
from bot.training.data.model import DataFileWrong

_SOON_MS = 20_000


async def number_and_niceness() -> tuple[int, int]:
    return os.getpid(), os.nice(0)


async def settings_seen(*names: str) -> list[str]:
    return [name for name in names if name in os.environ]


async def fail() -> None:
    raise DataFileWrong("data/nlu/billing.en.yml", 7, Cause("yaml_value"), "this is no YAML.")


async def wait_for_a_writer(fifo: str) -> None:
    with open(fifo):
        pass


async def end_by_force() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def ends(pid: int) -> bool:
    """Whether a process that is no child of this one ends soon."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    with os.fdopen(handle):
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        return bool(poll.poll(_SOON_MS))


@pytest.fixture
async def beside() -> AsyncIterator[Beside]:
    made = Beside()
    yield made
    await made.stop()


async def test_work_is_done_in_another_process_that_stands_back_and_stays(beside: Beside) -> None:
    first, niceness = await beside(number_and_niceness)
    assert first != os.getpid()
    assert niceness > os.nice(0)
    assert (await beside(number_and_niceness))[0] == first


async def test_no_setting_of_the_service_goes_with_it(beside: Beside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTLINE_JWT_SECRET", "a secret of the service")
    assert await beside(settings_seen, "FRONTLINE_JWT_SECRET", "PATH") == ["PATH"]


async def test_an_error_comes_back_as_it_was(beside: Beside) -> None:
    with pytest.raises(DataFileWrong) as caught:
        await beside(fail)
    assert (caught.value.path, caught.value.line, caught.value.code) == (
        "data/nlu/billing.en.yml",
        7,
        "data_file_wrong",
    )
    assert caught.value.message == "data/nlu/billing.en.yml, line 7: this is no YAML."


async def test_a_second_piece_of_work_does_not_wait_for_the_first(beside: Beside, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    long = asyncio.ensure_future(beside(wait_for_a_writer, str(fifo)))
    await beside(number_and_niceness)
    assert not long.done()
    await asyncio.to_thread(lambda: open(fifo, "w").close())
    await long


async def test_work_whose_process_is_ended_says_so_and_the_next_has_a_new_one(beside: Beside) -> None:
    with pytest.raises(BrokenOff):
        await beside(end_by_force)
    assert (await beside(number_and_niceness))[0] != os.getpid()


async def test_processes_that_nobody_needs_end() -> None:
    beside = Beside(idle_s=0.0)
    pid, _ = await beside(number_and_niceness)
    assert await asyncio.to_thread(ends, pid)
    assert (await beside(number_and_niceness))[0] != pid
    await beside.stop()


_SERVICE = """
import asyncio, signal
from bot.training.beside import Beside
from tests.integration.test_beside import number_and_niceness
async def serve():
    pid, _ = await Beside()(number_and_niceness)
    print(pid, flush=True)
    await asyncio.Event().wait()
asyncio.run(serve())
"""


def test_processes_end_with_a_service_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", _SERVICE], cwd=ROOT, stdout=subprocess.PIPE) as service:
        assert service.stdout is not None
        pid = int(service.stdout.readline())
        service.kill()
        assert ends(pid)
