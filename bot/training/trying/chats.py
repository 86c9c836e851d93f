"""A whole chat with a model, in a service of its own: no customer, no agent and nothing that is kept comes near it.

One at a time for the installation. What is known of it stands in Redis, so that every worker can pass on what is said;
the worker that started the service ends it.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import structlog
from redis.asyncio import Redis

from bot.background import end_task, one_at_a_time
from bot.contracts import TEXT_LIMIT
from bot.conversations.store import ConversationStore
from bot.database import Database
from bot.errors import BadRequest, BotError, Conflict, InvalidText, NotFound
from bot.handoff.model import User
from bot.ids import new_id
from bot.operator.demo.people import NEEDS
from bot.training.data.model import checked_language
from bot.training.jobs.processes import ProcessId
from bot.training.sandbox.customer import SandboxCustomer
from bot.training.sandbox.people import DemoPeople
from bot.training.sandbox.process import Sandbox, SandboxFailed
from bot.training.trying.models import TriedModels

log = structlog.get_logger(__name__)

_IDLE_S = 15 * 60.0
_CALL_S = 60.0
_STARTING, _READY, _FAILED = "starting", "ready", "failed"


class ChatTaken(Conflict):
    """Somebody else tries a model in a chat. Try again when they have ended it."""

    code = "chat_taken"


class ChatOver(NotFound):
    """This chat has ended. Begin another one."""

    code = "chat_over"


class ChatNotReady(Conflict):
    """The service for this chat is still starting. Ask again in some seconds."""

    code = "chat_not_ready"


@dataclass(frozen=True)
class Chat:
    """What every worker knows of the chat."""

    id: str
    model: str
    language: str
    customer: str | None
    #: username of the trainer, and the name that others are shown
    by: str
    name: str
    #: the worker that started the service, a `ProcessId`
    worker: str
    state: str = _STARTING
    error: str | None = None
    base: str = ""
    conversation_id: str = ""
    token: str = ""

    def as_json(self) -> dict[str, Any]:
        shown = ("id", "model", "language", "customer", "state", "error")
        return {name: getattr(self, name) for name in shown}


def chat_key() -> str:
    """Redis string, the JSON of a `Chat`; written when it changes; expires when nobody has written for a while."""
    return "fl:trying:chat"


class Chats:
    """Begins, passes on and ends the one chat."""

    def __init__(
        self,
        folder: Path,
        models: TriedModels,
        redis: Redis,
        files: Path,
        cache: Path,
        clock: Callable[[], datetime],
        idle_s: float = _IDLE_S,
    ) -> None:
        """Args:
        folder: for the service's data; thrown away with it.
        files: the assistant's files.
        cache: of this service, which makes the other one start quicker.
        """
        self._folder, self._models, self._redis, self._files, self._cache = folder, models, redis, files, cache
        self._clock, self._idle_s = clock, idle_s
        self._me = str(ProcessId.of(os.getpid()))
        self._task: asyncio.Task[None] | None = None

    async def begin(self, user: User, body: Mapping[str, Any]) -> dict[str, Any]:
        """Start a service with a model; the chat is ready some seconds later.

        Raises:
            ChatTaken: another trainer has one.
            BadRequest: no such language or customer.
            NoSuchModel, ModelNotTrusted: about the model.
        """
        language, customer, file = checked_language(body.get("language")), body.get("customer"), body.get("model")
        if customer is not None and customer not in NEEDS:
            raise BadRequest(f"customer is one of {', '.join(NEEDS)}, or nobody.")
        if file is not None and not isinstance(file, str):
            raise BadRequest("model is the file name of a model.")
        archive = await asyncio.to_thread(self._models.archive, file)
        name = user.shown_name("en")
        chat = Chat(new_id(), archive.name, language, customer, user.username, name, self._me)
        await self._take_place(user, chat)
        self._task = asyncio.create_task(self._keep(chat, archive))
        return chat.as_json()

    async def read(self, user: User, chat_id: str) -> dict[str, Any]:
        """The chat with its messages as a customer gets them.

        Raises:
            ChatOver: it has ended, or is somebody else's.
        """
        chat = await self._of(user, chat_id)
        if chat.state != _READY:
            return {**chat.as_json(), "messages": []}
        try:
            async with self._customer(chat) as customer:
                return {**chat.as_json(), "messages": await customer.thread()}
        except SandboxFailed as exc:  # it has just ended, and is about to be told so
            return {**replace(chat, state=_FAILED, error=exc.message).as_json(), "messages": []}

    async def say(self, user: User, chat_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Say something (`text`) or press a button (`payload` is its id); what was answered, and what was understood.

        Raises:
            ChatOver: it has ended, or is somebody else's.
            ChatNotReady: its service is still starting, or could not.
            NotTaken: the service did not take it, as it would not take it of a customer.
        """
        text, button = body.get("text"), body.get("payload")
        if isinstance(text, str) == isinstance(button, str):
            raise BadRequest("Send exactly one of text or payload, which is the id of a button.")
        if isinstance(text, str) and not 1 <= len(text.strip()) <= TEXT_LIMIT:
            raise InvalidText()
        chat = await self._of(user, chat_id)
        if chat.state != _READY:
            raise ChatNotReady(chat.error)
        await self._redis.pexpire(chat_key(), int(self._idle_s * 1000))
        async with self._customer(chat) as customer:
            if isinstance(text, str):
                await customer.say(text)
            else:
                await customer.press_id(str(button))
        understood = await self._understood(chat.conversation_id)
        return {"messages": list(customer.messages), "state": customer.state, "understood": understood}

    async def end(self, user: User, chat_id: str) -> None:
        """End the chat and its service.

        Raises:
            ChatOver: it has ended already, or is somebody else's.
        """
        await self._of(user, chat_id)
        await self._redis.delete(chat_key())
        await self._redis.publish(chat_key(), chat_id)

    async def close(self) -> None:
        """End a service that this process has started."""
        task, self._task = self._task, None
        await end_task(task)

    # -- the one place ---------------------------------------------------------------------------------------------

    async def _take_place(self, user: User, chat: Chat) -> None:
        there = await self._read()
        if there is not None and there.state != _FAILED and ProcessId.parsed(there.worker).is_alive:
            if there.by != user.username:
                raise ChatTaken(f"{there.name} tries a model in a chat. Try again when they have ended it.")
            if there.worker != self._me:
                await self._redis.delete(chat_key())
                await self._redis.publish(chat_key(), there.id)
        await self.close()
        if there is not None:
            await self._redis.delete(chat_key())
        kept = await self._redis.set(chat_key(), json.dumps(asdict(chat)), nx=True, px=int(self._idle_s * 1000))
        if not kept:
            raise ChatTaken()

    async def _read(self) -> Chat | None:
        kept = await self._redis.get(chat_key())
        return Chat(**json.loads(kept)) if kept else None

    async def _of(self, user: User, chat_id: str) -> Chat:
        chat = await self._read()
        if chat is None or chat.id != chat_id or chat.by != user.username or not ProcessId.parsed(chat.worker).is_alive:
            raise ChatOver()
        return chat

    async def _change(self, chat: Chat) -> None:
        """Keep what has become of a chat, if it is still the one; how long it waits stays."""
        there = await self._read()
        if there is not None and there.id == chat.id:
            await self._redis.set(chat_key(), json.dumps(asdict(chat)), xx=True, keepttl=True)

    # -- its service -----------------------------------------------------------------------------------------------

    async def _keep(self, chat: Chat, archive: Path) -> None:
        """The service of a chat from its start to its end, which comes when nobody writes or somebody says so."""
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        # another worker may be ending the one before, in the same folder
        async with one_at_a_time(self._folder.with_suffix(".lock")), self._redis.pubsub() as told:
            await told.subscribe(chat_key())
            sandbox = Sandbox(self._folder, self._files, self._cache)
            try:
                await self._until_over(chat, sandbox, archive, told)
            except BotError as exc:
                await self._change(replace(chat, state=_FAILED, error=exc.message))
            finally:
                await sandbox.stop()
                log.info("trying.ended", chat=chat.id)

    async def _until_over(self, chat: Chat, sandbox: Sandbox, archive: Path, told: Any) -> None:
        ended = asyncio.ensure_future(self._run(chat, sandbox, archive))
        try:
            while not ended.done() and (left_ms := await self._left_ms(chat)) > 0:
                heard = asyncio.ensure_future(told.get_message(ignore_subscribe_messages=True, timeout=left_ms / 1000))
                try:
                    await asyncio.wait([ended, heard], return_when=asyncio.FIRST_COMPLETED)
                finally:
                    heard.cancel()
                    await asyncio.gather(heard, return_exceptions=True)
        finally:
            if not ended.done():
                ended.cancel()
            await asyncio.gather(ended, return_exceptions=True)
        if not ended.cancelled():
            ended.result()

    async def _run(self, chat: Chat, sandbox: Sandbox, archive: Path) -> None:
        """Start it and open the conversation; returns never, and raises SandboxFailed when it ends by itself."""
        base = await sandbox.start(archive)
        token = None
        if chat.customer is not None:
            database = _database(sandbox.folder)
            try:
                people = DemoPeople(database, sandbox.folder, self._clock())
                await people.fresh()
                token = people.token((await people.take(chat.customer))["sub"])
            finally:
                await database.close()
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_CALL_S)) as http:
            customer = SandboxCustomer(http, base, _wait)
            await customer.open(chat.language, token)
        ready = replace(chat, state=_READY, base=base, conversation_id=customer.id, token=customer.token)
        await self._change(ready)
        log.info("trying.ready", chat=chat.id, model=chat.model)
        await sandbox.ended()
        raise SandboxFailed("The service for this chat was ended from outside. Begin another one.")

    async def _left_ms(self, chat: Chat) -> int:
        there = await self._read()
        if there is None or there.id != chat.id:
            return 0
        return int(await self._redis.pttl(chat_key()))

    @asynccontextmanager
    async def _customer(self, chat: Chat) -> AsyncIterator[SandboxCustomer]:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_CALL_S)) as http:
            customer = SandboxCustomer(http, chat.base, _wait)
            customer.resume(chat.conversation_id, chat.token)
            try:
                yield customer
            except (aiohttp.ClientError, asyncio.TimeoutError) as exc:
                raise SandboxFailed("The service for this chat does not answer. Begin another one.") from exc

    async def _understood(self, conversation_id: str) -> dict[str, Any] | None:
        """What the newest turn was understood as; None when nobody listened, as with a person."""
        database = _database(self._folder)
        try:
            _, _, turns = await ConversationStore(database).memory(conversation_id, 1)
        finally:
            await database.close()
        heard = next((event for turn in turns for event in turn if event.get("event") == "user"), None)
        if heard is None:
            return None
        data = heard.get("parse_data") or {}
        intent = data.get("intent") or {}
        entities = [
            {key: item.get(key) for key in ("entity", "value", "start", "end")} for item in data.get("entities") or ()
        ]
        confidence = round(float(intent.get("confidence") or 0.0), 4)
        return {
            "intent": data.get("full_intent") or intent.get("name"),
            "confidence": confidence,
            "entities": entities,
        }


def _database(folder: Path) -> Database:
    return Database(f"sqlite+aiosqlite:///{folder / 'frontline.sqlite3'}")


async def _wait(_conversation_id: str, seconds: float) -> None:
    await asyncio.sleep(seconds)
