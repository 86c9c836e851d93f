"""The model of symptoms without Rasa: what it finds and where, what it leaves alone, storage, determinism."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bot.assistant.nlu.intent_model import ModelDoesNotFit
from bot.assistant.nlu.layers import Matrix
from bot.assistant.nlu.symptom_model import NONE, SymptomChoices, SymptomModel, Told

SIZE = 512
BROADBAND, LANDLINE = "report_broadband_fault", "report_landline_fault"
INTENTS = (BROADBAND, LANDLINE)
WORDS = {
    "slow": ["it crawls", "pages crawl along", "crawling all day"],
    "noise": ["it crackles", "crackling line", "hear it crackle"],
    NONE: ["it is a fault", "a fault to report", "report a fault"],
}
EXAMPLES = [
    Told(f"{text} number {number}", LANDLINE if label == "noise" else BROADBAND, label)
    for number in range(12)
    for label, texts in WORDS.items()
    for text in texts
]


def _vector(label: str, seed: int) -> Matrix:
    """A unit vector close to that of its label."""
    centre = np.random.default_rng(sorted(WORDS).index(label)).standard_normal(SIZE)
    vector = centre + 0.3 * np.random.default_rng(100 + seed).standard_normal(SIZE)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


VECTORS = np.array([_vector(example.label, number) for number, example in enumerate(EXAMPLES)])


def _trained() -> SymptomModel:
    model = SymptomModel.train(EXAMPLES, VECTORS, INTENTS, SymptomChoices())
    assert model is not None
    return model


@pytest.fixture(scope="module")
def model() -> SymptomModel:
    return _trained()


@pytest.mark.parametrize(
    ("text", "label", "intent"), [("so it crawls", "slow", BROADBAND), ("a crackle", "noise", LANDLINE)]
)
def test_a_symptom_is_found_in_new_words(model: SymptomModel, text: str, label: str, intent: str) -> None:
    guess = model.guess(text, _vector(label, 999), intent)
    assert guess.label == label
    assert guess.probability >= model.limit


def test_a_report_without_a_symptom_stays_below_the_limit(model: SymptomModel) -> None:
    assert model.guess("there is a fault", _vector(NONE, 999), BROADBAND).probability < model.limit


def test_the_part_that_tells_it_is_pointed_at(model: SymptomModel) -> None:
    text = "hello, report a fault, the line is crackling all day, thanks"
    start, end = model.place(text, "noise")
    assert text[start:end] == "the line is crackling all day"


def test_a_message_without_signs_is_the_place_itself(model: SymptomModel) -> None:
    assert model.place("it crawls", "slow") == (0, len("it crawls"))


def test_labels_that_say_nothing_about_the_sentence_give_no_limit() -> None:
    random = np.random.default_rng(5)
    mixed = [example._replace(label=str(random.choice(["slow", "noise"]))) for example in EXAMPLES]
    trained = SymptomModel.train(mixed, VECTORS, INTENTS, SymptomChoices(precision=1.0))
    assert trained is not None
    sure = [trained.guess(one.text, row, one.intent).probability for one, row in zip(EXAMPLES, VECTORS, strict=True)]
    assert trained.limit > float(np.median(sure))


def test_too_few_examples_give_no_model() -> None:
    assert SymptomModel.train(EXAMPLES[:20], VECTORS[:20], INTENTS, SymptomChoices()) is None


def test_the_same_examples_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        _trained().save(tmp_path / name)
    files = sorted(file.name for file in (tmp_path / "first").iterdir())
    assert files == ["symptoms.json", "symptoms.npz"]
    assert all((tmp_path / "first" / file).read_bytes() == (tmp_path / "second" / file).read_bytes() for file in files)


def test_a_stored_model_finds_the_same(model: SymptomModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    loaded = SymptomModel.load(tmp_path)
    assert loaded is not None
    assert loaded.limit == model.limit
    assert loaded.guess("so it crawls", VECTORS[0], BROADBAND) == model.guess("so it crawls", VECTORS[0], BROADBAND)


def test_a_model_of_another_version_is_refused(model: SymptomModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    tables = json.loads((tmp_path / "symptoms.json").read_text("utf-8"))
    (tmp_path / "symptoms.json").write_text(json.dumps({**tables, "format": 0}), "utf-8")
    with pytest.raises(ModelDoesNotFit):
        SymptomModel.load(tmp_path)


def test_an_archive_without_one_is_no_failure(tmp_path: Path) -> None:
    assert SymptomModel.load(tmp_path) is None
