"""Whether a model may serve in place of another: `python -m bot.training.gate CANDIDATE [--against FILE]`.

Both understand the sentences of `tests/understanding`, taking turns, so that their times compare. Ends with 1 when the
candidate is refused.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tarfile
import time
import zlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.logs import prepare_environment

prepare_environment()

from bot.errors import BotError, ModelMissing  # noqa: E402
from bot.settings import ROOT, Settings  # noqa: E402
from bot.training.gate.model import Measured, compared, refusals  # noqa: E402
from bot.training.held_out import FOLDER, Case, Parse, score_intents, serving_parse  # noqa: E402
from bot.training.registry import verified_model  # noqa: E402


class _Timed:
    """A parse that notes how long each sentence takes."""

    def __init__(self, parse: Parse) -> None:
        self._parse = parse
        self.times_ms: list[float] = []

    def __call__(self, text: str, now: datetime | None) -> dict[str, Any]:
        began = time.perf_counter()
        answer = self._parse(text, now)
        self.times_ms.append(1_000 * (time.perf_counter() - began))
        return answer


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, and say what was mended, what was broken and whether the candidate may serve."""
    parser = argparse.ArgumentParser(prog="python -m bot.training.gate", description="May a model serve?")
    parser.add_argument("candidate", type=Path)
    parser.add_argument("--against", type=Path, help="the other model (the serving one)")
    parser.add_argument("--folder", type=Path, default=ROOT / FOLDER)
    given = parser.parse_args(arguments)
    try:
        files = [given.against or verified_model(Settings.from_env().models_dir), given.candidate]
        before, after = measured(files, given.folder)
    except BotError as exc:
        print(f"frontline: {exc.message}", file=sys.stderr)
        return 1
    result = compared(before.cases, after.cases)
    print(f"right: {result.accuracy_before:.1%} before, {result.accuracy_after:.1%} after, of {len(after.cases)}")
    for title, pairs in (("mended", result.mended), ("broken", result.broken)):
        print(f"{title}: {len(pairs)}")
        for old, new in pairs:
            print(f"  {new.group}\t{new.text}\twanted {new.wanted}\tbefore {old.got}\tafter {new.got}")
    found = refusals(before, after)
    for item in found:
        print(f"refused ({item.rule}): {item.why} {item.todo}")
    print("may not serve" if found else "may serve")
    return 1 if found else 0


def measured(files: Sequence[Path], folder: Path) -> list[Measured]:
    """Score models on the same sentences, one after the other with each sentence.

    Raises:
        BotError: a model cannot be loaded.
    """
    timed = [_Timed(_opened(file)) for file in files]
    cases: list[list[Case]] = [[] for _ in files]

    def parse_all(text: str, now: datetime | None) -> dict[str, Any]:
        answers.append([one(text, now) for one in timed])
        return answers[-1][0]

    answers: list[list[dict[str, Any]]] = []
    first = score_intents(folder, parse_all)
    for number in range(len(files)):
        for case, given in zip(first, answers, strict=True):
            got = given[number]
            cases[number].append(
                Case(case.group, case.text, case.wanted, got["intent"], got["intent"] == case.wanted, got["fallback"])
            )
    return [
        Measured(own, file.stat().st_size, statistics.median(one.times_ms))
        for own, file, one in zip(cases, files, timed, strict=True)
    ]


def _opened(file: Path) -> Parse:
    try:
        return serving_parse(file)
    except (tarfile.TarError, zlib.error, EOFError, OSError) as exc:
        raise ModelMissing(
            f"{file.name} is cut short or no model archive. Train it again: python -m bot train."
        ) from exc


if __name__ == "__main__":
    sys.exit(main())
