"""Chatwoot as the desk: forged and repeated webhooks, a desk that is away, a process that was killed."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.contracts import AuthorKind, Owner
from bot.conversations.fanout import DESK
from bot.database import Database
from tests.chatwoot import Chatwoot
from tests.integration.chatwoot_desk import WANG, Served, Side, later, running_side

_PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


# -- signatures ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["secret", "old", "ahead", "body", "none", "no_time", "word"])
async def test_a_webhook_that_is_not_signed_right_is_401_and_without_effect(
    side: Side, served: Served, wrong: str
) -> None:
    server = side.chatwoot
    body = json.dumps(
        {
            "event": "message_created",
            "id": 9_999,
            "content": "forged",
            "message_type": "outgoing",
            "private": False,
            "sender": {"id": WANG, "name": "王芳", "type": "user"},
            "conversation": {"id": served.talk.id},
            "account": {"id": 7},
        }
    ).encode()
    headers = server.signed(body)
    if wrong == "secret":
        headers = server.signed(body, secret="guessed")
    elif wrong in ("old", "ahead"):
        headers = server.signed(body, at=time.time() + (310 if wrong == "ahead" else -310))
    elif wrong == "body":
        headers, body = server.signed(body), body.replace(b"forged", b"forced")
    elif wrong == "none":
        headers.pop("X-Chatwoot-Signature")
    elif wrong == "no_time":
        headers.pop("X-Chatwoot-Timestamp")
    else:
        headers["X-Chatwoot-Timestamp"] = "now"
    status, answer = await server.send_raw(headers, body)
    assert (status, answer["error"]["code"]) == (401, "bad_signature")
    assert not {"forged", "forced"} & set(await side.lines(served.id))


async def test_a_webhook_sent_again_under_another_delivery_id_is_refused_too(side: Side, served: Served) -> None:
    """The delivery id is not signed: who replays a webhook could make one up."""
    side.chatwoot.sets(served.talk, "snoozed")
    await side.chatwoot.settled()
    assert side.chatwoot.last_webhook is not None
    headers, body = side.chatwoot.last_webhook
    again = {**headers, "X-Chatwoot-Delivery": "another"}
    assert await side.chatwoot.send_raw(again, body) == (200, {"result": "seen"})


async def test_webhooks_of_other_accounts_and_other_inboxes_are_none_of_ours(side: Side, served: Served) -> None:
    for payload in (
        {"event": "conversation_status_changed", "id": 424_242, "status": "resolved"},
        {"event": "conversation_status_changed", "id": served.talk.id, "status": "resolved", "account": {"id": 8}},
    ):
        body = json.dumps(payload).encode()
        assert await side.chatwoot.send_raw(side.chatwoot.signed(body), body) == (200, {"result": "not_ours"})
    assert (await side.head(served.id)).owner is Owner.agent


# -- away ----------------------------------------------------------------------------------------------------------


async def test_while_it_is_down_the_chat_waits_the_customer_is_told_and_it_goes_there_later(side: Side) -> None:
    side.chatwoot.down = 503
    conversation_id = await side.opened("宽带断了")
    await side.handoffs.ask(conversation_id, "customer")
    away = side.wording.text("utter_handoff_desk_away", "zh")
    await side.until_said(conversation_id, away)
    assert (await side.head(conversation_id)).owner is Owner.queued
    await side.says(conversation_id, "还在吗")
    await side.chatwoot.until(lambda: not side.desk.state().is_up)
    # nobody has to wait for a dead server: the next one is told at once
    other = await side.opened("没有信号", language="en")
    await side.handoffs.ask(other, "customer")
    await side.until_said(other, side.wording.text("utter_handoff_desk_away", "en"))
    side.chatwoot.down = None
    later(side, 120)
    talk = await side.talk(conversation_id)
    # what was said before it could be told is in the transcript or follows it, once
    everything = "\n".join(talk.texts())
    assert everything.count("还在吗") == 1 and everything.count("2. 客户: 宽带断了") == 1
    await side.until_said(conversation_id, side.wording.text("utter_handoff_desk_back", "zh"))
    assert (await side.lines(conversation_id)).count(away) == 1
    assert side.desk.state().is_up


async def test_a_customer_who_leaves_before_it_was_told_is_never_shown_there(side: Side) -> None:
    side.chatwoot.down = 503
    conversation_id = await side.opened("宽带断了")
    await side.handoffs.ask(conversation_id, "customer")
    await side.until_said(conversation_id, side.wording.text("utter_handoff_desk_away", "zh"))
    await side.customers.leave_queue(conversation_id)
    side.chatwoot.down = None
    later(side, 120)
    await side.told(conversation_id)
    assert side.chatwoot.talks == {}
    # and asking again tells everything
    await side.handoffs.ask(conversation_id, "customer")
    assert "宽带断了" in (await side.talk(conversation_id)).texts("note")[1]


async def test_replies_and_states_whose_webhooks_were_lost_are_found(side: Side, served: Served) -> None:
    side.chatwoot.sends_webhooks = False
    number = side.chatwoot.says(served.talk, WANG, "第一句")
    side.chatwoot.says(served.talk, WANG, "第二句")
    served.talk.messages[-2]["status"] = "failed"
    side.chatwoot.sets(served.talk, "resolved")
    later(side, 61)
    await side.until_owner(served.id, Owner.closed)
    assert await side.lines(served.id, AuthorKind.agent) == ["第一句", "第二句"]
    assert next(item for item in served.talk.messages if item["id"] == number)["status"] == "delivered"


async def test_a_conversation_deleted_there_is_made_anew_with_everything(side: Side, served: Served) -> None:
    side.chatwoot.talks.clear()
    side.chatwoot.contacts.clear()
    await side.says(served.id, "喂")
    await side.chatwoot.until(lambda: bool(side.chatwoot.talks))
    await side.told(served.id)
    (talk,) = side.chatwoot.talks.values()
    assert "宽带断了" in "\n".join(talk.texts("note"))
    assert "\n".join(talk.texts()).count("喂") == 1


async def test_who_is_on_duty_there_counts_as_on_duty_here(side: Side) -> None:
    # the desk's own first look may be under way
    with side.fanout.subscribe(DESK) as events:
        await side.desk.look()
        while [user.id for user in await side.handoffs.duty.on_duty()] != ["chatwoot:11"]:
            await asyncio.wait_for(events.get(), 10)
    conversation_id = await side.opened("宽带断了")
    await side.handoffs.ask(conversation_id, "customer")
    assert side.wording.text("utter_handoff_nobody_on_duty", "zh") not in await side.lines(conversation_id)


# -- a restart -----------------------------------------------------------------------------------------------------


async def test_another_process_goes_on_where_one_was_killed_and_nothing_is_lost_or_doubled(
    database: Database, redis: Redis, chatwoot: Chatwoot, tmp_path: Path
) -> None:
    async with running_side(database, redis, chatwoot, tmp_path) as first:
        conversation_id, talk = await first.asked()
        chatwoot.assigns(talk, WANG)
        await first.until_owner(conversation_id, Owner.agent)
        await first.says(conversation_id, "一")
        await first.told(conversation_id)
        chatwoot.down = 503
        await first.says(conversation_id, "二")
    chatwoot.down, chatwoot.webhook_url = None, "http://127.0.0.1:9/gone"
    chatwoot.says(talk, WANG, "停机时说的")
    await chatwoot.settled()
    async with running_side(database, redis, chatwoot, tmp_path) as second:
        await second.says(conversation_id, "三")
        await second.until_said(conversation_id, "停机时说的")
        later(second, 60)
        await second.told(conversation_id)
        assert talk.texts("incoming") == ["一", "二", "三"]
        assert await second.lines(conversation_id, AuthorKind.agent) == ["停机时说的"]
