"""The gate: measures a model against the one that serves, and keeps beside its record what it found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from bot.errors import ModelMissing, ModelNotTrusted
from bot.training.causes import Refusal
from bot.training.gate.conversations import Player
from bot.training.gate.measuring import answers, opened, times_ms
from bot.training.gate.model import PROTECTED, Measured, is_right, refusals
from bot.training.gate.results import Results, keep_results, kept_results, sentences_digest
from bot.training.held_out import FOLDER, LANGUAGES, Case, ServingParser
from bot.training.registry import note_gate, verified_model

Say = Callable[[str], None]


@dataclass(frozen=True)
class GateResult:
    """What the gate says about one model."""

    file: str
    refusals: tuple[Refusal, ...]
    scores: Mapping[str, Any]
    #: median time of a sentence
    ms: float
    at: str

    @property
    def passed(self) -> bool:
        return not self.refusals

    def as_json(self) -> dict[str, Any]:
        """The contract's `gate`."""
        return {"passed": self.passed, "refusals": [item.as_json() for item in self.refusals], "at": self.at}


def run_gate(root: Path, models: Path, file: str, say: Say, player: Player) -> GateResult:
    """Measure a registered model, decide whether it may serve, and note that in the registry.

    The serving model is the measure. What it made of the sentences is taken from its own way through the gate when they
    are the same ones. The conversation tests are played meanwhile, in a process of their own.

    Args:
        root: the checkout whose `data/` and `tests/` are used.
        models: the folder of models.
        file: the model's archive.
        say: shows a line of progress to whoever waits.
        player: of the checkout's conversation tests.

    Raises:
        ModelMissing: there is no such model.
        ModelNotTrusted: it is cut short, changed or not signed.
    """
    candidate = verified_model(models, file)
    player.begin(candidate)
    measured = _measured(root / FOLDER, models, candidate, say)
    played = player.played()
    result = GateResult(
        file,
        (*measured.refusals, *played.refusals),
        {**scores_of(measured.cases), "conversations": played.as_json()},
        round(measured.ms, 1),
        datetime.now(timezone.utc).isoformat(timespec="seconds"),
    )
    note_gate(models, file, scores=result.scores, ms=result.ms, gate=result.as_json())
    say(f"the model {'passed the gate' if result.passed else 'was refused'}")
    return result


@dataclass(frozen=True)
class _Judged:
    cases: Sequence[Case]
    ms: float
    refusals: Sequence[Refusal]


def _measured(folder: Path, models: Path, candidate: Path, say: Say) -> _Judged:
    say("measuring: loading the model")
    before = _serving(models)
    parse, before_parse = opened(candidate), opened(before) if before else None
    times = times_ms(folder, [parse, before_parse] if before_parse else [parse])
    cases = _results(folder, models, candidate, parse, say)
    after = Measured(cases, candidate.stat().st_size, times[0])
    found: list[Refusal] = []
    if before is not None and before_parse is not None:
        known = kept_results(models, before.name)
        if known is None or known.sentences != sentences_digest(folder):
            say("measuring: the serving model, whose answers to these sentences are not known")
            known_cases = _results(folder, models, before, before_parse, say)
        else:
            known_cases = known.cases
        found = refusals(Measured(known_cases, before.stat().st_size, times[1]), after)
    return _Judged(cases, times[0], found)


def _serving(models: Path) -> Path | None:
    """The model that serves, if there is one that can be loaded."""
    try:
        return verified_model(models)
    except (ModelMissing, ModelNotTrusted):
        return None


def _results(folder: Path, models: Path, file: Path, parser: ServingParser, say: Say) -> Sequence[Case]:
    cases = answers(folder, parser, say)
    keep_results(models, file.name, Results(sentences_digest(folder), cases))
    return cases


def scores_of(cases: Sequence[Case]) -> dict[str, Any]:
    """The contract's `scores`, but for conversations."""
    by_language: dict[str, list[bool]] = {language: [] for language in LANGUAGES}
    protected: dict[str, dict[str, int]] = defaultdict(lambda: {"right": 0, "total": 0})
    for case in cases:
        by_language[case.group.rpartition(".")[2]].append(is_right(case))
        if case.wanted in PROTECTED:
            protected[case.wanted]["total"] += 1
            protected[case.wanted]["right"] += is_right(case)
    return {
        "right": sum(map(is_right, cases)),
        "total": len(cases),
        "accuracy": {language: sum(own) / len(own) if own else None for language, own in by_language.items()},
        "protected": dict(protected),
    }
