"""Whoever is told of turns, such as what collects for the trainers, stands in nobody's way."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from actions import build_actions
from bot.assistant.served import ServedModels, load_assistant
from bot.assistant.tracker_store import SqlTrackerStore
from bot.contracts import Author, AuthorKind, Draft, Owner
from bot.conversations.locks import TurnLocks
from bot.conversations.turns import TurnRunner
from bot.database import Database
from bot.ids import new_id
from bot.resources import build_operator, build_services, utc_now
from bot.settings import Settings
from bot.training.registry import verified_model
from tests.integration.floor import Floor

_ANSWERED_S = 30.0


async def test_a_listener_that_hangs_holds_up_no_turn_and_undoes_none(database: Database, redis: Redis) -> None:
    settings, floor = Settings.from_env(), Floor(database, redis, utc_now)
    services = build_services(settings, database, redis, build_operator(settings, database, redis), "secret")
    memory = SqlTrackerStore(None, store=floor.conversations)
    model = Path(settings.model) if settings.model else verified_model(settings.models_dir)
    assistant = load_assistant(model, memory, build_actions(services), settings.action_timeout_s)
    await assistant.warm_up(utc_now())
    told: list[int] = []
    goes_on = asyncio.Event()

    async def listen(_conversation: Any, message: Any, _events: Any, _handed_over: Any) -> None:
        told.append(message.seq)
        await goes_on.wait()

    turns = TurnRunner(
        database,
        floor.conversations,
        ServedModels(memory, assistant),
        floor.handoffs,
        floor.waiting,
        floor.fanout,
        TurnLocks(redis, False),
        utc_now,
        listen,
    )
    chat = await floor.customer("en")
    said = []
    with floor.fanout.subscribe(chat.id) as events:
        for text in ("hello", "thanks"):
            draft = Draft(Author(AuthorKind.customer), text, client_msg_id=new_id())
            message, _ = await floor.conversations.append(chat.id, draft, utc_now())
            said.append(message.seq)
            turns.wake(chat.id, message)
            while (await asyncio.wait_for(events.get(), _ANSWERED_S)).get("seq") != message.seq:
                pass
    goes_on.set()
    await turns.stop()
    assert told == said
    assert (await floor.conversations.head(chat.id)).owner is Owner.bot
