"""What to teach next, from stored facts, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.contracts import Assurance, Conversation, Owner
from bot.conversations.store import ConversationStore
from bot.database import Database
from bot.schema import handoffs, inbox_groups, inbox_sentences, ratings
from bot.settings import ROOT
from bot.training.teach.model import Matter
from bot.training.teach.service import MatterCollector, TeachService
from bot.training.teach.store import MatterStore
from tests.integration.inbox_setup import START, message, user_event
from tests.integration.training_repository import LEI, XUE

NOW = START + timedelta(days=6)


class Week:
    """Facts as a week leaves them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.store = MatterStore(database)

    async def conversation(self, name: str, customer: str | None = None, day: float = 0, **matters: Any) -> None:
        """A conversation with its matters: seq → intent, or (intent, article)."""
        at = START + timedelta(days=day)
        new = Conversation(name, "zh", Owner.bot, 1, 0, 0, Assurance.anonymous, customer, None, at, at)
        await ConversationStore(self.database).create(new, (), at)
        for key, found in matters.items():
            intent, article = found if isinstance(found, tuple) else (found, None)
            seq = int(key[1:])
            told = Matter(name, seq, at + timedelta(minutes=seq), "en", f"{name} about {intent}", intent, article)
            await self.store.add(told)
            await self.store.add(replace(told, text="the same message again"))

    async def handed_over(self, name: str, reason: str, intent: str | None, day: float) -> None:
        row = {
            "id": f"h-{name}",
            "conversation_id": name,
            "status": "closed" if intent else "left",
            "reason_code": reason,
            "language": "zh",
            "priority": 1,
            "requested_at": START + timedelta(days=day, hours=1),
            "packet": {},
            "disposition": {"intent": intent, "solved": True} if intent else None,
        }
        async with self.database.write() as connection:
            await connection.execute(handoffs.insert().values(**row))

    async def rated(self, name: str, score: int, solved: bool) -> None:
        values = {"conversation_id": name, "subject": "bot", "score": score, "solved": solved, "created_at": NOW}
        async with self.database.write() as connection:
            await connection.execute(ratings.insert().values(**values))

    async def strange(self, group: str, texts: list[str], last: datetime, **more: Any) -> None:
        """A group of the inbox of refused sentences."""
        row = {
            "id": group,
            "status": "open",
            "size": len(texts),
            "weight": 9,
            "text": texts[0],
            "languages": {"en": len(texts)},
            "reasons": {"refused": len(texts)},
            "tags": "|refused|en|",
            "intent": "check_bill",
            "confidence": 0.2,
            "suggested": None,
            "first_at": START,
            "last_at": last,
            "centre": b"",
        }
        await self.conversation(f"s-{group}")
        async with self.database.write() as connection:
            await connection.execute(inbox_groups.insert().values(**{**row, **more}))
            for seq, text in enumerate(texts, 1):
                values = {
                    "conversation_id": f"s-{group}",
                    "seq": seq,
                    "at": START,
                    "language": "en",
                    "text": text,
                    "reasons": ["refused"],
                    "confidence": 0.2,
                    "model": "m",
                    "group_id": group,
                }
                await connection.execute(inbox_sentences.insert().values(**values))

    async def list(self, user: Any = XUE) -> dict[str, Any]:
        return await TeachService(self.store, ROOT / "data", lambda: NOW).week(user)


@pytest.fixture
def week(database: Database) -> Week:
    return Week(database)


async def test_an_empty_week_teaches_nothing(week: Week) -> None:
    found = await week.list()
    assert found.pop("week") == {"from": (NOW - timedelta(days=7)).isoformat(), "to": NOW.isoformat()}
    assert found == {"handed_over": [], "came_back": [], "new_topics": [], "articles": []}


async def test_hand_overs_that_the_bot_could_have_spared(week: Week) -> None:
    await week.conversation("a", m2="check_usage", m4=None)
    await week.handed_over("a", "misunderstood", "check_bill", 0)
    await week.conversation("b", m2="check_bill")
    await week.handed_over("b", "customer_request", None, 0)
    await week.conversation("c", m2="emergency")
    await week.handed_over("c", "emergency", "emergency", 0)
    await week.conversation("old", day=-9, m2="check_bill")
    await week.handed_over("old", "customer_request", "check_bill", -9)
    [item] = (await week.list())["handed_over"]
    assert (item["intent"], item["conversations"], item["share"]) == ("check_bill", 2, 1.0)
    assert [one["conversation_id"] for one in item["examples"]] == ["a", "b"]
    assert item["examples"][0] == {"conversation_id": "a", "seq": 4, "text": "a about None"}


