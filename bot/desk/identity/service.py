"""An agent has the customer prove who they are: a one-time code by SMS, typed into the chat, seen by nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.audit.store import AuditStore
from bot.contracts import Author, AuthorKind, Conversation, Draft, Owner
from bot.conversations.fanout import DESK, Fanout
from bot.conversations.store import ConversationStore
from bot.customers.model import CODE_LIFE_S, CodeOutcome, CodeResult
from bot.customers.numbers import masked
from bot.customers.service import IdentityService
from bot.database import Database
from bot.desk.identity.model import PURPOSE, Check, NobodyToAsk, looks_like_a_code
from bot.desk.identity.store import IdentityCheckStore
from bot.errors import BadRequest
from bot.handoff.model import User
from bot.handoff.reading import NotYours
from bot.handoff.service import HandoffService
from bot.operator.ports import OperatorPorts
from bot.wording import Wording

log = structlog.get_logger(__name__)

_SYSTEM = Author(AuthorKind.system)
#: what stands in the thread instead of the code
HIDDEN = "******"


class IdentityChecks:
    """Sends codes for people of the desk and takes what the customer types."""

    def __init__(
        self,
        database: Database,
        store: IdentityCheckStore,
        conversations: ConversationStore,
        handoffs: HandoffService,
        codes: IdentityService,
        operator: OperatorPorts,
        audit: AuditStore,
        fanout: Fanout,
        wording: Wording,
        clock: Callable[[], datetime],
        forget: Callable[[str], None],
    ) -> None:
        self._db = database
        self._store = store
        self._conversations = conversations
        self._handoffs = handoffs
        self._codes = codes
        self._operator = operator
        self._audit = audit
        self._fanout = fanout
        self._wording = wording
        self._clock = clock
        #: drops the assistant's cached memory of a conversation
        self._forget = forget

    async def ask(self, conversation_id: str, user: User, phone: object = None) -> tuple[str, datetime]:
        """Send the customer a code, to the number on record.

        Args:
            phone: for a chat without a known customer: the number that their account is under.

        Returns:
            The number with its middle hidden, and when the code expires.

        Raises:
            NotYours: somebody else has the chat, or nobody.
            NobodyToAsk: neither the chat nor the number names a customer.
            CodeRateLimited: too many codes were sent.
            BackOfficeDown: the operator's system does not answer.
        """
        if phone is not None and not isinstance(phone, str):
            raise BadRequest("phone is the number that the customer's account is under.")
        if not await self._handoffs.speaks(conversation_id, user):
            raise NotYours()
        head = await self._conversations.head(conversation_id)
        directory = self._operator.customers
        customer = await directory.by_id(head.customer_id) if head.customer_id else None
        if customer is None and phone:
            customer = await directory.by_phone(phone)
        if customer is None:
            raise NobodyToAsk()
        await self._codes.send_code(customer.phone, PURPOSE, conversation_id)
        await self._store.put(conversation_id, Check(customer.id, customer.phone, user.username))
        now, number = self._clock(), masked(customer.phone)
        text = self._wording.text(
            "utter_desk_notices_code_sent", head.language, number=number, minutes=CODE_LIFE_S // 60
        )
        await self._audit.record(
            user.username, "identity_check_asked", now, conversation_id, {}, subject_id=customer.id
        )
        await self._tell(head, text, expects="otp_code")
        return number, now + timedelta(seconds=CODE_LIFE_S)

    async def awaited(self, conversation_id: str, text: str) -> Check | None:
        """The check that this message of the customer answers; None when it is a message like any."""
        if not looks_like_a_code(text):
            return None
        check = await self._store.get(conversation_id)
        if check is None or (await self._conversations.head(conversation_id)).owner is not Owner.agent:
            return None
        return check

    async def answer(self, conversation_id: str, check: Check, code: str) -> CodeResult:
        """Compare what the customer typed; a right code raises their level, once."""
        result = await self._codes.check_code(check.phone, PURPOSE, conversation_id, code)
        now = self._clock()
        async with self._db.unit():
            if result.ok:
                await self._store.raise_level(conversation_id, check.customer_id, now)
            detail = {"outcome": result.outcome.value, "asked_by": check.asked_by}
            await self._audit.record(
                "customer", "identity_checked", now, conversation_id, detail, subject_id=check.customer_id
            )
        self._forget(conversation_id)
        if result.outcome is not CodeOutcome.wrong:
            await self._store.drop(conversation_id)
        head = await self._conversations.head(conversation_id)
        await self._tell(head, self._outcome(result, head.language))
        await self._fanout.publish(DESK, {"type": "conversation", "conversation_id": conversation_id})
        log.info("desk.identity_checked", conversation_id=conversation_id, outcome=result.outcome.value)
        return result

    def _outcome(self, result: CodeResult, language: str) -> str:
        if result.ok:
            return self._wording.text("utter_desk_notices_code_right", language)
        if result.outcome is CodeOutcome.wrong:
            return self._wording.text("utter_desk_notices_code_wrong", language, left=result.tries_left)
        return self._wording.text("utter_desk_notices_code_over", language)

    async def _tell(self, head: Conversation, text: str, expects: str | None = None) -> None:
        draft = Draft(_SYSTEM, text, expects=expects)
        message, _new = await self._conversations.append(head.id, draft, self._clock())
        await self._fanout.publish(head.id, {"type": "message", "message": message.as_json()})
