"""Five-fold cross-validation of the intents over the project's own data, by language: `python -m bot evaluate`.

Each fold is trained and calibrated as the product is, on the other folds only. Reports accuracy for each language, the
share of in-scope messages that would be refused, the share of out-of-scope ones that are caught, the calibration error,
how short answers come out, since a no taken for a yes books something, and the pairs of intents that are
taken for one another.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.assistant.nlu.choices import TrainingChoices
from bot.assistant.nlu.english_encoder import english_encoder
from bot.assistant.nlu.folds import deal_folds, lasting_places
from bot.assistant.nlu.intent_model import IntentModel, with_label_names
from bot.assistant.nlu.meaning import meaning_text, shared_encoder
from bot.assistant.nlu.normalise import Normaliser
from bot.training.data.intents import read_all
from bot.training.data.model import read_marks

OUTSIDE = "out_of_scope"
CALIBRATION_BINS = 15
YES, NO = "affirm", "deny"
SHORT_CHARS = {"zh": 4, "en": 12}
"""Up to this length an answer counts as short."""
FOLDS = 5
_ENCODING_SHARE = 0.1
"""How much of the time goes into sentence vectors; the folds take the rest."""
_AT_ONCE = 256
"""Sentences that are understood together."""


@dataclass(frozen=True)
class Example:
    """One labelled sentence: as typed, as the model sees it, language (by the file), full intent, place."""

    typed: str
    text: str
    language: str
    intent: str
    path: str
    line: int


@dataclass(frozen=True)
class Guess:
    """What a model that had not seen the example made of it."""

    example: Example
    intent: str
    confidence: float
    nearness: float
    refused: bool

    @property
    def right(self) -> bool:
        return self.intent == self.example.intent


def read_examples(root: Path) -> list[Example]:
    """Return all examples of the data below `root`, in the order of the files.

    Raises:
        DataFileWrong: a file cannot be read; the message names file and line.
    """
    normalise = Normaliser()
    examples = []
    for item in read_all(root):
        typed = read_marks(item.text)[0]
        text = meaning_text(normalise(typed))
        examples.append(Example(typed, text, item.language, item.intent, item.path, item.line))
    return examples


def cross_validate(
    examples: list[Example],
    folds: int,
    choices: TrainingChoices,
    say: Callable[[str], None],
    on_progress: Callable[[float], None] = lambda _share: None,
) -> list[Guess]:
    """Return a guess for each example, made by a model trained on the other folds.

    Args:
        on_progress: told the share that is done, 0 to 1, after the sentences are encoded and after each fold.
    """
    encoder = shared_encoder()
    meanings = encoder.meanings([example.text for example in examples])
    on_progress(_ENCODING_SHARE)
    strata = {pair: n for n, pair in enumerate(sorted({(e.intent, e.language) for e in examples}))}
    places = lasting_places([e.text for e in examples], [e.intent for e in examples], choices.seed)
    dealt = deal_folds(np.array([strata[e.intent, e.language] for e in examples]), folds, places)
    guesses: list[Guess] = []
    for fold in range(folds):
        started = time.monotonic()
        inside: NDArray[np.intp] = np.flatnonzero(dealt != fold)
        texts, intents = [examples[i].text for i in inside], [examples[i].intent for i in inside]
        named = with_label_names(texts, meanings[inside], intents, encoder.meanings)
        model = IntentModel.train(*named, choices, english_encoder().vectors)
        outside: NDArray[np.intp] = np.flatnonzero(dealt == fold)
        for first in range(0, len(outside), _AT_ONCE):
            part = outside[first : first + _AT_ONCE]
            together = model.understand([examples[i].text for i in part], meanings[part], 1)
            for i, understood in zip(part, together, strict=True):
                intent, confidence = understood.ranking[0]
                guesses.append(Guess(examples[i], intent, confidence, understood.nearness, understood.refused))
        say(
            f"fold {fold + 1}: {time.monotonic() - started:.1f} s, temperature {model.temperature}, "
            f"least familiarity {model.limits.least:.2f}"
        )
        on_progress(_ENCODING_SHARE + (1 - _ENCODING_SHARE) * (fold + 1) / folds)
    return guesses


def calibration_error(guesses: list[Guess]) -> float:
    """Return the expected calibration error: mean gap between confidence and accuracy over equal-width bins."""
    confidence = np.array([guess.confidence for guess in guesses])
    right = np.array([guess.right for guess in guesses], dtype=float)
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    gaps = [abs(confidence[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
    return float(sum(gaps))


def short_answers(guesses: list[Guess], language: str, longest: int) -> str:
    """Return a line on how short confirmations and refusals come out; swapped ones are those that do harm."""
    short = [
        guess
        for guess in guesses
        if guess.example.language == language
        and guess.example.intent in (YES, NO)
        and len(guess.example.text) <= longest
    ]
    swapped = [guess for guess in short if not guess.right and guess.intent in (YES, NO)]
    return (
        f"{len(short)} short answers, right {_percent(sum(guess.right for guess in short), len(short))}, "
        f"yes and no swapped {_percent(len(swapped), len(short))}"
        + "".join(f"\n    {guess.example.intent} → {guess.intent} {guess.example.typed}" for guess in swapped)
    )


def report(guesses: list[Guess], worst: int) -> Iterator[str]:
    """The figures, a line at a time."""
    for language in sorted({guess.example.language for guess in guesses}):
        own = [guess for guess in guesses if guess.example.language == language]
        served = [guess for guess in own if guess.example.intent != OUTSIDE]
        outside = [guess for guess in own if guess.example.intent == OUTSIDE]
        caught = sum(guess.refused or guess.intent == OUTSIDE for guess in outside)
        answered = sum(guess.right and not guess.refused for guess in served)
        yield (
            f"{language}: {len(own)} examples, accuracy {_percent(sum(g.right for g in served), len(served))}, "
            f"with refusal {_percent(answered, len(served))}, "
            f"refused {_percent(sum(g.refused for g in served), len(served))}, "
            f"taken for out_of_scope {_percent(sum(g.intent == OUTSIDE for g in served), len(served))}, "
            f"out of scope caught {_percent(caught, len(outside))}, calibration error {calibration_error(own):.3f}"
        )
    for language, longest in SHORT_CHARS.items():
        yield f"{language}: {short_answers(guesses, language, longest)}"
    pairs = Counter((g.example.intent, g.intent) for g in guesses if not g.right)
    yield "\nconfused: what it is → what it was taken for"
    for (wanted, guessed), count in pairs.most_common(worst):
        yield f"{count:4d}  {wanted} → {guessed}"
    totals = Counter(g.example.intent for g in guesses)
    wrong = Counter(g.example.intent for g in guesses if not g.right)
    yield "\nweakest intents"
    for intent, count in sorted(wrong.items(), key=lambda item: -item[1] / totals[item[0]])[:worst]:
        yield f"{_percent(totals[intent] - count, totals[intent])}  {intent} ({totals[intent]})"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def evaluate(root: Path, folds: int, say: Callable[[str], None], worst: int = 30, mistakes: Path | None = None) -> int:
    """Cross-validate the data of the repository at `root`, and say the figures.

    Args:
        mistakes: a file for every wrong guess: language, intent, guess, confidence, nearness, refused, text (tabs).

    Returns:
        0, so that the command line can end with it.
    """
    guesses = cross_validate(read_examples(root), folds, TrainingChoices(), say)
    for line in report(guesses, worst):
        say(line)
    if mistakes is not None:
        lines = [
            f"{g.example.language}\t{g.example.intent}\t{g.intent}\t{g.confidence:.2f}\t{g.nearness:.2f}\t{g.refused}"
            f"\t{g.example.typed}"
            for g in guesses
            if not g.right or g.refused
        ]
        mistakes.write_text("\n".join(sorted(lines)) + "\n", encoding="utf-8")
    return 0
