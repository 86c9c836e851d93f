"""`python -m bot tickets …` in a process of its own."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.database import Database
from bot.migrations import upgrade
from bot.tickets.model import TicketStatus, TicketType
from tests.integration.tickets_setup import Desk

_ROOT = Path(__file__).parents[2]


def _run(data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "tickets", *arguments, "--data-dir", str(data_dir)],
        cwd=_ROOT,
        env={name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, list[str]]:
    """A data directory with an archived fault, an open one and three complaints of one cause; their numbers."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'frontline.sqlite3'}"
    upgrade(url)

    async def fill() -> list[str]:
        database = Database(url)
        desk = Desk(database)
        desk.clock.pass_by(days=-230)
        old = await desk.open("a", customer_id="c1")
        await desk.tickets.move(old.id, TicketStatus.cancelled, author="anna")
        desk.clock.pass_by(days=230)
        await desk.archive.keep()
        new = await desk.open("b", customer_id="c1")
        for number in range(3):
            complaint = await desk.open(f"c{number}", customer_id="c2", ticket_type=TicketType.complaint)
            await desk.complaints.find_out(complaint.id, author="anna", root_cause="late_visit")
        await database.close()
        return [old.id, new.id]

    return tmp_path, asyncio.run(fill())


def test_tickets_are_exported_held_and_logged_from_the_command_line(made: tuple[Path, list[str]]) -> None:
    data_dir, (old, new) = made
    done = _run(data_dir, "export", "--customer", "c1")
    assert done.returncode == 0, done.stderr
    assert [row["id"] for row in csv.DictReader(io.StringIO(done.stdout))] == [new, old]
    out = data_dir / "out.json"
    assert _run(data_dir, "export", "--format", "json", "--type", "complaint", "--out", str(out)).returncode == 0
    assert len([json.loads(line) for line in out.read_text("utf-8").splitlines()]) == 3
    wrong = _run(data_dir, "export", "--from", "yesterday")
    assert wrong.returncode == 1 and "yesterday" in wrong.stderr
    assert _run(data_dir, "hold", old, "--reason", "court case").returncode == 0
    assert _run(data_dir, "hold", new, "--reason", "court case").returncode == 1  # not in the archive
    assert _run(data_dir, "causes").returncode == 0
    log = _run(data_dir, "log", old).stdout
    assert "held" in log and "archived" in log
