"""The desk's people and what they wish, in SQL. The only place that queries these tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update

from bot.database import Database
from bot.handoff.model import Presence, PresenceReason, User, Wish
from bot.schema import desk_presence, users


class PeopleStore:
    """Accounts, and who wishes to be on duty."""

    def __init__(self, database: Database) -> None:
        self._db = database

    # -- accounts ------------------------------------------------------------------------------------------------

    async def add_user(self, user: User, password_hash: str) -> None:
        async with self._db.write() as connection:
            await connection.execute(
                users.insert().values(id=user.id, username=user.username, password_hash=password_hash, **_facts(user))
            )

    async def set_facts(self, user: User) -> None:
        """What somebody is called, may and knows."""
        async with self._db.write() as connection:
            await connection.execute(update(users).where(users.c.id == user.id).values(**_facts(user)))

    async def set_password(self, user_id: str, password_hash: str) -> None:
        async with self._db.write() as connection:
            await connection.execute(update(users).where(users.c.id == user_id).values(password_hash=password_hash))

    async def rename(self, user_id: str, name: Mapping[str, str]) -> None:
        async with self._db.write() as connection:
            await connection.execute(update(users).where(users.c.id == user_id).values(name=dict(name)))

    async def user(self, user_id: str) -> User | None:
        async with self._db.read() as connection:
            row = (await connection.execute(users.select().where(users.c.id == user_id))).first()
        return None if row is None else _user(row)

    async def people(self) -> tuple[User, ...]:
        """Everybody who works here."""
        async with self._db.read() as connection:
            return tuple(_user(row) for row in (await connection.execute(users.select().order_by(users.c.id))).all())

    async def credentials(self, username: str) -> tuple[User, str] | None:
        """The account and its password hash."""
        async with self._db.read() as connection:
            row = (await connection.execute(users.select().where(users.c.username == username))).first()
        return None if row is None else (_user(row), row.password_hash)

    # -- wishes --------------------------------------------------------------------------------------------------

    async def set_wish(self, user_id: str, wish: Presence, reason: PresenceReason | None, at: datetime) -> None:
        """Keep what somebody wishes, or what is set for them."""
        values = {"wish": wish.value, "reason": reason.value if reason else None, "since": at}
        async with self._db.write() as connection:
            done = await connection.execute(
                update(desk_presence).where(desk_presence.c.user_id == user_id).values(**values)
            )
            if done.rowcount == 0:
                await connection.execute(desk_presence.insert().values(user_id=user_id, **values))

    async def served(self, user_id: str, at: datetime) -> None:
        """Somebody has taken or ended a chat; only those who were ever on duty are kept."""
        async with self._db.write() as connection:
            await connection.execute(
                update(desk_presence).where(desk_presence.c.user_id == user_id).values(served_at=at)
            )

    async def wish(self, user_id: str) -> Wish:
        async with self._db.read() as connection:
            row = (await connection.execute(desk_presence.select().where(desk_presence.c.user_id == user_id))).first()
        return _wish(row) if row is not None else Wish(user_id, Presence.offline, None, None)

    async def wishes(self) -> dict[str, Wish]:
        """User id → what they wish, for all who ever wished anything."""
        async with self._db.read() as connection:
            rows = (await connection.execute(desk_presence.select())).all()
        return {row.user_id: _wish(row) for row in rows}


def _facts(user: User) -> dict[str, Any]:
    return {
        "name": dict(user.name),
        "roles": sorted(user.roles),
        "languages": list(user.languages),
        "capacity": user.capacity,
        "groups": list(user.groups),
        "products": list(user.products),
        "classes": list(user.classes),
    }


def _user(row: Any) -> User:
    return User(
        id=row.id,
        username=row.username,
        name=row.name,
        roles=frozenset(row.roles),
        languages=tuple(row.languages),
        capacity=row.capacity,
        groups=tuple(row.groups),
        products=tuple(row.products),
        classes=tuple(row.classes),
    )


def _wish(row: Any) -> Wish:
    reason = PresenceReason(row.reason) if row.reason else None
    return Wish(row.user_id, Presence(row.wish), reason, row.since, row.served_at)
