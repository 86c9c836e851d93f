"""The trainers' calls over HTTP, on real git and real accounts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from bot.database import Database
from tests.integration.training_repository import git, installation_in
from tests.integration.workbench_setup import Pages, served, workbench_in

EN, ZH = "data/nlu/billing.en.yml", "data/nlu/billing.zh.yml"
NOW = datetime(2027, 3, 1, tzinfo=timezone.utc)


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    return installation_in(tmp_path / "installation")


@pytest_asyncio.fixture
async def pages(database: Database, redis: Redis, installation: Path, tmp_path: Path) -> AsyncIterator[Pages]:
    workbench = workbench_in(tmp_path, database, lambda: NOW)
    async with served(workbench, database, redis) as running:
        yield running


async def test_only_trainers_come_in_and_changes_carry_the_token(pages: Pages) -> None:
    assert (await pages.agent.call("GET", "/copy"))[0] == 403
    pages.xue.csrf = "another"
    status, body = await pages.xue.call("POST", "/proposals", json={"title": "x"})
    assert (status, body["error"]["code"]) == (403, "forbidden")
    pages.xue.cookie = "nobody"
    assert (await pages.xue.call("GET", "/copy"))[0] == 401


async def test_examples_of_both_languages_stand_side_by_side_and_are_edited(pages: Pages) -> None:
    listed = (await pages.xue.get("/intents"))["intents"]
    counts = {"examples": {"zh": 3, "en": 3}, "findings": 2, "waiting": 0}  # few examples, in both languages
    assert listed[0] == {"intent": "check_bill", "topic": "billing", **counts}
    assert [item["intent"] for item in (await pages.xue.get("/intents?q=joke"))["intents"]] == ["out_of_scope"]

    marks = [{"entity": "period", "start": 0, "end": 4, "value": "last_month"}]
    added = await pages.xue.post(
        "/intents/check_bill/examples", {"language": "zh", "text": "上个月的钱", "entities": marks}
    )
    assert added == {
        "path": ZH,
        "line": 9,
        "intent": "check_bill",
        "text": '[上个月的]{"entity": "period", "value": "last_month"}钱',
    }
    shown = await pages.xue.get("/intents/check_bill")
    assert [item["plain"] for item in shown["examples"]["zh"]] == ["看账单", "上个月账单", "账单明细", "上个月的钱"]
    assert shown["examples"]["zh"][-1]["entities"] == marks
    assert [item["text"] for item in shown["examples"]["en"]] == ["show me my bill", "what do I pay", "last bill"]

    status, body = await pages.xue.call(
        "PUT", "/intents/check_bill/examples", json={"language": "en", "text": "last bill", "new_text": "my last bill"}
    )
    assert (status, body["line"]) == (200, 9)
    status, body = await pages.xue.call(
        "DELETE", "/intents/check_bill/examples", json={"language": "en", "text": "what do I pay"}
    )
    assert (status, body) == (200, {"path": EN})
    [file] = (await pages.xue.get(f"/diff?path={EN}"))["files"]
    assert (file["added"], file["removed"]) == (1, 2)
    assert (await pages.lei.get("/diff"))["files"] == []


async def test_what_cannot_be_done_to_an_example_is_said(pages: Pages) -> None:
    where = "/intents/check_bill/examples"
    for body, status, code in (
        ({"language": "en", "text": "Last bill"}, 409, "example_known"),
        ({"language": "fr", "text": "facture"}, 400, "bad_request"),
        ({"language": "en", "text": "two\nlines"}, 400, "bad_request"),
        ({"language": "en"}, 400, "bad_request"),
        (
            {
                "language": "en",
                "text": "roaming pack",
                "entities": [{"entity": "a", "start": 0, "end": 8}, {"entity": "b", "start": 4, "end": 12}],
            },
            422,
            "marks_overlap",
        ),
        ({"language": "en", "text": "x", "entities": [{"entity": "a", "start": 0, "end": "8"}]}, 400, "bad_request"),
    ):
        answered, answer = await pages.xue.call("POST", where, json=body)
        assert (answered, answer["error"]["code"]) == (status, code)
    status, answer = await pages.xue.call(
        "POST", "/intents/ask_moon/examples", json={"language": "en", "text": "the moon"}
    )
    assert (status, answer["error"]["code"]) == (404, "intent_unknown")
    assert (await pages.xue.get("/copy"))["changed"] == []


async def test_a_new_intent_gets_files_of_both_languages_and_its_name_in_the_domain(
    pages: Pages, installation: Path
) -> None:
    sides = {"zh": ["信号塔辐射大吗"], "en": ["is your mast safe"]}
    made = await pages.xue.post("/intents", {"intent": "faq/mast_safety", "topic": "masts", "examples": sides})
    assert {item["path"] for item in made["edits"]} == {"data/nlu/masts.zh.yml", "data/nlu/masts.en.yml"}
    await pages.xue.post(
        "/intents", {"intent": "ask_mast", "topic": "masts", "examples": {"zh": ["塔"], "en": ["mast"]}}
    )
    shown = await pages.xue.get("/intents/faq%2Fmast_safety")
    assert [item["text"] for item in shown["examples"]["zh"]] == ["信号塔辐射大吗"]
    status, body = await pages.xue.call(
        "POST", "/intents", json={"intent": "ask_mast", "topic": "masts", "examples": sides}
    )
    assert (status, body["error"]["code"]) == (409, "conflict")
    proposal = await pages.xue.post("/proposals", {"title": "Masts"})
    assert (await pages.xue.post(f"/proposals/{proposal['id']}/publish"))["published"]
    assert git(installation, "diff", "HEAD~1", "--", "domain.yml").count("\n+- ") == 1
    assert "- ask_mast\n" in (installation / "domain.yml").read_text("utf-8")


async def test_examples_move_to_another_intent_together_or_not_at_all(pages: Pages) -> None:
    move = {"language": "en", "texts": ["show me my bill", "last bill"], "to": "check_balance"}
    edits = (await pages.xue.post("/intents/check_bill/move", move))["edits"]
    assert [item["text"] for item in edits] == move["texts"]
    status, _ = await pages.xue.call(
        "POST", "/intents/check_bill/move", json={**move, "texts": ["what do I pay", "nothing like it"]}
    )
    assert status == 404
    shown = await pages.xue.get("/intents/check_bill")
    assert [item["text"] for item in shown["examples"]["en"]] == ["what do I pay"]


async def test_a_response_keeps_its_variables(pages: Pages) -> None:
    assert (await pages.xue.get("/responses"))["responses"] == [
        {"name": "utter_billing_due", "topic": "billing", "variables": ["amount"], "variations": {"zh": 1, "en": 1}}
    ]
    status, shown = await pages.xue.call(
        "PUT", "/responses/utter_billing_due", json={"id": "due_zh", "text": "您还应缴{amount}。"}
    )
    assert (status, shown["variations"][1]["text"]) == (200, "您还应缴{amount}。")
    status, body = await pages.xue.call(
        "PUT", "/responses/utter_billing_due", json={"id": "due_en", "text": "Pay {sum}."}
    )
    assert status == 422 and "{sum}" in body["error"]["message"] and "{amount}" in body["error"]["message"]
    [file] = (await pages.xue.get("/diff"))["files"]
    assert (file["added"], file["removed"]) == (1, 1)


async def test_an_article_is_published_only_after_a_second_person_has_read_it(pages: Pages, installation: Path) -> None:
    [listed] = (await pages.xue.get("/articles"))["articles"]
    assert listed["due"] is True
    status, article = await pages.xue.call(
        "PUT",
        "/articles/late_payment",
        json={"answer": {"zh": "会先发短信。\n再限制呼出。"}, "review_date": "2027-09-01"},
    )
    assert (status, article["review_date"]) == (200, "2027-09-01")
    assert article["answer"] == {"zh": "会先发短信。\n再限制呼出。", "en": "You get a text first."}
    proposal = await pages.xue.post("/proposals", {"title": "Late payment"})
    assert proposal["files"][0]["added"] == 2

    refused = await pages.xue.post(f"/proposals/{proposal['id']}/publish")
    assert refused["published"] is None
    assert [item["rule"] for item in refused["gate"]["refusals"]] == ["second_person"]
    status, body = await pages.xue.call("POST", f"/proposals/{proposal['id']}/approve")
    assert (status, body["error"]["code"]) == (403, "forbidden")
    assert (await pages.lei.post(f"/proposals/{proposal['id']}/approve"))["approved_by"] == ["lei"]
    assert (await pages.xue.post(f"/proposals/{proposal['id']}/publish"))["published"]
    assert "再限制呼出" in (installation / "data/knowledge/late_payment.yml").read_text("utf-8")


_NEW = {
    "id": "moving_home",
    "topic": "knowledge",
    "title": {"zh": "搬家", "en": "Moving home"},
    "answer": {"zh": "先告诉我们新地址。\n再约时间。", "en": "Tell us the new address."},
    "owner": "field-service",
    "source": "operator handbook",
    "review_date": "2027-05-01",
    "questions": {"zh": ["搬家要怎么弄", "搬家要怎么弄"], "en": ["what do i do when i move"]},
}


async def test_an_article_is_contributed_with_the_questions_that_ask_for_it(pages: Pages, tmp_path: Path) -> None:
    status, article = await pages.xue.call("POST", "/articles", json=_NEW)
    assert (status, article["path"]) == (201, "data/knowledge/moving_home.yml")
    assert article["answer"] == _NEW["answer"]
    assert {item["id"] for item in (await pages.xue.get("/articles"))["articles"]} == {"late_payment", "moving_home"}
    asked = await pages.xue.get("/intents/faq%2Fmoving_home")
    assert [item["text"] for item in asked["examples"]["zh"]] == ["搬家要怎么弄"]
    assert asked["files"]["en"] == "data/nlu/knowledge.en.yml"
    written = (tmp_path / "var" / "training" / "copies" / "xue" / article["path"]).read_text("utf-8")
    assert (
        'title: {zh: "搬家", en: "Moving home"}\n' in written
        and "  zh: |\n    先告诉我们新地址。\n    再约时间。\n" in written
    )
    status, body = await pages.xue.call("POST", "/articles", json=_NEW)
    assert (status, body["error"]["code"]) == (409, "conflict")
    proposal = await pages.xue.post("/proposals", {"title": "Moving home"})
    refused = await pages.xue.post(f"/proposals/{proposal['id']}/publish")
    assert "second_person" in [item["rule"] for item in refused["gate"]["refusals"]]


@pytest.mark.parametrize(
    "body",
    [
        {"id": "Moving home"},
        {"topic": "../x"},
        {"title": {"zh": "搬家"}},
        {"answer": None},
        {"owner": " "},
        {"questions": {"zh": ["搬家"]}},
        {"review_date": "soon"},
    ],
)
async def test_half_an_article_is_none(pages: Pages, body: dict[str, object]) -> None:
    status, answer = await pages.xue.call("POST", "/articles", json={**_NEW, **body})
    assert (status, answer["error"]["code"]) == (400, "bad_request")
    assert (await pages.xue.get("/diff"))["files"] == []


@pytest.mark.parametrize(
    "body",
    [{}, {"answer": "words"}, {"answer": {"fr": "mots"}}, {"review_date": "soon"}, {"title": {"zh": " "}}],
)
async def test_an_article_cannot_be_changed_into_nothing(pages: Pages, body: dict[str, object]) -> None:
    status, answer = await pages.xue.call("PUT", "/articles/late_payment", json=body)
    assert (status, answer["error"]["code"]) == (400, "bad_request")


async def test_a_file_that_was_broken_by_hand_is_told_with_its_line(pages: Pages, tmp_path: Path) -> None:
    await pages.xue.get("/intents")
    file = tmp_path / "var" / "training" / "copies" / "xue" / EN
    file.write_text(file.read_text("utf-8").replace("- intent: check_balance", "- intent: check: balance"), "utf-8")
    status, body = await pages.xue.call("GET", "/intents")
    assert (status, body["error"]["code"]) == (422, "data_file_wrong")
    assert body["error"]["message"].startswith(f"{EN}, line 10: ")
    assert (await pages.xue.post("/copy/discard", {"path": EN}))["discarded"] == [EN]
    assert len((await pages.xue.get("/intents"))["intents"]) == 3


async def test_findings_name_sentences_of_my_copy_that_stand_in_two_intents(pages: Pages) -> None:
    where = "/intents/check_balance/examples"
    await pages.xue.post(where, {"language": "en", "text": "Last bill!"})
    told = await pages.xue.get("/findings?intent=check_balance&limit=1")
    first, second = told["findings"]  # of each kind so many, the worst kind first
    assert (first["kind"], first["text"], first["other"]["text"]) == ("contradiction", "Last bill!", "last bill")
    assert (second["kind"], told["counts"], told["total"]) == ("too_few", {"contradiction": 1, "too_few": 2}, 3)
    assert (await pages.lei.get("/findings?kind=contradiction"))["total"] == 0
    assert {item["kind"] for item in (await pages.lei.get("/findings?kind=too_few"))["findings"]} == {"too_few"}
    assert (await pages.lei.call("GET", "/findings?kind=ugly"))[0] == 400
