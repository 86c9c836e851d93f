"""Texts that are encoded together mean what they mean alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bot.assistant.nlu.meaning import MEANING_SIZE, SentenceEncoder

TEXTS = ("宽带上不了网", "", "when does the technician come", "hi", "why is my bill 30 yuan higher than last month's")


def test_expected_texts_mean_the_same_and_are_looked_up() -> None:
    alone, expecting = SentenceEncoder(), SentenceEncoder()
    expecting.expect(TEXTS)
    for text in TEXTS:
        row = expecting.meaning_of(text)
        assert row.shape == (MEANING_SIZE,) and not row.flags.writeable
        assert np.allclose(row, alone.meaning_of(text), atol=1e-4)
        assert expecting.meaning_of(text).base is row.base, "it was encoded once, with the others"
    assert not expecting.meaning_of("").any()


def test_what_was_expected_before_is_not_encoded_again() -> None:
    encoder = SentenceEncoder()
    encoder.expect(TEXTS[:1])
    before = encoder.meaning_of(TEXTS[0])
    encoder.expect(TEXTS)
    assert encoder.meaning_of(TEXTS[0]).base is before.base


def test_vectors_that_cannot_be_kept_are_made_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    encoder = SentenceEncoder()
    encoder.keep_in(tmp_path / "file" / "meanings.npy")
    texts = [f"bill {number}" for number in range(1_025)]
    assert np.allclose(np.linalg.norm(encoder.encode(texts), axis=1), 1, atol=1e-4)


def test_forgotten_texts_are_encoded_afresh() -> None:
    encoder = SentenceEncoder()
    encoder.expect(TEXTS)
    before = encoder.meaning_of(TEXTS[0])
    encoder.forget()
    again = encoder.meaning_of(TEXTS[0])
    assert again.base is not before.base and np.allclose(again, before, atol=1e-4)
