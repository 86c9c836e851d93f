"""Who is at the desk: what people wish, whether they are there, and what that means for those who wait."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.conversations.fanout import DESK, ROUTING, Fanout
from bot.errors import Unavailable
from bot.handoff.eta import Measured, wait_range_s
from bot.handoff.groups import DeskRules, Group
from bot.handoff.model import Presence, PresenceReason, User, Wish
from bot.handoff.offers import OfferStore
from bot.handoff.people.store import PeopleStore
from bot.handoff.presence import Liveness
from bot.handoff.store import HandoffStore

#: accounts and measured times change slowly; they are read again after so long, seconds
_KEPT_S = 20.0


@dataclass(frozen=True)
class Outlook:
    """What somebody who asks now can be told."""

    group: Group
    #: people on duty who may get the chat
    on_duty: int
    eta_s: tuple[int, int]
    open: bool
    opens_at: datetime | None
    waiting: int
    #: 1 is next
    position: int
    #: slots that nobody uses now
    free: int

    @property
    def full(self) -> bool:
        """Whether more wait than the group takes gladly."""
        return self.waiting >= self.group.queue_limit


class DutyService:
    """People of the desk, their presence, and the groups' state."""

    def __init__(
        self,
        people: PeopleStore,
        queue: HandoffStore,
        offers: OfferStore,
        liveness: Liveness,
        rules: DeskRules,
        fanout: Fanout,
        clock: Callable[[], datetime],
    ) -> None:
        self._people = people
        self._queue = queue
        self._offers = offers
        self._liveness = liveness
        self._fanout = fanout
        self._clock = clock
        self.rules = rules
        self._known: tuple[float, dict[str, User]] = (0.0, {})
        self._measured: dict[str, tuple[float, Measured]] = {}

    # -- presence ------------------------------------------------------------------------------------------------

    async def set_presence(self, user: User, presence: Presence, reason: PresenceReason | None = None) -> None:
        """What somebody wishes, or what is set for them. Their console's signs of life are kept apart."""
        if reason is None:
            await self._liveness.heard_of(user.id)
        await self._people.set_wish(user.id, presence, reason, self._clock())
        await self._fanout.publish(ROUTING, {"type": "presence"})
        await self._tell(user.id, presence, reason)

    async def set_away(self, user_ids: Mapping[str, PresenceReason], presence: Presence) -> None:
        """Set several people's presence for them."""
        for user_id, reason in user_ids.items():
            await self._people.set_wish(user_id, presence, reason, self._clock())
            await self._tell(user_id, presence, reason)

    async def wish(self, user: User) -> Wish:
        return await self._people.wish(user.id)

    async def heard_of(self, user: User) -> None:
        """The person's console has shown a sign of life."""
        await self._liveness.heard_of(user.id)

    async def console(self, user: User, console_id: str) -> None:
        """One of their open consoles has."""
        await self._liveness.console(user.id, console_id)

    async def console_closed(self, user: User, console_id: str) -> None:
        await self._liveness.console_closed(user.id, console_id)

    async def consoles(self, user: User) -> int:
        """How many consoles they have open."""
        return await self._liveness.consoles(user.id)

    async def window(self, conversation_id: str) -> None:
        """A customer's window has shown itself."""
        await self._liveness.window(conversation_id)

    async def windows(self) -> set[str]:
        """Conversations whose customers have a window open."""
        return await self._liveness.windows()

    async def on_duty(self) -> tuple[User, ...]:
        """People who are available and there."""
        wishes = await self._people.wishes()
        alive = await self._liveness.alive()
        people = await self.people(wishes)
        return tuple(
            people[user_id]
            for user_id, wish in wishes.items()
            if wish.status is Presence.available and user_id in people and (alive is None or user_id in alive)
        )

    async def reachable(self, user_id: str) -> User | None:
        """The person of this id if they are on duty now."""
        return next((user for user in await self.on_duty() if user.id == user_id), None)

    # -- people and groups ---------------------------------------------------------------------------------------

    async def people(self, named: Iterable[str] = ()) -> dict[str, User]:
        """User id → everybody who works here.

        Args:
            named: ids that have come up; one that is new makes the accounts be read again.
        """
        now = self._clock().timestamp()
        if now - self._known[0] > _KEPT_S or any(user_id not in self._known[1] for user_id in named):
            self._known = (now, {user.id: user for user in await self._people.people()})
        return self._known[1]

    async def name(self, user_id: str | None) -> Mapping[str, str] | None:
        """Somebody's name in both languages."""
        if user_id is None:
            return None
        user = (await self.people()).get(user_id) or await self._people.user(user_id)
        return {language: user.shown_name(language) for language in ("zh", "en")} if user else None

    async def colleagues(self) -> list[dict[str, Any]]:
        """Everybody who serves customers, with what they wish and do."""
        wishes, load = await self._people.wishes(), await self._queue.load()
        alive = await self._liveness.alive()
        return [
            _colleague(user, wishes.get(user.id), alive is None or user.id in alive, load.get(user.id, 0))
            for user in (await self.people(wishes)).values()
            if user.may("agent", "supervisor")
        ]

    async def group_states(self) -> list[dict[str, Any]]:
        """Every group with who waits for it and who is there for it."""
        waits = await self._queue.waits_by_group()
        now = self._clock()
        rows = []
        for group in self.rules.groups.values():
            count, since = waits.get(group.id, (0, now))
            outlook = await self.outlook(group, count + 1, count)
            closes_at = group.calendar.closes_at(now)
            rows.append(
                {
                    "id": group.id,
                    "name": dict(group.name),
                    "open": outlook.open,
                    "opens_at": outlook.opens_at.isoformat() if outlook.opens_at else None,
                    "closes_at": closes_at.isoformat() if closes_at else None,
                    "waiting": count,
                    "on_duty": outlook.on_duty,
                    "free_capacity": outlook.free,
                    "oldest_wait_s": int((now - since).total_seconds()) if count else 0,
                    "eta_s": list(outlook.eta_s),
                    "full": outlook.full,
                }
            )
        return rows

    async def outlook(self, group: Group, position: int, waiting: int) -> Outlook:
        """What somebody at this place of a group's queue can be told.

        Args:
            waiting: how many wait in the group, them left out.
        """
        now = self._clock()
        duty = await self.on_duty()
        # rings open to everybody at last: where nobody of the group is there, all count
        members = [user for user in duty if group.id in user.groups] or list(duty)
        try:
            used = await self._offers.slots()
        except Unavailable:
            used = {}
        slots = sum(user.capacity for user in members)
        free = sum(max(0, user.capacity - used.get(user.id, 0)) for user in members)
        eta_s = wait_range_s(position, slots, free, await self._measure(group.id))
        opens_at = group.opens_at(now)
        return Outlook(group, len(members), eta_s, opens_at is None, opens_at, waiting, position, free)

    async def _measure(self, group_id: str) -> Measured:
        now = self._clock().timestamp()
        at, measured = self._measured.get(group_id, (0.0, Measured()))
        if now - at > _KEPT_S:
            measured = await self._queue.measured(group_id)
            self._measured[group_id] = (now, measured)
        return measured

    async def _tell(self, user_id: str, presence: Presence, reason: PresenceReason | None) -> None:
        body = {"user_id": user_id, "status": presence.value, "reason": reason.value if reason else None}
        await self._fanout.publish(DESK, {"type": "presence", **body})


def _colleague(user: User, wish: Wish | None, alive: bool, load: int) -> dict[str, Any]:
    wished = wish.status if wish else Presence.offline
    status = wished.value
    if wish is not None and wish.reason is PresenceReason.no_answer:
        status = "not_responding"
    elif wished is Presence.available and not alive:
        status = Presence.offline.value
    return {
        "id": user.id,
        "name": {language: user.shown_name(language) for language in ("zh", "en")},
        "username": user.username,
        "roles": sorted(user.roles),
        "groups": list(user.groups),
        "languages": list(user.languages),
        "products": list(user.products),
        "classes": list(user.classes),
        "wish": wished.value,
        "alive": alive,
        "status": status,
        "reason": wish.reason.value if wish and wish.reason else None,
        "status_since": wish.since.isoformat() if wish and wish.since else None,
        "load": load,
        "capacity": user.capacity,
    }
