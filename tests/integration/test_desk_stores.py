"""The desk's lists, search, marks, notes, macros and ratings on real databases."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import event

from bot.contracts import Assurance, Author, AuthorKind, Conversation, Draft, Owner
from bot.conversations.store import ConversationStore, TurnRecord
from bot.database import Database
from bot.desk.customers.model import Card
from bot.desk.customers.store import CardStore, ProfileStore
from bot.desk.inbox.model import ListQuery, Scope, Sort
from bot.desk.inbox.store import InboxStore
from bot.desk.macros.model import Macro, Visibility
from bot.desk.macros.store import MacroStore
from bot.desk.marks.store import MarkStore
from bot.desk.notes.store import NoteStore
from bot.desk.ratings.model import Rating, Subject
from bot.desk.ratings.store import RatingStore
from bot.desk.search.store import SearchStore
from bot.desk.settings.store import SettingsStore
from bot.schema import tickets

T0 = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)
_CUSTOMER, _AGENT, _BOT = (Author(AuthorKind.customer), Author(AuthorKind.agent, "李敏"), Author(AuthorKind.bot))


def _minute(n: float) -> datetime:
    return T0 + timedelta(minutes=n)


class Ledger:
    """Conversations made by the product's own store."""

    def __init__(self, database: Database) -> None:
        self.store = ConversationStore(database)

    async def open(
        self, id_: str, at: datetime = T0, customer_id: str | None = None, language: str = "zh"
    ) -> Conversation:
        head = Conversation(
            id_, language, Owner.bot, 1, 0, 0, Assurance.anonymous, customer_id, None, at, at, metadata={}
        )
        await self.store.create(head, (Draft(_BOT, "您好"),), at)
        return replace(head, last_seq=1, answered_seq=1)

    async def say(self, id_: str, text: str, at: datetime, author: Author = _CUSTOMER) -> int:
        message, _new = await self.store.append(id_, Draft(author, text), at)
        return message.seq

    async def give(self, id_: str, owner: Owner, at: datetime, agent_id: str | None = None) -> None:
        head = await self.store.head(id_)
        changed = await self.store.change_owner(
            id_, epoch=head.epoch, owner=owner, agent_id=agent_id, actor="test", reason="test", drafts=(), at=at
        )
        assert changed is not None


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


def _query(scope: Scope = Scope.all, sort: Sort = Sort.newest, **more: Any) -> ListQuery:
    return ListQuery(scope, "agent1", sort, **more)


async def _ids(database: Database, query: ListQuery) -> list[str]:
    entries, _total = await InboxStore(database).page(query)
    return [entry.head.id for entry in entries]


# -- who waits ---------------------------------------------------------------------------------------------------------


async def _waiting(database: Database, id_: str) -> datetime | None:
    entries, _total = await InboxStore(database).page(_query(found_ids=(id_,)))
    return entries[0].waiting_since


async def test_a_customer_waits_from_the_first_message_that_nobody_answered(database: Database, ledger: Ledger) -> None:
    await ledger.open("c1")
    assert await _waiting(database, "c1") is None
    await ledger.say("c1", "没网了", _minute(1))
    await ledger.say("c1", "在吗", _minute(2))
    assert await _waiting(database, "c1") == _minute(1)
    await ledger.give("c1", Owner.queued, _minute(3))
    assert await _waiting(database, "c1") == _minute(1), "the queue answers nobody"
    await ledger.give("c1", Owner.agent, _minute(4), "agent1")
    assert await _waiting(database, "c1") == _minute(1), "taking a chat answers nobody"
    await ledger.say("c1", "您好", _minute(5), _AGENT)
    assert await _waiting(database, "c1") is None
    await ledger.say("c1", "有人吗", _minute(6))
    await ledger.say("c1", "工单已建", _minute(7), Author(AuthorKind.system))
    assert await _waiting(database, "c1") == _minute(6), "a notice answers nobody"
    await ledger.give("c1", Owner.closed, _minute(8))
    assert await _waiting(database, "c1") is None


