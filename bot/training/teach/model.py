"""What a week's conversations would teach. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.contracts import ReasonCode
from bot.training.causes import Cause
from bot.training.inbox.model import NO_MATTER, OUTSIDE, heard_in

#: hand-overs that another answer could have spared; the others are as they should be
SPARED = frozenset(
    {ReasonCode.customer_request, ReasonCode.misunderstood, ReasonCode.anger, ReasonCode.bot_error}
)  # fmt: skip
#: what people are there for
FOR_PEOPLE = frozenset({"request_human", "file_complaint", "emergency", "express_anger", OUTSIDE})
_EXAMPLES, _ITEMS = 5, 20
_ARTICLE = "article"


@dataclass(frozen=True)
class Matter:
    """What a message of a customer was about, as the bot took it."""

    conversation_id: str
    seq: int
    at: datetime
    language: str
    #: masked
    text: str
    #: None: refused
    intent: str | None
    #: of the article that was shown in answer
    article: str | None


@dataclass(frozen=True)
class HandedOver:
    """A hand-over with the matters before it, in order."""

    conversation_id: str
    reason: str
    #: as what the person closed it
    intent: str | None
    matters: Sequence[Matter]


@dataclass(frozen=True)
class CameBack:
    """A customer who was back about the same matter."""

    customer: str
    first: Matter
    again: Matter


@dataclass(frozen=True)
class ArticleUse:
    """How an article did. Each counts conversations."""

    id: str
    shown: int
    #: the customer said of the conversation that it was not solved, or gave the bot at most two stars
    not_helped: int
    #: a person was needed afterwards
    handed_over: int

    @property
    def badness(self) -> float:
        """Share of those it did not help, a little less for few."""
        return (self.not_helped + self.handed_over) / (self.shown + 2)


def about(payload: str | None, text: str, events: Iterable[Mapping[str, Any]]) -> tuple[str | None, str | None] | None:
    """Intent and article of a turn; None when it was about no matter.

    Args:
        payload: of a pressed button, such as /top_up.
        events: the tracker's events of the turn.
    """
    events = list(events)
    article = _shown(events)
    if payload:
        name = payload.lstrip("/").partition("{")[0].strip()
        intent = name if name and name not in NO_MATTER and name != "faq" else None
        return (intent, article) if intent or article else None
    heard = heard_in(events)
    if heard is None or heard.bare or not any(sign.isalpha() for sign in text):
        return (None, article) if article else None
    if heard.refused:
        return None, article
    return None if heard.intent in NO_MATTER and not article else (heard.intent, article)


def _shown(events: Iterable[Mapping[str, Any]]) -> str | None:
    for event in events:
        card = (event.get("data") or {}).get("custom") if event.get("event") == "bot" else None
        if isinstance(card, dict) and card.get("type") == _ARTICLE:
            return str(card.get("id"))
    return None


def could_have_solved(handed: Iterable[HandedOver], answerable: frozenset[str]) -> list[dict[str, Any]]:
    """Hand-overs whose answer the bot had, by intent, the most first.

    Args:
        answerable: intents that lead to an answer.
    """
    missed: dict[str, list[HandedOver]] = defaultdict(list)
    asked: dict[str, list[HandedOver]] = defaultdict(list)
    for one in handed:
        if one.reason not in {reason.value for reason in SPARED}:
            continue
        understood = [matter.intent for matter in one.matters if matter.intent in answerable]
        if one.intent in answerable and one.intent not in understood:
            missed[str(one.intent)].append(one)
        elif one.intent in understood:
            asked[str(one.intent)].append(one)
        elif one.intent is None and understood:
            asked[str(understood[-1])].append(one)
    items = []
    for intent in {*missed, *asked}:
        wrong, known = missed[intent], asked[intent]
        examples = [
            next((m for m in reversed(one.matters) if m.intent == intent), one.matters[-1])
            for one in (*wrong, *known)
            if one.matters
        ]
        why = []
        if wrong:
            others = Counter(one.matters[-1].intent or OUTSIDE for one in wrong if one.matters)
            taken = others.most_common(1)[0][0] if others else OUTSIDE
            why.append(Cause("misunderstood", {"n": len(wrong), "intent": intent, "other": taken}))
        if known:
            why.append(Cause("understood", {"n": len(known)}))
        items.append(_item(intent, len(wrong) + len(known), examples, why))
    return _shared(items)


def returned(back: Iterable[CameBack]) -> list[dict[str, Any]]:
    """Conversations that the bot ended and whose customers were back about the same, by intent, the most first."""
    by_intent: dict[str, dict[str, CameBack]] = defaultdict(dict)
    for one in back:
        # a customer's several returns within the week are one matter
        by_intent[str(one.again.intent)].setdefault(one.customer, one)
    items = []
    for intent, customers in by_intent.items():
        days = sorted((one.again.at - one.first.at).total_seconds() / 86_400 for one in customers.values())
        why = Cause("came_back", {"days": round(days[len(days) // 2], 1)})
        items.append(_item(intent, len(customers), [one.again for one in customers.values()], [why]))
    return _shared(items)


def worst(articles: Iterable[ArticleUse]) -> list[ArticleUse]:
    """Articles that did not help somebody, the worst first."""
    bad = [item for item in articles if item.not_helped or item.handed_over]
    return sorted(bad, key=lambda item: (-item.badness, item.id))[:_ITEMS]


def _item(intent: str, conversations: int, matters: Sequence[Matter], why: Sequence[Cause]) -> dict[str, Any]:
    by_text = {matter.text: matter for matter in reversed(matters)}
    examples = [
        {"conversation_id": matter.conversation_id, "seq": matter.seq, "text": matter.text}
        for matter in list(reversed(by_text.values()))[:_EXAMPLES]
    ]
    return {
        "intent": intent,
        "conversations": conversations,
        "examples": examples,
        "why": [item.as_json() for item in why],
    }


def _shared(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    total = sum(item["conversations"] for item in items)
    items.sort(key=lambda item: (-item["conversations"], item["intent"]))
    return [{**item, "share": round(item["conversations"] / total, 4)} for item in items[:_ITEMS]]
