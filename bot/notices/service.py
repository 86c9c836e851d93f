"""Telling a customer something that they did not just ask: in their conversation, or by a text message."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from prometheus_client import Counter

from bot.contracts import Author, AuthorKind, Button, Conversation, Draft, Owner
from bot.conversations.fanout import Fanout
from bot.conversations.locks import TurnLocks
from bot.conversations.store import ConversationStore
from bot.database import Database
from bot.errors import BackOfficeDown, ConversationNotFound
from bot.operator.ports import Customer, OperatorPorts
from bot.wording import Wording

log = structlog.get_logger(__name__)

TOLD = Counter("frontline_notices", "Customers told of something by themselves, by where", ["where"])

_BOT, _SYSTEM = Author(AuthorKind.bot), Author(AuthorKind.system)
_OPEN = (Owner.bot, Owner.queued, Owner.agent)

#: values for a response in a language
Values = Callable[[str], Mapping[str, Any]]


@dataclass(frozen=True)
class Choice:
    """A button: a response with its label, and what pressing it means (`/intent{...}`)."""

    label: str
    payload: str


@dataclass(frozen=True)
class Notice:
    """What to tell.

    Attributes:
        response: name in `data/responses`.
        question: a response that asks something, left out where a person leads the conversation.
        flow: of that question, with its step; slots of it.
    """

    response: str
    values: Values
    question: str | None = None
    choices: Sequence[Choice] = ()
    flow: tuple[str, str] | None = None
    slots: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] | None = None


class NoticeService:
    """Writes through the ledger, so that windows that are closed see it when they open."""

    def __init__(
        self,
        database: Database,
        store: ConversationStore,
        fanout: Fanout,
        locks: TurnLocks,
        operator: OperatorPorts,
        wording: Wording,
        clock: Callable[[], datetime],
        forget: Callable[[str], None],
    ) -> None:
        self._db = database
        self._store = store
        self._fanout = fanout
        self._locks = locks
        self._operator = operator
        self._wording = wording
        self._clock = clock
        #: drops the assistant's cached memory of a conversation
        self._forget = forget

    async def tell(
        self,
        notice: Notice,
        *,
        customer_id: str | None,
        conversation_id: str | None,
        key: str,
        when: Callable[[str | None], Awaitable[bool]],
    ) -> bool:
        """Tell one customer, in the conversation named, else in their newest open one, else by a text message.

        Args:
            key: names this notice; a second text message with it is not sent.
            when: run in the transaction that writes the message, with the conversation's id; False: do not tell after
                all (somebody else has).

        Returns:
            Whether they were told now.
        """
        head = await self._conversation(conversation_id, customer_id)
        if head is None:
            return await self._text(notice, customer_id, key, when)
        async with self._locks.hold(head.id):
            async with self._db.unit():
                if not await when(head.id):
                    return False
                head = await self._store.head(head.id)
                message, new = await self._store.append(head.id, self._draft(notice, head, key), self._clock())
                asks = notice.flow is not None and head.owner is Owner.bot
                if asks and notice.flow is not None:
                    await self._store.ask_in_flow(head.id, *notice.flow, notice.slots, self._clock())
            self._forget(head.id)
        if new:
            await self._fanout.publish(head.id, {"type": "message", "message": message.as_json()})
        TOLD.labels("conversation").inc()
        return True

    async def _conversation(self, conversation_id: str | None, customer_id: str | None) -> Conversation | None:
        if conversation_id is not None:
            try:
                head = await self._store.head(conversation_id)
                if head.owner is not Owner.closed:
                    return head
            except ConversationNotFound:
                pass
        if customer_id is None:
            return None
        return next(iter(await self._store.heads(owners=_OPEN, customer_id=customer_id, limit=1)), None)

    def _draft(self, notice: Notice, head: Conversation, key: str) -> Draft:
        language, led = head.language, head.owner is not Owner.bot
        text = self._wording.text(notice.response, language, **notice.values(language))
        if notice.question is not None and not led:
            text = f"{text}\n{self._wording.text(notice.question, language, **notice.values(language))}"
        buttons = tuple(
            Button(secrets.token_urlsafe(9), self._wording.text(item.label, language), item.payload)
            for item in (() if led else notice.choices)
        )
        author = _SYSTEM if led else _BOT
        return Draft(author, text, client_msg_id=f"notice:{key}"[:80], buttons=buttons, data=notice.data)

    async def _text(
        self,
        notice: Notice,
        customer_id: str | None,
        key: str,
        when: Callable[[str | None], Awaitable[bool]],
    ) -> bool:
        customer: Customer | None = None
        try:
            customer = await self._operator.customers.by_id(customer_id) if customer_id else None
            if customer is not None:
                words = self._wording.text(notice.response, customer.language, **notice.values(customer.language))
                await self._operator.messages.send_text(customer.phone, words, key=key)
        except BackOfficeDown as exc:
            log.warning("notice.not_sent", key=key, cause=type(exc).__name__)
            return False  # the next round tries again
        async with self._db.unit():
            done = await when(None)
        TOLD.labels("text" if customer is not None else "nobody").inc()
        return done