async def test_asking_for_a_person_without_a_word_is_waiting_too(database: Database, ledger: Ledger) -> None:
    await ledger.open("c1")
    await ledger.give("c1", Owner.queued, _minute(3))
    assert await _waiting(database, "c1") == _minute(3)


async def test_the_bots_answer_ends_the_waiting(database: Database, ledger: Ledger) -> None:
    await ledger.open("c1")
    seq = await ledger.say("c1", "查话费", _minute(1))
    record = TurnRecord("c1", 1, 1, seq, (Draft(_BOT, "好的"),), "zh", Assurance.anonymous, None, {}, 1, ())
    assert await ledger.store.commit_turn(record, _minute(2)) is not None
    assert await _waiting(database, "c1") is None


# -- lists -------------------------------------------------------------------------------------------------------------


async def _four(ledger: Ledger) -> None:
    """One with the bot, one waiting, one of agent1, one closed by agent2."""
    for n, id_ in enumerate(("bot", "queued", "mine", "closed")):
        await ledger.open(id_, _minute(n), customer_id="cu1" if id_ == "mine" else None)
        await ledger.say(id_, f"文字 {id_}", _minute(10 - n))
    await ledger.give("queued", Owner.queued, _minute(11))
    await ledger.give("mine", Owner.agent, _minute(12), "agent1")
    await ledger.give("closed", Owner.closed, _minute(13), "agent2")


async def test_scopes_and_filters_choose_and_the_total_counts_them_all(database: Database, ledger: Ledger) -> None:
    await _four(ledger)
    for scope, found in (
        (Scope.mine, {"mine"}),
        (Scope.queued, {"queued"}),
        (Scope.open, {"bot", "queued", "mine"}),
        (Scope.closed, {"closed"}),
        (Scope.all, {"bot", "queued", "mine", "closed"}),
        (Scope.mentions, set()),
        (Scope.low_ratings, set()),
    ):
        entries, total = await InboxStore(database).page(_query(scope, limit=1))
        assert {entry.head.id for entry in entries} <= found and total == len(found), scope
    assert await _ids(database, _query(agent="agent2")) == ["closed"]
    assert await _ids(database, _query(language="en")) == []
    assert await _ids(database, _query(reason="anger")) == []
    assert await _ids(database, _query(found_ids=("bot",), found_customers=("cu1",))) == ["mine", "bot"]
    assert await _ids(database, _query(found_ids=())) == []


async def test_orders_and_pages_show_every_conversation_once(database: Database, ledger: Ledger) -> None:
    for n in range(23):
        await ledger.open(f"c{n:02}", _minute(n % 5))  # many of the same minute
        if n % 3:
            await ledger.say(f"c{n:02}", "在吗", _minute(30 - n % 4))
    for sort in Sort:
        whole = await _ids(database, _query(sort=sort, limit=100))
        paged: list[str] = []
        after: tuple[str, ...] | None = None
        while True:
            entries, total = await InboxStore(database).page(_query(sort=sort, limit=4, after=after))
            assert total == 23
            paged += [entry.head.id for entry in entries[:4]]
            if len(entries) <= 4:
                break
            after = entries[3].cursor
        assert paged == whole and sorted(whole) == [f"c{n:02}" for n in range(23)], sort
    waiting, _total = await InboxStore(database).page(_query(sort=Sort.waiting, limit=100))
    since = [entry.waiting_since for entry in waiting]
    known = [moment for moment in since if moment]
    assert known == sorted(known) and since[: len(known)] == known, "longest first, those who do not wait behind"


async def test_a_row_has_the_newest_message_and_the_newest_request(database: Database, ledger: Ledger) -> None:
    await _four(ledger)
    (entry,), _total = await InboxStore(database).page(_query(found_ids=("bot",)))
    assert entry.last is not None and entry.last.text == "文字 bot" and entry.asked is None


