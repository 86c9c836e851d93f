"""The model of symptoms: what it learns, that it says when a message tells none, storage, determinism."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.assistant.nlu.layers import Matrix
from bot.assistant.nlu.symptoms_by_meaning import NONE, SymptomModel

TOLD = {"noise": "电话里沙沙响", "slow": "网页打开要半天", NONE: "我家电话坏了"}
TEXTS = [text for text in TOLD.values() for _ in range(6)]
SYMPTOMS = [symptom for symptom in TOLD for _ in range(6)]


def _vectors() -> Matrix:
    """Return one unit vector an example, close to that of its symptom."""
    random = np.random.default_rng(5)
    centres = {symptom: random.standard_normal(512) for symptom in TOLD}
    rows = np.array([centres[symptom] + 0.2 * random.standard_normal(512) for symptom in SYMPTOMS])
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("symptom", TOLD)
def test_what_is_like_an_example_is_told_from_the_others(symptom: str) -> None:
    model = SymptomModel.train(TEXTS, _vectors(), SYMPTOMS)
    assert model is not None
    found, chance = model.likeliest(TOLD[symptom], _vectors()[SYMPTOMS.index(symptom)])
    assert (found, chance > 0.7) == (symptom, True)


def test_symptoms_of_too_few_examples_are_left_out() -> None:
    assert SymptomModel.train(TEXTS[:8], _vectors()[:8], SYMPTOMS[:8]) is None


def test_what_is_stored_is_the_same_each_time_and_finds_the_same(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    models = [SymptomModel.train(TEXTS, _vectors(), SYMPTOMS) for _ in folders]
    for folder, model in zip(folders, models, strict=True):
        folder.mkdir()
        assert model is not None
        model.save(folder)
    first, second = ({file.name: file.read_bytes() for file in folder.iterdir()} for folder in folders)
    assert first == second
    loaded, model = SymptomModel.load(folders[0]), models[1]
    assert loaded is not None and model is not None
    assert loaded.likeliest("沙沙响", _vectors()[0]) == model.likeliest("沙沙响", _vectors()[0])


def test_a_model_of_nothing_loads_as_none(tmp_path: Path) -> None:
    assert SymptomModel.load(tmp_path) is None
