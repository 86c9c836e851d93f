"""Chatwoot's agents as people of ours: an account each that nobody can log in with, and whether they are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy.exc import IntegrityError

from bot.handoff.desks.chatwoot.model import Person, person_of
from bot.handoff.duty import DutyService
from bot.handoff.model import Presence, User
from bot.handoff.people.store import PeopleStore

#: no password has this hash
_NO_LOGIN = "!"
_CAPACITY = 1_000
_PRESENCE = {"online": Presence.available, "busy": Presence.away}


class ChatwootPeople:
    """Keeps the accounts by which the rest of the service knows their agents: owner, name, rating, presence."""

    def __init__(self, people: PeopleStore, duty: DutyService) -> None:
        self._people = people
        self._duty = duty
        self._known: dict[str, User] = {}

    async def account(self, person: Person) -> User:
        """The account that stands for one of their agents, under the name that they have now."""
        known = self._known.get(person.user_id)
        if known is not None and known.name["zh"] == person.name:
            return known
        user = User(
            id=person.user_id,
            username=person.user_id,
            name={"zh": person.name, "en": person.name},
            roles=frozenset(["agent"]),
            languages=("zh", "en"),
            capacity=_CAPACITY,
        )
        stored = await self._people.user(user.id)
        if stored is None:
            with suppress(IntegrityError):  # another process was first
                await self._people.add_user(user, _NO_LOGIN)
        elif stored.name != user.name:
            await self._people.rename(user.id, user.name)
        self._known[user.id] = user
        return user

    async def note_presence(self, agents: Sequence[Mapping[str, Any]]) -> None:
        """Keep who is on duty there, from their list of agents; good for as long as a console's sign of life."""
        for agent in agents:
            person = person_of(agent)
            if person is None:
                continue
            user = await self.account(person)
            wish = _PRESENCE.get(str(agent.get("availability_status")), Presence.offline)
            if (await self._duty.wish(user)).status is not wish:
                await self._duty.set_presence(user, wish)
            if wish is not Presence.offline:
                await self._duty.heard_of(user)
