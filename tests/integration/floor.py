"""A desk without a web server: real SQL, real Redis, a clock that the test moves."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from redis.asyncio import Redis
from sqlalchemy import func, select

from bot.audit.store import AuditStore
from bot.contracts import Assurance, Author, AuthorKind, Conversation, Draft, Owner
from bot.conversations.fanout import Fanout
from bot.conversations.store import ConversationStore
from bot.database import Database
from bot.desk.notes.store import NoteStore
from bot.handoff.callbacks.service import ChoiceService
from bot.handoff.callbacks.store import CallbackStore
from bot.handoff.collecting import Collecting
from bot.handoff.duty import DutyService
from bot.handoff.model import Offer, Presence, User
from bot.handoff.offers import OfferStore
from bot.handoff.people.store import PeopleStore
from bot.handoff.presence import Liveness
from bot.handoff.reading import DeskParts
from bot.handoff.router_lock import RouterLock
from bot.handoff.routing import Router
from bot.handoff.service import HandoffService
from bot.handoff.store import HandoffStore
from bot.handoff.supervision.service import SupervisionService
from bot.handoff.supervision.store import SupervisionStore
from bot.handoff.waiting import WaitingService
from bot.ids import new_id
from bot.operator.demo.operator import demo_operator
from bot.schema import handoffs
from bot.tickets.service import TicketService
from bot.tickets.store import TicketStore
from tests.shipped import collecting, desk_rules, policies, wording

ZONE = ZoneInfo("Asia/Shanghai")
#: a Wednesday at noon in Shanghai
NOON = datetime(2026, 11, 25, 4, 0, tzinfo=timezone.utc)


_NEVER = re.compile(r"(?!)")
_NOTHING_TO_ASK = Collecting({}, [((), ())], dict.fromkeys(("callback", "ticket", "leave", "skip"), _NEVER))


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def on(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Floor:
    """One process of the desk."""

    database: Database
    redis: Redis
    clock: Any = field(default_factory=Clock)
    shared: bool = False
    #: whether the bot asks for facts while people wait
    collects: bool = True

    def __post_init__(self) -> None:
        self.rules = replace(desk_rules(ZONE))  # its own: a test may change a group
        self.wording = wording(ZONE)
        self.fanout = Fanout(self.redis, self.shared)
        self.conversations = ConversationStore(self.database)
        self.store, self.people = HandoffStore(self.database), PeopleStore(self.database)
        self.offers = OfferStore(self.redis)
        self.liveness = Liveness(self.redis, self.clock, self.rules.grace_s)
        self.duty = DutyService(
            self.people, self.store, self.offers, self.liveness, self.rules, self.fanout, self.clock
        )
        self.parts = DeskParts(
            store=self.store,
            people=self.people,
            guests=SupervisionStore(self.database),
            notes=NoteStore(self.database),
            audit=AuditStore(self.database),
            offers=self.offers,
            duty=self.duty,
            collecting=collecting() if self.collects else _NOTHING_TO_ASK,
        )
        operator = demo_operator(self.database, self.redis, clock=self.clock, zone=ZONE)
        self.handoffs = HandoffService(
            self.database,
            self.parts,
            self.conversations,
            operator,
            self.fanout,
            self.wording,
            self.clock,
            lambda _conversation_id: None,
        )
        self.supervision = SupervisionService(
            self.parts, self.handoffs, self.conversations, self.fanout, self.wording, self.clock
        )
        self.tickets = TicketService(TicketStore(self.database, ZONE), policies(), clock=self.clock)
        self.choices = ChoiceService(
            CallbackStore(self.database),
            self.handoffs,
            self.conversations,
            operator,
            self.tickets,
            self.fanout,
            self.wording,
            self.clock,
        )
        self.waiting = WaitingService(
            self.database,
            self.parts,
            self.handoffs,
            self.choices,
            self.conversations,
            self.fanout,
            self.wording,
            self.clock,
        )
        self.lock = RouterLock(self.redis, self.shared)
        self.router = Router(self.parts, self.liveness, self.handoffs, self.lock, self.fanout, self.clock)

    async def person(self, name: str, *, wish: Presence | None = Presence.available, **facts: Any) -> User:
        """Somebody who works here, on duty unless said otherwise."""
        values = {"languages": ("zh", "en"), "capacity": 2, "groups": ("general",), "roles": frozenset({"agent"})}
        user = User(id=name, username=name, name={"zh": name, "en": name}, **(values | facts))  # type: ignore[arg-type]  # facts of a user
        await self.people.add_user(user, "-")
        if wish is not None:
            await self.duty.set_presence(user, wish)
        return user

    async def queued(self, language: str = "zh") -> Conversation:
        """Somebody who waits for a person."""
        conversation = await self.customer(language)
        await self.handoffs.ask(conversation.id, "customer")
        return await self.conversations.head(conversation.id)

    async def customer(self, language: str = "zh") -> Conversation:
        now = self.clock()
        conversation = Conversation(new_id(), language, Owner.bot, 1, 0, 0, Assurance.anonymous, None, None, now, now)
        await self.conversations.create(conversation, (Draft(Author(AuthorKind.bot), "hello"),), now)
        return conversation

    async def writes(self, conversation_id: str, text: str) -> None:
        """The customer says something."""
        draft = Draft(Author(AuthorKind.customer), text, client_msg_id=new_id())
        await self.conversations.append(conversation_id, draft, self.clock())

    async def route(self) -> int:
        """One pass of this process's router, which hears of everything by comparing itself."""
        await self.router.lead()
        self.router.doubt()
        return await self.router.route()

    async def offer(self, user: User) -> Offer:
        """What rings at somebody's console; exactly one is expected."""
        (offer,) = await self.router.offers_to(user)
        return offer

    async def owner(self, conversation: Conversation) -> tuple[str, str | None]:
        head = await self.conversations.head(conversation.id)
        return head.owner.value, head.agent_id

    async def closed_count(self) -> int:
        """How many hand-overs a person has closed."""
        query = select([func.count()]).select_from(handoffs).where(handoffs.c.status == "closed")
        async with self.database.read() as connection:
            return int((await connection.execute(query)).scalar() or 0)

    async def texts(self, conversation: Conversation) -> list[str]:
        return [message.text for message in await self.conversations.messages(conversation.id)]
