"""Desk accounts: passwords, sessions, the demo's logins."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error
from redis.asyncio import Redis

from bot.errors import SettingsError, TooManyRequests, Unauthorized
from bot.handoff.model import User
from bot.handoff.people.store import PeopleStore
from bot.resources import DATA
from bot.secret_files import kept_json
from bot.yaml_files import yaml_mapping

_SESSION_S = 12 * 3600
_TRIES = 10
_TRIES_WINDOW_S = 300
_PEOPLE = DATA / "demo" / "desk.yml"


class WrongCredentials(Unauthorized):
    """The user name or the password is wrong. Check both."""

    code = "wrong_credentials"


def session_key(token: str) -> str:
    """Redis string JSON {user_id, csrf}; written at log-in; expires after 12 h."""
    return f"fl:desk:session:{token}"


def tries_key(username: str) -> str:
    """Redis counter of failed log-ins; written at each; expires after 5 min."""
    return f"fl:desk:tries:{username}"


@dataclass(frozen=True)
class Session:
    token: str
    csrf_token: str
    user: User


class DeskAccounts:
    """Logs people of the desk in and out."""

    def __init__(self, people: PeopleStore, redis: Redis, clock: Callable[[], datetime]) -> None:
        self._people = people
        self._redis = redis
        self._clock = clock
        self._hasher = PasswordHasher()
        self._unknown = self._hasher.hash(secrets.token_hex(8))

    async def log_in(self, username: str, password: str) -> Session:
        """Open a session.

        Raises:
            WrongCredentials: also when there is no such account, after the same time.
            TooManyRequests: ten wrong tries in five minutes.
        """
        tries = int(await self._redis.get(tries_key(username)) or 0)
        if tries >= _TRIES:
            raise TooManyRequests(
                "Too many wrong tries for this account. Wait five minutes.", retry_after_s=_TRIES_WINDOW_S
            )
        found = await self._people.credentials(username)
        try:
            # a tenth of a second of arithmetic that nobody else should wait for
            await asyncio.to_thread(self._hasher.verify, found[1] if found else self._unknown, password)
        except Argon2Error as exc:
            await self._redis.incr(tries_key(username))
            await self._redis.expire(tries_key(username), _TRIES_WINDOW_S)
            raise WrongCredentials() from exc
        if found is None:
            raise WrongCredentials()
        session = Session(secrets.token_urlsafe(32), secrets.token_urlsafe(16), found[0])
        body = json.dumps({"user_id": found[0].id, "csrf": session.csrf_token})
        await self._redis.set(session_key(session.token), body, ex=_SESSION_S)
        return session

    async def session(self, token: str | None) -> Session:
        """The session of a cookie.

        Raises:
            Unauthorized: none, or it has ended.
        """
        body = await self._redis.get(session_key(token)) if token else None
        if token is None or body is None:
            raise Unauthorized("Log in at /console first.")
        known = json.loads(body)
        user = await self._people.user(known["user_id"])
        if user is None:
            raise Unauthorized("This account is gone. Log in with another.")
        return Session(token, known["csrf"], user)

    async def log_out(self, token: str) -> None:
        await self._redis.delete(session_key(token))

    async def ensure_demo(self, data_dir: Path) -> None:
        """Make the demo's accounts, with passwords of this installation's own.

        Raises:
            SettingsError: data/demo/desk.yml cannot be used.
        """
        logins = demo_logins(data_dir)
        people = [(user, await self._people.credentials(user.username)) for user in demo_people()]
        known = [(found[1], logins[user.username]) for user, found in people if found is not None]
        # passwords are made together and stored in this order: when the last one fits, all do
        fits = not known or self._matches(*known[-1])
        for user, found in people:
            password = logins[user.username]
            if found is None:
                await self._people.add_user(user, self._hasher.hash(password))
                continue
            if found[0] != user:
                await self._people.set_facts(user)
            if not fits:
                await self._people.set_password(found[0].id, self._hasher.hash(password))

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except Argon2Error:
            return False


def demo_people(file: Path = _PEOPLE) -> tuple[User, ...]:
    """Those who work at the demo's desk.

    Raises:
        SettingsError: the file is missing, is no YAML, or lacks something.
    """
    try:
        rows = yaml_mapping(file)["people"]
        return tuple(
            User(
                id=row["id"],
                username=row["id"],
                name=row["name"],
                roles=frozenset(row["roles"]),
                languages=tuple(row["languages"]),
                capacity=int(row["capacity"]),
                groups=tuple(row.get("groups") or ()),
                products=tuple(row.get("products") or ()),
                classes=tuple(row.get("classes") or ()),
            )
            for row in rows
        )
    except (KeyError, TypeError, ValueError) as exc:
        raise SettingsError(f"{file} cannot be used ({exc}). Restore the file of the repository.") from exc


def demo_logins(data_dir: Path) -> dict[str, str]:
    """Username → password of the demo desk; made at the first start, kept in `demo_logins.json`."""
    made = {user.username: f"{user.username}-{secrets.token_hex(3)}" for user in demo_people()}
    return kept_json(data_dir, "demo_logins.json", made)
