"""Files in and out: one photo or PDF from a multipart form, and how one is shown."""

from __future__ import annotations

from aiohttp import web

from bot.conversations.attachments.model import LIMIT_BYTES
from bot.errors import BadRequest, PayloadTooLarge

_CHUNK_BYTES = 1 << 16


async def uploaded(request: web.Request) -> tuple[str, bytes]:
    """Name and content of the first file of a multipart form.

    Raises:
        BadRequest: no such form, or none in it.
        PayloadTooLarge: over 10 MB.
    """
    if not request.content_type.startswith("multipart/"):
        raise BadRequest("Send the file as multipart/form-data.")
    try:
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            name = getattr(part, "filename", None)
            if name:
                body = bytearray()
                while chunk := await part.read_chunk(_CHUNK_BYTES):  # type: ignore[union-attr]  # a file has chunks
                    body += chunk
                    if len(body) > LIMIT_BYTES:
                        raise PayloadTooLarge()
                return str(name), bytes(body)
    except ValueError as exc:
        raise BadRequest("The multipart body cannot be read.") from exc
    raise BadRequest("The form holds no file.")


def file_headers(mime: str) -> dict[str, str]:
    """Headers under which an upload can be shown but never run."""
    return {
        "Content-Type": mime,
        "Content-Disposition": "inline",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, max-age=3600",
    }
