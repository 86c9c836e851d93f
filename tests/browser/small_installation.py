"""This checkout in small, in a git repository of its own: few examples, few tests, so that training takes seconds."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from bot.training.gate.model import PROTECTED
from tests.service import ROOT

#: examples of every intent and language; more of those that the gate protects, so that they do not waver
_EXAMPLES, _OF_PROTECTED = 6, 40
_LEFT_OUT = ("bench/", "docs/", "tests/", "bot/web/")
_BUILT = ("bot/web/console/dist", "bot/web/widget/dist", "bot/web/site")
#: test sentences of every language and intent: too few for the gate's floor, enough for what it protects
_TEST_SENTENCES = 3
_KEPT_TESTS = ("tests/understanding/first.",)
_CONVERSATIONS = """conversations:
- name: a bill needs to know whose
  language: en
  turns:
  - customer: show me my bill please
    expects: phone_number
"""
#: the slow part of training, which small data hardly needs
_TUNING = ("  tuned_share: 0.5\n", "  tuned_share: 0.5\n  tuning_steps: 30\n")


def small_installation(folder: Path) -> Path:
    """Make it, with a trained model that serves."""
    root = folder / "installation"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        kept = not name.startswith(_LEFT_OUT) or name.startswith(_KEPT_TESTS)
        if kept and (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, root / name)
    for name in _BUILT:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        os.symlink(ROOT / name, root / name)
    _make_small(root)
    for arguments in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "In small"]):
        git(root, *arguments)
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false"}
    subprocess.run([sys.executable, "-m", "bot", "train"], cwd=root, check=True, env=environment, capture_output=True)
    return root


def git(root: Path, *arguments: str) -> None:
    """As the operator, in a shell."""
    who = ["-c", "user.name=Operator", "-c", "user.email=operator@example.org"]
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)


def _make_small(root: Path) -> None:
    for file in sorted((root / "data" / "nlu").glob("*.yml")):
        file.write_text(_first_examples(file.read_text("utf-8")), "utf-8")
    for file in sorted((root / "tests" / "understanding").glob("*.tsv")):
        file.write_text(_first_rows(file.read_text("utf-8")), "utf-8")
    (root / "tests/conversations").mkdir()
    (root / "tests/conversations/test_small.yml").write_text(_CONVERSATIONS, "utf-8")
    config = (root / "config.yml").read_text("utf-8")
    assert _TUNING[0] in config, "config.yml has changed: say here how training is made short"
    (root / "config.yml").write_text(config.replace(*_TUNING), "utf-8")


def _first_examples(text: str) -> str:
    """The file with the first examples of each block."""
    lines, seen, limit = [], 0, _EXAMPLES
    for line in text.splitlines():
        block = re.match(r"\s*- (intent|lookup|synonym|regex): *(\S+)", line)
        if block:
            seen, limit = 0, _OF_PROTECTED if block[2] in PROTECTED else _EXAMPLES
        elif re.match(r"\s{4,}- ", line):
            seen += 1
            if seen > limit:
                continue
        lines.append(line)
    return "\n".join(lines) + "\n"


def _first_rows(text: str) -> str:
    """The file with the first sentences of each label."""
    kept: list[str] = []
    counts: dict[str, int] = {}
    for line in text.splitlines():
        label = line.split("\t")[0]
        counts[label] = counts.get(label, 0) + 1
        if counts[label] <= _TEST_SENTENCES:
            kept.append(line)
    return "\n".join(kept) + "\n"
