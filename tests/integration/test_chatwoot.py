"""Chatwoot as the desk: hand-overs, lines and replies reach the other side in order, once."""

from __future__ import annotations

from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.contracts import AuthorKind, Owner
from bot.database import Database
from bot.handoff.model import Presence
from tests.chatwoot import Chatwoot
from tests.integration.chatwoot_desk import CONSOLE_USER, TOM, WANG, Served, Side, running_side

_PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


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
    number = side.chatwoot.says(talk, WANG, "您好")
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
    side.chatwoot.says(served.talk, WANG, "您好，我是王芳")
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
    side.chatwoot.says(served.talk, WANG, "这位客户很急", private=True)
    side.chatwoot.says(served.talk, WANG, "好的")
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
    side.chatwoot.says(served.talk, TOM, "I can help too")
    await side.until_said(served.id, "I can help too")
    last = (await side.store.messages(served.id))[-1]
    assert last.author.name == "Tom Baker"
    assert (await side.head(served.id)).agent_id == "chatwoot:11"


async def test_a_reply_takes_a_waiting_chat(side: Side) -> None:
    conversation_id, talk = await side.asked()
    side.chatwoot.says(talk, WANG, "您好")
    head = await side.until_owner(conversation_id, Owner.agent)
    await side.until_said(conversation_id, "您好")
    assert head.agent_id == "chatwoot:11"
    assert (await side.lines(conversation_id))[-2:] == ["王芳已加入对话，接下来为您服务。", "您好"]


async def test_a_photo_of_an_agent_reaches_the_customer_and_other_files_come_back_as_a_note(
    side: Side, served: Served
) -> None:
    side.chatwoot.says(served.talk, WANG, "看这里", file=_PNG)
    await side.until_said(served.id, "看这里")
    (item,) = (await side.store.messages(served.id))[-1].attachments
    _, path = await side.files.file(served.id, item["id"])
    assert path.read_bytes() == _PNG
    side.chatwoot.says(served.talk, WANG, "还有这个", file=b"MZ not a photo")
    await side.until_said(served.id, "还有这个")
    assert (await side.store.messages(served.id))[-1].attachments == ()
    assert "photo.png没有发给客户" in served.talk.texts("note")[-1]


async def test_a_long_reply_comes_whole(side: Side, served: Served) -> None:
    words = "".join(f"{number:05d}" for number in range(1_500))
    side.chatwoot.says(served.talk, WANG, words)
    await side.until_said(served.id, words[4_000:])
    assert "".join(await side.lines(served.id, AuthorKind.agent)) == words
