"""Plays the conversation tests against a model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.training.conversation_tests.model import ConversationResults
from bot.training.conversation_tests.runner import run
from bot.training.jobs.model import Step
from bot.training.jobs.order import Folders, Order
from bot.training.jobs.telling import Teller
from bot.training.jobs.work.tree import COPIED, clean_tree
from bot.training.registry import verified_model

_PLAYED = 0.99


def conversations(order: Order, folders: Folders, teller: Teller) -> dict[str, Any]:
    """`{passed, failed}`."""
    model = verified_model(Path(order.models), order.model)
    root, _ = clean_tree(order, folders, teller)
    teller.step(Step.conversations, COPIED)
    return played(root, model, folders, teller, teller.within(COPIED, _PLAYED)).as_json()


def played(
    root: Path, model: Path, folders: Folders, teller: Teller, on_progress: Callable[[float], None]
) -> ConversationResults:
    """All conversation tests below `root`; where they fail stands in the log."""

    def told(done: int, all_: int) -> None:
        on_progress(done / all_)

    results = run(root, model, told, cache=folders.data_dir / "cache")
    for failure in results.failed:
        teller.say(f"{failure.path}, line {failure.line}: {failure.name} fails at turn {failure.turn}")
    teller.say(f"{results.passed} conversations passed, {len(results.failed)} failed")
    return results
