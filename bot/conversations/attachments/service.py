"""Uploading and fetching files of a conversation, for customers and agents alike."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bot.conversations.attachments.model import LIMIT_BYTES, Attachment, kind_of
from bot.conversations.attachments.store import AttachmentStore
from bot.errors import NotFound, PayloadTooLarge, UnsupportedFile
from bot.ids import new_id


class AttachmentService:
    """Keeps photos and PDF files below one folder, one folder a conversation."""

    def __init__(self, store: AttachmentStore, folder: Path, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._folder = folder
        self._clock = clock

    async def upload(self, conversation_id: str, name: str, body: bytes) -> Attachment:
        """Keep a photo or PDF of a conversation that exists.

        Raises:
            PayloadTooLarge: over 10 MB.
            UnsupportedFile: its first bytes are of no kind that we take, whatever its name says.
        """
        if len(body) > LIMIT_BYTES:
            raise PayloadTooLarge()
        mime = kind_of(body)
        if mime is None:
            raise UnsupportedFile()
        digest = hashlib.sha256(body).hexdigest()
        item = Attachment(new_id(), conversation_id, Path(name).name[:200] or "file", mime, len(body), digest)
        folder = self._folder / conversation_id
        folder.mkdir(parents=True, exist_ok=True)
        (folder / item.id).write_bytes(body)
        await self._store.add(item, self._clock())
        return item

    async def get(self, conversation_id: str, attachment_id: str) -> Attachment:
        """What is known of a file.

        Raises:
            NotFound: this conversation has no such file.
        """
        item = await self._store.get(conversation_id, attachment_id)
        if item is None:
            raise NotFound("No such attachment in this conversation. Upload it first.")
        return item

    async def file(self, conversation_id: str, attachment_id: str) -> tuple[Attachment, Path]:
        """An uploaded file and where it lies.

        Raises:
            NotFound: this conversation has no such file.
        """
        item = await self.get(conversation_id, attachment_id)
        path = self._folder / conversation_id / item.id
        if not path.is_file():
            raise NotFound("No such attachment in this conversation.")
        return item, path
