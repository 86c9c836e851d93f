"""A small pipeline, trained by Rasa, saved to an archive and loaded again, understands what it learned."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rasa.model_training import train_nlu
from rasa.shared.nlu.training_data.message import Message

from bot.assistant.nlu.fallback import OutOfScopeFallback
from bot.assistant.parse import BadParseLine, parse_answer, parse_lines
from bot.assistant.understanding import NoLanguageModel, Understanding

CONFIG = """
recipe: default.v1
assistant_id: small
language: zh
pipeline:
- name: bot.assistant.nlu.tokenizer.SpacyMixedTokenizer
- name: bot.assistant.nlu.encoder.SentenceEncoderFeaturizer
- name: bot.assistant.nlu.language.LanguageDetector
- name: bot.assistant.nlu.classifier.HybridIntentClassifier
- name: bot.assistant.nlu.entities.RulerEntityExtractor
  patterns: {patterns}
- name: bot.assistant.nlu.entities.NumberEntityExtractor
- name: bot.assistant.nlu.entities_time.TimeExtractor
- name: bot.assistant.nlu.bare.BareAnswerMarker
- name: bot.assistant.nlu.fallback.OutOfScopeFallback
- name: bot.assistant.nlu.symptoms.SymptomExtractor
  patterns: {patterns}
  intents: [report_broadband_fault]
