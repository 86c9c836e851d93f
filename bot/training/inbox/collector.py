"""Brings real sentences into the inbox: as turns are committed, and from what customers and agents said later."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.contracts import Conversation, Message, ReasonCode
from bot.training.examples import without_persons
from bot.training.inbox.model import NO_MATTER, Heard, Reason, Sentence, doubts, gave_up, heard_in
from bot.training.inbox.store import InboxStore

log = structlog.get_logger(__name__)

#: rows that are younger may still be followed by older ones, of transactions that have not ended
_SETTLED_S = 30
_ROWS_A_ROUND = 200
_LOWEST_SCORE = 2
#: of a conversation that went badly, the sentences that the bot was least sure of
_OF_ONE_CONVERSATION = 2
_INTENT = re.compile(r"[a-z][a-z0-9_]*(/[a-z][a-z0-9_]*)?")


class InboxCollector:
    """Writes sentences, masked; logs ids only."""

    def __init__(self, store: InboxStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    async def turn(
        self,
        conversation: Conversation,
        message: Message,
        events: Sequence[Mapping[str, Any]],
        handed_over: ReasonCode | None,
    ) -> None:
        """A turn has been committed and the customer has the answer.

        Args:
            events: the tracker's events of the turn.
            handed_over: why the turn handed the conversation over, if it did.
        """
        heard = heard_in(events)
        if heard is None:
            return
        reasons = list(doubts(heard))
        if handed_over is ReasonCode.misunderstood:
            reasons.append(Reason.handed_over)
        if reasons:
            await self._keep(conversation.id, message.seq, message.at, conversation.language, heard, reasons)
        if heard.intent == "cancel_flow":
            # this turn and the one before it
            turns = await self._store.turns(conversation.id, newest=2)
            before = [found for found in map(_place, turns) if found is not None and found[0] < message.seq]
            if before and gave_up(heard, before[-1][1]):
                seq, earlier = before[-1]
                language = conversation.language
                await self._keep(conversation.id, seq, message.at, language, earlier, [Reason.corrected])

    async def sweep(self) -> None:
        """Take up what customers and agents have said since the last time."""
        to = self._clock() - timedelta(seconds=_SETTLED_S)
        await self._labelled(to)
        await self._ratings(to)
        await self._dispositions(to)

    async def _labelled(self, to: datetime) -> None:
        rows = await self._store.labelled(await self._store.read_to("labelled"), to, _ROWS_A_ROUND)
        for row in rows:
            best, second = ([*row.candidates, {}, {}])[:2]
            chose_best = row.intent is not None and row.intent == best.get("intent")
            await self._store.add(
                Sentence(
                    conversation_id=row.conversation_id,
                    seq=row.seq,
                    at=row.at,
                    language=row.language,
                    text=row.text,
                    reasons=(Reason.near_tie,) if chose_best else (Reason.corrected, Reason.near_tie),
                    intent=best.get("intent"),
                    confidence=float(best.get("confidence") or 0.0),
                    second=second.get("intent"),
                    suggested=row.intent,
                    model=row.model,
                )
            )
        if rows:
            await self._store.set_read_to("labelled", rows[-1].at)

    async def _ratings(self, to: datetime) -> None:
        after = await self._store.read_to("ratings")
        rows = await self._store.low_ratings(after, to, _ROWS_A_ROUND, _LOWEST_SCORE)
        for row in rows:
            matters = await self._matters(row.conversation_id)
            for seq, heard in sorted(matters, key=lambda one: one[1].confidence)[:_OF_ONE_CONVERSATION]:
                await self._keep(row.conversation_id, seq, row.created_at, "zh", heard, [Reason.thumbs_down])
        if rows:
            await self._store.set_read_to("ratings", rows[-1].created_at)

    async def _dispositions(self, to: datetime) -> None:
        rows = await self._store.closed_handoffs(await self._store.read_to("handoffs"), to, _ROWS_A_ROUND)
        for row in rows:
            named = str((row.disposition or {}).get("intent") or "")
            matters = await self._matters(row.conversation_id)
            if matters and _INTENT.fullmatch(named) and named not in {heard.intent for _, heard in matters}:
                seq, heard = matters[-1]
                reasons = [Reason.other_intent]
                await self._keep(row.conversation_id, seq, row.ended_at, row.language, heard, reasons, named)
        if rows:
            await self._store.set_read_to("handoffs", rows[-1].ended_at)

    async def _matters(self, conversation_id: str) -> list[tuple[int, Heard]]:
        """The customer's messages that the bot took for a matter, in order."""
        found = filter(None, map(_place, await self._store.turns(conversation_id)))
        return [(seq, heard) for seq, heard in found if not heard.bare and heard.intent not in NO_MATTER]

    async def _keep(
        self,
        conversation_id: str,
        seq: int,
        at: datetime,
        language: str,
        heard: Heard,
        reasons: Iterable[Reason],
        suggested: str | None = None,
    ) -> None:
        text = without_persons(heard.text, heard.entities).strip()
        if not any(sign.isalpha() for sign in text):
            return
        await self._store.add(
            Sentence(
                conversation_id=conversation_id,
                seq=seq,
                at=at,
                language=heard.language or language,
                text=text,
                reasons=tuple(reasons),
                intent=heard.intent,
                confidence=heard.confidence,
                second=heard.second,
                suggested=suggested,
                model=heard.model,
            )
        )


def _place(events: Sequence[Mapping[str, Any]]) -> tuple[int, Heard] | None:
    """The number of the message that a turn began with, and what was made of it."""
    heard = heard_in(events)
    if heard is None:
        return None
    first = next(event for event in events if event.get("event") == "user")
    seq = (first.get("metadata") or {}).get("seq")
    return (seq, heard) if isinstance(seq, int) else None
