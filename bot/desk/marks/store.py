"""Read marks and drafts in SQL."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, bindparam, text

from bot.database import Database
from bot.schema import UtcTime, drafts, read_marks

#: no row when somebody has read further already
_MARK = text(
    "INSERT INTO read_marks (conversation_id, reader, seq, at) VALUES (:id, :reader, :seq, :at)"
    " ON CONFLICT (conversation_id, reader) DO UPDATE SET seq = excluded.seq, at = excluded.at"
    " WHERE excluded.seq > read_marks.seq RETURNING seq"
).bindparams(bindparam("at", type_=UtcTime()))
_DRAFT = text(
    "INSERT INTO drafts (conversation_id, user_id, kind, text, at) VALUES (:id, :user_id, :kind, :text, :at)"
    " ON CONFLICT (conversation_id, user_id) DO UPDATE SET kind = excluded.kind, text = excluded.text, at = excluded.at"
).bindparams(bindparam("at", type_=UtcTime()))


class MarkStore:
    """How far everybody has read, and what they have begun to write."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def mark(self, conversation_id: str, reader: str, seq: int, at: datetime) -> bool:
        """Move a mark on; False when it stood there or further."""
        values = {"id": conversation_id, "reader": reader, "seq": seq, "at": at}
        async with self._db.write() as connection:
            return (await connection.execute(_MARK, values)).first() is not None

    async def marks(self, conversation_id: str) -> dict[str, int]:
        """How far each reader has read."""
        query = read_marks.select().where(read_marks.c.conversation_id == conversation_id)
        async with self._db.read() as connection:
            return {row.reader: row.seq for row in (await connection.execute(query)).all()}

    async def keep_draft(self, conversation_id: str, user_id: str, kind: str, words: str, at: datetime) -> None:
        values = {"id": conversation_id, "user_id": user_id, "kind": kind, "text": words, "at": at}
        async with self._db.write() as connection:
            await connection.execute(_DRAFT, values)

    async def drop_draft(self, conversation_id: str, user_id: str) -> bool:
        """Whether there was one."""
        own = and_(drafts.c.conversation_id == conversation_id, drafts.c.user_id == user_id)
        async with self._db.write() as connection:
            return bool((await connection.execute(drafts.delete().where(own))).rowcount)

    async def draft(self, conversation_id: str, user_id: str) -> tuple[str, str] | None:
        """Kind and text of somebody's draft."""
        own = and_(drafts.c.conversation_id == conversation_id, drafts.c.user_id == user_id)
        async with self._db.read() as connection:
            row = (await connection.execute(drafts.select().where(own))).first()
        return None if row is None else (row.kind, row.text)
