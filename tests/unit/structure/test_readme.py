"""What the README and `make help` promise is what there is."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
README = ROOT / "README.md"
_ROW = re.compile(r"^\| `(FRONTLINE_\w+)`(?:, `\w+`)? \|", re.MULTILINE)
_TARGET = re.compile(r"^([a-z][a-z-]*):(.*)$", re.MULTILINE)


def test_the_settings_table_lists_every_setting_once_in_order() -> None:
    listed = _ROW.findall(README.read_text("utf-8"))
    assert listed == [f"FRONTLINE_{item.name.upper()}" for item in fields(Settings)]


def test_every_make_target_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    silent = [name for name, rest in _TARGET.findall(makefile) if "## " not in rest]
    assert not silent
    assert "run" in [name for name, _ in _TARGET.findall(makefile)]


def test_every_make_target_that_the_docs_name_exists() -> None:
    targets = {name for name, _ in _TARGET.findall((ROOT / "Makefile").read_text("utf-8"))}
    documents = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    named = {
        f"{path.name}: make {name}"
        for path in documents
        for name in re.findall(r"`make ([a-z-]+)", path.read_text("utf-8"))
        if name not in targets
    }
    assert not named


def test_every_file_that_the_docs_link_to_exists() -> None:
    documents = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    missing = []
    for path in documents:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", path.read_text("utf-8")):
            if not target.startswith(("http:", "https:", "mailto:")) and not (path.parent / target).exists():
                missing.append(f"{path.relative_to(ROOT)} → {target}")
    assert not missing