"""

EXAMPLES = {
    "check_bill": "查一下账单 | 我要看上个月的账单 | 账单明细给我看下 | 这个月账单多少"
    " | show me my bill | what is on my bill | bill for last month please | can I see the invoice items on my bill",
    "report_broadband_fault": "宽带断了 | 家里网络上不了 | 光猫红灯网断了 | 宽带好慢 | my internet is down"
    " | broadband keeps dropping | the router has no connection | wifi is very slow at home",
    "request_human": "转人工 | 我要找人工客服 | 让真人来 | 人工服务 | I want to talk to a person | get me an agent"
    " | human please | connect me to a real person",
    "faq/wifi_password": "WiFi密码怎么改 | 无线密码在哪里修改 | 忘了wifi密码怎么办 | 怎么设置无线网密码"
    " | how do I change my wifi password | where can I see the wifi password | reset wifi password | wifi key change",
    "out_of_scope": "帮我写首诗 | 明天股票会涨吗 | 西红柿炒蛋怎么做 | 推荐个电影 | write me a poem | who won the match"
    " | best recipe for pasta | what stocks should I buy",
}

PATTERNS = [
    {"label": "product", "pattern": "宽带", "id": "broadband"},
    {"label": "product", "pattern": "internet", "id": "broadband"},
    {"label": "symptom", "pattern": "宽带断了", "id": "no_service"},
    {"label": "symptom", "pattern": "断了", "id": "no_service"},
]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("small")
    (folder / "entities").mkdir()
    lines = "\n".join(json.dumps(pattern, ensure_ascii=False) for pattern in PATTERNS)
    (folder / "entities" / "patterns.jsonl").write_text(lines, encoding="utf-8")
    (folder / "config.yml").write_text(CONFIG.format(patterns=folder / "entities"), encoding="utf-8")
    (folder / "nlu.yml").write_text(_nlu_yaml(), encoding="utf-8")
    with pytest.MonkeyPatch.context() as environment, pytest.warns(UserWarning):
        environment.setenv("RASA_CACHE_DIRECTORY", str(folder / "cache"))
        environment.setenv("RASA_MAX_CACHE_SIZE", "0")
        model = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder), fixed_model_name="small")
    assert model is not None
    for pattern_file in (folder / "entities").iterdir():
        pattern_file.unlink()  # the archive has to be enough by itself
    yield Path(model)


@pytest.fixture(scope="module")
def understanding(archive: Path) -> Understanding:
    return Understanding.from_archive(archive)


def _nlu_yaml() -> str:
    blocks = ['version: "3.1"', "nlu:"]
    for intent, examples in EXAMPLES.items():
        blocks += [f"- intent: {intent}", "  examples: |"]
        blocks += [f"    - {example.strip()}" for example in examples.split("|")]
    return "\n".join(blocks) + "\n"


def parse(understanding: Understanding, text: str) -> dict[str, object]:
    return asyncio.run(understanding.parse(text))


@pytest.mark.parametrize(
    ("text", "intent", "language"),
    [
        ("帮我查下上月账单", "check_bill", "zh"),
        ("家裡寬頻斷了", "report_broadband_fault", "zh"),
        ("our internet is down again", "report_broadband_fault", "en"),
        ("找个人工", "request_human", "zh"),
    ],
)
def test_both_languages_are_understood_after_loading(
    understanding: Understanding, text: str, intent: str, language: str
) -> None:
    data = parse(understanding, text)
    ranking = data["intent_ranking"]
    assert isinstance(ranking, list)
    assert (ranking[0]["name"], data["language"]) == (intent, language)
    assert sum(entry["confidence"] for entry in ranking) == pytest.approx(1.0, abs=1e-3)


def test_a_question_that_an_article_answers_names_the_article(understanding: Understanding) -> None:
    data = asyncio.run(understanding.parse("wifi密码怎么改"))
    assert data["intent"]["name"] == "faq"
    assert data["intent"]["full_retrieval_intent_name"] == "faq/wifi_password"
    assert data["response_selector"]["default"]["response"]["intent_response_key"] == "faq/wifi_password"


def test_entities_refer_to_the_text_as_typed(understanding: Understanding) -> None:
    text = "  我家寬頻斷了，電話１３８ ００１３ ８０００"
    entities = asyncio.run(understanding.parse(text))["entities"]
    assert [(e["entity"], e["value"], text[e["start"] : e["end"]]) for e in entities] == [
        ("product", "broadband", "寬頻"),
        ("symptom", "no_service", "寬頻斷了"),
        ("phone_number", "+8613800138000", "１３８ ００１３ ８０００"),
    ]
    assert all(e["text"] == text[e["start"] : e["end"]] for e in entities)


@pytest.mark.parametrize("text", ["/request_human", ' /check_bill{"amount": "1"}', "/restart"])
def test_a_leading_slash_is_text_and_no_command(understanding: Understanding, text: str) -> None:
    data = asyncio.run(understanding.parse(text))
    assert data["text"] == text
    assert all(entity["extractor"] != "RegexMessageHandler" for entity in data["entities"])
    assert len(data["intent_ranking"]) == len(EXAMPLES)  # a command would have left one intent with confidence 1


def test_nothing_that_the_front_line_does_counts_as_fallback(understanding: Understanding) -> None:
    data = asyncio.run(understanding.parse("zxqv blorp fnord 嚯嚯嚯"))
    assert parse_answer(data)["fallback"] is True
    assert len(data["intent_ranking"]) == len(EXAMPLES)


def test_a_refused_message_keeps_its_ranking() -> None:
    ranking = [{"name": "check_bill", "confidence": 0.3}, {"name": "top_up", "confidence": 0.2}]
    message = Message({"text": "?", "intent": ranking[0], "intent_ranking": ranking, "scope": {"refused": True}})
    OutOfScopeFallback().process([message])
    assert message.get("intent") == {"name": "nlu_fallback", "confidence": 0.7}
    assert message.get("intent_ranking") == ranking


def test_a_message_inside_the_limits_keeps_its_intent() -> None:
    message = Message({"text": "?", "intent": {"name": "top_up", "confidence": 0.4}, "scope": {"refused": False}})
    OutOfScopeFallback().process([message])
    assert message.get("intent")["name"] == "top_up"


@pytest.mark.parametrize(
    ("text", "bare"),
    [("我的号码是13800138000", True), ("my number is 138 0013 8000", True), ("宽带断了", True), ("查账单", False)],
)
def test_an_answer_that_asks_for_nothing_is_marked(understanding: Understanding, text: str, bare: bool) -> None:
    assert asyncio.run(understanding.parse(text))["scope"]["bare"] is bare


def test_tomorrow_counts_from_now(understanding: Understanding) -> None:
    now = datetime(2026, 5, 1, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    entities = asyncio.run(understanding.parse("明天下午有人在家", now))["entities"]
    assert [entity["value"] for entity in entities] == [
        {"start": "2026-05-02T13:00:00+08:00", "end": "2026-05-02T18:00:00+08:00"}
    ]


def test_parse_answers_line_by_line_in_the_form_of_the_contract(archive: Path) -> None:
    source = io.StringIO(
        '{"text": "查一下账单", "now": "2026-05-01T09:00:00Z"}\n\n{"text": "帮我写首诗"}\n{"text": "WiFi密码怎么改"}\n'
    )
    target = io.StringIO()
    asyncio.run(parse_lines(archive, source, target))
    answers = [json.loads(line) for line in target.getvalue().splitlines()]
    assert [(answer["intent"], answer["fallback"]) for answer in answers] == [
        ("check_bill", False),
        ("out_of_scope", True),
        ("faq/wifi_password", False),
    ]
    assert all(
        set(answer) == {"text", "intent", "confidence", "fallback", "language", "entities"} for answer in answers
    )


@pytest.mark.parametrize("line", ["{", "[]", '{"text": 5}', '{"text": "x", "now": "gestern"}', "{}"])
def test_a_line_that_cannot_be_read_is_named(archive: Path, line: str) -> None:
    with pytest.raises(BadParseLine, match="Line 2"):
        asyncio.run(parse_lines(archive, io.StringIO(f'{{"text": "hi"}}\n{line}\n'), io.StringIO()))


def test_a_missing_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoLanguageModel, match="bot train"):
        Understanding.from_archive(tmp_path / "none.tar.gz")


def test_customer_text_is_not_printed(
    understanding: Understanding, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        parse(understanding, "my secret word is xylophone99")
    printed = capsys.readouterr()
    assert "xylophone99" not in printed.out + printed.err + caplog.text
