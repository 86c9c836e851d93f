"""Makes a report on what is published."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from bot.training.jobs.order import Folders, Order
from bot.training.jobs.telling import Teller
from bot.training.jobs.work.guesses import guesses_at
from bot.training.jobs.work.meanings import keep_meanings
from bot.training.jobs.work.tree import clean_tree
from bot.training.reports.model import report_of
from bot.training.reports.store import ReportFiles


def evaluate(order: Order, folders: Folders, teller: Teller) -> dict[str, Any]:
    """`{report}`: the id of it."""
    root, commit = clean_tree(order, folders, teller)
    keep_meanings(folders)
    guesses = guesses_at(root, teller)
    at = datetime.now(timezone.utc).isoformat(timespec="seconds")
    report = {"id": order.id, "at": at, "by": order.by, "commit": commit, **report_of(guesses)}
    ReportFiles(folders.reports).keep(report, guesses)
    return {"report": order.id}
