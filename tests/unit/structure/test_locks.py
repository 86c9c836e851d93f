"""Locks say what is installed and by which hash, not from where."""

from __future__ import annotations

from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[3]
_LOCKS = sorted(
    path
    for pattern in ("requirements*.txt", "bench/*/requirements.txt", "bot/web/*/package-lock.json")
    for path in _ROOT.glob(pattern)
)


@pytest.mark.parametrize("lock", _LOCKS, ids=lambda path: path.relative_to(_ROOT).as_posix())
def test_a_lock_names_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert "sha256:" in text or "sha512-" in text
    assert "://" not in text
