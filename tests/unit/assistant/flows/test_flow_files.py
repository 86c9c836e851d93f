"""A damaged file of flows is named, with the flow, whatever is wrong with it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.assistant.flows.model import load_flows
from bot.assistant.flows.patterns import FlowError
from bot.settings import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "data" / "flows", tmp_path / "flows"))


@pytest.mark.parametrize(
    "content", [b"a: [1, {b: ", b"- 5\n", b"hello\n", b"\xff\xfe\x00", b"flows: 5\n", b"flows: [1]\n"]
)
@pytest.mark.parametrize("name", ["account.yml", "patterns.yml"])
def test_a_damaged_file_is_named(folder: Path, name: str, content: bytes) -> None:
    load_flows(folder)
    (folder / name).write_bytes(content)
    with pytest.raises(FlowError, match=name):
        load_flows(folder)


@pytest.mark.parametrize(
    "body",
    [
        "5",
        "{steps: 5}",
        "{intents: 5, steps: [5]}",
        "{steps: [null]}",
        "{slots: 5, steps: [{action: action_x}]}",
        "{corrections: 5, steps: [{action: action_x}]}",
        "{follows: 5, steps: [{action: action_x}]}",
    ],
)
def test_a_flow_of_another_form_is_named_with_its_file(folder: Path, body: str) -> None:
    (folder / "account.yml").write_text(f"flows:\n  some_flow: {body}\n")
    with pytest.raises(FlowError, match=r"account\.yml.*some_flow"):
        load_flows(folder)
