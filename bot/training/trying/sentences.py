"""What a model makes of a sentence, and why."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from bot.assistant.parse import parse_answer
from bot.contracts import TEXT_LIMIT
from bot.errors import InvalidText
from bot.training.trying.models import Opened, TriedModels

_RANKED = 5
_IDLE_S = 15 * 60.0


class Sentences:
    """One thread of its own: customers' turns go on meanwhile."""

    def __init__(self, models: TriedModels, clock: Callable[[], datetime], idle_s: float = _IDLE_S) -> None:
        """Args:
        idle_s: after so many seconds without a sentence the models' memory is given back.
        """
        self._models, self._clock, self._idle_s = models, clock, idle_s
        self._idle: asyncio.TimerHandle | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="trying")

    async def understood(self, text: object, file: str | None) -> dict[str, Any]:
        """What a model understands: the serving one unless `file` names another, whose verdict then stands beside it.

        Raises:
            InvalidText: blank, or too long for a customer's message.
            NoSuchModel, ModelNotTrusted: about `file`.
        """
        if not isinstance(text, str) or not text.strip() or len(text) > TEXT_LIMIT or "\x00" in text:
            raise InvalidText()
        now, loop = self._clock(), asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, self._look, text, file, now)
        finally:
            if self._idle is not None:
                self._idle.cancel()
            self._idle = loop.call_later(self._idle_s, self._thread.submit, self._models.forget)

    def close(self) -> None:
        """Take no more; what is under way is not waited for."""
        if self._idle is not None:
            self._idle.cancel()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _look(self, text: str, file: str | None, now: datetime) -> dict[str, Any]:
        serving = self._models.serving()
        opened = self._models.opened(file)
        found, data = _parsed(opened, text, now)
        why = opened.explainer.explain(text)
        other = None
        if opened.file != serving:
            other, _ = _parsed(self._models.opened(None), text, now)
        return {
            **found,
            "ranking": [
                {
                    "intent": item.get("full_intent") or item["name"],
                    "confidence": round(float(item["confidence"]), 4),
                }
                for item in data.get("intent_ranking", [])[:_RANKED]
            ],
            "language": data.get("language"),
            "entities": parse_answer(data)["entities"],
            "wishes": parse_answer(data).get("wishes", []),
            "nearest": [
                {"text": item["text"], "intent": item["intent"], "likeness": item["similarity"]}
                for item in why["nearest"]
            ],
            "tokens": [{"text": item["text"], "weight": item["weight"]} for item in why["tokens"]],
            "serving": other,
        }


def _parsed(opened: Opened, text: str, now: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    """The verdict, and all that the model found."""
    data = asyncio.run(opened.understanding.parse(text, now))
    answer = parse_answer(data)
    verdict = {"model": opened.file, "intent": answer["intent"], "confidence": answer["confidence"]}
    return {**verdict, "refused": answer["fallback"]}, data
