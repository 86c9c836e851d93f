"""API keys for other systems: a file of hashes with scopes. The keys themselves are never stored, except the demo's."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.errors import Forbidden, NotFound, SettingsError, Unauthorized
from bot.tickets.model import AUTOMATIC

FILE_NAME = "api_keys.json"
DEMO_FILE_NAME = "demo_api_key"
DEMO_KEY_ID = "demo"

TICKET_READ = "troubleTicket:read"
TICKET_WRITE = "troubleTicket:write"
APPOINTMENT_READ = "appointment:read"
APPOINTMENT_WRITE = "appointment:write"
INTERACTION_READ = "partyInteraction:read"
INTERACTION_WRITE = "partyInteraction:write"
PROBLEM_READ = "serviceProblem:read"
PROBLEM_WRITE = "serviceProblem:write"
#: what an operator offers, so that one Frontline can stand behind another: customers, line tests, messages
CUSTOMER_READ = "customer:read"
TEST_WRITE = "serviceTest:write"
MESSAGE_WRITE = "communicationMessage:write"
#: dead letters
OPERATIONS = "operations"
SCOPES = (
    TICKET_READ,
    TICKET_WRITE,
    APPOINTMENT_READ,
    APPOINTMENT_WRITE,
    INTERACTION_READ,
    INTERACTION_WRITE,
    PROBLEM_READ,
    PROBLEM_WRITE,
    CUSTOMER_READ,
    TEST_WRITE,
    MESSAGE_WRITE,
    OPERATIONS,
)

_BEARER = "bearer "
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")
_OWNER_ONLY = 0o600


class InvalidApiKey(Unauthorized):
    """No valid API key. Send one as Authorization: Bearer."""

    code = "invalid_api_key"


class MissingScope(Forbidden):
    """This API key may not do that. Ask for one with the scope."""

    code = "missing_scope"


@dataclass(frozen=True)
class ApiKey:
    """Who calls, and what they may do."""

    id: str
    sha256: str
    scopes: frozenset[str]
    #: the only customer whose records it may see and make; None: all
    customer_id: str | None = None
    #: None: one of an earlier release
    created_at: datetime | None = None

    def may_see(self, customer_id: str | None) -> bool:
        """Whether a record of this customer exists for the caller."""
        return self.customer_id is None or self.customer_id == customer_id


class ApiKeys:
    """The keys in `data_dir/api_keys.json`; a changed file counts at once."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE_NAME
        self._read_at: tuple[int, int] | None = None
        self._keys: tuple[ApiKey, ...] = ()

    def check(self, authorization: str | None, scope: str) -> ApiKey:
        """Return the key that an `Authorization` header holds.

        Raises:
            InvalidApiKey: no header, another scheme, or a key that is not in the file.
            MissingScope: a key without `scope`.
        """
        if not authorization or not authorization.lower().startswith(_BEARER):
            raise InvalidApiKey()
        digest = _sha256(authorization[len(_BEARER) :].strip())
        found = None
        for key in self._current():
            if hmac.compare_digest(key.sha256, digest):
                found = key
        if found is None:
            raise InvalidApiKey()
        if scope not in found.scopes:
            raise MissingScope(f"This API key has no scope {scope}. Ask for one that has.")
        return found

    def _current(self) -> tuple[ApiKey, ...]:
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return ()
        stamp = (stat.st_mtime_ns, stat.st_ino)
        if stamp != self._read_at:
            self._keys, self._read_at = _read(self._path), stamp
        return self._keys


class ApiKeyNotFound(NotFound):
    """There is no key of this name. `python -m bot keys list` shows those that there are."""

    code = "api_key_not_found"


def key_list(data_dir: Path) -> tuple[ApiKey, ...]:
    """The keys that there are, by name."""
    return tuple(sorted(_read(data_dir / FILE_NAME), key=lambda key: key.id))


