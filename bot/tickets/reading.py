"""Finding tickets and what happened to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager

from bot.database import Unit
from bot.tickets.model import HistoryEntry, Ticket
from bot.tickets.store import TicketStore


class TicketReader:
    """What `TicketService` reads; those of the archive answer by their number."""

    def __init__(self, store: TicketStore) -> None:
        self.store = store

    def unit(self) -> AbstractAsyncContextManager[Unit]:
        """Make several calls one transaction."""
        return self.store.unit()

    async def get(self, ticket_id: str) -> Ticket | None:
        """A ticket by its number, an archived one too; None when there is none."""
        return await self.store.get(ticket_id.strip().upper())

    async def is_live(self, ticket_id: str) -> bool:
        """Whether a ticket is not in the archive yet."""
        return await self.store.is_live(ticket_id)

    async def for_customer(self, customer_id: str, *, open_only: bool = False, limit: int = 5) -> tuple[Ticket, ...]:
        """A customer's tickets, newest first."""
        return await self.store.find(customer_id=customer_id, open_only=open_only, limit=limit)

    async def for_conversation(self, conversation_id: str) -> tuple[Ticket, ...]:
        """Tickets opened in a conversation, newest first."""
        return await self.store.find(conversation_id=conversation_id)

    async def list_page(self, filters: Mapping[str, str], offset: int, limit: int) -> tuple[tuple[Ticket, ...], int]:
        """One page, newest first, and how many fit in all.

        Args:
            filters: column name to the wanted value; `id`, `status`, `severity`, `priority`, `ticket_type`,
                `conversation_id` and `outage_id` take several values parted by commas.

        Raises:
            BadRequest: an unknown filter.
        """
        return await self.store.page(filters, offset, limit)

    async def history(self, ticket_id: str) -> tuple[HistoryEntry, ...]:
        """Everything that happened to a ticket, oldest first; empty when there is no such ticket."""
        found = (await self.store.histories([ticket_id])).get(ticket_id, ())
        if found:
            return found
        archived = await self.store.from_archive(ticket_id)
        return archived[1] if archived else ()

    async def histories(self, ticket_ids: Sequence[str]) -> Mapping[str, tuple[HistoryEntry, ...]]:
        """The histories of several tickets at once."""
        return await self.store.histories(ticket_ids)
