"""Offers and slots in Redis: what rings where, and how many chats each person has. Every step is one script.

SQL stays the truth of who has which chat; this is what keeps two processes from promising one slot twice. When Redis
has lost it, the router fills it again from SQL.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.errors import Unavailable
from bot.handoff.model import Offer
from bot.redis_reading import read_at_once

#: an acceptance is in SQL long before; a process that died in it is forgotten after so long
_CLAIM_MS = 10_000


def slots_key() -> str:
    """Redis hash user id → chats and offers that they have; written by every offer and end; never expires."""
    return "fl:desk:slots"


def ringing_key() -> str:
    """Redis hash handoff id → `user id SPACE offer id`; written by the router; an entry goes when its offer ends."""
    return "fl:desk:ringing"


def claims_key() -> str:
    """Redis hash handoff id → `Unix ms SPACE user id`: until when who may be accepting it; written by acceptances."""
    return "fl:desk:claims"


def offers_key(user_id: str) -> str:
    """Redis hash offer id → JSON of the offer; written by the router; an entry goes when the offer ends."""
    return f"{_OFFERS}{user_id}"


_OFFERS = "fl:desk:offers:"

#: ARGV: now in ms, offers prefix, then for each offer handoff, user, capacity (-1: any), offer id, JSON → a 1 or 0
#: for each
_MAKE = """
local made = {}
for i = 3, #ARGV, 5 do
  local handoff, user, capacity = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2])
  local used = tonumber(redis.call('HGET', KEYS[1], user) or '0')
  local claim = tonumber(string.match(redis.call('HGET', KEYS[3], handoff) or '0', '^%d+'))
  if redis.call('HEXISTS', KEYS[2], handoff) == 1 or claim > tonumber(ARGV[1])
      or (capacity >= 0 and used >= capacity) then
    made[#made + 1] = 0
  else
    redis.call('HINCRBY', KEYS[1], user, 1)
    redis.call('HSET', KEYS[2], handoff, user .. ' ' .. ARGV[i + 3])
    redis.call('HSET', ARGV[2] .. user, ARGV[i + 3], ARGV[i + 4])
    made[#made + 1] = 1
  end
end
return made
"""

#: ends one offer; ARGV: handoff, user, offer id, offers prefix, claim until in ms (0: give the slot back) → its JSON
#: or nil
_END = """
if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] .. ' ' .. ARGV[3] then return false end
local key = ARGV[4] .. ARGV[2]
local body = redis.call('HGET', key, ARGV[3])
redis.call('HDEL', key, ARGV[3])
redis.call('HDEL', KEYS[2], ARGV[1])
if ARGV[5] == '0' then
  if redis.call('HINCRBY', KEYS[1], ARGV[2], -1) < 0 then redis.call('HSET', KEYS[1], ARGV[2], 0) end
else
  redis.call('HSET', KEYS[3], ARGV[1], ARGV[5] .. ' ' .. ARGV[2])
end
return body
"""

#: ARGV: user, change → chats and offers after it, never below 0
_COUNT = """
local now = redis.call('HINCRBY', KEYS[1], ARGV[1], ARGV[2])
if now < 0 then redis.call('HSET', KEYS[1], ARGV[1], 0); now = 0 end
return now
"""

#: sets a person's slots if nobody changed them since they were read; ARGV: user, read, right → 1 or 0
_CORRECT = """
if (redis.call('HGET', KEYS[1], ARGV[1]) or '0') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
"""


class OfferStore:
    """What rings at the desk. While Redis is away every call raises `Unavailable`, and nothing is promised."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def make(self, wanted: Sequence[tuple[Offer, int]], now: datetime) -> list[bool]:
        """Make offers, each only if the chat rings nowhere and the person has a slot left.

        Args:
            wanted: offers with the person's capacity; -1 takes no account of it.
        """
        arguments: list[Any] = [_ms(now), _OFFERS]
        for offer, capacity in wanted:
            arguments += [offer.handoff_id, offer.user_id, capacity, offer.id, _body(offer)]
        made: list[int] = await self._eval(_MAKE, arguments)
        return [bool(one) for one in made]

    async def claim(self, offer: Offer, now: datetime) -> bool:
        """Take an offer up: for one caller it is True, and the slot is theirs. Follow it by `settle`."""
        arguments = [offer.handoff_id, offer.user_id, offer.id, _OFFERS, _ms(now) + _CLAIM_MS]
        return await self._eval(_END, arguments) is not None

    async def settle(self, handoff_id: str, user_id: str, taken: bool) -> None:
        """The acceptance is over; without success the slot is free again."""
        await self._call("hdel", claims_key(), handoff_id)
        if not taken:
            await self.count(user_id, -1)

    async def end(self, offer: Offer) -> bool:
        """End an offer and give the slot back; True for the one caller who did."""
        return await self._eval(_END, [offer.handoff_id, offer.user_id, offer.id, _OFFERS, 0]) is not None

    async def withdraw(self, handoff_id: str) -> Offer | None:
        """End the offer of a chat, wherever it rings."""
        place = await self._call("hget", ringing_key(), handoff_id)
        if place is None:
            return None
        user_id, _, offer_id = str(place).partition(" ")
        body = await self._eval(_END, [handoff_id, user_id, offer_id, _OFFERS, 0])
        return _offer(body) if body else None

    async def count(self, user_id: str, change: int) -> int:
        """A person has a chat more or less; returns how many slots they use now."""
        return int(await self._eval(_COUNT, [user_id, change]))

    async def of(self, user_id: str) -> tuple[Offer, ...]:
        """What rings at one person's console."""
        found: Mapping[str, str] = await self._call("hgetall", offers_key(user_id))
        return tuple(_offer(body) for body in found.values())

    async def get(self, user_id: str, offer_id: str) -> Offer | None:
        body = await self._call("hget", offers_key(user_id), offer_id)
        return _offer(body) if body else None

    async def ringing(self) -> dict[str, str]:
        """Hand-over → user id of everything that rings."""
        found: Mapping[str, str] = await self._call("hgetall", ringing_key())
        return {handoff_id: place.partition(" ")[0] for handoff_id, place in found.items()}

    async def all(self) -> tuple[Offer, ...]:
        """Everything that rings."""
        users = sorted(set((await self.ringing()).values()))
        if not users:
            return ()
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                for user_id in users:
                    pipe.hgetall(offers_key(user_id))
                answers = await pipe.execute()
        except (RedisError, OSError) as exc:
            raise _away() from exc
        return tuple(_offer(body) for answer in answers for body in answer.values())

    async def claims(self, now: datetime) -> dict[str, str]:
        """Hand-over → who is accepting it at this moment; what is left of processes that died is cleared."""
        found: Mapping[str, str] = await self._call("hgetall", claims_key())
        parts = {handoff_id: claim.split(" ", 1) for handoff_id, claim in found.items()}
        old = [handoff_id for handoff_id, (until, _) in parts.items() if int(until) <= _ms(now)]
        if old:
            await self._call("hdel", claims_key(), *old)
        return {handoff_id: user_id for handoff_id, (_, user_id) in parts.items() if handoff_id not in old}

    async def slots(self) -> dict[str, int]:
        """User id → chats and offers that they have."""
        try:
            found = await read_at_once(self._redis, "HGETALL", slots_key())
        except (RedisError, OSError) as exc:
            raise _away() from exc
        return {user_id: int(count) for user_id, count in zip(found[::2], found[1::2], strict=True)}

    async def correct(self, right: Iterable[tuple[str, int, int]]) -> None:
        """Put slots right, each `(user id, as read, as it is)`, unless they have changed since."""
        for user_id, read, wanted in right:
            await self._eval(_CORRECT, [user_id, read, wanted])

    async def _eval(self, script: str, arguments: Sequence[Any]) -> Any:
        return await self._call("eval", script, 3, slots_key(), ringing_key(), claims_key(), *arguments)

    async def _call(self, name: str, *arguments: Any) -> Any:
        try:
            return await getattr(self._redis, name)(*arguments)
        except (RedisError, OSError) as exc:
            raise _away() from exc


def _away() -> Unavailable:
    return Unavailable("Offers cannot be read for a moment. Try again shortly.")


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _body(offer: Offer) -> str:
    times = {name: getattr(offer, name).isoformat() for name in _TIMES}
    return json.dumps({**offer.__dict__, **times}, ensure_ascii=False)


_TIMES = ("offered_at", "expires_at", "requested_at")


def _offer(body: str) -> Offer:
    values = json.loads(body)
    return Offer(**{**values, **{name: datetime.fromisoformat(values[name]) for name in _TIMES}})
