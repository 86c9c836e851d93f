"""The gate over a candidate."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.training.gate.conversations import Player
from bot.training.gate.service import run_gate
from bot.training.jobs.model import Step
from bot.training.jobs.order import Folders, Order
from bot.training.jobs.telling import Teller
from bot.training.jobs.work.tree import COPIED, clean_tree
from bot.training.registry import verified_model

_JUDGED = 0.98
#: the gate says how far each of its two parts is, which run beside one another
_SO_FAR = re.compile(r"(\w+): (\d+) of (\d+)")
_PARTS = 2


def gate(order: Order, folders: Folders, teller: Teller) -> dict[str, Any]:
    """`{file, gate}` of a model that is there already."""
    assert order.model is not None
    verified_model(Path(order.models), order.model)  # or it is told now, and nothing is made ready for it
    root, _ = clean_tree(order, folders, teller)
    with judging(root, order, folders, teller, COPIED) as judged:
        return {"file": order.model, "gate": judged(order.model)}


@contextmanager
def judging(
    root: Path, order: Order, folders: Folders, teller: Teller, start: float
) -> Iterator[Callable[[str], dict[str, Any]]]:
    """The gate of a job: yields what takes a model's file and returns what the gate says, which the registry has noted.

    What can be done without the model is done from here on.

    Args:
        root: a checkout of what the model is made from.
        start: the share of the job that is done before the model is there.
    """
    say = _listening(teller, teller.within(start, _JUDGED))
    with Player(root, say, folders.data_dir / "cache") as player:

        def judged(file: str) -> dict[str, Any]:
            teller.step(Step.measuring, start)
            return run_gate(root, Path(order.models), file, say, player).as_json()

        yield judged


def _listening(teller: Teller, on_progress: Callable[[float], None]) -> Callable[[str], None]:
    shares: dict[str, float] = {}

    def say(line: str) -> None:
        teller.say(line)
        found = _SO_FAR.match(line)
        if found:
            shares[found[1]] = int(found[2]) / max(1, int(found[3]))
            on_progress(sum(shares.values()) / _PARTS)

    return say
