"""Processes by more than their number: a pid is given to somebody else some day, so their start goes with it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from dataclasses import dataclass
from pathlib import Path

_START_FIELD = 19  # of /proc/PID/stat behind the name, which is in brackets
_STATE_FIELD = 0


@dataclass(frozen=True)
class ProcessId:
    """One process of one machine."""

    host: str
    pid: int
    #: ticks since the machine began, when the process did
    began: str

    @classmethod
    def of(cls, pid: int) -> ProcessId:
        """The process that has this number now."""
        return cls(socket.gethostname(), pid, _stat(pid, _START_FIELD))

    @classmethod
    def parsed(cls, text: str) -> ProcessId:
        """What `str` gave."""
        host, pid, began = text.rsplit(":", 2)
        return cls(host, int(pid), began)

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}:{self.began}"

    @property
    def is_here(self) -> bool:
        """Whether it is a process of this machine, so that its end can be seen."""
        return self.host == socket.gethostname()

    @property
    def is_alive(self) -> bool:
        """Whether it runs; only meant for processes of this machine. A dead one that nobody has waited for does not."""
        return bool(self.began) and _stat(self.pid, _START_FIELD) == self.began and _stat(self.pid, _STATE_FIELD) != "Z"

    def end(self, number: signal.Signals) -> bool:
        """Send a signal to the process alone, so that those which it started can end in order; whether it was there."""
        if not self.is_alive:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)
            return True
        return False

    def end_group(self, number: signal.Signals) -> bool:
        """Send a signal to the process and those that it started, and to nobody else; whether it was there."""
        if not self.is_alive:
            return False
        with contextlib.suppress(ProcessLookupError):
            if os.getpgid(self.pid) == self.pid:
                os.killpg(self.pid, number)
            else:  # so young that it has not made its own group yet
                os.kill(self.pid, number)
            return True
        return False


def _stat(pid: int, field: int) -> str:
    try:
        text = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except OSError:
        return ""
    return text.rpartition(")")[2].split()[field]
