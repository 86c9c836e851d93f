"""Texts that are encoded together mean what they mean alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bot.assistant.nlu.meaning import MEANING_SIZE, SentenceEncoder

TEXTS = ("宽带上不了网", "", "when does the technician come", "hi", "why is my bill 30 yuan higher than last month's")


def test_a_text_means_the_same_alone_and_among_others() -> None:
    together, encoder = SentenceEncoder().meanings(TEXTS), SentenceEncoder()
    for text, row in zip(TEXTS, together, strict=True):
        alone = encoder.meaning_of(text)
        assert alone.shape == (MEANING_SIZE,) and not alone.flags.writeable
        assert np.allclose(row, alone, atol=1e-4)
    assert not encoder.meaning_of("").any()


def test_vectors_that_cannot_be_kept_are_made_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    encoder = SentenceEncoder()
    encoder.keep_in(tmp_path / "file" / "meanings.npy")
    texts = [f"bill {number}" for number in range(1_025)]
    assert np.allclose(np.linalg.norm(encoder.encode(texts), axis=1), 1, atol=1e-4)


def test_kept_vectors_are_written_anew_for_many_fresh_texts_and_not_for_a_few(tmp_path: Path) -> None:
    file, texts = tmp_path / "meanings.npy", [f"bill {number}" for number in range(1_100)]

    def written(texts: list[str]) -> int:
        encoder = SentenceEncoder()
        encoder.keep_in(file)
        encoder.meanings(texts)
        return file.stat().st_ino

    first = written(texts)
    assert written(texts) == written([*texts, "a", "b"]) == first
    assert written([*texts, *(f"plan {number}" for number in range(50))]) != first


def test_forgotten_texts_are_encoded_afresh() -> None:
    encoder = SentenceEncoder()
    before = encoder.meaning_of(TEXTS[0])
    assert encoder.meaning_of(TEXTS[0]) is before
    encoder.forget()
    again = encoder.meaning_of(TEXTS[0])
    assert again.base is not before.base and np.allclose(again, before, atol=1e-4)
