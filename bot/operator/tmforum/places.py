"""Areas, coverage and shops of this installation, from the same files as the demo's: no TM Forum API here has them."""

from __future__ import annotations

from pathlib import Path

from bot.operator.demo.files import DEMO_FOLDER, load_files
from bot.operator.demo.places import Gazetteer
from bot.operator.ports import Area, Store


class LocalPlaces:
    """What the operator's systems are not asked for."""

    def __init__(self, folder: Path = DEMO_FOLDER) -> None:
        self._files = load_files(folder)
        self._places = Gazetteer(self._files)

    async def areas(self) -> tuple[Area, ...]:
        return tuple(item.area for item in self._files.areas)

    async def area_of(self, address: str) -> Area | None:
        return self._places.area_of(address)

    async def covered(self, address: str) -> bool | None:
        return self._places.covered(address)

    async def stores(self, area: str | None = None) -> tuple[Store, ...]:
        return tuple(store for store in self._files.stores if area in (None, store.area))
