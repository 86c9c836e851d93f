"""Offers, presence and transfers, on real SQL and Redis: nobody double, nobody lost, whatever goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from redis.asyncio import Redis
from sqlalchemy import select

from bot.contracts import Conversation, ReasonCode
from bot.database import Database
from bot.errors import BotError, Forbidden
from bot.handoff.model import HandoffStatus, Presence, PresenceReason
from bot.handoff.routing import OfferGone
from bot.handoff.service import HandoffService
from bot.handoff.wanted import Wanted
from bot.schema import audit, desk_offers
from tests.integration.floor import Clock, Floor

_DISPOSITION = {"solved": True, "intent": "faq", "reason": "other"}


@pytest_asyncio.fixture
async def floor(database: Database, redis: Redis) -> AsyncIterator[Floor]:
    yield Floor(database, redis)


async def _outcomes(floor: Floor) -> list[str]:
    async with floor.database.read() as connection:
        rows = (await connection.execute(select([desk_offers.c.outcome]).order_by(desk_offers.c.ended_at))).all()
    return [row.outcome for row in rows]


async def test_an_offer_is_taken_and_the_slot_is_free_again_after_the_end(floor: Floor) -> None:
    agent = await floor.person("a")
    chat = await floor.queued()
    assert await floor.route() == 1
    assert await floor.offers.slots() == {"a": 1}
    offer = await floor.offer(agent)
    assert (await floor.router.accept(offer.id, agent)).id == chat.id
    assert await floor.owner(chat) == ("agent", "a") and await floor.offers.slots() == {"a": 1}
    assert await floor.router.offers_to(agent) == ()
    await floor.handoffs.close(chat.id, agent, _DISPOSITION)
    assert await floor.offers.slots() == {"a": 0}
    assert await _outcomes(floor) == ["accepted"]


async def test_who_does_not_answer_is_set_away_and_the_chat_goes_on(floor: Floor) -> None:
    first, second = await floor.person("a"), await floor.person("b", capacity=1)
    floor.clock.on(1)
    chat = await floor.queued()
    await floor.route()
    rung = first if await floor.router.offers_to(first) else second
    other = second if rung is first else first
    offer = await floor.offer(rung)
    floor.clock.on(floor.rules.offer_s - 1)
    assert await floor.route() == 0, "it still rings"
    floor.clock.on(2)
    assert await floor.route() == 1
    wish = await floor.people.wish(rung.id)
    assert (wish.status, wish.reason) == (Presence.away, PresenceReason.no_answer)
    assert (await floor.offer(other)).conversation_id == chat.id
    with pytest.raises(OfferGone):
        await floor.router.accept(offer.id, rung)
    assert (await floor.offers.slots())[rung.id] == 0
    colleagues = {row["id"]: row for row in await floor.duty.colleagues()}
    assert colleagues[rung.id]["status"] == "not_responding" and colleagues[other.id]["status"] == "available"


async def test_an_expired_offer_cannot_be_taken_even_before_the_router_has_looked(floor: Floor) -> None:
    agent = await floor.person("a")
    await floor.queued()
    await floor.route()
    offer = await floor.offer(agent)
    floor.clock.on(floor.rules.offer_s + 0.1)
    with pytest.raises(OfferGone):
        await floor.router.accept(offer.id, agent)


async def test_a_declined_chat_goes_to_a_colleague_and_not_back(floor: Floor) -> None:
    a, b = await floor.person("a"), await floor.person("b")
    chat = await floor.queued()
    await floor.route()
    rung, other = (a, b) if await floor.router.offers_to(a) else (b, a)
    offer = await floor.offer(rung)
    await floor.router.decline(offer.id, rung, "busy")
    floor.router.hear({"type": "offer_over", "handoff_id": offer.handoff_id, "user_id": rung.id, "outcome": "declined"})
    assert await floor.route() == 1
    assert (await floor.offer(other)).conversation_id == chat.id
    assert await floor.router.offers_to(rung) == ()
    assert "declined" in await _outcomes(floor)


async def test_going_away_gives_back_what_rings(floor: Floor) -> None:
    a = await floor.person("a")
    chat = await floor.queued()
    await floor.route()
    await floor.offer(a)
    await floor.duty.set_presence(a, Presence.away)
    await floor.route()
    assert await floor.router.offers_to(a) == () and await floor.offers.slots() == {"a": 0}
    await floor.duty.set_presence(a, Presence.available)
    assert await floor.route() == 1, "and it comes back with them"
    assert (await floor.offer(a)).conversation_id == chat.id


async def test_two_tabs_and_two_agents_at_one_chat_one_gets_it(floor: Floor) -> None:
    a, b = await floor.person("a"), await floor.person("b")
    for _ in range(5):
        chat = await floor.queued()
        await floor.route()
        rung, other = (a, b) if await floor.router.offers_to(a) else (b, a)
        offer = await floor.offer(rung)
        tries = [floor.router.accept(offer.id, rung) for _ in range(3)]
        tries += [floor.handoffs.take(chat.id, other), floor.handoffs.take(chat.id, rung)]
        answers = await asyncio.gather(*tries, return_exceptions=True)
        won = [answer for answer in answers if isinstance(answer, Conversation)]
        lost = [answer for answer in answers if not isinstance(answer, Conversation)]
        assert len(won) == 1 and all(isinstance(answer, BotError) for answer in lost), answers
        owner, agent_id = await floor.owner(chat)
        assert owner == "agent" and won[0].agent_id == agent_id
        joined = [text for text in await floor.texts(chat) if "加入" in text]
        assert len(joined) == 1
        await floor.handoffs.close(chat.id, a if agent_id == "a" else b, _DISPOSITION)
        assert sum((await floor.offers.slots()).values()) == 0, "no slot is lost or gained by those who lost"


async def test_a_laptop_asleep_loses_its_chats_after_the_grace_time_and_the_customers_are_told(floor: Floor) -> None:
    asleep = await floor.person("a", capacity=3)
    mine = await floor.queued()
    await floor.route()
    await floor.router.accept((await floor.offer(asleep)).id, asleep)
    ringing = await floor.queued()
    await floor.route()
    floor.clock.on(floor.rules.grace_s - 20)
    await floor.liveness.heard_of("a")
    floor.clock.on(floor.rules.grace_s - 1)
    other = await floor.person("b", capacity=3)
    later = await floor.queued("en")
    await floor.route()
    assert await floor.owner(mine) == ("agent", "a"), "within the grace time nothing happens"
    floor.clock.on(2)
    await floor.liveness.heard_of("b")
    await floor.route()
    wish = await floor.people.wish("a")
    assert (wish.status, wish.reason) == (Presence.offline, PresenceReason.connection_lost)
    assert await floor.owner(mine) == ("queued", None)
    assert any("连接断了" in text for text in await floor.texts(mine))
    await floor.route()
    order = [handoff.conversation_id for handoff in await floor.handoffs.waiting()]
    assert order[0] == mine.id and set(order) == {mine.id, ringing.id, later.id}, "back in front of all others"
    offered = {offer.conversation_id for offer in await floor.router.offers_to(other)}
    assert mine.id in offered
    assert (await floor.offers.slots())["a"] == 0


async def test_redis_emptied_in_the_middle_of_an_offer_loses_nobody(floor: Floor) -> None:
    agent = await floor.person("a", capacity=2)
    mine, waiting = await floor.queued(), await floor.queued()
    await floor.route()
    offers = await floor.router.offers_to(agent)
    taken = next(offer for offer in offers if offer.conversation_id == mine.id)
    await floor.router.accept(taken.id, agent)
    left = next(offer for offer in offers if offer.conversation_id == waiting.id)
    await floor.redis.flushdb()
    with pytest.raises(OfferGone):
        await floor.router.accept(left.id, agent)
    await floor.liveness.heard_of("a")
    assert await floor.route() == 1, "it rings again"
    assert await floor.offers.slots() == {"a": 2}, "one chat and one offer: counted again from SQL"
    assert await floor.owner(mine) == ("agent", "a") and (await floor.people.wish("a")).status is Presence.available
    third = await floor.queued()
    assert await floor.route() == 0, "nobody over capacity"
    await floor.router.accept((await floor.offer(agent)).id, agent)
    assert await floor.owner(third) == ("queued", None)


async def test_a_process_that_dies_while_it_accepts_leaves_the_chat_to_others(floor: Floor) -> None:
    a = await floor.person("a", capacity=1)
    chat = await floor.queued()
    await floor.route()
    offer = await floor.offer(a)
    assert await floor.offers.claim(offer, floor.clock())
    # and here it died: nothing is in SQL
    assert await floor.route() == 0 and await floor.owner(chat) == ("queued", None)
    b = await floor.person("b", capacity=1)
    assert await floor.route() == 0, "the acceptance may still be under way"
    floor.clock.on(11)
    assert await floor.route() == 1
    assert (await floor.offer(b)).conversation_id == chat.id
    await floor.route()
    assert (await floor.offers.slots())["a"] == 0, "the slot that it had taken is put right"


async def test_a_customer_who_leaves_while_it_rings_cannot_be_taken(floor: Floor) -> None:
    agent = await floor.person("a")
    chat = await floor.queued()
    await floor.route()
    offer = await floor.offer(agent)
    assert await floor.handoffs.leave(chat.id)
    assert await floor.router.offers_to(agent) == ()
    with pytest.raises(OfferGone):
        await floor.router.accept(offer.id, agent)
    assert await floor.owner(chat) == ("bot", None) and await floor.offers.slots() == {"a": 0}
    assert not await floor.handoffs.leave(chat.id)


async def test_a_transfer_to_a_colleague_rings_there_alone_and_falls_back_to_the_group(floor: Floor) -> None:
    a = await floor.person("a")
    chat = await floor.queued()
    await floor.route()
    await floor.router.accept((await floor.offer(a)).id, a)
    wanted, other = await floor.person("wanted", groups=("billing",)), await floor.person("other", groups=("billing",))
    await floor.handoffs.transfer(chat.id, a, "needs billing", to=wanted)
    await floor.route()
    assert (await floor.offer(wanted)).conversation_id == chat.id
    assert await floor.router.offers_to(other) == () and await floor.router.offers_to(a) == ()
    notes = await floor.parts.notes.of(chat.id)
    assert [note.text for note in notes] == ["needs billing"]
    # they go off while it rings
    await floor.duty.set_presence(wanted, Presence.offline)
    newer = await floor.queued()
    await floor.route()
    await floor.route()
    handoff = await floor.handoffs.newest(chat.id)
    assert handoff is not None and handoff.direct_to is None and handoff.group_id == "billing"
    assert (await floor.handoffs.waiting())[0].conversation_id == chat.id, "in front"
    assert chat.id in {offer.conversation_id for offer in await floor.router.offers_to(other)}
    assert newer.id != chat.id


async def test_a_transfer_that_nobody_answers_goes_on_and_one_to_a_group_goes_to_that_group(floor: Floor) -> None:
    a = await floor.person("a")
    chat = await floor.queued()
    await floor.route()
    await floor.router.accept((await floor.offer(a)).id, a)
    wanted = await floor.person("wanted")
    await floor.handoffs.transfer(chat.id, a, None, to=wanted)
    await floor.route()
    floor.clock.on(floor.rules.direct_s + 1)
    await floor.liveness.heard_of("a")
    await floor.liveness.heard_of("wanted")
    await floor.route()
    await floor.route()
    assert (await floor.people.wish("wanted")).reason is PresenceReason.no_answer
    handoff = await floor.handoffs.newest(chat.id)
    assert handoff is not None and handoff.direct_to is None
    await floor.handoffs.take(chat.id, a)
    billing = await floor.person("b", groups=("billing",))
    await floor.handoffs.transfer(chat.id, a, None, group_id="billing")
    await floor.route()
    assert (await floor.offer(billing)).group_id == "billing"


async def test_who_hands_a_chat_on_is_not_offered_it_again_even_by_a_router_that_heard_nothing(floor: Floor) -> None:
    a = await floor.person("a")
    chat = await floor.queued()
    await floor.route()
    await floor.router.accept((await floor.offer(a)).id, a)
    await floor.handoffs.transfer(chat.id, a, "not mine")
    floor.router.doubt()
    assert await floor.router.route() == 0, "nobody else is there"
    assert await floor.router.offers_to(a) == ()
    b = await floor.person("b")
    floor.router.doubt()
    assert await floor.router.route() == 1
    assert (await floor.offer(b)).conversation_id == chat.id


async def test_the_first_words_of_a_person_take_a_chat_that_nobody_has(floor: Floor) -> None:
    agent, other = await floor.person("a"), await floor.person("b")
    talking, waiting = await floor.customer(), await floor.queued()
    for chat in (talking, waiting):
        message = await floor.handoffs.say(chat.id, agent, None, "您好")
        assert await floor.owner(chat) == ("agent", "a")
        thread = await floor.conversations.messages(chat.id)
        assert thread[-1].id == message.id and thread[-2].author.kind.value == "system"
        with pytest.raises(Forbidden):
            await floor.handoffs.say(chat.id, other, None, "me too")
    handoff = await floor.handoffs.newest(talking.id)
    assert handoff is not None and handoff.reason_code.value == "desk_initiative"
    assert handoff.packet["summary"].count("\n") == 2
    assert await floor.offers.slots() == {"a": 2}
    with pytest.raises(BotError) as late:
        await floor.handoffs.take(talking.id, other)
    assert late.value.code == "handoff_already_claimed" and "a (a)" in late.value.message, "it says who has it"


async def test_a_supervisor_watches_unseen_whispers_joins_and_takes_over(floor: Floor) -> None:
    agent = await floor.person("a")
    boss = await floor.person("boss", roles=frozenset({"agent", "supervisor"}), wish=None)
    stranger = await floor.person("s", wish=None)
    chat = await floor.queued()
    await floor.route()
    await floor.router.accept((await floor.offer(agent)).id, agent)
    before = await floor.texts(chat)
    await floor.supervision.monitor(chat.id, boss)
    assert await floor.texts(chat) == before and await floor.supervision.participants([chat.id], agent) == {}
    assert (await floor.supervision.participants([chat.id], boss))[chat.id][0]["mode"] == "watching"
    with pytest.raises(Forbidden):
        await floor.supervision.monitor(chat.id, stranger)
    with pytest.raises(Forbidden):
        await floor.supervision.whisper(chat.id, stranger, "psst")
    with pytest.raises(Forbidden):
        await floor.supervision.join(chat.id, stranger)
    with floor.fanout.subscribe("desk:a") as heard, floor.fanout.subscribe(chat.id) as public:
        await floor.supervision.whisper(chat.id, boss, "offer a refund")
        assert (await heard.get())["whisper"]["text"] == "offer a refund"
        assert public.waiting() is None, "the customer's windows hear nothing of it"
    assert [item["text"] for item in await floor.supervision.whispers(chat.id)] == ["offer a refund"]
    assert "offer a refund" not in await floor.texts(chat)
    await floor.supervision.join(chat.id, boss)
    assert (await floor.handoffs.say(chat.id, boss, None, "我也在")).author.name == "boss"
    await floor.supervision.take_over(chat.id, boss)
    assert await floor.owner(chat) == ("agent", "boss")
    assert await floor.offers.slots() == {"a": 0, "boss": 1}
    with pytest.raises(Forbidden):
        await floor.handoffs.say(chat.id, agent, None, "still me")
    with pytest.raises(Forbidden):
        await floor.supervision.take_over(chat.id, agent)


async def test_an_invited_colleague_joins_speaks_and_leaves(floor: Floor) -> None:
    agent, guest = await floor.person("a"), await floor.person("g")
    chat = await floor.queued()
    await floor.route()
    rung = agent if await floor.router.offers_to(agent) else guest
    guest = guest if rung is agent else agent
    await floor.router.accept((await floor.offer(rung)).id, rung)
    with floor.fanout.subscribe(f"desk:{guest.id}") as heard:
        await floor.supervision.invite(chat.id, rung, guest.id, "knows roaming")
        assert (await heard.get())["type"] == "invited"
    with pytest.raises(Forbidden):
        await floor.handoffs.say(chat.id, guest, None, "hi")
    await floor.supervision.join(chat.id, guest)
    await floor.handoffs.say(chat.id, guest, None, "您好，我来看一下")
    assert await floor.owner(chat) == ("agent", rung.id), "the owner stays"
    await floor.supervision.leave(chat.id, guest)
    with pytest.raises(Forbidden):
        await floor.handoffs.say(chat.id, guest, None, "hi again")
    assert len([text for text in await floor.texts(chat) if guest.id in text]) == 2, "came and went, told once each"


async def test_an_emergency_jumps_the_queue_and_stands_in_the_audit(floor: Floor) -> None:
    first = await floor.queued()
    floor.clock.on(3_000)
    urgent = await floor.customer()
    async with floor.database.unit():
        done = await floor.handoffs.request(urgent.id, Wanted(ReasonCode.emergency, {}, None), actor="bot")
    assert done is not None
    await floor.handoffs.announce(done)
    order = [handoff.conversation_id for handoff in await floor.handoffs.waiting()]
    assert order == [urgent.id, first.id]
    async with floor.database.read() as connection:
        rows = (await connection.execute(audit.select().where(audit.c.action == "queue_jumped"))).all()
    assert [row.conversation_id for row in rows] == [urgent.id]


async def test_one_of_two_processes_routes_and_the_other_takes_over(database: Database, redis: Redis) -> None:
    clock = Clock()
    one, two = Floor(database, redis, clock, shared=True), Floor(database, redis, clock, shared=True)
    agent = await one.person("a", capacity=5)
    chats = [await one.queued() for _ in range(3)]
    made = [await one.route(), await two.route()]
    assert made == [3, 0] and one.router.leads and not two.router.leads
    offers = await two.router.offers_to(agent)
    assert {offer.conversation_id for offer in offers} == {chat.id for chat in chats}
    await two.router.accept(offers[0].id, agent)
    await one.router.stop()
    await one.queued()
    assert await two.route() == 1 and two.router.leads, "what rings already is left alone"
    assert (await two.offers.slots())["a"] == 4


async def test_two_that_both_believe_to_route_offer_nothing_twice(database: Database, redis: Redis) -> None:
    clock = Clock()
    floors = [Floor(database, redis, clock), Floor(database, redis, clock)]
    people = [await floors[0].person(f"p{n}", capacity=3) for n in range(4)]
    chats = [await floors[0].queued() for _ in range(20)]
    await asyncio.gather(*(floor.route() for floor in floors))
    ringing = [offer.conversation_id for user in people for offer in await floors[0].router.offers_to(user)]
    assert len(ringing) == len(set(ringing)) == 12 and set(ringing) <= {chat.id for chat in chats}
    assert set((await floors[0].offers.slots()).values()) == {3}


async def test_slots_that_went_wrong_are_put_right_on_the_second_look(floor: Floor) -> None:
    agent = await floor.person("a", capacity=1)
    await floor.offers.count("a", 1)
    await floor.queued()
    assert await floor.route() == 0, "it may be an acceptance that is under way"
    await floor.route()
    assert await floor.route() == 1 or len(await floor.router.offers_to(agent)) == 1
    assert isinstance(floor.handoffs, HandoffService)
    assert (await floor.handoffs.waiting())[0].status is HandoffStatus.waiting
