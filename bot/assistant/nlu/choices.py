"""What a trainer may turn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TrainingChoices:
    """What a trainer may turn.

    Attributes:
        dense_scale: factor on the sentence vectors beside the n-grams.
        strength: C of the regression.
        neighbour_share: how much the vote of the nearest examples counts beside the regression, 0 to 1.
        iterations: most optimiser steps of the final fit.
        folds: parts of the cross-validation that calibrates; below 2 there is none.
        fold_iterations: most optimiser steps of each of its fits.
        tuned_share: how much the encoder's last layers, trained on, count beside the regression, 0 to 1.
        tuning_steps: about how many steps of 128 examples they are trained.
        tuning_epochs: how often they see each example at most.
        second_share: how much the English encoder's scores count beside the joined ones where it is asked; 0: never asked.
        second_below: confidence below which it is asked about an English message, 0 to 1.
        refused_share: share of in-scope messages that may be turned away, refused or taken for an outside intent, 0 to 1.
        given_up_share: share of rightly understood in-scope messages that may be given up to the outside intents so
            that more of what lies outside is caught, 0 to 1.
        outside: intents that count as out of scope when the limits are measured.
        seed: for dealing examples to folds.
    """

    dense_scale: float = 2.0
    strength: float = 10.0
    neighbour_share: float = 0.2
    iterations: int = 8
    folds: int = 3
    fold_iterations: int = 12
    tuned_share: float = 0.5
    tuning_steps: int = 600
    tuning_epochs: int = 16
    second_share: float = 0.5
    second_below: float = 0.8
    refused_share: float = 0.0225
    given_up_share: float = 0.0125
    outside: tuple[str, ...] = ("out_of_scope",)
    seed: int = 7