async def test_unread_counts_the_customers_messages_behind_my_mark(database: Database, ledger: Ledger) -> None:
    inbox, marks = InboxStore(database), MarkStore(database)
    await ledger.open("c1")
    first = await ledger.say("c1", "一", _minute(1))
    await ledger.say("c1", "答", _minute(2), _AGENT)
    last = await ledger.say("c1", "二", _minute(3))
    await ledger.open("c2")
    assert await inbox.unread(["c1", "c2"], "agent1") == {"c1": 2}
    assert await marks.mark("c1", "agent1", first, _minute(4))
    assert await inbox.unread(["c1"], "agent1") == {"c1": 1}
    assert await inbox.unread(["c1"], "agent2") == {"c1": 2}, "everybody has a mark of their own"
    assert await marks.mark("c1", "agent1", last, _minute(5))
    assert not await marks.mark("c1", "agent1", first, _minute(6)), "a mark never goes back"
    assert await inbox.unread(["c1"], "agent1") == {} and (await marks.marks("c1")) == {"agent1": last}


async def test_a_row_knows_when_a_ticket_of_the_chat_or_its_customer_is_first_due(
    database: Database, ledger: Ledger
) -> None:
    heads = [await ledger.open("c1"), await ledger.open("c2", customer_id="cu1"), await ledger.open("c3")]
    heads.append(await ledger.open("c4", customer_id="cu2"))
    rows = [
        ("FT1", "c1", None, "inProgress", 30),
        ("FT2", "c1", None, "acknowledged", 20),
        ("FT3", "c1", None, "resolved", 5),
        ("FT4", None, "cu1", "held", 40),
        ("FT5", "c2", "cu1", "pending", None),
        ("FT6", "c3", None, "closed", 1),
        ("FT7", "elsewhere", "cu2", "cancelled", 1),
    ]
    common: dict[str, Any] = {
        "ticket_type": "fault",
        "severity": "major",
        "priority": "high",
        "description": "-",
        "facts": {},
    }
    common |= {"channel": "chat", "created_at": T0, "updated_at": T0, "version": 1}
    async with database.write() as connection:
        for id_, chat, customer, status, due in rows:
            values = {"id": id_, "conversation_id": chat, "customer_id": customer, "status": status}
            due_at = None if due is None else _minute(due)
            await connection.execute(tickets.insert().values(**common, **values, due_at=due_at))
    assert await InboxStore(database).tickets_due(heads) == {"c1": _minute(20), "c2": _minute(40)}


async def test_a_list_of_500_needs_as_few_statements_as_a_list_of_one(database: Database, ledger: Ledger) -> None:
    for n in range(500):
        await ledger.open(f"c{n:03}", _minute(n / 60))
        await ledger.say(f"c{n:03}", f"问题 {n}", _minute(10 + n / 60))
    inbox, statements = InboxStore(database), list[str]()

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", count)
    took = []
    for _ in range(4):
        statements.clear()
        begun = asyncio.get_running_loop().time()
        entries, total = await inbox.page(_query(limit=500))
        await inbox.unread([entry.head.id for entry in entries], "agent1")
        took.append(asyncio.get_running_loop().time() - begun)
    assert len(entries) == total == 500
    assert len(statements) == 3
    assert min(took) < 0.25, took


# -- search ------------------------------------------------------------------------------------------------------------


async def test_search_finds_words_of_any_length_in_both_languages(database: Database, ledger: Ledger) -> None:
    search = SearchStore(database)
    texts = {"a": "家里宽带断了", "b": "My WiFi keeps dropping", "c": "100% 满意_真的", "d": "套餐多少钱"}
    for n, (id_, text) in enumerate(texts.items()):
        await ledger.open(id_, _minute(n))
        await ledger.say(id_, text, _minute(n))
    for words, found in (
        ("宽带", ["a"]),
        ("带", ["a"]),
        ("家里宽带", ["a"]),
        ("wifi keeps", ["b"]),
        ("fi", ["b"]),
        ("0%", ["c"]),
        ("满意_真", ["c"]),
        ("意_", ["c"]),
        ("%", ["c"]),
        ("没有这个", []),
        ('"quoted" OR x', []),
        ("NEAR(a b)", []),
    ):
        assert list(await search.conversations(words)) == found, words
    assert set(await search.conversations("您好")) == set(texts), "what the bot said is found too"
    assert (await search.conversations("您好"))[0] == "d", "written to last first"


