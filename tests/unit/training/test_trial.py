"""A canary: who goes to the candidate, false alarms, and how soon a worse one is sent back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest

from bot.training.records import Trial
from bot.training.trial.model import ALPHA, LOOKS, Counts, Figures, Outcome, due_at, figures_of, judged, takes

SINCE = datetime(2027, 3, 1, 10, tzinfo=timezone.utc)
TRIAL = Trial("frontline-2.tar.gz", 0.2, SINCE.isoformat(), "xue")
LATER = SINCE + timedelta(minutes=5)


def test_a_share_of_new_conversations_goes_to_the_candidate_and_stays_there() -> None:
    ids = [f"c{number}" for number in range(5_000)]
    chosen = {name for name in ids if takes(TRIAL, name, LATER)}
    assert 0.18 < len(chosen) / len(ids) < 0.22
    assert chosen == {name for name in ids if takes(replace(TRIAL, looks=3, p_value=0.4), name, LATER)}
    assert not any(takes(TRIAL, name, SINCE - timedelta(seconds=1)) for name in ids)
    wider = {name for name in ids if takes(replace(TRIAL, share=0.5), name, LATER)}
    assert chosen < wider, "who is in stays in when the share grows"
    other = {name for name in ids if takes(replace(TRIAL, file="frontline-3.tar.gz"), name, LATER)}
    assert len(chosen & other) < 0.3 * len(chosen), "not always the same customers"


def test_figures_are_counted_by_side() -> None:
    outcomes = [Outcome(f"c{n}", LATER, refused=n % 2 == 0, handed_over=n % 10 == 0) for n in range(1_000)]
    outcomes.append(Outcome("before", SINCE - timedelta(days=1), True, True))
    figures = figures_of(TRIAL, outcomes)
    assert figures.canary.conversations + figures.serving.conversations == 1_001
    assert figures.canary.refused + figures.serving.refused == 501
    assert figures.canary.handed_over + figures.serving.handed_over == 101
    assert 150 < figures.canary.conversations < 250


def simulated(
    rng: np.random.Generator, share: float, refused: tuple[float, float], handed: tuple[float, float], most: int
) -> Iterator[Trial]:
    """A trial as it goes on: rates of (candidate, serving); looked at after every tenth conversation."""
    trial = replace(TRIAL, share=share)
    to_canary = rng.random(most) < share
    side = np.where(to_canary, 0, 1)
    is_refused = rng.random(most) < np.array(refused)[side]
    is_handed = rng.random(most) < np.array(handed)[side]
    counted = [
        [np.cumsum(mask), np.cumsum(mask & is_refused), np.cumsum(mask & is_handed)] for mask in (to_canary, ~to_canary)
    ]
    for end in range(9, most, 10):
        canary, serving = (Counts(*(int(figure[end]) for figure in own)) for own in counted)
        trial = judged(trial, Figures(canary, serving), LATER)
        yield trial
        if trial.returned_at is not None:
            return


@pytest.mark.parametrize(("refused", "handed"), [(0.05, 0.1), (0.2, 0.3), (0.5, 0.02)])
def test_a_candidate_that_is_as_good_is_seldom_sent_back(refused: float, handed: float) -> None:
    rng, trials = np.random.default_rng(7), 200
    last = [list(simulated(rng, 0.2, (refused,) * 2, (handed,) * 2, 4_000))[-1] for _ in range(trials)]
    alarms = sum(trial.verdict == "worse" for trial in last)
    assert alarms / trials <= ALPHA, f"{alarms} false alarms in {trials}"
    assert all(trial.p_value <= ALPHA for trial in last if trial.verdict == "worse")


@pytest.mark.parametrize(
    ("refused", "handed", "conversations"),
    [((0.3, 0.1), (0.1, 0.1), 1_500), ((0.1, 0.1), (0.35, 0.2), 2_500), ((0.9, 0.1), (0.9, 0.1), 200)],
)
def test_a_worse_one_is_sent_back_soon(
    refused: tuple[float, float], handed: tuple[float, float], conversations: int
) -> None:
    rng, trials = np.random.default_rng(8), 60
    last = [list(simulated(rng, 0.2, refused, handed, conversations))[-1] for _ in range(trials)]
    assert sum(trial.returned_at is not None for trial in last) >= 0.9 * trials
    back = next(trial for trial in last if trial.returned_at)
    assert back.figures is not None and back.figures["canary"]["conversations"] >= due_at(0)


def test_a_better_one_is_never_sent_back_and_is_no_worse_in_the_end() -> None:
    rng = np.random.default_rng(9)
    last = [list(simulated(rng, 0.5, (0.05, 0.2), (0.1, 0.2), 3_000))[-1] for _ in range(40)]
    assert {trial.verdict for trial in last} == {"no_worse"}


def test_looks_are_few_and_each_is_made_once() -> None:
    worse = Figures(Counts(19, 19, 19), Counts(80, 2, 2))
    assert judged(TRIAL, worse, LATER) == TRIAL, "too few to look at"
    assert judged(TRIAL, Figures(Counts(25, 25, 25), Counts()), LATER) == TRIAL, "nothing to compare with"
    alike = Figures(Counts(25, 3, 3), Counts(100, 12, 12))
    once = judged(TRIAL, alike, LATER)
    assert (once.looks, once.verdict) == (1, "watching")
    assert judged(once, alike, LATER) == once
    done = replace(TRIAL, looks=LOOKS)
    assert judged(done, Figures(Counts(9_999, 9_999, 0), Counts(9_999, 0, 0)), LATER) == done
