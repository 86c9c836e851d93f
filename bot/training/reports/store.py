"""Reports as files below the data directory: `<job>.json`, and beside it every guess that it was made from."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.training.reports.model import Guessed, ReportNotFound, summary_of

_ID = re.compile(r"[A-Za-z0-9_\-]{1,40}")
_REPORT, _SUMMARY, _GUESSES = ".json", ".summary.json", ".guesses.json"


class ReportFiles:
    """One folder of reports."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, report: Mapping[str, Any], guesses: Sequence[Guessed]) -> None:
        """Write a report, which is read from then on."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._write(str(report["id"]) + _GUESSES, [item.__dict__ for item in guesses])
        self._write(str(report["id"]) + _REPORT, report)
        self._write(str(report["id"]) + _SUMMARY, summary_of(report))

    def all(self) -> list[dict[str, Any]]:
        """`{id, at, by, commit, sentences, accuracy}` of each, newest first."""
        found = [json.loads(file.read_text("utf-8")) for file in self._folder.glob(f"*{_SUMMARY}")]
        return sorted(found, key=lambda item: str(item["at"]), reverse=True)

    def one(self, report_id: str) -> dict[str, Any]:
        """Raises ReportNotFound when there is none."""
        file = self._folder / f"{report_id}{_REPORT}"
        if not _ID.fullmatch(report_id) or not file.is_file():
            raise ReportNotFound()
        return dict(json.loads(file.read_text("utf-8")))

    def newest_guesses(self) -> list[Guessed]:
        """What the newest report was made from; empty when there is none."""
        for summary in self.all():
            file = self._folder / f"{summary['id']}{_GUESSES}"
            return [Guessed(**item) for item in json.loads(file.read_text("utf-8"))]
        return []

    def _write(self, name: str, body: Any) -> None:
        file = self._folder / name
        temporary = file.with_suffix(".part")
        temporary.write_text(json.dumps(body, ensure_ascii=False), "utf-8")
        os.replace(temporary, file)
