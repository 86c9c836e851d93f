"""Server processes of a benchmark: started on loopback, pinned to a core, measured, ended by their own process ids."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

#: after SIGTERM a server has this long before it is killed
GRACE_S = 20.0
_BYTES_PER_KB = 1024
_MB = 1024 * 1024
_QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "PYTHONWARNINGS": "ignore",
    "NO_PROXY": "127.0.0.1",
}


class DidNotStart(Exception):
    """A server ended or stayed silent; the message has the end of its log."""


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def split_cores() -> tuple[set[int], set[int]]:
    """One core for the servers and the rest for the client; the same core twice where there is only one."""
    cores = sorted(os.sched_getaffinity(0))
    return {cores[0]}, set(cores[1:]) or {cores[0]}


class ServerProcess:
    """One process and its children."""

    def __init__(
        self, command: Sequence[str], folder: Path, log: Path, cores: set[int], env: Mapping[str, str] | None = None
    ) -> None:
        self.log = log
        environment = {**os.environ, **_QUIET, **(env or {})}
        with log.open("ab") as target:
            self._process = subprocess.Popen(
                list(command),
                cwd=folder,
                env=environment,
                stdout=target,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        os.sched_setaffinity(self._process.pid, cores)

    def check(self) -> None:
        """Raise DidNotStart if it has ended."""
        if self._process.poll() is not None:
            raise DidNotStart(f"{self.log.name}: {self.log.read_text('utf-8', 'replace')[-3000:]}")

    def memory_mb(self) -> float:
        """Resident memory of the process and all below it, in MiB; pages that they share count once for each."""
        return sum(_resident_bytes(pid) for pid in _tree(self._process.pid)) / _MB

    def cpu_s(self) -> float:
        """Processor time that the process and all below it have used, in seconds."""
        return sum(_cpu_s(pid) for pid in _tree(self._process.pid))

    def stop(self) -> None:
        """End it and wait."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


def deadline(seconds: float) -> float:
    """The monotonic time in so many seconds."""
    return time.monotonic() + seconds


def _tree(pid: int) -> list[int]:
    found, queue = [], [pid]
    while queue:
        current = queue.pop()
        found.append(current)
        for children in Path(f"/proc/{current}/task").glob("*/children"):
            try:
                queue += map(int, children.read_text().split())
            except OSError:
                continue
    return found


def _resident_bytes(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * _BYTES_PER_KB
    except OSError:
        pass
    return 0


def _cpu_s(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    # fields 14 and 15 of proc(5), user and system time; the name with its brackets has been cut off before field 3
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
