"""People, chats and a queue for `bench.desk`, written by the product's own stores."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import jwt
from redis.asyncio import Redis

from bot.contracts import Author, AuthorKind, Draft, Owner, ReasonCode
from bot.database import Database
from bot.handoff.groups import Case
from bot.handoff.model import Handoff, HandoffStatus, User
from bot.handoff.packet import build_packet, summary
from bot.handoff.wanted import Wanted
from bot.ids import new_id
from bot.secret_files import kept_secret
from tests.integration.floor import Floor

#: room for the open chats, and for the queue when the shift opens
_CAPACITY = 60
_AT_ONCE = 250
_TOKEN_TTL = timedelta(hours=2)


@dataclass(frozen=True)
class Chat:
    id: str
    token: str
    agent_id: str


async def seeded(url: str, redis: Redis, data_dir: Path, people: int, chats: int) -> tuple[list[User], list[Chat]]:
    """The desk's people, spread over languages and groups, and their open chats, in turn."""
    floor = _floor(url, redis)
    groups = list(floor.rules.groups)
    staff = [
        await floor.person(
            f"p{n}",
            capacity=_CAPACITY,
            groups=(groups[n % len(groups)], "general"),
            languages=("zh", "en"),
            wish=None,
        )
        for n in range(people)
    ]
    secret = kept_secret(data_dir, "tokens.secret")
    expires = int((datetime.now(timezone.utc) + _TOKEN_TTL).timestamp())
    made = []
    for n, chat_id in enumerate(await _fill(floor, chats, staff)):
        token = jwt.encode({"cid": chat_id, "exp": expires}, secret, algorithm="HS256")
        made.append(Chat(chat_id, token, staff[n % len(staff)].id))
    await floor.database.close()
    return staff, made


async def waiting(url: str, redis: Redis, count: int) -> None:
    """A queue."""
    floor = _floor(url, redis)
    await _fill(floor, count, [])
    await floor.database.close()


def _floor(url: str, redis: Redis) -> Floor:
    return Floor(Database(url, shared=True), redis, lambda: datetime.now(timezone.utc))


async def _fill(floor: Floor, count: int, people: list[User]) -> list[str]:
    """Many chats in a few transactions: with these people in turn, or waiting when there are none."""
    made = []
    for start in range(0, count, _AT_ONCE):
        async with floor.database.unit():
            for n in range(start, min(count, start + _AT_ONCE)):
                agent = people[n % len(people)] if people else None
                made.append(await _chat(floor, "zh" if n % 3 else "en", agent))
    return made


async def _chat(floor: Floor, language: str, agent: User | None) -> str:
    chat, now = await floor.customer(language), floor.clock()
    wanted = Wanted(ReasonCode.customer_request, {}, None)
    case = Case(wanted.reason.value, language)
    rank = floor.rules.rank(case, now)
    changed = await floor.conversations.change_owner(
        chat.id,
        epoch=1,
        owner=Owner.agent if agent else Owner.queued,
        agent_id=agent.id if agent else None,
        actor="bench",
        reason="bench",
        drafts=(),
        at=now,
    )
    assert changed is not None
    if agent is not None:  # whose customer has an answer
        await floor.conversations.append(chat.id, Draft(Author(AuthorKind.agent, agent.username), "hello"), now)
    packet = build_packet(changed[0], wanted.reason, {}, (), None, None)
    packet["summary"] = summary(packet, "zh", floor.wording)
    await floor.store.add(
        Handoff(
            id=new_id(),
            conversation_id=chat.id,
            status=HandoffStatus.accepted if agent else HandoffStatus.waiting,
            reason_code=wanted.reason,
            language=language,
            priority=rank.priority,
            requested_at=now,
            packet=packet,
            accepted_at=now if agent else None,
            agent_id=agent.id if agent else None,
            group_id=floor.rules.group_of(case).id,
            rank_at=rank.at,
        )
    )
    return chat.id