async def test_search_follows_what_is_taken_away(database: Database, ledger: Ledger) -> None:
    await ledger.open("a")
    await ledger.say("a", "家里宽带断了", _minute(1))
    async with database.write() as connection:
        await connection.exec_driver_sql(
            "UPDATE messages SET text = '已经恢复正常' WHERE conversation_id = 'a' AND seq = 2"
        )
    search = SearchStore(database)
    assert await search.conversations("宽带断") == () and await search.conversations("恢复正") == ("a",)
    async with database.write() as connection:
        await connection.exec_driver_sql("DELETE FROM messages WHERE conversation_id = 'a'")
    assert await search.conversations("恢复正") == () and await search.conversations("恢复") == ()


async def test_search_shows_the_messages_newest_first(database: Database, ledger: Ledger) -> None:
    await ledger.open("a")
    for n in range(5):
        await ledger.say("a", f"宽带 {n}", _minute(n))
    found = await SearchStore(database).messages(["a"], "宽带", each=3)
    assert found == {"a": [(6, "宽带 4"), (5, "宽带 3"), (4, "宽带 2")]}


async def test_customers_are_found_by_name_number_and_account(database: Database, ledger: Ledger) -> None:
    cards = CardStore(database)
    await cards.put([Card("cu1", "李雷", "Lei Li", "+8613800000001", "A100", "vip")], T0)
    await cards.put([Card("cu1", "李雷", "Lei Li", "+8613800000002", "A100", "vip")], _minute(1))
    search = SearchStore(database)
    for words in ("李雷", "lei", "13800000002", "A100", "cu1"):
        assert await search.customers(words) == ("cu1",), words
    assert await search.customers("13800000001") == (), "an old number is gone"
    assert (await cards.get(["cu1", "cu2"]))["cu1"].customer_class == "vip"


async def test_cards_that_are_missing_or_old_are_named(database: Database, ledger: Ledger) -> None:
    cards = CardStore(database)
    for id_ in ("cu1", "cu2", "cu3"):
        await ledger.open(f"of {id_}", customer_id=id_)
    await ledger.open("of nobody")
    await cards.put([Card("cu1", "一", "One", "+861", "A1"), Card("cu2", "二", "Two", "+862", "A2")], _minute(0))
    await cards.put([Card("cu2", "二", "Two", "+862", "A2")], _minute(5))
    assert set(await cards.stale(_minute(3), 10)) == {"cu1", "cu3"}


# -- past, marks, drafts, notes, macros, ratings, settings -------------------------------------------------------------


async def test_a_customers_past_says_what_they_wrote_first(database: Database, ledger: Ledger) -> None:
    await ledger.open("a", customer_id="cu1")
    await ledger.say("a", "宽带断了", _minute(1))
    await ledger.say("a", "还在吗", _minute(2))
    await ledger.open("silent", customer_id="cu1")
    (past,) = await ProfileStore(database).past("cu1", 10)
    assert (past.conversation_id, past.first_words, past.reason_code, past.solved) == ("a", "宽带断了", None, None)
    assert await ProfileStore(database).past("cu1", 10, without="a") == ()


async def test_a_draft_is_one_a_person_and_goes_when_it_is_dropped(database: Database, ledger: Ledger) -> None:
    marks = MarkStore(database)
    await ledger.open("c1")
    await marks.keep_draft("c1", "agent1", "reply", "您好", T0)
    await marks.keep_draft("c1", "agent1", "note", "内部", T0)
    await marks.keep_draft("c1", "agent2", "reply", "别的", T0)
    assert await marks.draft("c1", "agent1") == ("note", "内部")
    assert await marks.drop_draft("c1", "agent1") and not await marks.drop_draft("c1", "agent1")
    assert await marks.draft("c1", "agent1") is None and await marks.draft("c1", "agent2") == ("reply", "别的")


