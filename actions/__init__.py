"""What the assistant can do: one file a topic. `build_actions` makes all; `rasa run actions` finds them by itself."""

from __future__ import annotations

import importlib
import pkgutil

from actions.base import ServiceAction
from bot.services import Services


def build_actions(services: Services) -> list[ServiceAction]:
    """One instance of every custom action of this package, in the order of their names."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    kinds: list[type[ServiceAction]] = ServiceAction.__subclasses__()
    found: list[type[ServiceAction]] = []
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        if kind.__module__.startswith(__name__) and "name" in kind.__dict__:
            found.append(kind)
    return sorted((kind(services) for kind in set(found)), key=lambda action: str(action.name()))
