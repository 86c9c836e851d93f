"""What happens to those who wait: facts collected, calls, tickets, promises, and the watch over all of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timezone

import pytest
import pytest_asyncio
from redis.asyncio import Redis
from sqlalchemy import update

from bot.contracts import Author, AuthorKind, Conversation, Draft, Message, ReasonCode
from bot.database import Database
from bot.errors import BotError
from bot.handoff.callbacks.model import CallState
from bot.handoff.callbacks.service import CallGone, NotWaiting, PhoneWanted
from bot.handoff.figures.service import Dashboard
from bot.handoff.figures.store import FiguresStore
from bot.handoff.model import HandoffStatus, Presence
from bot.handoff.wanted import Wanted
from bot.handoff.watch.service import DeskWatch
from bot.handoff.watch.store import WatchStore
from bot.ids import new_id
from bot.schema import conversations, handoffs
from tests.integration.floor import ZONE, Floor

_DISPOSITION = {"solved": True, "intent": "faq", "reason": "other"}


class Waiting(Floor):
    """A floor with what waiting customers may do, and the watch."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.watch = DeskWatch(
            WatchStore(self.database),
            self.parts,
            self.handoffs,
            self.lock,
            self.liveness,
            self.redis,
            self.fanout,
            self.clock,
        )
        self.dashboard = Dashboard(FiguresStore(self.database), self.duty, self.watch, ZONE, self.clock)

    async def wanted(self, language: str = "zh", topic: str | None = None, **slots: object) -> Conversation:
        """Somebody whom the bot has handed over."""
        chat = await self.customer(language)
        async with self.database.unit():
            wanted = Wanted(ReasonCode.customer_request, slots, None, topic)
            done = await self.handoffs.request(chat.id, wanted, actor="bot")
        assert done is not None
        await self.handoffs.announce(done)
        return await self.conversations.head(chat.id)

    async def hears(self, chat: Conversation, text: str, *, danger: bool = False, photo: str | None = None) -> Message:
        """The customer writes while they wait."""
        files = ({"id": "f", "name": photo},) if photo else ()
        draft = Draft(Author(AuthorKind.customer), text, client_msg_id=new_id(), attachments=files)
        message, _new = await self.conversations.append(chat.id, draft, self.clock())
        await self.waiting.heard(message, danger=danger)
        return message

    async def packet_slots(self, chat: Conversation) -> dict[str, object]:
        handoff = await self.handoffs.newest(chat.id)
        assert handoff is not None
        return {slot["name"]: slot["value"] for slot in handoff.packet["slots"]}


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


async def test_a_promised_wait_is_kept_and_its_error_is_on_the_dashboard(floor: Waiting) -> None:
    agent = await floor.person("a", capacity=1)
    waits = (20, 400)
    for wait_s in waits:
        await floor.liveness.heard_of("a")
        chat = await floor.wanted()
        handoff = await floor.handoffs.newest(chat.id)
        assert handoff is not None and handoff.eta_s is not None and handoff.eta_s[0] < handoff.eta_s[1]
        floor.clock.on(wait_s)
        await floor.handoffs.take(chat.id, agent)
        floor.clock.on(30)
        await floor.handoffs.say(chat.id, agent, None, "您好")
        floor.clock.on(300)
        await floor.handoffs.close(chat.id, agent, _DISPOSITION)
    shown = await floor.dashboard.show()
    assert shown["eta"]["samples"] == 2 and shown["eta"]["inside_share"] == 0.5, "20 s is within 0 to 60, 400 is not"
    assert shown["answered"]["first_response_p50_s"] == 30.0 and shown["answered"]["within_promise"] == 1.0
    assert shown["queue"]["waiting"] == 0 and shown["week"]["asked"] == 2
    measured = await floor.store.measured("general")
    assert [round(value) for value in measured.handling_s] == [330, 330]


# -- the watch ---------------------------------------------------------------------------------------------------------


async def _break(floor: Waiting, table: str, where: str, **values: object) -> None:
    chosen = {"conversations": conversations, "handoffs": handoffs}[table]
    async with floor.database.write() as connection:
        column = chosen.c.id if table == "conversations" else chosen.c.conversation_id
        await connection.execute(update(chosen).where(column == where).values(**values))


