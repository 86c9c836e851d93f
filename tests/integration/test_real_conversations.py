"""A real conversation of the running service becomes a test in a trainer's copy, and passes on that service."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import requests

from bot.database import Database
from bot.settings import ROOT
from bot.training.conversation_tests.files import cases_of, response_patterns, slot_names
from bot.training.conversation_tests.model import Failure
from bot.training.conversation_tests.runner import Stage
from bot.training.conversation_tests.store import PlayedStore
from tests.conftest import Pool, PoolsPeople
from tests.service import Customer, Desk, Service

_CALL_S = 60


@pytest.fixture
def trainer(service: Service) -> Desk:
    return Desk(service, "trainer")


def _call(trainer: Desk, method: str, path: str, body: dict[str, Any] | None = None) -> requests.Response:
    address = f"{trainer.service.base}/api/v1/training/tests{path}"
    return trainer.http.request(method, address, json=body, timeout=_CALL_S)


def _said(customer: Customer, *turns: str | int) -> Customer:
    for turn in turns:
        if isinstance(turn, int):
            customer.press(turn)
        else:
            customer.say(turn)
    return customer


def _played(service: Service, pool: Pool, path: str, text: str, name: str) -> Failure | None:
    """Play the conversation of that name, as `make test` would."""
    responses = response_patterns(ROOT)
    [case] = [case for case in cases_of(text, path, slot_names(ROOT), responses) if case.name == name]

    async def play() -> Failure | None:
        database = Database(f"sqlite+aiosqlite:///{service.data_dir / 'frontline.sqlite3'}")
        try:
            async with aiohttp.ClientSession() as http:
                stage = Stage(http, service.base, PlayedStore(database), PoolsPeople(pool), responses, _no_wait)
                return await stage.play(case)
        finally:
            await database.close()

    return asyncio.run(play())


async def _no_wait(_conversation_id: str, _seconds: float) -> None:
    raise AssertionError("the customer wrote too fast")


def _written(trainer: Desk, draft: dict[str, Any]) -> tuple[str, str]:
    """The file that a draft was written to, and its text in the trainer's copy."""
    answer = _call(trainer, "POST", "/conversations", draft)
    assert answer.status_code == 201, answer.text
    path = answer.json()["path"]
    return path, (Path(trainer.service.data_dir) / "training" / "copies" / "trainer" / path).read_text("utf-8")


def _drafted(trainer: Desk, customer: Customer, **more: Any) -> dict[str, Any]:
    answer = _call(trainer, "POST", "/conversations/draft", {"conversation_id": customer.id, **more})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_signed_in_conversations_become_tests_that_pass(service: Service, pool: Pool, trainer: Desk) -> None:
    pool.fresh()
    for language, turns in (
        ("zh", ("查一下话费余额", "宽带好慢", "谢谢")),
        ("en", ("show me my bill", "what are your plans", "my internet is very slow", "never mind")),
    ):
        customer, facts = pool.customer("customer_basic", language)
        draft = _drafted(trainer, _said(customer, *turns))
        assert (draft["language"], draft["customer"], draft["masked"]) == (language, "customer_basic", [])
        assert [turn["customer"] for turn in draft["turns"]] == list(turns)
        assert all(str(facts[name]) not in draft["yaml"] for name in ("phone", "account_number", "name", "balance"))
        assert sum(len(turn["replies"]) for turn in draft["turns"]) >= len(turns)
        path, text = _written(trainer, draft)
        assert _played(service, pool, path, text, draft["name"]) is None


def test_a_conversation_with_a_code_and_a_button_becomes_a_test_that_passes(
    service: Service, pool: Pool, trainer: Desk
) -> None:
    facts = pool.take("customer_otp")
    customer, _ = pool.customer(None, "en")
    _said(customer, "I want to see my bill", facts["phone"], facts["otp"], "is there an outage here", "goodbye")
    draft = _drafted(trainer, customer)
    assert draft["facts_of"] == "customer_otp" and draft["topic"] == "billing"
    assert [turn["customer"] for turn in draft["turns"]][1:3] == ["{phone}", "{otp}"]
    assert facts["phone"] not in draft["yaml"] and facts["otp"] not in draft["yaml"]
    path, text = _written(trainer, draft)
    assert _played(service, pool, path, text, draft["name"]) is None


def test_a_person_ends_it_and_the_list_has_what_was_written(service: Service, pool: Pool, trainer: Desk) -> None:
    customer, _ = pool.customer(None, "en")
    _said(customer, "hi", 1, "I need to talk to a person please")
    draft = _drafted(trainer, customer)
    assert "press" in draft["turns"][1] and draft["turns"][-1]["owner"] == "queued"
    path, text = _written(trainer, {**draft, "topic": "live", "name": "a person is asked for"})
    assert _played(service, pool, path, text, "a person is asked for") is None

    listed = _call(trainer, "GET", "/conversations").json()["tests"]
    [own] = [test for test in listed if test["path"] == path]
    assert (own["name"], own["turns"], own["line"]) == ("a person is asked for", 3, 2)
    assert {test["path"] for test in listed} >= {"tests/conversations/test_billing.yml"}
    gone = _call(trainer, "DELETE", "/conversations", {"path": path, "name": own["name"]})
    assert gone.json() == {"path": path}
    assert _call(trainer, "DELETE", "/conversations", {"path": path, "name": own["name"]}).status_code == 404


def test_what_cannot_be_drafted_or_written_is_told(service: Service, pool: Pool, trainer: Desk) -> None:
    silent, _ = pool.customer(None, "en")
    for body, status, code in (
        ({}, 400, "bad_request"),
        ({"conversation_id": "nobody"}, 404, "conversation_not_found"),
        ({"conversation_id": silent.id}, 422, "test_wrong"),
        ({"conversation_id": silent.id, "upto_seq": -1}, 400, "bad_request"),
    ):
        answer = _call(trainer, "POST", "/conversations/draft", body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    turns = [{"customer": "hi", "expects": "shoe_size"}]
    answer = _call(trainer, "POST", "/conversations", {"topic": "billing", "name": "shoes", "turns": turns})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "test_wrong")
    assert "Turn 1: domain.yml has no slot 'shoe_size'" in answer.json()["error"]["message"]


def test_the_fixed_sentences_are_listed_by_set(trainer: Desk) -> None:
    found = _call(trainer, "GET", "/sentences?set=first").json()
    assert {"set": "first", "language": "zh"}.items() <= next(
        item for item in found["sets"] if item["set"] == "first" and item["language"] == "zh"
    ).items()
    assert {item["language"] for item in found["sentences"]} == {"zh", "en"}
    assert all(item["text"] and item["intent"] for item in found["sentences"])
    assert _call(trainer, "GET", "/sentences?set=../x").status_code == 400
    assert _call(trainer, "GET", "/sentences").json()["sentences"] == []
