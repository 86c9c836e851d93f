"""What can be known to be missing before the model is loaded: port, data directory, database, Redis."""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot.errors import SettingsError
from bot.migrations import upgrade

_SQLITE, _POSTGRES = "sqlite+aiosqlite", "postgresql+asyncpg"
_REDIS_TIMEOUT_S = 5.0


def check_port(host: str, port: int) -> None:
    """Raises:
    SettingsError: nobody can listen there now.
    """
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()
    except OSError as exc:
        raise port_unusable(host, port, exc) from exc


def port_unusable(host: str, port: int, cause: OSError) -> SettingsError:
    """What to say of an address that cannot be listened on."""
    why = os.strerror(cause.errno) if isinstance(cause.errno, int) and cause.errno > 0 else cause.strerror
    return SettingsError(
        f"Port {port} on {host} cannot be used ({why}). Stop what uses it, or choose another with --port or --host."
    )


def make_data_dir(folder: Path) -> None:
    """Make the data directory where there is none.

    Raises:
        SettingsError: it cannot be made, or nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return
    except OSError as exc:
        raise SettingsError(
            f"The data directory {folder} cannot be written to ({exc.strerror}). "
            "Mend that, or name another with --data-dir."
        ) from exc


def bring_up_to_date(url: str) -> None:
    """Bring the database's tables to the newest schema (blocking).

    Raises:
        SettingsError: the URL names no database that can be used, or it does not answer.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as exc:
        raise SettingsError("DATABASE_URL is no address. Write postgresql://user:password@host/name.") from exc
    if parsed.drivername not in (_SQLITE, _POSTGRES):
        raise SettingsError(
            f"DATABASE_URL names {parsed.drivername}. Use postgresql://, or unset it for SQLite in the data directory."
        )
    place = parsed.database if parsed.drivername == _SQLITE else f"{parsed.database} at {parsed.host}"
    try:
        upgrade(url)
    except (OSError, SQLAlchemyError) as exc:
        raise SettingsError(f"The database {place} cannot be used: {_why(exc)}. Mend that, then start again.") from exc
    except Exception as exc:
        if type(exc).__module__.partition(".")[0] != "asyncpg":  # its refusals at log-in are not SQLAlchemy's
            raise
        raise SettingsError(f"The database {place} refuses us: {_why(exc)}. Correct DATABASE_URL.") from exc


async def check_redis(url: str) -> None:
    """Raises:
    SettingsError: it is no address of a Redis, or nobody answers there.
    """
    try:
        client = Redis.from_url(url, socket_timeout=_REDIS_TIMEOUT_S, socket_connect_timeout=_REDIS_TIMEOUT_S)
    except ValueError as exc:
        raise SettingsError("REDIS_URL is no address. Write redis://host:6379/0, or unset it.") from exc
    try:
        await client.ping()
    except (OSError, RedisError) as exc:
        raise SettingsError(
            f"The Redis of REDIS_URL does not answer ({type(exc).__name__}). "
            "Start it, correct the address, or unset it for one of our own."
        ) from exc
    finally:
        await client.close()


def _why(exc: BaseException) -> str:
    """The database's own words, one line of them."""
    said = str(getattr(exc, "orig", None) or exc).strip() or type(exc).__name__
    return said.splitlines()[0].rsplit(">: ", 1)[-1].rstrip(".")
