"""What a waiting customer may choose instead: a call back or a ticket. And how the desk makes the calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import phonenumbers

from bot.contracts import Author, AuthorKind, Conversation, Draft, Message
from bot.conversations.fanout import DESK, Fanout
from bot.conversations.store import ConversationStore
from bot.customers.numbers import masked
from bot.errors import BadRequest, Conflict, NotFound, Refused
from bot.handoff.callbacks.model import Callback, CallState
from bot.handoff.callbacks.store import CallbackStore
from bot.handoff.model import Handoff, HandoffStatus, User
from bot.handoff.service import HandoffService
from bot.ids import new_id
from bot.operator.patience import answer_or_none
from bot.operator.ports import OperatorPorts
from bot.tickets.model import NewTicket, Severity, TicketType, ticket_json
from bot.tickets.service import TicketService
from bot.wording import Wording

_BOT = Author(AuthorKind.bot)
_REGION = "CN"
_FURTHEST = timedelta(days=14)
_LIST_LIMIT = 200
_DESCRIPTION_LIMIT = 2_000
_OPEN = (CallState.open, CallState.taken)
_ENDED = (CallState.done, CallState.missed)


class PhoneWanted(Refused):
    """Say which number to call: `phone`."""

    code = "phone_wanted"


class NotWaiting(Conflict):
    """This conversation is not waiting for a person."""

    code = "not_waiting"


class CallGone(Conflict):
    """Somebody else has this call, or it is over. Look at the list."""

    code = "call_gone"


class ChoiceService:
    """Calls back, and tickets left instead of waiting."""

    def __init__(
        self,
        store: CallbackStore,
        handoffs: HandoffService,
        conversations: ConversationStore,
        operator: OperatorPorts,
        tickets: TicketService,
        fanout: Fanout,
        wording: Wording,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._handoffs = handoffs
        self._conversations = conversations
        self._operator = operator
        self._tickets = tickets
        self._fanout = fanout
        self._wording = wording
        self._clock = clock

    # -- the customer's side -------------------------------------------------------------------------------------

    async def call_back(self, conversation_id: str, phone: object, at: object) -> Message:
        """End the waiting with a call; asked for twice, the first stands.

        Args:
            phone: as typed; None takes the number on record of a customer who has proved who they are.
            at: ISO 8601 with an offset, when they would like it; None: as soon as somebody can.

        Raises:
            NotWaiting: nobody waits in this conversation.
            PhoneWanted: no number is known.
            BadRequest: a number or time that cannot be.
        """
        known = await self._done(conversation_id, HandoffStatus.callback)
        if known is not None:
            return known
        head = await self._conversations.head(conversation_id)
        number = _number(phone) if phone is not None else await self._on_record(head)
        wanted_at = self._moment(at)

        async def say(head: Conversation, handoff: Handoff) -> Draft:
            callback = Callback(
                id=new_id(),
                conversation_id=head.id,
                handoff_id=handoff.id,
                customer_id=head.customer_id,
                phone=number,
                language=head.language,
                group_id=handoff.group_id,
                requested_at=self._clock(),
                wanted_at=wanted_at,
                state=CallState.open,
            )
            await self._store.add(callback)
            return self._promise(callback)

        if not await self._handoffs.end_waiting(conversation_id, HandoffStatus.callback, say):
            raise NotWaiting()
        await self._fanout.publish(DESK, {"type": "callback", "conversation_id": conversation_id})
        return await self._said(conversation_id, HandoffStatus.callback)

    async def leave_ticket(self, conversation_id: str) -> Message:
        """End the waiting with a ticket that says what was collected; asked for twice, the first stands.

        Raises:
            NotWaiting: nobody waits in this conversation.
        """
        known = await self._done(conversation_id, HandoffStatus.ticket)
        if known is not None:
            return known

        async def say(head: Conversation, handoff: Handoff) -> Draft:
            new = NewTicket(
                ticket_type=TicketType.request,
                description=self._handoffs.summary(handoff.packet, head.language)[:_DESCRIPTION_LIMIT],
                severity=Severity.minor,
                customer_id=head.customer_id,
                product=handoff.product,
                category="left_at_desk",
                facts=_collected(handoff),
                conversation_id=head.id,
            )
            ticket = await self._tickets.open(new, key=f"{head.id}:{handoff.id}:desk")
            due = self._wording.deadline(ticket.due_at or ticket.respond_by, head.language)
            text = self._wording.text("utter_handoff_ticket_left", head.language, ticket_id=ticket.id, due=due)
            return Draft(_BOT, text, data=ticket_json(ticket))

        if not await self._handoffs.end_waiting(conversation_id, HandoffStatus.ticket, say):
            raise NotWaiting()
        return await self._said(conversation_id, HandoffStatus.ticket)

    # -- the desk's side -----------------------------------------------------------------------------------------

    async def list(self, *, ended: bool) -> Sequence[Callback]:
        """Calls to make, or those that are over; the longest waiting first."""
        return await self._store.list(_ENDED if ended else _OPEN, _LIST_LIMIT)

    async def take(self, callback_id: str, user: User) -> Callback:
        """Somebody makes the call.

        Raises:
            NotFound: no such call.
            CallGone: somebody else does, or it is over.
        """
        found = await self._get(callback_id)
        taken = {"state": CallState.taken.value, "agent_id": user.id}
        if not await self._store.move(callback_id, CallState.open, None, taken) and found.agent_id != user.id:
            raise CallGone()
        await self._fanout.publish(DESK, {"type": "callback", "conversation_id": found.conversation_id})
        return await self._get(callback_id)

    async def done(self, callback_id: str, user: User, reached: bool, note: str | None) -> Callback:
        """The call was made. Not reached often enough, it ends with a message in the chat.

        Raises:
            CallGone: it is not this person's.
        """
        found = await self._get(callback_id)
        tries = found.tries + 1
        state = CallState.done if reached else CallState.open
        if not reached and tries >= self._handoffs.rules.callback_tries:
            state = CallState.missed
        ended = self._clock() if state in _ENDED else None
        values = {"state": state.value, "tries": tries, "note": note or found.note, "ended_at": ended}
        keeper = user.id if state in _ENDED else None
        if not await self._store.move(callback_id, CallState.taken, user.id, {**values, "agent_id": keeper}):
            raise CallGone()
        if state is CallState.missed:
            text = self._wording.text("utter_handoff_call_missed", found.language, phone=masked(found.phone))
            message, _new = await self._conversations.append(found.conversation_id, Draft(_BOT, text), self._clock())
            await self._fanout.publish(found.conversation_id, {"type": "message", "message": message.as_json()})
        await self._fanout.publish(DESK, {"type": "callback", "conversation_id": found.conversation_id})
        return await self._get(callback_id)

    # -- inside --------------------------------------------------------------------------------------------------

    async def _done(self, conversation_id: str, status: HandoffStatus) -> Message | None:
        """What was said when the customer chose this before, if nothing came after it."""
        handoff = await self._handoffs.newest(conversation_id)
        if handoff is None or handoff.status is not status:
            return None
        return await self._said(conversation_id, status)

    async def _said(self, conversation_id: str, status: HandoffStatus) -> Message:
        kind = status.value
        messages = await self._conversations.messages(conversation_id)
        return next(message for message in reversed(messages) if (message.data or {}).get("type") == kind)

    async def _on_record(self, head: Conversation) -> str:
        if not head.assurance.verified or head.customer_id is None:
            raise PhoneWanted()
        customer = await answer_or_none(self._operator.customers.by_id(head.customer_id))
        if customer is None:
            raise PhoneWanted()
        return customer.phone

    def _moment(self, at: object) -> datetime | None:
        if at is None:
            return None
        try:
            moment = datetime.fromisoformat(str(at).replace("Z", "+00:00"))
        except ValueError as exc:
            raise BadRequest("at is a time in ISO 8601 with an offset.") from exc
        if moment.tzinfo is None or not self._clock() <= moment <= self._clock() + _FURTHEST:
            raise BadRequest(f"at is a time with an offset within the next {_FURTHEST.days} days.")
        return moment

    def _promise(self, callback: Callback) -> Draft:
        language = callback.language
        opens_at = self._handoffs.rules.group(callback.group_id).opens_at(callback.wanted_at or self._clock())
        due = opens_at or callback.wanted_at
        values = {"phone": masked(callback.phone), "due": self._wording.deadline(due, language)}
        name = "utter_handoff_call_promised_at" if due else "utter_handoff_call_promised"
        data = {"type": "callback", "id": callback.id, "phone": values["phone"]}
        return Draft(
            _BOT,
            self._wording.text(name, language, **values),
            data={**data, "wanted_at": callback.wanted_at.isoformat() if callback.wanted_at else None},
        )

    async def _get(self, callback_id: str) -> Callback:
        found = await self._store.get(callback_id)
        if found is None:
            raise NotFound("There is no such call. Look at the list.")
        return found


def _collected(handoff: Handoff) -> dict[str, object]:
    """What the customer told while waiting."""
    slots = handoff.packet.get("slots") or ()
    return {str(slot["name"]): slot["value"] for slot in slots if slot.get("collected")}


def _number(phone: object) -> str:
    """The number as E.164.

    Raises:
        BadRequest: it is none.
    """
    try:
        parsed = phonenumbers.parse(str(phone), _REGION)
    except phonenumbers.NumberParseException as exc:
        raise BadRequest("phone is a telephone number.") from exc
    if not isinstance(phone, str) or not phonenumbers.is_possible_number(parsed):
        raise BadRequest("phone is a telephone number.")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
