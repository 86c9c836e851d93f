"""Tokens: Chinese by character, the rest by word."""

import pytest

from bot.assistant.nlu.tokens import blank_language, token_spans


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("我家WiFi断了", ["我", "家", "WiFi", "断", "了"]),
        ("don't stop 5G", ["don't", "stop", "5", "G"]),
        ("TT20611234号", ["TT", "20611234", "号"]),
        ("100M宽带,好慢!", ["100", "M", "宽", "带", ",", "好", "慢", "!"]),
        ("  ", []),
    ],
)
def test_a_text_falls_into_tokens(text: str, tokens: list[str]) -> None:
    assert [text[start:end] for start, end in token_spans(text)] == tokens


def test_spacy_sees_the_same_tokens() -> None:
    text = "我的 bill  是多少 😀 ok"
    assert [token.text for token in blank_language().make_doc(text)] == [text[s:e] for s, e in token_spans(text)]
