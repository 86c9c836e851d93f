"""Sentences worth a trainer's look, why, and how much they teach. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.errors import BadRequest

Vectors = NDArray[np.float32]

REFUSED_INTENT = "nlu_fallback"
OUTSIDE = "out_of_scope"
#: a close call is less than `_TIE_MOST` sure with the next one less than `_TIE_MARGIN` behind (docs/understanding.md)
_TIE_MOST, _TIE_MARGIN = 0.6, 0.3
_LOW = 0.45
#: what people say inside a matter rather than what they came for; no sentence of these is worth a label
NO_MATTER = frozenset({"affirm", "deny", "inform", "greet", "goodbye", "thank", "cancel_flow", "share_attachment"})
_GIVING_UP = "cancel_flow"


class Reason(str, Enum):
    """Why a sentence is in the inbox."""

    #: an agent closed the chat with another intent than the bot's
    other_intent = "other_intent"
    #: the customer chose another meaning, or gave the matter up at once
    corrected = "corrected"
    #: the chat went to a person because the bot did not understand
    handed_over = "handed_over"
    #: the customer was not content with the bot
    thumbs_down = "thumbs_down"
    refused = "refused"
    #: two intents were nearly as likely
    near_tie = "near_tie"
    low_confidence = "low_confidence"


#: what one sentence teaches: a label from outside the model is worth most, doubt the model knows of least
POINTS = {
    Reason.other_intent: 6,
    Reason.corrected: 5,
    Reason.handed_over: 5,
    Reason.thumbs_down: 3,
    Reason.refused: 3,
    Reason.near_tie: 2,
    Reason.low_confidence: 1,
}


class Decision(str, Enum):
    accept = "accept"
    other_intent = "other_intent"
    new_intent = "new_intent"
    out_of_scope = "out_of_scope"
    #: teaches nothing
    delete = "delete"


@dataclass(frozen=True)
class Sentence:
    """One sentence of a customer."""

    conversation_id: str
    seq: int
    at: datetime
    language: str
    text: str
    reasons: tuple[Reason, ...]
    intent: str | None
    confidence: float
    second: str | None
    suggested: str | None
    model: str

    @property
    def id(self) -> str:
        return f"{self.conversation_id}:{self.seq}"

    @property
    def points(self) -> int:
        return sum(POINTS[reason] for reason in self.reasons)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "conversation_id": self.conversation_id,
            "seq": self.seq,
            "at": self.at.isoformat(),
            "language": self.language,
            "text": self.text,
            "reasons": [reason.value for reason in self.reasons],
            "intent": self.intent,
            "confidence": round(self.confidence, 3),
            "second": self.second,
            "suggested": self.suggested,
            "model": self.model,
        }


@dataclass(frozen=True)
class Group:
    """Open sentences alike in meaning."""

    id: str
    is_open: bool
    size: int
    weight: int
    text: str
    languages: Mapping[str, int]
    reasons: Mapping[str, int]
    intent: str | None
    confidence: float
    suggested: str | None
    first_at: datetime
    last_at: datetime

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "status": "open" if self.is_open else "decided",
            "size": self.size,
            "weight": self.weight,
            "text": self.text,
            "languages": dict(self.languages),
            "reasons": dict(self.reasons),
            "intent": self.intent,
            "confidence": round(self.confidence, 3),
            "suggested": self.suggested,
            "first_at": self.first_at.isoformat(),
            "last_at": self.last_at.isoformat(),
        }


def group_of(group_id: str, sentences: Sequence[Sentence]) -> Group:
    """What a group's open sentences make of it; there is at least one."""
    ordered = sorted(sentences, key=lambda one: (one.at, one.id))
    return Group(
        id=group_id,
        is_open=True,
        size=len(ordered),
        weight=sum(one.points for one in ordered),
        text=ordered[0].text,
        languages=dict(sorted(Counter(one.language for one in ordered).items())),
        reasons=dict(Counter(reason.value for one in ordered for reason in one.reasons)),
        intent=_most(one.intent for one in ordered),
        confidence=sum(one.confidence for one in ordered) / len(ordered),
        suggested=_most(one.suggested for one in ordered),
        first_at=ordered[0].at,
        last_at=ordered[-1].at,
    )


def tags_of(group: Group) -> str:
    """What a group can be looked for by."""
    return "|".join(["", *sorted(group.reasons), *sorted(group.languages), ""])


def ordered_reasons(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Each once, the weightiest first."""
    given = set(reasons)
    return tuple(reason for reason in Reason if reason in given)


@dataclass(frozen=True)
class Heard:
    """What the bot made of a customer's message; `intent` None: nothing."""

    text: str
    intent: str | None
    confidence: float
    second: str | None
    second_confidence: float
    language: str | None
    refused: bool
    bare: bool
    entities: tuple[Mapping[str, Any], ...]
    #: the archive that understood it; empty where that was not kept yet
    model: str = ""


def heard_in(events: Iterable[Mapping[str, Any]]) -> Heard | None:
    """What was made of the message that a turn began with; None for a pressed button or a turn without one."""
    for event in events:
        parsed = event.get("parse_data") or {}
        if event.get("event") != "user" or (event.get("metadata") or {}).get("wish"):
            continue
        ranking = [_full_name(item) for item in parsed.get("intent_ranking") or ()]
        if not ranking or "scope" not in parsed:
            return None
        best, second = ranking[0], ranking[1] if len(ranking) > 1 else (None, 0.0)
        scope = parsed["scope"] or {}
        return Heard(
            text=str(event.get("text") or ""),
            intent=best[0],
            confidence=best[1],
            second=second[0],
            second_confidence=second[1],
            language=parsed.get("language"),
            # what is taken for something outside is turned away like what is refused
            refused=(parsed.get("intent") or {}).get("name") in (REFUSED_INTENT, OUTSIDE),
            bare=bool(scope.get("bare")),
            entities=tuple(parsed.get("entities") or ()),
            model=str((event.get("metadata") or {}).get("model") or ""),
        )
    return None


def doubts(heard: Heard) -> tuple[Reason, ...]:
    """Why what the bot made of a message is worth a look by itself; mostly it is not."""
    if heard.bare:
        return ()
    if heard.refused:
        return (Reason.refused,)
    if heard.confidence < _TIE_MOST and heard.confidence - heard.second_confidence < _TIE_MARGIN and heard.second:
        return (Reason.near_tie,)
    return (Reason.low_confidence,) if heard.confidence < _LOW else ()


def gave_up(now: Heard | None, before: Heard | None) -> bool:
    """Whether a customer dropped at once what the bot took the message before for."""
    return (
        now is not None
        and before is not None
        and now.intent == _GIVING_UP
        and not now.refused
        and before.intent is not None
        and before.intent not in NO_MATTER
        and not before.bare
    )


def checked_reason(value: str | None) -> Reason | None:
    """Raises BadRequest unless it is one, or nothing."""
    if not value:
        return None
    try:
        return Reason(value)
    except ValueError as exc:
        raise BadRequest(f"reason is one of {', '.join(reason.value for reason in Reason)}.") from exc


def _full_name(item: Mapping[str, Any]) -> tuple[str, float]:
    return str(item.get("full_intent") or item.get("name")), float(item.get("confidence") or 0.0)


def _most(values: Iterable[str | None]) -> str | None:
    counted = Counter(value for value in values if value)
    return counted.most_common(1)[0][0] if counted else None
