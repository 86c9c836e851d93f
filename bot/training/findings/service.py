"""Looks through the examples of a trainer's working copy for what should be mended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.assistant.nlu.meaning import VECTOR_SIZE, SentenceEncoder, meaning_text
from bot.assistant.nlu.normalise import Normaliser
from bot.handoff.model import User
from bot.training.data.copies import WorkingCopies
from bot.training.data.intents import read_all
from bot.training.data.model import Example, read_marks
from bot.training.findings.model import Finding, Kind, near_duplicates, same_sentences, uneven

Vectors = NDArray[np.float32]
#: sentences encoded before others get a turn
_AT_ONCE = 64


class FindingsService:
    """Findings, worst first. Vectors of sentences are kept, so that only the first look takes long."""

    def __init__(self, copies: WorkingCopies, encoder: Callable[[], SentenceEncoder]) -> None:
        self._copies = copies
        self._encoder = encoder
        self._normalise = Normaliser()
        self._known: dict[str, Vectors] = {}
        self._encoding = asyncio.Lock()

    async def all(self, user: User, kind: Kind | None = None, intent: str | None = None) -> list[Finding]:
        """What is to be mended in my copy.

        Args:
            kind: only findings of one kind; all but `near_duplicate` need no sentence vectors and are quick.
            intent: only those that an intent takes part in.
        """
        async with self._copies.of(user) as root:
            examples = await asyncio.to_thread(read_all, root)
        found = [*same_sentences(examples), *uneven(examples)]
        if kind in (None, Kind.near_duplicate):
            vectors = await self._vectors(examples)
            found += await asyncio.to_thread(near_duplicates, examples, vectors)
        order = list(Kind)
        return [
            item
            for item in sorted(found, key=lambda one: order.index(one.kind))
            if kind in (None, item.kind)
            and (intent is None or intent in (item.intent, item.other and item.other.intent))
        ]

    async def _vectors(self, examples: Sequence[Example]) -> Vectors:
        texts = [meaning_text(self._normalise(read_marks(item.text)[0])) for item in examples]
        async with self._encoding:
            new = [text for text in dict.fromkeys(texts) if text not in self._known]
            for start in range(0, len(new), _AT_ONCE):
                part = new[start : start + _AT_ONCE]
                vectors = await asyncio.to_thread(self._encoder().encode, part)
                self._known.update(zip(part, vectors.astype(np.float16), strict=True))
        rows = [self._known[text] for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(rows), VECTOR_SIZE)
