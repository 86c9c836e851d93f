"""The house's one-way imports, and texts where they belong."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
#: who may not import whom
FORBIDDEN = {
    "bot/tickets": ("bot.channels", "actions", "bot.assistant", "bot.app"),
    "bot/appointments": ("bot.channels", "actions", "bot.assistant", "bot.app"),
    "bot/customers": ("bot.channels", "actions", "bot.assistant", "bot.app"),
    "bot/knowledge": ("bot.channels", "actions", "bot.app"),
    "bot/handoff": ("bot.channels", "actions", "bot.app"),
    "bot/conversations": ("bot.channels", "actions", "bot.app"),
    "bot/operator": ("bot.channels", "actions", "bot.assistant", "bot.app"),
    "bot/assistant": ("bot.channels", "bot.app"),
    "actions": ("bot.channels", "bot.app", "bot.conversations", "bot.handoff"),
}
#: pure modules do no I/O
PURE = ("sqlalchemy", "redis", "aiohttp")
SQL_WORDS = re.compile(r"\b(SELECT .+ FROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM)\b")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _files(folder: str) -> list[Path]:
    return [path for path in sorted((ROOT / folder).rglob("*.py")) if "web" not in path.parts]


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("folder", sorted(FORBIDDEN))
def test_imports_run_one_way(folder: str) -> None:
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in _files(folder)
        for name in _imports(path)
        if any(name == banned or name.startswith(banned + ".") for banned in FORBIDDEN[folder])
    }
    assert not wrong


def test_models_and_contracts_do_no_io() -> None:
    pure = [*(ROOT / "bot").glob("*/model.py"), ROOT / "bot" / "contracts.py", ROOT / "bot" / "operator" / "ports.py"]
    wrong = {
        f"{path.relative_to(ROOT)}: {name}" for path in pure for name in _imports(path) if name.split(".")[0] in PURE
    }
    assert not wrong


def test_sql_stands_in_stores_only() -> None:
    allowed = {"store.py", "statements.py", "database.py"}
    wrong = [
        str(path.relative_to(ROOT))
        for path in _files("bot")
        if path.name not in allowed and "migrations" not in path.parts and SQL_WORDS.search(path.read_text("utf-8"))
    ]
    assert not wrong


def test_no_chinese_stands_in_python_outside_the_language_folders() -> None:
    """What a customer reads stands in data/responses; the words that are read from customers, below nlu."""
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in [*_files("bot"), *_files("actions")]
        if not {"nlu", "demo"} & set(path.relative_to(ROOT).parent.parts)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if CHINESE.search(line)
    ]
    assert not wrong


def test_words_are_cheap_to_import() -> None:
    """Actions, masking and tests import them; they must not drag the model's libraries in."""
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in _files("bot/assistant/nlu/words")
        for name in _imports(path)
        if name not in ("__future__", "re", "typing")
    }
    packages = ("bot", "bot/assistant", "bot/assistant/nlu", "bot/assistant/nlu/words")
    assert not wrong
    assert not [name for name in packages if (ROOT / name / "__init__.py").read_text("utf-8").strip()]


def test_no_part_of_the_model_reads_by_the_words_of_actions() -> None:
    """So a new word needs no new training; see bot/training/registry.py."""
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for folder in ("bot/assistant/nlu", "bot/assistant/flows")
        for path in _files(folder)
        for name in _imports(path)
        if name.startswith("bot.assistant.nlu.words")
    }
    assert not wrong
