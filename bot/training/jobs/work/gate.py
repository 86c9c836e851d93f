"""The gate over a candidate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.training.gate.service import run_gate
from bot.training.jobs.model import Step
from bot.training.jobs.order import Folders, Order
from bot.training.jobs.telling import Teller
from bot.training.jobs.work.tree import COPIED, clean_tree


def gate(order: Order, folders: Folders, teller: Teller) -> dict[str, Any]:
    """`{file, gate}` of a model that is there already."""
    root, _ = clean_tree(order, folders, teller)
    assert order.model is not None
    return {"file": order.model, "gate": judged(root, order.model, order, folders, teller, COPIED)}


def judged(root: Path, file: str, order: Order, folders: Folders, teller: Teller, start: float) -> dict[str, Any]:
    """What the gate says, which the registry has noted.

    Args:
        start: the share of the job that was done before.
    """
    teller.step(Step.measuring, start)
    return run_gate(root, Path(order.models), file, teller.say).as_json()
