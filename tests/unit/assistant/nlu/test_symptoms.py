"""When a symptom is looked for by meaning: only in reports where nothing else says what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.assistant.nlu.mentions import ENTITIES, Mention, add_mentions
from bot.assistant.nlu.symptom_model import Guess, SymptomModel
from bot.assistant.nlu.symptoms import SymptomExtractor

REPORT = "report_broadband_fault"


class _Sure(SymptomModel):
    """Finds that everything is slow."""

    def __init__(self) -> None:
        object.__setattr__(self, "limit", 0.8)

    def guess(self, text: str, vector: Any, intent: str) -> Guess:
        return Guess("slow", 0.91234)

    def place(self, text: str, label: str) -> tuple[int, int]:
        return (0, len(text))


@pytest.fixture
def extractor(tmp_path: Path) -> SymptomExtractor:
    config = {**SymptomExtractor.get_default_config(), "intents": [REPORT]}
    return SymptomExtractor(config, LocalModelStorage(tmp_path), Resource("symptoms"), _Sure())


def _found(extractor: SymptomExtractor, text: str, intent: str = REPORT, **given: Any) -> list[dict[str, Any]]:
    message = Message({TEXT: text, INTENT: {"name": intent}, **given})
    return list(extractor.process([message])[0].get(ENTITIES) or [])


def test_a_report_without_a_symptom_gets_one(extractor: SymptomExtractor) -> None:
    (entity,) = _found(extractor, "pages take all day")
    assert entity == {
        "entity": "symptom",
        "start": 0,
        "end": 18,
        "value": "slow",
        "text": "pages take all day",
        "extractor": "SymptomExtractor",
        "confidence_entity": 0.9123,
    }


def test_what_a_pattern_found_stays_alone(extractor: SymptomExtractor) -> None:
    message = Message({TEXT: "it drops", INTENT: {"name": REPORT}})
    add_mentions(message, [Mention("symptom", 3, 8, "intermittent")], "RulerEntityExtractor")
    extractor.process([message])
    assert [entity["value"] for entity in message.get(ENTITIES)] == ["intermittent"]
    assert "confidence_entity" not in message.get(ENTITIES)[0]


@pytest.mark.parametrize("intent", ["check_bill", "nlu_fallback"])
def test_nothing_is_looked_for_in_other_messages(extractor: SymptomExtractor, intent: str) -> None:
    assert _found(extractor, "pages take all day", intent) == []


def test_nothing_is_looked_for_in_a_bare_answer(extractor: SymptomExtractor) -> None:
    assert _found(extractor, "13800138000", scope={"bare": True}) == []


@pytest.mark.parametrize(
    "text",
    [
        "网不卡了",
        "昨天修好了",
        "the line is no longer noisy",
        "it isn't slow any more",
        "the internet is back",
        "works again",
        "not the broadband, it's the tv",
    ],
)
def test_what_is_over_or_taken_back_tells_no_symptom(extractor: SymptomExtractor, text: str) -> None:
    assert _found(extractor, text) == []


@pytest.mark.parametrize("text", ["my phone no longer rings", "the tv doesn't work any more", "打不出去电话了"])
def test_what_stopped_working_is_not_over(extractor: SymptomExtractor, text: str) -> None:
    assert _found(extractor, text) != []


def test_an_unsure_guess_is_left_out(extractor: SymptomExtractor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Sure, "guess", lambda self, text, vector, intent: Guess("slow", 0.79))
    assert _found(extractor, "pages take all day") == []


def _told(tmp_path: Path, examples: list[Message]) -> list[tuple[str, str]]:
    (tmp_path / "symptom.jsonl").write_text('{"label": "symptom", "pattern": "crawls", "id": "slow"}\n', "utf-8")
    config = {**SymptomExtractor.get_default_config(), "intents": [REPORT], "patterns": str(tmp_path)}
    made = SymptomExtractor(config, LocalModelStorage(tmp_path), Resource("symptoms"))
    return [(one.text, one.label) for _, one in made._told(examples, 7)]


def test_a_mark_teaches_and_a_pattern_where_there_is_none(tmp_path: Path) -> None:
    mark = {"entity": "symptom", "start": 0, "end": 5, "value": "intermittent"}
    examples = [
        Message({TEXT: "it crawls", INTENT: REPORT}),
        Message({TEXT: "it crawls and goes", INTENT: REPORT, ENTITIES: [mark]}),
        Message({TEXT: "a fault", INTENT: REPORT}),
        Message({TEXT: "hello", INTENT: "greet"}),
        Message({TEXT: "why it crawls", INTENT: "faq"}),
    ]
    assert sorted(_told(tmp_path, examples)) == [
        ("a fault", ""),
        ("hello", ""),
        ("it crawls", "slow"),
        ("it crawls and goes", "intermittent"),
    ]


def test_two_symptoms_in_one_example_teach_nothing(tmp_path: Path) -> None:
    marks = [
        {"entity": "symptom", "start": at, "end": at + 1, "value": value} for at, value in enumerate(("slow", "noise"))
    ]
    assert _told(tmp_path, [Message({TEXT: "both", INTENT: REPORT, ENTITIES: marks})]) == []
