"""Makes a report on what is published."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from bot.errors import ModelMissing, ModelNotTrusted
from bot.training.gate.measuring import answers, opened
from bot.training.gate.results import Results, keep_results, kept_results, sentences_digest
from bot.training.held_out import FOLDER
from bot.training.jobs.model import Step
from bot.training.jobs.order import Folders, Order
from bot.training.jobs.telling import Teller
from bot.training.jobs.work.guesses import GUESSED, guesses_at
from bot.training.jobs.work.meanings import keep_meanings
from bot.training.jobs.work.tree import clean_tree
from bot.training.registry import verified_model
from bot.training.reports.model import fixed_sets, report_of
from bot.training.reports.store import ReportFiles


def evaluate(order: Order, folders: Folders, teller: Teller) -> dict[str, Any]:
    """`{report}`: the id of it."""
    root, commit = clean_tree(order, folders, teller)
    keep_meanings(folders)
    guesses = guesses_at(root, teller)
    teller.step(Step.measuring, GUESSED)
    fixed = _fixed(root / FOLDER, Path(order.models), teller)
    at = datetime.now(timezone.utc).isoformat(timespec="seconds")
    report = {"id": order.id, "at": at, "by": order.by, "commit": commit, "fixed": fixed, **report_of(guesses)}
    ReportFiles(folders.reports).keep(report, guesses)
    return {"report": order.id}


def _fixed(folder: Path, models: Path, teller: Teller) -> dict[str, Any] | None:
    """How the serving model does on the test sentences; None where none serves."""
    try:
        file = verified_model(models)
    except (ModelMissing, ModelNotTrusted) as exc:
        teller.say(exc.message)
        return None
    digest, known = sentences_digest(folder), kept_results(models, file.name)
    if known is None or known.sentences != digest:
        known = Results(digest, answers(folder, opened(file), teller.say))
        keep_results(models, file.name, known)
    return {"model": file.name, "sets": fixed_sets(known.cases)}