async def test_mentions_are_read_once_by_those_whom_they_name(database: Database, ledger: Ledger) -> None:
    notes = NoteStore(database)
    await ledger.open("c1")
    note = await notes.add("c1", "agent1", "@agent2 看看", T0)
    (mention,) = await notes.mention(note, ["agent2"])
    assert await notes.mentions("agent1", limit=10, unread_only=False) == ()
    assert await notes.mentions("agent2", limit=10, unread_only=True) == (mention,)
    assert await notes.mark_read(mention.id, "agent1", _minute(1)) is None, "not theirs"
    seen = await notes.mark_read(mention.id, "agent2", _minute(1))
    again = await notes.mark_read(mention.id, "agent2", _minute(9))
    assert seen == again and seen is not None and seen.read_at == _minute(1)
    assert await notes.mentions("agent2", limit=10, unread_only=True) == ()
    assert await _ids(database, ListQuery(Scope.mentions, "agent2")) == ["c1"]
    assert await notes.of("c1") == (note,)


async def test_macros_are_kept_changed_and_put_in_only_where_there_is_none(database: Database) -> None:
    store = MacroStore(database)
    first = Macro("a", {"zh": "甲", "en": "A"}, {"zh": "文", "en": "T"}, "a", Visibility.all, None, None)
    assert await store.put_first([first], T0) == 1
    assert await store.put_first([replace(first, id="b")], T0) == 0
    await store.change(replace(first, shortcut=None, visibility=Visibility.group, group_id="g"), T0)
    found = await store.get("a")
    assert found is not None and (found.shortcut, found.group_id) == (None, "g")
    await store.remove("a")
    assert await store.all() == ()


def _rating(subject: Subject, score: int, at: datetime = T0, id_: str = "c1") -> Rating:
    return Rating(id_, subject, score, score > 2, None, "agent1" if subject is Subject.agent else None, at)


async def test_bot_and_person_are_rated_apart_and_once(database: Database, ledger: Ledger) -> None:
    store = RatingStore(database)
    await ledger.open("c1")
    assert await store.unrated("c1", [Subject.agent, Subject.bot]) == (Subject.agent, Subject.bot)
    assert await store.add(_rating(Subject.agent, 5)) and await store.add(_rating(Subject.bot, 1))
    assert not await store.add(_rating(Subject.agent, 1))
    assert await store.unrated("c1", [Subject.agent, Subject.bot]) == ()
    found = (await store.of(["c1", "c2"]))["c1"]
    assert found[Subject.agent].score == 5 and found[Subject.bot].agent_id is None


async def test_low_ratings_wait_for_a_review(database: Database, ledger: Ledger) -> None:
    store = RatingStore(database)
    for n in range(4):
        await ledger.open(f"c{n}")
        await store.add(_rating(Subject.agent, n + 1, _minute(n), f"c{n}"))
    assert [id_ for id_, _at in await store.conversations(low=True, reviewed=False, before=None, limit=9)] == [
        "c1",
        "c0",
    ]
    assert await store.review("c1", "boss", "打电话道歉", _minute(9)) == 1
    assert await store.review("none", "boss", "", _minute(9)) == 0
    assert [id_ for id_, _at in await store.conversations(low=True, reviewed=False, before=None, limit=9)] == ["c0"]
    assert [id_ for id_, _at in await store.conversations(low=True, reviewed=True, before=None, limit=9)] == ["c1"]
    page = await store.conversations(low=False, reviewed=None, before=None, limit=2)
    rest = await store.conversations(low=False, reviewed=None, before=page[-1][1], limit=9)
    assert [id_ for id_, _at in (*page, *rest)] == ["c3", "c2", "c1", "c0"]
    assert set(await _ids(database, _query(Scope.low_ratings))) == {"c0", "c1"}


async def test_settings_are_one_object_a_person(database: Database) -> None:
    store = SettingsStore(database)
    assert await store.get("agent1") == {}
    await store.put("agent1", {"theme": "dark"})
    await store.put("agent1", {"theme": "light", "sound": False})
    assert await store.get("agent1") == {"theme": "light", "sound": False} and await store.get("agent2") == {}
