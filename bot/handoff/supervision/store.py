"""Participants and whispers in SQL."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database import Database
from bot.handoff.supervision.model import Mode, Participant, Whisper
from bot.ids import new_id
from bot.schema import desk_participants, desk_whispers

#: told of a whisper on the connection that writes it
OnWhisper = Callable[[AsyncConnection, Whisper], Awaitable[None]]


class SupervisionStore:
    """Who is in a chat beside its owner, and what is whispered there."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._on_whisper: list[OnWhisper] = []

    def listen(self, on_whisper: OnWhisper) -> None:
        """Have somebody told of every whisper; before anything is written."""
        self._on_whisper.append(on_whisper)

    async def put(self, participant: Participant) -> None:
        """Let somebody in, or change how they are in."""
        async with self._db.write() as connection:
            await connection.execute(
                desk_participants.delete().where(_one(participant.conversation_id, participant.user_id))
            )
            await connection.execute(
                desk_participants.insert().values({**participant.__dict__, "mode": participant.mode.value})
            )

    async def remove(self, conversation_id: str, user_id: str) -> bool:
        """Let somebody out; False when they were not in."""
        async with self._db.write() as connection:
            done = await connection.execute(desk_participants.delete().where(_one(conversation_id, user_id)))
        return bool(done.rowcount)

    async def clear(self, conversation_id: str) -> None:
        """The chat is over for the desk: everybody is out."""
        async with self._db.write() as connection:
            await connection.execute(
                desk_participants.delete().where(desk_participants.c.conversation_id == conversation_id)
            )

    async def one(self, conversation_id: str, user_id: str) -> Participant | None:
        async with self._db.read() as connection:
            row = (await connection.execute(desk_participants.select().where(_one(conversation_id, user_id)))).first()
        return _participant(row) if row is not None else None

    async def joined(self, conversation_id: str, user_id: str) -> bool:
        """Whether somebody may speak beside the owner."""
        found = await self.one(conversation_id, user_id)
        return found is not None and found.mode is Mode.joined

    async def of(self, conversation_ids: Sequence[str]) -> tuple[Participant, ...]:
        """Everybody in these chats beside their owners, longest in first."""
        query = (
            desk_participants.select()
            .where(desk_participants.c.conversation_id.in_(list(conversation_ids)))
            .order_by(desk_participants.c.since)
        )
        async with self._db.read() as connection:
            return tuple(_participant(row) for row in (await connection.execute(query)).all())

    async def where(self, user_id: str) -> tuple[str, ...]:
        """Conversations that somebody is in as a guest or watcher."""
        query = select([desk_participants.c.conversation_id]).where(desk_participants.c.user_id == user_id)
        async with self._db.read() as connection:
            return tuple(row[0] for row in (await connection.execute(query)).all())

    async def whisper(
        self, conversation_id: str, author_id: str, words: str, at: datetime, whisper_id: str | None = None
    ) -> Whisper | None:
        """Keep a whisper.

        Args:
            whisper_id: of one that may be kept already; None makes a new one.

        Returns:
            None when it is there already.
        """
        found = Whisper(whisper_id or new_id(), conversation_id, author_id, at, words)
        async with self._db.write() as connection:
            same = await connection.execute(select([desk_whispers.c.id]).where(desk_whispers.c.id == found.id))
            if same.first() is not None:
                return None
            await connection.execute(desk_whispers.insert().values(**found.__dict__))
            for told in self._on_whisper:
                await told(connection, found)
        return found

    async def one_whisper(self, whisper_id: str) -> Whisper | None:
        query = desk_whispers.select().where(desk_whispers.c.id == whisper_id)
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        return _whisper(row) if row is not None else None

    async def whispers(self, conversation_id: str) -> tuple[Whisper, ...]:
        """What was whispered in a chat, oldest first."""
        query = (
            desk_whispers.select()
            .where(desk_whispers.c.conversation_id == conversation_id)
            .order_by(desk_whispers.c.at)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return tuple(_whisper(row) for row in rows)


def _one(conversation_id: str, user_id: str) -> Any:
    return and_(desk_participants.c.conversation_id == conversation_id, desk_participants.c.user_id == user_id)


def _whisper(row: Any) -> Whisper:
    return Whisper(row.id, row.conversation_id, row.author_id, row.at, row.text)


def _participant(row: Any) -> Participant:
    return Participant(row.conversation_id, row.user_id, Mode(row.mode), row.since, row.invited_by)
