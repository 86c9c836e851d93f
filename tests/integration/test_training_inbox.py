"""The inbox from a customer's words to an example in the files, on real databases, git and sentence vectors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from bot.contracts import ReasonCode
from bot.database import Database
from bot.schema import handoffs, labelled_examples, ratings
from bot.training.workbench import Workbench
from tests.integration.inbox_setup import START, conversation, message, turn, user_event
from tests.integration.training_repository import installation_in
from tests.integration.workbench_setup import Pages, served, workbench_in

EN, ZH = "data/nlu/billing.en.yml", "data/nlu/billing.zh.yml"


@dataclass
class Clock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workbench(database: Database, tmp_path: Path, clock: Clock) -> Workbench:
    installation_in(tmp_path / "installation")
    return workbench_in(tmp_path, database, clock)


@pytest_asyncio.fixture
async def pages(workbench: Workbench, database: Database, redis: Redis) -> AsyncIterator[Pages]:
    async with served(workbench, database, redis) as running:
        yield running


async def heard(workbench: Workbench, database: Database, name: str, *events: dict) -> None:  # type: ignore[type-arg]
    """A conversation of one turn after the other."""
    head = await conversation(database, name)
    for number, event in enumerate(events, start=1):
        events_of_turn = await turn(database, name, number, event)
        said = message(name, event["metadata"]["seq"], event["text"])
        await workbench.collector.turn(head, said, events_of_turn, None)


async def bills_in_doubt(workbench: Workbench, database: Database) -> None:
    """Six ways of asking for a bill in two languages, and one other thing."""
    asked = (
        ("c1", "我想看看这个月账单", "zh"),
        ("c2", "看看这个月的账单", "zh"),
        ("c3", "给我看看账单", "zh"),
        ("c4", "show me this month's bill", "en"),
        ("c5", "can you show me my bill for this month", "en"),
    )
    for name, text, language in asked:
        event = user_event(1, text, ("check_balance", 0.4), ("check_bill", 0.35), language=language)
        await heard(workbench, database, name, event)
    await heard(
        workbench,
        database,
        "c6",
        user_event(1, "how do I train a puppy", ("chitchat", 0.2), refused=True, language="en"),
    )
    await workbench.tidy()


async def test_only_what_was_in_doubt_comes_in_masked(workbench: Workbench, database: Database) -> None:
    phone = {"entity": "phone_number", "start": 2, "end": 13, "value": "13800138000"}
    await heard(
        workbench,
        database,
        "c1",
        user_event(1, "查账单", ("check_bill", 0.97), ("check_balance", 0.01)),
        user_event(
            3,
            "帮我13800138000改一下"[1:],
            ("change_plan", 0.4),
            ("update_contact", 0.38),
            entities=[{**phone, "start": 1, "end": 12}],
        ),
        user_event(5, "13800138000", ("check_bill", 0.3), bare=True),
    )
    await workbench.tidy()
    [group], total, _ = await workbench.inbox.groups()
    assert total == 1
    assert group.text == "我***********改一下"
    assert (group.intent, group.reasons) == ("change_plan", {"near_tie": 1})


async def test_a_matter_given_up_at_once_and_one_handed_over_count_for_more(
    workbench: Workbench, database: Database
) -> None:
    head = await conversation(database, "c1")
    first = user_event(1, "帮我停一下那个包", ("suspend_service", 0.8), ("cancel_addon", 0.1))
    second = user_event(3, "算了", ("cancel_flow", 0.95), ("deny", 0.02))
    third = user_event(5, "那个自动扣的东西", ("check_bill", 0.3), ("cancel_addon", 0.2), refused=True)
    for number, event in enumerate((first, second, third), start=1):
        said = message("c1", event["metadata"]["seq"], event["text"])
        why = ReasonCode.misunderstood if number == 3 else None
        await workbench.collector.turn(head, said, await turn(database, "c1", number, event), why)
    await workbench.tidy()
    found, _, _ = await workbench.inbox.groups()
    reasons = {group.text: set(group.reasons) for group in found}
    assert reasons["帮我停一下那个包"] == {"corrected"}
    assert reasons["那个自动扣的东西"] == {"refused", "handed_over"}
    assert found[0].text == "那个自动扣的东西"


async def test_what_customers_and_agents_say_later_is_taken_up_once(
    workbench: Workbench, database: Database, clock: Clock
) -> None:
    for name in ("c1", "c2", "c3"):
        await heard(
            workbench, database, name, user_event(1, "我要退那个套餐", ("change_plan", 0.9), ("cancel_addon", 0.05))
        )
    async with database.write() as connection:
        choice = {"conversation_id": "c1", "seq": 1, "at": START, "language": "zh", "text": "我要退那个套餐"}
        candidates = [{"intent": "change_plan", "confidence": 0.5}, {"intent": "cancel_addon", "confidence": 0.4}]
        await connection.execute(
            labelled_examples.insert().values(**choice, intent="cancel_addon", candidates=candidates, model="m")
        )
        await connection.execute(
            ratings.insert().values(conversation_id="c2", subject="bot", score=1, solved=False, created_at=START)
        )
        await connection.execute(
            handoffs.insert().values(
                id="h3",
                conversation_id="c3",
                status="closed",
                reason_code="customer_request",
                language="zh",
                priority=1,
                requested_at=START,
                ended_at=START,
                packet={},
                disposition={"solved": True, "intent": "cancel_addon", "reason": "done"},
            )
        )
    await workbench.tidy()
    assert (await workbench.inbox.groups())[1] == 0  # rows this young may still be followed by older ones

    clock.now = START + timedelta(minutes=2)
    await workbench.tidy()
    await workbench.tidy()
    [group], _, _ = await workbench.inbox.groups()
    assert (group.size, group.suggested) == (3, "cancel_addon")
    assert group.reasons == {"corrected": 1, "near_tie": 1, "thumbs_down": 1, "other_intent": 1}


async def test_sentences_alike_are_one_decision_that_edits_files_of_both_languages(
    workbench: Workbench, database: Database, pages: Pages
) -> None:
    await bills_in_doubt(workbench, database)
    listed = await pages.xue.get("/inbox")
    assert listed["total"] == 2 and listed["next"] is None
    bills = next(item for item in listed["groups"] if "账单" in item["text"] or "bill" in item["text"])
    assert (bills["size"], bills["languages"], bills["intent"]) == (5, {"en": 2, "zh": 3}, "check_balance")

    answer = await pages.xue.post(f"/inbox/{bills['id']}/decide", {"decision": "other_intent", "intent": "check_bill"})
    assert answer["decided"] == 5 and answer["skipped"] == []
    assert {item["path"] for item in answer["edits"]} == {EN, ZH}
    files = (await pages.xue.get("/diff"))["files"]
    assert sum(file["added"] for file in files) == 5 and sum(file["removed"] for file in files) == 0
    assert (await pages.xue.get("/inbox"))["total"] == 1
    assert (await pages.xue.get("/inbox?status=decided"))["total"] == 1

    assert (await pages.lei.call("POST", f"/inbox/decisions/{answer['decision_id']}/undo"))[0] == 403
    undone = await pages.xue.post(f"/inbox/decisions/{answer['decision_id']}/undo")
    assert undone == {"undone": True, "left": []}
    assert (await pages.xue.get("/diff"))["files"] == []
    assert (await pages.xue.get("/inbox"))["total"] == 2
    assert (await pages.xue.call("POST", f"/inbox/decisions/{answer['decision_id']}/undo"))[0] == 409


async def test_a_decision_can_take_some_sentences_and_leave_the_others(
    workbench: Workbench, database: Database, pages: Pages
) -> None:
    await bills_in_doubt(workbench, database)
    bills = (await pages.xue.get("/inbox?intent=check_balance"))["groups"][0]
    shown = await pages.xue.get(f"/inbox/{bills['id']}")
    one, two = (item["id"] for item in shown["sentences"][:2])
    await pages.xue.post(f"/inbox/{bills['id']}/decide", {"decision": "delete", "sentences": [one]})
    await pages.xue.post(
        f"/inbox/{bills['id']}/decide",
        {"decision": "other_intent", "intent": "check_bill", "sentences": [two], "keep_as_test": True},
    )
    assert (await pages.xue.get(f"/inbox/{bills['id']}"))["size"] == 3
    [change] = (await pages.xue.get("/copy"))["changed"]
    assert change["path"].startswith("tests/understanding/validated.")
    kept = (await pages.xue.get("/inbox/decisions"))["decisions"]
    assert {(item["decision"], item["decided"]) for item in kept} == {("delete", 1), ("other_intent", 1)}
    test_kept = next(item for item in kept if item["decision"] == "other_intent")
    assert (await pages.xue.post(f"/inbox/decisions/{test_kept['decision_id']}/undo"))["left"] == []
    assert (await pages.xue.get("/copy"))["changed"] == []


async def test_a_new_intent_is_made_of_a_group_and_gone_with_undo(
    workbench: Workbench, database: Database, pages: Pages
) -> None:
    await bills_in_doubt(workbench, database)
    bills = (await pages.xue.get("/inbox?intent=check_balance"))["groups"][0]
    answer = await pages.xue.post(
        f"/inbox/{bills['id']}/decide", {"decision": "new_intent", "intent": "show_bill", "topic": "billing"}
    )
    assert answer["decided"] == 5
    assert {item["path"] for item in (await pages.xue.get("/copy"))["changed"]} == {EN, ZH, "domain.yml"}
    assert (await pages.xue.post(f"/inbox/decisions/{answer['decision_id']}/undo"))["left"] == []
    assert (await pages.xue.get("/copy"))["changed"] == []


async def test_what_was_changed_since_is_told_when_undoing(
    workbench: Workbench, database: Database, pages: Pages
) -> None:
    await bills_in_doubt(workbench, database)
    puppy = next(item for item in (await pages.xue.get("/inbox"))["groups"] if "puppy" in item["text"])
    answer = await pages.xue.post(f"/inbox/{puppy['id']}/decide", {"decision": "out_of_scope"})
    status, _ = await pages.xue.call(
        "DELETE", "/intents/out_of_scope/examples", json={"language": "en", "text": "how do I train a puppy"}
    )
    assert status == 200
    undone = await pages.xue.post(f"/inbox/decisions/{answer['decision_id']}/undo")
    assert len(undone["left"]) == 1 and undone["left"][0]["values"]["text"] == "how do I train a puppy"


async def test_what_cannot_be_decided_is_said_and_nothing_is_done(
    workbench: Workbench, database: Database, pages: Pages
) -> None:
    await bills_in_doubt(workbench, database)
    bills = (await pages.xue.get("/inbox?intent=check_balance"))["groups"][0]
    sentence = (await pages.xue.get(f"/inbox/{bills['id']}"))["sentences"][0]
    overlapping = [{"entity": "a", "start": 0, "end": 4}, {"entity": "b", "start": 2, "end": 5}]
    accept = {"decision": "accept", "sentences": [sentence["id"]]}
    for body, status, code in (
        ({"decision": "perhaps"}, 400, "bad_request"),
        ({"decision": "other_intent", "intent": "Check Bill"}, 400, "bad_request"),
        ({"decision": "other_intent", "intent": "ask_moon"}, 404, "intent_unknown"),
        ({"decision": "new_intent", "intent": "ask_moon"}, 400, "bad_request"),
        ({**accept, "marks": {sentence["id"]: overlapping}}, 422, "marks_overlap"),
        ({**accept, "sentences": ["nobody:1"]}, 409, "conflict"),
        ({**accept, "sentences": "all"}, 400, "bad_request"),
    ):
        answered, answer = await pages.xue.call("POST", f"/inbox/{bills['id']}/decide", json=body)
        assert (answered, answer["error"]["code"]) == (status, code)
    assert (await pages.xue.call("POST", "/inbox/nothing/decide", json=accept))[0] == 404
    assert (await pages.xue.get("/copy"))["changed"] == []
    assert (await pages.xue.get(f"/inbox/{bills['id']}"))["size"] == 5


async def test_sentences_of_an_intent_that_was_removed_wait_until_another_is_chosen(
    workbench: Workbench, database: Database, pages: Pages
) -> None:
    await bills_in_doubt(workbench, database)
    bills = (await pages.xue.get("/inbox?intent=check_balance"))["groups"][0]
    for language, texts in (("en", ("balance", "what is left")), ("zh", ("余额", "还剩多少钱"))):
        for text in texts:
            body = {"language": language, "text": text}
            assert (await pages.xue.call("DELETE", "/intents/check_balance/examples", json=body))[0] == 200
    status, answer = await pages.xue.call("POST", f"/inbox/{bills['id']}/decide", json={"decision": "accept"})
    assert (status, answer["error"]["code"]) == (404, "intent_unknown")
    assert "check_balance" in answer["error"]["message"]
    assert (await pages.xue.get(f"/inbox/{bills['id']}"))["size"] == 5
    decided = await pages.xue.post(f"/inbox/{bills['id']}/decide", {"decision": "other_intent", "intent": "check_bill"})
    assert decided["decided"] == 5


async def test_masked_words_wait_for_other_ones(workbench: Workbench, database: Database, pages: Pages) -> None:
    phone = {"entity": "phone_number", "start": 1, "end": 12, "value": "13800138000"}
    event = user_event(1, "查13800138000的账单", ("check_bill", 0.4), ("check_balance", 0.35), entities=[phone])
    await heard(workbench, database, "c1", event)
    await workbench.tidy()
    [group] = (await pages.xue.get("/inbox"))["groups"]
    where = f"/inbox/{group['id']}/decide"
    answer = await pages.xue.post(where, {"decision": "accept"})
    assert (answer["decided"], answer["edits"]) == (0, [])
    assert answer["skipped"][0]["why"] == {"case": "masked", "values": {}}
    answer = await pages.xue.post(where, {"decision": "accept", "texts": {"c1:1": "查13812345678的账单"}})
    assert [item["text"] for item in answer["edits"]] == ["查13812345678的账单"]


async def test_pages_of_the_inbox_join_without_gap(workbench: Workbench, database: Database, pages: Pages) -> None:
    texts = ["账单在哪看", "宽带断了", "how is the weather", "我要投诉", "cancel my number", "流量包怎么买", "谁是总统"]
    for number, text in enumerate(texts):
        await heard(workbench, database, f"c{number}", user_event(1, text, ("check_bill", 0.2), refused=True))
    await workbench.tidy()
    seen: list[str] = []
    query = ""
    while True:
        page = await pages.xue.get(f"/inbox?limit=3{query}")
        seen += [item["id"] for item in page["groups"]]
        if page["next"] is None:
            break
        query = f"&after={page['next']}"
    assert len(seen) == len(set(seen)) == page["total"] == len(texts)
    assert (await pages.xue.get("/inbox?reason=refused"))["total"] == len(texts)
    assert (await pages.xue.get("/inbox?reason=thumbs_down"))["total"] == 0
    assert (await pages.xue.call("GET", "/inbox?after=nonsense"))[0] == 400
    assert (await pages.xue.call("GET", "/inbox?reason=because"))[0] == 400
