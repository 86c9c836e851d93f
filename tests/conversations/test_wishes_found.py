"""How many messages of two wishes fall apart as they should, and how few of one wish do, with the model that serves."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

import pytest
import yaml

from bot.assistant.nlu.clauses import find_cuts
from bot.assistant.nlu.normalise import Normaliser, lower_keeping_length
from bot.assistant.understanding import Understanding
from bot.settings import ROOT, Settings
from bot.training.evaluate import read_examples
from bot.training.registry import verified_model

_LEAST_FOUND = 0.9
_MOST_BROKEN = 0.005
_NOW = datetime(2026, 5, 6, 9, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    settings = Settings.from_env()
    return Understanding.from_archive(ROOT / settings.model if settings.model else verified_model(ROOT / "models"))


@pytest.fixture(scope="module")
def messages() -> Mapping[str, Any]:
    return dict(yaml.safe_load((ROOT / "tests" / "data" / "two_wishes.yml").read_text("utf-8")))


def _wishes(understanding: Understanding, texts: Sequence[str]) -> list[list[str]]:
    async def parse() -> list[list[str]]:
        parsed = [await understanding.parse(text, _NOW) for text in texts]
        return [[wish["full_intent"] for wish in data.get("wishes", ())] for data in parsed]

    return asyncio.run(parse())


def test_two_wishes_are_found_in_their_order(understanding: Understanding, messages: Mapping[str, Any]) -> None:
    found = _wishes(understanding, [item["text"] for item in messages["wishes"]])
    missed = [item for item, wishes in zip(messages["wishes"], found, strict=True) if wishes != item["intents"]]
    assert len(found) - len(missed) >= _LEAST_FOUND * len(found), missed


def test_one_wish_stays_whole(understanding: Understanding, messages: Mapping[str, Any]) -> None:
    found = _wishes(understanding, messages["single"])
    assert not [text for text, wishes in zip(messages["single"], found, strict=True) if wishes]


def test_examples_of_one_wish_are_hardly_ever_broken_apart(understanding: Understanding) -> None:
    normalise, examples = Normaliser(), read_examples(ROOT)
    torn = [item for item in examples if find_cuts(lower_keeping_length(normalise(item.typed)))]
    found = _wishes(understanding, [item.typed for item in torn])
    broken = [item.typed for item, wishes in zip(torn, found, strict=True) if wishes]
    assert len(broken) <= _MOST_BROKEN * len(examples), broken
