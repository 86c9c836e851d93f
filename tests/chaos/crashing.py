"""Ending a service at a named point, and starting it again."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import requests

from tests.service import Service

_ENDS_S = 20


def crash_at(service: Service, trigger: Path, point: str, act: Callable[[], object]) -> None:
    """Have the service end at `point` while it does `act`, and start it again.

    Args:
        trigger: the file that the service's `FRONTLINE_CRASH_FILE` names.
    """
    trigger.write_text(point)
    # the line is cut in the middle: that is what is tried
    with suppress(requests.ConnectionError, requests.Timeout):
        act()
    process = service.process
    assert process is not None and process.wait(_ENDS_S) == -signal.SIGKILL, f"it did not come by {point}"
    assert not trigger.exists()
    service.start()
