"""Makes a candidate, and lets the gate judge it."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from bot.errors import ModelsReadOnly
from bot.training.jobs.model import Step
from bot.training.jobs.order import Folders, Order
from bot.training.jobs.telling import Teller
from bot.training.jobs.work.events import TrainingEvents
from bot.training.jobs.work.gate import judging
from bot.training.jobs.work.meanings import keep_meanings
from bot.training.jobs.work.tree import COPIED, clean_tree
from bot.training.registry import add_candidate
from bot.training.train import make_model

_TRAINED = 0.70


def train(order: Order, folders: Folders, teller: Teller) -> dict[str, Any]:
    """`{file, gate, promoted}`; promoting is the service's."""
    models = Path(order.models)
    _must_be_writable(models)
    root, commit = clean_tree(order, folders, teller)
    teller.step(Step.training, COPIED)
    keep_meanings(folders)
    out = folders.scratch(order.id) / "models"
    with judging(root, order, folders, teller, _TRAINED) as judged:
        with TrainingEvents(teller.say, teller.within(COPIED, _TRAINED)):
            record = make_model(root, out, teller.say, by=order.by, commit=commit)
        # it may come from another file system; nobody sees half of it
        shutil.move(out / record.file, models / f".{record.file}")
        os.replace(models / f".{record.file}", models / record.file)
        add_candidate(models, record)
        return {"file": record.file, "gate": judged(record.file), "promoted": False}


def _must_be_writable(models: Path) -> None:
    """Raises ModelsReadOnly before much is done for nothing."""
    try:
        models.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=models):
            return
    except OSError as exc:
        raise ModelsReadOnly() from exc
