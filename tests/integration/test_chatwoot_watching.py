"""A supervisor at our console watches a chat that somebody serves in Chatwoot."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.contracts import AuthorKind, Owner
from bot.conversations.fanout import Subscription
from bot.errors import Forbidden
from bot.handoff.model import User
from tests.integration.chatwoot_desk import CONSOLE_USER, WANG, Served, Side

_WAIT_S = 15.0


@pytest.fixture
async def boss(side: Side) -> User:
    return await side.floor.person("boss", roles=frozenset({"agent", "supervisor"}), wish=None)


async def _lines(events: Subscription, count: int) -> list[tuple[str, str]]:
    """Author and words of the next messages that a window or a console hears."""
    heard: list[tuple[str, str]] = []

    async def listen() -> None:
        while len(heard) < count:
            event: Any = await events.get()
            if event["type"] == "message":
                heard.append((event["message"]["author"]["kind"], event["message"]["text"]))

    await asyncio.wait_for(listen(), _WAIT_S)
    return heard


async def test_a_watched_chat_shows_the_lines_of_both_sides_in_order(side: Side, served: Served, boss: User) -> None:
    await side.floor.supervision.monitor(served.id, boss)
    with side.fanout.subscribe(served.id) as console:
        await side.says(served.id, "宽带又断了")
        side.chatwoot.says(served.talk, WANG, "您好，我看一下")
        await side.until_said(served.id, "您好，我看一下")
        await side.says(served.id, "谢谢")
        heard = await _lines(console, 3)
    assert heard == [("customer", "宽带又断了"), ("agent", "您好，我看一下"), ("customer", "谢谢")]
    stored = [(message.author.kind.value, message.text) for message in await side.store.messages(served.id)]
    assert stored[-3:] == heard, "what is shown live is what stays"


async def test_neither_the_customer_nor_the_agent_there_sees_who_watches(
    side: Side, served: Served, boss: User
) -> None:
    await side.told(served.id)
    before, there = await side.lines(served.id), list(served.talk.messages)
    head = await side.head(served.id)
    await side.floor.supervision.monitor(served.id, boss)
    await side.told(served.id)
    assert await side.lines(served.id) == before and served.talk.messages == there
    assert await side.head(served.id) == head, "nobody else speaks now"
    colleague = await side.floor.person("colleague", wish=None)
    assert await side.floor.supervision.participants([served.id], colleague) == {}
    seen = await side.floor.supervision.participants([served.id], boss)
    assert [(row["user_id"], row["mode"]) for row in seen[served.id]] == [("boss", "watching")]
    await side.floor.supervision.leave(served.id, boss)
    assert await side.floor.supervision.participants([served.id], boss) == {}
    assert await side.lines(served.id) == before
    with pytest.raises(Forbidden):
        await side.floor.supervision.monitor(served.id, CONSOLE_USER)


async def test_who_watches_can_take_the_chat_over_and_the_desk_there_is_told(
    side: Side, served: Served, boss: User
) -> None:
    await side.floor.supervision.monitor(served.id, boss)
    await side.floor.supervision.take_over(served.id, boss)
    head = await side.head(served.id)
    assert (head.owner, head.agent_id) == (Owner.agent, "boss")
    await side.told(served.id)
    notes = len(served.talk.texts("note"))
    await side.handoffs.say(served.id, boss, None, "我来处理")
    await side.told(served.id)
    assert (await side.lines(served.id, AuthorKind.agent))[-1] == "我来处理"
    assert notes and await side.floor.supervision.participants([served.id], boss) == {}
    side.chatwoot.says(served.talk, WANG, "我还在")
    await side.chatwoot.settled()
    assert "我还在" not in await side.lines(served.id), "one person speaks"
