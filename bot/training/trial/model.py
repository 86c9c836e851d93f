"""A canary: which conversations go to the candidate, and whether it does worse than chance explains. Pure.

Figures are looked at again and again while they grow, and a test made for one look would then cry wolf sooner or later
(Armitage, McPherson & Rowe, Repeated significance tests on accumulating data, 1969). So there is a fixed number of
looks, each when the candidate has had so many conversations, whatever their outcome; at each, Fisher's exact test (one
side: is the candidate's share higher?) of both figures; and by Bonferroni's inequality the chance of any false alarm is
at most what the corrected p values say. A candidate counts as no worse once the upper limit of the difference is small
for both (Newcombe, Interval estimation for the difference between independent proportions, 1998, method 10).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from scipy.stats import hypergeom

from bot.training.records import Trial

#: looks: when the candidate has had 20 conversations, then 1.4 times as many each time, up to about 3,000
_FIRST, _GROWTH, LOOKS = 20, 1.4, 16
_FIGURES = 2
#: the chance that a candidate just as good is sent back
ALPHA = 0.05
#: a share that has risen by less than this is no worse
_MARGIN = 0.03
#: of one side, 95 %
_Z = 1.6449
_WHOLE = 1 << 64


@dataclass(frozen=True)
class Outcome:
    """What became of one conversation in which the customer said something."""

    conversation_id: str
    opened_at: datetime
    refused: bool
    handed_over: bool


@dataclass(frozen=True)
class Counts:
    """Conversations, and how many of them had a refusal, and were handed over."""

    conversations: int = 0
    refused: int = 0
    handed_over: int = 0

    def as_json(self) -> dict[str, int]:
        return dict(self.__dict__)


@dataclass(frozen=True)
class Figures:
    """Both sides of a trial."""

    canary: Counts
    serving: Counts

    def as_json(self) -> dict[str, Any]:
        return {"canary": self.canary.as_json(), "serving": self.serving.as_json()}

    def pairs(self) -> tuple[tuple[int, int], ...]:
        """How often each thing happened, with the candidate and with the serving model."""
        return (
            (self.canary.refused, self.serving.refused),
            (self.canary.handed_over, self.serving.handed_over),
        )


def takes(trial: Trial, conversation_id: str, opened_at: datetime) -> bool:
    """Whether a conversation belongs to the candidate: a share of those opened since, the same on every process."""
    if opened_at < datetime.fromisoformat(trial.since):
        return False
    digest = hashlib.sha256(f"{trial.file} {trial.since} {conversation_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < trial.share * _WHOLE


def figures_of(trial: Trial, outcomes: Iterable[Outcome]) -> Figures:
    """Count both sides over the conversations that were opened since the trial began."""
    sides = {True: [0, 0, 0], False: [0, 0, 0]}
    for item in outcomes:
        side = sides[takes(trial, item.conversation_id, item.opened_at)]
        for place, counted in enumerate((True, item.refused, item.handed_over)):
            side[place] += counted
    return Figures(Counts(*sides[True]), Counts(*sides[False]))


def judged(trial: Trial, figures: Figures, at: datetime) -> Trial:
    """The trial after looking at the figures; the same one while no look is due."""
    if trial.looks >= LOOKS or figures.canary.conversations < due_at(trial.looks) or not figures.serving.conversations:
        return trial
    totals = (figures.canary.conversations, figures.serving.conversations)
    least = min(_chance(canary, serving, *totals) for canary, serving in figures.pairs())
    corrected = min(1.0, trial.p_value, least * LOOKS * _FIGURES)
    looks = trial.looks + 1
    if corrected <= ALPHA:
        return replace(
            trial,
            looks=looks,
            p_value=corrected,
            verdict="worse",
            returned_at=at.isoformat(timespec="seconds"),
            figures=figures.as_json(),
        )
    highest = max(_upper_limit(canary, serving, *totals) for canary, serving in figures.pairs())
    return replace(trial, looks=looks, p_value=corrected, verdict="no_worse" if highest < _MARGIN else "watching")


def due_at(looks: int) -> int:
    """How many conversations the candidate must have had for the next look, after so many."""
    return math.ceil(_FIRST * _GROWTH**looks)


def _chance(canary: int, serving: int, of_canary: int, of_serving: int) -> float:
    """The chance of so many or more at the candidate, were both alike (Fisher's exact test, one side)."""
    return float(hypergeom.sf(canary - 1, of_canary + of_serving, canary + serving, of_canary))


def _upper_limit(canary: int, serving: int, of_canary: int, of_serving: int) -> float:
    """Upper limit of how much higher the candidate's share is."""
    ours, theirs = canary / of_canary, serving / of_serving
    above, below = _wilson(canary, of_canary, 1) - ours, theirs - _wilson(serving, of_serving, -1)
    return ours - theirs + math.hypot(above, below)


def _wilson(count: int, total: int, sign: int) -> float:
    share = count / total
    middle = share + _Z**2 / (2 * total)
    spread = _Z * math.sqrt(share * (1 - share) / total + _Z**2 / (4 * total**2))
    return (middle + sign * spread) / (1 + _Z**2 / total)
