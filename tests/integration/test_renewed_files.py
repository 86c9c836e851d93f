"""What trainers publish beside a model is told by a service that goes on running."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.database import Database
from bot.policies.rules import PolicyDataInvalid
from bot.resources import build_operator, build_services, renewed_files
from bot.settings import ROOT, Settings

_RULE = "compensation_late_install"


async def test_policies_that_were_published_are_told_once_they_are_read_again(
    database: Database, redis: Redis, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data", data)
    settings = replace(Settings.from_env(), data_files=data, data_dir=tmp_path / "var")
    services = build_services(settings, database, redis, build_operator(settings, database, redis), "secret")
    held = services.policies
    file = data / "policies" / "compensation.yml"
    text = file.read_text("utf-8")
    changed = text.replace("number: 1, unit: percent_per_day", "number: 3, unit: percent_per_day")
    assert changed != text
    file.write_text(changed, "utf-8")
    assert (
        held.text(_RULE, "en")
        == "If we're late with an installation or a move, you're owed 1% of its fee for each day."
    )
    renewed_files(settings, services)()
    assert (
        held.text(_RULE, "en")
        == "If we're late with an installation or a move, you're owed 3% of its fee for each day."
    )

    file.write_text(changed.replace("region: CN", "region: Mars"), "utf-8")
    with pytest.raises(PolicyDataInvalid, match=r"compensation\.yml row 1"):
        renewed_files(settings, services)
    assert "3%" in held.text(_RULE, "en")
