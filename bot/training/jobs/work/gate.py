"""The gate over a candidate."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.training.gate.conversations import Player
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
    with Judge(root, order, folders, teller, COPIED) as judge:
        return {"file": order.model, "gate": judge.judged(order.model)}


class Judge:
    """The gate of a job. What it can do without the model, it does from the moment on that it is there."""

    def __init__(self, root: Path, order: Order, folders: Folders, teller: Teller, start: float) -> None:
        """Args:
        root: a checkout of what the model is made from.
        start: the share of the job that is done before the model is there.
        """
        self._root, self._models, self._teller, self._start = root, Path(order.models), teller, start
        self._say = _listening(teller, teller.within(start, _JUDGED))
        self._player = Player(root, self._say, folders.data_dir / "cache")

    def __enter__(self) -> Judge:
        return self

    def __exit__(self, *exc: object) -> None:
        self._player.__exit__(*exc)

    def judged(self, file: str) -> dict[str, Any]:
        """What the gate says, which the registry has noted."""
        self._teller.step(Step.measuring, self._start)
        return run_gate(self._root, self._models, file, self._say, self._player).as_json()


def _listening(teller: Teller, on_progress: Callable[[float], None]) -> Callable[[str], None]:
    shares: dict[str, float] = {}

    def say(line: str) -> None:
        teller.say(line)
        found = _SO_FAR.match(line)
        if found:
            shares[found[1]] = int(found[2]) / max(1, int(found[3]))
            on_progress(sum(shares.values()) / _PARTS)

    return say
