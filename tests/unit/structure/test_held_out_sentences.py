"""The sentences that understanding is scored on stay out of what it learns from."""

from __future__ import annotations

import re

import pytest

from bot.assistant.nlu.normalise import Normaliser
from bot.training.evaluate import read_examples
from bot.training.held_out import FOLDER, intent_files, rows
from tests.unit.structure.language_data import DATA, examples

ROOT = DATA.parent
_SIGNS = re.compile(r"[\W_]+")
LEAST_SENTENCES = 400


@pytest.fixture(scope="module")
def normalise() -> Normaliser:
    return Normaliser()


def _key(text: str, normalise: Normaliser) -> str:
    return _SIGNS.sub("", normalise(text).lower())


def test_no_held_out_sentence_is_trained_on(normalise: Normaliser) -> None:
    learnt = {_key(example.typed, normalise) for example in read_examples(ROOT)}
    seen = [text for file in intent_files(ROOT / FOLDER) for _, text in rows(file) if _key(text, normalise) in learnt]
    assert learnt and seen == []


def test_every_held_out_intent_exists_and_no_sentence_stands_twice(normalise: Normaliser) -> None:
    known = set(examples())
    sentences: list[str] = []
    for file in intent_files(ROOT / FOLDER):
        for intent, text in rows(file):
            assert intent in known, f"{file.name}: {intent}"
            sentences.append(_key(text, normalise))
    assert len(sentences) == len(set(sentences)) > LEAST_SENTENCES
