"""The importer reads what Rasa's own reads, and says where a file is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.shared.importers.rasa import RasaFileImporter

from bot.training.importer import DataFileWrong, FrontlineImporter

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
