"""What a channel may do with a conversation: open it, say something, press a button, read it, rate it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import jwt
import structlog
from redis.asyncio import Redis

from bot.assistant.buttons import from_payload
from bot.contracts import (
    TEXT_LIMIT,
    Assurance,
    Author,
    AuthorKind,
    Button,
    Conversation,
    ConversationState,
    Draft,
    Message,
    Owner,
)
from bot.conversations.attachments.service import AttachmentService
from bot.conversations.crash_points import crash_point
from bot.conversations.fanout import Fanout, Subscription
from bot.conversations.locks import TurnLocks
from bot.conversations.masking import mask
from bot.conversations.pace import slow_down
from bot.conversations.store import Appended, ConversationStore
from bot.conversations.turns import TurnRunner
from bot.customers.service import IdentityService
from bot.desk.identity.model import Check
from bot.desk.identity.service import HIDDEN, IdentityChecks
from bot.desk.marks.service import MarkService
from bot.desk.ratings.service import RatingService
from bot.errors import (
    BackOfficeDown,
    BadRequest,
    Conflict,
    InvalidText,
    NotFound,
    TooManyRequests,
    Unauthorized,
)
from bot.handoff.service import HandoffService
from bot.ids import new_id
from bot.operator.ports import OperatorPorts
from bot.wording import Wording

log = structlog.get_logger(__name__)

_CLIENT_ID_LIMIT = 80
_CUSTOMER = Author(AuthorKind.customer)
_BOT = Author(AuthorKind.bot)
_ALGORITHM = "HS256"
_KNOWN_TOKENS = 10_000
#: how long opening waits for the operator's customer directory
_LOOK_UP_S = 3.0


@dataclass(frozen=True)
class Opened:
    conversation: Conversation
    token: str
    messages: tuple[Message, ...]


class ConversationService:
    """The customer's side of a conversation. Every channel uses this one."""

    def __init__(
        self,
        store: ConversationStore,
        turns: TurnRunner,
        handoffs: HandoffService,
        identity: IdentityService,
        operator: OperatorPorts,
        fanout: Fanout,
        redis: Redis,
        wording: Wording,
        clock: Callable[[], datetime],
        secret: bytes,
        token_ttl_s: int,
        files: AttachmentService,
        marks: MarkService,
        ratings: RatingService,
        identity_checks: IdentityChecks,
        locks: TurnLocks,
        forget: Callable[[str], None],
    ) -> None:
        self._store = store
        self._turns = turns
        self._handoffs = handoffs
        self._identity = identity
        self._operator = operator
        self._fanout = fanout
        self._redis = redis
        self._wording = wording
        self._clock = clock
        self._secret = secret
        self._token_ttl_s = token_ttl_s
        self._files = files
        self._marks = marks
        self._ratings = ratings
        self._checks = identity_checks
        self._locks = locks
        #: drops the assistant's cached memory of a conversation
        self._forget = forget
        #: a token comes with every message; its signature is checked once
        self._claims_of = lru_cache(_KNOWN_TOKENS)(self._claims)

    # -- opening and tokens --------------------------------------------------------------------------------------

    async def open(
        self, language: str | None, identity_token: str | None, metadata: Mapping[str, Any], welcome: Mapping[str, Any]
    ) -> Opened:
        """Open a conversation and welcome the customer.

        Args:
            language: the widget's setting, `zh` or `en`; None leaves it to the first message.
            identity_token: JWT of the operator's site.
            welcome: Chinese and English welcome, each `{text, buttons}` (from the domain's responses).

        Raises:
            InvalidIdentityToken: the token is forged, expired or of nobody we know.
        """
        now = self._clock()
        customer_id, assurance = None, Assurance.anonymous
        if identity_token:
            sub = self._identity.verify_token(identity_token)
            try:
                customer = await asyncio.wait_for(self._operator.customers.by_sub(sub), _LOOK_UP_S)
            except (BackOfficeDown, asyncio.TimeoutError):
                # the customer gets in all the same; a code can prove who they are once the operator answers again
                log.warning("conversation.opened_unknown")
            else:
                if customer is None:
                    raise Unauthorized(
                        "The identity token names a customer that the operator does not know. Sign in again."
                    )
                customer_id, assurance = customer.id, Assurance.signed_in
                language = language or customer.language
        conversation = Conversation(
            id=new_id(),
            language=language or "zh",
            owner=Owner.bot,
            epoch=1,
            last_seq=0,
            answered_seq=0,
            assurance=assurance,
            customer_id=customer_id,
            agent_id=None,
            created_at=now,
            updated_at=now,
            metadata={**metadata, **({"language_given": True} if language else {})},
        )
        opening = welcome[conversation.language]
        draft = Draft(
            _BOT,
            opening["text"],
            buttons=tuple(
                Button(secrets.token_urlsafe(9), item["title"], item["payload"]) for item in opening["buttons"]
            ),
        )
        messages = await self._store.create(conversation, (draft,), now)
        log.info("conversation.opened", conversation_id=conversation.id, assurance=assurance.value)
        return Opened(replace(conversation, last_seq=len(messages)), self.token(conversation.id, now), messages)

    def token(self, conversation_id: str, now: datetime) -> str:
        """A token that names one conversation and expires."""
        expires = now + timedelta(seconds=self._token_ttl_s)
        return jwt.encode({"cid": conversation_id, "exp": int(expires.timestamp())}, self._secret, algorithm=_ALGORITHM)

    def conversation_of(self, token: str) -> str:
        """The conversation that a token names.

        Raises:
            Unauthorized: it is forged or has expired.
        """
        conversation_id, expires = self._claims_of(token)
        if expires <= self._clock().timestamp():
            raise Unauthorized("This conversation's token has expired. Open a new conversation.")
        return conversation_id

    def _claims(self, token: str) -> tuple[str, float]:
        """The conversation of a token and when it expires, in seconds since 1970."""
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=[_ALGORITHM],
                options={"require": ["exp", "cid"], "verify_exp": False},
            )
            return str(claims["cid"]), float(claims["exp"])
        except (jwt.InvalidTokenError, TypeError, ValueError) as exc:
            raise Unauthorized() from exc

    # -- saying something ----------------------------------------------------------------------------------------

    async def say(self, conversation_id: str, client_msg_id: object, text: object) -> Appended:
        """Take a customer's message; the same `client_msg_id` again gives back the same message.

        Raises:
            BadRequest: the id is missing or too long.
            InvalidText: blank or over 4,000 characters after trimming.
            TooManyRequests: too many at once; nothing was stored.
        """
        if not isinstance(text, str):
            raise InvalidText()
        trimmed = text.strip()
        if not 1 <= len(trimmed) <= TEXT_LIMIT or "\x00" in trimmed:
            raise InvalidText()
        check = await self._checks.awaited(conversation_id, trimmed)
        if check is not None:
            return await self._take_code(conversation_id, client_msg_id, check, trimmed)
        # kept as typed, except what is masked
        return await self._take(conversation_id, client_msg_id, Draft(_CUSTOMER, mask(trimmed)))

    async def _take_code(self, conversation_id: str, client_msg_id: object, check: Check, code: str) -> Appended:
        """Take a code that somebody of the desk has asked for; it is compared, once, and never stored."""
        known = await self._known(conversation_id, client_msg_id)
        if known is not None:
            return known
        taken = await self._take(conversation_id, client_msg_id, Draft(_CUSTOMER, HIDDEN))
        await self._checks.answer(conversation_id, check, code)
        return taken

    async def press(self, conversation_id: str, client_msg_id: object, button_id: object) -> Appended:
        """Take a pressed button as a message with its label.

        Raises:
            NotFound: this conversation has no such button.
        """
        known = await self._known(conversation_id, client_msg_id)
        if known is not None:
            return known
        button = await self._store.button(conversation_id, str(button_id))
        if button is None:
            raise NotFound("This conversation has no such button. Use one of its newest message.")
        return await self._take(conversation_id, client_msg_id, Draft(_CUSTOMER, button.label, payload=button.payload))

    async def attach(
        self, conversation_id: str, client_msg_id: object, attachment_id: object, text: object
    ) -> Appended:
        """Take an uploaded file as a message, with words beside it or none."""
        if text is not None and not isinstance(text, str):
            raise InvalidText()
        item = await self._files.get(conversation_id, str(attachment_id))
        words = (text or "").strip()
        if len(words) > TEXT_LIMIT:
            raise InvalidText()
        payload = None if words else "/share_attachment"
        draft = Draft(_CUSTOMER, mask(words), attachments=(item.as_json(),), payload=payload)
        return await self._take(conversation_id, client_msg_id, draft)

    async def _known(self, conversation_id: str, client_msg_id: object) -> Appended | None:
        message = await self._store.by_client_id(conversation_id, _check_client_id(client_msg_id))
        return None if message is None else Appended(message, None, False)

    async def _take(self, conversation_id: str, client_msg_id: object, draft: Draft) -> Appended:
        _check_client_id(client_msg_id)
        try:
            await slow_down(self._redis, conversation_id)
        except TooManyRequests:
            # a window that sends again what was taken already is told so, however much it sends
            known = await self._known(conversation_id, client_msg_id)
            if known is None:
                raise
            return known
        draft = replace(draft, client_msg_id=str(client_msg_id))
        taken = await self._store.take(conversation_id, draft, self._clock())
        if taken.head is not None:
            crash_point("append_committed")
            await self._fanout.publish(conversation_id, {"type": "message", "message": taken.message.as_json()})
            self._turns.wake(conversation_id, taken.message, taken.head if taken.is_next else None)
        return taken

    # -- reading -------------------------------------------------------------------------------------------------

    async def messages(self, conversation_id: str, after: int) -> tuple[Message, ...]:
        """Everything after `after`, oldest first."""
        return await self._store.messages(conversation_id, after)

    async def head(self, conversation_id: str) -> Conversation:
        return await self._store.head(conversation_id)

    async def state(self, conversation_id: str) -> ConversationState:
        """Who speaks, and the place in the queue if nobody does yet."""
        head = await self._store.head(conversation_id)
        place = None
        if head.owner is Owner.queued:
            await self.present(conversation_id)
            place = await self._handoffs.place(head)
        name = await self._handoffs.agent_name(head.agent_id, head.language) if head.owner is Owner.agent else None
        read, rate = await self._marks.read_by_agent(head), await self._ratings.wanted(head)
        return ConversationState(head.owner, head.epoch, place, name, read, tuple(subject.value for subject in rate))

    async def present(self, conversation_id: str) -> None:
        """A window of the customer's is open, so that the desk does not take them for gone."""
        await self._handoffs.duty.window(conversation_id)

    @contextmanager
    def live(self, conversation_id: str) -> Iterator[Subscription]:
        """Hear what happens in the conversation while the block runs."""
        with self._fanout.subscribe(conversation_id) as subscription:
            yield subscription

    async def read(self, conversation_id: str, seq: int) -> None:
        """The customer's window has shown everything up to `seq`."""
        await self._marks.customer_read(conversation_id, seq)

    async def typing(self, conversation_id: str) -> None:
        """The customer is writing; only people look at that."""
        await self._fanout.publish(conversation_id, {"type": "typing", "author": {"kind": AuthorKind.customer.value}})

    async def set_language(self, conversation_id: str, language: object) -> None:
        """The customer chose a language in their app.

        Raises:
            BadRequest: it is none of ours.
        """
        if language not in ("zh", "en"):
            raise BadRequest('language is "zh" or "en".')
        async with self._locks.hold(conversation_id):
            await self._store.set_language(conversation_id, str(language), self._clock())
            self._forget(conversation_id)

    # -- people ---------------------------------------------------------------------------------------

    async def ask_for_person(self, conversation_id: str) -> ConversationState:
        """Put the customer in the queue; nothing changes if they are there or with a person already."""
        await self._handoffs.ask(conversation_id, actor="customer")
        return await self.state(conversation_id)

    async def leave_queue(self, conversation_id: str) -> ConversationState:
        """Give the conversation back to the bot.

        Raises:
            Conflict: it is not waiting.
        """
        if not await self._handoffs.leave(conversation_id):
            raise Conflict("This conversation is not waiting for a person.")
        return await self.state(conversation_id)


def _check_client_id(value: object) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= _CLIENT_ID_LIMIT:
        raise BadRequest(f"client_msg_id is a string of 1 to {_CLIENT_ID_LIMIT} characters, new for each message.")
    return value


def payload_is_valid(payload: str) -> bool:
    """Whether a button's payload can be read (used by the data checks)."""
    try:
        return bool(from_payload(payload, "")["intent"]["name"])
    except ValueError:
        return False
