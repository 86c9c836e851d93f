"""A model file that FRONTLINE_MODEL names and that is none is said in one sentence, not by a traceback."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from bot.assistant.agent import load_agent
from bot.assistant.tracker_store import SqlTrackerStore
from bot.errors import ModelMissing


def _archive(folder: Path) -> bytes:
    """An archive of something else, large enough to be cut."""
    (folder / "words").write_bytes(bytes(range(256)) * 400)
    with tarfile.open(folder / "whole.tar.gz", "w:gz") as archive:
        archive.add(folder / "words", "words")
    return (folder / "whole.tar.gz").read_bytes()


@pytest.mark.parametrize("kind", ["cut", "empty", "words", "something else", "missing"])
def test_a_file_that_is_no_model_is_named(tmp_path: Path, kind: str) -> None:
    whole, model = _archive(tmp_path), tmp_path / "model.tar.gz"
    content = {"cut": whole[: len(whole) // 2], "empty": b"", "words": b"hello\n", "something else": whole}
    if kind in content:
        model.write_bytes(content[kind])
    with pytest.raises(ModelMissing, match=r"The model model\.tar\.gz .*[Tt]rain"):
        load_agent(model, SqlTrackerStore(None, store=None), [], 1.0)
