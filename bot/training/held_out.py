"""Scores the serving model on sentences that no training file holds: `python -m bot.training.held_out`.

The folder has `<set>.<language>.tsv` (intent, sentence), `entities*.tsv` (sentence, what it holds) and `times*.tsv`
(language, now, sentence, value), tab-separated. How entities and times are written stands in the folder's README.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.logs import prepare_environment

FOLDER = Path("tests/understanding")
NOT_INTENTS = ("entities", "times")
"""How the names of the files that hold no intents begin."""
OUTSIDE = "out_of_scope"
LANGUAGES = ("zh", "en")
ZONE = ZoneInfo("Asia/Shanghai")

#: sentences that are parsed together
_AT_ONCE = 128

Parse = Callable[[str, "datetime | None"], dict[str, Any]]
"""A text and its instant in; what `python -m bot parse` answers out."""


@dataclass(frozen=True)
class Case:
    """One sentence that was scored.

    Attributes:
        group: what it counts towards, like `first.zh`, `entities.en` or `times_second.zh`.
        text: the sentence as typed.
        wanted: what was expected, as the file says it.
        got: what came out, in the same form.
        right: whether that is what was expected.
        outside: whether it was taken for something no front line answers, or refused.
    """

    group: str
    text: str
    wanted: str
    got: str
    right: bool
    outside: bool = False


class ServingParser:
    """Parses with a model archive as `python -m bot parse` does, one text or many."""

    def __init__(self, model: Path) -> None:
        """Raises:
        NoLanguageModel: the file does not exist, or the model was trained without language data.
        """
        from bot.assistant.understanding import Understanding

        self._understanding = Understanding.from_archive(model)
        self._loop = asyncio.new_event_loop()

    def __call__(self, text: str, now: datetime | None) -> dict[str, Any]:
        """The answer to one text, written at an instant."""
        from bot.assistant.parse import parse_answer

        return parse_answer(self._loop.run_until_complete(self._understanding.parse(text, now)))

    def together(self, texts: Sequence[str]) -> list[dict[str, Any]]:
        """The answers to some hundred texts at most, in order; they cost half of what they cost one by one."""
        from bot.assistant.parse import parse_answer

        return [parse_answer(data) for data in self._understanding.parse_all(texts)]


def rows(file: Path) -> list[list[str]]:
    """Return the lines of a tab-separated file as lists of cells; blank lines are left out."""
    return [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def intent_files(folder: Path) -> list[Path]:
    """Return the files of sentences with their intents, by name."""
    return [file for file in sorted(folder.glob("*.tsv")) if not file.stem.startswith(NOT_INTENTS)]


def score_intents(folder: Path, parser: ServingParser, say: Callable[[int, int], None] | None = None) -> list[Case]:
    """Score every sentence of `<set>.<language>.tsv`; of `out_of_scope` ones a refusal is right too.

    Args:
        say: told (done, all) as it goes on.
    """
    asked = [(file.stem, wanted, text) for file in intent_files(folder) for wanted, text in rows(file)]
    cases: list[Case] = []
    for first in range(0, len(asked), _AT_ONCE):
        part = asked[first : first + _AT_ONCE]
        answers = parser.together([text for _, _, text in part])
        for (group, wanted, text), answer in zip(part, answers, strict=True):
            got = answer["intent"]
            cases.append(Case(group, text, wanted, got, got == wanted, bool(answer["fallback"])))
        if say is not None:
            say(len(cases), len(asked))
    return cases


def score_entities(folder: Path, parse: Parse) -> list[Case]:
    """Score each entity by itself: found with that value, or not there at all where it is written with a `!`."""
    cases = []
    for file in sorted(folder.glob("entities*.tsv")):
        for text, wanted in rows(file):
            answer = parse(text, None)
            language = "zh" if any("\u3400" <= char <= "\u9fff" for char in text) else "en"
            found = [f"{entity['entity']}={entity['value']}" for entity in answer["entities"]]
            kinds = {entity["entity"] for entity in answer["entities"]}
            for one in wanted.split(";"):
                right = one[1:] not in kinds if one.startswith("!") else one in found
                cases.append(Case(f"{file.stem}.{language}", text, one, ";".join(found) or "-", right))
    return cases


def score_times(folder: Path, parse: Parse) -> list[Case]:
    """Score each time expression: the value must be the same range, or the same candidates in the same order."""
    cases = []
    for file in sorted(folder.glob("times*.tsv")):
        for language, now, text, wanted in rows(file):
            answer = parse(text, datetime.fromisoformat(now).replace(tzinfo=ZONE))
            values = [entity["value"] for entity in answer["entities"] if entity["entity"] == "time"]
            got = " & ".join(_written(value) for value in values) or "-"
            expected = " & ".join(" | ".join(map(_full, times.split(" | "))) for times in wanted.split(" & "))
            cases.append(Case(f"{file.stem}.{language}", text, expected, got, got == expected))
    return cases


def _full(short: str) -> str:
    """A day alone is the whole day, a moment alone an instant; an end without a date lies on the day of the start."""
    if short == "-":
        return short
    start, slash, end = short.partition("/")
    if not slash:
        if "T" in start:
            return f"{start}/.."
        day = datetime.fromisoformat(start)
        return f"{start}T00:00/{datetime.fromordinal(day.toordinal() + 1).isoformat(timespec='minutes')}"
    if end != ".." and "T" not in end:
        end = f"{start.partition('T')[0]}T{end}"
    return f"{start}/{end}"


def _written(value: Any) -> str:
    if isinstance(value, list):
        return " | ".join(_written(one) for one in value)
    return "/".join(".." if value[side] is None else str(value[side])[:16] for side in ("start", "end"))


def report(cases: Sequence[Case], say: Callable[[str], None], *, failures: bool) -> dict[str, float]:
    """Say one line for each group, then the failures; return the figures by name, as shares from 0 to 1."""
    figures: dict[str, float] = {}
    for group in sorted({case.group for case in cases}):
        own = [case for case in cases if case.group == group]
        figures[group] = sum(case.right or (case.wanted == OUTSIDE and case.outside) for case in own) / len(own)
        line = f"{group:18} {len(own):5} right {figures[group]:6.1%}"
        inside = [case for case in own if case.wanted != OUTSIDE]
        if inside and not group.startswith(NOT_INTENTS):
            figures[f"{group}.refused"] = sum(case.outside for case in inside) / len(inside)
            line += f"  taken for out of scope or refused {figures[f'{group}.refused']:5.1%}"
        say(line)
    if failures:
        for case in cases:
            if not case.right and not (case.wanted == OUTSIDE and case.outside):
                say(f"{case.group}\t{case.text}\twanted {case.wanted}\tgot {case.got}")
    return figures


def score(folder: Path, parser: ServingParser) -> list[Case]:
    """Score everything in `folder`."""
    return [*score_intents(folder, parser), *score_entities(folder, parser), *score_times(folder, parser)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures of the serving model, or of another archive."""
    prepare_environment()
    from bot.settings import ROOT, Settings
    from bot.training.registry import verified_model

    parser = argparse.ArgumentParser(description="Score a model on sentences that it has never seen.")
    parser.add_argument("--folder", type=Path, default=ROOT / FOLDER)
    parser.add_argument("--model", type=Path, help="a model archive (the serving one)")
    parser.add_argument("--failures", action="store_true", help="list every failure")
    given = parser.parse_args(arguments)
    cases = score(given.folder, ServingParser(given.model or verified_model(Settings.from_env().models_dir)))
    report(cases, print, failures=given.failures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
