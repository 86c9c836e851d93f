"""Checks language data in a process of its own: reading every file takes seconds, while customers are served."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

from bot.errors import Unavailable
from bot.settings import ROOT
from bot.training.causes import Refusal
from bot.training.data.checks import refusals_of
from bot.training.environment import bare_environment

_LONGEST_S = 120.0
#: behind customers' turns; a trainer waits for it all the same
_NICENESS = 10


class CheckFailed(Unavailable):
    """The data could not be checked. Try again; the log of the service says more."""

    code = "check_failed"


async def checked(root: Path) -> list[Refusal]:
    """What `refusals_of` finds in a working copy.

    Raises:
        CheckFailed: the process ended otherwise, or took too long.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.training.data.checking",
        str(root.resolve()),
        stdin=DEVNULL,
        stdout=PIPE,
        env={**bare_environment(), "PYTHONPATH": str(ROOT)},
    )
    try:
        found, _ = await asyncio.wait_for(process.communicate(), _LONGEST_S)
    except asyncio.TimeoutError as exc:
        raise CheckFailed from exc
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise CheckFailed
    return [Refusal.of(item) for item in json.loads(found)]


def main() -> int:
    """Print what is refused, as JSON."""
    os.nice(_NICENESS)
    print(json.dumps([item.as_json() for item in refusals_of(Path(sys.argv[1]))], ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