def revoke_api_key(data_dir: Path, key_id: str) -> None:
    """End a key; running services notice at once.

    Raises:
        ApiKeyNotFound: there is none of this name.
    """
    with _locked(data_dir):
        path = data_dir / FILE_NAME
        known = _read(path)
        if key_id not in {key.id for key in known}:
            raise ApiKeyNotFound()
        _store(path, [key for key in known if key.id != key_id])


def make_api_key(
    data_dir: Path,
    key_id: str,
    scopes: Iterable[str] = SCOPES,
    *,
    customer_id: str | None = None,
    at: datetime | None = None,
) -> str:
    """Make a key and store its hash; a key of the same id is replaced.

    Args:
        key_id: a name of letters, digits, `-`, `_` and `.`; authors of the service's own are taken.
        customer_id: the only customer whose records the key may see and make.

    Returns:
        The key itself, which is shown this once.

    Raises:
        SettingsError: an unknown scope, or a name that cannot be used.
    """
    if not _NAME.fullmatch(key_id) or key_id in AUTOMATIC:
        raise SettingsError(f"A key cannot be called {key_id!r}. Take a name of letters, digits, - and _, such as crm.")
    chosen = sorted(set(scopes))
    unknown = [scope for scope in chosen if scope not in SCOPES]
    if unknown:
        raise SettingsError(f"Unknown scopes: {', '.join(unknown)}. Choose from {', '.join(SCOPES)}.")
    with _locked(data_dir):
        return _add(data_dir, key_id, chosen, customer_id, at=at)


def demo_api_key(data_dir: Path) -> str:
    """The demo's key with every scope; made when there is none, the same one from then on.

    It lies in a file of its own, readable by its owner only, since it is printed at each start.
    """
    demo_path = data_dir / DEMO_FILE_NAME
    with _locked(data_dir):
        if demo_path.exists():
            key = demo_path.read_text(encoding="ascii").strip()
            known = {item.sha256: item.scopes for item in _read(data_dir / FILE_NAME)}
            if key and _sha256(key) in known:
                # one that an earlier release made gets the scopes of this one
                if known[_sha256(key)] != frozenset(SCOPES):
                    _add(data_dir, DEMO_KEY_ID, list(SCOPES), key=key)
                return key
        key = _add(data_dir, DEMO_KEY_ID, list(SCOPES))
        _write(demo_path, key + "\n")
        return key


def _add(
    data_dir: Path,
    key_id: str,
    scopes: list[str],
    customer_id: str | None = None,
    key: str | None = None,
    at: datetime | None = None,
) -> str:
    path = data_dir / FILE_NAME
    key = key or f"fl_{secrets.token_urlsafe(32)}"
    kept = [item for item in _read(path) if item.id != key_id]
    _store(path, [*kept, ApiKey(key_id, _sha256(key), frozenset(scopes), customer_id, at)])
    return key


def _store(path: Path, keys: Sequence[ApiKey]) -> None:
    rows = [
        {
            "id": item.id,
            "sha256": item.sha256,
            "scopes": sorted(item.scopes),
            "customer_id": item.customer_id,
            "created_at": item.created_at.isoformat() if item.created_at else None,
        }
        for item in keys
    ]
    _write(path, json.dumps({"keys": rows}, indent=2) + "\n")


def _read(path: Path) -> tuple[ApiKey, ...]:
    if not path.exists():
        return ()
    try:
        rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["keys"]
        return tuple(_key(row) for row in rows)
    except (ValueError, KeyError, TypeError) as exc:
        raise SettingsError(f"{FILE_NAME} in the data folder cannot be read. Repair it, or remove it.") from exc


def _key(row: Mapping[str, Any]) -> ApiKey:
    made = row.get("created_at")
    return ApiKey(
        str(row["id"]),
        str(row["sha256"]),
        frozenset(row["scopes"]),
        row.get("customer_id"),
        datetime.fromisoformat(made) if made else None,
    )


def _write(path: Path, text: str) -> None:
    fresh = path.with_name(path.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)


@contextmanager
def _locked(data_dir: Path) -> Iterator[None]:
    """One process at a time: several start at once when there are workers."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with open(data_dir / f"{FILE_NAME}.lock", "w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _sha256(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
