"""Looks through the examples of a trainer's working copy for what should be mended."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

from bot.assistant.nlu.meaning import meaning_text
from bot.assistant.nlu.normalise import Normaliser
from bot.handoff.model import User
from bot.training.data.copies import WorkingCopies
from bot.training.data.intents import read_all
from bot.training.data.model import Example, read_marks
from bot.training.findings.model import Finding, Kind, same_sentences, still_there, uneven
from bot.training.findings.store import FindingFiles


class FindingsService:
    """Findings: what shows at once, and what the trainer's last job of kind `findings` found."""

    def __init__(self, copies: WorkingCopies, files: FindingFiles) -> None:
        self._copies = copies
        self._files = files

    async def all(
        self, user: User, kind: Kind | None = None, intent: str | None = None
    ) -> tuple[list[Finding], str | None]:
        """What is to be mended in my copy, worst first, and when what takes a job was last looked for.

        Args:
            kind: only findings of one kind.
            intent: only those that an intent takes part in.
        """
        async with self._copies.of(user) as root:
            examples = await asyncio.to_thread(read_all, root)
        as_of, earlier = await asyncio.to_thread(self._files.kept, user.username)
        found = [*same_sentences(examples), *uneven(examples), *still_there(earlier, examples)]
        order = list(Kind)
        shown = [
            item
            for item in sorted(found, key=lambda one: order.index(one.kind))
            if kind in (None, item.kind) and (intent is None or intent in (item.intent, item.other_intent))
        ]
        return shown, as_of

    async def counts(self, user: User) -> Counter[str]:
        """How many findings each intent takes part in."""
        found, _ = await self.all(user)
        return Counter(intent for item in found for intent in {item.intent, item.other_intent or item.intent})


def meaning_texts(examples: Sequence[Example]) -> list[str]:
    """What of each example the encoder sees."""
    normalise = Normaliser()
    return [meaning_text(normalise(read_marks(item.text)[0])) for item in examples]
