"""Chatwoot as the desk: what happens on one side is seen on the other, in order, once, whatever fails between."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.contracts import AuthorKind, Owner
from bot.conversations.fanout import DESK
from bot.database import Database
from bot.handoff.model import HandoffStatus, Presence
from tests.chatwoot import Chatwoot, Talk, running_chatwoot
from tests.integration.chatwoot_desk import CONSOLE_USER, Side, later, running_side

_WANG, _TOM = 11, 12
_PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


@pytest.fixture
async def chatwoot() -> AsyncIterator[Chatwoot]:
    async with running_chatwoot() as server:
        yield server


@pytest.fixture
async def side(database: Database, redis: Redis, chatwoot: Chatwoot, tmp_path: Path) -> AsyncIterator[Side]:
    async with running_side(database, redis, chatwoot, tmp_path) as running:
        yield running


@dataclass(frozen=True)
class Served:
    """A conversation that an agent there has."""

    id: str
    talk: Talk


@pytest.fixture
async def served(side: Side) -> Served:
    conversation_id, talk = await side.asked()
    side.chatwoot.assigns(talk, _WANG)
    await side.until_owner(conversation_id, Owner.agent)
    return Served(conversation_id, talk)


# -- hand-over -----------------------------------------------------------------------------------------------------


async def test_a_hand_over_is_one_open_conversation_with_packet_transcript_labels_and_attributes(side: Side) -> None:
    conversation_id, talk = await side.asked("宽带断了", "我要投诉")
    assert (talk.status, len(side.chatwoot.talks), len(side.chatwoot.contacts)) == ("open", 1, 1)
    packet, transcript = talk.texts("note")
    assert "转人工：客户要求人工" in packet and conversation_id in packet
    handoff = await side.handoffs.newest(conversation_id)
    assert handoff is not None and handoff.packet["messages"]["sha256"] in packet
    assert "客户: 宽带断了" in transcript and "客户: 我要投诉" in transcript
    assert talk.labels == ["reason-customer-request", "language-zh"]
    attributes = talk.custom_attributes
    assert attributes["reason_code"] == "customer_request"
    assert attributes["language"] == "zh"
    assert attributes["priority"] == str(handoff.priority)
    assert attributes["frontline_conversation"] == conversation_id
    assert attributes["frontline_url"].endswith(conversation_id)


async def test_notes_are_in_the_language_that_the_settings_name(
    database: Database, redis: Redis, chatwoot: Chatwoot, tmp_path: Path
) -> None:
    async with running_side(database, redis, chatwoot, tmp_path, chatwoot_language="en") as side:
        _, talk = await side.asked("宽带断了")
        assert talk.texts("note")[0].startswith("**Handed over: The customer asked for a person**")


async def test_our_router_offers_nothing_and_a_person_at_our_console_can_still_take_it(side: Side) -> None:
    await side.people.add_user(CONSOLE_USER, "!")
    await side.handoffs.duty.set_presence(CONSOLE_USER, Presence.available)
    conversation_id, talk = await side.asked()
    assert await side.router.ringing() == {}
    await side.handoffs.take(conversation_id, CONSOLE_USER)
    await side.told(conversation_id)
    assert talk.status == "resolved"
    assert "李工已在我们的控制台接手这个对话。" in talk.texts("note")[-1]
    # a reply there does not reach the customer, and its author sees that
    number = side.chatwoot.says(talk, _WANG, "您好")
    await side.chatwoot.settled()
    assert "您好" not in await side.lines(conversation_id, AuthorKind.agent)
    assert next(item for item in talk.messages if item["id"] == number)["status"] == "failed"


# -- lines ---------------------------------------------------------------------------------------------------------


async def test_the_customers_lines_arrive_in_order_once(side: Side, served: Served) -> None:
    for number in range(12):
        await side.says(served.id, f"第{number}句")
    await side.told(served.id)
    assert served.talk.texts("incoming") == [f"第{number}句" for number in range(12)]


async def test_a_line_whose_answer_is_lost_is_not_put_there_twice(side: Side, served: Served) -> None:
    side.chatwoot.lose_answers["/messages"] = 2
    for words in ("一", "二", "三"):
        await side.says(served.id, words)
    await side.chatwoot.until(lambda: len(served.talk.texts("incoming")) == 3)
    await side.told(served.id)
    assert served.talk.texts("incoming") == ["一", "二", "三"]
    assert side.chatwoot.lose_answers["/messages"] == 0


@pytest.mark.parametrize("ending", ["/contacts", "/conversations", "/messages", "/toggle_status", "/custom_attributes"])
async def test_a_hand_over_whose_answer_is_lost_anywhere_is_one_thread_told_once(side: Side, ending: str) -> None:
    side.chatwoot.lose_answers[ending] = 1
    _, talk = await side.asked("宽带断了")
    assert side.chatwoot.lose_answers[ending] == 0
    assert (len(side.chatwoot.talks), len(talk.texts("note")), talk.status) == (1, 2, "open")


async def test_a_photo_arrives_as_a_photo_with_its_words(side: Side, served: Served) -> None:
    item = await side.files.upload(served.id, "router.png", _PNG)
    await side.customers.attach(served.id, "photo-1", item.id, "路由器的灯")
    await side.says(served.id, "看到了吗")
    await side.told(served.id)
    first, second = [item for item in served.talk.messages if item["message_type"] == 0]
    assert (first["content"], second["content"]) == ("路由器的灯", "看到了吗")
    (file,) = first["attachments"]
    assert side.chatwoot.files[file["data_url"].rsplit("/", 1)[-1]] == _PNG


async def test_a_photo_that_is_refused_there_leaves_its_words_and_a_note(side: Side, served: Served) -> None:
    side.chatwoot.refuses_files = True
    item = await side.files.upload(served.id, "router.png", _PNG)
    await side.customers.attach(served.id, "photo-1", item.id, "路由器的灯")
    await side.told(served.id)
    assert served.talk.texts("incoming") == ["路由器的灯"]
    assert "router.png" in served.talk.texts("note")[-1]


async def test_lines_said_while_waiting_arrive_too(side: Side) -> None:
    conversation_id, talk = await side.asked()
    await side.says(conversation_id, "还在吗")
    await side.told(conversation_id)
    assert talk.texts("incoming") == ["还在吗"]


# -- replies -------------------------------------------------------------------------------------------------------


async def test_an_agents_reply_reaches_the_customer_under_their_name_once(side: Side, served: Served) -> None:
    side.chatwoot.says(served.talk, _WANG, "您好，我是王芳")
    await side.until_said(served.id, "您好，我是王芳")
    await side.chatwoot.settled()
    assert side.chatwoot.last_webhook is not None
    headers, body = side.chatwoot.last_webhook
    # the same webhook, and the same reply in a new one
    assert await side.chatwoot.send_raw(headers, body) == (200, {"result": "seen"})
    assert (await side.chatwoot.send_raw(side.chatwoot.signed(body), body))[0] == 200
    said = [item for item in await side.store.messages(served.id) if item.author.kind is AuthorKind.agent]
    assert [(item.text, item.author.name) for item in said] == [("您好，我是王芳", "王芳")]
    await side.told(served.id)
    assert served.talk.texts("incoming") == []


async def test_a_private_note_never_reaches_the_customer(side: Side, served: Served) -> None:
    side.chatwoot.says(served.talk, _WANG, "这位客户很急", private=True)
    side.chatwoot.says(served.talk, _WANG, "好的")
    await side.until_said(served.id, "好的")
    await side.chatwoot.settled()
    assert "这位客户很急" not in " ".join(await side.lines(served.id))


async def test_our_own_copies_come_back_as_nothing(side: Side, served: Served) -> None:
    await side.says(served.id, "你好")
    await side.told(served.id)
    await side.chatwoot.settled()
    before = await side.lines(served.id)
    await side.desk.inbound.catch_up(await side.thread(served.id))
    assert await side.lines(served.id) == before
    assert served.talk.texts("incoming") == ["你好"]


async def test_a_reply_by_another_agent_shows_that_agents_name(side: Side, served: Served) -> None:
    side.chatwoot.says(served.talk, _TOM, "I can help too")
    await side.until_said(served.id, "I can help too")
    last = (await side.store.messages(served.id))[-1]
    assert last.author.name == "Tom Baker"
    assert (await side.head(served.id)).agent_id == "chatwoot:11"


async def test_a_reply_takes_a_waiting_chat(side: Side) -> None:
    conversation_id, talk = await side.asked()
    side.chatwoot.says(talk, _WANG, "您好")
    head = await side.until_owner(conversation_id, Owner.agent)
    await side.until_said(conversation_id, "您好")
    assert head.agent_id == "chatwoot:11"
    assert (await side.lines(conversation_id))[-2:] == ["王芳已加入对话，接下来为您服务。", "您好"]


async def test_a_photo_of_an_agent_reaches_the_customer_and_other_files_come_back_as_a_note(
    side: Side, served: Served
) -> None:
    side.chatwoot.says(served.talk, _WANG, "看这里", file=_PNG)
    await side.until_said(served.id, "看这里")
    (item,) = (await side.store.messages(served.id))[-1].attachments
    _, path = await side.files.file(served.id, item["id"])
    assert path.read_bytes() == _PNG
    side.chatwoot.says(served.talk, _WANG, "还有这个", file=b"MZ not a photo")
    await side.until_said(served.id, "还有这个")
    assert (await side.store.messages(served.id))[-1].attachments == ()
    assert "photo.png没有发给客户" in served.talk.texts("note")[-1]


async def test_a_long_reply_comes_whole(side: Side, served: Served) -> None:
    words = "".join(f"{number:05d}" for number in range(1_500))
    side.chatwoot.says(served.talk, _WANG, words)
    await side.until_said(served.id, words[4_000:])
    assert "".join(await side.lines(served.id, AuthorKind.agent)) == words


# -- assignment, states --------------------------------------------------------------------------------------------


async def test_an_assignment_makes_that_person_the_owner_and_the_customer_is_told_who(side: Side) -> None:
    conversation_id, talk = await side.asked()
    side.chatwoot.assigns(talk, _WANG)
    head = await side.until_owner(conversation_id, Owner.agent)
    await side.until_said(conversation_id, "王芳已加入对话，接下来为您服务。")
    state = await side.customers.state(conversation_id)
    assert (head.agent_id, state.agent_name) == ("chatwoot:11", "王芳")
    side.chatwoot.assigns(talk, _TOM)
    await side.until_said(conversation_id, "Tom Baker已加入对话，接下来为您服务。")
    handoff = await side.handoffs.newest(conversation_id)
    assert handoff is not None and handoff.agent_id == "chatwoot:12"


async def test_a_conversation_that_nobody_has_any_more_waits_again(side: Side, served: Served) -> None:
    side.chatwoot.assigns(served.talk, None)
    await side.until_owner(served.id, Owner.queued)
    side.chatwoot.assigns(served.talk, _TOM)
    head = await side.until_owner(served.id, Owner.agent)
    assert head.agent_id == "chatwoot:12"


async def test_a_reply_to_an_unassigned_conversation_does_not_go_back_to_the_queue_by_itself(side: Side) -> None:
    conversation_id, talk = await side.asked()
    side.chatwoot.says(talk, _WANG, "您好")
    await side.until_said(conversation_id, "您好")
    side.chatwoot.sets(talk, "snoozed")
    await side.chatwoot.settled()
    assert (await side.head(conversation_id)).owner is Owner.agent


async def test_resolved_closes_and_asks_for_the_rating_of_who_served(side: Side, served: Served) -> None:
    side.chatwoot.says(served.talk, _WANG, "已修好")
    await side.until_said(served.id, "已修好")
    side.chatwoot.sets(served.talk, "resolved")
    await side.until_owner(served.id, Owner.closed)
    last = (await side.store.messages(served.id))[-1]
    assert last.data == {"type": "survey"}
    await side.ratings.rate(served.id, {"score": 5, "solved": True})
    handoff = await side.handoffs.newest(served.id)
    assert handoff is not None and (handoff.status, handoff.agent_id) == (HandoffStatus.closed, "chatwoot:11")
    await side.told(served.id)
    assert served.talk.status == "resolved"
    assert not any("已结束" in note for note in served.talk.texts("note"))


@pytest.mark.parametrize("how", ["label", "pending", "setting"])
async def test_a_conversation_can_be_given_back_to_the_bot(
    database: Database, redis: Redis, chatwoot: Chatwoot, tmp_path: Path, how: str
) -> None:
    more = {"chatwoot_when_resolved": "return_to_bot"} if how == "setting" else {}
    async with running_side(database, redis, chatwoot, tmp_path, **more) as side:
        conversation_id, talk = await side.asked()
        chatwoot.assigns(talk, _WANG)
        await side.until_owner(conversation_id, Owner.agent)
        labels = ["return_to_bot"] if how == "label" else []
        chatwoot.sets(talk, "pending" if how == "pending" else "resolved", *labels)
        await side.until_owner(conversation_id, Owner.bot)
        await side.told(conversation_id)
        # the next hand-over is the same thread, with what was said since, and without the label
        await side.handoffs.ask(conversation_id, "customer")
        await side.told(conversation_id)
        assert (len(chatwoot.talks), talk.status, talk.assignee) == (1, "open", None)
        assert "return_to_bot" not in talk.labels
        again, transcript = talk.texts("note")[-2:]
        assert again.startswith("**再次转人工")
        assert "宽带断了" not in transcript and "现在由智能助手继续" in transcript


async def test_resolved_before_anybody_took_it_closes_without_a_rating(side: Side) -> None:
    conversation_id, talk = await side.asked()
    side.chatwoot.sets(talk, "resolved")
    await side.until_owner(conversation_id, Owner.closed)
    assert all(item.data is None for item in await side.store.messages(conversation_id))


async def test_opened_again_waits_in_the_queue_and_goes_on_as_the_same_thread(side: Side, served: Served) -> None:
    side.chatwoot.sets(served.talk, "resolved")
    await side.until_owner(served.id, Owner.closed)
    await side.told(served.id)
    await side.chatwoot.settled()
    side.chatwoot.assigns(served.talk, None)
    side.chatwoot.sets(served.talk, "open")
    await side.until_owner(served.id, Owner.queued)
    await side.told(served.id)
    await side.says(served.id, "又断了")
    side.chatwoot.assigns(served.talk, _TOM)
    await side.until_owner(served.id, Owner.agent)
    await side.told(served.id)
    assert (len(side.chatwoot.talks), served.talk.texts("incoming")) == (1, ["又断了"])


async def test_opened_again_before_our_side_was_told_of_the_end_waits_too(side: Side, served: Served) -> None:
    side.chatwoot.held = []
    side.chatwoot.sets(served.talk, "resolved")
    side.chatwoot.sets(served.talk, "open")
    side.chatwoot.let_go(0)  # the others are lost
    joined = "王芳已加入对话，接下来为您服务。"

    async def is_back() -> bool:
        return (await side.lines(served.id)).count(joined) == 2

    await side.until(served.id, is_back)
    head = await side.head(served.id)
    assert (head.owner, head.agent_id) == (Owner.agent, "chatwoot:11")
    await side.told(served.id)
    assert (len(side.chatwoot.talks), served.talk.status) == (1, "open")


async def test_a_customer_who_leaves_the_queue_is_taken_off_there_with_a_note(side: Side) -> None:
    conversation_id, talk = await side.asked()
    await side.customers.leave_queue(conversation_id)
    await side.told(conversation_id)
    assert talk.status == "resolved"
    assert talk.texts("note")[-1] == "客户已退出排队，由智能助手继续。"
    await side.chatwoot.settled()
    assert (await side.head(conversation_id)).owner is Owner.bot


async def test_our_own_resolving_that_is_heard_of_late_ends_nothing_new(side: Side) -> None:
    """The customer leaves and asks again; the webhook of the first end comes after the second hand-over."""
    conversation_id, talk = await side.asked()
    await side.chatwoot.settled()
    side.chatwoot.held = []
    await side.customers.leave_queue(conversation_id)
    await side.told(conversation_id)
    await side.handoffs.ask(conversation_id, "customer")
    await side.told(conversation_id)
    side.chatwoot.let_go()
    await side.chatwoot.settled()
    assert (await side.head(conversation_id)).owner is Owner.queued
    assert talk.status == "open"


async def test_an_older_state_that_comes_after_a_newer_one_changes_nothing(side: Side) -> None:
    conversation_id, talk = await side.asked()
    await side.chatwoot.settled()
    side.chatwoot.held = []
    side.chatwoot.assigns(talk, _WANG)
    side.chatwoot.assigns(talk, _TOM)
    side.chatwoot.let_go(1)
    await side.until_owner(conversation_id, Owner.agent)
    side.chatwoot.held = []
    side.chatwoot.assigns(talk, _TOM)  # to have something to let go
    side.chatwoot.let_go()
    await side.chatwoot.settled()
    assert (await side.head(conversation_id)).agent_id == "chatwoot:12"


# -- typing --------------------------------------------------------------------------------------------------------


async def test_typing_is_seen_on_both_sides_and_typing_a_note_is_not(side: Side, served: Served) -> None:
    await side.customers.typing(served.id)
    await side.chatwoot.until(lambda: bool(side.chatwoot.typing))
    assert side.chatwoot.typing == [(served.talk.id, "on")]
    with side.customers.live(served.id) as events:
        side.chatwoot.types(served.talk, _WANG, private=True)
        side.chatwoot.types(served.talk, _WANG)
        while (event := await events.get())["type"] != "typing":
            continue
    assert event == {"type": "typing", "author": {"kind": "agent", "name": "王芳"}}


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
            "sender": {"id": _WANG, "name": "王芳", "type": "user"},
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
    number = side.chatwoot.says(served.talk, _WANG, "第一句")
    side.chatwoot.says(served.talk, _WANG, "第二句")
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
        chatwoot.assigns(talk, _WANG)
        await first.until_owner(conversation_id, Owner.agent)
        await first.says(conversation_id, "一")
        await first.told(conversation_id)
        chatwoot.down = 503
        await first.says(conversation_id, "二")
    chatwoot.down, chatwoot.webhook_url = None, "http://127.0.0.1:9/gone"
    chatwoot.says(talk, _WANG, "停机时说的")
    await chatwoot.settled()
    async with running_side(database, redis, chatwoot, tmp_path) as second:
        await second.says(conversation_id, "三")
        await second.until_said(conversation_id, "停机时说的")
        later(second, 60)
        await second.told(conversation_id)
        assert talk.texts("incoming") == ["一", "二", "三"]
        assert await second.lines(conversation_id, AuthorKind.agent) == ["停机时说的"]
