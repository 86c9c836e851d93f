"""Conversations in the ledger as turns leave them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from bot.contracts import Assurance, Author, AuthorKind, Conversation, Message, Owner
from bot.conversations.store import ConversationStore
from bot.database import Database
from bot.schema import tracker_events

START = datetime(2027, 3, 1, 9, 0, tzinfo=timezone.utc)


def ranked(*pairs: tuple[str, float]) -> list[dict[str, Any]]:
    return [{"name": name.split("/")[0], "full_intent": name, "confidence": sure} for name, sure in pairs]


def user_event(
    seq: int,
    text: str,
    *ranking: tuple[str, float],
    language: str = "zh",
    refused: bool = False,
    bare: bool = False,
    entities: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """The event of a customer's message, as Rasa stores it."""
    order = ranked(*ranking)
    intent = {"name": "nlu_fallback", "confidence": 0.7} if refused else order[0]
    return {
        "event": "user",
        "text": text,
        "metadata": {"seq": seq},
        "parse_data": {
            "intent": intent,
            "intent_ranking": order,
            "entities": list(entities),
            "language": language,
            "scope": {"nearness": 0.5, "refused": refused, "bare": bare},
        },
    }


async def conversation(database: Database, name: str) -> Conversation:
    """A conversation that has just begun."""
    new = Conversation(name, "zh", Owner.bot, 1, 0, 0, Assurance.anonymous, None, None, START, START)
    await ConversationStore(database).create(new, (), START)
    return new


async def turn(database: Database, name: str, number: int, event: dict[str, Any]) -> list[dict[str, Any]]:
    """Leave a turn in the ledger; returns its events."""
    events = [event, {"event": "action", "name": "action_listen"}]
    async with database.write() as connection:
        await connection.execute(tracker_events.insert().values(conversation_id=name, turn=number, events=events))
    return events


def message(name: str, seq: int, text: str) -> Message:
    at = START + timedelta(seconds=seq)
    return Message(name, seq, f"{name}-{seq}", at, Author(AuthorKind.customer), text)
