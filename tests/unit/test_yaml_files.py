"""A data file that is damaged is named in one sentence, with the line where it can be told."""

from __future__ import annotations

import shutil
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.errors import SettingsError
from bot.settings import ROOT
from bot.tickets.tables import load_tables
from bot.wording import Wording
from bot.yaml_files import yaml_mapping

_ZONE = ZoneInfo("Asia/Shanghai")
_DAMAGES = {"broken": b"a: [1, {b: ", "a list": b"- 5\n", "words": b"hello\n", "bytes": b"\xff\xfe\x00", "empty": b""}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for part in ("responses", "policies"):
        shutil.copytree(ROOT / "data" / part, tmp_path / part)
    return tmp_path


def test_the_line_is_said_where_it_is_known(tmp_path: Path) -> None:
    file = tmp_path / "some.yml"
    file.write_text("a: 1\nb: [1, {c: ")
    with pytest.raises(SettingsError, match=r"some\.yml is no YAML in UTF-8 at line 3"):
        yaml_mapping(file)
    with pytest.raises(SettingsError, match=r"none\.yml cannot be read \(No such file or directory\)"):
        yaml_mapping(tmp_path / "none.yml")


@pytest.mark.parametrize("damage", _DAMAGES)
@pytest.mark.parametrize("name", ["account.yml", "terms.yml"])
def test_a_damaged_file_of_responses_is_named(data: Path, name: str, damage: str) -> None:
    (data / "responses" / name).write_bytes(_DAMAGES[damage])
    with pytest.raises(SettingsError, match=name):
        Wording.load(data / "responses", _ZONE)


def test_responses_under_another_name_are_not_taken_for_none(data: Path) -> None:
    (data / "responses" / "account.yml").write_text("response:\n  utter_x:\n  - text: x\n")
    with pytest.raises(SettingsError, match=r"account\.yml.*responses"):
        Wording.load(data / "responses", _ZONE)


@pytest.mark.parametrize("damage", _DAMAGES)
@pytest.mark.parametrize("name", ["calendars.yml", "dispatch.yml", "words.yml"])
def test_a_damaged_table_is_named(data: Path, name: str, damage: str) -> None:
    load_tables(data / "policies", _ZONE)
    (data / "policies" / "service" / name).write_bytes(_DAMAGES[damage])
    with pytest.raises(SettingsError, match=name):
        load_tables(data / "policies", _ZONE)
