"""Events, listeners and deliveries in SQL. The only place that queries these tables."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database import Database
from bot.outbox.model import Delivery, Event, Hub
from bot.schema import deliveries, hubs, outbox

#: asked at every change of a ticket, visit or conversation, so built once
_HEARD = select([hubs.c.id]).where(hubs.c.api == bindparam("api")).limit(1)

_earlier = deliveries.alias("earlier")
_earlier_event = outbox.alias("earlier_event")
#: hub_id, now → the oldest due delivery that nothing older of its subject waits before
_NEXT_DUE = (
    select([deliveries])
    .select_from(deliveries.join(outbox, outbox.c.id == deliveries.c.event_id))
    .where(
        and_(
            deliveries.c.hub_id == bindparam("hub_id"),
            deliveries.c.due_at <= bindparam("now", type_=deliveries.c.due_at.type),
            ~select([_earlier.c.id])
            .select_from(_earlier.join(_earlier_event, _earlier_event.c.id == _earlier.c.event_id))
            .where(
                and_(
                    _earlier_event.c.subject_id == outbox.c.subject_id,
                    _earlier.c.hub_id == deliveries.c.hub_id,
                    _earlier.c.event_id < deliveries.c.event_id,
                    _earlier.c.due_at.isnot(None),
                )
            )
            .exists(),
        )
    )
    .order_by(deliveries.c.event_id)
    .limit(1)
)


def new_event_id() -> str:
    """An id that sorts by the time it was made."""
    return f"{time.time_ns():019d}-{secrets.token_hex(8)}"


class OutboxStore:
    """Reads and writes; `add` writes in the transaction of what it tells."""

    def __init__(self, database: Database) -> None:
        self._db = database

    # -- events --------------------------------------------------------------------------------------------------

    async def heard(self, connection: AsyncConnection, api: str) -> bool:
        """Whether anybody listens to an API."""
        return (await connection.execute(_HEARD, {"api": api})).first() is not None

    async def add(self, connection: AsyncConnection, events: Sequence[Event]) -> None:
        """Write events on the connection that writes their cause."""
        rows = [
            {
                "id": event.id,
                "at": event.at,
                "api": event.api,
                "event_type": event.event_type,
                "subject_id": event.subject_id,
                "body": dict(event.body),
            }
            for event in events
        ]
        if rows:
            await connection.execute(outbox.insert(), rows)

    async def unrouted(self, limit: int) -> tuple[Event, ...]:
        """Events whose deliveries are not written yet, oldest first."""
        query = outbox.select().where(outbox.c.routed_at.is_(None)).order_by(outbox.c.id).limit(limit)
        async with self._db.read() as connection:
            return tuple(_event(row) for row in (await connection.execute(query)).all())

    async def event(self, event_id: str) -> Event | None:
        async with self._db.read() as connection:
            row = (await connection.execute(outbox.select().where(outbox.c.id == event_id))).first()
        return None if row is None else _event(row)

    async def route(self, event: Event, hub_ids: Sequence[str], now: datetime) -> bool:
        """Write an event's deliveries, once.

        Returns:
            False when another process has done it.
        """
        async with self._db.own_write() as connection:
            mine = await connection.execute(
                outbox.update().where(and_(outbox.c.id == event.id, outbox.c.routed_at.is_(None))).values(routed_at=now)
            )
            if mine.rowcount != 1:
                return False
            rows = [
                {"id": secrets.token_urlsafe(18), "event_id": event.id, "hub_id": hub_id, "due_at": now, "attempts": 0}
                for hub_id in hub_ids
            ]
            if rows:
                await connection.execute(deliveries.insert(), rows)
        return True

    # -- listeners -----------------------------------------------------------------------------------------------

    async def add_hub(self, hub: Hub) -> Hub:
        """Store a subscription; the same one of the same caller again is the one that is there."""
        same = and_(
            hubs.c.api == hub.api,
            hubs.c.callback == hub.callback,
            hubs.c.query == hub.query,
            hubs.c.key_id == hub.key_id,
        )
        async with self._db.write() as connection:
            row = (await connection.execute(hubs.select().where(same))).first()
            if row is not None:
                return Hub(**row._mapping)
            await connection.execute(hubs.insert().values(**hub.__dict__))
        return hub

    async def keep_hub(self, hub: Hub) -> None:
        """Store a listener of our own under its fixed id; what waits for it stays."""
        async with self._db.write() as connection:
            known = await connection.execute(
                hubs.update().where(hubs.c.id == hub.id).values(callback=hub.callback, api=hub.api)
            )
            if known.rowcount == 0:
                await connection.execute(hubs.insert().values(**hub.__dict__))

    async def remove_hub(self, api: str, hub_id: str, key_id: str) -> bool:
        """End a subscription and what still waits for it; False when this caller has no such one."""
        async with self._db.write() as connection:
            gone = await connection.execute(
                hubs.delete().where(and_(hubs.c.id == hub_id, hubs.c.api == api, hubs.c.key_id == key_id))
            )
            if gone.rowcount != 1:
                return False
            await connection.execute(
                deliveries.delete().where(and_(deliveries.c.hub_id == hub_id, deliveries.c.delivered_at.is_(None)))
            )
        return True

    async def remove_hubs_of(self, key_id: str) -> int:
        """End every subscription of a key; how many there were. What is not delivered is dropped when it is due."""
        async with self._db.write() as connection:
            return int((await connection.execute(hubs.delete().where(hubs.c.key_id == key_id))).rowcount)

    async def hubs(self) -> tuple[Hub, ...]:
        async with self._db.read() as connection:
            return tuple(Hub(**row._mapping) for row in (await connection.execute(hubs.select())).all())

    async def hub_count(self, key_id: str) -> int:
        query = select([func.count()]).select_from(hubs).where(hubs.c.key_id == key_id)
        async with self._db.read() as connection:
            return int((await connection.execute(query)).scalar_one())

    # -- deliveries ----------------------------------------------------------------------------------------------

    async def due_hubs(self, now: datetime) -> dict[str, int]:
        """Listeners for whom something is due, and how much."""
        query = (
            select([deliveries.c.hub_id, func.count().label("due")])
            .where(deliveries.c.due_at <= now)
            .group_by(deliveries.c.hub_id)
        )
        async with self._db.read() as connection:
            return {row.hub_id: row.due for row in (await connection.execute(query)).all()}

    async def claim(self, hub_id: str, now: datetime, until: datetime) -> Delivery | None:
        """Take the oldest due delivery of a listener; if we die before it is settled, it is due again at `until`.

        What happened to one subject goes in order: nothing is due while something older of it is on its way or waits
        for its next try. What was given up holds nothing up.
        """
        async with self._db.own_write() as connection:
            query = _NEXT_DUE.with_for_update(skip_locked=True, of=deliveries)
            row = (await connection.execute(query, {"hub_id": hub_id, "now": now})).first()
            if row is None:
                return None
            values = {"due_at": until, "attempts": row.attempts + 1}
            await connection.execute(deliveries.update().where(deliveries.c.id == row.id).values(**values))
        return Delivery(**{**row._mapping, **values})

    async def settle(self, delivery_id: str, **values: Any) -> None:
        """Record how an attempt ended: `delivered_at`, or `due_at` again, or `dead_at`; `error` is a short reason."""
        async with self._db.own_write() as connection:
            await connection.execute(deliveries.update().where(deliveries.c.id == delivery_id).values(**values))

    async def drop(self, delivery_id: str) -> None:
        """Forget a delivery whose listener is gone."""
        async with self._db.own_write() as connection:
            await connection.execute(deliveries.delete().where(deliveries.c.id == delivery_id))

    async def dead(self, offset: int, limit: int) -> tuple[tuple[Mapping[str, Any], ...], int]:
        """Dead letters, newest first, each with its event's type and subject and its listener's callback."""
        given_up = deliveries.c.dead_at.isnot(None)
        query = (
            select([deliveries, outbox.c.event_type, outbox.c.subject_id, outbox.c.api, hubs.c.callback])
            .select_from(
                deliveries.join(outbox, outbox.c.id == deliveries.c.event_id).join(
                    hubs, hubs.c.id == deliveries.c.hub_id
                )
            )
            .where(given_up)
            .order_by(deliveries.c.dead_at.desc(), deliveries.c.id)
            .offset(offset)
            .limit(limit)
        )
        count = select([func.count()]).select_from(deliveries).where(given_up)
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
            total = (await connection.execute(count)).scalar_one()
        return tuple(dict(row._mapping) for row in rows), int(total)

    async def replay(self, delivery_id: str | None, now: datetime) -> int:
        """Send a dead letter again (None: all of them); how many there were."""
        chosen = deliveries.c.dead_at.isnot(None)
        if delivery_id is not None:
            chosen = and_(chosen, deliveries.c.id == delivery_id)
        async with self._db.write() as connection:
            done = await connection.execute(
                deliveries.update().where(chosen).values(dead_at=None, due_at=now, attempts=0, error=None)
            )
        return int(done.rowcount)

    async def waiting(self) -> tuple[datetime | None, int]:
        """Since when the oldest event or delivery waits, and how many dead letters there are."""
        async with self._db.read() as connection:
            unrouted = await connection.execute(select([func.min(outbox.c.at)]).where(outbox.c.routed_at.is_(None)))
            due = await connection.execute(select([func.min(deliveries.c.due_at)]))
            dead = await connection.execute(
                select([func.count()]).select_from(deliveries).where(deliveries.c.dead_at.isnot(None))
            )
            moments = [value for value in (unrouted.scalar(), due.scalar()) if value is not None]
            return (min(moments) if moments else None), int(dead.scalar_one())

    async def prune(self, before: datetime, dead_before: datetime) -> int:
        """Forget what was delivered before `before` and dead letters of before `dead_before`; how many events went."""
        async with self._db.own_write() as connection:
            await connection.execute(deliveries.delete().where(deliveries.c.delivered_at < before))
            await connection.execute(deliveries.delete().where(deliveries.c.dead_at < dead_before))
            used = select([deliveries.c.event_id]).where(deliveries.c.event_id == outbox.c.id).exists()
            gone = await connection.execute(outbox.delete().where(and_(outbox.c.routed_at < before, ~used)))
        return int(gone.rowcount)


def _event(row: Any) -> Event:
    return Event(row.id, row.at, row.api, row.event_type, row.subject_id, row.body)
