"""Calls to a Chatwoot server, each with a time limit, behind a breaker so that a dead server is not waited for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import aiohttp
import structlog
from prometheus_client import Gauge

from bot.handoff.desks.chatwoot.model import ChatwootSettings

log = structlog.get_logger(__name__)

UP = Gauge("frontline_desk_up", "Whether the desk's system answers")

_TIMEOUT_S = 8.0
_FAILURES_MOST = 3
_PAUSE = timedelta(seconds=5)
_BYTES_MOST = 10 * 1024 * 1024
_BUSY = 429
_AWAY_STATUSES = frozenset([401, 403, 408, _BUSY])
_SERVER_ERRORS = 500
_NOT_FOUND = 404


class Away(Exception):
    """It does not answer, is busy, or does not know our token. Another try may do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotThere(Exception):
    """The conversation or contact has been deleted there."""


class Turned(Exception):
    """It answered that it will not do this."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.reason = f"status {status}"


@dataclass(frozen=True)
class Upload:
    name: str
    mime: str
    body: bytes


class Breaker:
    """Open after several failures in a row; then one call at a time tries again after a pause."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._failures = 0
        self._again_at: datetime | None = None
        self.reason: str | None = None
        #: raised when it answers again after having been away
        self.on_back: Callable[[], None] | None = None

    def ready(self) -> bool:
        """Whether a call makes sense now."""
        return self._again_at is None or self._clock() >= self._again_at

    @property
    def is_away(self) -> bool:
        return self._failures >= _FAILURES_MOST

    def failed(self, reason: str) -> None:
        self._failures += 1
        self.reason = reason
        if self.is_away:
            if self._again_at is None:
                log.error("desk.away", reason=reason)
            self._again_at = self._clock() + _PAUSE
            UP.set(0)

    def answered(self) -> None:
        was_away, self._failures, self._again_at, self.reason = self.is_away, 0, None, None
        UP.set(1)
        if was_away:
            log.info("desk.back")
            if self.on_back is not None:
                self.on_back()


