"""Chatwoot as the desk: who has a conversation there, and how it ends or begins again."""

from __future__ import annotations

from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.contracts import Owner, ReasonCode
from bot.database import Database
from bot.handoff.model import HandoffStatus
from bot.handoff.wanted import Wanted
from tests.chatwoot import Chatwoot
from tests.integration.chatwoot_desk import TOM, WANG, Served, Side, running_side

_PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


# -- assignment, states --------------------------------------------------------------------------------------------


async def test_an_assignment_makes_that_person_the_owner_and_the_customer_is_told_who(side: Side) -> None:
    conversation_id, talk = await side.asked()
    side.chatwoot.assigns(talk, WANG)
    head = await side.until_owner(conversation_id, Owner.agent)
    await side.until_said(conversation_id, "王芳已加入对话，接下来为您服务。")
    state = await side.customers.state(conversation_id)
    assert (head.agent_id, state.agent_name) == ("chatwoot:11", "王芳")
    side.chatwoot.assigns(talk, TOM)
    await side.until_said(conversation_id, "Tom Baker已加入对话，接下来为您服务。")
    handoff = await side.handoffs.newest(conversation_id)
    assert handoff is not None and handoff.agent_id == "chatwoot:12"


async def test_a_conversation_that_nobody_has_any_more_waits_again(side: Side, served: Served) -> None:
    side.chatwoot.assigns(served.talk, None)
    await side.until_owner(served.id, Owner.queued)
    side.chatwoot.assigns(served.talk, TOM)
    head = await side.until_owner(served.id, Owner.agent)
    assert head.agent_id == "chatwoot:12"


async def test_a_reply_to_an_unassigned_conversation_does_not_go_back_to_the_queue_by_itself(side: Side) -> None:
    conversation_id, talk = await side.asked()
    side.chatwoot.says(talk, WANG, "您好")
    await side.until_said(conversation_id, "您好")
    side.chatwoot.sets(talk, "snoozed")
    await side.chatwoot.settled()
    assert (await side.head(conversation_id)).owner is Owner.agent


async def test_resolved_closes_and_asks_for_the_rating_of_who_served(side: Side, served: Served) -> None:
    side.chatwoot.says(served.talk, WANG, "已修好")
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
        chatwoot.assigns(talk, WANG)
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
    side.chatwoot.assigns(served.talk, TOM)
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


async def test_our_own_opening_again_is_no_end_and_nobodys_assignment(side: Side, served: Served) -> None:
    """Whoever comes back waits for anybody, although it was resolved there, and somebody's, a moment before."""
    side.chatwoot.sets(served.talk, "resolved")
    await side.until_owner(served.id, Owner.closed)
    await side.told(served.id)
    for _ in range(3):
        async with side.database.unit():
            wanted = Wanted(ReasonCode.customer_request, {}, None)
            done = await side.handoffs.request(served.id, wanted, actor="test", reopens=True)
        assert done is not None
        await side.handoffs.announce(done)
        await side.told(served.id)
        await side.chatwoot.settled()
        assert (await side.head(served.id)).owner is Owner.queued
        assert (served.talk.status, served.talk.assignee) == ("open", None)
        await side.customers.leave_queue(served.id)
        await side.told(served.id)
        await side.chatwoot.settled()


async def test_an_older_state_that_comes_after_a_newer_one_changes_nothing(side: Side) -> None:
    conversation_id, talk = await side.asked()
    await side.chatwoot.settled()
    side.chatwoot.held = []
    side.chatwoot.assigns(talk, WANG)
    side.chatwoot.assigns(talk, TOM)
    side.chatwoot.let_go(1)
    await side.until_owner(conversation_id, Owner.agent)
    side.chatwoot.held = []
    side.chatwoot.assigns(talk, TOM)  # to have something to let go
    side.chatwoot.let_go()
    await side.chatwoot.settled()
    assert (await side.head(conversation_id)).agent_id == "chatwoot:12"


# -- typing --------------------------------------------------------------------------------------------------------


async def test_typing_is_seen_on_both_sides_and_typing_a_note_is_not(side: Side, served: Served) -> None:
    await side.customers.typing(served.id)
    await side.chatwoot.until(lambda: bool(side.chatwoot.typing))
    assert side.chatwoot.typing == [(served.talk.id, "on")]
    with side.customers.live(served.id) as events:
        side.chatwoot.types(served.talk, WANG, private=True)
        side.chatwoot.types(served.talk, WANG)
        while (event := await events.get())["type"] != "typing":
            continue
    assert event == {"type": "typing", "author": {"kind": "agent", "name": "王芳"}}
