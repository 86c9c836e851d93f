"""Reports as files below the data directory: `<job>.json`, and beside the newest every guess that it was made from."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.training.data.files import write_text
from bot.training.reports.model import Guessed, ReportNotFound, summary_of

_ID = re.compile(r"[A-Za-z0-9_\-]{1,40}")
_REPORT, _SUMMARY, _GUESSES = ".json", ".summary.json", ".guesses.json"


class ReportFiles:
    """One folder of reports."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, report: Mapping[str, Any], guesses: Sequence[Guessed]) -> None:
        """Write a report, which is read from then on."""
        self._write(str(report["id"]) + _GUESSES, [item.__dict__ for item in guesses])
        self._write(str(report["id"]) + _REPORT, report)
        self._write(str(report["id"]) + _SUMMARY, summary_of(report))
        for file in self._guesses()[:-1]:
            file.unlink()

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
        files = self._guesses()
        return [Guessed(**item) for item in json.loads(files[-1].read_text("utf-8"))] if files else []

    def _guesses(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{_GUESSES}"), key=lambda file: file.stat().st_mtime_ns)

    def _write(self, name: str, body: Any) -> None:
        write_text(self._folder, name, json.dumps(body, ensure_ascii=False))
