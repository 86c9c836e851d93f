"""`bench.turn` in small: a late turn of a conversation costs what an early one does."""

from __future__ import annotations

import statistics
import time

import redis

from bot.conversations.pace import rate_key
from bot.redis_server import EmbeddedRedis
from tests.conftest import Pool
from tests.service import Service

#: said in turn; none of them opens a question, so each costs the same whenever it is said
_SAYS = ("what's my balance?", "thanks", "how do I change my wifi password")
_EARLY, _LATE = 6, 60
#: turns at each end whose median counts: every sentence three times
_WINDOW = 9
_MOST_TIMES = 1.6


def test_turn_sixty_of_a_conversation_costs_what_turn_six_costs(service: Service, pool: Pool) -> None:
    live = redis.Redis.from_url(EmbeddedRedis(service.data_dir).url)
    customer, _ = pool.customer("customer_basic", "en")
    took_s: list[float] = []
    try:
        for number in range(_LATE + _WINDOW // 2):
            live.delete(
                rate_key(customer.id)
            )  # one customer's burst is slowed down on purpose; that is not what is asked here
            began = time.perf_counter()
            assert customer.say(_SAYS[number % len(_SAYS)]), f"turn {number + 1} was not answered"
            took_s.append(time.perf_counter() - began)
    finally:
        live.close()
    early = statistics.median(_around(took_s, _EARLY))
    late = statistics.median(_around(took_s, _LATE))
    assert late < early * _MOST_TIMES, f"turn {_LATE} took {late * 1000:.1f} ms, turn {_EARLY} {early * 1000:.1f} ms"


def _around(times: list[float], turn: int) -> list[float]:
    """The times of the turns around the `turn`-th, which counts from 1."""
    first = turn - 1 - _WINDOW // 2
    return times[first : first + _WINDOW]
