"""`python -m bot keys …` in a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.channels.tmf.keys import SCOPES, ApiKeys, InvalidApiKey, MissingScope
from bot.database import Database
from bot.migrations import upgrade
from bot.outbox.model import Hub
from bot.outbox.store import OutboxStore

_ROOT = Path(__file__).parents[2]


def _run(data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "keys", *arguments, "--data-dir", str(data_dir)],
        cwd=_ROOT,
        env={name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_key_is_shown_once_kept_as_a_hash_and_does_what_its_scopes_say(tmp_path: Path) -> None:
    made = _run(tmp_path, "add", "crm", "--scope", "troubleTicket:read", "--scope", "operations")
    assert made.returncode == 0, made.stderr
    key = made.stdout.strip()
    file = tmp_path / "api_keys.json"
    assert key.startswith("fl_") and key not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    keys = ApiKeys(tmp_path)
    assert keys.check(f"Bearer {key}", "troubleTicket:read").id == "crm"
    with pytest.raises(MissingScope):
        keys.check(f"Bearer {key}", "troubleTicket:write")
    again = _run(tmp_path, "add", "crm", "--all-scopes")
    assert again.returncode == 1 and "--replace" in again.stderr
    newer = _run(tmp_path, "add", "crm", "--all-scopes", "--replace", "--customer", "c-1").stdout.strip()
    with pytest.raises(InvalidApiKey):
        keys.check(f"Bearer {key}", "troubleTicket:read")
    assert keys.check(f"Bearer {newer}", "troubleTicket:write").customer_id == "c-1"
    (line,) = _run(tmp_path, "list").stdout.splitlines()
    assert line.split("  ")[:3] == ["crm", "all", "c-1"] and newer not in line


def test_a_revoked_key_opens_nothing_and_hears_nothing(tmp_path: Path) -> None:
    key = _run(tmp_path, "add", "crm", "--all-scopes").stdout.strip()
    url = f"sqlite+aiosqlite:///{tmp_path / 'frontline.sqlite3'}"
    upgrade(url)

    async def subscribe() -> None:
        database = Database(url)
        for hub_id, key_id in (("h1", "crm"), ("h2", "crm"), ("h3", "other")):
            hub = Hub(hub_id, "troubleTicket", f"https://{hub_id}.example/", "", key_id, datetime.now(timezone.utc))
            await OutboxStore(database).add_hub(hub)
        await database.close()

    asyncio.run(subscribe())
    done = _run(tmp_path, "revoke", "crm")
    assert done.returncode == 0 and "2 subscriptions" in done.stdout, done.stderr
    with pytest.raises(InvalidApiKey):
        ApiKeys(tmp_path).check(f"Bearer {key}", SCOPES[0])
    assert json.loads((tmp_path / "api_keys.json").read_text()) == {"keys": []}

    async def left() -> list[str]:
        database = Database(url)
        found = [hub.id for hub in await OutboxStore(database).hubs()]
        await database.close()
        return found

    assert asyncio.run(left()) == ["h3"]
    assert _run(tmp_path, "revoke", "crm").returncode == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "crm"),
        ("add", "crm", "--scope", "everything"),
        ("add", "customer", "--all-scopes"),
        ("add", "a b", "--all-scopes"),
        ("add", "crm", "--all-scopes", "--scope", "operations"),
    ],
)
def test_what_cannot_be_a_key_is_refused_in_one_sentence(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    refused = _run(tmp_path, *arguments)
    assert refused.returncode in (1, 2) and refused.stderr.strip() and "Traceback" not in refused.stderr
    assert not (tmp_path / "api_keys.json").exists()
