"""Who gets which waiting chat."""

from __future__ import annotations

import random
import time
from datetime import datetime, timedelta, timezone

from bot.handoff.groups import Case
from bot.handoff.matching import Board, Duty, positions
from bot.handoff.model import User, Waiting
from tests.unit.handoff.test_groups import rules

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=timezone.utc)


def person(name: str, *, used: int = 0, idle_since: float = 0.0, **facts: object) -> Duty:
    values = {"languages": ("zh", "en"), "capacity": 3, "groups": ("general",)} | facts
    user = User(id=name, username=name, name={"zh": name}, roles=frozenset({"agent"}), **values)  # type: ignore[arg-type]  # facts of a user
    return Duty(user, used, idle_since)


def chat(
    name: str, *, waited_s: float = 0.0, reason: str = "customer_request", group: str = "general", **facts: object
) -> Waiting:
    desk = rules()
    language, product = str(facts.get("language", "zh")), facts.get("product")
    at = NOW - timedelta(seconds=waited_s)
    rank = desk.rank(Case(reason, language), at)
    return Waiting(
        handoff_id=name,
        conversation_id=f"c-{name}",
        reason_code=reason,
        group_id=group,
        language=language,
        product=str(product) if product else None,
        customer_class=facts.get("customer_class"),  # type: ignore[arg-type]  # a text or None
        priority=rank.priority,
        requested_at=at,
        rank_at=rank.at,
        direct_to=facts.get("direct_to"),  # type: ignore[arg-type]  # a text or None
        last_agent_id=facts.get("last_agent_id"),  # type: ignore[arg-type]  # a text or None
        spared_id=facts.get("spared_id"),  # type: ignore[arg-type]  # a text or None
        spared_until=facts.get("spared_until"),  # type: ignore[arg-type]  # a moment or None
    )


def board(*people: Duty, waiting: tuple[Waiting, ...] = ()) -> Board:
    made = Board(rules(), duty={duty.user.id: duty for duty in people})
    for entry in waiting:
        made.put(entry)
    return made


def got(made: Board, limit: int = 1_000) -> dict[str, str]:
    return {match.waiting.handoff_id: match.duty.user.id for match in made.match(NOW, limit)}


def test_who_has_been_idle_longest_comes_first_and_who_has_a_chat_comes_later() -> None:
    made = board(person("a", idle_since=50), person("b", idle_since=10), person("c", used=1, idle_since=0))
    for name in ("1", "2", "3"):
        made.put(chat(name, waited_s=100 - int(name)))
    assert got(made) == {"1": "b", "2": "a", "3": "c"}


def test_nobody_gets_more_than_their_capacity_and_nothing_is_offered_twice() -> None:
    made = board(person("a", capacity=2), person("b", capacity=3, used=2))
    for number in range(10):
        made.put(chat(str(number), waited_s=number))
    first = got(made)
    assert len(first) == 3 and sorted(first.values()) == ["a", "a", "b"]
    assert set(first) == {"9", "8", "7"}, "who has waited longest goes first"
    assert got(made) == {}


def test_an_emergency_is_offered_before_all_others() -> None:
    made = board(person("a", capacity=1), waiting=(chat("old", waited_s=3_000), chat("danger", reason="emergency")))
    assert got(made) == {"danger": "a"}


def test_rings_relax_over_time_but_nobody_waits_for_people_who_are_not_there() -> None:
    speaker = person("speaker", languages=("en",), groups=("general",), used=3)
    other = person("other", languages=("zh",), groups=("general",))
    assert got(board(speaker, other, waiting=(chat("1", language="en", waited_s=5),))) == {}, "the speaker will be free"
    assert got(board(speaker, other, waiting=(chat("1", language="en", waited_s=200),))) == {"1": "other"}
    assert got(board(other, waiting=(chat("1", language="en", waited_s=5),))) == {"1": "other"}, "nobody speaks it"


