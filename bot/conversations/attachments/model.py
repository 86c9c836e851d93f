"""Files that customers and agents send: what is kept of one, and which kinds are taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LIMIT_BYTES = 10 * 1024 * 1024

#: first bytes → kind
_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)


@dataclass(frozen=True)
class Attachment:
    id: str
    conversation_id: str
    name: str
    mime: str
    size: int
    sha256: str

    def as_json(self) -> dict[str, Any]:
        url = f"/api/v1/conversations/{self.conversation_id}/attachments/{self.id}"
        return {"id": self.id, "url": url, "name": self.name, "mime": self.mime, "size": self.size}


def kind_of(body: bytes) -> str | None:
    """The media type by a file's first bytes, or None when it is none that we take."""
    for magic, mime in _MAGIC:
        if body.startswith(magic):
            return mime
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    if body[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypheif"):
        return "image/heic"
    return None
