"""Every example as a model sees it that was trained without it."""

from __future__ import annotations

from pathlib import Path

from bot.assistant.nlu.choices import TrainingChoices
from bot.training.evaluate import FOLDS, cross_validate, read_examples
from bot.training.jobs.model import Step
from bot.training.jobs.telling import Teller
from bot.training.jobs.work.tree import COPIED
from bot.training.reports.model import Guessed

#: the share of a job that is done then
GUESSED = 0.85


def guesses_at(root: Path, teller: Teller) -> list[Guessed]:
    """Cross-validate the data below `root`."""
    teller.step(Step.evaluating, COPIED)
    told = teller.within(COPIED, GUESSED)
    return [
        Guessed(
            text=item.example.typed,
            language=item.example.language,
            intent=item.example.intent,
            got=item.intent,
            confidence=item.confidence,
            refused=item.refused,
            path=item.example.path,
            line=item.example.line,
        )
        for item in cross_validate(read_examples(root), FOLDS, TrainingChoices(), teller.say, told)
    ]
