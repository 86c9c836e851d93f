"""Validated sentences that are kept as tests, and so never become training data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.training.data.files import read_text, write_text
from bot.training.data.model import Edit, ExampleNotFound, read_marks

#: files here are scored by `python -m bot.training.held_out`
TESTS = "tests/understanding/"


def keep_tests(root: Path, sentences: Sequence[tuple[str, str, str]]) -> list[Edit]:
    """Add sentences to `validated.<language>.tsv`; those that stand there already are left.

    Args:
        sentences: language, intent, and the example; its marks are dropped.
    """
    edits: list[Edit] = []
    for language in sorted({language for language, _, _ in sentences}):
        path = f"{TESTS}validated.{language}.tsv"
        rows = read_text(root, path).splitlines() if (root / path).is_file() else []
        for own, intent, text in sentences:
            row = f"{intent}\t{read_marks(text)[0]}"
            if own == language and row not in rows:
                rows.append(row)
                edits.append(Edit(path, len(rows), intent, read_marks(text)[0]))
        write_text(root, path, "".join(f"{row}\n" for row in rows))
    return edits


def take_tests(root: Path, path: str, intent: str, text: str) -> None:
    """Take a sentence out of a file of tests.

    Raises:
        ExampleNotFound: it is not there.
    """
    rows = read_text(root, path).splitlines() if (root / path).is_file() else []
    row = f"{intent}\t{text}"
    if row not in rows:
        raise ExampleNotFound
    rows.remove(row)
    if rows:
        write_text(root, path, "".join(f"{item}\n" for item in rows))
    else:
        (root / path).unlink()
