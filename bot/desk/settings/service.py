"""How somebody likes their console; the same on every machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.desk.settings.store import SettingsStore
from bot.errors import BadRequest
from bot.handoff.model import User

#: what can be set, and to what
CHOICES: Mapping[str, tuple[Any, ...]] = {
    "sound": (True, False),
    "notifications": (True, False),
    "theme": ("light", "dark", "system"),
    "language": ("zh", "en"),
    "density": ("comfortable", "compact"),
}
DEFAULTS: Mapping[str, Any] = {
    "sound": True,
    "notifications": False,
    "theme": "system",
    "language": None,
    "density": "comfortable",
}


class SettingsService:
    """Reads and changes one person's settings."""

    def __init__(self, store: SettingsStore) -> None:
        self._store = store

    async def of(self, user: User) -> dict[str, Any]:
        """All settings, with the defaults of those that were never set; `language` null follows the browser."""
        return {**DEFAULTS, **await self._store.get(user.id)}

    async def change(self, user: User, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Set some; the others stay.

        Raises:
            BadRequest: no such setting, or a value that it does not take.
        """
        for name, value in wanted.items():
            if name not in CHOICES:
                raise BadRequest(f"There is no setting {name}. There are {', '.join(CHOICES)}.")
            if not any(value is choice or (value == choice and isinstance(value, str)) for choice in CHOICES[name]):
                raise BadRequest(f"{name} is one of {', '.join(str(choice) for choice in CHOICES[name])}.")
        settings = {**await self._store.get(user.id), **wanted}
        await self._store.put(user.id, settings)
        return {**DEFAULTS, **settings}
