"""A customer's message is taken with the conversation's head, and a turn is written only upon what it began with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from redis.asyncio import Redis
from sqlalchemy import select

from bot.contracts import Assurance, Author, AuthorKind, Draft
from bot.conversations.store import ConversationStore, TurnRecord
from bot.database import Database
from bot.ids import new_id
from bot.migrations import upgrade
from bot.resources import utc_now
from bot.schema import demo_facts
from tests.integration.floor import Floor

_SAID = Draft(Author(AuthorKind.customer), "hello", client_msg_id="m1")


def _turn(conversation_id: str, answered_from: int, answered_to: int, turn: int) -> TurnRecord:
    said = (Draft(Author(AuthorKind.bot), "hi"),)
    return TurnRecord(
        conversation_id, 1, answered_from, answered_to, said, "en", Assurance.anonymous, None, {}, turn, ()
    )


async def test_the_head_comes_with_the_message_as_it_stands_in_the_ledger(database: Database, redis: Redis) -> None:
    floor = Floor(database, redis, utc_now)
    store, chat = floor.conversations, await floor.customer("en")
    first = await store.take(chat.id, _SAID, utc_now())
    assert first.is_next and await store.next_unanswered(chat.id) == (first.head, first.message)
    again = await store.take(chat.id, _SAID, utc_now())
    assert (again.message, again.head, again.is_next) == (first.message, None, False)
    second = await store.take(chat.id, Draft(_SAID.author, "still there?", client_msg_id="m2"), utc_now())
    assert second.head is not None and not second.is_next, "the one before it comes first"
    await floor.handoffs.ask(chat.id, "customer")
    waiting = await store.take(chat.id, Draft(_SAID.author, "well?", client_msg_id="m3"), utc_now())
    assert waiting.head == await store.head(chat.id) and not waiting.is_next, "it is a person's"


async def test_a_turn_that_does_not_know_what_was_remembered_meanwhile_writes_nothing(
    database: Database, redis: Redis
) -> None:
    floor = Floor(database, redis, utc_now)
    store, chat = floor.conversations, await floor.customer("en")
    taken = await store.take(chat.id, _SAID, utc_now())
    assert taken.head is not None
    await store.set_language(chat.id, "zh", utc_now())
    stale = _turn(chat.id, taken.head.answered_seq, taken.message.seq, 1)
    assert await store.commit_turn(stale, utc_now()) is None
    assert (await store.head(chat.id)).language == "zh"
    done = await store.commit_turn(_turn(chat.id, taken.head.answered_seq, taken.message.seq, 2), utc_now())
    assert done is not None and [item.text for item in done[0]] == ["hi"]


@pytest_asyncio.fixture
async def alone(tmp_path: Path) -> AsyncIterator[Database]:
    """A database that no other process writes to."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'alone.sqlite3'}"
    await asyncio.to_thread(upgrade, url)
    database = Database(url, shared=False)
    yield database
    await database.close()


async def _write(database: Database, name: str) -> None:
    async with database.write() as connection:
        await connection.execute(demo_facts.insert().values(name=name, value={}))


async def test_after_a_write_that_failed_or_was_cancelled_others_write(alone: Database) -> None:
    wrote, never = asyncio.Event(), asyncio.Event()

    async def hangs() -> None:
        async with alone.unit():
            await _write(alone, "hangs")
            wrote.set()
            await never.wait()

    task = asyncio.create_task(hangs())
    await wrote.wait()
    waits = asyncio.create_task(_write(alone, "waits"))
    done, _ = await asyncio.wait({waits}, timeout=0.1)
    assert not done, "there is one writer"
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await waits
    with pytest.raises(RuntimeError):
        async with alone.own_write() as connection:
            await connection.execute(demo_facts.insert().values(name="fails", value={}))
            raise RuntimeError
    with pytest.raises(RuntimeError):
        async with alone.own_write() as connection:
            await connection.execute(demo_facts.insert().values(name="outer", value={}))
            async with connection.begin_nested():
                await connection.execute(demo_facts.insert().values(name="inner", value={}))
            raise RuntimeError
    await _write(alone, "last")
    async with alone.read() as connection:
        names = (await connection.execute(select([demo_facts.c.name]))).scalars().all()
    assert set(names) == {"waits", "last"}


async def test_a_message_sent_twice_at_once_is_taken_once(alone: Database, redis: Redis) -> None:
    floor = Floor(alone, redis, utc_now)
    store: ConversationStore = floor.conversations
    chat, draft = await floor.customer("en"), Draft(_SAID.author, "hello", client_msg_id=new_id())
    taken = await asyncio.gather(*(store.take(chat.id, draft, utc_now()) for _ in range(4)))
    assert len({item.message.seq for item in taken}) == 1
    assert sum(item.head is not None for item in taken) == 1
