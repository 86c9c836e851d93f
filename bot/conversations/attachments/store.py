"""What is known of uploaded files; the files themselves lie in the data directory."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_

from bot.conversations.attachments.model import Attachment
from bot.database import Database
from bot.schema import attachments


class AttachmentStore:
    """Keeps name, kind, size and digest of each upload."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(self, item: Attachment, at: datetime) -> None:
        async with self._db.write() as connection:
            await connection.execute(attachments.insert().values(**item.__dict__, created_at=at))

    async def get(self, conversation_id: str, attachment_id: str) -> Attachment | None:
        """A file of this conversation, or None."""
        query = attachments.select().where(
            and_(attachments.c.id == attachment_id, attachments.c.conversation_id == conversation_id)
        )
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return None
        return Attachment(row.id, row.conversation_id, row.name, row.mime, row.size, row.sha256)
