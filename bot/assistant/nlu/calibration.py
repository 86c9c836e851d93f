"""How sure the intent model is, and what it refuses, measured on examples that the scoring model had not seen."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.assistant.nlu.choices import TrainingChoices
from bot.assistant.nlu.folds import deal_folds
from bot.assistant.nlu.scope import NO_LIMITS, ExampleSpace, ScopeLimits
from bot.assistant.nlu.second_opinion import NO_SECOND_LIMITS, Heard, SecondLimits, SecondView, added
from bot.assistant.nlu.softmax import (
    Features,
    SoftmaxWeights,
    best_temperature,
    fit_softmax,
    mean_weights,
    probabilities,
)

log = logging.getLogger(__name__)

Matrix = NDArray[np.float32]

CALIBRATED = "parts fitted for calibration: %d of %d"
"""What the log says as training goes on; who listens to the log knows by it how far it is."""

_LEAST_LEAD = 1e-3


class Calibration(NamedTuple):
    """What becomes of the regression's scores, measured on examples that the scoring model had not seen.

    Attributes:
        lift: what is added to each label's score, (classes,).
        temperature: what they are divided by.
        limits: below which a message is refused.
        second_lift: what is added to the joined scores where the second encoder was asked, (classes,).
        second_limits: below which a message is refused there.
    """

    lift: Matrix
    temperature: float
    limits: ScopeLimits
    second_lift: Matrix
    second_limits: SecondLimits

    @classmethod
    def from_unseen(
        cls,
        unseen: Matrix,
        nearness: Matrix,
        votes: Matrix,
        wanted: NDArray[np.intp],
        labels: tuple[str, ...],
        choices: TrainingChoices,
        second: tuple[NDArray[np.intp], Heard] | None,
    ) -> Calibration:
        """Return what follows from the scores, the nearness and the votes of unseen examples.

        Args:
            second: rows that the second encoder was asked about, and what it said of them.
        """
        outside_labels = np.array([label in choices.outside for label in labels])
        lift = _outside_lift(unseen, wanted, outside_labels, choices.given_up_share * (~outside_labels[wanted]).sum())
        lifted = unseen + lift
        temperature = best_temperature(lifted, wanted, votes, choices.neighbour_share)
        served = ~outside_labels[wanted]
        # an outside intent turns customers away already; only the rest of what is accepted is left for refusing
        turned_away = float(outside_labels[lifted.argmax(axis=1)[served]].mean())
        left = max(0.0, choices.refused_share - turned_away)
        limits = ScopeLimits.from_unseen(lifted.max(axis=1)[served], nearness[served], left)
        none = np.zeros(len(labels), dtype=np.float32)
        if second is None:
            return cls(lift, temperature, limits, none, NO_SECOND_LIMITS)
        rows, heard = second
        familiar = limits.familiarity(lifted[rows].max(axis=1), nearness[rows])
        chances = voted(probabilities(lifted[rows], temperature), votes[rows], choices.neighbour_share)
        doubtful = in_doubt(chances, familiar, limits, choices.second_below)
        joined = added(lifted[rows] / np.float32(temperature), heard, choices.second_share)
        allowed = choices.given_up_share * served[rows].sum()
        second_lift = _outside_lift(joined[doubtful], wanted[rows][doubtful], outside_labels, allowed)
        both = SecondLimits.from_unseen(familiar, joined.max(axis=1), heard, doubtful, served[rows], left)
        return cls(lift, temperature, limits, second_lift, both)


def voted(chances: Matrix, votes: Matrix, share: float) -> Matrix:
    """Return probabilities of which `share` are the neighbours' votes, (rows, classes)."""
    result: Matrix = (1 - np.float32(share)) * chances + np.float32(share) * votes
    return result


def in_doubt(chances: Matrix, familiar: Matrix, limits: ScopeLimits, below: float) -> NDArray[np.bool_]:
    """Return about which messages the second encoder is asked: where the first is unsure, or refuses.

    Args:
        chances: the probability of each intent, (rows, classes).
        familiar: how familiar each message is, (rows,).
        limits: those of the first encoder.
        below: the confidence under which it counts as unsure.
    """
    result: NDArray[np.bool_] = (chances.max(axis=1) < below) | limits.refuses(familiar)
    return result


def calibrate(
    features: Features,
    space: ExampleSpace,
    view: SecondView | None,
    wanted: NDArray[np.intp],
    places: NDArray[np.uint64],
    labels: tuple[str, ...],
    choices: TrainingChoices,
    pool: ThreadPoolExecutor,
) -> tuple[SoftmaxWeights | None, Future[Calibration]]:
    """Return weights to begin the final fit from, and what becomes of the scores, which is worked out meanwhile."""
    if choices.folds < 2 or len(wanted) < 2 * choices.folds:
        none = np.zeros(len(labels), dtype=np.float32)
        return None, pool.submit(lambda: Calibration(none, 1.0, NO_LIMITS, none, NO_SECOND_LIMITS))
    folds = deal_folds(wanted, choices.folds, places)
    unseen = np.empty((len(wanted), len(labels)), dtype=np.float32)

    def fit_without(fold: int) -> SoftmaxWeights:
        inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        weights = fit_softmax(
            features.take(inside), wanted[inside], len(labels), choices.strength, choices.fold_iterations
        )
        unseen[outside] = weights.scores(features.take(outside))
        return weights

    fitting = [pool.submit(fit_without, fold) for fold in range(choices.folds)]
    asked = pool.submit(space.ask_other_folds, folds, len(labels))
    heard = pool.submit(view.unseen, folds) if view is not None else None
    fitted = []
    for part in fitting:
        fitted.append(part.result())
        log.info(CALIBRATED, len(fitted), choices.folds)

    def measure() -> Calibration:
        second = (view.rows, heard.result()) if view is not None and heard is not None else None
        return Calibration.from_unseen(unseen, *asked.result(), wanted, labels, choices, second)

    return mean_weights(fitted), pool.submit(measure)


def _outside_lift(unseen: Matrix, wanted: NDArray[np.intp], outside: NDArray[np.bool_], given_up: float) -> Matrix:
    """Return what to add to the scores of the outside labels, so that `given_up` examples rightly understood are lost.

    What lies outside is far more varied than its examples, so its scores come out too low.
    """
    none = np.zeros(len(outside), dtype=np.float32)
    served = ~outside[wanted]
    if not outside.any() or not served.any():
        return none
    right = served & (unseen.argmax(axis=1) == wanted)
    lead = unseen[:, ~outside].max(axis=1) - unseen[:, outside].max(axis=1)
    leads = np.sort(lead[right])
    if len(leads) <= int(given_up):
        return none
    lift = max(0.0, float(leads[int(given_up)]) - _LEAST_LEAD)
    return np.where(outside, np.float32(lift), np.float32(0)).astype(np.float32)
