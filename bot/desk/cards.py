"""What an agent makes or changes for a customer is shown to the customer: a card in their chat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.notices.service import Notice, NoticeService
from bot.tickets.model import Ticket, ticket_json
from bot.wording import Wording


class Cards:
    """Sends the `data` of a ticket into the conversation that it was opened in; visits are told of by `VisitCare`."""

    def __init__(self, notices: NoticeService, wording: Wording) -> None:
        self._notices = notices
        self._wording = wording

    async def ticket(self, ticket: Ticket, *, opened: bool) -> bool:
        """Show a ticket that somebody of the desk opened or changed.

        Returns:
            Whether it was shown: not when its conversation is over, or when this version was shown before.
        """
        response = "utter_desk_notices_ticket_opened" if opened else "utter_desk_notices_ticket_changed"

        def values(language: str) -> Mapping[str, Any]:
            return {
                "ticket": ticket.id,
                "status": self._wording.term("ticket_statuses", ticket.status.value, language),
            }

        notice = Notice(response, values, data=ticket_json(ticket))
        return await self._show(notice, ticket.conversation_id, f"desk:{ticket.id}:{ticket.version}")

    async def _show(self, notice: Notice, conversation_id: str | None, key: str) -> bool:
        """Into that conversation or nowhere: text messages are sent by the ticket's own loop."""
        if conversation_id is None:
            return False

        async def here(told_in: str | None) -> bool:
            return told_in is not None

        return await self._notices.tell(notice, customer_id=None, conversation_id=conversation_id, key=key, when=here)
