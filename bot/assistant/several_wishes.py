"""Several wishes in one message: which is heard first, and what waits until nothing else is going on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.assistant.flows.model import Accept, FlowBook
from bot.assistant.flows.waiting import NEEDS_IDENTITY
from bot.assistant.nlu.wishes import WISHES, ParseData

_KEPT = ("text", "intent", "full_intent", "entities", "intent_ranking", "scope", "language", "response_selector")
_RANKING_KEPT = 2


def take_apart(parsed: ParseData, slots: Mapping[str, Any], stack_slot: str, book: FlowBook) -> list[ParseData]:
    """Return the wishes of a message as messages of their own, in the order in which they are dealt with.

    A wish that nothing may wait behind (a person) comes first. Where any words are an answer, the message stays whole.

    Args:
        parsed: what `Understanding.parse` gave.
        slots: the conversation's slots before this message.
    """
    wishes: list[ParseData] = list(parsed.get(WISHES) or ())
    whole = {key: value for key, value in parsed.items() if key != WISHES}
    if not wishes or _free_words_wanted(slots.get(stack_slot) or (), book):
        return [whole]
    return [_alone(wish, book) for wish in sorted(wishes, key=lambda wish: not _at_once(wish, book))]


def _free_words_wanted(stack: list[Mapping[str, Any]] | tuple[()], book: FlowBook) -> bool:
    if not stack or not stack[-1].get("waiting"):
        return False
    return book.flows[stack[-1]["flow"]].step(stack[-1]["step"]).accept is Accept.text


def _at_once(wish: ParseData, book: FlowBook) -> bool:
    flow = book.by_intent(wish["intent"]["name"])
    return flow is not None and flow.control


def _alone(wish: ParseData, book: FlowBook) -> ParseData:
    flow = book.by_intent(wish["intent"]["name"])
    kept = {key: wish[key] for key in _KEPT if key in wish}
    kept["intent_ranking"] = list(wish.get("intent_ranking") or ())[:_RANKING_KEPT]
    return kept | {NEEDS_IDENTITY: flow is not None and flow.needs_verified}
