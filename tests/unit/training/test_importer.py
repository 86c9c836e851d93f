"""The importer reads what Rasa's own reads, and says where a file is wrong."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.features import Features

from bot.training.importer import DataFileWrong, Example, FrontlineImporter

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("part", ["data/nlu/account.zh.yml", "data/nlu/general.en.yml", "data/responses/general.yml"])
def test_reads_what_rasa_reads(part: str) -> None:
    file = str(ROOT / part)
    ours, rasas = (kind(training_data_paths=[file]).get_nlu_data() for kind in (FrontlineImporter, RasaFileImporter))
    assert ours.training_examples or ours.responses
    assert [example.data for example in ours.training_examples] == [example.data for example in rasas.training_examples]
    assert ours.responses == rasas.responses


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    hello\n', 'does not begin with "- "'),
        ('version: "3.1"\nnlu:\n- intent: greet\n', "each block of nlu has an intent and examples"),
    ],
)
def test_says_what_is_wrong_and_where(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "greetings.en.yml"
    file.write_text(text, "utf-8")
    with pytest.raises(DataFileWrong) as caught:
        FrontlineImporter(training_data_paths=[str(file)]).get_nlu_data()
    assert "greetings.en.yml" in str(caught.value)
    assert problem in str(caught.value)


def test_words_that_older_yaml_takes_for_truth_values_stay_words(tmp_path: Path) -> None:
    file = tmp_path / "responses.yml"
    file.write_text('version: "3.1"\nresponses:\n  utter_x:\n  - text: yes\n    id: on\n', "utf-8")
    read = FrontlineImporter(training_data_paths=[str(file)]).get_nlu_data()
    assert read.responses == {"utter_x": [{"text": "yes", "id": "on"}]}


def test_the_digest_of_an_example_follows_everything_on_it() -> None:
    example = Example({"text": "my bill", "intent": "check_bill"})
    digests = [example.fingerprint()]
    assert copy.deepcopy(example).fingerprint() == digests[0]
    assert Example({"intent": "check_bill", "text": "my bill"}).fingerprint() == digests[0]
    for tokens in ([Token("my", 0), Token("bill", 3)], [Token("my", 0), Token("bill", 4)], [Token("my bill", 0)]):
        example.set("text_tokens", tokens)
        digests.append(example.fingerprint())
    for vector in ([[1.0, 2.0]], [[1.0, 3.0]]):
        example.features = []
        example.add_features(Features(np.array(vector, dtype=np.float32), "sentence", "text", "encoder"))
        digests.append(example.fingerprint())
    assert len(set(digests)) == len(digests)
    assert copy.deepcopy(example).fingerprint() == digests[-1]
