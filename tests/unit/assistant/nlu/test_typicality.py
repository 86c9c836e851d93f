"""Typicality: what lies near an intent has more of it than what is merely usual language."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.assistant.nlu.typicality import Typicality

SIZE, EACH = 24, 60


def _examples() -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    random = np.random.default_rng(4)
    middles = random.standard_normal((5, SIZE)) * 2
    intents = np.repeat(np.array([0, 1, 3, 4, 7]), EACH)  # some intents have no example
    stretched = random.standard_normal((len(intents), SIZE)) * np.linspace(0.2, 2, SIZE)
    return (middles.repeat(EACH, axis=0) + stretched).astype(np.float32), intents


def test_examples_are_more_typical_than_what_lies_between_and_beyond_intents() -> None:
    vectors, intents = _examples()
    typicality = Typicality.fit(vectors, intents)
    inside = typicality.of(vectors)
    between = typicality.of((vectors[:EACH] + vectors[EACH : 2 * EACH]) / 2)
    assert np.quantile(inside, 0.1) > between.mean()
    beyond = typicality.of(np.random.default_rng(5).standard_normal((200, SIZE)).astype(np.float32) * 4)
    assert np.quantile(inside, 0.1) > np.quantile(beyond, 0.9)


def test_it_is_the_difference_of_two_distances() -> None:
    vectors, intents = _examples()
    typicality = Typicality.fit(vectors, intents)
    [found] = typicality.of(vectors[:1])
    to_intents = ((vectors[0] @ typicality.within - typicality.middles) ** 2).sum(axis=1)
    to_all = ((vectors[0] @ typicality.over_all - typicality.middle) ** 2).sum()
    assert np.isclose(found, (to_all - to_intents.min()) / 2, rtol=1e-4)


def test_one_example_an_intent_is_enough() -> None:
    vectors, _ = _examples()
    typicality = Typicality.fit(vectors[::EACH], np.arange(5))
    assert np.isfinite(typicality.of(vectors)).all()
