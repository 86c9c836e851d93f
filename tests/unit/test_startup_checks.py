"""Wrong settings and missing parts end in one sentence that names them, before anything is loaded."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import ROOT, Settings
from bot.startup_checks import bring_up_to_date, check_port, check_redis, make_data_dir


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FRONTLINE_PORT", "eighty"),
        ("FRONTLINE_PORT", "-1"),
        ("FRONTLINE_PORT", "99999"),
        ("FRONTLINE_WORKERS", "0"),
        ("FRONTLINE_TURN_TIMEOUT_S", "-1"),
        ("FRONTLINE_ACTION_TIMEOUT_S", "nan"),
        ("FRONTLINE_HOUSEKEEPING_S", "inf"),
        ("FRONTLINE_SWEEP_AFTER_S", "0"),
        ("FRONTLINE_CONVERSATION_TOKEN_TTL_S", "-5"),
        ("FRONTLINE_TRAINING_NICE", "50"),
        ("FRONTLINE_TRAINING_MEMORY_MB", "-1"),
        ("FRONTLINE_LOG_LEVEL", "loud"),
        ("FRONTLINE_TIMEZONE", "../etc/passwd"),
        ("FRONTLINE_PUBLIC_URL", "care.example"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({name: value})


def test_settings_as_they_are_shipped_are_good() -> None:
    assert Settings.from_env({}) == Settings()
    assert Settings.from_env({"FRONTLINE_LOG_LEVEL": "debug", "FRONTLINE_PORT": "0"}).port == 0


def test_a_port_that_is_taken_and_a_host_that_is_not_here_are_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"Port {port} on 127.0.0.1.*in use.*--port"):
            check_port("127.0.0.1", port)
    check_port("127.0.0.1", port)
    with pytest.raises(SettingsError, match=r"on 192\.0\.2\.1.*--host"):
        check_port("192.0.2.1", 0)


def test_a_data_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    make_data_dir(tmp_path / "new" / "one")
    assert (tmp_path / "new" / "one").is_dir()
    (tmp_path / "file").write_text("x")
    for wrong in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/frontline")):
        with pytest.raises(SettingsError, match=r"data directory .*--data-dir"):
            make_data_dir(wrong)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "DATABASE_URL is no address"),
        ("mysql://root@localhost/care", "DATABASE_URL names mysql"),
        ("postgresql+asyncpg://someone:secret-word@127.0.0.1:1/care", "care at 127.0.0.1 cannot be used"),
        ("postgresql+asyncpg://someone:secret-word@nowhere.invalid/care", "care at nowhere.invalid cannot be used"),
    ],
)
def test_a_database_that_is_not_there_is_named_and_its_password_is_not(url: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        bring_up_to_date(url)
    assert "secret-word" not in caught.value.message


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "frontline.sqlite3"
    path.write_bytes(os.urandom(100_000))
    with pytest.raises(SettingsError, match="not a database"):
        bring_up_to_date(f"sqlite+aiosqlite:///{path}")


@pytest.mark.parametrize("url", ["nonsense", "http://127.0.0.1/", "redis://127.0.0.1:1/0", "redis://127.0.0.1:x/0"])
async def test_a_redis_that_is_not_there_is_named(url: str) -> None:
    with pytest.raises(SettingsError, match="REDIS_URL"):
        await check_redis(url)


def test_the_command_line_says_it_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [sys.executable, "-m", "bot", "serve", "--data-dir", str(tmp_path)]
        command += ["--port", str(taken.getsockname()[1])]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("frontline: Port ") and not done.stdout
