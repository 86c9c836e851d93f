"""Threads and webhooks in SQL. The only place that queries these tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database import Database
from bot.handoff.desks.chatwoot.model import Thread
from bot.schema import chatwoot_threads as threads
from bot.schema import chatwoot_webhooks as webhooks

_COLUMNS = [column for column in threads.c if column.name != "checked_at"]


class ChatwootStore:
    """Which conversation of ours is which of theirs, and how far each side has been told."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def turn(self, connection: AsyncConnection, conversation_id: str, epoch: int, is_open: bool) -> bool:
        """Note that the desk is to have a conversation from this epoch on, or not any more.

        Returns:
            Whether that is a change; written on the connection that changes the owner.
        """
        changed = await connection.execute(
            threads.update()
            .where(and_(threads.c.conversation_id == conversation_id, threads.c.is_open.isnot(is_open)))
            .values(is_open=is_open, phase_epoch=epoch)
        )
        if changed.rowcount == 1:
            return True
        if not is_open:
            return False
        known = await connection.execute(
            select([threads.c.conversation_id]).where(threads.c.conversation_id == conversation_id)
        )
        if known.first() is not None:
            return False
        await connection.execute(
            threads.insert().values(
                conversation_id=conversation_id,
                is_open=True,
                phase_epoch=epoch,
                told_seq=0,
                posted_id=0,
                seen_message_id=0,
                status="open",
            )
        )
        return True

    async def thread(self, conversation_id: str) -> Thread | None:
        return await self._first(threads.c.conversation_id == conversation_id)

    async def by_chatwoot_id(self, chatwoot_id: int) -> Thread | None:
        return await self._first(threads.c.chatwoot_id == chatwoot_id)

    async def update(self, conversation_id: str, **values: Any) -> None:
        """Set columns of a thread; joins the ambient unit of work."""
        async with self._db.write() as connection:
            await connection.execute(
                threads.update().where(threads.c.conversation_id == conversation_id).values(**values)
            )

    async def claim_check(self, before: datetime, now: datetime) -> Thread | None:
        """The open thread that was looked at longest ago, if that was before `before`; no other process gets it now."""
        query = (
            select([*_COLUMNS, threads.c.checked_at])
            .where(
                and_(
                    threads.c.is_open,
                    threads.c.chatwoot_id.isnot(None),
                    or_(threads.c.checked_at.is_(None), threads.c.checked_at < before),
                )
            )
            .order_by(threads.c.checked_at.isnot(None), threads.c.checked_at)
            .limit(1)
        )
        async with self._db.own_write() as connection:
            row = (await connection.execute(query.with_for_update(skip_locked=True))).first()
            if row is None:
                return None
            await connection.execute(
                threads.update().where(threads.c.conversation_id == row.conversation_id).values(checked_at=now)
            )
        return _thread(row)

    async def check_all_soon(self) -> None:
        """Have every open thread looked at as if it never had been: webhooks may have been missed."""
        async with self._db.own_write() as connection:
            await connection.execute(threads.update().where(threads.c.is_open).values(checked_at=None))

    async def has_seen(self, ids: Sequence[str]) -> bool:
        """Whether a webhook with one of these ids was dealt with."""
        async with self._db.read() as connection:
            found = await connection.execute(select([webhooks.c.id]).where(webhooks.c.id.in_(list(ids))).limit(1))
            return found.first() is not None

    async def add_seen(self, ids: Sequence[str], now: datetime) -> None:
        for seen in ids:
            try:
                async with self._db.own_write() as connection:
                    await connection.execute(webhooks.insert().values(id=seen, at=now))
            except IntegrityError:
                continue  # it came twice at the same moment

    async def prune_seen(self, before: datetime) -> None:
        async with self._db.own_write() as connection:
            await connection.execute(webhooks.delete().where(webhooks.c.at < before))

    async def _first(self, condition: Any) -> Thread | None:
        async with self._db.read() as connection:
            row = (await connection.execute(select(_COLUMNS).where(condition))).first()
        return None if row is None else _thread(row)


def _thread(row: Any) -> Thread:
    return Thread(**{column.name: row._mapping[column.name] for column in _COLUMNS})
