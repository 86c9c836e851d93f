"""Fixtures that every kind of test may use."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.logs import prepare_environment

prepare_environment()

from tests.service import Customer, Service, identity_token  # noqa: E402

#: needs whose people are taken in turn even after a new seeding: how many codes a number was sent counts by the clock
_IN_TURN = ("customer_otp",)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Have the collector leave alone what was imported; it would look through a million objects, again and again."""
    gc.collect()
    gc.freeze()


class Pool:
    """The demo operator's people by need; each is given out once, then the demo is seeded afresh."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.facts: dict[str, Any] = service.seed()
        self._given: dict[str, int] = {}

    def take(self, need: str) -> dict[str, Any]:
        people = self.facts["needs"][need]
        index = self._given.get(need, 0)
        if index >= len(people) and need not in _IN_TURN:
            self.fresh()
            return self.take(need)
        self._given[need] = index + 1
        return dict(people[index % len(people)])

    def fresh(self) -> None:
        self.facts = self._service.seed()
        self._given = {need: count for need, count in self._given.items() if need in _IN_TURN}

    def token(self, sub: str, **claims: Any) -> str:
        return identity_token(self.facts, sub, **claims)

    def customer(self, need: str | None, language: str | None) -> tuple[Customer, dict[str, Any]]:
        """An opened conversation, signed in as somebody good for `need` (None: anonymous)."""
        facts = self.take(need) if need else {}
        token = self.token(facts["sub"]) if facts else None
        return Customer(self._service, language, token).open(), facts


class PoolsPeople:
    """A session's pool for a stage of conversation tests, which gives people out to other tests too."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def fresh(self) -> None:
        self._pool.fresh()

    async def take(self, need: str) -> dict[str, Any]:
        return self._pool.take(need)

    def token(self, sub: str) -> str:
        return self._pool.token(sub)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One running service for the whole session, seeded."""
    running = Service(Path(tmp_path_factory.mktemp("service")))
    running.seed()
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def pool(service: Service) -> Pool:
    return Pool(service)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        if name in os.environ:
            monkeypatch.delenv(name)
