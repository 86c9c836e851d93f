"""The gate over a candidate."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.training.gate.service import run_gate
from bot.training.jobs.model import Step
from bot.training.jobs.order import Folders, Order
from bot.training.jobs.telling import Teller
from bot.training.jobs.work.tree import COPIED, clean_tree

_JUDGED = 0.98
#: the gate says how far each of its two parts is, which run beside one another
_SO_FAR = re.compile(r"(\w+): (\d+) of (\d+)")
_PARTS = 2


def gate(order: Order, folders: Folders, teller: Teller) -> dict[str, Any]:
    """`{file, gate}` of a model that is there already."""
    assert order.model is not None
    root, _ = clean_tree(order, folders, teller)
    return {"file": order.model, "gate": judged(root, order.model, order, folders, teller, COPIED)}


def judged(root: Path, file: str, order: Order, folders: Folders, teller: Teller, start: float) -> dict[str, Any]:
    """What the gate says, which the registry has noted.

    Args:
        start: the share of the job that was done before.
    """
    teller.step(Step.measuring, start)
    say = _listening(teller, teller.within(start, _JUDGED))
    return run_gate(root, Path(order.models), file, say, cache=folders.data_dir / "cache").as_json()


def _listening(teller: Teller, on_progress: Callable[[float], None]) -> Callable[[str], None]:
    shares: dict[str, float] = {}

    def say(line: str) -> None:
        teller.say(line)
        found = _SO_FAR.match(line)
        if found:
            shares[found[1]] = int(found[2]) / max(1, int(found[3]))
            on_progress(sum(shares.values()) / _PARTS)

    return say