def test_skills_count_product_and_class() -> None:
    mobile = person("mobile", groups=("technical",), products=("mobile",))
    fibre = person("fibre", groups=("technical",), products=("broadband",), idle_since=99)
    assert got(board(mobile, fibre, waiting=(chat("1", group="technical", product="broadband"),))) == {"1": "fibre"}
    plain, trained = person("plain"), person("trained", classes=("vip",), idle_since=99)
    assert got(board(plain, trained, waiting=(chat("1", customer_class="vip"),))) == {"1": "trained"}


def test_another_group_helps_out_once_somebody_has_waited_long_enough() -> None:
    busy = person("busy", groups=("billing",), used=3)
    helper = person("helper", groups=("general",))
    assert got(board(busy, helper, waiting=(chat("1", group="billing", waited_s=10),))) == {}
    assert got(board(busy, helper, waiting=(chat("1", group="billing", waited_s=61),))) == {"1": "helper"}


def test_whoever_served_the_customer_before_gets_them_if_free() -> None:
    known, other = person("known", used=2, idle_since=99), person("other")
    assert got(board(known, other, waiting=(chat("1", last_agent_id="known"),))) == {"1": "known"}
    full = person("known", used=3)
    assert got(board(full, other, waiting=(chat("1", last_agent_id="known"),))) == {"1": "other"}


def test_who_declined_is_spared_for_a_while() -> None:
    made = board(person("a"), person("b", idle_since=99), waiting=(chat("1"),))
    made.spare("1", "a", NOW)
    assert got(made) == {"1": "b"}
    alone = board(person("a"), waiting=(chat("1"),))
    alone.spare("1", "a", NOW - timedelta(seconds=121))
    assert got(alone) == {"1": "a"}, "later they are asked again"
    handed_on = chat("1", spared_id="a", spared_until=NOW + timedelta(seconds=1))
    assert got(board(person("a"), person("b", idle_since=99), waiting=(handed_on,))) == {"1": "b"}
    assert got(board(person("a"), waiting=(chat("1", spared_id="a", spared_until=NOW),))) == {"1": "a"}


def test_a_transfer_to_one_person_goes_to_nobody_else_even_when_they_are_full() -> None:
    full, free = person("full", used=3), person("free")
    assert got(board(full, free, waiting=(chat("1", direct_to="full"),))) == {"1": "full"}
    assert got(board(free, waiting=(chat("1", direct_to="full"),))) == {}


def test_places_are_counted_within_a_group() -> None:
    order = [("1", "general"), ("2", "billing"), ("3", "general")]
    assert positions(order) == {"1": 1, "2": 1, "3": 2}


def test_whatever_happens_capacity_holds_and_the_order_is_kept() -> None:
    dice = random.Random(7)
    made = board(*(person(f"p{n}", capacity=dice.randrange(1, 5), groups=("general", "billing")) for n in range(20)))
    taken: dict[str, str] = {}
    for step in range(300):
        made.put(chat(str(step), waited_s=dice.random() * 500, language=dice.choice(["zh", "en"])))
        if step % 7 == 0:
            made.drop(str(dice.randrange(step + 1)))
        if step % 3 == 0:
            for match in made.match(NOW, 5):
                assert match.waiting.handoff_id not in taken
                taken[match.waiting.handoff_id] = match.duty.user.id
        assert all(duty.used <= duty.user.capacity for duty in made.duty.values())
        if step % 11 == 0 and taken:
            gone, by = taken.popitem()
            made.duty[by].used -= 1
            made.drop(gone)
            made.held.discard(gone)
    ranks = [entry.rank_at for entry in made.in_order()]
    assert ranks == sorted(ranks) and len(ranks) == len(made.waiting)


def test_five_thousand_chats_find_two_hundred_people_in_little_processor_time() -> None:
    people = [person(f"p{n}", capacity=25, idle_since=n) for n in range(200)]
    made = board(*people)
    made.replace(chat(str(n), waited_s=n % 900, language="en" if n % 3 == 0 else "zh") for n in range(5_000))
    used = time.process_time()
    found = 0
    while matches := made.match(NOW, 200):
        found += len(matches)
    assert found == 5_000
    assert time.process_time() - used < 2.5, "the bench has the figure; this only catches a pass that grows by squares"
