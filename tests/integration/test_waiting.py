"""What happens to those who wait: facts collected, calls, tickets, promises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timezone

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from bot.contracts import Author, AuthorKind, Draft
from bot.database import Database
from bot.errors import BotError
from bot.handoff.callbacks.model import CallState
from bot.handoff.callbacks.service import CallGone, NotWaiting, PhoneWanted
from bot.handoff.model import HandoffStatus
from bot.ids import new_id
from tests.integration.waiting_floor import Waiting

_DISPOSITION = {"solved": True, "intent": "faq", "reason": "other"}


@pytest_asyncio.fixture
async def floor(database: Database, redis: Redis) -> AsyncIterator[Waiting]:
    yield Waiting(database, redis)


# -- useful waiting ----------------------------------------------------------------------------------------------------


async def test_facts_are_asked_for_one_at_a_time_and_stand_in_the_packet(floor: Waiting) -> None:
    chat = await floor.wanted(topic="report_fault", fault_product="broadband")
    thread = await floor.conversations.messages(chat.id)
    assert thread[-1].expects == "router_lights", "the first question comes with the place in the queue"
    first = await floor.hears(chat, "红灯闪")
    assert (await floor.conversations.messages(chat.id))[-1].expects == "since_when"
    await floor.hears(chat, "昨晚开始")
    assert (await floor.conversations.messages(chat.id))[-1].expects == "photo"
    await floor.hears(chat, "", photo="lights.jpg")
    assert (await floor.conversations.messages(chat.id))[-1].expects == "best_time"
    await floor.hears(chat, "跳过")
    last = (await floor.conversations.messages(chat.id))[-1]
    assert last.expects is None and "位置不变" in last.text
    slots = await floor.packet_slots(chat)
    assert slots["router_lights"] == "红灯闪" and slots["since_when"] == "昨晚开始" and slots["photo"] == "lights.jpg"
    assert "best_time" not in slots, "what was skipped is not invented"
    handoff = await floor.handoffs.newest(chat.id)
    assert handoff is not None and handoff.asking is None
    source = next(slot for slot in handoff.packet["slots"] if slot["name"] == "router_lights")
    assert source["source_seq"] == first.seq
    assert "红灯闪" in handoff.packet["summary"]
    before = len(await floor.conversations.messages(chat.id))
    await floor.hears(chat, "还有别的事")
    assert len(await floor.conversations.messages(chat.id)) == before + 1, "who has just been answered is not again"
    floor.clock.on(90)
    await floor.hears(chat, "还有一件")
    await floor.hears(chat, "就是路由器也换过")
    said = [message.text for message in await floor.conversations.messages(chat.id, after=before + 1)]
    assert said == ["还有一件", "记下了，同事接手时会看到，您的位置不变。", "就是路由器也换过"]


@pytest.mark.parametrize("words", ["不换了", "网好了，不用了", "没事了", "never mind", "it's working now"])
async def test_who_needs_nobody_any_more_leaves_the_queue_by_saying_so(floor: Waiting, words: str) -> None:
    chat = await floor.wanted()
    await floor.hears(chat, words)
    assert (await floor.owner(chat))[0] == "bot"


@pytest.mark.parametrize("words", ["好了吗", "不换了我要投诉", "never had this before"])
async def test_other_words_keep_the_place(floor: Waiting, words: str) -> None:
    chat = await floor.wanted()
    await floor.hears(chat, words)
    assert (await floor.owner(chat))[0] == "queued"


async def test_nothing_is_asked_when_somebody_is_free(floor: Waiting) -> None:
    await floor.person("a")
    chat = await floor.wanted(topic="report_fault", fault_product="broadband")
    assert (await floor.conversations.messages(chat.id))[-1].expects is None


async def test_the_bot_never_speaks_once_a_person_has_the_chat(floor: Waiting) -> None:
    agent = await floor.person("a", wish=None)
    for _ in range(10):
        chat = await floor.wanted(topic="report_fault", fault_product="broadband")
        draft = Draft(Author(AuthorKind.customer), "红灯闪", client_msg_id=new_id())
        message, _new = await floor.conversations.append(chat.id, draft, floor.clock())
        await asyncio.gather(floor.waiting.heard(message, danger=False), floor.handoffs.take(chat.id, agent))
        kinds = [item.author.kind for item in await floor.conversations.messages(chat.id)]
        joined = max(place for place, kind in enumerate(kinds) if kind is AuthorKind.system)
        assert AuthorKind.bot not in kinds[joined:], "after the person came the bot said nothing"
        await floor.waiting.heard(message, danger=True)
        assert [item.author.kind for item in await floor.conversations.messages(chat.id)] == kinds


async def test_danger_while_waiting_jumps_the_queue_with_fixed_words(floor: Waiting) -> None:
    first, second = await floor.wanted(), await floor.wanted("en")
    await floor.hears(second, "there is smoke coming out of the box", danger=True)
    order = [handoff.conversation_id for handoff in await floor.handoffs.waiting()]
    assert order == [second.id, first.id]
    words = floor.wording.text("utter_safety_emergency", "en")
    assert (await floor.texts(second))[-1].startswith(words)
    count = len(await floor.texts(second))
    await floor.hears(second, "smoke!!", danger=True)
    assert len(await floor.texts(second)) == count + 1, "said once"


# -- choices -----------------------------------------------------------------------------------------------------------


async def test_a_call_is_promised_taken_tried_and_ended_with_a_message(floor: Waiting) -> None:
    agent, other = await floor.person("a", wish=None), await floor.person("b", wish=None)
    chat = await floor.wanted()
    with pytest.raises(PhoneWanted):
        await floor.choices.call_back(chat.id, None, None)
    for phone, at in (("none", None), ("13800000001", "tomorrow"), ("13800000001", "2026-11-25T12:00:00"), (5, None)):
        with pytest.raises(BotError) as wrong:
            await floor.choices.call_back(chat.id, phone, at)
        assert wrong.value.status == 400
    assert await floor.owner(chat) == ("queued", None), "nothing of it ended the waiting"
    said = await floor.choices.call_back(chat.id, "138 0000 0001", None)
    assert await floor.owner(chat) == ("bot", None) and "138****0001" in said.text
    assert (await floor.choices.call_back(chat.id, "13900000002", None)).id == said.id, "again changes nothing"
    (call,) = await floor.choices.list(ended=False)
    assert call.as_json(agent.id)["phone"] == "138****0001"
    taken = await floor.choices.take(call.id, agent)
    assert taken.as_json(agent.id)["phone"] == "+8613800000001" and taken.as_json(other.id)["phone"] == "138****0001"
    with pytest.raises(CallGone):
        await floor.choices.take(call.id, other)
    with pytest.raises(CallGone):
        await floor.choices.done(call.id, other, True, None)
    for number in range(1, 4):
        result = await floor.choices.done(call.id, agent, False, None)
        assert result.tries == number
        if number < 3:
            assert result.state is CallState.open
            await floor.choices.take(call.id, agent)
    assert result.state is CallState.missed and "138****0001" in (await floor.texts(chat))[-1]
    assert [item.id for item in await floor.choices.list(ended=True)] == [call.id]


async def test_a_call_wanted_at_night_is_promised_for_the_opening(floor: Waiting) -> None:
    chat = await floor.wanted("en")
    night = datetime(2026, 11, 25, 16, 30, tzinfo=timezone.utc)
    said = await floor.choices.call_back(chat.id, "13800000001", night.isoformat())
    assert "Thu 26 Nov at 8 am" in said.text, said.text
    with pytest.raises(NotWaiting):
        await floor.choices.leave_ticket(chat.id)


async def test_a_ticket_left_instead_of_waiting_says_what_was_collected(floor: Waiting) -> None:
    chat = await floor.wanted(topic="report_fault", fault_product="broadband")
    await floor.hears(chat, "红灯闪")
    await floor.hears(chat, "留单")
    assert await floor.owner(chat) == ("bot", None)
    (ticket,) = await floor.tickets.for_conversation(chat.id)
    assert "红灯闪" in ticket.description and ticket.facts["router_lights"] == "红灯闪"
    thread = await floor.conversations.messages(chat.id)
    assert thread[-1].data is not None and thread[-1].data["id"] == ticket.id and ticket.id in thread[-1].text
    assert (await floor.choices.leave_ticket(chat.id)).id == thread[-1].id
    assert len(await floor.tickets.for_conversation(chat.id)) == 1
    handoff = await floor.handoffs.newest(chat.id)
    assert handoff is not None and handoff.status is HandoffStatus.ticket


async def test_choices_may_be_typed(floor: Waiting) -> None:
    chat = await floor.wanted("en")
    await floor.hears(chat, "call me back")
    assert (await floor.conversations.messages(chat.id))[-1].expects == "phone_number"
    await floor.hears(chat, "138 0000 0001")
    assert await floor.owner(chat) == ("bot", None)
    assert len(await floor.choices.list(ended=False)) == 1
    leaving = await floor.wanted()
    await floor.hears(leaving, "退出排队")
    assert await floor.owner(leaving) == ("bot", None)


# -- promises ----------------------------------------------------------------------------------------------------------


async def test_the_customer_is_told_what_is_true(floor: Waiting) -> None:
    nobody = await floor.wanted()
    assert any("没有同事在岗" in text for text in await floor.texts(nobody))
    floor.clock.now = datetime(2026, 11, 25, 15, 30, tzinfo=timezone.utc)
    closed = await floor.wanted()
    assert any("11月26日（周四）08:00" in text for text in await floor.texts(closed)), await floor.texts(closed)
    place = await floor.handoffs.place(closed)
    assert place is not None and not place.open and place.position == 2
    assert place.as_json()["opens_at"] == "2026-11-26T00:00:00+00:00"
    await floor.person("a")
    floor.clock.on(1)
    there = await floor.wanted()
    assert any("第3位" in text for text in await floor.texts(there)), await floor.texts(there)


async def test_a_full_queue_is_said_and_turns_nobody_away(floor: Waiting) -> None:
    groups = dict(floor.rules.groups)
    groups["general"] = replace(groups["general"], queue_limit=1)
    object.__setattr__(floor.rules, "groups", groups)
    await floor.person("a")
    first = await floor.wanted()
    floor.clock.on(1)
    second = await floor.wanted()
    assert not any("排队的人很多" in text for text in await floor.texts(first))
    assert any("排队的人很多：您排在第2位" in text for text in await floor.texts(second)), await floor.texts(second)
    assert await floor.owner(second) == ("queued", None)


async def test_who_has_left_the_window_keeps_the_place_and_the_desk_sees_it(floor: Waiting) -> None:
    here, gone = await floor.wanted(), await floor.wanted()
    for chat in (here, gone):
        await floor.duty.window(chat.id)
    floor.clock.on(floor.rules.grace_s + 1)
    await floor.duty.window(here.id)
    waiting = await floor.handoffs.waiting()
    assert {handoff.conversation_id for handoff in waiting} == {here.id, gone.id}
    assert await floor.handoffs.without_window(waiting) == {gone.id}
