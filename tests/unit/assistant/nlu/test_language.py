"""The language of a message is the one that frames it."""

import pytest

from bot.assistant.nlu.language import detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("我家宽带断了", "zh"),
        ("my internet is down", "en"),
        ("帮我check一下my bill please", "zh"),
        ("pls帮我看下data usage", "zh"),
        ("wifi 很慢", "zh"),
        ("can you help me 查一下流量", "en"),
        ("I want to 退订 this addon", "en"),
        ("hello", "en"),
        ("13800138000", None),
        ("TT20611234", None),
        ("tt2O611234", None),
        ("ok", None),
        ("", None),
        ("？？？", None),
    ],
)
def test_the_frame_decides(text: str, language: str | None) -> None:
    assert detect_language(text) == language
