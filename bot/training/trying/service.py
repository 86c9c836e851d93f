"""Trying models, gathered for the wiring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from redis.asyncio import Redis

from bot.settings import Settings
from bot.training.trying.chats import Chats
from bot.training.trying.models import TriedModels
from bot.training.trying.sentences import Sentences


@dataclass(frozen=True)
class Trying:
    """A sentence, and a whole chat, with any model."""

    sentences: Sentences
    chats: Chats

    async def close(self) -> None:
        """End what was started."""
        self.sentences.close()
        await self.chats.close()


def build_trying(settings: Settings, redis: Redis, clock: Callable[[], datetime]) -> Trying:
    """Trying with the models of an installation."""
    models = TriedModels(settings.models_dir, Path(settings.model) if settings.model else None)
    folder, cache = settings.data_dir / "training" / "chat", settings.data_dir / "cache"
    chats = Chats(folder, models, redis, settings.data_files, cache, clock)
    return Trying(Sentences(models, clock), chats)