class ChatwootApi:
    """The calls that the bridge makes; paths and fields as published."""

    def __init__(self, settings: ChatwootSettings, breaker: Breaker) -> None:
        base = settings.url.rstrip("/")
        self._account = f"{base}/api/v1/accounts/{settings.account_id}"
        self._inbox = f"{base}/public/api/v1/inboxes/{quote(settings.inbox_identifier, safe='')}"
        self._base = base
        self._token = settings.api_token
        self._breaker = self.breaker = breaker
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    # -- the API inbox: contact and conversation -------------------------------------------------------------------

    async def keep_contact(self, source_id: str, contact: Mapping[str, Any]) -> None:
        """Make the contact; the same `source_id` again is the one that is there."""
        await self._call("POST", f"{self._inbox}/contacts", {"source_id": source_id, **contact})

    async def conversation_of(self, source_id: str, attributes: Mapping[str, Any]) -> int:
        """The contact's conversation; a new one only if there is none, so that it stays one thread."""
        path = f"{self._inbox}/contacts/{quote(source_id, safe='')}/conversations"
        known = await self._call("GET", path)
        ids = [item["id"] for item in known if isinstance(item, Mapping) and isinstance(item.get("id"), int)]
        if ids:
            return int(max(ids))
        made = await self._call("POST", path, {"custom_attributes": dict(attributes)})
        return int(made["id"])

    async def typing(self, source_id: str, chatwoot_id: int, is_on: bool) -> None:
        """Show or hide there that the customer is writing."""
        path = f"{self._inbox}/contacts/{quote(source_id, safe='')}/conversations/{chatwoot_id}/toggle_typing"
        await self._call("POST", path, {"typing_status": "on" if is_on else "off"})

    # -- the application: what people there see --------------------------------------------------------------------

    async def show(self, chatwoot_id: int) -> Mapping[str, Any]:
        return dict(await self._call("GET", self._conversation(chatwoot_id)))

    async def set_attributes(self, chatwoot_id: int, attributes: Mapping[str, Any]) -> None:
        body = {"custom_attributes": dict(attributes), "merge": True}
        await self._call("POST", self._conversation(chatwoot_id) + "/custom_attributes", body)

    async def labels(self, chatwoot_id: int) -> list[str]:
        answer = await self._call("GET", self._conversation(chatwoot_id) + "/labels")
        return [str(label) for label in answer.get("payload") or ()]

    async def set_labels(self, chatwoot_id: int, labels: Sequence[str]) -> None:
        """Replaces all of them."""
        await self._call("POST", self._conversation(chatwoot_id) + "/labels", {"labels": list(labels)})

    async def set_priority(self, chatwoot_id: int, priority: str | None) -> None:
        await self._call("POST", self._conversation(chatwoot_id) + "/toggle_priority", {"priority": priority})

    async def unassign(self, chatwoot_id: int) -> None:
        await self._call("POST", self._conversation(chatwoot_id) + "/assignments", {"assignee_id": None})

    async def set_status(self, chatwoot_id: int, status: str) -> None:
        await self._call("POST", self._conversation(chatwoot_id) + "/toggle_status", {"status": status})

    async def post(
        self, chatwoot_id: int, marker: str, text: str, *, is_note: bool, upload: Upload | None = None
    ) -> int:
        """Add a note that only people there see, or a line of the customer's; its id."""
        path = self._conversation(chatwoot_id) + "/messages"
        attributes = {"frontline_id": marker}
        kind = "outgoing" if is_note else "incoming"
        if upload is None:
            answer = await self._call(
                "POST",
                path,
                {
                    "content": text,
                    "message_type": kind,
                    "private": is_note,
                    "source_id": marker,
                    "content_attributes": attributes,
                },
            )
            return int(answer["id"])
        form = aiohttp.FormData()
        for name, value in (
            ("content", text),
            ("message_type", kind),
            ("private", "true" if is_note else "false"),
            ("source_id", marker),
            ("content_attributes", json.dumps(attributes)),
        ):
            form.add_field(name, value)
        form.add_field("attachments[]", upload.body, filename=upload.name, content_type=upload.mime)
        return int((await self._call("POST", path, form=form))["id"])

    async def messages_after(self, chatwoot_id: int, after: int) -> list[Mapping[str, Any]]:
        """Messages with a greater id, oldest first, 100 at most."""
        answer = await self._call("GET", f"{self._conversation(chatwoot_id)}/messages?after={after}")
        found = [item for item in answer.get("payload") or () if isinstance(item, Mapping) and "id" in item]
        return sorted(found, key=lambda item: int(item["id"]))

    async def mark_delivered(self, chatwoot_id: int, message_id: int) -> None:
        """Take back the sign that a reply did not reach the customer."""
        await self._call("PATCH", f"{self._conversation(chatwoot_id)}/messages/{message_id}", {"status": "delivered"})

    async def agents(self) -> list[Mapping[str, Any]]:
        answer = await self._call("GET", f"{self._account}/agents")
        return [item for item in answer if isinstance(item, Mapping)]

    async def download(self, url: str) -> tuple[bytes, bool]:
        """A file of theirs, and whether it was left off as too large; their own server only.

        Raises:
            Turned: it lies elsewhere.
        """
        if not url.startswith(self._base + "/"):
            raise Turned(_NOT_FOUND)
        async with self._request("GET", url) as answer:
            if answer.status != 200:
                raise Turned(answer.status)
            body = bytearray()
            async for piece in answer.content.iter_chunked(64 * 1024):
                body += piece
                if len(body) > _BYTES_MOST:
                    return b"", True
        return bytes(body), False

    # -- inside ----------------------------------------------------------------------------------------------------

    def _conversation(self, chatwoot_id: int) -> str:
        return f"{self._account}/conversations/{chatwoot_id}"

    def _request(
        self, method: str, url: str, body: Mapping[str, Any] | None = None, form: aiohttp.FormData | None = None
    ) -> Any:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=_TIMEOUT_S), cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
            )
        # a redirect must not carry the token elsewhere; files are given out by signed addresses, without it
        is_file = not url.startswith((self._account, self._inbox))
        headers = {} if is_file else {"api_access_token": self._token}
        return self._session.request(method, url, json=body, data=form, headers=headers, allow_redirects=is_file)

    async def _call(
        self,
        method: str,
        url: str,
        body: Mapping[str, Any] | None = None,
        form: aiohttp.FormData | None = None,
    ) -> Any:
        """One call.

        Raises:
            Away: no answer in time, a server's error, or a refusal that may pass.
            NotThere: 404.
            Turned: any other refusal.
        """
        try:
            async with self._request(method, url, body, form) as answer:
                status = answer.status
                text = await answer.text()
        except (aiohttp.ClientError, OSError, asyncio.TimeoutError) as exc:
            reason = "timeout" if isinstance(exc, asyncio.TimeoutError) else type(exc).__name__
            self._breaker.failed(reason)
            raise Away(reason) from exc
        if status in _AWAY_STATUSES or status >= _SERVER_ERRORS or 300 <= status < 400:
            self._breaker.failed(f"status {status}")
            raise Away(f"status {status}")
        self._breaker.answered()
        if status == _NOT_FOUND:
            raise NotThere()
        if status >= 400:
            raise Turned(status)
        try:
            return json.loads(text) if text.strip() else {}
        except ValueError as exc:
            raise Away("unreadable answer") from exc
