"""The process that does a job: `python -m bot.training.jobs.worker FOLDER`. The service starts it.

It stands back behind everything else on the machine, may take so much memory and no more, and ends with the service.
"""

from __future__ import annotations

import errno
import importlib
import os
import resource
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from bot.errors import BotError
from bot.logs import configure_logs, prepare_environment
from bot.training.causes import Cause, Failure
from bot.training.jobs.model import Kind, out_of_memory
from bot.training.jobs.order import Folders, Limits, Order
from bot.training.jobs.telling import Teller

_MB = 1024 * 1024

#: so much of what is allowed is as good as all
_NEARLY = 0.9
#: the kernel takes this process before any other when the machine has no memory left
_FIRST_TO_GO = "1000"


def main(arguments: list[str]) -> int:
    """Do what the order in a folder says; everything is told through the pipe that standard output was."""
    os.setpgid(0, 0)  # what it starts is ended with it
    pipe = _own_pipe()
    _end_with_the_service()
    folder = Path(arguments[0])
    order = Order.read(folder)
    _stand_back(order.limits)
    prepare_environment()
    configure_logs("WARNING")  # trainers read the log; what matters to them is told
    teller = Teller(pipe)
    try:
        _bound(order.limits)
        teller.done(_work(order, Folders(Path(order.data_dir)), teller))
        return 0
    except Exception as exc:  # edge of the process
        _unbound()  # or there would be no memory left to say it in
        teller.failed(out_of_memory(order.limits.memory_mb) if _lacks_memory(exc, order.limits) else _said(exc))
    return 1


def _said(exc: Exception) -> Failure:
    """What went wrong."""
    if isinstance(exc, BotError):
        return Failure.of(exc)
    if isinstance(exc, OSError):
        file, said = str(exc.filename or "A file"), str(exc.strerror)
        return Failure(
            f"{file} cannot be used: {said}. Mend that, then start the job again.",
            Cause("job_file", {"file": file, "said": said}),
        )
    traceback.print_exc()
    name = type(exc).__name__
    return Failure(
        f"Something unforeseen happened ({name}). Its log says where.", Cause("job_unforeseen", {"name": name})
    )


def _work(order: Order, folders: Folders, teller: Teller) -> dict[str, Any]:
    """Do a job; its result. Each kind loads what it needs alone."""
    module = importlib.import_module(f"bot.training.jobs.work.{Kind(order.kind).value}")
    result: dict[str, Any] = getattr(module, order.kind)(order, folders, teller)
    return result


def _own_pipe() -> IO[bytes]:
    """Keep standard output for what is told; whatever libraries print goes into the log."""
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return pipe


def _end_with_the_service() -> None:
    """End this process as soon as the service's process is gone; those that it started end as this one does."""

    def wait() -> None:
        while os.read(0, 1):
            pass
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _stand_back(limits: Limits) -> None:
    os.nice(limits.nice)
    if limits.nice and hasattr(os, "SCHED_IDLE"):
        # at the lowest niceness a process still finishes its time slice while a customer's turn waits; idle ones do not
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    try:
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO)
    except OSError:
        return  # no such thing on this system


def _bound(limits: Limits) -> None:
    """Let a request for more memory than allowed fail, which numpy and Python tell by MemoryError."""
    if limits.memory_mb:
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        wanted = limits.memory_mb * _MB
        resource.setrlimit(
            resource.RLIMIT_DATA, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most)
        )


def _unbound() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _lacks_memory(exc: BaseException | None, limits: Limits) -> bool:
    """Whether that is what went wrong; some libraries say it by other errors, with next to nothing left."""
    if limits.memory_mb and not isinstance(exc, BotError) and _taken_mb() > _NEARLY * limits.memory_mb:
        return True
    return any(
        isinstance(one, MemoryError) or (isinstance(one, OSError) and one.errno == errno.ENOMEM) for one in _causes(exc)
    )


def _causes(exc: BaseException | None) -> Iterator[BaseException]:
    """An error and what led to it; libraries chain errors in circles, too."""
    seen: set[int] = set()
    while exc is not None and id(exc) not in seen:
        seen.add(id(exc))
        yield exc
        exc = exc.__cause__ or exc.__context__


def _taken_mb() -> float:
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmData:"):
            return float(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
