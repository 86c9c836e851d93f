"""Who gets which waiting chat. The router's picture of the queue and of the people on duty, in memory; no I/O."""

from __future__ import annotations

import heapq
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.handoff.groups import DeskRules, Ring
from bot.handoff.model import ORDINARY, User, Waiting

#: who declined a chat or let it ring is not asked again for so long
SPARED_S = 120.0


@dataclass
class Duty:
    """Somebody who may get chats now: they wish to, and their console answers."""

    user: User
    #: chats that are theirs and offers that ring, together
    used: int
    #: when they last took or ended a chat, Unix time; who has waited longest for work comes first
    idle_since: float

    @property
    def free(self) -> int:
        return max(0, self.user.capacity - self.used)


class Match(NamedTuple):
    waiting: Waiting
    duty: Duty
    last_agent: bool


_Signature = tuple[str, str, "str | None", "str | None"]
_Key = tuple[_Signature, int, bool]


@dataclass
class Board:
    """The queue in its order of service, and who is on duty.

    Changes cost little; a pass looks at whoever waits once.
    """

    rules: DeskRules
    waiting: dict[str, Waiting] = field(default_factory=dict)
    duty: dict[str, Duty] = field(default_factory=dict)
    #: hand-overs that ring somewhere, or are being accepted
    held: set[str] = field(default_factory=set)
    #: handoff id → user id → until when they are spared it
    spared: dict[str, dict[str, datetime]] = field(default_factory=dict)
    _order: list[tuple[datetime, str]] = field(default_factory=list)

    # -- the queue -----------------------------------------------------------------------------------------------

    def put(self, entry: Waiting) -> None:
        """Add somebody who waits, or change what is known of them."""
        self.drop(entry.handoff_id)
        self.waiting[entry.handoff_id] = entry
        insort(self._order, (entry.rank_at, entry.handoff_id))

    def drop(self, handoff_id: str) -> None:
        """Somebody waits no more."""
        entry = self.waiting.pop(handoff_id, None)
        if entry is None:
            return
        place = bisect_left(self._order, (entry.rank_at, handoff_id))
        del self._order[place]

    def replace(self, entries: Iterable[Waiting]) -> None:
        """Take the queue as the database has it."""
        self.waiting = {entry.handoff_id: entry for entry in entries}
        self._order = sorted((entry.rank_at, entry.handoff_id) for entry in self.waiting.values())
        self.held &= set(self.waiting)
        self.spared = {key: users for key, users in self.spared.items() if key in self.waiting}

    def spare(self, handoff_id: str, user_id: str, now: datetime) -> None:
        """Do not offer this chat to this person again soon."""
        self.spared.setdefault(handoff_id, {})[user_id] = now + timedelta(seconds=SPARED_S)

    def in_order(self) -> Iterator[Waiting]:
        """Everybody who waits, in the order of service."""
        return (self.waiting[handoff_id] for _, handoff_id in self._order)

    # -- matching ------------------------------------------------------------------------------------------------

    def match(self, now: datetime, limit: int) -> list[Match]:
        """Chats and the people to offer them to; both are taken as used from here on.

        Whoever served the customer before gets them if free. Else, of those who have what the chat's ring wants, the
        least busy, and of these who has been idle longest. Who is reserved for one person waits for them.

        Args:
            limit: most matches to return.
        """
        free = sum(duty.free for duty in self.duty.values())
        found: list[Match] = []
        heaps: dict[_Key, _Heap] = {}
        open_rings: dict[_Signature, int] = {}
        for entry in self.in_order():
            if entry.handoff_id in self.held or (free <= 0 and entry.direct_to is None):
                continue
            duty, known = self._choose(entry, now, heaps, open_rings)
            if duty is None:
                continue
            free -= 1 if duty.free else 0
            duty.used += 1
            self.held.add(entry.handoff_id)
            found.append(Match(entry, duty, known))
            if len(found) >= limit:
                break
        return found

    def _choose(
        self, entry: Waiting, now: datetime, heaps: dict[_Key, _Heap], open_rings: dict[_Signature, int]
    ) -> tuple[Duty | None, bool]:
        if entry.direct_to is not None:
            # asked for by name: they may take one more than they would be given
            return self.duty.get(entry.direct_to), False
        spared = self._spared(entry, now)
        group = self.rules.group(entry.group_id)
        waited_s = (now - entry.requested_at).total_seconds()
        signature: _Signature = (entry.group_id, entry.language, entry.product, entry.customer_class)
        helped = group.overflow is not None and waited_s >= group.overflow_after_s
        ring = sum(waited_s >= ring.after_s for ring in group.rings) - 1
        ring = max(ring, self._first_ring(entry, signature, open_rings))
        last = self.duty.get(entry.last_agent_id or "")
        if last is not None and last.free and last.user.id not in spared and self._fits(last.user, entry, _LAST, False):
            return last, True
        key = (signature, ring, helped)
        heap = heaps.get(key)
        if heap is None:
            wanted = group.rings[ring]
            fitting = [duty for duty in self.duty.values() if self._fits(duty.user, entry, wanted, helped)]
            heap = heaps[key] = _Heap(fitting)
        return heap.best(spared), False

    def _first_ring(self, entry: Waiting, signature: _Signature, open_rings: dict[_Signature, int]) -> int:
        """The first ring that anybody on duty, busy or not, fits: waiting for those who are not there helps nobody."""
        if signature not in open_rings:
            rings = self.rules.group(entry.group_id).rings
            open_rings[signature] = next(
                (
                    place
                    for place, ring in enumerate(rings)
                    if any(self._fits(duty.user, entry, ring, False) for duty in self.duty.values())
                ),
                len(rings) - 1,
            )
        return open_rings[signature]

    def _fits(self, user: User, entry: Waiting, ring: Ring, helped: bool) -> bool:
        if "language" in ring.wants and entry.language not in user.languages:
            return False
        if "group" in ring.wants and entry.group_id not in user.groups:
            overflow = self.rules.group(entry.group_id).overflow if helped else None
            if overflow not in user.groups:
                return False
        if "product" in ring.wants and entry.product and user.products and entry.product not in user.products:
            return False
        special = "customer_class" in ring.wants and entry.customer_class not in ORDINARY
        return not special or entry.customer_class in user.classes

    def _spared(self, entry: Waiting, now: datetime) -> frozenset[str]:
        """Who is not asked again yet."""
        users = self.spared.get(entry.handoff_id, {})
        left = {user_id: until for user_id, until in users.items() if until > now}
        if left:
            self.spared[entry.handoff_id] = left
        else:
            self.spared.pop(entry.handoff_id, None)
        if entry.spared_id is not None and entry.spared_until is not None and entry.spared_until > now:
            return frozenset((*left, entry.spared_id))
        return frozenset(left)


