"""The embedded Redis: a real server that outlives a killed process, is shared, and keeps what was written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from bot.redis_server import EmbeddedRedis, RedisNotStarted
from bot.settings import ROOT

#: starts the server of the data directory, writes one value, says so, and waits to be killed
_OTHER_PROCESS = """
import asyncio, sys
from pathlib import Path
from redis.asyncio import Redis
from bot.redis_server import EmbeddedRedis

async def main():
    server = EmbeddedRedis(Path(sys.argv[1]))
    await server.start()
    async with Redis.from_url(server.url) as client:
        await client.set("written by", "the other")
    print("SERVING", flush=True)
    sys.stdin.read()
    await server.stop()
    print("STOPPED", flush=True)

asyncio.run(main())
"""


class OtherProcess:
    """Another process with the same data directory."""

    def __init__(self, data_dir: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _OTHER_PROCESS, str(data_dir)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.strip() == "SERVING":
                return
        raise AssertionError("the other process did not start")

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()

    def leave(self) -> str:
        out, _ = self._process.communicate()
        return out


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[EmbeddedRedis]:
    server = EmbeddedRedis(tmp_path)
    yield server
    await server.start()  # whatever a test left there is taken up, and ended
    await server.stop()


def pid_of(server: EmbeddedRedis) -> int:
    return int(server.pid_file.read_text())


def ended(pid: int) -> bool:
    """Whether a process has gone, waiting a moment for its parent to notice."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
    return False


async def test_it_listens_on_a_socket_only_and_appends_to_a_file(server: EmbeddedRedis, tmp_path: Path) -> None:
    await server.start()
    assert server.url == f"unix://{tmp_path}/redis.sock"
    async with Redis.from_url(server.url, decode_responses=True) as client:
        assert await client.config_get("port") == {"port": "0"}
        assert await client.config_get("appendonly") == {"appendonly": "yes"}
        assert await client.config_get("appendfsync") == {"appendfsync": "everysec"}
        assert await client.config_get("dir") == {"dir": str(tmp_path / "redis")}
    await server.stop()


async def test_what_was_written_is_there_after_stop_and_start(server: EmbeddedRedis) -> None:
    await server.start()
    async with Redis.from_url(server.url, decode_responses=True) as client:
        await client.set("key", "value")
        pid = pid_of(server)
        await server.stop()
        assert ended(pid) and not server.pid_file.exists()
        await server.start()
        assert await client.get("key") == "value"
        assert pid_of(server) != pid
    await server.stop()


async def test_starting_and_stopping_twice_is_the_same_as_once(server: EmbeddedRedis) -> None:
    await server.stop()
    await server.start()
    pid = pid_of(server)
    await server.start()
    assert pid_of(server) == pid
    await server.stop()
    await server.stop()
    assert ended(pid)


async def test_the_server_of_a_killed_process_is_taken_up_and_then_ended(server: EmbeddedRedis, tmp_path: Path) -> None:
    other = OtherProcess(tmp_path)
    pid = pid_of(server)
    other.kill()
    await server.start()
    assert pid_of(server) == pid
    async with Redis.from_url(server.url, decode_responses=True) as client:
        assert await client.get("written by") == "the other"
    await server.stop()
    assert ended(pid)


async def test_a_server_killed_together_with_its_process_is_started_again_with_its_data(
    server: EmbeddedRedis, tmp_path: Path
) -> None:
    other = OtherProcess(tmp_path)
    pid = pid_of(server)
    other.kill()
    os.kill(pid, signal.SIGKILL)
    assert ended(pid)
    await server.start()
    assert pid_of(server) != pid
    async with Redis.from_url(server.url, decode_responses=True) as client:
        assert await client.get("written by") == "the other"
    await server.stop()


async def test_the_server_stays_while_another_process_uses_it(server: EmbeddedRedis, tmp_path: Path) -> None:
    other = OtherProcess(tmp_path)
    await server.start()
    pid = pid_of(server)
    await server.stop()
    async with Redis.from_url(server.url) as client:
        assert await client.ping()
    assert "STOPPED" in other.leave()
    assert ended(pid)


async def test_a_long_path_gets_its_socket_in_a_private_folder_that_goes_with_it(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path / ("long" * 20) / ("longer" * 15))
    await server.start()
    path = Path(server.url.removeprefix("unix://"))
    assert len(str(path)) <= 100 and path.parent.stat().st_mode & 0o777 == 0o700
    async with Redis.from_url(server.url) as client:
        assert await client.ping()
    await server.stop()
    assert not path.parent.exists()


async def test_a_data_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RedisNotStarted, match="another data directory"):
        await EmbeddedRedis(tmp_path / "file").start()


async def test_a_damaged_file_of_the_server_is_told_with_the_place_of_its_log(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path)
    (tmp_path / "redis").mkdir()
    (tmp_path / "redis" / "appendonly.aof").write_bytes(b"this is no append-only file\r\n" * 3)
    with pytest.raises(RedisNotStarted, match=r"redis\.log.*REDIS_URL"):
        await server.start()
    (tmp_path / "redis" / "appendonly.aof").unlink()
    await server.start()
    await server.stop()


async def test_a_server_that_keeps_another_directory_is_left_alone(server: EmbeddedRedis, tmp_path: Path) -> None:
    await server.start()
    foreign = EmbeddedRedis(tmp_path / "foreign")
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "redis.sock").symlink_to(tmp_path / "redis.sock")
    with pytest.raises(RedisNotStarted, match="another data directory"):
        await foreign.start()
    async with Redis.from_url(server.url) as client:
        assert await client.ping()
    await server.stop()
