"""The time component against a table of expressions, sentences without a time, and arbitrary text."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.assistant.nlu.time_model import TimeMention
from bot.assistant.nlu.time_parser import LONGEST_TEXT, parse_times

DATA = Path(__file__).resolve().parents[3] / "data"
TABLE: dict[str, Any] = yaml.safe_load((DATA / "time_expressions.yml").read_text(encoding="utf-8"))
ZONE = ZoneInfo(TABLE["zone"])
SATURDAY = datetime(2026, 11, 21, 10, 0, tzinfo=ZONE)
FEWEST_EXPRESSIONS = 250
FEWEST_SENTENCES = 60
Range = tuple[datetime | None, datetime | None]


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE) if text else None


def _cases() -> list[Any]:
    cases = []
    for group in TABLE["groups"]:
        for item in group["expressions"]:
            pieces = item.get("candidates", [item])
            expected = tuple((_moment(piece["start"]), _moment(piece["end"])) for piece in pieces)
            case_id = f"{group['language']} {group['now'][5:]} {item['text']}"
            cases.append(pytest.param(item["text"], group["now"], group["language"], expected, id=case_id))
    return cases


def _sentences(name: str) -> list[str]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _said(text: str, now: datetime = SATURDAY, language: str = "zh") -> list[str]:
    return [text[mention.span[0] : mention.span[1]] for mention in parse_times(text, now, ZONE, language)]


@pytest.mark.parametrize(("text", "now", "language", "expected"), _cases())
def test_an_expression_means_what_a_careful_clerk_would_write_down(
    text: str, now: str, language: str, expected: tuple[Range, ...]
) -> None:
    mentions = parse_times(text, datetime.fromisoformat(now), ZONE, language)
    assert [mention.candidates for mention in mentions] == ([expected] if expected else [])


def test_the_table_is_as_large_as_promised() -> None:
    assert len(_cases()) >= FEWEST_EXPRESSIONS
    assert len(_sentences("time_absent.txt")) >= FEWEST_SENTENCES


@pytest.mark.parametrize("sentence", _sentences("time_absent.txt"))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_sentence_without_a_bookable_time_gives_none(sentence: str, language: str) -> None:
    assert parse_times(sentence, SATURDAY, ZONE, language) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("我想改到周四下午,谢谢", ["周四下午"]),
        ("把周三的师傅改到周五上午", ["周三", "周五上午"]),
        ("move it from Wednesday to Friday please", ["Wednesday", "Friday"]),
        ("Can someone come sometime Friday after 4?", ["Friday after 4"]),
        ("网断了,周一上午9点到11点能来吗", ["周一上午9点到11点"]),
        ("除了周三都行", ["除了周三"]),
        ("明天morning可以吗", ["明天morning"]),
    ],
)
def test_a_span_covers_the_words_of_the_time(text: str, words: list[str]) -> None:
    assert _said(text) == words


def test_results_are_in_the_operators_zone_whatever_zone_now_comes_in() -> None:
    now = datetime(2026, 11, 21, 2, 0, tzinfo=ZoneInfo("UTC"))
    [mention] = parse_times("明早9点", now, ZONE, "zh")
    assert mention.start == datetime(2026, 11, 22, 9, 0, tzinfo=ZONE)
    assert mention.start is not None and mention.start.utcoffset() == timedelta(hours=8)


def test_hours_are_counted_through_a_change_of_clocks() -> None:
    london = ZoneInfo("Europe/London")
    now = datetime(2026, 10, 24, 23, 30, tzinfo=london)
    [mention] = parse_times("in 3 hours", now, london, "en")
    assert mention.start == datetime(2026, 10, 25, 1, 30, tzinfo=london, fold=1)
    assert mention.start is not None and mention.start.utcoffset() == timedelta(0)


def test_a_long_text_is_read_up_to_its_limit() -> None:
    text = "x" * LONGEST_TEXT + " tomorrow"
    assert parse_times(text, SATURDAY, ZONE, "en") == []
    assert parse_times("tomorrow " + text, SATURDAY, ZONE, "en") != []


WORDS = st.sampled_from(
    [
        "明天",
        "后天",
        "下周三",
        "周五",
        "周一到",
        "上午",
        "下午",
        "晚上",
        "三点",
        "9点半",
        "到",
        "或者",
        "之前",
        "以后",
        "除了",
        "不行",
        "25号",
        "12月3号",
        "月底",
        "两小时",
        "内",
        "后",
        "今天",
        ",",
        "。",
        "的",
        "tomorrow",
        "friday",
        "next",
        "after",
        "before",
        "between",
        "4",
        "11am",
        "and",
        "to",
        "or",
        "not",
        "25th",
        "dec",
        "the",
        "morning",
        "noon",
        "in",
        "two",
        "hours",
        "weeks",
        "10:30",
        "3-5pm",
        "25/11",
        "within",
        "until",
        "国庆",
        "元旦",
        "半",
        "this",
        "weekend",
        "month",
        "每周",
        "昨天",
        "since",
    ]
)
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2034, 12, 31)).map(lambda moment: moment.replace(tzinfo=ZONE))


def _sound(mentions: list[TimeMention], text: str, now: datetime) -> None:
    end_of_last = 0
    for mention in mentions:
        begin, end = mention.span
        assert 0 <= begin < end <= len(text)
        assert begin >= end_of_last
        end_of_last = end
        assert mention.candidates
        assert mention.candidates[0] == (mention.start, mention.end)
        assert len(set(mention.candidates)) == len(mention.candidates)
        for start, finish in mention.candidates:
            assert start is not None or finish is not None
            assert start is None or start >= now
            assert finish is None or finish > now
            assert start is None or finish is None or start < finish


@given(
    words=st.lists(WORDS, max_size=9),
    glue=st.sampled_from(["", " "]),
    now=MOMENTS,
    language=st.sampled_from(["zh", "en"]),
)
@settings(max_examples=400, deadline=None, derandomize=True)
def test_any_order_of_time_words_gives_sound_ranges(words: list[str], glue: str, now: datetime, language: str) -> None:
    text = glue.join(words)
    _sound(parse_times(text, now, ZONE, language), text, now)


@given(text=st.text(max_size=80), now=MOMENTS)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_arbitrary_text_never_raises(text: str, now: datetime) -> None:
    _sound(parse_times(text, now, ZONE, "en"), text, now)


@given(expression=st.sampled_from([case.values[0] for case in _cases()]), now=MOMENTS)
@settings(max_examples=400, deadline=None, derandomize=True)
def test_the_tables_expressions_stay_sound_at_any_moment(expression: str, now: datetime) -> None:
    _sound(parse_times(expression, now, ZONE, "zh"), expression, now)