#: what the person who served somebody before must have to get them back
_LAST = Ring(0.0, frozenset({"language"}))


class _Heap:
    """People who fit a kind of chat, least busy and longest idle first."""

    def __init__(self, fitting: Iterable[Duty]) -> None:
        self._heap = [self._entry(duty) for duty in fitting if duty.free]
        heapq.heapify(self._heap)

    def best(self, spared: frozenset[str]) -> Duty | None:
        """Who comes first, except those spared; None when nobody is free."""
        aside, found = [], None
        while self._heap:
            used, _, user_id, duty = self._heap[0]
            if used != duty.used or not duty.free:
                # they got something meanwhile, here or through another kind of chat
                heapq.heappop(self._heap)
                if duty.free:
                    heapq.heappush(self._heap, self._entry(duty))
                continue
            if user_id in spared:
                aside.append(heapq.heappop(self._heap))
                continue
            found = duty
            break
        for item in aside:
            heapq.heappush(self._heap, item)
        return found

    @staticmethod
    def _entry(duty: Duty) -> tuple[int, float, str, Duty]:
        return duty.used, duty.idle_since, duty.user.id, duty


def positions(order: Iterable[tuple[str, str]]) -> Mapping[str, int]:
    """Hand-over → its place within its group, 1 for the next.

    Args:
        order: hand-overs with their groups, in the order of service.
    """
    seen: dict[str, int] = {}
    found: dict[str, int] = {}
    for handoff_id, group_id in order:
        seen[group_id] = seen.get(group_id, 0) + 1
        found[handoff_id] = seen[group_id]
    return found
