"""A supervisor at our console watches a chat that somebody serves in Chatwoot."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.contracts import AuthorKind, Owner
from bot.conversations.fanout import Subscription, desk_of
from bot.desk.notes.service import NoteService
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


async def test_a_whisper_here_is_a_note_there_and_a_note_there_a_whisper_here(
    side: Side, served: Served, boss: User
) -> None:
    await side.floor.supervision.monitor(served.id, boss)
    before, thread = served.talk.texts("note"), await side.lines(served.id)
    side.chatwoot.lose_answers["/messages"] = 1  # the note stands, and is looked for before it is put again
    with side.fanout.subscribe(desk_of(boss.id)) as console:
        await side.floor.supervision.whisper(served.id, boss, "先帮客户退差价")
        await side.told(served.id)
        assert [text for text in served.talk.texts("note") if text not in before] == [
            f"{boss.shown_name('zh')}对您说（客户看不到）：先帮客户退差价"
        ]
        note = side.chatwoot.says(served.talk, WANG, "好的，正在查", private=True)
        heard: list[Any] = []
        while len(heard) < 2:
            event = await asyncio.wait_for(console.get(), _WAIT_S)
            heard += [event["whisper"]] if event["type"] == "whisper" else []
    assert [(item["author"]["user_id"], item["text"]) for item in heard] == [
        ("boss", "先帮客户退差价"),
        (f"chatwoot:{WANG}", "好的，正在查"),
    ]
    await side.chatwoot.settled()
    await side.desk.threads.update(served.id, seen_message_id=0)
    await side.desk.inbound.catch_up(await side.thread(served.id))
    await side.told(served.id)
    assert [(item["id"], item["text"]) for item in await side.floor.supervision.whispers(served.id)] == [
        (heard[0]["id"], "先帮客户退差价"),
        (f"chatwoot:{note}", "好的，正在查"),
    ], "each once, also when everything there is read again"
    assert await side.lines(served.id) == thread, "the customer sees none of it"


def _notes(side: Side) -> NoteService:
    return NoteService(side.database, side.floor.parts.notes, side.store, side.people, side.fanout, side.clock)


async def test_a_note_here_is_a_note_there_once_in_the_order_of_what_was_said(
    side: Side, served: Served, boss: User
) -> None:
    before, thread = served.talk.texts("note"), await side.lines(served.id)
    side.chatwoot.lose_answers["/messages"] = 1  # the note stands, and is looked for before it is put again
    await _notes(side).add(served.id, boss, "已报网络部，工单号 FT42")
    await side.floor.supervision.monitor(served.id, boss)
    await side.floor.supervision.whisper(served.id, boss, "先安抚")
    await _notes(side).add(served.id, boss, "客户要求晚上回电")
    await side.told(served.id)
    name = boss.shown_name("zh")
    assert [text for text in served.talk.texts("note") if text not in before] == [
        f"{name}的备注：已报网络部，工单号 FT42",
        f"{name}对您说（客户看不到）：先安抚",
        f"{name}的备注：客户要求晚上回电",
    ]
    await side.chatwoot.settled()
    kept = [note.text for note in await _notes(side).of(served.id)]
    assert kept == ["已报网络部，工单号 FT42", "客户要求晚上回电"], "our own copies come back as nothing"
    assert await side.floor.supervision.whispers(served.id) != [] and await side.lines(served.id) == thread


async def test_the_note_of_a_transfer_from_our_console_stands_behind_the_packet_there(side: Side) -> None:
    conversation_id, talk = await side.asked()
    await side.handoffs.take(conversation_id, CONSOLE_USER)
    await _notes(side).add(conversation_id, CONSOLE_USER, "只在我们这里")
    await side.told(conversation_id)
    before = talk.texts("note")
    await side.handoffs.transfer(conversation_id, CONSOLE_USER, "客户只会说粤语")
    await side.told(conversation_id)
    new = [text for text in talk.texts("note") if text not in before]
    assert new[-1] == "li的备注：客户只会说粤语" and len(new) > 1
    assert not any("只在我们这里" in text for text in talk.texts("note")), "nobody there had the chat then"


async def test_whispers_about_chats_that_nobody_there_has_stay_here(side: Side, boss: User) -> None:
    conversation_id, talk = await side.asked()
    await side.handoffs.take(conversation_id, CONSOLE_USER)
    await side.told(conversation_id)
    notes = talk.texts("note")
    await side.floor.supervision.whisper(conversation_id, boss, "我在看")
    await side.told(conversation_id)
    assert talk.texts("note") == notes