async def test_customers_who_were_back_about_the_same(week: Week) -> None:
    for name, customer, day, intent in (
        ("a1", "anna", -2, "check_bill"),
        ("a2", "anna", 1, "check_bill"),  # back
        ("b1", "ben", 0, "check_bill"),
        ("b2", "ben", 2, "top_up"),  # about something else
        ("c1", "cleo", -9, "check_bill"),
        ("c2", "cleo", 1, "check_bill"),  # after more than seven days
        ("d1", "dan", 0, "check_bill"),
        ("d2", "dan", 1, "check_bill"),  # a person had had it
        ("e1", "eve", 0, "check_bill"),
        ("e2", "eve", 1, "check_bill"),  # said that it was not solved
        ("f1", None, 0, "check_bill"),
        ("f2", None, 1, "check_bill"),  # nobody knows who
    ):
        await week.conversation(name, customer, day, m2=intent)
    await week.handed_over("d1", "policy", None, 0)
    await week.rated("e1", 1, False)
    [item] = (await week.list())["came_back"]
    assert (item["intent"], item["conversations"]) == ("check_bill", 1)
    assert item["examples"] == [{"conversation_id": "a2", "seq": 2, "text": "a2 about check_bill"}]
    assert item["why"] == [{"case": "came_back", "values": {"days": 3.0}}]


async def test_articles_that_did_not_help(week: Week) -> None:
    for number in range(4):
        await week.conversation(f"l{number}", m2=("faq/late_payment", "late_payment"))
    await week.conversation("fine", m2=("faq/wifi_password", "wifi_password"))
    await week.rated("l0", 2, True)
    await week.rated("l1", 5, False)
    await week.rated("fine", 5, True)
    await week.handed_over("l2", "customer_request", None, 0)
    chinese, english = await week.list(XUE), await week.list(LEI.__class__(**{**LEI.__dict__, "languages": ("en",)}))
    [item] = english["articles"]
    assert {key: item[key] for key in ("id", "shown", "not_helped", "handed_over")} == {
        "id": "late_payment",
        "shown": 4,
        "not_helped": 2,
        "handed_over": 1,
    }
    assert item["title"].isascii() and not chinese["articles"][0]["title"].isascii()


async def test_new_topics_are_named_groups_that_fit_nothing(week: Week) -> None:
    esim = ["an esim for my watch", "esim on a watch", "does my watch take esim"]
    await week.strange("g1", esim, NOW)
    await week.strange("old", ["parrots sing"] * 2, START - timedelta(days=3))
    await week.strange("known", ["my bill", "the bill"], NOW, suggested="check_bill")
    await week.strange("tie", ["bill usage"] * 2, NOW, reasons={"near_tie": 2}, tags="|near_tie|en|")
    await week.strange("alone", ["parrot"], NOW)
    [topic] = (await week.list())["new_topics"]
    assert set(topic["name"].split()) == {"esim", "watch"}
    assert (topic["size"], topic["languages"], topic["group_ids"]) == (3, {"en": 3}, ["g1"])
    assert set(topic["examples"]) == set(esim)


async def test_a_turn_leaves_its_matter_without_whose_it_is(week: Week) -> None:
    await week.conversation("t")
    head = await ConversationStore(week.database).head("t")
    said = "my number is 13911112222, show the bill"
    where = {"entity": "phone_number", "start": 13, "end": 24, "value": "13911112222"}
    events = [user_event(2, said, ("check_bill", 0.9), language="en", entities=[where])]
    collector = MatterCollector(week.store, lambda: NOW)
    for _ in range(2):
        await collector.turn(head, message("t", 2, said), events, None)
    await collector.turn(head, message("t", 3, "yes"), [user_event(3, "yes", ("affirm", 0.9))], None)
    [text] = await week.store.said_anyway(START, 10)
    assert text == "my number is ***********, show the bill"


async def test_what_no_list_looks_at_is_dropped(week: Week) -> None:
    for name, day in (("new", 0), ("before", -8), ("gone", -10)):
        await week.conversation(name, day=day, m2="check_bill")
    for _ in range(2):
        await MatterCollector(week.store, lambda: NOW).tidy()
    assert await week.store.said_anyway(START - timedelta(days=99), 9) == [
        "new about check_bill",
        "before about check_bill",
    ]
