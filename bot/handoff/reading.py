"""What is known of hand-overs: who waits, what was packed, who has a conversation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.audit.store import AuditStore
from bot.contracts import Owner
from bot.conversations.fanout import Fanout
from bot.conversations.store import ConversationStore
from bot.database import Database
from bot.desk.notes.store import NoteStore
from bot.errors import Conflict, Forbidden
from bot.handoff.collecting import Collecting
from bot.handoff.duty import DutyService
from bot.handoff.model import Handoff
from bot.handoff.offers import OfferStore
from bot.handoff.packet import summary
from bot.handoff.people.store import PeopleStore
from bot.handoff.store import HandoffStore
from bot.handoff.supervision.store import SupervisionStore
from bot.operator.patience import PATIENCE_S, answer_or_none
from bot.operator.ports import OperatorPorts
from bot.wording import Wording

#: how long facts are waited for while an answer of the bot may still come
SHORT_PATIENCE_S = 0.5


class HandoffAlreadyClaimed(Conflict):
    """Another agent has this conversation, or it is over. The list shows who; nothing to retry."""

    code = "handoff_already_claimed"


class NotYours(Forbidden):
    """You do not own this conversation. Take it first."""

    code = "not_your_conversation"


@dataclass(frozen=True)
class DeskParts:
    """What hand-overs stand on beside the ledger."""

    store: HandoffStore
    people: PeopleStore
    guests: SupervisionStore
    notes: NoteStore
    audit: AuditStore
    offers: OfferStore
    duty: DutyService
    collecting: Collecting


class HandoffReading:
    """Reads hand-overs; `QueueSide` and `HandoffService` change them."""

    def __init__(
        self,
        database: Database,
        parts: DeskParts,
        conversations: ConversationStore,
        operator: OperatorPorts,
        fanout: Fanout,
        wording: Wording,
        clock: Callable[[], datetime],
        forget: Callable[[str], None],
    ) -> None:
        self._db = database
        self._store = parts.store
        self._people = parts.people
        self._guests = parts.guests
        self._notes = parts.notes
        self._audit = parts.audit
        self._offers = parts.offers
        self._collecting = parts.collecting
        self.duty = parts.duty
        self.rules = parts.duty.rules
        self._conversations = conversations
        self._operator = operator
        self._fanout = fanout
        self._wording = wording
        self._clock = clock
        #: drops the assistant's cached memory of a conversation
        self._forget = forget

    async def waiting(self, group_id: str | None = None) -> tuple[Handoff, ...]:
        """Who waits, in the order in which they will be offered."""
        return await self._store.waiting(group_id)

    async def without_window(self, found: Sequence[Handoff]) -> set[str]:
        """Of these, the conversations whose customers have left the window and keep their place."""
        return {handoff.conversation_id for handoff in found} - await self.duty.windows()

    async def newest(self, conversation_id: str) -> Handoff | None:
        """The conversation's latest hand-over."""
        return await self._store.newest(conversation_id)

    async def newest_of(self, conversation_ids: Sequence[str]) -> dict[str, Handoff]:
        """Conversation → its latest hand-over, for those that have any."""
        return await self._store.newest_of(conversation_ids)

    async def history(self, conversation_id: str) -> tuple[Handoff, ...]:
        """All hand-overs of a conversation, newest first."""
        return await self._store.of_conversation(conversation_id)

    def summary(self, packet: Mapping[str, Any], language: str) -> str:
        """The packet's three lines in a language."""
        return summary(packet, language, self._wording) if "opening" in packet else str(packet.get("summary") or "")

    async def agent_name(self, agent_id: str | None, language: str) -> str | None:
        name = await self.duty.name(agent_id)
        return name[language] if name else None

    async def last_agent(self, conversation_id: str) -> str | None:
        """Who served this conversation last, for the rating."""
        handoff = await self._store.newest(conversation_id)
        return handoff.agent_id if handoff else None

    async def customer_facts(self, customer_id: str | None, patience_s: float = PATIENCE_S) -> dict[str, Any] | None:
        """What the packet says about the customer; only the id when the operator's system does not answer soon."""
        if customer_id is None:
            return None
        customer = await answer_or_none(self._operator.customers.by_id(customer_id), patience_s)
        if customer is None:
            return {"id": customer_id}
        return {
            "id": customer.id,
            "name": {"zh": customer.name.zh, "en": customer.name.en},
            "phone": customer.phone,
            "account_number": customer.account_number,
            "area": customer.area,
            "customer_class": customer.customer_class,
            "vulnerable": customer.vulnerable,
        }

    async def claimed(self, conversation_id: str) -> HandoffAlreadyClaimed:
        """The error that says who has a conversation."""
        now = await self._conversations.head(conversation_id)
        name = await self.duty.name(now.agent_id) if now.owner is Owner.agent else None
        if name is None:
            return HandoffAlreadyClaimed()
        return HandoffAlreadyClaimed(f"{name['en']} ({name['zh']}) has this conversation. Nothing to retry.")
