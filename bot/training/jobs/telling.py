"""How a worker tells how far it is."""

from __future__ import annotations

import resource
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import IO, Any

from bot.training.causes import Failure
from bot.training.jobs.model import Step
from bot.training.jobs.order import line_of

#: told when it has come so far, or so long after the last time
_FURTHER, _EVERY_S = 0.02, 1.0


def _worked_s() -> float:
    """What this process and those that it waited for have used, on all cores together."""
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


class Teller:
    """Tells the service, by a line of JSON in a pipe, and whoever reads the log."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self._step: Step | None = None
        self._told_at = self._told = self._progress = 0.0

    def step(self, step: Step, progress: float) -> None:
        """A new step begins; `progress` is the share of the whole job that is done, 0 to 1."""
        self.say(f"{step.value}, after {_worked_s():.1f} s of processor time")
        self._tell(step, progress)

    def progress(self, share: float) -> None:
        """So much of the whole job is done, 0 to 1; it never falls."""
        if self._step is not None:
            self._tell(self._step, share)

    def within(self, start: float, end: float) -> Callable[[float], None]:
        """What to call with the share of a part, 0 to 1, that takes the job from `start` to `end`."""
        return lambda share: self.progress(start + (end - start) * min(max(share, 0.0), 1.0))

    def say(self, line: str) -> None:
        """A line of the log, with the time since the job began: readers are in time zones of their own."""
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        print(f"{minutes:3}:{seconds:02} {line}", file=sys.stderr, flush=True)

    def done(self, result: Mapping[str, Any]) -> None:
        self.say(f"done, after {_worked_s():.1f} s of processor time")
        self._write({"result": dict(result)})

    def failed(self, failure: Failure) -> None:
        self.say(f"failed: {failure.error}")
        self._write(failure.as_json())

    def _tell(self, step: Step, progress: float) -> None:
        self._progress = max(self._progress, progress)
        now = time.monotonic()
        if step is self._step and now - self._told_at < _EVERY_S and self._progress - self._told < _FURTHER:
            return
        self._step, self._told_at, self._told = step, now, self._progress
        self._write({"step": step.value, "progress": round(self._progress, 4)})

    def _write(self, told: Mapping[str, Any]) -> None:
        with self._lock:
            self._pipe.write(line_of(told))
            self._pipe.flush()
