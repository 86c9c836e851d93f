"""The clean tree that a job works in."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from bot.training.causes import Cause
from bot.training.data.checks import refusals_of
from bot.training.data.copies import WorkingCopies
from bot.training.data.model import NoWorkingCopy
from bot.training.jobs.model import Step
from bot.training.jobs.order import Folders, Order
from bot.training.jobs.telling import Teller
from bot.training.train import DataUntrainable

#: the share of a job that copying takes
COPIED = 0.03
#: what a model cannot be made from at all; everything else is for the gate
_UNREADABLE = ("files_read", "intent_known")


def clean_tree(order: Order, folders: Folders, teller: Teller) -> tuple[Path, str]:
    """What is published, or a proposal merged with it, and its commit; the process works in there from now on.

    Raises:
        NoWorkingCopy: what is proposed cannot be merged with what is published.
        DataUntrainable: a file cannot be read; the message names file and line.
    """
    teller.step(Step.copying, 0.0)
    root = folders.scratch(order.id) / "tree"
    copies = WorkingCopies(Path(order.installation), folders.copies)

    async def copy() -> str:
        proposal = await copies.proposal(order.proposal) if order.proposal else None
        merged = await copies.clean(root, proposal)
        if merged.conflicts:
            clash = merged.conflicts[0]
            cause = Cause("proposal_clashes", {"path": clash.path, "line": clash.line})
            raise NoWorkingCopy(str(clash.as_json()["message"]), cause)
        assert merged.commit is not None
        return merged.commit

    commit = asyncio.run(copy())
    if not (root / "config.yml").is_file():
        said = "config.yml is not there: the installation has no pipeline to train. Commit one."
        raise DataUntrainable(said, Cause("no_pipeline"))
    wrong = [item for item in refusals_of(root) if item.rule in _UNREADABLE]
    if wrong:
        more = f" {len(wrong) - 1} more are wrong." if len(wrong) > 1 else ""
        raise DataUntrainable(f"{wrong[0].why} {wrong[0].todo}{more}", wrong[0].cause)
    os.chdir(root)  # components look for their files from here
    return root, commit
