"""What each model made of every test sentence: `results/<file>.json` beside the registry."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import NotFound
from bot.training.data.files import write_text
from bot.training.held_out import Case, intent_files

_FOLDER = "results"


class NotMeasured(NotFound):
    """These two models have not been through the gate on the same sentences. Run the gate over both."""

    code = "not_measured"


@dataclass(frozen=True)
class Results:
    """The answers of one model, in the order of the sentences."""

    #: digest of the sentences and what is wanted of them
    sentences: str
    cases: Sequence[Case]


def sentences_digest(folder: Path) -> str:
    """Changes with any sentence of `tests/understanding` that counts for intents."""
    digest = hashlib.sha256()
    for file in intent_files(folder):
        digest.update(f"{file.stem}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()


def keep_results(models: Path, file: str, results: Results) -> None:
    """Keep the answers of a model; those of models that are gone go."""
    folder = models / _FOLDER
    rows = [[case.group, case.text, case.wanted, case.got, case.outside] for case in results.cases]
    body = {"sentences": results.sentences, "cases": rows}
    write_text(folder, f"{file}.json", json.dumps(body, ensure_ascii=False))
    for old in folder.glob("*.tar.gz.json"):
        if not (models / old.name.removesuffix(".json")).is_file():
            old.unlink(missing_ok=True)


def kept_results(models: Path, file: str) -> Results | None:
    """The answers of a model; None when they were not kept or cannot be read."""
    try:
        body = json.loads((models / _FOLDER / f"{file}.json").read_text("utf-8"))
        cases = [
            Case(group, text, wanted, got, got == wanted, outside)
            for group, text, wanted, got, outside in body["cases"]
        ]
        return Results(body["sentences"], cases)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def results_of_both(models: Path, a: str, b: str) -> tuple[Results, Results]:
    """The answers of two models to the same sentences.

    Raises:
        NotMeasured: one is missing, or the sentences have changed between them.
    """
    one, other = kept_results(models, a), kept_results(models, b)
    if one is None or other is None or one.sentences != other.sentences:
        raise NotMeasured()
    return one, other
