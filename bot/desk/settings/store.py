"""How people of the desk like their console, in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON, bindparam, text

from bot.database import Database
from bot.schema import user_settings

_PUT = text(
    "INSERT INTO user_settings (user_id, settings) VALUES (:user_id, :settings)"
    " ON CONFLICT (user_id) DO UPDATE SET settings = excluded.settings"
).bindparams(bindparam("settings", type_=JSON))


class SettingsStore:
    """One object a person."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def get(self, user_id: str) -> dict[str, Any]:
        query = user_settings.select().where(user_settings.c.user_id == user_id)
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        return dict(row.settings) if row else {}

    async def put(self, user_id: str, settings: Mapping[str, Any]) -> None:
        async with self._db.write() as connection:
            await connection.execute(_PUT, {"user_id": user_id, "settings": dict(settings)})
