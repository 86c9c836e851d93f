"""Somebody who types a button's words has pressed it."""

from __future__ import annotations

import pytest
from rasa.shared.core.events import BotUttered, Event, UserUttered

from bot.assistant.buttons import typed_button

_EVENTS: list[Event] = [
    BotUttered("What is it?", {"buttons": [{"title": "Something else", "payload": "/before"}]}),
    UserUttered("a bill"),
    BotUttered(
        "Which?",
        {
            "buttons": [
                {"title": "Mobile, 138 **** 5521", "payload": "/mobile"},
                {"title": "宽带", "payload": "/broadband"},
                {"title": "Twice", "payload": "/one"},
            ]
        },
    ),
    BotUttered("Or this?", {"buttons": [{"title": "twice", "payload": "/other"}]}),
]


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ("宽带。", "/broadband"),
        ("mobile 138 **** 5521", "/mobile"),
        ("宽带坏了", None),
        ("Something else", None),
        ("Twice", None),
        ("???", None),
    ],
)
def test_the_words_of_one_button_under_the_last_answer_press_it(text: str, payload: str | None) -> None:
    assert typed_button(text, _EVENTS) == payload
