"""The demo site's secret, and the identity tokens that it signs for its signed-in customers."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import jwt

from bot.errors import SettingsError

ALGORITHM = "HS256"
_FILE_NAME = "demo_identity.json"
_SECRET_BYTES = 48
TOKEN_LIFE_S = 3600


@dataclass(frozen=True)
class DemoIdentity:
    secret: str
    issuer: str
    audience: str
    alg: str = ALGORITHM


def demo_identity(data_dir: Path, *, issuer: str, audience: str, secret: str = "") -> DemoIdentity:
    """The identity of the demo's site; its secret is made once and kept in `data_dir/demo_identity.json` (mode 600).

    Args:
        secret: the secret of the settings; when given, nothing is read or made.

    Raises:
        SettingsError: the file cannot be read or made; the message says what to do.
    """
    return DemoIdentity(secret or _kept_secret(data_dir / _FILE_NAME), issuer, audience)


def identity_token(
    secret: str, sub: str, *, issuer: str, audience: str, now: datetime, ttl_s: int = TOKEN_LIFE_S
) -> str:
    """A token as the operator's site gives it to a signed-in customer: HS256 with sub, iss, aud, iat, exp."""
    claims = {"sub": sub, "iss": issuer, "aud": audience, "iat": now, "exp": now + timedelta(seconds=ttl_s)}
    return jwt.encode(claims, secret, algorithm=ALGORITHM)


def _kept_secret(path: Path) -> str:
    try:
        if not path.exists():
            _make(path)
        kept = json.loads(path.read_text(encoding="utf-8"))["secret"]
        if not isinstance(kept, str) or len(kept) < 32:
            raise ValueError("the secret is too short")
        return kept
    except OSError as exc:
        raise SettingsError(
            f"{path} cannot be used ({exc.strerror}). Name a data directory that you may write."
        ) from exc
    except (ValueError, KeyError, TypeError) as exc:
        raise SettingsError(f"{path} is damaged ({exc}). Delete it; a new one is made at the next start.") from exc


def _make(path: Path) -> None:
    """Write a new secret; if another process is quicker, its file stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".demo_identity")  # mkstemp: mode 600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"secret": secrets.token_urlsafe(_SECRET_BYTES)}, file)
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.unlink(draft)
