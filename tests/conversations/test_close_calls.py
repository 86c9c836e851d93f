"""Messages that two wishes fit. Which ones those are depends on the model, so each test looks for one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from bot.assistant.flows.frames import Heard
from bot.assistant.flows.model import load_flows
from bot.assistant.understanding import Understanding
from bot.resources import DATA
from bot.settings import ROOT, Settings
from bot.training.registry import serving, verified_model
from tests.conftest import Pool
from tests.service import Customer, Service

#: short and vague on purpose
_VAGUE = {
    "zh": (
        "手机卡不能用了",
        "费用",
        "合约",
        "师傅上门的事",
        "套餐 流量",
        "话费的问题",
        "卡不行了",
        "钱的事",
        "办理业务",
        "上门",
        "号码的事",
    ),
    "en": (
        "contract",
        "package",
        "the technician",
        "phone stopped working",
        "my sim",
        "bill problem",
        "charge",
        "about my number",
        "money",
        "the visit thing",
        "data cost",
        "my number and the sim",
        "the sim and the bill",
    ),
}
_ORDINARY = frozenset({"out_of_scope", "chitchat", "request_human", "emergency"})

Near = Mapping[str, tuple[str, Sequence[str]]]


@pytest.fixture(scope="module")
def near() -> Near:
    """Language → a message that two ordinary wishes fit, and those wishes, the likelier first."""
    settings = Settings.from_env()
    model = ROOT / settings.model if settings.model else verified_model(ROOT / "models")
    understanding, rule = Understanding.from_archive(model), load_flows(DATA / "flows").patterns.close_calls

    async def look(language: str) -> tuple[str, Sequence[str]]:
        for text in _VAGUE[language]:
            parsed = await understanding.parse(text)
            ranking = tuple((item["full_intent"], item["confidence"]) for item in parsed["intent_ranking"])
            names = [name for name, _ in ranking[:2]]
            if rule.asks(Heard(text, parsed["intent"]["name"], ranking[0][1], {}, ranking)) and not _ORDINARY & set(
                names
            ):
                return text, names
        raise AssertionError(f"no vague message is near for this model: add one to _VAGUE[{language!r}]")

    async def both() -> Near:
        return {language: await look(language) for language in _VAGUE}

    return asyncio.run(both())


def _rows(service: Service, customer: Customer) -> list[dict[str, Any]]:
    return service.sql("SELECT * FROM labelled_examples WHERE conversation_id = ?", customer.id)


def _labels(reply: Mapping[str, Any]) -> list[str]:
    return [button["label"] for button in reply["buttons"]]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_second_wish_is_chosen_done_and_kept(language: str, near: Near, service: Service, pool: Pool) -> None:
    text, wishes = near[language]
    customer, _ = pool.customer("customer_basic", language)
    customer.say(text)
    assert len(_labels(customer.replies[-1])) == 3
    assert customer.replies[-1]["expects"] == {"slot": "chosen_wish"}
    assert _rows(service, customer) == []
    customer.press(2)
    assert customer.replies, "the chosen wish is dealt with in the same turn"
    (row,) = _rows(service, customer)
    assert (row["text"], row["intent"], row["seq"], row["language"]) == (text, wishes[1], 2, language)
    assert [item["intent"] for item in json.loads(row["candidates"])] == list(wishes)
    (kept,) = service.sql("SELECT slots FROM conversations WHERE id = ?", customer.id)
    assert json.loads(kept["slots"])["subject"]["intent"] == wishes[1], "later questions lean on what was chosen"
    record = serving(ROOT / "models")
    assert row["model"] == (Settings.from_env().model.rpartition("/")[2] or (record.file if record else ""))


def test_a_typed_place_in_the_list_is_a_choice(near: Near, service: Service, pool: Pool) -> None:
    text, wishes = near["zh"]
    customer, _ = pool.customer("customer_basic", "zh")
    customer.say(text)
    customer.say("第一个")
    assert [row["intent"] for row in _rows(service, customer)] == [wishes[0]]


def test_the_typed_name_of_a_wish_is_a_choice(near: Near, service: Service, pool: Pool) -> None:
    text, wishes = near["en"]
    customer, _ = pool.customer("customer_basic", "en")
    customer.say(text)
    customer.say(_labels(customer.replies[-1])[1].lower())
    assert [row["intent"] for row in _rows(service, customer)] == [wishes[1]]


@pytest.mark.parametrize(("language", "words"), [("zh", "都不是"), ("en", "neither of them")])
def test_neither_is_kept_too_and_nobody_is_asked_twice_in_a_row(
    language: str, words: str, near: Near, service: Service, pool: Pool
) -> None:
    text, _ = near[language]
    customer, _ = pool.customer("customer_basic", language)
    customer.say(text)
    customer.say(words)
    assert [row["intent"] for row in _rows(service, customer)] == [None]
    customer.say(text)
    assert not any((reply.get("expects") or {}).get("slot") == "chosen_wish" for reply in customer.replies)


def test_another_wish_ends_the_question(near: Near, service: Service, pool: Pool) -> None:
    text, _ = near["en"]
    customer, facts = pool.customer("customer_basic", "en")
    customer.say(text)
    customer.say("how do I change my wifi password")
    assert any((reply.get("data") or {}).get("type") == "article" for reply in customer.replies)
    assert not any((reply.get("expects") or {}).get("slot") == "chosen_wish" for reply in customer.replies)
    assert _rows(service, customer) == []
    assert facts


def test_a_person_comes_at_once_from_this_question_too(near: Near, pool: Pool) -> None:
    customer, _ = pool.customer("customer_basic", "zh")
    customer.say(near["zh"][0])
    customer.say("转人工")
    assert customer.state["owner"] == "queued"
