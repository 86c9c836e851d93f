"""The assistant's turns: one at a time a conversation, each one transaction fenced by the epoch."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from prometheus_client import Counter, Gauge, Histogram

from bot.assistant.served import ServedModels
from bot.background import end_task
from bot.contracts import Conversation, ConversationState, Message, Owner, ReasonCode
from bot.conversations.crash_points import crash_point
from bot.conversations.fanout import Fanout
from bot.conversations.locks import TurnLocks
from bot.conversations.store import ConversationStore
from bot.database import Database
from bot.errors import BotError
from bot.handoff.service import HandoffService
from bot.handoff.waiting import WaitingService
from bot.handoff.wanted import Wanted
from bot.operator.remembered import AskedLate, one_reading

log = structlog.get_logger(__name__)

TURN_SECONDS = Histogram(
    "frontline_turn_seconds",
    "One turn, from taking it up to its commit",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 10),
)
TURNS = Counter("frontline_turns", "Turns by outcome", ["outcome"])
SWEEP_LAG = Gauge("frontline_sweep_lag_seconds", "Age of the oldest unanswered message that the sweeper found last")
SWEPT = Counter("frontline_swept", "Conversations that the sweeper had to take up")

#: how often a turn is done again because it asked the operator something new while others waited for the writer
_TIMES_AGAIN = 6

#: conversation, its message, the turn's events, and why it was handed over, if it was
OnTurn = Callable[[Conversation, Message, Sequence[Mapping[str, Any]], "ReasonCode | None"], Awaitable[None]]


class Fenced(Exception):
    """Somebody took over while the turn ran: what it did is rolled back."""


class TurnRunner:
    """Answers customers' messages in the order of their `seq`, and takes up what a crash left unanswered."""

    def __init__(
        self,
        database: Database,
        store: ConversationStore,
        models: ServedModels,
        handoffs: HandoffService,
        waiting: WaitingService,
        fanout: Fanout,
        locks: TurnLocks,
        clock: Callable[[], datetime],
        on_turn: OnTurn | None = None,
    ) -> None:
        """Args:
        on_turn: told of each committed turn, after the customer has the answer; no turn waits for it.
        """
        self._on_turn = on_turn
        self._db = database
        self._store = store
        self._models = models
        self._handoffs = handoffs
        self._waiting = waiting
        self._fanout = fanout
        self._locks = locks
        self._clock = clock
        self._running: set[asyncio.Task[None]] = set()
        self._sweeper: asyncio.Task[None] | None = None
        self._timeout_s = 10.0
        self._sweep_after_s = 5.0

    def start(self, timeout_s: float, sweep_after_s: float) -> None:
        """Begin sweeping; what a killed process left is taken up at once."""
        self._timeout_s, self._sweep_after_s = timeout_s, sweep_after_s
        self._sweeper = asyncio.create_task(self._sweep())

    async def stop(self) -> None:
        """Let running turns end, then stop."""
        await end_task(self._sweeper)
        if self._running:
            await asyncio.wait(self._running, timeout=self._timeout_s)

    def wake(self, conversation_id: str, message: Message | None = None, head: Conversation | None = None) -> None:
        """Have the conversation's unanswered messages answered soon.

        Args:
            message: that has just come; while the customer waits for a person it is heard in another way.
            head: with the message, where it is the next to answer.
        """
        self._begin(self.run(conversation_id, message, head))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def run(self, conversation_id: str, message: Message | None = None, head: Conversation | None = None) -> None:
        """Answer everything that waits in this conversation; arguments as of `wake`."""
        try:
            async with self._locks.hold(conversation_id) as waited:
                answered = False
                # what has changed since that head was read is noticed when the turn is written
                known = None if waited or head is None or message is None else (head, message)
                while (unanswered := known or await self._store.next_unanswered(conversation_id)) is not None:
                    answered, known = True, None
                    if not await self._turn(*unanswered):
                        return
                # what waiting customers write is nobody's to answer, so that no turn pays for looking at the queue
                if message is not None and not answered and await self._waiting.waits(conversation_id):
                    danger = await self._models.hears_danger(message, self._clock())
                    if await self._waiting.heard(message, danger=danger):
                        await self._turn(await self._store.head(conversation_id), message)
        except Exception as exc:  # edge of a background task; the sweeper comes back to it
            log.error("turn.lost", conversation_id=conversation_id, cause=type(exc).__name__, exc_info=True)
            TURNS.labels("lost").inc()

    async def _turn(self, conversation: Conversation, message: Message) -> bool:
        """Answer one message; returns whether another may be waiting."""
        with TURN_SECONDS.time():
            try:
                more = await asyncio.wait_for(self._answer(conversation, message), self._timeout_s)
                TURNS.labels("answered").inc()
                return more
            except Fenced:
                self._models.forget(conversation.id)
                TURNS.labels("fenced").inc()
                log.info("turn.fenced", conversation_id=conversation.id, seq=message.seq)
            except (Exception, asyncio.TimeoutError) as exc:
                self._models.forget(conversation.id)
                TURNS.labels("failed").inc()
                log.error(
                    "turn.failed",
                    conversation_id=conversation.id,
                    seq=message.seq,
                    cause=type(exc).__name__,
                    exc_info=exc,
                )
                await self._give_up(conversation, message)
        return True

    async def _answer(self, conversation: Conversation, message: Message) -> bool:
        with one_reading(self._db.holds_others_up) as reading:
            for _ in range(_TIMES_AGAIN):
                try:
                    return await self._one_answer(conversation, message)
                except AskedLate as late:
                    self._models.forget(conversation.id)
                    reading.begin_again()
                    await late.ask()
                    TURNS.labels("again").inc()
            reading.wait_from_now_on()
            return await self._one_answer(conversation, message)

    async def _one_answer(self, conversation: Conversation, message: Message) -> bool:
        now, assistant = self._clock(), self._models.of(conversation)
        async with self._db.unit():
            reply = await assistant.respond(conversation, message, now)
            customer = await self._handoffs.customer_facts(reply.customer_id) if reply.handoff is not None else None
            crash_point("turn_before_write")
            done = await self._store.commit_turn(assistant.record(conversation, message, reply), self._clock())
            if done is None:
                raise Fenced
            written, more = done
            crash_point("turn_before_commit")
            handed = None
            if reply.handoff is not None:
                wanted = Wanted(reply.handoff, reply.slots, customer, reply.topic)
                handed = await self._handoffs.request(conversation.id, wanted, actor="bot")
        crash_point("turn_committed")
        assistant.committed(reply)
        for item in written:
            await self._fanout.publish(conversation.id, {"type": "message", "message": item.as_json()})
        if handed is not None:
            await self._handoffs.announce(handed)
        answered: dict[str, Any] = {"type": "answered", "seq": message.seq}
        if handed is None:
            answered["state"] = ConversationState(Owner.bot, conversation.epoch).as_json()
        await self._fanout.publish(conversation.id, answered)
        if self._on_turn is not None:
            # beside the turn: it is over, and takes no longer however slow its listener is
            self._begin(self._tell(self._on_turn(conversation, message, reply.events, reply.handoff), conversation))
        return more and handed is None

    async def _tell(self, telling: Awaitable[None], conversation: Conversation) -> None:
        try:
            await telling
        except Exception as exc:  # the turn is done; whoever listens may fail alone
            log.error("turn.listener_failed", conversation_id=conversation.id, cause=type(exc).__name__)

    async def _give_up(self, conversation: Conversation, message: Message) -> None:
        """The bot could not answer: say so and get a person."""
        try:
            if await self._handoffs.rescue(conversation.id, "bot"):
                await self._fanout.publish(conversation.id, {"type": "answered", "seq": message.seq})
        except BotError as exc:
            log.error("turn.give_up_failed", conversation_id=conversation.id, cause=type(exc).__name__)

    async def _sweep(self) -> None:
        """Find messages that nobody answered; at the start everything that is open, later what is too old."""
        age_s = 0.0
        while True:
            try:
                now = self._clock()
                left = await self._store.unanswered(now - timedelta(seconds=age_s))
                SWEEP_LAG.set(age_s if left else 0.0)
                for conversation_id in left:
                    if not self._locks.busy(conversation_id):
                        SWEPT.inc()
                        log.warning("sweeper.took_up", conversation_id=conversation_id)
                        self.wake(conversation_id)
            except Exception as exc:  # edge of a background loop
                log.error("sweeper.failed", cause=type(exc).__name__)
            age_s = self._sweep_after_s
            await asyncio.sleep(self._sweep_after_s)
