"""`parse --explain` on a small model, and models that do not fit: what a person is told."""

from __future__ import annotations

import asyncio
import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from rasa.model_training import train_nlu

from bot.assistant.explain import Explainer
from bot.assistant.nlu.intent_model import ModelDoesNotFit
from bot.assistant.parse import parse_lines
from bot.assistant.understanding import Understanding

ROOT = Path(__file__).resolve().parents[2]
CONFIG = """
recipe: default.v1
assistant_id: small
language: zh
pipeline:
- name: bot.assistant.nlu.tokenizer.SpacyMixedTokenizer
- name: bot.assistant.nlu.encoder.SentenceEncoderFeaturizer
- name: bot.assistant.nlu.classifier.HybridIntentClassifier
"""
EXAMPLES = {
    "check_bill": "查一下账单 | 我要看上个月的账单 | 账单明细 | show me my Bill | what is on my bill | last bill",
    "report_fault": "宽带断了 | 家里宽带上不了网 | 宽带好慢 | internet is down | internet keeps dropping | no internet",
    "request_human": "转人工 | 我要找人工客服 | 让真人来 | a person please | get me an agent | human agent now",
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("explained")
    (folder / "config.yml").write_text(CONFIG, encoding="utf-8")
    intents = [
        {"intent": name, "examples": "".join(f"- {text.strip()}\n" for text in texts.split("|"))}
        for name, texts in EXAMPLES.items()
    ]
    # Rasa looks for a line that begins with "nlu:"
    (folder / "nlu.yml").write_text(f'version: "3.1"\nnlu: {json.dumps(intents, ensure_ascii=False)}\n', "utf-8")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("RASA_CACHE_DIRECTORY", str(folder / "cache"))
        environment.setenv("RASA_MAX_CACHE_SIZE", "0")
        model = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder), fixed_model_name="small")
    assert model is not None
    yield Path(model)


@pytest.fixture(scope="module")
def old_archive(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same archive as a version before this one would have written it."""
    old = tmp_path_factory.mktemp("old") / "old.tar.gz"
    with tarfile.open(archive) as source, tarfile.open(old, "w:gz") as target:
        for member in source.getmembers():
            content = source.extractfile(member) if member.isfile() else None
            data = content.read() if content else b""
            if member.name.endswith("tables.json"):
                data = json.dumps({**json.loads(data), "format": 1}).encode()
                member.size = len(data)
            target.addfile(member, io.BytesIO(data))
    return old


@pytest.mark.parametrize(
    ("text", "intent", "token", "nearest"),
    [
        ("show me the bill", "check_bill", "bill", "show me my Bill"),
        ("我家宽带断了", "report_fault", "宽", "宽带断了"),
    ],
)
def test_the_word_that_decides_weighs_most_and_examples_are_shown_as_written(
    archive: Path, text: str, intent: str, token: str, nearest: str
) -> None:
    explained = Explainer.from_archive(archive).explain(text)
    assert explained["intent"] == intent
    assert explained["nearest"][0]["text"] == nearest
    assert explained["nearest"][0]["intent"] == intent
    similarities = [example["similarity"] for example in explained["nearest"]]
    assert similarities == sorted(similarities, reverse=True)
    weights = [abs(entry["weight"]) for entry in explained["tokens"]]
    assert weights == sorted(weights, reverse=True)
    assert token in [entry["text"] for entry in explained["tokens"][:2]]
    assert all(e["weight"] == pytest.approx(e["words"] + e["meaning"], abs=2e-3) for e in explained["tokens"])


@pytest.mark.parametrize("text", ["", "???", "13800138000"])
def test_a_text_without_words_is_explained_too(archive: Path, text: str) -> None:
    explained = Explainer.from_archive(archive).explain(text)
    assert len(explained["nearest"]) == 5
    assert len(explained["tokens"]) <= 1


def test_only_who_asks_gets_an_explanation(archive: Path) -> None:
    answers = []
    for explain in (False, True):
        target = io.StringIO()
        asyncio.run(parse_lines(archive, io.StringIO('{"text": "get me a person"}\n'), target, explain))
        answers.append(json.loads(target.getvalue()))
    assert "explain" not in answers[0]
    assert answers[1]["explain"]["intent"] == answers[1]["intent"] == "request_human"


def test_a_model_of_another_version_is_refused_with_the_command_that_repairs_it(old_archive: Path) -> None:
    for load in (Understanding.from_archive, Explainer.from_archive):
        with pytest.raises(ModelDoesNotFit, match="python -m bot train"):
            load(old_archive)


@pytest.mark.parametrize("command", [["parse"], ["serve", "--port", "0"]])
def test_the_command_line_says_it_in_one_sentence(old_archive: Path, tmp_path: Path, command: list[str]) -> None:
    environment = {
        **os.environ,
        "FRONTLINE_MODEL": str(old_archive),
        "FRONTLINE_DATA_DIR": str(tmp_path),
        "PYTHONWARNINGS": "ignore",
    }
    done = subprocess.run(
        [sys.executable, "-m", "bot", *command],
        cwd=ROOT,
        env=environment,
        input='{"text": "hi"}\n',
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 1
    assert "Train again: python -m bot train." in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
