"""Who looks at a conversation, in a real Redis."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from redis.asyncio import Redis

from bot.desk.viewers.store import VIEWER_S, ViewerStore, viewers_key

T0 = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)


class Clock:
    now = T0

    def __call__(self) -> datetime:
        return self.now


def _seen(found: Sequence[Any]) -> list[tuple[str, bool]]:
    return [(viewer.user_id, viewer.drafting) for viewer in found]


async def test_two_tabs_are_one_viewer_until_both_have_gone(redis: Redis) -> None:
    viewers = ViewerStore(redis, Clock())
    await viewers.look("c1", "tab1", "agent1", drafting=False)
    await viewers.look("c1", "tab2", "agent1", drafting=True)
    await viewers.look("c1", "tab3", "agent2", drafting=False)
    assert _seen((await viewers.all())["c1"]) == [("agent1", True), ("agent2", False)]
    await viewers.look_away(["c1", "c9"], "tab2")
    assert _seen((await viewers.all())["c1"]) == [("agent1", False), ("agent2", False)]
    await viewers.look_away(["c1"], "tab1")
    assert _seen((await viewers.all())["c1"]) == [("agent2", False)]


async def test_a_window_that_is_heard_of_no_more_looks_at_nothing(redis: Redis) -> None:
    clock = Clock()
    viewers = ViewerStore(redis, clock)
    await viewers.look("c1", "asleep", "agent1", drafting=True)
    clock.now += timedelta(seconds=VIEWER_S - 1)
    await viewers.look("c1", "awake", "agent2", drafting=False)
    assert len((await viewers.all())["c1"]) == 2
    clock.now += timedelta(seconds=1)
    assert _seen((await viewers.all())["c1"]) == [("agent2", False)]
    left = await redis.hgetall(viewers_key())
    assert [json.loads(entry)[0] for entry in left.values()] == ["agent2"], "what is over is taken away"
    assert 0 < await redis.ttl(viewers_key()) <= VIEWER_S, "and all of it goes when the service is killed"
