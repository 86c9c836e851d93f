"""Notes and mentions in SQL."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database import Database
from bot.desk.notes.model import Mention, Note
from bot.ids import new_id
from bot.schema import mentions, notes

#: told of a note on the connection that writes it
OnNote = Callable[[AsyncConnection, Note], Awaitable[None]]

_WITH_NOTE = select(
    [
        mentions.c.id,
        mentions.c.user_id,
        mentions.c.read_at,
        *(column.label(f"note_{column.name}") for column in notes.c),
    ]
).select_from(mentions.join(notes, notes.c.id == mentions.c.note_id))


class NoteStore:
    """Adds notes; joins the ambient unit of work."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._on_note: list[OnNote] = []

    def listen(self, on_note: OnNote) -> None:
        """Have somebody told of every note; before anything is written."""
        self._on_note.append(on_note)

    async def add(self, conversation_id: str, author_id: str, text: str, at: datetime) -> Note:
        note = Note(new_id(), conversation_id, author_id, at, text)
        async with self._db.write() as connection:
            await connection.execute(notes.insert().values(**note.__dict__))
            for told in self._on_note:
                await told(connection, note)
        return note

    async def one(self, note_id: str) -> Note | None:
        async with self._db.read() as connection:
            row = (await connection.execute(notes.select().where(notes.c.id == note_id))).first()
        return None if row is None else Note(**row._mapping)

    async def of(self, conversation_id: str) -> tuple[Note, ...]:
        """A conversation's notes, oldest first."""
        query = notes.select().where(notes.c.conversation_id == conversation_id).order_by(notes.c.at)
        async with self._db.read() as connection:
            return tuple(Note(**row._mapping) for row in (await connection.execute(query)).all())

    async def mention(self, note: Note, user_ids: Sequence[str]) -> tuple[Mention, ...]:
        """Name people in a note."""
        found = tuple(Mention(new_id(), user_id, note) for user_id in user_ids)
        if found:
            rows = [
                {
                    "id": item.id,
                    "note_id": note.id,
                    "conversation_id": note.conversation_id,
                    "user_id": item.user_id,
                    "at": note.at,
                    "read_at": None,
                }
                for item in found
            ]
            async with self._db.write() as connection:
                await connection.execute(mentions.insert(), rows)
        return found

    async def mentions(self, user_id: str, *, limit: int, unread_only: bool) -> tuple[Mention, ...]:
        """Where somebody is named, newest first."""
        query = _WITH_NOTE.where(mentions.c.user_id == user_id).order_by(mentions.c.at.desc()).limit(limit)
        if unread_only:
            query = query.where(mentions.c.read_at.is_(None))
        async with self._db.read() as connection:
            return tuple(_mention(row) for row in (await connection.execute(query)).all())

    async def mark_read(self, mention_id: str, user_id: str, at: datetime) -> Mention | None:
        """Their own mention has been seen, the first time counts; None when it is not theirs."""
        own = and_(mentions.c.id == mention_id, mentions.c.user_id == user_id)
        async with self._db.write() as connection:
            await connection.execute(update(mentions).where(and_(own, mentions.c.read_at.is_(None))).values(read_at=at))
            row = (await connection.execute(_WITH_NOTE.where(own))).first()
        return None if row is None else _mention(row)


def _mention(row: Any) -> Mention:
    note = Note(row.note_id, row.note_conversation_id, row.note_author_id, row.note_at, row.note_text)
    return Mention(row.id, row.user_id, note, row.read_at)
