"""The gate on model files that cannot be used."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from bot.training.gate.__main__ import main


@pytest.mark.parametrize(
    "content",
    [b"", b"no archive", gzip.compress(b"x" * 5_000, mtime=0)[:-9]],
    ids=["empty", "no archive", "cut short"],
)
def test_a_model_that_was_cut_short_is_refused_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    file = tmp_path / "model.tar.gz"
    file.write_bytes(content)
    assert main([str(file), "--against", str(file), "--folder", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert said.err == (
        "frontline: model.tar.gz is cut short or no model archive. Train it again: python -m bot train.\n"
    )
