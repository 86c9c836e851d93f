"""Words that look misspelt, and words that are only seldom written."""

from __future__ import annotations

import pytest

from bot.training.data.model import Example
from bot.training.findings.model import Finding, Kind
from bot.training.findings.spelling import misspelt
from bot.training.findings.words import word_list

_USUAL = {
    "en": ["pay my bill now", "bill and balance", "my phone number", "house with a line"],
    "zh": ["没有信号了", "宽带坏了", "取消预约", "人工客服"],
}
_OFTEN = 220


@pytest.fixture(scope="module")
def found_in() -> object:
    """Finds what is misspelt in sentences that stand beside usual ones."""
    is_word = word_list()

    def find(*texts: str) -> list[Finding]:
        usual = [
            Example("check_bill", f"data/nlu/a.{language}.yml", line, text)
            for language, own in _USUAL.items()
            for line, text in enumerate(own * _OFTEN, 3)
        ]
        languages = ["en" if text.isascii() else "zh" for text in texts]
        asked = [
            Example("check_bill", f"data/nlu/b.{language}.yml", line, text)
            for line, (text, language) in enumerate(zip(texts, languages, strict=True), 3)
        ]
        return misspelt([*usual, *asked], is_word)

    return find


@pytest.mark.parametrize(
    ("text", "word", "right"),
    [
        ("what is my balnce", "balnce", "balance"),  # left out
        ("what is my ballance", "ballance", "balance"),  # put in
        ("my blil", "blil", "bill"),  # changed places
        ("what is my balanse", "balanse", "balance"),  # taken for its like
        ("[Balnce](thing) please", "balnce", "balance"),
        ("没有信耗了", "信耗", "信号"),  # sounds alike
        ("宽代坏了", "宽代", "宽带"),
        ("取肖预约", "取肖", "取消"),
        ("仁工客服", "仁工", "人工"),
    ],
)
def test_a_slip_is_found_with_what_should_stand_there(found_in, text: str, word: str, right: str) -> None:  # type: ignore[no-untyped-def]
    [finding] = found_in(text)
    assert (finding.kind, finding.word, finding.right) == (Kind.misspelt, word, right)
    assert finding.example.text == text and finding.example.line == 3
    shown = finding.as_json()
    assert (shown["word"], shown["right"], shown["other"]) == (word, right, None)
    assert right in shown["advice"]


@pytest.mark.parametrize(
    "text",
    [
        "a mouse in it",  # a word of its own, one letter from house
        "my bills",  # another form
        "pill",  # another first letter
        "who's billl-board is it",  # a part of another word
        "手机是什么型号",  # 型号 is a word, though it sounds like 信号
        "去消费",  # 去消 is the end of one word and the beginning of another
        "的信号",
    ],
)
def test_what_is_seldom_is_not_misspelt(found_in, text: str) -> None:  # type: ignore[no-untyped-def]
    assert found_in(text) == []


def test_what_many_write_is_how_it_is_written(found_in) -> None:  # type: ignore[no-untyped-def]
    assert found_in(*["what is my balnce", "balnce please", "balnce of my line"]) == []
