"""The trainers' tools, gathered for the wiring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.training.data.copies import WorkingCopies
from bot.training.data.intents import IntentData
from bot.training.data.service import LanguageData
from bot.training.data.texts import TextData


@dataclass(frozen=True)
class Workbench:
    """What a trainer can use."""

    data: LanguageData
    intents: IntentData
    texts: TextData
    clock: Callable[[], datetime]


def build_workbench(installation: Path, data_dir: Path, clock: Callable[[], datetime]) -> Workbench:
    """Everything of the workbench.

    Args:
        installation: the checkout that the service runs from.
        data_dir: working copies are kept below it.
    """
    copies = WorkingCopies(installation, data_dir / "training" / "copies")
    return Workbench(LanguageData(copies), IntentData(copies), TextData(copies), clock)
