"""Every cause that the service names has words on the trainers' pages, in both languages."""

from __future__ import annotations

import re

import pytest

from tests.service import ROOT

_CASE = re.compile(r'Cause\(\s*"(\w+)"')
_PAGES = ROOT / "bot" / "web" / "console" / "src" / "i18n"


def _named() -> set[str]:
    return {case for file in (ROOT / "bot").rglob("*.py") for case in _CASE.findall(file.read_text("utf-8"))}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_cause_has_words(language: str) -> None:
    why, wanted, got = (_words(language, group) for group in ("why", "wanted", "got"))
    assert wanted == got
    assert why | wanted == _named() and len(why) > 10


def _words(language: str, group: str) -> set[str]:
    text = (_PAGES / language / "training_causes.ts").read_text("utf-8").partition(f"\n  {group}: {{")[2]
    return set(re.findall(r"^    (\w+):", text.partition("\n  },")[0], re.MULTILINE))
