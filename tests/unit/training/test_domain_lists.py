"""Names go into `domain.yml` and out again without a trace."""

from __future__ import annotations

from pathlib import Path

from bot.training.data.files import load, read_text, with_item, without_item

ROOT = Path(__file__).resolve().parents[3]


def test_a_name_comes_and_goes_without_a_trace() -> None:
    text = read_text(ROOT, "domain.yml")
    longer = with_item(text, "domain.yml", "intents", "ask_moon")
    assert "ask_moon" in load(longer, "domain.yml")["intents"]
    assert len(longer) - len(text) == len("- ask_moon\n")
    assert without_item(longer, "domain.yml", "intents", "ask_moon") == text
    assert without_item(text, "domain.yml", "intents", "ask_moon") == text
