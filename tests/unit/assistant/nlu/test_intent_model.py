"""The intent model without Rasa: votes of the nearest examples, n-grams kept, storage, determinism."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.assistant.nlu.choices import TrainingChoices
from bot.assistant.nlu.english_encoder import english_encoder
from bot.assistant.nlu.intent_model import IntentModel, ModelDoesNotFit
from bot.assistant.nlu.layers import GATHERED_SIZE, Matrix
from bot.assistant.nlu.ngrams import NgramTable
from bot.assistant.nlu.scope import ExampleSpace, ScopeLimits, _largest
from bot.assistant.nlu.softmax import SoftmaxWeights, mean_weights

SIZE = 512
TEXTS = ["查话费", "话费还剩多少", "余额", "没信号", "手机没信号", "信号差", "人工", "转人工", "找人工"] * 2
NAMES = (["check_balance"] * 3 + ["report_mobile_fault"] * 3 + ["request_human"] * 3) * 2


def _vectors() -> Matrix:
    """Return one unit vector an example, close to that of its intent."""
    random = np.random.default_rng(3)
    centres = {name: random.standard_normal(SIZE) for name in sorted(set(NAMES))}
    rows = np.array([centres[name] + 0.3 * random.standard_normal(SIZE) for name in NAMES])
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def _meanings() -> Matrix:
    """Return the same, and behind each what the last layers would have made it from: the same of every text."""
    return np.concatenate([_vectors(), np.ones((len(NAMES), GATHERED_SIZE), dtype=np.float32)], axis=1)


def _choices(**given: Any) -> TrainingChoices:
    few: dict[str, Any] = {"folds": 2, "tuning_epochs": 1}
    return TrainingChoices(**few | given)


def _trained(**choices: Any) -> IntentModel:
    return IntentModel.train(TEXTS, _meanings(), NAMES, _choices(**choices), english_encoder().vectors)


def test_votes_go_to_the_intent_of_the_nearest_examples() -> None:
    vectors = _vectors()
    intents = np.array([sorted(set(NAMES)).index(name) for name in NAMES])
    nearness, votes = ExampleSpace.fit(vectors, intents).ask_neighbours(vectors, 3)
    assert votes.shape == (len(NAMES), 3)
    assert np.allclose(votes.sum(axis=1), 1, atol=1e-5)
    assert (votes.argmax(axis=1) == intents).all()
    assert ((nearness > 0) & (nearness <= 1.001)).all()


def test_an_example_does_not_vote_on_itself_when_folds_are_asked() -> None:
    vectors = np.eye(4, SIZE, dtype=np.float32)
    space = ExampleSpace.fit(vectors, np.arange(4))
    _, votes = space.ask_other_folds(np.arange(4), 4)
    assert np.diag(votes).max() == 0


def test_rare_character_sequences_are_dropped_and_single_characters_kept() -> None:
    table, _ = NgramTable.fit(["没信号", "没话费"])
    assert "c信" in table.columns
    assert "c没" in table.columns
    assert "c信号" not in table.columns
    assert "c 没" in table.columns


def test_what_fitting_leaves_of_its_texts_is_what_asking_for_them_gives() -> None:
    texts = ["没信号", "", "my bill is is high", "没话费", "my bill", "my bill?", "没 bill"]
    table, rows = NgramTable.fit(texts)
    assert np.allclose(rows.toarray(), table.matrix(texts).toarray(), atol=1e-6)
    assert rows.shape == (len(texts), len(table.grams)) and rows.dtype == np.float32
    lengths = np.linalg.norm(rows.toarray(), axis=1)
    assert np.allclose(lengths, np.where(np.arange(len(texts)) == 1, 1, np.sqrt(2)), atol=1e-6)


@pytest.mark.parametrize("width", [5, 24, 31, 767, 800, 5_003])
def test_the_largest_values_are_found_wherever_they_stand(width: int) -> None:
    values = np.random.default_rng(width).random((40, width), dtype=np.float32)
    values[:, -1] = 2.0
    count = min(24, width)
    found = np.take_along_axis(values, _largest(values, count), axis=1)
    assert np.array_equal(np.sort(found, axis=1), np.sort(values, axis=1)[:, -count:])


def test_mean_of_weights() -> None:
    ones = SoftmaxWeights(np.ones((2, 2), np.float32), np.ones((3, 2), np.float32), np.ones(2, np.float32))
    threes = SoftmaxWeights(ones.dense * 3, ones.grams * 3, ones.bias * 3)
    mean = mean_weights([ones, threes])
    assert (mean.dense == 2).all()
    assert (mean.grams == 2).all()
    assert (mean.bias == 2).all()


def test_the_same_examples_give_the_same_model_byte_for_byte(tmp_path: Path) -> None:
    files = []
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        _trained().save(folder)
        files.append({file.name: file.read_bytes() for file in folder.iterdir()})
    assert files[0] == files[1]


def test_other_examples_or_choices_give_another_fingerprint() -> None:
    model = _trained()
    assert model.fingerprint == _trained().fingerprint
    assert model.fingerprint != _trained(strength=3.0).fingerprint
    texts = [*TEXTS[:-1], "客服"]
    other = IntentModel.train(texts, _meanings(), NAMES, _choices(), english_encoder().vectors)
    assert other.fingerprint != model.fingerprint


def test_limits_refuse_the_share_of_unseen_examples_that_was_allowed() -> None:
    random = np.random.default_rng(5)
    scores, nearness = (random.standard_normal(1000).astype(np.float32) for _ in range(2))
    limits = ScopeLimits.from_unseen(scores, nearness, 0.02)
    assert limits.refuses(limits.familiarity(scores, nearness)).sum() == 20
    few = np.array([[-10, 0], [0, -10], [0, 0]], dtype=np.float32)
    assert limits.refuses(limits.familiarity(few[:, 0], few[:, 1])).tolist() == [True, True, False]


def test_a_stored_model_understands_as_before(tmp_path: Path) -> None:
    model, meaning = _trained(), _meanings()[3:4]
    model.save(tmp_path)
    [before] = model.understand(["没信号"], meaning, 3)
    assert IntentModel.load(tmp_path).understand(["没信号"], meaning, 3) == [before]
    assert before.ranking[0][0] == "report_mobile_fault"
    assert sum(confidence for _, confidence in before.ranking) == pytest.approx(1, abs=1e-4)


def test_messages_are_understood_together_as_they_are_alone() -> None:
    model, texts, meanings = _trained(), ["没信号", "", "话费多少", "nothing of this"], _meanings()[:4]
    together = model.understand(texts, meanings, 3)
    for number, one in enumerate(together):
        [alone] = model.understand([texts[number]], meanings[number : number + 1], 3)
        assert [label for label, _ in one.ranking] == [label for label, _ in alone.ranking]
        assert [chance for _, chance in one.ranking] == pytest.approx([c for _, c in alone.ranking], abs=1e-5)
        assert one.nearness == pytest.approx(alone.nearness, abs=1e-5)
        assert one.refused == alone.refused
    assert model.understand([], meanings[:0], 3) == []


def test_votes_count_as_much_as_they_are_given() -> None:
    [alone] = _trained(neighbour_share=1.0).understand(["没信号"], _meanings()[:1], 1)
    assert alone.ranking[0][0] == "check_balance", "with all votes to the neighbours the text does not count"


def test_a_model_of_an_older_format_is_refused(tmp_path: Path) -> None:
    _trained().save(tmp_path)
    tables = json.loads((tmp_path / "tables.json").read_text(encoding="utf-8"))
    for other in ({"format": 1}, {"encoder": "another"}):
        (tmp_path / "tables.json").write_text(json.dumps({**tables, **other}), encoding="utf-8")
        with pytest.raises(ModelDoesNotFit, match="Train again"):
            IntentModel.load(tmp_path)
