"""One operator system behind a TM Forum API: time limits, retries that change nothing twice, and a circuit breaker."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog
from prometheus_client import Counter

from bot.errors import BackOfficeDown, Conflict, NotFound, Refused
from bot.operator.patience import Breaker

log = structlog.get_logger(__name__)

CALLS = Counter(
    "frontline_operator_calls", "Calls to the operator's TM Forum APIs, by API and outcome", ["api", "outcome"]
)

_BUSY = frozenset({429, 500, 502, 503, 504})
_FIRST_WAIT_S = 0.2
Resource = dict[str, Any]


@dataclass(frozen=True)
class Limits:
    """How long a call may take, each try and all of them, and how often it is tried."""

    try_s: float = 2.0
    all_s: float = 5.0
    tries: int = 3


class TmfClient:
    """Calls one API. Reads, and writes that carry an idempotency key, are tried again; other writes are not."""

    def __init__(
        self,
        api: str,
        base_url: str,
        token: str,
        session: Callable[[], aiohttp.ClientSession],
        limits: Limits | None = None,
        breaker: Breaker | None = None,
    ) -> None:
        """Args:
        api: names it in logs and figures.
        base_url: with the version, such as `https://operator.example/tmf-api/troubleTicket/v4`.
        session: the client session, made on first use in the running loop.
        """
        self._api = api
        self._base = base_url.rstrip("/")
        self._token = token
        self._session = session
        self._limits = limits or Limits()
        self._breaker = breaker or Breaker()

    async def get(self, path: str, **query: str) -> Resource | None:
        """One resource; None when there is none.

        Raises:
            BackOfficeDown: no answer in time, or the system is being left alone for a while.
        """
        status, body = await self._call("GET", path, query=query, again=True)
        if status == 404:
            return None
        self._check(status, body)
        return dict(body)

    async def find(self, path: str, **query: str) -> list[Resource]:
        """A list; raises `BackOfficeDown`."""
        status, body = await self._call("GET", path, query=query, again=True)
        self._check(status, body)
        return [dict(item) for item in body]

    async def create(self, path: str, body: Mapping[str, Any], *, key: str | None = None) -> Resource:
        """Create a resource; with the same `key` the operator's system makes it once.

        Raises:
            BackOfficeDown, Conflict, NotFound, Refused: as the operator's system answers.
        """
        status, answer = await self._call("POST", path, body=body, key=key, again=key is not None)
        self._check(status, answer)
        return dict(answer)

    async def change(self, path: str, body: Mapping[str, Any], *, version: str | None = None) -> Resource:
        """Merge a change; with `version` (an ETag) only if nobody else was first."""
        status, answer = await self._call("PATCH", path, body=body, version=version, again=version is not None)
        self._check(status, answer)
        return dict(answer)

    async def _call(
        self,
        method: str,
        path: str,
        *,
        again: bool,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        key: str | None = None,
        version: str | None = None,
    ) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        headers |= {"Idempotency-Key": key} if key else {}
        headers |= {"If-Match": version} if version else {}
        self._breaker.check()
        try:
            answer = await asyncio.wait_for(
                self._tries(method, self._base + path, again, params=query or {}, json=body, headers=headers),
                self._limits.all_s,
            )
        except (BackOfficeDown, asyncio.TimeoutError) as exc:
            self._breaker.failed()
            CALLS.labels(self._api, "down").inc()
            raise BackOfficeDown() from exc
        self._breaker.worked()
        CALLS.labels(self._api, "answered").inc()
        return answer

    async def _tries(self, method: str, url: str, again: bool, **request: Any) -> tuple[int, Any]:
        tries, wait_s = (self._limits.tries if again else 1), _FIRST_WAIT_S
        for left in range(tries, 0, -1):
            try:
                timeout = aiohttp.ClientTimeout(total=self._limits.try_s)
                async with self._session().request(
                    method, url, timeout=timeout, allow_redirects=False, **request
                ) as answer:
                    if answer.status not in _BUSY:
                        is_json = "json" in answer.content_type
                        return answer.status, (await answer.json() if is_json else None)
                    cause = f"status {answer.status}"
            except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError) as exc:
                cause = type(exc).__name__
            log.warning("operator.no_answer", api=self._api, method=method, cause=cause, tries_left=left - 1)
            if left > 1:
                await asyncio.sleep(wait_s * (0.5 + random.random() / 2))
                wait_s *= 2
        raise BackOfficeDown()

    def _check(self, status: int, body: Any) -> None:
        if status < 300:
            return
        reason = body.get("reason") if isinstance(body, Mapping) else None
        log.warning("operator.refused", api=self._api, status=status)
        if status == 404:
            raise NotFound(str(reason or "The operator has no such record."))
        if status in (409, 412):
            raise Conflict(str(reason or "The operator's record has changed."))
        if status in (400, 422):
            raise Refused(str(reason or "The operator's system does not accept this."))
        raise BackOfficeDown()
