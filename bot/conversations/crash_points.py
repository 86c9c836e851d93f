"""Named places at which a test may end the process as a power cut would. Without the variable they do nothing."""

from __future__ import annotations

import os
import signal
from pathlib import Path

#: names a file that holds the name of the point at which to end; it is removed first, so that it happens once
VARIABLE = "FRONTLINE_CRASH_FILE"


def crash_point(name: str) -> None:
    """End this process with SIGKILL if the file that `FRONTLINE_CRASH_FILE` names says so."""
    path = os.environ.get(VARIABLE)
    if path:
        _crash(Path(path), name)


def _crash(file: Path, name: str) -> None:
    try:
        if file.read_text("utf-8").strip() != name:
            return
        file.unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
