"""A customer in the queue who would rather have the bot do something: it does, on a served bot."""

from __future__ import annotations

import pytest

from tests.conftest import Pool
from tests.service import wait_until


@pytest.mark.parametrize(
    ("language", "asks", "says"),
    [("zh", "转人工", "算了，你帮我查一下余额吧"), ("en", "I want a person", "never mind, just show me my balance")],
)
def test_a_wish_behind_leaving_is_seen_to_at_once(pool: Pool, language: str, asks: str, says: str) -> None:
    customer, facts = pool.customer("customer_basic", language)
    customer.say(asks)
    assert customer.state["owner"] == "queued"

    assert customer.call("POST", "/messages", json={"client_msg_id": "instead", "text": says}).status_code == 202
    told = wait_until(lambda: any(facts["balance"] in item["text"] for item in customer.thread()), 15)
    assert told, customer.thread()
    customer.say("谢谢")
    assert customer.state["owner"] == "bot"
