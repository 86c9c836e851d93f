"""Findings that took a job to make, one file a trainer below the data directory."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.training.data.files import write_text
from bot.training.data.model import Example
from bot.training.findings.model import Finding, Kind

_UNSAFE = re.compile(r"[^A-Za-z0-9_\-]")


class FindingFiles:
    """One folder of findings."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, username: str, at: datetime, findings: Sequence[Finding]) -> None:
        """Put these in place of what was kept for the trainer."""
        body = {"as_of": at.isoformat(timespec="seconds"), "findings": [_written(item) for item in findings]}
        write_text(self._folder, self._name(username), json.dumps(body, ensure_ascii=False))

    def kept(self, username: str) -> tuple[str | None, list[Finding]]:
        """When they were made, and what was found; (None, []) when no job has run for the trainer."""
        try:
            body = json.loads((self._folder / self._name(username)).read_text("utf-8"))
        except FileNotFoundError:
            return None, []
        return str(body["as_of"]), [_read(item) for item in body["findings"]]

    @staticmethod
    def _name(username: str) -> str:
        return f"{_UNSAFE.sub('_', username)}.json"


def _written(item: Finding) -> dict[str, Any]:
    examples = {name: one.__dict__ if one else None for name, one in (("example", item.example), ("other", item.other))}
    return {**item.__dict__, **examples, "kind": item.kind.value}


def _read(body: dict[str, Any]) -> Finding:
    examples = {name: Example(**body[name]) if body[name] else None for name in ("example", "other")}
    return Finding(**{**body, **examples, "kind": Kind(body["kind"])})