async def test_waits_and_promises_end_with_the_first_person_whoever_takes_the_chat_later(floor: Waiting) -> None:
    first = await floor.person("a")
    chat = await floor.queued()
    floor.clock.on(30)
    await floor.handoffs.take(chat.id, first)
    floor.clock.on(10)
    await floor.handoffs.say(chat.id, first, None, "您好")
    floor.clock.on(1_800)
    second = await floor.person("b")
    await floor.handoffs.transfer(chat.id, first, None)
    floor.clock.on(60)
    await floor.handoffs.take(chat.id, second)
    await floor.handoffs.close(chat.id, second, {"solved": True, "intent": "faq", "reason": "other"})
    today = await floor.dashboard.show()
    assert today["wait"] == {"count": 1, "mean_s": 30.0, "p50_s": 30.0, "p95_s": 30.0}
    assert today["handling"]["mean_s"] == 1_870.0 and today["by_reason"] == {"customer_request": 1}
    assert today["answered"]["first_response_p50_s"] == 10.0 and today["answered"]["within_promise"] == 1.0
    assert today["eta"]["samples"] == 1 and today["eta"]["error_p50_s"] <= 60
    measured = await floor.store.measured("general")
    assert [actual for _low, _high, actual in measured.promises] == [30.0]


async def test_the_dashboard_tells_what_lasted_of_the_week_before_the_last(floor: Waiting) -> None:
    agent = await floor.person("a")
    alone, served = await floor.customer(), await floor.queued()
    for chat in (alone, served):
        await floor.writes(chat.id, "多少钱")
        await _break(floor, "conversations", chat.id, customer_id=f"customer of {chat.id}")
    await floor.handoffs.take(served.id, agent)
    await floor.handoffs.close(served.id, agent, {"solved": True, "intent": "faq", "reason": "other"})
    assert (await floor.dashboard.show())["lasting"]["chats"] == 0, "nobody can tell yet"
    floor.clock.on(10 * 86_400)
    found = (await floor.dashboard.show())["lasting"]
    assert found["chats"] == 2 and found["alone_share"] == 0.5
    assert (found["alone_lasting"], found["first_contact"]) == (1.0, 1.0)


async def test_all_is_well_and_the_watch_does_nothing(floor: Waiting) -> None:
    agent = await floor.person("a")
    chat, _waiting, _bot = await floor.queued(), await floor.queued(), await floor.customer()
    await floor.handoffs.take(chat.id, agent)
    assert await floor.watch.check() == (0, 0)
    state = await floor.watch.state()
    assert state["acts"] == [] and state["last_check_at"]


async def test_one_process_watches_and_another_goes_on_even_where_nobody_routes(
    database: Database, redis: Redis
) -> None:
    first, second = Waiting(database, redis, shared=True), Waiting(database, redis, shared=True)
    chat = await first.queued()
    await _break(first, "conversations", chat.id, owner="bot")
    assert await first.watch.turn() and not await second.watch.turn()
    assert not first.router.leads and [item.status for item in await first.handoffs.history(chat.id)] == [
        HandoffStatus.left
    ]
    await first.lock.release()
    assert await second.watch.turn()


async def test_chats_without_an_owner_or_place_get_one(floor: Waiting) -> None:
    agent = await floor.person("a", wish=None)
    lost, forgotten, stray = await floor.queued(), await floor.queued(), await floor.queued()
    await floor.handoffs.take(forgotten.id, agent)
    await _break(floor, "handoffs", lost.id, status="left")
    await _break(floor, "conversations", forgotten.id, agent_id=None)
    await _break(floor, "conversations", stray.id, owner="bot")
    assert (await floor.watch.check())[0] == 2
    for chat in (lost, forgotten):
        assert await floor.owner(chat) == ("queued", None)
        assert (await floor.handoffs.history(chat.id))[0].status is HandoffStatus.waiting
    assert [item.status for item in await floor.handoffs.history(stray.id)] == [HandoffStatus.left]
    assert await floor.watch.check() == (0, 0)
    acts = {act["what"] for act in (await floor.watch.state())["acts"]}
    assert acts == {"ownerless_mended", "stray_ended"}


