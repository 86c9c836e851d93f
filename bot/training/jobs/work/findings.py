"""Looks for near-duplicates, odd examples and misspelt words in a trainer's copy."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from bot.training.data.copies import WorkingCopies
from bot.training.data.intents import read_all
from bot.training.findings.model import cover, near_duplicates, odd
from bot.training.findings.service import meaning_texts
from bot.training.findings.spelling import misspelt
from bot.training.findings.store import FindingFiles
from bot.training.findings.words import word_list
from bot.training.jobs.model import Step
from bot.training.jobs.order import Folders, Order
from bot.training.jobs.telling import Teller
from bot.training.jobs.work.guesses import guesses_at
from bot.training.jobs.work.meanings import keep_meanings
from bot.training.jobs.work.tree import COPIED
from bot.training.reports.model import Guessed
from bot.training.reports.store import ReportFiles


def findings(order: Order, folders: Folders, teller: Teller) -> dict[str, Any]:
    """`{total}`; the newest report's guesses tell what is odd, where they are of nearly the same data."""
    teller.step(Step.copying, 0.0)
    root = folders.scratch(order.id) / "copy"
    asyncio.run(_take_data(WorkingCopies(Path(order.installation), folders.copies), order.by, root))
    examples = read_all(root)
    teller.step(Step.comparing, COPIED)
    found = near_duplicates(examples, keep_meanings(folders).encode(meaning_texts(examples)))
    guesses: Sequence[Guessed] = ReportFiles(folders.reports).newest_guesses()
    if not cover(guesses, examples):
        guesses = guesses_at(root, teller)
    found += odd(examples, guesses)
    found += misspelt(examples, word_list())
    FindingFiles(folders.findings).keep(order.by, datetime.now(timezone.utc), found)
    return {"total": len(found)}


async def _take_data(copies: WorkingCopies, username: str, target: Path) -> None:
    """A trainer's examples as they are at one moment; the trainer goes on editing meanwhile."""
    async with copies.of_name(username) as path:
        await asyncio.to_thread(shutil.copytree, path / "data" / "nlu", target / "data" / "nlu")
