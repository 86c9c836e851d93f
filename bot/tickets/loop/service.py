"""The end of a ticket: the customer is asked whether it is solved, and once more before silence closes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog

from bot.errors import BotError
from bot.notices.service import Choice, Notice, NoticeService
from bot.tickets.explain import subject
from bot.tickets.loop.store import LoopStore
from bot.tickets.model import Ticket, TicketStatus, ticket_json
from bot.tickets.service import TicketService
from bot.wording import Wording

_log = structlog.get_logger(__name__)

_AT_ONCE = 200
#: flow and step of data/flows/tickets.yml
_QUESTION = ("ticket_solved", "solved")


class TicketLoop:
    """Runs with the housekeeping, and at once where a ticket is resolved; each question is put once."""

    def __init__(
        self, tickets: TicketService, notices: NoticeService, wording: Wording, clock: Callable[[], datetime]
    ) -> None:
        self._tickets = tickets
        self._store = LoopStore(tickets.store)
        self._notices = notices
        self._wording = wording
        self._clock = clock

    async def tidy(self) -> int:
        """One round; how many customers were asked. One who cannot be asked now keeps nobody else waiting."""
        asked = 0
        for ticket in await self._store.to_ask(self._clock(), _AT_ONCE):
            try:
                asked += await self.ask(ticket)
            except BotError as exc:
                _log.warning("ticket_not_asked", ticket_id=ticket.id, cause=type(exc).__name__)
        return asked

    async def ask(self, ticket: Ticket) -> bool:
        """Ask the customer of a resolved ticket, where they are, whether it is solved.

        Returns:
            Whether they were asked now: False when it is not resolved, or they were asked already.
        """
        if ticket.status is not TicketStatus.resolved or ticket.ask_at is None or ticket.ask_at > self._clock():
            return False

        async def when(_conversation_id: str | None) -> bool:
            return await self._tickets.mark_asked(ticket.id)

        return await self._notices.tell(
            self._notice(ticket),
            customer_id=ticket.customer_id,
            conversation_id=ticket.conversation_id,
            key=f"{ticket.id}:{ticket.reopens}:{'again' if ticket.asked_at else 'solved'}",
            when=when,
        )

    def _notice(self, ticket: Ticket) -> Notice:
        row = self._tickets.tables.confirm[ticket.ticket_type]
        closes_at = (ticket.asked_at or self._clock()) + row.after

        def values(language: str) -> Mapping[str, Any]:
            return {
                "ticket_id": ticket.id,
                "what": subject(ticket, self._wording, language),
                "close": self._wording.moment(closes_at, language),
            }

        again = "_again" if ticket.asked_at else ""
        stays = "" if row.silence_closes else "_open"
        choices = [
            Choice(
                f"utter_tickets_label_{word}",
                f'/ticket_solved{{"ticket_solved": {solved}, "solved_ticket": "{ticket.id}"}}',
            )
            for word, solved in (("solved", "true"), ("unsolved", "false"))
        ]
        return Notice(
            f"utter_tickets_resolved{stays}{again}",
            values,
            question="utter_ask_ticket_solved",
            choices=choices,
            flow=_QUESTION,
            slots={"solved_ticket": ticket.id, "ticket_solved": None, "unsolved_words": None},
            data=ticket_json(ticket),
        )
