"""Reads what trainers edit: intents, examples, responses, flows, rules, articles, and the names that Python uses."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT / "data"
LANGUAGES = ("zh", "en")
#: read by bot/wording.py, not by Rasa
NOT_RESPONSES = ("terms.yml",)
#: these would fit every response
_TOO_WIDE = frozenset([r"utter_\w+", r"utter_ask_\w+"])
#: and one without letters of its own would fit every name
_LETTERS = re.compile(r"[a-z]{3}")


@dataclass(frozen=True)
class Response:
    name: str
    #: file name without its ending
    topic: str
    #: language → variations
    variations: Mapping[str, tuple[Mapping[str, Any], ...]]

    def placeholders(self, language: str) -> set[str]:
        """Names that the texts of one language are filled with."""
        return {
            name
            for variation in self.variations[language]
            for _, name, _, _ in Formatter().parse(str(variation.get("text") or ""))
            if name
        }

    def buttons(self) -> Iterator[Mapping[str, Any]]:
        for variations in self.variations.values():
            for variation in variations:
                yield from variation.get("buttons") or ()


@lru_cache(maxsize=1)
def domain() -> Mapping[str, Any]:
    return dict(yaml.safe_load((ROOT / "domain.yml").read_text("utf-8")))


@lru_cache(maxsize=1)
def responses() -> tuple[Response, ...]:
    found = []
    for path in sorted((DATA / "responses").glob("*.yml")):
        if path.name not in NOT_RESPONSES:
            for name, variations in yaml.safe_load(path.read_text("utf-8"))["responses"].items():
                by_language: dict[str, list[Mapping[str, Any]]] = {}
                for variation in variations:
                    by_language.setdefault(_language(variation), []).append(variation)
                found.append(Response(name, path.stem, {key: tuple(items) for key, items in by_language.items()}))
    return tuple(found)


def _language(variation: Mapping[str, Any]) -> str:
    conditions = variation.get("condition") or []
    return next((str(item["value"]) for item in conditions if item["name"] == "language"), "zh")


@lru_cache(maxsize=1)
def examples() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Intent → language → its examples, as written."""
    found: dict[str, dict[str, list[str]]] = {}
    for path in sorted((DATA / "nlu").glob("*.yml")):
        language = path.stem.rpartition(".")[2]
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            lines = [line[2:].strip() for line in block["examples"].splitlines() if line.startswith("- ")]
            found.setdefault(block["intent"], {}).setdefault(language, []).extend(lines)
    return {intent: {key: tuple(lines) for key, lines in both.items()} for intent, both in found.items()}


@lru_cache(maxsize=1)
def articles() -> Mapping[str, Mapping[str, Any]]:
    return {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted((DATA / "knowledge").glob("*.yml"))}


@lru_cache(maxsize=1)
def rule_words() -> frozenset[str]:
    """Intents and actions of `data/rules` and `data/stories`."""
    found = set()
    for folder in ("rules", "stories"):
        for path in (DATA / folder).glob("*.yml"):
            for item in _leaves(yaml.safe_load(path.read_text("utf-8"))):
                found.add(item)
    return frozenset(found)


@lru_cache(maxsize=1)
def flow_words() -> frozenset[str]:
    """Every key and value of `data/flows`."""
    return frozenset(
        item for path in (DATA / "flows").glob("*.yml") for item in _leaves(yaml.safe_load(path.read_text("utf-8")))
    )


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    elif value is not None:
        yield str(value)


@dataclass(frozen=True)
class PythonNames:
    """Strings of `bot/` and `actions/`: whole ones, and patterns of those put together from parts."""

    whole: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]

    def use(self, name: str) -> bool:
        return name in self.whole or any(pattern.fullmatch(name) for pattern in self.patterns)


def _python_files(folder: str) -> Iterator[Path]:
    """Ours; what the web parts have installed is left out."""
    return (path for path in (ROOT / folder).rglob("*.py") if "node_modules" not in path.parts)


@lru_cache(maxsize=1)
def python_texts() -> tuple[str, ...]:
    """Every Python file of `bot/` and `actions/`."""
    return tuple(path.read_text("utf-8") for folder in ("bot", "actions") for path in _python_files(folder))


@lru_cache(maxsize=1)
def python_names() -> PythonNames:
    whole: set[str] = set()
    patterns: set[str] = set()
    for node in (node for text in python_texts() for node in ast.walk(ast.parse(text))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            whole.add(node.value)
        elif isinstance(node, ast.keyword) and node.arg:
            whole.add(node.arg)
        elif isinstance(node, ast.JoinedStr):
            patterns.add(_pattern(node))
    return PythonNames(
        frozenset(whole),
        tuple(re.compile(item) for item in patterns - _TOO_WIDE if _LETTERS.search(item.replace(r"\w+", ""))),
    )


def _pattern(node: ast.JoinedStr) -> str:
    return "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+" for part in node.values)
