"""The demo operator's people by what they are good for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.database import Database
from bot.operator.demo.identity import demo_identity, identity_token
from bot.operator.demo.seed import seed
from bot.settings import Settings

#: whose people are taken in turn even after a new seeding: how many codes a number was sent counts by the clock
IN_TURN = ("customer_otp",)


class DemoPeople:
    """Each is given out once, then the demo is seeded afresh. `fresh` comes first."""

    def __init__(self, database: Database, folder: Path, now: datetime) -> None:
        """Args:
        database: of the service that they are customers of.
        folder: that service's data directory.
        now: aware; the demo is dated from its day.
        """
        settings = Settings()
        self._database, self._now, self._zone = database, now, settings.zone
        self._identity = demo_identity(folder, issuer=settings.identity_issuer, audience=settings.identity_audience)
        self.needs: Mapping[str, Any] = {}
        self._given: dict[str, int] = {}

    async def fresh(self) -> None:
        """Everybody as the demo describes them."""
        today = self._now.astimezone(self._zone)
        made = await seed(self._database, today=today.date(), zone=self._zone, now=today)
        self.needs = made.needs
        self._given = {need: count for need, count in self._given.items() if need in IN_TURN}

    async def take(self, need: str) -> Mapping[str, Any]:
        """The facts of somebody who has not been given out for this need."""
        people = self.needs[need]
        index = self._given.get(need, 0)
        if index >= len(people) and need not in IN_TURN:
            await self.fresh()
            return await self.take(need)
        self._given[need] = index + 1
        return dict(people[index % len(people)])

    def token(self, sub: str) -> str:
        """What the operator's site would sign for this customer."""
        one = self._identity
        return identity_token(one.secret, sub, issuer=one.issuer, audience=one.audience, now=self._now)