async def test_a_customer_whom_a_person_leaves_unanswered_raises_one_alarm(floor: Waiting) -> None:
    agent = await floor.person("a")
    chat = await floor.queued()
    await floor.handoffs.take(chat.id, agent)
    await floor.handoffs.say(chat.id, agent, None, "您好")
    await floor.writes(chat.id, "在吗")
    floor.clock.on(floor.rules.alarm_after_s - 1)
    await floor.liveness.heard_of("a")
    assert await floor.watch.check() == (0, 0)
    floor.clock.on(2)
    with floor.fanout.subscribe("desk") as heard:
        assert await floor.watch.check() == (0, 1)
        frame = await heard.get()
        assert frame["type"] == "alarm" and frame["conversation_id"] == chat.id and frame["agent_id"] == "a"
        await floor.watch.check()
        assert heard.waiting() is None, "told once"
    await floor.handoffs.say(chat.id, agent, None, "在的")
    assert await floor.watch.check() == (0, 0)
    assert await floor.owner(chat) == ("agent", "a")


async def test_customers_kept_waiting_longer_than_promised_raise_one_alarm_together(floor: Waiting) -> None:
    night = await floor.queued()  # nobody is on duty: no wait was promised
    agent = await floor.person("a", capacity=3)
    first, second = await floor.queued(), await floor.queued()
    await floor.route()  # all of the agent's slots ring: whoever comes now waits for a chat to end
    third = await floor.queued()
    promised = await floor.handoffs.newest(third.id)
    assert promised is not None and promised.eta_s is not None and promised.eta_s[1] > floor.rules.alarm_after_s + 1
    floor.clock.on(floor.rules.alarm_after_s)
    assert await floor.watch.check() == (0, 0)
    floor.clock.on(1)
    with floor.fanout.subscribe("desk") as heard:
        assert await floor.watch.check() == (0, 2), "the third's promise still holds"
        frame = await heard.get()
        assert (frame["type"], frame["what"], frame["count"]) == ("alarm", "waiting", 2)
        assert frame["conversation_id"] in (first.id, second.id)
        assert await floor.watch.check() == (0, 2)
        assert heard.waiting() is None, "told once"
        floor.clock.on(promised.eta_s[1])
        assert await floor.watch.check() == (0, 3)
        assert (await heard.get())["conversation_id"] == third.id
    acts = [act["conversation_id"] for act in (await floor.watch.state())["acts"] if act["what"] == "queue_alarm"]
    assert sorted(str(act) for act in acts) == sorted([first.id, second.id, third.id])
    for chat in (first, second, third, night):
        await floor.handoffs.take(chat.id, agent)
        await floor.handoffs.say(chat.id, agent, None, "您好")
    assert await floor.watch.check() == (0, 0)


async def test_a_customer_whom_the_bot_leaves_unanswered_gets_a_person(floor: Waiting) -> None:
    chat, other = await floor.customer(), await floor.customer()
    await floor.writes(chat.id, "在吗")
    floor.clock.on(floor.rules.alarm_after_s - 1)
    await floor.writes(other.id, "你好")
    floor.clock.on(2)
    assert await floor.watch.check() == (0, 1)
    assert await floor.owner(chat) == ("queued", None) and await floor.owner(other) == ("bot", None)
    (handoff,) = await floor.handoffs.history(chat.id)
    assert handoff.reason_code is ReasonCode.bot_error and len(await floor.texts(chat)) > 2, "and is told so"
    assert [act["what"] for act in (await floor.watch.state())["acts"]] == ["bot_silent_requeued"]
    assert await floor.watch.check() == (0, 0)


async def test_a_customer_of_somebody_who_went_home_goes_back_to_the_queue(floor: Waiting) -> None:
    agent = await floor.person("a")
    chat = await floor.queued()
    await floor.handoffs.take(chat.id, agent)
    await floor.handoffs.say(chat.id, agent, None, "您好")
    await floor.duty.set_presence(agent, Presence.offline)
    floor.clock.on(3_600)
    assert await floor.watch.check() == (0, 0), "they have not written: nobody waits"
    await floor.writes(chat.id, "在吗")
    floor.clock.on(floor.rules.alarm_after_s + 1)
    await floor.watch.check()
    assert await floor.owner(chat) == ("queued", None)
