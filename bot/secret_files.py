"""Secrets of this installation: made at the first start, readable for its user only."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path


def kept_secret(folder: Path, name: str) -> bytes:
    """A secret of this installation, made at the first start and kept readable for its user only."""
    path = folder / name
    if not path.is_file():
        _keep(path, secrets.token_hex(32))
    return path.read_text().strip().encode()


def kept_json(folder: Path, name: str, made: dict[str, str]) -> dict[str, str]:
    """As `kept_secret`, for several values: those of `made` that are not kept yet are stored."""
    path = folder / name
    kept: dict[str, str] = json.loads(path.read_text()) if path.is_file() else {}
    if made.keys() - kept.keys():
        kept = {**made, **kept}
        _keep(path, json.dumps(kept, indent=2))
    return kept


def _keep(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.write(text)
