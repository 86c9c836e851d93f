"""`python -m bot.training.conversation_tests`: plays `tests/conversations` against the serving model, or another."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.errors import BotError
from bot.logs import configure_logs
from bot.settings import ROOT, Settings
from bot.training.conversation_tests.files import read_cases
from bot.training.conversation_tests.runner import run
from bot.training.registry import verified_model


def main(arguments: Sequence[str] | None = None) -> int:
    """Print every failure with what was said, then the figures; 1 when there was one."""
    parser = argparse.ArgumentParser(description="Play the conversation tests against a model.")
    parser.add_argument("topics", nargs="*", help="of these files only, such as billing")
    parser.add_argument("--model", type=Path, help="a model archive (the serving one)")
    parser.add_argument("--root", type=Path, default=ROOT, help="a checkout (this one)")
    given, settings = parser.parse_args(arguments), Settings.from_env()
    configure_logs("WARNING")
    try:
        cases = [case for case in read_cases(given.root) if not given.topics or case.topic in given.topics]
        model = given.model or verified_model(settings.models_dir)
        results = run(given.root, model, wanted=cases, cache=settings.data_dir / "cache")
    except BotError as exc:
        print(f"frontline: {exc.message}", file=sys.stderr)
        return 1
    for failure in results.failed:
        print(failure)
    print(f"{results.passed} passed, {len(results.failed)} failed in {results.seconds:.1f} s")
    return 1 if results.failed else 0


if __name__ == "__main__":
    sys.exit(main())
