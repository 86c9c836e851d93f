"""Plays conversations on a service and compares what customers see, and what is stored, with what is written."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Protocol

import aiohttp
from redis.asyncio import Redis

from bot.conversations.pace import rate_key
from bot.database import Database
from bot.redis_server import EmbeddedRedis
from bot.training.causes import Cause
from bot.training.conversation_tests.files import read_cases, response_patterns
from bot.training.conversation_tests.model import (
    Case,
    ConversationResults,
    Difference,
    Facts,
    Failure,
    Responses,
    difference,
    filled,
    packet_difference,
    row_difference,
    script,
)
from bot.training.conversation_tests.store import PlayedStore
from bot.training.sandbox.customer import NotTaken, SandboxCustomer
from bot.training.sandbox.people import DemoPeople
from bot.training.sandbox.process import Sandbox, SandboxFailed

OnProgress = Callable[[int, int], None]
_CALL_S = 60.0


class People(Protocol):
    """Gives out the demo operator's people by what they are good for."""

    async def fresh(self) -> None:
        """Everybody as the demo describes them."""

    async def take(self, need: str) -> Facts:
        """The facts of somebody who was not given out."""

    def token(self, sub: str) -> str:
        """The identity token of a signed-in customer."""


@dataclass(frozen=True)
class Stage:
    """A running service to play on."""

    http: aiohttp.ClientSession
    base: str
    store: PlayedStore
    people: People
    responses: Responses
    #: see SandboxCustomer
    when_hurried: Callable[[str, float], Awaitable[None]]

    async def play(self, case: Case) -> Failure | None:
        """Play one conversation to its end, or to where it goes another way than written."""
        facts = await self.people.take(case.customer) if case.customer else {}
        token = self.people.token(facts["sub"]) if case.customer else None
        if case.facts_of:
            facts = await self.people.take(case.facts_of)
        customer = SandboxCustomer(self.http, self.base, self.when_hurried)
        await customer.open(case.language, token)
        for number, turn in enumerate(case.turns, 1):
            try:
                await _act(customer, turn.body, facts)
            except NotTaken as exc:
                return _failure(case, number, _not_taken(exc), customer)
            slots = await self.store.slots(customer.id) if "slots" in turn.body else {}
            found = difference(turn, customer.replies, customer.state["owner"], slots, facts, self.responses)
            if found is not None:
                return _failure(case, number, found, customer)
        found = await self._stored(case, customer.id)
        return _failure(case, 0, found, customer) if found is not None else None

    async def _stored(self, case: Case, conversation_id: str) -> Difference | None:
        for table, wanted in case.stored.items():
            found = row_difference(table, wanted, await self.store.rows(table, conversation_id))
            if found is not None:
                return found
        return packet_difference(case.packet, await self.store.packet(conversation_id)) if case.packet else None


def run(
    root: Path,
    model: Path | Future[Path],
    on_progress: OnProgress | None = None,
    *,
    wanted: Sequence[Case] | None = None,
    cache: Path | None = None,
) -> ConversationResults:
    """Play every conversation test of a checkout against a model, in a service of its own with the demo operator.

    It takes some seconds to start and has a loop of its own: call it in a thread, or in a process of its own.

    Args:
        root: a checkout; its tests, and its `data` beside the model.
        model: an archive that may be loaded, or one that is still being made: the service gets ready meanwhile. It is
            not verified here.
        on_progress: told (done, all) after each conversation.
        wanted: these conversations only.
        cache: `cache` of a data directory; with it the service starts in half the time.

    Raises:
        DataFileWrong: a test cannot be read; the message names file and line.
        SandboxFailed: the service with this model does not run, or was ended.
    """
    cases = list(wanted) if wanted is not None else read_cases(root)
    with tempfile.TemporaryDirectory(prefix="frontline-tests-") as folder:
        sandbox = Sandbox(Path(folder) / "service", root / "data", cache)
        try:
            return asyncio.run(_run(sandbox, model, cases, response_patterns(root), on_progress))
        except (aiohttp.ClientError, asyncio.TimeoutError) as exc:
            raise SandboxFailed(
                "The service that plays the conversations was ended from outside, or does not answer. Run them again."
            ) from exc


async def _run(
    sandbox: Sandbox,
    model: Path | Future[Path],
    cases: Sequence[Case],
    responses: Responses,
    on_progress: OnProgress | None,
) -> ConversationResults:
    failed: list[Failure] = []
    if isinstance(model, Future):
        await sandbox.prepare()
        try:
            model = await asyncio.wrap_future(model)
        except BaseException:
            await sandbox.stop()
            raise
    async with _stage(sandbox, model, responses) as stage:
        began = time.monotonic()
        for number, case in enumerate(cases, 1):
            if number == 1 or case.path != cases[number - 2].path:
                await stage.people.fresh()  # each file begins with everybody as the demo describes them
            failure = await stage.play(case)
            if failure is not None:
                failed.append(failure)
            if on_progress is not None:
                on_progress(number, len(cases))
        return ConversationResults(len(cases) - len(failed), tuple(failed), time.monotonic() - began)


@asynccontextmanager
async def _stage(sandbox: Sandbox, model: Path, responses: Responses) -> AsyncIterator[Stage]:
    base, folder = await sandbox.start(model), sandbox.folder
    database, redis = (
        Database(f"sqlite+aiosqlite:///{folder / 'frontline.sqlite3'}"),
        Redis.from_url(EmbeddedRedis(folder).url),
    )
    limit = aiohttp.ClientTimeout(total=_CALL_S)

    async def forget_hurry(conversation_id: str, _seconds: float) -> None:
        await redis.delete(rate_key(conversation_id))

    try:
        async with aiohttp.ClientSession(timeout=limit) as http:
            people = DemoPeople(database, folder, datetime.now(timezone.utc))
            yield Stage(http, base, PlayedStore(database), people, responses, forget_hurry)
    finally:
        await redis.aclose()
        await database.close()
        await sandbox.stop()


async def _act(customer: SandboxCustomer, turn: Mapping[str, Any], facts: Facts) -> None:
    if "press" in turn:
        which = turn["press"]
        await customer.press(which if isinstance(which, int) else filled(str(which), facts))
    else:
        await customer.say(filled(str(turn["customer"]), facts))


def _not_taken(exc: NotTaken) -> Difference:
    return Difference("the service to take it", exc.message, Cause("not_taken", {"came": exc.message}))


def _failure(case: Case, number: int, found: Difference, customer: SandboxCustomer) -> Failure:
    turn = case.turns[number - 1] if number else None
    return Failure(
        path=case.path,
        name=case.name,
        turn=number,
        said=turn.said if turn else "",
        wanted=found.wanted,
        got=found.got,
        cause=found.cause,
        line=turn.line if turn else case.line,
        script=script(customer.messages),
    )
