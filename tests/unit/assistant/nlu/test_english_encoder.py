"""The English encoder: word pieces as BERT makes them, vectors that mean the same alone and among others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.special import erf

from bot.assistant.nlu.english_encoder import ENGLISH_SIZE, EnglishEncoder, WordPieces, english_encoder, gelu, is_latin

TEXTS = (
    "why is my bill so high",
    "",
    "when does the technician come",
    "hi",
    "a" * 3_000,
    "my café bill's £4.50 too_high!!",
)

BEGIN, END, UNKNOWN = 101, 102, 100


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("hello world", [7592, 2088]),
        ("Unaffable", [14477, 20961, 3468]),
        ("too_high", [2205, 1035, 2152]),
        ("extra £1 charge", [4469, 14534, 3715]),
        ("charge.\u200b", [3715, 1012]),
        ("a" * 101, [UNKNOWN]),
        ("", []),
    ],
)
def test_word_pieces_are_those_of_the_reference(text: str, numbers: list[int]) -> None:
    """The numbers are what Hugging Face's `tokenizers` gives with the model's own tokenizer.json."""
    assert _word_pieces().numbers(text) == [BEGIN, *numbers, END]


def test_a_long_text_is_cut_and_keeps_its_end_mark() -> None:
    numbers = _word_pieces().numbers("bill " * 500)
    assert len(numbers) == 128 and numbers[-1] == END


def test_a_text_means_the_same_alone_and_among_others_on_one_thread_and_on_two() -> None:
    encoder = english_encoder()
    together = encoder.encode(TEXTS * 40)
    assert together.shape == (len(TEXTS) * 40, ENGLISH_SIZE)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert np.array_equal(together, encoder.encode(TEXTS * 40, threads=2))
    for text, row in zip(TEXTS, together, strict=False):
        assert np.allclose(row, encoder.encode([text])[0], atol=1e-5)
    assert encoder.encode([]).shape == (0, ENGLISH_SIZE)


def test_what_means_the_same_is_nearer_than_what_shares_words() -> None:
    asked, same, other = english_encoder().encode(
        ["I want to talk to a human", "please connect me with a person", "I want to go to the beach"]
    )
    assert asked @ same > asked @ other


@pytest.mark.parametrize(
    ("text", "asked"),
    [("my bill", True), ("café", True), ("帮我查 bill", False), ("1234 !!", False), ("", False), ("ありがとう", False)],
)
def test_only_texts_without_east_asian_signs_are_asked_about(text: str, asked: bool) -> None:
    assert is_latin(text) is asked


def test_vectors_are_kept_for_the_next_process(tmp_path: Path) -> None:
    file, texts = tmp_path / "english.npy", ["my bill", "my plan"]
    first, second = (EnglishEncoder(english_encoder().folder) for _ in range(2))
    first.keep_in(file)
    made = first.vectors(texts)
    second.keep_in(file)
    written = file.stat().st_ino
    assert np.array_equal(second.vectors(texts[::-1]), made[::-1])
    assert file.stat().st_ino == written, "nothing was made anew"


def _word_pieces() -> WordPieces:
    return WordPieces(english_encoder().folder / "vocab.txt")


@pytest.mark.parametrize("columns", [1, 7, 512])
def test_gelu_is_what_its_definition_says(columns: int) -> None:
    wide = np.linspace(-12, 12, 1_536 * columns, dtype=np.float32).reshape(1_536, columns)
    wanted = wide * (1 + erf(wide.astype(np.float64) / np.sqrt(2))) / 2
    assert np.abs(gelu(wide) - wanted).max() < 2e-6
