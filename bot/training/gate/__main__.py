"""Whether a model may serve in place of another: `python -m bot.training.gate CANDIDATE [--against FILE]`.

Both understand the sentences of `tests/understanding`. A model of the registry is compared with the serving one, and
the registry notes what came out. Ends with 1 when the candidate is refused.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.logs import configure_logs, prepare_environment

prepare_environment()

from bot.errors import BotError  # noqa: E402
from bot.settings import ROOT, Settings  # noqa: E402
from bot.training.causes import Refusal  # noqa: E402
from bot.training.gate.conversations import Player  # noqa: E402
from bot.training.gate.measuring import answers, opened, times_ms  # noqa: E402
from bot.training.gate.model import Measured, compared, refusals  # noqa: E402
from bot.training.gate.results import results_of_both  # noqa: E402
from bot.training.gate.service import run_gate  # noqa: E402
from bot.training.held_out import FOLDER, Case  # noqa: E402
from bot.training.registry import read_registry, verified_model  # noqa: E402


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, and say what was mended, what was broken and whether the candidate may serve."""
    parser = argparse.ArgumentParser(prog="python -m bot.training.gate", description="May a model serve?")
    parser.add_argument("candidate", type=Path, help="a model of the registry, or any archive of your own")
    parser.add_argument("--against", type=Path, help="the other model (the serving one)")
    parser.add_argument("--folder", type=Path, default=ROOT / FOLDER)
    given = parser.parse_args(arguments)
    configure_logs("WARNING")
    models = Settings.from_env().models_dir
    try:
        if given.against is None and given.candidate.name in read_registry(models).records:
            before, after, found = _registered(models, given.candidate.name)
        else:
            before, after, found = _files(given.against or verified_model(models), given.candidate, given.folder)
    except BotError as exc:
        print(f"frontline: {exc.message}", file=sys.stderr)
        return 1
    _report(before, after)
    for item in found:
        print(f"refused ({item.rule}): {item.why} {item.todo}")
    print("may not serve" if found else "may serve")
    return 1 if found else 0


def _registered(models: Path, file: str) -> tuple[Sequence[Case], Sequence[Case], Sequence[Refusal]]:
    verified_model(models, file)  # or it is told now, and nothing is made ready for it
    with Player(ROOT, _say) as player:
        result = run_gate(ROOT, models, file, _say, player)
    before, after = results_of_both(models, verified_model(models).name, file)
    return before.cases, after.cases, result.refusals


def _files(old: Path, new: Path, folder: Path) -> tuple[Sequence[Case], Sequence[Case], Sequence[Refusal]]:
    parses = [opened(file) for file in (old, new)]
    times = times_ms(folder, parses)
    before, after = (
        Measured(answers(folder, parse, _say), file.stat().st_size, ms)
        for parse, file, ms in zip(parses, (old, new), times, strict=True)
    )
    return before.cases, after.cases, refusals(before, after)


def _report(before: Sequence[Case], after: Sequence[Case]) -> None:
    result = compared(before, after)
    print(f"right: {result.accuracy_before:.1%} before, {result.accuracy_after:.1%} after, of {len(after)}")
    for title, pairs in (("mended", result.mended), ("broken", result.broken)):
        print(f"{title}: {len(pairs)}")
        for old, new in pairs:
            print(f"  {new.group}\t{new.text}\twanted {new.wanted}\tbefore {old.got}\tafter {new.got}")


def _say(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
